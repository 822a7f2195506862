//! Search over a large archive, side by side in one run with what else SQLite offers: plain FTS5 with
//! `unicode61`, FTS5 `trigram`, and a scan with LIKE. All are given the same messages and the same
//! questions, newest 20 wanted, all encrypted with the same cipher.
//!
//! `cargo bench -p telekeep-index --bench search -- [MESSAGES] [CHATS] [without-trigram] [only-ours]
//! [at=FILE] [only=TEXT]` (1,000,000 messages in 2,000 chats unless told; one chat has 30 % of them). Messages are
//! made while they are written, so memory stays small. `at`: our index stays in that file, and is only
//! asked when it is there already. `only`: questions with that in their name.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing
)]

use std::{convert::Infallible, path::Path, time::Instant};

use rusqlite::{Connection, params};
use serde_json::json;
use telekeep_index::{Filter, Gallery, Index, Place, Search, Sort, Zone};
use telekeep_journal::Line;

const KEY: [u8; 32] = [3; 32];
const NOW: i64 = 1_760_000_000;
const START: i64 = 1_400_000_000;
/// Questions of each kind, each asked twice.
const QUESTIONS: usize = 60;

/// Deterministic numbers.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }

    fn zipf(&mut self, below: u64) -> u64 {
        let limit = self.below(below) + 1;
        self.below(limit)
    }
}

fn word(number: u64, letters: &[char]) -> String {
    let (mut number, base) = (number + 40, u64::try_from(letters.len()).unwrap());
    let mut word = String::new();
    while number > 0 {
        word.push(letters[usize::try_from(number % base).unwrap()]);
        number /= base;
    }
    word
}

/// A message.
struct Made {
    chat: i64,
    id: u64,
    date: i64,
    sender: u64,
    text: String,
}

/// Chats one after the other, each from old to new.
struct World {
    random: Random,
    messages: u64,
    chats: u64,
    chat: u64,
    left: u64,
    id: u64,
    size: u64,
    date: i64,
    latin: Vec<char>,
    cyrillic: Vec<char>,
    arabic: Vec<char>,
}

impl World {
    fn new(messages: u64, chats: u64) -> Self {
        Self {
            random: Random(7),
            messages,
            chats,
            chat: 0,
            left: messages,
            id: 0,
            size: 0,
            date: START,
            latin: "etaoinshrdlu".chars().collect(),
            cyrillic: "оеаинтсрвлк".chars().collect(),
            arabic: "املنوهيرت".chars().collect(),
        }
    }

    fn text(&mut self) -> String {
        let random = &mut self.random;
        let kind = random.below(100);
        if kind < 15 {
            let length = 20 + random.below(50);
            let han = |number| char::from_u32(0x4E00 + u32::try_from(number).unwrap()).unwrap();
            return (0..length).map(|_| han(random.zipf(3000))).collect();
        }
        let (letters, words) = match kind {
            15..=60 => (&self.latin, 22),
            61..=90 => (&self.cyrillic, 11),
            _ => (&self.arabic, 12),
        };
        let words: Vec<_> = (0..words)
            .map(|_| word(random.zipf(50_000), letters))
            .collect();
        words.join(" ")
    }
}

impl Iterator for World {
    type Item = Made;

    fn next(&mut self) -> Option<Made> {
        if self.left == 0 {
            return None;
        }
        if self.id == self.size {
            self.chat += 1;
            self.id = 0;
            self.date = START;
            // One chat has 30 %, the others are Zipf; the last takes what is left.
            let rest = self.messages * 7 / 10;
            let harmonic = u64::from((self.chats.max(3)).ilog2()) + 1;
            self.size = match self.chat {
                1 => self.messages * 3 / 10,
                chat if chat >= self.chats => self.left,
                chat => (rest / harmonic / chat).max(1),
            }
            .clamp(1, self.left);
        }
        self.id += 1;
        self.left -= 1;
        let step = u64::try_from(NOW - START).unwrap() / self.size * 2;
        self.date += i64::try_from(self.random.below(step + 1)).unwrap();
        self.date = self.date.min(NOW);
        Some(Made {
            chat: i64::try_from(self.chat).unwrap(),
            id: self.id,
            date: self.date,
            sender: 1000 + self.random.zipf(20_000),
            text: self.text(),
        })
    }
}

