//! Which pages are asked for: every kind the viewer has, each many times, over many chats.

use super::messages::World;
use super::plan::{Chat, Kind as ChatKind, Plan, TOPICS};
use crate::random::Random;

/// Pages asked for of each kind.
const TIMES: u64 = 100;
/// How often one goes on from a page.
const ON: usize = 10;

/// Pages of one kind.
pub struct Kind {
    pub name: &'static str,
    pub addresses: Vec<String>,
    /// As the script asks: only the part that changes.
    pub script: bool,
    /// What every one of them must have.
    pub must: Option<&'static str>,
    pub then: Option<Then>,
}

/// The pages that a page leads to.
pub struct Then {
    pub name: &'static str,
    /// What stands before the link.
    pub mark: &'static str,
    pub times: usize,
}

fn kind(name: &'static str, addresses: Vec<String>) -> Kind {
    Kind {
        name,
        addresses,
        script: false,
        must: None,
        then: None,
    }
}

impl Kind {
    fn by_script(self) -> Self {
        Self {
            script: true,
            ..self
        }
    }

    fn with(self, must: &'static str) -> Self {
        Self {
            must: Some(must),
            ..self
        }
    }

    fn then(self, name: &'static str, mark: &'static str) -> Self {
        let then = Then {
            name,
            mark,
            times: ON,
        };
        Self {
            then: Some(then),
            ..self
        }
    }
}

/// What a message looks like in a page.
const BUBBLE: &str = "id=\"m";
/// What a hit does.
const HIT: &str = "class=\"hit-text\"";
/// Below the list of chats, which stands beside every page.
const MORE_CHATS: &str = "class=\"more\"";
/// Below what a page itself lists.
const MORE: &str = "class=\"button quiet\"";
const OLDER: &str = "page-on older";

/// Chooses chats, messages and words.
struct Chooser<'a> {
    world: &'a World,
    random: Random,
}

impl<'a> Chooser<'a> {
    /// Some chats: large ones more often.
    fn chats(&mut self, wanted: impl Fn(&Chat) -> bool) -> Vec<&'a Chat> {
        let all = self.world.plan.chats.iter().filter(|chat| wanted(chat));
        let all: Vec<&Chat> = all.collect();
        let pick = |random: &mut Random| {
            let at = usize::try_from(random.zipf(all.len() as u64)).unwrap_or(0);
            all.get(at).copied()
        };
        (0..TIMES).filter_map(|_| pick(&mut self.random)).collect()
    }

    fn any(&mut self) -> Vec<&'a Chat> {
        self.chats(|chat| chat.no > 0)
    }

    fn big(&self) -> Option<&'a Chat> {
        self.world.plan.chats.first()
    }

    /// The big chat, asked as often.
    fn only_big(&mut self) -> Vec<&'a Chat> {
        self.chats(|chat| chat.no == 0)
    }

    /// The id of some message.
    fn message(&mut self, chat: &Chat) -> i64 {
        chat.message_id(self.random.below(chat.messages))
    }

    /// Text of a message that has several words with spaces, or of Chinese.
    fn text(&mut self, only: Option<&Chat>, spaced: bool) -> String {
        loop {
            let chats = &self.world.plan.chats;
            let at = usize::try_from(self.random.zipf(chats.len() as u64 / 2 + 1)).unwrap_or(0);
            let Some(chat) = only.or(chats.get(at)) else {
                return String::new();
            };
            let text = self.world.text_of(chat, self.random.below(chat.messages));
            let plain = !text.contains(['@', '#', ':']);
            let words = text.split(' ').count();
            let fits = match spaced {
                true => words > 5,
                false => words == 1 && text.chars().count() > 9 && !text.is_ascii(),
            };
            if plain && fits {
                return text;
            }
        }
    }

    fn queries(&mut self, only: Option<&Chat>, shape: Shape) -> Vec<String> {
        let mut query = || {
            let text = self.text(only, shape != Shape::Han);
            let words: Vec<&str> = text.split(' ').collect();
            let word = |at: usize| words.get(at).copied().unwrap_or_default();
            match shape {
                Shape::Word => word(3).to_owned(),
                Shape::Two => format!("{} {}", word(3), word(4)),
                Shape::Phrase => format!("\"{} {}\"", word(3), word(4)),
                Shape::Prefix => format!("{}*", word(2).chars().take(3).collect::<String>()),
                Shape::Han => text.chars().skip(4).take(2).collect(),
                Shape::Photos => format!("has:photo {}", word(3)),
                Shape::Sender => format!("from:@reader{} {}", self.random.zipf(200) * 2, word(3)),
                Shape::Dates => format!("since:2019-03 until:2019-09 {}", word(3)),
                Shape::Either => format!("{} OR {}", word(3), word(4)),
            }
        };
        (0..TIMES).map(|_| query()).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Word,
    Two,
    Phrase,
    Prefix,
    Han,
    Photos,
    Sender,
    Dates,
    Either,
}

