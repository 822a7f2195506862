//! `telekeep show`: the messages of a chat.

use std::borrow::Cow;
use std::ops::Range;

use clap::Args;
use telekeep_index::{Index, Place, Shown, Topic};
use telekeep_model::Entity;
use telekeep_view::render::{spoilers as hidden, veiled};

use super::kept;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::index::Reading;
use crate::output::json;
use crate::output::style::Style;
use crate::output::text::{clean, clean_lines, clock, day};
use crate::program::word;

/// Show the messages of a chat
///
/// Without a place, the newest ones.
#[derive(Debug, Args)]
pub struct Show {
    /// The chat: its id, @username, title or a part of it
    #[arg(allow_negative_numbers = true)]
    chat: String,
    /// Around this message id
    #[arg(long, value_name = "ID", group = "place")]
    around: Option<i64>,
    /// Before this message id
    #[arg(long, value_name = "ID", group = "place")]
    before: Option<i64>,
    /// After this message id (0: from the beginning)
    #[arg(long, value_name = "ID", group = "place")]
    after: Option<i64>,
    /// Most messages to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    limit: usize,
    /// Show hidden text (spoilers) instead of ▒
    #[arg(long)]
    spoilers: bool,
}

/// Candidates named when a name means several chats.
const SHOWN: usize = 5;

/// The ids of the chats that `name` may mean; at least one.
pub fn find_chats(index: &Index, name: &str) -> Result<Vec<i64>> {
    let found = index.find_chats(name)?;
    if found.is_empty() {
        return Err(
            CommandError::failed(format!("no chat matches `{}`", clean(name)))
                .hint("telekeep status lists the chats; with --json also their ids"),
        );
    }
    Ok(found.into_iter().map(|chat| chat.id).collect())
}

/// The one chat that `name` means.
fn find_chat(index: &Index, name: &str) -> Result<i64> {
    let ids = find_chats(index, name)?;
    match ids.as_slice() {
        [id] => Ok(*id),
        ids => Err(several(name, ids, 0)),
    }
}

/// That `name` means these chats, and `more` that have no id.
pub fn several(name: &str, ids: &[i64], more: usize) -> CommandError {
    let named: Vec<_> = ids.iter().take(SHOWN).map(i64::to_string).collect();
    let message = format!("`{}` means {} chats", clean(name), ids.len() + more);
    let rest = if ids.len() > SHOWN { ", …" } else { "" };
    let error = CommandError::failed(message);
    if ids.is_empty() {
        return error;
    }
    error
        .hint(format!("use an id: {}{rest}", named.join(", ")))
        .hint(format!(
            "telekeep status {} shows which is which",
            word(&clean(name))
        ))
}

impl Show {
    /// Shows messages.
    pub fn run(&self, context: &Context) -> Result {
        let reading = Reading::open(context)?;
        let chat = find_chat(&reading.index, &self.chat)?;
        let messages = reading.index.messages(chat, self.place(), self.limit)?;
        let output = &context.output;
        let known = reading.index.chat(chat)?;
        let protected = known.is_some_and(|chat| chat.protected);
        let read = reading.index.read_state(chat)?;
        let mut last_day = String::new();
        if !output.json {
            let title = reading.index.name(chat)?;
            let title = reading.title(chat, &title);
            let head = format!(
                "{}  {}",
                output.out.bold(&reading.named(Some(chat), title)?),
                output.out.dim(&chat.to_string())
            );
            output.line(head)?;
        }
        for shown in &messages {
            let words = service_words(&reading.index, shown);
            if output.json {
                let title = reading.title(chat, &shown.chat_title);
                let topic = reading.index.topic(chat, shown.message.topic)?;
                let line = json::Message {
                    read: read.and_then(|(read, seen)| read.of(&shown.message, seen / 1000)),
                    media_note: kept::words(&reading.index, shown, protected)?,
                    ..json_line(shown, title, topic.as_ref(), words.as_deref())
                };
                output.json("message", &line)?;
                continue;
            }
            let today = day(shown.message.date);
            if today != last_day {
                output.line(format!("\n{}", output.out.dim(&format!("── {today} ──"))))?;
                last_day = today;
            }
            let sender = reading.named(shown.message.sender, &shown.sender_name)?;
            let text = seen_text(shown, words.as_deref(), self.spoilers);
            let kept = kept::words(&reading.index, shown, protected)?;
            for line in lines(shown, &sender, &text, kept.as_deref(), output.out) {
                output.line(line)?;
            }
        }
        if messages.is_empty() {
            output.say("No messages there.");
        }
        Ok(ExitCode::Done)
    }

    fn place(&self) -> Place {
        match (self.around, self.before, self.after) {
            (Some(id), _, _) => Place::Around(id),
            (_, Some(id), _) => Place::Before(id),
            (_, _, Some(id)) => Place::After(id),
            _ => Place::Newest,
        }
    }
}

