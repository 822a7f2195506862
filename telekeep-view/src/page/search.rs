//! Search with filters, hits in context.

mod own;

use std::ops::Range;

use askama::Template;
use axum::extract::Query;
use jiff::civil::Date;
use telekeep_index::{
    Cursor, Filter, Hit, Index, IndexError, Page, Search, Sort, StoryFilter, StoryRow, Zone,
    day_number, snippet,
};
use telekeep_model::Entity;

use super::Sidebar;
use super::scene::Surroundings;
use crate::reading::{book_words, face, known_face, media_words, search_notes};
use crate::render::{
    Clock, Face, Html, Links as _, TopicLink, encode, first_words, snippet_html, spoilers,
};
use crate::server::{Context, PageError, Result};

/// Hits on a page.
const PAGE: usize = 30;
/// Characters shown of a hit.
const SNIPPET: usize = 280;
/// People and chats named above the hits, and entries of the telephone book.
const PEERS: usize = 5;
/// Stories shown there.
const STORIES: usize = 3;

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    q: String,
    chat: Option<i64>,
    /// One topic of the chat.
    topic: Option<i64>,
    from: Option<i64>,
    kind: String,
    since: String,
    until: String,
    sort: String,
    around: String,
    after: String,
    /// Parts of the address that say nothing here: name and value.
    odd: Vec<(String, String)>,
}

impl From<Vec<(String, String)>> for Asked {
    /// Takes an address apart; what of it cannot be understood is kept to be told.
    fn from(parts: Vec<(String, String)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in parts {
            let known = match name.as_str() {
                _ if value.is_empty() => true,
                "chat" => number(&value, &mut asked.chat),
                "topic" => number(&value, &mut asked.topic),
                "from" => number(&value, &mut asked.from),
                "kind" => KINDS.iter().any(|kind| kind.0 == value),
                "sort" => SORTS.iter().any(|sort| sort.0 == value),
                "since" | "until" => value.parse::<Date>().is_ok(),
                "after" => value.parse::<Cursor>().is_ok(),
                "q" | "around" => true,
                _ => false,
            };
            let place = match name.as_str() {
                "q" => &mut asked.q,
                "kind" => &mut asked.kind,
                "since" => &mut asked.since,
                "until" => &mut asked.until,
                "sort" => &mut asked.sort,
                "around" => &mut asked.around,
                "after" => &mut asked.after,
                _ if known => continue,
                _ => {
                    asked.odd.push((name, value));
                    continue;
                }
            };
            match known {
                true => *place = value,
                false => asked.odd.push((name, value)),
            }
        }
        asked
    }
}

/// Reads a number of an address.
fn number(text: &str, into: &mut Option<i64>) -> bool {
    *into = text.parse().ok();
    into.is_some()
}

/// Kinds to choose from: the word of the index, and the key of its name.
const KINDS: [(&str, &str); 14] = [
    ("photo", "kind.photo"),
    ("video", "kind.video"),
    ("voice", "kind.voice"),
    ("round", "kind.round"),
    ("audio", "kind.audio"),
    ("file", "kind.file"),
    ("link", "kind.link"),
    ("poll", "kind.poll"),
    ("sticker", "kind.sticker"),
    ("location", "kind.location"),
    ("contact", "kind.contact"),
    ("edited", "search.edited"),
    ("deleted", "search.deleted"),
    ("pinned", "search.pinned"),
];

/// A choice of a form.
struct Choice {
    word: &'static str,
    name: &'static str,
    chosen: bool,
}

/// A message beside a hit.
struct Near {
    name: String,
    words: String,
    deleted: bool,
}

/// A hit as it is shown.
struct Found {
    address: String,
    chat: Face,
    /// The topic it is in.
    topic: Option<TopicLink>,
    sender: Face,
    when: String,
    iso: String,
    media: Option<String>,
    text: Html,
    /// Found in a file name, a poll, a link preview.
    extra: Option<Html>,
    /// Found only in an earlier version, with its date.
    earlier: Option<(String, Html)>,
    history: Option<String>,
    edited: bool,
    deleted: bool,
    before: Vec<Near>,
    after: Vec<Near>,
}

/// A story that says what is looked for.
struct Said {
    owner: Face,
    when: String,
    iso: String,
    address: String,
    text: Html,
}

