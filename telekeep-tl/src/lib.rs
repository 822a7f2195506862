//! Telegram's TL, driven by the text of its schemas: bytes to JSON and back without loss, fields read in place,
//! conversion between layers.
//!
//! An archive must keep what was sent, also what this program does not understand yet. So there is no generated code with
//! a type per constructor, which drops what it does not know, but one decoder that follows a schema, which is data:
//! it keeps every field by its name, and refuses what it could not give back byte for byte.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = telekeep_tl::bundled(230).ok_or("no such layer")?;
//! let peer = serde_json::json!({"_": "peerUser", "user_id": 777000});
//!
//! let mut bytes = Vec::new();
//! schema.encode("Peer", &peer, &mut bytes)?;
//! assert_eq!(schema.object(&bytes)?.long("user_id"), Some(777000));
//!
//! let mut text = Vec::new();
//! schema.to_json("Peer", &bytes, &mut text)?;
//! assert_eq!(text, br#"{"_":"peerUser","user_id":777000}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # The JSON form
//!
//! Normative: `docs/tl-json.md`. In short:
//!
//! | TL | JSON |
//! |---|---|
//! | constructor, function | `{"_":"messages.messagesSlice", ...}`, fields by name |
//! | `int`, `long`, `double` | number, exact; a double JSON cannot state is `{"$double":"<8 bytes in hex>"}` |
//! | `Bool` | `true`, `false` |
//! | `flags.N?true` | `true`, or absent |
//! | `string` | string; not UTF-8: `{"$bytes":"<base64>"}` |
//! | `bytes`, `int128`, `int256` | base64 string |
//! | `Vector<T>` | array |
//! | `flags:#` | derived; bits that no field explains are kept as a number |
//!
//! # Types
//!
//! Wherever a type is asked for it is written as in the schema: `Message`, `Vector<User>`, `int`, `Bool`. `""` and
//! `Object` stand for any boxed constructor or function.
//!
//! # Hostile input
//!
//! Decoding allocates nothing by a count that the input claims, recurses [`MAX_DEPTH`] levels at most and makes at most
//! [`MAX_PARTS`] parts. It does not panic. What it accepts encodes to the same bytes again.

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