/// Every kind of page.
pub fn all(world: &World) -> Vec<Kind> {
    let mut chooser = Chooser {
        world,
        random: Random::new(world.plan.size.seed ^ 0xfeed),
    };
    let mut kinds = lists(&mut chooser);
    kinds.extend(chats(&mut chooser));
    kinds.extend(topics(&mut chooser));
    kinds.extend(searches(&mut chooser));
    kinds.extend(galleries(&mut chooser));
    kinds.extend(others(&mut chooser));
    kinds
}

fn times(address: &str) -> Vec<String> {
    vec![address.to_owned(); usize::try_from(TIMES / 2).unwrap_or(1)]
}

fn repeated(addresses: &[String], times: usize) -> Vec<String> {
    let all = addresses.iter().cycle().take(addresses.len() * times);
    all.cloned().collect()
}

fn lists(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    let folders = ["people", "groups", "channels", "archived"];
    let folders = folders.iter().map(|folder| format!("/?folder={folder}"));
    let folders: Vec<String> = folders.collect();
    let names: Vec<String> = (0..TIMES / 2)
        .map(|_| {
            let (first, last) = super::words::name(chooser.random.below(480));
            let part = |name: &str| name.chars().take(3).collect::<String>();
            format!(
                "/?name={}",
                encode(&part(if chooser.random.once_in(2) {
                    first
                } else {
                    last
                }))
            )
        })
        .collect();
    vec![
        kind("chats", times("/")).then("chats, further", MORE_CHATS),
        kind("chats of a folder", repeated(&folders, 10)),
        kind("chats by name", names),
    ]
}

fn chats(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let names = [
        [
            "chat, newest",
            "chat, at a message",
            "chat, at a date",
            "chat, scrolled up",
            "chat, scrolled down",
        ],
        [
            "big chat, newest",
            "big chat, at a message",
            "big chat, at a date",
            "big chat, scrolled up",
            "big chat, scrolled down",
        ],
    ];
    for (names, big) in names.into_iter().zip([false, true]) {
        let chats = if big {
            chooser.only_big()
        } else {
            chooser.any()
        };
        let address = |chat: &Chat| format!("/chat/{}", chat.id);
        let mut at = |word: &str| -> Vec<String> {
            let each = chats.iter().map(|chat| {
                let id = chooser.message(chat);
                format!("{}?{word}={id}", address(chat))
            });
            each.collect()
        };
        let (around, before, after) = (at("at"), at("before"), at("after"));
        let day = |chat: &&Chat, n: u64| format!("{}/day?day={}", address(chat), date(chat, n));
        let mut days = Vec::new();
        for chat in &chats {
            days.push(day(chat, chooser.random.below(chat.messages)));
        }
        let [newest, message, jump, up, down] = names;
        kinds.push(kind(newest, chats.iter().map(|chat| address(chat)).collect()).with(BUBBLE));
        kinds.push(kind(message, around).with(BUBBLE));
        kinds.push(kind(jump, days));
        kinds.push(kind(up, before).with(BUBBLE).by_script());
        kinds.push(kind(down, after).with(BUBBLE).by_script());
    }
    let edited = chooser.any();
    let history = edited.iter().filter_map(|chat| {
        let n = (0..chat.messages)
            .rev()
            .take(200)
            .find(|n| chat.is_edited(*n))?;
        Some(format!("/chat/{}/{}/history", chat.id, chat.message_id(n)))
    });
    kinds.push(kind("history of a message", history.collect()));
    kinds
}

