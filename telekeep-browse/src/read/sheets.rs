//! What is shown over a screen: versions of a message, details.

use telekeep_index::{Index, Shown};
use telekeep_view::reading::{Surroundings, chat_face, coverage_words, versions as steps};
use telekeep_view::render::{Change, Changed, Clock};

use super::media::describe;
use super::{NoLinks, Problem, Reader, Result};
use crate::ask::Reply;
use crate::text::{Look, Piece};

type Lines = Vec<Vec<Piece>>;

pub fn versions(reader: &Reader, index: &Index, chat: i64, id: i64) -> Result<Reply> {
    let texts = reader.say.texts;
    let clock = reader.clock();
    let shown = find(reader, index, chat, id)?;
    let all = steps(index, &shown)?;
    let mut lines: Lines = Vec::new();
    for (at, step) in all.iter().enumerate() {
        let which = match (at, step.first) {
            (0, _) => texts.get("history.latest"),
            (_, true) => texts.get("history.first"),
            _ => "",
        };
        lines.push(vec![
            Piece::line(&clock.full(step.date), Look::Strong),
            Piece::new("  ", Look::Dim),
            Piece::line(which, Look::Dim),
        ]);
        if step.same_text {
            let same = texts.get("history.same-text");
            lines.push(vec![Piece::line(same, Look::Dim)]);
        }
        if let Some(media) = &step.media {
            lines.push(vec![Piece::line(&format!("[{media}]"), Look::Media)]);
        }
        lines.push(step.changes.iter().map(changed).collect());
        lines.push(Vec::new());
    }
    Ok(Reply::Sheet(lines))
}

fn changed(of: &Changed) -> Piece {
    match &of.change {
        Change::Same(text) | Change::Removed(text) | Change::Added(text) if of.hidden => {
            Piece::new(text, Look::Spoiler)
        }
        Change::Same(text) => Piece::new(text, Look::Plain),
        Change::Removed(text) => Piece::new(text, Look::Removed),
        Change::Added(text) => Piece::new(text, Look::Added),
    }
}

fn find(reader: &Reader, index: &Index, chat: i64, id: i64) -> Result<Shown> {
    let told = || Problem::Told(reader.say.texts.get("problem.not-found").to_owned());
    index.message(chat, id)?.ok_or_else(told)
}

/// A name and its value.
fn row(name: &str, value: impl std::fmt::Display) -> Vec<Piece> {
    vec![
        Piece::line(name, Look::Dim),
        Piece::new("  ", Look::Plain),
        Piece::line(&value.to_string(), Look::Plain),
    ]
}

pub fn details(reader: &Reader, index: &Index, chat: i64, id: Option<i64>) -> Result<Reply> {
    let clock = reader.clock();
    let mut lines = Vec::new();
    if let Some(id) = id {
        let shown = find(reader, index, chat, id)?;
        message_lines(reader, index, &shown, &clock, &mut lines)?;
        lines.push(Vec::new());
    }
    chat_lines(reader, index, chat, &mut lines)?;
    Ok(Reply::Sheet(lines))
}

fn message_lines(
    reader: &Reader,
    index: &Index,
    shown: &Shown,
    clock: &Clock,
    lines: &mut Lines,
) -> Result<()> {
    let say = reader.say;
    let message = &shown.message;
    let title = say.get("browse.message");
    lines.push(vec![Piece::line(title, Look::Strong)]);
    lines.push(row(say.get("browse.id"), message.id));
    lines.push(row(say.get("browse.sent"), clock.full(message.date)));
    if let Some(sender) = message.sender {
        let name = index.name_at(sender, message.date)?;
        let name = format!("{} ({sender})", say.texts.name(&name));
        lines.push(row(say.texts.get("search.from"), name));
    }
    if let Some(date) = message.edit_date {
        lines.push(row(say.texts.get("message.edited"), clock.full(date)));
    }
    lines.push(row(say.get("browse.versions-kept"), shown.versions));
    if let Some(at) = shown.deleted {
        let words = say.texts.with("message.deleted", clock.full(at / 1000));
        lines.push(vec![Piece::line(&words, Look::Bad)]);
    }
    if let Some(reply) = &message.reply_to
        && let Some(id) = reply.id
    {
        lines.push(row(say.get("browse.answers"), id));
    }
    if let Some(topic) = message.topic {
        lines.push(row(say.texts.get("chat.topics"), topic));
    }
    let record = format!("{} · {}", shown.journal, shown.seq);
    lines.push(row(say.get("browse.record"), record));
    let these = std::slice::from_ref(shown);
    let around = Surroundings::new(reader.clock(), Box::new(NoLinks), index, these)?;
    let files = message
        .media
        .as_ref()
        .map(|media| describe(media, &around.scene()).1);
    for file in files.unwrap_or_default() {
        lines.push(row(say.get("browse.file"), &file.words));
        lines.push(row(say.get("browse.key"), &file.key));
        if let Some(why) = &file.missing {
            lines.push(vec![Piece::line(why, Look::Bad)]);
        }
    }
    Ok(())
}

fn chat_lines(reader: &Reader, index: &Index, chat: i64, lines: &mut Lines) -> Result<()> {
    let say = reader.say;
    if let Some(known) = index.chat(chat)? {
        let face = chat_face(say.texts, &known);
        let title = &face.name;
        lines.push(vec![Piece::line(title, Look::Strong)]);
        if face.deleted {
            let words = say.texts.get("peer.deleted");
            lines.push(vec![Piece::line(words, Look::Dim)]);
        }
        let kind = say.texts.find(&format!("peer.{}", known.kind.as_str()));
        let kind = kind.unwrap_or_default();
        lines.push(vec![Piece::line(kind, Look::Plain)]);
        lines.push(row(say.get("browse.id"), chat));
        if let Some(name) = &known.username {
            let name = format!("@{name}");
            lines.push(row(say.texts.get("profile.username"), name));
        }
        if known.protected {
            let words = say.texts.get("profile.protected-means");
            lines.push(vec![Piece::line(words, Look::Dim)]);
        }
        let held = say.texts.count("chat.messages", known.messages);
        lines.push(vec![Piece::line(&held, Look::Plain)]);
    }
    lines.push(Vec::new());
    let title = say.texts.get("nav.coverage");
    lines.push(vec![Piece::line(title, Look::Strong)]);
    let status = index.status()?;
    for of in status.iter().filter(|of| of.id == chat) {
        let good = of.complete || of.is_left_out() || of.is_as_selected();
        let look = match good && of.media_missing == 0 {
            true => Look::Good,
            false => Look::Bad,
        };
        for words in coverage_words(of, say.texts, &reader.clock()) {
            lines.push(vec![Piece::line(&words, look)]);
        }
    }
    Ok(())
}
