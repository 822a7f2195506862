//! A live Telegram account as a source.
//!
//! [`wire`] speaks MTProto and answers raw response bytes; [`login`] signs in and out.

pub mod login;
pub mod wire;
