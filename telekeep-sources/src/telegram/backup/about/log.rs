//! Admin logs: what administrators did in the last 48 hours. The server forgets them, and with
//! them the messages that were deleted or edited, so each event is recorded for itself.

use serde_json::Value;
use telekeep_tl::{Object, Schema, Value as Tl};

use super::parts::{Mode, Place, log_of};
use crate::spool::{Beside, FileRow, Origin, Shelf};
use crate::telegram::backup::account::{Refusal, met};
use crate::telegram::backup::decode::{self, BadAnswer};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::round::UNREADABLE;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::media::collect;

/// Pages of a log, at most: against a server that never ends.
const MOST_PAGES: usize = 1000;

/// An event of an admin log.
#[derive(Debug)]
pub(crate) struct Event {
    pub id: i64,
    /// The TL `ChannelAdminLogEvent`.
    pub body: Value,
    pub files: Vec<FileRow>,
    /// A message in it forbids saving.
    pub protected: bool,
    /// Why none of its files may be fetched.
    pub rule: Option<&'static str>,
}

impl Engine {
    /// Asks for the events after the last one that is known. Pages come newest first; what an
    /// interruption leaves open below them is asked for by the next run.
    pub(super) async fn ask_log(&self, place: &Place) -> Result<(), Halt> {
        let known = self.spool.admin_log(place.chat)?;
        let mut below = 0;
        for _ in 0..MOST_PAGES {
            let request = log_of(place.input_channel(), below, known);
            let reply = match self.call(&request).await? {
                Ok(reply) => reply,
                Err(error) => match BackupError::of_call(&error) {
                    Some(fatal) => return Err(fatal.into()),
                    None => return self.log_refused(place, Refusal::of(&error)).await,
                },
            };
            let schema = self.client.schema();
            let (events, peers) = match events(schema, &reply.bytes, place.chat) {
                Ok(page) => page,
                Err(error) => {
                    let raw = Some((reply.bytes, error.to_string()));
                    let refusal = Refusal::Failed(UNREADABLE.to_owned(), raw);
                    return self.log_refused(place, refusal).await;
                }
            };
            let lowest = events.iter().map(|event| event.id).min();
            let events: Vec<Event> = events.into_iter().filter(|one| one.id > known).collect();
            let over = events.is_empty();
            self.store(Item::AdminEvents {
                chat: place.chat,
                guarded: place.protected,
                events,
                peers,
            })
            .await?;
            match lowest.filter(|lowest| !over && (below == 0 || *lowest < below)) {
                Some(lowest) => below = lowest,
                None => break,
            }
        }
        self.store(Item::AdminLogDone { chat: place.chat }).await
    }

    async fn log_refused(&self, place: &Place, refusal: Refusal) -> Result<(), Halt> {
        let news = refusal.of_part(Mode::Log.full_name(), 0);
        self.store_about(place, news).await
    }
}

type Page = (Vec<Event>, Vec<crate::telegram::backup::account::Met>);

/// Takes a page of a log apart.
fn events(schema: &Schema, bytes: &[u8], chat: i64) -> Result<Page, BadAnswer> {
    let answer = schema.object(bytes)?;
    if answer.name() != "channels.adminLogResults" {
        return Err(BadAnswer::Unexpected(answer.name().to_owned()));
    }
    let events = answer.vector("events").unwrap_or_default();
    let events = events.iter().filter_map(Tl::as_object);
    let events = events.filter_map(|one| event(one, chat)).collect();
    Ok((events, met(&answer).collect()))
}

/// Where an event may hold messages.
const MESSAGES: &[&str] = &["message", "prev_message", "new_message"];

fn event(event: &Object<'_>, chat: i64) -> Option<Event> {
    let (id, action) = (event.long("id")?, event.object("action")?);
    let mut text = Vec::new();
    event.json(&mut text).ok()?;
    let mut body = serde_json::from_slice(&text).ok()?;
    let what = Beside::Event(id);
    let origin = Origin::Account(Shelf::Chat { chat, what });
    let messages = MESSAGES.iter().filter_map(|field| action.object(field));
    let messages: Vec<Object<'_>> = messages.collect();
    let found: Vec<collect::Files> = messages
        .iter()
        .map(|message| collect::files_of(message, origin))
        .collect();
    let destroyed = found.iter().any(|files| files.self_destructing);
    if destroyed {
        decode::empty_previews(&mut body);
    }
    let files = match messages.is_empty() {
        true => collect::files_in(&action, origin),
        false => found.into_iter().flat_map(|files| files.rows).collect(),
    };
    Some(Event {
        id,
        body,
        files,
        protected: messages.iter().any(|message| message.flag("noforwards")),
        rule: destroyed.then_some(collect::SELF_DESTRUCTING),
    })
}
