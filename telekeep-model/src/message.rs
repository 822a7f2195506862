//! Messages: TL `message` and `messageService` objects.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    Button, Entity, Media, ModelError, PeerRef, Rich, Service, Voice,
    crowd::{WireVoice, voice},
    entity::WireEntity,
    is_default,
    json::{self, Text},
    markup, rich,
};

/// What a message's own body does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context {
    /// User id of the account: the sender of own messages in private chats.
    pub account: Option<i64>,
    /// Chat named by the record.
    pub chat: Option<i64>,
}

/// A message or a service message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Marked id of the chat.
    #[serde(skip_serializing_if = "is_default")]
    pub chat: i64,
    /// Id inside its id space.
    #[serde(skip_serializing_if = "is_default")]
    pub id: i64,
    /// When it was sent, unix seconds.
    #[serde(skip_serializing_if = "is_default")]
    pub date: i64,
    /// When it was last edited, unix seconds. Present also for invisible edits (reactions, buttons):
    /// see [`Self::edit_hidden`].
    #[serde(skip_serializing_if = "is_default")]
    pub edit_date: Option<i64>,
    /// The edit is not one people see.
    #[serde(skip_serializing_if = "is_default")]
    pub edit_hidden: bool,
    /// Marked id of who sent it: a user, or a chat that speaks for itself.
    #[serde(skip_serializing_if = "is_default")]
    pub sender: Option<i64>,
    /// Sent by the account itself.
    #[serde(skip_serializing_if = "is_default")]
    pub outgoing: bool,
    /// Text or caption; the plain words of a rich message.
    #[serde(skip_serializing_if = "is_default")]
    pub text: String,
    /// Formatting of `text`.
    #[serde(skip_serializing_if = "is_default")]
    pub entities: Vec<Entity>,
    /// What it answers.
    #[serde(skip_serializing_if = "is_default")]
    pub reply_to: Option<Reply>,
    /// Forum topic; the message that makes one is its first. `None` outside forums and for the General
    /// topic, which has no mark of its own.
    #[serde(skip_serializing_if = "is_default")]
    pub topic: Option<i64>,
    /// Where it was forwarded from.
    #[serde(skip_serializing_if = "is_default")]
    pub forward: Option<Forward>,
    /// Messages of one album share this.
    #[serde(skip_serializing_if = "is_default")]
    pub grouped_id: Option<i64>,
    /// Pinned when it was recorded.
    #[serde(skip_serializing_if = "is_default")]
    pub pinned: bool,
    /// Reactions and how many of each.
    #[serde(skip_serializing_if = "is_default")]
    pub reactions: Vec<Reaction>,
    /// Of those who reacted, the ones the message names.
    #[serde(skip_serializing_if = "is_default")]
    pub reacted: Vec<Voice>,
    /// Views of a channel post.
    #[serde(skip_serializing_if = "is_default")]
    pub views: Option<i64>,
    /// Forwards of a channel post.
    #[serde(skip_serializing_if = "is_default")]
    pub forwards: Option<i64>,
    /// Comments or replies in its thread.
    #[serde(skip_serializing_if = "is_default")]
    pub replies: Option<i64>,
    /// Signature of a channel post.
    #[serde(skip_serializing_if = "is_default")]
    pub author: Option<String>,
    /// Bot through which it was sent.
    #[serde(skip_serializing_if = "is_default")]
    pub via_bot: Option<i64>,
    /// Sub-chat of Saved Messages or of a channel's direct messages.
    #[serde(skip_serializing_if = "is_default")]
    pub saved_peer: Option<i64>,
    /// Deleted by itself this many seconds after sending.
    #[serde(skip_serializing_if = "is_default")]
    pub ttl_period: Option<i64>,
    /// Photo, file, poll, link preview, ...
    #[serde(skip_serializing_if = "is_default")]
    pub media: Option<Media>,
    /// The blocks of a rich message, whose words `text` has too.
    #[serde(skip_serializing_if = "is_default")]
    pub rich: Option<Box<Rich>>,
    /// The link preview stands above the text, other media below it.
    #[serde(skip_serializing_if = "is_default")]
    pub inverted: bool,
    /// What happened, for service messages.
    #[serde(skip_serializing_if = "is_default")]
    pub service: Option<Service>,
    /// Buttons below it.
    #[serde(skip_serializing_if = "is_default")]
    pub buttons: Vec<Button>,
    /// Constructors in it that this version does not know.
    #[serde(skip_serializing_if = "is_default")]
    pub unsupported: Vec<String>,
}

