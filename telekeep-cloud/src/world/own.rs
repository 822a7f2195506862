//! What an account keeps for itself beside its chats: profile, people it shut out, web sessions,
//! settings. Settings are kept as the TL objects they are, as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::account::Account;
use super::business::{self, Business};
use super::cast::LAST_DAY;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;
use super::looks::Looks;
use super::peers::Peers;
use super::purse::Purse;
use super::tales::Tales;

/// What belongs to an account itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Own {
    /// Profile photos, the newest first.
    pub(crate) photos: Vec<i64>,
    /// TL `Birthday`.
    pub(crate) birthday: Option<Value>,
    /// The channel its profile shows.
    pub(crate) channel: Option<i64>,
    /// Whom it blocked, and when, the newest first.
    pub(crate) blocked: Vec<(PeerId, i32)>,
    /// Who may not see its stories, and since when.
    pub(crate) no_stories: Vec<(PeerId, i32)>,
    /// Whom it writes to most, by category, with their ratings.
    pub(crate) frequent: Vec<(&'static str, Vec<(PeerId, f64)>)>,
    /// Sites it logged in to: TL `WebAuthorization`.
    pub(crate) sites: Vec<Value>,
    /// TL `PrivacyRule`s by the name of their key; who is not named may do everything.
    pub(crate) privacy: BTreeMap<String, Vec<Value>>,
    /// TL `PeerNotifySettings` by the name of the `InputNotifyPeer`.
    pub(crate) notify: BTreeMap<String, Value>,
    /// Places among the world's sticker sets of those it installed, and of those it archived.
    pub(crate) installed: Vec<usize>,
    pub(crate) archived: Vec<usize>,
    /// Stickers it likes, and used last.
    pub(crate) faved: Vec<i64>,
    pub(crate) recent: Vec<i64>,
    /// GIFs, pieces of music and sounds it keeps, the newest first.
    pub(crate) gifs: Vec<i64>,
    pub(crate) music: Vec<i64>,
    pub(crate) sounds: Vec<i64>,
    /// What it began to write: TL `DraftMessage`s by chat.
    pub(crate) drafts: BTreeMap<PeerId, Value>,
    /// What an export shows as "other data": a JSON document.
    pub(crate) other_data: String,
    /// What waits to be sent, by chat.
    pub(crate) scheduled: BTreeMap<PeerId, Vec<Waiting>>,
    /// Stories it told.
    pub(crate) tales: Tales,
    /// People in whose private chats it forbids saving.
    pub(crate) sealed: BTreeSet<i64>,
    /// Sub-chats of its Saved Messages that stay on top.
    pub(crate) pinned_saved: Vec<PeerId>,
    /// What it set up for its business.
    pub(crate) business: Business,
    /// How it likes its chats to look.
    pub(crate) looks: Looks,
    /// Its gifts and Stars.
    pub(crate) purse: Purse,
    /// Days without use after which the account deletes itself.
    pub(crate) days: i32,
}

/// Profile photos of the first account.
const PHOTOS: i32 = 5;
const DAY: i32 = 86_400;
/// When its recent stickers were used.
pub(crate) const RECENTLY: i32 = LAST_DAY;

