//! Names to save files under. They come from strangers.

use crate::render::encode;

/// Longest name, in bytes: file systems take 255, and browsers append to it.
const MAX_BYTES: usize = 180;

/// `Content-Disposition` for saving (RFC 6266), with the name for old and for new browsers.
pub fn attachment(name: &str) -> String {
    let name = safe_name(name);
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        encode(&name)
    )
}

/// A name without folders, without characters that hide what it is, not hidden, not too long; the
/// ending stays.
#[must_use]
pub fn safe_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if r#"/\:*?"<>|"#.contains(c) { '_' } else { c })
        .collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.is_empty() {
        return "file".to_owned();
    }
    shorten(clean)
}

/// Marks that turn or hide text: `gpj.exe` must not look like `exe.jpg`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let ending = name
        .rfind('.')
        .and_then(|at| name.get(at..))
        .filter(|ending| ending.len() <= 16);
    let ending = ending.unwrap_or_default();
    let mut end = MAX_BYTES - ending.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{ending}", name.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a\r\nSet-Cookie: x", "aSet-Cookie_ x"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            (".bashrc", "bashrc"),
            ("...", "file"),
            ("", "file"),
            ("отчёт.pdf", "отчёт.pdf"),
        ] {
            assert_eq!(safe_name(name), expected, "{name:?}");
        }
        assert_eq!(
            attachment("отчёт \"1\".pdf"),
            "attachment; filename=\"_____ _1_.pdf\"; \
             filename*=UTF-8''%D0%BE%D1%82%D1%87%D1%91%D1%82%20_1_.pdf"
        );
        let long = format!("{}.tar.gz", "ж".repeat(300));
        assert!(safe_name(&long).ends_with("ж.gz") && safe_name(&long).len() <= MAX_BYTES);
    }

    proptest! {
        #[test]
        fn always_a_header(name: String) {
            let header = attachment(&name);
            prop_assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            prop_assert_eq!(header.matches('"').count(), 2);
            prop_assert!(!safe_name(&name).contains(['/', '\\']));
        }
    }
}
