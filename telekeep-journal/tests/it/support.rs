//! Small archives for the tests.

use std::io::Write;
use std::sync::Arc;

use telekeep_journal::{
    Archive, BlobInfo, Finding, InitOptions, Known, Line, MemoryStore, MemoryTail, NewKey,
    Protection, Report, Secret, Store, VerifyOptions,
};

pub const JOURNAL: &str = "telegram-1";
pub const PASSPHRASE: &str = "correct horse";
/// A low scrypt work factor: tests are about the format, not about guessing.
pub const WORK: u8 = 4;

pub fn options(encrypted: bool) -> InitOptions {
    let protection = match encrypted {
        true => Protection::Encrypted(vec![NewKey::passphrase_with("main", PASSPHRASE, WORK)]),
        false => Protection::None,
    };
    InitOptions {
        protection,
        now: 1_760_000_000_000,
    }
}

pub fn in_memory(encrypted: bool) -> Archive {
    Archive::init(Arc::new(MemoryStore::new()), &options(encrypted)).unwrap()
}

/// Opens the archive again as a new process would.
pub fn reopen(store: Arc<dyn Store>) -> Archive {
    let mut archive = Archive::open(store).unwrap();
    archive.unlock(&Secret::passphrase(PASSPHRASE)).unwrap();
    archive
}

/// A message record's fields for [`MemoryTail::push`].
pub fn message(id: u64) -> String {
    let text = "слово 字 🎈 word ".repeat(id as usize % 40);
    format!(
        r#""time":1760000000000,"run":"00c0ffee00c0ffee","kind":"message","chat":-1001234,"id":{id},"layer":230,"body":{{"_":"message","id":{id},"message":"{text}"}}"#
    )
}

pub fn media(blob: &BlobInfo) -> String {
    let (name, size, sha256) = (&blob.name, blob.size, &blob.sha256);
    format!(
        r#""time":1760000000000,"run":"00c0ffee00c0ffee","kind":"media","body":{{"file":"document/1","blob":"{name}","size":{size},"sha256":"{sha256}"}}"#
    )
}

pub fn put_blob(archive: &Archive, bytes: &[u8]) -> BlobInfo {
    let mut writer = archive.blob_writer(None).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Three segments, three blobs, two schemas, a second journal; everything sealed.
pub fn sample(archive: &Archive) -> MemoryTail {
    archive.add_schema(230, "// LAYER 230\n").unwrap();
    let mut tail = MemoryTail::new();
    for segment in 0..3_u64 {
        for id in 1..=20 {
            tail.push(&message(segment * 20 + id), Vec::new());
        }
        let blob = put_blob(archive, &vec![segment as u8; 70_000 * segment as usize + 5]);
        tail.push(&media(&blob), blob.files);
        archive.seal(JOURNAL, &mut tail, true).unwrap();
        archive.add_schema(227, "// LAYER 227\n").unwrap();
    }
    let mut other = MemoryTail::new();
    other.push(&message(1), Vec::new());
    archive.seal("other-source", &mut other, true).unwrap();
    tail
}

pub fn records(archive: &Archive, journal: &str, from: u64) -> Vec<Line> {
    archive
        .records(journal, from)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

pub fn known(tail: &MemoryTail) -> Known {
    let mut known = Known::default();
    known.add_tail(tail).unwrap();
    known
}

/// Verifies everything that can be.
pub fn verify(archive: &Archive, known: Known) -> (Report, Vec<Finding>) {
    verify_with(
        archive,
        &VerifyOptions {
            known,
            ..VerifyOptions::default()
        },
    )
}

pub fn verify_with(archive: &Archive, options: &VerifyOptions) -> (Report, Vec<Finding>) {
    let mut findings = Vec::new();
    let report = archive
        .verify(options, &mut |finding| findings.push(finding))
        .unwrap();
    assert_eq!(report.findings, findings.len() as u64);
    (report, findings)
}

pub fn files(archive: &Archive) -> Vec<String> {
    let mut files = Vec::new();
    archive
        .store()
        .list("", &mut |listed| files.push(listed.path))
        .unwrap();
    files.sort();
    files
}
