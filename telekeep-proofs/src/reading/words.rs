//! Texts of a large world: invented words in several scripts, frequent ones and rare ones.

use crate::random::Random;

/// Words of a script.
const WORDS: u64 = 50_000;
/// Different Chinese characters.
const HAN: u64 = 3_000;

const FIRST: [&str; 24] = [
    "Ada",
    "Boris",
    "Carla",
    "Dmitri",
    "Elena",
    "Farid",
    "Greta",
    "Hana",
    "Иван",
    "Ольга",
    "Мария",
    "Тарас",
    "李",
    "王",
    "陈",
    "田中",
    "ليلى",
    "عمر",
    "شيرين",
    "דוד",
    "רות",
    "José",
    "Łukasz",
    "Zoë",
];
const LAST: [&str; 20] = [
    "Lovelace",
    "Hill",
    "Mendoza",
    "Okafor",
    "Schäfer",
    "Nguyễn",
    "Петрова",
    "Соколов",
    "Шевченко",
    "Кузнецова",
    "小明",
    "芳",
    "太郎",
    "الحسن",
    "منصور",
    "לוי",
    "כהן",
    "Ferreira",
    "O'Neill",
    "Åberg",
];

/// Every word there is.
pub struct Words {
    scripts: [Vec<String>; 3],
}

/// Which script, for a query that must have spaces or must not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Script {
    Spaced(usize),
    Han,
}

impl Words {
    pub fn new() -> Self {
        let script = |letters: &str| {
            let letters: Vec<char> = letters.chars().collect();
            (0..WORDS).map(|number| word(number, &letters)).collect()
        };
        Self {
            scripts: [
                script("etaoinshrdlu"),
                script("оеаинтсрвлк"),
                script("املنوهيرت"),
            ],
        }
    }

    /// A text of some 120 bytes on average: half Latin, a third Cyrillic, a seventh Chinese, the rest Arabic.
    pub fn text(&self, random: &mut Random) -> String {
        let (script, most) = match random.below(100) {
            0..15 => (Script::Han, 80),
            15..60 => (Script::Spaced(0), 43),
            60..90 => (Script::Spaced(1), 21),
            _ => (Script::Spaced(2), 23),
        };
        let count = random.between(1, most);
        self.some(random, script, count)
    }

    /// So many words (or characters) of a script.
    fn some(&self, random: &mut Random, script: Script, count: u64) -> String {
        match script {
            Script::Han => (0..count).map(|_| han(random.zipf(HAN))).collect(),
            Script::Spaced(script) => {
                let words = (0..count).map(|_| self.word(random.zipf(WORDS), script));
                words.collect::<Vec<_>>().join(" ")
            }
        }
    }

    fn word(&self, number: u64, script: usize) -> &str {
        let words = self.scripts.get(script).map(Vec::as_slice);
        let at = usize::try_from(number).unwrap_or(0);
        words
            .and_then(|words| words.get(at))
            .map_or("", String::as_str)
    }

    /// A Latin word that many messages have; the lower the number the more.
    pub fn latin(&self, number: u64) -> &str {
        self.word(number, 0)
    }
}

/// The name of a person.
pub fn name(number: u64) -> (&'static str, &'static str) {
    let at = |list: &[&'static str], number: u64| {
        let place = usize::try_from(number % list.len().max(1) as u64).unwrap_or(0);
        list.get(place).copied().unwrap_or_default()
    };
    (at(&FIRST, number), at(&LAST, number / 7))
}

fn word(number: u64, letters: &[char]) -> String {
    let (mut number, base) = (number + 40, letters.len().max(1) as u64);
    let mut word = String::new();
    while number > 0 {
        let place = usize::try_from(number % base).unwrap_or(0);
        word.extend(letters.get(place));
        number /= base;
    }
    word
}

fn han(number: u64) -> char {
    u32::try_from(number)
        .ok()
        .and_then(|number| char::from_u32(0x4e00 + number))
        .unwrap_or('一')
}
