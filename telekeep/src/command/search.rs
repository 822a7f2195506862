//! `telekeep search`: messages by their words, newest first.

use clap::Args;
use telekeep_index::{Filter, Hit, Page};

use super::show::find_chats;
use crate::context::Context;
use crate::error::{Context as _, Result};
use crate::exit::ExitCode;
use crate::index::Reading;
use crate::output::json;
use crate::output::style::Style;
use crate::output::text::{self, clean, minute, parse_date};
use crate::output::width;

/// Find messages in all chats, newest first
///
/// Words side by side must all be there, in any order, in any script; case and accents do not
/// matter. `"words in quotes"` are a phrase, `word*` a beginning, `one OR two` either. Words that
/// must not be there begin with a minus and follow `--`: telekeep search -- tea -coffee.
#[derive(Debug, Args)]
pub struct Search {
    /// What to look for
    #[arg(required = true)]
    words: Vec<String>,
    /// Most hits to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
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
}

impl Search {
    /// Searches.
    pub fn run(&self, context: &Context) -> Result {
        let reading = Reading::open(context)?;
        let filter = Filter {
            chats: self.chats(&reading)?,
            senders: self.from.clone(),
            since: self.since,
            until: self.until,
            kinds: self.kind.clone(),
        };
        let after = self
            .after
            .as_deref()
            .map(str::parse)
            .transpose()
            .doing("--after")?;
        let words = self.words.join(" ");
        let page = reading.index.search(&words, &filter, after, self.limit)?;
        let output = &context.output;
        for hit in &page.hits {
            let title = reading.title(hit.chat, &hit.chat_title);
            if output.json {
                output.json("hit", &json_line(hit, title))?;
            } else {
                for line in hit_lines(hit, title, width(), output.out) {
                    output.line(line)?;
                }
            }
        }
        for ignored in &page.ignored {
            output.say(format!("nothing to search for in {}", clean(ignored)));
        }
        if !output.json {
            output.say(self.last_words(&page));
        }
        Ok(ExitCode::Done)
    }

    fn chats(&self, reading: &Reading) -> Result<Vec<i64>> {
        let mut ids = Vec::new();
        for name in &self.chat {
            match name.parse() {
                Ok(id) => ids.push(id),
                Err(_) => ids.extend(find_chats(&reading.index, name)?),
            }
        }
        Ok(ids)
    }

    fn last_words(&self, page: &Page) -> String {
        match &page.next {
            _ if page.hits.is_empty() => "Nothing found.".to_owned(),
            Some(next) => format!("More: --after {next}"),
            None => text::plural(page.hits.len() as u64, "hit", "hits") + ".",
        }
    }

    /// A search for one word, for the demo.
    pub fn of(word: &str, limit: usize) -> Search {
        Search {
            words: vec![word.to_owned()],
            limit,
            chat: Vec::new(),
            from: Vec::new(),
            since: None,
            until: None,
            kind: Vec::new(),
            after: None,
        }
    }
}

fn json_line<'a>(hit: &'a Hit, title: &'a str) -> json::Message<'a> {
    json::Message {
        chat: hit.chat,
        id: hit.id,
        date: hit.date,
        sender: hit.sender,
        text: &hit.text,
        chat_title: title,
        sender_name: hit.sender.map(|_| hit.sender_name.as_str()),
        media: hit.media.as_deref().map(Into::into),
    }
}

/// Two lines: where and when, then the text around the first match.
fn hit_lines(hit: &Hit, title: &str, width: usize, style: Style) -> Vec<String> {
    let title = text::fit(&clean(title), width / 3);
    let mut head = format!("{}  {}", style.dim(&minute(hit.date)), style.bold(&title));
    if !hit.sender_name.is_empty() && hit.sender != Some(hit.chat) {
        head += &format!("  {}", text::fit(&clean(&hit.sender_name), width / 3));
    }
    head += &style.dim(&format!("  {} {}", hit.chat, hit.id));
    let mut body = around(hit, width.saturating_sub(4), style);
    if let Some(media) = &hit.media {
        let label = style.dim(&format!("[{}]", clean(media)));
        body = if body.is_empty() {
            label
        } else {
            format!("{label} {body}")
        };
    }
    vec![head, format!("    {body}")]
}

/// The text around its first match, in about `width` columns, matches coloured.
fn around(hit: &Hit, width: usize, style: Style) -> String {
    let first = hit.matches.first().map_or(0, |range| range.start);
    let before = hit.text.get(..first).unwrap_or_default();
    // A third of the line before the match, cut at a character.
    let lead = before
        .char_indices()
        .rev()
        .nth(width / 3)
        .map_or(0, |(at, _)| at);
    let mut out = String::from(if lead > 0 { "…" } else { "" });
    let mut used = text::columns(&out);
    let mut at = lead;
    let end = hit.text.len();
    let matches = hit.matches.iter().map(|range| (range.start, range.end));
    for (start, stop) in matches.chain([(end, end)]) {
        for (from, to, matched) in [(at, start, false), (start, stop, true)] {
            let piece = hit.text.get(from.max(lead)..to).unwrap_or_default();
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

    fn hit(text: &str, found: Option<(usize, usize)>) -> Hit {
        Hit {
            chat: -1,
            chat_title: "Family".into(),
            id: 7,
            date: 0,
            sender: Some(5),
            sender_name: "Ada".into(),
            text: text.into(),
            matches: found.map(|(start, end)| start..end).into_iter().collect(),
            media: None,
        }
    }

    #[test]
    fn the_match_is_always_in_sight() {
        let text = format!(
            "{} lighthouse at night {}",
            "word ".repeat(100),
            "more ".repeat(100)
        );
        let start = text.find("lighthouse").unwrap();
        let hit = hit(&text, Some((start, start + 10)));
        let line = around(&hit, 60, Style::plain());
        assert!(line.contains("lighthouse"), "{line}");
        assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
        assert!(text::columns(&line) <= 61, "{line}");
    }

    #[test]
    fn short_texts_are_whole_and_on_one_line() {
        let line = around(&hit("two\nlines \x1b[2J", Some((4, 9))), 60, Style::plain());
        assert_eq!(line, "two lines [2J");
    }

    #[test]
    fn wide_and_odd_texts_do_not_panic() {
        for text in ["", "東京タワー", "🙂🙃"] {
            for width in 0..12 {
                around(&hit(text, None), width, Style::plain());
            }
        }
        around(&hit("東京", Some((1, 2))), 10, Style::plain());
    }
}
