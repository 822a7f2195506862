//! Listing one chat: the pager decides, the wire asks, the writer stores.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::decode::Outline;
use super::error::BackupError;
use super::history::{Agreement, Ask, HistoryPager, Shape};
use super::recorder::{Item, Listing};
use super::round::within;
use super::run::{Engine, Halt};
use crate::spool::{ChatState, Departed};
use crate::telegram::peers::{PeerId, input_peer};
use crate::telegram::wire::{CallError, Reply, RpcError};

/// What is asked of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// All messages.
    History,
    /// What the account wrote itself.
    Own,
    /// One topic.
    Topic(i32),
    /// What the account wrote itself in one topic.
    OwnTopic(i32),
}

/// A part of a chat that is listed in one go.
#[derive(Debug, Clone)]
pub(super) struct Stretch {
    pub what: What,
    pub pager: HistoryPager,
    /// What becomes of it.
    pub listing: Listing,
    /// Nothing outside is kept.
    pub bounds: Option<(i32, i32)>,
}

impl Engine {
    /// Lists what is new in a chat, then looks again at what is held of it when that is due. A chat
    /// that fails is recorded and is no error of the run.
    pub(super) async fn list_chat(&self, chat: ChatState) -> Result<(), Halt> {
        let chat = self.ask_rules(chat).await?;
        let asked = self.is_worth_asking(&chat);
        let listed = match asked {
            true => self.list_news(&chat).await?,
            false => Listed::Whole(Agreement::Whole),
        };
        match listed {
            Listed::Failed => Ok(()),
            Listed::Whole(agreement) => self.review(&chat, asked, agreement).await,
        }
    }

    async fn list_news(&self, chat: &ChatState) -> Result<Listed, Halt> {
        let scope = chat.scope.clone().filter(|_| chat.departed == Departed::No);
        let Some(scope) = scope else {
            return self.list_all(chat, self.stretches(chat)?).await;
        };
        let listed = match self.bounded(chat, scope).await? {
            Ok(stretches) => self.list_all(chat, stretches).await?,
            Err(error) => {
                self.chat_failed(chat, &error).await?;
                Listed::Failed
            }
        };
        if listed != Listed::Failed {
            let chat = chat.chat;
            self.store(Item::ScopeListed { chat }).await?;
        }
        Ok(listed)
    }

    async fn list_all(&self, chat: &ChatState, stretches: Vec<Stretch>) -> Result<Listed, Halt> {
        let mut all = Agreement::Whole;
        for stretch in stretches {
            match self.list_twice(chat, stretch).await? {
                Listed::Failed => return Ok(Listed::Failed),
                Listed::Whole(agreement) => all = all.max(agreement),
            }
        }
        Ok(Listed::Whole(all))
    }

    /// Lists a part, and once more when some of it was deleted meanwhile: the numbers could agree
    /// because as many were left out.
    async fn list_twice(&self, chat: &ChatState, stretch: Stretch) -> Result<Listed, Halt> {
        let first = self.list_stretch(chat, stretch.clone()).await?;
        if first != Listed::Whole(Agreement::Shrunk) {
            return Ok(first);
        }
        Ok(match self.list_stretch(chat, stretch).await? {
            Listed::Failed => Listed::Failed,
            // What is gone is still to be found.
            Listed::Whole(Agreement::Whole) => Listed::Whole(Agreement::Other),
            Listed::Whole(_) => Listed::Whole(Agreement::Shrunk),
        })
    }

    /// A whole chat: what was left out when less of it was selected, then what is new.
    fn stretches(&self, chat: &ChatState) -> Result<Vec<Stretch>, Halt> {
        if chat.departed != Departed::No {
            return Ok(vec![Stretch {
                what: What::Own,
                pager: HistoryPager::new(0, None, 0),
                listing: Listing::Departed,
                bounds: None,
            }]);
        }
        let covered = self.spool.coverage(chat.chat)?;
        let last = covered.last().unwrap_or(0);
        let gaps = covered.gaps(1, last);
        let mut stretches = self.pieces(chat, What::History, &Listing::Piece, gaps);
        let reach = i32::try_from(last).unwrap_or(i32::MAX);
        let pager = HistoryPager::new(reach, chat.top, chat.live());
        stretches.push(Stretch {
            what: What::History,
            pager: self.split(chat, pager),
            listing: Listing::Whole,
            bounds: None,
        });
        Ok(stretches)
    }

