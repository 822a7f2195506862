//! No text makes the tokenizer panic, and its tokens lie inside the text, at characters and in order.
//! Run: `cargo +nightly fuzz run tokenizer`.
#![no_main]

use std::ops::ControlFlow;

use telekeep_index::tokenizer::{Mode, Tokenizer};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for mode in [Mode::Document, Mode::Query] {
        let mut last = 0;
        let _ = Tokenizer::default().run(text, mode, &mut |token| {
            assert!(!token.text.is_empty());
            assert!(text.get(token.start..token.end).is_some());
            assert!(token.end >= last);
            last = token.end;
            ControlFlow::Continue(())
        });
    }
});
