//! What searching finds over messages in many languages: the messages, the queries and what each of
//! them should find are data (`tests/corpus/`). What is expected is what people who write the language
//! expect by the rules of `docs/search.md`, decided from the texts. What is out of reach stays in the
//! list as a known limit, with its reason.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::OnceLock,
};

use serde::Deserialize;
use serde_json::{Value, json};
use telekeep_index::{Hit, Index, Search, Sort, day_number};

use crate::support::*;

const CHATS: &str = include_str!("../corpus/chats.jsonl");
const MESSAGES: &str = include_str!("../corpus/messages.jsonl");
const QUERIES: &str = include_str!("../corpus/queries.jsonl");
const DOCUMENT: &str = include_str!("../../../docs/search.md");
/// Around what is measured in the document.
const MARKS: (&str, &str) = ("<!-- measured: begin -->\n", "<!-- measured: end -->\n");

/// A language and the group where it is spoken.
#[derive(Deserialize)]
struct Chat {
    lang: String,
    name: String,
    title: String,
    people: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    id: i64,
    lang: String,
    from: String,
    date: String,
    kind: String,
    text: String,
    /// Of a file.
    #[serde(default)]
    file: String,
    #[serde(default)]
    size: u64,
    /// Of a poll.
    #[serde(default)]
    options: Vec<String>,
    /// What an edited message said before.
    #[serde(default)]
    before: String,
}

#[derive(Deserialize)]
struct Query {
    lang: String,
    class: String,
    query: String,
    /// Exactly these should be found.
    ids: BTreeSet<i64>,
    /// By relevance, these are among the first three.
    #[serde(default)]
    best: Vec<i64>,
    /// Why this does not find what it should.
    limit: Option<String>,
}

/// A query and what it found.
struct Outcome {
    query: Query,
    found: Vec<i64>,
    /// Hits that do not show where they match.
    unmarked: Vec<i64>,
}

impl Outcome {
    fn right(&self) -> usize {
        let found = self.found.iter();
        found.filter(|id| self.query.ids.contains(id)).count()
    }

    fn is_exact(&self) -> bool {
        self.right() == self.query.ids.len() && self.right() == self.found.len()
    }
}

fn lines<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    let parsed: Result<Vec<T>, _> = text.lines().map(serde_json::from_str).collect();
    parsed.unwrap()
}

fn outcomes() -> &'static [Outcome] {
    static ALL: OnceLock<Vec<Outcome>> = OnceLock::new();
    ALL.get_or_init(|| {
        let (_place, index) = Place::of(&journal());
        let queries = lines::<Query>(QUERIES).into_iter();
        queries.map(|query| ask(&index, query)).collect()
    })
}

fn ask(index: &Index, query: Query) -> Outcome {
    let search = Search {
        limit: 1000,
        sort: match query.best.is_empty() {
            true => Sort::Newest,
            false => Sort::Relevance,
        },
        ..Search::new(&query.query, NOW)
    };
    let hits = index.search(&search).map(|page| page.hits);
    let hits = hits.unwrap_or_else(|error| panic!("{}: {error}", query.query));
    let unmarked = hits.iter().filter(|hit| !is_marked(hit));
    Outcome {
        unmarked: unmarked.map(|hit| hit.id).collect(),
        found: hits.iter().map(|hit| hit.id).collect(),
        query,
    }
}

fn is_marked(hit: &Hit) -> bool {
    !hit.matches.is_empty() || hit.extra.is_some() || hit.earlier.is_some()
}

fn journal() -> Journal {
    let mut journal = Journal::default();
    let source = json!({"type":"telegram","server":"custom","account":ME});
    journal.add("source", None, None, source);
    let mut people = BTreeMap::new();
    let mut chats = BTreeMap::new();
    for (no, chat) in (1..).zip(lines::<Chat>(CHATS)) {
        journal.peer(-no, json!({"_":"chat","id":no,"title":chat.title}));
        for name in chat.people {
            let id = 5000 + i64::try_from(people.len()).unwrap();
            journal.peer(id, json!({"_":"user","id":id,"first_name":name}));
            people.insert(name, id);
        }
        chats.insert(chat.lang, -no);
    }
    for message in lines::<Message>(MESSAGES) {
        let (chat, sender) = (chats[&message.lang], people[&message.from]);
        write(&mut journal, chat, sender, &message);
    }
    journal
}

