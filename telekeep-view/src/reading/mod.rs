//! What viewers of every kind ask the index for, independent of how they show it: the pages of the
//! server, the terminal browser.

mod coverage;
mod stretch;
mod surroundings;

pub use coverage::coverage_words;
pub use stretch::Stretch;
pub use surroundings::Surroundings;
