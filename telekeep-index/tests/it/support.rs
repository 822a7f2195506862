//! Journals and indexes for tests.

use std::{convert::Infallible, path::PathBuf};

use serde_json::{Value, json};
use telekeep_index::{Hit, Index, Key, Search};
use telekeep_journal::Line;
use tempfile::TempDir;

pub const KEY: Key = [7; 32];
pub const CHANNEL: i64 = -1_000_000_000_010;
pub const GROUP: i64 = -20;
pub const USER: i64 = 30;
pub const ME: i64 = 1;
/// 15 November 2023.
pub const NOW: i64 = 1_700_000_000;

/// A journal in memory.
#[derive(Clone, Default)]
pub struct Journal {
    pub lines: Vec<Line>,
}

impl Journal {
    /// With a source record and names of the usual chats.
    pub fn new() -> Self {
        let mut journal = Self::default();
        journal.add(
            "source",
            None,
            None,
            json!({"type":"telegram","server":"custom","account":ME}),
        );
        journal.peer(ME, json!({"_":"user","id":ME,"first_name":"Me"}));
        journal.peer(
            USER,
            json!({"_":"user","id":USER,"first_name":"Ada","username":"ada"}),
        );
        journal.peer(GROUP, json!({"_":"chat","id":20,"title":"Family"}));
        let news = json!({"_":"channel","id":10,"title":"News","broadcast":true});
        journal.peer(CHANNEL, news);
        journal
    }

    pub fn add(&mut self, kind: &str, chat: Option<i64>, id: Option<i64>, body: Value) -> u64 {
        let seq = self.lines.last().map_or(1, |line| line.seq + 1);
        let mut record = json!({"seq":seq,"time":1_700_000_000_000_i64,"run":"00aa","kind":kind});
        if let Some(chat) = chat {
            record["chat"] = json!(chat);
        }
        if let Some(id) = id {
            record["id"] = json!(id);
        }
        record["body"] = body;
        self.lines.push(Line {
            seq,
            json: record.to_string(),
        });
        seq
    }

    /// A peer as seen at a moment, unix milliseconds.
    pub fn add_at(&mut self, time: i64, id: i64, body: Value) {
        let seq = self.add("peer", Some(id), None, body);
        let line = self.lines.last_mut().unwrap();
        let mut record: Value = serde_json::from_str(&line.json).unwrap();
        record["time"] = json!(time);
        *line = Line {
            seq,
            json: record.to_string(),
        };
    }

    pub fn peer(&mut self, id: i64, body: Value) {
        self.add("peer", Some(id), None, body);
    }

    pub fn body(&mut self, chat: i64, id: i64, body: Value) -> u64 {
        self.add("message", Some(chat), Some(id), body)
    }

    pub fn text(&mut self, chat: i64, id: i64, date: i64, text: &str) -> u64 {
        self.body(chat, id, message(chat, id, date, text))
    }

    pub fn coverage(&mut self, chat: i64, from: i64, to: i64, count: Option<i64>) {
        let mut body = json!({"from":from,"to":to});
        if let Some(count) = count {
            body["server_count"] = json!(count);
        }
        self.add("coverage", Some(chat), None, body);
    }

    pub fn dialog(&mut self, chat: i64, top: i64) {
        let body = json!({"_":"dialog","peer":peer(chat),"top_message":top});
        self.add("dialog", Some(chat), None, body);
    }

    pub fn media(&mut self, chat: i64, id: i64, file: &str, size: u64) {
        let body = json!({"file":file,"size":size,"sha256":"00","blob":"b","dc":2});
        self.add("media", Some(chat), Some(id), body);
    }

    pub fn iter(&self) -> impl Iterator<Item = Result<Line, Infallible>> + '_ {
        self.lines.iter().cloned().map(Ok)
    }
}

pub fn peer(marked: i64) -> Value {
    match marked {
        id if id > 0 => json!({"_":"peerUser","user_id":id}),
        id if id > -1_000_000_000_000 => json!({"_":"peerChat","chat_id":-id}),
        id => json!({"_":"peerChannel","channel_id":-id - 1_000_000_000_000}),
    }
}

pub fn message(chat: i64, id: i64, date: i64, text: &str) -> Value {
    json!({"_":"message","id":id,"peer_id":peer(chat),"date":date,"message":text})
}

pub fn document(chat: i64, id: i64, date: i64, file: i64, name: &str) -> Value {
    let mut body = message(chat, id, date, "");
    body["media"] = json!({"_":"messageMediaDocument","document":{
        "_":"document","id":file,"access_hash":1,"file_reference":"","date":date,
        "mime_type":"application/pdf","size":9,"dc_id":2,
        "attributes":[{"_":"documentAttributeFilename","file_name":name}]}});
    body
}

/// An index in a folder of its own, encrypted.
pub struct Place {
    pub folder: TempDir,
    pub path: PathBuf,
}

impl Place {
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("index.db");
        Self { folder, path }
    }

    pub fn open(&self) -> Index {
        Index::open(&self.path, Some(&KEY)).unwrap()
    }

    pub fn of(journal: &Journal) -> (Self, Index) {
        let place = Self::new();
        let mut index = place.open();
        index.apply("account", journal.iter()).unwrap();
        (place, index)
    }
}

pub fn find(index: &Index, query: &str) -> Vec<Hit> {
    let search = Search {
        limit: 100,
        ..Search::new(query, NOW)
    };
    index.search(&search).unwrap().hits
}

pub fn ids(index: &Index, query: &str) -> Vec<i64> {
    find(index, query).iter().map(|hit| hit.id).collect()
}
