//! Words of the `meta` column: chat, sender and kinds, so that a filter is a word of the query and
//! costs as little as one.

use std::{collections::BTreeSet, fmt::Write as _, ops::ControlFlow};

use telekeep_model::{Media, Message};

use super::values;
use crate::{
    number::signed,
    tokenizer::{Mode, Tokenizer},
};

/// The word that every message has: what must not be there is taken from it.
pub(crate) const ALL: &str = "a";

/// Kinds that no filter of the query language names.
const UNNAMED: [&str; 7] = [
    "venue",
    "paid",
    "story",
    "stream",
    "expired",
    "unsupported",
    "topic",
];

/// A word that no message has.
pub(crate) const NOWHERE: &str = "knothing";

/// Kinds of media that are files.
const FILES: [&str; 8] = [
    "photo", "video", "round", "voice", "audio", "file", "gif", "sticker",
];

/// The words of a message. Every kind is there twice: alone, and joined with the chat, because "photos
/// of this chat" is asked for on every visit of a gallery and should not cost two walks.
pub(crate) fn of(message: &Message, deleted: bool) -> String {
    let chat = chat(message.chat);
    let mut out = format!("{ALL} {chat}");
    if let Some(id) = message.sender {
        out.push(' ');
        out.push_str(&sender(id));
    }
    kinds(message, &mut |word| {
        let _ = write!(out, " k{word} {chat}k{word}");
    });
    if deleted {
        let _ = write!(out, " kdeleted {chat}kdeleted");
    }
    if let Some(topic) = message.topic {
        let _ = write!(out, " {}", topic_of(message.chat, topic));
    }
    if let Some(peer) = message.saved_peer {
        let _ = write!(out, " {}", saved_of(message.chat, peer));
    }
    let bytes = message.media.as_ref().map_or(0, Media::bytes);
    if bytes > 0 {
        let _ = write!(out, " {}", size(signed(bytes)));
    }
    for name in message.tags() {
        if let Some(word) = tag(&name) {
            let _ = write!(out, " {word}");
        }
    }
    out
}

fn kinds(message: &Message, add: &mut dyn FnMut(&str)) {
    if let Some(media) = &message.media {
        add(media.kind());
        let mut file = FILES.contains(&media.kind());
        if let Media::Paid { items, .. } = media {
            each_kind(items, add);
            file = true;
        }
        if file {
            add("media");
        }
        if matches!(media, Media::Venue { .. }) {
            add("location");
        }
    }
    if let Some(rich) = &message.rich {
        let media = rich.media();
        each_kind(&media, add);
        if !media.is_empty() {
            add("media");
        }
    }
    if message.has_link() && !matches!(message.media, Some(Media::WebPage(_))) {
        add("link");
    }
    let edited = message.edit_date.is_some() && !message.edit_hidden;
    for (is, word) in [
        (message.service.is_some(), "service"),
        (message.forward.is_some(), "forwarded"),
        (message.reply_to.is_some(), "reply"),
        (message.pinned, "pinned"),
        (edited, "edited"),
        (message.outgoing, "mine"),
        (message.topic.is_some(), "topic"),
    ] {
        if is {
            add(word);
        }
    }
}

fn each_kind(media: &[Media], add: &mut dyn FnMut(&str)) {
    let kinds: BTreeSet<&str> = media.iter().map(Media::kind).collect();
    kinds.into_iter().for_each(add);
}

/// The word of a tag (without its mark), in any script: a hash of its folded form. `None` for one with
/// nothing in it that is searched.
pub(crate) fn tag(name: &str) -> Option<String> {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut some = false;
    let _ = Tokenizer::default().run(name, Mode::Query, &mut |token| {
        some = true;
        // FNV-1a; parts of a tag are kept apart.
        for byte in token.text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        ControlFlow::Continue(())
    });
    some.then(|| format!("h{hash:016x}"))
}

/// The word of all sizes with as many binary digits.
pub(crate) fn size(bytes: i64) -> String {
    format!("z{}", digits(bytes))
}

/// Binary digits of a size: sizes of 2^(n-1) up to 2^n - 1 have n.
pub(crate) fn digits(bytes: i64) -> u32 {
    i64::BITS - bytes.max(0).leading_zeros()
}

/// The word of a forum topic.
pub(crate) fn topic_of(chat_id: i64, topic: i64) -> String {
    format!("{}t{}", chat(chat_id), topic.unsigned_abs())
}

/// The word of what Saved Messages were saved from, or of somebody who wrote to a channel.
pub(crate) fn saved_of(chat_id: i64, peer: i64) -> String {
    format!("{}{}", chat(chat_id), marked('s', peer))
}

/// The word of a kind in a chat.
pub(crate) fn kind_of(chat_id: i64, kind_word: &str) -> String {
    format!("{}{kind_word}", chat(chat_id))
}

/// The word of a chat.
pub(crate) fn chat(id: i64) -> String {
    marked('c', id)
}

/// The word of a sender.
pub(crate) fn sender(id: i64) -> String {
    marked('u', id)
}

/// The word of a kind; `None` when there is no such kind.
pub(crate) fn kind(word: &str) -> Option<String> {
    all_kinds()
        .any(|known| known == word)
        .then(|| format!("k{word}"))
}

/// All kinds.
pub(crate) fn all_kinds() -> impl Iterator<Item = &'static str> {
    let named = values::HAS.iter().chain(&values::IS);
    let named = named.filter_map(|(_, word)| word.strip_prefix('k'));
    named.chain(UNNAMED)
}

/// A minus would end the word.
fn marked(letter: char, id: i64) -> String {
    let sign = if id < 0 { "n" } else { "p" };
    format!("{letter}{sign}{}", id.unsigned_abs())
}