/// What the account with the big world keeps for itself, and its face.
pub(crate) fn settle(account: &mut Account, peers: &mut Peers, files: &mut Files) {
    let photos: Vec<i64> = (0..PHOTOS)
        .map(|n| files.add(Kind::Face, 0, LAST_DAY - n * 300 * DAY))
        .collect();
    if let Some(person) = peers.people.get_mut(&account.id) {
        person.face = photos.first().copied();
    }
    let (people, bots) = known_people(account, peers);
    // Of those with a photo, two had others before.
    let mut pictured = people.iter().filter_map(|peer| match peer {
        PeerId::User(id) => peers.people.get(id)?.face.map(|_| *id),
        _ => None,
    });
    for id in [pictured.next(), pictured.next()].into_iter().flatten() {
        let past = (1..4).map(|n| files.add(Kind::Face, 0, LAST_DAY - n * 500 * DAY));
        let past: Vec<i64> = past.collect();
        if let Some(person) = peers.people.get_mut(&id) {
            person.past = past;
        }
    }
    let chats = || account.dialogs.iter().map(|dialog| dialog.peer);
    let rated = |peers: Vec<PeerId>| -> Vec<(PeerId, f64)> {
        let ratings = (1..).map(|place| 8.0 / f64::from(place));
        peers.into_iter().zip(ratings).collect()
    };
    let groups = chats().filter(|peer| matches!(peer, PeerId::Chat(_)));
    let news = chats().find_map(|peer| match peer {
        PeerId::Channel(id) => peers
            .channels
            .get(&id)
            .filter(|c| c.broadcast)
            .map(|c| c.id),
        _ => None,
    });
    let since = |n: usize| LAST_DAY - n as i32 * 40 * DAY;
    let shut_out = people.iter().rev().take(3).enumerate();
    let of_sets = |file: &&super::file::File| file.kind == Kind::Sticker;
    let stickers: Vec<i64> = files.iter().filter(of_sets).map(|file| file.id).collect();
    let mut several = |kind: Kind, count: i32| -> Vec<i64> {
        let dates = (0..count).map(|n| LAST_DAY - n * DAY);
        dates.map(|date| files.add(kind, 0, date)).collect()
    };
    account.own = Own {
        birthday: Some(json!({"_": "birthday", "day": 29, "month": 2, "year": 1988})),
        channel: news,
        blocked: shut_out.map(|(n, peer)| (*peer, since(n))).collect(),
        no_stories: people
            .first()
            .map(|peer| (*peer, since(1)))
            .into_iter()
            .collect(),
        frequent: vec![
            (
                "topPeerCategoryCorrespondents",
                rated(people.iter().copied().take(3).collect()),
            ),
            (
                "topPeerCategoryBotsPM",
                rated(bots.iter().copied().take(1).collect()),
            ),
            (
                "topPeerCategoryGroups",
                rated(groups.clone().take(2).collect()),
            ),
        ],
        sites: bots.iter().take(2).enumerate().map(site).collect(),
        privacy: privacy(people.last().copied(), groups.clone().next()),
        notify: notify(),
        days: 365,
        other_data: other_data(),
        scheduled: people
            .get(1)
            .map(|peer| (*peer, vec![waiting()]))
            .into_iter()
            .collect(),
        drafts: people.first().map(draft).into_iter().collect(),
        installed: vec![0, 1, 3],
        archived: vec![2],
        faved: stickers.iter().copied().take(2).collect(),
        recent: stickers.iter().rev().copied().take(3).collect(),
        gifs: several(Kind::Animation, 2),
        music: several(Kind::Music, 2),
        sounds: several(Kind::Voice, 1),
        tales: Tales::tell(files, people.first().copied()),
        photos,
        sealed: BTreeSet::new(),
        pinned_saved: vec![PeerId::User(account.id)],
        business: Business::open(bots.first().copied(), files.add(Kind::Photo, 0, LAST_DAY)),
        looks: Looks::choose(files, people.first().copied()),
        purse: Purse::fill(
            &stickers,
            people.first().copied(),
            bots.first().copied(),
            news,
        ),
    };
}

/// People and bots of its private chats, in the order of the list.
fn known_people(account: &Account, peers: &Peers) -> (Vec<PeerId>, Vec<PeerId>) {
    let users = account
        .dialogs
        .iter()
        .filter_map(|dialog| match dialog.peer {
            PeerId::User(id) if id != account.id => peers.people.get(&id),
            _ => None,
        });
    let users = users.filter(|person| !person.deleted && !person.support);
    let (bots, people): (Vec<_>, Vec<_>) = users.partition(|person| person.bot);
    let peer = |person: &super::peers::Person| PeerId::User(person.id);
    (
        people.into_iter().map(peer).collect(),
        bots.into_iter().map(peer).collect(),
    )
}

/// Longer than one piece of a file.
fn other_data() -> String {
    let installed =
        (0..4000).map(|n| json!({"kind": "sticker set", "number": n, "installed": true}));
    let installed: Vec<Value> = installed.collect();
    let about = "What Telegram keeps beside everything else.";
    let document = json!({"about": about, "data": installed, "large": 9_007_199_254_740_993_i64});
    document.to_string()
}

