//! Media as cards: what a template needs to draw every kind, held or not.
//!
//! [`MediaView`] says what a thing is and where its bytes are; the templates under `templates/media/`
//! draw it.

mod card;
mod file;
mod picture;
mod poll;

use telekeep_model::Media;

use super::links::safe_address;
use super::scene::Scene;
use card::card;
pub use card::{Card, PeerLine, TaskLine};
pub(super) use file::document_view;
pub use file::{FileRow, pictured};
pub use picture::Picture;
pub(super) use picture::photo_view;
use poll::poll_view;
pub use poll::{PollBar, Solution};

/// Why bytes are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// In the reader's words.
    pub why: String,
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
        solution: Option<Solution>,
    },
    /// A link preview.
    Link {
        site: String,
        title: String,
        description: String,
        address: Option<String>,
        picture: Option<Picture>,
        /// The picture is shown large, below the words.
        large: bool,
    },
    /// An emoji with a value.
    Dice { emoji: String, value: i64 },
    /// Everything else.
    Card(Card),
    /// A card, then what it holds: what was bought, what a story shows, the picture of a game.
    Holding { card: Card, items: Vec<MediaView> },
}

/// Pictures of one bubble, drawn as a grid.
pub type Album = Vec<MediaView>;

/// What a message's media looks like.
#[must_use]
pub fn media(media: &Media, scene: &Scene<'_>) -> MediaView {
    match media {
        Media::Photo(photo) => MediaView::Photo(photo_view(photo, scene)),
        Media::Document(document) => document_view(document, scene),
        Media::Poll(poll) => poll_view(poll, scene),
        Media::WebPage(page) => MediaView::Link {
            site: page.site.clone().unwrap_or_default(),
            title: page.title.clone().unwrap_or_default(),
            description: page.description.clone().unwrap_or_default(),
            address: safe_address(&page.url),
            large: page.large,
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
        other => {
            let card = card(other, scene);
            let items = other.inside();
            match items.is_empty() {
                true => MediaView::Card(card),
                false => MediaView::Holding {
                    card,
                    items: items.iter().map(|item| self::media(item, scene)).collect(),
                },
            }
        }
    }
}