    /// Intervals of ids that are not listed yet.
    pub(super) fn pieces(
        &self,
        chat: &ChatState,
        what: What,
        listing: &Listing,
        gaps: Vec<(i64, i64)>,
    ) -> Vec<Stretch> {
        let id = |id: i64| i32::try_from(id).unwrap_or(i32::MAX);
        let piece = |(first, last): (i64, i64)| {
            let (first, last) = (id(first), id(last));
            let open = last == i32::MAX;
            let pager = HistoryPager::part(first, (!open).then_some(last), chat.top);
            Stretch {
                what,
                pager: self.split(chat, pager),
                listing: listing.clone(),
                bounds: Some((first, last)),
            }
        };
        gaps.into_iter().map(piece).collect()
    }

    fn split(&self, chat: &ChatState, pager: HistoryPager) -> HistoryPager {
        pager.split(self.ranges_of(chat))
    }

    /// Only the sequence that private chats and basic groups share is split.
    pub(super) fn ranges_of(&self, chat: &ChatState) -> &[(i32, i32)] {
        match (PeerId::of(chat.chat), self.ranges.get()) {
            (PeerId::User(_) | PeerId::Group(_), Some(ranges)) => ranges,
            _ => &[],
        }
    }

    /// Lists one part. When the chat failed, that is recorded.
    async fn list_stretch(&self, chat: &ChatState, stretch: Stretch) -> Result<Listed, Halt> {
        let Stretch {
            what,
            mut pager,
            listing,
            bounds,
        } = stretch;
        let mut raw = Vec::new();
        let mut next = Next::default();
        next.ask(self, chat, what, pager.ask());
        loop {
            if !self.has_room_for_messages() {
                self.is_full();
                return Err(Halt::Stopped);
            }
            let reply = match next.answer().await? {
                Ok(reply) => reply,
                Err(error) => {
                    self.chat_failed(chat, &error).await?;
                    return Ok(Listed::Failed);
                }
            };
            let schema = self.client.schema();
            let mut page = match Outline::of(schema, &reply.bytes) {
                Ok(page) => page,
                Err(error) => {
                    let error = error.to_string();
                    if pager.undecodable() {
                        raw.push((reply.bytes, error));
                    }
                    if pager.is_hopeless() {
                        self.give_up(chat.chat, "UNDECODABLE_ANSWERS").await?;
                        return Ok(Listed::Failed);
                    }
                    next.ask(self, chat, what, pager.ask());
                    continue;
                }
            };
            let got = pager.page(Shape {
                ids: &page.ids,
                complete: page.complete,
                count: page.count,
            });
            // The next page is on its way while this one is decoded and stored.
            if got.end.is_none() {
                next.ask(self, chat, what, pager.ask());
            }
            if let Some((first, last)) = bounds {
                page.keep(first, last);
            }
            let mut page = page.decode(schema, &self.filter, chat.chat);
            self.complete(chat, &mut page).await?;
            let item = Item::History {
                chat: chat.chat,
                protected: chat.protected,
                page: Box::new(page),
                got,
                listing: listing.clone(),
                raw: std::mem::take(&mut raw),
            };
            self.store(item).await?;
            if got.end.is_some() {
                return Ok(Listed::Whole(pager.agreement()));
            }
        }
    }

