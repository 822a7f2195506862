//! What sealing asks of whoever keeps the records that are not yet sealed.

use crate::record::{Head, StoredFile, TailLine};

/// The durable tail of one journal. The spool of a source implements it.
///
/// A tail promises: what `read` returns is durable; sequence numbers have no gaps; lines stay until `sealed`
/// names a head at or after them; `sealed` is durable when it returns.
pub trait Tail {
    type Error: std::error::Error + Send + Sync + 'static;

    /// The last head given to [`Tail::sealed`]; `None` before the first.
    fn head(&self) -> Result<Option<Head>, Self::Error>;

    /// Consecutive lines from sequence number `from` on, about `max_bytes` of JSON in all but at least one line;
    /// empty when there is no line `from`.
    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, Self::Error>;

    /// Records up to `head.last` are in the archive now: remember `head`, forget those lines, in one transaction.
    fn sealed(&mut self, head: &Head) -> Result<(), Self::Error>;

    /// Bytes of JSON waiting, when that is cheap to say: lets [`crate::Archive::seal`] return early without reading.
    fn unsealed_bytes(&self) -> Result<Option<u64>, Self::Error> {
        Ok(None)
    }
}

/// A tail in memory, for tests and for imports that can start again.
#[derive(Debug, Clone, Default)]
pub struct MemoryTail {
    head: Option<Head>,
    lines: Vec<TailLine>,
}

impl MemoryTail {
    pub fn new() -> Self {
        Self::default()
    }

    /// The next sequence number a line must have.
    pub fn next_seq(&self) -> u64 {
        let sealed = self.head.as_ref().map_or(0, |head| head.last);
        self.lines.last().map_or(sealed, |line| line.seq) + 1
    }

    /// Adds a line; `fields` is the record's JSON without the braces and without `seq`.
    pub fn push(&mut self, fields: &str, blobs: Vec<StoredFile>) -> u64 {
        let seq = self.next_seq();
        self.lines.push(TailLine {
            seq,
            json: format!("{{\"seq\":{seq},{fields}}}"),
            blobs,
        });
        seq
    }

    /// Lines not yet sealed.
    pub fn lines(&self) -> &[TailLine] {
        &self.lines
    }
}

impl Tail for MemoryTail {
    type Error = std::convert::Infallible;

    fn head(&self) -> Result<Option<Head>, Self::Error> {
        Ok(self.head.clone())
    }

    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, Self::Error> {
        let mut left = max_bytes;
        let mut lines = Vec::new();
        for line in self.lines.iter().skip_while(|line| line.seq < from) {
            if !lines.is_empty() && line.json.len() > left {
                break;
            }
            left = left.saturating_sub(line.json.len());
            lines.push(line.clone());
        }
        Ok(lines)
    }

    fn sealed(&mut self, head: &Head) -> Result<(), Self::Error> {
        self.lines.retain(|line| line.seq > head.last);
        self.head = Some(head.clone());
        Ok(())
    }

    fn unsealed_bytes(&self) -> Result<Option<u64>, Self::Error> {
        Ok(Some(
            self.lines.iter().map(|line| line.json.len() as u64).sum(),
        ))
    }
}
