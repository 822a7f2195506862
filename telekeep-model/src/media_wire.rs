//! TL `MessageMedia` constructors as they stand on the wire.
//!
//! Constructors of one type share field names with different types (`video` is a flag in one and a
//! document in another), so each constructor has its own small struct.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::entity::WireEntity;
use crate::json::{Number, Text};

#[derive(Deserialize)]
pub(crate) struct WirePhotoMedia<'a> {
    #[serde(borrow, default)]
    pub photo: Option<WirePhoto<'a>>,
    #[serde(default)]
    pub spoiler: bool,
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
    #[serde(borrow, default)]
    pub video: Option<WireDocument<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WirePhoto<'a> {
    #[serde(rename = "_", borrow, default)]
    pub name: Text<'a>,
    #[serde(default)]
    pub id: i64,
    #[serde(borrow, default)]
    pub sizes: Vec<WireSize<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WireSize<'a> {
    #[serde(rename = "_", borrow, default)]
    pub name: Text<'a>,
    #[serde(rename = "type", borrow, default)]
    pub kind: Text<'a>,
    #[serde(default)]
    pub w: i64,
    #[serde(default)]
    pub h: i64,
    #[serde(default)]
    pub size: i64,
    #[serde(default)]
    pub sizes: Vec<i64>,
    #[serde(borrow, default)]
    pub bytes: Text<'a>,
}

#[derive(Deserialize)]
pub(crate) struct WireDocumentMedia<'a> {
    #[serde(borrow, default)]
    pub document: Option<WireDocument<'a>>,
    #[serde(borrow, default)]
    pub alt_documents: Vec<WireDocument<'a>>,
    #[serde(borrow, default)]
    pub video_cover: Option<WirePhoto<'a>>,
    #[serde(default)]
    pub spoiler: bool,
    #[serde(default)]
    pub ttl_seconds: Option<i64>,
}

#[derive(Deserialize)]
pub(crate) struct WireDocument<'a> {
    #[serde(rename = "_", borrow, default)]
    pub name: Text<'a>,
    #[serde(default)]
    pub id: i64,
    #[serde(borrow, default)]
    pub mime_type: Text<'a>,
    #[serde(default)]
    pub size: i64,
    #[serde(borrow, default)]
    pub thumbs: Vec<WireSize<'a>>,
    #[serde(borrow, default)]
    pub attributes: Vec<WireAttribute<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WireAttribute<'a> {
    #[serde(rename = "_", borrow, default)]
    pub name: Text<'a>,
    #[serde(borrow, default)]
    pub file_name: Text<'a>,
    #[serde(default)]
    pub duration: Number,
    #[serde(default)]
    pub w: i64,
    #[serde(default)]
    pub h: i64,
    #[serde(default)]
    pub round_message: bool,
    #[serde(default)]
    pub voice: bool,
    #[serde(borrow, default)]
    pub title: Text<'a>,
    #[serde(borrow, default)]
    pub performer: Text<'a>,
    #[serde(borrow, default)]
    pub alt: Text<'a>,
    #[serde(borrow, default)]
    pub waveform: Text<'a>,
}

#[derive(Deserialize)]
pub(crate) struct WirePageMedia<'a> {
    #[serde(default)]
    pub force_large_media: bool,
    #[serde(default)]
    pub force_small_media: bool,
    #[serde(borrow)]
    pub webpage: WirePage<'a>,
}

#[derive(Deserialize)]
pub(crate) struct WirePage<'a> {
    #[serde(default)]
    pub has_large_media: bool,
    #[serde(borrow, default)]
    pub url: Text<'a>,
    #[serde(borrow, default)]
    pub site_name: Text<'a>,
    #[serde(borrow, default)]
    pub title: Text<'a>,
    #[serde(borrow, default)]
    pub description: Text<'a>,
    #[serde(borrow, default)]
    pub photo: Option<WirePhoto<'a>>,
    #[serde(borrow, default)]
    pub document: Option<WireDocument<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WirePollMedia<'a> {
    #[serde(borrow)]
    pub poll: WirePoll<'a>,
    #[serde(borrow, default)]
    pub results: Option<WireResults<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WirePoll<'a> {
    #[serde(default)]
    pub closed: bool,
    #[serde(default)]
    pub quiz: bool,
    #[serde(borrow, default)]
    pub question: Words<'a>,
    #[serde(borrow, default)]
    pub answers: Vec<WireAnswer<'a>>,
}

/// A `TextWithEntities`, without the entities.
#[derive(Default, Deserialize)]
pub(crate) struct Words<'a> {
    #[serde(borrow, default)]
    pub text: Text<'a>,
}

#[derive(Deserialize)]
pub(crate) struct WireAnswer<'a> {
    #[serde(borrow, default)]
    pub text: Words<'a>,
    #[serde(borrow, default)]
    pub option: Text<'a>,
}

#[derive(Deserialize)]
pub(crate) struct WireResults<'a> {
    #[serde(borrow, default)]
    pub results: Vec<WireVoters<'a>>,
    #[serde(default)]
    pub total_voters: i64,
    #[serde(borrow, default)]
    pub solution: Text<'a>,
    #[serde(borrow, default)]
    pub solution_entities: Vec<WireEntity<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WireVoters<'a> {
    #[serde(borrow, default)]
    pub option: Text<'a>,
    #[serde(default)]
    pub voters: i64,
    #[serde(default)]
    pub chosen: bool,
    #[serde(default)]
    pub correct: bool,
}

#[derive(Deserialize)]
pub(crate) struct WirePlace<'a> {
    #[serde(default)]
    pub geo: WireGeo,
    #[serde(borrow, default)]
    pub title: Text<'a>,
    #[serde(borrow, default)]
    pub address: Text<'a>,
    #[serde(default)]
    pub period: Option<i64>,
}

#[derive(Default, Deserialize)]
pub(crate) struct WireGeo {
    #[serde(default)]
    pub lat: Number,
    #[serde(default)]
    pub long: Number,
}

#[derive(Deserialize)]
pub(crate) struct WirePaid<'a> {
    #[serde(default)]
    pub stars_amount: i64,
    #[serde(borrow, default)]
    pub extended_media: Vec<WireExtended<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct WireExtended<'a> {
    #[serde(borrow, default)]
    pub media: Option<&'a RawValue>,
}
