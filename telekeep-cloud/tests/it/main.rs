//! The cloud from outside: over TCP, as clients meet it.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod client;
mod handshake;
mod start;
mod telethon;
