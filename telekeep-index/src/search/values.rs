//! Values of filters: names of kinds and properties, dates, sizes. Pure.

use std::fmt;

use super::{
    grammar::{DateKey, What, error},
    meta,
};
use crate::{
    error::IndexError,
    zone::{Zone, day_number},
};

/// Names of filters.
pub(crate) const KEYS: [&str; 14] = [
    "from", "in", "topic", "tag", "filename", "exact", "has", "is", "before", "after", "on",
    "since", "until", "size",
];

/// Values of `has:`, and the kind each means ([`meta`]).
pub const HAS: [(&str, &str); 18] = [
    ("media", "kmedia"),
    ("photo", "kphoto"),
    ("video", "kvideo"),
    ("round", "kround"),
    ("voice", "kvoice"),
    ("audio", "kaudio"),
    ("file", "kfile"),
    ("link", "klink"),
    ("poll", "kpoll"),
    ("sticker", "ksticker"),
    ("gif", "kgif"),
    ("location", "klocation"),
    ("contact", "kcontact"),
    ("dice", "kdice"),
    ("game", "kgame"),
    ("invoice", "kinvoice"),
    ("checklist", "ktodo"),
    ("giveaway", "kgiveaway"),
];

/// Other words for them.
const HAS_TOO: [(&str, &str); 6] = [
    ("music", "audio"),
    ("document", "file"),
    ("image", "photo"),
    ("picture", "photo"),
    ("url", "link"),
    ("todo", "checklist"),
];

/// Values of `is:`, and the kind each means.
pub const IS: [(&str, &str); 7] = [
    ("edited", "kedited"),
    ("deleted", "kdeleted"),
    ("pinned", "kpinned"),
    ("forwarded", "kforwarded"),
    ("reply", "kreply"),
    ("mine", "kmine"),
    ("service", "kservice"),
];

/// How a size is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Greater,
    AtLeast,
    Less,
    AtMost,
}

impl Comparison {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::AtMost => "<=",
        }
    }

    pub(crate) fn holds(self, bytes: i64, limit: i64) -> bool {
        match self {
            Self::Greater => bytes > limit,
            Self::AtLeast => bytes >= limit,
            Self::Less => bytes < limit,
            Self::AtMost => bytes <= limit,
        }
    }

    pub(crate) fn opposite(self) -> Self {
        match self {
            Self::Greater => Self::AtMost,
            Self::AtLeast => Self::Less,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::Greater,
        }
    }
}

/// A date as typed: a year, a month, a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DateText {
    Year(i64),
    Month(i64, i64),
    Day(i64, i64, i64),
    Today,
    Yesterday,
}

impl fmt::Display for DateText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Day(year, month, day) => write!(f, "{year:04}-{month:02}-{day:02}"),
            Self::Today => f.write_str("today"),
            Self::Yesterday => f.write_str("yesterday"),
        }
    }
}

impl DateText {
    fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "today" => return Some(Self::Today),
            "yesterday" => return Some(Self::Yesterday),
            _ => {}
        }
        let mut parts = text.split(['-', '/']);
        let mut number = |most: usize| -> Option<Option<i64>> {
            let Some(part) = parts.next() else {
                return Some(None);
            };
            let digits = part.chars().all(|c| c.is_ascii_digit());
            let fits = (1..=most).contains(&part.len());
            (digits && fits).then(|| part.parse().ok())
        };
        let (year, month, day) = (number(4)??, number(2)?, number(2)?);
        if parts.next().is_some() || text.split(['-', '/']).next()?.len() != 4 {
            return None;
        }
        // Checks the calendar.
        day_number(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Some(match (month, day) {
            (None, _) => Self::Year(year),
            (Some(month), None) => Self::Month(year, month),
            (Some(month), Some(day)) => Self::Day(year, month, day),
        })
    }

    /// When it begins and when it has ended, unix seconds.
    pub(crate) fn span(self, zone: Zone<'_>, now: i64) -> (i64, i64) {
        let first = |year: i64, month: i64, day: i64| {
            // The year after the last one of the calendar has no number of its own.
            let past = || day_number(9999, 12, 31).map(|number| number + 1);
            day_number(year, month, day)
                .or_else(past)
                .unwrap_or_default()
        };
        let today = zone.day(now);
        let (from, to) = match self {
            Self::Year(year) => (first(year, 1, 1), first(year + 1, 1, 1)),
            Self::Month(year, 12) => (first(year, 12, 1), first(year + 1, 1, 1)),
            Self::Month(year, month) => (first(year, month, 1), first(year, month + 1, 1)),
            Self::Day(year, month, day) => {
                let day = first(year, month, day);
                (day, day + 1)
            }
            Self::Today => (today, today + 1),
            Self::Yesterday => (today - 1, today),
        };
        (zone.midnight(from), zone.midnight(to))
    }
}

