//! No query makes its reader panic, and what was read prints itself as an equal query.
//! Run: `cargo +nightly fuzz run query`.
#![no_main]

use telekeep_index::grammar::parse;

libfuzzer_sys::fuzz_target!(|typed: &str| {
    if let Ok(parsed) = parse(typed)
        && let Some(query) = parsed.query
    {
        let printed = query.to_string();
        // Quotation marks make it longer, and there is a limit.
        if printed.chars().count() <= 4096 {
            let again = parse(&printed).expect("a printed query is a query");
            assert_eq!(again.query, Some(query), "{typed:?} printed as {printed:?}");
        }
    }
});
