//! Custom emoji: drawn inside the line where the archive holds their picture. The plain emoji that
//! they stand for stays in the text, for reading aloud and copying, and is what is seen otherwise.

use super::Html;
use super::links::Links;
use super::scene::Files;

/// A picture that stands for an emoji.
pub(super) enum Emoji {
    /// A still picture at this address.
    Still(String),
    /// A video.
    Video(String),
    /// A moving drawing (`.tgs`).
    Drawing(String),
}

impl Emoji {
    /// The picture of a custom emoji, when it is held and of a kind that can be drawn.
    pub fn find(id: i64, files: &dyn Files, links: &dyn Links) -> Option<Self> {
        let key = format!("document/{id}");
        let kind = files.kind(&key)?;
        let source = links.file(&key);
        match kind.as_str() {
            "image/webp" | "image/png" | "image/jpeg" => Some(Self::Still(source)),
            "video/webm" => Some(Self::Video(source)),
            "application/x-tgsticker" => Some(Self::Drawing(source)),
            _ => None,
        }
    }

    /// Writes the picture and opens the element of the plain emoji; gives the end of both.
    pub fn open(&self, out: &mut Html) -> &'static str {
        match self {
            Self::Still(source) => {
                out.markup("<span class=\"emoji held\"><img class=\"emoji-picture\" src=\"");
                out.text(source);
                out.markup("\" alt=\"\" width=\"20\" height=\"20\" loading=\"lazy\">");
            }
            Self::Video(source) => {
                out.markup(
                    "<span class=\"emoji held moving\"><video class=\"emoji-picture\" src=\"",
                );
                out.text(source);
                out.markup("\" muted loop playsinline preload=\"metadata\" width=\"20\" height=\"20\" aria-hidden=\"true\"></video>");
            }
            Self::Drawing(source) => {
                out.markup("<span class=\"emoji moving\" data-tgs=\"");
                out.text(source);
                out.markup("\">");
            }
        }
        out.markup("<span class=\"emoji-text\">");
        "</span></span>"
    }
}
