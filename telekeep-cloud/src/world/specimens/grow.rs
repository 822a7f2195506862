//! Makes objects of the schema: the smallest of a type, or a whole one, inside a message.

use serde_json::{Map, Value, json};
use telekeep_tl::{Combinator, Field, Type};

use super::kinds::{Kinds, Place};
use crate::world::web;

/// What specimens name, so that it is there.
pub(super) struct Known {
    pub user: i64,
    pub group: i64,
    pub channel: i64,
    /// A document of a custom emoji.
    pub emoji: i64,
    /// A photo and documents that can be fetched.
    pub photo: Option<Value>,
    pub documents: Vec<Value>,
}

/// Fields that would make a message one that is not kept whole, or not kept at all.
const WITHOUT: &[&str] = &["ttl_seconds", "ttl_period", "noforwards", "part"];

/// Files that are told by name: one that is not there could not be fetched. Ordinary photos and
/// documents have them.
pub(super) const TOLD_BY_FILES: &[&str] = &["photoSize", "videoSize"];

pub(super) struct Grower<'a> {
    kinds: &'a Kinds<'a>,
    known: Known,
    date: i32,
}

impl<'a> Grower<'a> {
    pub fn new(kinds: &'a Kinds<'a>, known: Known, date: i32) -> Self {
        Self { kinds, known, date }
    }

    /// A message that holds a whole one of the constructor. `None` for what ordinary messages hold
    /// anyhow.
    pub fn message_with(&self, name: &str) -> Option<Value> {
        if TOLD_BY_FILES.contains(&name) {
            return None;
        }
        let constructor = self.kinds.schema.constructor(name)?;
        if name == "photoSizeProgressive" {
            return self.in_message("Photo", progressive(self.real("photo", 0)?)?);
        }
        self.in_message(constructor.type_name(), self.whole(constructor))
    }

    /// A message around a value of a type.
    fn in_message(&self, ty: &str, mut value: Value) -> Option<Value> {
        let mut ty = ty.to_owned();
        while ty != "Message" {
            let Place { constructor, field } = self.kinds.place(&ty)?;
            value = self.around(constructor, field, value);
            ty = constructor.type_name().to_owned();
        }
        Some(value)
    }

    /// The smallest object of a constructor that holds `inner` in a field.
    fn around(&self, constructor: &Combinator, field: &str, inner: Value) -> Value {
        let mut object = match self.real(constructor.name(), 0) {
            Some(real) => real,
            None => self.object(constructor, |of| {
                !of.is_optional() || together(constructor, field, of)
            }),
        };
        let is_list = constructor
            .fields()
            .iter()
            .any(|of| of.name() == field && matches!(of.ty(), Type::Vector(_)));
        match (is_list, &mut object[field]) {
            (true, Value::Array(items)) => items.push(inner),
            (true, place) => *place = json!([inner]),
            (false, place) => *place = inner,
        }
        object
    }

    fn whole(&self, constructor: &Combinator) -> Value {
        if let Some(real) = self.real(constructor.name(), 0) {
            return real;
        }
        let mut object = self.object(constructor, |field| !WITHOUT.contains(&field.name()));
        if constructor.name() == "message" {
            // It answers nothing and is in no topic.
            object["reply_to"] = Value::Null;
            object["message"] = json!("A message with all it can have");
        }
        object
    }

    /// A photo or document of the world.
    fn real(&self, name: &str, place: usize) -> Option<Value> {
        match name {
            "photo" => self.known.photo.clone(),
            "document" => {
                let documents = &self.known.documents;
                documents.get(place).or(documents.first()).cloned()
            }
            _ => None,
        }
    }

    fn object(&self, constructor: &Combinator, has: impl Fn(&Field) -> bool) -> Value {
        let mut object = Map::new();
        object.insert("_".to_owned(), json!(constructor.name()));
        for field in constructor.fields().iter().filter(|field| has(field)) {
            if field.as_flags().is_none() {
                let value = self.value(field.name(), field.ty(), constructor.name());
                object.insert(field.name().to_owned(), value);
            }
        }
        Value::Object(object)
    }

