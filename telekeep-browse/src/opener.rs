//! Programs that open files: the desktop's, or one that the reader names and that gets the terminal.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// Who opens files.
#[derive(Clone, Debug, Default)]
pub enum Opener {
    /// Whatever the desktop opens a file of this kind with.
    #[default]
    Desktop,
    /// A program with its first arguments; the file is the last.
    Program(Vec<OsString>),
}

impl Opener {
    /// A command as it is typed: words, of which the first is the program. Nothing of it is read by a
    /// shell.
    pub fn command(typed: &str) -> Option<Self> {
        let words: Vec<OsString> = typed.split_whitespace().map(OsString::from).collect();
        (!words.is_empty()).then_some(Self::Program(words))
    }

    /// Does the file open beside us, without the terminal?
    pub fn is_desktop(&self) -> bool {
        matches!(self, Self::Desktop)
    }

    /// Opens a file; false when no program could be started. A program of the reader's is waited for.
    pub fn open(&self, file: &Path) -> bool {
        match self {
            Self::Desktop => {
                let program = match std::env::consts::OS {
                    "macos" => "open",
                    "windows" => "explorer",
                    _ => "xdg-open",
                };
                let started = Command::new(program)
                    .arg(file)
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn();
                let Ok(mut child) = started else { return false };
                // Its end is of no interest, but it must not stay as a zombie.
                std::thread::spawn(move || child.wait());
                true
            }
            Self::Program(words) => {
                let mut words = words.iter();
                let Some(program) = words.next() else {
                    return false;
                };
                Command::new(program).args(words).arg(file).status().is_ok()
            }
        }
    }
}
