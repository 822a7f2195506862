//! `telekeep.toml`: the settings a person keeps.
//!
//! Every setting is also a flag, and many are a `TELEKEEP_*` variable; the flag wins over the variable,
//! the variable over the file. Paths in the file are relative to the folder of the file.
//! A file found in the current folder may not name commands: whoever can put a file into a
//! folder must not decide what runs when somebody else enters it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, de};
use telekeep_sources::spool::AccountName;

use crate::error::{CommandError, Result};
use crate::output::text::parse_duration;
use crate::selection::file::{Media, Select, Size};

/// Every setting there is. `None` means "not set here".
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The archive's folder.
    pub archive: Option<PathBuf>,
    /// Account of the archive that commands are about.
    #[serde(deserialize_with = "account")]
    pub account: Option<AccountName>,
    /// File whose first line is the passphrase.
    pub passphrase_file: Option<PathBuf>,
    /// Command whose first line of output is the passphrase.
    pub passphrase_command: Option<String>,
    /// File with an age identity that opens the archive.
    pub identity_file: Option<PathBuf>,
    /// Api id from my.telegram.org.
    pub api_id: Option<i32>,
    /// Api hash from my.telegram.org.
    pub api_hash: Option<String>,
    /// Another MTProto server, `HOST:PORT`.
    pub server: Option<String>,
    /// PEM file with that server's public key.
    pub server_key: Option<PathBuf>,
    /// Proxy through which every connection goes.
    pub proxy: Option<String>,
    /// Phone number to log in with.
    pub phone: Option<String>,
    /// Command that prints the login code.
    pub code_command: Option<String>,
    /// File whose first line is the two-step password.
    pub password_file: Option<PathBuf>,
    /// Which chats and messages to back up.
    pub select: Select,
    /// Which files to back up.
    pub media: Media,
    /// Files of chats whose owner forbids saving: kept, or left out.
    pub protected: Option<Protected>,
    /// Who reacted and voted: everybody, or those that messages name.
    pub reactions: Option<Reactions>,
    /// Bytes that backups leave free on the disk.
    pub keep_free: Option<Size>,
    /// Leave media out of backups.
    pub no_media: Option<bool>,
    /// Back up without an export session.
    pub no_takeout: Option<bool>,
    /// Longest wait a server may ask for, in seconds.
    #[serde(deserialize_with = "duration")]
    pub max_wait: Option<u64>,
    /// No words on stderr except errors.
    pub quiet: Option<bool>,
    /// No progress on stderr.
    pub no_progress: Option<bool>,
}

/// Which of the people who reacted or voted are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Reactions {
    /// Those that messages name: everybody where few did, else the last ones
    #[default]
    Recent,
    /// Everybody the account may see: one request for each message with more of them
    Who,
}

/// What becomes of files whose chat forbids saving.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Protected {
    /// They are left out, and the archive says so
    #[default]
    Leave,
    /// They are kept, for records of your own
    Keep,
}

fn account<'de, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<AccountName>, D::Error> {
    let name = String::deserialize(from)?;
    name.parse().map(Some).map_err(de::Error::custom)
}

fn duration<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a length of time like 90, \"15m\" or \"2h\"")]
    enum Length {
        Seconds(u64),
        Text(String),
    }
    match Length::deserialize(from)? {
        Length::Seconds(seconds) => Ok(Some(seconds)),
        Length::Text(text) => parse_duration(&text).map(Some).map_err(de::Error::custom),
    }
}

/// The name of the file.
const NAME: &str = "telekeep.toml";

impl Settings {
    /// Reads the file named explicitly, else `./telekeep.toml`, else the one in the user's
    /// configuration folder; none at all is fine unless one was named.
    pub fn load(named: Option<&Path>) -> Result<Settings> {
        if let Some(path) = named {
            return Self::read(path);
        }
        let here = Path::new(NAME);
        if here.exists() {
            return Self::read(here)?.without_commands(here);
        }
        match user_file() {
            Some(path) if path.exists() => Self::read(&path),
            _ => Ok(Settings::default()),
        }
    }

    fn read(path: &Path) -> Result<Settings> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            CommandError::usage(format!(
                "cannot read the settings {}: {error}",
                path.display()
            ))
            .hint("name another file with --settings FILE, or remove it")
        })?;
        let mut settings = Self::parse(&text, path)?;
        settings.resolve(path.parent().unwrap_or(Path::new("")));
        Ok(settings)
    }

    fn parse(text: &str, path: &Path) -> Result<Settings> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let at = before.map_or(1, |before| before.matches('\n').count() + 1);
            CommandError::usage(format!(
                "settings {}, line {at}: {}",
                path.display(),
                error.message().replace('\n', " ")
            ))
            .hint("docs/cli.md lists the settings; every one has the name of its flag")
        })
    }

    fn without_commands(self, path: &Path) -> Result<Settings> {
        let found = [
            ("passphrase_command", &self.passphrase_command),
            ("code_command", &self.code_command),
        ];
        match found.iter().find(|(_, command)| command.is_some()) {
            None => Ok(self),
            Some((name, _)) => Err(CommandError::usage(format!(
                "settings {}: `{name}` runs a command, which a file found in the current folder may not",
                path.display()
            ))
            .hint(format!("if the file is yours, say so: --settings {NAME}"))
            .hint("or keep it as telekeep/telekeep.toml in your configuration folder")),
        }
    }

    fn resolve(&mut self, folder: &Path) {
        let paths = [
            &mut self.archive,
            &mut self.passphrase_file,
            &mut self.identity_file,
            &mut self.server_key,
            &mut self.password_file,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }
}

/// `~/.config/telekeep/telekeep.toml`, or where the system keeps such files.
fn user_file() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|p| p.is_absolute())
    };
    let folder = if cfg!(windows) {
        absolute("APPDATA")
    } else {
        absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")))
    };
    Some(folder?.join("telekeep").join(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Settings> {
        Settings::parse(text, Path::new("telekeep.toml"))
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        let error = parse("api_id = 1\n\narchve = \"x\"\n").unwrap_err();
        assert!(error.message.contains("line 3"), "{}", error.message);
        assert!(error.message.contains("archve"), "{}", error.message);
    }

    #[test]
    fn a_wrong_type_or_broken_text_has_a_line_too() {
        let error = parse("quiet = true\napi_id = \"x\"\n").unwrap_err();
        assert!(error.message.contains("line 2"), "{}", error.message);
        let error = parse("quiet = true\nserver = \"x\n").unwrap_err();
        assert!(error.message.contains("line 2"), "{}", error.message);
    }

    #[test]
    fn waits_are_seconds_or_words() {
        assert_eq!(parse("max_wait = 90").unwrap().max_wait, Some(90));
        assert_eq!(parse("max_wait = \"2h\"").unwrap().max_wait, Some(7200));
        assert!(parse("max_wait = \"soon\"").is_err());
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let mut settings = parse("archive = \"a\"\nserver_key = \"/k.pem\"").unwrap();
        settings.resolve(Path::new("/etc/telekeep"));
        assert_eq!(settings.archive, Some(PathBuf::from("/etc/telekeep/a")));
        assert_eq!(settings.server_key, Some(PathBuf::from("/k.pem")));
    }

    #[test]
    fn a_found_file_may_not_run_commands() {
        let settings = parse("passphrase_command = \"rm -rf /\"").unwrap();
        let error = settings
            .without_commands(Path::new("telekeep.toml"))
            .unwrap_err();
        assert!(error.message.contains("passphrase_command"));
        assert!(!error.message.contains("rm -rf"));
    }
}