/// What is found beside messages, people and chats.
#[derive(Default)]
struct Others {
    /// Entries of the telephone book and their numbers.
    book: Vec<(Face, String)>,
    stories: Vec<Said>,
    /// Address of all stories, when there are more.
    all_stories: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct Results<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    asked: Asked,
    chat: Option<Face>,
    /// What the topic is called.
    topic: Option<String>,
    from: Option<Face>,
    kinds: Vec<Choice>,
    sorts: Vec<Choice>,
    /// Nothing was asked for yet.
    empty: bool,
    /// What is wrong with the query or the address.
    errors: Vec<String>,
    /// More than words were asked for.
    narrowed: bool,
    notes: Vec<String>,
    peers: Vec<Face>,
    /// More are called so.
    more_peers: bool,
    /// What the account's own texts say.
    own: Vec<own::Own>,
    others: Others,
    /// What was kept by hand.
    kept: super::notes::Found,
    hits: Vec<Found>,
    next: Option<String>,
    /// The query that looks inside words too, and the address of its answer.
    inside: Option<(String, String)>,
}

/// `GET /search`
pub async fn page(context: Context, Query(parts): Query<Vec<(String, String)>>) -> Result {
    let asked = Asked::from(parts);
    super::show(context, move |context, _, index| {
        let clock = context.clock();
        let mut errors = mistakes(context, index, &asked)?;
        let empty = asked.is_empty() && errors.is_empty();
        let mut found = Page::default();
        if !empty && errors.is_empty() {
            match find(index, &asked, &clock)? {
                Ok(page) => found = page,
                Err(wrong) => errors.push(wrong),
            }
        }
        let around = !asked.around.is_empty();
        let hits = found
            .hits
            .iter()
            .map(|hit| shown(context, index, hit, &clock, around))
            .collect::<Result<_>>()?;
        let face = |id: Option<i64>| -> Result<Option<Face>> {
            id.map(|id| known(context, index, id)).transpose()
        };
        let peers = peers(context, index, &asked)?;
        let page = Results {
            others: others(context, index, &asked)?,
            sidebar: Sidebar::beside(context, index, asked.chat.unwrap_or(0))?,
            chat: face(asked.chat)?,
            topic: match asked.chat.zip(asked.topic) {
                Some((chat, topic)) => Some(super::topic::title(context, index, chat, topic)?),
                None => None,
            },
            from: face(asked.from)?,
            kinds: choices(&KINDS, &asked.kind),
            sorts: choices(&SORTS, &asked.sort),
            empty,
            errors,
            narrowed: asked.is_narrowed(),
            notes: search_notes(&found, &clock),
            more_peers: peers.len() > PEERS,
            own: own::found(context, index, &asked)?,
            peers: peers.into_iter().take(PEERS).collect(),
            kept: match asked.is_only_words() {
                true => super::notes::find(context, index, asked.q.trim())?,
                false => super::notes::Found::default(),
            },
            hits,
            next: found.next.map(|next| asked.address(Some(next))),
            inside: found.inside.map(|query| {
                let asked = Asked {
                    q: query.clone(),
                    ..asked.clone()
                };
                (query, asked.address(None))
            }),
            asked,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

const SORTS: [(&str, &str); 3] = [
    ("", "search.newest"),
    ("oldest", "search.oldest"),
    ("best", "search.best"),
];

fn choices(all: &[(&'static str, &'static str)], chosen: &str) -> Vec<Choice> {
    let each = all.iter().map(|&(word, name)| Choice {
        word,
        name,
        chosen: word == chosen,
    });
    each.collect()
}

/// What of the address makes no sense, in words.
fn mistakes(context: &Context, index: &Index, asked: &Asked) -> Result<Vec<String>> {
    let texts = context.texts;
    let odd = asked.odd.iter().map(|(name, value)| {
        let value = value.as_str();
        match name.as_str() {
            "since" | "until" => texts.with("search.bad-date", value),
            "chat" => texts.with("search.no-chat", value),
            "after" => texts.get("query.place").to_owned(),
            name => texts.fill("search.odd", &[("name", name), ("x", value)]),
        }
    });
    let mut all: Vec<String> = odd.collect();
    if let Some(chat) = asked.chat
        && index.chat(chat)?.is_none()
    {
        all.push(texts.with("search.no-chat", chat));
    }
    Ok(all)
}

impl Asked {
    /// The form has more in it than words.
    fn is_narrowed(&self) -> bool {
        let fields = [
            &self.kind,
            &self.since,
            &self.until,
            &self.sort,
            &self.around,
        ];
        fields.iter().any(|field| !field.is_empty())
    }

    /// The first page for some words and nothing else.
    fn is_only_words(&self) -> bool {
        let others = [&self.kind, &self.since, &self.until, &self.after];
        !self.q.trim().is_empty()
            && others.iter().all(|part| part.is_empty())
            && self.chat.is_none()
            && self.from.is_none()
    }

    fn is_empty(&self) -> bool {
        self.q.trim().is_empty()
            && self.kind.is_empty()
            && self.since.is_empty()
            && self.until.is_empty()
            && self.from.is_none()
    }

    /// The address of the first page, or of the one that goes on from `after`.
    fn address(&self, after: Option<Cursor>) -> String {
        let after = after.map(|after| format!("&after={after}"));
        let number =
            |name: &str, id: Option<i64>| id.map(|id| format!("&{name}={id}")).unwrap_or_default();
        format!(
            "/search?q={}{}{}{}&kind={}&since={}&until={}&sort={}&around={}{}",
            encode(&self.q),
            number("chat", self.chat),
            number("topic", self.topic),
            number("from", self.from),
            encode(&self.kind),
            encode(&self.since),
            encode(&self.until),
            encode(&self.sort),
            encode(&self.around),
            after.unwrap_or_default(),
        )
    }

    fn filter(&self, zone: Zone<'_>) -> Result<Filter> {
        let day = |text: &str, plus: i64| -> Result<Option<i64>> {
            if text.is_empty() {
                return Ok(None);
            }
            let date: Date = text.parse().map_err(|_| PageError::BadRequest)?;
            let number = day_number(date.year().into(), date.month().into(), date.day().into());
            Ok(number.map(|number| zone.midnight(number + plus)))
        };
        Ok(Filter {
            chats: self.chat.into_iter().collect(),
            senders: self.from.into_iter().collect(),
            since: day(&self.since, 0)?,
            // The last day is part of what is asked for.
            until: day(&self.until, 1)?,
            kinds: match KINDS.iter().find(|kind| kind.0 == self.kind) {
                Some((word, _)) => vec![(*word).to_owned()],
                None => Vec::new(),
            },
        })
    }
}

/// The page of hits, or what is wrong with the query.
fn find(index: &Index, asked: &Asked, clock: &Clock) -> Result<std::result::Result<Page, String>> {
    let offset = |moment| super::offset(&clock.zone, moment);
    let zone = Zone::varying(&offset);
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_: IndexError| PageError::BadRequest)?,
        ),
    };
    let topic = asked
        .chat
        .and(asked.topic)
        .map(|topic| format!("topic:{topic}"));
    // At the end, so that places in the query stay what they are.
    let query = match &topic {
        Some(topic) => format!("{} {topic}", asked.q),
        None => asked.q.clone(),
    };
    let search = Search {
        filter: asked.filter(zone)?,
        sort: match asked.sort.as_str() {
            "oldest" => Sort::Oldest,
            "best" => Sort::Relevance,
            _ => Sort::Newest,
        },
        after,
        limit: PAGE,
        zone,
        ..Search::new(&query, clock.now)
    };
    match index.search(&search) {
        Ok(mut page) => {
            // The reader did not write it, and topics of other chats may be called so too.
            page.resolved
                .retain(|resolved| Some(&resolved.filter) != topic.as_ref());
            if let (Some(query), Some(topic)) = (&mut page.inside, &topic) {
                let written = query.strip_suffix(topic.as_str()).map(str::trim_end);
                *query = written.unwrap_or(query).to_owned();
            }
            Ok(Ok(page))
        }
        Err(IndexError::Query { at, why }) => {
            let place = at.to_string();
            let words = clock.texts.fill(
                "search.wrong",
                &[("at", &place), ("why", &clock.texts.of_query(&why))],
            );
            Ok(Err(words))
        }
        Err(error) => Err(error.into()),
    }
}

/// People and chats of that name, on the first page.
fn peers(context: &Context, index: &Index, asked: &Asked) -> Result<Vec<Face>> {
    if asked.q.trim().is_empty() || !asked.after.is_empty() || asked.chat.is_some() {
        return Ok(Vec::new());
    }
    let ids = index.find_peers(&asked.q, PEERS + 1)?;
    let faces = ids.into_iter().map(|id| known(context, index, id));
    faces.collect()
}

/// Telephone books and stories, on the first page and when nothing but words is asked for.
fn others(context: &Context, index: &Index, asked: &Asked) -> Result<Others> {
    let words = asked.q.trim();
    let narrowed = [&asked.kind, &asked.since, &asked.until, &asked.after];
    let narrowed = narrowed.iter().any(|part| !part.is_empty());
    if words.is_empty() || narrowed || asked.chat.is_some() || asked.from.is_some() {
        return Ok(Others::default());
    }
    let book = index.find_saved_contacts(words, PEERS)?;
    let mut rows = index.stories(&StoryFilter {
        words: Some(words.to_owned()),
        limit: STORIES + 1,
        ..StoryFilter::default()
    })?;
    let more = rows.len() > STORIES;
    rows.truncate(STORIES);
    let stories = rows.iter().map(|row| said(context, index, row));
    Ok(Others {
        book: book
            .iter()
            .map(|entry| book_words(context.texts, entry))
            .collect(),
        stories: stories.collect::<Result<_>>()?,
        all_stories: more.then(|| format!("/stories?q={}", encode(words))),
    })
}

fn said(context: &Context, index: &Index, row: &StoryRow) -> Result<Said> {
    let (message, clock) = (&row.story.message, context.clock());
    let hidden = spoilers(&message.text, &message.entities);
    let part = snippet(&message.text, &[], &hidden, SNIPPET);
    Ok(Said {
        owner: known(context, index, message.chat)?,
        when: clock.full(message.date),
        iso: clock.iso(message.date),
        address: format!("/stories?at={}.{}", message.chat, message.id),
        text: snippet_html(&part, context.texts),
    })
}

/// The face of a marked id.
fn known(context: &Context, index: &Index, id: i64) -> Result<Face> {
    Ok(known_face(context.texts, index, id)?)
}

fn shown(
    context: &Context,
    index: &Index,
    hit: &Hit,
    clock: &Clock,
    around: bool,
) -> Result<Found> {
    let marked = |text: &str, matches: &[Range<usize>], entities: &[Entity]| {
        let part = snippet(text, matches, &spoilers(text, entities), SNIPPET);
        snippet_html(&part, clock.texts)
    };
    let (before, after) = match around {
        true => near(context, index, hit)?,
        false => Default::default(),
    };
    Ok(Found {
        address: format!("/chat/{0}?at={1}#m{1}", hit.chat, hit.id),
        chat: face(context.texts, index, hit.chat, &hit.chat_title)?,
        topic: hit.topic.as_ref().map(|topic| TopicLink {
            name: clock.texts.topic(topic),
            address: context.links().in_topic(hit.chat, topic.id, hit.id),
        }),
        sender: face(
            context.texts,
            index,
            hit.sender.unwrap_or(0),
            &hit.sender_name,
        )?,
        when: clock.full(hit.date),
        iso: clock.iso(hit.date),
        media: hit
            .media
            .as_deref()
            .map(|media| media_words(media, clock.texts)),
        text: marked(&hit.text, &hit.matches, &hit.entities),
        extra: hit
            .extra
            .as_ref()
            .map(|extra| marked(&extra.text, &extra.matches, &[])),
        earlier: hit.earlier.as_ref().map(|earlier| {
            (
                clock.full(earlier.date),
                marked(&earlier.text, &earlier.matches, &earlier.entities),
            )
        }),
        history: (hit.versions > 1).then(|| format!("/chat/{}/{}/history", hit.chat, hit.id)),
        edited: hit.edited.is_some(),
        deleted: hit.deleted.is_some(),
        before,
        after,
    })
}

/// The message before and the one after, in a line each.
fn near(context: &Context, index: &Index, hit: &Hit) -> Result<(Vec<Near>, Vec<Near>)> {
    let messages = index.context(hit.chat, hit.id, 1)?;
    let surroundings = Surroundings::of(context, index, &messages)?;
    let scene = surroundings.scene();
    let near = |shown: &telekeep_index::Shown| Near {
        name: context.texts.name(&shown.sender_name).to_owned(),
        words: first_words(&shown.message, &scene),
        deleted: shown.deleted.is_some(),
    };
    let side = |before: bool| {
        let wanted = messages.iter().filter(|shown| match before {
            true => shown.message.id < hit.id,
            false => shown.message.id > hit.id,
        });
        wanted.map(near).collect()
    };
    Ok((side(true), side(false)))
}
