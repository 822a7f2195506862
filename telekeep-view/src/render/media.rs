//! Media as cards: what a template needs to draw every kind, held or not.
//!
//! Seam for players, thumbnails and galleries: [`MediaView`] says what a thing is and where its bytes
//! are; the templates under `templates/media/` draw it.

use telekeep_model::{Document, DocumentRole, Media, Photo, Poll};

use super::bubble::Scene;
use super::links::safe_address;
use super::{wave_path, waveform};

/// Why bytes are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// In the reader's words.
    pub why: String,
}

/// A picture, or a moving one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// File key.
    pub key: String,
    /// Address of the bytes, when held.
    pub source: Option<String>,
    /// Address of a smaller rendition, when there is one.
    pub thumb: Option<String>,
    /// Pixels, for the shape before it has loaded; never 0.
    pub width: u32,
    /// Pixels; never 0.
    pub height: u32,
    /// Hidden until asked for.
    pub spoiler: bool,
    /// What a screen reader says.
    pub words: String,
    /// Why it is not held.
    pub missing: Option<Missing>,
}

/// A file in a row: icon, name, size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// File key.
    pub key: String,
    /// MIME type as announced. Untrusted.
    pub mime: String,
    /// Name, or title of music.
    pub title: String,
    /// Size, performer, length.
    pub detail: String,
    /// Address of the bytes, when held.
    pub source: Option<String>,
    /// Address to save it, when held.
    pub save: Option<String>,
    /// Picture beside it.
    pub thumb: Option<String>,
    /// Length in words, for what plays.
    pub duration: Option<String>,
    /// Heights of a voice message's waveform, 0 to 31.
    pub waveform: Vec<u8>,
    /// Why it is not held.
    pub missing: Option<Missing>,
}

impl FileRow {
    /// The waveform as the path of a drawing.
    #[must_use]
    pub fn wave(&self) -> String {
        wave_path(&self.waveform)
    }
}

/// A bar of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollBar {
    /// The answer.
    pub text: String,
    /// 0 to 100.
    pub percent: u64,
    /// How many chose it, in words.
    pub voters: String,
    /// The account chose it.
    pub mine: bool,
    /// The right one of a quiz.
    pub correct: bool,
}

/// A titled box with lines of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What it is, as an emoji.
    pub icon: &'static str,
    /// What it is, in words.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Further lines; items of a list when `list`.
    pub lines: Vec<String>,
    /// The lines are a list.
    pub list: bool,
    /// Where it leads.
    pub address: Option<String>,
    /// The address is on another site.
    pub foreign: bool,
}

/// Media as templates draw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaView {
    /// A photo.
    Photo(Picture),
    /// A video with its length; `round` for video messages.
    Video {
        picture: Picture,
        file: FileRow,
        round: bool,
    },
    /// A silent, looping animation.
    Animation { picture: Picture, file: FileRow },
    /// A sticker and the emoji it stands for.
    Sticker {
        picture: Picture,
        emoji: String,
        mime: String,
    },
    /// A voice message.
    Voice(FileRow),
    /// Music.
    Audio(FileRow),
    /// Any other file.
    File(FileRow),
    /// A poll: question, bars, a line about it, an explanation.
    Poll {
        question: String,
        kind: String,
        bars: Vec<PollBar>,
        total: String,
        solution: Option<String>,
    },
    /// A link preview.
    Link {
        site: String,
        title: String,
        description: String,
        address: Option<String>,
        picture: Option<Picture>,
    },
    /// An emoji with a value.
    Dice { emoji: String, value: i64 },
    /// Everything else.
    Card(Card),
    /// Paid media: the card, then what was bought.
    Paid { card: Card, items: Vec<MediaView> },
}

/// Pictures of one bubble, drawn as a grid.
pub type Album = Vec<MediaView>;

/// What a message's media looks like.
#[must_use]
pub fn media(media: &Media, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    match media {
        Media::Photo(photo) => MediaView::Photo(photo_view(photo, scene)),
        Media::Document(document) => document_view(document, scene),
        Media::Poll(poll) => poll_view(poll, scene),
        Media::WebPage(page) => MediaView::Link {
            site: page.site.clone().unwrap_or_default(),
            title: page.title.clone().unwrap_or_default(),
            description: page.description.clone().unwrap_or_default(),
            address: safe_address(&page.url),
            picture: page
                .photo
                .as_ref()
                .map(|photo| photo_view(photo, scene))
                .filter(|picture| picture.source.is_some() || picture.thumb.is_some()),
        },
        Media::Dice { emoji, value } => MediaView::Dice {
            emoji: emoji.clone(),
            value: *value,
        },
        Media::Paid { stars, items } => MediaView::Paid {
            card: Card {
                icon: "⭐",
                kind: texts.get("media.paid").to_owned(),
                title: texts.count("media.stars", *stars),
                ..Card::default()
            },
            items: items.iter().map(|item| self::media(item, scene)).collect(),
        },
        other => MediaView::Card(card(other, scene)),
    }
}