    pub(super) async fn chat_failed(
        &self,
        chat: &ChatState,
        error: &CallError,
    ) -> Result<(), Halt> {
        if let Some(fatal) = BackupError::of_call(error) {
            return Err(fatal.into());
        }
        if chat.departed != Departed::No && matches!(error, CallError::Rpc(_)) {
            let (chat, error) = (chat.chat, name_of(error));
            return self.store(Item::DepartedClosed { chat, error }).await;
        }
        if chat.top.is_none() && matches!(error, CallError::Rpc(_)) {
            // Only another chat refers to it, and this account may not read it: nothing is lost
            // that could be had.
            let (chat, error) = (chat.chat, name_of(error));
            return self.store(Item::ChatClosed { chat, error }).await;
        }
        if self.is_unlisted(chat) && error.rpc().is_some_and(is_refusal) {
            let (chat, error) = (chat.chat, name_of(error));
            return self.store(Item::ChatClosed { chat, error }).await;
        }
        self.give_up(chat.chat, &name_of(error)).await
    }

    async fn give_up(&self, chat: i64, error: &str) -> Result<(), Halt> {
        self.store(Item::ChatFailed {
            chat,
            error: error.to_owned(),
        })
        .await
    }
}

/// What became of listing something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Listed {
    /// It is recorded why it could not be had.
    Failed,
    /// It is listed to its end.
    Whole(Agreement),
}

/// The server says that the account may not have something, rather than that something went wrong.
pub(crate) fn is_refusal(error: &RpcError) -> bool {
    matches!(error.code, 400 | 403 | 406)
}

/// A request under way. Dropped, it is given up.
#[derive(Default)]
struct Next(JoinSet<Result<Result<Reply, CallError>, Halt>>);

impl Next {
    fn ask(&mut self, engine: &Engine, chat: &ChatState, what: What, ask: Ask) {
        let (engine, request) = (engine.clone(), request(chat, what, ask));
        self.0.spawn(async move { engine.call(&request).await });
    }

    async fn answer(&mut self) -> Result<Result<Reply, CallError>, Halt> {
        match self.0.join_next().await {
            Some(Ok(answer)) => answer,
            _ => Err(BackupError::Worker("listing a chat").into()),
        }
    }
}

/// The server's word for an error, as records keep it.
pub(crate) fn name_of(error: &CallError) -> String {
    match (error, error.rpc()) {
        (_, Some(rpc)) => rpc.full_name(),
        (CallError::Unanswered { .. }, _) => "NO_ANSWER".to_owned(),
        _ => "UNREADABLE_ANSWER".to_owned(),
    }
}

/// A page of a chat, or of a part of it.
pub(super) fn request(chat: &ChatState, what: What, ask: Ask) -> Value {
    let peer = input_peer(chat.chat, chat.access_hash, chat.is_self);
    let mut request = json!({
        "peer": peer, "offset_id": ask.offset_id, "add_offset": ask.add_offset,
        "limit": ask.limit, "max_id": 0, "min_id": 0, "hash": 0,
    });
    let more = match what {
        What::History => json!({"_": "messages.getHistory", "offset_date": 0}),
        What::Topic(topic) => {
            json!({"_": "messages.getReplies", "msg_id": topic, "offset_date": 0})
        }
        What::Own => own_messages(chat, None),
        What::OwnTopic(topic) => own_messages(chat, Some(topic)),
    };
    if let (Some(fields), Value::Object(more)) = (request.as_object_mut(), more) {
        fields.extend(more);
    }
    within(ask.range, request)
}

/// In a chat the account left nothing but this can be asked, so that dates are left to the search.
fn own_messages(chat: &ChatState, topic: Option<i32>) -> Value {
    let scope = chat
        .scope
        .as_ref()
        .filter(|_| chat.departed != Departed::No);
    let moment = |at: Option<i64>| at.and_then(|at| i32::try_from(at).ok()).unwrap_or(0);
    let since = scope.and_then(|scope| scope.since).map(|since| since - 1);
    let mut search = json!({
        "_": "messages.search", "q": "", "from_id": {"_": "inputPeerSelf"},
        "filter": {"_": "inputMessagesFilterEmpty"},
        // Later than, and earlier than.
        "min_date": moment(since), "max_date": moment(scope.and_then(|scope| scope.until)),
    });
    if let (Some(topic), Some(fields)) = (topic, search.as_object_mut()) {
        fields.insert("top_msg_id".into(), json!(topic));
    }
    search
}
