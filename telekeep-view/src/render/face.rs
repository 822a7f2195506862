//! How a person or chat is drawn: by a photo, else a colour that stays the same, and letters.

use super::Html;

/// Colours there are (`.c0` to `.c6` in the style sheet).
const COLOURS: i64 = 7;

/// A name with its colour and letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// Marked id; 0 when unknown.
    pub id: i64,
    /// The name.
    pub name: String,
    /// First letters.
    pub letters: String,
    /// Number of the colour.
    pub colour: i64,
    /// Address of a photo, where one is held.
    pub photo: Option<String>,
    /// The account was deleted; the name is the last one it had.
    pub deleted: bool,
}

impl Face {
    /// The face of a marked id. Without an id (a hidden sender) the name decides the colour.
    #[must_use]
    pub fn new(id: i64, name: &str) -> Self {
        let seed = match id {
            0 => name
                .bytes()
                .fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 1_000_003),
            id => bare(id),
        };
        Self {
            id,
            name: name.to_owned(),
            letters: letters(name),
            colour: seed.rem_euclid(COLOURS),
            photo: None,
            deleted: false,
        }
    }

    /// The same, of an account that was deleted or not.
    #[must_use]
    pub fn of_deleted(self, deleted: bool) -> Self {
        Self { deleted, ..self }
    }

    /// The same with a photo.
    #[must_use]
    pub fn with_photo(self, photo: Option<String>) -> Self {
        Self { photo, ..self }
    }

    /// What is inside the circle: the photo, or the letters.
    #[must_use]
    pub fn inside(&self) -> Html {
        let mut html = Html::new();
        match &self.photo {
            Some(photo) => {
                html.markup("<img src=\"");
                html.text(photo);
                html.markup(
                    "\" alt=\"\" width=\"96\" height=\"96\" loading=\"lazy\" decoding=\"async\">",
                );
            }
            None => html.text(&self.letters),
        }
        html
    }
}

/// The id as the server knows it, so that colours are those people are used to.
fn bare(marked: i64) -> i64 {
    let positive = marked.unsigned_abs();
    let base = telekeep_model::CHANNEL_BASE.unsigned_abs();
    let bare = if marked < 0 && positive > base {
        positive - base
    } else {
        positive
    };
    i64::try_from(bare).unwrap_or(0)
}

/// The first letter of the first and the last word; emoji and marks are passed over.
fn letters(name: &str) -> String {
    let initial = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut initials = name.split_whitespace().filter_map(initial);
    let first = initials.next();
    let last = initials.next_back();
    let mut out: String = first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect();
    if out.is_empty() {
        out.extend(name.chars().find(|c| !c.is_whitespace() && !c.is_control()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_names() {
        for (name, expected) in [
            ("Ada Lovelace", "AL"),
            ("ада", "А"),
            ("🦊 Fox and Friends", "FF"),
            ("李明", "李"),
            ("🦊", "🦊"),
            ("", ""),
            ("a b c", "AC"),
        ] {
            assert_eq!(Face::new(1, name).letters, expected, "{name}");
        }
    }

    #[test]
    fn colours_are_stable_and_in_range() {
        for id in [i64::MIN, -1_000_000_000_001, -1, 0, 1, 7, i64::MAX] {
            let face = Face::new(id, "x");
            assert!((0..COLOURS).contains(&face.colour), "{id}");
            assert_eq!(face, Face::new(id, "x"));
        }
        assert_eq!(Face::new(-1_000_000_000_003, "x").colour, 3);
    }
}
