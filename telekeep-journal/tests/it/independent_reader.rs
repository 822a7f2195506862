//! A reader in another language, written from `docs/format.md`, agrees with ours.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use sha2::{Digest, Sha256};
use telekeep_journal::{Archive, MAX_SINGLE_BLOB_BYTES, MemoryTail};

use crate::support::{JOURNAL, PASSPHRASE, media, options, put_blob, records, sample};

/// The Python with `pyrage` and `zstandard`, from `TELEKEEP_PYTHON`.
fn python() -> Option<String> {
    let python = std::env::var("TELEKEEP_PYTHON")
        .ok()
        .filter(|python| !python.is_empty());
    if python.is_none() {
        let mut stderr = std::io::stderr();
        let _ = writeln!(
            stderr,
            "SKIPPED: TELEKEEP_PYTHON does not name a Python with pyrage and zstandard (./check sets it)"
        );
    }
    python
}

/// What our reader sees, in the form the other prints it.
fn ours(archive: &Archive) -> String {
    let mut text = String::new();
    for journal in archive.journals().unwrap() {
        for line in records(archive, &journal, 1) {
            text.push_str(&format!("{journal} {}\n", line.json));
            let record = line.record().unwrap();
            if record.kind == "media" {
                let body: serde_json::Value = serde_json::from_str(record.body.get()).unwrap();
                let name = body["blob"].as_str().unwrap();
                let mut bytes = Vec::new();
                archive
                    .blob_reader(name)
                    .unwrap()
                    .read_to_end(&mut bytes)
                    .unwrap();
                let hash: String = Sha256::digest(&bytes)
                    .iter()
                    .map(|b| format!("{b:02x}"))
                    .collect();
                text.push_str(&format!("blob {name} {} {hash}\n", bytes.len()));
            }
        }
    }
    text
}

fn theirs(python: &str, folder: &Path, passphrase: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_reader.py");
    let output = Command::new(python)
        .arg(script)
        .args([folder.as_os_str(), passphrase.as_ref()])
        .output();
    let output = output.unwrap_or_else(|e| panic!("TELEKEEP_PYTHON={python} does not run: {e}"));
    assert!(
        output.status.success(),
        "the independent reader failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn agree(archive: &Archive, folder: &Path, passphrase: &str) {
    if let Some(python) = python() {
        let (ours, theirs) = (ours(archive), theirs(&python, folder, passphrase));
        let difference = ours.lines().zip(theirs.lines()).find(|(a, b)| a != b);
        assert_eq!(difference, None);
        assert_eq!(ours.lines().count(), theirs.lines().count());
    }
}

#[test]
fn both_readers_see_the_same() {
    let large: Vec<u8> = (0..MAX_SINGLE_BLOB_BYTES + 77)
        .map(|n| (n % 253) as u8)
        .collect();
    for encrypted in [true, false] {
        let dir = tempfile::tempdir().unwrap();
        let archive = Archive::init_folder(dir.path(), &options(encrypted)).unwrap();
        let mut tail: MemoryTail = sample(&archive);
        let blob = put_blob(&archive, &large);
        tail.push(&media(&blob), blob.files);
        archive.seal(JOURNAL, &mut tail, true).unwrap();
        agree(&archive, dir.path(), PASSPHRASE);
    }
}

#[test]
fn both_readers_read_the_fixtures() {
    for name in ["encrypted", "plain"] {
        let folder = crate::fixture::folder(name);
        let mut archive = Archive::open_folder(&folder).unwrap();
        archive
            .unlock(&telekeep_journal::Secret::passphrase("fixture"))
            .unwrap();
        agree(&archive, &folder, "fixture");
    }
}

/// The other reader checks what it reads: it refuses a changed archive.
#[test]
fn the_other_reader_notices_damage() {
    let Some(python) = python() else { return };
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(true)).unwrap();
    sample(&archive);
    let seal = dir
        .path()
        .join(format!("journals/{JOURNAL}/00000002.seal.json"));
    let text = std::fs::read_to_string(&seal)
        .unwrap()
        .replace("\"format\":1", "\"format\": 1");
    std::fs::write(&seal, text).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/independent_reader.py");
    let output = Command::new(python)
        .arg(script)
        .args([dir.path().as_os_str(), PASSPHRASE.as_ref()])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        complaint.contains("00000002.seal.json: wrong checksum"),
        "{complaint}"
    );
}
