//! Words of the `meta` column: chat, sender and kinds, so that a filter is a word of the query and
//! costs as little as one.

use std::fmt::Write as _;

use telekeep_model::Message;

/// The words of a message.
pub(crate) fn of(message: &Message) -> String {
    let mut out = chat(message.chat);
    if let Some(id) = message.sender {
        out.push(' ');
        out.push_str(&sender(id));
    }
    let mut add = |word: &str| {
        let _ = write!(out, " k{word}");
    };
    if let Some(media) = &message.media {
        add(media.kind());
    }
    if message.has_link() && !matches!(message.media, Some(telekeep_model::Media::WebPage(_))) {
        add("link");
    }
    for (is, word) in [
        (message.service.is_some(), "service"),
        (message.forward.is_some(), "forwarded"),
        (message.reply_to.is_some(), "reply"),
        (message.pinned, "pinned"),
        (
            message.edit_date.is_some() && !message.edit_hidden,
            "edited",
        ),
        (message.outgoing, "mine"),
    ] {
        if is {
            add(word);
        }
    }
    out
}

/// The word of a chat.
pub(crate) fn chat(id: i64) -> String {
    marked('c', id)
}

/// The word of a sender.
pub(crate) fn sender(id: i64) -> String {
    marked('u', id)
}

/// The word of a kind; `None` when it cannot be one.
pub(crate) fn kind(word: &str) -> Option<String> {
    let known = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    known.then(|| format!("k{word}"))
}

/// A minus would end the word.
fn marked(letter: char, id: i64) -> String {
    let sign = if id < 0 { "n" } else { "p" };
    format!("{letter}{sign}{}", id.unsigned_abs())
}
