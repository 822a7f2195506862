//! `telekeep verify`: is every stored bit as it was written?

use clap::Args;
use telekeep_journal::{Archive, Finding, Head, Known, Report, VerifyEvents, VerifyOptions};
use telekeep_sources::spool::{FILE as SPOOL_FILE, Spool, SpoolError, SpoolTail};

use crate::context::Context;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::output::json;
use crate::output::text::{clean, count, plural, size};
use crate::progress::Progress;

/// Check every file of the archive
///
/// Follows the chain of seals, hashes every segment and media file, and names each file that was
/// changed, removed, added or put elsewhere. With the key it also authenticates the seals,
/// decodes every record and checks the local spool. Ends with code 20 when anything is wrong.
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

fn percent(text: &str) -> std::result::Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(share) if share > 0.0 && share <= 100.0 => Ok(share),
        _ => Err(format!("`{text}` is not a share like 5 or 12.5 (percent)")),
    }
}

impl Verify {
    /// Verifies.
    pub fn run(&self, context: &Context) -> Result {
        let report = self.verify(context)?;
        if context.output.json {
            context
                .output
                .json("verified", &verified(&report, self.sample.is_none()))?;
        }
        for line in words(&report, context) {
            context.output.tell(line)?;
        }
        Ok(if report.findings == 0 {
            ExitCode::Done
        } else {
            ExitCode::VerifyFailed
        })
    }

    /// Verifies and tells every finding.
    pub fn verify(&self, context: &Context) -> Result<Report> {
        let archive = if self.without_key {
            context.open_locked()?
        } else {
            context.open()?
        };
        let progress = Progress::start(&context.output, context.no_progress);
        progress.update(|counts| counts.phase = "verifying".into());
        let mut events = Events {
            context,
            progress: &progress,
            failed: None,
        };
        let mut options = VerifyOptions {
            sample: self.sample,
            seed: seed(),
            keyless: self.without_key,
            known: Known::default(),
        };
        let mut wrong = 0;
        if !self.without_key || !archive.is_encrypted() {
            wrong = check_spool(&archive, &mut options.known, &mut events)?;
        }
        let mut report = archive
            .verify(&options, &mut events)
            .map_err(|error| context.journal_error(error))?;
        report.findings += wrong;
        match events.failed {
            Some(error) => Err(error),
            None => Ok(report),
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

/// The spool knows the newest heads and what is not sealed yet; it is checked itself, too.
fn check_spool(archive: &Archive, known: &mut Known, events: &mut Events<'_>) -> Result<u64> {
    let looked = Spool::open_reader(archive).and_then(|spool| {
        known.add_tail(&SpoolTail(&spool))?;
        spool.check()
    });
    let wrong = match looked {
        Ok(wrong) => wrong,
        Err(SpoolError::Missing { .. } | SpoolError::NoLocalFolder) => Vec::new(),
        Err(error) => vec![error.to_string()],
    };
    for why in &wrong {
        events.tell(&format!("local/{SPOOL_FILE}"), why);
    }
    Ok(wrong.len() as u64)
}

/// A seed that nobody who tampers can know.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(())
}

struct Events<'a> {
    context: &'a Context,
    progress: &'a Progress,
    failed: Option<crate::error::CommandError>,
}

impl Events<'_> {
    fn tell(&mut self, file: &str, why: &str) {
        let output = self.context.output;
        let told = if output.json {
            output.json("bad", &json::Bad { file, why })
        } else {
            let style = output.out;
            self.progress.suspend(|| {
                output.line(format!(
                    "{} {}: {}",
                    style.error("bad"),
                    clean(file),
                    clean(why)
                ))
            })
        };
        if let Err(error) = told {
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

fn words(report: &Report, context: &Context) -> Vec<String> {
    let style = context.output.tell_style();
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
        let hint = "Bring the named files back from a copy of the archive, then verify again.";
        lines.push(hint.to_owned());
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
