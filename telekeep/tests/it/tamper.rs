//! Whatever is done to a file of an archive, `verify` names the file and ends with code 20.
//!
//! Every case works on a copy of one archive made by a backup. Which bit of which file is chosen by a seed; the
//! proof `tamper` of telekeep-proofs does the same to every file and to many more bits.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Cloud, Outcome, Place, files};

const SEED: u64 = 20;
/// Media files of the sample that are tampered with; of everything else there are few.
const BLOBS: usize = 4;

/// An archive with two segments, two keys and some media.
struct Sample {
    place: Place,
    files: Vec<String>,
    copies: u32,
}

/// A small deterministic generator (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

impl Sample {
    fn new(encrypted: bool, world: &[&str]) -> Sample {
        let place = if encrypted {
            let place = Place::with_archive();
            let recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
            let vault = ["key", "add", "vault", "--recipient", recipient];
            place.run(&vault).expect(0);
            place
        } else {
            let place = Place::new().passphrase(None);
            place.run(&["init", "--no-encryption"]).expect(0);
            place
        };
        let cloud = Cloud::start(&place, world);
        cloud.login(&place, 0).expect(0);
        // Two runs with something new each make two segments.
        place.run(&["backup", "--no-media"]).expect(0);
        place.run(&["backup"]).expect(0);
        let mut files = files(&place.archive());
        files.retain(|name| !name.starts_with("local/"));
        Sample {
            place,
            files,
            copies: 0,
        }
    }

    /// Files of one kind.
    fn kind(&self, start: &str, end: &str) -> Vec<String> {
        let of_kind = |name: &&String| name.starts_with(start) && name.ends_with(end);
        self.files.iter().filter(of_kind).cloned().collect()
    }

    /// One file of every kind at least, and all of most.
    fn chosen(&self, random: &mut Random) -> Vec<String> {
        let (mut blobs, mut chosen): (Vec<String>, Vec<String>) = self
            .files
            .iter()
            .cloned()
            .partition(|name| name.starts_with("blobs/"));
        for _ in 0..BLOBS.min(blobs.len()) {
            chosen.push(blobs.swap_remove(random.below(blobs.len())));
        }
        chosen
    }

    /// A copy: links for what never changes, real copies of the spool.
    fn copy(&mut self) -> PathBuf {
        self.copies += 1;
        let copy = self.place.path(&format!("copy-{}", self.copies));
        let from = self.place.archive();
        for name in &self.files {
            let to = copy.join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::hard_link(from.join(name), to).unwrap();
        }
        fs::create_dir(copy.join("local")).unwrap();
        for name in files(&from.join("local")) {
            if name.starts_with("spool.db") {
                fs::copy(
                    from.join("local").join(&name),
                    copy.join("local").join(name),
                )
                .unwrap();
            }
        }
        copy
    }

    fn verify(&self, archive: &Path, more: &[&str]) -> Outcome {
        let mut args = vec!["verify", "--json", "--archive", archive.to_str().unwrap()];
        args.extend(more);
        self.place.run(&args)
    }

    /// Tampers with a copy; each of `names` must be named, with the key and (when asked) without.
    #[track_caller]
    fn expect(&mut self, what: &str, names: &[&str], keyless: bool, tamper: impl Fn(&Path)) {
        let copy = self.copy();
        tamper(&copy);
        let ways: &[&[&str]] = if keyless {
            &[&[], &["--without-key"]]
        } else {
            &[&[]]
        };
        for more in ways {
            let outcome = self.verify(&copy, more);
            assert_eq!(outcome.code, 20, "{what} {more:?}: {outcome:?}");
            let found = outcome.of_type("bad");
            for name in names {
                let named = found.iter().filter(|line| line["file"] == *name).count();
                assert!(named > 0, "{what} {more:?}: {name} is not among {found:?}");
            }
            let last = outcome.json().pop().unwrap();
            assert_eq!(last["type"], "verified", "{what}");
            assert_eq!(last["bad"], found.len(), "{what}");
        }
        fs::remove_dir_all(copy).unwrap();
    }

    /// Changes the bytes of one file.
    #[track_caller]
    fn change(&mut self, what: &str, name: &str, change: impl Fn(&mut Vec<u8>)) {
        let what = format!("{what} of {name}");
        self.expect(&what, &[name], true, |copy| {
            let mut bytes = fs::read(copy.join(name)).unwrap();
            change(&mut bytes);
            replace(&copy.join(name), &bytes);
        });
    }

    /// Everything that can be done to one file.
    fn each_way(&mut self, name: &str, random: &mut Random) {
        let size = fs::metadata(self.place.archive().join(name)).unwrap().len();
        let size = usize::try_from(size).unwrap();
        let (at, bit, cut) = (random.below(size), random.below(8), random.below(size));
        self.change(&format!("bit {bit} of byte {at}"), name, |bytes| {
            bytes[at] ^= 1 << bit;
        });
        self.change(&format!("first {cut} bytes"), name, |bytes| {
            bytes.truncate(cut);
        });
        self.change("one byte more", name, |bytes| bytes.push(b'\n'));
        self.expect(&format!("{name} removed"), &[name], true, |copy| {
            fs::remove_file(copy.join(name)).unwrap();
        });
    }

    /// Two files of a kind change places.
    #[track_caller]
    fn swap(&mut self, kind: &[String]) {
        let [one, two, ..] = kind else {
            panic!("no two of {kind:?}");
        };
        self.expect(
            &format!("{one} and {two} swapped"),
            &[one, two],
            true,
            |copy| {
                let aside = copy.join("aside");
                fs::rename(copy.join(one), &aside).unwrap();
                fs::rename(copy.join(two), copy.join(one)).unwrap();
                fs::rename(aside, copy.join(two)).unwrap();
            },
        );
    }

