//! Looking again at what is held of a chat: what decides when, and who asks.
//!
//! A chat with news is looked at in the same run, one that vanished from the list of chats in the
//! run that misses it, and every other one from time to time. See [`super::review`].

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::decode::{History, Outline, PeerFilter};
use super::history::{Agreement, Ask, Got, PAGE};
use super::list::{What, request};
use super::part::strands_of;
use super::recorder::{Item, Listing, Reviewed};
use super::review::{Extent, Look, Review};
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Departed, Doubt, Scope};
use crate::telegram::peers::PeerId;
use crate::telegram::wire::CallError;

/// Milliseconds after which a chat is looked at again: one people write in, and any other.
const ACTIVE: i64 = 24 * 60 * 60 * 1000;
const QUIET: i64 = 7 * ACTIVE;
/// Seconds for which people who wrote in a chat may go on.
const RECENT: i64 = 30 * 24 * 60 * 60;
/// Messages asked for by number at most, where no count tells how many are gone.
const SUSPECTS: usize = 1000;
/// The newest page.
const NEWEST: Ask = Ask {
    offset_id: 0,
    add_offset: 0,
    limit: PAGE,
    range: None,
};
/// Messages asked for by number at once.
pub(super) const BY_NUMBER: usize = 100;

/// What of a chat can be compared, if anything.
pub(super) fn extent_of(chat: &ChatState) -> Option<Extent> {
    if chat.departed != Departed::No || chat.top.is_none() {
        return None;
    }
    match &chat.scope {
        None => Some(Extent::Counted),
        Some(scope) if scope.is_interval() => Some(Extent::Newest),
        Some(_) => None,
    }
}

/// What of a chat is selected, where that is own messages or topics, once they were listed.
fn strands(chat: &ChatState) -> Option<&Scope> {
    let scope = chat.scope.as_ref()?;
    let here = chat.departed == Departed::No && chat.top.is_some();
    (here && scope.out.is_none() && !scope.is_interval()).then_some(scope)
}

impl Engine {
    /// It was in the list of chats, and the walk of this run did not meet it.
    pub(super) fn has_vanished(&self, chat: &ChatState) -> bool {
        chat.walked > 0 && self.is_unlisted(chat)
    }

    /// The walk of this run did not meet it, whether it ever was in the list of chats or not.
    pub(super) fn is_unlisted(&self, chat: &ChatState) -> bool {
        let missed = |walk: &i64| chat.walked < *walk;
        self.walk.get().is_some_and(missed) && chat.departed == Departed::No
    }

    /// What is held of a chat is to be looked at again, whether there is news or not.
    pub(super) fn is_review_due(&self, chat: &ChatState) -> bool {
        let Some(extent) = extent_of(chat).filter(|_| chat.held > 0) else {
            let held = strands(chat).is_some() && chat.held > 0;
            return held && (self.options.relist || self.is_long_ago(chat));
        };
        let doubted = (chat.doubt == Doubt::New || chat.unsettled) && extent == Extent::Counted;
        let just_vanished =
            self.has_vanished(chat) && self.walk.get().is_some_and(|walk| chat.walked == walk - 1);
        self.options.relist || doubted || just_vanished || self.is_long_ago(chat)
    }

    fn is_long_ago(&self, chat: &ChatState) -> bool {
        let now = (self.options.clock)();
        let recent = |date: i64| now.div_euclid(1000).saturating_sub(date) < RECENT;
        let pause = match chat.top_date.is_none_or(recent) || self.has_vanished(chat) {
            true => ACTIVE,
            false => QUIET,
        };
        !(0..pause).contains(&now.saturating_sub(chat.reviewed))
    }

