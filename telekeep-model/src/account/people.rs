//! Who the account is, whom it knows, where it is signed in.

use serde_json::Value;

use super::{AccountPart, name, text};
use crate::part::{filled, peer};

/// What the own profile says beside the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnProfile {
    /// What it says about itself.
    pub about: Option<String>,
    /// Day, month and, when told, year of birth.
    pub birthday: Option<(i64, i64, Option<i64>)>,
    /// Marked id of the channel it shows.
    pub channel: Option<i64>,
    /// When its business is open.
    pub hours: Option<WorkHours>,
    /// Where its business is.
    pub address: Option<String>,
    /// What it says to whoever opens an empty chat with it.
    pub intro: Option<String>,
    /// Numbers of the replies kept ready that greet newcomers, and that say it is away.
    pub greeting: Option<i64>,
    /// See `greeting`.
    pub away: Option<i64>,
}

/// When a business is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkHours {
    /// Name of its time zone.
    pub zone: String,
    /// From and to, in minutes since the week began on Monday.
    pub open: Vec<(i64, i64)>,
}

/// A photo of the own profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPhoto {
    /// Its id.
    pub id: i64,
    /// When it was set, unix seconds.
    pub date: i64,
}

/// Somebody or a chat in a list of the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Marked id.
    pub peer: i64,
    /// Since when, unix seconds; 0 when the list does not say.
    pub since: i64,
    /// In which of several lists: the name of a `TopPeerCategory`.
    pub category: String,
}

/// A device or a site that is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The device that asked.
    pub current: bool,
    /// What it is: a model, or the name of a site.
    pub title: String,
    /// Its system, or the browser.
    pub system: String,
    /// The program and its version.
    pub app: String,
    /// Where it was, as the server guesses.
    pub place: String,
    /// Its address.
    pub ip: String,
    /// When it signed in, unix seconds.
    pub created: i64,
    /// Marked id of the bot that a site signed in with.
    pub bot: Option<i64>,
}

/// Entries of one list that are looked at.
const MOST: usize = 100_000;

impl AccountPart {
    /// The own profile, of the part `profile`.
    #[must_use]
    pub fn profile(&self) -> OwnProfile {
        let full = &self.only()["full_user"];
        let number = |value: &Value, field: &str| value[field].as_i64();
        let birthday = &full["birthday"];
        let hours = &full["business_work_hours"];
        let open = hours["weekly_open"].as_array().into_iter().flatten();
        OwnProfile {
            about: filled(full, "about"),
            birthday: number(birthday, "day")
                .zip(number(birthday, "month"))
                .map(|(day, month)| (day, month, number(birthday, "year"))),
            channel: number(full, "personal_channel_id").map(crate::mark_channel),
            hours: hours.is_object().then(|| WorkHours {
                zone: text(hours, "timezone_id"),
                open: open
                    .take(100)
                    .filter_map(|one| number(one, "start_minute").zip(number(one, "end_minute")))
                    .collect(),
            }),
            address: filled(&full["business_location"], "address"),
            intro: intro(&full["business_intro"]),
            greeting: number(&full["business_greeting_message"], "shortcut_id"),
            away: number(&full["business_away_message"], "shortcut_id"),
        }
    }

    /// The photos of the part `profile_photos`, the newest first.
    #[must_use]
    pub fn photos(&self) -> Vec<OwnPhoto> {
        let photos = self.entries("photos").take(MOST);
        let photo = |photo: &Value| {
            Some(OwnPhoto {
                id: photo["id"].as_i64()?,
                date: photo["date"].as_i64().unwrap_or(0),
            })
        };
        photos.filter_map(photo).collect()
    }

    /// The people of the parts `contacts`, `blocked`, `blocked_from_stories` and
    /// `frequent_contacts`.
    #[must_use]
    pub fn people(&self) -> Vec<Listed> {
        let contacts = self.entries("contacts").filter_map(|contact| {
            Some(Listed {
                peer: contact["user_id"].as_i64()?,
                ..Listed::default()
            })
        });
        let blocked = self.entries("blocked").filter_map(|blocked| {
            Some(Listed {
                peer: peer(&blocked["peer_id"])?,
                since: blocked["date"].as_i64().unwrap_or(0),
                ..Listed::default()
            })
        });
        let all = contacts.chain(blocked).take(MOST);
        all.chain(self.frequent()).collect()
    }

    pub(super) fn frequent(&self) -> Vec<Listed> {
        let categories = self.entries("categories");
        let of = |category: &Value| -> Vec<Listed> {
            let word = name(&category["category"]).to_owned();
            let peers = category["peers"].as_array().into_iter().flatten();
            let listed = |top: &Value| {
                Some(Listed {
                    peer: peer(&top["peer"])?,
                    category: word.clone(),
                    ..Listed::default()
                })
            };
            peers.take(MOST).filter_map(listed).collect()
        };
        categories.flat_map(of).collect()
    }

    /// The devices of the part `sessions`, or the sites of `web_sessions`.
    #[must_use]
    pub fn devices(&self) -> Vec<Device> {
        let all = self.entries("authorizations").take(MOST);
        all.map(device).collect()
    }
}

fn intro(value: &Value) -> Option<String> {
    let words = ["title", "description"].iter();
    let words: Vec<String> = words.filter_map(|field| filled(value, field)).collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

fn device(value: &Value) -> Device {
    let joined = |fields: &[&str], between: &str| {
        let parts: Vec<String> = fields.iter().filter_map(|f| filled(value, f)).collect();
        parts.join(between)
    };
    let site = filled(value, "domain");
    Device {
        current: value["current"] == Value::Bool(true),
        system: match site {
            Some(_) => joined(&["browser", "platform"], ", "),
            None => joined(&["platform", "system_version"], " "),
        },
        title: site.unwrap_or_else(|| text(value, "device_model")),
        app: joined(&["app_name", "app_version"], " "),
        place: joined(&["region", "country"], ", "),
        ip: text(value, "ip"),
        created: value["date_created"].as_i64().unwrap_or(0),
        bot: value["bot_id"].as_i64(),
    }
}
