//! The intermediate transport (core.telegram.org/mtproto/mtproto-transports): a stream begins
//! with `eeeeeeee`; every packet is its length as four little-endian bytes and its content.

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

/// Cuts a byte stream into packets.
#[derive(Debug, Default)]
pub struct Frames {
    buffer: Vec<u8>,
    /// Bytes at the start that were handed out already.
    used: usize,
}

impl Frames {
    /// The buffer to append received bytes to, with room for some.
    pub fn space(&mut self) -> &mut Vec<u8> {
        if self.used > 0 {
            self.buffer.drain(..self.used);
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
        match packet.first_chunk() {
            Some(number) if length == 4 => {
                let number = i32::from_le_bytes(*number);
                Err(FrameError::Status(number.saturating_neg()))
            }
            _ => Ok(Some(packet)),
        }
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
