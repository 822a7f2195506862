//! Writes the archive of a large world: a real one, encrypted, sealed segment by segment as a backup seals,
//! with memory that does not grow. Records are made on one core while the other compresses and encrypts.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Instant;

use serde_json::{Value, json};
use telekeep_journal::{Archive, BlobInfo, Head, Holder, Tail, TailLine};

use super::feed::{Entry, Feed};
use super::media::ASSETS;
use super::messages::{LAYER, World};
use crate::Result;
use crate::held::open;

/// What a Telegram account's journal is called.
const JOURNAL: &str = "telegram";
/// Records handed over at once, and how many such heaps may wait.
const HEAP: usize = 1024;
const WAITING: usize = 16;

/// Fills the archive in `folder` with everything of `world`.
pub fn write(folder: &Path, passphrase: &str, world: &World) -> Result<Value> {
    let archive = open(folder, Some(passphrase))?;
    let _lock = archive.lock(&Holder::current("proof"))?;
    let schema = telekeep_tl::bundled(LAYER).ok_or("the layer is not bundled")?;
    archive.add_schema(schema.layer(), schema.text())?;
    let blobs = store_assets(&archive)?;
    let begun = Instant::now();
    let (send, receive) = sync_channel(WAITING);
    let head = std::thread::scope(|scope| -> Result<Head> {
        let blobs = &blobs;
        let telling = scope.spawn(move || {
            let mut heap = Vec::with_capacity(HEAP);
            let told = Feed::new(world, blobs).tell(&mut |entry| {
                heap.push(entry);
                if heap.len() == HEAP {
                    send.send(std::mem::replace(&mut heap, Vec::with_capacity(HEAP)))?;
                }
                Ok(())
            });
            // A sealer that ended says why itself; this thread's errors cannot leave it as they are.
            told.and_then(|()| Ok(send.send(heap)?))
                .map_err(|error| error.to_string())
        });
        let mut tail = Stream::new(receive);
        let head = archive.seal(JOURNAL, &mut tail, true)?;
        telling
            .join()
            .map_err(|_| "making records ended unexpectedly")??;
        Ok(head.ok_or("nothing was sealed")?)
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let messages = world.plan.messages();
    Ok(json!({
        "records": head.last, "messages": messages, "segments": head.segment, "wall_s": seconds,
        "messages_per_s": (messages as f64 / seconds).round(),
    }))
}

fn store_assets(archive: &Archive) -> Result<Vec<BlobInfo>> {
    let store = |bytes: &[u8]| -> Result<BlobInfo> {
        let mut blob = archive.blob_writer(Some(bytes.len() as u64))?;
        blob.write_all(bytes)?;
        Ok(blob.finish()?)
    };
    ASSETS.iter().map(|asset| store(asset.bytes)).collect()
}

/// A tail that is made while it is read, and kept only as long as a segment is cut from it.
struct Stream {
    head: Option<Head>,
    waiting: RefCell<Waiting>,
}

struct Waiting {
    entries: Receiver<Vec<Entry>>,
    lines: VecDeque<TailLine>,
    next: u64,
}

impl Stream {
    fn new(entries: Receiver<Vec<Entry>>) -> Self {
        Self {
            head: None,
            waiting: RefCell::new(Waiting {
                entries,
                lines: VecDeque::new(),
                next: 1,
            }),
        }
    }
}

impl Waiting {
    /// Takes a heap of new lines; false when there are no more.
    fn more(&mut self) -> bool {
        let Ok(entries) = self.entries.recv() else {
            return false;
        };
        for entry in entries {
            let seq = self.next;
            self.next += 1;
            self.lines.push_back(TailLine {
                seq,
                json: format!("{{\"seq\":{seq},{}}}", entry.fields),
                blobs: entry.blobs,
            });
        }
        true
    }
}

impl Tail for Stream {
    type Error = std::convert::Infallible;

    fn head(&self) -> std::result::Result<Option<Head>, Self::Error> {
        Ok(self.head.clone())
    }

    fn read(&self, from: u64, max_bytes: usize) -> std::result::Result<Vec<TailLine>, Self::Error> {
        let mut waiting = self.waiting.borrow_mut();
        let (mut lines, mut left, mut next) = (Vec::new(), max_bytes, from);
        loop {
            let first = waiting.lines.front().map_or(waiting.next, |line| line.seq);
            let at = usize::try_from(next.saturating_sub(first)).unwrap_or(usize::MAX);
            if at >= waiting.lines.len() && waiting.more() {
                continue;
            }
            match waiting.lines.get(at) {
                Some(line) if lines.is_empty() || line.json.len() <= left => {
                    left = left.saturating_sub(line.json.len());
                    next += 1;
                    lines.push(line.clone());
                }
                _ => return Ok(lines),
            }
        }
    }

    fn sealed(&mut self, head: &Head) -> std::result::Result<(), Self::Error> {
        let lines = &mut self.waiting.get_mut().lines;
        while lines.front().is_some_and(|line| line.seq <= head.last) {
            lines.pop_front();
        }
        eprint!("\rreading: {} records sealed ", head.last);
        self.head = Some(head.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_a_tail() -> Result<()> {
        let (send, receive) = sync_channel(9);
        let heap = |from: u64| {
            let entry = |n: u64| Entry {
                fields: format!("\"n\":{n}"),
                blobs: Vec::new(),
            };
            (from..from + 3).map(entry).collect::<Vec<_>>()
        };
        send.send(heap(1))?;
        send.send(heap(4))?;
        drop(send);
        let mut tail = Stream::new(receive);
        let numbers = |lines: Vec<TailLine>| lines.iter().map(|line| line.seq).collect::<Vec<_>>();
        assert_eq!(numbers(tail.read(1, 1)?), [1]);
        assert_eq!(numbers(tail.read(2, 45)?), [2, 3, 4]);
        // What is not sealed is there again.
        assert_eq!(numbers(tail.read(2, 1000)?), [2, 3, 4, 5, 6]);
        let head = Head {
            journal: JOURNAL.to_owned(),
            segment: 1,
            last: 4,
            sha256: String::new(),
        };
        tail.sealed(&head)?;
        assert_eq!(numbers(tail.read(5, 1000)?), [5, 6]);
        assert!(tail.read(7, 1000)?.is_empty());
        assert_eq!(tail.head()?, Some(head));
        Ok(())
    }
}
