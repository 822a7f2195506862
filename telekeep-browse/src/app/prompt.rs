//! A question in the last row: a name, a date, a search, a path.

use telekeep_index::day_number;

use super::line::Line;
use crate::ask::FileItem;
use crate::say::Say;

/// What is asked.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Part of a chat's name; the list follows while one types.
    Name,
    /// A date to go to.
    Date,
    /// What to search for, in all chats or in this one (`narrow`).
    Search {
        chat: Option<(i64, String)>,
        narrow: bool,
    },
    /// Where to save a file.
    Save(FileItem),
}

/// A question and what is typed.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// What is typed.
    pub line: Line,
    /// Which of the earlier queries stands there.
    pub recalled: usize,
}

impl Prompt {
    /// Asks, with something there already.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            line: Line::new(text),
            recalled: 0,
        }
    }

    /// The question.
    pub fn label(&self, say: &Say) -> String {
        match &self.purpose {
            Purpose::Name => say.get("browse.ask-name").to_owned(),
            Purpose::Date => say.get("browse.ask-date").to_owned(),
            Purpose::Search {
                chat: Some((_, title)),
                narrow: true,
            } => say.with("browse.ask-search-in", title),
            Purpose::Search { .. } => say.get("browse.ask-search").to_owned(),
            Purpose::Save(_) => say.get("browse.ask-save").to_owned(),
        }
    }
}

/// The number of the day that is meant: a day, the first of a month or year, or `today`.
pub fn date(text: &str, today: i64) -> Option<i64> {
    let text = text.trim();
    match text.to_lowercase().as_str() {
        "today" => return Some(today),
        "yesterday" => return Some(today - 1),
        _ => {}
    }
    let mut parts = text.split(['-', '/', '.']).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i64>().ok()).flatten()
    });
    let year = parts.next()??;
    let month = parts.next().unwrap_or(Some(1))?;
    let day = parts.next().unwrap_or(Some(1))?;
    match parts.next() {
        Some(_) => None,
        None => day_number(year, month, day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("2024-02-29", Some(19_782)),
            ("2024/2/29", Some(19_782)),
            (" 1970 ", Some(0)),
            ("1970-02", Some(31)),
            ("today", Some(7)),
            ("Yesterday", Some(6)),
            ("2023-02-29", None),
            ("2024-", None),
            ("-5", None),
            ("2024-1-1-1", None),
            ("tomorrow", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(date(text, 7), expected, "{text:?}");
        }
    }
}
