//! Stories: TL `storyItem` objects, and what is recorded when one is no more.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    Context, Entity, Forward, Media, Message, ModelError, PeerRef, PrivacyRule,
    account::rule,
    entity::WireEntity,
    json::{self, Text},
    message::{WireReactionCount, reactions_of},
};

/// A story as somebody told it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToldStory {
    /// What it shows and says, as a message: chat (whose story it is), id, date, text, media,
    /// reactions and views, as they were when it was recorded. Pinned: it stays on the profile.
    pub message: Message,
    /// Until when it is shown to others unless it is pinned, unix seconds.
    pub expires: i64,
    /// It was changed after it was told.
    pub edited: bool,
    /// Only for close friends.
    pub close_friends: bool,
    /// Who may see it, as far as its teller said.
    pub rules: Vec<PrivacyRule>,
    /// Numbers of the albums it is in.
    pub albums: Vec<i64>,
    /// Titles of places, and addresses, that lie on its picture.
    pub areas: Vec<String>,
}

/// What a record about a story says.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// It is so.
    Story(Box<ToldStory>),
    /// It is no more.
    Gone {
        /// Its number.
        id: i64,
    },
}

/// Areas of a picture that are looked at.
const MOST_AREAS: usize = 50;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    id: i64,
    #[serde(default)]
    date: i64,
    #[serde(default)]
    expire_date: i64,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    edited: bool,
    #[serde(default)]
    close_friends: bool,
    #[serde(default)]
    out: bool,
    #[serde(default)]
    from_id: Option<PeerRef>,
    #[serde(borrow, default)]
    fwd_from: Option<WireSource<'a>>,
    #[serde(borrow, default)]
    caption: Text<'a>,
    #[serde(borrow, default)]
    entities: Vec<WireEntity<'a>>,
    #[serde(borrow, default)]
    media: Option<&'a RawValue>,
    #[serde(default)]
    media_areas: Vec<Value>,
    #[serde(default)]
    privacy: Vec<Value>,
    #[serde(default)]
    albums: Vec<i64>,
    #[serde(borrow, default)]
    views: Option<WireViews<'a>>,
}

#[derive(Deserialize)]
struct WireSource<'a> {
    #[serde(default)]
    from: Option<PeerRef>,
    #[serde(borrow, default)]
    from_name: Text<'a>,
}

#[derive(Deserialize)]
struct WireViews<'a> {
    #[serde(default)]
    views_count: i64,
    #[serde(default)]
    forwards_count: Option<i64>,
    #[serde(borrow, default)]
    reactions: Vec<WireReactionCount<'a>>,
}

impl Told {
    /// Reads the body of a story record; the context names whose story it is.
    pub fn parse(body: &RawValue, context: Context) -> Result<Self, ModelError> {
        Self::parse_str(body.get(), context)
    }

    /// [`Self::parse`] for a body at hand as text.
    pub fn parse_str(body: &str, context: Context) -> Result<Self, ModelError> {
        let wire: Wire<'_> = json::read("story", body)?;
        let missing = |field| ModelError::Field {
            what: "story",
            field,
        };
        if wire.id <= 0 {
            return Err(missing("id"));
        }
        match wire.name.0.as_ref() {
            "storyItemDeleted" => Ok(Self::Gone { id: wire.id }),
            "storyItem" => {
                let chat = context.chat.ok_or(missing("chat"))?;
                Ok(Self::Story(Box::new(from_wire(wire, chat))))
            }
            other => Err(ModelError::constructor("story", other)),
        }
    }
}

