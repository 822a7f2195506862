//! Backups of worlds in the local cloud, compared with the truth the cloud tells.

mod about;
mod account;
mod constructors;
mod crowd;
mod direct;
mod discussions;
mod faults;
mod folders;
mod interruption;
mod long;
mod losses;
mod planning;
mod portraits;
mod possessions;
mod reviewing;
mod selecting;
mod stories;
mod takeout;
mod who_reacted;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use telekeep_cloud::world::FileTruth;
use telekeep_cloud::{Cloud, Config, Fault, FaultKind};
use telekeep_journal::{Archive, InitOptions, NewKey, Protection, Record, Secret, VerifyOptions};
use telekeep_sources::monitor::Silent;
use telekeep_sources::spool::{Spool, SpoolTail};
use telekeep_sources::telegram::backup::{BackupError, Loss, Options, Stop, Summary, backup};
use telekeep_sources::telegram::login::{Login, SignIn, check_password};
use telekeep_sources::telegram::wire::policy::Limits;
use telekeep_sources::telegram::wire::{
    Client, Device, Endpoint, RsaKey, ServerChoice, SessionStore, Settings,
};

/// A cloud with an archive beside it.
struct Rig {
    cloud: Cloud,
    folder: tempfile::TempDir,
    max_wait: Duration,
    request_timeout: Duration,
}

