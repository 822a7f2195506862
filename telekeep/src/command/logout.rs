//! `telekeep logout`: end the login, here and at the server.

use std::sync::Arc;

use clap::Args;
use telekeep_sources::spool::Spool;
use telekeep_sources::telegram::login::log_out;
use telekeep_sources::telegram::wire::{Client, SessionStore};

use super::login::runtime;
use crate::accounts::{only_spool, signed_in_at};
use crate::cli::ProxyOptions;
use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::server::Choice;

/// End the login, here and at the server; the archive stays
#[derive(Debug, Args)]
pub struct Logout {
    #[command(flatten)]
    proxy: ProxyOptions,
    /// Only forget the login here, without telling the server
    #[arg(long)]
    forget: bool,
}

impl Logout {
    /// Logs out.
    pub fn run(&self, context: &Context) -> Result {
        let (archive, _lock) = context.open_for_writing("logout")?;
        let spool = Arc::new(only_spool(context, &archive)?);
        let choice = signed_in_at(&spool)?;
        if !self.forget {
            let choice = choice.through(context.proxy(&self.proxy))?;
            tell_server(&spool, &choice)?;
        }
        spool.clear().doing("the session")?;
        spool.forget_endpoint()?;
        context
            .output
            .tell("Logged out. The archive stays as it is.")?;
        Ok(ExitCode::Done)
    }
}

fn tell_server(spool: &Arc<Spool>, choice: &Choice) -> Result<()> {
    let store: Arc<dyn SessionStore> = spool.clone();
    let endpoint = choice.endpoint()?;
    let told = runtime()?.block_on(async {
        let client = match Client::connect(endpoint, store).await {
            Ok(client) => client,
            Err(error) => return Err(CommandError::from(error)),
        };
        log_out(&client).await.map_err(CommandError::from)
    });
    match told {
        // A login that was ended from elsewhere is as good as ended.
        Err(error) if error.kind == ExitCode::LoginNeeded => Ok(()),
        Err(error) => Err(error.hint("to only forget it here: telekeep logout --forget")),
        Ok(()) => Ok(()),
    }
}
