//! The parts of an account: what is asked for each, how often, and in which pages.

use serde_json::{Value, json};
use telekeep_tl::Schema;

use super::business::{self, request_of_reply};
use super::looks;
use super::pages::Pages;
use super::purse::{self, GIFT_VOLATILE};
use super::stories::ARCHIVE;
use crate::spool::Shelf;
use crate::telegram::backup::about;

/// How often a part is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// By every run: it changes often, or the server can say cheaply that it did not.
    Always,
    /// Once a day.
    Daily,
}

/// How the pages of a part follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// There is one answer.
    One,
    /// One answer, and the hash to ask with is made of what is in it: the saved count of contacts
    /// and their ids.
    Contacts,
    /// One answer that brings the hash to ask with.
    Hashed,
    /// Photos below the last one; the constructor of the last page says that it is the last.
    Photos,
    /// From the number of those told so far; the constructor of the last page says that it is.
    Counted(&'static str),
    /// The same, where the count in the answer says how many there are.
    Total(&'static str),
    /// Sticker sets after the last one; an empty page is the last.
    Sets,
    /// Stories before the last one; an empty page is the last.
    Stories,
    /// The same as `Total`, several lists at once, each with its count.
    Lists,
    /// After what this field of the last answer says; without it that was the last. With payments,
    /// as far back as they are asked for.
    Next(&'static str),
    /// Invite links after the last one, as far as the count says.
    Links,
    /// People who joined by an invite link, after the last one, as far as the count says.
    Joined,
    /// Sub-chats of Saved Messages after the last one; the constructor of the last page says so.
    Saved,
    /// Topics of a forum after the last one, until as many came as there are.
    Topics,
}

/// A part of the account.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The name it has in records.
    pub name: String,
    pub pace: Pace,
    /// The request of the first page, without a hash.
    pub request: Value,
    pub paging: Paging,
    /// Where files of it come from, when they are kept.
    pub shelf: Option<Shelf>,
    /// Entries before this moment (unix seconds) are known, so pages beyond it are not asked for.
    pub since: i64,
}

/// Entries of a page, as far as a server lets a client choose.
pub(crate) const PAGE: i32 = 100;

impl Part {
    pub fn new(name: &str, request: Value) -> Part {
        Part {
            name: name.to_owned(),
            pace: Pace::Daily,
            request,
            paging: Paging::One,
            shelf: None,
            since: i64::MIN,
        }
    }

    fn always(self) -> Part {
        let pace = Pace::Always;
        Part { pace, ..self }
    }

    pub fn paged(self, paging: Paging) -> Part {
        Part { paging, ..self }
    }

    pub fn since(self, since: i64) -> Part {
        Part { since, ..self }
    }

    pub fn with_files(self, shelf: Shelf) -> Part {
        let shelf = Some(shelf);
        Part { shelf, ..self }
    }
}

/// Every part.
pub(crate) fn all(schema: &Schema) -> Vec<Part> {
    let mut parts = people();
    parts.extend(at_hand());
    parts.extend(stories());
    parts.extend(business::parts());
    parts.extend(looks::parts());
    parts.extend(purse::parts());
    parts.extend(settings(schema));
    parts
}

fn people() -> Vec<Part> {
    let own = json!({"_": "inputUserSelf"});
    let photos = json!({
        "_": "photos.getUserPhotos", "user_id": own, "offset": 0, "max_id": 0, "limit": PAGE,
    });
    let frequent = json!({
        "_": "contacts.getTopPeers", "correspondents": true, "bots_pm": true, "bots_inline": true,
        "phone_calls": true, "forward_users": true, "forward_chats": true, "groups": true,
        "channels": true, "bots_app": true, "bots_guestchat": true,
        "offset": 0, "limit": PAGE, "hash": 0,
    });
    let blocked = |stories: bool| {
        let mut request = json!({"_": "contacts.getBlocked", "offset": 0, "limit": PAGE});
        if stories {
            request["my_stories_from"] = json!(true);
        }
        request
    };
    let profile = json!({"_": "users.getFullUser", "id": own});
    let contacts = json!({"_": "contacts.getContacts", "hash": 0});
    vec![
        Part::new("profile", profile).with_files(Shelf::Profile),
        Part::new("profile_photos", photos)
            .paged(Paging::Photos)
            .with_files(Shelf::Photos),
        Part::new("contacts", contacts)
            .always()
            .paged(Paging::Contacts),
        Part::new("frequent_contacts", frequent).paged(Paging::Lists),
        Part::new("blocked", blocked(false)).paged(Paging::Counted("blocked")),
        Part::new("blocked_from_stories", blocked(true)).paged(Paging::Counted("blocked")),
        Part::new("sessions", json!({"_": "account.getAuthorizations"})),
        Part::new("web_sessions", json!({"_": "account.getWebAuthorizations"})),
    ]
}

/// What the account keeps at hand: drafts, GIFs, stickers, music, sounds.
fn at_hand() -> Vec<Part> {
    let hashed = |name: &str, method: &str| {
        let request = json!({"_": method, "hash": 0});
        Part::new(name, request).paged(Paging::Hashed)
    };
    let archived = |name: &str, kind: Option<&str>| {
        let mut request =
            json!({"_": "messages.getArchivedStickers", "offset_id": 0, "limit": PAGE});
        if let Some(kind) = kind {
            request[kind] = json!(true);
        }
        Part::new(name, request).paged(Paging::Sets)
    };
    let mut attached = hashed("recent_stickers/attached", "messages.getRecentStickers");
    attached.request["attached"] = json!(true);
    let music = json!({
        "_": "users.getSavedMusic", "id": {"_": "inputUserSelf"}, "offset": 0, "limit": PAGE,
        "hash": 0,
    });
    vec![
        hashed("saved_gifs", "messages.getSavedGifs")
            .always()
            .with_files(Shelf::Gifs),
        Part::new("drafts", json!({"_": "messages.getAllDrafts"})).always(),
        hashed("sticker_sets/installed", "messages.getAllStickers").always(),
        hashed("sticker_sets/masks", "messages.getMaskStickers"),
        hashed("sticker_sets/emoji", "messages.getEmojiStickers"),
        archived("sticker_sets/archived", None).with_files(Shelf::Archived),
        archived("sticker_sets/archived_masks", Some("masks")).with_files(Shelf::ArchivedMasks),
        archived("sticker_sets/archived_emoji", Some("emojis")).with_files(Shelf::ArchivedEmoji),
        hashed("favourite_stickers", "messages.getFavedStickers")
            .always()
            .with_files(Shelf::Favourites),
        hashed("recent_stickers/sent", "messages.getRecentStickers").with_files(Shelf::Recent),
        attached.with_files(Shelf::RecentAttached),
        Part::new("profile_music", music)
            .paged(Paging::Total("documents"))
            .with_files(Shelf::Music),
        hashed("ringtones", "account.getSavedRingtones").with_files(Shelf::Ringtones),
    ]
}

/// What the account told: each story is a record of its own, the parts are the lists of them.
fn stories() -> Vec<Part> {
    let own = json!({"_": "inputPeerSelf"});
    let list = |name: &str, method: &str| {
        let request = json!({"_": method, "peer": own, "offset_id": 0, "limit": PAGE});
        Part::new(name, request).paged(Paging::Stories)
    };
    let active = json!({"_": "stories.getPeerStories", "peer": own});
    let albums = json!({"_": "stories.getAlbums", "peer": own, "hash": 0});
    vec![
        Part::new("stories/active", active).always(),
        list(ARCHIVE, "stories.getStoriesArchive"),
        list("stories/pinned", "stories.getPinnedStories"),
        Part::new("stories/albums", albums)
            .paged(Paging::Hashed)
            .with_files(Shelf::StoryAlbums),
    ]
}

fn settings(schema: &Schema) -> Vec<Part> {
    let plain = [
        ("global_privacy", "account.getGlobalPrivacySettings"),
        ("content_settings", "account.getContentSettings"),
        ("account_ttl", "account.getAccountTTL"),
        ("default_history_ttl", "messages.getDefaultHistoryTTL"),
        ("two_step", "account.getPassword"),
        ("notifications/exceptions", "account.getNotifyExceptions"),
        (
            "notifications/reactions",
            "account.getReactionsNotifySettings",
        ),
        (
            "notifications/contact_joined",
            "account.getContactSignUpNotification",
        ),
    ];
    let plain = plain.map(|(name, method)| Part::new(name, json!({"_": method})));
    let kinds = [
        ("users", "inputNotifyUsers"),
        ("chats", "inputNotifyChats"),
        ("broadcasts", "inputNotifyBroadcasts"),
    ];
    let notifications = kinds.map(|(name, peer)| {
        let request = json!({"_": "account.getNotifySettings", "peer": {"_": peer}});
        Part::new(&format!("notifications/{name}"), request)
    });
    let mut parts = Vec::from(plain);
    parts.extend(notifications);
    parts.extend(privacy(schema));
    parts
}

/// What the name of a privacy key begins with.
const KEY: &str = "inputPrivacyKey";

/// The rules for every key that the schema knows.
fn privacy(schema: &Schema) -> Vec<Part> {
    let keys = schema.constructors().map(|key| key.name());
    let keys = keys.filter_map(|key| Some((key, key.strip_prefix(KEY)?)));
    keys.map(|(key, name)| {
        let request = json!({"_": "account.getPrivacy", "key": {"_": key}});
        Part::new(&format!("privacy/{}", words(name)), request)
    })
    .collect()
}

/// `StatusTimestamp` as `status_timestamp`, `PhoneP2P` as `phone_p2p`.
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut small = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && small {
            words.push('_');
        }
        small = letter.is_ascii_lowercase();
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// A whole sticker set.
pub(crate) fn request_of_set(id: i64, access_hash: i64) -> Value {
    let set = json!({"_": "inputStickerSetID", "id": id, "access_hash": access_hash});
    json!({"_": "messages.getStickerSet", "stickerset": set, "hash": 0})
}

/// Stories of the account by their numbers.
pub(crate) fn request_of_stories(ids: &[i32]) -> Value {
    let own = json!({"_": "inputPeerSelf"});
    json!({"_": "stories.getStoriesByID", "peer": own, "id": ids})
}

/// Custom emoji by their numbers.
pub(crate) fn request_of_emoji(ids: &[i64]) -> Value {
    json!({"_": "messages.getCustomEmojiDocuments", "document_id": ids})
}

/// What to ask for so that the shelf shows a file again.
pub(crate) fn pages_of(shelf: Shelf, key: &str) -> Option<Pages> {
    let number = || key.split('/').nth(1)?.parse::<i64>().ok();
    match shelf {
        Shelf::Set { id, access_hash } => Some(Pages::once(request_of_set(id, access_hash))),
        Shelf::CustomEmoji => Some(Pages::once(request_of_emoji(&[number()?]))),
        Shelf::Story { id } => Some(Pages::once(request_of_stories(&[id]))),
        Shelf::Reply { id } => Some(Pages::once(request_of_reply(id))),
        Shelf::Photos => {
            // The photo of this number itself.
            Some(Pages::once(json!({
                "_": "photos.getUserPhotos", "user_id": {"_": "inputUserSelf"}, "offset": -1,
                "max_id": number()?, "limit": 1,
            })))
        }
        _ => {
            let parts = people().into_iter().chain(at_hand());
            let parts = parts.chain(stories());
            let parts = parts.chain(looks::parts()).chain(purse::parts());
            let mut parts = parts.chain(purse::history(shelf));
            let part = parts.find(|part| part.shelf == Some(shelf))?;
            Some(Pages::new(part, 0))
        }
    }
}

/// Fields of a part that change by themselves, beside those of all objects.
pub(crate) fn volatile(part: &str) -> &'static [&'static str] {
    match part {
        "sessions" | "web_sessions" => &["date_active"],
        "frequent_contacts" => &["rating"],
        // Whether the business is open now, and what the account told in the last day.
        "profile" => &["open_now", "stories"],
        // How far the account looked at its own.
        "stories/active" => &["max_read_id"],
        // How often somebody looked, or installed it.
        "business_links" => &["views"],
        part if part.starts_with("themes/") => &["installs_count"],
        "chat_themes" => &["installs_count"],
        part if ["star_gifts", "stars/", "ton/", "chat_themes/"]
            .iter()
            .any(|of_gifts| part.starts_with(of_gifts)) =>
        {
            GIFT_VOLATILE
        }
        _ => part
            .strip_prefix(about::PREFIX)
            .map_or(&[], about::volatile),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn schema() -> &'static Schema {
        telekeep_tl::bundled(230).unwrap()
    }

    #[test]
    fn every_request_is_one_of_the_schema_and_every_name_another() {
        let parts = all(schema());
        for part in &parts {
            let encoded = schema().encode("", &part.request, &mut Vec::new());
            assert!(encoded.is_ok(), "{}: {encoded:?}", part.name);
        }
        let names: HashSet<&str> = parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!(names.len(), parts.len());
    }

    #[test]
    fn every_privacy_key_of_the_schema_is_asked_for() {
        let names: Vec<String> = privacy(schema())
            .into_iter()
            .map(|part| part.name)
            .collect();
        assert_eq!(names.len(), 14, "{names:?}");
        for name in ["status_timestamp", "phone_p2p", "no_paid_messages"] {
            assert!(names.contains(&format!("privacy/{name}")), "{names:?}");
        }
    }
}
