//! Transports: how packets are cut out of the byte stream of a connection.
//!
//! A client picks one of five framings with its first bytes, and may hide them behind a stream
//! cipher ("obfuscation"). Everything here is sans-IO: bytes are pushed in, packets come out.
//!
//! Source: <https://core.telegram.org/mtproto/mtproto-transports>.

mod framing;
mod obfuscation;

pub use framing::{Framing, MAX_PACKET};
use obfuscation::Obfuscation;

use crate::crypto::Ctr;

/// Why a connection cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The first bytes are HTTP, which this server does not speak.
    #[error("HTTP transport is not supported; use TCP (full, intermediate or abridged)")]
    Http,
    /// The decrypted obfuscation header names no framing.
    #[error("the first 64 bytes name no transport")]
    UnknownTransport,
    /// A packet longer than the server takes.
    #[error("packet of {0} bytes is longer than {MAX_PACKET}")]
    TooLong(usize),
    /// A length no packet can have.
    #[error("packet length {0} is impossible")]
    BadLength(usize),
    /// `full` only: the checksum differs.
    #[error("packet checksum is wrong")]
    Checksum,
    /// `full` only: the packet number is not the next one.
    #[error("packet number {got} instead of {expected}")]
    Sequence {
        /// What should have come.
        expected: u32,
        /// What came.
        got: u32,
    },
}

/// One packet of the client.
#[derive(Debug, PartialEq, Eq)]
pub struct Packet {
    /// `auth_key_id, ...`, possibly followed by up to 15 bytes of transport padding.
    pub data: Vec<u8>,
    /// The client wants a quick acknowledgement of it.
    pub quick_ack: bool,
}

/// The receiving side of a connection.
pub struct Decoder {
    buffer: Vec<u8>,
    /// Bytes of `buffer` already handed out.
    start: usize,
    state: State,
}

enum State {
    /// Waiting for the bytes that name the transport.
    Detecting,
    Open {
        framing: Framing,
        sequence: u32,
        cipher: Option<Box<Ctr>>,
    },
}

/// The sending side of a connection, made once the transport is known.
pub struct Encoder {
    framing: Framing,
    sequence: u32,
    cipher: Option<Box<Ctr>>,
}

/// What [`Decoder::next`] found.
#[derive(Debug)]
pub enum Step {
    /// More bytes are needed.
    Starve,
    /// The transport is known now; this is the other direction. Comes once, before any packet.
    Opened(Encoder),
    /// A packet.
    Packet(Packet),
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder")
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self {
            buffer: Vec::new(),
            start: 0,
            state: State::Detecting,
        }
    }
}

impl Decoder {
    /// Takes bytes as they were read.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let from = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        if let State::Open {
            cipher: Some(cipher),
            ..
        } = &mut self.state
        {
            cipher.apply(&mut self.buffer[from..]);
        }
    }

    /// The next event; call until it starves.
    pub fn step(&mut self) -> Result<Step, TransportError> {
        match &mut self.state {
            State::Detecting => self.detect(),
            State::Open {
                framing, sequence, ..
            } => {
                let waiting = self.buffer.get(self.start..).unwrap_or_default();
                match framing.decode(waiting, *sequence)? {
                    None => Ok(Step::Starve),
                    Some((used, packet)) => {
                        self.start += used;
                        *sequence = sequence.wrapping_add(1);
                        Ok(Step::Packet(packet))
                    }
                }
            }
        }
    }

    /// Looks at the first bytes: magic numbers name the plain framings, `full` has none but its
    /// packet number 0, anything else is the header of an obfuscated connection.
    fn detect(&mut self) -> Result<Step, TransportError> {
        let Some(&first) = self.buffer.first() else {
            return Ok(Step::Starve);
        };
        if first == 0xef {
            return Ok(self.open(1, Framing::Abridged, None));
        }
        let Some(head) = self.buffer.first_chunk::<4>() else {
            return Ok(Step::Starve);
        };
        match head {
            [0xee, 0xee, 0xee, 0xee] => return Ok(self.open(4, Framing::Intermediate, None)),
            [0xdd, 0xdd, 0xdd, 0xdd] => return Ok(self.open(4, Framing::Padded, None)),
            b"GET " | b"POST" | b"HEAD" | b"OPTI" => return Err(TransportError::Http),
            _ => {}
        }
        let Some(head) = self.buffer.first_chunk::<8>() else {
            return Ok(Step::Starve);
        };
        if head[4..] == [0; 4] {
            return Ok(self.open(0, Framing::Full, None));
        }
        let Some(header) = self.buffer.first_chunk::<64>() else {
            return Ok(Step::Starve);
        };
        let Obfuscation {
            framing,
            receive,
            send,
        } = Obfuscation::accept(header)?;
        Ok(self.open(64, framing, Some((receive, send))))
    }

    fn open(&mut self, used: usize, framing: Framing, ciphers: Option<(Ctr, Ctr)>) -> Step {
        self.start = used;
        let (receive, send) = ciphers.unzip();
        let mut receive = receive.map(Box::new);
        if let Some(cipher) = &mut receive {
            cipher.apply(self.buffer.get_mut(used..).unwrap_or_default());
        }
        self.state = State::Open {
            framing,
            sequence: 0,
            cipher: receive,
        };
        Step::Opened(Encoder {
            framing,
            sequence: 0,
            cipher: send.map(Box::new),
        })
    }
}

impl Encoder {
    /// Appends `payload` as one packet to `out`.
    pub fn packet(&mut self, payload: &[u8], out: &mut Vec<u8>) {
        let from = out.len();
        self.framing.encode(payload, self.sequence, out);
        self.sequence = self.sequence.wrapping_add(1);
        self.hide(from, out);
    }

    /// Appends a transport error (`-404` and its kin) to `out`.
    pub fn error(&mut self, code: i32, out: &mut Vec<u8>) {
        self.packet(&code.to_le_bytes(), out);
    }

    /// Appends the quick acknowledgement of a packet. `full` has none.
    pub fn quick_ack(&mut self, token: u32, out: &mut Vec<u8>) {
        let from = out.len();
        match self.framing {
            Framing::Full => {}
            Framing::Abridged => out.extend_from_slice(&token.to_be_bytes()),
            Framing::Intermediate | Framing::Padded => out.extend_from_slice(&token.to_le_bytes()),
        }
        self.hide(from, out);
    }

    fn hide(&mut self, from: usize, out: &mut [u8]) {
        if let (Some(cipher), Some(bytes)) = (&mut self.cipher, out.get_mut(from..)) {
            cipher.apply(bytes);
        }
    }
}

#[cfg(test)]
mod tests;
