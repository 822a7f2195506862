//! Which server to speak to, and as what program.

use super::keys::RsaKey;
use super::proxy::Proxy;

/// The server of an account.
#[derive(Debug, Clone)]
pub enum ServerChoice {
    /// Telegram itself: its published addresses and keys.
    Telegram,
    /// Any other MTProto server. It is taken as data centre 2; its other data centres come from
    /// its own configuration, and no address of Telegram is ever contacted.
    Custom {
        /// `HOST:PORT`.
        address: String,
        /// The server's RSA public keys.
        keys: Vec<RsaKey>,
    },
}

impl ServerChoice {
    /// The word kept in a [`super::Session`], so that a session made with one kind of server is
    /// never shown to the other.
    pub fn kind(&self) -> &'static str {
        match self {
            ServerChoice::Telegram => "telegram",
            ServerChoice::Custom { .. } => "custom",
        }
    }
}

/// What the program tells the server about itself (`initConnection`).
#[derive(Debug, Clone)]
pub struct Device {
    /// Shown to the user in the list of sessions.
    pub model: String,
    /// Operating system.
    pub system_version: String,
    /// Version of the program.
    pub app_version: String,
    /// Language of texts the server makes.
    pub lang_code: String,
}

impl Default for Device {
    fn default() -> Self {
        Device {
            model: "Telekeep (unofficial)".into(),
            system_version: std::env::consts::OS.into(),
            app_version: env!("CARGO_PKG_VERSION").into(),
            lang_code: "en".into(),
        }
    }
}

/// A server together with the application's credentials.
#[derive(Clone)]
pub struct Endpoint {
    /// Where to connect.
    pub server: ServerChoice,
    /// Application id from my.telegram.org.
    pub api_id: i32,
    /// Application hash from my.telegram.org.
    pub api_hash: String,
    /// How the program presents itself.
    pub device: Device,
    /// The proxy through which every connection goes; nothing else is tried when it fails.
    pub proxy: Option<Proxy>,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint")
            .field("server", &self.server)
            .field("api_id", &self.api_id)
            .finish_non_exhaustive()
    }
}
