//! The list of chats.

use grammers_tl_types::{Identifiable, Serializable, enums, types};
use serde_json::Value;

use super::history::with;
use super::input::{flag, int, list, peer, text};
use super::output::{Crowd, head};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::world::ids::PeerId;
use crate::world::state::State;
use crate::world::{Dialog, blank};

pub(super) const METHODS: &[Method] = &[
    ("messages.getDialogs", get_dialogs),
    ("messages.getPinnedDialogs", |call, r| {
        with(call, &r, get_pinned_dialogs)
    }),
    ("messages.getPeerDialogs", |call, r| {
        with(call, &r, get_peer_dialogs)
    }),
];

/// A chat that has messages: its place in the list.
#[derive(Clone, Copy)]
struct Row<'a> {
    dialog: &'a Dialog,
    date: i32,
    top: i32,
}

impl Row<'_> {
    /// Newest first; the peer decides between equal dates.
    fn key(&self) -> (i32, i64) {
        (self.date, self.dialog.peer.marked())
    }
}

/// With a range, chats of the shared sequence with messages in it; channels, which have sequences
/// of their own, stand in the newest range.
fn rows(
    state: &State,
    account: i64,
    folder: Option<i32>,
    range: Option<(i32, i32)>,
) -> (Vec<Row<'_>>, Vec<Row<'_>>) {
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let all = dialogs
        .iter()
        .filter(|d| folder.is_none_or(|f| d.folder == f))
        .filter_map(|dialog| {
            let top = match (dialog.peer, range) {
                (PeerId::Channel(_), Some((_, last))) if last < i32::MAX => return None,
                (PeerId::User(_) | PeerId::Chat(_), Some(range)) => {
                    state.log(account, dialog.peer)?.last_within(range)?
                }
                _ => state.top(account, dialog.peer)?,
            };
            Some(Row {
                dialog,
                date: top.date,
                top: top.id,
            })
        });
    let (mut pinned, mut others): (Vec<_>, Vec<_>) = all.partition(|row| row.dialog.pinned > 0);
    pinned.sort_by_key(|row| (row.dialog.folder, row.dialog.pinned));
    others.sort_by_key(|row| std::cmp::Reverse(row.key()));
    (pinned, others)
}

/// The `dialog` of a chat as TL has it.
pub(super) fn dialog(state: &State, account: i64, own: &Dialog) -> types::Dialog {
    let top = state.top(account, own.peer).map_or(0, |e| e.id);
    let unread = state
        .log(account, own.peer)
        .map_or(0, |log| log.count_after(own.read_inbox));
    let pts = match own.peer {
        PeerId::Channel(id) => state.peers.channels.get(&id).map(|c| c.journal.pts),
        _ => None,
    };
    let notify = types::PeerNotifySettings {
        mute_until: own.muted.then_some(i32::MAX),
        ..blank::peer_notify_settings()
    };
    types::Dialog {
        pinned: own.pinned > 0,
        top_message: top,
        read_inbox_max_id: own.read_inbox,
        read_outbox_max_id: own.read_outbox,
        unread_count: unread as i32,
        pts,
        folder_id: (own.folder != 0).then_some(own.folder),
        ..blank::dialog(own.peer.tl(), notify.into())
    }
}