/// A number of things to show.
pub fn at_least_one(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least 1".to_owned()),
        Ok(some) => Ok(some),
        Err(_) => Err("write a number".to_owned()),
    }
}

/// That a message was seen to be deleted at the source; `moment` in unix milliseconds.
pub fn deleted_on(moment: i64) -> String {
    format!("deleted, seen {}", day(moment.div_euclid(1000)))
}

/// That, if it was.
pub fn gone(shown: &Shown) -> Option<String> {
    shown.deleted.map(deleted_on)
}

/// What a service message says, with names.
pub fn service_words(index: &Index, shown: &Shown) -> Option<String> {
    let name = |id: i64| index.name(id).unwrap_or_else(|_| id.to_string());
    let service = shown.message.service.as_ref()?;
    Some(service.sentence(&shown.sender_name, &name))
}

/// What a person sees of a message's text: with ▒ for what is hidden, unless that is to be shown.
pub fn seen_text<'t>(shown: &'t Shown, words: Option<&'t str>, spoilers: bool) -> Cow<'t, str> {
    let message = &shown.message;
    match words {
        Some(words) => Cow::Borrowed(words),
        None if spoilers => Cow::Borrowed(&message.text),
        None => {
            let hidden = hidden(&message.text, &message.entities);
            Cow::Owned(veiled(&message.text, &hidden, &[]).0)
        }
    }
}

/// Where text is hidden, counted in characters: from, and how many.
pub fn spoiler_places(text: &str, entities: &[Entity]) -> Vec<(usize, usize)> {
    let count = |range: Range<usize>| text.get(range).unwrap_or_default().chars().count();
    let ranges = hidden(text, entities).into_iter();
    ranges
        .map(|range| (count(0..range.start), count(range)))
        .collect()
}

/// The line of a message for scripts.
pub fn json_line<'a>(
    shown: &'a Shown,
    title: &'a str,
    topic: Option<&Topic>,
    words: Option<&'a str>,
) -> json::Message<'a> {
    let message = &shown.message;
    json::Message {
        chat: message.chat,
        id: message.id,
        date: message.date,
        sender: message.sender,
        text: words.unwrap_or(&message.text),
        spoilers: match words {
            Some(_) => Vec::new(),
            None => spoiler_places(&message.text, &message.entities),
        },
        chat_title: title,
        topic: topic.map(|topic| topic.id),
        topic_title: topic.and_then(Topic::name).map(str::to_owned),
        sender_name: message.sender.map(|_| shown.sender_name.as_str()),
        media: message.media.as_ref().map(|media| media.label().into()),
        media_note: None,
        edited: message.edit_date.filter(|_| !message.edit_hidden),
        deleted: shown.deleted.map(|deleted| deleted.div_euclid(1000)),
        versions: shown.versions,
        read: None,
    }
}

/// A message for people: time, sender and id, then its content, indented.
fn lines(shown: &Shown, sender: &str, text: &str, kept: Option<&str>, style: Style) -> Vec<String> {
    let message = &shown.message;
    let time: String = clock(message.date).chars().take(5).collect();
    let gone = gone(shown).map(|gone| style.warn(&format!("  {gone}")));
    let gone = gone.unwrap_or_default();
    if message.service.is_some() {
        let text = format!("{time}  {}  {}", clean(text), message.id);
        return vec![style.dim(&text) + &gone];
    }
    let mut head = format!("{}  {}", style.dim(&time), style.bold(sender));
    let mut notes = vec![message.id.to_string()];
    if let Some(id) = message.reply_to.as_ref().and_then(|reply| reply.id) {
        notes.push(format!("answers {id}"));
    }
    if message.forward.is_some() {
        notes.push("forwarded".into());
    }
    if message.edit_date.is_some() && !message.edit_hidden {
        notes.push("edited".into());
    }
    if shown.versions > 1 {
        notes.push(format!("{} versions", shown.versions));
    }
    head += &style.dim(&format!("  {}", notes.join(" · ")));
    head += &gone;
    let mut lines = vec![head];
    if let Some(media) = &message.media {
        let kept = kept.map(|kept| style.warn(&format!("  {}", clean(kept))));
        lines.push(format!(
            "       {}{}",
            style.dim(&format!("[{}]", clean(&media.label()))),
            kept.unwrap_or_default()
        ));
    }
    lines.extend(
        clean_lines(text)
            .iter()
            .map(|line| format!("       {line}")),
    );
    let reactions = message.reactions.iter();
    let reactions: Vec<_> = reactions
        .map(|reaction| {
            format!(
                "{} {}",
                clean(if reaction.emoji.is_empty() {
                    "★"
                } else {
                    &reaction.emoji
                }),
                reaction.count
            )
        })
        .collect();
    if !reactions.is_empty() {
        lines.push(format!("       {}", style.dim(&reactions.join("  "))));
    }
    lines
}
