//! Files: downloading ranges with their checks, and the parts clients send.

use std::collections::BTreeMap;

use grammers_tl_types::{Serializable, enums, types};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::input::{bytes, flag, int, peer, text};
use super::output::{object, vector};
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::takeouts::required;
use crate::world::file::File;
use crate::world::state::State;
use crate::world::stickers::{STICKER_SETS, sticker_set_id};
use crate::world::web;

pub(super) const METHODS: &[Method] = &[
    ("upload.getFile", get_file),
    ("upload.getFileHashes", get_file_hashes),
    ("upload.getWebFile", get_web_file),
    ("upload.saveFilePart", save_file_part),
    ("upload.saveBigFilePart", save_big_file_part),
];

const BLOCK: i64 = 1 << 20;
/// Length of the ranges whose hashes are given.
const HASHED: u64 = 128 << 10;
/// Bytes of parts one account may have in flight; they are held in memory.
const MOST_UPLOADED: usize = 256 << 20;
const PART_MOST: usize = 512 << 10;

/// A file and the rendition of it that a location names.
fn locate<'a>(
    state: &'a State,
    call: &Call<'_>,
    location: &Value,
) -> Result<(&'a File, String), RpcError> {
    let account = call.account()?;
    let (id, rendition) = match text(location, "_") {
        "inputDocumentFileLocation" | "inputPhotoFileLocation" => checked(state, location)?,
        "inputPeerPhotoFileLocation" => peer_photo(state, account, location)?,
        "inputStickerSetThumb" => (set_thumb(state, location)?, "m".to_owned()),
        _ => return Err(RpcError::bad_request("LOCATION_INVALID")),
    };
    let file = state
        .files
        .get(id)
        .filter(|_| !state.files.is_lost(id))
        .ok_or_else(|| RpcError::bad_request("FILE_ID_INVALID"))?;
    if !file.renditions().contains(&rendition.as_str()) {
        return Err(RpcError::bad_request("LOCATION_INVALID"));
    }
    if file.dc != call.dc {
        return Err(RpcError::file_migrate(file.dc));
    }
    Ok((file, rendition))
}

fn checked(state: &State, location: &Value) -> Result<(i64, String), RpcError> {
    let id = location["id"].as_i64().unwrap_or(0);
    let file = state
        .files
        .get(id)
        .ok_or_else(|| RpcError::bad_request("FILE_ID_INVALID"))?;
    let photo = text(location, "_") == "inputPhotoFileLocation";
    if location["access_hash"].as_i64() != Some(state.files.access_hash(id))
        || file.kind.is_photo() != photo
    {
        return Err(RpcError::bad_request("FILE_ID_INVALID"));
    }
    let reference = bytes(location, "file_reference")?;
    state
        .files
        .check_reference(id, &reference)
        .map_err(RpcError::bad_request)?;
    Ok((id, text(location, "thumb_size").to_owned()))
}

fn peer_photo(state: &State, account: i64, location: &Value) -> Result<(i64, String), RpcError> {
    let peer = peer(state, account, &location["peer"])?;
    let id = location["photo_id"].as_i64().unwrap_or(0);
    if state.peers.photo(peer) != Some(id) {
        return Err(RpcError::bad_request("LOCATION_INVALID"));
    }
    let big = flag(location, "big");
    let file = state.files.get(id);
    let sizes = file.map(File::renditions).unwrap_or_default();
    let sizes: Vec<_> = sizes.into_iter().filter(|name| *name != "u").collect();
    let name = if big { sizes.last() } else { sizes.first() };
    Ok((id, name.copied().unwrap_or_default().to_owned()))
}

fn set_thumb(state: &State, location: &Value) -> Result<i64, RpcError> {
    let set = &location["stickerset"];
    let index = (0..STICKER_SETS.len()).find(|n| {
        set["id"].as_i64() == Some(sticker_set_id(state.seed, *n))
            || text(set, "short_name") == STICKER_SETS[*n].1
    });
    let kind = index.map(|n| STICKER_SETS[n].2);
    let first = state.files.iter().find(|file| Some(file.kind) == kind);
    first
        .map(|file| file.id)
        .ok_or_else(|| RpcError::bad_request("STICKERSET_INVALID"))
}

