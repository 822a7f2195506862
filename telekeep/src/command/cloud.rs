//! `telekeep cloud`: a Telegram server on this computer, for tests, demos and other clients.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::json;
use telekeep_cloud::{Cloud as Running, CloudError, Config, Fault};

use super::login::runtime;
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::interrupt;
use crate::keys_folder::KeysFolder;
use crate::output::Output;
use crate::output::table::{Align, Table};
use crate::output::{text, width};
use crate::program::{path_word, typed};

/// Run a local Telegram cloud, for tests, demos and other clients
///
/// A real MTProto server on the loopback interface with an invented world: the same seed and
/// sizes make the same world. Runs until Ctrl-C. What clients change lives as long as the cloud.
#[derive(Debug, Args)]
pub struct Cloud {
    /// Where to listen; loopback only. Port 0 takes any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Which world
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Chats of the first account
    #[arg(long, value_name = "N", default_value_t = 30)]
    chats: u32,
    /// Messages in them
    #[arg(long, value_name = "N", default_value_t = 5000)]
    messages: u64,
    /// Media in them, in MB
    #[arg(long, value_name = "N", default_value_t = 30)]
    media_mb: u64,
    /// Add a message of every kind there is to one of the groups
    #[arg(long)]
    specimens: bool,
    /// Hold every answer back, as a network would
    #[arg(long, value_name = "N", default_value_t = 0)]
    latency_ms: u64,
    /// Misbehave as this JSON file says (docs/cloud-faults.md)
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Folder for the server's public key [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    key_dir: Option<PathBuf>,
}

impl Cloud {
    /// Runs the cloud until it is stopped.
    pub fn run(&self, context: &Context) -> Result {
        // From here on a signal ends it in good order, so that the temporary folder goes.
        interrupt::graceful_and_silent();
        let (key_dir, _temporary) = key_dir(self.key_dir.as_deref())?;
        let config = Config {
            listen: self.listen,
            seed: self.seed,
            chats: self.chats,
            messages: self.messages,
            media_mb: self.media_mb,
            latency: Duration::from_millis(self.latency_ms),
            faults: self.faults()?,
            key_dir,
        };
        runtime()?.block_on(async {
            let cloud = telekeep_cloud::start(config).await?;
            if self.specimens {
                cloud.world().add_specimens();
            }
            ready(&context.output, &cloud)?;
            interrupt::wait().await;
            stopped(&context.output, &cloud)
        })?;
        Ok(ExitCode::Done)
    }

    fn faults(&self) -> Result<Vec<Fault>> {
        let Some(path) = &self.faults else {
            return Ok(Vec::new());
        };
        let fail = |why: &dyn std::fmt::Display| {
            CommandError::usage(format!(
                "cannot use the faults in {}: {why}",
                path.display()
            ))
        };
        let text = std::fs::read_to_string(path).map_err(|error| fail(&error))?;
        Fault::parse_file(&text).map_err(|error| fail(&error))
    }
}

impl From<CloudError> for CommandError {
    fn from(error: CloudError) -> Self {
        let kind = match error {
            CloudError::NotLoopback(_) | CloudError::PortTooHigh(_) => ExitCode::Usage,
            _ => ExitCode::Failed,
        };
        CommandError::from_sentence(kind, &error)
    }
}

/// The folder asked for, made when there is none, or a temporary one.
fn key_dir(asked: Option<&Path>) -> Result<(PathBuf, Option<KeysFolder>)> {
    match asked {
        Some(folder) => {
            std::fs::create_dir_all(folder).doing(format!("cannot make {}", folder.display()))?;
            let folder = folder.canonicalize().doing(folder.display())?;
            Ok((folder, None))
        }
        None => {
            let temporary = KeysFolder::new()?;
            Ok((temporary.path(), Some(temporary)))
        }
    }
}

fn ready(output: &Output, cloud: &Running) -> Result<()> {
    if output.json {
        let line = serde_json::to_string(&cloud.ready()).doing("the ready line")?;
        return output.line(line);
    }
    let style = output.out;
    let (address, key) = (cloud.address(), path_word(cloud.public_key_path()));
    output.line(format!("{} {address}", style.good("The cloud listens on")))?;
    output.line(format!("Public key: {key}\n"))?;
    let left = Align::Left;
    let mut table = Table::new(
        &[
            ("Account", left),
            ("Login code", left),
            ("Two-step password", left),
        ],
        0,
    );
    let accounts = cloud.accounts();
    for account in &accounts {
        let password = account.password.clone().unwrap_or_default();
        table.row(vec![
            account.phone.as_str().into(),
            account.code.as_str().into(),
            password.into(),
        ]);
    }
    for line in table.lines(width(), style) {
        output.line(line)?;
    }
    output.line(format!("\nToken of a bot: {}", cloud.bot().token))?;
    if let Some(first) = accounts.first() {
        output.line(format!(
            "\nLog in: {} --server {address} --server-key {key} --phone {} --code {}",
            typed("telekeep login"),
            first.phone,
            first.code
        ))?;
    }
    output.say("Ctrl-C stops it.");
    Ok(())
}

fn stopped(output: &Output, cloud: &Running) -> Result<()> {
    let calls = cloud.calls();
    if output.json {
        let line = json!({
            "calls": calls,
            "faults_applied": cloud.faults_applied(),
            "wait_violations": cloud.wait_violations(),
            "problems": cloud.problems(),
        });
        return output.json("stopped", &line);
    }
    output.say(format!(
        "Stopped after {}.",
        text::plural(calls.values().sum(), "call", "calls")
    ));
    Ok(())
}
