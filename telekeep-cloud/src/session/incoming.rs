//! From the plaintext of a packet to its messages: header, containers, compression.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::wire::{Malformed, Reader};

/// `msg_container`.
pub const CONTAINER: u32 = 0x73f1_f8dc;
/// `gzip_packed`.
pub const GZIP_PACKED: u32 = 0x3072_cfa1;

/// Messages a container may hold; more is refused.
const MAX_MESSAGES: usize = 1024;
/// What a compressed request may grow to.
const MAX_UNPACKED: u64 = 4 << 20;

/// The plaintext header of a packet with its one (outermost) message.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// Server salt the client used.
    pub salt: i64,
    /// The client's session number.
    pub session: i64,
    /// The message.
    pub message: Message<'a>,
}

/// One message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Message id.
    pub id: i64,
    /// Sequence number.
    pub seqno: i32,
    /// Its TL object.
    pub body: &'a [u8],
}

/// Reads a decrypted packet. Padding of 12 to 1024 bytes must follow the message.
pub fn envelope(plain: &[u8]) -> Result<Envelope<'_>, Malformed> {
    let mut reader = Reader::new(plain);
    let (salt, session) = (reader.long()?, reader.long()?);
    let message = message(&mut reader)?;
    if !(12..=1024).contains(&reader.rest().len()) {
        return Err(Malformed {
            at: reader.position(),
        });
    }
    Ok(Envelope {
        salt,
        session,
        message,
    })
}

fn message<'a>(reader: &mut Reader<'a>) -> Result<Message<'a>, Malformed> {
    let (id, seqno, len) = (reader.long()?, reader.int()?, reader.int()?);
    let at = reader.position();
    let len = usize::try_from(len)
        .ok()
        .filter(|len| len % 4 == 0)
        .ok_or(Malformed { at })?;
    Ok(Message {
        id,
        seqno,
        body: reader.take(len)?,
    })
}

/// The messages of a container, or `None` when the body is not one.
pub fn container(body: &[u8]) -> Option<Result<Vec<Message<'_>>, Malformed>> {
    (constructor(body)? == CONTAINER).then(|| {
        let mut reader = Reader::new(body);
        reader.id()?;
        let count = usize::try_from(reader.int()?).unwrap_or(usize::MAX);
        if count > MAX_MESSAGES {
            return Err(Malformed { at: 4 });
        }
        let messages = (0..count)
            .map(|_| message(&mut reader))
            .collect::<Result<_, _>>()?;
        reader.end()?;
        Ok(messages)
    })
}

/// The constructor number an object begins with.
pub fn constructor(body: &[u8]) -> Option<u32> {
    body.first_chunk().copied().map(u32::from_le_bytes)
}

/// Unpacks `gzip_packed`; any other object is returned as it is.
pub fn unpacked(body: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, Malformed> {
    if constructor(body) != Some(GZIP_PACKED) {
        return Ok(body.into());
    }
    let mut reader = Reader::new(body);
    reader.id()?;
    let mut out = Vec::new();
    let unpacked = GzDecoder::new(reader.bytes()?)
        .take(MAX_UNPACKED + 1)
        .read_to_end(&mut out);
    match unpacked {
        Ok(_) if out.len() as u64 <= MAX_UNPACKED => Ok(out.into()),
        _ => Err(Malformed { at: 4 }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::wire::Put;

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(data).unwrap();
        let mut body = Vec::new();
        body.put_id(GZIP_PACKED);
        body.put_bytes(&gzip.finish().unwrap());
        body
    }

    #[test]
    fn compressed_requests_unpack_and_bombs_do_not() {
        assert_eq!(unpacked(&packed(&[7; 5000])).unwrap(), vec![7; 5000]);
        assert_eq!(unpacked(&[1, 2, 3, 4]).unwrap(), vec![1, 2, 3, 4]);
        assert!(unpacked(&packed(&vec![0; 5 << 20])).is_err());
        let mut broken = packed(&[7; 500]);
        let checksum = broken.len() - 9;
        broken[checksum] ^= 0xff;
        assert!(unpacked(&broken).is_err());
    }

    #[test]
    fn containers_are_read_whole_or_not_at_all() {
        let mut body = Vec::new();
        body.put_id(CONTAINER);
        body.put_int(2);
        for id in [4, 8] {
            body.put_long(id);
            body.put_int(1);
            body.put_int(8);
            body.put_long(id * 10);
        }
        let messages = container(&body).unwrap().unwrap();
        assert_eq!(messages.iter().map(|m| m.id).collect::<Vec<_>>(), [4, 8]);
        assert!(container(&body[..body.len() - 4]).unwrap().is_err());
        body[4] = 3;
        assert!(container(&body).unwrap().is_err());
        assert!(container(&[1, 2, 3, 4]).is_none());
    }
}
