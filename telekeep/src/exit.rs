//! Exit codes: the part of the answer that scripts read.
//!
//! The numbers are a promise (docs/json.md). A code a script does not know must be treated as
//! a failure.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Everything asked for was done.
    Done = 0,
    /// It failed; nothing more specific is known.
    Failed = 1,
    /// The command line or the settings could not be understood.
    Usage = 2,
    /// It finished, but some items are missing and are listed.
    Incomplete = 3,
    /// There is no archive where one was expected.
    NoArchive = 10,
    /// Another process is writing to the archive.
    Locked = 11,
    /// The passphrase or key does not open the archive.
    WrongKey = 12,
    /// Verification found damage.
    VerifyFailed = 20,
    /// Nobody is logged in, or the login was ended from elsewhere.
    LoginNeeded = 30,
    /// The server asks to wait longer than allowed.
    WaitTooLong = 31,
    /// The disk is too full to go on; what was fetched is kept.
    DiskFull = 32,
    /// Stopped by Ctrl-C or a termination signal.
    Interrupted = 130,
}

impl ExitCode {
    /// The number the process ends with.
    pub fn number(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        std::process::ExitCode::from(code.number())
    }
}

/// The table shown at the end of `telekeep --help`.
pub const TABLE: &str = "\
Exit codes:
  0    done
  1    failed
  2    the command line or the settings could not be understood
  3    finished, but some items are missing (they are listed)
  10   no archive there
  11   another process is writing to the archive
  12   wrong passphrase or key
  20   verification found damage
  30   login needed, or the login was ended
  31   the server asks to wait longer than --max-wait, or before it allows an export
  32   the disk is too full to go on; what was fetched is kept
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_table_names_every_code() {
        for code in [
            ExitCode::Done,
            ExitCode::Failed,
            ExitCode::Usage,
            ExitCode::Incomplete,
            ExitCode::NoArchive,
            ExitCode::Locked,
            ExitCode::WrongKey,
            ExitCode::VerifyFailed,
            ExitCode::LoginNeeded,
            ExitCode::WaitTooLong,
            ExitCode::DiskFull,
            ExitCode::Interrupted,
        ] {
            let start = format!("\n  {} ", code.number());
            assert!(TABLE.contains(&start), "{code:?} is not in the table");
        }
    }
}
