//! Archives of format 1 as they were first written stay readable for ever.
//!
//! `tests/fixtures/format-1/encrypted` (passphrase `fixture`) and `.../plain` were made once by `make_fixtures` below
//! with the first release of format 1. They never change: a new format gets a new folder beside them.

use std::io::Read;
use std::path::{Path, PathBuf};

use telekeep_journal::{Archive, InitOptions, MemoryTail, NewKey, Protection, Secret};

use crate::support::{media, message, put_blob, records, verify};

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/format-1")
        .join(name)
}

pub const RECORDS: u64 = 12;
pub const BLOB: &[u8] = "a file that was sent in 2026 \u{1F388}\n".as_bytes();

fn fields(seq: u64, archive: &Archive) -> (String, Vec<telekeep_journal::StoredFile>) {
    if seq == 7 {
        let blob = put_blob(archive, BLOB);
        (media(&blob), blob.files)
    } else {
        (message(seq), Vec::new())
    }
}

/// Writes the fixtures into the folder named by `TELEKEEP_FIXTURES`; not to be done again for format 1.
#[test]
#[ignore = "made once; see the module's text"]
fn make_fixtures() {
    let Ok(root) = std::env::var("TELEKEEP_FIXTURES") else {
        return;
    };
    let encrypted = Protection::Encrypted(vec![NewKey::passphrase_with("main", "fixture", 10)]);
    for (name, protection) in [("encrypted", encrypted), ("plain", Protection::None)] {
        let options = InitOptions {
            protection,
            now: 1_795_000_000_000,
        };
        let root = Path::new(&root).join(name);
        let archive = Archive::init_folder(&root, &options).unwrap();
        archive
            .add_schema(
                230,
                "// LAYER 230\nmessage#1 id:int message:string = Message;\n",
            )
            .unwrap();
        let mut tail = MemoryTail::new();
        for seq in 1..=RECORDS {
            let (fields, blobs) = fields(seq, &archive);
            tail.push(&fields, blobs);
            if seq.is_multiple_of(5) {
                archive.seal("telegram-1", &mut tail, true).unwrap();
            }
        }
        archive.seal("telegram-1", &mut tail, true).unwrap();
        std::fs::remove_dir_all(root.join("local")).unwrap();
    }
}

#[test]
fn format_1_stays_readable() {
    for (name, encrypted) in [("encrypted", true), ("plain", false)] {
        let mut archive = Archive::open_folder(folder(name)).unwrap();
        assert_eq!(archive.is_encrypted(), encrypted);
        assert_eq!(archive.created(), 1_795_000_000_000);
        assert!(archive.unlock(&Secret::passphrase("not this")).is_err() || !encrypted);
        archive.unlock(&Secret::passphrase("fixture")).unwrap();
        let lines = records(&archive, "telegram-1", 1);
        assert_eq!(lines.len() as u64, RECORDS);
        for line in &lines {
            if line.seq == 7 {
                let body: serde_json::Value =
                    serde_json::from_str(line.record().unwrap().body.get()).unwrap();
                let mut bytes = Vec::new();
                archive
                    .blob_reader(body["blob"].as_str().unwrap())
                    .unwrap()
                    .read_to_end(&mut bytes)
                    .unwrap();
                assert_eq!(bytes, BLOB);
            } else {
                assert_eq!(
                    line.json,
                    format!("{{\"seq\":{},{}}}", line.seq, message(line.seq))
                );
            }
        }
        let (report, findings) = verify(&archive, Default::default());
        assert_eq!(findings, []);
        assert_eq!(
            (report.segments, report.records, report.blob_files),
            (3, RECORDS, 1)
        );
    }
}
