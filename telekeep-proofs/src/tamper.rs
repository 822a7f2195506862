//! Every kind of tampering with every file of an archive: `verify` names the file and ends with exit code 20.
//!
//! The tests of the program do the same to a few bits of a few files; here it is every file and many bits.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;
use crate::child::{Cloud, Keeper, Shape, run};
use crate::equal::PASSPHRASE;
use crate::random::Random;

/// A recovery key: opening with it takes no scrypt, of which thousands would take hours.
const IDENTITY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
const RECIPIENT: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
/// Copies made at once are told apart by this name.
const COPY: &str = "copy";

/// Tampers with each file in every way, `bits` single bits of each among them.
pub fn prove(shape: &Shape, bits: u64) -> Result<()> {
    let mut proof = Proof::new(shape)?;
    let copy = proof.copy()?;
    for more in [WITH_KEY, WITHOUT_KEY] {
        let good = run(proof.verify(&copy)?.args(more), None)?.expect(&[0])?;
        if good.json("verified").is_none() {
            return Err(format!("no verified line: {}", good.stdout).into());
        }
    }
    for name in proof.files.clone() {
        proof.single_file(&name, bits)?;
        eprintln!("tamper: {} cases, {name} done", proof.cases);
    }
    proof.swaps()?;
    proof.aliens()?;
    proof.cut_end()?;
    println!(
        "{}",
        json!({"proof": "tamper", "files": proof.files.len(), "cases": proof.cases, "named": proof.cases})
    );
    Ok(())
}

const WITH_KEY: &[&str] = &[];
const WITHOUT_KEY: &[&str] = &["--without-key"];

struct Proof {
    folder: tempfile::TempDir,
    keeper: Keeper,
    files: Vec<String>,
    identity: PathBuf,
    random: Random,
    cases: u64,
}

impl Proof {
    /// An archive of two segments, two keys and media.
    fn new(shape: &Shape) -> Result<Self> {
        let cloud = Cloud::start(shape, None)?;
        let folder = tempfile::tempdir()?;
        let archive = folder.path().join("archive");
        let keeper = Keeper::set_up(&archive, Some(PASSPHRASE), &cloud.ready)?;
        let identity = folder.path().join("identity");
        fs::write(&identity, IDENTITY)?;
        for command in [
            &["key", "add", "recovery", "--recipient", RECIPIENT][..],
            &["backup", "--no-media"],
            &["backup"],
        ] {
            run(&mut keeper.command(command)?, None)?.expect(&[0])?;
        }
        let mut files = Vec::new();
        list(&archive, &archive, &mut files)?;
        files.retain(|name| !name.starts_with("local/"));
        files.sort();
        Ok(Self {
            folder,
            keeper,
            files,
            identity,
            random: Random::new(shape.seed),
            cases: 0,
        })
    }

    fn kind(&self, start: &str, end: &str) -> Vec<String> {
        let of_kind = |name: &&String| name.starts_with(start) && name.ends_with(end);
        self.files.iter().filter(of_kind).cloned().collect()
    }

    /// A fresh copy: links for what never changes, real copies of the local part.
    fn copy(&self) -> Result<PathBuf> {
        let copy = self.folder.path().join(COPY);
        if copy.exists() {
            fs::remove_dir_all(&copy)?;
        }
        let from = &self.keeper.archive;
        for name in &self.files {
            let to = copy.join(name);
            make_parent(&to)?;
            fs::hard_link(from.join(name), to)?;
        }
        fs::create_dir_all(copy.join("local"))?;
        for entry in fs::read_dir(from.join("local"))? {
            let path = entry?.path();
            let name = path.file_name().ok_or("a file without a name")?;
            if name.to_string_lossy().starts_with("spool.db") {
                fs::copy(&path, copy.join("local").join(name))?;
            }
        }
        Ok(copy)
    }

    fn verify(&self, archive: &Path) -> Result<std::process::Command> {
        let keeper = Keeper {
            archive: archive.to_path_buf(),
            passphrase: None,
        };
        let mut command = keeper.command(&["verify", "--json"])?;
        command.arg("--identity-file").arg(&self.identity);
        Ok(command)
    }

