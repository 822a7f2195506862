//! The parts of a chat: which there are, what is asked for each, and what of it is of the moment.

use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

use super::{Notes, PREFIX, Sight};
use crate::spool::{Beside, ChatState, PeerSort, Rank, Shelf, Who};
use crate::telegram::backup::account::{Answer, PAGE, Pages, Paging, Part};
use crate::telegram::peers::{PeerId, input_peer};

/// A chat to ask about.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub chat: i64,
    pub protected: bool,
    access_hash: Option<i64>,
    is_self: bool,
    sort: PeerSort,
    rank: Rank,
    forum: bool,
}

impl Place {
    pub fn new(chat: &ChatState, who: &Who) -> Place {
        Place {
            chat: chat.chat,
            protected: chat.protected,
            access_hash: chat.access_hash,
            is_self: chat.is_self,
            sort: who.sort,
            rank: who.rank,
            forum: who.forum,
        }
    }

    pub fn input_peer(&self) -> Value {
        input_peer(self.chat, self.access_hash, self.is_self)
    }

    pub fn input_channel(&self) -> Value {
        input_channel(self.chat, self.access_hash)
    }
}

fn input_channel(chat: i64, access_hash: Option<i64>) -> Value {
    let access_hash = access_hash.unwrap_or(0);
    match PeerId::of(chat) {
        PeerId::Channel(id) => {
            json!({"_": "inputChannel", "channel_id": id, "access_hash": access_hash})
        }
        _ => json!({"_": "inputChannelEmpty"}),
    }
}

fn input_user(id: i64, access_hash: Option<i64>) -> Value {
    json!({"_": "inputUser", "user_id": id, "access_hash": access_hash.unwrap_or(0)})
}

/// A part, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Description and settings.
    Full,
    /// Members, as far as the server shows them.
    Members,
    Admins,
    Bots,
    /// Those who were removed and may not come back.
    Kicked,
    /// Those whose rights are restricted.
    Banned,
    Links,
    Log,
    /// Photos somebody has and had.
    Photos,
    /// Where Saved Messages were saved from, or with whom direct messages of a channel are.
    Saved,
    /// The topics of a forum.
    Topics,
}

impl Mode {
    /// The name it has in the spool and among failures.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Full => "full",
            Mode::Members => "participants",
            Mode::Admins => "admins",
            Mode::Bots => "bots",
            Mode::Kicked => "kicked",
            Mode::Banned => "banned",
            Mode::Links => "invite_links",
            Mode::Log => "admin_log",
            Mode::Photos => "photos",
            Mode::Saved => "saved_dialogs",
            Mode::Topics => "topics",
        }
    }

    pub fn full_name(self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    /// What it asks members by, when it is a list of them.
    fn filter(self) -> Option<Value> {
        Some(match self {
            Mode::Members => json!({"_": "channelParticipantsRecent"}),
            Mode::Admins => json!({"_": "channelParticipantsAdmins"}),
            Mode::Bots => json!({"_": "channelParticipantsBots"}),
            Mode::Kicked => json!({"_": "channelParticipantsKicked", "q": ""}),
            Mode::Banned => json!({"_": "channelParticipantsBanned", "q": ""}),
            _ => return None,
        })
    }
}

/// The parts there are of a chat; the description comes first, since it explains the others.
pub(super) fn of(place: &Place) -> Vec<Mode> {
    let leads = place.rank >= Rank::Admin;
    let mut parts = match PeerId::of(place.chat) {
        _ if place.is_self => return vec![Mode::Saved],
        // They have no members of their own, and only those who run the channel see with whom they
        // are.
        _ if place.sort == PeerSort::Direct && leads => return vec![Mode::Full, Mode::Saved],
        _ if place.sort == PeerSort::Direct => return vec![Mode::Full],
        PeerId::User(_) => return vec![Mode::Full, Mode::Photos],
        PeerId::Group(_) => vec![Mode::Full],
        PeerId::Channel(_) => vec![Mode::Full, Mode::Members],
    };
    let channel = matches!(PeerId::of(place.chat), PeerId::Channel(_));
    if channel && (leads || place.sort == PeerSort::Supergroup) {
        parts.extend([Mode::Admins, Mode::Bots]);
    }
    if channel && leads {
        parts.extend([Mode::Kicked, Mode::Banned, Mode::Log]);
    }
    if leads {
        parts.push(Mode::Links);
    }
    if place.forum {
        parts.push(Mode::Topics);
    }
    parts
}

