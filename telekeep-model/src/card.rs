//! Media that is told in a few lines: contacts, games, invoices, stories, giveaways, lists of things to
//! do. Each kind is rare, so they are read from parsed JSON.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};

use crate::{File, Media, PeerRef, Photo, is_default, mark_channel};

/// People named by one message; real ones name a hundred winners at most.
const MAX_PEOPLE: usize = 200;
/// Things to do in one list; Telegram takes thirty.
const MAX_TASKS: usize = 500;

/// Somebody's name and number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// First and last name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// Their account.
    #[serde(default, skip_serializing_if = "is_default")]
    pub user: Option<i64>,
    /// What the sender's address book knows more, as a vCard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vcard: String,
}

/// A game of a bot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Game {
    /// Its name.
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// Its picture or film.
    #[serde(default, skip_serializing_if = "is_default")]
    pub media: Option<Box<Media>>,
}

/// A bill.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Invoice {
    /// What is sold.
    pub title: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// As in ISO 4217, or `XTR` for stars.
    pub currency: String,
    /// No real money.
    #[serde(default, skip_serializing_if = "is_default")]
    pub test: bool,
    /// Asks where to send it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shipping: bool,
    /// It was paid; id of the message that says so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub receipt: Option<i64>,
    /// A picture of what is sold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub picture: Option<Box<Media>>,
    /// What was bought.
    #[serde(default, skip_serializing_if = "is_default")]
    pub media: Option<Box<Media>>,
}

/// A story that was passed on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Story {
    /// Marked id of whose story it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub chat: Option<i64>,
    /// Its id.
    pub id: i64,
    /// It mentions who was told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mention: bool,
    /// It was gone when the message was read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gone: bool,
    /// When it was told, unix seconds; 0 when the message did not bring it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub date: i64,
    /// What it says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub caption: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub media: Option<Box<Media>>,
}

/// What can be won.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prize {
    /// In the words of who gives it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub words: Option<String>,
    /// Months of Telegram Premium.
    #[serde(default, skip_serializing_if = "is_default")]
    pub months: Option<i64>,
    /// Stars.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stars: Option<i64>,
    /// Only for who joined after it began.
    #[serde(default, skip_serializing_if = "is_default")]
    pub new_only: bool,
}

/// Something to be won.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Giveaway {
    /// How many will win.
    pub quantity: i64,
    /// When it ends, unix seconds.
    pub until: i64,
    /// What can be won.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prize: Prize,
    /// Marked ids of the channels that one must join.
    #[serde(default, skip_serializing_if = "is_default")]
    pub channels: Vec<i64>,
    /// Only for people of these countries (ISO 3166).
    #[serde(default, skip_serializing_if = "is_default")]
    pub countries: Vec<String>,
    /// Who wins will be told to everybody.
    #[serde(default, skip_serializing_if = "is_default")]
    pub public: bool,
}

/// Who won.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GiveawayResults {
    /// How many won.
    pub winners: i64,
    /// Marked ids of those who are named.
    #[serde(default, skip_serializing_if = "is_default")]
    pub who: Vec<i64>,
    /// Prizes nobody took.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unclaimed: i64,
    /// What could be won.
    #[serde(default, skip_serializing_if = "is_default")]
    pub prize: Prize,
    /// Marked id of the channel.
    #[serde(default, skip_serializing_if = "is_default")]
    pub channel: Option<i64>,
    /// Other channels that took part.
    #[serde(default, skip_serializing_if = "is_default")]
    pub more_channels: i64,
    /// The message of the channel that began it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub launch: Option<i64>,
    /// When it ended, unix seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub until: i64,
    /// It was called off and the money given back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub refunded: bool,
}

/// A list of things to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Todo {
    /// What it is about.
    pub title: String,
    /// The things, in order.
    pub items: Vec<Task>,
    /// Others may add to it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub others_add: bool,
    /// Others may tick.
    #[serde(default, skip_serializing_if = "is_default")]
    pub others_tick: bool,
}

/// A thing to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// What is to be done.
    pub text: String,
    /// Who ticked it (marked id) and when (unix seconds).
    #[serde(default, skip_serializing_if = "is_default")]
    pub done: Option<(Option<i64>, i64)>,
}

/// Reads a medium inside another one.
pub(crate) type Inner<'a> = dyn FnMut(&RawValue) -> Option<Media> + 'a;

