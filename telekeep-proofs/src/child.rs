//! Running the real programs as processes, and what the kernel says they used.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Result;

/// How often a running process is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What one finished process did and used.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub wall: Duration,
    /// User and system time of all its threads.
    pub cpu: Duration,
    /// Highest resident memory seen, in bytes.
    pub peak: u64,
}

impl Outcome {
    /// The last line of standard output that is JSON with this `type`.
    pub fn json(&self, kind: &str) -> Option<Value> {
        self.stdout
            .lines()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|value| value["type"] == kind)
    }

    /// An error that shows what the process said, unless its exit code is one of `codes`.
    pub fn expect(self, codes: &[i32]) -> Result<Self> {
        if self.code.is_some_and(|code| codes.contains(&code)) {
            return Ok(self);
        }
        Err(format!("exit {:?}\n{}\n{}", self.code, self.stdout, self.stderr).into())
    }
}

/// Runs `command` to its end, or kills it (SIGKILL) after `kill_after`.
pub fn run(command: &mut Command, kill_after: Option<Duration>) -> Result<Outcome> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let (mut peak, mut cpu) = (0, Duration::ZERO);
    loop {
        let stat = Stat::read(child.id());
        if let Some(stat) = &stat {
            cpu = stat.cpu;
        }
        peak = peak.max(peak_memory(child.id()).unwrap_or(0));
        if stat.is_none_or(|stat| stat.ended) {
            break;
        }
        if kill_after.is_some_and(|limit| started.elapsed() >= limit) {
            child.kill()?;
        }
        std::thread::sleep(LOOK);
    }
    let status = child.wait()?;
    Ok(Outcome {
        code: status.code(),
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
        wall: started.elapsed(),
        cpu,
        peak,
    })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_string(&mut text);
        }
        text
    })
}

/// The few fields of `/proc/PID/stat` that matter here. A finished child keeps them until it is waited for.
struct Stat {
    ended: bool,
    cpu: Duration,
}

impl Stat {
    fn read(pid: u32) -> Option<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Self {
            ended: *fields.first()? == "Z",
            cpu: Duration::from_millis(ticks * 10),
        })
    }
}

/// User and system time of a process so far.
pub fn cpu_of(pid: u32) -> Option<Duration> {
    Some(Stat::read(pid)?.cpu)
}

/// Highest resident memory of a process so far, in bytes.
pub fn peak_memory(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()
        .map(|kib| kib * 1024)
}

/// The `telekeep` program beside this one.
pub fn program() -> Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let path = folder.join("telekeep");
    if path.exists() {
        return Ok(path);
    }
    Err(format!(
        "{} is not built; run cargo build -p telekeep in the same profile",
        path.display()
    )
    .into())
}

/// A world to be served.
#[derive(Clone, Debug)]
pub struct Shape {
    pub seed: u64,
    pub chats: u32,
    pub messages: u64,
    pub media_mb: u64,
    pub latency_ms: u64,
}

/// A program that serves; killed when dropped.
pub struct Server(Child);

impl Server {
    /// Starts it and waits for its first line, which tells that it is ready.
    pub fn start<R: DeserializeOwned>(command: &mut Command) -> Result<(Self, R)> {
        let mut server = Self(
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()?,
        );
        let mut line = String::new();
        let stdout = server.0.stdout.take().ok_or("no standard output")?;
        BufReader::new(stdout).read_line(&mut line)?;
        // What it says may hold an access token.
        let ready = serde_json::from_str(&line).map_err(|error| {
            let length = line.len();
            format!("the server said {length} bytes that were not expected: {error}")
        })?;
        Ok((server, ready))
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running `telekeep cloud`.
pub struct Cloud {
    _server: Server,
    pub ready: Ready,
}

#[derive(Debug, Deserialize)]
pub struct Ready {
    pub address: String,
    pub public_key: PathBuf,
    pub accounts: Vec<Account>,
}

#[derive(Debug, Deserialize)]
pub struct Account {
    pub phone: String,
    pub code: String,
}

impl Cloud {
    /// Starts a cloud on a free port and waits for its `ready` line.
    pub fn start(shape: &Shape, faults: Option<&Path>) -> Result<Self> {
        let mut command = Command::new(program()?);
        command.args(["cloud", "--json", "--listen", "127.0.0.1:0"]);
        for (flag, value) in [
            ("--seed", shape.seed),
            ("--chats", u64::from(shape.chats)),
            ("--messages", shape.messages),
            ("--media-mb", shape.media_mb),
            ("--latency-ms", shape.latency_ms),
        ] {
            command.arg(flag).arg(value.to_string());
        }
        if let Some(path) = faults {
            command.arg("--faults").arg(path);
        }
        let (_server, ready) = Server::start(&mut command)?;
        Ok(Self { _server, ready })
    }
}

/// One archive and the commands that are run on it.
pub struct Keeper {
    pub archive: PathBuf,
    pub passphrase: Option<&'static str>,
}

impl Keeper {
    /// Makes an empty archive at `archive`.
    pub fn make(archive: &Path, passphrase: Option<&'static str>) -> Result<Self> {
        let keeper = Self {
            archive: archive.to_path_buf(),
            passphrase,
        };
        let plain: &[&str] = if passphrase.is_some() {
            &[]
        } else {
            &["--no-encryption"]
        };
        run(keeper.command(&["init"])?.args(plain), None)?.expect(&[0])?;
        Ok(keeper)
    }

    /// Makes an archive at `archive` and logs in to the first account of `cloud`.
    pub fn set_up(archive: &Path, passphrase: Option<&'static str>, cloud: &Ready) -> Result<Self> {
        let keeper = Self::make(archive, passphrase)?;
        let account = cloud.accounts.first().ok_or("the cloud has no account")?;
        let mut login =
            keeper.command(&["login", "--phone", &account.phone, "--code", &account.code])?;
        login
            .args(["--server", &cloud.address])
            .arg("--server-key")
            .arg(&cloud.public_key);
        run(&mut login, None)?.expect(&[0])?;
        Ok(keeper)
    }

    /// `telekeep --archive … ARGUMENTS`, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Result<Command> {
        let mut command = Command::new(program()?);
        command.arg("--archive").arg(&self.archive).args(arguments);
        command
            .env("NO_COLOR", "1")
            .env_remove("TELEKEEP_PASSPHRASE");
        if let Some(passphrase) = self.passphrase {
            command.env("TELEKEEP_PASSPHRASE", passphrase);
        }
        Ok(command)
    }
}
