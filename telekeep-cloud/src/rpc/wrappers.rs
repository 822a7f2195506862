//! Peeling the wrappers off a request: `invokeWithLayer(initConnection(... method ...))`.
//!
//! Wrappers have had the same form for years and stand in every layer, so they are read by hand,
//! before it is known which layer's schema the method inside belongs to.

use std::borrow::Cow;

use crate::session::ClientInfo;
use crate::session::incoming::{GZIP_PACKED, unpacked};
use crate::wire::{Malformed, Reader};

const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;
const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
const INVOKE_AFTER_MSG: u32 = 0xcb9f_372d;
const INVOKE_AFTER_MSGS: u32 = 0x3dc4_b4f0;
const INVOKE_WITHOUT_UPDATES: u32 = 0xbf94_59b7;
const INVOKE_WITH_MESSAGES_RANGE: u32 = 0x3652_75f2;
const INVOKE_WITH_TAKEOUT: u32 = 0xaca9_fd2e;
const MESSAGE_RANGE: u32 = 0x0ae3_0253;
const INPUT_CLIENT_PROXY: u32 = 0x7558_8b3f;
const JSON_NULL: u32 = 0x3f6d_7b68;
const JSON_BOOL: u32 = 0xc734_5e6a;
const JSON_NUMBER: u32 = 0x2be0_dfa4;
const JSON_STRING: u32 = 0xb71e_767a;
const JSON_ARRAY: u32 = 0xf744_4763;
const JSON_OBJECT: u32 = 0x99c1_d49d;
const JSON_OBJECT_VALUE: u32 = 0xc0de_1bd9;

/// Wrappers inside each other; honest clients use about five.
const MAX_WRAPPERS: usize = 16;
/// Depth of the free JSON parameters of `initConnection`.
const MAX_JSON_DEPTH: usize = 16;

/// What the wrappers say, and the request inside.
#[derive(Debug, Default)]
pub struct Unwrapped<'a> {
    /// From `invokeWithLayer`.
    pub layer: Option<i32>,
    /// From `initConnection`; its layer is not set.
    pub client: Option<ClientInfo>,
    /// The session does not want updates because of this request.
    pub without_updates: bool,
    /// The request belongs to this Takeout session.
    pub takeout: Option<i64>,
    /// Only messages of the shared sequence with ids in this range, ends included, count.
    pub range: Option<(i32, i32)>,
    /// The method with its arguments.
    pub query: Cow<'a, [u8]>,
}

/// Peels all wrappers off.
pub fn unwrap(body: &[u8]) -> Result<Unwrapped<'_>, Malformed> {
    let mut unwrapped = Unwrapped {
        query: Cow::Borrowed(body),
        ..Unwrapped::default()
    };
    for _ in 0..MAX_WRAPPERS {
        let query = std::mem::take(&mut unwrapped.query);
        let used = peel(&query, &mut unwrapped)?;
        match used {
            Peeled::Bare => {
                unwrapped.query = query;
                return Ok(unwrapped);
            }
            Peeled::Wrapper(used) => unwrapped.query = skip(query, used),
            Peeled::Packed => unwrapped.query = Cow::Owned(unpacked(&query)?.into_owned()),
        }
    }
    Err(Malformed { at: 0 })
}

