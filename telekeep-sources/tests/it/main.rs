//! Integration tests of the sources against the local cloud.

#![allow(clippy::unwrap_used)]

mod backup;
mod wire;
