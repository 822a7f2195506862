//! Who is in a group or channel, and what they may do there.

use std::collections::HashSet;

use serde_json::Value;

use super::{About, MOST};
use crate::part::{filled, peer};

/// What somebody is in a group or channel. The most powerful come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Made it, or it was handed over to them.
    Owner,
    /// Runs it with others.
    Admin,
    /// May read and write.
    #[default]
    Member,
    /// May not do everything that others may.
    Restricted,
    /// Was shut out.
    Kicked,
}

/// Somebody in a group or channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Marked id.
    pub peer: i64,
    /// What they are there.
    pub role: Role,
    /// What is written beside the name.
    pub rank: Option<String>,
    /// Since when, unix seconds; 0 when that is not told.
    pub since: i64,
    /// Marked id of who invited, promoted or shut them out.
    pub by: Option<i64>,
}

impl About {
    /// The people of a list of members, or of the description of a basic group: each once, the
    /// most powerful first.
    #[must_use]
    pub fn members(&self) -> Vec<Member> {
        let groups = self.answers.iter();
        let group = groups.map(|answer| &answer["full_chat"]["participants"]["participants"]);
        let group = group.flat_map(|list| list.as_array().into_iter().flatten());
        let all = self.entries("participants").chain(group).take(MOST);
        let mut seen = HashSet::new();
        let mut members: Vec<Member> = all
            .filter_map(member)
            .filter(|member| seen.insert(member.peer))
            .collect();
        members.sort_by_key(|member| member.role);
        members
    }
}

pub(super) fn member(one: &Value) -> Option<Member> {
    let id = |field: &str| one[field].as_i64();
    let role = match one["_"].as_str().unwrap_or_default() {
        "channelParticipantCreator" | "chatParticipantCreator" => Role::Owner,
        "channelParticipantAdmin" | "chatParticipantAdmin" => Role::Admin,
        "channelParticipantBanned" if one["banned_rights"]["view_messages"] == true => Role::Kicked,
        "channelParticipantBanned" => Role::Restricted,
        _ => Role::Member,
    };
    Some(Member {
        peer: id("user_id").or_else(|| peer(&one["peer"]))?,
        role,
        rank: filled(one, "rank"),
        since: id("date").unwrap_or(0),
        by: ["promoted_by", "kicked_by", "inviter_id"]
            .iter()
            .find_map(|field| id(field)),
    })
}
