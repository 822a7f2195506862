//! Links to join a chat, and where Saved Messages were saved from.

use std::collections::HashMap;

use serde_json::Value;

use super::{About, MOST};
use crate::part::{filled, peer};

/// A link that lets people join a group or channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InviteLink {
    /// Its address.
    pub link: String,
    /// What its maker called it.
    pub title: Option<String>,
    /// Who made it.
    pub admin: Option<i64>,
    /// When it was made, unix seconds.
    pub date: i64,
    /// Until when it works, unix seconds.
    pub until: Option<i64>,
    /// How many may join by it.
    pub limit: Option<i64>,
    /// How many joined by it when it was recorded.
    pub used: i64,
    /// It works no more.
    pub revoked: bool,
    /// The one that an administrator always has.
    pub permanent: bool,
    /// Who comes by it has to be let in.
    pub asks: bool,
    /// Those who joined by it, or want to, as far as they are known.
    pub people: Vec<Joined>,
}

/// Somebody who came by an invite link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Marked id.
    pub peer: i64,
    /// When they came, unix seconds.
    pub date: i64,
    /// They wait to be let in.
    pub waits: bool,
    /// Who let them in.
    pub by: Option<i64>,
}

/// Something that Saved Messages were saved from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedChat {
    /// Marked id; the account's own for what it wrote to itself.
    pub peer: i64,
    /// It stays on top.
    pub pinned: bool,
}

impl About {
    /// The links of the part `invite_links`, those that work first.
    #[must_use]
    pub fn links(&self) -> Vec<InviteLink> {
        let mut links: Vec<InviteLink> = self
            .entries("invites")
            .take(MOST)
            .filter_map(link)
            .collect();
        let mut people = self.joined();
        for link in &mut links {
            link.people = people.remove(&link.link).unwrap_or_default();
        }
        links.sort_by_key(|link| link.revoked);
        links
    }

    /// Who came by which link.
    fn joined(&self) -> HashMap<String, Vec<Joined>> {
        let mut all: HashMap<String, Vec<Joined>> = HashMap::new();
        let pages = self.answers.iter();
        let pages = pages.filter_map(|page| Some((filled(page, "link")?, &page["importers"])));
        let each = pages.flat_map(|(link, list)| {
            let list = list.as_array().into_iter().flatten();
            list.filter_map(move |one| Some((link.clone(), joined(one)?)))
        });
        for (link, one) in each.take(MOST) {
            all.entry(link).or_default().push(one);
        }
        all
    }

    /// Where Saved Messages were saved from, of the part `saved_dialogs`.
    #[must_use]
    pub fn saved(&self) -> Vec<SavedChat> {
        let dialogs = self.entries("dialogs").take(MOST);
        let saved = |dialog: &Value| {
            Some(SavedChat {
                peer: peer(&dialog["peer"])?,
                pinned: dialog["pinned"] == true,
            })
        };
        dialogs.filter_map(saved).collect()
    }
}

fn joined(one: &Value) -> Option<Joined> {
    Some(Joined {
        peer: one["user_id"].as_i64()?,
        date: one["date"].as_i64().unwrap_or(0),
        waits: one["requested"] == true,
        by: one["approved_by"].as_i64(),
    })
}

fn link(value: &Value) -> Option<InviteLink> {
    Some(InviteLink {
        link: filled(value, "link")?,
        title: filled(value, "title"),
        admin: value["admin_id"].as_i64(),
        date: value["date"].as_i64().unwrap_or(0),
        until: value["expire_date"].as_i64(),
        limit: value["usage_limit"].as_i64(),
        used: value["usage"].as_i64().unwrap_or(0),
        revoked: value["revoked"] == true,
        permanent: value["permanent"] == true,
        asks: value["request_needed"] == true,
        people: Vec::new(),
    })
}
