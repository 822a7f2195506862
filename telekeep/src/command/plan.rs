//! `backup --dry-run` and `backup --plan`: what a backup would do, without recording anything.

use telekeep_sources::spool::{Departed, PeerSort, Scope, Why};
use telekeep_sources::telegram::backup::{Estimate, MediaSelection, Options, Plan, PlannedChat};

use super::status::part_words;
use crate::context::Context;
use crate::disk;
use crate::error::Result;
use crate::output::json;
use crate::output::style::Style;
use crate::output::table::{Align, Cell, Table};
use crate::output::text::{clean, count, duration, plural, size};
use crate::output::width;
use crate::program::typed;
use crate::selection::kind_word;

/// Messages per second when no earlier run tells.
const MESSAGES_PER_SECOND: f64 = 300.0;
/// Chats asked about for the first time per second: about five requests each, with a near data
/// centre.
const CHATS_PER_SECOND: f64 = 4.0;
/// Bytes of files per second when no earlier run tells.
const BYTES_PER_SECOND: f64 = 2_000_000.0;

/// Shows a plan; `counted` says that the server was asked for numbers.
pub fn show(context: &Context, plan: &Plan, options: &Options, counted: bool) -> Result<()> {
    let mut chats: Vec<&PlannedChat> = plan.chats.iter().collect();
    chats.sort_by_key(|chat| {
        let most = std::cmp::Reverse(chat.messages);
        (chat.scope.out.is_some(), most, chat.facts.who.name.clone())
    });
    let output = &context.output;
    let sums = Sums::of(context, plan, options);
    if output.json {
        for chat in &chats {
            output.json("plan_chat", &chat_line(chat))?;
        }
        return output.json("plan", &sums.line(plan, counted));
    }
    for line in table(&chats, counted).lines(width(), output.out) {
        output.line(line)?;
    }
    output.line("")?;
    for line in words(plan, &sums, options, counted, output.out) {
        output.line(line)?;
    }
    Ok(())
}

/// What a plan comes to.
struct Sums {
    selected: u64,
    left_out: u64,
    protected: u64,
    messages: u64,
    bytes: Estimate,
    seconds: u64,
    observed: bool,
    free: Option<u64>,
    keep: u64,
}

impl Sums {
    fn of(context: &Context, plan: &Plan, options: &Options) -> Sums {
        let inside = || plan.chats.iter().filter(|chat| chat.scope.out.is_none());
        let (messages, bytes) = (plan.remaining(), plan.bytes());
        let rates = plan.rates;
        let listing = messages as f64 / rates.messages.unwrap_or(MESSAGES_PER_SECOND);
        let asking = plan.new_chats as f64 / CHATS_PER_SECOND;
        let fetching = bytes.bytes as f64 / rates.bytes.unwrap_or(BYTES_PER_SECOND);
        Sums {
            selected: inside().count() as u64,
            left_out: plan.chats.len() as u64 - inside().count() as u64,
            protected: match options.keep_protected {
                true => 0,
                false => inside().filter(|chat| chat.protected).count() as u64,
            },
            messages,
            bytes,
            seconds: (listing + asking + fetching).ceil() as u64,
            observed: rates.messages.is_some(),
            free: disk::free(&context.archive),
            keep: options.keep_free,
        }
    }

    fn fits(&self) -> Option<bool> {
        let needed = self.bytes.bytes.saturating_add(self.keep);
        self.free.map(|free| free >= needed)
    }

    fn line(&self, plan: &Plan, counted: bool) -> json::Plan {
        let kinds = plan.files.iter().map(|(kind, files)| json::PlannedFiles {
            kind: kind_word(*kind),
            files: files.files,
            bytes: files.bytes,
            bytes_low: files.low,
            bytes_high: files.high,
        });
        json::Plan {
            chats: self.selected,
            chats_left_out: self.left_out,
            chats_protected: self.protected,
            counted,
            messages: counted.then_some(self.messages),
            files: kinds.collect(),
            bytes: counted.then_some(self.bytes.bytes),
            bytes_low: counted.then_some(self.bytes.low),
            bytes_high: counted.then_some(self.bytes.high),
            waiting_files: plan.waiting.0,
            waiting_bytes: plan.waiting.1,
            disk_free: self.free,
            keep_free: self.keep,
            fits: self.fits().filter(|_| counted),
            seconds: counted.then_some(self.seconds),
            rates_observed: self.observed,
        }
    }
}

