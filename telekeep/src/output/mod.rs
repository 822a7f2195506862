//! What reaches the terminal: stdout is data, stderr is progress and words about it.

pub mod json;
pub mod style;
pub mod table;
pub mod text;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use self::style::Style;
use crate::error::{CommandError, Result};

/// Where and how a command prints.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// JSON lines on stdout instead of tables.
    pub json: bool,
    /// No words on stderr except errors.
    pub quiet: bool,
    /// Colours of stdout.
    pub out: Style,
    /// Colours of stderr.
    pub err: Style,
}

impl Output {
    /// Decides on colours from the terminal, `NO_COLOR` and `TERM`.
    pub fn new(json: bool, quiet: bool) -> Self {
        let allowed = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Output {
            json,
            quiet,
            out: Style::new(allowed && io::stdout().is_terminal()),
            err: Style::new(allowed && io::stderr().is_terminal()),
        }
    }

    /// Data: one line on stdout.
    pub fn line(&self, text: impl AsRef<str>) -> Result<()> {
        written(writeln!(io::stdout().lock(), "{}", text.as_ref()))
    }

    /// Data: one JSON line of the given type on stdout.
    pub fn json(&self, kind: &str, body: &impl Serialize) -> Result<()> {
        self.line(json::line(kind, body))
    }

    /// Words about what happens: one line on stderr, unless quiet.
    pub fn say(&self, text: impl AsRef<str>) {
        if !self.quiet {
            // stderr may be closed; that must not stop the work.
            let _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
        }
    }

    /// A result for people: stdout, or stderr when stdout carries JSON lines.
    pub fn tell(&self, text: impl AsRef<str>) -> Result<()> {
        if self.json {
            self.say(text);
            return Ok(());
        }
        self.line(text)
    }

    /// The style of wherever [`Output::tell`] goes.
    pub fn tell_style(&self) -> Style {
        if self.json { self.err } else { self.out }
    }
}

/// A reader that went away (`telekeep search … | head`) ends the program quietly, as other
/// programs end; any other failure of stdout is told. Commands whose exit code is an answer by
/// itself go on without their reader ([`CommandError::is_reader_gone`]).
fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(CommandError::reader_gone()),
        Err(error) => Err(CommandError::failed(format!(
            "cannot write to standard output: {error}"
        ))),
        Ok(()) => Ok(()),
    }
}

/// How wide lines may be: the terminal's width, or 100 columns when stdout is not one.
pub fn width() -> usize {
    match terminal_size::terminal_size() {
        Some((width, _)) if io::stdout().is_terminal() => usize::from(width.0).clamp(40, 160),
        _ => 100,
    }
}
