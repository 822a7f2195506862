//! What a record means: the body of a journal record (TL as JSON, see `docs/format.md`) read into
//! typed chats, messages, media and service events.
//!
//! The journal keeps bodies exactly as the server sent them, so reading them may be lenient and may
//! improve later without migrating anything. Three rules follow:
//!
//! * **An unknown constructor is never an error.** It becomes an "unsupported" kind that carries the
//!   constructor's name; the names are collected in [`Message::unsupported`], so they can be counted.
//! * **A field of the wrong type is an error of that one object**, named by [`ModelError`]; the
//!   caller keeps the record and goes on.
//! * **Nothing here touches a clock, a file or the network.**
//!
//! Bodies are parsed with borrowed strings and `RawValue` for the parts that are looked at
//! separately; `#[serde(flatten)]` is avoided because it doubles the cost.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod about;
mod account;
mod capture;
mod card;
mod crowd;
mod dialog;
mod entity;
mod error;
mod folder;
mod ids;
mod json;
mod markup;
mod media;
mod media_read;
mod media_wire;
mod message;
mod money;
mod notes;
mod part;
mod peer;
mod period;
mod rich;
mod service;
mod told;

pub use about::{
    About, AdminEvent, Deed, Described, InviteLink, Joined, Member, ReadState, Role, SavedChat,
};
pub use account::{
    AccountPart, Audience, ChatLink, Device, Draft, Gift, HelperBot, Kept, Listed, NotifyException,
    NotifyRule, OwnPhoto, OwnProfile, OwnText, Payment, PrivacyRule, QuickReply, ReactionNotices,
    Sound, StickerSet, Subscription, TwoStep, UsedEmoji, WorkHours, month_of_payments,
};
pub use capture::{Note, NoteFile};
pub use card::{Contact, Game, Giveaway, GiveawayResults, Invoice, Prize, Story, Task, Todo};
pub use crowd::{Crowd, Voice};
pub use dialog::Dialog;
pub use entity::{Entity, EntityKind};
pub use error::ModelError;
pub use folder::{Folder, FolderChat, FolderExcept, FolderKinds, Folders};
pub use ids::{CHANNEL_BASE, PeerRef, id_space, mark_channel, mark_chat, mark_user};
pub use markup::Button;
pub use media::{Document, DocumentRole, File, Media, Photo, Poll, PollAnswer, WebPage};
pub use message::{Context, Forward, Message, Parsed, Reaction, Reply};
pub use money::Money;
pub use notes::{
    Absent, ChatList, Coverage, Deleted, Failure, MediaHeld, Run, SavedContact, Selected, Source,
};
pub use peer::{Peer, PeerKind};
pub use period::{Period, PeriodUnit};
pub use rich::{
    Align, Article, Block, Caption, Cell, Details, Embed, Height, Line, List, ListItem, Numbers,
    Quote, Rich, Table,
};
pub use service::{ALSO, Part, Service, TopicChange};
pub use told::{Told, ToldStory};

/// For `#[serde(skip_serializing_if)]`: stored details hold only what differs from the default.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
