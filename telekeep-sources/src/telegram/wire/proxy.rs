//! Proxies: how a connection reaches a server that it does not connect to itself.
//!
//! With a proxy every connection goes through it. When it fails, nothing else is tried: whoever
//! set it may have good reasons not to be seen connecting to Telegram. Passwords and secrets are in
//! no error and no debug output.

mod link;
mod mtproto;
mod socks;

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

pub use link::ProxyError;
pub(super) use mtproto::hide;
pub(super) use socks::through_socks;

/// A proxy. Made of its URL with [`str::parse`].
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(super) kind: Kind,
    /// Name or number of its machine.
    pub(super) host: String,
    pub(super) port: u16,
}

/// What is spoken with it.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// SOCKS5, with user name and password when it wants them.
    Socks(Option<Credentials>),
    /// Telegram's own: it forwards to the data centre the first bytes name.
    MtProto(Secret),
}

/// What a SOCKS5 proxy wants to be told.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Credentials {
    pub user: String,
    pub password: Zeroizing<String>,
}

/// What an MTProto proxy wants to be proven.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret {
    pub key: Zeroizing<[u8; 16]>,
    /// Packets get random lengths (secrets that begin with `dd`).
    pub padded: bool,
}

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Proxy, ProxyError> {
        link::parse(text.trim())
    }
}

impl Proxy {
    pub(super) fn is_mtproto(&self) -> bool {
        matches!(self.kind, Kind::MtProto(_))
    }

    /// What happened to a connection through it before anything was heard from the server, with
    /// what it may mean.
    pub(super) fn doubted(&self, why: &str) -> String {
        match self.kind {
            Kind::Socks(_) => format!("{why}, through the proxy {self}"),
            Kind::MtProto(_) => {
                format!("{why}, through the MTProto proxy {self}; its secret may be wrong")
            }
        }
    }
}

/// Host and port, and nothing secret.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.kind {
            Kind::Socks(_) => "SOCKS5",
            Kind::MtProto(_) => "MTProto",
        };
        write!(f, "Proxy({kind} {self})")
    }
}
