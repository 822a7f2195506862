//! What `search` finds beside messages: people and chats by name, entries of the telephone book,
//! what the account and its chats say beside them (drafts, descriptions, invite links, what
//! administrators did, gifts, payments, ...), stories, and notes.

use telekeep_index::{NoteFilter, StoryFilter};
use telekeep_view::render::{spoilers as hidden, veiled};

use super::note;
use crate::context::Context;
use crate::error::Result;
use crate::index::Reading;
use crate::output::json;
use crate::output::text::{self, clean, minute};
use crate::output::width;

/// Of each kind, at most.
const MOST: usize = 5;

/// Shows what is called so, or says so; `spoilers` shows hidden text as well. Gives how much that
/// is.
pub fn show(context: &Context, reading: &Reading, query: &str, spoilers: bool) -> Result<usize> {
    let found = people(context, reading, query)?
        + book(context, reading, query)?
        + own(context, reading, query)?
        + stories(context, reading, query, spoilers)?
        + notes(context, reading, query)?;
    Ok(found)
}

fn people(context: &Context, reading: &Reading, query: &str) -> Result<usize> {
    let output = &context.output;
    let found = reading.index.find_peers(query, MOST)?;
    for &id in &found {
        let name = reading.index.name(id)?;
        let name = reading.title(id, &name);
        if output.json {
            output.json("person", &json::Person { id, name })?;
            continue;
        }
        let named = output.out.bold(&reading.named(Some(id), name)?);
        output.line(format!("{named}  {}", output.out.dim(&id.to_string())))?;
    }
    Ok(found.len())
}

fn book(context: &Context, reading: &Reading, query: &str) -> Result<usize> {
    let output = &context.output;
    let found = reading.index.find_saved_contacts(query, MOST)?;
    for entry in &found {
        let contact = &entry.contact;
        let name = contact.name();
        if output.json {
            let line = json::Contact {
                name: &name,
                phone: &contact.phone,
                person: entry.person,
            };
            output.json("contact", &line)?;
            continue;
        }
        output.line(format!(
            "{}  {}  {}",
            output.out.bold(&clean(&name)),
            clean(&contact.number()),
            output.out.dim("telephone book")
        ))?;
    }
    Ok(found.len())
}

fn own(context: &Context, reading: &Reading, query: &str) -> Result<usize> {
    let output = &context.output;
    let found = reading.index.find_own(query, MOST)?;
    for hit in &found {
        if output.json {
            let line = json::Own {
                part: &hit.part,
                chat: hit.peer,
                date: Some(hit.date).filter(|date| *date != 0),
                text: &hit.text,
            };
            output.json("own", &line)?;
            continue;
        }
        let part = match hit.part.split('/').next().unwrap_or_default() {
            "full" => "description",
            part => part,
        };
        let mut line = match hit.date {
            0 => String::new(),
            date => format!("{}  ", output.out.dim(&minute(date))),
        };
        if let Some(chat) = hit.peer {
            let name = reading.index.name(chat)?;
            line += &format!("{}  ", output.out.bold(&reading.named(Some(chat), &name)?));
        }
        line += &output.out.dim(&clean(&part.replace('_', " ")));
        output.line(line)?;
        let text = text::fit(&clean(&hit.text), width().saturating_sub(4));
        output.line(format!("    {text}"))?;
    }
    Ok(found.len())
}

fn notes(context: &Context, reading: &Reading, query: &str) -> Result<usize> {
    let found = reading.index.notes(&NoteFilter {
        words: Some(query.to_owned()),
        limit: MOST,
        ..NoteFilter::default()
    })?;
    for row in &found {
        note::list::show(context, reading, row, false)?;
    }
    Ok(found.len())
}

fn stories(context: &Context, reading: &Reading, query: &str, spoilers: bool) -> Result<usize> {
    let output = &context.output;
    let rows = reading.index.stories(&StoryFilter {
        words: Some(query.to_owned()),
        limit: MOST,
        ..StoryFilter::default()
    })?;
    for row in &rows {
        let message = &row.story.message;
        if output.json {
            let line = json::Story {
                chat: message.chat,
                id: message.id,
                date: message.date,
                text: &message.text,
                spoilers: super::show::spoiler_places(&message.text, &message.entities),
                gone: row.gone.map(|gone| gone.div_euclid(1000)),
            };
            output.json("story", &line)?;
            continue;
        }
        let text = match spoilers {
            true => message.text.clone(),
            false => {
                veiled(
                    &message.text,
                    &hidden(&message.text, &message.entities),
                    &[],
                )
                .0
            }
        };
        let name = reading.index.name(message.chat)?;
        output.line(format!(
            "{}  {}  {}",
            output.out.dim(&minute(message.date)),
            output.out.bold(&reading.named(Some(message.chat), &name)?),
            output.out.dim(&format!("story {}", message.id))
        ))?;
        let text = text::fit(&clean(&text), width().saturating_sub(4));
        output.line(format!("    {text}"))?;
    }
    Ok(rows.len())
}