fn from_wire(wire: Wire<'_>, chat: i64) -> ToldStory {
    let mut unsupported = Vec::new();
    let entities: Vec<Entity> = wire
        .entities
        .into_iter()
        .filter_map(|entity| entity.into_entity(&mut unsupported))
        .collect();
    let media = wire
        .media
        .and_then(|raw| Media::parse(raw, &mut unsupported));
    let views = wire.views;
    let forward = wire.fwd_from.map(|source| Forward {
        from: source.from.and_then(|peer| peer.marked()),
        name: source.from_name.filled(),
        ..Forward::default()
    });
    let message = Message {
        chat,
        id: wire.id,
        date: wire.date,
        sender: wire.from_id.and_then(|peer| peer.marked()).or(Some(chat)),
        outgoing: wire.out,
        text: wire.caption.owned(),
        entities,
        media,
        pinned: wire.pinned,
        forward,
        views: views.as_ref().map(|views| views.views_count),
        forwards: views.as_ref().and_then(|views| views.forwards_count),
        reactions: views
            .map(|views| reactions_of(views.reactions))
            .unwrap_or_default(),
        unsupported,
        ..Message::default()
    };
    ToldStory {
        message,
        expires: wire.expire_date,
        edited: wire.edited,
        close_friends: wire.close_friends,
        rules: wire.privacy.iter().take(1000).map(rule).collect(),
        albums: wire.albums,
        areas: areas(&wire.media_areas),
    }
}

fn areas(areas: &[Value]) -> Vec<String> {
    let words = |area: &Value| {
        let of = |field: &str| area[field].as_str().filter(|text| !text.is_empty());
        of("title").or(of("url")).map(str::to_owned)
    };
    areas.iter().take(MOST_AREAS).filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Audience;

    const CONTEXT: Context = Context {
        account: Some(5),
        chat: Some(5),
    };

    #[test]
    fn a_story_with_all_it_says() {
        let body = r##"{"_":"storyItem","id":3,"date":100,"expire_date":200,"pinned":true,
            "edited":true,"caption":"Ferry #sea","entities":[
                {"_":"messageEntityHashtag","offset":6,"length":4}],
            "media":{"_":"messageMediaPhoto","photo":{"_":"photo","id":9,"sizes":[
                {"_":"photoSize","type":"x","w":800,"h":800,"size":5}]}},
            "media_areas":[{"_":"mediaAreaVenue","title":"Quay"},
                {"_":"mediaAreaUrl","url":"https://example.org"},{"_":"mediaAreaWeather"}],
            "privacy":[{"_":"privacyValueAllowContacts"}],"albums":[1],
            "views":{"_":"storyViews","views_count":8,"reactions":[{"_":"reactionCount",
                "reaction":{"_":"reactionEmoji","emoticon":"❤"},"count":2}]}}"##;
        let Told::Story(story) = Told::parse_str(body, CONTEXT).unwrap() else {
            panic!("a story");
        };
        let message = &story.message;
        assert_eq!((message.chat, message.id, message.date), (5, 3, 100));
        assert_eq!(message.text, "Ferry #sea");
        assert!(message.pinned && story.edited && !story.close_friends);
        assert!(
            matches!(&message.media, Some(Media::Photo(photo)) if photo.file.key == "photo/9/x")
        );
        assert_eq!(story.areas, ["Quay", "https://example.org"]);
        assert_eq!(story.rules[0].whom, Audience::Contacts);
        assert_eq!((message.views, message.reactions[0].count), (Some(8), 2));
        assert_eq!((story.expires, story.albums), (200, vec![1]));
    }

    #[test]
    fn the_end_of_a_story_and_what_is_none() {
        let gone = Told::parse_str(r#"{"_":"storyItemDeleted","id":3}"#, CONTEXT);
        assert_eq!(gone.unwrap(), Told::Gone { id: 3 });
        for odd in [
            r#"{"_":"storyItem","id":0}"#,
            r#"{"_":"message","id":3}"#,
            "[]",
        ] {
            assert!(Told::parse_str(odd, CONTEXT).is_err(), "{odd}");
        }
        assert!(Told::parse_str(r#"{"_":"storyItem","id":3}"#, Context::default()).is_err());
    }
}
