//! Read an archive in a terminal: chats, messages, search, files.
//!
//! * `app`: what is shown and what keys do to it; pure, tested by feeding events.
//! * `ask`: questions to the archive and answers; `read` answers them from the index, on the threads of
//!   `worker`, so that the screen never waits.
//! * `rows` and `text`: items as rows of clean text; `paint`: rows as cells.
//! * `terminal`: the one place that touches the terminal, and gives it back whatever happens.
//!
//! Everything from Telegram is untrusted: no character of it steers the terminal (`text`), no name of
//! it becomes a path (`read::files`).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod app;
mod ask;
mod browse;
mod opener;
mod paint;
mod placed;
mod read;
mod rows;
mod say;
mod terminal;
mod text;
mod worker;

#[cfg(test)]
mod tests;

pub use browse::{Options, browse};
pub use opener::Opener;
