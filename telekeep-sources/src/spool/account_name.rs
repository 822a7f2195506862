//! Which of an archive's accounts a journal and its spool belong to.

use std::fmt;
use std::str::FromStr;

use telekeep_journal::Archive;

use super::error::SpoolError;

/// Name of the account whose journal and spool have no name in theirs: an archive's first one.
const MAIN: &str = "main";
/// The journal of the main account; those of others add a hyphen and the name.
const JOURNAL: &str = "telegram";
/// Characters a name may have.
const MAX_LEN: usize = 32;

/// A name that the archive's owner gave one of its accounts: lower-case letters of English, digits
/// and hyphens. It is in the clear in the names of files, also of an encrypted archive.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountName(String);

impl Default for AccountName {
    fn default() -> Self {
        AccountName(MAIN.to_owned())
    }
}

impl AccountName {
    /// The name of the account's journal: `telegram`, or `telegram-NAME`.
    pub fn journal(&self) -> String {
        self.suffixed(JOURNAL)
    }

    /// Whose journal this is; `None` for one of another kind of source.
    pub fn of_journal(journal: &str) -> Option<AccountName> {
        Self::unsuffixed(journal, JOURNAL)
    }

    /// File name of the account's spool inside the archive's `local/` folder.
    pub fn spool_file(&self) -> String {
        format!("{}.db", self.suffixed("spool"))
    }

    fn of_spool_file(file: &str) -> Option<AccountName> {
        Self::unsuffixed(file.strip_suffix(".db")?, "spool")
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it the archive's first account, which needs no name?
    pub fn is_main(&self) -> bool {
        self.0 == MAIN
    }

    fn suffixed(&self, stem: &str) -> String {
        match self.is_main() {
            true => stem.to_owned(),
            false => format!("{stem}-{}", self.0),
        }
    }

    fn unsuffixed(word: &str, stem: &str) -> Option<AccountName> {
        match word.strip_prefix(stem)? {
            "" => Some(AccountName::default()),
            rest => {
                let name: AccountName = rest.strip_prefix('-')?.parse().ok()?;
                (!name.is_main()).then_some(name)
            }
        }
    }
}

/// Not a name for an account.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name of an account has 1 to {MAX_LEN} characters: small letters a to z, digits and hyphens between them"
)]
pub struct BadAccountName;

impl FromStr for AccountName {
    type Err = BadAccountName;

    fn from_str(text: &str) -> Result<AccountName, BadAccountName> {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let good = (1..=MAX_LEN).contains(&text.len())
            && text.bytes().all(known)
            && !text.starts_with('-')
            && !text.ends_with('-');
        good.then(|| AccountName(text.to_owned()))
            .ok_or(BadAccountName)
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The accounts an archive has, those with a login or a spool here and those with a journal; the
/// main one first, the others by name.
pub fn accounts(archive: &Archive) -> Result<Vec<AccountName>, SpoolError> {
    let journals = archive.journals()?;
    let mut names: Vec<AccountName> = journals
        .iter()
        .filter_map(|journal| AccountName::of_journal(journal))
        .collect();
    if let Some(folder) = archive.local_dir() {
        names.extend(spools(folder)?);
    }
    names.sort_by(|one, other| (!one.is_main(), &one.0).cmp(&(!other.is_main(), &other.0)));
    names.dedup();
    Ok(names)
}

/// Whose spools are in the folder.
fn spools(folder: &std::path::Path) -> Result<Vec<AccountName>, SpoolError> {
    let failed = |source| SpoolError::Folder {
        path: folder.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let file = entry.map_err(failed)?.file_name();
        names.extend(file.to_str().and_then(AccountName::of_spool_file));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_journals_and_spools_lead_back_to_the_account() {
        for (name, journal, file) in [
            ("main", "telegram", "spool.db"),
            ("work", "telegram-work", "spool-work.db"),
            ("a-1", "telegram-a-1", "spool-a-1.db"),
        ] {
            let account: AccountName = name.parse().unwrap();
            assert_eq!(account.journal(), journal);
            assert_eq!(account.spool_file(), file);
            assert_eq!(AccountName::of_journal(journal), Some(account.clone()));
            assert_eq!(AccountName::of_spool_file(file), Some(account));
        }
        for other in [
            "notes",
            "telegram-",
            "telegram-main",
            "telegramwork",
            "telegram-A",
        ] {
            assert_eq!(AccountName::of_journal(other), None, "{other}");
        }
        assert_eq!(AccountName::of_spool_file("spool.db-wal"), None);
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        let long = "x".repeat(33);
        for bad in [
            "", "-", "a-", "../x", "a/b", "Work", "a b", "é", "a.db", &long,
        ] {
            assert_eq!(bad.parse::<AccountName>(), Err(BadAccountName), "{bad}");
        }
    }
}