    /// After a chat was listed, or instead of that.
    pub(super) async fn review(
        &self,
        chat: &ChatState,
        asked: bool,
        agreement: Agreement,
    ) -> Result<(), Halt> {
        let agrees = agreement == Agreement::Whole;
        let Some(extent) = extent_of(chat) else {
            return self.review_strands(chat, asked).await;
        };
        if asked && chat.held == 0 && agrees {
            // Everything was listed just now.
            let reviewed = Reviewed {
                settled: extent == Extent::Counted,
                ..self.nothing_new(chat)
            };
            return self.store(Item::Reviewed(reviewed)).await;
        }
        let due = self.is_review_due(chat);
        if !(asked || due || !agrees) {
            return Ok(());
        }
        self.barrier().await?;
        let doubted = chat.doubt == Doubt::New
            || chat.unsettled
            || agreement == Agreement::Shrunk
            || self.options.relist;
        match extent {
            Extent::Counted if doubted => self.compare(chat, Extent::Thorough).await.map(drop),
            // Counting anew costs a request for each range, and that was done just now.
            Extent::Counted if agrees && !due && self.ranges_of(chat).len() > 1 => {
                match self.compare(chat, Extent::Newest).await? {
                    0 => Ok(()),
                    _ => self.compare(chat, Extent::Counted).await.map(drop),
                }
            }
            extent => self.compare(chat, extent).await.map(drop),
        }
    }

    /// Of own messages and of topics the newest page of each is looked at again.
    async fn review_strands(&self, chat: &ChatState, asked: bool) -> Result<(), Halt> {
        if strands(chat).is_none() {
            return Ok(());
        }
        if asked && chat.held == 0 {
            return self.store(Item::Reviewed(self.nothing_new(chat))).await;
        }
        if !(asked || self.is_review_due(chat)) {
            return Ok(());
        }
        self.barrier().await?;
        // Listing told which ids the dates are.
        let chat = self.spool.chat(chat.chat)?;
        let Some((chat, scope)) = chat.as_ref().and_then(|chat| Some((chat, strands(chat)?)))
        else {
            return Ok(());
        };
        let (mut shown, mut oldest) = (BTreeSet::new(), i32::MAX);
        for what in strands_of(scope) {
            let reply = match self.call(&request(chat, what, NEWEST)).await? {
                Ok(reply) => reply,
                Err(error) => return self.chat_failed(chat, &error).await,
            };
            let schema = self.client.schema();
            let Ok(mut page) = Outline::of(schema, &reply.bytes) else {
                continue;
            };
            let first = page.ids.iter().min().filter(|_| !page.complete);
            oldest = oldest.min(*first.unwrap_or(&1));
            shown.extend(page.ids.iter().copied());
            page.keep(scope.first.unwrap_or(1), scope.last.unwrap_or(i32::MAX));
            let page = page.decode(schema, &self.filter, chat.chat);
            self.store_page(chat, page).await?;
        }
        // Others that are held may be among them: each is asked for by its number.
        let live = self.spool.live_ids(chat.chat)?.into_iter().rev();
        let suspects = live.take_while(|id| *id >= oldest);
        let suspects = suspects.filter(|id| !shown.contains(id)).take(SUSPECTS);
        match self.gone_of(chat, &suspects.collect::<Vec<_>>()).await? {
            Err(error) => self.chat_failed(chat, &error).await,
            Ok(gone) => {
                let reviewed = Reviewed {
                    gone,
                    ..self.nothing_new(chat)
                };
                self.store(Item::Reviewed(reviewed)).await
            }
        }
    }

    fn nothing_new(&self, chat: &ChatState) -> Reviewed {
        Reviewed {
            chat: chat.chat,
            time: (self.options.clock)(),
            gone: Vec::new(),
            count: None,
            thorough: false,
            settled: false,
        }
    }

