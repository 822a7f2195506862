//! `telekeep verify`: is every stored bit as it was written?

use clap::Args;
use telekeep_journal::{Archive, Finding, Head, Known, Report, VerifyEvents, VerifyOptions};
use telekeep_sources::notes::{FILE as NOTES_FILE, Memory, NoteError};
use telekeep_sources::spool::{AccountName, Spool, SpoolError, SpoolTail, accounts};

use crate::context::Context;
use crate::error::{CommandError, Damage, Result, unless_read};
use crate::exit::ExitCode;
use crate::output::text::{clean, count, plural, size};
use crate::output::{Output, json};
use crate::progress::Progress;
use crate::writable::is_protected;

/// Check every file of the archive
///
/// Follows the chain of seals, hashes every segment and media file, and names each file that was
/// changed, removed, added or put elsewhere. With the key it also authenticates the seals,
/// decodes every record and checks the local spool, which knows how far the journal had come:
/// without it nobody can tell that the newest part was cut off. Ends with code 20 when anything is
/// wrong.
#[derive(Debug, Args)]
pub struct Verify {
    /// Read only this share of the media files, chosen anew each time (chain and segments are
    /// always read)
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    sample: Option<f64>,
    /// Do only what needs no passphrase
    #[arg(long)]
    without_key: bool,
}

const HINT: &str = "Bring the named files back from a copy of the archive, then verify again.";

fn percent(text: &str) -> std::result::Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 100.0 => Ok(share),
        _ => Err(format!("`{text}` is not a share like 5 or 12.5 (percent)")),
    }
}

impl Verify {
    /// Verifies.
    pub fn run(&self, context: &Context) -> Result {
        let Outcome {
            report,
            opened,
            unread,
        } = self.verify(context)?;
        if context.output.json {
            let complete = opened && !unread && self.sample.is_none();
            let line = verified(&report, complete);
            unless_read(context.output.json("verified", &line))?;
        }
        for line in words(&report, opened, context) {
            unless_read(context.output.tell(line))?;
        }
        Ok(if report.findings == 0 {
            ExitCode::Done
        } else {
            ExitCode::VerifyFailed
        })
    }

    /// Verifies and tells every finding.
    pub fn verify(&self, context: &Context) -> Result<Outcome> {
        self.verify_to(context, &[])
    }

    /// The same, where journals must have reached these heads.
    pub fn verify_to(&self, context: &Context, heads: &[Head]) -> Result<Outcome> {
        let (archive, keyless, damage) = match self.open(context)? {
            Opened::Yes(archive) => (*archive, self.without_key, None),
            // What needs no key can still be checked.
            Opened::Locked(archive, damage) => (*archive, true, Some(damage)),
            Opened::No(damage) => return only(context, &damage),
        };
        let progress = Progress::start(&context.output, context.no_progress);
        progress.update(|counts| counts.phase = "verifying".into());
        let mut events = Events {
            context,
            progress: &progress,
            expected: damage.as_ref().map(|damage| damage.file.clone()),
            unread: false,
            failed: None,
        };
        let mut options = VerifyOptions {
            sample: self.sample,
            seed: seed(),
            keyless,
            known: Known {
                heads: heads.to_vec(),
                ..Known::default()
            },
        };
        let mut wrong = 0;
        if !keyless || !archive.is_encrypted() {
            wrong = check_spools(&archive, &mut options.known, &mut events)?;
        }
        wrong += check_notes(&archive, &mut options.known, &mut events)?;
        let mut report = archive
            .verify(&options, &mut events)
            .map_err(|error| context.journal_error(error))?;
        if let (Some(damage), Some(_)) = (damage, &events.expected) {
            events.tell(&damage.file, &damage.why);
            wrong += 1;
        }
        report.findings += wrong;
        match events.failed {
            Some(error) => Err(error),
            None => Ok(Outcome {
                report,
                opened: true,
                unread: events.unread,
            }),
        }
    }

    /// Opens the archive as far as its files allow.
    fn open(&self, context: &Context) -> Result<Opened> {
        let mut archive = match context.open_locked() {
            Ok(archive) => Box::new(archive),
            Err(error) => return damage_of(error).map(Opened::No),
        };
        if self.without_key {
            return Ok(Opened::Yes(archive));
        }
        match context.unlock(&mut archive) {
            Ok(()) => Ok(Opened::Yes(archive)),
            Err(error) => Ok(Opened::Locked(archive, damage_of(error)?)),
        }
    }

    /// Everything, with the key.
    pub fn full() -> Verify {
        Verify {
            sample: None,
            without_key: false,
        }
    }
}

/// What a verification came to.
pub struct Outcome {
    /// What was checked and found.
    pub report: Report,
    /// Whether there was an archive to look into: without its marker nothing else can be judged.
    pub opened: bool,
    /// Whether the spool, which knows how far the journal had come, could not be read.
    pub unread: bool,
}

enum Opened {
    Yes(Box<Archive>),
    /// The key could not be had because of a damaged file.
    Locked(Box<Archive>, Damage),
    No(Damage),
}

fn damage_of(mut error: CommandError) -> Result<Damage> {
    error.damage.take().ok_or(error)
}

