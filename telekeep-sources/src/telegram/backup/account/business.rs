//! What the account set up for its business: replies kept ready, links that open a chat with it,
//! bots that answer for it. (Opening hours, greetings and introduction are in its profile.)
//!
//! A list names the replies; the messages of each are asked for by its number. All of them are one
//! part.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::Answer;
use super::parts::Part;
use super::{News, Refusal, is_fresh};
use crate::spool::{AccountPart, Shelf};
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::run::{Engine, Halt};

/// The name of the part with the replies.
pub(super) const REPLIES: &str = "quick_replies";
/// Replies asked for: against a server that never ends. Telegram allows 100.
const MOST: usize = 1000;

/// The parts that are one answer each.
pub(super) fn parts() -> [Part; 2] {
    [
        Part::new(
            "business_links",
            json!({"_": "account.getBusinessChatLinks"}),
        ),
        Part::new("connected_bots", json!({"_": "account.getConnectedBots"})),
    ]
}

/// The messages of a reply.
pub(super) fn request_of_reply(id: i32) -> Value {
    json!({"_": "messages.getQuickReplyMessages", "shortcut_id": id, "hash": 0})
}

fn ids(answers: &[Value]) -> Vec<i32> {
    let lists = answers.iter();
    let replies = lists.filter_map(|answer| answer["quick_replies"].as_array());
    let ids = replies
        .flatten()
        .filter_map(|reply| i32::try_from(reply["shortcut_id"].as_i64()?).ok());
    ids.take(MOST).collect()
}

impl Engine {
    pub(super) async fn ask_replies(
        &self,
        known: &HashMap<String, AccountPart>,
        now: i64,
    ) -> Result<(), Halt> {
        if known.get(REPLIES).is_some_and(|known| is_fresh(known, now)) {
            return Ok(());
        }
        let mut answer = Answer::default();
        let news = match self.take_replies(&mut answer).await? {
            Ok(()) => News::Told(answer.told(REPLIES.to_owned(), 0)),
            Err(refusal) => refusal.of_part(REPLIES.to_owned(), 0),
        };
        let news = Box::new(news);
        self.store(Item::Account { news }).await
    }

    async fn take_replies(&self, answer: &mut Answer) -> Result<Result<(), Refusal>, Halt> {
        let list = json!({"_": "messages.getQuickReplies", "hash": 0});
        let list = Part::new(REPLIES, list);
        if let Err(refusal) = self.take_pages(list, 0, answer).await? {
            return Ok(Err(refusal));
        }
        for id in ids(answer.answers()) {
            let part = Part::new(REPLIES, request_of_reply(id)).with_files(Shelf::Reply { id });
            if let Err(refusal) = self.take_pages(part, 0, answer).await? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(()))
    }
}