fn write(journal: &mut Journal, chat: i64, sender: i64, of: &Message) {
    let mut body = message(chat, of.id, noon(&of.date), &of.text);
    body["from_id"] = peer(sender);
    body["entities"] = entities(&of.text);
    match of.kind.as_str() {
        "text" => {}
        "file" => {
            let file = document(chat, of.id, noon(&of.date), of.id, &of.file);
            body["media"] = file["media"].clone();
            body["media"]["document"]["size"] = json!(of.size);
        }
        "photo" => {
            body["media"] = json!({"_":"messageMediaPhoto","photo":{"_":"photo","id":of.id,"access_hash":1,
                "file_reference":"","date":1,"dc_id":2,
                "sizes":[{"_":"photoSize","type":"y","w":900,"h":600,"size":of.size}]}});
        }
        "poll" => {
            let text = |text: &str| json!({"_":"textWithEntities","text":text,"entities":[]});
            let options = of.options.iter();
            let answers =
                options.map(|it| json!({"_":"pollAnswer","text":text(it),"option":"AA=="}));
            let answers: Vec<Value> = answers.collect();
            body["media"] = json!({"_":"messageMediaPoll","results":{"_":"pollResults"},
                "poll":{"_":"poll","id":1,"question":text(&of.text),"answers":answers}});
            body["message"] = json!("");
        }
        "contact" => {
            body["media"] = json!({"_":"messageMediaContact","phone_number":"100","first_name":of.text,
                "last_name":"","vcard":"","user_id":0});
            body["message"] = json!("");
        }
        "edited" => {
            let mut before = body.clone();
            before["message"] = json!(of.before);
            journal.body(chat, of.id, before);
            body["edit_date"] = json!(noon(&of.date) + 60);
        }
        "deleted" => {
            journal.body(chat, of.id, body);
            journal.add("deleted", Some(chat), Some(of.id), json!({}));
            return;
        }
        kind => panic!("no such kind: {kind}"),
    }
    journal.body(chat, of.id, body);
}

fn noon(date: &str) -> i64 {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().unwrap());
    let mut next = || parts.next().unwrap();
    let day = day_number(next(), next(), next()).unwrap();
    day * 86_400 + 43_200
}

/// What Telegram marks in a text by itself.
fn entities(text: &str) -> Value {
    let mut all = Vec::new();
    let mut offset = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let units = |text: &str| text.encode_utf16().count();
        let bare = word.trim_end();
        let kind = match bare.chars().next() {
            Some('#') => Some("messageEntityHashtag"),
            Some('@') => Some("messageEntityMention"),
            _ if bare.contains('@') => Some("messageEntityEmail"),
            _ if bare.contains("://") || bare.contains("example.") => Some("messageEntityUrl"),
            _ => None,
        };
        if let Some(kind) = kind {
            all.push(json!({"_":kind,"offset":offset,"length":units(bare)}));
        }
        offset += units(word);
    }
    json!(all)
}

#[test]
fn the_test_set_is_large_and_whole() {
    let messages = lines::<Message>(MESSAGES);
    let ids: BTreeSet<i64> = messages.iter().map(|message| message.id).collect();
    assert_eq!(ids.len(), messages.len(), "an id is there twice");
    let queries = lines::<Query>(QUERIES);
    let counted = queries.iter().filter(|query| query.limit.is_none());
    assert!(counted.count() >= 200);
    let languages: BTreeSet<&str> = queries.iter().map(|query| query.lang.as_str()).collect();
    assert!(languages.len() >= 12);
    let mut seen = BTreeSet::new();
    for query in &queries {
        assert!(query.ids.is_subset(&ids), "{}", query.query);
        assert!(
            seen.insert((&query.lang, &query.query, query.best.is_empty())),
            "twice: {} {}",
            query.lang,
            query.query
        );
    }
}

