//! Listing what is selected of a chat when that is not all of it.
//!
//! Dates become ids first: one small request each says which message is the newest before a
//! moment, and ids grow with time. So what is fetched is what was asked for, and what it is in
//! terms of coverage is known exactly; when more is selected later, only the rest is fetched.

use serde_json::json;

use super::decode::Outline;
use super::list::{Stretch, What};
use super::recorder::{Item, Listing};
use super::reviewing::by_number;
use super::round::within;
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Intervals, Scope};
use crate::telegram::peers::{PeerId, input_peer};
use crate::telegram::wire::CallError;

impl Engine {
    /// What is to be listed of a chat of which a part is selected. The ids of its dates are
    /// stored once they are known.
    pub(super) async fn bounded(
        &self,
        chat: &ChatState,
        mut scope: Scope,
    ) -> Result<Result<Vec<Stretch>, CallError>, Halt> {
        let old = scope.since.zip(chat.top_date).zip(chat.top);
        if let (Some(((since, newest), top)), None) = (old, scope.first)
            && newest < since
        {
            // All there is is older, which costs no request to know.
            scope.first = Some(top.saturating_add(1));
            let chat = chat.chat;
            self.store(Item::Bounds { chat, scope }).await?;
            return Ok(Ok(Vec::new()));
        }
        if let (Some(since), None) = (scope.since, scope.first) {
            match self.newest_before(chat, since).await? {
                Ok(id) => scope.first = Some(id.saturating_add(1)),
                Err(error) => return Ok(Err(error)),
            }
        }
        let mut last = scope.last;
        if let (Some(until), None) = (scope.until, scope.last) {
            match self.newest_before(chat, until).await? {
                Ok(id) => last = Some(id),
                Err(error) => return Ok(Err(error)),
            }
            // Before that moment, more messages can come.
            let now = (self.options.clock)().div_euclid(1000);
            scope.last = last.filter(|_| until <= now);
        }
        let bounds = (scope.first.unwrap_or(1), last.unwrap_or(i32::MAX));
        if Some(&scope) != chat.scope.as_ref() {
            let (chat, scope) = (chat.chat, scope.clone());
            self.store(Item::Bounds { chat, scope }).await?;
        }
        self.parts(chat, &scope, bounds).await
    }

    async fn parts(
        &self,
        chat: &ChatState,
        scope: &Scope,
        bounds: (i32, i32),
    ) -> Result<Result<Vec<Stretch>, CallError>, Halt> {
        if scope.is_interval() {
            let covered = self.spool.coverage(chat.chat)?;
            let gaps = open_gaps(chat, &covered, bounds);
            return Ok(Ok(self.pieces(chat, What::History, &Listing::Piece, gaps)));
        }
        let mut stretches = Vec::new();
        for what in strands_of(scope) {
            let name = match what {
                What::History => continue,
                What::Own => "own".to_owned(),
                What::Topic(topic) => format!("topic/{topic}"),
                What::OwnTopic(topic) => format!("own/topic/{topic}"),
            };
            let covered = self.spool.strand(chat.chat, &name)?;
            if let (What::Topic(topic), None) = (what, covered.last())
                && let Err(error) = self.topic_itself(chat, topic).await?
            {
                return Ok(Err(error));
            }
            let gaps = open_gaps(chat, &covered, bounds);
            stretches.extend(self.pieces(chat, what, &Listing::Strand(name), gaps));
        }
        Ok(Ok(stretches))
    }

    /// The message a topic began with is not among its replies.
    async fn topic_itself(
        &self,
        chat: &ChatState,
        topic: i32,
    ) -> Result<Result<(), CallError>, Halt> {
        if !matches!(PeerId::of(chat.chat), PeerId::Channel(_)) {
            return Ok(Ok(()));
        }
        let reply = match self.call(&by_number(chat, &[topic])).await? {
            Ok(reply) => reply,
            Err(error) => return Ok(Err(error)),
        };
        let schema = self.client.schema();
        let Ok(page) = Outline::of(schema, &reply.bytes) else {
            return Ok(Ok(()));
        };
        let page = page.decode(schema, &self.filter, chat.chat);
        self.store_page(chat, page).await.map(Ok)
    }

    /// The newest message of a chat before a moment; 0 when there is none.
    async fn newest_before(
        &self,
        chat: &ChatState,
        moment: i64,
    ) -> Result<Result<i32, CallError>, Halt> {
        let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
        let date = i32::try_from(moment.max(1)).unwrap_or(i32::MAX);
        let request = json!({
            "_": "messages.getHistory", "peer": peer, "offset_id": 0, "offset_date": date,
            "add_offset": 0, "limit": 1, "max_id": 0, "min_id": 0, "hash": 0,
        });
        let ranges = match (PeerId::of(chat.chat), self.ranges.get()) {
            (PeerId::User(_) | PeerId::Group(_), Some(ranges)) if ranges.len() > 1 => {
                ranges.iter().rev().copied().map(Some).collect()
            }
            _ => vec![None],
        };
        for range in ranges {
            let reply = match self.call(&within(range, request.clone())).await? {
                Ok(reply) => reply,
                Err(error) => return Ok(Err(error)),
            };
            // One that cannot be read is there all the same: nothing is taken for granted, and
            // everything is listed.
            let page = Outline::of(self.client.schema(), &reply.bytes);
            let newest = page.ok().and_then(|page| page.ids.iter().max().copied());
            if let Some(id) = newest {
                return Ok(Ok(id.max(0)));
            }
        }
        Ok(Ok(0))
    }
}

/// What is not listed, up to the newest message there is.
fn open_gaps(chat: &ChatState, covered: &Intervals, (first, last): (i32, i32)) -> Vec<(i64, i64)> {
    let top = chat.top.map_or(i64::MAX, i64::from);
    let mut gaps = covered.gaps(first.into(), last.into());
    gaps.retain(|&(from, _)| from <= top);
    gaps
}

pub(super) fn strands_of(scope: &Scope) -> Vec<What> {
    let topics = scope.topics.iter();
    match (scope.own, scope.topics.is_empty()) {
        (_, true) => vec![What::Own],
        (true, _) => topics.map(|&topic| What::OwnTopic(topic)).collect(),
        (false, _) => topics.map(|&topic| What::Topic(topic)).collect(),
    }
}
