//! What viewers of every kind ask the index for, independent of how they show it: the pages of the
//! server, the terminal browser.

mod chats;
mod coverage;
mod faces;
mod portrait;
mod search;
mod stretch;
mod surroundings;
mod threads;
mod versions;

pub use chats::{ChatLine, FOLDERS, Folder, folder_word, own_folder};
pub use coverage::coverage_words;
pub use faces::{book_words, chat_face, chat_title, face, known_face};
pub use portrait::{large, portrait, small};
pub use search::{media_words, search_notes};
pub use stretch::Stretch;
pub use surroundings::Surroundings;
pub use threads::{Thread, sub_chats, threads};
pub use versions::{VersionStep, versions};