fn waiting() -> Waiting {
    Waiting {
        text: "Happy birthday! Sent by nobody in particular, at nine.".to_owned(),
        picture: None,
    }
}

/// A message that waits to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub text: String,
    pub picture: Option<i64>,
}

impl Waiting {
    /// As a TL `Message` of this account.
    pub fn message(&self, files: &Files, account: i64, peer: PeerId) -> Value {
        let to = match peer {
            PeerId::User(id) => json!({"_": "peerUser", "user_id": id}),
            PeerId::Chat(id) => json!({"_": "peerChat", "chat_id": id}),
            PeerId::Channel(id) => json!({"_": "peerChannel", "channel_id": id}),
        };
        let mut message = json!({
            "_": "message", "out": true, "id": 1, "date": LAST_DAY + 300 * DAY,
            "from_id": {"_": "peerUser", "user_id": account}, "peer_id": to, "message": self.text,
        });
        let photo = self
            .picture
            .and_then(|id| business::photo(files, account, id));
        if let Some(photo) = photo {
            message["media"] = json!({"_": "messageMediaPhoto", "photo": photo});
        }
        message
    }
}

fn draft(peer: &PeerId) -> (PeerId, Value) {
    let draft = json!({
        "_": "draftMessage", "message": "About the umbrella: I think", "date": LAST_DAY,
    });
    (*peer, draft)
}

fn site((n, bot): (usize, &PeerId)) -> Value {
    let places = [
        ("quiz.example.org", "Firefox", "Linux", "Lisbon"),
        ("tickets.example.com", "Safari", "iOS", "Porto"),
    ];
    let (domain, browser, platform, region) = places[n % places.len()];
    json!({
        "_": "webAuthorization", "hash": 7_000 + n, "bot_id": bot.marked(), "domain": domain,
        "browser": browser, "platform": platform, "date_created": LAST_DAY - 90 * DAY,
        "date_active": LAST_DAY, "ip": "192.0.2.7", "region": region,
    })
}

fn privacy(stranger: Option<PeerId>, group: Option<PeerId>) -> BTreeMap<String, Vec<Value>> {
    let rule = |name: &str| json!({"_": name});
    let mut hidden = vec![
        rule("privacyValueAllowContacts"),
        rule("privacyValueDisallowAll"),
    ];
    if let Some(PeerId::User(id)) = stranger {
        hidden.insert(0, json!({"_": "privacyValueDisallowUsers", "users": [id]}));
    }
    let mut invited = vec![rule("privacyValueAllowContacts")];
    if let Some(PeerId::Chat(id)) = group {
        invited.push(json!({"_": "privacyValueAllowChatParticipants", "chats": [id]}));
    }
    invited.push(rule("privacyValueDisallowAll"));
    let of = |key: &str, rules| (format!("inputPrivacyKey{key}"), rules);
    BTreeMap::from([
        of("StatusTimestamp", hidden),
        of("ChatInvite", invited),
        of("PhoneNumber", vec![rule("privacyValueDisallowAll")]),
        of(
            "Birthday",
            vec![
                rule("privacyValueAllowCloseFriends"),
                rule("privacyValueDisallowAll"),
            ],
        ),
        of(
            "VoiceMessages",
            vec![
                rule("privacyValueAllowPremium"),
                rule("privacyValueAllowContacts"),
            ],
        ),
        of(
            "StarGiftsAutoSave",
            vec![
                rule("privacyValueDisallowBots"),
                rule("privacyValueAllowAll"),
            ],
        ),
    ])
}

fn notify() -> BTreeMap<String, Value> {
    let settings = |muted: bool| {
        json!({
            "_": "peerNotifySettings", "show_previews": !muted, "silent": muted,
            "mute_until": if muted { i32::MAX } else { 0 },
            "other_sound": {"_": "notificationSoundDefault"},
        })
    };
    BTreeMap::from([
        ("inputNotifyUsers".to_owned(), settings(false)),
        ("inputNotifyChats".to_owned(), settings(false)),
        ("inputNotifyBroadcasts".to_owned(), settings(true)),
    ])
}