/// The rules of offset and limit: see `upload.getFile` in the API's documentation on files.
fn check_range(offset: i64, limit: i64, precise: bool) -> Result<(), RpcError> {
    let unit = if precise { 1024 } else { 4096 };
    let fits = limit > 0 && limit <= BLOCK && limit % unit == 0;
    if !fits || (!precise && BLOCK % limit != 0) {
        return Err(RpcError::bad_request("LIMIT_INVALID"));
    }
    if offset < 0 || offset % unit != 0 || offset / BLOCK != (offset + limit - 1) / BLOCK {
        return Err(RpcError::bad_request("OFFSET_INVALID"));
    }
    Ok(())
}

fn get_file(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let offset = request["offset"].as_i64().unwrap_or(-1);
    let limit = request["limit"].as_i64().unwrap_or(0);
    check_range(offset, limit, flag(&request, "precise"))?;
    if text(&request["location"], "_") == "inputTakeoutFileLocation" {
        return other_data(call, offset, limit);
    }
    let (content, kind, mtime) = {
        let state = call.cloud.world.read();
        let (file, rendition) = locate(&state, call, &request["location"])?;
        let content = state.files.content(file.id, &rendition);
        let content = content.ok_or_else(|| RpcError::bad_request("LOCATION_INVALID"))?;
        (content, file.storage(&rendition), file.date)
    };
    // The bytes are made outside the lock.
    let bytes = content.range(offset as u64, limit as u64);
    Ok(upload_file(kind, mtime, &bytes))
}

/// A piece of a picture that another site holds.
fn get_web_file(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    call.account()?;
    let offset = request["offset"].as_i64().unwrap_or(-1);
    let limit = request["limit"].as_i64().unwrap_or(0);
    check_range(offset, limit, false)?;
    let location = &request["location"];
    let content = {
        let state = call.cloud.world.read();
        let hash = location["access_hash"].as_i64().unwrap_or(0);
        web::content(&state.files, text(location, "url"), hash)
    };
    let content = content.ok_or_else(|| RpcError::bad_request("WEBFILE_NOT_AVAILABLE"))?;
    let answer = types::upload::WebFile {
        size: i32::try_from(content.len()).unwrap_or(i32::MAX),
        mime_type: "image/jpeg".to_owned(),
        file_type: enums::storage::FileType::FileJpeg,
        mtime: 0,
        bytes: content.range(offset as u64, limit as u64),
    };
    Ok(object(&enums::upload::WebFile::File(answer)))
}

/// A piece of the document that only an export shows.
fn other_data(call: &Call<'_>, offset: i64, limit: i64) -> Result<Answer, RpcError> {
    let account = call.account()?;
    call.takeout.ok_or_else(required)?;
    let state = call.cloud.world.read();
    let owner = state.accounts.get(&account);
    let document = owner.map_or(&[][..], |owner| owner.own.other_data.as_bytes());
    if document.is_empty() {
        return Err(RpcError::bad_request("TAKEOUT_FILE_EMPTY"));
    }
    let at = |place: i64| usize::try_from(place).unwrap_or(0).min(document.len());
    let piece = document.get(at(offset)..at(offset.saturating_add(limit)));
    let kind = enums::storage::FileType::FileUnknown;
    Ok(upload_file(kind, 0, piece.unwrap_or_default()))
}

fn upload_file(kind: enums::storage::FileType, mtime: i32, bytes: &[u8]) -> Answer {
    let mut out = Vec::with_capacity(bytes.len() + 32);
    let head = types::upload::File {
        r#type: kind,
        mtime,
        bytes: Vec::new(),
    };
    enums::upload::File::File(head).serialize(&mut out);
    // The empty string at the end is four bytes; it is replaced by the real one.
    out.truncate(out.len() - 4);
    put_bytes(bytes, &mut out);
    Answer::Tl(out)
}

/// A TL string, copied in one piece.
fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    let len = bytes.len();
    if len < 254 {
        out.push(len as u8);
    } else {
        out.push(254);
        out.extend_from_slice(&(len as u32).to_le_bytes()[..3]);
    }
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}

