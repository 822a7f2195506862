//! The intermediate transport (core.telegram.org/mtproto/mtproto-transports): a stream begins
//! with `eeeeeeee`; every packet is its length as four little-endian bytes and its content.

use aes::Aes256;
use ctr::cipher::{KeyIvInit as _, StreamCipher as _};

use super::random::{OsRandom, Random as _};

/// Sent once, before the first packet.
pub const TAG: [u8; 4] = [0xee; 4];

/// Largest packet accepted. Servers send parts of files up to 1 MiB and containers of about that
/// size; anything larger is not a Telegram server.
pub const LIMIT: usize = 8 << 20;

/// Room made before each read.
const READ_SIZE: usize = 64 << 10;

/// What is wrong with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is impossible.
    #[error("a packet of {0} bytes was announced")]
    Length(u32),
    /// The server answered with a number instead of a packet: 404 key unknown, 429 too many
    /// connections, 444 wrong data centre.
    #[error("transport error {0}")]
    Status(i32),
}

/// Appends a packet to `out`.
pub fn pack(packet: &[u8], out: &mut Vec<u8>) {
    // Packets are made by this crate and far below 4 GiB.
    out.extend_from_slice(&(packet.len() as u32).to_le_bytes());
    out.extend_from_slice(packet);
}

/// A stream cipher of one direction of a hidden connection.
pub struct Cipher(ctr::Ctr128BE<Aes256>);

impl Cipher {
    /// Begins with this key and vector.
    pub fn new(key: &[u8; 32], vector: &[u8; 16]) -> Cipher {
        Cipher(ctr::Ctr128BE::new(&(*key).into(), &(*vector).into()))
    }

    /// Encrypts or decrypts the next bytes.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        self.0.apply_keystream(bytes);
    }
}

/// Both directions of a hidden connection.
struct Hidden {
    send: Cipher,
    receive: Cipher,
    /// Packets get up to 15 bytes more than they have.
    padded: bool,
}

/// The packets of one connection: made of what is sent, cut out of what is received.
#[derive(Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// Bytes at the start that were handed out already.
    used: usize,
    /// Bytes at the start that can be read: those behind them are still hidden.
    plain: usize,
    hidden: Option<Box<Hidden>>,
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frames")
            .field("buffered", &self.buffer.len())
            .field("hidden", &self.hidden.is_some())
            .finish_non_exhaustive()
    }
}

impl Frames {
    /// Those of a connection that is hidden by two ciphers, perhaps with padded packets.
    pub fn hidden(send: Cipher, receive: Cipher, padded: bool) -> Frames {
        let hidden = Hidden {
            send,
            receive,
            padded,
        };
        Frames {
            hidden: Some(Box::new(hidden)),
            ..Frames::default()
        }
    }

    /// Appends a packet to `out`, as it goes over the connection.
    pub fn pack(&mut self, packet: &[u8], out: &mut Vec<u8>) {
        let Some(hidden) = &mut self.hidden else {
            return pack(packet, out);
        };
        let from = out.len();
        pack(packet, out);
        if hidden.padded {
            pad(from, packet.len(), out);
        }
        hidden.send.apply(out.get_mut(from..).unwrap_or_default());
    }

    /// The buffer to append received bytes to, with room for some.
    pub fn space(&mut self) -> &mut Vec<u8> {
        if self.used > 0 {
            self.buffer.drain(..self.used);
            self.plain = self.plain.saturating_sub(self.used);
            self.used = 0;
        }
        let missing = self
            .announced()
            .map_or(0, |length| (length + 4).saturating_sub(self.buffer.len()));
        self.buffer.reserve(missing.clamp(READ_SIZE, 4 * READ_SIZE));
        &mut self.buffer
    }

    /// Length of the packet at the front, if within the limit.
    fn announced(&self) -> Option<usize> {
        let length = u32::from_le_bytes(*self.buffer.get(self.used..)?.first_chunk()?);
        usize::try_from(length)
            .ok()
            .filter(|length| *length <= LIMIT)
    }

    /// The next complete packet, to be worked on in place.
    pub fn next_packet(&mut self) -> Result<Option<&mut [u8]>, FrameError> {
        if let Some(hidden) = &mut self.hidden {
            let arrived = self.buffer.get_mut(self.plain..).unwrap_or_default();
            hidden.receive.apply(arrived);
        }
        self.plain = self.buffer.len();
        let padded = self.hidden.as_ref().is_some_and(|hidden| hidden.padded);
        let Some(rest) = self.buffer.get_mut(self.used..) else {
            return Ok(None);
        };
        let Some((head, rest)) = rest.split_first_chunk_mut() else {
            return Ok(None);
        };
        let announced = u32::from_le_bytes(*head);
        let length = announced as usize;
        if !(4..=LIMIT).contains(&length) {
            return Err(FrameError::Length(announced));
        }
        let Some(packet) = rest.get_mut(..length) else {
            return Ok(None);
        };
        self.used += 4 + length;
        let is_number = length == 4 || padded && length < SHORTEST_MESSAGE;
        match packet.first_chunk() {
            Some(number) if is_number => {
                let number = i32::from_le_bytes(*number);
                Err(FrameError::Status(number.saturating_neg()))
            }
            _ if padded => {
                let content = content(packet);
                Ok(packet.get_mut(..content))
            }
            _ => Ok(Some(packet)),
        }
    }
}

