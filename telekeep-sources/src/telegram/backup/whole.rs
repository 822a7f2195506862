//! Rich messages that pages of a chat show only in part.
//!
//! The whole is asked for before the page is stored, so what is recorded is the whole message, and
//! how the page showed it is remembered: a page that shows it so again says nothing new. What could
//! not be had is recorded in part with a failure, and asked for again by the next run.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Value, json};
use telekeep_tl::Object;

use super::decode::{DecodedMessage, DecodedPeer, History, Outline, PeerFilter};
use super::error::BackupError;
use super::list::name_of;
use super::recorder::Item;
use super::round::UNREADABLE;
use super::round_store::{failed_of, resolved_of};
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Departed, Shown, SpoolError, SpoolTx};
use crate::telegram::peers::input_peer;
use crate::telegram::wire::CallError;

/// What failures are called.
pub(crate) const WHAT: &str = "rich_message";
/// Why the whole is not there although the server answered.
pub(crate) const NOT_WHOLE: &str = "NOT_WHOLE";
/// Messages looked up at once.
const BATCH: u32 = 100;
/// Messages in a row that could not be asked for before nothing is asked again in this run.
const FAILURES: u32 = 10;

/// How much of a message is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told {
    /// All of it.
    Whole,
    /// Its beginning.
    Part,
    /// Its beginning, which was shown just so when the whole was recorded.
    Recorded,
    /// All of it; the page showed a part with this fingerprint.
    Completed([u8; 16]),
    /// Its beginning; why the whole could not be had.
    Lacking(String),
}

/// A message is the beginning of a rich one.
pub(crate) fn is_part(message: &Object<'_>) -> bool {
    message
        .object("rich_message")
        .is_some_and(|rich| rich.flag("part"))
}

/// The whole of a message.
pub(crate) fn request(chat: &ChatState, id: i32) -> Value {
    let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
    json!({"_": "messages.getRichMessage", "peer": peer, "id": id})
}

/// Why the whole of a message could not be had.
enum Lack {
    /// The server says so.
    Refused(String),
    /// Something went wrong.
    Failed(String),
}

impl Lack {
    fn name(self) -> String {
        let (Lack::Refused(name) | Lack::Failed(name)) = self;
        name
    }
}

impl Engine {
    /// Asks for the whole of what a page shows in part, unless that is recorded or failed before.
    pub(super) async fn complete(&self, chat: &ChatState, page: &mut History) -> Result<(), Halt> {
        for message in 0..page.messages.len() {
            let Some((id, print)) = page.part(message) else {
                continue;
            };
            let shown = self.spool.shown(chat.chat, id)?;
            match shown.filter(|shown| shown.print == print) {
                Some(Shown { whole: true, .. }) => page.tell(message, Told::Recorded),
                Some(_) => {}
                None => match self.whole_of(chat, id).await? {
                    Ok(whole) => page.replace(message, whole),
                    Err(lack) => page.tell(message, Told::Lacking(lack.name())),
                },
            }
        }
        Ok(())
    }

    async fn whole_of(&self, chat: &ChatState, id: i32) -> Result<Result<History, Lack>, Halt> {
        let reply = match self.call(&request(chat, id)).await? {
            Ok(reply) => reply,
            Err(error) => {
                return match (BackupError::of_call(&error), &error) {
                    (Some(fatal), _) => Err(fatal.into()),
                    (None, CallError::Rpc(_)) => Ok(Err(Lack::Refused(name_of(&error)))),
                    (None, _) => Ok(Err(Lack::Failed(name_of(&error)))),
                };
            }
        };
        let schema = self.client.schema();
        let Ok(mut page) = Outline::of(schema, &reply.bytes) else {
            return Ok(Err(Lack::Failed(UNREADABLE.to_owned())));
        };
        page.keep(id, id);
        // It may not be stored: nobody it names counts as handed on.
        let page = page.decode(schema, &PeerFilter::default(), chat.chat);
        let whole = |message: &DecodedMessage| !message.empty && message.told == Told::Whole;
        Ok(match page.messages.first() {
            Some(message) if whole(message) => Ok(page),
            _ => Err(Lack::Failed(NOT_WHOLE.to_owned())),
        })
    }

