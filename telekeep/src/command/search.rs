//! `telekeep search`: messages by words and filters.

use std::borrow::Cow;
use std::ops::Range;
use std::time::Duration;

use clap::{Args, ValueEnum};
use telekeep_index::{Filter, Hit, IndexError, Page, Search as Query, Shown, Sort, Topic, Zone};
use telekeep_view::render::{spoilers as hidden, veiled};

use super::found;
use super::show::{at_least_one, deleted_on, find_chats};
use crate::context::{Context, now_ms};
use crate::error::{CommandError, Context as _, Result};
use crate::exit::ExitCode;
use crate::index::Reading;
use crate::output::json;
use crate::output::style::Style;
use crate::output::text::{self, clean, day, local_offset, minute, parse_date};
use crate::output::width;
use crate::program::word;

/// How long one page may take when messages must be looked at one by one.
const BUDGET: Duration = Duration::from_secs(10);

/// Find messages in all chats, newest first
///
/// People and chats of that name, entries of the telephone book and stories stand before them.
///
/// Words side by side must all be there, in any order, in any script; case and accents do not
/// matter. "words in quotes" are a phrase, word* a beginning, one OR two either, -word must not be
/// there; parentheses group. Filters: from:ada in:"Book club" before:2024 after:2024-05
/// on:2024-05-17 has:photo is:edited tag:plans topic:travel filename:pdf size:>10mb, and
/// exact:"any characters" also inside words. Put the whole query in single quotes so that your shell
/// leaves it alone: telekeep search 'tea -coffee from:"Ada L"'. Beginning with a minus, it follows
/// `--`. All of it: docs/search.md.
#[derive(Debug, Args)]
pub struct Search {
    /// What to look for: words and filters
    #[arg(required = true)]
    words: Vec<String>,
    /// Most hits to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = at_least_one)]
    limit: usize,
    /// By date, or the best first (among the newest matches)
    #[arg(long, value_enum, value_name = "ORDER", default_value_t = Order::Date)]
    sort: Order,
    /// Oldest first
    #[arg(long, conflicts_with = "sort")]
    oldest: bool,
    /// Also show N messages before and after each hit
    #[arg(long, value_name = "N", default_value_t = 0)]
    context: usize,
    /// Only in this chat: its id, @username or title; may be repeated
    #[arg(long, value_name = "CHAT", allow_negative_numbers = true)]
    chat: Vec<String>,
    /// Only from this sender: marked id; may be repeated
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    from: Vec<i64>,
    /// Only sent at or after this date (2024-03-01, 2024-03-01T14:05)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    since: Option<i64>,
    /// Only sent before this date
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    until: Option<i64>,
    /// Only messages of this kind (photo, video, voice, link, service, forwarded, …); may be
    /// repeated
    #[arg(long)]
    kind: Vec<String>,
    /// Continue after the page before (its last line names the place)
    #[arg(long, value_name = "PLACE")]
    after: Option<String>,
    /// Show hidden text (spoilers) instead of ▒
    #[arg(long)]
    spoilers: bool,
}

/// Order of hits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Newest first.
    #[default]
    Date,
    /// Best first.
    Relevance,
}

impl Search {
    /// Searches.
    pub fn run(&self, context: &Context) -> Result {
        let reading = Reading::open(context)?;
        let after = self.after.as_deref().map(str::parse).transpose();
        let query = query_of(&self.words);
        let page = reading.index.search(&Query {
            filter: self.filter(&reading)?,
            sort: match (self.sort, self.oldest) {
                (_, true) => Sort::Oldest,
                (Order::Date, _) => Sort::Newest,
                (Order::Relevance, _) => Sort::Relevance,
            },
            after: after.doing("--after")?,
            limit: self.limit,
            zone: Zone::varying(&local_offset),
            budget: BUDGET,
            ..Query::new(&query, now_ms().div_euclid(1000))
        });
        let page = page.map_err(|error| pointed(error, &query))?;
        let beside = match self.is_plain() {
            true => found::show(context, &reading, &query, self.spoilers)?,
            false => 0,
        };
        for hit in &page.hits {
            self.show(context, &reading, hit)?;
        }
        self.end(context, &page, beside)?;
        Ok(ExitCode::Done)
    }

    /// The first page of an answer to nothing but a query.
    fn is_plain(&self) -> bool {
        let places = self.chat.is_empty() && self.from.is_empty() && self.kind.is_empty();
        let times = self.since.is_none() && self.until.is_none();
        places && times && self.after.is_none()
    }

