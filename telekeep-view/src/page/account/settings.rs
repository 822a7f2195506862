//! What the account set, in words.

use telekeep_model::{Audience, NotifyRule, PrivacyRule, mark_channel, mark_chat};

use super::Reader;
use crate::lang::Texts;
use crate::server::Result;

/// A setting and how it is.
pub(super) struct Setting {
    pub name: String,
    pub words: String,
}

/// What a part is called; one this version has no words for shows its name.
pub(super) fn name_of(texts: &Texts, part: &str) -> String {
    let found = texts.find(&format!("account.part.{part}"));
    found.map_or_else(
        || {
            let kind = part.split('/').next().unwrap_or_default();
            match TITLES.iter().any(|(known, _)| *known == kind) {
                true => title_of(texts, kind),
                false => part.replace(['_', '/'], " "),
            }
        },
        str::to_owned,
    )
}

/// What a kind of part is called on the page.
const TITLES: &[(&str, &str)] = &[
    ("drafts", "account.drafts"),
    ("scheduled", "account.scheduled"),
    ("quick_replies", "account.replies"),
    ("business_links", "account.chat-links"),
    ("connected_bots", "account.helpers"),
    ("sticker_sets", "account.at-hand"),
    ("sessions", "account.sessions"),
    ("web_sessions", "account.sites"),
    ("themes", "account.themes"),
    ("chat_themes", "account.themes"),
    ("wallpapers", "account.wallpapers"),
    ("reactions", "account.reactions"),
    ("emoji_statuses", "account.statuses"),
    ("star_gifts", "account.gifts-given"),
    ("stars", "payments.title"),
    ("ton", "payments.title"),
    ("stories", "stories.title"),
    ("profile", "account.title"),
    ("other_data", "account.other-data"),
    ("saved_gifs", "account.gifs"),
    ("profile_music", "account.music"),
    ("ringtones", "account.ringtones"),
    ("full", "about.part.full"),
    ("invite_links", "about.part.invite_links"),
    ("admin_log", "about.part.admin_log"),
];

/// What the part of this name, without what stands behind a slash, is called.
pub(in crate::page) fn title_of(texts: &Texts, kind: &str) -> String {
    let title = TITLES.iter().find(|(known, _)| *known == kind);
    let title = title.and_then(|(_, title)| texts.find(title));
    title.map_or_else(|| kind.replace('_', " "), str::to_owned)
}

/// Kinds of chats that make notifications.
const NOTIFY: &[&str] = &["users", "chats", "broadcasts"];

/// Switches of `global_privacy`.
const SWITCHES: &[&str] = &[
    "archive_and_mute_new_noncontact_peers",
    "hide_read_marks",
    "new_noncontact_peers_require_premium",
];

/// Characters of other data that are shown; all of them are in the archive.
const SHOWN: usize = 20_000;

