//! Messages of a chat as bubbles, grouped the way Telegram groups them.
//!
//! A bubble joins the one before (no name, no gap) when both are of the same sender, of the same day,
//! at most 15 minutes apart, neither is a service message, and they come from the same forward source.

use telekeep_index::Shown;
use telekeep_model::{Forward, Message, Service};

use super::around::{Forwarded, Quoted, ReactionView, buttons, forwarded, quoted, reaction_view};
use super::blocks::{RichView, rich_view};
use super::media::{Album, MediaView};
use super::scene::Scene;
use super::{Face, Html, media, only_emoji, rich_in, sentence};

/// Longest pause inside a group, seconds.
const PAUSE: i64 = 15 * 60;

/// The messages of one day, as far as they are on the page.
#[derive(Clone, Debug)]
pub struct Day {
    /// `2024-05-03`
    pub key: String,
    /// In words.
    pub words: String,
    /// What was said and what happened.
    pub items: Vec<Item>,
}

/// One row of the history.
#[derive(Clone, Debug)]
pub enum Item {
    /// A message or an album.
    Bubble(Box<Bubble>),
    /// Something that happened.
    Service(Box<Event>),
    /// A message that was asked for and is not held: its id, and that in words.
    Missing(i64, String),
}

impl Item {
    /// Id of the message; of an album the first.
    fn id(&self) -> i64 {
        match self {
            Self::Bubble(bubble) => bubble.id,
            Self::Service(event) => event.id,
            Self::Missing(id, _) => *id,
        }
    }
}

/// Puts it where it would stand that message `id` is not held, unless it is there.
pub fn miss(days: &mut [Day], id: i64, words: String) {
    let is = |item: &Item| match item {
        Item::Bubble(bubble) => bubble.ids.contains(&id),
        item => item.id() == id,
    };
    if days.iter().flat_map(|day| &day.items).any(is) {
        return;
    }
    let later = |day: &Day| day.items.last().is_some_and(|item| item.id() > id);
    let at = days.iter().position(later);
    let at = at.unwrap_or(days.len().saturating_sub(1));
    if let Some(day) = days.get_mut(at) {
        let place = day.items.iter().position(|item| item.id() > id);
        let place = place.unwrap_or(day.items.len());
        day.items.insert(place, Item::Missing(id, words));
    }
}

/// Something that happened.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// Message id.
    pub id: i64,
    /// What happened.
    pub words: Html,
    /// `14:05`
    pub time: String,
    /// For `<time>`.
    pub iso: String,
    /// The message that was pinned, where it is held.
    pub quoted: Option<Quoted>,
    /// The photo that the chat was given, where it is held.
    pub photo: Option<Given>,
    /// The topic it happened in, where several are shown.
    pub topic: Option<TopicLink>,
}

/// A photo that a chat was given.
#[derive(Clone, Debug)]
pub struct Given {
    /// Key of the large one.
    pub key: String,
    /// Its address.
    pub source: String,
    /// Address of the small one.
    pub thumb: String,
}

/// The topic of a message, with the way there.
#[derive(Clone, Debug)]
pub struct TopicLink {
    /// What it is called.
    pub name: String,
    /// The message in its topic.
    pub address: String,
}

