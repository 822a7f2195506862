//! The people behind the counts of a message: of which messages they are wanted, and what the
//! counts were when they were told.

use rusqlite::{OptionalExtension as _, Row, ToSql, params};

use super::error::{Doing, SpoolError};
use super::seen::Fingerprint;
use super::{Spool, SpoolTx};

/// What people did with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Reacted to it.
    Reacted,
    /// Voted in its poll.
    Voted,
}

impl Deed {
    fn number(self) -> i64 {
        match self {
            Deed::Reacted => 0,
            Deed::Voted => 1,
        }
    }

    fn of(number: i64) -> Deed {
        match number {
            1 => Deed::Voted,
            _ => Deed::Reacted,
        }
    }
}

/// People behind counts that are not known, or were other counts when they were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// Marked chat id.
    pub chat: i64,
    /// Message id.
    pub id: i32,
    /// What they did.
    pub deed: Deed,
    /// Fingerprint of the counts.
    pub print: Fingerprint,
    /// Of the message, unix seconds.
    pub date: i32,
}

const COLUMNS: &str = "SELECT chat, id, deed, fingerprint, date FROM crowd WHERE";

const WAITING: &str = "(told IS NULL OR told <> fingerprint)";

/// Nobody can be asked about a message that is no more.
const THERE: &str =
    "NOT EXISTS (SELECT 1 FROM gone WHERE gone.chat = crowd.chat AND gone.id = crowd.id)";

impl Spool {
    /// Those that wait, the newest messages first, from behind `after` on.
    pub fn waiting_crowds(
        &self,
        after: Option<&Crowd>,
        limit: u32,
    ) -> Result<Vec<Crowd>, SpoolError> {
        let after = after.map_or((i64::MAX, 0, 0, 0), |crowd| {
            let (date, id) = (i64::from(crowd.date), i64::from(crowd.id));
            (date, crowd.chat, id, crowd.deed.number())
        });
        self.crowds(
            &format!(
                "{COLUMNS} {WAITING} AND {THERE}
                   AND date <= ?1 AND (date < ?1 OR (chat, id, deed) > (?2, ?3, ?4))
                 ORDER BY date DESC, chat, id, deed LIMIT ?5"
            ),
            params![after.0, after.1, after.2, after.3, limit],
        )
    }

    /// Those that were refused at `since` (unix milliseconds) or before, or, by the clock, after
    /// `now`; the ones that were asked about longest ago first.
    pub fn refused_crowds(
        &self,
        since: i64,
        now: i64,
        limit: u32,
    ) -> Result<Vec<Crowd>, SpoolError> {
        self.crowds(
            &format!(
                "{COLUMNS} refused IS NOT NULL AND NOT {WAITING} AND {THERE}
                   AND (asked <= ?1 OR asked > ?2)
                 ORDER BY asked, chat, id, deed LIMIT ?3"
            ),
            params![since, now, limit],
        )
    }

    fn crowds(&self, query: &str, params: &[&dyn ToSql]) -> Result<Vec<Crowd>, SpoolError> {
        let crowd = |row: &Row<'_>| {
            Ok(Crowd {
                chat: row.get(0)?,
                id: row.get(1)?,
                deed: Deed::of(row.get(2)?),
                print: row.get(3)?,
                date: row.get(4)?,
            })
        };
        let db = self.reading();
        db.prepare_cached(query)
            .and_then(|mut select| select.query_map(params, crowd)?.collect())
            .doing("reading whose reactions wait")
    }
}

impl SpoolTx<'_> {
    /// Notes that the people behind these counts are wanted.
    pub fn want_crowd(&mut self, crowd: &Crowd) -> Result<(), SpoolError> {
        self.db
            .prepare_cached(
                "INSERT INTO crowd (chat, id, deed, fingerprint, date) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET fingerprint = ?4, date = ?5",
            )
            .and_then(|mut put| {
                put.execute(params![
                    crowd.chat,
                    crowd.id,
                    crowd.deed.number(),
                    crowd.print,
                    crowd.date
                ])
            })
            .map(drop)
            .doing("noting whose reactions are wanted")
    }

    /// The server answered at `now` (unix milliseconds) while the counts had this fingerprint
    /// (`None`: the one noted last): it told them, or refused. Tells whether that is another
    /// refusal than before.
    pub fn crowd_told(
        &mut self,
        (chat, id, deed): (i64, i32, Deed),
        print: Option<Fingerprint>,
        refused: Option<&str>,
        now: i64,
    ) -> Result<bool, SpoolError> {
        let key = params![chat, id, deed.number()];
        let before: Option<Option<String>> = self
            .db
            .prepare_cached("SELECT refused FROM crowd WHERE chat = ?1 AND id = ?2 AND deed = ?3")
            .and_then(|mut select| select.query_row(key, |row| row.get(0)).optional())
            .doing("reading who reacted")?;
        self.db
            .prepare_cached(
                "UPDATE crowd SET told = coalesce(?4, fingerprint), refused = ?5, asked = ?6
                 WHERE chat = ?1 AND id = ?2 AND deed = ?3",
            )
            .and_then(|mut set| set.execute(params![chat, id, deed.number(), print, refused, now]))
            .doing("noting who reacted")?;
        Ok(refused.is_some() && before.flatten().as_deref() != refused)
    }
}
