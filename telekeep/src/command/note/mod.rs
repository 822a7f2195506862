//! `telekeep note`: what no server shows, kept by hand.

mod chat;
mod files;
pub(super) mod list;

use std::io::Read as _;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use telekeep_journal::Head;
use telekeep_sources::notes::{self, MOST_TEXT, NoteError};

use super::show::at_least_one;
use super::verify::head_words;
use crate::context::{Context, is_full, now_ms};
use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::index::Reading;
use crate::output::text::{clean, count, day, parse_date, plural, size};
use chat::Chat;
use list::FileLine;

/// Archive something by hand: a screenshot, a text, an export of a secret chat
///
/// What no server shows to a program, such as a secret chat, can be kept with the rest: the text
/// and the files you give, when they are from, who gave them, and the SHA-256 of every file. A
/// note is never changed. It proves that what you gave has not changed since, not that it is
/// genuine (docs/notes.md).
#[derive(Debug, Args)]
pub struct Note {
    /// The chat it is about: its id, @username, title or a part of it
    #[arg(allow_negative_numbers = true, required_unless_present = "list")]
    chat: Option<String>,
    /// What it says; with - it is read from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    text: Option<String>,
    /// A file to keep with it; repeat it for more
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who made it or gave it to you, in your words
    #[arg(long, value_name = "PERSON")]
    by: Option<String>,
    /// When it is from, like 2024-03-01 or 2024-03-01T14:05
    #[arg(long, value_name = "WHEN", value_parser = parse_date)]
    date: Option<i64>,
    /// The archive does not know this chat (a secret chat, for example): CHAT is its title from
    /// now on
    #[arg(long)]
    new: bool,
    /// Show the notes about CHAT, or all of them, the newest first
    #[arg(long, conflicts_with_all = ["text", "files", "by", "date", "new"])]
    list: bool,
    /// Most notes to show with --list
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    limit: usize,
}

/// `type: "note_added"`: the result for scripts.
#[derive(Serialize)]
struct AddedLine<'a> {
    /// False when the same note was there already.
    added: bool,
    chat: Option<i64>,
    chat_title: &'a str,
    archived: i64,
    files: Vec<FileLine<'a>>,
    head: Option<&'a Head>,
}

impl Note {
    /// Archives, or lists.
    pub fn run(&self, context: &Context) -> Result {
        match &self.chat {
            chat if self.list => list::list(context, chat.as_deref(), self.limit),
            Some(chat) => self.add(context, chat),
            None => Err(CommandError::usage("name the chat that the note is about")),
        }
    }

    fn add(&self, context: &Context, chat: &str) -> Result {
        // Everything that can be wrong with what is given is told before anything is asked or written.
        let given = files::look_at(&self.files)?;
        let mut note = notes::Note {
            by: self.by.clone().filter(|by| !by.trim().is_empty()),
            date: self.date,
            text: self.read_text()?,
            title: chat.trim().to_owned(),
            ..notes::Note::default()
        };
        let names: Vec<&str> = given.iter().map(|file| file.name.as_str()).collect();
        note.check(&names).map_err(usage)?;

        let (archive, _lock) = context.open_for_writing("note")?;
        let reading = Reading::of_archive(context, &archive)?;
        let Chat { id, title } = chat::find(&reading.index, chat, self.new)?;
        (note.chat, note.title) = (id, title);
        note.files = files::keep(context, &archive, &given)?;
        let known = reading.index.same_note(note.chat, &note.body())?;
        if let Some(archived) = known {
            let head = archive.head(notes::JOURNAL)?;
            return tell(context, &note, (archived, false), head.as_ref());
        }
        let now = now_ms();
        let head = notes::append(&archive, &note, now).map_err(|error| failed(context, error))?;
        tell(context, &note, (now, true), Some(&head))
    }

    fn read_text(&self) -> Result<String> {
        let text = match self.text.as_deref() {
            Some("-") => {
                let mut bytes = Vec::new();
                let mut input = std::io::stdin().lock().take(MOST_TEXT as u64 + 1);
                input.read_to_end(&mut bytes).map_err(|error| {
                    CommandError::failed(format!("cannot read standard input: {error}"))
                })?;
                match String::from_utf8(bytes) {
                    Ok(text) => text,
                    // The end of what is too long may be in the middle of a character.
                    Err(error) if error.as_bytes().len() > MOST_TEXT => {
                        String::from_utf8_lossy(error.as_bytes()).into_owned()
                    }
                    Err(_) => {
                        return Err(CommandError::usage(
                            "what standard input gives is no text in UTF-8",
                        )
                        .hint("keep it as a file: --file FILE"));
                    }
                }
            }
            text => text.unwrap_or_default().to_owned(),
        };
        Ok(text.trim_end_matches(['\n', '\r']).to_owned())
    }
}

/// Whoever gave it can mend it.
fn usage(error: NoteError) -> CommandError {
    CommandError::from_sentence(ExitCode::Usage, &error)
}

/// A failure of storing.
fn failed(context: &Context, error: NoteError) -> CommandError {
    match error {
        NoteError::Archive(error) if is_full(&error) => CommandError::new(
            ExitCode::DiskFull,
            "the disk is full: the note was not archived",
        )
        .hint("free some space and give the same command again"),
        NoteError::Archive(error) => context.journal_error(error),
        error => CommandError::from_sentence(ExitCode::Failed, &error),
    }
}

/// What was archived, and when.
fn tell(
    context: &Context,
    note: &notes::Note,
    (archived, added): (i64, bool),
    head: Option<&Head>,
) -> Result {
    let output = &context.output;
    if output.json {
        let line = AddedLine {
            added,
            chat: note.chat,
            chat_title: &note.title,
            archived: archived.div_euclid(1000),
            files: note.files.iter().map(FileLine::of_kept).collect(),
            head,
        };
        output.json("note_added", &line)?;
        return Ok(ExitCode::Done);
    }
    let style = output.out;
    let title = style.bold(&clean(&note.title));
    if !added {
        let day = day(archived.div_euclid(1000));
        output.line(format!(
            "The same note about {title} is here since {day}; nothing was added."
        ))?;
        return Ok(ExitCode::Done);
    }
    let mut parts = Vec::new();
    if !note.text.trim().is_empty() {
        let characters = note.text.chars().count() as u64;
        parts.push(format!("a text of {} characters", count(characters)));
    }
    if !note.files.is_empty() {
        let bytes = note.files.iter().map(|file| file.size).sum();
        let files = plural(note.files.len() as u64, "file", "files");
        parts.push(format!("{files} ({})", size(bytes)));
    }
    let word = style.good("Archived");
    output.line(format!("{word} about {title}: {}", parts.join(", ")))?;
    for file in &note.files {
        output.line(list::file_words(&file.name, file.size, &file.sha256, style))?;
    }
    if let Some(head) = head {
        output.line(style.dim(&head_words(head)))?;
    }
    Ok(ExitCode::Done)
}