/// Why a part need not be asked for: what the server says to everybody in this place.
pub(super) fn closed(place: &Place, mode: Mode) -> Option<&'static str> {
    let broadcast = place.sort == PeerSort::Channel && place.rank < Rank::Admin;
    (mode == Mode::Members && broadcast).then_some("CHAT_ADMIN_REQUIRED")
}

/// The first requests of a part.
pub(super) fn requests(place: &Place, mode: Mode) -> VecDeque<Part> {
    let part = |request: Value| Part::new(&mode.full_name(), request);
    let (hash, peer) = (place.access_hash, place.input_peer());
    let beside = |what: Beside| Shelf::Chat {
        chat: place.chat,
        what,
    };
    if let Some(filter) = mode.filter() {
        return [members(place, mode, &filter)].into();
    }
    match mode {
        Mode::Photos => [part(photos_of(place.chat, hash))
            .paged(Paging::Photos)
            .with_files(beside(Beside::Photos))]
        .into(),
        Mode::Saved => {
            let mut request = json!({
                "_": "messages.getSavedDialogs", "offset_date": 0, "offset_id": 0,
                "offset_peer": {"_": "inputPeerEmpty"}, "limit": PAGE, "hash": 0,
            });
            if !place.is_self {
                request["parent_peer"] = peer;
            }
            [part(request).paged(Paging::Saved)].into()
        }
        Mode::Topics => {
            let request = json!({
                "_": "messages.getForumTopics", "peer": peer, "offset_date": 0, "offset_id": 0,
                "offset_topic": 0, "limit": PAGE,
            });
            [part(request).paged(Paging::Topics)].into()
        }
        Mode::Links => {
            let own = json!({"_": "inputUserSelf"});
            let mut all: VecDeque<Part> =
                [links(&peer, &own, false), links(&peer, &own, true)].into();
            if place.rank == Rank::Owner {
                let request = json!({"_": "messages.getAdminsWithInvites", "peer": peer});
                all.push_front(part(request));
            }
            all
        }
        _ => [part(full_of(place.chat, hash)).with_files(beside(Beside::Full))].into(),
    }
}

fn members(place: &Place, mode: Mode, filter: &Value) -> Part {
    let request = json!({
        "_": "channels.getParticipants", "channel": place.input_channel(), "filter": filter,
        "offset": 0, "limit": MEMBERS, "hash": 0,
    });
    Part::new(&mode.full_name(), request).paged(Paging::Total("participants"))
}

/// Members of a page, as far as a server lets a client choose.
const MEMBERS: i32 = 200;

fn links(peer: &Value, admin: &Value, revoked: bool) -> Part {
    let mut request = json!({
        "_": "messages.getExportedChatInvites", "peer": peer, "admin_id": admin, "limit": PAGE,
    });
    if revoked {
        request["revoked"] = json!(true);
    }
    Part::new(&Mode::Links.full_name(), request).paged(Paging::Links)
}

fn full_of(chat: i64, access_hash: Option<i64>) -> Value {
    match PeerId::of(chat) {
        PeerId::User(id) => {
            json!({"_": "users.getFullUser", "id": input_user(id, access_hash)})
        }
        PeerId::Group(id) => json!({"_": "messages.getFullChat", "chat_id": id}),
        PeerId::Channel(_) => {
            json!({"_": "channels.getFullChannel", "channel": input_channel(chat, access_hash)})
        }
    }
}

fn photos_of(chat: i64, access_hash: Option<i64>) -> Value {
    json!({
        "_": "photos.getUserPhotos", "user_id": input_user(chat, access_hash), "offset": 0,
        "max_id": 0, "limit": PAGE,
    })
}

