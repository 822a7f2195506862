//! Running `telekeep` in a folder of its own, with nothing of the environment leaking in.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_telekeep");

/// A folder with (perhaps) an archive in it, and the passphrase to use.
pub struct Place {
    dir: TempDir,
    passphrase: Option<&'static str>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Place {
        Place {
            dir: TempDir::new().unwrap(),
            passphrase: Some("correct horse"),
        }
    }

    /// A folder with a new encrypted archive.
    pub fn with_archive() -> Place {
        let place = Place::new();
        place.run(&["init", "--work-factor", "4"]).expect(0);
        place
    }

    /// Another passphrase from now on; `None` gives none at all.
    pub fn passphrase(mut self, passphrase: Option<&'static str>) -> Place {
        self.passphrase = passphrase;
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn archive(&self) -> PathBuf {
        self.path("telekeep-archive")
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program with its environment set, not yet started.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TELEKEEP_") {
                command.env_remove(name);
            }
        }
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("HOME", self.dir.path())
            .env_remove("XDG_CONFIG_HOME")
            .env("COLUMNS", "100")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        if let Some(passphrase) = self.passphrase {
            command.env("TELEKEEP_PASSPHRASE", passphrase);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Outcome {
        Outcome::of(&mut self.command(args))
    }

    /// Starts a backup that does not end by itself (see [`ENDLESS`]), and waits until it has kept
    /// something: readers see that while it goes on.
    pub fn backup_on_its_way(&self) -> Child {
        let mut backup = self
            .command(&["backup", "--json"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        loop {
            let ended = backup.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?}");
            let status = self.run(&["status", "--json"]).expect(0);
            let total = status.of_type("total").pop().expect("a total");
            if total["archived"].as_u64() > Some(0) {
                return backup;
            }
        }
    }
}

impl Outcome {
    pub fn of(command: &mut Command) -> Outcome {
        let output = command.output().unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Fails the test unless the exit code is this.
    #[track_caller]
    pub fn expect(self, code: i32) -> Outcome {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless the error text has all of these words.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Outcome {
        for word in words {
            assert!(
                self.stderr.contains(word),
                "no {word:?} in:\n{}",
                self.stderr
            );
        }
        self
    }

    /// Every line of stdout as JSON.
    pub fn json(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The JSON lines of one type.
    pub fn of_type(&self, kind: &str) -> Vec<Value> {
        self.json()
            .into_iter()
            .filter(|line| line["type"] == kind)
            .collect()
    }

    /// The last line, which must be a summary.
    #[track_caller]
    pub fn summary(&self) -> Value {
        let last = self.json().pop().expect("some output");
        assert_eq!(last["type"], "summary", "{last}");
        last
    }
}

/// Faults of a cloud: one page of a chat comes too late for every test.
pub const ENDLESS: &str =
    r#"[{"method":"messages.getHistory","nth":6,"fault":"delay","milliseconds":3000000}]"#;

/// Arguments of a world of some chats, messages and files.
pub const SMALL: [&str; 8] = [
    "--chats",
    "12",
    "--messages",
    "400",
    "--media-mb",
    "2",
    "--seed",
    "3",
];

/// A running `telekeep cloud`.
pub struct Cloud {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    pub ready: Value,
}

impl Cloud {
    /// A small world.
    pub fn start(place: &Place, args: &[&str]) -> Cloud {
        // A folder of its own inside the place: a killed cloud does not remove a temporary one.
        let keys = tempfile::Builder::new()
            .prefix("key-")
            .tempdir_in(place.path(""));
        let keys = keys.unwrap().keep();
        let mut all = vec!["cloud", "--json", "--listen", "127.0.0.1:0"];
        all.extend(["--key-dir", keys.to_str().unwrap()]);
        all.extend(args);
        let mut child = place.command(&all).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap();
        Cloud { child, out, ready }
    }

    /// Stops it in good order and gives what it counted.
    #[cfg(unix)]
    pub fn stop(mut self) -> Value {
        send(&self.child, "-INT");
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    pub fn address(&self) -> &str {
        self.ready["address"].as_str().unwrap()
    }

    pub fn key(&self) -> &str {
        self.ready["public_key"].as_str().unwrap()
    }

    /// Phone and code of account `n`.
    pub fn account(&self, n: usize) -> (&str, &str) {
        let account = &self.ready["accounts"][n];
        (
            account["phone"].as_str().unwrap(),
            account["code"].as_str().unwrap(),
        )
    }

    /// Logs the archive of `place` in to account `n`.
    pub fn login(&self, place: &Place, n: usize) -> Outcome {
        self.login_as(place, n, &[])
    }

    /// The same with further arguments.
    pub fn login_as(&self, place: &Place, n: usize, more: &[&str]) -> Outcome {
        let (phone, code) = self.account(n);
        let mut args = vec![
            "login",
            "--server",
            self.address(),
            "--server-key",
            self.key(),
        ];
        args.extend(["--phone", phone, "--code", code]);
        let password = self.ready["accounts"][n]["password"].as_str();
        let file = password.map(|password| place.write("two-step", password));
        if file.is_some() {
            args.extend(["--password-file", "two-step"]);
        }
        args.extend(more);
        place.run(&args)
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal.
#[cfg(unix)]
pub fn send(child: &Child, signal: &str) {
    let sent = std::process::Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// Every file below `folder`, by its path in it.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(next) = todo.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else {
                found.push(
                    path.strip_prefix(folder)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned(),
                );
            }
        }
    }
    found.sort();
    found
}
