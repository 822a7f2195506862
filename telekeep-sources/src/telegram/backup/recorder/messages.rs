//! Storing a page of a chat: what is new of its messages, their files, and whom they name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Recorder;
use crate::spool::{FileRow, Kind, Seen, SpoolError, SpoolTx};
use crate::telegram::backup::decode::{DecodedMessage, History};
use crate::telegram::backup::whole::Told;
use crate::telegram::media::collect;
use crate::telegram::media::web::is_web;

/// Bytes of an undecodable answer kept in a record; a larger one is cut and says so.
const RAW_LIMIT: usize = 8 * 1024 * 1024;

impl Recorder {
    pub(super) fn store_history(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        protected: bool,
        page: &History,
        raw: &[(Vec<u8>, String)],
    ) -> Result<u64, SpoolError> {
        self.store_peers(tx, &page.peers, |peer| page.peer_body(peer))?;
        let told = page.messages.iter();
        let told = told.filter(|message| message.told != Told::Recorded);
        let prints: Vec<_> = told
            .clone()
            .map(|message| (message.id, message.print))
            .collect();
        let seen = tx.see_messages(chat, &prints)?;
        let (mut messages, mut explained) = (0, raw.len() as u64);
        for (message, seen) in told.zip(seen) {
            if !seen.is_news() {
                // Versions before did not know them.
                let files = page.files(message).iter();
                let pictures = files.filter(|file| is_web(&file.key));
                self.want_files_of(tx, pictures, protected, message)?;
                continue;
            }
            let new = u64::from(seen == Seen::New);
            if message.empty {
                let body = json!({"reason": "listed as empty"});
                tx.record_value(Kind::Absent, Some(chat), Some(message.id.into()), &body)?;
                explained += new;
            } else {
                self.store_message(tx, chat, protected, page, message)?;
                messages += new;
            }
        }
        let pins = page.messages.iter().filter(|message| !message.empty);
        tx.note_pins(chat, pins.map(|message| (message.id, message.pinned)))?;
        note_back(tx, chat, page)?;
        explained += store_raw_messages(tx, chat, page)?;
        for (bytes, error) in raw {
            tx.record_value(Kind::Raw, Some(chat), None, &raw_body(bytes, error))?;
        }
        tx.want_emoji(&page.emoji)?;
        tx.meet_sets(&page.sets)?;
        for message in &page.messages {
            for &writer in &message.writers {
                self.want_portrait(tx, writer)?;
            }
        }
        for &linked in &page.links {
            tx.add_former(linked, chat)?;
        }
        tx.count(chat, messages, explained)?;
        Ok(messages)
    }

    fn store_message(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        protected: bool,
        page: &History,
        message: &DecodedMessage,
    ) -> Result<(), SpoolError> {
        tx.record(
            Kind::Message,
            Some(chat),
            Some(message.id.into()),
            Some(self.layer),
            page.body(message),
        )?;
        for crowd in &message.crowds {
            tx.want_crowd(crowd)?;
        }
        self.want_files_of(tx, page.files(message).iter(), protected, message)
    }

    fn want_files_of<'f>(
        &self,
        tx: &mut SpoolTx<'_>,
        files: impl Iterator<Item = &'f FileRow>,
        protected: bool,
        message: &DecodedMessage,
    ) -> Result<(), SpoolError> {
        let guarded = protected || message.rule == Some(collect::PROTECTED);
        let destroyed = message.rule.filter(|&rule| rule != collect::PROTECTED);
        for file in files {
            let rule = destroyed.or_else(|| self.rules.rule(file, guarded));
            // The same sticker comes a thousand times.
            if rule.is_some() || !self.settled.knows(&file.key) {
                let settled = tx.want_file(file, guarded, rule)? && rule.is_none();
                self.settled.learn(&file.key, settled);
            }
        }
        Ok(())
    }
}

/// Messages that had been gone and are listed again.
fn note_back(tx: &mut SpoolTx<'_>, chat: i64, page: &History) -> Result<(), SpoolError> {
    if !tx.has_gone(chat)? {
        return Ok(());
    }
    for message in page.messages.iter().filter(|message| !message.empty) {
        if tx.message_back(chat, message.id)? {
            let body = json!({"resolved": true});
            tx.record_value(Kind::Deleted, Some(chat), Some(message.id.into()), &body)?;
        }
    }
    Ok(())
}

/// Messages of a page that have no JSON form. Gives how many are new.
fn store_raw_messages(tx: &mut SpoolTx<'_>, chat: i64, page: &History) -> Result<u64, SpoolError> {
    let mut prints = Vec::new();
    for raw in &page.raw {
        let mut print = [0; 16];
        for (to, from) in print.iter_mut().zip(Sha256::digest(&raw.bytes)) {
            *to = from;
        }
        prints.push((raw.id, print));
    }
    let mut new = 0;
    for (raw, seen) in page.raw.iter().zip(tx.see_messages(chat, &prints)?) {
        if seen.is_news() {
            let body = raw_body(&raw.bytes, &raw.error);
            tx.record_value(Kind::Raw, Some(chat), Some(raw.id.into()), &body)?;
            new += u64::from(seen == Seen::New);
        }
    }
    Ok(new)
}

pub(in crate::telegram::backup) fn raw_body(bytes: &[u8], error: &str) -> Value {
    let kept = bytes.get(..RAW_LIMIT).unwrap_or(bytes);
    let mut body = json!({"base64": STANDARD.encode(kept), "error": error});
    if kept.len() < bytes.len()
        && let Some(fields) = body.as_object_mut()
    {
        fields.insert("cut_from".into(), json!(bytes.len()));
    }
    body
}
