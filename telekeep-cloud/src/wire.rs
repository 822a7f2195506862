//! Reading and writing the TL primitives of MTProto's own objects (handshake, service messages,
//! containers). API objects go through `telekeep-tl`; these few are fixed by the protocol, hot,
//! and partly not expressible in a schema, so they are read by hand.
//!
//! Source of the encodings: <https://core.telegram.org/mtproto/serialize>.

/// The bytes are not the TL object they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed TL at byte {at}")]
pub struct Malformed {
    /// Offset of the first byte that could not be read.
    pub at: usize,
}

/// A cursor over received bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their beginning.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next `n` bytes as they are.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(n).ok_or(Malformed { at: self.at })?;
        let taken = self
            .bytes
            .get(self.at..end)
            .ok_or(Malformed { at: self.at })?;
        self.at = end;
        Ok(taken)
    }

    /// The next `N` bytes as an array (`int128`, `int256`).
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| Malformed { at })
    }

    /// A 32-bit number.
    pub fn int(&mut self) -> Result<i32, Malformed> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// The number of a constructor.
    pub fn id(&mut self) -> Result<u32, Malformed> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// A 64-bit number.
    pub fn long(&mut self) -> Result<i64, Malformed> {
        Ok(i64::from_le_bytes(self.array()?))
    }

    /// A byte string with its padding.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let first = self.take(1)?.first().copied().unwrap_or(0);
        let (len, head) = if first < 254 {
            (usize::from(first), 1)
        } else {
            let [a, b, c] = self.array::<3>()?;
            (
                usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16,
                4,
            )
        };
        let value = self.take(len)?;
        self.take((4 - (head + len) % 4) % 4)?;
        Ok(value)
    }

    /// A boxed `Vector<long>` of at most `max` elements.
    pub fn longs(&mut self, max: usize) -> Result<Vec<i64>, Malformed> {
        let at = self.at;
        if self.id()? != VECTOR {
            return Err(Malformed { at });
        }
        let count = usize::try_from(self.int()?).map_err(|_| Malformed { at })?;
        if count > max || count * 8 > self.rest().len() {
            return Err(Malformed { at });
        }
        (0..count).map(|_| self.long()).collect()
    }

    /// Fails unless everything was read.
    pub fn end(&self) -> Result<(), Malformed> {
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(Malformed { at: self.at })
        }
    }
}

/// The constructor of `Vector t`.
pub const VECTOR: u32 = 0x1cb5_c415;

/// Appending TL primitives to a buffer.
pub trait Put {
    /// A constructor number.
    fn put_id(&mut self, id: u32);
    /// A 32-bit number.
    fn put_int(&mut self, value: i32);
    /// A 64-bit number.
    fn put_long(&mut self, value: i64);
    /// A byte string with its padding; longer than 16 MiB cannot be expressed and is cut, so
    /// callers bound their strings.
    fn put_bytes(&mut self, value: &[u8]);
}

impl Put for Vec<u8> {
    fn put_id(&mut self, id: u32) {
        self.extend_from_slice(&id.to_le_bytes());
    }

    fn put_int(&mut self, value: i32) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_long(&mut self, value: i64) {
        self.extend_from_slice(&value.to_le_bytes());
    }

    fn put_bytes(&mut self, value: &[u8]) {
        let value = &value[..value.len().min(0xff_ffff)];
        let len = value.len();
        let head = if len < 254 {
            self.push(len as u8);
            1
        } else {
            self.extend_from_slice(&[254, len as u8, (len >> 8) as u8, (len >> 16) as u8]);
            4
        };
        self.extend_from_slice(value);
        self.resize(self.len() + (4 - (head + len) % 4) % 4, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_every_length_class_return() {
        for len in [0, 1, 2, 3, 4, 253, 254, 255, 256, 70_000] {
            let value: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let mut bytes = Vec::new();
            bytes.put_bytes(&value);
            assert_eq!(bytes.len() % 4, 0);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.bytes().unwrap(), value);
            reader.end().unwrap();
        }
    }

    #[test]
    fn short_input_is_an_error_not_a_panic() {
        assert!(Reader::new(&[254, 255, 255, 255, 0]).bytes().is_err());
        assert!(Reader::new(&[1, 2, 3]).int().is_err());
        let mut huge = Vec::new();
        huge.put_id(VECTOR);
        huge.put_int(i32::MAX);
        assert!(Reader::new(&huge).longs(1 << 20).is_err());
    }
}
