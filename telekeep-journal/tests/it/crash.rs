//! Crashes: the writer is stopped at every operation, before or after its effect, and then goes on.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use telekeep_journal::{
    Archive, Error, Head, Listed, LocalStore, MAX_SINGLE_BLOB_BYTES, MemoryStore, MemoryTail,
    Secret, Staged, Store, StoreError, StoreErrorKind, StoredFile, Tail, TailLine,
};

use crate::support::{
    JOURNAL, PASSPHRASE, files, in_memory, known, media, message, options, put_blob, records,
    reopen, sample, verify,
};

/// Counts down over all changes, in the store and in the tail; at zero the power goes off.
#[derive(Clone)]
struct Power {
    left: Arc<AtomicI64>,
    /// Does the last change still happen?
    after: bool,
}

impl Power {
    fn change<T, E>(
        &self,
        off: impl Fn() -> E,
        change: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        match self.left.fetch_sub(1, Ordering::Relaxed) {
            1.. => change(),
            0 if self.after => change().and_then(|_| Err(off())),
            _ => Err(off()),
        }
    }
}

struct FailingStore {
    inner: Arc<dyn Store>,
    power: Power,
}

impl Store for FailingStore {
    fn place(&self) -> String {
        self.inner.place()
    }
    fn stage(&self) -> Result<Staged, StoreError> {
        self.inner.stage()
    }
    fn put_staged(&self, path: &str, staged: Staged) -> Result<(), StoreError> {
        self.power.change(
            || StoreError::new(StoreErrorKind::NoSpace, path),
            || self.inner.put_staged(path, staged),
        )
    }
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.power.change(
            || StoreError::new(StoreErrorKind::NoSpace, path),
            || self.inner.replace(path, bytes),
        )
    }
    fn get(&self, path: &str) -> Result<Vec<u8>, StoreError> {
        self.inner.get(path)
    }
    fn get_range(&self, path: &str, offset: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        self.inner.get_range(path, offset, len)
    }
    fn stat(&self, path: &str) -> Result<u64, StoreError> {
        self.inner.stat(path)
    }
    fn list(&self, prefix: &str, visit: &mut dyn FnMut(Listed)) -> Result<(), StoreError> {
        self.inner.list(prefix, visit)
    }
    fn delete(&self, path: &str) -> Result<(), StoreError> {
        self.power.change(
            || StoreError::new(StoreErrorKind::NoSpace, path),
            || self.inner.delete(path),
        )
    }
    fn local_dir(&self) -> Option<&Path> {
        self.inner.local_dir()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("power off")]
struct Off;

/// A durable tail whose changes need power too.
struct FailingTail<'a> {
    inner: &'a mut MemoryTail,
    power: Power,
}

impl FailingTail<'_> {
    fn push(&mut self, fields: &str, blobs: Vec<StoredFile>) -> Result<u64, Off> {
        self.power
            .change(|| Off, || Ok(self.inner.push(fields, blobs)))
    }
}

impl Tail for FailingTail<'_> {
    type Error = Off;
    fn head(&self) -> Result<Option<Head>, Off> {
        Ok(self.inner.head().unwrap_or_default())
    }
    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, Off> {
        Ok(self.inner.read(from, max_bytes).unwrap_or_default())
    }
    fn sealed(&mut self, head: &Head) -> Result<(), Off> {
        let power = self.power.clone();
        power.change(|| Off, || self.inner.sealed(head).map_err(|_| Off))
    }
}

const RECORDS: u64 = 8;

/// A source: record after record, each third with a new blob, sealed at every fourth. Resumes after what is durable.
fn run(archive: &Archive, tail: &mut FailingTail<'_>) -> Result<(), Box<dyn std::error::Error>> {
    archive.recover(JOURNAL, tail)?;
    archive.add_schema(230, "// LAYER 230\n")?;
    while tail.inner.next_seq() <= RECORDS {
        let next = tail.inner.next_seq();
        if next.is_multiple_of(3) {
            let mut writer = archive.blob_writer(None)?;
            writer.write_all(format!("file {next}").as_bytes())?;
            let blob = writer.finish()?;
            tail.push(&media(&blob), blob.files)?;
        } else {
            tail.push(&message(next), Vec::new())?;
        }
        if next.is_multiple_of(4) {
            archive.seal(JOURNAL, tail, true)?;
        }
    }
    archive.seal(JOURNAL, tail, true)?;
    Ok(())
}