impl Rig {
    async fn start(chats: u32, messages: u64, media_mb: u64) -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed: 11,
            chats,
            messages,
            media_mb,
            latency: Duration::ZERO,
            faults: Vec::new(),
            key_dir: folder.path().to_owned(),
        };
        let cloud = telekeep_cloud::start(config).await.unwrap();
        Rig {
            cloud,
            folder,
            max_wait: Duration::from_secs(60),
            request_timeout: Settings::default().request_timeout,
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Deletes the spool of an archive that is not open, as a lost computer would.
    fn lose_spool(&self, name: &str) {
        for file in ["spool.db", "spool.db-wal", "spool.db-shm"] {
            let _ = std::fs::remove_file(self.place(name).join("local").join(file));
        }
    }

    /// A new encrypted archive whose spool is signed in.
    async fn archive(&self, name: &str) -> Kept {
        let key = NewKey::passphrase_with("main", "secret", 2);
        let options = InitOptions {
            protection: Protection::Encrypted(vec![key]),
            now: 1,
        };
        Archive::init_folder(self.place(name), &options).unwrap();
        let kept = self.open(name);
        self.sign_in(&kept).await;
        kept
    }

    /// The archive as a new process finds it.
    fn open(&self, name: &str) -> Kept {
        let mut archive = Archive::open_folder(self.place(name)).unwrap();
        archive.unlock(&Secret::passphrase("secret")).unwrap();
        let spool = Arc::new(Spool::open(&archive).unwrap());
        Kept {
            archive: Arc::new(archive),
            spool,
        }
    }

    async fn client(&self, kept: &Kept) -> Client {
        let pem = std::fs::read_to_string(self.cloud.public_key_path()).unwrap();
        let address = self.cloud.address().to_string();
        let server = ServerChoice::Custom {
            address,
            keys: RsaKey::from_pem(&pem).unwrap(),
        };
        let endpoint = Endpoint {
            server,
            api_id: 1,
            api_hash: "hash".into(),
            device: Device::default(),
            proxy: None,
        };
        let limits = Limits {
            attempts: 6,
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(20),
            max_wait: self.max_wait,
            ..Limits::default()
        };
        let settings = Settings {
            limits,
            request_timeout: self.request_timeout,
            ..Settings::default()
        };
        let store: Arc<dyn SessionStore> = kept.spool.clone();
        Client::connect_with(endpoint, store, settings)
            .await
            .unwrap()
    }

    async fn sign_in(&self, kept: &Kept) {
        let client = self.client(kept).await;
        let account = self.cloud.accounts().into_iter().next().unwrap();
        let mut login = Login::send_code(&client, &account.phone).await.unwrap();
        match login.sign_in(&account.code).await.unwrap() {
            SignIn::Done(_) => {}
            SignIn::PasswordNeeded { .. } => {
                let password = account.password.as_deref().unwrap();
                check_password(&client, password).await.unwrap();
            }
            other => panic!("{other:?}"),
        }
        client.close().await.unwrap();
    }

    /// One run, as a process would make it.
    async fn run(&self, kept: &Kept) -> Result<Summary, BackupError> {
        self.run_with(kept, &Options::default(), &Stop::new()).await
    }

    async fn run_with(
        &self,
        kept: &Kept,
        options: &Options,
        stop: &Stop,
    ) -> Result<Summary, BackupError> {
        let client = self.client(kept).await;
        let result = backup(
            &client,
            &kept.archive,
            &kept.spool,
            options,
            Arc::new(Silent),
            stop,
        )
        .await;
        client.close().await.unwrap();
        result
    }

    /// A run that is told to stop as soon as a method was called this often. Fails when the run
    /// ends before.
    async fn run_until_asked(
        &self,
        kept: &Kept,
        options: &Options,
        method: &str,
        times: u64,
    ) -> Summary {
        let stop = Stop::new();
        let asked = async {
            while self.calls(method) < times {
                tokio::task::yield_now().await;
            }
            stop.set();
            std::future::pending::<()>().await;
        };
        let summary = tokio::select! {
            summary = self.run_with(kept, options, &stop) => summary.unwrap(),
            () = asked => unreachable!("it waits for ever"),
        };
        assert!(self.calls(method) >= times, "it ended before: {summary:?}");
        summary
    }

    fn fault(&self, method: &str, nth: u64, times: u64, kind: FaultKind) {
        self.cloud.add_fault(Fault {
            times: Some(times),
            ..Fault::once(method, nth, kind)
        });
    }

    /// So many requests for a file find that all references given out so far expired.
    fn expire_references(&self, times: u64) {
        let expired = FaultKind::FileReferenceExpired { all: true };
        self.fault("upload.getFile", 1, times, expired);
    }

    fn error(&self, method: &str, times: u64, code: i32, text: &str) {
        self.fault(
            method,
            1,
            times,
            FaultKind::Error {
                code,
                text: text.to_owned(),
            },
        );
    }

    fn calls(&self, method: &str) -> u64 {
        self.cloud.calls().get(method).copied().unwrap_or(0)
    }

    fn account(&self) -> i64 {
        self.cloud.world().account_ids()[0]
    }

    /// Asserts that the archive holds every message of the world as it is now.
    fn assert_has_world(&self, kept: &Kept) {
        let mut truth = BTreeMap::new();
        for chat in self.cloud.world().chats(self.account()) {
            for mut message in chat.messages {
                steady(&mut message);
                truth.insert((chat.id, message["id"].as_i64().unwrap()), message);
            }
        }
        assert_holds(&kept.content(), &truth);
    }

    /// Asserts that the archive holds the world exactly, and nothing twice.
    fn assert_equals_world(&self, kept: &Kept) {
        let held = kept.content();
        let world = self.cloud.world();
        let (mut truth, mut wanted) = (BTreeMap::new(), BTreeSet::new());
        for chat in world.chats(self.account()) {
            for mut message in chat.messages {
                wanted.extend(files(&message));
                steady(&mut message);
                truth.insert((chat.id, message["id"].as_i64().unwrap()), message);
            }
        }
        assert_holds(&held, &truth);
        // A supergroup's former basic group is no dialog, but it is kept.
        let chats: BTreeSet<i64> = truth.keys().map(|&(chat, _)| chat).collect();
        let more: Vec<_> = held
            .messages
            .keys()
            .filter(|key| !truth.contains_key(key))
            .collect();
        assert!(
            more.iter().all(|(chat, _)| !chats.contains(chat)),
            "{more:?}"
        );
        let portraits = world.portraits();
        assert_has_portraits(&held, &portraits);
        let files: BTreeMap<_, _> = world
            .files()
            .into_iter()
            .chain(portraits)
            .chain(world.web_pictures())
            .map(|file| (file.key.clone(), file))
            .collect();
        for (key, sha256) in &held.media {
            assert_eq!(&world.sha256(&files[key]), sha256, "{key}");
        }
        let missing: Vec<_> = wanted
            .iter()
            .filter(|key| !held.media.contains_key(*key))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

fn assert_holds(held: &Content, truth: &BTreeMap<(i64, i64), Value>) {
    for (key, message) in truth {
        assert_eq!(held.messages.get(key), Some(message), "{key:?}");
    }
}

/// Of everybody who wrote, the photo they have is held, one way or the other.
fn assert_has_portraits(held: &Content, portraits: &[FileTruth]) {
    let writer = |message: &Value| {
        let from = &message["from_id"];
        let channel = |id: i64| -1_000_000_000_000 - id;
        let user = from["user_id"].as_i64();
        user.or_else(|| from["channel_id"].as_i64().map(channel))
    };
    let writers: BTreeSet<i64> = held.messages.values().filter_map(writer).collect();
    for portrait in portraits {
        let mut words = portrait.key.split('/').skip(1);
        let (photo, peer) = (words.next().unwrap(), words.next().unwrap());
        let wrote = writers.contains(&peer.parse().unwrap());
        let whole = format!("photo/{photo}/");
        let is_held = held.media.contains_key(&portrait.key)
            || held.media.keys().any(|key| key.starts_with(&whole));
        assert!(is_held || !wrote, "{}", portrait.key);
    }
}

/// Signing in again is news of the account's sessions.
const SIGNED_IN: [&str; 1] = ["account sessions"];

/// An archive with its spool.
#[derive(Clone)]
struct Kept {
    archive: Arc<Archive>,
    spool: Arc<Spool>,
}

/// Messages, hashes of files, and how far each chat is covered.
type Essence = (
    BTreeMap<(i64, i64), Value>,
    BTreeMap<String, String>,
    BTreeMap<i64, i64>,
);

/// What the records of a journal say.
#[derive(Debug, Default, PartialEq)]
struct Content {
    messages: BTreeMap<(i64, i64), Value>,
    media: BTreeMap<String, String>,
    coverage: BTreeMap<i64, Vec<(i64, i64)>>,
    kinds: BTreeMap<String, usize>,
}

impl Kept {
    /// Every record, sealed ones first.
    fn records(&self) -> Vec<Record> {
        let sealed = self.archive.records(&self.spool.journal(), 1).unwrap();
        let mut records: Vec<Record> = sealed.map(|line| line.unwrap().record().unwrap()).collect();
        let mut next = records.len() as u64 + 1;
        loop {
            let lines = self.spool.unsealed(next, 1 << 20).unwrap();
            let Some(last) = lines.last() else { break };
            next = last.seq + 1;
            records.extend(
                lines
                    .iter()
                    .map(|line| serde_json::from_str::<Record>(&line.json).unwrap()),
            );
        }
        assert!(
            records
                .iter()
                .map(|record| record.seq)
                .eq(1..=records.len() as u64)
        );
        records
    }

    /// What the records after the first so many are about, without those of runs.
    fn news_since(&self, records: usize) -> Vec<String> {
        let records = self.records().into_iter().skip(records);
        let records = records.filter(|record| record.kind != "run");
        let about = |record: Record| {
            let body: Value = serde_json::from_str(record.body.get()).unwrap();
            let part = body["part"].as_str().unwrap_or_default();
            format!("{} {part}", record.kind)
        };
        records.map(about).collect()
    }

    /// What the records say. No object may be recorded twice in a row with the same content.
    fn content(&self) -> Content {
        let mut content = Content::default();
        for record in self.records() {
            let mut body: Value = serde_json::from_str(record.body.get()).unwrap();
            *content.kinds.entry(record.kind.clone()).or_default() += 1;
            match record.kind.as_str() {
                "message" => {
                    steady(&mut body);
                    let key = (record.chat.unwrap(), record.id.unwrap());
                    let before = content.messages.insert(key, body.clone());
                    assert!(before.as_ref() != Some(&body), "twice: {key:?}");
                }
                "media" => {
                    let (file, hash) = (
                        body["file"].as_str().unwrap(),
                        body["sha256"].as_str().unwrap(),
                    );
                    let twice = content.media.insert(file.to_owned(), hash.to_owned());
                    assert!(twice.is_none(), "twice: {file}");
                    let blob = self.archive.blob_reader(body["blob"].as_str().unwrap());
                    assert!(blob.is_ok(), "{file}");
                }
                "coverage" => {
                    let interval = (body["from"].as_i64().unwrap(), body["to"].as_i64().unwrap());
                    content
                        .coverage
                        .entry(record.chat.unwrap())
                        .or_default()
                        .push(interval);
                }
                _ => {}
            }
        }
        content
    }

    /// What two archives of the same world share, however often they were interrupted.
    fn essence(&self) -> Essence {
        let content = self.content();
        let chats = self.spool.chats().unwrap();
        let covered = chats
            .iter()
            .map(|chat| (chat.chat, self.spool.coverage(chat.chat).unwrap().reach(1)))
            .collect();
        (content.messages, content.media, covered)
    }

    fn assert_sound(&self) {
        assert_eq!(self.spool.check().unwrap(), Vec::<String>::new());
        let mut options = VerifyOptions::default();
        options.known.add_tail(&SpoolTail(&self.spool)).unwrap();
        let mut findings = Vec::new();
        let mut note = |finding: telekeep_journal::Finding| findings.push(format!("{finding:?}"));
        self.archive.verify(&options, &mut note).unwrap();
        assert!(findings.is_empty(), "{findings:?}");
    }
}

/// Removes what is another one at every look.
fn steady(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("file_reference");
            fields.values_mut().for_each(steady);
        }
        Value::Array(items) => items.iter_mut().for_each(steady),
        _ => {}
    }
}

