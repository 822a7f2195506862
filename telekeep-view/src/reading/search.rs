//! What is said about the answer to a search.

use telekeep_index::Page;

use crate::lang::Texts;
use crate::render::Clock;

/// What was understood otherwise than it looks, and how far was looked.
#[must_use]
pub fn search_notes(page: &Page, clock: &Clock) -> Vec<String> {
    let texts = clock.texts;
    let mut notes: Vec<String> = page
        .notes
        .iter()
        .map(|note| format!("{}: {}", note.about, texts.of_query(&note.why)))
        .collect();
    for resolved in &page.resolved {
        notes.push(format!(
            "{} → {}",
            resolved.filter,
            resolved
                .names
                .iter()
                .map(|name| texts.name(name))
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }
    if let Some(partial) = &page.partial {
        notes.push(texts.with("search.partial", clock.full(partial.date)));
    }
    if let Some(ranked) = page.ranked {
        notes.push(texts.count("search.ranked", ranked as u64));
    }
    notes
}

/// `photo: name` with the kind in the reader's language.
#[must_use]
pub fn media_words(label: &str, texts: &Texts) -> String {
    let (kind, detail) = label.split_once(": ").unwrap_or((label, ""));
    let kind = texts.find(&format!("kind.{kind}")).unwrap_or(kind);
    match detail {
        "" => kind.to_owned(),
        detail => format!("{kind} · {detail}"),
    }
}