/// The outcome when one file keeps the archive from being opened at all.
fn only(context: &Context, damage: &Damage) -> Result<Outcome> {
    unless_read(bad(&context.output, &damage.file, &damage.why))?;
    let report = Report {
        findings: 1,
        ..Report::default()
    };
    Ok(Outcome {
        report,
        opened: false,
        unread: false,
    })
}

fn bad(output: &Output, file: &str, why: &str) -> Result<()> {
    if output.json {
        return output.json("bad", &json::Bad { file, why });
    }
    let word = output.out.error("bad");
    output.line(format!("{word} {}: {}", clean(file), clean(why)))
}

/// The spools know the newest heads and what is not sealed yet; they are checked themselves, too.
fn check_spools(archive: &Archive, known: &mut Known, events: &mut Events<'_>) -> Result<u64> {
    let mut wrong = 0;
    for account in accounts(archive)? {
        wrong += check_spool(archive, &account, known, events);
    }
    Ok(wrong)
}

fn check_spool(
    archive: &Archive,
    account: &AccountName,
    known: &mut Known,
    events: &mut Events<'_>,
) -> u64 {
    let looked = Spool::open_reader(archive, account).and_then(|spool| {
        known.add_tail(&SpoolTail(&spool))?;
        spool.check()
    });
    let wrong = match looked {
        Ok(wrong) => wrong,
        Err(SpoolError::Missing { .. } | SpoolError::NoLocalFolder) => Vec::new(),
        Err(error) if archive.local_dir().is_some_and(is_protected) => {
            let words = "The local spool cannot be read where writing is forbidden, so nobody can tell\n\
                         whether the newest part was cut off";
            events.context.output.say(format!("{words} ({error})."));
            events.unread = true;
            Vec::new()
        }
        Err(error) => vec![error.to_string()],
    };
    for why in &wrong {
        events.tell(&format!("local/{}", account.spool_file()), why);
    }
    wrong.len() as u64
}

/// The same for notes, which have no spool.
fn check_notes(archive: &Archive, known: &mut Known, events: &mut Events<'_>) -> Result<u64> {
    match Memory::load(archive) {
        Ok(memory) => memory.add_to(known),
        Err(error @ NoteError::Memory) => {
            events.tell(&format!("local/{NOTES_FILE}"), &error.to_string());
            return Ok(1);
        }
        Err(error) => return Err(CommandError::failed(error)),
    }
    Ok(0)
}

/// A seed that nobody who tampers can know.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

struct Events<'a> {
    context: &'a Context,
    progress: &'a Progress,
    /// A file known to be damaged that was not named yet.
    expected: Option<String>,
    /// The spool is there and could not be read.
    unread: bool,
    failed: Option<CommandError>,
}

impl Events<'_> {
    fn tell(&mut self, file: &str, why: &str) {
        self.expected.take_if(|expected| expected == file);
        let output = &self.context.output;
        // The exit code is an answer of its own: damage is damage without a reader, too.
        if let Err(error) = unless_read(self.progress.suspend(|| bad(output, file, why))) {
            self.failed.get_or_insert(error);
        }
    }
}

impl VerifyEvents for Events<'_> {
    fn finding(&mut self, finding: Finding) {
        self.tell(&finding.file, &finding.why);
    }

    fn progress(&mut self, progress: telekeep_journal::Progress) {
        self.progress
            .update(|counts| counts.part = (progress.bytes, progress.total_bytes));
    }
}

fn verified(report: &Report, complete: bool) -> json::Verified<'_> {
    json::Verified {
        bad: report.findings,
        segments: report.segments,
        records: report.records,
        blob_files: report.blob_files,
        blob_files_read: report.blob_files_read,
        bytes: report.bytes,
        with_key: report.with_content,
        complete,
        heads: &report.heads,
    }
}

/// What was checked and found, for people.
pub fn words(report: &Report, opened: bool, context: &Context) -> Vec<String> {
    let style = context.output.tell_style();
    if !opened {
        return vec![
            style.error("The archive cannot be opened, so nothing else was checked."),
            HINT.to_owned(),
        ];
    }
    let mut checked = format!(
        "{}, {}, {} of {} media files, {}",
        plural(report.segments, "segment", "segments"),
        plural(report.records, "record", "records"),
        count(report.blob_files_read),
        count(report.blob_files),
        size(report.bytes),
    );
    if !report.with_content {
        checked += " (without the key: records were not decoded)";
    }
    let verdict = if report.findings == 0 {
        style.good("Verified, all good.")
    } else {
        style.error(&format!(
            "{} bad.",
            plural(report.findings, "file is", "files are")
        ))
    };
    let mut lines = vec![format!("{verdict} {checked}")];
    lines.extend(report.heads.iter().map(|head| style.dim(&head_words(head))));
    if report.findings > 0 {
        lines.push(HINT.to_owned());
    }
    lines
}

/// The end of a journal in words; whoever keeps it elsewhere can tell that nothing was cut off.
pub fn head_words(head: &Head) -> String {
    format!(
        "Head of {}: record {}, seal {} {}",
        head.journal, head.last, head.segment, head.sha256
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_more_than_nothing_and_at_most_all() {
        assert_eq!(percent("12.5"), Ok(12.5));
        assert_eq!(percent("5%"), Ok(5.0));
        for bad in ["0", "-1", "101", "NaN", "many"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
    }
}