    /// Tampers with a copy; `verify` must name every one of `names` in each of the `ways`.
    fn expect(
        &mut self,
        what: &str,
        names: &[&str],
        ways: &[&[&str]],
        tamper: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<()> {
        let copy = self.copy()?;
        tamper(&copy)?;
        for more in ways {
            let outcome = run(self.verify(&copy)?.args(*more), None)?;
            let found = bad(&outcome.stdout);
            if outcome.code != Some(20) || names.iter().any(|name| !found.contains_key(*name)) {
                return Err(format!(
                    "{what} {more:?}: exit {:?}, {found:?}\n{}",
                    outcome.code, outcome.stderr
                )
                .into());
            }
            self.cases += 1;
        }
        Ok(())
    }

    fn change(&mut self, what: &str, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        let what = format!("{what} of {name}");
        self.expect(&what, &[name], &[WITH_KEY, WITHOUT_KEY], |copy| {
            let path = copy.join(name);
            let mut bytes = fs::read(&path)?;
            change(&mut bytes);
            // A new file: the old one is a link that the archive shares.
            fs::remove_file(&path)?;
            Ok(fs::write(path, bytes)?)
        })
    }

    fn single_file(&mut self, name: &str, bits: u64) -> Result<()> {
        let size = fs::metadata(self.keeper.archive.join(name))?.len();
        let last = size.checked_sub(1).ok_or("an empty file")?;
        let mut places = vec![0, last];
        places.extend((0..bits).map(|_| self.random.between(0, last)));
        for place in places {
            let (at, bit) = (usize::try_from(place)?, self.random.between(0, 7));
            self.change(&format!("bit {bit} of byte {at}"), name, |bytes| {
                bytes[at] ^= 1 << bit;
            })?;
        }
        for cut in [0, self.random.between(0, last), last] {
            let cut = usize::try_from(cut)?;
            self.change(&format!("first {cut} bytes"), name, |bytes| {
                bytes.truncate(cut)
            })?;
        }
        for more in [&b"\n"[..], &[0; 4096]] {
            self.change("more bytes", name, |bytes| bytes.extend(more))?;
        }
        let what = format!("{name} removed");
        self.expect(&what, &[name], &[WITH_KEY, WITHOUT_KEY], |copy| {
            Ok(fs::remove_file(copy.join(name))?)
        })
    }

    /// Neighbours of a kind change places.
    fn swaps(&mut self) -> Result<()> {
        for (start, end) in [
            ("journals/", ".zst.age"),
            ("journals/", ".seal.json"),
            ("blobs/", ""),
            ("keys/", ""),
        ] {
            let files = self.kind(start, end);
            if files.len() < 2 {
                return Err(format!("no two files {start}…{end}: choose a larger world").into());
            }
            for pair in files.windows(2) {
                let [one, two] = pair else { continue };
                let what = format!("{one} and {two} swapped");
                self.expect(&what, &[one, two], &[WITH_KEY, WITHOUT_KEY], |copy| {
                    let aside = copy.join("local/aside");
                    fs::rename(copy.join(one), &aside)?;
                    fs::rename(copy.join(two), copy.join(one))?;
                    Ok(fs::rename(aside, copy.join(two))?)
                })?;
            }
        }
        Ok(())
    }

    /// A copy of each file under a name that is not its own.
    fn aliens(&mut self) -> Result<()> {
        for name in self.files.clone() {
            for to in other_names(&name) {
                let what = format!("{name} copied to {to}");
                self.expect(&what, &[&to], &[WITH_KEY, WITHOUT_KEY], |copy| {
                    make_parent(&copy.join(&to))?;
                    fs::copy(copy.join(&name), copy.join(&to))?;
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// The newest segments and seals are gone: only the spool knows.
    fn cut_end(&mut self) -> Result<()> {
        let (segments, seals) = (
            self.kind("journals/", ".zst.age"),
            self.kind("journals/", ".seal.json"),
        );
        for kept in 0..seals.len() {
            let seal = seals.last().ok_or("no seal")?;
            let what = format!("all but {kept} segments removed");
            self.expect(&what, &[seal], &[WITH_KEY], |copy| {
                for name in segments.iter().skip(kept).chain(seals.iter().skip(kept)) {
                    fs::remove_file(copy.join(name))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Names that must not be there: one of no kind, and where there can be one, one of the file's own kind.
fn other_names(name: &str) -> Vec<String> {
    let mut names = vec![format!("{name}.copy"), format!("more/{name}")];
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    match name.split('/').next() {
        Some("keys") => names.push("keys/another.age".to_owned()),
        Some("blobs") => names.push(format!("blobs/00/{}.age", "0".repeat(64))),
        Some("journals") if file.ends_with(".seal.json") => {
            names.push(format!("{folder}/00000999.seal.json"));
        }
        Some("schema") => names.push(format!("schema/1-{}.tl", "0".repeat(64))),
        _ => {}
    }
    names
}

/// The `bad` lines: file and why.
fn bad(stdout: &str) -> BTreeMap<String, String> {
    let lines = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let text = |line: &Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    lines
        .filter(|line| line["type"] == "bad")
        .map(|line| (text(&line, "file"), text(&line, "why")))
        .collect()
}

fn make_parent(path: &Path) -> Result<()> {
    Ok(fs::create_dir_all(
        path.parent().ok_or("a path without a folder")?,
    )?)
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(root, &path, found)?;
        } else {
            found.push(path.strip_prefix(root)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
