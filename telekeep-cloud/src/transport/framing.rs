//! The four framings: where a packet begins and ends.

use super::{Packet, TransportError};
use crate::crypto::random;

/// The longest packet taken from a client. The longest honest one is a container of about 1 MiB.
pub const MAX_PACKET: usize = 2 << 20;

/// How packets are delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Length in words, in one or four bytes.
    Abridged,
    /// Length in four bytes.
    Intermediate,
    /// As intermediate, with random bytes after each packet.
    Padded,
    /// Length, packet number and CRC-32.
    Full,
}

impl Framing {
    /// Cuts the first packet off `bytes`; says how many bytes it took. `None`: not complete yet.
    pub fn decode(
        self,
        bytes: &[u8],
        sequence: u32,
    ) -> Result<Option<(usize, Packet)>, TransportError> {
        let Some(frame) = self.frame(bytes)? else {
            return Ok(None);
        };
        let Some(body) = bytes.get(frame.head..frame.head + frame.len) else {
            return Ok(None);
        };
        let (data, used) = match self {
            Framing::Full => {
                let end = frame.head + frame.len;
                (check_full(bytes, end, sequence)?, end)
            }
            _ => (body, frame.head + frame.len),
        };
        Ok(Some((
            used,
            Packet {
                data: data.to_vec(),
                quick_ack: frame.quick_ack,
            },
        )))
    }

    fn frame(self, bytes: &[u8]) -> Result<Option<Frame>, TransportError> {
        let frame = match self {
            Framing::Abridged => abridged(bytes),
            Framing::Intermediate | Framing::Padded => bytes.first_chunk::<4>().map(|head| {
                let word = u32::from_le_bytes(*head);
                Frame {
                    head: 4,
                    len: (word & 0x7fff_ffff) as usize,
                    quick_ack: word >> 31 == 1,
                }
            }),
            Framing::Full => bytes.first_chunk::<4>().map(|head| Frame {
                head: 0,
                len: u32::from_le_bytes(*head) as usize,
                quick_ack: false,
            }),
        };
        let Some(frame) = frame else { return Ok(None) };
        if frame.len > MAX_PACKET {
            return Err(TransportError::TooLong(frame.len));
        }
        let least = if self == Framing::Full { 16 } else { 4 };
        if frame.len < least || (self != Framing::Padded && frame.len % 4 != 0) {
            return Err(TransportError::BadLength(frame.len));
        }
        Ok(Some(frame))
    }

    /// Appends `payload` as one packet.
    pub fn encode(self, payload: &[u8], sequence: u32, out: &mut Vec<u8>) {
        let from = out.len();
        let len = payload.len();
        match self {
            Framing::Abridged => {
                let words = len / 4;
                if words < 127 {
                    out.push(words as u8);
                } else {
                    out.extend_from_slice(&[127, words as u8, (words >> 8) as u8]);
                    out.push((words >> 16) as u8);
                }
                out.extend_from_slice(payload);
            }
            Framing::Intermediate => {
                out.extend_from_slice(&(len as u32).to_le_bytes());
                out.extend_from_slice(payload);
            }
            Framing::Padded => {
                // Up to 15 bytes are allowed; clients that align to words expect at most 3.
                let [count, padding @ ..] = random::<4>();
                let count = usize::from(count & 3);
                out.extend_from_slice(&((len + count) as u32).to_le_bytes());
                out.extend_from_slice(payload);
                out.extend_from_slice(padding.get(..count).unwrap_or_default());
            }
            Framing::Full => {
                out.extend_from_slice(&(len as u32 + 12).to_le_bytes());
                out.extend_from_slice(&sequence.to_le_bytes());
                out.extend_from_slice(payload);
                let crc = crc32fast::hash(out.get(from..).unwrap_or_default());
                out.extend_from_slice(&crc.to_le_bytes());
            }
        }
    }
}

struct Frame {
    /// Bytes before the packet.
    head: usize,
    /// Bytes of the packet (of everything, for `full`).
    len: usize,
    quick_ack: bool,
}

fn abridged(bytes: &[u8]) -> Option<Frame> {
    let first = *bytes.first()?;
    let quick_ack = first & 0x80 != 0;
    match first & 0x7f {
        127 => {
            let [_, a, b, c] = *bytes.first_chunk::<4>()?;
            let words = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
            Some(Frame {
                head: 4,
                len: words * 4,
                quick_ack,
            })
        }
        words => Some(Frame {
            head: 1,
            len: usize::from(words) * 4,
            quick_ack,
        }),
    }
}

/// Checks number and checksum of a whole `full` packet and returns what it carries.
fn check_full(bytes: &[u8], end: usize, expected: u32) -> Result<&[u8], TransportError> {
    let word = |at: usize| {
        let word = bytes.get(at..at + 4).and_then(|b| b.try_into().ok());
        word.map(u32::from_le_bytes)
            .ok_or(TransportError::BadLength(end))
    };
    let hashed = bytes.get(..end - 4).unwrap_or_default();
    if crc32fast::hash(hashed) != word(end - 4)? {
        return Err(TransportError::Checksum);
    }
    let got = word(4)?;
    if got != expected {
        return Err(TransportError::Sequence { expected, got });
    }
    Ok(bytes.get(8..end - 4).unwrap_or_default())
}
