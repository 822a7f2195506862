//! What a command says when it cannot do what it was asked.
//!
//! Rules: `message` says what happened and to what (file, chat, server), in lower case and
//! without a full stop; every hint is one thing the reader can do next; neither ever holds
//! message text, names, phone numbers, tokens or keys.

use std::fmt::Display;
use std::io::Write;

use crate::exit::ExitCode;
use crate::output::json;
use crate::output::style::Style;
use crate::program::typed;

/// The one error type of this program: an exit code, what happened, what to do.
#[derive(Debug)]
pub struct CommandError {
    /// The code the process ends with.
    pub kind: ExitCode,
    /// What happened, to what.
    pub message: String,
    /// What to do next, most useful first.
    pub hints: Vec<String>,
    /// The damaged file of the archive that is the reason: `verify` reports it as a finding.
    pub damage: Option<Damage>,
}

/// A file of the archive that is not as it must be.
#[derive(Clone, Debug)]
pub struct Damage {
    /// Path inside the archive.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
}

/// Shorthand used by every command.
pub type Result<T = ExitCode> = std::result::Result<T, CommandError>;

impl CommandError {
    /// An error of the given kind, without a hint yet.
    pub fn new(kind: ExitCode, message: impl Display) -> Self {
        let message = message.to_string();
        CommandError {
            kind,
            message,
            hints: Vec::new(),
            damage: None,
        }
    }

    /// A failure of no more specific kind.
    pub fn failed(message: impl Display) -> Self {
        Self::new(ExitCode::Failed, message)
    }

    /// Something wrong in the command line or the settings.
    pub fn usage(message: impl Display) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    /// An error of our libraries: they write "what happened; what to do", which become message
    /// and hint.
    pub fn from_sentence(kind: ExitCode, error: &dyn Display) -> Self {
        let text = error.to_string();
        match text.split_once("; ") {
            Some((message, hint)) => Self::new(kind, message).hint(hint),
            None => Self::new(kind, text),
        }
    }

    /// Nobody reads stdout any more: no error, but nothing more to do for most commands.
    pub fn reader_gone() -> Self {
        Self::new(ExitCode::Done, "")
    }

    /// Is this the end of a command whose reader went away?
    pub fn is_reader_gone(&self) -> bool {
        self.kind == ExitCode::Done
    }

    /// Stopped by the user.
    pub fn interrupted() -> Self {
        Self::new(ExitCode::Interrupted, "interrupted")
    }

    /// The same error with one more thing to do.
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// Writes the error to `out` (stderr): for people, or as one JSON line when `as_json`.
    pub fn write(&self, out: &mut dyn Write, style: Style, as_json: bool) -> std::io::Result<()> {
        if as_json {
            let hint = (!self.hints.is_empty()).then(|| self.hints.join("; "));
            let line = json::ErrorLine {
                code: self.kind.number(),
                message: &self.message,
                hint: hint.as_deref(),
            };
            return writeln!(out, "{}", json::line("error", &line));
        }
        writeln!(out, "{} {}", style.error("error:"), typed(&self.message))?;
        for hint in &self.hints {
            writeln!(out, "  {} {}", style.dim("hint:"), typed(hint))?;
        }
        Ok(())
    }
}

impl Display for CommandError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {}

/// For output that does not decide how a command ends: without a reader it is dropped.
pub fn unless_read(printed: Result<()>) -> Result<()> {
    printed.or_else(|error| match error.is_reader_gone() {
        true => Ok(()),
        false => Err(error),
    })
}

/// Adds "what was being done" to a library's error.
pub trait Context<T> {
    /// Turns any error into a failure that starts with `doing`.
    fn doing(self, doing: impl Display) -> Result<T>;
}

impl<T, E: Display> Context<T> for std::result::Result<T, E> {
    fn doing(self, doing: impl Display) -> Result<T> {
        self.map_err(|error| CommandError::failed(format!("{doing}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(as_json: bool) -> String {
        let error = CommandError::new(ExitCode::NoArchive, "no archive at ./a")
            .hint("make one with `telekeep init`");
        let mut out = Vec::new();
        error.write(&mut out, Style::plain(), as_json).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn people_see_the_message_and_each_hint() {
        let hint = typed("make one with `telekeep init`");
        assert_eq!(
            written(false),
            format!("error: no archive at ./a\n  hint: {hint}\n")
        );
    }

    #[test]
    fn scripts_get_one_line() {
        let line: serde_json::Value = serde_json::from_str(&written(true)).unwrap();
        assert_eq!(line["type"], "error");
        assert_eq!(line["code"], 10);
        assert_eq!(line["message"], "no archive at ./a");
        assert_eq!(line["hint"], "make one with `telekeep init`");
    }
}