    fn value(&self, field: &str, ty: Type, of: &str) -> Value {
        let schema = self.kinds.schema;
        match ty {
            Type::Int | Type::Word => json!(self.number(field)),
            Type::Long => json!(self.id(field)),
            Type::Double => json!(1.5),
            Type::Int128 => json!("AAAAAAAAAAAAAAAAAAAAAA=="),
            Type::Int256 => json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Type::String => json!(text(field, of)),
            Type::Bytes => json!("AQI="),
            Type::Bool | Type::True => json!(true),
            Type::Vector(id) => {
                let element = schema.element_type(id);
                match element {
                    // What is inside has a specimen of its own.
                    Type::Boxed(_) | Type::Bare(_) if field != "alt_documents" => json!([]),
                    _ => json!([self.value(field, element, of)]),
                }
            }
            Type::Boxed(_) => self.smallest(field, &schema.type_text(ty)),
            Type::Bare(id) => self.smallest(field, schema.combinator(id).type_name()),
            _ => Value::Null,
        }
    }

    fn smallest(&self, field: &str, ty: &str) -> Value {
        let place = usize::from(field == "alt_documents");
        let named = match ty {
            "Photo" => self.real("photo", 0),
            "Document" => self.real("document", place),
            "Peer" => Some(json!({"_": "peerUser", "user_id": self.known.user})),
            "GeoPoint" => Some(json!({
                "_": "geoPoint", "long": -9.14, "lat": 38.7, "access_hash": 7,
            })),
            "Reaction" => Some(json!({"_": "reactionEmoji", "emoticon": "👍"})),
            "TextWithEntities" => Some(json!({
                "_": "textWithEntities", "text": "Words", "entities": [],
            })),
            "RichText" => Some(json!({"_": "textPlain", "text": "Plain words"})),
            _ => None,
        };
        named.unwrap_or_else(|| match self.kinds.smallest(ty) {
            Some(constructor) => self.object(constructor, |of| !of.is_optional()),
            None => Value::Null,
        })
    }

    fn number(&self, field: &str) -> i32 {
        match field {
            _ if field.ends_with("date") || field.ends_with("_at") => self.date,
            "offset" => 0,
            "w" | "h" => 64,
            "dc_id" => 2,
            "year" => 1990,
            _ => 1,
        }
    }

    fn id(&self, field: &str) -> i64 {
        match field {
            "user_id" | "users" | "winners" | "bot_id" | "via_bot_id" | "inviter_id" | "voters"
            | "recent_voters" | "recent_viewers" | "admin_id" | "new_creator_id" | "creator_id" => {
                self.known.user
            }
            "chat_id" => self.known.group,
            "channel_id" | "channels" | "linked_chat_id" => self.known.channel,
            _ if field.contains("emoji_id") || field == "document_id" => self.known.emoji,
            _ => 4_200_000_000,
        }
    }
}

/// The photo, with its largest rendition in a form that is shown while it loads.
fn progressive(mut photo: Value) -> Option<Value> {
    let sizes = photo["sizes"].as_array_mut()?;
    let largest = sizes
        .iter_mut()
        .filter(|size| size["_"] == "photoSize")
        .max_by_key(|size| size["size"].as_i64())?;
    let bytes = largest["size"].as_i64()?;
    *largest = json!({
        "_": "photoSizeProgressive", "type": largest["type"], "w": largest["w"],
        "h": largest["h"], "sizes": [bytes / 4, bytes / 2, bytes],
    });
    Some(photo)
}

/// The two fields stand behind the same flag: one is not there without the other.
fn together(constructor: &Combinator, field: &str, other: &Field) -> bool {
    let mut fields = constructor.fields().iter();
    let wanted = fields.find(|of| of.name() == field);
    wanted.is_some_and(|wanted| {
        wanted.condition().is_some() && wanted.condition() == other.condition()
    })
}

fn text(field: &str, of: &str) -> String {
    match field {
        "url" | "display_url" => web::SPECIMEN.to_owned(),
        "emoticon" | "emoji" => "🎲".to_owned(),
        "currency" => "EUR".to_owned(),
        "crypto_currency" => "TON".to_owned(),
        "mime_type" => "video/mp4".to_owned(),
        "type" => "i".to_owned(),
        "phone_number" | "phone" => "15550100".to_owned(),
        "lang_code" | "country_iso2" | "iso2" => "PT".to_owned(),
        _ => format!("{field} of {of}"),
    }
}
