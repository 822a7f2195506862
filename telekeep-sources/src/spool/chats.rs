//! People and chats: how to address them, how far each is listed, and what the server counts.

use rusqlite::{OptionalExtension, Row, params};

use super::error::{Doing, SpoolError};
use super::seen::{Fingerprint, Seen};
use super::tx::{signed, unsigned};
use super::{Departed, Intervals, Portrait, Scope, Spool, SpoolTx, Who};

/// A user, group or channel as far as requests need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Marked id.
    pub chat: i64,
    /// Needed to address users and channels; absent in "min" objects.
    pub access_hash: Option<i64>,
    /// The account itself.
    pub is_self: bool,
    /// Its owner forbids saving content.
    pub protected: bool,
    /// The object was a shortened one.
    pub min: bool,
    /// The photo beside its name.
    pub portrait: Option<Portrait>,
    /// How people name it.
    pub who: Who,
}

/// A chat to back up and how far that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatState {
    /// Marked id.
    pub chat: i64,
    /// Newest id the dialog list named; `None` for chats only referred to by others.
    pub top: Option<i32>,
    /// The value of `top` (or the newest id) when the chat was last listed to its end.
    pub listed: i32,
    /// True when it was listed to its end at least once.
    pub done: bool,
    /// Messages recorded.
    pub held: u64,
    /// Places in the list that are no message, with a reason recorded.
    pub explained: u64,
    /// The server's own count when last listed.
    pub server: Option<Count>,
    /// Access hash, when known.
    pub access_hash: Option<i64>,
    /// The account itself.
    pub is_self: bool,
    /// Its owner forbids saving content.
    pub protected: bool,
    /// The error it last failed with, when it is failing now.
    pub error: Option<String>,
    /// Whether the account left it.
    pub departed: Departed,
    /// What of it is selected; `None` is all of it.
    pub scope: Option<Scope>,
    /// The value of `top` when what is selected of it was last listed.
    pub scope_listed: Option<i32>,
    /// Date of `top` in unix seconds, when it was told.
    pub top_date: Option<i64>,
    /// Messages recorded that are gone at the server.
    pub gone: u64,
    /// When it was compared with the server last, unix milliseconds; 0 for never.
    pub reviewed: i64,
    /// Whether the server counted another number of messages then.
    pub doubt: Doubt,
    /// Number of the walk through the list of chats that saw it last; 0 for none.
    pub walked: i64,
    /// Something waits to be sent there, as its description said last.
    pub scheduled: bool,
    /// Messages that were deleted before they could be had.
    pub lost: u64,
    /// The server counted more while it was listed, and counts what is held since: whether something
    /// was lost is known when both were compared.
    pub unsettled: bool,
}

/// Whether the server counts another number of messages than is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It does not.
    None,
    /// It does; not everything was listed because of it yet.
    New,
    /// It does although everything was listed: it counts what it does not show, or shows what it
    /// does not count.
    Standing,
}

impl Doubt {
    fn of(number: i64) -> Doubt {
        match number {
            0 => Doubt::None,
            1 => Doubt::New,
            _ => Doubt::Standing,
        }
    }
}

/// A number of messages as the server states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub messages: u64,
    /// The server said that it is an estimate.
    pub inexact: bool,
}

impl ChatState {
    /// True when the server may have messages of it that were not listed.
    pub fn is_open(&self) -> bool {
        match (self.departed, &self.scope) {
            (_, Some(scope)) if scope.out.is_some() => false,
            (Departed::No, Some(scope)) => {
                let news = |listed| self.top.is_some_and(|top| top > listed);
                let closed = scope.last.is_some();
                self.error.is_some() || self.scope_listed.is_none_or(|at| !closed && news(at))
            }
            (departed, _) => self.is_open_whole(departed),
        }
    }

    fn is_open_whole(&self, departed: Departed) -> bool {
        match departed {
            Departed::No => {
                !self.done || self.error.is_some() || self.top.is_some_and(|top| top > self.listed)
            }
            Departed::ToList => true,
            Departed::Listed => false,
        }
    }

    /// True when nothing more can be had of it, though more of it was there: it is closed to the
    /// account, or messages were lost.
    pub fn has_ended(&self) -> bool {
        let closed = self.done && self.top.is_none() && self.server.is_none();
        closed || self.departed != Departed::No || self.lost > 0
    }

