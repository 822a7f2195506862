//! Applying and searching, side by side with plain FTS5 in the same run.
//!
//! `cargo bench -p telekeep-index -- [MESSAGES]` (200,000 unless told). Everything is encrypted, as it
//! is by default. Times are wall times of this machine now: compare within one run.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{convert::Infallible, path::Path, time::Instant};

use rusqlite::{Connection, params};
use serde_json::json;
use telekeep_index::{Filter, Index, Search};
use telekeep_journal::Line;

const KEY: [u8; 32] = [3; 32];
const SENDERS: u64 = 900;

/// Deterministic numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }

    /// Frequent low numbers, rare high ones, as words are.
    fn zipf(&mut self, below: u64) -> u64 {
        let limit = self.below(below) + 1;
        self.below(limit)
    }
}

fn word(number: u64, letters: &[char]) -> String {
    let mut number = number + 40;
    let mut word = String::new();
    let base = u64::try_from(letters.len()).unwrap();
    while number > 0 {
        word.push(letters[usize::try_from(number % base).unwrap()]);
        number /= base;
    }
    word
}

/// A text of about 130 bytes: 45 % Latin, 30 % Cyrillic, 15 % Chinese, 10 % Arabic.
fn text(random: &mut Random) -> String {
    let latin: Vec<char> = "etaoinshrdlu".chars().collect();
    let cyrillic: Vec<char> = "оеаинтсрвлк".chars().collect();
    let arabic: Vec<char> = "املنوهيرت".chars().collect();
    let kind = random.below(100);
    if kind < 15 {
        let length = 20 + random.below(50);
        let han = |number| char::from_u32(0x4E00 + u32::try_from(number).unwrap()).unwrap();
        return (0..length).map(|_| han(random.zipf(3000))).collect();
    }
    let (letters, words) = match kind {
        15..=60 => (&latin, 22),
        61..=90 => (&cyrillic, 11),
        _ => (&arabic, 12),
    };
    let words: Vec<_> = (0..words)
        .map(|_| word(random.zipf(50_000), letters))
        .collect();
    words.join(" ")
}

struct World {
    lines: Vec<Line>,
    texts: Vec<(i64, String)>,
}

/// Chats one after the other, each from old to new, as a first backup records them.
fn world(messages: u64) -> World {
    let mut random = Random(7);
    let mut world = World {
        lines: Vec::new(),
        texts: Vec::new(),
    };
    let mut chat = 0;
    let mut left = messages;
    while left > 0 {
        chat += 1;
        let size = (messages / 20 / chat + 50).min(left);
        left -= size;
        let mut date = 1_500_000_000;
        for id in 1..=size {
            date += random.below(2 * 200_000_000 / size) + 1;
            let text = text(&mut random);
            let seq = u64::try_from(world.lines.len()).unwrap() + 1;
            let channel = -1_000_000_000_000 - i64::try_from(chat).unwrap();
            let body = json!({"_":"message","id":id,"date":date,"message":text,
                "from_id":{"_":"peerUser","user_id":1000 + random.zipf(SENDERS)},
                "peer_id":{"_":"peerChannel","channel_id":chat},"views":random.below(999),
                "entities":[{"_":"messageEntityBold","offset":0,"length":4}]});
            let json = format!(
                r#"{{"seq":{seq},"time":1760000000000,"run":"00c0ffee00c0ffee","kind":"message","chat":{channel},"id":{id},"layer":230,"body":{body}}}"#
            );
            world.lines.push(Line { seq, json });
            world.texts.push((i64::try_from(date).unwrap(), text));
        }
    }
    world
}

/// Wall time, and processor time of all threads where the system tells it.
struct Clock(Instant, Option<f64>);

impl Clock {
    fn start() -> Self {
        Self(Instant::now(), processor_seconds())
    }

    fn tell(&self, what: &str, messages: usize) {
        #[allow(clippy::cast_precision_loss)]
        let messages = messages as f64;
        let rate = messages / self.0.elapsed().as_secs_f64();
        print!("{what:<58} {rate:>9.0} messages/s");
        match (self.1, processor_seconds()) {
            (Some(before), Some(after)) => {
                println!(
                    "  {:>6.1} us of processor each",
                    (after - before) * 1e6 / messages
                );
            }
            _ => println!(),
        }
    }
}

/// From Linux's accounting, in steps of 10 ms.
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<_> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

/// The floor: FTS5 with its own tokenizer, contentless, nothing else, in the same database.
fn plain(path: &Path, tokenizer: &str, texts: &[(i64, String)]) {
    let mut db = Connection::open(path).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    db.execute_batch(&format!(
        "PRAGMA key = \"x'{key}'\"; PRAGMA cipher_page_size = 8192; PRAGMA journal_mode = OFF;
         PRAGMA synchronous = OFF; PRAGMA cache_size = -49152; PRAGMA temp_store = MEMORY;
         CREATE VIRTUAL TABLE words USING fts5 (text, content = '', contentless_delete = 1, tokenize = '{tokenizer}');
         INSERT INTO words (words, rank) VALUES ('pgsz', 3990);"
    ))
    .unwrap();
    let clock = Clock::start();
    for batch in texts.chunks(8192) {
        let transaction = db.transaction().unwrap();
        let mut insert = transaction
            .prepare("INSERT INTO words (text) VALUES (?1)")
            .unwrap();
        for (_, text) in batch {
            insert.execute(params![text]).unwrap();
        }
        drop(insert);
        transaction.commit().unwrap();
    }
    clock.tell(&format!("FTS5 {tokenizer} alone (floor)"), texts.len());
}

