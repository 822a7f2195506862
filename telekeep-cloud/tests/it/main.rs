//! The cloud from outside: over TCP, as clients meet it.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod client;
mod faults;
mod handshake;
mod hostile;
mod login;
mod login_tokens;
mod password;
mod session;
mod start;
mod takeout;
mod telethon;
mod world;
