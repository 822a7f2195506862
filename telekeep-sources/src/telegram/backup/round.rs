//! What only an export shows, asked for once a day: the ranges Telegram splits long accounts
//! into with the chats that only exist in older ones, the channels the account left, and its saved
//! telephone contacts.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use telekeep_tl::{Object, Schema, Value as Tl};

use super::decode::{self, BadAnswer, PEER_VOLATILE};
use super::dialogs::DialogPager;
use super::error::BackupError;
use super::list::name_of;
use super::recorder::Item;
use super::run::{Engine, Halt};
use super::selection::ChatType;
use crate::spool::{Peer, Round};
use crate::telegram::wire::Reply;

/// Milliseconds from one round to the next.
const EVERY: i64 = 24 * 60 * 60 * 1000;

/// Pages of left channels, at most.
const MOST_PAGES: usize = 1000;

/// A channel the account was in and left.
#[derive(Debug)]
pub(crate) struct LeftChat {
    pub peer: Peer,
    pub print: [u8; 16],
    /// JSON of the TL `Chat`.
    pub body: Vec<u8>,
}

/// A saved telephone contact.
#[derive(Debug)]
pub(crate) struct SavedContact {
    pub print: [u8; 16],
    /// JSON of the TL `SavedContact`.
    pub body: Vec<u8>,
}

/// What could not be had of a round, by the name it has in records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Folders,
    Ranges,
    LeftChats,
    SavedContacts,
}

impl Part {
    pub fn name(self) -> &'static str {
        match self {
            Part::Folders => "folders",
            Part::Ranges => "ranges",
            Part::LeftChats => "left_chats",
            Part::SavedContacts => "saved_contacts",
        }
    }
}

impl Engine {
    /// Makes a round when one is due, and gives the ranges of the shared sequence.
    pub(super) async fn make_round(&self) -> Result<(), Halt> {
        if self.client.takeout().is_none() {
            return Ok(());
        }
        let now = (self.options.clock)();
        let last = self.spool.round()?;
        // An export that is not about left channels does not show them.
        let left = self.options.selection.may_have(ChatType::Left);
        let fresh = last.filter(|round| {
            (0..EVERY).contains(&now.saturating_sub(round.time)) && (round.left || !left)
        });
        if let Some(round) = fresh {
            self.know_ranges(round.ranges);
            return Ok(());
        }
        let Some(ranges) = self.ranges_of_account().await? else {
            return Ok(());
        };
        self.know_ranges(ranges.clone());
        if self.options.selection.is_by_name() {
            // The rest of a round is about the whole account.
            return Ok(());
        }
        let older = ranges.split_last().map_or(&[][..], |(_, older)| older);
        let mut whole = true;
        for range in older.iter().rev() {
            whole &= self.walk_range(*range).await?;
        }
        whole &= !left || self.ask_left_chats().await?;
        whole &= self.ask_saved_contacts().await?;
        if whole {
            let time = now;
            let round = Round { time, ranges, left };
            self.store(Item::RoundDone { round }).await?;
        }
        self.barrier().await
    }

    fn know_ranges(&self, ranges: Vec<(i32, i32)>) {
        // Only one round is made in a run.
        let _ = self.ranges.set(ranges);
    }

    /// A request of a round. What the server refuses is recorded and asked for again by the next
    /// run; it ends nothing.
    pub(super) async fn ask(&self, part: Part, request: &Value) -> Result<Option<Reply>, Halt> {
        match self.call(request).await? {
            Ok(reply) => Ok(Some(reply)),
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => Err(fatal.into()),
                None => self.part_failed(part, name_of(&error)).await,
            },
        }
    }

    pub(super) async fn part_failed<T>(
        &self,
        part: Part,
        error: String,
    ) -> Result<Option<T>, Halt> {
        self.store(Item::PartFailed { part, error }).await?;
        Ok(None)
    }

    /// `messages.getSplitRanges`, ascending. An empty answer means one range.
    async fn ranges_of_account(&self) -> Result<Option<Vec<(i32, i32)>>, Halt> {
        let part = Part::Ranges;
        let request = json!({"_": "messages.getSplitRanges"});
        let Some(reply) = self.ask(part, &request).await? else {
            return Ok(None);
        };
        match ranges(self.client.schema(), &reply.bytes) {
            Ok(ranges) => {
                self.store(Item::PartDone { part }).await?;
                Ok(Some(ranges))
            }
            Err(_) => self.part_failed(part, UNREADABLE.to_owned()).await,
        }
    }

    /// The chats with messages in one older range. False when the server would not show them.
    async fn walk_range(&self, range: (i32, i32)) -> Result<bool, Halt> {
        let (schema, mut pager) = (self.client.schema(), DialogPager::of_range());
        let mut addresses = HashMap::new();
        while let Some((folder, offset)) = pager.ask() {
            let request = self.dialog_request(folder, offset, &addresses)?;
            let request = within(Some(range), request);
            let Some(reply) = self.ask(Part::Ranges, &request).await? else {
                return Ok(false);
            };
            let Ok(page) = decode::dialogs(schema, &self.filter, &reply.bytes) else {
                self.part_failed::<()>(Part::Ranges, UNREADABLE.to_owned())
                    .await?;
                return Ok(false);
            };
            pager.page(&page.items(&HashMap::new()), page.complete);
            addresses.clone_from(&page.addresses);
            let page = Box::new(page);
            self.store(Item::OlderDialogs { page }).await?;
        }
        Ok(true)
    }

    async fn ask_left_chats(&self) -> Result<bool, Halt> {
        let part = Part::LeftChats;
        let mut offset = 0;
        for _ in 0..MOST_PAGES {
            let request = json!({"_": "channels.getLeftChannels", "offset": offset});
            let Some(reply) = self.ask(part, &request).await? else {
                return Ok(false);
            };
            let Ok((chats, complete)) = left_chats(self.client.schema(), &reply.bytes) else {
                self.part_failed::<()>(part, UNREADABLE.to_owned()).await?;
                return Ok(false);
            };
            offset += chats.len();
            let over = complete || chats.is_empty();
            self.store(Item::LeftChats { chats }).await?;
            if over {
                break;
            }
        }
        self.store(Item::PartDone { part }).await?;
        Ok(true)
    }

    async fn ask_saved_contacts(&self) -> Result<bool, Halt> {
        let part = Part::SavedContacts;
        let request = json!({"_": "contacts.getSaved"});
        let Some(reply) = self.ask(part, &request).await? else {
            return Ok(false);
        };
        let Ok(contacts) = saved_contacts(self.client.schema(), &reply.bytes) else {
            self.part_failed::<()>(part, UNREADABLE.to_owned()).await?;
            return Ok(false);
        };
        self.store(Item::SavedContacts { contacts }).await?;
        self.store(Item::PartDone { part }).await?;
        Ok(true)
    }
}