fn with_power(store: &Arc<dyn Store>, changes: i64, after: bool) -> (Archive, Power) {
    let power = Power {
        left: Arc::new(AtomicI64::new(changes)),
        after,
    };
    (
        reopen(Arc::new(FailingStore {
            inner: store.clone(),
            power: power.clone(),
        })),
        power,
    )
}

/// Runs until the power goes off after `changes` changes; true when it never did.
fn run_with_power(
    store: &Arc<dyn Store>,
    tail: &mut MemoryTail,
    changes: i64,
    after: bool,
) -> bool {
    let (archive, power) = with_power(store, changes, after);
    run(&archive, &mut FailingTail { inner: tail, power }).is_ok()
}

/// One crash after every possible number of changes, then a run to the end.
fn crash_everywhere(new_store: &dyn Fn() -> Arc<dyn Store>, encrypted: bool) {
    for after in [false, true] {
        for changes in 0.. {
            let store = new_store();
            Archive::init(store.clone(), &options(encrypted)).unwrap();
            let mut tail = MemoryTail::new();
            let survived = run_with_power(&store, &mut tail, changes, after);
            assert!(
                run_with_power(&store, &mut tail, i64::MAX, after),
                "cannot go on after {changes} changes"
            );
            check(&store, &tail, changes);
            if survived {
                assert!(changes > 15, "the test must crash somewhere");
                break;
            }
        }
    }
}

fn check(store: &Arc<dyn Store>, tail: &MemoryTail, changes: i64) {
    let archive = reopen(store.clone());
    let read = records(&archive, JOURNAL, 1);
    assert_eq!(read.len() as u64, RECORDS, "after {changes} changes");
    for (line, seq) in read.iter().zip(1..) {
        assert_eq!(line.seq, seq);
        if seq.is_multiple_of(3) {
            let record = line.record().unwrap();
            let body: serde_json::Value = serde_json::from_str(record.body.get()).unwrap();
            let mut text = String::new();
            let mut blob = archive.blob_reader(body["blob"].as_str().unwrap()).unwrap();
            std::io::Read::read_to_string(&mut blob, &mut text).unwrap();
            assert_eq!(text, format!("file {seq}"));
        } else {
            assert_eq!(line.json, format!("{{\"seq\":{seq},{}}}", message(seq)));
        }
    }
    let (report, findings) = verify(&archive, known(tail));
    assert_eq!(findings, [], "after {changes} changes");
    assert_eq!(
        (
            report.records,
            report.unreferenced_blobs,
            report.unfinished_segments
        ),
        (RECORDS, 0, 0)
    );
}

#[test]
fn every_crash_point_encrypted() {
    crash_everywhere(&|| Arc::new(MemoryStore::new()), true);
}

#[test]
fn every_crash_point_plain() {
    crash_everywhere(&|| Arc::new(MemoryStore::new()), false);
}

#[test]
fn every_crash_point_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let count = AtomicI64::new(0);
    let folder = || {
        dir.path()
            .join(count.fetch_add(1, Ordering::Relaxed).to_string())
    };
    crash_everywhere(&|| Arc::new(LocalStore::new(folder())), false);
}

/// Crash after crash without ever reaching the end in one go.
#[test]
fn many_crashes_in_a_row() {
    for step in 1..6 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        Archive::init(store.clone(), &options(true)).unwrap();
        let mut tail = MemoryTail::new();
        let runs = (0..200)
            .take_while(|n| !run_with_power(&store, &mut tail, step + 2, n % 2 == 0))
            .count();
        assert!(runs < 200, "no progress with {step} changes a run");
        check(&store, &tail, step);
    }
}

/// While a crash is not yet recovered from, verify knows what is only unfinished.
#[test]
fn verify_between_crash_and_recovery_reports_no_fault() {
    for changes in 0..30 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        Archive::init(store.clone(), &options(true)).unwrap();
        let mut tail = MemoryTail::new();
        run_with_power(&store, &mut tail, changes, false);
        if !tail.lines().is_empty() || tail.head().unwrap().is_some() {
            assert_eq!(
                verify(&reopen(store), known(&tail)).1,
                [],
                "after {changes} changes"
            );
        }
    }
}