/// The filter that is named so, in any case.
pub(crate) fn key(typed: &str) -> Option<&'static str> {
    let typed = typed.to_ascii_lowercase();
    let name = match typed.as_str() {
        "during" => "on",
        "file" => "filename",
        "chat" => "in",
        "hashtag" => "tag",
        name => name,
    };
    KEYS.into_iter().find(|key| *key == name)
}

/// The filter `key` with a value; `at` is where it begins.
pub(crate) fn filter(at: usize, key: &'static str, value: &str) -> Result<What, IndexError> {
    let value = match key {
        "exact" => value,
        _ => value.trim(),
    };
    if value.is_empty() {
        let example = match key {
            "from" => "from:ada or from:\"Ada L\"",
            "in" => "in:family or in:\"Book club\"",
            "before" | "after" | "on" | "since" | "until" => "on:2024-05-17",
            "has" => "has:photo",
            "is" => "is:edited",
            "size" => "size:>10mb",
            "filename" => "filename:report",
            "topic" => "topic:travel",
            "exact" => "exact:\"any characters\"",
            _ => "tag:holiday",
        };
        let why = format!("`{key}:` needs a value right after it, as in {example}");
        return Err(error(at, why));
    }
    let date = |key| match DateText::parse(value) {
        Some(date) => Ok(What::Date(key, date)),
        None => Err(error(
            at,
            "this is no date of the calendar; write 2024, 2024-05, 2024-05-17, today or yesterday",
        )),
    };
    match key {
        "from" => Ok(What::From(value.to_owned())),
        "in" => Ok(What::In(value.to_owned())),
        "topic" => Ok(What::Topic(value.to_owned())),
        "exact" => Ok(What::Exact(value.to_owned())),
        "tag" => {
            let tag =
                value.trim_start_matches(|c: char| matches!(c, '#' | '$') || c.is_whitespace());
            match meta::tag(tag) {
                Some(_) => Ok(What::Tag(tag.to_owned())),
                None => Err(error(
                    at,
                    "a tag has letters, digits or emoji, as tag:holiday",
                )),
            }
        }
        "filename" => {
            let name = value.trim_matches(|c: char| matches!(c, '*' | '.') || c.is_whitespace());
            match meta::tag(name) {
                Some(_) => Ok(What::Filename(name.to_owned())),
                None => Err(error(
                    at,
                    "write words of the file's name, as filename:report",
                )),
            }
        }
        "has" => word(at, key, value, &HAS, &HAS_TOO).map(What::Has),
        "is" => word(at, key, value, &IS, &[]).map(What::Is),
        "before" => date(DateKey::Before),
        "after" => date(DateKey::After),
        "on" => date(DateKey::On),
        "since" => date(DateKey::Since),
        "until" => date(DateKey::Until),
        _ => size(value).ok_or_else(|| {
            error(
                at,
                "write a comparison and a size, as size:>10mb or size:<=500kb",
            )
        }),
    }
}

