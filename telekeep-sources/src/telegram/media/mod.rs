//! Files of messages: which ones there are ([`collect`]), in what order their parts are asked
//! for ([`fetch`]), whether their bytes are right ([`hashes`]), what is kept of an unfinished one ([`partial`]), and the queue of downloads.

pub(crate) mod collect;
mod download;
mod fetch;
mod hashes;
mod location;
mod partial;
pub(crate) mod portrait;
mod queue;
mod refresh;
pub(crate) mod web;

pub(in crate::telegram) use download::part_bytes;
