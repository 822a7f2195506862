//! What is held of a chat, in plain words.

use telekeep_index::ChatStatus;

use crate::lang::Texts;
use crate::render::Clock;

/// What could be missing of one chat, or that nothing is.
#[must_use]
pub fn coverage_words(chat: &ChatStatus, texts: &'static Texts, clock: &Clock) -> Vec<String> {
    let mut words = selected_words(chat, texts, clock);
    if let Some(why) = &chat.not_visible {
        words.push(texts.with("coverage.not-visible", texts.of_failure(why)));
    }
    if let Some(error) = &chat.failure {
        words.push(texts.with("coverage.failed", texts.of_failure(error)));
    }
    match (chat.complete, chat.server_count) {
        _ if chat.not_visible.is_some() || chat.selection.is_some() => {}
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
    if chat.deleted > 0 {
        words.push(texts.count("coverage.deleted", chat.deleted));
    }
    if chat.lost > 0 {
        words.push(texts.count("coverage.lost", chat.lost));
    }
    if chat.uncounted > 0 {
        words.push(texts.count("coverage.uncounted", chat.uncounted));
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

/// What of it is selected, when that is not everything.
fn selected_words(chat: &ChatStatus, texts: &'static Texts, clock: &Clock) -> Vec<String> {
    let Some(selected) = &chat.selection else {
        return Vec::new();
    };
    if selected.out.is_some() {
        return vec![texts.get("coverage.left-out").to_owned()];
    }
    let mut words = Vec::new();
    if let Some(since) = selected.since {
        words.push(texts.with("coverage.part-since", clock.full(since)));
    }
    if let Some(until) = selected.until {
        words.push(texts.with("coverage.part-until", clock.full(until)));
    }
    if selected.own {
        words.push(texts.get("coverage.part-own").to_owned());
    }
    if !selected.topics.is_empty() {
        words.push(texts.get("coverage.part-topics").to_owned());
    }
    words
}
