//! Numbers about what is held. Counters are kept while records are applied; words and replies are
//! counted when asked for, over a bounded part that the answer names.

mod address;
mod frequent;

use hashbrown::HashMap;
use rusqlite::{Connection, params};

use frequent::Frequent;

use crate::{
    apply::tally::ALL,
    days::{counter, quarters},
    error::{Doing as _, IndexError},
    names::Names,
    number::unsigned,
    show,
    zone::{Local, Zone, date_of, weekday},
};

/// Messages over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Activity {
    /// (year, month, messages), ascending; months without messages are left out.
    pub months: Vec<(i64, i64, u64)>,
    /// Messages by day of the week (Monday first) and hour.
    pub week: [[u64; 24]; 7],
    /// All messages.
    pub messages: u64,
}

/// Messages of a sender.
#[derive(Clone, Debug, PartialEq)]
pub struct SenderCount {
    /// Marked id.
    pub sender: i64,
    /// Name as last known.
    pub name: String,
    /// Messages.
    pub messages: u64,
}

/// Messages with a kind of media.
#[derive(Clone, Debug, PartialEq)]
pub struct KindCount {
    /// As [`telekeep_model::Media::kind`].
    pub kind: String,
    /// Messages.
    pub messages: u64,
    /// Announced bytes of their files.
    pub bytes: u64,
}

/// Most used words: as people write them, without those that every text has, addresses and names
/// that are written with `@`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words {
    /// Words and how many of the messages looked at have them, most first.
    pub words: Vec<(String, u64)>,
    /// Whole emoji likewise: a family, a flag is one; skin tones count as the emoji without one.
    pub emoji: Vec<(String, u64)>,
    /// Different words that were met.
    pub different: u64,
    /// Different emoji that were met.
    pub different_emoji: u64,
    /// Messages looked at: spread evenly over what is held.
    pub looked: u64,
    /// Messages there are.
    pub messages: u64,
}

/// Who answers whom.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replies {
    /// (who, whom, how often), most first.
    pub pairs: Vec<(SenderRef, SenderRef, u64)>,
    /// Pairs there are among the replies looked at.
    pub all: u64,
    /// Replies looked at: those to the newest messages.
    pub looked: u64,
    /// There are more replies than these.
    pub more: bool,
}

/// A sender and the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderRef {
    /// Marked id.
    pub id: i64,
    /// Name as last known.
    pub name: String,
}

/// See [`crate::Index::activity`].
pub(crate) fn activity(
    db: &Connection,
    chat: Option<i64>,
    zone: Zone<'_>,
) -> Result<Activity, IndexError> {
    let mut all = Activity::default();
    let mut local = Local::new(zone);
    // The calendar is looked at once a day, not for each of its quarters of an hour.
    let mut today = None;
    quarters(db, chat, i64::MIN, i64::MAX, &mut |start, count| {
        let count = unsigned(count);
        all.messages += count;
        let (day, hour) = local.day_and_hour(start);
        if today != Some(day) {
            today = Some(day);
            let (year, month, _) = date_of(day);
            match all.months.last() {
                Some(last) if (last.0, last.1) == (year, month) => {}
                _ => all.months.push((year, month, 0)),
            }
        }
        if let Some(month) = all.months.last_mut() {
            month.2 += count;
        }
        if let Some(cell) = all
            .week
            .get_mut(weekday(day))
            .and_then(|day| day.get_mut(hour))
        {
            *cell += count;
        }
    })?;
    Ok(all)
}

