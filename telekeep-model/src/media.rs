//! Media of a message: what it is, its files, and the words in it that a search should find.

use serde::{Deserialize, Serialize};

use crate::{
    Contact, Entity, Game, Giveaway, GiveawayResults, Invoice, Story, Todo, is_default,
    message::push_line,
};

/// A file on the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// File key as in media records: `document/ID` or `photo/ID/TYPE`. Empty for a picture whose
    /// bytes came inside the message.
    pub key: String,
    /// Size in bytes as announced.
    #[serde(default, skip_serializing_if = "is_default")]
    pub size: u64,
    /// MIME type as announced. Untrusted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mime: String,
    /// File name as announced. Untrusted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub name: Option<String>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub width: u32,
    /// Pixels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub height: u32,
}

/// A photo.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Photo {
    /// The largest rendition.
    pub file: File,
    /// A smaller rendition to show in lists.
    #[serde(default, skip_serializing_if = "is_default")]
    pub thumb: Option<String>,
    /// Hidden until clicked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spoiler: bool,
    /// Self-destructs after viewing (seconds): never kept.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ttl: Option<i64>,
    /// Moving part of a live photo.
    #[serde(default, skip_serializing_if = "is_default")]
    pub video: Option<Box<File>>,
    /// Tiny preview that came inside the message: base64 of Telegram's stripped JPEG.
    #[serde(default, skip_serializing_if = "is_default")]
    pub preview: Option<String>,
}

/// How a document is meant to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRole {
    /// A file to save.
    #[default]
    File,
    /// A video.
    Video,
    /// A round video message.
    RoundVideo,
    /// A voice message.
    Voice,
    /// Music.
    Audio,
    /// A sticker or custom emoji.
    Sticker,
    /// A silent, looping animation ("GIF").
    Animation,
}

/// Anything sent as a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The file.
    pub file: File,
    /// How it is meant.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: DocumentRole,
    /// Seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub duration: f64,
    /// Title of music.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: Option<String>,
    /// Performer of music.
    #[serde(default, skip_serializing_if = "is_default")]
    pub performer: Option<String>,
    /// Emoji a sticker stands for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emoji: Option<String>,
    /// Waveform of a voice message: base64 of 5-bit samples.
    #[serde(default, skip_serializing_if = "is_default")]
    pub waveform: Option<String>,
    /// Key of a thumbnail.
    #[serde(default, skip_serializing_if = "is_default")]
    pub thumb: Option<String>,
    /// Keys of the picture its sender chose for a video, the one for lists first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cover: Vec<String>,
    /// Other qualities of a video.
    #[serde(default, skip_serializing_if = "is_default")]
    pub qualities: Vec<File>,
    /// Tiny preview that came inside the message: base64 of Telegram's stripped JPEG.
    #[serde(default, skip_serializing_if = "is_default")]
    pub preview: Option<String>,
    /// Outline of a sticker that came inside the message: base64 of Telegram's packed path.
    #[serde(default, skip_serializing_if = "is_default")]
    pub outline: Option<String>,
    /// Hidden until clicked.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spoiler: bool,
    /// Self-destructs after viewing (seconds): never kept.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ttl: Option<i64>,
}

/// A link preview.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WebPage {
    /// Address.
    pub url: String,
    /// Site.
    #[serde(default, skip_serializing_if = "is_default")]
    pub site: Option<String>,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: Option<String>,
    /// Description.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: Option<String>,
    /// Picture.
    #[serde(default, skip_serializing_if = "is_default")]
    pub photo: Option<Box<Photo>>,
    /// The picture is to be shown large.
    #[serde(default, skip_serializing_if = "is_default")]
    pub large: bool,
    /// File.
    #[serde(default, skip_serializing_if = "is_default")]
    pub document: Option<Box<Document>>,
}

