//! `telekeep certify`: what the archive holds, in a file that can be checked later.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use telekeep_journal::{Archive, Head};
use telekeep_view::certificate::{self, Certificate, FORM, Facts};
use telekeep_view::lang;

use super::verify::{self, Verify, head_words};
use crate::context::{Context, now_ms};
use crate::error::{CommandError, Context as _, Result, unless_read};
use crate::exit::ExitCode;
use crate::index;
use crate::output::text::{clean, count, plural};
use crate::writable::private_file;

/// Write down what the archive holds and what could be missing, or check what was written
///
/// A certificate says for each chat which ids were listed without a hole, what the server counted,
/// what is held, deleted at Telegram, explained or missing, the state of its files, and what
/// failed; and it names the heads of the journals it speaks of. It is written twice: as JSON, and
/// beside it as a page for people (.html). Ends with code 3 when something is missing.
///
/// With --check the archive is verified, it must still contain the journals up to those heads, and
/// everything the certificate says is derived from the records again and compared. Ends with code
/// 20 when anything differs.
#[derive(Debug, Args)]
pub struct Certify {
    /// Write the certificate to this file [default: telekeep-certificate.json]
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    out: Option<PathBuf>,
    /// Replace files of an earlier certificate
    #[arg(long, conflicts_with = "check")]
    force: bool,
    /// Language of the page: en, de, es, ru, zh-Hans, ar
    #[arg(long, value_name = "CODE", default_value = "en", value_parser = language)]
    lang: String,
    /// Check this certificate
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

/// A certificate is read into memory; one of a million chats is smaller.
const LARGEST: u64 = 1 << 30;
/// Differences shown.
const SHOWN: usize = 20;

fn language(code: &str) -> std::result::Result<String, String> {
    let codes: Vec<_> = lang::all().iter().map(|texts| texts.code).collect();
    match lang::by_code(code) {
        Some(texts) => Ok(texts.code.to_owned()),
        None => Err(format!("there are {}", codes.join(", "))),
    }
}

/// `type: "certificate"`: the result for scripts.
#[derive(Serialize)]
struct Written<'a> {
    file: &'a Path,
    page: &'a Path,
    complete: bool,
    as_selected: bool,
    chats: u64,
    chats_open: u64,
    heads: &'a [Head],
}

/// `type: "certificate_checked"`.
#[derive(Serialize)]
struct Checked<'a> {
    good: bool,
    /// Files of the archive that are not as they must be.
    bad: u64,
    /// What the certificate says otherwise than the records.
    differences: &'a [String],
    heads: &'a [Head],
}

impl Certify {
    /// Writes or checks.
    pub fn run(&self, context: &Context) -> Result {
        match &self.check {
            Some(file) => check(context, file),
            None => self.write(context),
        }
    }

    fn texts(&self) -> &'static lang::Texts {
        lang::by_code(&self.lang).unwrap_or_else(lang::english)
    }

    /// Where the certificate and its page go.
    fn files(&self) -> Result<(PathBuf, PathBuf)> {
        let file = self.out.clone();
        let file = file.unwrap_or_else(|| "telekeep-certificate.json".into());
        let page = file.with_extension("html");
        if page == file || file == Path::new("-") {
            return Err(CommandError::usage(
                "a certificate is two files: one for programs, and one ending in .html for people",
            )
            .hint("give the first one a name with --out, like certificate.json"));
        }
        for path in [&file, &page] {
            if path.exists() && !self.force {
                return Err(
                    CommandError::failed(format!("{} exists already", path.display()))
                        .hint("give another name with --out, or --force to replace it"),
                );
            }
        }
        Ok((file, page))
    }

    fn write(&self, context: &Context) -> Result {
        let (file, page_file) = self.files()?;
        let archive = context.open()?;
        let heads = heads(&archive)?;
        if heads.is_empty() {
            return Err(CommandError::failed(
                "there is nothing to certify: no record is sealed yet",
            )
            .hint("run telekeep backup first"));
        }
        let (index, _folder) = index::at_heads(context, &archive, &heads)?;
        let certificate = Certificate {
            telekeep_certificate: FORM,
            made: now_ms(),
            program: format!("telekeep {}", env!("CARGO_PKG_VERSION")),
            archive: archive.id().to_owned(),
            heads,
            facts: Facts::of(&index)?,
        };
        let mut text = serde_json::to_vec_pretty(&certificate)
            .map_err(|error| CommandError::failed(error.to_string()))?;
        text.push(b'\n');
        let page = certificate::page(&certificate, &index.status()?, self.texts())
            .map_err(|error| CommandError::failed(error.to_string()))?;
        put(&file, &text)?;
        put(&page_file, page.as_bytes())?;
        unless_read(tell(context, &certificate, &file, &page_file))?;
        unsealed(context, &archive, &certificate.heads)?;
        Ok(
            match certificate.facts.complete || certificate.facts.as_selected {
                true => ExitCode::Done,
                false => ExitCode::Incomplete,
            },
        )
    }
}

/// What a backup fetched and did not seal is not certified.
fn unsealed(context: &Context, archive: &Archive, heads: &[Head]) -> Result<()> {
    let journals = crate::records::Journals::open(archive)?;
    let sealed: u64 = heads.iter().map(|head| head.last).sum();
    let unsealed = journals.last()?.saturating_sub(sealed);
    if unsealed > 0 {
        context.output.say(format!(
            "{} not sealed yet and not in it: a backup is running or was interrupted.",
            plural(unsealed, "record is", "records are")
        ));
    }
    Ok(())
}