fn kind(chat: &PlannedChat) -> &'static str {
    match (chat.facts.departed, chat.facts.who.sort) {
        _ if chat.facts.is_self => "saved",
        (Departed::ToList | Departed::Listed, _) => "left",
        (_, PeerSort::Bot) => "bot",
        (_, PeerSort::Group) => "group",
        (_, PeerSort::Supergroup) => "supergroup",
        (_, PeerSort::Channel) => "channel",
        (_, PeerSort::Direct) => "direct",
        (_, PeerSort::User | PeerSort::Unknown) => "user",
    }
}

fn title(chat: &PlannedChat) -> String {
    match (chat.facts.is_self, chat.facts.who.name.as_str()) {
        (true, _) => "Saved Messages".to_owned(),
        (_, "") => chat.facts.chat.to_string(),
        (_, name) => clean(name),
    }
}

fn selected(scope: &Scope) -> String {
    match scope.out {
        Some(Why::NotAsked) => "out: not among what you asked for".to_owned(),
        Some(Why::Excluded) => "out: you excluded it".to_owned(),
        None if scope.is_whole() => "all of it".to_owned(),
        None => {
            let topics: Vec<_> = scope.topics.iter().map(|&topic| i64::from(topic)).collect();
            part_words(scope.since, scope.until, scope.own, &topics)
        }
    }
}

fn chat_line(chat: &PlannedChat) -> json::PlannedChat<'_> {
    json::PlannedChat {
        id: chat.facts.chat,
        title: match chat.facts.is_self {
            true => "Saved Messages",
            false => &chat.facts.who.name,
        },
        kind: kind(chat),
        selection: &chat.scope,
        protected: chat.protected,
        messages: chat.messages,
        remaining: chat.messages.map(|_| chat.remaining),
    }
}

fn table(chats: &[&PlannedChat], counted: bool) -> Table {
    let (left, right) = (Align::Left, Align::Right);
    let mut columns = vec![("Chat", left), ("Kind", left)];
    if counted {
        columns.extend([("Counted", right), ("To fetch", right)]);
    }
    columns.push(("Selected", left));
    let mut table = Table::new(&columns, 0).optional(&[1]);
    for chat in chats {
        let out = chat.scope.out.is_some();
        let mut row = vec![
            Cell::new(title(chat)),
            Cell::painted(kind(chat), Style::dim),
        ];
        if counted {
            let known = |n: u64| chat.messages.map_or("?".to_owned(), |_| count(n));
            let dot = || Cell::painted("·", Style::dim);
            row.push(match out {
                true => dot(),
                false => known(chat.messages.unwrap_or(0)).into(),
            });
            row.push(match out {
                true => dot(),
                false => known(chat.remaining).into(),
            });
        }
        row.push(match out {
            true => Cell::painted(selected(&chat.scope), Style::dim),
            false => selected(&chat.scope).into(),
        });
        table.row(row);
    }
    table
}

fn words(plan: &Plan, sums: &Sums, options: &Options, counted: bool, style: Style) -> Vec<String> {
    let mut lines = vec![format!(
        "{} selected, {} left out. Nothing was recorded.",
        plural(sums.selected, "chat is", "chats are"),
        count(sums.left_out)
    )];
    if counted {
        lines.extend(amount_words(plan, sums, style));
    } else {
        let more = "shows how much that is";
        lines.push(format!("{} {more}.", typed("telekeep backup --plan")));
    }
    lines.push(String::new());
    lines.push(style.bold("Not captured:"));
    lines.extend(
        limits(plan, sums, options)
            .into_iter()
            .map(|limit| format!("  {limit}")),
    );
    lines
}