/// Our word for an answer the schema cannot decode.
pub(super) const UNREADABLE: &str = "UNREADABLE_ANSWER";

/// A request that concerns one range of the shared sequence only.
pub(super) fn within(range: Option<(i32, i32)>, query: Value) -> Value {
    match range {
        None => query,
        Some((min_id, max_id)) => {
            let range = json!({"_": "messageRange", "min_id": min_id, "max_id": max_id});
            json!({"_": "invokeWithMessagesRange", "range": range, "query": query})
        }
    }
}

/// Most ranges believed; an account has a handful.
const MOST_RANGES: usize = 1000;

/// Ranges, made ascending and without overlap, that together hold every id: what a server leaves
/// out between them would otherwise never be asked for.
fn ranges(schema: &Schema, bytes: &[u8]) -> Result<Vec<(i32, i32)>, BadAnswer> {
    let Tl::Vector(found) = schema.element("Vector<MessageRange>", bytes)? else {
        return Err(BadAnswer::Unexpected("ranges".to_owned()));
    };
    let mut ends: Vec<i32> = found
        .iter()
        .filter_map(Tl::as_object)
        .filter_map(|range| range.int("max_id"))
        .filter(|&last| (1..i32::MAX).contains(&last))
        .take(MOST_RANGES)
        .collect();
    ends.sort_unstable();
    ends.dedup();
    let begins = std::iter::once(1).chain(ends.iter().map(|last| last.saturating_add(1)));
    let ends = ends.iter().copied().chain([i32::MAX]);
    Ok(begins.zip(ends).collect())
}

/// Channels of a page, and whether these are all.
fn left_chats(schema: &Schema, bytes: &[u8]) -> Result<(Vec<LeftChat>, bool), BadAnswer> {
    let answer = schema.object(bytes)?;
    let complete = match answer.name() {
        "messages.chats" => true,
        "messages.chatsSlice" => false,
        other => return Err(BadAnswer::Unexpected(other.to_owned())),
    };
    let chats = answer.vector("chats").unwrap_or_default();
    let chats = chats.iter().filter_map(Tl::as_object).filter_map(|chat| {
        Some(LeftChat {
            peer: decode::peer_of(chat)?,
            print: chat.fingerprint(PEER_VOLATILE),
            body: json_of(chat)?,
        })
    });
    Ok((chats.collect(), complete))
}

/// The contacts by number; of two with the same number the later one counts.
fn saved_contacts(
    schema: &Schema,
    bytes: &[u8],
) -> Result<BTreeMap<String, SavedContact>, BadAnswer> {
    let Tl::Vector(found) = schema.element("Vector<SavedContact>", bytes)? else {
        return Err(BadAnswer::Unexpected("contacts".to_owned()));
    };
    let contact = |contact: &Object<'_>| {
        let saved = SavedContact {
            print: contact.fingerprint(&[]),
            body: json_of(contact)?,
        };
        Some((contact.str("phone")?.into_owned(), saved))
    };
    let objects = found.iter().filter_map(Tl::as_object);
    Ok(objects.filter_map(contact).collect())
}

fn json_of(object: &Object<'_>) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    object.json(&mut text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(pairs: &[(i32, i32)]) -> Vec<(i32, i32)> {
        let schema = telekeep_tl::bundled(230).unwrap();
        let range =
            |&(min, max): &(i32, i32)| json!({"_": "messageRange", "min_id": min, "max_id": max});
        let value = Value::Array(pairs.iter().map(range).collect());
        let mut bytes = Vec::new();
        schema
            .encode("Vector<MessageRange>", &value, &mut bytes)
            .unwrap();
        ranges(schema, &bytes).unwrap()
    }

    #[test]
    fn ranges_hold_every_id_whatever_the_server_says() {
        let all = [(1, i32::MAX)];
        assert_eq!(split(&[]), all);
        assert_eq!(split(&[(1, i32::MAX)]), all);
        let two = [(1, 500), (501, i32::MAX)];
        assert_eq!(split(&[(1, 500), (501, i32::MAX)]), two);
        assert_eq!(split(&[(501, i32::MAX), (3, 500)]), two, "in any order");
        assert_eq!(split(&[(1, 500), (900, 1200), (-4, 0)]).len(), 3);
    }
}
