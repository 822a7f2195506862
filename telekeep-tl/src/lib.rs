//! Telegram's TL, driven by schema text: bytes to JSON and back without loss, fields read in place, conversion between layers.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod bundled;
mod convert;
mod decode;
mod encode;
mod error;
mod fingerprint;
mod lookup;
mod object;
mod reader;
mod rewrite;
mod schema;
mod syntax;
mod text;
mod tree;

pub use bundled::{LAYERS, bundled};
pub use convert::{ConvertError, ConvertProblem, convert};
pub use decode::{MAX_DEPTH, MAX_PARTS};
pub use error::{DecodeError, DecodeProblem, EncodeError, EncodeProblem, Path, SchemaError};
pub use object::{Object, Value};
pub use schema::{Combinator, CombinatorId, Field, Schema, Type, TypeId, VectorId};