fn lines(world: &World) -> impl Iterator<Item = Result<Line, Infallible>> + '_ {
    world.lines.iter().cloned().map(Ok)
}

/// A query made of a text; `None` when the text has none.
type Pick<'a> = dyn Fn(&str) -> Option<String> + 'a;

fn searches(index: &Index, texts: &[(i64, String)]) {
    let mut random = Random(11);
    let mut pick = |of: &Pick| loop {
        let at = random.below(u64::try_from(texts.len()).unwrap());
        if let Some(query) = of(&texts[usize::try_from(at).unwrap()].1) {
            return query;
        }
    };
    let nth = |text: &str, at: usize| text.split(' ').nth(at).map(str::to_owned);
    let han = |text: &str, count: usize| {
        let first = text
            .chars()
            .next()
            .filter(|c| ('\u{4E00}'..'\u{9FFF}').contains(c));
        first.map(|_| text.chars().skip(5).take(count).collect::<String>())
    };
    let chat = Filter {
        chats: vec![-1_000_000_000_001],
        ..Filter::default()
    };
    let sender = Filter {
        senders: vec![1000],
        ..Filter::default()
    };
    let range = Filter {
        since: Some(1_550_000_000),
        until: Some(1_560_000_000),
        ..Filter::default()
    };
    let any = Filter::default();
    let two = |t: &str| Some(format!("{} {}", nth(t, 3)?, nth(t, 4)?));
    let phrase = |t: &str| Some(format!("\"{} {}\"", nth(t, 3)?, nth(t, 4)?));
    let prefix = |t: &str| {
        nth(t, 2)
            .filter(|w| w.chars().count() > 3)
            .map(|w| format!("{}*", w.chars().take(3).collect::<String>()))
    };
    let kinds: [(&str, &Pick, &Filter); 10] = [
        ("word", &|t| nth(t, 3), &any),
        ("two words", &two, &any),
        ("phrase", &phrase, &any),
        ("prefix of 3 letters", &prefix, &any),
        ("2 Chinese characters", &|t| han(t, 2), &any),
        ("1 Chinese character", &|t| han(t, 1), &any),
        ("word in one chat", &|t| nth(t, 3), &chat),
        ("word of one sender", &|t| nth(t, 3), &sender),
        ("word between dates", &|t| nth(t, 3), &range),
        ("all of one sender", &|_| Some(String::new()), &sender),
    ];
    println!(
        "\n{:<28} {:>8} {:>8} {:>8}   (ms, first 20 hits)",
        "search", "p50", "p99", "max"
    );
    for (name, of, filter) in kinds {
        let queries: Vec<_> = (0..200).map(|_| pick(of)).collect();
        let mut times: Vec<_> = queries
            .iter()
            .map(|query| {
                let begun = Instant::now();
                let search = Search {
                    filter: filter.clone(),
                    ..Search::new(query, 1_760_000_000)
                };
                index.search(&search).unwrap();
                begun.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |part: usize| times[times.len() * part / 100];
        println!(
            "{name:<28} {:>8.2} {:>8.2} {:>8.2}",
            at(50),
            at(99),
            times[times.len() - 1]
        );
    }
}

fn main() {
    let messages = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .next()
        .unwrap_or(200_000);
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("index.db");
    let world = world(messages);
    let count = world.lines.len();
    let bytes: usize = world.lines.iter().map(|line| line.json.len()).sum();
    println!("{count} messages, {} bytes of JSON each\n", bytes / count);

    let only_rebuild = std::env::args().any(|arg| arg == "rebuild");
    if !only_rebuild {
        plain(
            &folder.path().join("plain.db"),
            "unicode61 remove_diacritics 2",
            &world.texts,
        );
    }

    let clock = Clock::start();
    let mut rebuild = Index::rebuild(&path, Some(&KEY)).unwrap();
    rebuild.apply("account", lines(&world)).unwrap();
    let index = rebuild.finish().unwrap();
    clock.tell("rebuild: parse, store, index, merge", count);
    drop(index);
    let size = std::fs::metadata(&path).unwrap().len();
    println!(
        "{:<58} {:>9} bytes/message",
        "size of the index",
        size / u64::try_from(count).unwrap()
    );

    if only_rebuild {
        return;
    }

    Index::remove(&path).unwrap();
    let clock = Clock::start();
    let mut index = Index::open(&path, Some(&KEY)).unwrap();
    index.apply("account", lines(&world)).unwrap();
    clock.tell("apply at once, others may read", count);

    Index::remove(&path).unwrap();
    let clock = Clock::start();
    let mut index = Index::open(&path, Some(&KEY)).unwrap();
    for page in world.lines.chunks(1000) {
        index
            .apply("account", page.iter().cloned().map(Ok::<_, Infallible>))
            .unwrap();
    }
    clock.tell(
        "apply in steps of 1,000 records, as while backing up",
        count,
    );

    searches(&index, &world.texts);
    let begun = Instant::now();
    index.status().unwrap();
    println!(
        "\nstatus of all chats: {:.1} ms",
        begun.elapsed().as_secs_f64() * 1000.0
    );
}
