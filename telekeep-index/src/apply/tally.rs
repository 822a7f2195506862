//! Counters that statistics read, gathered in memory and stored once per batch, in the order of the
//! tables: so that they cost a message little and never have to be counted from rows.

use hashbrown::HashMap;
use rusqlite::{Connection, params};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    number::signed,
    weeks::{self, QUARTER, QUARTERS},
};

/// Counters gathered while building anew.
pub(crate) const GATHERED: usize = 300_000;

/// Stands for all chats.
pub(crate) const ALL: i64 = 0;

/// What a message adds to the counters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Traits {
    pub date: i64,
    pub sender: Option<i64>,
    pub kind: Option<&'static str>,
    pub bytes: i64,
    pub topic: Option<i64>,
}

impl Traits {
    pub(crate) fn of(message: &Message) -> Self {
        let media = message.media.as_ref();
        Self {
            date: message.date,
            sender: message.sender,
            kind: media.map(telekeep_model::Media::kind),
            bytes: media.map_or(0, |media| signed(media.bytes())),
            topic: message.topic,
        }
    }
}

/// Changes of counters in a batch.
#[derive(Default)]
pub(crate) struct Tally {
    quarters: HashMap<(i64, i64), i64>,
    senders: HashMap<(i64, i64), i64>,
    kinds: HashMap<(i64, &'static str), (i64, i64)>,
    topics: HashMap<(i64, i64), (i64, i64)>,
}

impl Tally {
    /// Counts a message of chat number `c`: `times` is 1, or -1 to take back an earlier version.
    pub(crate) fn count(&mut self, c: i64, id: i64, traits: &Traits, times: i64) {
        let quarter = traits.date.div_euclid(QUARTER);
        for c in [ALL, c] {
            *self.quarters.entry((c, quarter)).or_default() += times;
            if let Some(sender) = traits.sender {
                *self.senders.entry((c, sender)).or_default() += times;
            }
            if let Some(kind) = traits.kind {
                let kind = self.kinds.entry((c, kind)).or_default();
                kind.0 += times;
                kind.1 = kind.1.saturating_add(traits.bytes.saturating_mul(times));
            }
        }
        if let Some(topic) = traits.topic {
            let topic = self.topics.entry((c, topic)).or_default();
            topic.0 += times;
            topic.1 = topic.1.max(id);
        }
    }

    /// Counters gathered.
    pub(crate) fn len(&self) -> usize {
        self.quarters.len() + self.senders.len() + self.kinds.len() + self.topics.len()
    }

    /// Stores everything.
    pub(crate) fn store(self, db: &Connection) -> Result<(), IndexError> {
        let store = || -> Result<(), rusqlite::Error> {
            store_activity(db, &in_order(self.quarters))?;
            let mut add = db.prepare_cached(
                "INSERT INTO said (c, sender, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (c, sender) DO UPDATE SET count = count + excluded.count",
            )?;
            for ((c, sender), count) in in_order(self.senders) {
                add.execute([c, sender, count])?;
            }
            let mut add = db.prepare_cached(
                "INSERT INTO kind (c, kind, count, bytes) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (c, kind) DO UPDATE SET
                    count = count + excluded.count, bytes = bytes + excluded.bytes",
            )?;
            for ((c, kind), (count, bytes)) in in_order(self.kinds) {
                add.execute(params![c, kind, count, bytes])?;
            }
            let mut add = db.prepare_cached(
                "INSERT INTO topic (c, id, count, newest) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (c, id) DO UPDATE SET
                    count = count + excluded.count, newest = max(newest, excluded.newest)",
            )?;
            for ((c, topic), (count, newest)) in in_order(self.topics) {
                add.execute([c, topic, count, newest])?;
            }
            Ok(())
        };
        store().doing("storing statistics")
    }
}

/// Adds to counts, by chat and quarter, to those of whole weeks.
fn store_activity(db: &Connection, counts: &[((i64, i64), i64)]) -> Result<(), rusqlite::Error> {
    let mut select = db.prepare_cached("SELECT counts FROM activity WHERE c = ?1 AND week = ?2")?;
    let mut put =
        db.prepare_cached("REPLACE INTO activity (c, week, counts) VALUES (?1, ?2, ?3)")?;
    let mut delete = db.prepare_cached("DELETE FROM activity WHERE c = ?1 AND week = ?2")?;
    let week = |((c, quarter), _): &((i64, i64), i64)| (*c, quarter.div_euclid(QUARTERS));
    let mut more = Vec::new();
    for of_week in counts.chunk_by(|one, other| week(one) == week(other)) {
        let Some((c, number)) = of_week.first().map(week) else {
            continue;
        };
        more.clear();
        more.extend(
            of_week
                .iter()
                .map(|((_, quarter), count)| (*quarter, *count)),
        );
        let mut rows = select.query([c, number])?;
        let sum = match rows.next()? {
            Some(row) => weeks::add(number, row.get_ref(0)?.as_blob()?, &more),
            None => weeks::add(number, &[], &more),
        };
        drop(rows);
        match sum.is_empty() {
            true => delete.execute([c, number])?,
            false => put.execute(params![c, number, sum])?,
        };
    }
    Ok(())
}

fn in_order<K: Ord, V: Ord>(counted: HashMap<K, V>) -> Vec<(K, V)> {
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_unstable();
    counted
}
