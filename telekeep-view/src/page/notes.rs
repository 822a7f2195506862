//! Notes, the newest first: what somebody kept by hand, from whom and when, and the hash of each file.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Index, NoteChat, NoteFilter, NotePlace, NoteRow, snippet};
use telekeep_model::{Document, DocumentRole, File, Media, NoteFile};

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::{chat_face, known_face};
use crate::render::{Face, Html, MediaView, Scene, encode, media, rich_in, snippet_html};
use crate::server::{Context, PageError, Result};

/// Notes on a page.
const PAGE: usize = 30;
/// Notes among the hits of a search, and characters shown of each.
const FOUND: usize = 5;
const SNIPPET: usize = 280;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words in them.
    q: String,
    /// About this chat (marked id).
    chat: String,
    /// About the chat that only this title names.
    title: String,
    /// What is older than this place: date, a dot, number.
    after: String,
}

/// A file as it is shown.
struct Item {
    view: MediaView,
    sha256: String,
}

/// A note as it is shown.
struct Entry {
    anchor: String,
    chat: Face,
    /// Its notes, and its profile when it has one.
    all: String,
    profile: Option<String>,
    /// When it is from: in short, in full, for machines.
    date: Option<(String, String, String)>,
    archived: String,
    by: Option<String>,
    text: Html,
    files: Vec<Item>,
}

#[derive(Template)]
#[template(path = "notes.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    asked: Asked,
    /// What the chat is called whose notes are asked for.
    about: Option<String>,
    entries: Vec<Entry>,
    older: Option<String>,
}

/// `GET /notes`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let words = asked.q.trim();
        let chat = asked.of()?;
        let mut rows = index.notes(&NoteFilter {
            words: (!words.is_empty()).then(|| words.to_owned()),
            after: asked.place()?,
            limit: PAGE + 1,
            chat: chat.clone(),
        })?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| more);
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            about: chat
                .map(|chat| match chat {
                    NoteChat::Known(id) => known(context, index, id).map(|face| face.name),
                    NoteChat::Titled(title) => Ok(title),
                })
                .transpose()?,
            older: last.map(|row| asked.address(row.place)),
            entries: entries(context, index, &rows)?,
            asked,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

impl Asked {
    fn of(&self) -> Result<Option<NoteChat>> {
        if !self.chat.is_empty() {
            let id = self.chat.parse().map_err(|_| PageError::BadRequest)?;
            return Ok(Some(NoteChat::Known(id)));
        }
        Ok((!self.title.is_empty()).then(|| NoteChat::Titled(self.title.clone())))
    }

    fn place(&self) -> Result<Option<NotePlace>> {
        match self.after.as_str() {
            "" => Ok(None),
            after => super::pair(after).map(Some),
        }
    }

    /// The page that goes on after a place.
    fn address(&self, (date, number): NotePlace) -> String {
        let mut address = format!("/notes?after={date}.{number}");
        for (name, value) in [("q", &self.q), ("chat", &self.chat), ("title", &self.title)] {
            if !value.is_empty() {
                // Writing to a string cannot fail.
                let _ = write!(address, "&{name}={}", encode(value));
            }
        }
        address
    }
}

/// The face of a chat as it is called now.
fn known(context: &Context, index: &Index, id: i64) -> Result<Face> {
    match index.chat(id)? {
        Some(row) => Ok(chat_face(context.texts, &row)),
        None => Ok(known_face(context.texts, index, id)?),
    }
}

fn entries(context: &Context, index: &Index, rows: &[NoteRow]) -> Result<Vec<Entry>> {
    let around = Surroundings::of(context, index, &[])?;
    let scene = around.scene();
    let rows = rows.iter();
    rows.map(|row| entry(context, index, row, &scene)).collect()
}

fn entry(context: &Context, index: &Index, row: &NoteRow, scene: &Scene<'_>) -> Result<Entry> {
    let (note, clock) = (&row.note, scene.clock);
    let (chat, met) = of_note(context, index, row)?;
    Ok(Entry {
        anchor: format!("n{}", row.seq),
        all: of_chat(row),
        profile: row.chat.filter(|_| met).map(|id| format!("/profile/{id}")),
        chat,
        date: note
            .date
            .map(|date| (clock.short(date), clock.full(date), clock.iso(date))),
        archived: clock.full(row.archived.div_euclid(1000)),
        by: note.by.clone(),
        text: rich_in(&note.text, &[], scene),
        files: note.files.iter().map(|file| item(file, scene)).collect(),
    })
}

/// The chat of a note, and whether the archive has met it.
fn of_note(context: &Context, index: &Index, row: &NoteRow) -> Result<(Face, bool)> {
    match row.chat {
        Some(id) if index.chat(id)?.is_some() || index.person(id)?.is_some() => {
            Ok((known(context, index, id)?, true))
        }
        id => Ok((Face::new(id.unwrap_or(0), &row.chat_title), false)),
    }
}

/// The address of all notes about the chat of one.
fn of_chat(row: &NoteRow) -> String {
    match row.chat {
        Some(id) => format!("/notes?chat={id}"),
        None => format!("/notes?title={}", encode(&row.note.title)),
    }
}

/// To whoever draws it, a file of a note is a document.
fn item(file: &NoteFile, scene: &Scene<'_>) -> Item {
    let mime = file.mime.clone().unwrap_or_default();
    let document = Document {
        role: match mime.split('/').next() {
            Some("video") => DocumentRole::Video,
            Some("audio") => DocumentRole::Audio,
            _ => DocumentRole::File,
        },
        file: File {
            key: file.key(),
            size: file.size,
            mime,
            name: Some(file.name.clone()),
            ..File::default()
        },
        ..Document::default()
    };
    Item {
        view: media(&Media::Document(document), scene),
        sha256: file.sha256.clone(),
    }
}

/// A note among the hits of a search.
pub(super) struct Hit {
    pub chat: Face,
    pub when: String,
    pub iso: String,
    pub address: String,
    pub text: Html,
    /// Names of its files.
    pub files: String,
}

/// What a search finds in notes.
#[derive(Default)]
pub(super) struct Found {
    pub notes: Vec<Hit>,
    /// Address of all of them, when there are more.
    pub all: Option<String>,
}

/// The newest notes with these words.
pub(super) fn find(context: &Context, index: &Index, words: &str) -> Result<Found> {
    let mut rows = index.notes(&NoteFilter {
        words: Some(words.to_owned()),
        limit: FOUND + 1,
        ..NoteFilter::default()
    })?;
    let all = format!("/notes?q={}", encode(words));
    let more = rows.len() > FOUND;
    rows.truncate(FOUND);
    let hit = |row: &NoteRow| {
        let (note, clock) = (&row.note, context.clock());
        let date = note.date.unwrap_or(row.archived.div_euclid(1000));
        let names: Vec<&str> = note.files.iter().map(|file| file.name.as_str()).collect();
        Ok(Hit {
            chat: of_note(context, index, row)?.0,
            when: clock.full(date),
            iso: clock.iso(date),
            address: format!("{all}#n{}", row.seq),
            text: snippet_html(&snippet(&note.text, &[], &[], SNIPPET), context.texts),
            files: names.join(", ").chars().take(SNIPPET).collect(),
        })
    };
    Ok(Found {
        notes: rows.iter().map(hit).collect::<Result<_>>()?,
        all: more.then_some(all),
    })
}

/// How many notes there are, for the page of the account.
pub(super) fn door(context: &Context, index: &Index) -> Result<Option<String>> {
    let count = index.note_count(None)?;
    Ok((count > 0).then(|| context.texts.count("notes.count", count)))
}