#[test]
fn every_query_finds_exactly_what_it_should() {
    let mut wrong = String::new();
    for outcome in outcomes() {
        let Outcome { query, found, .. } = outcome;
        if query.limit.is_none() && !outcome.is_exact() {
            let mut found = found.clone();
            found.sort_unstable();
            let (lang, class, text) = (&query.lang, &query.class, &query.query);
            let _ = writeln!(
                wrong,
                "{lang}, {class}: {text}\n  wanted {:?}\n  found  {found:?}",
                query.ids
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn known_limits_are_limits_still() {
    for outcome in outcomes() {
        let Some(reason) = &outcome.query.limit else {
            continue;
        };
        let query = &outcome.query.query;
        assert!(!reason.is_empty(), "{query}");
        assert!(!outcome.is_exact(), "{query} is no limit any more");
    }
}

#[test]
fn hits_show_where_they_match() {
    for Outcome {
        query, unmarked, ..
    } in outcomes()
    {
        let by_words = query.class != "filter" && !query.query.contains("tag:");
        if by_words {
            assert!(unmarked.is_empty(), "{}: {unmarked:?}", query.query);
        }
    }
}

#[test]
fn the_best_answers_are_among_the_first_three() {
    let mut some = 0;
    for Outcome { query, found, .. } in outcomes() {
        let first = found.get(..3).unwrap_or(found);
        for id in &query.best {
            some += 1;
            assert!(first.contains(id), "{}: {id} not in {found:?}", query.query);
        }
    }
    assert!(some >= 10);
}

/// Sums over queries.
#[derive(Default)]
struct Sum<'a> {
    queries: usize,
    limits: usize,
    wanted: usize,
    found: usize,
    right: usize,
    /// Languages of a class, or classes of a language.
    others: BTreeMap<&'a str, usize>,
}

impl<'a> Sum<'a> {
    fn add(&mut self, outcome: &Outcome, other: &'a str) {
        if outcome.query.limit.is_some() {
            self.limits += 1;
            return;
        }
        self.count(outcome);
        *self.others.entry(other).or_default() += 1;
    }

    fn count(&mut self, outcome: &Outcome) {
        self.queries += 1;
        self.wanted += outcome.query.ids.len();
        self.found += outcome.found.len();
        self.right += outcome.right();
    }

    fn row(&self, name: &str, others: &str) -> String {
        let percent = |part: usize, whole: usize| match whole {
            0 => "–".to_owned(),
            whole => format!("{} %", part * 100 / whole),
        };
        let limits = match self.limits {
            0 => String::new(),
            limits => limits.to_string(),
        };
        format!(
            "| {name} | {} | {} | {} | {limits} | {others} |\n",
            self.queries,
            percent(self.right, self.wanted),
            percent(self.right, self.found),
        )
    }
}

/// What stands in the document.
fn measured() -> String {
    let names = lines::<Chat>(CHATS);
    let mut languages: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    let mut classes: BTreeMap<&str, Sum<'_>> = BTreeMap::new();
    let mut all = Sum::default();
    for outcome in outcomes() {
        let (lang, class) = (outcome.query.lang.as_str(), outcome.query.class.as_str());
        languages.entry(lang).or_default().add(outcome, class);
        classes.entry(class).or_default().add(outcome, lang);
        all.add(outcome, lang);
    }
    let mut out = "| language | queries | recall | precision | known limits | of these kinds |\n|---|---|---|---|---|---|\n".to_owned();
    for chat in &names {
        if let Some(sum) = languages.get(chat.lang.as_str()) {
            let kinds = sum
                .others
                .iter()
                .map(|(class, count)| format!("{class} {count}"));
            out.push_str(&sum.row(&chat.name, &kinds.collect::<Vec<_>>().join(", ")));
        }
    }
    out.push_str(&all.row("**all**", ""));
    let mut even = Sum::default();
    outcomes().iter().for_each(|outcome| even.count(outcome));
    out.push_str(&even.row("all, with the known limits", ""));
    out.push_str("\n| kind | queries | recall | precision | known limits | in |\n|---|---|---|---|---|---|\n");
    for (class, sum) in &classes {
        let langs: Vec<_> = sum.others.keys().copied().collect();
        out.push_str(&sum.row(class, &langs.join(", ")));
    }
    let ranked = outcomes()
        .iter()
        .filter(|outcome| !outcome.query.best.is_empty());
    let (first, all) = ranked.fold((0, 0), |(first, all), outcome| {
        let three = outcome.found.get(..3).unwrap_or(&outcome.found);
        let all_there = outcome.query.best.iter().all(|id| three.contains(id));
        (first + usize::from(all_there), all + 1)
    });
    let _ = writeln!(
        out,
        "\nSorted by relevance, the best answers are among the first three for {first} of {all} queries."
    );
    out.push_str("\n| known limit | in |\n|---|---|\n");
    let mut limits: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Outcome { query, .. } in outcomes() {
        if let Some(reason) = &query.limit {
            let asked = format!("{} `{}`", query.lang, query.query);
            limits.entry(reason).or_default().push(asked);
        }
    }
    for (reason, asked) in limits {
        let _ = writeln!(out, "| {reason} | {} |", asked.join(", "));
    }
    out
}

#[test]
fn the_document_says_what_is_measured() {
    let measured = measured();
    let (_, rest) = DOCUMENT.split_once(MARKS.0).expect("the mark begins");
    let (said, _) = rest.split_once(MARKS.1).expect("the mark ends");
    assert!(
        said == measured,
        "docs/search.md should have, between its marks:\n\n{measured}"
    );
}
