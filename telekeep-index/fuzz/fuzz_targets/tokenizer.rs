//! No text makes the tokenizer panic; its tokens lie inside the text, at characters and in order; and
//! a text is found by itself, as a phrase, wherever it stands.
//! Run: `cargo +nightly fuzz run tokenizer`.
#![no_main]

use std::ops::ControlFlow;

use telekeep_index::tokenizer::{Mode, Tokenizer};

/// Position, text, and whether it is one character that is looked for as a prefix.
type Found = (usize, String, bool);

fn tokens(text: &str, mode: Mode) -> Vec<Found> {
    let (mut last, mut position) = (0, 0);
    let mut all = Vec::new();
    let _ = Tokenizer::default().run(text, mode, &mut |token| {
        assert!(!token.text.is_empty());
        assert!(!token.text.contains(char::is_control));
        assert!(text.get(token.start..token.end).is_some());
        assert!(token.end >= last);
        last = token.end;
        position += usize::from(!token.colocated);
        all.push((position, token.text.to_owned(), token.single));
        ControlFlow::Continue(())
    });
    all
}

/// As FTS5 looks for a phrase.
fn is_there(document: &[Found], phrase: &[Found]) -> bool {
    document.iter().any(|(first, _, _)| {
        phrase
            .iter()
            .enumerate()
            .all(|(step, (_, wanted, single))| {
                let prefix = *single && step + 1 == phrase.len();
                let mut here = document.iter().filter(|(at, _, _)| *at == first + step);
                here.any(|(_, text, _)| text == wanted || (prefix && text.starts_with(wanted)))
            })
    })
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let phrase = tokens(text, Mode::Query);
    if phrase.len() > 100 {
        return;
    }
    for around in [
        text.to_owned(),
        format!("a {text}, z"),
        format!("中 {text}。国"),
    ] {
        let document = tokens(&around, Mode::Document);
        assert!(
            phrase.is_empty() || is_there(&document, &phrase),
            "{phrase:?} in {document:?}"
        );
    }
});