fn heads(archive: &Archive) -> Result<Vec<Head>> {
    let mut heads = Vec::new();
    for journal in archive.journals()? {
        heads.extend(archive.head(&journal)?);
    }
    Ok(heads)
}

/// Writes a file whole or not at all; only its owner may read it.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let doing = || format!("cannot write {}", path.display());
    let file = private_file(path, bytes).doing(doing())?;
    file.as_file().sync_all().doing(doing())?;
    file.persist(path)
        .map_err(|error| error.error)
        .doing(doing())?;
    Ok(())
}

fn tell(context: &Context, certificate: &Certificate, file: &Path, page: &Path) -> Result<()> {
    let facts = &certificate.facts;
    let sums = facts.totals;
    let settled =
        sums.chats_complete + sums.chats_ended() + sums.chats_left_out + sums.chats_as_selected;
    if context.output.json {
        let line = Written {
            file,
            page,
            complete: facts.complete,
            as_selected: facts.as_selected,
            chats: sums.chats,
            chats_open: sums.chats.saturating_sub(settled),
            heads: &certificate.heads,
        };
        return context.output.json("certificate", &line);
    }
    let style = context.output.out;
    let verdict = match (facts.complete, facts.as_selected) {
        (true, _) if sums.chats_ended() > 0 => {
            style.good("Everything that Telegram still has is here.")
        }
        (true, _) => style.good("Complete."),
        (false, true) => style.good("Complete as selected."),
        (false, false) => style.warn("Not complete."),
    };
    context.output.line(format!(
        "{verdict} {} in {}, {} of them deleted at Telegram; {} missing{}.",
        plural(sums.messages, "message", "messages"),
        plural(sums.chats, "chat", "chats"),
        count(sums.deleted),
        count(sums.missing),
        match sums.lost {
            0 => String::new(),
            lost => format!(", {} gone before they could be had", count(lost)),
        },
    ))?;
    for head in &certificate.heads {
        context.output.line(style.dim(&head_words(head)))?;
    }
    context.output.line(format!(
        "Written to {} and {}.",
        file.display(),
        page.display()
    ))
}

fn check(context: &Context, file: &Path) -> Result {
    let certificate = read(file)?;
    let archive = context.open()?;
    if certificate.archive != archive.id() {
        return Err(CommandError::failed(format!(
            "{} is a certificate of another archive",
            file.display()
        ))
        .hint("give the archive it was made of with --archive"));
    }
    let outcome = Verify::full().verify_to(context, &certificate.heads)?;
    // Without its chain nothing can be derived from an archive.
    let mut differences = Vec::new();
    for head in &certificate.heads {
        if archive.head_at(&head.journal, head.segment)?.as_ref() != Some(head) {
            differences.push(format!("head of {}", clean(&head.journal)));
        }
    }
    if outcome.report.findings == 0 && differences.is_empty() {
        let (index, _folder) = index::at_heads(context, &archive, &certificate.heads)?;
        differences = certificate.facts.differences(&Facts::of(&index)?);
    }
    let good = outcome.report.findings == 0 && differences.is_empty();
    unless_read(tell_check(
        context,
        &certificate,
        &differences,
        &outcome,
        good,
    ))?;
    Ok(match good {
        true => ExitCode::Done,
        false => ExitCode::VerifyFailed,
    })
}

fn read(file: &Path) -> Result<Certificate> {
    let doing = || format!("cannot read {}", file.display());
    if std::fs::metadata(file).doing(doing())?.len() > LARGEST {
        return Err(CommandError::failed(format!(
            "{} is too large for a certificate",
            file.display()
        )));
    }
    let text = std::fs::read(file).doing(doing())?;
    let form = serde_json::from_slice::<serde_json::Value>(&text)
        .ok()
        .and_then(|value| value["telekeep_certificate"].as_u64());
    let not_one = |why: String| {
        CommandError::failed(format!("{} is no certificate: {why}", file.display()))
            .hint("give the .json file that telekeep certify wrote")
    };
    match form {
        Some(form) if form == u64::from(FORM) => {}
        Some(form) => {
            return Err(not_one(format!("its form {form} is not known"))
                .hint("use the version of Telekeep that wrote it, or a newer one"));
        }
        None => return Err(not_one("it does not say that it is one".to_owned())),
    }
    serde_json::from_slice(&text).map_err(|error| not_one(format!("line {}", error.line())))
}

fn tell_check(
    context: &Context,
    certificate: &Certificate,
    differences: &[String],
    outcome: &verify::Outcome,
    good: bool,
) -> Result<()> {
    if context.output.json {
        let line = Checked {
            good,
            bad: outcome.report.findings,
            differences,
            heads: &certificate.heads,
        };
        return context.output.json("certificate_checked", &line);
    }
    for words in verify::words(&outcome.report, outcome.opened, context) {
        context.output.tell(words)?;
    }
    let style = context.output.out;
    if good {
        let words = style.good("The certificate is right:");
        let rest = "the archive still holds everything it speaks of, and says the same.";
        return context.output.line(format!("{words} {rest}"));
    }
    for difference in differences.iter().take(SHOWN) {
        let word = style.error("differs");
        context.output.line(format!("{word} {difference}"))?;
    }
    if differences.len() > SHOWN {
        context.output.line(format!(
            "... and {} more",
            count((differences.len() - SHOWN) as u64)
        ))?;
    }
    context
        .output
        .line(style.error("The certificate does not fit this archive."))
}
