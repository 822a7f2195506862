//! The people behind the counts of a message: who reacted, and who voted in its poll.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    ModelError, PeerRef, is_default,
    json::{self, Text},
    message::WireReaction,
};

/// Somebody who reacted or voted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// Marked id.
    pub peer: i64,
    /// When, unix seconds.
    pub date: i64,
    /// The emoji of a reaction; empty for a custom one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub emoji: String,
    /// Document id of a custom emoji.
    #[serde(default, skip_serializing_if = "is_default")]
    pub custom: Option<i64>,
    /// Options of a poll (base64).
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<String>,
}

/// What is known of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    /// How many there are, as the server says.
    pub count: u64,
    /// Those that are known.
    pub voices: Vec<Voice>,
    /// Why the account may not know, if so.
    pub unavailable: Option<String>,
}

#[derive(Deserialize)]
struct WireCrowd<'a> {
    #[serde(default)]
    count: i64,
    #[serde(borrow, default)]
    reactions: Vec<WireVoice<'a>>,
    #[serde(borrow, default)]
    votes: Vec<WireVoice<'a>>,
    #[serde(default)]
    unavailable: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct WireVoice<'a> {
    #[serde(default)]
    peer_id: Option<PeerRef>,
    #[serde(default)]
    peer: Option<PeerRef>,
    #[serde(default)]
    date: i64,
    #[serde(borrow, default)]
    reaction: Option<WireReaction<'a>>,
    #[serde(borrow, default)]
    option: Option<Text<'a>>,
    #[serde(borrow, default)]
    options: Vec<Text<'a>>,
}

impl Crowd {
    /// Reads the body of a record of kind `reactions` or `votes`.
    pub fn parse(body: &RawValue) -> Result<Self, ModelError> {
        Self::parse_str(body.get())
    }

    /// [`Self::parse`] for a body at hand as text.
    pub fn parse_str(body: &str) -> Result<Self, ModelError> {
        let wire: WireCrowd<'_> = json::read("who reacted", body)?;
        let voices = wire.reactions.into_iter().chain(wire.votes);
        Ok(Self {
            count: u64::try_from(wire.count).unwrap_or(0),
            voices: voices.filter_map(voice).collect(),
            unavailable: wire.unavailable,
        })
    }
}

/// Somebody, unless it is not said who.
pub(crate) fn voice(wire: WireVoice<'_>) -> Option<Voice> {
    let (emoji, custom) = wire.reaction.map(WireReaction::told).unwrap_or_default();
    let options = wire.option.into_iter().chain(wire.options);
    Some(Voice {
        peer: wire.peer_id.or(wire.peer)?.marked()?,
        date: wire.date,
        emoji,
        custom,
        options: options.map(Text::owned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactions_and_votes_with_who_and_when() {
        let reacted = Crowd::parse_str(
            r#"{"_":"messages.messageReactionsList","count":9,"reactions":[
                {"_":"messagePeerReaction","peer_id":{"_":"peerUser","user_id":5},"date":7,
                    "reaction":{"_":"reactionEmoji","emoticon":"👍"}},
                {"_":"messagePeerReaction","peer_id":{"_":"peerChannel","channel_id":6},"date":8,
                    "reaction":{"_":"reactionCustomEmoji","document_id":3}}]}"#,
        )
        .unwrap();
        let told: Vec<_> = reacted
            .voices
            .iter()
            .map(|v| (v.peer, v.emoji.as_str(), v.custom))
            .collect();
        assert_eq!(told, [(5, "👍", None), (-1_000_000_000_006, "", Some(3))]);
        assert_eq!(reacted.count, 9);
        let voted = Crowd::parse_str(
            r#"{"_":"messages.votesList","count":2,"votes":[
                {"_":"messagePeerVote","peer":{"_":"peerUser","user_id":5},"option":"MA==","date":7},
                {"_":"messagePeerVoteMultiple","peer":{"_":"peerUser","user_id":6},
                    "options":["MA==","MQ=="],"date":7},
                {"_":"messagePeerVoteInputOption","date":1}]}"#,
        )
        .unwrap();
        let told: Vec<_> = voted
            .voices
            .iter()
            .map(|v| (v.peer, v.options.len()))
            .collect();
        assert_eq!(told, [(5, 1), (6, 2)]);
        let refused = Crowd::parse_str(r#"{"unavailable":"POLL_VOTE_REQUIRED"}"#).unwrap();
        assert_eq!(refused.unavailable.as_deref(), Some("POLL_VOTE_REQUIRED"));
    }
}
