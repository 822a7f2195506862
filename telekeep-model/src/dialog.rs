//! Dialogs: the chat list of an account.

use serde::Deserialize;

use crate::{ModelError, PeerRef, json};

/// An entry of the chat list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dialog {
    /// Marked id of the chat.
    pub chat: i64,
    /// Id of the newest message, 0 when there is none.
    pub top_message: i64,
    /// Folder: 0 main list, 1 archived chats.
    pub folder: i64,
    /// Pinned in its folder.
    pub pinned: bool,
    /// Until when it makes no notifications, unix seconds; 0 for one that makes them.
    pub muted_until: i64,
    /// Unread messages when the list was read.
    pub unread: i64,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    peer: PeerRef,
    #[serde(default)]
    top_message: i64,
    #[serde(default)]
    folder_id: i64,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    unread_count: i64,
    #[serde(default)]
    notify_settings: Option<WireNotify>,
}

#[derive(Deserialize)]
struct WireNotify {
    #[serde(default)]
    mute_until: Option<i64>,
}

impl Dialog {
    /// Reads a `dialog` body. Folder and community entries are no chats: a `Constructor` error.
    pub fn parse(body: &serde_json::value::RawValue) -> Result<Self, ModelError> {
        let name = json::constructor(body);
        if name != "dialog" {
            return Err(ModelError::constructor("dialog", &name));
        }
        let wire: Wire = json::read("dialog", body.get())?;
        let chat = wire.peer.marked().ok_or(ModelError::Field {
            what: "dialog",
            field: "peer",
        })?;
        Ok(Self {
            chat,
            top_message: wire.top_message,
            folder: wire.folder_id,
            pinned: wire.pinned,
            muted_until: wire
                .notify_settings
                .and_then(|settings| settings.mute_until)
                .unwrap_or_default(),
            unread: wire.unread_count,
        })
    }
}