    /// True when asking may help: it is open, or the server counted more than there is.
    pub fn is_worth_asking(&self) -> bool {
        self.is_open() || self.missing() > 0
    }

    /// Places of the server's list that are accounted for: recorded and not gone, or explained.
    pub fn live(&self) -> u64 {
        (self.held + self.explained).saturating_sub(self.gone)
    }

    /// Messages the server counts beyond those recorded or explained. It counts none in a chat
    /// the account left, and its count says nothing of a part.
    pub fn missing(&self) -> u64 {
        match self.server {
            _ if self.departed != Departed::No || self.scope.is_some() => 0,
            Some(count) if !count.inexact => count.messages.saturating_sub(self.live()),
            _ => 0,
        }
    }
}

const SELECT: &str = "SELECT chat.chat, top, listed, done, held, explained, server, inexact,
    peer.access_hash, coalesce(is_self, 0), coalesce(protected, 0) OR guarded, failure.error, departed,
    scope, scope_listed, top_date, gone, reviewed, doubt, walked, scheduled, lost,
    coalesce(counted > held + explained AND done AND inexact = 0
        AND server + gone = held + explained, 0)
    FROM chat LEFT JOIN peer ON peer.chat = chat.chat
    LEFT JOIN failure ON failure.what = 'chat' AND failure.key = CAST(chat.chat AS TEXT)";

fn state(row: &Row<'_>) -> Result<ChatState, rusqlite::Error> {
    let server = row.get::<_, Option<i64>>(6)?.map(unsigned);
    let inexact = row.get(7)?;
    Ok(ChatState {
        chat: row.get(0)?,
        top: row.get(1)?,
        listed: row.get(2)?,
        done: row.get(3)?,
        held: unsigned(row.get(4)?),
        explained: unsigned(row.get(5)?),
        server: server.map(|messages| Count { messages, inexact }),
        access_hash: row.get(8)?,
        is_self: row.get(9)?,
        protected: row.get(10)?,
        error: row.get(11)?,
        departed: Departed::of(row.get(12)?),
        scope: row
            .get::<_, Option<String>>(13)?
            .and_then(|text| Scope::parse(&text)),
        scope_listed: row.get(14)?,
        top_date: row.get(15)?,
        gone: unsigned(row.get(16)?),
        reviewed: row.get(17)?,
        doubt: Doubt::of(row.get(18)?),
        walked: row.get(19)?,
        scheduled: row.get(20)?,
        lost: unsigned(row.get(21)?),
        unsettled: row.get(22)?,
    })
}

impl Spool {
    /// Every chat.
    pub fn chats(&self) -> Result<Vec<ChatState>, SpoolError> {
        let db = self.reading();
        let mut select = db.prepare_cached(SELECT).doing("reading chats")?;
        let rows = select.query_map([], state).doing("reading chats")?;
        rows.collect::<Result<_, _>>().doing("reading chats")
    }

    /// One chat.
    pub fn chat(&self, chat: i64) -> Result<Option<ChatState>, SpoolError> {
        let sql = format!("{SELECT} WHERE chat.chat = ?1");
        self.reading()
            .prepare_cached(&sql)
            .and_then(|mut select| select.query_row([chat], state).optional())
            .doing("reading a chat")
    }

    /// The ids of a chat that were listed without a hole.
    pub fn coverage(&self, chat: i64) -> Result<Intervals, SpoolError> {
        coverage(&self.reading(), chat)
    }

    /// How to address a peer.
    pub fn access_hash(&self, chat: i64) -> Result<Option<i64>, SpoolError> {
        self.reading()
            .prepare_cached("SELECT access_hash FROM peer WHERE chat = ?1")
            .and_then(|mut select| select.query_row([chat], |row| row.get(0)).optional())
            .map(Option::flatten)
            .doing("reading a peer")
    }
}

