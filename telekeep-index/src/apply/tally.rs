//! Counters that statistics read, gathered in memory and stored once per batch, in the order of the
//! tables: so that they cost a message little and never have to be counted from rows.

use hashbrown::HashMap;
use rusqlite::{Connection, params};
use telekeep_model::Message;

use crate::{
    error::{Doing as _, IndexError},
    number::signed,
};

/// Seconds of a slot of activity; see `schema.sql`.
pub(crate) const SLOT: i64 = 1800;

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
    slots: HashMap<(i64, i64), i64>,
    senders: HashMap<(i64, i64), i64>,
    kinds: HashMap<(i64, &'static str), (i64, i64)>,
    topics: HashMap<(i64, i64), (i64, i64)>,
}

impl Tally {
    /// Counts a message of chat number `c`: `times` is 1, or -1 to take back an earlier version.
    pub(crate) fn count(&mut self, c: i64, id: i64, traits: &Traits, times: i64) {
        let slot = traits.date.div_euclid(SLOT);
        for c in [ALL, c] {
            *self.slots.entry((c, slot)).or_default() += times;
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
        self.slots.len() + self.senders.len() + self.kinds.len() + self.topics.len()
    }

    /// Stores everything.
    pub(crate) fn store(self, db: &Connection) -> Result<(), IndexError> {
        let store = || -> Result<(), rusqlite::Error> {
            let mut add = db.prepare_cached(
                "INSERT INTO activity (c, slot, count) VALUES (?1, ?2, ?3)
                 ON CONFLICT (c, slot) DO UPDATE SET count = count + excluded.count",
            )?;
            for ((c, slot), count) in in_order(self.slots) {
                add.execute([c, slot, count])?;
            }
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

fn in_order<K: Ord, V: Ord>(counted: HashMap<K, V>) -> Vec<(K, V)> {
    let mut counted: Vec<_> = counted.into_iter().collect();
    counted.sort_unstable();
    counted
}
