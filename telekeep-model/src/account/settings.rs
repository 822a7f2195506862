//! Settings of the account.

use serde_json::Value;

use super::{AccountPart, name};
use crate::part::{filled, peer};

/// Exceptions that are looked at.
const MOST: usize = 100_000;

/// Whether something makes notifications, and which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyRule {
    /// Until when it makes none, unix seconds, as far as that was chosen; 0 when it does.
    pub muted_until: Option<i64>,
    /// Without a sound.
    pub silent: bool,
    /// The text is shown, as far as it was chosen.
    pub previews: Option<bool>,
    /// The sound, as far as one was chosen.
    pub sound: Option<Sound>,
    /// Stories make none, as far as that was chosen.
    pub stories_muted: Option<bool>,
}

/// A sound for notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sound {
    /// The usual one of the program.
    Default,
    /// None.
    Silence,
    /// One of a device, by the name it has there.
    Device(String),
    /// One of the part `ringtones`, by the number of its document.
    Kept(i64),
}

/// A chat, or a topic of one, with notifications of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifyException {
    /// Marked id of the chat; `None` for what this version does not know.
    pub chat: Option<i64>,
    /// The topic of a forum.
    pub topic: Option<i64>,
    /// What was chosen for it.
    pub rule: NotifyRule,
}

/// Whose reactions and votes make notifications; `None` where nobody's do, `Some(true)` where only
/// those of contacts do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReactionNotices {
    /// Reactions to messages.
    pub messages: Option<bool>,
    /// Reactions to stories.
    pub stories: Option<bool>,
    /// Votes in polls.
    pub votes: Option<bool>,
    /// Who reacted and to what is shown.
    pub previews: bool,
    /// The sound, as far as one was chosen.
    pub sound: Option<Sound>,
}

/// Two-step verification, without anything that proves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TwoStep {
    /// There is a password.
    pub on: bool,
    /// It can be recovered by e-mail.
    pub recovery: bool,
    /// The address for codes at login, partly hidden by the server.
    pub login_email: Option<String>,
}

impl AccountPart {
    /// The part `notifications/users`, `/chats` or `/broadcasts`.
    #[must_use]
    pub fn notifications(&self) -> NotifyRule {
        notify_rule(self.only())
    }

    /// The chats of the part `notifications/exceptions`.
    #[must_use]
    pub fn notify_exceptions(&self) -> Vec<NotifyException> {
        let updates = self.entries("updates").take(MOST);
        let exception = |update: &Value| {
            let place = &update["peer"];
            NotifyException {
                chat: peer(&place["peer"]),
                topic: place["top_msg_id"].as_i64(),
                rule: notify_rule(&update["notify_settings"]),
            }
        };
        updates.map(exception).collect()
    }

    /// The part `notifications/reactions`.
    #[must_use]
    pub fn reaction_notices(&self) -> ReactionNotices {
        let settings = self.only();
        let from = |field: &str| {
            let from = &settings[field];
            from.is_object()
                .then(|| name(from) == "reactionNotificationsFromContacts")
        };
        ReactionNotices {
            messages: from("messages_notify_from"),
            stories: from("stories_notify_from"),
            votes: from("poll_votes_notify_from"),
            previews: settings["show_previews"] == Value::Bool(true),
            sound: sound(&settings["sound"]),
        }
    }

    /// Whether it is told when a contact joins: the part `notifications/contact_joined` says whether
    /// it is not.
    #[must_use]
    pub fn tells_of_joining(&self) -> bool {
        !(*self.only() == Value::Bool(true) || name(self.only()) == "boolTrue")
    }

    /// The part `two_step`.
    #[must_use]
    pub fn two_step(&self) -> TwoStep {
        let state = self.only();
        TwoStep {
            on: state["has_password"] == Value::Bool(true),
            recovery: state["has_recovery"] == Value::Bool(true),
            login_email: filled(state, "login_email_pattern"),
        }
    }

    /// The number of a part that says one: `days` of `account_ttl`, `period` of
    /// `default_history_ttl`.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<i64> {
        self.only()[field].as_i64()
    }

    /// A switch of a part that has some, as `hide_read_marks` of `global_privacy`.
    #[must_use]
    pub fn switch(&self, field: &str) -> bool {
        self.only()[field] == Value::Bool(true)
    }
}

fn notify_rule(settings: &Value) -> NotifyRule {
    let sounds = ["other_sound", "android_sound", "ios_sound"];
    NotifyRule {
        muted_until: settings["mute_until"].as_i64(),
        silent: settings["silent"] == Value::Bool(true),
        previews: settings["show_previews"].as_bool(),
        // Every kind of program has its own; what was chosen in any is what was chosen.
        sound: sounds.iter().find_map(|field| sound(&settings[*field])),
        stories_muted: settings["stories_muted"].as_bool(),
    }
}

fn sound(value: &Value) -> Option<Sound> {
    match name(value) {
        "notificationSoundDefault" => Some(Sound::Default),
        "notificationSoundNone" => Some(Sound::Silence),
        "notificationSoundLocal" => filled(value, "title").map(Sound::Device),
        "notificationSoundRingtone" => value["id"].as_i64().map(Sound::Kept),
        _ => None,
    }
}
