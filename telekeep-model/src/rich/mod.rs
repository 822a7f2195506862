//! Rich messages (`RichMessage`, layer 228 and later): a message whose content is blocks, like a page.
//!
//! They are read twice. [`flat`] gives all words in reading order with their formatting: what is
//! searched, listed and shown where only text fits. [`read`] gives the blocks themselves, for who can
//! draw them. Both come from a stranger: depth, number and spans are bounded, and whatever is beyond a
//! bound, or is not understood, stays as plain words.

mod flat;
mod read;

use serde::{Deserialize, Serialize};

pub(crate) use flat::{flat, string};
pub(crate) use read::read;

use crate::{Document, Entity, Media, Photo, is_default};

/// The content of a rich message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rich {
    /// How many bytes at the beginning of the message's text are not of it, but a text beside it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: usize,
    /// Written from right to left.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rtl: bool,
    /// The server sent only the beginning.
    #[serde(default, skip_serializing_if = "is_default")]
    pub part: bool,
    /// What it is made of.
    pub blocks: Vec<Block>,
}

/// Words with their formatting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The words. A picture among them is 🖼.
    #[serde(rename = "t")]
    pub text: String,
    /// Their formatting.
    #[serde(rename = "e", default, skip_serializing_if = "is_default")]
    pub entities: Vec<Entity>,
}

impl Line {
    /// Are there no words?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// What is said below a picture, a video, a map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Caption {
    /// The words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: Line,
    /// Who made it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub credit: Line,
}

/// A part of a rich message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// Words.
    Paragraph(Line),
    /// A heading; 1 is the highest, 6 the lowest.
    Heading(u8, Line),
    /// Who wrote it, and when (unix seconds).
    Byline(Line, i64),
    /// Small print.
    Footer(Line),
    /// Code and its language.
    Code(Line, String),
    /// A formula in its own notation.
    Math(Line),
    /// What a machine thought before it answered.
    Thinking(Line),
    /// A place that links lead to.
    Anchor(String),
    /// A line across.
    Divider,
    /// Somebody else's words.
    Quote(Quote),
    /// A list.
    List(List),
    /// A picture, where the message brought it.
    Photo(Box<Option<Photo>>, Caption),
    /// A video, sound or file, where the message brought it.
    Document(Box<Option<Document>>, Caption),
    /// Pictures that belong together.
    Group(Vec<Block>, Caption),
    /// A table.
    Table(Table),
    /// Something folded under its title.
    Details(Details),
    /// Pages to read on.
    Articles(Line, Vec<Article>),
    /// A place on earth: latitude and longitude.
    Map(f64, f64, Caption),
    /// A chat: marked id and title.
    Chat(Option<i64>, String),
    /// Something of another site.
    Embed(Embed),
    /// Buttons of a row; links are formatting of their words.
    Buttons(Vec<Line>),
    /// A constructor this version does not know, and its words.
    Unsupported(String, Line),
}

/// Somebody else's words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// What was said.
    pub blocks: Vec<Block>,
    /// Who said it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub caption: Line,
    /// Shown folded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collapsed: bool,
    /// Taken out of the text and made large.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pull: bool,
}

/// A list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// How items are numbered; `None` when they are not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub numbers: Option<Numbers>,
    /// The items.
    pub items: Vec<ListItem>,
}

/// How the items of a list are numbered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// The first number, if not 1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: Option<i32>,
    /// Counting down.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reversed: bool,
    /// `1`, `a`, `A`, `i` or `I`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: Option<char>,
}

/// An item of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ListItem {
    /// What it says.
    pub blocks: Vec<Block>,
    /// Of a list of things to do: done or not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub checked: Option<bool>,
    /// Its number as the author wrote it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub label: Option<String>,
    /// Its number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub value: Option<i32>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it is about.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: Line,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// With lines around cells.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bordered: bool,
    /// Every other row shaded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub striped: bool,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What it says.
    #[serde(default, skip_serializing_if = "is_default")]
    pub text: Line,
    /// It names a row or a column.
    #[serde(default, skip_serializing_if = "is_default")]
    pub header: bool,
    /// Where its words stand.
    #[serde(default, skip_serializing_if = "is_default")]
    pub align: Align,
    /// Where they stand between top and bottom.
    #[serde(default, skip_serializing_if = "is_default")]
    pub height: Height,
    /// Columns it takes; 0 and 1 are one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub columns: u16,
    /// Rows it takes; 0 and 1 are one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rows: u16,
}

/// Where words stand between the sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Align {
    #[default]
    Start,
    Center,
    Right,
}

/// Where words stand between top and bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Height {
    #[default]
    Top,
    Middle,
    Bottom,
}

/// Something folded under its title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// The title.
    pub title: Line,
    /// What is folded.
    pub blocks: Vec<Block>,
    /// Open at first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub open: bool,
}