/// The media of one of these constructors; `inner` reads media inside of it.
pub(crate) fn read(name: &str, value: &Value, inner: &mut Inner<'_>) -> Option<Media> {
    Some(match name {
        "messageMediaContact" => Media::Contact(contact(value)),
        "messageMediaGame" => Media::Game(game(value.get("game")?, inner)),
        "messageMediaInvoice" => Media::Invoice(invoice(value, inner)),
        "messageMediaStory" => Media::Story(story(value, inner)?),
        "messageMediaGiveaway" => Media::Giveaway(giveaway(value)),
        "messageMediaGiveawayResults" => Media::GiveawayResults(results(value)),
        "messageMediaToDo" => Media::Todo(todo(value)?),
        "messageMediaDice" => Media::Dice {
            emoji: text(value, "emoticon"),
            value: int(value, "value"),
        },
        "messageMediaVideoStream" => Media::VideoStream,
        _ => return None,
    })
}

fn contact(value: &Value) -> Contact {
    let name = format!("{} {}", text(value, "first_name"), text(value, "last_name"));
    Contact {
        name: name.trim().to_owned(),
        phone: text(value, "phone_number"),
        user: Some(int(value, "user_id")).filter(|id| *id != 0),
        vcard: text(value, "vcard"),
    }
}

fn game(game: &Value, inner: &mut Inner<'_>) -> Game {
    let film = wrapped(game, "document", "messageMediaDocument", inner);
    Game {
        title: text(game, "title"),
        description: text(game, "description"),
        media: film.or_else(|| wrapped(game, "photo", "messageMediaPhoto", inner)),
    }
}

/// A photo or document that stands alone, read as the media it would be.
fn wrapped(of: &Value, field: &str, name: &str, inner: &mut Inner<'_>) -> Option<Box<Media>> {
    let object = of.get(field)?;
    if object.get("_").and_then(Value::as_str) != Some(field) {
        return None;
    }
    let media = serde_json::json!({"_": name, field: object});
    nested(&media, inner)
}

fn nested(media: &Value, inner: &mut Inner<'_>) -> Option<Box<Media>> {
    let raw = serde_json::value::to_raw_value(media).ok()?;
    inner(&raw).map(Box::new)
}

fn invoice(value: &Value, inner: &mut Inner<'_>) -> Invoice {
    let bought = value.get("extended_media").and_then(|it| it.get("media"));
    Invoice {
        title: text(value, "title"),
        description: text(value, "description"),
        amount: int(value, "total_amount"),
        currency: text(value, "currency"),
        test: flag(value, "test"),
        shipping: flag(value, "shipping_address_requested"),
        receipt: value.get("receipt_msg_id").and_then(Value::as_i64),
        picture: value.get("photo").and_then(web_picture).map(Box::new),
        media: bought.and_then(|media| nested(media, inner)),
    }
}

/// Longest address of a picture, and most bytes of one, that count as a file.
const ADDRESS_LIMIT: usize = 8 * 1024;
const PICTURE_LIMIT: u64 = 64 << 20;

/// A picture that another site holds. Its key is made of its address: the first sixteen bytes of its
/// SHA-256 (`docs/format.md`, section 5).
fn web_picture(document: &Value) -> Option<Media> {
    let address = document.get("url")?.as_str()?;
    let size = u64::try_from(int(document, "size")).ok()?;
    if !(1..=ADDRESS_LIMIT).contains(&address.len()) || size > PICTURE_LIMIT {
        return None;
    }
    let digest = Sha256::digest(address);
    let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
    let sides = list(document, "attributes").find(|of| of.get("w").is_some());
    let side = |name| {
        let pixels = sides.and_then(|sides| sides.get(name)?.as_u64());
        pixels.and_then(|pixels| u32::try_from(pixels).ok())
    };
    let mime = text(document, "mime_type");
    mime.starts_with("image/").then(|| {
        Media::Photo(Photo {
            file: File {
                key: format!("web/{}", digits.collect::<String>()),
                size,
                mime,
                width: side("w").unwrap_or(0),
                height: side("h").unwrap_or(0),
                ..File::default()
            },
            ..Photo::default()
        })
    })
}

fn story(value: &Value, inner: &mut Inner<'_>) -> Option<Story> {
    let told = value.get("story").filter(|story| story.is_object());
    let is = |name| {
        told.and_then(|story| story.get("_"))
            .and_then(Value::as_str)
            == Some(name)
    };
    let whole = told.filter(|_| is("storyItem"));
    let media = whole.and_then(|story| story.get("media"));
    Some(Story {
        chat: peer(value.get("peer")?),
        id: int(value, "id"),
        mention: flag(value, "via_mention"),
        gone: is("storyItemDeleted"),
        date: told.map_or(0, |story| int(story, "date")),
        caption: whole
            .map(|story| text(story, "caption"))
            .unwrap_or_default(),
        media: media.and_then(|media| nested(media, inner)),
    })
}