fn lines(world: World) -> impl Iterator<Item = Result<Line, Infallible>> {
    world.zip(1_u64..).map(|(made, seq)| {
        let Made {
            chat,
            id,
            date,
            sender,
            text,
        } = made;
        let mut body = json!({"_":"message","id":id,"date":date,"message":text,
            "from_id":{"_":"peerUser","user_id":sender},
            "peer_id":{"_":"peerChannel","channel_id":chat}});
        if id % 9 == 0 {
            body["media"] = json!({"_":"messageMediaPhoto","photo":{"_":"photo","id":seq,"date":date,
                "sizes":[{"_":"photoSize","type":"y","w":900,"h":600,"size":90_000}],"dc_id":2}});
        }
        let channel = -1_000_000_000_000 - chat;
        let json = format!(
            r#"{{"seq":{seq},"time":1760000000000,"run":"00c0ffee00c0ffee","kind":"message","chat":{channel},"id":{id},"layer":230,"body":{body}}}"#
        );
        Ok(Line { seq, json })
    })
}

/// The messages in a table, with or without a full-text index over them.
fn plain(path: &Path, tokenizer: Option<&str>, world: World) -> Connection {
    let mut db = Connection::open(path).unwrap();
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    db.execute_batch(&format!(
        "PRAGMA key = \"x'{key}'\"; PRAGMA cipher_page_size = 8192; PRAGMA journal_mode = OFF;
         PRAGMA synchronous = OFF; PRAGMA cache_size = -40960; PRAGMA temp_store = MEMORY;
         CREATE TABLE message (rowid INTEGER PRIMARY KEY, chat INTEGER, date INTEGER, text TEXT);"
    ))
    .unwrap();
    if let Some(tokenizer) = tokenizer {
        db.execute_batch(&format!(
            "CREATE VIRTUAL TABLE words USING fts5 (text, content = '', contentless_delete = 1,
                tokenize = '{tokenizer}');
             INSERT INTO words (words, rank) VALUES ('pgsz', 3990);"
        ))
        .unwrap();
    }
    // In the order of dates, as a plain solution would have it: rows are found newest first by number.
    let begun = Instant::now();
    let mut count = 0_u64;
    let mut world = world.peekable();
    while world.peek().is_some() {
        let transaction = db.transaction().unwrap();
        {
            let mut put = transaction
                .prepare("INSERT INTO message (chat, date, text) VALUES (?1, ?2, ?3)")
                .unwrap();
            let mut index = tokenizer.map(|_| {
                transaction
                    .prepare("INSERT INTO words (rowid, text) VALUES (?1, ?2)")
                    .unwrap()
            });
            for made in world.by_ref().take(50_000) {
                put.execute(params![made.chat, made.date, made.text])
                    .unwrap();
                count += 1;
                if let Some(index) = &mut index {
                    index
                        .execute(params![transaction.last_insert_rowid(), made.text])
                        .unwrap();
                }
            }
        }
        transaction.commit().unwrap();
    }
    built(tokenizer.unwrap_or("table only"), count, begun, path);
    db
}

#[allow(clippy::cast_precision_loss)]
fn built(name: &str, count: u64, begun: Instant, path: &Path) {
    let rate = count as f64 / begun.elapsed().as_secs_f64();
    let size = std::fs::metadata(path).unwrap().len() / count.max(1);
    println!("{name:<34} {rate:>9.0} messages/s   {size:>5} bytes/message");
}

