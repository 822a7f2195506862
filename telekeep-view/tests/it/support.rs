//! An archive with a few records, and a browser that is just a function.

use std::io::Write as _;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use telekeep_index::Index;
use telekeep_journal::{Archive, BlobInfo, InitOptions, Line, NewKey, Protection};
use telekeep_view::{Library, Viewer, ViewerOptions};
use tower::ServiceExt as _;

pub const HOST: &str = "127.0.0.1:4321";
/// The account of every archive here.
pub const ME: i64 = 1;

/// A viewer over an archive of its own.
pub struct Site {
    pub viewer: Viewer,
    folder: tempfile::TempDir,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Makes an archive.
pub struct Maker {
    archive: Archive,
    lines: Vec<Line>,
    folder: tempfile::TempDir,
}

impl Maker {
    pub fn new() -> Self {
        Self::protected(Protection::None)
    }

    /// An encrypted archive, with a passphrase that costs little.
    pub fn encrypted() -> Self {
        let key = NewKey::passphrase_with("main", "passphrase", 2);
        Self::protected(Protection::Encrypted(vec![key]))
    }

    fn protected(protection: Protection) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = InitOptions { protection, now: 0 };
        let archive = Archive::init_folder(folder.path(), &options).unwrap();
        let mut maker = Self {
            archive,
            lines: Vec::new(),
            folder,
        };
        maker.record(
            "source",
            "",
            &format!(r#"{{"type":"telegram","server":"telegram","account":{ME}}}"#),
        );
        maker.person(ME, "Me Myself");
        maker
    }

    pub fn record(&mut self, kind: &str, place: &str, body: &str) {
        self.record_at(1_700_000_000, kind, place, body);
    }

    /// A record made at a moment, unix seconds.
    pub fn record_at(&mut self, time: i64, kind: &str, place: &str, body: &str) {
        let seq = self.lines.len() as u64 + 1;
        let json = format!(
            r#"{{"seq":{seq},"time":{time}000,"run":"00000000000000aa","kind":"{kind}"{place},"layer":230,"body":{body}}}"#
        );
        self.lines.push(Line { seq, json });
    }

    pub fn person(&mut self, id: i64, name: &str) {
        self.person_at(id, name, 1_700_000_000);
    }