fn prize(value: &Value) -> Prize {
    Prize {
        words: Some(text(value, "prize_description")).filter(|words| !words.is_empty()),
        months: value.get("months").and_then(Value::as_i64),
        stars: value.get("stars").and_then(Value::as_i64),
        new_only: flag(value, "only_new_subscribers"),
    }
}

fn giveaway(value: &Value) -> Giveaway {
    let countries = list(value, "countries_iso2").filter_map(Value::as_str);
    Giveaway {
        quantity: int(value, "quantity"),
        until: int(value, "until_date"),
        prize: prize(value),
        channels: ids(value, "channels").map(mark_channel).collect(),
        countries: countries.take(MAX_PEOPLE).map(str::to_owned).collect(),
        public: flag(value, "winners_are_visible"),
    }
}

fn results(value: &Value) -> GiveawayResults {
    GiveawayResults {
        winners: int(value, "winners_count"),
        who: ids(value, "winners").collect(),
        unclaimed: int(value, "unclaimed_count"),
        prize: prize(value),
        channel: value
            .get("channel_id")
            .and_then(Value::as_i64)
            .map(mark_channel),
        more_channels: int(value, "additional_peers_count"),
        launch: Some(int(value, "launch_msg_id")).filter(|id| *id > 0),
        until: int(value, "until_date"),
        refunded: flag(value, "refunded"),
    }
}

fn todo(value: &Value) -> Option<Todo> {
    let all = value.get("todo")?;
    let title = |of: &Value| {
        of.get("title")
            .map(|title| text(title, "text"))
            .unwrap_or_default()
    };
    let done = |id: i64| {
        let ticked = list(value, "completions").find(|one| int(one, "id") == id)?;
        Some((
            ticked.get("completed_by").and_then(peer),
            int(ticked, "date"),
        ))
    };
    let task = |item: &Value| Task {
        text: title(item),
        done: done(int(item, "id")),
    };
    Some(Todo {
        title: title(all),
        items: list(all, "list").take(MAX_TASKS).map(task).collect(),
        others_add: flag(all, "others_can_append"),
        others_tick: flag(all, "others_can_complete"),
    })
}

fn peer(value: &Value) -> Option<i64> {
    PeerRef::deserialize(value).ok()?.marked()
}

fn ids<'a>(value: &'a Value, field: &'static str) -> impl Iterator<Item = i64> + 'a {
    list(value, field)
        .filter_map(Value::as_i64)
        .take(MAX_PEOPLE)
}

fn list<'a>(value: &'a Value, field: &'static str) -> impl Iterator<Item = &'a Value> + 'a {
    value
        .get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(value: &Value, field: &str) -> String {
    value
        .get(field)
        .and_then(crate::rich::string)
        .unwrap_or_default()
}

fn int(value: &Value, field: &str) -> i64 {
    value.get(field).and_then(Value::as_i64).unwrap_or_default()
}

fn flag(value: &Value, field: &str) -> bool {
    value
        .get(field)
        .and_then(Value::as_bool)
        .unwrap_or_default()
}

impl Media {
    /// Marked ids of people and chats that it names.
    pub fn peers(&self, each: &mut dyn FnMut(i64)) {
        match self {
            Self::Contact(contact) => contact.user.into_iter().for_each(each),
            Self::Story(story) => story.chat.into_iter().for_each(each),
            Self::Giveaway(giveaway) => giveaway.channels.iter().copied().for_each(each),
            Self::GiveawayResults(results) => {
                results
                    .channel
                    .iter()
                    .chain(&results.who)
                    .copied()
                    .for_each(each);
            }
            Self::Todo(todo) => {
                let who = todo.items.iter().filter_map(|task| task.done?.0);
                who.for_each(each);
            }
            _ => {}
        }
    }

    /// Media that it holds: what was bought, what a story shows, the picture of a game or a bill.
    #[must_use]
    pub fn inside(&self) -> Vec<&Self> {
        let (one, other) = match self {
            Self::Paid { items, .. } => return items.iter().collect(),
            Self::Invoice(Invoice { picture, media, .. }) => (picture, media),
            Self::Game(Game { media, .. }) | Self::Story(Story { media, .. }) => (media, &None),
            _ => (&None, &None),
        };
        one.iter().chain(other).map(AsRef::as_ref).collect()
    }
}