/// Main files and thumbnails of documents, and the largest size of photos, in a message that may
/// be kept.
fn files(message: &Value) -> Vec<String> {
    let mut keys = Vec::new();
    if !destroys_itself(message) {
        find_files(message, &mut keys);
    }
    keys
}

fn destroys_itself(message: &Value) -> bool {
    message["media"]["ttl_seconds"].is_i64()
}

fn find_files(value: &Value, keys: &mut Vec<String>) {
    match (value["_"].as_str(), value) {
        (Some("document"), _) => {
            keys.push(format!("document/{}", value["id"]));
            for thumb in value["thumbs"].as_array().into_iter().flatten() {
                if thumb["_"] == "photoSize" {
                    keys.push(format!(
                        "document/{}/thumb/{}",
                        value["id"],
                        thumb["type"].as_str().unwrap()
                    ));
                }
            }
        }
        (Some("webDocument"), _) => {
            let address = Sha256::digest(value["url"].as_str().unwrap());
            let digits = address.iter().take(16).map(|byte| format!("{byte:02x}"));
            keys.push(format!("web/{}", digits.collect::<String>()));
        }
        (Some("photo"), _) => {
            let sizes = value["sizes"].as_array().into_iter().flatten();
            let real = sizes.filter(|size| size["size"].is_i64() || size["sizes"].is_array());
            let area = |size: &&Value| size["w"].as_i64().unwrap() * size["h"].as_i64().unwrap();
            keys.extend(
                real.max_by_key(area).map(|size| {
                    format!("photo/{}/{}", value["id"], size["type"].as_str().unwrap())
                }),
            );
        }
        (_, Value::Object(fields)) => {
            let inner = fields.iter().filter(|(name, _)| *name != "alt_documents");
            inner.for_each(|(_, value)| find_files(value, keys));
        }
        (_, Value::Array(items)) => items.iter().for_each(|value| find_files(value, keys)),
        _ => {}
    }
}