    fn filter(&self, reading: &Reading) -> Result<Filter> {
        let mut chats = Vec::new();
        for name in &self.chat {
            match name.parse() {
                Ok(id) => chats.push(id),
                Err(_) => chats.extend(find_chats(&reading.index, name)?),
            }
        }
        Ok(Filter {
            chats,
            senders: self.from.clone(),
            since: self.since,
            until: self.until,
            kinds: self.kind.clone(),
        })
    }

    fn show(&self, context: &Context, reading: &Reading, hit: &Hit) -> Result<()> {
        let output = &context.output;
        let title = reading.title(hit.chat, &hit.chat_title);
        let around = match self.context {
            0 => Vec::new(),
            some => reading.index.context(hit.chat, hit.id, some)?,
        };
        let (before, after): (Vec<&Shown>, Vec<&Shown>) = around
            .iter()
            .filter(|shown| shown.message.id != hit.id)
            .partition(|shown| shown.message.id < hit.id);
        for shown in before {
            self.context_line(context, reading, shown, title)?;
        }
        if output.json {
            output.json("hit", &json_line(hit, title))?;
        } else {
            let named = reading.named(Some(hit.chat), title)?;
            let sender = reading.named(hit.sender, &hit.sender_name)?;
            let seen = match self.spoilers {
                true => Cow::Borrowed(hit),
                false => Cow::Owned(without_spoilers(hit)),
            };
            for line in hit_lines(&seen, (&named, &sender), width(), output.out) {
                output.line(line)?;
            }
        }
        for shown in after {
            self.context_line(context, reading, shown, title)?;
        }
        if self.context > 0 && !output.json {
            output.line(String::new())?;
        }
        Ok(())
    }

    /// A message before or after a hit.
    fn context_line(
        &self,
        context: &Context,
        reading: &Reading,
        shown: &Shown,
        title: &str,
    ) -> Result<()> {
        let words = super::show::service_words(&reading.index, shown);
        let output = &context.output;
        if output.json {
            let topic = reading
                .index
                .topic(shown.message.chat, shown.message.topic)?;
            let line = super::show::json_line(shown, title, topic.as_ref(), words.as_deref());
            output.json("context", &line)?;
            return Ok(());
        }
        let text = super::show::seen_text(shown, words.as_deref(), self.spoilers);
        let mut line = format!(
            "{}  {}",
            minute(shown.message.date),
            reading.named(shown.message.sender, &shown.sender_name)?
        );
        if let Some(gone) = super::show::gone(shown) {
            line += &format!("  [{gone}]");
        }
        if let Some(media) = &shown.message.media {
            line += &format!("  [{}]", clean(&media.label()));
        }
        line += &format!("  {}", clean(&text));
        let line = text::fit(&line, width().saturating_sub(4));
        output.line(format!("    {}", output.out.dim(&line)))?;
        Ok(())
    }

    /// What is to be said about the page as a whole; so much was found beside messages.
    fn end(&self, context: &Context, page: &Page, beside: usize) -> Result<()> {
        let output = &context.output;
        for resolved in &page.resolved {
            if resolved.names.len() > 1 {
                let names: Vec<_> = resolved.names.iter().map(|name| clean(name)).collect();
                let filter = clean(&resolved.filter);
                output.say(format!("{filter} means any of: {}", names.join(", ")));
            }
        }
        for note in &page.notes {
            output.say(clean(&note.why));
        }
        if output.json {
            let next = page.next.as_ref().map(ToString::to_string);
            let line = json::Page {
                hits: page.hits.len(),
                next,
                looked_to: page.partial.map(|partial| partial.date),
                ranked: page.ranked,
                notes: page.notes.iter().map(|note| note.why.as_str()).collect(),
                inside: page.inside.as_deref(),
            };
            output.json("page", &line)?;
            return Ok(());
        }
        if let Some(ranked) = page.ranked {
            output.say(format!(
                "The best of the newest {} that match; without --sort relevance, all are listed.",
                text::count(ranked as u64)
            ));
        }
        if let Some(partial) = page.partial {
            let way = if self.oldest { "up" } else { "down" };
            output.say(format!(
                "Looked at {} so far, {way} to {}.",
                text::plural(partial.looked, "message", "messages"),
                day(partial.date)
            ));
        }
        output.say(match &page.next {
            Some(next) => format!("More: --after {next}"),
            None if page.hits.is_empty() && beside == 0 => "Nothing found.".to_owned(),
            None if page.hits.is_empty() => "No message says that.".to_owned(),
            None => text::plural(page.hits.len() as u64, "hit", "hits") + ".",
        });
        if let Some(inside) = &page.inside {
            let query = word(&clean(inside));
            output.say(format!(
                "These characters inside words and with signs: telekeep search {query}"
            ));
        }
        Ok(())
    }

