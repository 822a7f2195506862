//! The command line: what can be asked for, in clap's words.
//!
//! The help texts here are the reference; docs/cli.md is made from them.

// Help texts are for terminals: an address stands there as it is typed into a browser.
#![allow(rustdoc::bare_urls)]

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand};
use telekeep_sources::spool::AccountName;

use crate::command;
use crate::exit;
use crate::output::text::parse_duration;

/// Keep a complete, encrypted, verifiable and searchable copy of a Telegram account.
#[derive(Debug, Parser)]
#[command(name = "telekeep", version, max_term_width = 100, after_help = exit::TABLE)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: GlobalOptions,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalOptions {
    /// Folder of the archive [default: ./telekeep-archive]
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "TELEKEEP_ARCHIVE",
        hide_env_values = true
    )]
    pub archive: Option<PathBuf>,
    /// Settings file [default: ./telekeep.toml, else the one in your configuration folder]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TELEKEEP_SETTINGS",
        hide_env_values = true
    )]
    pub settings: Option<PathBuf>,
    /// File whose first line is the passphrase (TELEKEEP_PASSPHRASE holds the passphrase itself)
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TELEKEEP_PASSPHRASE_FILE",
        hide_env_values = true
    )]
    pub passphrase_file: Option<PathBuf>,
    /// Command whose first line of output is the passphrase
    #[arg(
        long,
        global = true,
        value_name = "COMMAND",
        env = "TELEKEEP_PASSPHRASE_COMMAND",
        hide_env_values = true
    )]
    pub passphrase_command: Option<String>,
    /// File with an age identity that opens the archive instead of a passphrase
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "TELEKEEP_IDENTITY_FILE",
        hide_env_values = true
    )]
    pub identity_file: Option<PathBuf>,
    /// Account of the archive, by the name it was given at its login [default: the only one, or main;
    /// of backup, status and serve: all]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "TELEKEEP_ACCOUNT",
        hide_env_values = true
    )]
    pub account: Option<AccountName>,
    /// Print JSON lines for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing on stderr except errors
    #[arg(long, short, global = true, env = "TELEKEEP_QUIET", hide_env_values = true,
          value_parser = BoolishValueParser::new())]
    pub quiet: bool,
    /// Show no progress
    #[arg(long, global = true, env = "TELEKEEP_NO_PROGRESS", hide_env_values = true,
          value_parser = BoolishValueParser::new())]
    pub no_progress: bool,
}

/// Which Telegram to speak to, and as which application.
#[derive(Clone, Debug, Default, Args)]
pub struct ServerOptions {
    /// Api id from https://my.telegram.org
    #[arg(
        long,
        value_name = "ID",
        env = "TELEKEEP_API_ID",
        hide_env_values = true
    )]
    pub api_id: Option<i32>,
    /// Api hash from https://my.telegram.org
    #[arg(
        long,
        value_name = "HASH",
        env = "TELEKEEP_API_HASH",
        hide_env_values = true
    )]
    pub api_hash: Option<String>,
    /// Another MTProto server than Telegram, such as `telekeep cloud`
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "TELEKEEP_SERVER",
        hide_env_values = true
    )]
    pub server: Option<String>,
    /// Public key of that server (PEM)
    #[arg(
        long,
        value_name = "FILE",
        env = "TELEKEEP_SERVER_KEY",
        hide_env_values = true
    )]
    pub server_key: Option<PathBuf>,
}

/// How to get to the server.
#[derive(Clone, Debug, Default, Args)]
pub struct ProxyOptions {
    /// Connect through this proxy only: socks5://USER:PASSWORD@HOST:PORT, or an MTProto proxy's
    /// link tg://proxy?... [default: as at login; "none": without]
    #[arg(
        long,
        value_name = "URL",
        env = "TELEKEEP_PROXY",
        hide_env_values = true
    )]
    pub proxy: Option<String>,
}

/// What stands for "no proxy", where there is one at login or in the settings.
pub const NO_PROXY: &str = "none";

impl ProxyOptions {
    /// No proxy, whatever the settings say: for a server of our own on this machine.
    pub fn none() -> ProxyOptions {
        ProxyOptions {
            proxy: Some(NO_PROXY.to_owned()),
        }
    }
}

/// How long to obey.
#[derive(Clone, Debug, Default, Args)]
pub struct WaitOptions {
    /// Longest wait to accept when the server asks for one (90s, 15m, 2h, 1d); longer ones end
    /// the run with exit code 31 [default: 1h]
    #[arg(long, value_name = "TIME", env = "TELEKEEP_MAX_WAIT", hide_env_values = true,
          value_parser = parse_duration)]
    pub max_wait: Option<u64>,
}

/// One variant per command; each command's file explains itself.
#[derive(Debug, Subcommand)]
pub enum Command {
    Init(command::init::Init),
    Login(command::login::Login),
    Backup(command::backup::Backup),
    Status(command::status::Status),
    Show(command::show::Show),
    Search(command::search::Search),
    Serve(command::serve::Serve),
    Browse(command::browse::Browse),
    Verify(command::verify::Verify),
    Certify(command::certify::Certify),
    Note(command::note::Note),
    Key(command::key::Key),
    Logout(command::logout::Logout),
    Sessions(command::sessions::Sessions),
    Reindex(command::reindex::Reindex),
    Log(command::log::Log),
    Demo(command::demo::Demo),
    Cloud(command::cloud::Cloud),
    Completions(command::completions::Completions),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_value_of_the_environment_shows_in_help() {
        let mut todo = vec![Cli::command()];
        while let Some(command) = todo.pop() {
            for arg in command
                .get_arguments()
                .filter(|arg| arg.get_env().is_some())
            {
                assert!(arg.is_hide_env_values_set(), "{}", arg.get_id());
            }
            todo.extend(command.get_subcommands().cloned());
        }
    }
}
