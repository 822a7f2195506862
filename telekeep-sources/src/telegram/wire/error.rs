//! Errors of the wire, each saying what happened where and what to do.

use std::sync::Arc;
use std::time::Duration;

use super::exchange::ExchangeError;
use super::keys::KeyError;
use super::random::RandomError;
use super::session::SessionStoreError;

/// An error answer of the server, its number taken out of its name
/// (`FLOOD_WAIT_31` is `FLOOD_WAIT` with the value 31).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server answered {method} with error {code} {}", self.full_name())]
pub struct RpcError {
    /// The class: 303 other data centre, 400 bad request, 401 not signed in, 420 wait, ...
    pub code: i32,
    /// Name without its number.
    pub name: String,
    /// The number in the name.
    pub value: Option<i64>,
    /// TL name of the method that was called.
    pub method: String,
}

/// Longest error name kept; the rest is cut, since it is shown and logged.
const NAME_LIMIT: usize = 80;

impl RpcError {
    /// Splits a name as the server sends it. Only letters, digits and underscores are kept, so
    /// that a hostile server cannot put anything else on a terminal.
    pub fn parse(method: &str, code: i32, message: &str) -> RpcError {
        let clean: String = message
            .chars()
            .take_while(|c| !c.is_whitespace())
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .take(NAME_LIMIT)
            .collect();
        let mut value = None;
        let mut words = Vec::new();
        for word in clean.split('_') {
            let number = word
                .bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| word.parse().ok());
            match number.flatten() {
                Some(number) if value.is_none() => value = Some(number),
                _ => words.push(word),
            }
        }
        RpcError {
            code,
            name: words.join("_"),
            value,
            method: method.to_owned(),
        }
    }

    /// True when the name (without number) is this one.
    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// True when the name begins so, as in `FILE_REFERENCE_`.
    pub fn starts_with(&self, prefix: &str) -> bool {
        self.name.starts_with(prefix)
    }

    /// Name and number as one word.
    pub fn full_name(&self) -> String {
        match self.value {
            Some(value) => format!("{}_{value}", self.name),
            None => self.name.clone(),
        }
    }
}

