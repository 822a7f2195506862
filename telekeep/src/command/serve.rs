//! `telekeep serve`: read the archive in the browser.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use clap::Args;
use serde::Serialize;
use telekeep_sources::spool::AccountName;
use telekeep_view::{Address, Viewer, ViewerOptions};
use tokio::net::TcpListener;

use super::login::runtime;
use crate::context::{Context, now_ms};
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::{index, interrupt};

/// Read the archive in the browser
///
/// Starts a server that only this computer can reach and prints the address to open. The address
/// has a key in it: whoever opens it can read the archive, so do not pass it on. Works while a
/// backup runs. Ends with Ctrl-C.
#[derive(Debug, Args)]
pub struct Serve {
    /// Open the address in the browser
    #[arg(long)]
    open: bool,
    /// Port to listen on [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

/// What a script is told.
#[derive(Serialize)]
struct Ready {
    address: String,
}

impl Serve {
    /// On any port, in the browser if there is one.
    pub fn and_open() -> Serve {
        Serve {
            open: true,
            port: 0,
        }
    }

    /// Serves until a signal.
    pub fn run(&self, context: &Context) -> Result {
        let kept = index::keep(context)?;
        let library = kept.library(context.account.as_ref())?;
        let account_of: fn(&str) -> Option<String> = match &context.account {
            Some(_) => |_| None,
            None => |journal| AccountName::of_journal(journal).map(|name| name.to_string()),
        };
        interrupt::graceful_and_silent();
        runtime()?.block_on(async {
            let asked = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            let bound = TcpListener::bind(asked).await;
            let listener = bound.map_err(|error| not_bound(asked, &error))?;
            let options = ViewerOptions {
                listen: listener.local_addr().doing("cannot listen")?,
                zone: jiff::tz::TimeZone::system(),
                now: now_ms,
                account_of,
            };
            let viewer = Viewer::new(library, options).doing("cannot make the access token")?;
            self.ready(context, &viewer.address())?;
            telekeep_view::serve(listener, &viewer, interrupt::wait())
                .await
                .doing("cannot go on serving")
        })?;
        Ok(ExitCode::Done)
    }

    /// Tells where to look, and opens it when asked to.
    fn ready(&self, context: &Context, address: &Address) -> Result<()> {
        let address = address.to_string();
        let output = &context.output;
        if output.json {
            let ready = Ready {
                address: address.clone(),
            };
            output.json("ready", &ready)?;
        } else {
            output.line(&address)?;
            output.say(
                "Open this address in your browser. It has the key to your archive in it: keep it \
                 to yourself.\nCtrl-C ends.",
            );
        }
        if self.open && !open(&address) {
            output.say("No browser could be started; open the address yourself.");
        }
        Ok(())
    }
}

/// Why there can be no server, and what to do.
fn not_bound(asked: SocketAddr, error: &std::io::Error) -> CommandError {
    let port = asked.port();
    let free = "--port N names another one; without --port a free one is taken";
    match error.kind() {
        ErrorKind::AddrInUse => {
            let words = format!(
                "port {port} is in use by another program, or by a viewer that runs already"
            );
            CommandError::failed(words).hint(free)
        }
        ErrorKind::PermissionDenied => {
            let words = format!("port {port} is reserved for the system");
            CommandError::failed(words).hint(free)
        }
        _ => CommandError::failed(format!("cannot listen on {asked}: {error}")).hint(free),
    }
}

/// Starts the system's browser; its output is of no interest.
fn open(address: &str) -> bool {
    if !has_display() {
        return false;
    }
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .is_ok()
}

/// Without a display `xdg-open` finds no browser, or one that wants the terminal.
fn has_display() -> bool {
    let needed = cfg!(unix) && !cfg!(target_os = "macos");
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !needed
        || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]
            .into_iter()
            .any(set)
}

impl From<telekeep_view::LibraryError> for CommandError {
    fn from(error: telekeep_view::LibraryError) -> Self {
        CommandError::from_sentence(ExitCode::Failed, &error)
    }
}