/// What a message answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// Id of the message; `None` when it is a story or a message the account cannot see.
    #[serde(default, skip_serializing_if = "is_default")]
    pub id: Option<i64>,
    /// Chat of that message, when it is another one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub chat: Option<i64>,
    /// The quoted part.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quote: Option<String>,
    /// Id of a story that is answered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub story: Option<i64>,
}

/// Where a message was forwarded from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forward {
    /// Marked id of the original sender, when it is not hidden.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: Option<i64>,
    /// Name of a sender who hides the account, or of an imported one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// When the original was sent, unix seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub date: i64,
    /// Id of the original channel post.
    #[serde(default, skip_serializing_if = "is_default")]
    pub post: Option<i64>,
    /// Signature of the original channel post.
    #[serde(default, skip_serializing_if = "is_default")]
    pub author: Option<String>,
    /// Imported from another messenger.
    #[serde(default, skip_serializing_if = "is_default")]
    pub imported: bool,
}

/// One kind of reaction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    /// The emoji, `⭐` for paid ones, or empty for a custom emoji.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emoji: String,
    /// Document id of a custom emoji.
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Option<i64>,
    /// How many reacted so.
    pub count: i64,
    /// The account itself did.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mine: bool,
}

/// What the body of a message record is.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// A message.
    Message(Box<Message>),
    /// `messageEmpty`: the server knows no (longer a) message with this id.
    Empty {
        /// The id.
        id: i64,
    },
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    id: i64,
    #[serde(default)]
    date: i64,
    #[serde(default)]
    out: bool,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    edit_hide: bool,
    #[serde(default)]
    invert_media: bool,
    #[serde(default)]
    from_id: Option<PeerRef>,
    #[serde(default)]
    peer_id: Option<PeerRef>,
    #[serde(default)]
    saved_peer_id: Option<PeerRef>,
    #[serde(borrow, default)]
    fwd_from: Option<WireForward<'a>>,
    #[serde(default)]
    via_bot_id: Option<i64>,
    #[serde(borrow, default)]
    reply_to: Option<WireReply<'a>>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default)]
    media: Option<&'a RawValue>,
    #[serde(borrow, default)]
    action: Option<&'a RawValue>,
    #[serde(borrow, default)]
    reply_markup: Option<&'a RawValue>,
    #[serde(borrow, default)]
    rich_message: Option<&'a RawValue>,
    #[serde(borrow, default)]
    entities: Vec<WireEntity<'a>>,
    #[serde(default)]
    views: Option<i64>,
    #[serde(default)]
    forwards: Option<i64>,
    #[serde(default)]
    replies: Option<WireReplies>,
    #[serde(default)]
    edit_date: Option<i64>,
    #[serde(borrow, default)]
    post_author: Text<'a>,
    #[serde(default)]
    grouped_id: Option<i64>,
    #[serde(borrow, default)]
    reactions: Option<WireReactions<'a>>,
    #[serde(default)]
    ttl_period: Option<i64>,
}

#[derive(Deserialize)]
struct WireReplies {
    #[serde(default)]
    replies: i64,
}

#[derive(Deserialize)]
struct WireForward<'a> {
    #[serde(default)]
    from_id: Option<PeerRef>,
    #[serde(borrow, default)]
    from_name: Text<'a>,
    #[serde(default)]
    date: i64,
    #[serde(default)]
    channel_post: Option<i64>,
    #[serde(borrow, default)]
    post_author: Text<'a>,
    #[serde(default)]
    imported: bool,
}

#[derive(Deserialize)]
struct WireReply<'a> {
    #[serde(default)]
    forum_topic: bool,
    #[serde(default)]
    reply_to_msg_id: Option<i64>,
    #[serde(default)]
    reply_to_peer_id: Option<PeerRef>,
    #[serde(default)]
    reply_to_top_id: Option<i64>,
    #[serde(borrow, default)]
    quote_text: Text<'a>,
    #[serde(default)]
    peer: Option<PeerRef>,
    #[serde(default)]
    story_id: Option<i64>,
}

#[derive(Deserialize)]
struct WireReactions<'a> {
    #[serde(borrow, default)]
    results: Vec<WireReactionCount<'a>>,
    #[serde(borrow, default)]
    recent_reactions: Vec<WireVoice<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WireReactionCount<'a> {
    #[serde(borrow)]
    reaction: WireReaction<'a>,
    #[serde(default)]
    count: i64,
    #[serde(default)]
    chosen_order: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct WireReaction<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    emoticon: Text<'a>,
    #[serde(default)]
    document_id: Option<i64>,
}

impl WireReaction<'_> {
    /// The emoji, `⭐` for paid ones, and the document of a custom one.
    pub(crate) fn told(self) -> (String, Option<i64>) {
        let emoji = match self.name.0.as_ref() {
            "reactionPaid" => "⭐".to_owned(),
            _ => self.emoticon.owned(),
        };
        (emoji, self.document_id)
    }
}

