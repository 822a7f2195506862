//! Where things are: addresses of pages and files, and which foreign addresses may be links.

use crate::thumb::is_tiny;

/// Addresses of everything a message may point to. The viewer and a static export differ here.
pub trait Links {
    /// A chat at its newest message.
    fn chat(&self, chat: i64) -> String;
    /// A message in its chat.
    fn message(&self, chat: i64, id: i64) -> String;
    /// A message in a topic of a forum.
    fn in_topic(&self, chat: i64, _topic: i64, id: i64) -> String {
        self.message(chat, id)
    }
    /// Earlier versions of a message, if they can be shown.
    fn history(&self, chat: i64, id: i64) -> Option<String>;
    /// Who reacted to a message and voted in it, where that has a page.
    fn people(&self, _chat: i64, _id: i64) -> Option<String> {
        None
    }
    /// A person or chat.
    fn profile(&self, peer: i64) -> Option<String>;
    /// A story, where stories have a page.
    fn story(&self, _chat: i64, _id: i64) -> Option<String> {
        None
    }
    /// A public name.
    fn username(&self, name: &str) -> Option<String>;
    /// Messages with this word.
    fn search(&self, words: &str) -> Option<String>;
    /// The bytes of a file (`document/ID`, `photo/ID/y`).
    fn file(&self, key: &str) -> String;
    /// The same to save under a name.
    fn download(&self, key: &str, name: &str) -> String;
    /// A small picture made of a large one, where they are made.
    fn thumb(&self, _key: &str) -> Option<String> {
        None
    }
    /// A tiny preview (base64 of a stripped JPEG), where it can be shown.
    fn tiny(&self, _preview: &str) -> Option<String> {
        None
    }
}

/// Addresses of the viewer.
#[derive(Clone, Copy, Debug, Default)]
pub struct ServerLinks;

impl Links for ServerLinks {
    fn chat(&self, chat: i64) -> String {
        format!("/chat/{chat}")
    }

    fn message(&self, chat: i64, id: i64) -> String {
        format!("/chat/{chat}?at={id}#m{id}")
    }

    fn in_topic(&self, chat: i64, topic: i64, id: i64) -> String {
        format!("/chat/{chat}/topic/{topic}?at={id}#m{id}")
    }

    fn history(&self, chat: i64, id: i64) -> Option<String> {
        Some(format!("/chat/{chat}/{id}/history"))
    }

    fn people(&self, chat: i64, id: i64) -> Option<String> {
        Some(format!("/chat/{chat}/{id}/people"))
    }

    fn profile(&self, peer: i64) -> Option<String> {
        Some(format!("/profile/{peer}"))
    }

    fn story(&self, chat: i64, id: i64) -> Option<String> {
        Some(format!("/stories?at={chat}.{id}#s{chat}-{id}"))
    }

    fn username(&self, name: &str) -> Option<String> {
        Some(format!("/name/{}", encode(name.trim_start_matches('@'))))
    }

    fn search(&self, words: &str) -> Option<String> {
        Some(format!("/search?q={}", encode(words)))
    }

    fn file(&self, key: &str) -> String {
        let parts: Vec<_> = key.split('/').map(encode).collect();
        format!("/file/{}", parts.join("/"))
    }

    fn download(&self, key: &str, name: &str) -> String {
        format!("{}?save={}", self.file(key), encode(name))
    }

    fn thumb(&self, key: &str) -> Option<String> {
        let parts: Vec<_> = key.split('/').map(encode).collect();
        Some(format!("/thumb/{}", parts.join("/")))
    }

    fn tiny(&self, preview: &str) -> Option<String> {
        let safe = || preview.trim_end_matches('=').replace('+', "-");
        is_tiny(preview).then(|| format!("/tiny/{}", safe().replace('/', "_")))
    }
}

/// Percent-encodes everything but unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The address of a link from a message, if it is one a browser may follow: never one that runs or
/// contains something (`javascript:`, `data:`, `file:`, ...).
#[must_use]
pub fn safe_address(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4096 || text.contains(|c: char| c.is_control() || c == ' ') {
        return None;
    }
    let scheme_end = text.find([':', '/', '?', '#']);
    let colon = scheme_end.filter(|at| text.as_bytes().get(*at) == Some(&b':'));
    let Some(at) = colon else {
        // No scheme: a bare host such as `example.org/page`.
        return (!text.starts_with(['/', '?', '#'])).then(|| format!("https://{text}"));
    };
    let (scheme, rest) = text.split_at(at);
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" if rest.starts_with("://") => Some(text.to_owned()),
        "mailto" | "tel" | "tg" | "ton" => Some(text.to_owned()),
        // `example.org:8080/page`: a host and a port.
        host if host.contains('.') && port(rest) => Some(format!("https://{text}")),
        _ => None,
    }
}

fn port(rest: &str) -> bool {
    let digits: String = rest
        .chars()
        .skip(1)
        .take_while(char::is_ascii_digit)
        .collect();
    let after = rest.get(1 + digits.len()..).unwrap_or_default();
    (1..=5).contains(&digits.len()) && (after.is_empty() || after.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_addresses() {
        for (text, address) in [
            (
                "https://example.org/a?b#c",
                Some("https://example.org/a?b#c"),
            ),
            ("example.org", Some("https://example.org")),
            ("example.org:80/x", Some("https://example.org:80/x")),
            ("mailto:a@example.org", Some("mailto:a@example.org")),
            ("tg://resolve?domain=a", Some("tg://resolve?domain=a")),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            (" javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("a.b:alert(1)", None),
            ("data:text/html,x", None),
            ("vbscript:x", None),
            ("file:///etc/passwd", None),
            ("blob:https://x", None),
            ("//example.org", None),
            ("/chat/1", None),
            ("", None),
        ] {
            assert_eq!(safe_address(text).as_deref(), address, "{text:?}");
        }
    }

    #[test]
    fn file_addresses_stay_one_path() {
        assert_eq!(ServerLinks.file("photo/1/y"), "/file/photo/1/y");
        assert_eq!(ServerLinks.file("a?b/#\"<"), "/file/a%3Fb/%23%22%3C");
    }

    #[test]
    fn previews_that_are_none_have_no_address() {
        // A version, height and width; then anything.
        assert_eq!(ServerLinks.tiny("ASgo+/8=").unwrap(), "/tiny/ASgo-_8");
        let long = format!("ASgo{}", "A".repeat(5000));
        for none in [
            "",
            "==",
            "AAAA",
            "AQAA",
            "ASgo\"><script>",
            "ASgo/../../settings",
            &long,
        ] {
            assert_eq!(ServerLinks.tiny(none), None, "{none:.40}");
        }
    }
}