fn topics(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    let forums = chooser.chats(|chat| chat.kind == ChatKind::Forum && chat.messages > 2 * TOPICS);
    let topic = |chat: &Chat, topic: u64| {
        let id = if topic == 0 {
            1
        } else {
            chat.message_id(topic)
        };
        format!("/chat/{}/topic/{id}", chat.id)
    };
    let mut some = |general: bool| -> Vec<String> {
        let each = forums.iter().map(|chat| {
            let no = if general {
                0
            } else {
                1 + chooser.random.below(TOPICS)
            };
            topic(chat, no)
        });
        each.collect()
    };
    let (named, general) = (some(false), some(true));
    let up = |addresses: &[String], chooser: &mut Chooser<'_>| -> Vec<String> {
        let each = addresses.iter().zip(&forums).map(|(address, chat)| {
            let id = chooser.message(chat);
            format!("{address}?before={id}")
        });
        each.collect()
    };
    let (named_up, general_up) = (up(&named, chooser), up(&general, chooser));
    let days = named
        .iter()
        .zip(&forums)
        .map(|(address, chat)| format!("{address}/day?day={}", date(chat, chat.messages / 2)));
    let days = days.collect();
    let gallery = |address: &String| {
        let parts: Vec<&str> = address.split('/').collect();
        let at = |place: usize| parts.get(place).copied().unwrap_or_default();
        format!("/gallery?kind=photos&chat={}&topic={}", at(2), at(4))
    };
    vec![
        kind("gallery of a topic", named.iter().map(gallery).collect()),
        kind("topic, newest", named),
        kind("topic, scrolled up", named_up).by_script(),
        kind("topic, at a date", days),
        kind("topic General, newest", general),
        kind("topic General, scrolled up", general_up).by_script(),
    ]
}

fn searches(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    use Shape::{Dates, Either, Han, Photos, Phrase, Prefix, Sender, Two, Word};
    let big = chooser.big();
    let address = |queries: Vec<String>, more: &str| -> Vec<String> {
        let each = queries
            .iter()
            .map(|query| format!("/search?q={}{more}", encode(query)));
        each.collect()
    };
    let everywhere = [
        ("search: word", Word),
        ("search: two words", Two),
        ("search: phrase", Phrase),
        ("search: prefix", Prefix),
        ("search: two Chinese characters", Han),
        ("search: word OR word", Either),
    ];
    let mut kinds = Vec::new();
    for (name, shape) in everywhere {
        let page = kind(name, address(chooser.queries(None, shape), "")).with(HIT);
        kinds.push(match shape {
            Word => page.then("search: word, further", MORE),
            _ => page,
        });
    }
    for (name, shape) in [
        ("search: word with has:photo", Photos),
        ("search: word of a sender", Sender),
        ("search: word between dates", Dates),
    ] {
        kinds.push(kind(name, address(chooser.queries(None, shape), "")));
    }
    let best = address(chooser.queries(None, Word), "&sort=best");
    kinds.push(kind("search: word, best first", best).with(HIT));
    let around = address(chooser.queries(None, Word), "&around=1");
    kinds.push(kind("search: word, with what is around", around).with(HIT));
    let here = format!("&chat={}", big.map_or(0, |chat| chat.id));
    for (name, shape) in [
        ("search in the big chat: word", Word),
        ("search in the big chat: two words", Two),
        ("search in the big chat: phrase", Phrase),
        ("search in the big chat: prefix", Prefix),
        ("search in the big chat: two Chinese characters", Han),
    ] {
        kinds.push(kind(name, address(chooser.queries(big, shape), &here)).with(HIT));
    }
    kinds
}