/// Asks every question twice and tells the times of the second.
fn time<Q>(name: &str, engine: &str, questions: &[Q], ask: &mut dyn FnMut(&Q) -> usize) {
    let skipped = |arg: String| {
        arg.strip_prefix("only=")
            .is_some_and(|only| !name.contains(only))
    };
    if questions.is_empty() || std::env::args().any(skipped) {
        return;
    }
    let mut hits = 0;
    let mut times: Vec<f64> = Vec::new();
    for question in questions {
        ask(question);
        let begun = Instant::now();
        hits += ask(question);
        times.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!(
        "{name:<30} {engine:<12} {:>9.2} {:>9.2} {:>9.2}   {hits:>5} hits",
        at(50),
        at(99),
        times[times.len() - 1]
    );
}

struct Questions {
    words: Vec<String>,
    two: Vec<String>,
    phrases: Vec<String>,
    prefixes: Vec<String>,
    han: Vec<String>,
    one_han: Vec<String>,
}

fn questions(world: World, every: u64) -> Questions {
    let every = usize::try_from(every.max(1)).unwrap();
    let texts: Vec<String> = world.step_by(every).map(|made| made.text).collect();
    let spaced: Vec<Vec<&str>> = texts
        .iter()
        .map(|text| text.split(' ').collect())
        .filter(|words: &Vec<&str>| words.len() > 5)
        .take(QUESTIONS)
        .collect();
    let han: Vec<&String> = texts
        .iter()
        .filter(|text| !text.contains(' '))
        .take(QUESTIONS)
        .collect();
    let cut = |text: &String, count: usize| text.chars().skip(5).take(count).collect();
    Questions {
        words: spaced.iter().map(|w| w[3].to_owned()).collect(),
        two: spaced
            .iter()
            .map(|w| format!("{} {}", w[3], w[4]))
            .collect(),
        phrases: spaced
            .iter()
            .map(|w| format!("\"{} {}\"", w[3], w[4]))
            .collect(),
        prefixes: spaced
            .iter()
            .filter(|w| w[2].chars().count() > 3)
            .map(|w| format!("{}*", w[2].chars().take(3).collect::<String>()))
            .collect(),
        han: han.iter().map(|text| cut(text, 2)).collect(),
        one_han: han.iter().map(|text| cut(text, 1)).collect(),
    }
}

fn ours(index: &Index, all: &Questions) {
    println!(
        "\n{:<30} {:<12} {:>9} {:>9} {:>9}",
        "first 20, newest first, ms", "", "p50", "p99", "max"
    );
    let run = |name: &str, queries: &[String], filter: Filter, sort: Sort| {
        time(name, "telekeep", queries, &mut |query| {
            let search = Search {
                filter: filter.clone(),
                sort,
                ..Search::new(query, NOW)
            };
            index.search(&search).unwrap().hits.len()
        });
    };
    let any = Filter::default;
    let big = || Filter {
        chats: vec![-1_000_000_000_001],
        ..any()
    };
    let small = || Filter {
        chats: vec![-1_000_000_000_150],
        ..any()
    };
    let sender = || Filter {
        senders: vec![1500],
        ..any()
    };
    let dates = || Filter {
        since: Some(1_500_000_000),
        until: Some(1_510_000_000),
        ..any()
    };
    let kinds: [(&str, &[String]); 6] = [
        ("word", &all.words),
        ("two words", &all.two),
        ("phrase", &all.phrases),
        ("prefix of 3 letters", &all.prefixes),
        ("2 Chinese characters", &all.han),
        ("1 Chinese character", &all.one_han),
    ];
    for (name, queries) in kinds {
        run(name, queries, any(), Sort::Newest);
        run(
            &format!("{name}, in the big chat"),
            queries,
            big(),
            Sort::Newest,
        );
        run(
            &format!("{name}, in a small chat"),
            queries,
            small(),
            Sort::Newest,
        );
        run(
            &format!("{name}, of a sender"),
            queries,
            sender(),
            Sort::Newest,
        );
        run(
            &format!("{name}, between dates"),
            queries,
            dates(),
            Sort::Newest,
        );
    }
    run("word, oldest first", &all.words, any(), Sort::Oldest);
    run("word, by relevance", &all.words, any(), Sort::Relevance);
    let with: Vec<_> = all
        .words
        .iter()
        .map(|word| format!("{word} has:photo"))
        .collect();
    run("word has:photo", &with, any(), Sort::Newest);
    let without: Vec<_> = all.words.iter().map(|word| format!("-{word}")).collect();
    run("-word", &without, any(), Sort::Newest);
    let either: Vec<_> = all.two.iter().map(|two| two.replace(' ', " OR ")).collect();
    run("word OR word", &either, any(), Sort::Newest);
    let inside: Vec<_> = all
        .phrases
        .iter()
        .map(|phrase| format!("exact:{phrase}"))
        .collect();
    run("exact:\"two words\"", &inside, any(), Sort::Newest);
    pages(index);
}

/// What a viewer asks.
fn pages(index: &Index) {
    let once = [()];
    let big = -1_000_000_000_001;
    let small = -1_000_000_000_150;
    let run = |name: &str, ask: &mut dyn FnMut() -> usize| {
        time(name, "telekeep", &once, &mut |()| ask());
    };
    run("list of chats, 50", &mut || {
        index
            .chats(&telekeep_index::ChatFilter::default(), None, 50)
            .unwrap()
            .0
            .len()
    });
    run("newest 60 of the big chat", &mut || {
        index.messages(big, Place::Newest, 60).unwrap().len()
    });
    run("days of a month, big chat", &mut || {
        index
            .days(Some(big), 1_500_000_000, 1_502_600_000, Zone::UTC)
            .unwrap()
            .len()
    });
    run("first message of a day", &mut || {
        usize::from(index.first_since(big, 1_600_000_000).unwrap().is_some())
    });
    for (name, chat) in [
        ("all", None),
        ("big chat", Some(big)),
        ("small chat", Some(small)),
    ] {
        run(&format!("photos, {name}"), &mut || {
            index
                .attachments(chat, Gallery::Photos, None, false, 60)
                .unwrap()
                .messages
                .len()
        });
        run(&format!("activity, {name}"), &mut || {
            index.activity(chat, Zone::UTC).unwrap().months.len()
        });
        run(&format!("senders, {name}"), &mut || {
            index.senders(chat, 20).unwrap().len()
        });
        run(&format!("words of 5,000, {name}"), &mut || {
            index.words(chat, 5000, 50).unwrap().words.len()
        });
    }
    run("pinned messages, big chat", &mut || {
        index.pinned(big, None, 20).unwrap().messages.len()
    });
    run("status of all chats", &mut || index.status().unwrap().len());
}

fn fts(db: &Connection, name: &str, all: &Questions) {
    let mut select = db
        .prepare("SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid DESC LIMIT 20")
        .unwrap();
    let mut text = db
        .prepare("SELECT text FROM message WHERE rowid = ?1")
        .unwrap();
    let kinds: [(&str, &[String]); 5] = [
        ("word", &all.words),
        ("two words", &all.two),
        ("phrase", &all.phrases),
        ("prefix of 3 letters", &all.prefixes),
        ("2 Chinese characters", &all.han),
    ];
    for (what, queries) in kinds {
        time(what, name, queries, &mut |query| {
            let quoted = query.replace('*', "");
            let query = match (query.contains('*'), query.contains('"')) {
                (true, _) if name == "unicode61" => format!("\"{quoted}\"*"),
                (_, true) => quoted,
                _ => quoted
                    .split(' ')
                    .map(|word| format!("\"{word}\""))
                    .collect::<Vec<_>>()
                    .join(" "),
            };
            let rows = select
                .query_map([query], |row| row.get::<_, i64>(0))
                .unwrap();
            let ids: Vec<i64> = rows.map(Result::unwrap).collect();
            for id in &ids {
                let _: String = text.query_row([id], |row| row.get(0)).unwrap();
            }
            ids.len()
        });
    }
}

fn like(db: &Connection, all: &Questions) {
    let mut select = db
        .prepare("SELECT rowid, text FROM message WHERE text LIKE ?1 ORDER BY rowid DESC LIMIT 20")
        .unwrap();
    let kinds: [(&str, &[String]); 3] = [
        ("word", &all.words),
        ("phrase", &all.phrases),
        ("2 Chinese characters", &all.han),
    ];
    for (what, queries) in kinds {
        // A scan of everything takes its time: a few questions tell.
        time(
            what,
            "LIKE",
            &queries[..queries.len().min(6)],
            &mut |query| {
                let pattern = format!("%{}%", query.replace('"', ""));
                let rows = select
                    .query_map([pattern], |row| row.get::<_, i64>(0))
                    .unwrap();
                rows.map(Result::unwrap).count()
            },
        );
    }
}

fn build(path: &Path, messages: u64, chats: u64) {
    let begun = Instant::now();
    let mut rebuild = Index::rebuild(path, Some(&KEY)).unwrap();
    rebuild
        .apply("account", lines(World::new(messages, chats)))
        .unwrap();
    println!("{:<34} {:>9.1?}", "applied in", begun.elapsed());
    drop(rebuild.finish().unwrap());
    built("telekeep (with making the lines)", messages, begun, path);
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut numbers = args
        .iter()
        .filter_map(|arg| arg.replace([',', '_'], "").parse().ok());
    let messages: u64 = numbers.next().unwrap_or(1_000_000);
    let chats: u64 = numbers.next().unwrap_or(2000);
    let has = |word: &str| args.iter().any(|arg| arg == word);
    let folder = tempfile::TempDir::new().unwrap();
    println!("{messages} messages in {chats} chats\n");

    let path = match args.iter().find_map(|arg| arg.strip_prefix("at=")) {
        Some(path) => path.into(),
        None => folder.path().join("index.db"),
    };
    if !path.exists() {
        build(&path, messages, chats);
    }
    let begun = Instant::now();
    let index = Index::open_read(&path, Some(&KEY)).unwrap();
    println!(
        "{:<34} {:>9.1} ms",
        "opened in",
        begun.elapsed().as_secs_f64() * 1000.0
    );

    let mut others = Vec::new();
    if !has("only-ours") {
        let plain_path = folder.path().join("unicode61.db");
        let tokenizer = "unicode61 remove_diacritics 2";
        others.push((
            "unicode61",
            plain(&plain_path, Some(tokenizer), World::new(messages, chats)),
        ));
        if !has("without-trigram") {
            let path = folder.path().join("trigram.db");
            others.push((
                "trigram",
                plain(&path, Some("trigram"), World::new(messages, chats)),
            ));
        }
    }
    let all = questions(World::new(messages, chats), messages / 1000);
    ours(&index, &all);
    for (name, db) in &others {
        println!();
        fts(db, name, &all);
    }
    if let Some((_, db)) = others.first() {
        println!();
        like(db, &all);
    }
}
