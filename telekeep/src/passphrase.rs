//! Where passphrases and other secrets come from.
//!
//! Order: the file, the command, the variable, the terminal. A secret is never an argument,
//! because arguments are visible to every process of the computer.

use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zeroize::Zeroizing;

use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::interrupt;
use crate::output::Output;

/// A secret line, wiped from memory when it is done with.
pub type Secret = Zeroizing<String>;

/// The sources of the archive's passphrase, after flags, environment and settings were merged.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// File whose first line it is.
    pub file: Option<PathBuf>,
    /// Command whose first line of output it is.
    pub command: Option<String>,
    /// A passphrase this program itself knows (the demo's).
    pub known: Option<&'static str>,
}

/// The variable that holds the passphrase itself.
pub const VARIABLE: &str = "TELEKEEP_PASSPHRASE";
/// Longest secret that is read.
const LIMIT: u64 = 64 * 1024;

impl Sources {
    /// The passphrase, if any source but the terminal has one.
    pub fn unattended(&self) -> Result<Option<Secret>> {
        if let Some(known) = self.known {
            return Ok(Some(Zeroizing::new(known.to_owned())));
        }
        if let Some(path) = &self.file {
            return from_file(path, "passphrase").map(Some);
        }
        if let Some(command) = &self.command {
            return from_command(command, "passphrase").map(Some);
        }
        match std::env::var(VARIABLE) {
            Ok(value) if !value.is_empty() => Ok(Some(Zeroizing::new(value))),
            Err(std::env::VarError::NotUnicode(_)) => Err(CommandError::usage(format!(
                "{VARIABLE} is not valid UTF-8"
            ))),
            _ => Ok(None),
        }
    }
}

/// Asks on the terminal, without echo.
pub fn ask(prompt: &str) -> Result<Secret> {
    if !std::io::stdin().is_terminal() {
        return Err(
            no_terminal("a passphrase is needed, and there is no terminal to ask on").hint(
                format!("use --passphrase-file, --passphrase-command or {VARIABLE}"),
            ),
        );
    }
    interrupt::remember_terminal();
    let secret = rpassword::prompt_password(format!("{prompt}: "))
        .map_err(|error| CommandError::failed(format!("cannot read from the terminal: {error}")))?;
    Ok(Zeroizing::new(secret))
}

/// Asks for a new passphrase twice, until both agree.
pub fn ask_new(output: &Output, prompt: &str) -> Result<Secret> {
    loop {
        let first = ask(prompt)?;
        if let Err(error) = check_new(&first) {
            output.say(error.message);
            continue;
        }
        if *ask("The same again")? == *first {
            return Ok(first);
        }
        output.say("The two differ; once more.");
    }
}

/// Refuses an empty passphrase.
pub fn check_new(secret: &str) -> Result<()> {
    if secret.is_empty() {
        return Err(CommandError::usage("the passphrase is empty")
            .hint("several random words are easy to type and hard to guess"));
    }
    Ok(())
}

/// Asks for one visible line.
pub fn ask_line(prompt: &str, instead: &str) -> Result<String> {
    use std::io::Write;
    if !std::io::stdin().is_terminal() {
        let what = prompt.to_lowercase();
        return Err(
            no_terminal(&format!("needed: {what}; there is no terminal to ask on")).hint(instead),
        );
    }
    let mut err = std::io::stderr().lock();
    let _ = write!(err, "{prompt}: ").and_then(|()| err.flush());
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| CommandError::failed(format!("cannot read from the terminal: {error}")))?;
    if line.is_empty() {
        return Err(CommandError::interrupted());
    }
    Ok(line.trim().to_owned())
}

fn no_terminal(message: &str) -> CommandError {
    CommandError::new(ExitCode::Usage, message)
}

/// The first line of a file.
pub fn from_file(path: &Path, what: &str) -> Result<Secret> {
    let fail = |why: &dyn std::fmt::Display| {
        CommandError::usage(format!(
            "cannot read the {what} from {}: {why}",
            path.display()
        ))
    };
    let file = std::fs::File::open(path).map_err(|error| fail(&error))?;
    first_line(file).map_err(|error| fail(&error))
}

/// The first line a shell command prints. Its stderr and the terminal stay its own, so that a
/// password manager can ask for what it needs.
pub fn from_command(command: &str, what: &str) -> Result<Secret> {
    let fail = |why: String| CommandError::usage(format!("the command for the {what} {why}"));
    let mut shell = if cfg!(windows) {
        Command::new("cmd")
    } else {
        Command::new("sh")
    };
    shell
        .arg(if cfg!(windows) { "/C" } else { "-c" })
        .arg(command);
    let mut child = shell
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| fail(format!("cannot be started: {error}")))?;
    let line = child.stdout.take().map(first_line);
    let status = child
        .wait()
        .map_err(|error| fail(format!("cannot be waited for: {error}")))?;
    if !status.success() {
        return Err(fail(format!("failed ({status})")));
    }
    match line {
        Some(Ok(secret)) if !secret.is_empty() => Ok(secret),
        Some(Err(error)) => Err(fail(format!("printed nothing readable: {error}"))),
        _ => Err(fail("printed nothing".to_owned())),
    }
}

fn first_line(from: impl Read) -> std::io::Result<Secret> {
    let mut line = Zeroizing::new(String::new());
    let mut reader = BufReader::new(from).take(LIMIT);
    reader.read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    // What follows is read and dropped, so that a writing command is not stopped half way.
    let _ = std::io::copy(&mut reader.into_inner(), &mut std::io::sink());
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_line_counts_and_spaces_stay() {
        assert_eq!(*first_line(&b" a b \r\nsecond\n"[..]).unwrap(), *" a b ");
        assert_eq!(*first_line(&b""[..]).unwrap(), *"");
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_command_is_an_error_that_does_not_repeat_the_command() {
        assert_eq!(
            *from_command("echo pass; echo more", "passphrase").unwrap(),
            *"pass"
        );
        let error = from_command("echo secret; exit 3", "passphrase").unwrap_err();
        assert!(!error.message.contains("secret"), "{}", error.message);
        assert!(from_command("true", "passphrase").is_err());
    }
}