fn galleries(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    const KINDS: [&str; 8] = [
        "photos", "videos", "round", "voice", "music", "files", "links", "gifs",
    ];
    let of = |chat: Option<i64>| -> Vec<String> {
        let chat = chat.map(|id| format!("&chat={id}")).unwrap_or_default();
        let each = KINDS
            .iter()
            .map(|kind| format!("/gallery?kind={kind}{chat}"));
        each.collect()
    };
    let big = chooser.big().map(|chat| chat.id);
    let some: Vec<String> = chooser
        .any()
        .iter()
        .flat_map(|chat| of(Some(chat.id)))
        .collect();
    vec![
        kind("gallery of all chats", repeated(&of(None), 4))
            .then("gallery of all chats, further", OLDER),
        kind("gallery of the big chat", repeated(&of(big), 4))
            .then("gallery of the big chat, further", OLDER),
        kind("gallery of a chat", some),
    ]
}

fn others(chooser: &mut Chooser<'_>) -> Vec<Kind> {
    let any = chooser.any();
    let calendars = |chats: &[&Chat]| -> Vec<String> {
        let each = chats
            .iter()
            .enumerate()
            .map(|(at, chat)| format!("/chat/{}/calendar?year={}", chat.id, 2014 + at % 12));
        each.collect()
    };
    let big = chooser.only_big();
    let people = (0..TIMES).map(|_| {
        let number = chooser.random.zipf(chooser.world.plan.people);
        format!("/profile/{}", Plan::person(number))
    });
    let people = people.collect();
    let big_id = chooser.big().map_or(0, |chat| chat.id);
    let statistics = any
        .iter()
        .map(|chat| format!("/statistics?chat={}", chat.id));
    let photos = chooser.random_files();
    vec![
        kind("calendar", calendars(&any)),
        kind("calendar of the big chat", calendars(&big)),
        kind("profile of a person", people),
        kind(
            "profile of a chat",
            any.iter()
                .map(|chat| format!("/profile/{}", chat.id))
                .collect(),
        ),
        kind("statistics of a chat", statistics.collect()),
        kind(
            "statistics of the big chat",
            times(&format!("/statistics?chat={big_id}")),
        ),
        kind("statistics of all chats", times("/statistics")),
        kind("what I have", times("/coverage")).then("what I have, further", MORE),
        kind("settings", times("/settings")),
        kind("a small photo", photos.0),
        kind("a large photo, made small", photos.1),
    ]
}

impl Chooser<'_> {
    /// Addresses of photos that are held: small ones, and large ones to be made small.
    fn random_files(&mut self) -> (Vec<String>, Vec<String>) {
        let (mut small, mut large) = (Vec::new(), Vec::new());
        let mut looked = 0;
        while (small.len() as u64) < TIMES && looked < TIMES * 2_000 {
            looked += 1;
            let chats = &self.world.plan.chats;
            let at = usize::try_from(self.random.zipf(chats.len() as u64)).unwrap_or(0);
            let Some(chat) = chats.get(at) else { continue };
            let said = self.world.message(chat, self.random.below(chat.messages));
            for file in said.files {
                if file.key.ends_with("/m") {
                    small.push(format!("/file/{}", file.key));
                } else if file.key.ends_with("/y") {
                    large.push(format!("/thumb/{}", file.key));
                }
            }
        }
        (small, large)
    }
}

/// The day of a message, as addresses say it.
fn date(chat: &Chat, n: u64) -> String {
    let moment = jiff::Timestamp::from_second(chat.date(n)).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Percent-encodes all but letters and digits.
fn encode(text: &str) -> String {
    let each = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(encode("a \"é"), "a%20%22%C3%A9");
    }
}