/// Key id, message id and length of a plain message: nothing shorter is a message.
const SHORTEST_MESSAGE: usize = 20;

/// Appends up to 15 random bytes to the packet that begins at `from`.
fn pad(from: usize, length: usize, out: &mut Vec<u8>) {
    let mut random = [0; 16];
    // Without randomness the packet keeps its length, which tells an onlooker more and breaks
    // nothing.
    if OsRandom.fill(&mut random).is_err() {
        return;
    }
    let [count, padding @ ..] = random;
    let padding = padding.get(..usize::from(count & 15)).unwrap_or_default();
    out.extend_from_slice(padding);
    let announced = (length + padding.len()) as u32;
    if let Some(head) = out
        .get_mut(from..)
        .and_then(|packet| packet.first_chunk_mut())
    {
        *head = announced.to_le_bytes();
    }
}

/// Length of a padded packet without its padding. Encrypted messages are key id, message key and
/// whole blocks; plain ones say their length.
fn content(packet: &[u8]) -> usize {
    let plain_length = packet
        .strip_prefix(&[0; 8])
        .and_then(|rest| rest.get(8..12)?.first_chunk())
        .map(|length| u32::from_le_bytes(*length) as usize);
    match plain_length {
        Some(length) => length.saturating_add(SHORTEST_MESSAGE).min(packet.len()),
        None => packet.len() - packet.len().saturating_sub(24) % 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_survive_any_cutting_of_the_stream() {
        let mut stream = Vec::new();
        for size in [8, 24, 1000, 5] {
            pack(&vec![size as u8; size], &mut stream);
        }
        for step in [1, 3, 7, 4000] {
            let (mut frames, mut sizes) = (Frames::default(), Vec::new());
            for piece in stream.chunks(step) {
                frames.space().extend_from_slice(piece);
                while let Some(packet) = frames.next_packet().unwrap() {
                    let size = packet.len() as u8;
                    assert!(packet.iter().all(|byte| *byte == size));
                    sizes.push(packet.len());
                }
            }
            assert_eq!(sizes, [8, 24, 1000, 5], "step {step}");
        }
    }

    fn both_ends(padded: bool) -> (Frames, Frames) {
        let cipher = |n| Cipher::new(&[n; 32], &[n; 16]);
        (
            Frames::hidden(cipher(1), cipher(2), padded),
            Frames::hidden(cipher(2), cipher(1), padded),
        )
    }

    #[test]
    fn hidden_packets_survive_any_cutting_with_and_without_padding() {
        let encrypted = |blocks: usize| vec![7; 24 + 16 * blocks];
        let plain = |length: u8| {
            let head = [&[0; 8][..], &[1; 8], &[length, 0, 0, 0]].concat();
            [head, vec![9; length.into()]].concat()
        };
        let packets = [
            encrypted(1),
            plain(12),
            encrypted(200),
            plain(0),
            encrypted(3),
        ];
        for (padded, step) in [(false, 1), (false, 500), (true, 1), (true, 7), (true, 4000)] {
            let (mut here, mut there) = both_ends(padded);
            let (mut stream, mut read) = (Vec::new(), Vec::new());
            for packet in &packets {
                here.pack(packet, &mut stream);
            }
            assert!(
                !stream.windows(8).any(|bytes| bytes == [7; 8]),
                "it is hidden"
            );
            for piece in stream.chunks(step) {
                there.space().extend_from_slice(piece);
                while let Some(packet) = there.next_packet().unwrap() {
                    read.push(packet.to_vec());
                }
            }
            assert!(read == packets, "padded {padded}, step {step}");
        }
    }

    #[test]
    fn a_padded_number_is_a_status_and_no_padding_is_a_panic() {
        let (mut here, mut there) = both_ends(true);
        here.pack(&(-404i32).to_le_bytes(), there.space());
        assert_eq!(there.next_packet().unwrap_err(), FrameError::Status(404));
        for length in 4..200 {
            for byte in [0, 0xff] {
                let packet = vec![byte; length];
                assert!(content(&packet) <= length);
            }
        }
    }

    #[test]
    fn impossible_lengths_are_errors_before_memory_is_taken() {
        for length in [0u32, 3, LIMIT as u32 + 1, u32::MAX] {
            let mut frames = Frames::default();
            frames.space().extend_from_slice(&length.to_le_bytes());
            assert_eq!(
                frames.next_packet().unwrap_err(),
                FrameError::Length(length)
            );
            assert!(frames.space().capacity() < 1 << 20);
        }
    }

    #[test]
    fn a_number_instead_of_a_packet_is_a_status() {
        for (number, status) in [(-404, 404), (-429, 429), (i32::MIN, i32::MAX)] {
            let mut frames = Frames::default();
            pack(&i32::to_le_bytes(number), frames.space());
            assert_eq!(
                frames.next_packet().unwrap_err(),
                FrameError::Status(status)
            );
        }
    }
}