fn get_file_hashes(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let offset = u64::try_from(request["offset"].as_i64().unwrap_or(0)).unwrap_or(0);
    let content = {
        let state = call.cloud.world.read();
        let (file, rendition) = locate(&state, call, &request["location"])?;
        state.files.content(file.id, &rendition)
    };
    let content = content.ok_or_else(|| RpcError::bad_request("LOCATION_INVALID"))?;
    let mut hashes: Vec<enums::FileHash> = Vec::new();
    let mut at = offset / HASHED * HASHED;
    while hashes.len() < 8 && at < content.len() {
        let bytes = content.range(at, HASHED);
        let hash = Sha256::digest(&bytes).to_vec();
        hashes.push(
            types::FileHash {
                offset: at as i64,
                limit: bytes.len() as i32,
                hash,
            }
            .into(),
        );
        at += HASHED;
    }
    Ok(vector(&hashes))
}

fn save_file_part(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    save(call, &request)
}

fn save_big_file_part(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    if int(&request, "file_part") >= int(&request, "file_total_parts")
        && int(&request, "file_total_parts") > 0
    {
        return Err(RpcError::bad_request("FILE_PART_INVALID"));
    }
    save(call, &request)
}

fn save(call: &Call<'_>, request: &Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let part = bytes(request, "bytes")?;
    let number = int(request, "file_part");
    if !(0..8000).contains(&number) {
        return Err(RpcError::bad_request("FILE_PART_INVALID"));
    }
    if part.is_empty() {
        return Err(RpcError::bad_request("FILE_PART_EMPTY"));
    }
    if part.len() > PART_MOST {
        return Err(RpcError::bad_request("FILE_PART_TOO_BIG"));
    }
    let file_id = request["file_id"].as_i64().unwrap_or(0);
    let mut state = call.cloud.world.write();
    let own = |(owner, _): &&(i64, i64)| *owner == account;
    let held: usize = state
        .parts
        .keys()
        .filter(own)
        .filter_map(|key| state.parts.get(key))
        .map(size)
        .sum();
    if held + part.len() > MOST_UPLOADED {
        return Err(RpcError::bad_request("FILE_PARTS_INVALID"));
    }
    state
        .parts
        .entry((account, file_id))
        .or_default()
        .insert(number, part);
    Ok(Answer::Json(json!(true)))
}

fn size(parts: &BTreeMap<i32, Vec<u8>>) -> usize {
    parts.values().map(Vec::len).sum()
}

/// The bytes of a file whose parts were sent. They are taken out.
pub(super) fn assemble(state: &mut State, account: i64, file: &Value) -> Result<Vec<u8>, RpcError> {
    let id = file["id"].as_i64().unwrap_or(0);
    let wanted = int(file, "parts");
    let parts = state.parts.remove(&(account, id)).unwrap_or_default();
    if let Some(missing) = (0..wanted).find(|n| !parts.contains_key(n)) {
        state.parts.insert((account, id), parts);
        return Err(RpcError::bad_request(format!(
            "FILE_PART_{missing}_MISSING"
        )));
    }
    if wanted <= 0 || parts.len() != wanted as usize {
        return Err(RpcError::bad_request("FILE_PARTS_INVALID"));
    }
    Ok(parts.into_values().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_the_rules_of_the_server() {
        let ok = |offset, limit, precise| {
            check_range(offset, limit, precise).map_err(|e| e.message.into_owned())
        };
        assert_eq!(ok(0, 1 << 20, false), Ok(()));
        assert_eq!(ok(4096, 4096, false), Ok(()));
        assert_eq!(ok(0, 4097, false), Err("LIMIT_INVALID".into()));
        assert_eq!(ok(0, 3 * 4096, false), Err("LIMIT_INVALID".into()));
        assert_eq!(ok(0, 2 << 20, false), Err("LIMIT_INVALID".into()));
        assert_eq!(ok(1024, 4096, false), Err("OFFSET_INVALID".into()));
        assert_eq!(ok(1024, 3 * 1024, true), Ok(()));
        assert_eq!(
            ok((1 << 20) - 4096, 8192, false),
            Err("OFFSET_INVALID".into())
        );
        assert_eq!(ok(-4096, 4096, false), Err("OFFSET_INVALID".into()));
    }

    #[test]
    fn the_answer_is_a_canonical_upload_file() {
        for len in [0usize, 1, 253, 254, 5000] {
            let bytes = vec![7; len];
            let Answer::Tl(own) = upload_file(enums::storage::FileType::FileJpeg, 5, &bytes) else {
                panic!()
            };
            let file = types::upload::File {
                r#type: enums::storage::FileType::FileJpeg,
                mtime: 5,
                bytes,
            };
            assert_eq!(own, enums::upload::File::File(file).to_bytes());
        }
    }
}
