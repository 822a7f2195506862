//! Taking received bytes apart: numbers, gzip objects, results.

use std::io::Read;

use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable};

use super::protocol::{Event, GZIP_PACKED, ProtocolError, SHORT};

/// The event of one `rpc_result`.
pub(super) fn result(request: i64, body: &[u8], inflated: &mut usize) -> Option<Event> {
    let unreadable = |why| Some(Event::Unreadable { request, why });
    let mut reader = Reader(body);
    let body = match reader.id() {
        Ok(GZIP_PACKED) => match inflate(reader.0, inflated) {
            Ok(body) => body,
            Err(why) => return unreadable(why),
        },
        Ok(_) => body.to_vec(),
        Err(why) => return unreadable(why),
    };
    match Reader(&body).id() {
        Ok(tl::types::RpcError::CONSTRUCTOR_ID) => match tl::enums::RpcError::from_bytes(&body) {
            Ok(tl::enums::RpcError::Error(error)) => Some(Event::Error {
                request,
                code: error.error_code,
                message: error.error_message,
            }),
            Err(_) => unreadable(ProtocolError::Malformed("an error cannot be read")),
        },
        Ok(_) => Some(Event::Result { request, body }),
        Err(why) => unreadable(why),
    }
}

/// Inflates the TL bytes of a `gzip_packed`, taking the result's size from `left`.
pub(super) fn inflate(packed: &[u8], left: &mut usize) -> Result<Vec<u8>, ProtocolError> {
    let packed =
        Vec::<u8>::deserialize(&mut Cursor::from_slice(packed)).map_err(|_| ProtocolError::Gzip)?;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .take(*left as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|_| ProtocolError::Gzip)?;
    *left = left
        .checked_sub(plain.len())
        .ok_or(ProtocolError::TooLarge)?;
    Ok(plain)
}

/// Little-endian numbers from the front of a slice.
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], ProtocolError> {
        let (head, rest) = self.0.split_at_checked(length).ok_or(SHORT)?;
        self.0 = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProtocolError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*head)
    }

    pub fn id(&mut self) -> Result<u32, ProtocolError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn int(&mut self) -> Result<i32, ProtocolError> {
        self.array().map(i32::from_le_bytes)
    }

    pub fn long(&mut self) -> Result<i64, ProtocolError> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn length(&mut self) -> Result<usize, ProtocolError> {
        usize::try_from(self.int()?).map_err(|_| ProtocolError::Malformed("a length is negative"))
    }
}
