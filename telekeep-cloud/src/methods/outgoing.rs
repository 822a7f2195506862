//! Media that clients send: uploaded files, files known already, places, contacts, dice.

use grammers_tl_types::{Deserializable, enums, types};
use serde_json::Value;

use super::files::assemble;
use super::input::{bytes, list, text};
use crate::rpc::{NATIVE_LAYER, RpcError};
use crate::world::blank;
use crate::world::file::Kind;
use crate::world::files::Upload;
use crate::world::log::mask;
use crate::world::state::State;

/// A medium before the message that carries it has an id.
pub(super) enum Media {
    File { id: i64, spoiler: bool },
    Other(Box<enums::MessageMedia>, u32),
}

/// The medium an `InputMedia` asks for. Uploaded files become files of the world.
pub(super) fn media(
    state: &mut State,
    account: i64,
    input: &Value,
    date: i32,
) -> Result<Media, RpcError> {
    let spoiler = input["spoiler"] == true;
    let id = match text(input, "_") {
        "inputMediaUploadedPhoto" => {
            let bytes = assemble(state, account, &input["file"])?;
            if !bytes.starts_with(&[0xff, 0xd8]) && !bytes.starts_with(b"\x89PNG") {
                return Err(RpcError::bad_request("PHOTO_INVALID"));
            }
            let upload = Upload {
                bytes: bytes.into(),
                mime: "image/jpeg".into(),
                attributes: Vec::new(),
            };
            state.files.add_upload(Kind::UploadedPhoto, upload, date)
        }
        "inputMediaUploadedDocument" => {
            let bytes = assemble(state, account, &input["file"])?;
            let attributes = attributes(input)?;
            let upload = Upload {
                bytes: bytes.into(),
                mime: text(input, "mime_type").into(),
                attributes,
            };
            state.files.add_upload(Kind::Uploaded, upload, date)
        }
        "inputMediaPhoto" | "inputMediaDocument" => known(state, &input["id"])?,
        _ => return other(input),
    };
    Ok(Media::File { id, spoiler })
}

fn attributes(input: &Value) -> Result<Vec<enums::DocumentAttribute>, RpcError> {
    let wrong = || RpcError::bad_request("MEDIA_INVALID");
    let schema = telekeep_tl::bundled(NATIVE_LAYER).ok_or_else(wrong)?;
    list(input, "attributes")
        .iter()
        .map(|item| {
            let mut bytes = Vec::new();
            schema
                .encode("DocumentAttribute", item, &mut bytes)
                .map_err(|_| wrong())?;
            enums::DocumentAttribute::from_bytes(&bytes).map_err(|_| wrong())
        })
        .collect()
}

fn known(state: &State, input: &Value) -> Result<i64, RpcError> {
    let id = input["id"].as_i64().unwrap_or(0);
    if state.files.get(id).is_none()
        || input["access_hash"].as_i64() != Some(state.files.access_hash(id))
    {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    }
    state
        .files
        .check_reference(id, &bytes(input, "file_reference")?)
        .map_err(RpcError::bad_request)?;
    Ok(id)
}

fn other(input: &Value) -> Result<Media, RpcError> {
    let own = |field: &str| text(input, field).to_owned();
    let (media, bits): (enums::MessageMedia, u32) = match text(input, "_") {
        "inputMediaGeoPoint" => (
            types::MessageMediaGeo {
                geo: point(&input["geo_point"])?,
            }
            .into(),
            mask::GEO,
        ),
        "inputMediaVenue" => {
            let venue = types::MessageMediaVenue {
                geo: point(&input["geo_point"])?,
                title: own("title"),
                address: own("address"),
                provider: own("provider"),
                venue_id: own("venue_id"),
                venue_type: own("venue_type"),
            };
            (venue.into(), mask::GEO)
        }
        "inputMediaContact" => {
            let contact = types::MessageMediaContact {
                phone_number: own("phone_number"),
                first_name: own("first_name"),
                last_name: own("last_name"),
                vcard: own("vcard"),
                user_id: 0,
            };
            (contact.into(), mask::CONTACT)
        }
        "inputMediaDice" => (
            types::MessageMediaDice {
                value: 4,
                emoticon: own("emoticon"),
                game_outcome: None,
            }
            .into(),
            0,
        ),
        _ => return Err(RpcError::bad_request("MEDIA_INVALID")),
    };
    Ok(Media::Other(Box::new(media), bits))
}

fn point(input: &Value) -> Result<enums::GeoPoint, RpcError> {
    let (Some(long), Some(lat)) = (input["long"].as_f64(), input["lat"].as_f64()) else {
        return Err(RpcError::bad_request("MEDIA_INVALID"));
    };
    Ok(types::GeoPoint {
        long,
        lat,
        access_hash: 0,
        accuracy_radius: None,
    }
    .into())
}

impl Media {
    /// What the medium is, for searches.
    pub(super) fn mask(&self, state: &State) -> u32 {
        let id = match self {
            Media::Other(_, bits) => return *bits,
            Media::File { id, .. } => *id,
        };
        match state.files.get(id).map(|file| file.kind) {
            Some(Kind::Photo | Kind::Face | Kind::UploadedPhoto) => mask::PHOTO,
            Some(Kind::Video) => mask::VIDEO,
            Some(Kind::Round) => mask::ROUND,
            Some(Kind::Voice) => mask::VOICE,
            Some(Kind::Music) => mask::MUSIC,
            Some(Kind::Animation) => mask::GIF,
            Some(Kind::Sticker | Kind::StickerAnimated | Kind::StickerVideo | Kind::Emoji) => 0,
            _ => self.uploaded_mask(state, id),
        }
    }

    fn uploaded_mask(&self, state: &State, id: i64) -> u32 {
        use enums::DocumentAttribute as A;
        let enums::Document::Document(document) = state.files.document(id, 0, "") else {
            return 0;
        };
        let has = |test: fn(&A) -> bool| document.attributes.iter().any(test);
        if has(|a| matches!(a, A::Animated)) {
            mask::GIF
        } else if has(|a| matches!(a, A::Video(v) if v.round_message)) {
            mask::ROUND
        } else if has(|a| matches!(a, A::Video(_))) {
            mask::VIDEO
        } else if has(|a| matches!(a, A::Audio(v) if v.voice)) {
            mask::VOICE
        } else if has(|a| matches!(a, A::Audio(_))) {
            mask::MUSIC
        } else {
            mask::DOCUMENT
        }
    }

    /// The medium as a message carries it.
    pub(super) fn describe(self, state: &State, context: u64) -> enums::MessageMedia {
        let bits = self.mask(state);
        let (id, spoiler) = match self {
            Media::Other(media, _) => return *media,
            Media::File { id, spoiler } => (id, spoiler),
        };
        if state.files.get(id).is_some_and(|file| file.kind.is_photo()) {
            let photo = Some(state.files.photo(id, context));
            return types::MessageMediaPhoto {
                spoiler,
                photo,
                ..blank::message_media_photo()
            }
            .into();
        }
        types::MessageMediaDocument {
            spoiler,
            video: bits & mask::VIDEO != 0,
            round: bits & mask::ROUND != 0,
            voice: bits & mask::VOICE != 0,
            document: Some(state.files.document(id, context, "")),
            ..blank::message_media_document()
        }
        .into()
    }
}
