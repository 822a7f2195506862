//! Which of an archive's accounts a command is about.

use telekeep_journal::Archive;
use telekeep_sources::spool::{AccountName, Spool, accounts};
use telekeep_sources::telegram::wire::SessionStore as _;

use crate::context::Context;
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::server::{Choice, login_needed};

/// The spool of the one account that was asked for: the one named, else the only one there is.
pub fn only_spool(context: &Context, archive: &Archive) -> Result<Spool> {
    let known = accounts(archive)?;
    let account = match (&context.account, known.as_slice()) {
        (Some(account), _) => among(account, &known)?,
        (None, []) => AccountName::default(),
        (None, [only]) => only.clone(),
        (None, several) => {
            let message = format!("the archive has several accounts: {}", listed(several));
            return Err(CommandError::usage(message).hint("say which one: --account NAME"));
        }
    };
    Ok(Spool::open_for(archive, &account)?)
}

/// The spools of all accounts that are signed in, or of the one named, whether it is or not.
pub fn signed_in(context: &Context, archive: &Archive) -> Result<Vec<Spool>> {
    let known = accounts(archive)?;
    let wanted = match &context.account {
        Some(account) => vec![among(account, &known)?],
        None if known.is_empty() => vec![AccountName::default()],
        None => known,
    };
    let several = wanted.len() > 1;
    let mut spools = Vec::new();
    for account in wanted {
        let spool = Spool::open_for(archive, &account)?;
        if several && !is_signed_in(&spool)? {
            context.output.say(format!(
                "Account {account} is not signed in and is left as it is (telekeep login --account {account})."
            ));
            continue;
        }
        spools.push(spool);
    }
    if spools.is_empty() {
        return Err(login_needed());
    }
    Ok(spools)
}

/// Where the account of a spool is signed in.
pub fn signed_in_at(spool: &Spool) -> Result<Choice> {
    let choice = Choice::kept(spool)?;
    match is_signed_in(spool)? {
        true => choice.ok_or_else(login_needed),
        false => Err(login_needed()),
    }
}

/// Does the spool hold a login?
fn is_signed_in(spool: &Spool) -> Result<bool> {
    let session = spool.load().doing("the session")?;
    Ok(session.is_some_and(|session| session.account.is_some()))
}

fn among(account: &AccountName, known: &[AccountName]) -> Result<AccountName> {
    // The main account is there before its first login.
    let there = account.is_main() || known.contains(account);
    match there {
        true => Ok(account.clone()),
        false => Err(unknown(account, known)),
    }
}

/// The archive has no account of this name.
pub fn unknown(account: &AccountName, known: &[AccountName]) -> CommandError {
    let message = format!("the archive has no account `{account}`");
    let error = CommandError::new(ExitCode::Usage, message);
    let error = match known {
        [] => error,
        known => error.hint(format!("it has {}", listed(known))),
    };
    error.hint(format!("to add it: telekeep login --account {account}"))
}

fn listed(names: &[AccountName]) -> String {
    let names: Vec<&str> = names.iter().map(AccountName::as_str).collect();
    names.join(", ")
}
