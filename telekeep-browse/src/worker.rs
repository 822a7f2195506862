//! Threads that answer questions, so that the screen never waits for the archive.
//!
//! There are three: one for what is read, one for searches (which may take their time), one for files.
//! A question that a later one of its kind has made pointless is not asked any more.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

use crate::ask::{Reply, Request};
use crate::read::Reader;

/// A question and the number that its answer will have.
pub type Asked = (u64, Request);

/// The name of every thread of this kind: what panics there is answered, not printed.
pub const THREAD: &str = "telekeep-browse-reader";

/// The threads.
pub struct Workers {
    lanes: Vec<Sender<Asked>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them; `told` gets every answer.
    pub fn start(
        reader: &Arc<Reader>,
        told: impl Fn(u64, Reply) + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let mut workers = Self {
            lanes: Vec::new(),
            threads: Vec::new(),
        };
        for _ in 0..LANES {
            let (sender, receiver) = channel();
            let (reader, told) = (Arc::clone(reader), told.clone());
            let thread = Builder::new()
                .name(THREAD.to_owned())
                .spawn(move || work(&reader, &receiver, &told))?;
            workers.lanes.push(sender);
            workers.threads.push(thread);
        }
        Ok(workers)
    }

    /// Asks.
    pub fn ask(&self, asked: Asked) {
        if let Some(lane) = self.lanes.get(lane(&asked.1)) {
            // A thread that is gone answers nothing; the screen goes on.
            let _ = lane.send(asked);
        }
    }

    /// Waits until no file is being written any more. Copying is to be stopped before. Whoever only
    /// reads is left to end by itself.
    pub fn finish(mut self) {
        self.lanes.clear();
        if let Some(files) = self.threads.pop() {
            // What went wrong there was told.
            let _ = files.join();
        }
    }
}

/// The last one is for files.
const LANES: usize = 3;

fn lane(request: &Request) -> usize {
    match request {
        Request::Search { .. } => 1,
        Request::Open(_) | Request::Save(..) => LANES - 1,
        _ => 0,
    }
}

fn work(reader: &Reader, asked: &Receiver<Asked>, told: &impl Fn(u64, Reply)) {
    while let Ok(first) = asked.recv() {
        let waiting: Vec<Asked> = std::iter::once(first).chain(asked.try_iter()).collect();
        for (ticket, request) in only_needed(waiting) {
            let answer = catch_unwind(AssertUnwindSafe(|| reader.answer(request)));
            let failed = || Reply::Failed(reader.say.get("browse.ended").to_owned());
            told(ticket, answer.unwrap_or_else(|_| failed()));
        }
    }
}

/// Leaves out what a later question replaces.
fn only_needed(waiting: Vec<Asked>) -> Vec<Asked> {
    let mut needed: Vec<Asked> = Vec::new();
    for asked in waiting {
        needed.retain(|earlier| !asked.1.replaces(&earlier.1));
        needed.push(asked);
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::FileItem;

    #[test]
    fn later_questions_replace_earlier_ones_of_their_kind() {
        let open = || Request::Open(FileItem::default());
        let waiting = vec![
            (1, Request::Topics(1)),
            (2, open()),
            (3, Request::Topics(2)),
            (4, open()),
            (5, Request::Missing),
        ];
        let left: Vec<_> = only_needed(waiting).iter().map(|asked| asked.0).collect();
        assert_eq!(left, [2, 3, 4, 5]);
    }
}
