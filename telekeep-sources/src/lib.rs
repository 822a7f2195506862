//! Sources of messages: what turns a live Telegram account (and, later, exports of other
//! programs) into records of a journal.
//!
//! A source never reads the index and never shows anything itself: progress goes to a
//! [`monitor::Monitor`], records go to the [`spool`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod monitor;
pub mod notes;
pub mod spool;
pub mod telegram;
