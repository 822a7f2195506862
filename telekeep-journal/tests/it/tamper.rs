//! Whatever is done to any file of an archive, `verify` names that file.

use std::collections::BTreeMap;
use std::sync::Arc;

use telekeep_journal::{Archive, Known, MemoryStore, Secret, Store, VerifyOptions};

use crate::support::{JOURNAL, PASSPHRASE, files, in_memory, known, sample, verify_with};

/// The files of a sample archive, to be tampered with over and over.
struct Sample {
    files: BTreeMap<String, Vec<u8>>,
    known: Known,
    /// Opens the archive without the cost of a passphrase.
    identity: Secret,
}

impl Sample {
    fn new(encrypted: bool) -> Self {
        let archive = in_memory(encrypted);
        let tail = sample(&archive);
        let read = |path: String| (path.clone(), archive.store().get(&path).unwrap());
        let files: BTreeMap<_, _> = files(&archive).into_iter().map(read).collect();
        let known = known(&tail);
        let identity = Secret::identity(identity(&files));
        Sample {
            files,
            known,
            identity,
        }
    }

    /// The archive, opened and unlocked before anything happens to it.
    fn archive(&self) -> Archive {
        let store = Arc::new(MemoryStore::new());
        self.files
            .iter()
            .for_each(|(path, bytes)| store.put_new(path, bytes).unwrap());
        let mut archive = Archive::open(store).unwrap();
        archive.unlock(&self.identity).unwrap();
        archive
    }

    /// What verify names after `tamper`, with and without the key.
    fn named_after(&self, tamper: impl Fn(&dyn Store)) -> [Vec<String>; 2] {
        let archive = self.archive();
        tamper(archive.store().as_ref());
        [false, true].map(|keyless| {
            let options = VerifyOptions {
                keyless,
                known: self.known.clone(),
                ..VerifyOptions::default()
            };
            verify_with(&archive, &options)
                .1
                .into_iter()
                .map(|finding| finding.file)
                .collect()
        })
    }

    fn expect(&self, what: &str, files: &[&str], tamper: impl Fn(&dyn Store)) {
        for (named, how) in self
            .named_after(tamper)
            .into_iter()
            .zip(["with the key", "without the key"])
        {
            for file in files {
                assert!(
                    named.iter().any(|name| name == file),
                    "{what}: {file} not named {how}, but {named:?}"
                );
            }
            let strangers: Vec<_> = named
                .iter()
                .filter(|name| !files.contains(&name.as_str()))
                .collect();
            assert!(
                strangers.is_empty(),
                "{what} of {files:?}: {strangers:?} named too {how}"
            );
        }
    }
}

/// The archive identity out of its key file; nothing without encryption.
fn identity(files: &BTreeMap<String, Vec<u8>>) -> String {
    let key = age::scrypt::Identity::new(PASSPHRASE.to_owned().into());
    let wrapped = files.get("keys/main.age");
    let text = wrapped.map(|wrapped| age::decrypt(&key, wrapped).unwrap());
    String::from_utf8(text.unwrap_or_default()).unwrap()
}

fn each_sample(test: impl Fn(&Sample)) {
    [true, false].map(Sample::new).iter().for_each(test);
}

#[test]
fn untouched_archives_are_good() {
    each_sample(|sample| sample.expect("nothing", &[], |_| {}));
}

#[test]
fn flipped_bits() {
    each_sample(|sample| {
        for (path, bytes) in &sample.files {
            let len = bytes.len();
            for position in [
                0,
                1,
                13,
                len / 3,
                len / 2,
                len * 2 / 3,
                len.saturating_sub(20),
                len - 2,
                len - 1,
            ] {
                for bit in [0, 5] {
                    sample.expect("flipped bit", &[path], |store| {
                        let mut changed = bytes.clone();
                        let position = position.min(len - 1);
                        changed[position] ^= 1 << bit;
                        store.replace(path, &changed).unwrap();
                    });
                }
            }
        }
    });
}

#[test]
fn truncation_and_growth() {
    each_sample(|sample| {
        for (path, bytes) in &sample.files {
            for keep in [0, 1, bytes.len() / 2, bytes.len() - 1] {
                sample.expect("truncation", &[path], |store| {
                    store.replace(path, &bytes[..keep]).unwrap()
                });
            }
            for more in [&b"\0"[..], b"\n", bytes] {
                sample.expect("growth", &[path], |store| {
                    store.replace(path, &[bytes, more].concat()).unwrap()
                });
            }
        }
    });
}

/// A missing seal also makes its blobs and schemas unreferenced only to those who cannot check content.
#[test]
fn removal() {
    each_sample(|sample| {
        for path in sample.files.keys() {
            let named = sample.named_after(|store| store.delete(path).unwrap());
            assert!(
                named.iter().all(|named| named.contains(path)),
                "{path}: {named:?}"
            );
        }
    });
}

#[test]
fn swapped_files() {
    each_sample(|sample| {
        let paths: Vec<&String> = sample.files.keys().collect();
        for (i, a) in paths.iter().enumerate() {
            for b in &paths[i + 1..] {
                let named = sample.named_after(|store| {
                    store.replace(a, &sample.files[*b]).unwrap();
                    store.replace(b, &sample.files[*a]).unwrap();
                });
                for named in named {
                    assert!(
                        named.contains(a) && named.contains(b),
                        "{a} <-> {b}: {named:?}"
                    );
                }
            }
        }
    });
}

