//! Who reacted to a message and who voted in its poll. A message brings the counts and a few of the
//! people; the rest costs a request for each message, so they are asked for only when the owner
//! wants them, only where the message does not name them all already, only when the counts changed,
//! and so many in a run.

use serde_json::{Value, json};
use telekeep_tl::{Object, Value as Tl};

use super::account::{Met, met};
use super::error::BackupError;
use super::list::name_of;
use super::recorder::{Item, Recorder};
use super::round::UNREADABLE;
use super::round_store::{failed, resolved};
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Crowd, Deed, Departed, Kind, SpoolError, SpoolTx};
use crate::telegram::peers::input_peer;

/// Messages asked about in a run, the newest first; the others wait for the next one.
const MOST: u32 = 1000;
/// Messages looked up at once.
const BATCH: u32 = 100;
/// People in a page.
const PAGE: i32 = 100;
/// Pages of one message. What is left out then shows by the count.
const PAGES: usize = 50;
/// What failures are called.
const WHAT: &str = "who_reacted";
/// Milliseconds after which a refusal is asked about again.
const AGAIN: i64 = 7 * 24 * 60 * 60 * 1000;
/// Messages in a row that could not be asked about before nothing is asked any more in this run.
const FAILURES: u32 = 10;
/// Classes of errors that say that the account may not know.
const DENIED: &[i32] = &[400, 403];

/// What one run asked so far.
#[derive(Default)]
struct Turn {
    asked: u32,
    in_a_row: u32,
    /// What went wrong last.
    error: Option<String>,
}

impl Turn {
    fn goes_on(&self) -> bool {
        self.asked < MOST && self.in_a_row < FAILURES
    }
}

/// What became of asking.
#[derive(Debug)]
pub(crate) enum Heard {
    /// The people, as one answer of all pages.
    Told { body: Value, met: Vec<Met> },
    /// The account may not know, and why.
    Refused(String),
}

/// What a message counts without naming everybody: reactions, and votes of a public poll.
pub(crate) fn crowds_of(chat: i64, message: &Object<'_>) -> Vec<Crowd> {
    let (Some(id), date) = (message.int("id"), message.int("date").unwrap_or(0)) else {
        return Vec::new();
    };
    let crowd = |deed, print| Crowd {
        chat,
        id,
        deed,
        print,
        date,
    };
    let reacted = message
        .object("reactions")
        .filter(names_some_of)
        .map(|reactions| crowd(Deed::Reacted, reactions.fingerprint(&["unread"])));
    let media = message.object("media");
    let voted = media.as_ref().and_then(public_results);
    let voted = voted.map(|results| crowd(Deed::Voted, results.fingerprint(&["unread"])));
    reacted.into_iter().chain(voted).collect()
}

/// More people reacted than the message names, and the account may see who.
fn names_some_of(reactions: &Object<'_>) -> bool {
    let length = |field: &str| reactions.vector(field).map_or(0, |list| list.len());
    let results = reactions.vector("results").unwrap_or_default();
    let counts = results.iter().filter_map(Tl::as_object);
    let all: i64 = counts
        .filter_map(|result| result.int("count"))
        .map(i64::from)
        .sum();
    let named = i64::try_from(length("recent_reactions")).unwrap_or(i64::MAX);
    reactions.flag("can_see_list") && !reactions.flag("min") && all > named
}

fn public_results<'a>(media: &Object<'a>) -> Option<Object<'a>> {
    media
        .object("poll")
        .filter(|poll| poll.flag("public_voters"))?;
    let results = media.object("results")?;
    results
        .int("total_voters")
        .is_some_and(|voters| voters > 0)
        .then_some(results)
}

