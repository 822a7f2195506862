//! What chats are beyond their messages: descriptions, members, invite links, admin logs, photos of
//! people, the sub-chats of Saved Messages. As of the account itself, each is a part that is asked
//! for by itself, so that one that cannot be had costs nothing of the others, and it is recorded
//! when it differs from what was recorded last.
//!
//! A part is asked for when the chat is new, once a day while the chat has news, and once a week
//! otherwise, so a run soon after another one asks for nothing.

mod log;
mod parts;
mod store;

pub(crate) use log::Event;
pub(crate) use parts::{essence, pages_of, volatile};
pub(crate) use store::{forbids, has_scheduled, read_state};

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use tokio::task::JoinSet;

use self::parts::{Mode, Place};
use super::account::{Answer, News, Refusal, is_within};
use super::pins;
use super::recorder::Item;
use super::run::{Engine, Halt, finished};
use crate::spool::{ChatPart, ChatState, Departed, PeerSort, Who};
use crate::telegram::peers::PeerId;

/// What the names of these parts begin with in the spool and among failures; records name the
/// part alone, since they are about a chat.
pub(crate) const PREFIX: &str = "about/";

const HOUR: i64 = 60 * 60 * 1000;
/// Milliseconds after which a part of a chat with news is asked for anew.
const WITH_NEWS: i64 = 24 * HOUR;
/// And of one without.
const WITHOUT: i64 = 7 * 24 * HOUR;
/// Admin logs reach back 48 hours: nothing of one may be lost between two daily runs.
const LOG: i64 = 12 * HOUR;

impl Engine {
    /// Asks for everything that is due of the chats that are selected.
    pub(super) async fn ask_about(&self) -> Result<(), Halt> {
        let facts = self.spool.chat_facts()?;
        let who: HashMap<i64, Who> = facts.into_iter().map(|c| (c.chat, c.who)).collect();
        let mut chats = self.spool.chats()?;
        chats.retain(is_asked);
        self.forget_failures(&chats).await?;
        let mut tasks = JoinSet::new();
        for chat in chats {
            let Some(who) = who.get(&chat.chat) else {
                continue;
            };
            let place = Place::new(&chat, who);
            let due = self.due(&chat, &place)?;
            if due.is_empty() {
                continue;
            }
            if tasks.len() >= self.options.chats_at_once.max(1) {
                finished(&mut tasks).await?;
            }
            if self.stop.is_set() {
                return Err(Halt::Stopped);
            }
            let engine = self.clone();
            tasks.spawn(async move { engine.ask_parts_of(place, due).await });
        }
        while !tasks.is_empty() {
            finished(&mut tasks).await?;
        }
        self.barrier().await
    }

    /// What failed of chats that are not asked about any more is not tried again.
    async fn forget_failures(&self, asked: &[ChatState]) -> Result<(), Halt> {
        for failure in self.spool.failures()? {
            let (Ok(chat), part) = (failure.key.parse::<i64>(), failure.what) else {
                continue;
            };
            if part.starts_with(PREFIX) && asked.iter().all(|one| one.chat != chat) {
                self.store(Item::AboutGivenUp { chat, part }).await?;
            }
        }
        Ok(())
    }

    /// What a private chat forbids is only in its description, so that comes before its messages.
    pub(super) async fn ask_rules(&self, chat: ChatState) -> Result<ChatState, Halt> {
        if !matches!(PeerId::of(chat.chat), PeerId::User(_)) || chat.is_self || !is_asked(&chat) {
            return Ok(chat);
        }
        let who = Who {
            sort: PeerSort::User,
            ..Who::default()
        };
        let place = Place::new(&chat, &who);
        let mut due = self.due(&chat, &place)?;
        due.retain(|mode| *mode == Mode::Full);
        if due.is_empty() {
            return Ok(chat);
        }
        self.ask_parts_of(place, due).await?;
        self.barrier().await?;
        Ok(self.spool.chat(chat.chat)?.unwrap_or(chat))
    }

    fn due(&self, chat: &ChatState, place: &Place) -> Result<Vec<Mode>, Halt> {
        let now = (self.options.clock)();
        let known = self.spool.chat_parts(chat.chat)?;
        let mut due = parts::of(place);
        due.retain(|mode| is_due(*mode, known.get(mode.name()), chat, now));
        Ok(due)
    }

    async fn ask_parts_of(&self, place: Place, due: Vec<Mode>) -> Result<(), Halt> {
        let mut sight = Sight::default();
        for mode in due {
            match mode {
                Mode::Log => self.ask_log(&place).await?,
                mode => self.ask_about_part(&place, mode, &mut sight).await?,
            }
        }
        Ok(())
    }