/// Sizes that no page should be asked to reserve.
const MAX_PIXELS: u32 = 10_000;

fn shape(width: u32, height: u32) -> (u32, u32) {
    match (width, height) {
        (0, _) | (_, 0) => (320, 240),
        (width, height) => (width.min(MAX_PIXELS), height.min(MAX_PIXELS)),
    }
}

fn picture(
    key: &str,
    thumb: Option<&str>,
    size: (u32, u32),
    spoiler: bool,
    words: String,
    ttl: bool,
    scene: &Scene<'_>,
) -> Picture {
    let held = |key: &str| scene.held(key).then(|| scene.links.file(key));
    let source = held(key);
    let (width, height) = shape(size.0, size.1);
    let missing = source.is_none().then(|| scene.missing(key, ttl));
    Picture {
        key: key.to_owned(),
        thumb: thumb.and_then(held),
        source,
        width,
        height,
        spoiler,
        words,
        missing,
    }
}

fn photo_view(photo: &Photo, scene: &Scene<'_>) -> Picture {
    let file = &photo.file;
    let words = scene.clock.texts.get("media.photo").to_owned();
    let size = (file.width, file.height);
    let thumb = photo.thumb.as_deref();
    picture(
        &file.key,
        thumb,
        size,
        photo.spoiler,
        words,
        photo.ttl.is_some(),
        scene,
    )
}

fn document_view(document: &Document, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    let file = file_row(document, scene);
    let still = |words: &'static str| {
        let size = (document.file.width, document.file.height);
        let ttl = document.ttl.is_some();
        let thumb = document.thumb.as_deref();
        let words = texts.get(words).to_owned();
        picture(
            &document.file.key,
            thumb,
            size,
            document.spoiler,
            words,
            ttl,
            scene,
        )
    };
    match document.role {
        DocumentRole::Video => MediaView::Video {
            picture: still("media.video"),
            file,
            round: false,
        },
        DocumentRole::RoundVideo => MediaView::Video {
            picture: still("media.round"),
            file,
            round: true,
        },
        DocumentRole::Animation => MediaView::Animation {
            picture: still("media.gif"),
            file,
        },
        DocumentRole::Sticker => MediaView::Sticker {
            picture: still("media.sticker"),
            emoji: document.emoji.clone().unwrap_or_default(),
            mime: document.file.mime.clone(),
        },
        DocumentRole::Voice => MediaView::Voice(file),
        DocumentRole::Audio => MediaView::Audio(file),
        DocumentRole::File => MediaView::File(file),
    }
}

fn file_row(document: &Document, scene: &Scene<'_>) -> FileRow {
    let texts = scene.clock.texts;
    let key = &document.file.key;
    let held = scene.held(key);
    let name = document.file.name.clone();
    let fallback = match document.role {
        DocumentRole::Voice => texts.get("media.voice"),
        DocumentRole::Audio => texts.get("media.audio"),
        DocumentRole::Video => texts.get("media.video"),
        DocumentRole::RoundVideo => texts.get("media.round"),
        DocumentRole::Animation => texts.get("media.gif"),
        DocumentRole::Sticker => texts.get("media.sticker"),
        DocumentRole::File => texts.get("media.file"),
    };
    let title = match document.role {
        DocumentRole::Audio => document.title.clone().or_else(|| name.clone()),
        DocumentRole::Voice => None,
        _ => name.clone(),
    };
    let plays = document.role != DocumentRole::File && document.role != DocumentRole::Sticker;
    let duration =
        (plays && document.duration > 0.0).then(|| scene.clock.duration(document.duration));
    let mut detail: Vec<String> = document.performer.clone().into_iter().collect();
    detail.extend(duration.clone());
    if document.file.size > 0 {
        // Isolated, so that the unit stays behind the number in a right-to-left line.
        let size = texts.size(document.file.size);
        detail.push(format!("\u{2068}{size}\u{2069}"));
    }
    let save_as = name.unwrap_or_else(|| fallback.to_owned());
    FileRow {
        key: key.clone(),
        mime: document.file.mime.clone(),
        title: title.unwrap_or_else(|| fallback.to_owned()),
        detail: detail.join(" · "),
        source: held.then(|| scene.links.file(key)),
        save: held.then(|| scene.links.download(key, &save_as)),
        thumb: document
            .thumb
            .as_deref()
            .filter(|thumb| scene.held(thumb))
            .map(|thumb| scene.links.file(thumb)),
        duration,
        waveform: document
            .waveform
            .as_deref()
            .map(waveform)
            .unwrap_or_default(),
        missing: (!held).then(|| scene.missing(key, document.ttl.is_some())),
    }
}

