//! `telekeep sessions`: the devices and programs that are signed in to the account.

use std::sync::Arc;

use clap::{Args, Subcommand};
use telekeep_sources::telegram::devices::{
    Device, DevicesError, devices, end_device, end_other_devices,
};
use telekeep_sources::telegram::wire::{Client, SessionStore};

use super::login::runtime;
use crate::accounts::{only_spool, signed_in_at};
use crate::cli::ProxyOptions;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::exit::ExitCode;
use crate::output::json;
use crate::output::table::{Align, Table};
use crate::output::text::{clean, minute, plural};
use crate::output::width;
use crate::passphrase::ask_line;

/// List the devices and programs signed in to the account, and end logins
///
/// Without an action, the logins are listed. Each has an id, which `sessions end` takes.
#[derive(Debug, Args)]
pub struct Sessions {
    #[command(flatten)]
    proxy: ProxyOptions,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    End(End),
}

/// End one login, or all but the one of this archive
///
/// The device or program must sign in again. Telegram allows this only to logins that are a day
/// old.
#[derive(Debug, Args)]
struct End {
    /// Id of the login, or its beginning, as `telekeep sessions` shows it
    #[arg(value_name = "ID", required_unless_present = "all_others")]
    id: Option<String>,
    /// End every login but the one of this archive
    #[arg(long, conflicts_with = "id")]
    all_others: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Sessions {
    /// Runs the action.
    pub fn run(&self, context: &Context) -> Result {
        let (archive, _lock) = context.open_for_writing("sessions")?;
        let spool = Arc::new(only_spool(context, &archive)?);
        let choice = signed_in_at(&spool)?;
        let choice = choice.through(context.proxy(&self.proxy))?;
        let store: Arc<dyn SessionStore> = spool.clone();
        runtime()?.block_on(async {
            let client = Client::connect(choice.endpoint()?, store).await?;
            let done = match &self.action {
                None => list(context, &devices(&client).await?),
                Some(Action::End(end)) => end.run(context, &client).await,
            };
            client.close().await?;
            done
        })
    }
}

/// The id people see and type: the server's number of a login, which is 0 for this one.
fn id_of(device: &Device) -> String {
    match device.current {
        true => "this".to_owned(),
        false => format!("{:016x}", device.hash),
    }
}

fn list(context: &Context, devices: &[Device]) -> Result {
    let output = &context.output;
    if output.json {
        for device in devices {
            output.json("session", &line(device))?;
        }
        return Ok(ExitCode::Done);
    }
    let left = Align::Left;
    let headings = [
        ("Id", left),
        ("Device", left),
        ("Program", left),
        ("Signed in", left),
        ("Last used", left),
        ("From", left),
    ];
    let mut table = Table::new(&headings, 1).optional(&[3, 5]);
    for device in devices {
        table.row(vec![
            id_of(device).into(),
            words(&device.model, &device.system).into(),
            clean(&device.app).into(),
            minute(device.created).into(),
            used(device).into(),
            words(&device.ip, &device.country).into(),
        ]);
    }
    for line in table.lines(width(), output.out) {
        output.line(line)?;
    }
    Ok(ExitCode::Done)
}

/// Two texts of strangers, in one cell.
fn words(one: &str, two: &str) -> String {
    let parts = [clean(one), clean(two)];
    let parts: Vec<_> = parts.iter().filter(|part| !part.is_empty()).collect();
    parts
        .iter()
        .map(|part| part.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn used(device: &Device) -> String {
    match (device.unconfirmed, device.password_pending) {
        (_, true) => "waits for the password".to_owned(),
        (true, _) => format!("{} (not confirmed)", minute(device.active)),
        _ => minute(device.active),
    }
}

fn line(device: &Device) -> json::Session<'_> {
    json::Session {
        id: id_of(device),
        current: device.current,
        official: device.official,
        unconfirmed: device.unconfirmed,
        device: &device.model,
        system: &device.system,
        app: &device.app,
        created: device.created,
        active: device.active,
        ip: &device.ip,
        country: &device.country,
    }
}

impl End {
    async fn run(&self, context: &Context, client: &Client) -> Result {
        let known = devices(client).await?;
        let Some(id) = &self.id else {
            return self.all_others(context, client, &known).await;
        };
        let device = find(&known, id)?;
        self.confirm(&format!("End the login of {}?", name(device)))?;
        end_device(client, device.hash).await?;
        let ended = format!("Ended the login of {}.", name(device));
        context.output.tell(ended)?;
        Ok(ExitCode::Done)
    }

    async fn all_others(&self, context: &Context, client: &Client, known: &[Device]) -> Result {
        let others = known.iter().filter(|device| !device.current).count() as u64;
        if others == 0 {
            context.output.tell("There is no other login.")?;
            return Ok(ExitCode::Done);
        }
        let logins = plural(others, "other login", "other logins");
        self.confirm(&format!("End {logins}?"))?;
        end_other_devices(client).await?;
        context.output.tell(format!("Ended {logins}."))?;
        Ok(ExitCode::Done)
    }

    fn confirm(&self, question: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        let answer = ask_line(&format!("{question} Type yes"), "--yes")?;
        match answer.trim().eq_ignore_ascii_case("yes") {
            true => Ok(()),
            false => Err(CommandError::failed("not confirmed, so nothing was ended")),
        }
    }
}

/// A login in words.
fn name(device: &Device) -> String {
    let model = match device.model.trim() {
        "" => "an unnamed device".to_owned(),
        model => clean(model),
    };
    format!("{model} ({})", id_of(device))
}

/// The one other login whose id begins so.
fn find<'a>(known: &'a [Device], id: &str) -> Result<&'a Device> {
    let id = id.to_ascii_lowercase();
    if id == "this" {
        return Err(
            CommandError::usage("this is the login of the archive itself")
                .hint("telekeep logout ends it"),
        );
    }
    let fits = |device: &&Device| !device.current && id_of(device).starts_with(&id);
    let mut found = known.iter().filter(fits);
    match (found.next(), found.next()) {
        (Some(device), None) => Ok(device),
        (Some(_), Some(_)) => Err(CommandError::usage(format!(
            "several logins have an id that begins with {}",
            clean(&id)
        ))
        .hint("give more of it")),
        (None, _) => Err(
            CommandError::failed(format!("no login has the id {}", clean(&id)))
                .hint("telekeep sessions lists them"),
        ),
    }
}

impl From<DevicesError> for CommandError {
    fn from(error: DevicesError) -> Self {
        match error {
            DevicesError::Call(error) => error.into(),
            error => CommandError::from_sentence(ExitCode::Failed, &error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(hash: i64, current: bool) -> Device {
        Device {
            hash,
            current,
            official: false,
            unconfirmed: false,
            password_pending: false,
            model: String::new(),
            system: String::new(),
            app: String::new(),
            created: 0,
            active: 0,
            ip: String::new(),
            country: String::new(),
        }
    }

    #[test]
    fn a_login_is_found_by_the_beginning_of_its_id_unless_that_fits_several() {
        let known = [
            device(0, true),
            device(0x1a << 56, false),
            device(0x1b << 56, false),
        ];
        assert_eq!(find(&known, "1A").unwrap().hash, 0x1a << 56);
        assert!(find(&known, "1").is_err());
        assert!(find(&known, "0").is_err(), "never the own one");
        assert!(find(&known, "this").is_err());
        assert_eq!(id_of(&device(-1, false)), "ffffffffffffffff");
    }
}
