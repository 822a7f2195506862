//! Settings of the account.

use serde_json::Value;

use super::AccountPart;
use crate::part::filled;

/// Whether something makes notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotifyRule {
    /// Until when it makes none, unix seconds; 0 when it does.
    pub muted_until: i64,
    /// Without a sound.
    pub silent: bool,
    /// The text is shown, as far as it was chosen.
    pub previews: Option<bool>,
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
        let settings = self.only();
        NotifyRule {
            muted_until: settings["mute_until"].as_i64().unwrap_or(0),
            silent: settings["silent"] == Value::Bool(true),
            previews: settings["show_previews"].as_bool(),
        }
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
