//! A Telegram cloud in a process: an MTProto 2.0 server on the loopback interface.
//!
//! It exists so that a backup can be tried, tested and measured without a phone number, a network
//! or anybody's real messages. Its worlds are deterministic from a seed, its faults are data, and
//! it shares no code with the client but the schema codec `telekeep-tl`, so that a mistake of the
//! client cannot hide in its own server. Independent clients (Telethon and others) can log in.
//!
//! The way of one request: `transport` cuts the byte stream into packets, `connection` decrypts
//! them, `session` keeps MTProto's promises (ids, salts, acknowledgements, resending), [`rpc`]
//! peels the wrappers off, applies faults, converts between layers and calls the handler of the
//! method in `methods`, which reads or changes the [`world`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod auth_key;
mod cloud;
mod code_ways;
mod connection;
mod crypto;
mod faults;
mod login_tokens;
mod logins;
mod methods;
mod password;
mod proxy;
pub mod rpc;
mod session;
mod shared;
mod takeouts;
mod transport;
mod wire;
pub mod world;

pub use cloud::{Cloud, CloudError, Config, Ready, start};
pub use code_ways::CodeWay;
pub use faults::{Fault, FaultKind, FaultsError};
pub use proxy::{ProxyConfig, ProxyServer};
pub use shared::{DCS, HOME_DC, Shared};
pub use world::{AccountInfo, BotInfo};
