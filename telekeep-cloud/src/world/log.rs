//! The messages of one chat, compactly: encoded once in the native layer, with what paging and
//! search need beside the bytes.

use grammers_tl_types::{Deserializable, enums};

/// What a message contains, as bits of [`Entry::mask`].
pub(crate) mod mask {
    pub(crate) const PHOTO: u32 = 1;
    pub(crate) const VIDEO: u32 = 1 << 1;
    pub(crate) const DOCUMENT: u32 = 1 << 2;
    pub(crate) const URL: u32 = 1 << 3;
    pub(crate) const GIF: u32 = 1 << 4;
    pub(crate) const VOICE: u32 = 1 << 5;
    pub(crate) const MUSIC: u32 = 1 << 6;
    pub(crate) const CHAT_PHOTO: u32 = 1 << 7;
    pub(crate) const CALL: u32 = 1 << 8;
    pub(crate) const ROUND: u32 = 1 << 9;
    pub(crate) const GEO: u32 = 1 << 10;
    pub(crate) const CONTACT: u32 = 1 << 11;
    pub(crate) const PINNED: u32 = 1 << 12;
    pub(crate) const POLL: u32 = 1 << 13;
    pub(crate) const SERVICE: u32 = 1 << 14;
    /// Somebody reacted or voted here since the world was made: personal fields must be set.
    pub(crate) const PERSONAL: u32 = 1 << 15;
    /// The slot of a deleted message: pages shrink where it was, as on the real server.
    pub(crate) const GONE: u32 = 1 << 16;
    /// Too long for pages, which show its beginning.
    pub(crate) const LONG: u32 = 1 << 17;
}

/// One message, or the slot of a deleted one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) id: i32,
    pub(crate) date: i32,
    pub(crate) mask: u32,
    /// Root of the thread or topic it belongs to, else 0.
    pub(crate) thread: i32,
    at: u32,
    len: u32,
}

impl Entry {
    pub(crate) fn is_gone(&self) -> bool {
        self.mask & mask::GONE != 0
    }
}

/// What goes into a log beside the bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub(crate) id: i32,
    pub(crate) date: i32,
    pub(crate) mask: u32,
    pub(crate) thread: i32,
    /// Everybody the message mentions, its sender first.
    pub(crate) peers: Vec<i64>,
}

/// Where a page starts and how long it is, as the API's `offset_id` and friends have it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Paging {
    pub(crate) offset_id: i32,
    pub(crate) offset_date: i32,
    pub(crate) add_offset: i32,
    pub(crate) limit: i32,
    pub(crate) max_id: i32,
    pub(crate) min_id: i32,
}

/// The range of all ids.
pub(crate) const EVERYTHING: (i32, i32) = (0, i32::MAX);

/// Messages of one chat as one account (or every member of a channel) has them, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    entries: Vec<Entry>,
    bytes: Vec<u8>,
    /// Ids of deleted messages, ascending, so that counting costs nothing.
    gone: Vec<i32>,
}

impl Log {
    /// Appends a message with an id above all others.
    pub(crate) fn push(&mut self, note: &Note, tl: &[u8]) {
        let (at, len) = self.store(note, tl);
        self.entries.push(Entry {
            id: note.id,
            date: note.date,
            mask: note.mask,
            thread: note.thread,
            at,
            len,
        });
    }

    /// Appends the slot of a message that was deleted long ago.
    pub(crate) fn push_gone(&mut self, id: i32, date: i32) {
        let entry = Entry {
            id,
            date,
            mask: mask::GONE,
            thread: 0,
            at: 0,
            len: 0,
        };
        self.entries.push(entry);
        self.gone.push(id);
    }

    fn store(&mut self, note: &Note, tl: &[u8]) -> (u32, u32) {
        let at = self.bytes.len() as u32;
        let peers = &note.peers[..note.peers.len().min(255)];
        self.bytes.push(peers.len() as u8);
        for peer in peers {
            self.bytes.extend_from_slice(&peer.to_le_bytes());
        }
        self.bytes.extend_from_slice(tl);
        (at, self.bytes.len() as u32 - at)
    }

    /// Puts another version in the place of a message.
    pub(crate) fn replace(&mut self, note: &Note, tl: &[u8]) {
        let Ok(index) = self.entries.binary_search_by_key(&note.id, |e| e.id) else {
            return;
        };
        let (at, len) = self.store(note, tl);
        let entry = &mut self.entries[index];
        (entry.mask, entry.at, entry.len) = (note.mask, at, len);
    }

    /// Sets bits of a message and adds someone it names.
    pub(crate) fn mark(&mut self, id: i32, bits: u32, peer: i64) {
        let Some(entry) = self.find(id) else { return };
        let mut note = self.note(entry);
        note.mask |= bits;
        note.peers.push(peer);
        let tl = self.tl(entry).to_vec();
        self.replace(&note, &tl);
    }

    /// The id the next message gets.
    pub(crate) fn next_id(&self) -> i32 {
        self.entries.last().map_or(1, |e| e.id + 1)
    }

    /// Deletes a message; false if there is none.
    pub(crate) fn remove(&mut self, id: i32) -> bool {
        match self.entries.binary_search_by_key(&id, |e| e.id) {
            Ok(index) if !self.entries[index].is_gone() => {
                self.entries[index].mask = mask::GONE;
                let place = self.gone.partition_point(|gone| *gone < id);
                self.gone.insert(place, id);
                true
            }
            _ => false,
        }
    }