/// A poll or quiz.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Poll {
    /// The question.
    pub question: String,
    /// The answers, in order.
    pub answers: Vec<PollAnswer>,
    /// Votes in all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub voters: i64,
    /// No more votes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub closed: bool,
    /// Has a right answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quiz: bool,
    /// Explanation of the right answer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solution: Option<String>,
    /// Its formatting.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solution_entities: Vec<Entity>,
}

/// An answer of a poll.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PollAnswer {
    /// Its text.
    pub text: String,
    /// Votes for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub voters: i64,
    /// What votes for it name it by (base64).
    #[serde(default, skip_serializing_if = "is_default")]
    pub option: String,
    /// The account voted for it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mine: bool,
    /// The right one of a quiz.
    #[serde(default, skip_serializing_if = "is_default")]
    pub correct: bool,
}

/// Media of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // fields named as in the schema
pub enum Media {
    Photo(Photo),
    Document(Document),
    WebPage(WebPage),
    Poll(Poll),
    Contact(Contact),
    /// A position; `live` is the period in seconds of a moving one.
    Location {
        lat: f64,
        long: f64,
        live: Option<i64>,
    },
    Venue {
        lat: f64,
        long: f64,
        title: String,
        address: String,
    },
    Game(Game),
    Invoice(Invoice),
    Dice {
        emoji: String,
        value: i64,
    },
    Story(Story),
    Giveaway(Giveaway),
    GiveawayResults(GiveawayResults),
    /// Media to be paid for; `items` holds what was bought, `locked` counts what was not.
    Paid {
        stars: i64,
        items: Vec<Media>,
        #[serde(default, skip_serializing_if = "is_default")]
        locked: u64,
    },
    Todo(Todo),
    VideoStream,
    /// A photo or file that is gone: self-destructed, or withdrawn by the server.
    Expired {
        what: String,
    },
    /// A constructor this version does not know.
    Unsupported {
        name: String,
    },
}

impl DocumentRole {
    pub(crate) fn kind(self) -> &'static str {
        match self {
            DocumentRole::File => "file",
            DocumentRole::Video => "video",
            DocumentRole::RoundVideo => "round",
            DocumentRole::Voice => "voice",
            DocumentRole::Audio => "audio",
            DocumentRole::Sticker => "sticker",
            DocumentRole::Animation => "gif",
        }
    }
}

