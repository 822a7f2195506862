//! What the account set, in words.

use telekeep_model::{Audience, PrivacyRule, UsedEmoji, mark_channel, mark_chat};

use super::Reader;
use crate::lang::Texts;
use crate::page::notifications::notices;
use crate::page::shelf::title_of_shelf;
use crate::server::Result;

/// A setting and how it is.
#[derive(Default)]
pub(super) struct Setting {
    pub name: String,
    pub words: String,
    /// Where more of it is.
    pub address: Option<String>,
}

/// What a part is called; one this version has no words for shows its name.
pub(super) fn name_of(texts: &Texts, part: &str) -> String {
    let found = texts.find(&format!("account.part.{part}"));
    let found = found.map(str::to_owned);
    found
        .or_else(|| title_of_shelf(texts, part))
        .unwrap_or_else(|| {
            let kind = part.split('/').next().unwrap_or_default();
            match TITLES.iter().any(|(known, _)| *known == kind) {
                true => title_of(texts, kind),
                false => part.replace(['_', '/'], " "),
            }
        })
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
    ("notifications", "notify.title"),
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

/// Switches of `global_privacy`.
const SWITCHES: &[&str] = &[
    "archive_and_mute_new_noncontact_peers",
    "keep_archived_unmuted",
    "keep_archived_folders",
    "display_gifts_button",
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
        let rows = self.rows.iter();
        for row in rows.filter(|row| row.part.starts_with("privacy/")) {
            let Some(part) = self.part(&row.part)? else {
                continue;
            };
            settings.push(Setting {
                name: name_of(self.context.texts, &row.part),
                words: self.sentence(&part.rules())?,
                address: None,
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
                address: None,
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
        if let Some(part) = self.part("default_history_ttl")? {
            let seconds = part.number("period").and_then(|n| u64::try_from(n).ok());
            let words = match seconds.unwrap_or(0) {
                0 => texts.get("account.off").to_owned(),
                seconds => texts.period(seconds),
            };
            set("default_history_ttl", words);
        }
        for (part, words) in notices(self.context, self.index, self.journal)? {
            set(part, words);
        }
        if let Some(part) = self.part("global_privacy")? {
            for name in SWITCHES {
                set(
                    &format!("global_privacy/{name}"),
                    switch(texts, part.switch(name)).to_owned(),
                );
            }
            if let Some(stars) = part.number("noncontact_peers_paid_stars") {
                let name = "global_privacy/noncontact_peers_paid_stars";
                set(name, texts.money(stars, "XTR"));
            }
        }
        if let Some(part) = self.part("content_settings")? {
            let on = part.switch("sensitive_enabled");
            set("content_settings", switch(texts, on).to_owned());
        }
        settings.extend(self.emoji()?);
        Ok(settings)
    }

    /// Emoji the account reacts with, and tags of its Saved Messages. Custom ones are drawn on a page
    /// of their own.
    fn emoji(&self) -> Result<Vec<Setting>> {
        let mut settings = Vec::new();
        for part in ["reactions/recent", "reactions/top", "reactions/tags"] {
            let used = self.part(part)?.map(|part| part.used_emoji());
            let used = used.unwrap_or_default();
            let words: Vec<String> = used.iter().map(emoji_words).collect();
            if !words.is_empty() {
                let drawn = used.iter().any(|one| one.custom.is_some());
                settings.push(Setting {
                    name: name_of(self.context.texts, part),
                    words: words.join(" "),
                    address: drawn.then(|| format!("/shelf/{part}")),
                });
            }
        }
        Ok(settings)
    }
}

fn emoji_words(used: &UsedEmoji) -> String {
    let emoji = match used.custom {
        Some(_) => "◌",
        None => &used.emoji,
    };
    match &used.title {
        Some(title) => format!("{emoji} {title}"),
        None => emoji.to_owned(),
    }
}

pub(in crate::page) fn switch(texts: &Texts, on: bool) -> &'static str {
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
