//! Which rendition of somebody's photo to show.

use telekeep_index::{Index, IndexError};

use crate::render::Links;

/// Renditions by the letter of their type, as large as a portrait in a list should be first.
const ORDER: &[u8] = b"mbacsxydw";

/// Address of the photo of a person or chat, if anything of one is held.
pub fn portrait(index: &Index, links: &dyn Links, id: i64) -> Result<Option<String>, IndexError> {
    let found = index.portrait(id)?;
    let file = small(&found.files).map(|key| links.file(key));
    let tiny = || found.thumb.as_deref().and_then(|thumb| links.tiny(thumb));
    Ok(file.or_else(tiny))
}

/// The rendition for lists.
#[must_use]
pub fn small(files: &[String]) -> Option<&String> {
    files.iter().min_by_key(|file| place(file))
}

/// The largest rendition.
#[must_use]
pub fn large(files: &[String]) -> Option<&String> {
    const SIZES: &[u8] = b"sambcxydw";
    let size = |file: &&String| SIZES.iter().position(|one| Some(one) == kind(file));
    files.iter().max_by_key(size)
}

fn place(file: &str) -> usize {
    let place = ORDER.iter().position(|one| Some(one) == kind(file));
    place.unwrap_or(ORDER.len())
}

/// The letter of a file's type.
fn kind(file: &str) -> Option<&u8> {
    file.as_bytes().last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_size() {
        let files: Vec<_> = ["a", "c", "y", "?"]
            .map(|kind| format!("photo/7/{kind}"))
            .into();
        assert_eq!(small(&files).unwrap(), "photo/7/a");
        assert_eq!(large(&files).unwrap(), "photo/7/y");
        assert_eq!(small(&[]), None);
    }
}
