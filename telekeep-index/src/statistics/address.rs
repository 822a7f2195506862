//! Where a text has addresses: their parts ("https", "org") are no words that anybody used.

/// The stretches of a text that are addresses of sites, mail addresses, and names and commands as
/// Telegram links them (`@ada`, `/start`), in order.
pub(super) fn addresses(text: &str, out: &mut Vec<(usize, usize)>) {
    out.clear();
    // Nearly every text has none: one look is enough for these.
    if !text.bytes().any(|byte| matches!(byte, b'.' | b'@' | b'/')) {
        return;
    }
    let mut start = 0;
    for chunk in text.split(ends) {
        if let Some(from) = begins(chunk) {
            out.push((start + from, start + chunk.len()));
        }
        start += chunk.len();
        start += text.get(start..).map_or(0, first_length);
    }
}

fn first_length(rest: &str) -> usize {
    rest.chars().next().map_or(0, char::len_utf8)
}

/// White space, and the wide signs and letters between which Chinese and Japanese write addresses.
fn ends(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '<' | '>' | '"' | '|' | '\u{3000}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// Where in a text without spaces an address begins.
fn begins(chunk: &str) -> Option<usize> {
    if let Some(at) = chunk.find("://") {
        let scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let before = chunk.get(..at).unwrap_or_default();
        return Some(before.trim_end_matches(scheme).len());
    }
    let inside =
        chunk.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '@' | '/'));
    let from = chunk.len() - inside.len();
    let named = |sign| {
        let name = inside.strip_prefix(sign);
        name.is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let mail = inside
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && is_host(host));
    (named('@') || named('/') || mail || is_host(inside)).then_some(from)
}

/// `example.org`, `www.example.org/a?b`: labels in ASCII, the last of them of small letters.
fn is_host(text: &str) -> bool {
    let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let host = text
        .split(|c: char| !label(c) && c != '.')
        .next()
        .unwrap_or_default();
    let host = host.trim_end_matches('.');
    let Some((before, last)) = host.rsplit_once('.') else {
        return false;
    };
    (2..=24).contains(&last.len())
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && before.split('.').all(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> String {
        let mut found = Vec::new();
        addresses(text, &mut found);
        let mut out = String::new();
        let mut at = 0;
        for (start, end) in found {
            out.push_str(&text[at..start]);
            at = end;
        }
        out + &text[at..]
    }

    #[test]
    fn addresses_are_found() {
        for (text, expected) in [
            ("see https://example.org/a?b=ц now", "see  now"),
            ("see (www.example.org/x), then", "see ( then"),
            ("example.org", ""),
            ("mail ada@example.org today", "mail  today"),
            ("ask @ada or /start@bot", "ask  or "),
            ("看这里https://example.org/ab，好的", "看这里，好的"),
            ("привет tg://resolve?domain=x ok", "привет  ok"),
            (
                "well... yes. No / maybe 3.14 a@b",
                "well... yes. No / maybe 3.14 a@b",
            ),
            ("end.Next и/или 5/6", "end.Next и/или 5/6"),
            ("", ""),
            ("@ / . :// @.", "@ / .  @."),
        ] {
            assert_eq!(left(text), expected, "{text}");
        }
    }
}
