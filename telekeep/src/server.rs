//! Which Telegram an archive belongs to: decided at login, remembered beside the session.

use std::path::Path;

use serde::{Deserialize, Serialize};
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::login::LoginError;
use telekeep_sources::telegram::wire::{
    CallError, ConnectError, Device, Endpoint, Proxy, RsaKey, ServerChoice, WireError,
};

use crate::cli::{NO_PROXY, ServerOptions};
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;

/// What a custom server is told when nobody says otherwise: such servers need no registration.
const LOCAL_API: (i32, &str) = (1, "local");

/// The choice as it is kept in the spool, so that later commands need no flags.
#[derive(Clone, Serialize, Deserialize)]
pub struct Choice {
    /// `HOST:PORT` of another server than Telegram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    /// That server's public keys, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    keys: Option<String>,
    api_id: i32,
    api_hash: String,
    /// URL of the proxy through which every connection goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proxy: Option<String>,
}

/// No secret of a proxy or of the application is shown by accident.
impl std::fmt::Debug for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Choice")
            .field("server", &self.name())
            .finish_non_exhaustive()
    }
}

impl Choice {
    /// The choice that options make.
    pub fn from_options(options: &ServerOptions) -> Result<Choice> {
        match (&options.server, &options.server_key) {
            (Some(server), Some(key)) => Choice::custom(server, key, options),
            (Some(_), None) => Err(CommandError::usage("--server needs --server-key").hint(
                "the server's public key as a PEM file; `telekeep cloud` names it when it starts",
            )),
            (None, Some(_)) => Err(CommandError::usage("--server-key needs --server")
                .hint("without --server, Telegram itself is meant, whose keys are known")),
            (None, None) => Choice::telegram(options),
        }
    }

    fn custom(server: &str, key: &Path, options: &ServerOptions) -> Result<Choice> {
        let valid = server.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0)
        });
        if !valid {
            return Err(CommandError::usage(format!(
                "--server {server} is not HOST:PORT"
            )));
        }
        let fail = |why: &dyn std::fmt::Display| {
            CommandError::usage(format!(
                "cannot use the server key {}: {why}",
                key.display()
            ))
        };
        let keys = std::fs::read_to_string(key).map_err(|error| fail(&error))?;
        RsaKey::from_pem(&keys).map_err(|error| fail(&error))?;
        Ok(Choice {
            server: Some(server.to_owned()),
            keys: Some(keys),
            api_id: options.api_id.unwrap_or(LOCAL_API.0),
            api_hash: options
                .api_hash
                .clone()
                .unwrap_or_else(|| LOCAL_API.1.to_owned()),
            proxy: None,
        })
    }

    fn telegram(options: &ServerOptions) -> Result<Choice> {
        match (options.api_id, &options.api_hash) {
            (Some(api_id), Some(api_hash)) => Ok(Choice {
                server: None,
                keys: None,
                api_id,
                api_hash: api_hash.clone(),
                proxy: None,
            }),
            _ => Err(CommandError::usage(
                "Telegram wants an api id and an api hash from every program",
            )
            .hint("get yours at https://my.telegram.org (API development tools), then")
            .hint("set TELEKEEP_API_ID and TELEKEEP_API_HASH, or give --api-id and --api-hash")
            .hint("or try everything without them: telekeep demo")),
        }
    }

    /// Where the wire is to connect.
    pub fn endpoint(&self) -> Result<Endpoint> {
        let server = match (&self.server, &self.keys) {
            (Some(address), Some(keys)) => ServerChoice::Custom {
                address: address.clone(),
                keys: RsaKey::from_pem(keys).doing("the remembered server key")?,
            },
            _ => ServerChoice::Telegram,
        };
        Ok(Endpoint {
            server,
            api_id: self.api_id,
            api_hash: self.api_hash.clone(),
            device: Device::default(),
            proxy: self.proxy()?,
        })
    }

    /// The same through another proxy, or without one when that is said; what is not said stays as
    /// it is, so that nobody who forgets a flag connects directly.
    pub fn through(mut self, proxy: Option<String>) -> Result<Choice> {
        match proxy {
            Some(none) if none.trim().eq_ignore_ascii_case(NO_PROXY) => self.proxy = None,
            Some(url) => self.proxy = Some(url),
            None => {}
        }
        self.proxy()?;
        Ok(self)
    }

    /// The proxy through which every connection goes.
    pub fn proxy(&self) -> Result<Option<Proxy>> {
        let proxy = self.proxy.as_ref().map(|url| url.parse()).transpose();
        proxy.map_err(|error| {
            CommandError::from_sentence(ExitCode::Usage, &format!("--proxy: {error}"))
                .hint("docs/login.md tells about proxies")
        })
    }

    /// The URL of that proxy, for another choice.
    pub fn proxy_url(&self) -> Option<String> {
        self.proxy.clone()
    }

    /// In words, for people.
    pub fn name(&self) -> &str {
        self.server.as_deref().unwrap_or("Telegram")
    }

    /// Keeps the choice.
    pub fn keep(&self, spool: &Spool) -> Result<()> {
        let text = serde_json::to_string(self).doing("the server choice")?;
        spool.keep_endpoint(&text)?;
        Ok(())
    }

    /// The choice kept at login.
    pub fn kept(spool: &Spool) -> Result<Option<Choice>> {
        match spool.kept_endpoint()? {
            None => Ok(None),
            Some(text) => serde_json::from_str(&text)
                .doing("the remembered server")
                .map(Some),
        }
    }
}