impl Message {
    /// Reads the body of a message record.
    pub fn parse(body: &RawValue, context: Context) -> Result<Parsed, ModelError> {
        Self::parse_str(body.get(), context)
    }

    /// [`Self::parse`] for a body at hand as text.
    pub fn parse_str(body: &str, context: Context) -> Result<Parsed, ModelError> {
        let wire: Wire<'_> = json::read("message", body)?;
        match wire.name.0.as_ref() {
            "messageEmpty" => Ok(Parsed::Empty { id: wire.id }),
            "message" | "messageService" => {
                Ok(Parsed::Message(Box::new(from_wire(wire, context)?)))
            }
            other => Err(ModelError::constructor("message", other)),
        }
    }

    /// Everything a search should find: text or caption, file names, poll, contact, link preview,
    /// button labels, names in service events. One piece per line, the text first.
    #[must_use]
    pub fn search_text(&self) -> String {
        let mut out = self.text.clone();
        self.file_names(&mut out);
        self.search_extras(&mut out);
        out
    }

    /// Appends to `out` the names of its files, one per line.
    pub fn file_names(&self, out: &mut String) {
        if let Some(media) = &self.media {
            media.file_names(out);
        }
        if let Some(rich) = &self.rich {
            rich.file_names(out);
        }
    }

    /// Keys of the files without which it is not whole, and their kinds: see [`Media::wanted`].
    pub fn wanted(&self, each: &mut dyn FnMut(&str, &'static str)) {
        if let Some(media) = &self.media {
            media.wanted(each);
        }
        if let Some(rich) = &self.rich {
            rich.wanted(each);
        }
    }

    /// Appends to `out` what [`Self::search_text`] has beyond the text itself, without file names
    /// ([`Self::file_names`]).
    pub fn search_extras(&self, out: &mut String) {
        for entity in &self.entities {
            if let crate::EntityKind::TextUrl(url) = &entity.kind {
                push_line(out, url);
            }
        }
        if let Some(media) = &self.media {
            media.search_text(out);
        }
        if let Some(rich) = &self.rich {
            rich.search_text(out);
        }
        if let Some(service) = &self.service {
            service.search_text(out);
        }
        for button in &self.buttons {
            push_line(out, &button.text);
        }
        // Names that belong to no account: of imported messages, of senders who hide, of signatures.
        let forward = self.forward.as_ref();
        let names = [
            forward.and_then(|forward| forward.name.as_ref()),
            forward.and_then(|forward| forward.author.as_ref()),
            self.author.as_ref(),
        ];
        for name in names.into_iter().flatten() {
            push_line(out, name);
        }
    }

    /// Hashtags and cashtags of the text, without their mark.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        use crate::EntityKind::{Cashtag, Hashtag};
        let tags = self
            .entities
            .iter()
            .filter(|entity| matches!(entity.kind, Hashtag | Cashtag));
        let mut units: Option<Vec<u16>> = None;
        let tags = tags.filter_map(|entity| {
            let units = units.get_or_insert_with(|| self.text.encode_utf16().collect());
            let start = usize::try_from(entity.offset).ok()?;
            let length = usize::try_from(entity.length).ok()?;
            let part = units.get(start..start.checked_add(length)?)?;
            let tag = String::from_utf16_lossy(part);
            // `#tag@chat` is the tag of one chat.
            let tag = tag.trim_start_matches(['#', '＃', '$']).split('@').next()?;
            Some(tag.to_owned()).filter(|tag| !tag.is_empty())
        });
        tags.collect()
    }

    /// Whether it contains a link (in the text, hidden under words, or as a preview).
    #[must_use]
    pub fn has_link(&self) -> bool {
        use crate::EntityKind::{TextUrl, Url};
        matches!(self.media, Some(Media::WebPage(_)))
            || self
                .entities
                .iter()
                .any(|entity| matches!(entity.kind, Url | TextUrl(_)))
    }
}

pub(crate) fn push_line(out: &mut String, line: &str) {
    if line.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(line);
}

/// People a message names behind its reactions; Telegram names a handful.
const MOST_NAMED: usize = 100;