/// Why no connection with a data centre could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// No TCP connection.
    #[error(
        "cannot reach {address} (data centre {dc}): {source}; check the address and the network"
    )]
    Unreachable {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT`.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The proxy does not do its work.
    #[error(
        "the proxy {proxy} does not connect to data centre {dc}: {why}; check --proxy (no other way than the proxy is tried)"
    )]
    Proxy {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT` of the proxy.
        proxy: String,
        /// What it said.
        why: String,
        /// Trying again may help.
        passing: bool,
    },
    /// The connection was made, but nothing more happened.
    #[error("{address} (data centre {dc}) did not answer within {} s", timeout.as_secs())]
    Silent {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT`.
        address: String,
        /// How long was waited.
        timeout: Duration,
    },
    /// The server holds none of the public keys that were given.
    #[error(
        "{address} (data centre {dc}) does not hold the given server key (it offers {offered}); check --server and --server-key"
    )]
    WrongServerKey {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT`.
        address: String,
        /// Fingerprints the server offered.
        offered: String,
    },
    /// The key exchange failed for another reason.
    #[error("key exchange with {address} (data centre {dc}) failed: {source}")]
    Exchange {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT`.
        address: String,
        /// Which check failed.
        source: ExchangeError,
    },
    /// The server closed the connection during the key exchange, or answered with a transport
    /// error.
    #[error("{address} (data centre {dc}) refused the connection: {why}")]
    Refused {
        /// Data centre.
        dc: i32,
        /// `HOST:PORT`.
        address: String,
        /// What was seen.
        why: String,
    },
    /// The data centre has no known address.
    #[error("the server named data centre {dc}, but its configuration has no usable address of it")]
    NoAddress {
        /// Data centre.
        dc: i32,
    },
    /// The session could not be read or written.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
    /// No randomness.
    #[error(transparent)]
    Random(RandomError),
}

impl ConnectError {
    /// True when trying again later may help.
    pub fn is_passing(&self) -> bool {
        match self {
            ConnectError::Unreachable { .. }
            | ConnectError::Silent { .. }
            | ConnectError::Refused { .. } => true,
            ConnectError::Proxy { passing, .. } => *passing,
            _ => false,
        }
    }
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// No connection with the home data centre.
    #[error(transparent)]
    Connect(Arc<ConnectError>),
    /// A server key could not be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The session could not be read or written.
    #[error(transparent)]
    Store(#[from] SessionStoreError),
    /// The archive's session belongs to another kind of server.
    #[error(
        "this archive is signed in at a {found} server, not at a {wanted} one; use the same --server as before or log out first"
    )]
    OtherServer {
        /// Kind in the session.
        found: String,
        /// Kind that was asked for.
        wanted: String,
    },
    /// The first request failed.
    #[error("the server does not answer its configuration: {0}")]
    FirstCall(#[source] CallError),
    /// The request codec lacks something the client itself needs.
    #[error("the schema of layer {layer} cannot express the client's own requests: {why}")]
    Schema {
        /// API layer.
        layer: i32,
        /// What is missing.
        why: String,
    },
}

/// Why a call has no result.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server answered an error that repeating does not mend.
    #[error(transparent)]
    Rpc(RpcError),
    /// The server asks for a longer pause than allowed.
    #[error("the server asks to wait {} s before {method} may be called again, longer than allowed", wait.as_secs())]
    Wait {
        /// TL name of the method.
        method: String,
        /// The pause it asked for.
        wait: Duration,
    },
    /// A passing server error did not pass.
    #[error("{error} (tried {attempts} times)")]
    Server {
        /// The last answer.
        error: RpcError,
        /// How often it was tried.
        attempts: u32,
    },
    /// The connection was lost again and again.
    #[error(
        "the connection to data centre {dc} was lost while {method} was waiting ({why}; tried {attempts} times)"
    )]
    Disconnected {
        /// Data centre.
        dc: i32,
        /// TL name of the method.
        method: String,
        /// What was seen last.
        why: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server is connected but does not answer.
    #[error("data centre {dc} did not answer {method} in time (tried {attempts} times)")]
    Timeout {
        /// Data centre.
        dc: i32,
        /// TL name of the method.
        method: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The server answers other requests, and never this one.
    #[error("data centre {dc} answers, but not {method} (tried {attempts} times)")]
    Unanswered {
        /// Data centre.
        dc: i32,
        /// TL name of the method.
        method: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// The session is gone: signed out elsewhere, or the account was closed.
    #[error("the session is not valid any more ({name}); log in again")]
    Revoked {
        /// The server's word for it.
        name: String,
    },
    /// Nobody is signed in.
    #[error("not signed in; log in first")]
    NotSignedIn,
    /// No connection.
    #[error(transparent)]
    Connect(Arc<ConnectError>),
    /// The request does not fit the schema.
    #[error("the request {method} cannot be encoded: {why}")]
    Request {
        /// TL name of the method.
        method: String,
        /// What is wrong with it.
        why: String,
    },
    /// The answer is not what the method answers.
    #[error("the answer to {method} is not understood: {why}")]
    Answer {
        /// TL name of the method.
        method: String,
        /// What is wrong with it.
        why: String,
    },
    /// The client was closed while the call waited.
    #[error("the client was closed")]
    Closed,
}

impl CallError {
    /// The server's error, when it was one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            CallError::Rpc(error) | CallError::Server { error, .. } => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_split() {
        let cases = [
            ("FLOOD_WAIT_31", "FLOOD_WAIT", Some(31)),
            ("FILE_MIGRATE_2", "FILE_MIGRATE", Some(2)),
            ("FILE_PART_3_MISSING", "FILE_PART_MISSING", Some(3)),
            ("2FA_CONFIRM_WAIT_500", "2FA_CONFIRM_WAIT", Some(500)),
            ("Timeout", "Timeout", None),
            ("CHANNEL_PRIVATE", "CHANNEL_PRIVATE", None),
            ("A_1_2", "A_2", Some(1)),
        ];
        for (message, name, value) in cases {
            let error = RpcError::parse("m", 400, message);
            assert_eq!(
                (error.name.as_str(), error.value),
                (name, value),
                "{message}"
            );
        }
        assert_eq!(
            RpcError::parse("m", 420, "FLOOD_WAIT_31").full_name(),
            "FLOOD_WAIT_31"
        );
    }

    #[test]
    fn a_hostile_name_is_made_harmless() {
        let error = RpcError::parse("m", 400, "\u{1b}[2JEVIL\u{7} rest");
        assert_eq!(error.name, "2JEVIL");
        let error = RpcError::parse("m", 400, &"X".repeat(100_000));
        assert_eq!(error.name.len(), NAME_LIMIT);
        let error = RpcError::parse("m", 400, "WAIT_99999999999999999999999");
        assert_eq!(error.value, None);
    }
}
