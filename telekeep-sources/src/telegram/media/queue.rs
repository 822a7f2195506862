//! The download queue: which files are fetched when, within what the server allows.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::partial::Partials;
use super::portrait::is_portrait;
use crate::spool::FileRow;
use crate::telegram::backup::run::{Engine, Halt, finished};
use crate::telegram::backup::{Options, Space};

/// Files read from the queue at once.
const READ: u32 = 256;
/// Files whose tasks exist, most of them waiting for their turn.
const TASKS: usize = 64;

/// Bytes that messages leave free, at most.
const MESSAGES: u64 = 100 << 20;

impl Engine {
    /// Fetches everything in the queue.
    pub(crate) async fn fetch_files(&self) -> Result<(), Halt> {
        self.look_at_waiting()?;
        let partials = self.partials()?;
        let mut turns = Turns::new(&self.options);
        let mut tasks = JoinSet::new();
        let room = Room::default();
        let mut last = String::new();
        let mut portraits = false;
        loop {
            let files = self.spool.waiting_files(&last, READ)?;
            let Some(newest) = files.last() else { break };
            last.clone_from(&newest.key);
            for file in files {
                // They wait for others, since those among all photos of somebody need not be fetched.
                if is_portrait(&file.key) && !portraits {
                    portraits = true;
                    while !tasks.is_empty() {
                        finished(&mut tasks).await?;
                    }
                    self.barrier().await?;
                }
                while tasks.len() >= TASKS {
                    finished(&mut tasks).await?;
                }
                if self.stop.is_set() {
                    return Err(Halt::Stopped);
                }
                let Some(room) = room.take(&self.options, file.size) else {
                    self.is_full();
                    continue;
                };
                let (engine, partials, turn) = (self.clone(), partials.clone(), turns.of(&file));
                tasks.spawn(async move {
                    let Ok(_turn) = turn.acquire().await else {
                        return Ok(());
                    };
                    let _room = room;
                    engine.fetch_file(file, partials).await
                });
            }
        }
        while !tasks.is_empty() {
            finished(&mut tasks).await?;
        }
        self.barrier().await?;
        if self.spool.file_counts()?.failed == 0
            && let Some(partials) = partials
        {
            // What is left belongs to files nobody waits for; not worth failing for.
            let _ = partials.clear();
        }
        Ok(())
    }

    /// Messages need little: they go on when files wait already, but not to the last byte.
    pub(in crate::telegram) fn has_room_for_messages(&self) -> bool {
        let least = (self.options.keep_free / 10).min(MESSAGES);
        (self.options.free_space)().is_none_or(|free| free >= least)
    }

    /// Notes that something has to wait for space on the disk.
    pub(in crate::telegram) fn is_full(&self) {
        let free = (self.options.free_space)().unwrap_or(0);
        let keep = self.options.keep_free;
        // The first time tells enough.
        let _ = self.full.set(Space { free, keep });
    }

    /// Where unfinished files are kept; nowhere when the archive is not in a local folder.
    fn partials(&self) -> Result<Option<Partials>, Halt> {
        let Some(local) = self.archive.local_dir() else {
            return Ok(None);
        };
        let identity = self.spool.partial_identity()?;
        Ok(Some(Partials::new(local, identity)))
    }
}

/// What files on their way will need on the disk.
#[derive(Default)]
struct Room(Arc<AtomicU64>);

impl Room {
    /// Room for one more file; none when the disk is too full for it.
    fn take(&self, options: &Options, size: u64) -> Option<Taken> {
        let taken = self.0.load(Ordering::Acquire);
        let needed = taken.saturating_add(size).saturating_add(options.keep_free);
        if (options.free_space)().is_some_and(|free| free < needed) {
            return None;
        }
        self.0.fetch_add(size, Ordering::AcqRel);
        Some(Taken {
            room: self.0.clone(),
            size,
        })
    }
}

/// Given back when the file is stored, or was not had.
struct Taken {
    room: Arc<AtomicU64>,
    size: u64,
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.room.fetch_sub(self.size, Ordering::AcqRel);
    }
}

/// Bounds how many files are fetched at once, per data centre and size.
struct Turns {
    small: usize,
    large: usize,
    turns: HashMap<(i32, bool), Arc<Semaphore>>,
}

impl Turns {
    fn new(options: &Options) -> Turns {
        let (small, large) = (options.small_files_at_once, options.large_files_at_once);
        Turns {
            small: small.max(1),
            large: large.max(1),
            turns: HashMap::new(),
        }
    }

    fn of(&mut self, file: &FileRow) -> Arc<Semaphore> {
        let large = file.size >= Options::LARGE_FILE;
        let at_once = if large { self.large } else { self.small };
        let entry = self.turns.entry((file.dc, large));
        entry
            .or_insert_with(|| Arc::new(Semaphore::new(at_once)))
            .clone()
    }
}