/// A page to read on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Address. Untrusted.
    pub url: String,
    /// Title.
    #[serde(default, skip_serializing_if = "is_default")]
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub author: String,
}

/// Something of another site: a player, a post.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Embed {
    /// Address. Untrusted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub url: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub author: String,
    /// When, unix seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub date: i64,
    /// Picture of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub photo: Box<Option<Photo>>,
    /// The post.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blocks: Vec<Block>,
    /// What is said below it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub caption: Caption,
}

impl Rich {
    /// Every line of words, in reading order.
    pub fn lines(&self, each: &mut dyn FnMut(&Line)) {
        self.blocks.iter().for_each(|block| block.lines(each));
    }

    /// Its pictures and files, as if each were a message of its own.
    #[must_use]
    pub fn media(&self) -> Vec<Media> {
        let mut found = Vec::new();
        let mut see = |block: &Block| {
            found.extend(match block {
                Block::Photo(photo, _) => photo.as_ref().clone().map(Media::Photo),
                Block::Document(document, _) => document.as_ref().clone().map(Media::Document),
                _ => None,
            });
        };
        self.blocks.iter().for_each(|block| block.each(&mut see));
        found
    }

    /// Keys of the files without which it is not whole, and their kinds.
    pub(crate) fn wanted(&self, each: &mut dyn FnMut(&str, &'static str)) {
        let mut see = |block: &Block| match block {
            Block::Photo(photo, _) => {
                let key = photo.as_ref().as_ref().map(|photo| photo.file.key.as_str());
                if let Some(key) = key.filter(|key| !key.is_empty()) {
                    each(key, "photo");
                }
            }
            Block::Document(document, _) => {
                if let Some(document) = document.as_ref() {
                    each(&document.file.key, document.role.kind());
                }
            }
            _ => {}
        };
        self.blocks.iter().for_each(|block| block.each(&mut see));
    }

    /// Appends the names of its files, one per line.
    pub(crate) fn file_names(&self, out: &mut String) {
        let mut names = |block: &Block| {
            if let Block::Document(document, _) = block
                && let Some(name) = document
                    .as_ref()
                    .as_ref()
                    .and_then(|it| it.file.name.as_ref())
            {
                crate::message::push_line(out, name);
            }
        };
        self.blocks.iter().for_each(|block| block.each(&mut names));
    }

    /// Appends the words that are no text of the message, but said in it: titles of pages and chats,
    /// names of authors.
    pub(crate) fn search_text(&self, out: &mut String) {
        let mut add = |words: &str| crate::message::push_line(out, words);
        let mut words = |block: &Block| match block {
            Block::Articles(_, articles) => {
                for article in articles {
                    add(&article.title);
                    add(&article.description);
                    add(&article.author);
                    add(&article.url);
                }
            }
            Block::Chat(_, title) => add(title),
            Block::Embed(embed) => {
                add(&embed.author);
                add(&embed.url);
            }
            _ => {}
        };
        self.blocks.iter().for_each(|block| block.each(&mut words));
    }
}

impl Block {
    /// This block and all in it.
    fn each(&self, see: &mut dyn FnMut(&Block)) {
        see(self);
        match self {
            Self::Quote(Quote { blocks, .. })
            | Self::Details(Details { blocks, .. })
            | Self::Embed(Embed { blocks, .. })
            | Self::Group(blocks, _) => blocks.iter().for_each(|block| block.each(see)),
            Self::List(list) => {
                let blocks = list.items.iter().flat_map(|item| &item.blocks);
                blocks.for_each(|block| block.each(see));
            }
            _ => {}
        }
    }

    /// Every line of words of it.
    pub(crate) fn lines(&self, each: &mut dyn FnMut(&Line)) {
        let captions = |caption: &Caption, each: &mut dyn FnMut(&Line)| {
            each(&caption.text);
            each(&caption.credit);
        };
        self.each(&mut |block| match block {
            Self::Paragraph(line)
            | Self::Heading(_, line)
            | Self::Byline(line, _)
            | Self::Footer(line)
            | Self::Code(line, _)
            | Self::Math(line)
            | Self::Thinking(line)
            | Self::Articles(line, _)
            | Self::Unsupported(_, line) => each(line),
            Self::Quote(quote) => each(&quote.caption),
            Self::Details(details) => each(&details.title),
            Self::Photo(_, caption)
            | Self::Document(_, caption)
            | Self::Group(_, caption)
            | Self::Map(_, _, caption) => captions(caption, each),
            Self::Embed(embed) => captions(&embed.caption, each),
            Self::Table(table) => {
                each(&table.title);
                table
                    .rows
                    .iter()
                    .flatten()
                    .for_each(|cell| each(&cell.text));
            }
            Self::Buttons(lines) => lines.iter().for_each(&mut *each),
            Self::List(_) | Self::Anchor(_) | Self::Divider | Self::Chat(..) => {}
        });
    }
}
