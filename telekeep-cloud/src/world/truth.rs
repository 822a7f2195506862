//! The world as tests compare it with an archive: every chat, message and file, as they are.

use grammers_tl_types::Serializable;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::World;
use super::file::File;
use super::ids::PeerId;
use super::log::{Entry, Log, set_out};
use super::state::State;
use super::web;
use crate::rpc::{AccountId, NATIVE_LAYER};

/// What sort of chat a truth is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Chat with oneself.
    Saved,
    /// Chat with a person or bot.
    Private,
    /// Basic group.
    Group,
    /// Supergroup.
    Supergroup,
    /// Broadcast channel.
    Channel,
}

/// One chat of an account with all its messages.
#[derive(Clone, Debug)]
pub struct Chat {
    /// Marked id: users `id`, basic groups `-id`, channels `-(10^12 + id)`.
    pub id: i64,
    /// What it is.
    pub kind: ChatKind,
    /// Title or full name; empty for deleted accounts.
    pub title: String,
    /// 0 main list, 1 archive.
    pub folder: i32,
    /// TL JSON of the native layer, ascending ids.
    pub messages: Vec<Value>,
}

/// One file that can be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTruth {
    /// `document/ID`, `document/ID/thumb/m`, `photo/ID/y`, `photo/ID/video/u`,
    /// `portrait/PHOTO/PEER`.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// The data centre it lives in.
    pub dc: i32,
    id: i64,
    rendition: &'static str,
}

impl World {
    /// The chats of an account, without their messages: marked id, kind, title, folder.
    pub fn chat_list(&self, account: AccountId) -> Vec<Chat> {
        let state = self.read();
        let Some(owner) = state.accounts.get(&account) else {
            return Vec::new();
        };
        let chat = |dialog: &super::Dialog| Chat {
            id: dialog.peer.marked(),
            kind: kind(&state, account, dialog.peer),
            title: state.peers.title(dialog.peer),
            folder: dialog.folder,
            messages: Vec::new(),
        };
        owner.dialogs.iter().map(chat).collect()
    }

    /// The messages of one chat as TL JSON, ascending ids.
    pub fn messages(&self, account: AccountId, chat: i64) -> Vec<Value> {
        let mut out = Vec::new();
        self.each_message(account, chat, &mut |bytes| {
            let schema = telekeep_tl::bundled(NATIVE_LAYER);
            out.extend(schema.and_then(|s| s.to_value("Message", bytes).ok()));
        });
        out
    }

    /// The ids of the messages of one chat, ascending.
    pub fn message_ids(&self, account: AccountId, chat: i64) -> Vec<i32> {
        let state = self.read();
        let log = state.log(account, PeerId::of_marked(chat));
        log.map_or_else(Vec::new, |log| log.iter().map(|e| e.id).collect())
    }

    /// Calls `f` with the TL bytes (native layer) of every message of a chat, oldest first.
    pub fn each_message(&self, account: AccountId, chat: i64, f: &mut dyn FnMut(&[u8])) {
        let state = self.read();
        let Some(log) = state.log(account, PeerId::of_marked(chat)) else {
            return;
        };
        let mut bytes = Vec::new();
        for entry in log.iter() {
            bytes.clear();
            state.encode(account, PeerId::of_marked(chat), log, entry, &mut bytes);
            f(&bytes);
        }
    }

    /// The chats of an account with all their messages. Large: for small worlds.
    pub fn chats(&self, account: AccountId) -> Vec<Chat> {
        let mut chats = self.chat_list(account);
        for chat in &mut chats {
            chat.messages = self.messages(account, chat.id);
        }
        chats
    }

    /// Every file of the world with its renditions, in the order they were made. Profile photos
    /// and stickers nobody sent are among them.
    pub fn files(&self) -> Vec<FileTruth> {
        let state = self.read();
        state
            .files
            .iter()
            .flat_map(|file| truths(&state, file))
            .collect()
    }