/// What the first answers show to be asked for still: members that a search may find when the
/// list does not have all, and links of the other administrators.
pub(super) fn more(place: &Place, mode: Mode, answer: &Answer, sight: &Sight) -> Vec<Part> {
    match mode {
        Mode::Members if !sight.hidden && is_short(answer.answers(), sight) => {
            let search = json!({"_": "channelParticipantsSearch", "q": ""});
            vec![members(place, mode, &search)]
        }
        Mode::Links => others(place, answer),
        _ => Vec::new(),
    }
}

/// Links of administrators other than the account.
fn others(place: &Place, answer: &Answer) -> Vec<Part> {
    let peer = place.input_peer();
    let all = answer.answers().iter();
    let all = all.flat_map(|answer| answer["admins"].as_array().into_iter().flatten());
    let ids = all.filter_map(|admin| admin["admin_id"].as_i64());
    let known = ids.filter_map(|id| answer.peer(id));
    let others = known.filter(|admin| !admin.is_self);
    others
        .flat_map(|admin| {
            let admin = input_user(admin.chat, admin.access_hash);
            [links(&peer, &admin, false), links(&peer, &admin, true)]
        })
        .collect()
}

/// What belongs to the entries of the lists, once all are there: who joined by a link, and who
/// waits to be let in.
pub(super) fn within(place: &Place, mode: Mode, answer: &Answer) -> Vec<Part> {
    if mode != Mode::Links {
        return Vec::new();
    }
    let some = |link: &Value, field: &str| link[field].as_i64().is_some_and(|n| n > 0);
    let mut parts = Vec::new();
    for link in entries(answer.answers(), "invites") {
        for (field, waiting) in [("usage", false), ("requested", true)] {
            if some(link, field) {
                parts.push(joined(&place.input_peer(), &link["link"], waiting));
            }
        }
    }
    parts
}

fn joined(peer: &Value, link: &Value, waiting: bool) -> Part {
    let mut request = json!({
        "_": "messages.getChatInviteImporters", "peer": peer, "link": link, "offset_date": 0,
        "offset_user": {"_": "inputUserEmpty"}, "limit": PAGE,
    });
    if waiting {
        request["requested"] = json!(true);
    }
    Part::new(&Mode::Links.full_name(), request).paged(Paging::Joined)
}

fn is_short(answers: &[Value], sight: &Sight) -> bool {
    shown(answers) < counted(answers, sight)
}

/// Members in the answers, each once.
fn shown(answers: &[Value]) -> u64 {
    let entries = entries(answers, "participants");
    // Restricted ones are named as peers.
    let ids = entries.filter_map(|one| {
        let id = one["user_id"].as_i64();
        id.or_else(|| {
            one["peer"]["user_id"]
                .as_i64()
                .or(one["peer"]["channel_id"].as_i64())
        })
    });
    ids.collect::<HashSet<_>>().len() as u64
}

/// Members as the server counts them.
fn counted(answers: &[Value], sight: &Sight) -> u64 {
    let counts = answers.iter().filter_map(|answer| answer["count"].as_u64());
    counts.chain(sight.members).max().unwrap_or(0)
}

fn entries<'a>(answers: &'a [Value], list: &'a str) -> impl Iterator<Item = &'a Value> {
    answers
        .iter()
        .flat_map(move |answer| answer[list].as_array().into_iter().flatten())
}

/// What is said of a list of which the server shows a part only.
pub(super) fn notes(mode: Mode, answers: &[Value], sight: &Sight) -> Notes {
    let mut notes = Notes::new();
    if mode == Mode::Members && is_short(answers, sight) {
        let why = match sight.hidden {
            true => HIDDEN,
            false => NOT_ALL,
        };
        notes.insert("shown".to_owned(), json!(shown(answers)));
        notes.insert("count".to_owned(), json!(counted(answers, sight)));
        notes.insert("partial".to_owned(), json!(why));
    }
    notes
}