fn poll_view(poll: &Poll, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    let total = u64::try_from(poll.voters).unwrap_or(0);
    let sum: u64 = poll
        .answers
        .iter()
        .map(|answer| u64::try_from(answer.voters).unwrap_or(0))
        .sum();
    let bar = |answer: &telekeep_model::PollAnswer| {
        let voters = u64::try_from(answer.voters).unwrap_or(0);
        PollBar {
            text: answer.text.clone(),
            percent: voters.saturating_mul(100) / total.max(sum).max(1),
            voters: texts.count("media.votes", voters),
            mine: answer.mine,
            correct: answer.correct,
        }
    };
    let kind = match (poll.quiz, poll.closed) {
        (true, _) => texts.get("media.quiz"),
        (false, true) => texts.get("media.poll-closed"),
        (false, false) => texts.get("media.poll"),
    };
    MediaView::Poll {
        question: poll.question.clone(),
        kind: kind.to_owned(),
        bars: poll.answers.iter().map(bar).collect(),
        total: texts.count("media.votes", total),
        solution: poll.solution.clone().filter(|words| !words.is_empty()),
    }
}

fn map_address(lat: f64, long: f64) -> Option<String> {
    let sane = lat.abs() <= 90.0 && long.abs() <= 180.0;
    sane.then(|| {
        format!(
            "https://www.openstreetmap.org/?mlat={lat:.6}&mlon={long:.6}#map=16/{lat:.6}/{long:.6}"
        )
    })
}

fn card(media: &Media, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let new = |icon, kind: &'static str, title: &str, lines: Vec<String>| Card {
        icon,
        kind: texts.get(kind).to_owned(),
        title: title.to_owned(),
        lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        ..Card::default()
    };
    let position = |lat: &f64, long: &f64| format!("{lat:.5}, {long:.5}");
    match media {
        Media::Contact { name, phone, user } => Card {
            address: user.and_then(|user| scene.links.profile(user)),
            ..new("👤", "media.contact", name, vec![phone.clone()])
        },
        Media::Location { lat, long, live } => Card {
            address: map_address(*lat, *long),
            foreign: true,
            ..new(
                "📍",
                if live.is_some() {
                    "media.live-location"
                } else {
                    "media.location"
                },
                "",
                vec![position(lat, long)],
            )
        },
        Media::Venue {
            lat,
            long,
            title,
            address,
        } => Card {
            address: map_address(*lat, *long),
            foreign: true,
            ..new(
                "📍",
                "media.venue",
                title,
                vec![address.clone(), position(lat, long)],
            )
        },
        Media::Game { title, description } => {
            new("🎮", "media.game", title, vec![description.clone()])
        }
        Media::Invoice {
            title,
            description,
            amount: sum,
            currency,
        } => {
            let price = money(*sum, currency, texts);
            new(
                "🧾",
                "media.invoice",
                title,
                vec![description.clone(), price],
            )
        }
        Media::Story { chat, .. } => Card {
            address: chat.and_then(|chat| scene.links.profile(chat)),
            ..new(
                "📖",
                "media.story",
                "",
                vec![texts.get("media.story-not-kept").to_owned()],
            )
        },
        Media::Giveaway {
            quantity,
            until,
            prize,
        } => {
            let prize = prize.clone().unwrap_or_default();
            let ends = texts.with("media.until", scene.clock.full(*until));
            let winners = texts.count("media.winners", *quantity);
            new("🎁", "media.giveaway", &prize, vec![winners, ends])
        }
        Media::GiveawayResults { winners, prize } => {
            let prize = prize.clone().unwrap_or_default();
            new(
                "🎉",
                "media.giveaway-results",
                &prize,
                vec![texts.count("media.winners", *winners)],
            )
        }
        Media::Todo { title, items } => Card {
            list: true,
            ..new("☑️", "media.todo", title, items.clone())
        },
        Media::VideoStream => new("📺", "media.stream", "", Vec::new()),
        Media::Expired { what } => {
            let kind = texts.find(&format!("kind.{what}")).unwrap_or(what);
            new("⌛", "media.expired", kind, Vec::new())
        }
        Media::Unsupported { name } => {
            let told = texts.get("media.unsupported-kept").to_owned();
            new("🧩", "media.unsupported", name, vec![told])
        }
        // Drawn in other ways.
        _ => new("📎", "media.file", &media.label(), Vec::new()),
    }
}

/// An amount in the smallest unit of its currency.
fn money(amount: i64, currency: &str, texts: &crate::lang::Texts) -> String {
    let amount = amount.unsigned_abs();
    match currency {
        "XTR" => texts.count("media.stars", amount),
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" => {
            format!("{} {currency}", texts.number(amount))
        }
        _ => {
            let (whole, part) = (texts.number(amount / 100), amount % 100);
            format!("{whole}{}{part:02} {currency}", texts.get("number.point"))
        }
    }
}