    /// The photos that people, groups and channels have now, as whoever sees their name finds them:
    /// the larger size.
    pub fn portraits(&self) -> Vec<FileTruth> {
        let state = self.read();
        let peers = state.peers.all();
        let portrait = |peer: PeerId| {
            let photo = state.peers.photo(peer)?;
            let file = state.files.get(photo)?;
            let sizes = truths(&state, file);
            let largest = sizes.into_iter().rfind(|size| size.rendition != "u")?;
            Some(FileTruth {
                key: format!("portrait/{photo}/{}", peer.marked()),
                ..largest
            })
        };
        peers.filter_map(portrait).collect()
    }

    /// Pictures of other sites that bills show. A key is made of the address of one.
    pub fn web_pictures(&self) -> Vec<FileTruth> {
        let state = self.read();
        let picture = |address: String| {
            let (file, rendition) = web::at(&state.files, &address)?;
            let digest = Sha256::digest(address);
            let digits = digest.iter().take(16).map(|byte| format!("{byte:02x}"));
            let sizes = truths(&state, file);
            let size = sizes.into_iter().find(|size| size.rendition == rendition)?;
            Some(FileTruth {
                key: format!("web/{}", digits.collect::<String>()),
                ..size
            })
        };
        web::addresses(&state.files).filter_map(picture).collect()
    }

    /// The SHA-256 (hex) of a file, computed while its bytes are made.
    pub fn sha256(&self, file: &FileTruth) -> String {
        let mut hash = Sha256::new();
        let mut at = 0;
        loop {
            let bytes = self.file_range(file, at, 1 << 20);
            if bytes.is_empty() {
                break;
            }
            at += bytes.len() as u64;
            hash.update(&bytes);
        }
        hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Bytes of a file from `offset`, at most `len`.
    pub fn file_range(&self, file: &FileTruth, offset: u64, len: u64) -> Vec<u8> {
        let content = self.read().files.content(file.id, file.rendition);
        content.map_or_else(Vec::new, |c| c.range(offset, len))
    }
}

impl State {
    /// Appends a message as an account gets it.
    pub(crate) fn encode(
        &self,
        account: AccountId,
        peer: PeerId,
        log: &Log,
        entry: &Entry,
        out: &mut Vec<u8>,
    ) {
        let from = out.len();
        if entry.mask & super::log::mask::PERSONAL != 0 {
            match self.personal(account, peer, log, entry) {
                Some(message) => message.serialize(out),
                None => out.extend_from_slice(log.tl(entry)),
            }
        } else {
            out.extend_from_slice(log.tl(entry));
        }
        let tl = &mut out[from..];
        if peer.is_channel() && log.peers(entry).next() == Some(account) {
            set_out(tl, true);
        }
        self.files.refresh(tl);
    }
}

fn kind(state: &State, account: AccountId, peer: PeerId) -> ChatKind {
    match peer {
        PeerId::User(id) if id == account => ChatKind::Saved,
        PeerId::User(_) => ChatKind::Private,
        PeerId::Chat(_) => ChatKind::Group,
        PeerId::Channel(id) => match state.peers.channels.get(&id) {
            Some(channel) if channel.broadcast => ChatKind::Channel,
            _ => ChatKind::Supergroup,
        },
    }
}

fn truths(state: &State, file: &File) -> Vec<FileTruth> {
    let id = file.id;
    let truth = |rendition: &'static str| FileTruth {
        key: match (file.kind.is_photo(), rendition) {
            (true, "u") => format!("photo/{id}/video/u"),
            (true, size) => format!("photo/{id}/{size}"),
            (false, "") => format!("document/{id}"),
            (false, thumb) => format!("document/{id}/thumb/{thumb}"),
        },
        size: state.files.content(id, rendition).map_or(0, |c| c.len()),
        dc: file.dc,
        id,
        rendition,
    };
    file.renditions().into_iter().map(truth).collect()
}