/// Who is a member is hidden from everybody but administrators.
const HIDDEN: &str = "HIDDEN_MEMBERS";
/// The server ends its list before its count: it shows 10,000 at most.
const NOT_ALL: &str = "NOT_ALL_SHOWN";

/// Fields of a part that change by themselves, beside those of all objects.
pub(crate) fn volatile(part: &str) -> &'static [&'static str] {
    match part {
        "full" => FULL,
        "saved_dialogs" | "topics" => SAVED,
        "invite_links" => &["usage", "requested", "subscription_expired"],
        _ => &[],
    }
}

/// The newest message, what was read.
const SAVED: &[&str] = &[
    "top_message",
    "read_inbox_max_id",
    "read_outbox_max_id",
    "unread_count",
    "unread_reactions_count",
    "unread_mentions_count",
    "unread_poll_votes_count",
];

/// Counters, what was read, what is going on at the moment, what was told in the last day.
const FULL: &[&str] = &[
    "participants_count",
    "admins_count",
    "kicked_count",
    "banned_count",
    "online_count",
    "read_inbox_max_id",
    "read_outbox_max_id",
    "unread_count",
    "common_chats_count",
    "pts",
    "version",
    "call",
    "stories",
    "open_now",
    "has_scheduled",
    "folder_id",
    "slowmode_next_send_date",
    "pending_suggestions",
    "requests_pending",
    "recent_requesters",
    "boosts_applied",
    "stats_dc",
    "stars_rating",
    "stars_my_pending_rating",
    "stars_my_pending_rating_date",
    "geo_distance",
    "usage",
    "requested",
];

/// What of the answers makes a version: of a list its entries, whatever the pages, and in any
/// order where the server has none of its own.
pub(crate) fn essence(part: &str, answers: Value) -> Value {
    let (list, ordered) = match part {
        "participants" | "admins" | "bots" | "kicked" | "banned" => ("participants", false),
        "saved_dialogs" => ("dialogs", false),
        "topics" => ("topics", false),
        "invite_links" => ("invites", false),
        "photos" => ("photos", true),
        _ => return answers,
    };
    let pages = answers.as_array().map_or(&[][..], Vec::as_slice);
    if pages.iter().any(|page| page["unavailable"].is_string()) {
        return answers;
    }
    let mut all: Vec<String> = entries(pages, list).map(Value::to_string).collect();
    for page in pages {
        let joined = page["importers"].as_array().into_iter().flatten();
        all.extend(joined.map(|one| json!([page["link"], one]).to_string()));
    }
    if !ordered {
        all.sort_unstable();
        all.dedup();
    }
    json!(all)
}

/// What to ask for so that something beside the messages of a chat shows a file again.
pub(crate) fn pages_of(
    chat: i64,
    access_hash: Option<i64>,
    what: Beside,
    key: &str,
) -> Option<Pages> {
    Some(Pages::once(match what {
        Beside::Full => full_of(chat, access_hash),
        Beside::Photos => {
            // The photo of this number itself.
            let mut request = photos_of(chat, access_hash);
            request["offset"] = json!(-1);
            request["max_id"] = json!(key.split('/').nth(1)?.parse::<i64>().ok()?);
            request["limit"] = json!(1);
            request
        }
        Beside::Event(id) => {
            let (above, below) = (id.saturating_add(1), id.saturating_sub(1));
            log_of(input_channel(chat, access_hash), above, below)
        }
    }))
}

