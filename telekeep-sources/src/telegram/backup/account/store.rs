//! Storing what was told of the account. A part, the people it names, the files it wants and the
//! hash to ask with are one transaction.

use serde_json::{Value, json};

use super::stickers::EMOJI;
use super::{Emoji, Met, News, Told};
use crate::spool::{FileRow, Kind, SpoolError, SpoolTx, StickerSet};
use crate::telegram::backup::recorder::{Recorder, raw_body};
use crate::telegram::backup::round_store::{failed_of, resolved};

/// What the names of lists of sticker sets begin with.
const SETS: &str = "sticker_sets/";

/// The part that lists the contacts.
const CONTACTS: &str = "contacts";

/// Why a custom emoji is not had that the server left out of its answer.
const NOT_GIVEN: &str = "NOT_GIVEN";

/// The sets in a list. Of archived ones the list is all that is kept.
fn sets(answers: &[Value]) -> Vec<StickerSet> {
    let sets = answers
        .iter()
        .filter_map(|answer| answer["sets"].as_array());
    let set = |set: &Value| {
        Some(StickerSet {
            id: set["id"].as_i64()?,
            access_hash: set["access_hash"].as_i64()?,
            hash: set["hash"].as_i64()?,
        })
    };
    sets.flatten().filter_map(set).collect()
}

/// A part that could not be had this time, of the account or of a chat, and the answer that nobody
/// can read.
pub(crate) fn store_failed(
    tx: &mut SpoolTx<'_>,
    chat: Option<i64>,
    (part, error): (&str, &str),
    raw: Option<&(Vec<u8>, String)>,
) -> Result<(), SpoolError> {
    if failed_of(tx, chat, part, error)?
        && let Some((bytes, error)) = raw
    {
        tx.record_value(Kind::Raw, None, None, &raw_body(bytes, error))?;
    }
    Ok(())
}

impl Recorder {
    /// Gives words for what could not be had.
    pub(in crate::telegram::backup) fn store_account(
        &self,
        tx: &mut SpoolTx<'_>,
        news: &News,
    ) -> Result<Option<String>, SpoolError> {
        match news {
            News::Told(told) => self.store_told(tx, told).map(|()| None),
            News::Same { part } => {
                resolved(tx, part)?;
                tx.account_part_same(part).map(|()| None)
            }
            News::Unavailable { part, reason, hash } => {
                resolved(tx, part)?;
                let print = super::print(part, &super::refused(reason));
                if tx.see_account_part(part, print, *hash)?.is_news() {
                    let body = json!({"part": part, "unavailable": reason});
                    tx.record_value(Kind::Account, None, None, &body)?;
                }
                Ok(None)
            }
            News::Emoji { asked, emoji } => {
                resolved(tx, EMOJI)?;
                self.store_emoji(tx, asked, emoji).map(|()| None)
            }
            News::Failed { part, error, raw } => {
                store_failed(tx, None, (part, error), raw.as_ref())?;
                Ok(Some(format!("{part}: {error}")))
            }
        }
    }

    fn store_told(&self, tx: &mut SpoolTx<'_>, told: &Told) -> Result<(), SpoolError> {
        self.store_met(tx, &told.peers)?;
        tx.want_emoji(&told.emoji)?;
        if told.part.starts_with(SETS) {
            tx.want_sets(&told.part, &sets(&told.answers))?;
        }
        if told.part == CONTACTS {
            for met in &told.peers {
                self.want_portrait(tx, met.peer.chat)?;
            }
        }
        resolved(tx, &told.part)?;
        if tx
            .see_account_part(&told.part, told.print, told.hash)?
            .is_news()
        {
            let body = json!({"part": told.part, "answers": Value::Array(told.answers.clone())});
            let body = body.to_string();
            let layer = Some(self.layer);
            tx.record(Kind::Account, None, None, layer, body.as_bytes())?;
        }
        self.want_files(tx, &told.files, false, None)
    }

    /// Files of something that is no message of a history; `rule` leaves them out, or those of
    /// files in general do.
    pub(in crate::telegram::backup) fn want_files(
        &self,
        tx: &mut SpoolTx<'_>,
        files: &[FileRow],
        guarded: bool,
        rule: Option<&'static str>,
    ) -> Result<(), SpoolError> {
        for file in files {
            let rule = rule.or_else(|| self.rules.rule(file, guarded));
            tx.want_file(file, guarded, rule)?;
        }
        Ok(())
    }

    /// Everybody an answer brought along.
    pub(in crate::telegram::backup) fn store_met(
        &self,
        tx: &mut SpoolTx<'_>,
        peers: &[Met],
    ) -> Result<(), SpoolError> {
        for met in peers {
            if tx.see_peer(&met.peer, met.print)?.is_news() {
                let (chat, layer) = (Some(met.peer.chat), Some(self.layer));
                tx.record(Kind::Peer, chat, None, layer, &met.body)?;
            }
        }
        for met in peers {
            tx.want_emoji(met.emoji.as_slice())?;
        }
        Ok(())
    }

    /// Custom emoji never change: each is recorded once, or once that it is not to be had.
    fn store_emoji(
        &self,
        tx: &mut SpoolTx<'_>,
        asked: &[i64],
        emoji: &[Emoji],
    ) -> Result<(), SpoolError> {
        for one in emoji.iter().filter(|one| asked.contains(&one.id)) {
            let body = json!({"part": format!("{EMOJI}/{}", one.id), "answers": [one.body]});
            let (body, layer) = (body.to_string(), Some(self.layer));
            tx.record(Kind::Account, None, None, layer, body.as_bytes())?;
            self.want_files(tx, &one.files, false, None)?;
        }
        for &id in asked {
            if emoji.iter().all(|one| one.id != id) {
                let body = json!({"part": format!("{EMOJI}/{id}"), "unavailable": NOT_GIVEN});
                tx.record_value(Kind::Account, None, None, &body)?;
            }
            tx.emoji_told(id)?;
        }
        Ok(())
    }
}