/// See [`crate::Index::senders`].
pub(crate) fn senders(
    db: &Connection,
    chat: Option<i64>,
    limit: usize,
) -> Result<Vec<SenderCount>, IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i64, i64)> = db
        .prepare_cached(
            "SELECT sender, count FROM said WHERE c = ?1 AND count > 0
             ORDER BY count DESC, sender LIMIT ?2",
        )
        .and_then(|mut select| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = select.query_map([c, limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .doing("reading statistics")?;
    let mut names = Names::default();
    let each = rows.into_iter().map(|(sender, count)| {
        Ok(SenderCount {
            sender,
            name: names.of(db, sender)?,
            messages: unsigned(count),
        })
    });
    each.collect()
}

/// See [`crate::Index::sender_count`].
pub(crate) fn sender_count(db: &Connection, chat: Option<i64>) -> Result<u64, IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(0);
    };
    db.prepare_cached("SELECT count(*) FROM said WHERE c = ?1 AND count > 0")
        .and_then(|mut select| select.query_row([c], |row| row.get(0)))
        .map(unsigned)
        .doing("reading statistics")
}

/// See [`crate::Index::kinds`].
pub(crate) fn kinds(db: &Connection, chat: Option<i64>) -> Result<Vec<KindCount>, IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(Vec::new());
    };
    db.prepare_cached(
        "SELECT kind, count, bytes FROM kind WHERE c = ?1 AND count > 0
         ORDER BY count DESC, kind",
    )
    .and_then(|mut select| {
        let rows = select.query_map([c], |row| {
            Ok(KindCount {
                kind: row.get(0)?,
                messages: unsigned(row.get(1)?),
                bytes: unsigned(row.get(2)?),
            })
        })?;
        rows.collect()
    })
    .doing("reading statistics")
}

/// Messages in a row of a sample: rows beside each other are read at once.
const RUN: i64 = 50;

/// See [`crate::Index::words`].
pub(crate) fn words(
    db: &Connection,
    chat: Option<i64>,
    sample: usize,
    limit: usize,
) -> Result<Words, IndexError> {
    let Some(c) = counter(db, chat)? else {
        return Ok(Words::default());
    };
    let mut count = Frequent::default();
    let messages = match c {
        ALL => every_chat(db, sample, &mut count)?,
        no => one_chat(
            db,
            no,
            i64::try_from(sample).unwrap_or(i64::MAX),
            &mut count,
        )?,
    };
    Ok(count.most(limit, messages))
}