#[test]
fn alien_files() {
    each_sample(|sample| {
        let copies: Vec<&String> = sample.files.keys().collect();
        let hash = "0123456789abcdef".repeat(4);
        let names = [
            "README.txt".to_owned(),
            "keys/other.age".to_owned(),
            "keys/main.age.bak".to_owned(),
            "schema/230.tl".to_owned(),
            format!("schema/230-{hash}.tl"),
            "journals/notes".to_owned(),
            format!("journals/{JOURNAL}/00000001.jsonl"),
            format!("journals/{JOURNAL}/00000009.seal.json"),
            "journals/new/00000001.seal.json".to_owned(),
            format!("blobs/01/{hash}"),
            format!("blobs/01/{hash}.age"),
            format!("blobs/01/{hash}/00000.age"),
            format!("blobs/02/{hash}.age"),
        ];
        for name in &names {
            for content in [&b"alien"[..], b"", &sample.files[copies[0]]] {
                let named = sample.named_after(|store| store.put_new(name, content).unwrap());
                assert!(
                    named.iter().all(|named| named.contains(name)),
                    "{name}: {named:?}"
                );
            }
        }
    });
}

/// A segment after the last has no seal; that is where the finding is.
#[test]
fn an_alien_segment_at_the_end() {
    for (encrypted, end) in [(true, ".age"), (false, "")] {
        let sample = Sample::new(encrypted);
        let first = format!("journals/{JOURNAL}/00000001.jsonl.zst{end}");
        let seal = format!("journals/{JOURNAL}/00000004.seal.json");
        let alien = format!("journals/{JOURNAL}/00000004.jsonl.zst{end}");
        let [with_key, keyless] = sample.named_after(|store| {
            store.put_new(&alien, &sample.files[&first]).unwrap();
        });
        assert_eq!(with_key, [seal.clone(), alien]);
        assert!(keyless.contains(&seal));
    }
}

/// What is needed to open the archive at all is named by the error of opening it.
#[test]
fn damage_that_prevents_opening() {
    let sample = Sample::new(true);
    for path in ["telekeep.json", "keys/main.age"] {
        let bytes = &sample.files[path];
        for position in 0..bytes.len() {
            let archive = sample.archive();
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            archive.store().replace(path, &changed).unwrap();
            let opened = Archive::open(archive.store().clone())
                .and_then(|mut archive| archive.unlock(&Secret::passphrase(PASSPHRASE)));
            let error = opened.expect_err("a damaged file opened the archive");
            assert_eq!(
                error.damage().map(|(file, _)| file),
                Some(path),
                "{position}"
            );
        }
        let archive = sample.archive();
        archive.store().delete("keys/main.age").unwrap();
        let error = Archive::open(archive.store().clone())
            .and_then(|mut archive| archive.unlock(&Secret::passphrase(PASSPHRASE)))
            .unwrap_err();
        assert_eq!(error.damage().map(|(file, _)| file), Some("keys/main.age"));
    }
}

#[test]
fn a_copy_of_a_blob_under_another_name() {
    let sample = Sample::new(true);
    let blob = sample
        .files
        .keys()
        .find(|path| path.starts_with("blobs/"))
        .unwrap();
    let name = format!("blobs/01/{}.age", "0123456789abcdef".repeat(4));
    let [with_key, keyless] =
        sample.named_after(|store| store.put_new(&name, &sample.files[blob]).unwrap());
    assert_eq!([with_key, keyless], [vec![name.clone()], vec![name]]);
}

/// Cutting off whole segments with their seals leaves a consistent archive: only the known head tells.
#[test]
fn a_cut_tail_is_seen_when_the_head_is_known() {
    each_sample(|sample| {
        let newest: Vec<&String> = sample
            .files
            .keys()
            .filter(|path| path.contains("telegram-1/00000003"))
            .collect();
        assert_eq!(newest.len(), 2);
        let seal = format!("journals/{JOURNAL}/00000003.seal.json");
        let named =
            sample.named_after(|store| newest.iter().for_each(|path| store.delete(path).unwrap()));
        assert!(named.iter().all(|named| named.contains(&seal)), "{named:?}");
    });
}

/// Somebody without the key rewrites a seal with a right checksum: the mac and the next seal tell.
#[test]
fn a_forged_seal() {
    let sample = Sample::new(true);
    let path = |number: u32| format!("journals/{JOURNAL}/{number:08}.seal.json");
    for number in 1..=3 {
        let text = String::from_utf8(sample.files[&path(number)].clone()).unwrap();
        let forged = crate::keys::with_new_checksum(&text.replace("\"format\":1", "\"format\": 1"));
        let [with_key, keyless] =
            sample.named_after(|store| store.replace(&path(number), &forged).unwrap());
        assert_eq!(with_key, [path(number)]);
        // Without the key the link is seen to be broken, but not which end was changed; the last is known as the head.
        let expected = if number == 3 {
            path(3)
        } else {
            path(number + 1)
        };
        assert_eq!(keyless, [expected]);
    }
}
