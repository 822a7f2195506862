//! An answer of the server, taken apart into what the spool stores.
//!
//! Objects are read in place and leave as JSON text with a fingerprint of what does not change by
//! itself, so the writer has nothing to do but compare and store. Everything here is a pure
//! function of the bytes and runs on any thread.

mod dialogs;
mod history;
mod people;

use telekeep_tl::DecodeError;

pub(crate) use dialogs::{DecodedDialog, Dialogs, dialogs};
pub(super) use history::empty_previews;
pub(crate) use history::{DecodedMessage, History, Outline};
pub(crate) use people::{DecodedPeer, PeerFilter, peer_of};

/// Fields of a message that change by themselves or depend on who looks.
pub(crate) const MESSAGE_VOLATILE: &[&str] = &[
    "access_hash",
    "file_reference",
    "views",
    "forwards",
    "read_max_id",
    "media_unread",
    "unread",
];
/// Fields of a user or chat that change by themselves.
pub(crate) const PEER_VOLATILE: &[&str] = &[
    "access_hash",
    "file_reference",
    "status",
    "participants_count",
    "stories_max_id",
    "stories_unavailable",
    "bot_active_users",
    "call_active",
    "call_not_empty",
];
/// Fields of a dialog that say what was read and what is newest; messages are records themselves.
pub(crate) const DIALOG_VOLATILE: &[&str] = &[
    "top_message",
    "read_inbox_max_id",
    "read_outbox_max_id",
    "unread_count",
    "unread_mentions_count",
    "unread_reactions_count",
    "unread_poll_votes_count",
    "pts",
    "access_hash",
    "file_reference",
];

/// An answer that is not what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    /// The schema cannot decode it.
    #[error("{0}")]
    Undecodable(#[from] DecodeError),
    /// It is another object.
    #[error("unexpected {0}")]
    Unexpected(String),
}

#[cfg(test)]
mod tests;
