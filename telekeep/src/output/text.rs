//! Text from outside made safe and short; numbers, sizes and dates made readable.
//!
//! Everything that comes from Telegram is untrusted: a chat title may hold escape sequences
//! that move the cursor or rewrite earlier lines, or direction marks that reorder a table.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// One printable line: control characters, line breaks, escape sequences' openers and
/// direction overrides become a space or vanish; runs of spaces collapse.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}') {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible_mark(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Several printable lines: as [`clean`], but line breaks stay.
pub fn clean_lines(text: &str) -> Vec<String> {
    text.lines().map(clean).collect()
}

/// Marks that change the order or the looks of what follows without being seen: bidirectional
/// embeddings, overrides and isolates, and the tag block.
fn is_invisible_mark(c: char) -> bool {
    matches!(c,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{feff}' | '\u{e0000}'..='\u{e007f}' | '\u{fff9}'..='\u{fffb}')
}

/// How many terminal columns `text` takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in at most `width` columns, ending in `…` when something was cut.
pub fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 1 > width {
            break;
        }
        used += w;
        out.push(c);
    }
    out.push('…');
    out
}

/// `12,345,678`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// `1 message`, `12 messages`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `999 B`, `1.2 kB`, `34 MB`: decimal units, as disks and Telegram count.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let unit = UNITS.get(unit).copied().unwrap_or("EB");
    if value < 9.95 {
        format!("{value:.1} {unit}")
    } else {
        format!("{value:.0} {unit}")
    }
}

/// `4 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if (seconds / 60).is_multiple_of(60) => format!("{} h", seconds / 3600),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// `2024-03-01` in the time zone of this computer.
pub fn day(unix_seconds: i64) -> String {
    zoned(unix_seconds, "%Y-%m-%d")
}

/// `2024-03-01 14:05` in the time zone of this computer.
pub fn minute(unix_seconds: i64) -> String {
    zoned(unix_seconds, "%Y-%m-%d %H:%M")
}

/// `14:05:33` in the time zone of this computer.
pub fn clock(unix_seconds: i64) -> String {
    zoned(unix_seconds, "%H:%M:%S")
}

/// Seconds that the time zone of this computer is ahead of UTC at a moment.
pub fn local_offset(unix_seconds: i64) -> i64 {
    Timestamp::from_second(unix_seconds).map_or(0, |at| {
        i64::from(TimeZone::system().to_offset(at).seconds())
    })
}

fn zoned(unix_seconds: i64, format: &str) -> String {
    match Timestamp::from_second(unix_seconds) {
        Ok(at) => at.to_zoned(TimeZone::system()).strftime(format).to_string(),
        Err(_) => "?".to_owned(),
    }
}

/// Reads `2024-03-01`, `2024-03-01 14:05`, `2024-03-01T14:05:00Z` or unix seconds as unix
/// seconds; without an offset, in the time zone of this computer.
pub fn parse_date(text: &str) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at.as_second());
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds);
    }
    let local = text.parse::<jiff::civil::DateTime>();
    let local = local.or_else(|_| text.parse::<jiff::civil::Date>().map(Into::into));
    local
        .and_then(|at| at.to_zoned(TimeZone::system()))
        .map(|at| at.timestamp().as_second())
        .map_err(|_| format!("`{text}` is not a date like 2024-03-01 or 2024-03-01T14:05"))
}

/// Reads `90`, `90s`, `15m`, `2h` or `1d` as seconds.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => 0,
    };
    match number
        .parse::<u64>()
        .ok()
        .and_then(|n| n.checked_mul(factor))
    {
        Some(seconds) if factor > 0 => Ok(seconds),
        _ => Err(format!(
            "`{text}` is not a length of time like 90s, 15m, 2h or 1d"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_cannot_drive_the_terminal() {
        assert_eq!(clean("a\x1b[2Jb\r\nc\u{9b}31m"), "a [2Jb c 31m");
        assert_eq!(clean("evil\u{202e}gnp.exe"), "evilgnp.exe");
        assert_eq!(clean("  \t\u{a0} "), "");
        assert_eq!(clean("Café ☕ 東京 שלום"), "Café ☕ 東京 שלום");
    }

    #[test]
    fn cutting_counts_columns_not_characters() {
        assert_eq!(fit("東京タワー", 6), "東京…");
        assert_eq!(columns(&fit("東京タワー", 6)), 5);
        assert_eq!(fit("short", 5), "short");
        assert_eq!(fit("shorter", 5), "shor…");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1234567), "1,234,567");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1000), "1.0 kB");
        assert_eq!(size(999_960), "1.0 MB");
        assert_eq!(size(34_567_890), "35 MB");
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(200), "3 min 20 s");
        assert_eq!(duration(7500), "2 h 5 min");
        assert_eq!(plural(1, "chat", "chats"), "1 chat");
    }

    #[test]
    fn dates_and_lengths_are_read() {
        assert_eq!(parse_date("1970-01-02T00:00:00Z"), Ok(86400));
        assert_eq!(parse_date("86400"), Ok(86400));
        assert!(parse_date("2024-03-01").is_ok());
        assert!(parse_date("2024-03-01 14:05").is_ok());
        assert!(parse_date("yesterday").is_err());
        assert_eq!(parse_duration("90"), Ok(90));
        assert_eq!(parse_duration("15m"), Ok(900));
        assert_eq!(parse_duration("1d"), Ok(86400));
        assert!(parse_duration("soon").is_err());
        assert!(parse_duration("99999999999999999999d").is_err());
    }
}
