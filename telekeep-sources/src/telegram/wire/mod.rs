//! The MTProto client: raw API calls against Telegram or any other MTProto 2.0 server.
//!
//! The layers, from the socket up: [`frame`] cuts a byte stream into packets, [`exchange`] makes
//! an authorization key (with injected server keys), [`protocol`] wraps messages into encrypted
//! packets, `connection` keeps one TCP connection with many requests in flight, and [`Client`]
//! chooses the data centre, repeats what may be repeated and obeys the waits the server asks for.
//! Everything below `connection` does no input or output, so it is tested without a network;
//! every decision about errors is a pure function in [`policy`].
//!
//! `grammers-mtsender` and `grammers-session` are not used: their server keys and addresses are
//! fixed and they bring a database of their own. `grammers-mtproto` is not used either: its
//! message layer asserts on message bodies of 1 MiB (the largest file part), inflates without a
//! limit, and recurses on nested containers, so a hostile or merely unusual server could end the
//! process. The primitives come from `grammers-crypto`.

mod addresses;
mod book;
mod calls;
mod client;
mod connection;
mod dh;
mod endpoint;
mod error;
pub mod exchange;
mod factor;
pub mod frame;
mod handshake;
mod keys;
mod known;
mod live;
pub mod policy;
pub mod protocol;
mod proxy;
mod random;
mod routing;
#[cfg(test)]
mod server_side;
mod session;
mod stats;
mod takeout;
mod unpack;
mod waits;

pub use client::{Client, Reply, Settings};
pub(crate) use dh::Group;
#[cfg(test)]
pub(crate) use dh::known_prime;
pub use endpoint::{Device, Endpoint, ServerChoice};
pub use error::{CallError, ConnectError, RpcError, WireError};
pub use keys::{KeyError, RsaKey};
pub use proxy::{Proxy, ProxyError};
pub use random::{OsRandom, Random, RandomError};
pub use session::{Account, DcSession, MemoryStore, Session, SessionStore, SessionStoreError};
pub use stats::{MethodStats, Stats};
pub use takeout::{Takeout, TakeoutScope, is_takeout_lost};
pub use waits::KeptPause;