    /// A person as seen at a moment.
    pub fn person_at(&mut self, id: i64, name: &str, time: i64) {
        let name = json(name);
        let body = format!(r#"{{"_":"user","id":{id},"first_name":{name}}}"#);
        self.record_at(time, "peer", &format!(r#","chat":{id}"#), &body);
    }

    /// A supergroup.
    pub fn channel(&mut self, bare: i64, title: &str) {
        let title = json(title);
        let body = format!(r#"{{"_":"channel","id":{bare},"megagroup":true,"title":{title}}}"#);
        let chat = -(1_000_000_000_000 + bare);
        self.record("peer", &format!(r#","chat":{chat}"#), &body);
    }

    /// A message of a private chat; `more` are further fields.
    pub fn message(&mut self, chat: i64, id: i64, date: i64, text: &str, more: &str) {
        let text = json(text);
        let body = format!(
            r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerUser","user_id":{chat}}},"date":{date},"message":{text}{more}}}"#
        );
        self.record("message", &format!(r#","chat":{chat},"id":{id}"#), &body);
    }

    /// Bytes that no record refers to yet.
    pub fn blob(&mut self, bytes: &[u8]) -> BlobInfo {
        let mut blob = self.archive.blob_writer(None).unwrap();
        blob.write_all(bytes).unwrap();
        blob.finish().unwrap()
    }

    /// Bytes that are held as a file.
    pub fn file(&mut self, key: &str, bytes: &[u8], mime: &str) {
        let blob = self.blob(bytes);
        let body = format!(
            r#"{{"file":"{key}","size":{},"sha256":"{}","blob":"{}","mime":{}}}"#,
            blob.size,
            blob.sha256,
            blob.name,
            json(mime)
        );
        self.record("media", "", &body);
    }

    pub fn site(self) -> Site {
        self.site_in(jiff::tz::TimeZone::UTC)
    }

    /// For a reader in this time zone.
    pub fn site_in(self, zone: jiff::tz::TimeZone) -> Site {
        self.site_of(&[], zone)
    }

    /// With the journals of other accounts, by the names of these.
    pub fn site_beside(self, others: &[(&str, Maker)]) -> Site {
        self.site_of(others, jiff::tz::TimeZone::UTC)
    }

    fn site_of(self, others: &[(&str, Maker)], zone: jiff::tz::TimeZone) -> Site {
        let path = self.folder.path().join("index.db");
        let mut index = Index::open(&path, None).unwrap();
        let lines = self.lines.into_iter().map(Ok::<_, std::io::Error>);
        index.apply("account", lines).unwrap();
        for (name, maker) in others {
            let lines = maker.lines.iter().cloned().map(Ok::<_, std::io::Error>);
            index.apply(&format!("account-{name}"), lines).unwrap();
        }
        drop(index);
        let library = Library::open(Arc::new(self.archive), &path, None).unwrap();
        let options = ViewerOptions {
            listen: HOST.parse().unwrap(),
            zone,
            now: || 1_700_000_000_000,
            account_of: |journal| {
                let name = journal.strip_prefix("account")?;
                Some(name.strip_prefix('-').unwrap_or("main").to_owned())
            },
        };
        Site {
            viewer: Viewer::new(library, options).unwrap(),
            folder: self.folder,
        }
    }
}

pub fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

impl Site {
    /// Every stored blob file.
    fn blobs(&self) -> Vec<std::path::PathBuf> {
        let folders = std::fs::read_dir(self.folder.path().join("blobs")).unwrap();
        let files = folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).collect()
    }

    pub fn remove_blobs(&self) {
        for file in self.blobs() {
            std::fs::remove_file(file).unwrap();
        }
    }

    /// All bytes of this machine's own files.
    pub fn local_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path().join("local")).unwrap();
        let files = files
            .map(|file| file.unwrap().path())
            .filter(|path| path.is_file());
        files
            .flat_map(|path| std::fs::read(path).unwrap())
            .collect()
    }

    /// Turns a bit of each blob file.
    pub fn damage_blobs(&self, at: usize) {
        for file in self.blobs() {
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[at] ^= 1;
            std::fs::remove_file(&file).unwrap();
            std::fs::write(&file, bytes).unwrap();
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.viewer.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: to_bytes(body, 64 << 20).await.unwrap().to_vec(),
        }
    }

    /// The token of the address.
    pub fn token(&self) -> String {
        let address = self.viewer.address().to_string();
        address.split_once("token=").unwrap().1.to_owned()
    }

    /// The session cookie that the token is exchanged for.
    pub async fn cookie(&self) -> String {
        let path = format!("/?token={}", self.token());
        let request = Request::get(path).header("host", HOST);
        let answer = self.send(request.body(Body::empty()).unwrap()).await;
        let cookie = answer.header("set-cookie");
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A page as the reader's browser gets it.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let cookie = self.cookie().await;
        let mut request = Request::get(path)
            .header("host", HOST)
            .header("cookie", cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

/// A chat with a friend, id 5: greetings, an edit, an album, a picture, service messages.
pub fn small() -> Site {
    let mut maker = Maker::new();
    maker.person(5, "Ada Lovelace");
    maker.message(5, 10, 1_699_000_000, "good morning", "");
    maker.message(5, 11, 1_699_000_060, "how are you", "");
    maker.message(5, 12, 1_699_000_120, "well", r#","out":true"#);
    maker.message(5, 13, 1_699_003_000, "an hour later", r#","out":true"#);
    let reply = r#","reply_to":{"_":"messageReplyHeader","reply_to_msg_id":10}"#;
    maker.message(5, 14, 1_699_100_000, "next day", reply);
    maker.message(
        5,
        14,
        1_699_100_000,
        "another day",
        r#","edit_date":1699100100"#,
    );
    let photo = |id: i64| {
        format!(
            r#","grouped_id":7,"media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"y","w":40,"h":30,"size":9}}]}}}}"#
        )
    };
    maker.message(5, 15, 1_699_100_200, "two pictures", &photo(70));
    maker.message(5, 16, 1_699_100_201, "", &photo(71));
    maker.file("photo/70/y", b"\x89PNG\r\n\x1a\n0", "image/png");
    maker.site()
}
