//! A live Telegram account as a source.
//!
//! [`wire`] speaks MTProto and answers raw response bytes; [`login`] signs in and out;
//! [`devices`] lists and ends the logins of the account;
//! [`backup`] asks for everything and stores it.

pub mod backup;
pub mod devices;
pub mod login;
pub(crate) mod media;
pub mod peers;
pub mod wire;