impl Engine {
    /// Asks about as many messages as a run may: those that wait, then those that were refused
    /// long enough ago.
    pub(super) async fn ask_crowds(&self) -> Result<(), Halt> {
        if !self.options.who_reacted {
            return Ok(());
        }
        self.barrier().await?;
        let mut turn = Turn::default();
        let mut last = None;
        while turn.goes_on() {
            let waiting = self.spool.waiting_crowds(last.as_ref(), BATCH)?;
            let Some(&end) = waiting.last() else { break };
            last = Some(end);
            self.ask_some(&waiting, &mut turn).await?;
        }
        if turn.goes_on() {
            let now = (self.options.clock)();
            let since = now.saturating_sub(AGAIN);
            let refused = self.spool.refused_crowds(since, now, MOST - turn.asked)?;
            self.ask_some(&refused, &mut turn).await?;
        }
        let error = turn.error;
        self.store(Item::CrowdsFailed { error }).await?;
        self.barrier().await
    }

    async fn ask_some(&self, crowds: &[Crowd], turn: &mut Turn) -> Result<(), Halt> {
        for &crowd in crowds {
            // Chats that cannot be asked keep their places.
            let Some(chat) = self.spool.chat(crowd.chat)?.filter(can_be_asked) else {
                continue;
            };
            if !turn.goes_on() {
                break;
            }
            turn.asked += 1;
            match self.hear(&chat, crowd).await? {
                Ok(heard) => {
                    turn.in_a_row = 0;
                    self.store(Item::Crowd { crowd, heard }).await?;
                }
                Err(error) => {
                    turn.in_a_row += 1;
                    turn.error = Some(error);
                }
            }
        }
        self.barrier().await
    }

    /// All pages about one message.
    async fn hear(&self, chat: &ChatState, crowd: Crowd) -> Result<Result<Heard, String>, Halt> {
        let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
        let (method, field) = match crowd.deed {
            Deed::Reacted => ("messages.getMessageReactionsList", "reactions"),
            Deed::Voted => ("messages.getPollVotes", "votes"),
        };
        let mut request = json!({"_": method, "peer": peer, "id": crowd.id, "limit": PAGE});
        let schema = self.client.schema();
        let (mut all, mut people) = (Value::Null, Vec::new());
        for _ in 0..PAGES {
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None if error.rpc().is_some_and(|rpc| DENIED.contains(&rpc.code)) => {
                        return Ok(Ok(Heard::Refused(name_of(&error))));
                    }
                    None => return Ok(Err(name_of(&error))),
                },
            };
            let page = match schema.to_value(&reply.ty, &reply.bytes) {
                Ok(page) => page,
                Err(_) => return Ok(Err(UNREADABLE.to_owned())),
            };
            if let Ok(answer) = schema.object(&reply.bytes) {
                people.extend(met(&answer));
            }
            match join(&mut all, page, field) {
                Some(next) if request["offset"] != next => request["offset"] = next,
                _ => break,
            }
        }
        Ok(Ok(Heard::Told {
            body: all,
            met: people,
        }))
    }
}

fn can_be_asked(chat: &ChatState) -> bool {
    let selected = chat.scope.as_ref().is_none_or(|scope| scope.out.is_none());
    selected && chat.departed == Departed::No && chat.error.is_none()
}

/// Adds a page to those before it; gives where the next one begins, if there is one.
fn join(all: &mut Value, mut page: Value, field: &str) -> Option<Value> {
    for people in ["users", "chats"] {
        page[people] = json!([]);
    }
    let next = page["next_offset"].clone();
    let entries = page[field].as_array().map_or(0, Vec::len);
    match all[field].as_array_mut() {
        None => *all = page,
        Some(list) => {
            list.extend(page[field].as_array().into_iter().flatten().cloned());
            all["count"] = page["count"].clone();
        }
    }
    if let Some(fields) = all.as_object_mut() {
        // It is only there when something was left out.
        fields.remove("next_offset");
        if !next.is_null() {
            fields.insert("next_offset".to_owned(), next.clone());
        }
    }
    (entries > 0 && !next.is_null()).then_some(next)
}