fn from_wire(wire: Wire<'_>, context: Context) -> Result<Message, ModelError> {
    let missing = |field| ModelError::Field {
        what: "message",
        field,
    };
    let chat = wire
        .peer_id
        .and_then(|peer| peer.marked())
        .or(context.chat)
        .ok_or(missing("peer_id"))?;
    if wire.id <= 0 {
        return Err(missing("id"));
    }
    let mut unsupported = Vec::new();
    let sender = wire
        .from_id
        .and_then(|peer| peer.marked())
        .or(match context.account {
            // Private chats name no sender: it is the account or the other side.
            Some(account) if wire.out && chat >= 0 => Some(account),
            None if wire.out && chat >= 0 => None,
            _ => Some(chat),
        });
    let mut text = wire.message.owned();
    let mut entities: Vec<Entity> = wire
        .entities
        .into_iter()
        .filter_map(|entity| entity.into_entity(&mut unsupported))
        .collect();
    let rich = wire
        .rich_message
        .and_then(|raw| rich_of(raw.get(), &mut text, &mut entities, &mut unsupported));
    let (reply_to, topic) = wire.reply_to.map(reply).unwrap_or_default();
    let service = wire
        .action
        .map(|raw| Service::parse(raw, sender == Some(chat), &mut unsupported));
    let made = service.as_ref().and_then(|service| service.topic.as_ref());
    let topic = topic.or(made.filter(|made| made.created).map(|_| wire.id));
    let (reactions, reacted) = match wire.reactions {
        Some(reactions) => (
            reactions_of(reactions.results),
            reactions
                .recent_reactions
                .into_iter()
                .filter_map(voice)
                .take(MOST_NAMED)
                .collect(),
        ),
        None => Default::default(),
    };
    Ok(Message {
        chat,
        id: wire.id,
        date: wire.date,
        edit_date: wire.edit_date,
        edit_hidden: wire.edit_hide,
        sender,
        outgoing: wire.out,
        text,
        entities,
        reply_to,
        topic,
        forward: wire.fwd_from.map(forward),
        grouped_id: wire.grouped_id,
        pinned: wire.pinned,
        reactions,
        reacted,
        views: wire.views,
        forwards: wire.forwards,
        replies: wire.replies.map(|replies| replies.replies),
        author: wire.post_author.filled(),
        via_bot: wire.via_bot_id,
        saved_peer: wire.saved_peer_id.and_then(|peer| peer.marked()),
        ttl_period: wire.ttl_period,
        media: wire
            .media
            .and_then(|raw| Media::parse(raw, &mut unsupported)),
        rich,
        inverted: wire.invert_media,
        service,
        buttons: wire
            .reply_markup
            .map(|raw| markup::buttons(raw.get()))
            .unwrap_or_default(),
        unsupported,
    })
}

/// The blocks of a rich message. Its words and their formatting go to the end of the text.
fn rich_of(
    raw: &str,
    text: &mut String,
    entities: &mut Vec<Entity>,
    unsupported: &mut Vec<String>,
) -> Option<Box<Rich>> {
    let words = rich::flat(raw);
    let start = text.len();
    push_line(text, &words.text);
    let before = text.len() - words.text.len();
    let units = text.get(..before).unwrap_or_default().encode_utf16();
    let units = u32::try_from(units.count()).unwrap_or(u32::MAX);
    entities.extend(words.entities.into_iter().map(|entity| Entity {
        offset: entity.offset.saturating_add(units),
        ..entity
    }));
    let rich = rich::read(raw, unsupported)?;
    Some(Box::new(Rich { start, ..rich }))
}

/// The reply and the forum topic of a reply header: a message of a topic that answers nothing has a
/// header that only names the topic.
fn reply(wire: WireReply<'_>) -> (Option<Reply>, Option<i64>) {
    let topic = wire
        .forum_topic
        .then_some(wire.reply_to_top_id.or(wire.reply_to_msg_id))
        .flatten();
    if wire.forum_topic && wire.reply_to_top_id.is_none() && wire.quote_text.0.is_empty() {
        return (None, topic);
    }
    let peer = wire.reply_to_peer_id.or(wire.peer);
    let reply = Reply {
        id: wire.reply_to_msg_id,
        chat: peer.and_then(|peer| peer.marked()),
        quote: wire.quote_text.filled(),
        story: wire.story_id,
    };
    (Some(reply), topic)
}

fn forward(wire: WireForward<'_>) -> Forward {
    Forward {
        from: wire.from_id.and_then(|peer| peer.marked()),
        name: wire.from_name.filled(),
        date: wire.date,
        post: wire.channel_post,
        author: wire.post_author.filled(),
        imported: wire.imported,
    }
}

/// Reactions with how many chose them.
pub(crate) fn reactions_of(results: Vec<WireReactionCount<'_>>) -> Vec<Reaction> {
    let each = results.into_iter().map(|result| {
        let (emoji, custom) = result.reaction.told();
        Reaction {
            emoji,
            custom,
            count: result.count,
            mine: result.chosen_order.is_some(),
        }
    });
    each.collect()
}