/// One of the words a filter takes.
fn word(
    at: usize,
    key: &str,
    value: &str,
    words: &[(&'static str, &'static str)],
    too: &[(&str, &'static str)],
) -> Result<&'static str, IndexError> {
    let value = value.to_lowercase();
    let single = value.strip_suffix('s').unwrap_or(&value);
    let other = |text: &str| {
        too.iter()
            .find(|(word, _)| *word == text)
            .map(|(_, is)| *is)
    };
    for text in [value.as_str(), single] {
        let text = other(text).unwrap_or(text);
        if let Some((word, _)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(word);
        }
    }
    let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
    let meant = match closest(&value, all.iter().copied()) {
        Some(word) => format!("did you mean {key}:{word}? "),
        None => String::new(),
    };
    Err(error(
        at,
        format!(
            "`{key}:` does not take this; {meant}it takes {}",
            all.join(", ")
        ),
    ))
}

fn size(value: &str) -> Option<What> {
    let operators = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::Greater),
        ("<", Comparison::Less),
    ];
    let (comparison, rest) = operators
        .into_iter()
        .find_map(|(sign, comparison)| Some((comparison, value.strip_prefix(sign)?)))?;
    let rest = rest.trim().to_ascii_lowercase();
    let digits = rest
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(rest.len());
    let (number, unit) = rest.split_at_checked(digits)?;
    let unit: i64 = match unit.trim() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "m" | "mb" => 1_000_000,
        "g" | "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    if number.len() > 20 || number.is_empty() {
        return None;
    }
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let mut bytes = match whole {
        "" => 0,
        whole => whole.parse::<i64>().ok()?.checked_mul(unit)?,
    };
    if !part.is_empty() {
        let scale = 10_i64.checked_pow(u32::try_from(part.len()).ok()?)?;
        let part = part.parse::<i64>().ok()?.checked_mul(unit)? / scale;
        bytes = bytes.checked_add(part)?;
    }
    Some(What::Size(comparison, bytes))
}

/// The word that `typed` was probably meant to be.
pub(crate) fn closest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let typed: Vec<char> = typed.to_lowercase().chars().take(20).collect();
    if typed.len() < 3 {
        return None;
    }
    let best = words
        .map(|word| (distance(&typed, word), word))
        .min_by_key(|(distance, _)| *distance)?;
    let near = if typed.len() > 4 { 2 } else { 1 };
    (best.0 <= near).then_some(best.1)
}

/// Insertions, deletions, replacements and swaps of neighbours from one to the other.
fn distance(one: &[char], other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&row, j) + usize::from(a != b))
                .min(at(&row, j + 1) + 1)
                .min(at(&next, j) + 1);
            let swapped =
                i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let span = |text: &str| DateText::parse(text).map(|date| date.span(Zone::UTC, 86_400 * 40));
        assert_eq!(span("1970"), Some((0, 365 * 86_400)));
        assert_eq!(span("1970-02"), Some((31 * 86_400, 59 * 86_400)));
        assert_eq!(span("1970-12"), Some((334 * 86_400, 365 * 86_400)));
        assert_eq!(span("1970-1-2"), Some((86_400, 2 * 86_400)));
        assert_eq!(span("today"), Some((40 * 86_400, 41 * 86_400)));
        assert_eq!(span("Yesterday"), Some((39 * 86_400, 40 * 86_400)));
        assert!(span("9999-12-31").is_some());
        for bad in [
            "",
            "70",
            "1970-13",
            "1970-1-32",
            "1970-1-1-1",
            "x",
            "1970-",
            "+970",
            "17.5.2024",
        ] {
            assert_eq!(DateText::parse(bad), None, "{bad}");
        }
        let east = Zone::fixed(3600);
        let date = DateText::parse("1970-01-02").unwrap();
        assert_eq!(date.span(east, 0), (86_400 - 3600, 2 * 86_400 - 3600));
    }

    #[test]
    fn sizes() {
        let bytes = |text: &str| match size(text) {
            Some(What::Size(_, bytes)) => Some(bytes),
            _ => None,
        };
        assert_eq!(bytes(">10mb"), Some(10_000_000));
        assert_eq!(bytes("<.5k"), Some(500));
        assert_eq!(bytes(">=1.5 GiB"), Some(3 << 29));
        for bad in [
            "10",
            ">",
            ">mb",
            ">1.2.3",
            ">1x",
            ">99999999999gb",
            ">99999999999999999999",
        ] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }

    #[test]
    fn misspellings() {
        assert_eq!(closest("form", KEYS.into_iter()), Some("from"));
        assert_eq!(closest("befor", KEYS.into_iter()), Some("before"));
        assert_eq!(closest("xyz", KEYS.into_iter()), None);
    }
}
