//! Everything a user of the codec relies on, over every definition of every bundled layer.

#![allow(clippy::unwrap_used)]

mod conversion;
mod generate;
mod grammers;
mod hostile;
mod json;
mod objects;
mod roundtrip;