/// Events of an admin log between two ids, the newest first.
pub(super) fn log_of(channel: Value, max_id: i64, min_id: i64) -> Value {
    json!({
        "_": "channels.getAdminLog", "channel": channel, "q": "", "max_id": max_id,
        "min_id": min_id, "limit": PAGE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(chat: i64, sort: PeerSort, rank: Rank) -> Place {
        Place {
            chat,
            protected: false,
            access_hash: Some(9),
            is_self: false,
            sort,
            rank,
            forum: sort == PeerSort::Supergroup,
        }
    }

    #[test]
    fn every_request_is_one_of_the_schema() {
        let schema = telekeep_tl::bundled(230).unwrap();
        let places = [
            place(5, PeerSort::User, Rank::Member),
            place(-5, PeerSort::Group, Rank::Owner),
            place(-1_000_000_000_005, PeerSort::Supergroup, Rank::Owner),
            place(-3_000_000_000_005, PeerSort::Direct, Rank::Owner),
        ];
        for place in &places {
            let parts = of(place).into_iter();
            let link = json!("https://t.me/+a");
            let requests = parts.flat_map(|mode| requests(place, mode));
            for part in requests.chain([joined(&place.input_peer(), &link, true)]) {
                let encoded = schema.encode("", &part.request, &mut Vec::new());
                assert!(encoded.is_ok(), "{}: {encoded:?}", part.name);
            }
        }
        for what in [Beside::Full, Beside::Photos, Beside::Event(4)] {
            let pages = pages_of(-1_000_000_000_005, None, what, "photo/5/x").unwrap();
            let encoded = schema.encode("", &pages.request(), &mut Vec::new());
            assert!(encoded.is_ok(), "{what:?}: {encoded:?}");
        }
    }

    #[test]
    fn what_only_administrators_see_is_asked_by_administrators_and_topics_of_forums() {
        let channel = -1_000_000_000_005;
        let member = of(&place(channel, PeerSort::Supergroup, Rank::Member));
        assert!(!member.contains(&Mode::Log) && !member.contains(&Mode::Links));
        assert!(member.contains(&Mode::Admins) && member.contains(&Mode::Topics));
        let admin = of(&place(channel, PeerSort::Supergroup, Rank::Admin));
        assert!(admin.contains(&Mode::Log) && admin.contains(&Mode::Kicked));
        let direct = |rank| of(&place(channel, PeerSort::Direct, rank));
        assert_eq!(direct(Rank::Member), [Mode::Full]);
        assert_eq!(direct(Rank::Admin), [Mode::Full, Mode::Saved]);
        let reader = place(channel, PeerSort::Channel, Rank::Member);
        assert!(!of(&reader).contains(&Mode::Topics));
        assert_eq!(closed(&reader, Mode::Members), Some("CHAT_ADMIN_REQUIRED"));
    }

    #[test]
    fn the_order_and_the_pages_of_members_make_no_version() {
        let page = |ids: &[i64]| {
            let all: Vec<Value> = ids.iter().map(|id| json!({"user_id": id})).collect();
            json!({"count": ids.len(), "participants": all})
        };
        let of = |pages: Value| essence("participants", pages);
        let one = of(json!([page(&[1, 2, 3])]));
        assert_eq!(one, of(json!([page(&[3, 1]), page(&[2, 1])])));
        assert_ne!(one, of(json!([page(&[1, 2])])));
        let refused = json!([{"unavailable": "CHANNEL_PRIVATE"}]);
        assert_ne!(of(refused), of(json!([page(&[])])));
    }

    #[test]
    fn who_joined_by_which_link_makes_a_version() {
        let links = json!({"invites": [{"link": "a", "usage": 1}, {"link": "b"}]});
        let joined = |link: &str| json!({"link": link, "count": 1, "importers": [{"user_id": 5}]});
        let of = |pages: Value| essence("invite_links", pages);
        let one = of(json!([links, joined("a")]));
        assert_ne!(one, of(json!([links])));
        assert_ne!(one, of(json!([links, joined("b")])));
        assert_eq!(one, of(json!([joined("a"), links])));
    }

    #[test]
    fn a_list_that_is_not_whole_says_so() {
        let answers = [json!({"count": 9, "participants": [{"user_id": 1}, {"user_id": 1}]})];
        let hidden = Sight {
            members: Some(12),
            hidden: true,
        };
        let said = Value::Object(notes(Mode::Members, &answers, &hidden));
        let expected = json!({"shown": 1, "count": 12, "partial": "HIDDEN_MEMBERS"});
        assert_eq!(said, expected);
        let said = notes(Mode::Members, &answers, &Sight::default());
        assert_eq!(said["partial"], "NOT_ALL_SHOWN");
        assert!(notes(Mode::Admins, &answers, &hidden).is_empty());
    }
}
