//! Segments: runs of independent zstd frames of whole lines, encrypted as one age file.

use std::io::{self, BufRead, BufReader, Read, Write};

use age::x25519;
use serde::{Deserialize, Serialize};
use zstd::zstd_safe::CParameter;

use crate::crypt::{Opener, Sealer};
use crate::error::Error;
use crate::record::{MAX_RECORD_BYTES, line_seq};

/// Plain bytes after which a frame is closed (at a line end).
pub(crate) const FRAME_BYTES: usize = 1024 * 1024;
/// Plain bytes a segment holds at most, its first line included.
pub(crate) const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
/// No stored segment is larger: incompressible frames and encryption add far less than 1 MiB.
pub(crate) const MAX_STORED_SEGMENT: u64 = SEGMENT_BYTES + 1024 * 1024;

const LEVEL: i32 = 3;
/// Frames of this format need no larger window (16 MiB); others could ask for much memory.
const WINDOW_LOG_MAX: u32 = 24;

/// The first line of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SegmentHead {
    pub(crate) format: u32,
    pub(crate) journal: String,
    pub(crate) segment: u32,
    /// Sequence number of the first record.
    pub(crate) first: u64,
    /// SHA-256 of the previous seal file, zeros for the first.
    pub(crate) prev: String,
}

/// Compresses and encrypts lines into the bytes of one segment.
pub(crate) struct SegmentWriter {
    frame: Vec<u8>,
    compressed: Vec<u8>,
    compressor: zstd::bulk::Compressor<'static>,
    output: Sealer<Vec<u8>>,
    plain_bytes: u64,
}

const WHAT: &str = "a segment";

impl SegmentWriter {
    pub(crate) fn new(
        head: &SegmentHead,
        recipient: Option<&x25519::Recipient>,
    ) -> Result<Self, Error> {
        let mut compressor = zstd::bulk::Compressor::new(LEVEL).map_err(Error::io(WHAT))?;
        compressor
            .set_parameter(CParameter::ChecksumFlag(true))
            .map_err(Error::io(WHAT))?;
        let mut writer = SegmentWriter {
            frame: Vec::with_capacity(FRAME_BYTES),
            compressed: Vec::new(),
            compressor,
            output: Sealer::new(recipient, Vec::new(), WHAT)?,
            plain_bytes: 0,
        };
        let line = serde_json::to_vec(head).map_err(|e| Error::io(WHAT)(e.into()))?;
        writer.push(&line)?;
        Ok(writer)
    }

    /// Would a line of `bytes` and its end still fit?
    pub(crate) fn fits(&self, bytes: usize) -> bool {
        self.plain_bytes + (bytes as u64) < SEGMENT_BYTES
    }

    pub(crate) fn push(&mut self, line: &[u8]) -> Result<(), Error> {
        if !self.frame.is_empty() && self.frame.len() + line.len() + 1 > FRAME_BYTES {
            self.close_frame().map_err(Error::io(WHAT))?;
        }
        self.frame.extend_from_slice(line);
        self.frame.push(b'\n');
        self.plain_bytes += line.len() as u64 + 1;
        Ok(())
    }

    fn close_frame(&mut self) -> io::Result<()> {
        self.compressed.clear();
        self.compressed
            .reserve(zstd::zstd_safe::compress_bound(self.frame.len()));
        self.compressor
            .compress_to_buffer(&self.frame, &mut self.compressed)?;
        self.frame.clear();
        self.output.write_all(&self.compressed)
    }

    /// The stored bytes.
    pub(crate) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.close_frame()
            .and_then(|()| self.output.finish())
            .map_err(Error::io(WHAT))
    }
}

/// A line out of a segment with the sequence number it states.
pub(crate) struct SegmentLine {
    pub(crate) seq: u64,
    pub(crate) json: String,
}

type Decoder = zstd::Decoder<'static, BufReader<Opener<io::Cursor<Vec<u8>>>>>;

/// Reads the lines of one segment from its stored bytes, in constant memory beside them.
/// Errors are sentences about the file.
pub(crate) struct SegmentReader {
    lines: BufReader<Decoder>,
    pub(crate) head: SegmentHead,
}

