//! Stories that an account told: pictures and videos that show for a day and then lie in its
//! archive, unless it pinned them to its profile.

use std::collections::BTreeMap;

use grammers_tl_types::{Serializable, types};
use serde_json::{Value, json};

use super::cast::LAST_DAY;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;
use super::{blank, context};
use crate::rpc::NATIVE_LAYER;

const DAY: i32 = 86_400;
/// Of file references.
const OF_STORY: i32 = -6;

/// What an account told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tales {
    /// By id.
    pub(crate) all: BTreeMap<i32, Tale>,
    /// Ids pinned before the others, in their order.
    pub(crate) on_top: Vec<i32>,
    /// Albums of stories, by number.
    pub(crate) albums: BTreeMap<i32, &'static str>,
}

/// One story.
#[derive(Clone, Debug)]
pub(crate) struct Tale {
    /// A photo or a video.
    file: i64,
    pub(crate) date: i32,
    pub(crate) pinned: bool,
    /// Still shown to everybody it is for.
    pub(crate) active: bool,
    pub(crate) caption: String,
    /// How many people looked.
    pub(crate) views: i32,
    /// The rest of the TL `StoryItem`.
    more: Value,
}

/// What is told: kind of file, pinned, caption.
const TOLD: [(Kind, bool, &str); 7] = [
    (Kind::Photo, true, "First light over the harbour"),
    (Kind::Photo, false, ""),
    (Kind::Video, true, "The ferry leaves without us, again"),
    (Kind::Photo, false, "A hat for every weather"),
    (Kind::Video, false, "Wind. Only wind."),
    (Kind::Photo, false, "Дождь и зонтики"),
    (
        Kind::Photo,
        false,
        "Tonight at the pier: @harbourlights #umbrella",
    ),
];

impl Tales {
    /// Stories of an account that knows `friend`.
    pub(crate) fn tell(files: &mut Files, friend: Option<PeerId>) -> Tales {
        let count = TOLD.len();
        let all = TOLD.iter().enumerate().map(|(n, (kind, pinned, caption))| {
            let id = n as i32 + 1;
            let date = LAST_DAY - (count - n) as i32 * 9 * DAY;
            let tale = Tale {
                file: files.add(*kind, 0, date),
                date,
                pinned: *pinned,
                active: n + 1 == count,
                caption: (*caption).to_owned(),
                views: 11 * id,
                more: more(n, friend),
            };
            (id, tale)
        });
        Tales {
            all: all.collect(),
            on_top: vec![3],
            albums: BTreeMap::from([(1, "By the sea")]),
        }
    }

    /// The TL `StoryItem`, as its owner sees it.
    pub(crate) fn item(&self, files: &Files, account: i64, id: i32) -> Option<Value> {
        let tale = self.all.get(&id)?;
        let seen = context(account, PeerId::User(account), OF_STORY);
        let mut item = tale.more.clone();
        let fields = json!({
            "_": "storyItem", "id": id, "date": tale.date, "expire_date": tale.date + DAY,
            "out": true, "media": tale.media(files, seen),
            "views": {
                "_": "storyViews", "has_viewers": true, "views_count": tale.views,
                "reactions_count": 2,
                "reactions": [{"_": "reactionCount", "count": 2,
                    "reaction": {"_": "reactionEmoji", "emoticon": "❤"}}],
            },
        });
        let fields = fields.as_object()?.clone();
        let item_fields = item.as_object_mut()?;
        item_fields.extend(fields);
        if tale.pinned {
            item_fields.insert("pinned".to_owned(), json!(true));
        }
        if !tale.caption.is_empty() {
            item_fields.insert("caption".to_owned(), json!(tale.caption));
            item_fields.insert("entities".to_owned(), json!(entities(&tale.caption)));
        }
        Some(item)
    }
}

impl Tale {
    fn media(&self, files: &Files, seen: u64) -> Value {
        let video = files.get(self.file).is_some_and(|f| f.kind == Kind::Video);
        let media = match video {
            true => types::MessageMediaDocument {
                video: true,
                document: Some(files.document(self.file, seen, "")),
                ..blank::message_media_document()
            }
            .to_bytes_of_enum(),
            false => types::MessageMediaPhoto {
                photo: Some(files.photo(self.file, seen)),
                ..blank::message_media_photo()
            }
            .to_bytes_of_enum(),
        };
        let schema = telekeep_tl::bundled(NATIVE_LAYER);
        let value = schema.and_then(|schema| schema.to_value("MessageMedia", &media).ok());
        value.unwrap_or_else(|| json!({"_": "messageMediaUnsupported"}))
    }
}

/// A medium as its boxed type is written.
trait Boxed {
    fn to_bytes_of_enum(self) -> Vec<u8>;
}

impl<T: Into<grammers_tl_types::enums::MessageMedia>> Boxed for T {
    fn to_bytes_of_enum(self) -> Vec<u8> {
        self.into().to_bytes()
    }
}

/// Mentions and hashtags in a caption of ASCII words; nothing else is marked.
fn entities(caption: &str) -> Vec<Value> {
    let mut at = 0;
    let mut entities = Vec::new();
    for word in caption.split(' ') {
        let length = word.encode_utf16().count();
        let name = match word.chars().next() {
            Some('@') => Some("messageEntityMention"),
            Some('#') => Some("messageEntityHashtag"),
            _ => None,
        };
        entities.extend(name.map(|name| json!({"_": name, "offset": at, "length": length})));
        at += length + 1;
    }
    entities
}

/// Who may see a story, what lies on its picture, where it comes from.
fn more(n: usize, friend: Option<PeerId>) -> Value {
    let rule = |name: &str| json!([{"_": name}]);
    match n {
        0 => json!({"public": true, "privacy": rule("privacyValueAllowAll"), "albums": [1]}),
        1 => json!({"close_friends": true, "privacy": rule("privacyValueAllowCloseFriends")}),
        2 => {
            let place = json!({"_": "geoPoint", "long": -9.14, "lat": 38.7, "access_hash": 0});
            let area = json!({
                "_": "mediaAreaVenue", "coordinates": coordinates(), "geo": place,
                "title": "Harbour café", "address": "Quay 3", "provider": "foursquare",
                "venue_id": "harbour", "venue_type": "food/café",
            });
            let areas = json!([area, {"_": "mediaAreaUrl", "coordinates": coordinates(),
                "url": "https://example.org/ferries"}]);
            json!({"public": true, "privacy": rule("privacyValueAllowAll"), "albums": [1],
                "media_areas": areas})
        }
        3 => {
            json!({"contacts": true, "edited": true, "privacy": rule("privacyValueAllowContacts")})
        }
        4 => match friend {
            Some(PeerId::User(id)) => json!({"selected_contacts": true, "privacy": [
                {"_": "privacyValueAllowUsers", "users": [id]}]}),
            _ => json!({"contacts": true}),
        },
        5 => json!({"public": true, "fwd_from": {"_": "storyFwdHeader",
            "from_name": "Somebody with an umbrella", "story_id": 4}}),
        _ => json!({"public": true, "privacy": rule("privacyValueAllowAll")}),
    }
}

fn coordinates() -> Value {
    json!({"_": "mediaAreaCoordinates", "x": 50.0, "y": 40.0, "w": 30.0, "h": 8.0, "rotation": 0.0})
}