#[test]
fn crashes_inside_a_divided_blob() {
    let bytes: Vec<u8> = (0..MAX_SINGLE_BLOB_BYTES + 5)
        .map(|n| (n / 1000) as u8)
        .collect();
    for after in [false, true] {
        for changes in 0..8 {
            let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
            Archive::init(store.clone(), &options(false)).unwrap();
            let (failing, _) = with_power(&store, changes, after);
            let mut writer = failing.blob_writer(Some(bytes.len() as u64)).unwrap();
            writer.write_all(&bytes).unwrap();
            let first = writer.finish();
            let archive = reopen(store);
            let blob = put_blob(&archive, &bytes);
            assert_eq!(blob.files.len(), 3);
            for file in &blob.files {
                assert_eq!(archive.store().stat(&file.file).unwrap(), file.size);
            }
            assert_eq!(first.is_ok(), changes >= 6, "three deletes and three puts");
            assert_eq!(verify(&archive, Default::default()).1, []);
        }
    }
}

#[test]
fn an_interrupted_init_leaves_no_archive() {
    for changes in 0..2 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let power = Power {
            left: Arc::new(AtomicI64::new(changes)),
            after: false,
        };
        Archive::init(
            Arc::new(FailingStore {
                inner: store.clone(),
                power,
            }),
            &options(true),
        )
        .unwrap_err();
        assert!(matches!(Archive::open(store), Err(Error::NoArchive { .. })));
    }
}

/// At no moment of a key command is the archive without a key that opens it.
#[test]
fn key_commands_are_safe_at_every_moment() {
    for changes in 0..5 {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        Archive::init(store.clone(), &options(true)).unwrap();
        let (mut archive, _) = with_power(&store, changes, false);
        let key = telekeep_journal::NewKey::passphrase_with("second", "other words", 4);
        let _ = archive
            .key_add(&key, 1)
            .and_then(|()| archive.key_remove("main"));
        let opens = |words: &str| {
            Archive::open(store.clone())
                .unwrap()
                .unlock(&Secret::passphrase(words))
                .is_ok()
        };
        assert!(
            opens(PASSPHRASE) || opens("other words"),
            "after {changes} changes"
        );
    }
}

#[test]
fn a_fresh_tail_goes_on_after_the_head() {
    let archive = in_memory(true);
    let old = sample(&archive);
    let mut fresh = MemoryTail::new();
    archive.recover(JOURNAL, &mut fresh).unwrap();
    assert_eq!(fresh.head().unwrap(), old.head().unwrap());
    fresh.push(&message(64), Vec::new());
    archive.seal(JOURNAL, &mut fresh, true).unwrap();
    assert_eq!(records(&archive, JOURNAL, 1).len(), 64);
}

#[test]
fn a_tail_that_disagrees_changes_nothing() {
    let archive = in_memory(true);
    let tail = sample(&archive);
    let before = files(&archive);

    let mut other_history = MemoryTail::new();
    other_history.push(&message(9), Vec::new());
    assert!(matches!(
        archive.seal(JOURNAL, &mut other_history, true),
        Err(Error::Diverged { .. })
    ));
    assert_eq!(other_history.lines().len(), 1);

    let seal = format!("journals/{JOURNAL}/00000003.seal.json");
    archive.store().delete(&seal).unwrap();
    assert!(
        matches!(archive.seal(JOURNAL, &mut tail.clone(), true), Err(Error::Diverged { why, .. }) if why.contains(&seal))
    );
    assert_eq!(files(&archive).len(), before.len() - 1);
}

#[test]
fn an_unsealed_segment_nobody_can_make_again_is_kept() {
    let archive = in_memory(true);
    sample(&archive);
    archive
        .store()
        .delete(&format!("journals/{JOURNAL}/00000003.seal.json"))
        .unwrap();
    let outcome = archive.recover(JOURNAL, &mut MemoryTail::new());
    assert!(
        matches!(outcome, Err(Error::UnsealedSegment { file }) if file.ends_with("00000003.jsonl.zst.age"))
    );
    assert!(
        files(&archive)
            .iter()
            .any(|file| file.ends_with("00000003.jsonl.zst.age"))
    );
}