impl Reader<'_> {
    /// The beginning of the document of other data.
    pub(super) fn other_data(&self) -> Result<Option<String>> {
        let part = self.part("other_data")?;
        let Some(mut shown) = part.and_then(|part| part.other_data()) else {
            return Ok(None);
        };
        if let Some((at, _)) = shown.char_indices().nth(SHOWN) {
            shown.truncate(at);
            shown.push('…');
        }
        Ok(Some(shown))
    }

    /// Who may do what.
    pub(super) fn privacy(&self) -> Result<Vec<Setting>> {
        let mut settings = Vec::new();
        for row in &self.rows {
            let Some(part) = self
                .part(&row.part)?
                .filter(|_| row.part.starts_with("privacy/"))
            else {
                continue;
            };
            settings.push(Setting {
                name: name_of(self.context.texts, &row.part),
                words: self.sentence(&part.rules())?,
            });
        }
        Ok(settings)
    }

    /// `My contacts · also: Ada · not: Bert`
    pub(super) fn sentence(&self, rules: &[PrivacyRule]) -> Result<String> {
        let texts = self.context.texts;
        let mut who: Vec<String> = Vec::new();
        let (mut also, mut not) = (Vec::new(), Vec::new());
        for rule in rules {
            let named = match &rule.whom {
                Audience::Named { users, chats } => self.names(users, chats)?,
                whom => vec![audience(texts, whom)],
            };
            let one = matches!(rule.whom, Audience::Named { .. });
            match (rule.allows, one) {
                (true, true) => also.extend(named),
                (true, false) => who.extend(named),
                // Everybody else is kept out anyhow.
                (false, _) if rule.whom == Audience::All => {}
                (false, _) => not.extend(named),
            }
        }
        if who.is_empty() {
            who.push(texts.get("account.nobody").to_owned());
        }
        let mut words = vec![who.join(", ")];
        if !also.is_empty() {
            words.push(texts.with("account.also", also.join(", ")));
        }
        if !not.is_empty() {
            words.push(texts.with("account.not", not.join(", ")));
        }
        Ok(words.join(" · "))
    }

    fn names(&self, users: &[i64], chats: &[i64]) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for &user in users {
            names.push(self.known(user)?.name);
        }
        for &chat in chats {
            // Rules do not say of which kind a group is.
            let group = mark_chat(chat);
            let known = self.index.person(group)?.is_some();
            let id = if known { group } else { mark_channel(chat) };
            names.push(self.known(id)?.name);
        }
        Ok(names)
    }

    /// Notifications, two-step verification, and when the account deletes itself.
    pub(super) fn settings(&self) -> Result<Vec<Setting>> {
        let texts = self.context.texts;
        let mut settings = Vec::new();
        let mut set = |part: &str, words: String| {
            settings.push(Setting {
                name: name_of(texts, part),
                words,
            });
        };
        if let Some(part) = self.part("two_step")? {
            let state = part.two_step();
            let mut words = vec![switch(texts, state.on).to_owned()];
            if state.recovery {
                words.push(texts.get("account.recovery").to_owned());
            }
            words.extend(state.login_email);
            set("two_step", words.join(" · "));
        }
        if let Some(part) = self.part("account_ttl")? {
            let days = part.number("days").unwrap_or(0);
            set("account_ttl", texts.count("after.day", days));
        }
        for kind in NOTIFY {
            let name = format!("notifications/{kind}");
            if let Some(part) = self.part(&name)? {
                set(&name, self.notifications(&part.notifications()));
            }
        }
        if let Some(part) = self.part("notifications/exceptions")? {
            let chats = part.count().unwrap_or(0);
            set(
                "notifications/exceptions",
                texts.count("chats.count", chats),
            );
        }
        if let Some(part) = self.part("global_privacy")? {
            for name in SWITCHES {
                set(
                    &format!("global_privacy/{name}"),
                    switch(texts, part.switch(name)).to_owned(),
                );
            }
        }
        self.emoji(&mut set)?;
        if let Some(part) = self.part("content_settings")? {
            let on = part.switch("sensitive_enabled");
            set("content_settings", switch(texts, on).to_owned());
        }
        Ok(settings)
    }

    /// Emoji the account reacts with, and tags of its Saved Messages.
    fn emoji(&self, set: &mut impl FnMut(&str, String)) -> Result<()> {
        for part in ["reactions/recent", "reactions/top", "reactions/tags"] {
            let used = self.part(part)?.map(|part| part.used_emoji());
            let words = used.unwrap_or_default().into_iter().map(|one| {
                let emoji = match one.custom {
                    Some(_) => "◌".to_owned(),
                    None => one.emoji,
                };
                match one.title {
                    Some(title) => format!("{emoji} {title}"),
                    None => emoji,
                }
            });
            let words: Vec<String> = words.collect();
            if !words.is_empty() {
                set(part, words.join(" "));
            }
        }
        Ok(())
    }

    fn notifications(&self, rule: &NotifyRule) -> String {
        let texts = self.context.texts;
        let on = rule.muted_until <= (self.context.shared.now)().div_euclid(1000);
        let mut words = vec![switch(texts, on).to_owned()];
        if on && rule.silent {
            words.push(texts.get("account.silent").to_owned());
        }
        if on && rule.previews == Some(false) {
            words.push(texts.get("account.no-previews").to_owned());
        }
        words.join(" · ")
    }
}

fn switch(texts: &Texts, on: bool) -> &'static str {
    match on {
        true => texts.get("account.on"),
        false => texts.get("account.off"),
    }
}

fn audience(texts: &Texts, whom: &Audience) -> String {
    match whom {
        Audience::All => texts.get("account.everybody").to_owned(),
        Audience::Contacts => texts.get("account.my-contacts").to_owned(),
        Audience::CloseFriends => texts.get("account.close-friends").to_owned(),
        Audience::Premium => texts.get("account.premium").to_owned(),
        Audience::Bots => texts.get("account.bots").to_owned(),
        Audience::Other(name) => name.clone(),
        Audience::Named { .. } => String::new(),
    }
}