/// A message, or several sent as one album.
#[derive(Clone, Debug)]
pub struct Bubble {
    /// Message id; of an album the first.
    pub id: i64,
    /// All ids of it.
    pub ids: Vec<i64>,
    /// Marked id of the chat.
    pub chat: i64,
    /// Sent by the account.
    pub mine: bool,
    /// Goes on what the bubble above began: no name.
    pub joined: bool,
    /// Who sent it.
    pub face: Face,
    /// Show the name.
    pub named: bool,
    /// The name the sender had then, if another.
    pub then: Option<String>,
    /// Signature of a channel post.
    pub author: Option<String>,
    /// The bot it was sent through.
    pub via: Option<String>,
    /// `14:05`
    pub time: String,
    /// Day and time in full.
    pub full_time: String,
    /// For `<time>`.
    pub iso: String,
    /// Where it was forwarded from.
    pub forwarded: Option<Forwarded>,
    /// What it answers.
    pub quoted: Option<Quoted>,
    /// Media; several in an album.
    pub media: Album,
    /// A link preview goes below the text.
    pub preview: Option<MediaView>,
    /// The preview goes above the text, media below it.
    pub inverted: bool,
    /// Text or caption.
    pub text: Html,
    /// The blocks of a rich message.
    pub rich: Option<RichView>,
    /// Nothing but a few emoji: shown large, without a bubble.
    pub large: bool,
    /// A sticker, round video or dice: without a bubble.
    pub bare: bool,
    /// Reactions.
    pub reactions: Vec<ReactionView>,
    /// Where those who reacted or voted are listed, when some are known.
    pub people: Option<String>,
    /// Whether others read it: drawn, and in words.
    pub read: Option<(&'static str, String)>,
    /// Label and address of buttons.
    pub buttons: Vec<(String, Option<String>)>,
    /// When it was edited, in words.
    pub edited: Option<String>,
    /// Earlier versions are kept there.
    pub history: Option<String>,
    /// When it was seen to be gone, in words.
    pub deleted: Option<String>,
    /// Pinned.
    pub pinned: bool,
    /// The topic it is in, where several are shown; not of what goes on.
    pub topic: Option<TopicLink>,
    /// Views of a channel post, in words.
    pub views: Option<String>,
    /// Comments, in words.
    pub replies: Option<String>,
    /// Its own address.
    pub address: String,
}

impl Bubble {
    /// Time and marks stand at the end of the text, where nothing comes after it.
    #[must_use]
    pub fn inline_foot(&self) -> bool {
        !self.text.is_empty()
            && !self.large
            && self.reactions.is_empty()
            && self.buttons.is_empty()
            && self.preview.is_none()
            && self.rich.is_none()
            && (!self.inverted || self.media.is_empty())
    }
}

/// Messages in ascending order as days of bubbles. `before` is the message before the first one: it
/// decides whether the first joins a group.
#[must_use]
pub fn days(messages: &[Shown], before: Option<&Shown>, scene: &Scene<'_>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let mut last = before;
    let mut rest = messages;
    while let Some(first) = rest.first() {
        let length = album_length(rest);
        let (album, tail) = rest.split_at(length);
        rest = tail;
        let key = scene.clock.key(first.message.date);
        let item = item(album, last, scene);
        last = album.last();
        match days.last_mut().filter(|day| day.key == key) {
            Some(day) => day.items.push(item),
            None => days.push(Day {
                words: scene.clock.day(first.message.date),
                key,
                items: vec![item],
            }),
        }
    }
    days
}

/// How many messages from the first on are one album.
fn album_length(messages: &[Shown]) -> usize {
    let Some(group) = messages.first().and_then(|shown| shown.message.grouped_id) else {
        return 1;
    };
    let same = messages
        .iter()
        .take_while(|shown| shown.message.grouped_id == Some(group));
    same.count().clamp(1, 20)
}

fn item(album: &[Shown], before: Option<&Shown>, scene: &Scene<'_>) -> Item {
    // `days` never gives an empty album.
    let Some(first) = album.first() else {
        return Item::Service(Box::default());
    };
    match &first.message.service {
        Some(service) => Item::Service(Box::new(event(service, first, before, scene))),
        None => Item::Bubble(Box::new(bubble(album, first, before, scene))),
    }
}

fn event(service: &Service, shown: &Shown, before: Option<&Shown>, scene: &Scene<'_>) -> Event {
    let message = &shown.message;
    let pinned = message
        .reply_to
        .as_ref()
        .filter(|_| service.action == "PinMessage");
    let quoted = pinned.map(|reply| quoted(reply, message.chat, scene));
    let photo = service.photo.and_then(|photo| scene.given.get(&photo));
    Event {
        id: message.id,
        words: sentence(
            service,
            (message.sender, &sender_name(shown, scene)),
            scene.names,
            scene.clock.texts,
            scene.links,
        ),
        time: scene.clock.time(message.date),
        iso: scene.clock.iso(message.date),
        quoted: quoted.filter(|quoted| quoted.address.is_some()),
        photo: photo.map(|(thumb, whole)| Given {
            source: scene.links.file(whole),
            thumb: scene.links.file(thumb),
            key: whole.clone(),
        }),
        topic: match before.is_some_and(|before| same_topic(message, &before.message)) {
            true => None,
            false => topic_link(message, scene),
        },
    }
}

fn same_topic(this: &Message, that: &Message) -> bool {
    (this.topic, this.saved_peer) == (that.topic, that.saved_peer)
}

/// The topic of a message, or among direct messages of a channel whom it is from or to, where several
/// are shown.
fn topic_link(message: &Message, scene: &Scene<'_>) -> Option<TopicLink> {
    let topic = message.topic.or(message.saved_peer).unwrap_or(1);
    let name = scene.topics.get(&topic)?.clone();
    let address = scene.links.in_topic(message.chat, topic, message.id);
    Some(TopicLink { name, address })
}

/// Does a message go on what the one before began?
fn joins(shown: &Shown, before: Option<&Shown>, scene: &Scene<'_>) -> bool {
    let clock = scene.clock;
    let Some(before) = before else {
        return false;
    };
    let (this, that) = (&shown.message, &before.message);
    let source =
        |forward: &Option<Forward>| forward.as_ref().map(|from| (from.from, from.name.clone()));
    that.service.is_none()
        && (scene.topics.is_empty() || same_topic(this, that))
        && this.sender == that.sender
        && this.author == that.author
        && (0..=PAUSE).contains(&(this.date.saturating_sub(that.date)))
        && clock.key(this.date) == clock.key(that.date)
        && source(&this.forward) == source(&that.forward)
}

pub(super) fn sender_name(shown: &Shown, scene: &Scene<'_>) -> String {
    match shown.message.sender {
        Some(id) if shown.sender_name.is_empty() => scene.name(id),
        Some(_) => scene.clock.texts.name(&shown.sender_name).to_owned(),
        None => shown
            .message
            .author
            .clone()
            .unwrap_or_else(|| shown.chat_title.clone()),
    }
}

fn bubble(album: &[Shown], first: &Shown, before: Option<&Shown>, scene: &Scene<'_>) -> Bubble {
    let message = &first.message;
    let texts = scene.clock.texts;
    // The caption of an album is that of the only captioned item.
    let captioned = album
        .iter()
        .find(|shown| !shown.message.text.is_empty())
        .unwrap_or(first);
    let (views, preview) = media_views(album, scene);
    let joined = joins(first, before, scene);
    let reactions = album.iter().map(|shown| &shown.message.reactions);
    let edited = album
        .iter()
        .filter_map(|shown| visible_edit(&shown.message))
        .max();
    let versions = album.iter().find(|shown| shown.versions > 1);
    let rich = captioned.message.rich.as_deref();
    let text = captioned.message.text.as_str();
    // Of a rich message what stands beside the blocks.
    let text = rich.map_or(text, |rich| text.get(..rich.start).unwrap_or_default());
    Bubble {
        rich: rich.map(|rich| rich_view(rich, captioned.message.id, scene)),
        id: message.id,
        ids: album.iter().map(|shown| shown.message.id).collect(),
        chat: message.chat,
        mine: message.outgoing,
        joined,
        named: !joined && !scene.private && !message.outgoing,
        face: scene
            .face(message.sender, &sender_name(first, scene))
            .with_photo(message.sender.and_then(|id| scene.photos.get(&id).cloned())),
        then: scene.past_names.get(&message.id).cloned(),
        author: message.author.clone().filter(|author| !author.is_empty()),
        via: message.via_bot.map(|bot| scene.name(bot)),
        time: scene.clock.time(message.date),
        full_time: scene.clock.full(message.date),
        iso: scene.clock.iso(message.date),
        forwarded: message
            .forward
            .as_ref()
            .map(|forward| forwarded(forward, scene)),
        quoted: message
            .reply_to
            .as_ref()
            .map(|reply| quoted(reply, message.chat, scene)),
        large: views.is_empty() && preview.is_none() && rich.is_none() && only_emoji(text),
        bare: matches!(
            views.as_slice(),
            [MediaView::Sticker { .. }
                | MediaView::Dice { .. }
                | MediaView::Video { round: true, .. }]
        ) && text.is_empty()
            && rich.is_none(),
        media: views,
        preview,
        inverted: captioned.message.inverted,
        text: rich_in(text, &captioned.message.entities, scene),
        reactions: reactions
            .flatten()
            .map(|reaction| reaction_view(reaction, scene))
            .collect(),
        people: people(album, scene),
        read: read(first, scene),
        buttons: buttons(message),
        edited: edited.map(|date| scene.clock.full(date)),
        history: versions.and_then(|shown| scene.links.history(message.chat, shown.message.id)),
        deleted: first.deleted.map(|at| {
            let when = scene.clock.moment(at / 1000);
            texts.with("message.deleted", when)
        }),
        pinned: album.iter().any(|shown| shown.message.pinned),
        topic: topic_link(message, scene).filter(|_| !joined),
        views: message
            .views
            .map(|views| texts.count("message.views", views)),
        replies: message
            .replies
            .filter(|n| *n > 0)
            .map(|n| texts.count("message.replies", n)),
        address: scene.links.message(message.chat, message.id),
    }
}

fn media_views(album: &[Shown], scene: &Scene<'_>) -> (Album, Option<MediaView>) {
    let all = album
        .iter()
        .filter_map(|shown| shown.message.media.as_ref());
    let (previews, views): (Vec<_>, Vec<_>) = all
        .map(|of| media(of, scene))
        .partition(|view| matches!(view, MediaView::Link { .. }));
    (views, previews.into_iter().next())
}

/// When people saw the message change.
fn visible_edit(message: &Message) -> Option<i64> {
    message.edit_date.filter(|_| !message.edit_hidden)
}

/// Whether others read what the account wrote, as far as a run saw that.
fn read(shown: &Shown, scene: &Scene<'_>) -> Option<(&'static str, String)> {
    let message = &shown.message;
    if !message.outgoing {
        return None;
    }
    let (state, seen) = scene.files.read_state(message.chat)?;
    let (texts, seen) = (scene.clock.texts, seen / 1000);
    Some(match state.of(message, seen)? {
        true => ("✓✓", texts.get("read.yes").to_owned()),
        false => ("✓", texts.with("read.no", scene.clock.moment(seen))),
    })
}

/// Where those who reacted or voted are listed: of the first message of an album that has any.
fn people(album: &[Shown], scene: &Scene<'_>) -> Option<String> {
    let has = |message: &telekeep_model::Message| {
        let counted = !message.reactions.is_empty()
            || matches!(message.media, Some(telekeep_model::Media::Poll(_)));
        let named = !message.reacted.is_empty();
        named || (counted && scene.files.has_people(message.chat, message.id))
    };
    let mut messages = album.iter().map(|shown| &shown.message);
    let found = messages.find(|message| has(message))?;
    scene.links.people(found.chat, found.id)
}
