//! Searching.

use std::ops::Range;

use telekeep_index::{Cursor, Filter, Hit, Index, Search, Sort, Zone, snippet};
use telekeep_model::Entity;
use telekeep_view::reading::{face, media_words, search_notes};
use telekeep_view::render::{Clock, spoilers};

use super::formatted::with_hits;
use super::{Reader, Result, look_of};
use crate::ask::{Block, HitItem, Hits, Reply};
use crate::text::{Look, Piece};

/// Hits read at once.
const PAGE: usize = 30;
/// Characters shown of a hit.
const SNIPPET: usize = 240;

pub fn hits(
    reader: &Reader,
    index: &Index,
    query: &str,
    chat: Option<i64>,
    sort: Sort,
    after: Option<Cursor>,
) -> Result<Reply> {
    let clock = reader.clock();
    let offset = |moment| reader.offset(moment);
    let page = index.search(&Search {
        filter: Filter {
            chats: chat.into_iter().collect(),
            ..Filter::default()
        },
        sort,
        after,
        limit: PAGE,
        zone: Zone::varying(&offset),
        ..Search::new(query, clock.now)
    })?;
    let each = page
        .hits
        .iter()
        .map(|hit| item(index, hit, &clock, chat.is_none()))
        .collect::<Result<_>>()?;
    let mut notes = search_notes(&page, &clock);
    notes.extend(
        page.inside
            .as_ref()
            .map(|query| clock.texts.with("search.inside", query)),
    );
    Ok(Reply::Hits(Hits {
        hits: each,
        notes,
        next: page.next,
    }))
}

fn item(index: &Index, hit: &Hit, clock: &Clock, with_chat: bool) -> Result<HitItem> {
    let texts = clock.texts;
    let mut head = Vec::new();
    let mut aside = Vec::new();
    if with_chat {
        let face = face(texts, index, hit.chat, &hit.chat_title)?;
        head.push(Piece::line(&face.name, look_of(&face)));
        let deleted = face.deleted.then(|| texts.get("peer.deleted").to_owned());
        aside.extend(deleted.map(|words| (words, Look::Dim)));
    }
    let topic = hit.topic.as_ref().map(|topic| texts.topic(topic));
    aside.extend(topic.map(|name| (name, Look::Plain)));
    if hit.sender != Some(hit.chat) || !with_chat {
        let face = face(texts, index, hit.sender.unwrap_or(0), &hit.sender_name)?;
        let deleted = face.deleted.then(|| texts.get("peer.deleted").to_owned());
        aside.push((face.name, Look::Strong));
        aside.extend(deleted.map(|words| (words, Look::Dim)));
    }
    aside.push((clock.full(hit.date), Look::Dim));
    if hit.edited.is_some() {
        aside.push((texts.get("search.edited").to_owned(), Look::Dim));
    }
    if hit.deleted.is_some() {
        aside.push((texts.get("search.deleted").to_owned(), Look::Bad));
    }
    for (words, look) in aside.iter().filter(|(words, _)| !words.is_empty()) {
        if !head.is_empty() {
            head.push(Piece::new(" · ", Look::Dim));
        }
        head.push(Piece::line(words, *look));
    }
    Ok(HitItem {
        chat: hit.chat,
        id: hit.id,
        head,
        blocks: blocks(hit, clock),
    })
}

fn blocks(hit: &Hit, clock: &Clock) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut add = |pieces: Vec<Piece>| {
        blocks.push(Block {
            pieces,
            ..Block::default()
        });
    };
    if let Some(media) = &hit.media {
        let words = format!("[{}]", media_words(media, clock.texts));
        add(vec![Piece::line(&words, Look::Media)]);
    }
    if !hit.text.is_empty() {
        add(part(&hit.text, &hit.matches, &hit.entities));
    }
    if let Some(extra) = &hit.extra {
        add(part(&extra.text, &extra.matches, &[]));
    }
    if let Some(earlier) = &hit.earlier {
        let when = clock.full(earlier.date);
        add(vec![Piece::line(
            &clock.texts.with("search.earlier", when),
            Look::Dim,
        )]);
        add(part(&earlier.text, &earlier.matches, &earlier.entities));
    }
    blocks
}

/// The part of a text around what was found.
fn part(text: &str, matches: &[Range<usize>], entities: &[Entity]) -> Vec<Piece> {
    let part = snippet(text, matches, &spoilers(text, entities), SNIPPET);
    let mut pieces = with_hits(&part.text, &part.matches, &part.hidden);
    if part.cut_start {
        pieces.insert(0, Piece::new("… ", Look::Dim));
    }
    if part.cut_end {
        pieces.push(Piece::new(" …", Look::Dim));
    }
    pieces
}