    async fn ask_about_part(
        &self,
        place: &Place,
        mode: Mode,
        sight: &mut Sight,
    ) -> Result<(), Halt> {
        if let Some(reason) = parts::closed(place, mode) {
            let news = unavailable(mode, reason.to_owned());
            return self.store_about(place, news).await;
        }
        let mut answer = Answer::default();
        let mut requests = parts::requests(place, mode);
        let (mut first, mut last) = (true, false);
        loop {
            let Some(part) = requests.pop_front() else {
                if last {
                    break;
                }
                last = true;
                requests.extend(parts::within(place, mode, &answer));
                continue;
            };
            match self.take_pages(part, 0, &mut answer).await? {
                Ok(_) if first => requests.extend(parts::more(place, mode, &answer, sight)),
                Ok(_) => {}
                // What was told already is more than nothing.
                Err(Refusal::Unavailable(_)) if !first => {}
                Err(refusal) => {
                    let news = refusal.of_part(mode.full_name(), 0);
                    return self.store_about(place, news).await;
                }
            }
            first = false;
        }
        if mode == Mode::Full {
            *sight = Sight::of(answer.answers());
        }
        let pinned = pins::newest(answer.answers());
        let notes = parts::notes(mode, answer.answers(), sight);
        let mut told = answer.told(mode.full_name(), 0);
        told.notes = notes;
        let fresh = !self.spool.chat_parts(place.chat)?.contains_key(mode.name());
        self.store_about(place, News::Told(told)).await?;
        match mode {
            Mode::Full => self.ask_pins(place.chat, pinned, fresh).await,
            _ => Ok(()),
        }
    }

    async fn store_about(&self, place: &Place, news: News) -> Result<(), Halt> {
        self.store(Item::About {
            chat: place.chat,
            guarded: place.protected,
            news: Box::new(news),
        })
        .await
    }
}

fn unavailable(mode: Mode, reason: String) -> News {
    News::Unavailable {
        part: mode.full_name(),
        reason,
        hash: 0,
    }
}

/// Chats that are only referred to by others, that the account left, or that are not selected are
/// not asked about.
fn is_asked(chat: &ChatState) -> bool {
    let selected = chat.scope.as_ref().is_none_or(|scope| scope.out.is_none());
    selected && chat.departed == Departed::No && chat.top.is_some()
}

fn is_due(mode: Mode, known: Option<&ChatPart>, chat: &ChatState, now: i64) -> bool {
    let Some(known) = known else { return true };
    let news = chat.top.is_some_and(|top| top > known.top);
    let every = match mode {
        Mode::Log => LOG,
        _ if news => WITH_NEWS,
        _ => WITHOUT,
    };
    !is_within(known.asked, every, now)
}

/// What the description of a chat says about its lists.
#[derive(Debug, Default)]
struct Sight {
    /// Members the server counts.
    members: Option<u64>,
    /// Who is a member is hidden.
    hidden: bool,
}

impl Sight {
    fn of(answers: &[Value]) -> Sight {
        let full = answers.first().map(|answer| &answer["full_chat"]);
        Sight {
            members: full.and_then(|full| full["participants_count"].as_u64()),
            hidden: full.is_some_and(|full| full["participants_hidden"] == json!(true)),
        }
    }
}

/// What is said about a part beside the server's answers.
type Notes = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;

    fn chat(top: i32) -> ChatState {
        ChatState {
            chat: -5,
            top: Some(top),
            listed: 0,
            done: true,
            held: 0,
            explained: 0,
            server: None,
            access_hash: None,
            is_self: false,
            protected: false,
            error: None,
            departed: Departed::No,
            scope: None,
            scope_listed: None,
            top_date: None,
            gone: 0,
            reviewed: 0,
            doubt: crate::spool::Doubt::None,
            walked: 0,
            scheduled: false,
            lost: 0,
            unsettled: false,
        }
    }

    #[test]
    fn parts_are_asked_for_when_they_are_due() {
        let known = |top: i32| ChatPart { top, asked: 1000 };
        let due = |mode, known: Option<ChatPart>, later: i64| {
            is_due(mode, known.as_ref(), &chat(7), 1000 + later)
        };
        assert!(due(Mode::Full, None, 0), "never asked for");
        assert!(!due(Mode::Full, Some(known(6)), HOUR));
        assert!(due(Mode::Full, Some(known(6)), WITH_NEWS), "news");
        assert!(!due(Mode::Full, Some(known(7)), WITH_NEWS), "no news");
        assert!(due(Mode::Full, Some(known(7)), WITHOUT));
        assert!(due(Mode::Log, Some(known(7)), LOG));
        assert!(due(Mode::Full, Some(known(7)), -1), "a clock set back");
    }
}