    /// A search for one word, for the demo.
    pub fn of(word: &str, limit: usize) -> Search {
        Search {
            words: vec![word.to_owned()],
            limit,
            sort: Order::Date,
            oldest: false,
            context: 0,
            chat: Vec::new(),
            from: Vec::new(),
            since: None,
            until: None,
            kind: Vec::new(),
            after: None,
            spoilers: false,
        }
    }
}

/// Characters shown of the place of a mistake.
const PLACE: usize = 24;

/// A mistake in a query, with what stands at its place.
fn pointed(error: IndexError, query: &str) -> CommandError {
    let at = match &error {
        IndexError::Query { at, .. } => *at,
        _ => 0,
    };
    let error = CommandError::from(error);
    let mut rest = query.chars().skip(at.saturating_sub(1)).peekable();
    if at < 2 || rest.peek().is_none() {
        return error;
    }
    let place: String = rest.by_ref().take(PLACE).collect();
    let more = if rest.next().is_some() { "…" } else { "" };
    error.hint(format!("character {at} is here: {}{more}", clean(&place)))
}

/// One query of several arguments. The shell took the quotes of from:"Ada L" away: a filter with a
/// space in its value gets them back when other arguments stand beside it.
fn query_of(words: &[String]) -> String {
    let quoted = |word: &String| {
        let (minus, rest) = match word.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", word.as_str()),
        };
        match rest.split_once(':') {
            Some((key, value))
                if words.len() > 1
                    && key.chars().all(|c| c.is_ascii_alphabetic())
                    && value.contains(char::is_whitespace)
                    && !value.contains('"') =>
            {
                format!("{minus}{key}:\"{}\"", value.replace('\\', "\\\\"))
            }
            _ => word.clone(),
        }
    };
    let words: Vec<_> = words.iter().map(quoted).collect();
    words.join(" ")
}

fn json_line<'a>(hit: &'a Hit, title: &'a str) -> json::Hit<'a> {
    let (found_in, found) = match (&hit.extra, &hit.earlier) {
        (Some(extra), _) => (Some("media"), Some(extra.text.as_str())),
        (_, Some(earlier)) => (Some("earlier"), Some(earlier.text.as_str())),
        _ if hit.matches.is_empty() => (None, None),
        _ => (Some("text"), None),
    };
    json::Hit {
        message: json::Message {
            chat: hit.chat,
            id: hit.id,
            date: hit.date,
            sender: hit.sender,
            text: &hit.text,
            spoilers: super::show::spoiler_places(&hit.text, &hit.entities),
            chat_title: title,
            topic: hit.topic.as_ref().map(|topic| topic.id),
            topic_title: hit.topic.as_ref().and_then(Topic::name).map(str::to_owned),
            sender_name: hit.sender.map(|_| hit.sender_name.as_str()),
            media: hit.media.as_deref().map(Into::into),
            media_note: None,
            edited: hit.edited,
            deleted: hit.deleted.map(|deleted| deleted.div_euclid(1000)),
            versions: hit.versions,
            read: None,
        },
        found_in,
        found,
    }
}

/// The same hit with ▒ in place of what is hidden; where something was found stays marked.
fn without_spoilers(hit: &Hit) -> Hit {
    let mut hit = hit.clone();
    let ranges = hidden(&hit.text, &hit.entities);
    (hit.text, hit.matches) = veiled(&hit.text, &ranges, &hit.matches);
    if let Some(earlier) = &mut hit.earlier {
        let ranges = hidden(&earlier.text, &earlier.entities);
        (earlier.text, earlier.matches) = veiled(&earlier.text, &ranges, &earlier.matches);
    }
    hit
}