fn skip(query: Cow<'_, [u8]>, used: usize) -> Cow<'_, [u8]> {
    match query {
        Cow::Borrowed(bytes) => Cow::Borrowed(bytes.get(used..).unwrap_or_default()),
        Cow::Owned(bytes) => Cow::Owned(bytes.get(used..).unwrap_or_default().to_vec()),
    }
}

enum Peeled {
    /// This is the method itself.
    Bare,
    /// A wrapper of so many bytes; what follows is wrapped.
    Wrapper(usize),
    /// Compressed.
    Packed,
}

fn peel(query: &[u8], found: &mut Unwrapped<'_>) -> Result<Peeled, Malformed> {
    let mut reader = Reader::new(query);
    match reader.id()? {
        INVOKE_WITH_LAYER => found.layer = Some(reader.int()?),
        INIT_CONNECTION => found.client = Some(init_connection(&mut reader)?),
        // Requests of a session are carried out in the order they arrive, so the ones to wait
        // for are done.
        INVOKE_AFTER_MSG => drop(reader.long()?),
        INVOKE_AFTER_MSGS => drop(reader.longs(1024)?),
        INVOKE_WITHOUT_UPDATES => found.without_updates = true,
        INVOKE_WITH_TAKEOUT => found.takeout = Some(reader.long()?),
        INVOKE_WITH_MESSAGES_RANGE => {
            expect(&mut reader, MESSAGE_RANGE)?;
            found.range = Some((reader.int()?, reader.int()?));
        }
        GZIP_PACKED => return Ok(Peeled::Packed),
        _ => return Ok(Peeled::Bare),
    }
    Ok(Peeled::Wrapper(reader.position()))
}

fn expect(reader: &mut Reader<'_>, id: u32) -> Result<(), Malformed> {
    let at = reader.position();
    if reader.id()? == id {
        Ok(())
    } else {
        Err(Malformed { at })
    }
}

fn text(reader: &mut Reader<'_>) -> Result<String, Malformed> {
    Ok(String::from_utf8_lossy(reader.bytes()?)
        .chars()
        .take(128)
        .collect())
}

fn init_connection(reader: &mut Reader<'_>) -> Result<ClientInfo, Malformed> {
    let flags = reader.int()?;
    let client = ClientInfo {
        layer: 0,
        api_id: reader.int()?,
        device_model: text(reader)?,
        system_version: text(reader)?,
        app_version: text(reader)?,
    };
    for _system_language_pack_and_language in 0..3 {
        reader.bytes()?;
    }
    if flags & 1 != 0 {
        expect(reader, INPUT_CLIENT_PROXY)?;
        reader.bytes()?;
        reader.int()?;
    }
    if flags & 2 != 0 {
        skip_json(reader, MAX_JSON_DEPTH)?;
    }
    Ok(client)
}

fn skip_json(reader: &mut Reader<'_>, depth: usize) -> Result<(), Malformed> {
    let at = reader.position();
    let deeper = depth.checked_sub(1).ok_or(Malformed { at })?;
    match reader.id()? {
        JSON_NULL => {}
        JSON_BOOL => drop(reader.id()?),
        JSON_NUMBER => drop(reader.long()?),
        JSON_STRING => drop(reader.bytes()?),
        JSON_ARRAY => {
            for _ in 0..count(reader)? {
                skip_json(reader, deeper)?;
            }
        }
        JSON_OBJECT => {
            for _ in 0..count(reader)? {
                expect(reader, JSON_OBJECT_VALUE)?;
                reader.bytes()?;
                skip_json(reader, deeper)?;
            }
        }
        _ => return Err(Malformed { at }),
    }
    Ok(())
}

fn count(reader: &mut Reader<'_>) -> Result<i32, Malformed> {
    expect(reader, crate::wire::VECTOR)?;
    reader.int()
}

#[cfg(test)]
mod tests {
    use telekeep_tl::bundled;

    use super::*;

    fn encoded(request: &serde_json::Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        bundled(230)
            .unwrap()
            .encode("", request, &mut bytes)
            .unwrap();
        bytes
    }

    #[test]
    fn every_wrapper_is_peeled_off() {
        let request = serde_json::json!({"_": "invokeWithLayer", "layer": 227, "query": {
            "_": "initConnection", "api_id": 7, "device_model": "d", "system_version": "s",
            "app_version": "a", "system_lang_code": "en", "lang_pack": "", "lang_code": "en",
            "proxy": {"_": "inputClientProxy", "address": "x", "port": 1},
            "params": {"_": "jsonObject", "value": [{"_": "jsonObjectValue", "key": "tz_offset",
                "value": {"_": "jsonArray", "value": [{"_": "jsonNumber", "value": 3600.5},
                    {"_": "jsonNull"}, {"_": "jsonBool", "value": true}]}}]},
            "query": {"_": "invokeWithoutUpdates", "query": {"_": "invokeAfterMsg", "msg_id": 4,
            "query": {"_": "invokeAfterMsgs", "msg_ids": [4, 8], "query": {
            "_": "invokeWithTakeout", "takeout_id": 99, "query": {
            "_": "invokeWithMessagesRange",
            "range": {"_": "messageRange", "min_id": 1, "max_id": 5},
            "query": {"_": "help.getConfig"}}}}}}}});
        let bytes = encoded(&request);
        let unwrapped = unwrap(&bytes).unwrap();
        assert_eq!(unwrapped.layer, Some(227));
        assert_eq!(unwrapped.takeout, Some(99));
        assert_eq!(unwrapped.range, Some((1, 5)));
        assert!(unwrapped.without_updates);
        let client = unwrapped.client.unwrap();
        assert_eq!((client.api_id, client.app_version.as_str()), (7, "a"));
        assert_eq!(
            *unwrapped.query,
            *encoded(&serde_json::json!({"_": "help.getConfig"}))
        );
        for end in 0..bytes.len() - 4 {
            assert!(unwrap(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let mut bytes = INVOKE_WITHOUT_UPDATES.to_le_bytes().repeat(100);
        bytes.extend([1, 2, 3, 4]);
        assert!(unwrap(&bytes).is_err());
    }
}