fn known_peer(
    db: &rusqlite::Connection,
    chat: i64,
) -> Result<Option<(Peer, Option<Fingerprint>)>, SpoolError> {
    let read = |row: &Row<'_>| {
        let peer = Peer {
            chat,
            access_hash: row.get(0)?,
            is_self: row.get(1)?,
            protected: row.get(2)?,
            min: row.get(3)?,
            portrait: match (row.get(13)?, row.get(14)?) {
                (Some(photo), Some(dc)) => Some(Portrait { photo, dc }),
                _ => None,
            },
            who: Who::at(row, 5)?,
        };
        Ok((peer, row.get(4)?))
    };
    db.prepare_cached(
        "SELECT access_hash, is_self, protected, min, fingerprint, name, usernames, sort, contact,
         became, rank, direct_of, forum, photo, photo_dc FROM peer WHERE chat = ?1",
    )
    .and_then(|mut get| get.query_row([chat], read).optional())
    .doing("comparing a peer")
}

fn coverage(db: &rusqlite::Connection, chat: i64) -> Result<Intervals, SpoolError> {
    let mut select = db
        .prepare_cached("SELECT first, last FROM coverage WHERE chat = ?1 ORDER BY first")
        .doing("reading coverage")?;
    let mut rows = select.query([chat]).doing("reading coverage")?;
    let mut set = Intervals::new();
    while let Some(row) = rows.next().doing("reading coverage")? {
        set.insert(
            row.get(0).doing("reading coverage")?,
            row.get(1).doing("reading coverage")?,
        );
    }
    Ok(set)
}

