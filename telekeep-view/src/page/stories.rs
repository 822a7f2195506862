//! Stories of the accounts, the newest first: what they show and say, for whom they were, and what
//! they said before.

use std::fmt::Write as _;

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Index, Shown, StoryFilter, StoryPlace, StoryRow};

use super::Sidebar;
use super::account::audience_words;
use super::scene::Surroundings;
use crate::render::{Html, MediaView, Scene, encode, media, rich_in};
use crate::server::{Context, PageError, Result};

/// Stories on a page.
const PAGE: usize = 36;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Words that they say.
    q: String,
    /// What is older than this place: date, a dot, number.
    after: String,
    /// This one first: chat, a dot, id.
    at: String,
}

/// An earlier version.
struct Earlier {
    when: String,
    text: Html,
}

/// A story as it is shown.
struct Tile {
    anchor: String,
    owner: String,
    when: String,
    full: String,
    iso: String,
    view: Option<MediaView>,
    text: Html,
    /// Who may see it, how it stands.
    marks: Vec<String>,
    /// What lies on its picture: words, and an address if it is one.
    areas: Vec<(String, Option<String>)>,
    earlier: Vec<Earlier>,
    gone: bool,
}

#[derive(Template)]
#[template(path = "stories.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    words: String,
    tiles: Vec<Tile>,
    older: Option<String>,
    /// Not the newest of all are shown.
    within: bool,
}

/// `GET /stories`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let words = asked.q.trim();
        let mut rows = index.stories(&StoryFilter {
            words: (!words.is_empty()).then(|| words.to_owned()),
            after: asked.place(index)?,
            limit: PAGE + 1,
        })?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let last = rows.last().filter(|_| more);
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            older: last.map(|row| address(words, row.place)),
            within: !asked.after.is_empty() || !asked.at.is_empty(),
            tiles: tiles(context, index, &rows)?,
            words: words.to_owned(),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

impl Asked {
    fn place(&self, index: &Index) -> Result<Option<StoryPlace>> {
        if !self.after.is_empty() {
            return super::pair(&self.after).map(Some);
        }
        if self.at.is_empty() {
            return Ok(None);
        }
        let (chat, id) = super::pair(&self.at)?;
        let found = index.story(chat, id)?.ok_or(PageError::NotFound)?;
        let (date, number) = found.place;
        Ok(Some((date, number.saturating_add(1))))
    }
}

fn address(words: &str, (date, number): StoryPlace) -> String {
    let mut address = format!("/stories?after={date}.{number}");
    if !words.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(address, "&q={}", encode(words));
    }
    address
}

fn tiles(context: &Context, index: &Index, rows: &[StoryRow]) -> Result<Vec<Tile>> {
    // To whoever draws them, stories are messages.
    let messages: Vec<Shown> = rows
        .iter()
        .map(|row| as_message(index, row))
        .collect::<Result<_>>()?;
    let around = Surroundings::of(context, index, &messages)?;
    let scene = around.scene();
    let rows = rows.iter().zip(&messages);
    rows.map(|(row, shown)| tile(context, index, row, shown, &scene))
        .collect()
}

fn as_message(index: &Index, row: &StoryRow) -> Result<Shown> {
    let message = row.story.message.clone();
    let name = index.name(message.chat)?;
    Ok(Shown {
        sender_name: name.clone(),
        chat_title: name,
        versions: 1,
        deleted: row.gone,
        journal: String::new(),
        seq: 0,
        message,
    })
}

fn tile(
    context: &Context,
    index: &Index,
    row: &StoryRow,
    shown: &Shown,
    scene: &Scene<'_>,
) -> Result<Tile> {
    let (message, clock) = (&shown.message, scene.clock);
    let earlier = row.earlier.iter().map(|(time, story)| Earlier {
        when: clock.moment(time.div_euclid(1000)),
        text: rich_in(&story.message.text, &story.message.entities, scene),
    });
    let areas = row.story.areas.iter();
    let areas = areas.map(|words| {
        let address = words.starts_with("http").then_some(words.as_str());
        let address = address.and_then(crate::render::safe_address);
        (words.clone(), address)
    });
    Ok(Tile {
        anchor: format!("s{}-{}", message.chat, message.id),
        owner: clock.texts.name(&shown.chat_title).to_owned(),
        when: clock.short(message.date),
        full: clock.full(message.date),
        iso: clock.iso(message.date),
        view: message.media.as_ref().map(|thing| media(thing, scene)),
        text: rich_in(&message.text, &message.entities, scene),
        marks: marks(context, index, row)?,
        areas: areas.collect(),
        earlier: earlier.collect(),
        gone: row.gone.is_some(),
    })
}

fn marks(context: &Context, index: &Index, row: &StoryRow) -> Result<Vec<String>> {
    let (texts, clock, story) = (context.texts, context.clock(), &row.story);
    let message = &story.message;
    let mut marks = Vec::new();
    if let Some(gone) = row.gone {
        marks.push(texts.with("stories.gone", clock.moment(gone.div_euclid(1000))));
    }
    if message.pinned {
        marks.push(texts.get("stories.pinned").to_owned());
    }
    if let Some(forward) = &message.forward {
        let name = match forward.from {
            Some(id) => Some(texts.name(&index.name(id)?).to_owned()),
            None => forward.name.clone(),
        };
        marks.extend(name.map(|name| texts.with("stories.from", name)));
    }
    if !story.rules.is_empty() {
        let who = audience_words(context, index, &story.rules)?;
        marks.push(texts.with("stories.for", who));
    }
    if let Some(views) = message.views.filter(|views| *views > 0) {
        marks.push(texts.count("message.views", views));
    }
    for reaction in &message.reactions {
        let emoji = match reaction.emoji.as_str() {
            "" => "◌",
            emoji => emoji,
        };
        let count = texts.number(u64::try_from(reaction.count).unwrap_or(0));
        marks.push(format!("{emoji} {count}"));
    }
    Ok(marks)
}

/// How many stories there are, and where, for the page of the account.
pub(super) fn entry(context: &Context, index: &Index) -> Result<Option<String>> {
    let count = index.story_count()?;
    Ok((count > 0).then(|| context.texts.count("stories.count", count)))
}