/// Dialogs, their newest messages, chats and users, as four vectors.
fn put(
    state: &State,
    account: i64,
    rows: &[Row<'_>],
    folder: Option<enums::Dialog>,
    out: &mut Vec<u8>,
) {
    head(rows.len() + usize::from(folder.is_some()), out);
    folder.serialize_if(out);
    for row in rows {
        let dialog = types::Dialog {
            top_message: row.top,
            ..dialog(state, account, row.dialog)
        };
        enums::Dialog::Dialog(dialog).serialize(out);
    }
    let mut crowd = Crowd::default();
    let found = rows.iter().filter_map(|row| {
        let log = state.log(account, row.dialog.peer)?;
        Some((row.dialog.peer, log, log.find(row.top)?))
    });
    let found: Vec<_> = found.collect();
    head(found.len(), out);
    for (peer, log, entry) in found {
        crowd.add_message((peer, log, entry));
        state.encode(account, peer, log, entry, out);
    }
    crowd.put_chats(state, account, out);
    crowd.put_users(state, account, out);
}

trait SerializeIf {
    fn serialize_if(&self, out: &mut Vec<u8>);
}

impl SerializeIf for Option<enums::Dialog> {
    fn serialize_if(&self, out: &mut Vec<u8>) {
        if let Some(dialog) = self {
            dialog.serialize(out);
        }
    }
}

fn get_dialogs(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let (state, request) = (&*call.cloud.world.read(), &request);
    let folder = request["folder_id"]
        .as_i64()
        .and_then(|f| i32::try_from(f).ok());
    let (pinned, others) = rows(state, account, folder, call.range);
    let limit = match int(request, "limit") {
        0 => 20,
        limit => limit.clamp(1, 100) as usize,
    };
    let total = pinned.len() + others.len();
    let exclude_pinned = flag(request, "exclude_pinned");
    let rest = after_offset(state, account, request, &pinned, &others)?;
    let first = rest.len() == total;
    let page: Vec<Row<'_>> = rest
        .into_iter()
        .filter(|row| !exclude_pinned || row.dialog.pinned == 0)
        .take(limit)
        .collect();
    let archive = (first && folder == Some(0) && !exclude_pinned)
        .then(|| archive_row(state, account))
        .flatten();
    let mut out = Vec::with_capacity(700 * page.len() + 64);
    if first && page.len() == total {
        types::messages::Dialogs::CONSTRUCTOR_ID.serialize(&mut out);
    } else {
        types::messages::DialogsSlice::CONSTRUCTOR_ID.serialize(&mut out);
        let shown = if exclude_pinned { others.len() } else { total };
        (shown as i32).serialize(&mut out);
    }
    put(state, account, &page, archive, &mut out);
    Ok(Answer::Tl(out))
}

/// What follows the offset: the pinned first, then all others by date.
fn after_offset<'a>(
    state: &State,
    account: i64,
    request: &Value,
    pinned: &[Row<'a>],
    others: &[Row<'a>],
) -> Result<Vec<Row<'a>>, RpcError> {
    let date = int(request, "offset_date");
    let named = match text(&request["offset_peer"], "_") {
        "" | "inputPeerEmpty" => None,
        _ => Some(peer(state, account, &request["offset_peer"])?),
    };
    if date == 0 && named.is_none() {
        return Ok([pinned, others].concat());
    }
    if let Some(place) = pinned.iter().position(|row| Some(row.dialog.peer) == named) {
        return Ok([&pinned[place + 1..], others].concat());
    }
    let date = if date > 0 { date } else { i32::MAX };
    let limit = named.map_or((date, i64::MIN), |peer| (date, peer.marked()));
    Ok(others
        .iter()
        .filter(|row| row.key() < limit)
        .copied()
        .collect())
}

/// The archive as an entry of the main list.
fn archive_row(state: &State, account: i64) -> Option<enums::Dialog> {
    let (pinned, others) = rows(state, account, Some(1), None);
    let newest = pinned.iter().chain(&others).max_by_key(|row| row.key())?;
    let folder = types::Folder {
        autofill_new_broadcasts: false,
        autofill_public_groups: false,
        autofill_new_correspondents: false,
        id: 1,
        title: "Archived chats".into(),
        photo: None,
    };
    Some(
        types::DialogFolder {
            pinned: true,
            folder: folder.into(),
            peer: newest.dialog.peer.tl(),
            top_message: newest.top,
            unread_muted_peers_count: 0,
            unread_unmuted_peers_count: 0,
            unread_muted_messages_count: 0,
            unread_unmuted_messages_count: 0,
        }
        .into(),
    )
}

fn peer_dialogs(state: &State, account: i64, rows: &[Row<'_>]) -> Answer {
    let mut out = Vec::new();
    types::messages::PeerDialogs::CONSTRUCTOR_ID.serialize(&mut out);
    put(state, account, rows, None, &mut out);
    super::updates::state_of(state, account).serialize(&mut out);
    Answer::Tl(out)
}

fn get_pinned_dialogs(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let (pinned, _) = rows(state, account, Some(int(request, "folder_id")), None);
    Ok(peer_dialogs(state, account, &pinned))
}

fn get_peer_dialogs(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let mut made = Vec::new();
    for item in list(request, "peers") {
        let peer = peer(state, account, &item["peer"])?;
        let own = state
            .accounts
            .get(&account)
            .and_then(|a| a.dialog(peer))
            .cloned();
        made.push(own.unwrap_or_else(|| Dialog::new(peer)));
    }
    let rows: Vec<Row<'_>> = made
        .iter()
        .map(|dialog| {
            let (top, date) = state
                .top(account, dialog.peer)
                .map_or((0, 0), |e| (e.id, e.date));
            Row { dialog, date, top }
        })
        .collect();
    Ok(peer_dialogs(state, account, &rows))
}