fn every_chat(db: &Connection, sample: usize, count: &mut Frequent) -> Result<u64, IndexError> {
    let chats: Vec<(i64, i64)> = db
        .prepare_cached("SELECT no, archived FROM chat WHERE archived > 0 ORDER BY archived DESC")
        .and_then(|mut select| {
            let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .doing("reading statistics")?;
    let all: i64 = chats.iter().map(|(_, archived)| archived).sum();
    let sample = i64::try_from(sample).unwrap_or(i64::MAX);
    for (no, archived) in chats {
        // Each chat has its share; chats whose share is less than one message are left out.
        let share = archived.saturating_mul(sample) / all.max(1);
        if share > 0 {
            one_chat(db, no, share, count)?;
        }
    }
    Ok(unsigned(all))
}

/// Looks at about `sample` messages of a chat, in runs spread over its ids. Gives how many it has.
fn one_chat(
    db: &Connection,
    no: i64,
    sample: i64,
    count: &mut Frequent,
) -> Result<u64, IndexError> {
    let read = |count: &mut Frequent| -> Result<i64, rusqlite::Error> {
        let (archived, newest): (i64, Option<i64>) = db
            .prepare_cached("SELECT archived, newest_id FROM chat WHERE no = ?1")?
            .query_row([no], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let first: Option<i64> = db
            .prepare_cached("SELECT min(id) FROM message WHERE c = ?1")?
            .query_row([no], |row| row.get(0))?;
        let (Some(first), Some(newest)) = (first, newest) else {
            return Ok(archived);
        };
        let mut select = db.prepare_cached(
            "SELECT id, text FROM message WHERE c = ?1 AND id >= ?2 ORDER BY id LIMIT ?3",
        )?;
        let whole = archived <= sample;
        let runs = if whole { 1 } else { (sample / RUN).max(1) };
        let length = if whole { sample } else { RUN.min(sample) };
        let mut next = first;
        for run in 0..runs {
            let start = first + (newest - first) / runs * run;
            let mut rows = select.query(params![no, start.max(next), length])?;
            while let Some(row) = rows.next()? {
                next = row.get::<_, i64>(0)?.saturating_add(1);
                count.text(row.get_ref(1)?.as_str()?);
            }
        }
        Ok(archived)
    };
    read(count).map(unsigned).doing("reading statistics")
}

/// Chats whose replies are looked at for a network over all.
const CHATS: i64 = 100;

/// Replies looked at in each of them, however small its share is.
const LEAST: i64 = 10;

/// Who answers whom, while it is counted.
#[derive(Default)]
struct Answers {
    pairs: HashMap<(i64, i64), u64>,
    looked: u64,
    more: bool,
}

/// See [`crate::Index::reply_network`].
pub(crate) fn reply_network(
    db: &Connection,
    chat: Option<i64>,
    sample: usize,
    limit: usize,
) -> Result<Replies, IndexError> {
    let sample = i64::try_from(sample).unwrap_or(i64::MAX);
    let mut answers = Answers::default();
    for (no, share) in shares(db, chat, sample)? {
        let left = sample.saturating_sub(i64::try_from(answers.looked).unwrap_or(i64::MAX));
        answers
            .read(db, no, share.min(left))
            .doing("reading statistics")?;
    }
    let mut pairs: Vec<_> = answers.pairs.into_iter().collect();
    pairs.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let all = pairs.len() as u64;
    pairs.truncate(limit);
    let mut names = Names::default();
    let mut sender = |id: i64| -> Result<SenderRef, IndexError> {
        let name = names.of(db, id)?;
        Ok(SenderRef { id, name })
    };
    let pairs = pairs
        .into_iter()
        .map(|((who, whom), count)| Ok((sender(who)?, sender(whom)?, count)))
        .collect::<Result<_, IndexError>>()?;
    Ok(Replies {
        pairs,
        all,
        looked: answers.looked,
        more: answers.more,
    })
}

/// How many replies are looked at in which chat: all of one, or of each a part as large as the chat.
fn shares(db: &Connection, chat: Option<i64>, sample: i64) -> Result<Vec<(i64, i64)>, IndexError> {
    if let Some(chat) = chat {
        let found = show::number(db, chat)?;
        return Ok(found.map(|(no, _)| (no, sample)).into_iter().collect());
    }
    let chats: Vec<(i64, i64)> = db
        .prepare_cached(
            "SELECT no, archived FROM chat WHERE archived > 0 ORDER BY archived DESC LIMIT ?1",
        )
        .and_then(|mut select| {
            let rows = select.query_map([CHATS], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .doing("reading statistics")?;
    let all: i64 = chats.iter().map(|(_, archived)| archived).sum();
    let share = |archived: i64| archived.saturating_mul(sample) / all.max(1);
    let each = chats
        .into_iter()
        .map(|(no, archived)| (no, share(archived).max(LEAST)));
    Ok(each.collect())
}

impl Answers {
    /// Looks at so many replies of a chat: those to its newest messages.
    fn read(&mut self, db: &Connection, no: i64, sample: i64) -> Result<(), rusqlite::Error> {
        let mut select = db.prepare_cached(
            "SELECT answer.sender, target.sender
             FROM (SELECT id, target FROM reply WHERE c = ?1 ORDER BY target DESC LIMIT ?2) AS reply
             CROSS JOIN message AS answer ON answer.c = ?1 AND answer.id = reply.id
             LEFT JOIN message AS target ON target.c = ?1 AND target.id = reply.target",
        )?;
        let mut rows = select.query([no, sample])?;
        let mut met = 0;
        while let Some(row) = rows.next()? {
            met += 1;
            if let (Some(who), Some(whom)) = (row.get(0)?, row.get(1)?) {
                *self.pairs.entry((who, whom)).or_default() += 1;
            }
        }
        self.looked += met;
        self.more |= met >= unsigned(sample);
        Ok(())
    }
}