impl Recorder {
    pub(super) fn store_crowd(
        &self,
        tx: &mut SpoolTx<'_>,
        crowd: &Crowd,
        heard: &Heard,
    ) -> Result<(), SpoolError> {
        let kind = match crowd.deed {
            Deed::Reacted => Kind::Reactions,
            Deed::Voted => Kind::Votes,
        };
        let (chat, id) = (Some(crowd.chat), Some(crowd.id.into()));
        let refused = match heard {
            Heard::Refused(reason) => Some(reason.as_str()),
            Heard::Told { .. } => None,
        };
        let key = (crowd.chat, crowd.id, crowd.deed);
        let news = tx.crowd_told(key, Some(crowd.print), refused, tx.time())?;
        match heard {
            Heard::Refused(reason) if news => {
                let body = json!({ "unavailable": reason });
                tx.record_value(kind, chat, id, &body).map(drop)
            }
            Heard::Refused(_) => Ok(()),
            Heard::Told { body, met } => {
                self.store_met(tx, met)?;
                let body = body.to_string();
                tx.record(kind, chat, id, Some(self.layer), body.as_bytes())
                    .map(drop)
            }
        }
    }

    /// Gives words for what could not be had.
    pub(super) fn store_crowds_failed(
        &self,
        tx: &mut SpoolTx<'_>,
        error: Option<&str>,
    ) -> Result<Option<String>, SpoolError> {
        let Some(error) = error else {
            return resolved(tx, WHAT).map(|()| None);
        };
        failed(tx, WHAT, error)?;
        Ok(Some(format!("{WHAT}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowds(message: Value) -> Vec<Deed> {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut bytes = Vec::new();
        schema.encode("Message", &message, &mut bytes).unwrap();
        let found = crowds_of(5, &schema.object(&bytes).unwrap());
        found.into_iter().map(|crowd| crowd.deed).collect()
    }

    fn reacted(count: i32, named: usize, list: bool) -> Value {
        let like = json!({"_": "reactionEmoji", "emoticon": "👍"});
        let one = json!({"_": "messagePeerReaction", "date": 1, "reaction": like,
            "peer_id": {"_": "peerUser", "user_id": 5}});
        json!({"_": "message", "id": 7, "peer_id": {"_": "peerChat", "chat_id": 5}, "date": 1,
            "message": "", "reactions": {"_": "messageReactions", "can_see_list": list,
                "results": [{"_": "reactionCount", "reaction": like, "count": count}],
                "recent_reactions": vec![one; named]}})
    }

    #[test]
    fn only_lists_that_are_not_whole_and_may_be_seen_are_wanted() {
        assert_eq!(crowds(reacted(3, 2, true)), [Deed::Reacted]);
        assert_eq!(crowds(reacted(2, 2, true)), []);
        assert_eq!(crowds(reacted(9, 0, false)), []);
    }

    #[test]
    fn only_public_polls_that_somebody_voted_in() {
        let poll = |public: bool, voters: i32| {
            json!({"_": "message", "id": 7, "peer_id": {"_": "peerChat", "chat_id": 5}, "date": 1,
                "message": "", "media": {"_": "messageMediaPoll",
                    "poll": {"_": "poll", "id": 1, "hash": 0, "public_voters": public, "answers": [],
                        "question": {"_": "textWithEntities", "text": "?", "entities": []}},
                    "results": {"_": "pollResults", "total_voters": voters}}})
        };
        assert_eq!(crowds(poll(true, 2)), [Deed::Voted]);
        assert_eq!(crowds(poll(true, 0)), []);
        assert_eq!(crowds(poll(false, 2)), []);
    }

    #[test]
    fn pages_become_one_answer_that_says_when_something_is_left_out() {
        let page = |n: i32, next: Option<&str>| {
            let mut page = json!({"count": 3, "reactions": [n], "users": [1], "chats": []});
            if let Some(next) = next {
                page["next_offset"] = json!(next);
            }
            page
        };
        let mut all = Value::Null;
        assert_eq!(
            join(&mut all, page(1, Some("a")), "reactions"),
            Some(json!("a"))
        );
        assert_eq!(all["next_offset"], "a");
        assert_eq!(join(&mut all, page(2, None), "reactions"), None);
        assert_eq!(
            all,
            json!({"count": 3, "reactions": [1, 2], "users": [], "chats": []})
        );
    }
}
