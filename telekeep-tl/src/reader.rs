//! Reading TL's primitive values, accepting only their canonical form.

use crate::error::{DecodeError, DecodeProblem};

/// The unread rest of an input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
    total: usize,
}

impl<'b> Reader<'b> {
    pub fn new(bytes: &'b [u8]) -> Self {
        Self {
            rest: bytes,
            total: bytes.len(),
        }
    }

    #[inline]
    pub fn rest(&self) -> &'b [u8] {
        self.rest
    }

    #[inline]
    pub fn offset(&self) -> usize {
        self.total - self.rest.len()
    }

    #[cold]
    pub fn fail(&self, problem: DecodeProblem) -> DecodeError {
        DecodeError::new(problem, self.offset())
    }

    #[cold]
    fn end(&self, needed: usize) -> DecodeError {
        self.fail(DecodeProblem::EndOfInput {
            missing: needed.saturating_sub(self.rest.len()),
        })
    }

    /// Everything must have been read.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            left => Err(self.fail(DecodeProblem::TrailingBytes(left))),
        }
    }

    #[inline]
    pub fn take(&mut self, length: usize) -> Result<&'b [u8], DecodeError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| self.end(length))?;
        self.rest = rest;
        Ok(taken)
    }

    #[inline]
    fn chunk<const N: usize>(&mut self) -> Result<&'b [u8; N], DecodeError> {
        let (chunk, rest) = self
            .rest
            .split_first_chunk::<N>()
            .ok_or_else(|| self.end(N))?;
        self.rest = rest;
        Ok(chunk)
    }

    #[inline]
    pub fn word(&mut self) -> Result<u32, DecodeError> {
        self.chunk().map(|bytes| u32::from_le_bytes(*bytes))
    }

    #[inline]
    pub fn int(&mut self) -> Result<i32, DecodeError> {
        self.chunk().map(|bytes| i32::from_le_bytes(*bytes))
    }

    #[inline]
    pub fn long(&mut self) -> Result<i64, DecodeError> {
        self.chunk().map(|bytes| i64::from_le_bytes(*bytes))
    }

    #[inline]
    pub fn double(&mut self) -> Result<f64, DecodeError> {
        self.chunk().map(|bytes| f64::from_le_bytes(*bytes))
    }

    /// A length-prefixed byte string, padded with zeros to a multiple of four.
    #[inline]
    pub fn string(&mut self) -> Result<&'b [u8], DecodeError> {
        let start = *self;
        let (length, header) = match *self.chunk::<4>()? {
            [254, a, b, c] => (u32::from_le_bytes([a, b, c, 0]) as usize, 4),
            [short, ..] => (usize::from(short), 1),
        };
        if header == 4 && length < 254 || header == 1 && length == 255 {
            return Err(start.fail(DecodeProblem::LongLength));
        }
        *self = start;
        let whole = self
            .take((header + length).next_multiple_of(4))
            .map_err(|_| start.end((header + length).next_multiple_of(4)))?;
        let (content, padding) = whole[header..].split_at(length);
        if padding.iter().any(|byte| *byte != 0) {
            return Err(start.fail(DecodeProblem::Padding));
        }
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> Result<&[u8], DecodeProblem> {
        let mut reader = Reader::new(bytes);
        let string = reader.string().map_err(|error| error.problem().clone())?;
        reader
            .finish()
            .map(|()| string)
            .map_err(|error| error.problem().clone())
    }

    #[test]
    fn only_the_canonical_form_of_a_string_is_read() {
        assert_eq!(string(b"\0\0\0\0"), Ok(&b""[..]));
        assert_eq!(string(b"\x03abc"), Ok(&b"abc"[..]));
        assert_eq!(string(b"\x04abcd\0\0\0"), Ok(&b"abcd"[..]));
        assert_eq!(string(b"\x04abcd\0\0\x01"), Err(DecodeProblem::Padding));
        assert_eq!(string(b"\xfe\x04\0\0abcd"), Err(DecodeProblem::LongLength));
        assert_eq!(
            string(b"\xff\x04\0\0\0\0\0\0abcd"),
            Err(DecodeProblem::LongLength)
        );
        assert_eq!(
            string(b"\x05abcd"),
            Err(DecodeProblem::EndOfInput { missing: 3 })
        );
        assert_eq!(
            string(b"\x03a"),
            Err(DecodeProblem::EndOfInput { missing: 2 })
        );
        assert_eq!(string(b"\x03abc\0"), Err(DecodeProblem::TrailingBytes(1)));
        let mut long = vec![254, 254, 0, 0];
        long.extend([7; 254]);
        long.extend([0, 0]);
        assert_eq!(string(&long), Ok(&[7; 254][..]));
    }
}