impl SegmentReader {
    pub(crate) fn new(
        stored: Vec<u8>,
        identity: Option<&x25519::Identity>,
    ) -> Result<Self, String> {
        let opener = Opener::new(identity, io::Cursor::new(stored))?;
        let input = BufReader::with_capacity(128 * 1024, opener);
        let mut decoder = zstd::Decoder::with_buffer(input).map_err(|e| e.to_string())?;
        decoder
            .window_log_max(WINDOW_LOG_MAX)
            .map_err(|e| e.to_string())?;
        let mut lines = BufReader::with_capacity(256 * 1024, decoder);
        let first = read_line(&mut lines)?.ok_or("it is empty")?;
        let head = serde_json::from_slice(&first)
            .map_err(|e| format!("its first line is not a segment's: {e}"))?;
        Ok(SegmentReader { lines, head })
    }

    pub(crate) fn next_line(&mut self) -> Result<Option<SegmentLine>, String> {
        let Some(line) = read_line(&mut self.lines)? else {
            return Ok(None);
        };
        let seq = line_seq(&line).ok_or("a line does not start with its sequence number")?;
        let json =
            String::from_utf8(line).map_err(|_| format!("record {seq} is not UTF-8 text"))?;
        Ok(Some(SegmentLine { seq, json }))
    }
}

/// One line without its end; `None` at the end of the file.
fn read_line(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, String> {
    let mut line = Vec::new();
    let limit = MAX_RECORD_BYTES as u64 + 2;
    input
        .take(limit)
        .read_until(b'\n', &mut line)
        .map_err(|e| format!("it cannot be decoded: {e}"))?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 + 1 == limit => {
            Err("a line is longer than the format allows".to_owned())
        }
        Some(_) => Err("its last line has no end".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::ZERO_HASH;

    fn head() -> SegmentHead {
        SegmentHead {
            format: 1,
            journal: "j".to_owned(),
            segment: 1,
            first: 1,
            prev: ZERO_HASH.to_owned(),
        }
    }

    fn write(lines: &[String], recipient: Option<&x25519::Recipient>) -> Vec<u8> {
        let mut writer = SegmentWriter::new(&head(), recipient).unwrap();
        lines
            .iter()
            .for_each(|line| writer.push(line.as_bytes()).unwrap());
        writer.finish().unwrap()
    }

    fn read(stored: Vec<u8>, identity: Option<&x25519::Identity>) -> Result<Vec<String>, String> {
        let mut reader = SegmentReader::new(stored, identity)?;
        assert_eq!(reader.head, head());
        let mut lines = Vec::new();
        while let Some(line) = reader.next_line()? {
            assert_eq!(line.seq, lines.len() as u64 + 1);
            lines.push(line.json);
        }
        Ok(lines)
    }

    fn lines(count: u64) -> Vec<String> {
        (1..=count)
            .map(|n| {
                format!(
                    "{{\"seq\":{n},\"text\":\"{}\"}}",
                    "word ".repeat(n as usize % 200)
                )
            })
            .collect()
    }

    #[test]
    fn round_trip_over_several_frames() {
        let identity = x25519::Identity::generate();
        let lines = lines(5000);
        for key in [None, Some(&identity)] {
            let recipient = key.map(x25519::Identity::to_public);
            assert_eq!(read(write(&lines, recipient.as_ref()), key).unwrap(), lines);
        }
    }

    #[test]
    fn frames_are_independent_and_end_at_line_ends() {
        let stored = write(&lines(5000), None);
        let mut frames = 0;
        let mut rest = &stored[..];
        while !rest.is_empty() {
            let size = zstd::zstd_safe::find_frame_compressed_size(rest).unwrap();
            let plain = zstd::bulk::decompress(&rest[..size], 2 * FRAME_BYTES).unwrap();
            assert_eq!(plain.last(), Some(&b'\n'));
            assert!(plain.len() <= FRAME_BYTES);
            rest = &rest[size..];
            frames += 1;
        }
        assert!(frames > 1);
    }

    #[test]
    fn cut_segments_are_errors() {
        let identity = x25519::Identity::generate();
        for key in [None, Some(&identity)] {
            let stored = write(&lines(50), key.map(x25519::Identity::to_public).as_ref());
            for cut in [0, 1, stored.len() / 2, stored.len() - 1] {
                assert!(read(stored[..cut].to_vec(), key).is_err(), "{cut}");
            }
        }
    }
}
