//! What is held of a chat, in plain words.

use telekeep_index::ChatStatus;

use crate::lang::Texts;

/// What could be missing of one chat, or that nothing is.
#[must_use]
pub fn coverage_words(chat: &ChatStatus, texts: &'static Texts) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(why) = &chat.not_visible {
        words.push(texts.with("coverage.not-visible", texts.of_failure(why)));
    }
    if let Some(error) = &chat.failure {
        words.push(texts.with("coverage.failed", texts.of_failure(error)));
    }
    match (chat.complete, chat.server_count) {
        _ if chat.not_visible.is_some() => {}
        (true, Some(count)) => words.push(texts.count("coverage.whole", count)),
        (true, None) => {}
        (false, None) => words.push(texts.get("coverage.not-told").to_owned()),
        (false, Some(_)) if chat.missing > 0 => {
            words.push(texts.count("coverage.missing", chat.missing));
        }
        (false, Some(_)) => {}
    }
    if chat.gaps > 0 {
        words.push(texts.count("coverage.gaps", chat.gaps));
    }
    if chat.explained > 0 {
        words.push(texts.count("coverage.explained", chat.explained));
    }
    if chat.media_missing > 0 {
        words.push(texts.count("coverage.files-missing", chat.media_missing));
    }
    if chat.media_ruled > 0 {
        words.push(texts.count("coverage.files-ruled", chat.media_ruled));
    }
    words
}