    /// Asks again for what could not be had whole. A chat that nothing can be asked of any more is
    /// given up.
    pub(super) async fn ask_wholes(&self) -> Result<(), Halt> {
        let mut after = (i64::MIN, 0);
        let (mut in_a_row, mut given_up) = (0, BTreeSet::new());
        let mut last = String::new();
        loop {
            let waiting = self.spool.waiting_wholes(after, BATCH)?;
            let Some(&(chat, id, _)) = waiting.last() else {
                break;
            };
            after = (chat, id);
            for (chat, id, print) in waiting {
                let Some(chat) = self.spool.chat(chat)?.filter(can_be_asked) else {
                    given_up.insert(chat);
                    continue;
                };
                if in_a_row >= FAILURES {
                    self.lacks(&chat, &last).await?;
                    continue;
                }
                match self.whole_of(&chat, id).await? {
                    Ok(mut whole) => {
                        in_a_row = 0;
                        whole.tell(0, Told::Completed(print));
                        self.store_messages(&chat, whole).await?;
                    }
                    Err(Lack::Refused(_)) if self.is_closed(&chat) => {
                        given_up.insert(chat.chat);
                    }
                    Err(lack) => {
                        in_a_row += 1;
                        last = lack.name();
                        self.lacks(&chat, &last).await?;
                    }
                }
            }
        }
        self.barrier().await?;
        for failure in self.spool.failures()? {
            if failure.what == WHAT
                && let Ok(chat) = failure.key.parse::<i64>()
            {
                let given_up = given_up.contains(&chat);
                self.store(Item::WholesAsked { chat, given_up }).await?;
            }
        }
        self.barrier().await
    }

    /// Refusals say no more than that this account cannot see the chat any more.
    fn is_closed(&self, chat: &ChatState) -> bool {
        chat.top.is_none() || self.has_vanished(chat)
    }

    async fn lacks(&self, chat: &ChatState, error: &str) -> Result<(), Halt> {
        let (chat, error) = (chat.chat, error.to_owned());
        self.store(Item::WholeFailed { chat, error }).await
    }
}

fn can_be_asked(chat: &ChatState) -> bool {
    let selected = chat.scope.as_ref().is_none_or(|scope| scope.out.is_none());
    selected && chat.departed == Departed::No
}

impl History {
    /// Id and fingerprint of a message that is shown in part.
    fn part(&self, message: usize) -> Option<(i32, [u8; 16])> {
        let message = self.messages.get(message)?;
        (message.told == Told::Part).then_some((message.id, message.print))
    }

    fn tell(&mut self, message: usize, told: Told) {
        if let Some(message) = self.messages.get_mut(message) {
            message.told = told;
        }
    }

    /// Puts the whole of a message, an answer with nothing else, in the place of its part.
    fn replace(&mut self, message: usize, mut whole: History) {
        let (Some(place), Some(message)) = (self.messages.get_mut(message), whole.messages.pop())
        else {
            return;
        };
        let (text, files) = (self.text.len(), self.files.len());
        *place = DecodedMessage {
            told: Told::Completed(place.print),
            body: moved(&message.body, text),
            files: moved(&message.files, files),
            ..message
        };
        self.text.append(&mut whole.text);
        self.files.append(&mut whole.files);
        self.emoji.append(&mut whole.emoji);
        self.sets.append(&mut whole.sets);
        self.peers
            .extend(whole.peers.into_iter().map(|peer| DecodedPeer {
                body: moved(&peer.body, text),
                ..peer
            }));
    }
}

fn moved(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// Remembers how the messages of a page were shown. Gives words for what could not be had.
pub(super) fn store_told(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    page: &History,
) -> Result<Option<String>, SpoolError> {
    let known = tx.knows_shown(chat)?;
    let mut lacking = None;
    for message in &page.messages {
        let id = message.id;
        match &message.told {
            Told::Whole if known => tx.forget_shown(chat, id)?,
            Told::Whole | Told::Part | Told::Recorded => {}
            &Told::Completed(print) => tx.note_shown(chat, id, Shown { print, whole: true })?,
            Told::Lacking(error) => {
                let (print, whole) = (message.print, false);
                tx.note_shown(chat, id, Shown { print, whole })?;
                lacking = Some(error);
            }
        }
    }
    match lacking {
        Some(error) => store_lack(tx, chat, error).map(Some),
        None if known => store_asked(tx, chat, false).map(|()| None),
        None => Ok(None),
    }
}

/// The whole of some message of a chat could not be had. Gives words for that.
pub(super) fn store_lack(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    error: &str,
) -> Result<String, SpoolError> {
    failed_of(tx, Some(chat), WHAT, error)?;
    Ok(format!("{WHAT} in chat {chat}: {error}"))
}

/// A chat of which nothing is wanted any more fails no more.
pub(super) fn store_asked(
    tx: &mut SpoolTx<'_>,
    chat: i64,
    given_up: bool,
) -> Result<(), SpoolError> {
    match given_up || !tx.wants_wholes(chat)? {
        true => resolved_of(tx, Some(chat), WHAT),
        false => Ok(()),
    }
}
