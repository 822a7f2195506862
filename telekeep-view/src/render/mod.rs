//! Messages as templates show them. Knows nothing of HTTP: addresses come from a [`Links`], names
//! from the [`Scene`], so the same code serves the live pages and a static export.

mod around;
mod blocks;
mod bubble;
mod clock;
mod diff;
mod emoji;
mod face;
mod first_words;
mod html;
mod links;
mod media;
mod outline;
mod scene;
mod service;
mod text;
mod veiled;
mod wave;

pub use around::{Forwarded, Quoted, ReactionView};
pub use blocks::{RichPiece, RichView};
pub use bubble::{Bubble, Day, Event, Given, Item, TopicLink, days, miss};
pub use clock::Clock;
pub use diff::{Change, Changed, changes, differences, hide};
pub use face::Face;
pub use first_words::first_words;
pub use html::Html;
pub(crate) use links::encode;
pub use links::{Links, ServerLinks, safe_address};
pub use media::{
    Album, Card, FileRow, MediaView, Missing, PeerLine, Picture, PollBar, Solution, TaskLine,
    media, pictured,
};
pub use outline::outline;
pub use scene::{Files, Held, Scene};
pub use service::sentence;
pub use text::{formatted, only_emoji, rich, rich_in, rich_with_hits};
pub use veiled::{snippet_html, spoilers, veiled};
use wave::{wave_path, waveform};
