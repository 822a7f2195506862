//! Where each part of the account is shown. Whatever is captured has its place: a test goes through
//! all parts that a backup asks for, and another one through this list.

/// The page that shows a part; a name that ends with a slash stands for all that begin with it, and so
/// does an address that ends with one for that of each of them.
pub const PLACES: &[(&str, &str)] = &[
    ("profile", "/account"),
    ("profile_photos", "/account"),
    ("contacts", "/account"),
    ("frequent_contacts", "/account"),
    ("blocked", "/account"),
    ("blocked_from_stories", "/account"),
    ("sessions", "/account"),
    ("web_sessions", "/account"),
    ("two_step", "/account"),
    ("privacy/", "/account"),
    ("global_privacy", "/account"),
    ("content_settings", "/account"),
    ("account_ttl", "/account"),
    ("default_history_ttl", "/account"),
    ("notifications/users", "/notifications"),
    ("notifications/chats", "/notifications"),
    ("notifications/broadcasts", "/notifications"),
    ("notifications/exceptions", "/notifications"),
    ("notifications/reactions", "/notifications"),
    ("notifications/contact_joined", "/notifications"),
    ("drafts", "/account"),
    ("scheduled", "/account"),
    ("quick_replies", "/account"),
    ("business_links", "/account"),
    ("connected_bots", "/account"),
    ("saved_gifs", "/shelf/saved_gifs"),
    ("favourite_stickers", "/shelf/favourite_stickers"),
    ("recent_stickers/", "/shelf/recent_stickers/"),
    ("profile_music", "/shelf/profile_music"),
    ("ringtones", "/shelf/ringtones"),
    ("sticker_sets/", "/shelf/sticker_sets/"),
    ("sticker_set/", "/shelf/sticker_set/"),
    ("custom_emoji/", "/shelf/custom_emoji"),
    ("wallpapers", "/shelf/wallpapers"),
    ("themes/", "/shelf/themes/"),
    ("chat_themes", "/shelf/chat_themes"),
    ("chat_themes/gifts", "/shelf/chat_themes/gifts"),
    ("reactions/", "/shelf/reactions/"),
    ("emoji_statuses/", "/shelf/emoji_statuses/"),
    ("star_gifts", "/account"),
    ("star_gifts/collections", "/shelf/star_gifts/collections"),
    ("stars/balance", "/account"),
    ("stars/subscriptions", "/account"),
    ("stars/transactions/", "/payments"),
    ("ton/balance", "/account"),
    ("ton/transactions/", "/payments"),
    ("stories/albums", "/shelf/stories/albums"),
    ("other_data", "/account"),
];

/// Parts that nothing is to be shown of, and why. That one could not be had is told all the same.
pub const NOT_SHOWN: &[(&str, &str)] = &[
    (
        "stories/active",
        "a list of numbers: each story is a record of its own, shown among the stories",
    ),
    (
        "stories/archive",
        "a list of numbers: each story is a record of its own, shown among the stories",
    ),
    (
        "stories/pinned",
        "a list of numbers: each story says itself that it is pinned",
    ),
    (
        "stars/transactions",
        "has no answers: the months are parts of their own",
    ),
    (
        "ton/transactions",
        "has no answers: the months are parts of their own",
    ),
    ("chats", "only ever says why a bot cannot have it"),
];

/// The address of the page that shows a part.
#[must_use]
pub fn place_of(part: &str) -> Option<String> {
    let exact = PLACES.iter().find(|(known, _)| *known == part);
    if let Some((_, address)) = exact {
        return Some((*address).to_owned());
    }
    PLACES.iter().find_map(|(known, address)| {
        let rest = known
            .ends_with('/')
            .then(|| part.strip_prefix(known))
            .flatten()?;
        Some(match address.ends_with('/') {
            true => format!("{address}{rest}"),
            false => (*address).to_owned(),
        })
    })
}
