//! `telekeep note --list`.

use serde::Serialize;
use telekeep_index::{NoteFilter, NoteRow};
use telekeep_model::NoteFile;
use telekeep_sources::notes::Attachment;

use super::chat;
use crate::context::Context;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::index::Reading;
use crate::output::style::Style;
use crate::output::text::{clean, clean_lines, day, fit, minute, size};
use crate::output::width;

/// `type: "note"`: one note for scripts.
#[derive(Serialize)]
struct NoteLine<'a> {
    journal: &'a str,
    seq: u64,
    chat: Option<i64>,
    chat_title: &'a str,
    by: Option<&'a str>,
    date: Option<i64>,
    archived: i64,
    text: &'a str,
    files: Vec<FileLine<'a>>,
}

/// A file of a note for scripts.
#[derive(Serialize)]
pub(super) struct FileLine<'a> {
    name: &'a str,
    size: u64,
    mime: Option<&'a str>,
    sha256: &'a str,
    blob: &'a str,
}

impl<'a> FileLine<'a> {
    pub(super) fn of_kept(file: &'a Attachment) -> Self {
        FileLine {
            name: &file.name,
            size: file.size,
            mime: file.mime.as_deref(),
            sha256: &file.sha256,
            blob: &file.blob,
        }
    }

    fn of(file: &'a NoteFile) -> Self {
        FileLine {
            name: &file.name,
            size: file.size,
            mime: file.mime.as_deref(),
            sha256: &file.sha256,
            blob: &file.blob,
        }
    }
}

/// Shows the notes of one chat or of all.
pub(super) fn list(context: &Context, name: Option<&str>, limit: usize) -> Result {
    let reading = Reading::open(context)?;
    let of = name.map(|name| chat::find_noted(&reading.index, name));
    let filter = NoteFilter {
        chat: of.transpose()?,
        limit,
        ..NoteFilter::default()
    };
    let notes = reading.index.notes(&filter)?;
    for row in &notes {
        show(context, &reading, row, true)?;
    }
    if notes.is_empty() {
        context.output.say("No notes there.");
    }
    Ok(ExitCode::Done)
}

/// Shows a note; when not the whole of it, a line of its text stands for that.
pub(in crate::command) fn show(
    context: &Context,
    reading: &Reading,
    row: &NoteRow,
    whole: bool,
) -> Result<()> {
    let (note, output) = (&row.note, &context.output);
    let archived = row.archived.div_euclid(1000);
    let title = match row.chat {
        Some(chat) => reading.title(chat, &row.chat_title),
        None => row.chat_title.as_str(),
    };
    if output.json {
        let line = NoteLine {
            journal: &row.journal,
            seq: row.seq,
            chat: row.chat,
            chat_title: title,
            by: note.by.as_deref(),
            date: note.date,
            archived,
            text: &note.text,
            files: note.files.iter().map(FileLine::of).collect(),
        };
        return output.json("note", &line);
    }
    let style = output.out;
    let mut about = match whole {
        true => vec![format!("archived {}", day(archived))],
        false => vec![format!("note, archived {}", day(archived))],
    };
    about.extend(note.by.as_deref().map(|by| format!("by {}", clean(by))));
    let head = match note.date {
        Some(date) => style.bold(&minute(date)) + "  ",
        None => String::new(),
    };
    output.line(format!(
        "{head}{}  {}",
        style.bold(&clean(title)),
        style.dim(&about.join(", "))
    ))?;
    if !whole {
        let files = note.files.iter().map(|file| file.name.as_str());
        let said: Vec<_> = std::iter::once(note.text.as_str()).chain(files).collect();
        let text = fit(
            &clean(said.join(" · ").trim_start_matches(" · ")),
            width().saturating_sub(4),
        );
        return output.line(format!("    {text}"));
    }
    for line in clean_lines(&note.text) {
        output.line(format!("  {line}"))?;
    }
    for file in &note.files {
        output.line(file_words(&file.name, file.size, &file.sha256, style))?;
    }
    output.line("")
}

/// A file in a line for people.
pub(super) fn file_words(name: &str, bytes: u64, sha256: &str, style: Style) -> String {
    let (name, hash) = (clean(name), style.dim(&format!("sha256 {sha256}")));
    format!("  {name}  {}  {hash}", size(bytes))
}