    /// How many messages have ids in a range, ends included.
    pub(crate) fn count_within(&self, range: (i32, i32)) -> usize {
        let (first, last) = range;
        let from = self.gone.partition_point(|id| *id < first);
        let to = self.gone.partition_point(|id| *id <= last);
        self.within(range).len() - to.saturating_sub(from)
    }

    /// The newest message in a range.
    pub(crate) fn last_within(&self, range: (i32, i32)) -> Option<&Entry> {
        self.within(range).iter().rev().find(|e| !e.is_gone())
    }

    fn within(&self, (first, last): (i32, i32)) -> &[Entry] {
        let from = self.entries.partition_point(|e| e.id < first);
        let to = self.entries.partition_point(|e| e.id <= last);
        self.entries.get(from..to).unwrap_or_default()
    }

    /// The message of an id.
    pub(crate) fn find(&self, id: i32) -> Option<&Entry> {
        let index = self.entries.binary_search_by_key(&id, |e| e.id).ok()?;
        self.entries.get(index).filter(|e| !e.is_gone())
    }

    /// The newest message.
    pub(crate) fn last(&self) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| !e.is_gone())
    }

    /// All messages, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter().filter(|e| !e.is_gone())
    }

    /// Messages newer than an id.
    pub(crate) fn count_after(&self, id: i32) -> usize {
        self.count_within((id.saturating_add(1), i32::MAX))
    }

    fn record(&self, entry: &Entry) -> &[u8] {
        let start = entry.at as usize;
        self.bytes
            .get(start..start + entry.len as usize)
            .unwrap_or_default()
    }

    /// The encoded message.
    pub(crate) fn tl(&self, entry: &Entry) -> &[u8] {
        let record = self.record(entry);
        let peers = usize::from(record.first().copied().unwrap_or(0));
        record.get(1 + 8 * peers..).unwrap_or_default()
    }

    /// Everybody the message mentions, its sender first.
    pub(crate) fn peers(&self, entry: &Entry) -> impl Iterator<Item = i64> + '_ {
        let record = self.record(entry);
        let peers = usize::from(record.first().copied().unwrap_or(0));
        record
            .get(1..1 + 8 * peers)
            .unwrap_or_default()
            .chunks_exact(8)
            .map(|chunk| chunk.iter().rev().fold(0i64, |n, b| n << 8 | i64::from(*b)))
    }

    /// The message as a value, to be changed and put back.
    pub(crate) fn decode(&self, entry: &Entry) -> Option<enums::Message> {
        enums::Message::from_bytes(self.tl(entry)).ok()
    }

    /// What a log keeps beside the bytes of a message.
    pub(crate) fn note(&self, entry: &Entry) -> Note {
        Note {
            id: entry.id,
            date: entry.date,
            mask: entry.mask,
            thread: entry.thread,
            peers: self.peers(entry).collect(),
        }
    }

    /// One page, newest first: the slice at `offset_id` moved by `add_offset`, then the filters
    /// `max_id` and `min_id` (both exclusive) over that slice. Slots of deleted messages count in
    /// the slice, so a page may be shorter than its limit; it is empty only if nothing is left in
    /// the direction asked for. Only ids in `range`, ends included, count.
    pub(crate) fn page(&self, paging: &Paging, range: (i32, i32)) -> Vec<&Entry> {
        let slots = self.within(range);
        let (from, to) = window(slots.len(), offset(slots, paging), paging);
        let (mut from, mut to) = (from, to);
        let at = |i: usize| &slots[slots.len() - 1 - i];
        while from < to && (from..to).all(|i| at(i).is_gone()) {
            if paging.add_offset < 0 && from > 0 {
                from -= 1;
            } else if paging.add_offset >= 0 && to < slots.len() {
                to += 1;
            } else {
                break;
            }
        }
        (from..to)
            .map(at)
            .filter(|e| !e.is_gone() && inside(e.id, paging))
            .collect()
    }
}

/// Newest-first index of the first slot older than the offset.
fn offset(slots: &[Entry], paging: &Paging) -> usize {
    let newer = if paging.offset_id > 0 {
        slots.partition_point(|e| e.id < paging.offset_id)
    } else if paging.offset_date > 0 {
        slots.partition_point(|e| e.date < paging.offset_date)
    } else {
        slots.len()
    };
    slots.len() - newer
}

/// The slice of a newest-first list of `len` items that starts `add_offset` from `offset`.
pub(crate) fn window(len: usize, offset: usize, paging: &Paging) -> (usize, usize) {
    let limit = i64::from(match paging.limit {
        0 => 20,
        limit => limit.clamp(1, 100),
    });
    let start = offset as i64 + i64::from(paging.add_offset);
    let clamp = |n: i64| n.clamp(0, len as i64) as usize;
    (clamp(start), clamp(start + limit))
}

/// The filters applied after slicing.
pub(crate) fn inside(id: i32, paging: &Paging) -> bool {
    (paging.max_id <= 0 || id < paging.max_id) && (paging.min_id <= 0 || id > paging.min_id)
}

/// Sets the `out` flag in an encoded message: bit 1 of the flags behind the constructor, the same
/// for `message` and `messageService`.
pub(crate) fn set_out(tl: &mut [u8], out: bool) {
    if let Some(byte) = tl.get_mut(4) {
        *byte = *byte & !2 | u8::from(out) << 1;
    }
}