fn amount_words(plan: &Plan, sums: &Sums, style: Style) -> Vec<String> {
    let mut lines = vec![format!(
        "To fetch: about {}.",
        plural(sums.messages, "message", "messages")
    )];
    for (kind, files) in &plan.files {
        lines.push(format!(
            "  {:<9} {:>9}  about {}",
            kind_word(*kind),
            count(files.files),
            range(*files)
        ));
    }
    if plan.waiting.0 > 0 {
        let (files, bytes) = plan.waiting;
        lines.push(format!(
            "  waiting   {:>9}  {} of messages held already",
            count(files),
            size(bytes)
        ));
    }
    lines.push(format!("Files altogether: about {}.", range(sums.bytes)));
    if let (Some(free), Some(fits)) = (sums.free, sums.fits()) {
        let free = format!(
            "Free on the disk: {}, of which {} are to stay free.",
            size(free),
            size(sums.keep)
        );
        lines.push(match fits {
            true => free,
            false => style.warn(&format!(
                "{free} It would not fit: select less, or make room. A backup stops fetching\n\
                 files in time, and goes on when there is room."
            )),
        });
    }
    let at = match sums.observed {
        true => "at the rates of earlier runs",
        false => "if it is 300 messages and 2 MB a second, as nobody measured yet",
    };
    lines.push(format!("It takes about {} {at}.", duration(sums.seconds)));
    lines
}

fn range(bytes: Estimate) -> String {
    if bytes.low == bytes.high {
        return size(bytes.bytes);
    }
    let (low, high) = (size(bytes.low), size(bytes.high));
    format!("{} ({low} to {high})", size(bytes.bytes))
}

/// What no backup with these options gets.
fn limits(plan: &Plan, sums: &Sums, options: &Options) -> Vec<String> {
    let mut limits = Vec::new();
    if sums.left_out > 0 {
        let chats = plural(sums.left_out, "chat", "chats");
        limits.push(format!("{chats} that your selection leaves out"));
    }
    if sums.protected > 0 {
        let chats = plural(sums.protected, "chat", "chats");
        limits.push(format!(
            "files of {chats} whose owner forbids saving (--protected keep decides otherwise)"
        ));
    }
    if plan.uncounted > 0 {
        let chats = plural(plan.uncounted, "chat", "chats");
        limits.push(format!(
            "{chats} that Telegram would not count; a backup tries them"
        ));
    }
    if plan.without_export {
        limits.push("channels you left, and saved contacts (only an export shows them)".to_owned());
    }
    limits.extend(choices(options).map(str::to_owned));
    limits.extend([
        "self-destructing and view-once media, which is never kept".to_owned(),
        "secret chats, which exist only on the devices that began them".to_owned(),
        "what was deleted or edited away before".to_owned(),
        "members that a group hides, and other people's stories".to_owned(),
        "comments in groups you are not in (public ones can be named: --chat @name)".to_owned(),
    ]);
    limits
}

/// What would be captured if its owner chose so.
fn choices(options: &Options) -> impl Iterator<Item = &'static str> {
    let media = &options.selection.media;
    let (files, everything) = (options.media, MediaSelection::default());
    let left_out = MediaSelection {
        all_qualities: media.all_qualities,
        chat_photos_only: media.chat_photos_only,
        sets_met: media.sets_met,
        ..everything
    };
    [
        (!files, "files: you asked for messages only (--no-media)"),
        (
            files && *media != left_out,
            "files that your selection leaves out by kind, type or size",
        ),
        (
            files && !media.all_qualities,
            "other qualities of videos than the one that was sent (--videos all keeps them)",
        ),
        (
            files && media.chat_photos_only,
            "photos of people you share only groups with (--portraits writers keeps them)",
        ),
        (
            files && !media.sets_met,
            "sticker sets that others sent stickers of (--sticker-sets met keeps them)",
        ),
        (
            !options.who_reacted,
            "who reacted and voted where a message names only some (--reactions who asks)",
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, words)| is_so.then_some(words))
}
