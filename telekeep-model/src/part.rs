//! Records that hold a part of the account or of a chat as the server answered, and how values are read
//! from answers.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{ModelError, json};

/// The body of such a record.
#[derive(Deserialize)]
pub(crate) struct PartBody {
    pub part: String,
    #[serde(default)]
    pub unavailable: Option<String>,
    #[serde(default)]
    pub partial: Option<String>,
    #[serde(default)]
    pub count: Option<u64>,
    #[serde(default)]
    pub answers: Vec<Value>,
}

impl PartBody {
    /// Reads it; `what` names it in errors.
    pub(crate) fn read(what: &'static str, body: &RawValue) -> Result<Self, ModelError> {
        let body: Self = json::read(what, body.get())?;
        match body.part.is_empty() {
            true => Err(ModelError::Field {
                what,
                field: "part",
            }),
            false => Ok(body),
        }
    }
}

/// The entries of a list, over all pages.
pub(crate) fn entries<'a>(answers: &'a [Value], list: &'a str) -> impl Iterator<Item = &'a Value> {
    let pages = answers.iter();
    pages.flat_map(move |answer| answer[list].as_array().into_iter().flatten())
}

/// A text field that is not empty.
pub(crate) fn filled(value: &Value, field: &str) -> Option<String> {
    let text = value[field].as_str().unwrap_or_default();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The marked id of a TL `Peer`.
pub(crate) fn peer(value: &Value) -> Option<i64> {
    let peer: crate::PeerRef = serde_json::from_value(value.clone()).ok()?;
    peer.marked()
}