/// Two lines: where and when, then the text around the first match.
fn hit_lines(hit: &Hit, (title, sender): (&str, &str), width: usize, style: Style) -> Vec<String> {
    let title = text::fit(title, width / 3);
    let mut head = format!("{}  {}", style.dim(&minute(hit.date)), style.bold(&title));
    if let Some(topic) = hit.topic.as_ref().and_then(Topic::name) {
        let topic = text::fit(&clean(topic), width / 3);
        head += &format!(" {} {topic}", style.dim("›"));
    }
    if !sender.is_empty() && hit.sender != Some(hit.chat) {
        head += &format!("  {}", text::fit(sender, width / 3));
    }
    head += &style.dim(&format!("  {} {}", hit.chat, hit.id));
    if let Some(deleted) = hit.deleted {
        head += &style.warn(&format!("  {}", deleted_on(deleted)));
    }
    let mut lines = vec![head];
    let room = width.saturating_sub(4);
    if let Some(earlier) = &hit.earlier {
        let label = style.dim(&format!("[edited away after {}]", minute(earlier.date)));
        let body = around(&earlier.text, &earlier.matches, room, style);
        lines.push(format!("    {label} {body}"));
        let label = style.dim("[now]");
        lines.push(format!(
            "    {label} {}",
            around(&hit.text, &[], room, style)
        ));
        return lines;
    }
    let mut body = around(&hit.text, &hit.matches, room, style);
    if let Some(media) = &hit.media {
        let label = style.dim(&format!("[{}]", clean(media)));
        body = if body.is_empty() {
            label
        } else {
            format!("{label} {body}")
        };
    }
    lines.push(format!("    {body}"));
    if let Some(extra) = &hit.extra {
        let found = around(&extra.text, &extra.matches, room, style);
        lines.push(format!("    {} {found}", style.dim("›")));
    }
    lines
}

/// The text around its first match, in about `width` columns, matches coloured.
fn around(whole: &str, matches: &[Range<usize>], width: usize, style: Style) -> String {
    let first = matches.first().map_or(0, |range| range.start);
    let before = whole.get(..first).unwrap_or_default();
    // A third of the line before the match, cut at a character.
    let lead = before
        .char_indices()
        .rev()
        .nth(width / 3)
        .map_or(0, |(at, _)| at);
    let mut out = String::from(if lead > 0 { "…" } else { "" });
    let mut used = text::columns(&out);
    let mut at = lead;
    let end = whole.len();
    let matches = matches.iter().map(|range| (range.start, range.end));
    for (start, stop) in matches.chain([(end, end)]) {
        for (from, to, matched) in [(at, start, false), (start, stop, true)] {
            let piece = whole.get(from.max(lead)..to).unwrap_or_default();
            let piece = flat(piece);
            let fitted = text::fit(&piece, width.saturating_sub(used));
            used += text::columns(&fitted);
            out += &if matched {
                style.warn(&fitted)
            } else {
                fitted.clone()
            };
            if fitted != piece {
                return out;
            }
        }
        at = stop.max(at);
    }
    out
}

/// A piece on one line, spaces at its ends kept.
fn flat(piece: &str) -> String {
    let cleaned = clean(piece);
    if cleaned.is_empty() {
        return if piece.is_empty() {
            cleaned
        } else {
            " ".to_owned()
        };
    }
    let start = if piece.starts_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    let end = if piece.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    format!("{start}{cleaned}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_match_is_always_in_sight() {
        let text = format!(
            "{} lighthouse at night {}",
            "word ".repeat(100),
            "more ".repeat(100)
        );
        let start = text.find("lighthouse").unwrap();
        let found = start..start + 10;
        let line = around(&text, std::slice::from_ref(&found), 60, Style::plain());
        assert!(line.contains("lighthouse"), "{line}");
        assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
        assert!(text::columns(&line) <= 61, "{line}");
    }

    #[test]
    fn short_texts_are_whole_and_on_one_line() {
        let found = 4..9;
        let line = around(
            "two\nlines \x1b[2J",
            std::slice::from_ref(&found),
            60,
            Style::plain(),
        );
        assert_eq!(line, "two lines [2J");
    }

    #[test]
    fn wide_and_odd_texts_do_not_panic() {
        for text in ["", "東京タワー", "🙂🙃"] {
            for width in 0..12 {
                around(text, &[], width, Style::plain());
            }
        }
        let found = 1..2;
        around("東京", std::slice::from_ref(&found), 10, Style::plain());
    }

    #[test]
    fn quotes_that_the_shell_took_come_back() {
        let query = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            query_of(&words)
        };
        assert_eq!(query(&["from:Ada L", "tea"]), "from:\"Ada L\" tea");
        assert_eq!(query(&["-in:Book club", "x y"]), "-in:\"Book club\" x y");
        assert_eq!(query(&["from:ada tea"]), "from:ada tea");
        assert_eq!(query(&["a", "in:\"b c\" d"]), "a in:\"b c\" d");
    }
}