    /// A file more than there should be.
    #[track_caller]
    fn add(&mut self, name: &str, content: &[u8]) {
        self.expect(&format!("{name} added"), &[name], true, |copy| {
            fs::create_dir_all(copy.join(name).parent().unwrap()).unwrap();
            fs::write(copy.join(name), content).unwrap();
        });
    }
}

/// A new file under an old name: the old one may be a link that others share.
fn replace(path: &Path, bytes: &[u8]) {
    fs::remove_file(path).unwrap();
    fs::write(path, bytes).unwrap();
}

const SMALL: [&str; 8] = [
    "--chats",
    "4",
    "--messages",
    "80",
    "--media-mb",
    "1",
    "--seed",
    "6",
];

#[test]
fn every_change_of_every_kind_of_file_is_named() {
    let mut sample = Sample::new(true, &SMALL);
    let copy = sample.copy();
    sample.verify(&copy, &[]).expect(0);
    sample.verify(&copy, &["--without-key"]).expect(0);
    let mut random = Random(SEED);
    for name in sample.chosen(&mut random) {
        sample.each_way(&name, &mut random);
    }
    let segments = sample.kind("journals/", ".zst.age");
    let seals = sample.kind("journals/", ".seal.json");
    assert!(segments.len() > 1 && seals.len() > 1, "{:?}", sample.files);
    sample.swap(&segments);
    sample.swap(&seals);
    sample.swap(&sample.kind("blobs/", ""));
    sample.swap(&sample.kind("keys/", ""));
}

#[test]
fn files_that_do_not_belong_are_named() {
    let mut sample = Sample::new(true, &SMALL);
    for name in ["letter.txt", ".hidden", "blobs/letter.txt", "keys/letter"] {
        sample.add(name, b"dear");
    }
    let read = |kind: &[String]| fs::read(sample.place.archive().join(&kind[0])).unwrap();
    let (key, segment) = (
        read(&sample.kind("keys/", "")),
        read(&sample.kind("journals/", ".age")),
    );
    let (seal, blob) = (
        read(&sample.kind("journals/", ".json")),
        read(&sample.kind("blobs/", "")),
    );
    let schema = format!("schema/230-{}.tl", "0".repeat(64));
    let alien = format!("blobs/00/00{}.age", "0".repeat(62));
    sample.add("keys/more.age", &key);
    sample.add(&alien, &blob);
    sample.add(&schema, b"// LAYER 230\n");
    // A segment without a seal is named by the seal that is missing.
    let lone = "journals/other/00000001";
    sample.expect(
        "a segment added",
        &[&format!("{lone}.seal.json")],
        true,
        |copy| {
            fs::create_dir_all(copy.join("journals/other")).unwrap();
            fs::write(copy.join(format!("{lone}.jsonl.zst.age")), &segment).unwrap();
        },
    );
    sample.add("journals/other/00000001.seal.json", &seal);
    sample.add("journals/telegram/00000009.seal.json", &seal);
    #[cfg(unix)]
    sample.expect("a link", &["link"], true, |copy| {
        std::os::unix::fs::symlink("/etc/hostname", copy.join("link")).unwrap();
    });
}

#[test]
fn a_cut_off_end_is_seen_with_the_spool() {
    let mut sample = Sample::new(true, &SMALL);
    let segment = sample.kind("journals/", ".zst.age").pop().unwrap();
    let seal = sample.kind("journals/", ".seal.json").pop().unwrap();
    sample.expect("newest segment and seal removed", &[&seal], false, |copy| {
        fs::remove_file(copy.join(&segment)).unwrap();
        fs::remove_file(copy.join(&seal)).unwrap();
    });
    sample.expect("local spool damaged", &["local/spool.db"], false, |copy| {
        let spool = copy.join("local/spool.db");
        let mut bytes = fs::read(&spool).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        replace(&spool, &bytes);
    });
}

#[test]
fn files_of_another_archive_are_named() {
    let mut sample = Sample::new(true, &SMALL);
    let other = Place::with_archive();
    for name in ["telekeep.json", "keys/main.age"] {
        let bytes = fs::read(other.archive().join(name)).unwrap();
        sample.expect(
            &format!("{name} of another"),
            &["keys/main.age"],
            true,
            |copy| {
                replace(&copy.join(name), &bytes);
            },
        );
    }
}

#[test]
fn without_encryption_too() {
    let mut sample = Sample::new(false, &SMALL);
    let mut random = Random(SEED);
    for start in ["telekeep.json", "schema/", "journals/", "blobs/"] {
        let name = sample.kind(start, "").pop().unwrap();
        sample.each_way(&name, &mut random);
    }
    let segment = sample.kind("journals/", ".zst").remove(0);
    sample.each_way(&segment, &mut random);
    // Then the marker is what cannot be believed.
    sample.expect("a key added", &["telekeep.json"], true, |copy| {
        fs::create_dir(copy.join("keys")).unwrap();
        fs::write(copy.join("keys/main.age"), "age-encryption.org/v1\n").unwrap();
    });
}

#[test]
fn parts_of_large_files_too() {
    let world = ["--chats", "4", "--messages", "200", "--media-mb", "70"];
    let mut sample = Sample::new(true, &world);
    let part = |name: &&String| name.split('/').count() == 4;
    let mut parts: Vec<String> = sample
        .kind("blobs/", "")
        .iter()
        .filter(part)
        .cloned()
        .collect();
    assert!(parts.len() > 2, "{:?}", sample.files);
    sample.swap(&parts);
    let last = parts.pop().unwrap();
    sample.each_way(&last, &mut Random(SEED));
}