impl Media {
    /// The kind in one word, as used by search filters and output. Unknown constructors answer
    /// `unsupported`; [`Media::Unsupported`] has the name.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Photo(_) => "photo",
            Self::Document(document) => document.role.kind(),
            Self::WebPage(_) => "link",
            Self::Poll(_) => "poll",
            Self::Contact(_) => "contact",
            Self::Location { .. } => "location",
            Self::Venue { .. } => "venue",
            Self::Game(_) => "game",
            Self::Invoice(_) => "invoice",
            Self::Dice { .. } => "dice",
            Self::Story(_) => "story",
            Self::Giveaway(_) | Self::GiveawayResults(_) => "giveaway",
            Self::Paid { .. } => "paid",
            Self::Todo(_) => "todo",
            Self::VideoStream => "stream",
            Self::Expired { .. } => "expired",
            Self::Unsupported { .. } => "unsupported",
        }
    }

    /// Keys of the files without which this message is not whole, each with its kind: as
    /// [`Media::kind`], or `photo_video`, what moves in a live photo. Self-destructing media and link
    /// previews want none, nor do pictures that came inside the message.
    pub fn wanted(&self, each: &mut dyn FnMut(&str, &'static str)) {
        match self {
            Self::Photo(photo) if photo.ttl.is_none() => {
                if !photo.file.key.is_empty() {
                    each(&photo.file.key, self.kind());
                }
                if let Some(video) = &photo.video {
                    each(&video.key, "photo_video");
                }
            }
            Self::Document(document) if document.ttl.is_none() => {
                each(&document.file.key, self.kind());
            }
            Self::Paid { items, .. } => items.iter().for_each(|item| item.wanted(each)),
            Self::Invoice(Invoice { picture, .. }) => {
                picture.iter().for_each(|picture| picture.wanted(each));
            }
            _ => {}
        }
    }

    /// Announced bytes of its files, as far as [`Self::wanted`] names them.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Photo(photo) => {
                let video = photo.video.as_ref().map_or(0, |video| video.size);
                photo.file.size.saturating_add(video)
            }
            Self::Document(document) => document.file.size,
            Self::Paid { items, .. } => items.iter().map(Self::bytes).fold(0, u64::saturating_add),
            _ => 0,
        }
    }

    /// Appends the names of its files, one per line.
    pub(crate) fn file_names(&self, out: &mut String) {
        match self {
            Self::Document(document) => {
                document
                    .file
                    .name
                    .iter()
                    .for_each(|name| push_line(out, name));
            }
            Self::Paid { items, .. } => items.iter().for_each(|item| item.file_names(out)),
            _ => {}
        }
    }

    /// Appends the words a search should find, one piece per line, without file names.
    pub(crate) fn search_text(&self, out: &mut String) {
        let mut add = |words: &str| push_line(out, words);
        match self {
            Self::Document(document) => document_words(document, &mut add),
            Self::WebPage(page) => {
                for words in [&page.site, &page.title, &page.description]
                    .into_iter()
                    .flatten()
                {
                    add(words);
                }
                add(&page.url);
            }
            Self::Poll(poll) => {
                add(&poll.question);
                poll.answers.iter().for_each(|answer| add(&answer.text));
                poll.solution.iter().for_each(|words| add(words));
            }
            Self::Contact(contact) => {
                add(&contact.name);
                add(&contact.phone);
            }
            Self::Venue { title, address, .. } => {
                add(title);
                add(address);
            }
            Self::Game(game) => {
                add(&game.title);
                add(&game.description);
            }
            Self::Invoice(invoice) => {
                add(&invoice.title);
                add(&invoice.description);
            }
            Self::Story(story) => add(&story.caption),
            Self::Giveaway(Giveaway { prize, .. })
            | Self::GiveawayResults(GiveawayResults { prize, .. }) => {
                prize.words.iter().for_each(|words| add(words));
            }
            Self::Dice { emoji, .. } => add(emoji),
            Self::Todo(todo) => {
                add(&todo.title);
                todo.items.iter().for_each(|task| add(&task.text));
            }
            Self::Paid { items, .. } => items.iter().for_each(|item| item.search_text(out)),
            _ => {}
        }
    }

    /// A few words that stand for the media where only a line of text fits.
    #[must_use]
    pub fn label(&self) -> String {
        let detail = match self {
            Self::Document(document) => document
                .file
                .name
                .as_deref()
                .or(document.title.as_deref())
                .or(document.emoji.as_deref()),
            Self::Poll(poll) => Some(poll.question.as_str()),
            Self::Contact(contact) => Some(contact.name.as_str()),
            Self::Venue { title, .. } => Some(title.as_str()),
            Self::Game(game) => Some(game.title.as_str()),
            Self::Invoice(invoice) => Some(invoice.title.as_str()),
            Self::Todo(todo) => Some(todo.title.as_str()),
            Self::Dice { emoji, .. } => Some(emoji.as_str()),
            Self::WebPage(page) => Some(page.url.as_str()),
            Self::Expired { what } => Some(what.as_str()),
            Self::Unsupported { name } => Some(name.as_str()),
            _ => None,
        };
        match detail.filter(|detail| !detail.is_empty()) {
            Some(detail) => format!("{}: {detail}", self.kind()),
            None => self.kind().to_owned(),
        }
    }
}

fn document_words(document: &Document, add: &mut dyn FnMut(&str)) {
    let words = [&document.title, &document.performer, &document.emoji];
    words.into_iter().flatten().for_each(|words| add(words));
}