    /// Gives how many messages turned out to be gone.
    async fn compare(&self, chat: &ChatState, extent: Extent) -> Result<usize, Halt> {
        let (first, reach) = self.held_range(chat)?;
        let live = self.spool.live_ids(chat.chat)?;
        let mut review = Review::new(live, reach, self.ranges_of(chat), extent);
        while let Some(ask) = review.ask() {
            let reply = match self.call(&request(chat, What::History, ask)).await? {
                Ok(reply) => reply,
                Err(error) => return self.chat_failed(chat, &error).await.map(|()| 0),
            };
            let schema = self.client.schema();
            let Ok(mut page) = Outline::of(schema, &reply.bytes) else {
                // Listing knows how to find the one message that nobody can read.
                let reviewed = Item::Reviewed(self.nothing_new(chat));
                return self.store(reviewed).await.map(|()| 0);
            };
            review.take(Look {
                ids: &page.ids,
                complete: page.complete,
                count: page.count,
                newer: page.newer,
            });
            // What is newer is listed by itself, so that it is covered.
            page.keep(first, reach);
            let page = page.decode(schema, &self.filter, chat.chat);
            self.store_page(chat, page).await?;
        }
        let (suspects, count) = review.end();
        match self.gone_of(chat, &suspects).await? {
            Err(error) => self.chat_failed(chat, &error).await.map(|()| 0),
            Ok(gone) => {
                let found = gone.len();
                let count = count.filter(|_| extent != Extent::Newest);
                let reviewed = Reviewed {
                    gone,
                    count,
                    settled: count.is_some(),
                    thorough: extent == Extent::Thorough,
                    ..self.nothing_new(chat)
                };
                self.store(Item::Reviewed(reviewed)).await.map(|()| found)
            }
        }
    }

    /// The first message that is kept of a chat, and the last one that is had. Of a part nothing
    /// else is kept.
    pub(super) fn held_range(&self, chat: &ChatState) -> Result<(i32, i32), Halt> {
        let covered = self.spool.coverage(chat.chat)?;
        let (first, reach) = covered.iter().last().unwrap_or((1, 0));
        let id = |id: i64| i32::try_from(id).unwrap_or(i32::MAX);
        Ok((if chat.scope.is_some() { id(first) } else { 1 }, id(reach)))
    }

    /// Stores a page that covers nothing.
    pub(super) async fn store_page(&self, chat: &ChatState, mut page: History) -> Result<(), Halt> {
        self.complete(chat, &mut page).await?;
        self.store_messages(chat, page).await
    }

    /// Stores messages as they are.
    pub(super) async fn store_messages(&self, chat: &ChatState, page: History) -> Result<(), Halt> {
        self.store(Item::History {
            chat: chat.chat,
            protected: chat.protected,
            page: Box::new(page),
            got: Got::NOTHING,
            listing: Listing::Piece,
            raw: Vec::new(),
        })
        .await
    }

    /// Which of these messages the server has no more, asked by number.
    async fn gone_of(
        &self,
        chat: &ChatState,
        suspects: &[i32],
    ) -> Result<Result<Vec<i32>, CallError>, Halt> {
        let mut gone = Vec::new();
        for ids in suspects.chunks(BY_NUMBER) {
            let reply = match self.call(&by_number(chat, ids)).await? {
                Ok(reply) => reply,
                Err(error) => return Ok(Err(error)),
            };
            let schema = self.client.schema();
            let Ok(page) = Outline::of(schema, &reply.bytes) else {
                continue;
            };
            // Nothing of it is stored.
            let page = page.decode(schema, &PeerFilter::default(), chat.chat);
            let empty = page.messages.iter().filter(|message| message.empty);
            gone.extend(
                empty
                    .map(|message| message.id)
                    .filter(|id| ids.contains(id)),
            );
        }
        Ok(Ok(gone))
    }
}

/// Messages by their numbers: a hole is told as an empty message.
pub(super) fn by_number(chat: &ChatState, ids: &[i32]) -> Value {
    let ids = ids
        .iter()
        .map(|id| json!({"_": "inputMessageID", "id": id}));
    let ids: Vec<Value> = ids.collect();
    match PeerId::of(chat.chat) {
        PeerId::Channel(id) => {
            let access_hash = chat.access_hash.unwrap_or(0);
            let channel =
                json!({"_": "inputChannel", "channel_id": id, "access_hash": access_hash});
            json!({"_": "channels.getMessages", "channel": channel, "id": ids})
        }
        PeerId::User(_) | PeerId::Group(_) => json!({"_": "messages.getMessages", "id": ids}),
    }
}
