//! The integration tests of the archive format: everything through the public API.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod blobs;
mod crash;
mod fixture;
mod independent_reader;
mod keys;
mod lock;
mod records;
mod support;
mod tamper;
mod verify;