impl From<telekeep_sources::spool::SpoolError> for CommandError {
    fn from(error: telekeep_sources::spool::SpoolError) -> Self {
        match error {
            telekeep_sources::spool::SpoolError::Archive(error) => error.into(),
            telekeep_sources::spool::SpoolError::DiskFull { .. } => {
                CommandError::from_sentence(ExitCode::DiskFull, &error)
            }
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

impl From<ConnectError> for CommandError {
    fn from(error: ConnectError) -> Self {
        (&error).into()
    }
}

impl From<&ConnectError> for CommandError {
    fn from(error: &ConnectError) -> Self {
        CommandError::from_sentence(ExitCode::Failed, error)
    }
}

impl From<WireError> for CommandError {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Connect(error) => error.as_ref().into(),
            WireError::FirstCall(error) => error.into(),
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

impl From<CallError> for CommandError {
    fn from(error: CallError) -> Self {
        match &error {
            CallError::Connect(error) => error.as_ref().into(),
            CallError::Revoked { .. } => CommandError::from_sentence(ExitCode::LoginNeeded, &error)
                .hint("telekeep logout, then telekeep login"),
            CallError::Rpc(error) if error.is("BOT_METHOD_INVALID") => {
                CommandError::failed("Telegram does not offer this to bots")
            }
            CallError::NotSignedIn => login_needed(),
            CallError::Wait { .. } => CommandError::new(ExitCode::WaitTooLong, &error)
                .hint("run again later, or allow longer waits with --max-wait"),
            _ => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

impl From<LoginError> for CommandError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Call(error) => error.into(),
            LoginError::Flood(_) => CommandError::from_sentence(ExitCode::WaitTooLong, &error),
            LoginError::NoOtherWay => {
                CommandError::from_sentence(ExitCode::Failed, &error).hint("telekeep login --qr")
            }
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

/// Nobody is logged in.
pub fn login_needed() -> CommandError {
    CommandError::new(
        ExitCode::LoginNeeded,
        "this archive is not logged in to an account",
    )
    .hint("telekeep login")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(server: Option<&str>, key: Option<&str>) -> ServerOptions {
        ServerOptions {
            server: server.map(str::to_owned),
            server_key: key.map(Into::into),
            ..ServerOptions::default()
        }
    }

    #[test]
    fn half_a_choice_is_none() {
        for (server, key) in [(Some("h:1"), None), (None, Some("k")), (None, None)] {
            let error = Choice::from_options(&options(server, key)).unwrap_err();
            assert_eq!(error.kind, ExitCode::Usage);
            assert!(!error.hints.is_empty());
        }
        let error = Choice::from_options(&options(Some("nowhere"), Some("k"))).unwrap_err();
        assert!(error.message.contains("HOST:PORT"));
    }

    #[test]
    fn telegram_needs_both_api_values() {
        let mut options = options(None, None);
        options.api_id = Some(1);
        assert!(Choice::from_options(&options).is_err());
        options.api_hash = Some("x".into());
        assert_eq!(Choice::from_options(&options).unwrap().name(), "Telegram");
    }
}