impl SpoolTx<'_> {
    /// The ids of a chat that were listed without a hole.
    pub fn coverage(&self, chat: i64) -> Result<Intervals, SpoolError> {
        coverage(self.db, chat)
    }

    /// Notes how to address a peer and compares its content with what was recorded. A shortened
    /// ("min") object never replaces a full one.
    pub fn see_peer(&mut self, peer: &Peer, print: Fingerprint) -> Result<Seen, SpoolError> {
        let old = known_peer(self.db, peer.chat)?;
        let seen = match &old {
            None => Seen::New,
            Some((known, _)) if peer.min && !known.min => return Ok(Seen::Same),
            Some((known, Some(old))) if *old == print && known == peer => return Ok(Seen::Same),
            Some((_, Some(old))) if *old == print => Seen::Same,
            Some(_) => Seen::Changed,
        };
        self.db
            .prepare_cached(
                "INSERT INTO peer (chat, access_hash, is_self, protected, min, fingerprint, name,
                 usernames, sort, contact, became, rank, direct_of, forum, photo, photo_dc, photo_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
                 ON CONFLICT DO UPDATE SET access_hash = coalesce(?2, access_hash), is_self = ?3,
                 protected = ?4, min = ?5, fingerprint = ?6, name = ?7, usernames = ?8, sort = ?9,
                 contact = ?10, became = ?11, rank = ?12, direct_of = ?13,
                 forum = ?14, photo = ?15, photo_dc = ?16, photo_hash = ?17",
            )
            .and_then(|mut set| {
                // The hash in a shortened object is good for its photo only.
                let hash = if peer.min { None } else { peer.access_hash };
                set.execute(params![
                    peer.chat,
                    hash,
                    peer.is_self,
                    peer.protected,
                    peer.min,
                    print,
                    peer.who.name,
                    peer.who.usernames,
                    peer.who.sort.number(),
                    peer.who.contact,
                    peer.who.became,
                    peer.who.rank.number(),
                    peer.who.direct_of,
                    peer.who.forum,
                    peer.portrait.map(|portrait| portrait.photo),
                    peer.portrait.map(|portrait| portrait.dc),
                    peer.access_hash,
                ])
            })
            .doing("noting a peer")?;
        Ok(seen)
    }

    /// Notes a chat of the dialog list and compares its dialog with what was recorded. A chat the
    /// account had left is one of its own again.
    pub fn see_dialog(
        &mut self,
        chat: i64,
        top: i32,
        print: Fingerprint,
    ) -> Result<Seen, SpoolError> {
        let doing = "comparing a dialog";
        let old: Option<(Option<Fingerprint>, i64)> = self
            .db
            .prepare_cached("SELECT fingerprint, departed FROM chat WHERE chat = ?1")
            .and_then(|mut get| {
                get.query_row([chat], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
            })
            .doing(doing)?;
        let seen = match old {
            None | Some((None, _)) => Seen::New,
            Some((Some(old), 0)) if old == print => Seen::Same,
            Some(_) => Seen::Changed,
        };
        self.db
            .prepare_cached(
                "INSERT INTO chat (chat, top, fingerprint) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET top = ?2, fingerprint = ?3,
                 server = CASE departed WHEN 0 THEN server END,
                 done = CASE departed WHEN 0 THEN done ELSE 0 END, departed = 0",
            )
            .and_then(|mut set| set.execute(params![chat, top, print]))
            .doing(doing)?;
        Ok(seen)
    }

    /// Its owner forbids saving content.
    pub(super) fn is_protected(&self, chat: i64) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached(
                "SELECT 1 FROM peer WHERE chat = ?1 AND protected
                 UNION ALL SELECT 1 FROM chat WHERE chat = ?1 AND guarded",
            )
            .and_then(|mut get| get.exists([chat]))
            .doing("reading what a chat forbids")
    }

    /// The newest id the dialog list named of a chat.
    pub fn top_of(&self, chat: i64) -> Result<Option<i32>, SpoolError> {
        self.db
            .prepare_cached("SELECT top FROM chat WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .map(Option::flatten)
            .doing("reading a chat")
    }

    /// Adds a chat that another one refers to. True when it was not known.
    pub fn add_chat(&mut self, chat: i64) -> Result<bool, SpoolError> {
        self.db
            .prepare_cached("INSERT INTO chat (chat) VALUES (?1) ON CONFLICT DO NOTHING")
            .and_then(|mut insert| insert.execute([chat]))
            .map(|rows| rows > 0)
            .doing("adding a chat")
    }

    /// Adds a basic group that became the supergroup `chat`.
    pub fn add_former(&mut self, former: i64, chat: i64) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO chat (chat, successor) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET successor = ?2",
            )
            .and_then(|mut put| put.execute([former, chat]))
            .map(drop)
            .doing("adding a chat")
    }

    /// Adds `first..=last` to a chat's coverage. True when that was not covered before.
    pub fn cover(&mut self, chat: i64, first: i32, last: i32) -> Result<bool, SpoolError> {
        let doing = "noting coverage";
        let (first, last) = (i64::from(first), i64::from(last));
        let mut set = coverage(self.db, chat)?;
        if first > last || set.contains(first, last) {
            return Ok(false);
        }
        set.insert(first, last);
        self.db
            .prepare_cached(
                "DELETE FROM coverage WHERE chat = ?1 AND first <= ?3 + 1 AND last >= ?2 - 1",
            )
            .and_then(|mut delete| delete.execute(params![chat, first, last]))
            .doing(doing)?;
        for (start, end) in set
            .iter()
            .filter(|&(start, end)| start <= first && last <= end)
        {
            self.db
                .prepare_cached("INSERT INTO coverage (chat, first, last) VALUES (?1, ?2, ?3)")
                .and_then(|mut insert| insert.execute(params![chat, start, end]))
                .doing(doing)?;
        }
        Ok(true)
    }

    /// Counts records of a chat: messages, and places in the list that hold none.
    pub fn count(&mut self, chat: i64, messages: u64, explained: u64) -> Result<(), SpoolError> {
        if messages == 0 && explained == 0 {
            return Ok(());
        }
        self.db
            .prepare_cached(
                "UPDATE chat SET held = held + ?2, explained = explained + ?3 WHERE chat = ?1",
            )
            .and_then(|mut set| set.execute(params![chat, signed(messages), signed(explained)]))
            .map(drop)
            .doing("counting messages")
    }

    /// Notes that a chat was listed to its end. True when the server's count is another one than
    /// before, so that it must be recorded.
    pub fn listed(
        &mut self,
        chat: i64,
        newest: i32,
        count: Option<Count>,
    ) -> Result<bool, SpoolError> {
        let doing = "noting the end of a chat";
        let old: Option<i64> = self
            .db
            .prepare_cached("SELECT server FROM chat WHERE chat = ?1")
            .and_then(|mut get| get.query_row([chat], |row| row.get(0)).optional())
            .map(Option::flatten)
            .doing(doing)?;
        let messages = count.map(|count| signed(count.messages));
        self.db
            .prepare_cached(
                "UPDATE chat SET done = 1, listed = max(listed, ?2),
                 server = coalesce(?3, server), inexact = ?4 WHERE chat = ?1",
            )
            .and_then(|mut set| {
                set.execute(params![
                    chat,
                    newest,
                    messages,
                    count.is_some_and(|count| count.inexact)
                ])
            })
            .doing(doing)?;
        Ok(messages.is_some() && messages != old)
    }
}
