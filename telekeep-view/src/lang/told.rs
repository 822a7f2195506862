//! What other parts of the program tell in English or in codes, in the reader's language: what is
//! wrong with a query, and why something could not be had.

use telekeep_index::{DELETED_ACCOUNT, Topic};

use super::{Texts, english};

impl Texts {
    /// A name as the index has it, with our words for those of whom nothing is known.
    #[must_use]
    pub fn name<'n>(&self, name: &'n str) -> &'n str {
        match name {
            DELETED_ACCOUNT => self.get("peer.nameless-deleted"),
            name => name,
        }
    }

    /// What a topic of a forum is called.
    #[must_use]
    pub fn topic(&self, topic: &Topic) -> String {
        match (&topic.title, topic.id) {
            (Some(title), _) => title.clone(),
            (None, 1) => self.get("chat.topic-general").to_owned(),
            (None, id) => self.with("chat.topic", id),
        }
    }

    /// What the index says of a query. Its English is that of the `query.` texts, where `{x}` stands
    /// for what the reader wrote; what is not among them stays as it is.
    #[must_use]
    pub fn of_query(&self, told: &str) -> String {
        let patterns = english().texts.iter();
        let mut queries = patterns.filter(|(key, _)| key.starts_with("query."));
        let found = queries.find_map(|(key, pattern)| Some((key, captured(pattern, told)?)));
        match found {
            Some((key, values)) => {
                let values: Vec<_> = values.iter().map(|(name, value)| (*name, *value)).collect();
                super::fill(self.find(key).unwrap_or(key), &values)
            }
            None => told.to_owned(),
        }
    }

    /// Why something could not be had: the server's or our own word for it in words, with the word
    /// itself, which the server's makers document.
    #[must_use]
    pub fn of_failure(&self, code: &str) -> String {
        match failure(code) {
            Some(key) => format!("{} (\u{2068}{code}\u{2069})", self.get(key)),
            None => code.to_owned(),
        }
    }
}

/// The values at the `{name}`s of a pattern that a text is made after.
fn captured<'t>(pattern: &'static str, text: &'t str) -> Option<Vec<(&'static str, &'t str)>> {
    let mut values = Vec::new();
    let (start, mut pattern) = pattern.split_once('{').unwrap_or((pattern, ""));
    let mut rest = text.strip_prefix(start)?;
    while let Some((name, after)) = pattern.split_once('}') {
        let (words, next) = after.split_once('{').unwrap_or((after, ""));
        let at = match (words, next) {
            ("", "") => rest.len(),
            // The last words stand at the end.
            (words, "") => rest.strip_suffix(words)?.len(),
            (words, _) => rest.find(words)?,
        };
        let (value, tail) = rest.split_at_checked(at)?;
        values.push((name, value));
        rest = tail.strip_prefix(words)?;
        pattern = next;
    }
    rest.is_empty().then_some(values)
}

/// The key of the words for a code.
fn failure(code: &str) -> Option<&'static str> {
    let starts = |words: &[&str]| words.iter().any(|word| code.starts_with(word));
    Some(match code {
        "SELF_DESTRUCTING" => "failure.self-destructing",
        "LEFT" => "failure.left",
        "PROTECTED_CONTENT" | "CHAT_FORWARDS_RESTRICTED" => "failure.protected",
        "ORIGIN_GONE" | "FILE_ID_INVALID" | "MESSAGE_ID_INVALID" | "MSG_ID_INVALID"
        | "MEDIA_EMPTY" => "failure.gone",
        "NOT_AT_TELEGRAM" => "failure.elsewhere",
        _ if starts(&["UNSELECTED_"]) => "failure.unselected",
        _ if starts(&["LOCATION_", "VERSION_INVALID"]) => "failure.gone",
        _ if starts(&["FILE_REFERENCE_", "FILEREF_"]) => "failure.reference",
        _ if starts(&[
            "CHANNEL_",
            "CHAT_",
            "PEER_ID_",
            "USER_BANNED",
            "USER_NOT_PARTICIPANT",
        ]) =>
        {
            "failure.no-access"
        }
        _ if starts(&["FLOOD_", "SLOWMODE_"]) => "failure.wait",
        _ if starts(&["WRONG_", "HASH_", "UNDECODABLE", "UNREADABLE_"]) => "failure.wrong",
        _ if starts(&[
            "TIMEOUT",
            "RPC_",
            "INTERNAL",
            "WORKER_",
            "CONNECTION_",
            "MSG_WAIT_",
            "NO_ANSWER",
        ]) =>
        {
            "failure.no-answer"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{all, by_code};

    #[test]
    fn patterns_are_found_in_what_is_told() {
        let cases = [
            ("no {x} here", "no tea here", Some(vec![("x", "tea")])),
            ("{x}: {y}", "a: b: c", Some(vec![("x", "a"), ("y", "b: c")])),
            ("in {x}", "in ", Some(vec![("x", "")])),
            ("plain", "plain", Some(vec![])),
            ("plain", "plainer", None),
            ("no {x} here", "no tea there", None),
            ("no {x} here", "yes", None),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(captured(pattern, text), expected, "{pattern}");
        }
    }

    #[test]
    fn codes_in_every_language() {
        for code in [
            "SELF_DESTRUCTING",
            "PROTECTED_CONTENT",
            "ORIGIN_GONE",
            "NOT_AT_TELEGRAM",
            "NO_ANSWER",
            "UNSELECTED_SIZE",
            "LOCATION_INVALID",
            "FILE_REFERENCE_EXPIRED",
            "CHANNEL_PRIVATE",
            "FLOOD_WAIT",
            "WRONG_LENGTH",
            "TIMEOUT",
        ] {
            for texts in all() {
                let words = texts.of_failure(code);
                assert!(
                    words.len() > code.len() + 12 && words.contains(code),
                    "{words}"
                );
            }
        }
        let german = by_code("de").unwrap();
        assert_eq!(german.of_failure("SOMETHING_NEW"), "SOMETHING_NEW");
    }
}
