//! The blocks of a rich message made of what the wire says.
//!
//! Three rules keep this safe and whole: a budget of nodes and a depth, beyond which everything that is
//! left becomes one paragraph of plain words; and after each block a count of its words: a block that
//! would say less than the wire did (fields that this version does not know) is shown as plain words.

use serde_json::{Map, Value};

use super::flat::{PICTURE, button_address, string, words};
use super::{
    Align, Article, Block, Caption, Cell, Details, Embed, Height, Line, List, ListItem, Numbers,
    Quote, Rich, Table,
};
use crate::{Document, Photo, mark_channel, mark_chat, media_read};

/// Blocks inside blocks.
const MAX_DEPTH: usize = 10;

/// Blocks, items and cells of a message.
const MAX_NODES: usize = 5_000;

/// Cells of a row, and rows or columns that a cell takes.
const MAX_CELLS: usize = 100;

type Fields = Map<String, Value>;

/// The blocks of a `RichMessage`. `None` when it is none or is nested deeper than the parser goes.
pub(crate) fn read(rich: &str, unsupported: &mut Vec<String>) -> Option<Rich> {
    let value: Value = serde_json::from_str(rich).ok()?;
    let fields = value.as_object()?;
    let mut reader = Reader {
        left: MAX_NODES,
        photos: list(fields, "photos"),
        documents: list(fields, "documents"),
        unsupported,
    };
    let mut blocks = reader.blocks(list(fields, "blocks"), 0);
    let known = |key: &str| matches!(key, "blocks" | "photos" | "documents");
    for (_, field) in fields
        .iter()
        .filter(|(key, field)| !known(key) || !field.is_array())
    {
        blocks.extend(plain(field));
    }
    (!blocks.is_empty()).then(|| Rich {
        start: 0,
        rtl: flag(fields, "rtl"),
        part: flag(fields, "part"),
        blocks,
    })
}

struct Reader<'a> {
    left: usize,
    photos: &'a [Value],
    documents: &'a [Value],
    unsupported: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn blocks(&mut self, values: &[Value], depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if depth >= MAX_DEPTH || self.left == 0 {
                let rest = values.get(at..).unwrap_or_default().to_vec();
                blocks.extend(plain(&Value::Array(rest)));
                break;
            }
            self.left -= 1;
            blocks.extend(self.block(value, depth));
        }
        blocks
    }

    fn block(&mut self, value: &Value, depth: usize) -> Option<Block> {
        let Some(fields) = value.as_object() else {
            return plain(value);
        };
        let name = fields.get("_").and_then(string).unwrap_or_default();
        let block = match name.strip_prefix("pageBlock").unwrap_or_default() {
            "Cover" => self.block_of(fields, "cover", depth),
            kind => text_block(kind, fields)
                .or_else(|| self.media_block(kind, fields, depth))
                .or_else(|| self.nested_block(kind, fields, depth)),
        };
        let said = words(value, true);
        match block {
            Some(block) if count(&said) <= counted(&block) => Some(block),
            Some(_) => Some(Block::Paragraph(said)),
            None => {
                self.unsupported.push(name.clone());
                Some(Block::Unsupported(name, said))
            }
        }
    }

    /// The block in a field.
    fn block_of(&mut self, fields: &Fields, key: &str, depth: usize) -> Option<Block> {
        let inner = fields.get(key)?;
        self.blocks(std::slice::from_ref(inner), depth + 1).pop()
    }

    fn media_block(&mut self, kind: &str, fields: &Fields, depth: usize) -> Option<Block> {
        let caption = || caption(fields);
        Some(match kind {
            "Photo" => Block::Photo(Box::new(self.photo(fields, "photo_id")), caption()),
            "Video" => self.file(fields, "video_id"),
            "Audio" => self.file(fields, "audio_id"),
            "Document" => self.file(fields, "document_id"),
            "Collage" | "Slideshow" => {
                Block::Group(self.blocks(list(fields, "items"), depth + 1), caption())
            }
            "Map" => {
                let geo = fields.get("geo");
                let at = |key| geo.and_then(|geo| geo.get(key)).and_then(Value::as_f64);
                let (lat, long) = (at("lat"), at("long"));
                Block::Map(lat.unwrap_or_default(), long.unwrap_or_default(), caption())
            }
            "Embed" => Block::Embed(Embed {
                url: text(fields, "url"),
                photo: Box::new(self.photo(fields, "poster_photo_id")),
                caption: caption(),
                ..Embed::default()
            }),
            "EmbedPost" => Block::Embed(Embed {
                url: text(fields, "url"),
                author: text(fields, "author"),
                date: long(fields, "date"),
                photo: Box::new(self.photo(fields, "author_photo_id")),
                blocks: self.blocks(list(fields, "blocks"), depth + 1),
                caption: caption(),
            }),
            _ => return None,
        })
    }

    fn nested_block(&mut self, kind: &str, fields: &Fields, depth: usize) -> Option<Block> {
        Some(match kind {
            "Blockquote" | "Pullquote" | "BlockquoteBlocks" => {
                let said = line(fields, "text");
                let blocks = match said.is_empty() {
                    true => self.blocks(list(fields, "blocks"), depth + 1),
                    false => vec![Block::Paragraph(said)],
                };
                Block::Quote(Quote {
                    blocks,
                    caption: line(fields, "caption"),
                    collapsed: flag(fields, "collapsed"),
                    pull: kind == "Pullquote",
                })
            }
            "List" => Block::List(List {
                numbers: None,
                items: self.items(fields, depth),
            }),
            "OrderedList" => Block::List(List {
                numbers: Some(Numbers {
                    start: small(fields, "start"),
                    reversed: flag(fields, "reversed"),
                    kind: text(fields, "type")
                        .chars()
                        .next()
                        .filter(|kind| "1aAiI".contains(*kind)),
                }),
                items: self.items(fields, depth),
            }),
            "Table" => Block::Table(Table {
                title: line(fields, "title"),
                rows: self.rows(list(fields, "rows")),
                bordered: flag(fields, "bordered"),
                striped: flag(fields, "striped"),
            }),
            "Details" => Block::Details(Details {
                title: line(fields, "title"),
                blocks: self.blocks(list(fields, "blocks"), depth + 1),
                open: flag(fields, "open"),
            }),
            _ => return None,
        })
    }

    fn items(&mut self, fields: &Fields, depth: usize) -> Vec<ListItem> {
        let values = list(fields, "items");
        let mut items = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if self.left == 0 {
                let rest = values.get(at..).unwrap_or_default();
                items.push(ListItem {
                    blocks: self.blocks(rest, depth + 1),
                    ..ListItem::default()
                });
                break;
            }
            self.left -= 1;
            items.extend(value.as_object().map(|fields| self.item(fields, depth)));
        }
        items
    }

    fn item(&mut self, fields: &Fields, depth: usize) -> ListItem {
        let said = line(fields, "text");
        let mut blocks = Vec::new();
        if !said.is_empty() {
            blocks.push(Block::Paragraph(said));
        }
        blocks.extend(self.blocks(list(fields, "blocks"), depth + 1));
        ListItem {
            blocks,
            checked: flag(fields, "checkbox").then(|| flag(fields, "checked")),
            label: fields.get("num").and_then(string),
            value: small(fields, "value"),
        }
    }

    fn rows(&mut self, values: &[Value]) -> Vec<Vec<Cell>> {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for (at, value) in values.iter().enumerate() {
            if self.left == 0 {
                rows.push(vec![cell_of_rest(values.get(at..).unwrap_or_default())]);
                break;
            }
            let Some(fields) = value.as_object() else {
                continue;
            };
            let cells = list(fields, "cells");
            let most = cells.len().min(MAX_CELLS).min(self.left);
            self.left -= most;
            let (shown, rest) = cells.split_at(most);
            let mut row: Vec<Cell> = shown
                .iter()
                .filter_map(Value::as_object)
                .map(cell)
                .collect();
            if !rest.is_empty() {
                row.push(cell_of_rest(rest));
            }
            rows.push(row);
        }
        let count = rows.len();
        for (at, row) in rows.iter_mut().enumerate() {
            for cell in row {
                // Not beyond the last row.
                let most = u16::try_from(count - at).unwrap_or(u16::MAX);
                cell.rows = cell.rows.min(most);
            }
        }
        rows
    }

    fn photo(&self, fields: &Fields, key: &str) -> Option<Photo> {
        let id = fields.get(key)?.as_i64()?;
        let found = self.photos.iter().find(|photo| has_id(photo, id))?;
        let photo = media_read::photo_of(found)?;
        Some(Photo {
            spoiler: flag(fields, "spoiler"),
            ..photo
        })
    }

    fn file(&self, fields: &Fields, key: &str) -> Block {
        let id = fields.get(key).and_then(Value::as_i64).unwrap_or_default();
        let found = self.documents.iter().find(|document| has_id(document, id));
        let document = found.and_then(media_read::document_of);
        let document = document.map(|document| Document {
            spoiler: flag(fields, "spoiler"),
            ..document
        });
        Block::Document(Box::new(document), caption(fields))
    }
}

/// The words of anything, as a paragraph.
fn plain(value: &Value) -> Option<Block> {
    let said = words(value, true);
    (!said.is_empty()).then_some(Block::Paragraph(said))
}

/// Blocks that are one line of words.
fn text_block(kind: &str, fields: &Fields) -> Option<Block> {
    let said = || line(fields, "text");
    Some(match kind {
        "Paragraph" | "Kicker" => Block::Paragraph(said()),
        "Title" | "Heading1" => Block::Heading(1, said()),
        "Subtitle" | "Header" | "Heading2" => Block::Heading(2, said()),
        "Subheader" | "Heading3" => Block::Heading(3, said()),
        "Heading4" => Block::Heading(4, said()),
        "Heading5" => Block::Heading(5, said()),
        "Heading6" => Block::Heading(6, said()),
        "AuthorDate" => Block::Byline(line(fields, "author"), long(fields, "published_date")),
        "Preformatted" => Block::Code(said(), text(fields, "language")),
        "Footer" => Block::Footer(said()),
        "Math" => Block::Math(Line {
            text: text(fields, "source"),
            ..Line::default()
        }),
        "Thinking" => Block::Thinking(said()),
        "Divider" => Block::Divider,
        "Anchor" => Block::Anchor(text(fields, "name")),
        "Channel" => {
            let chat = fields.get("channel")?.as_object()?;
            Block::Chat(chat_id(chat), text(chat, "title"))
        }
        "RelatedArticles" => {
            let articles = list(fields, "articles").iter().filter_map(Value::as_object);
            let articles = articles.take(MAX_CELLS).map(|article| Article {
                url: text(article, "url"),
                title: text(article, "title"),
                description: text(article, "description"),
                author: text(article, "author"),
            });
            Block::Articles(line(fields, "title"), articles.collect())
        }
        "ButtonRow" => {
            let buttons = list(fields, "buttons").iter().filter_map(Value::as_object);
            Block::Buttons(buttons.map(button).collect())
        }
        _ => return None,
    })
}

fn button(fields: &Fields) -> Line {
    let mut line = line(fields, "text");
    if let Some(url) = button_address(fields) {
        line.entities = vec![crate::Entity {
            offset: 0,
            length: u32::MAX,
            kind: crate::EntityKind::TextUrl(url),
        }];
    }
    line
}

fn cell(fields: &Fields) -> Cell {
    let span = |key| {
        let span = long(fields, key).clamp(0, MAX_CELLS as i64);
        u16::try_from(span).unwrap_or_default()
    };
    Cell {
        text: line(fields, "text"),
        header: flag(fields, "header"),
        align: match (flag(fields, "align_center"), flag(fields, "align_right")) {
            (true, _) => Align::Center,
            (_, true) => Align::Right,
            _ => Align::Start,
        },
        height: match (flag(fields, "valign_middle"), flag(fields, "valign_bottom")) {
            (true, _) => Height::Middle,
            (_, true) => Height::Bottom,
            _ => Height::Top,
        },
        columns: span("colspan"),
        rows: span("rowspan"),
    }
}

fn cell_of_rest(rest: &[Value]) -> Cell {
    Cell {
        text: words(&Value::Array(rest.to_vec()), true),
        ..Cell::default()
    }
}

fn caption(fields: &Fields) -> Caption {
    let Some(caption) = fields.get("caption").and_then(Value::as_object) else {
        return Caption::default();
    };
    Caption {
        text: line(caption, "text"),
        credit: line(caption, "credit"),
    }
}

fn chat_id(chat: &Fields) -> Option<i64> {
    let id = chat.get("id")?.as_i64()?;
    let name = chat.get("_").and_then(Value::as_str)?;
    Some(match name.starts_with("channel") {
        true => mark_channel(id),
        false => mark_chat(id),
    })
}

fn has_id(value: &Value, id: i64) -> bool {
    value.get("id").and_then(Value::as_i64) == Some(id)
}

/// The words of a field that holds a `RichText`.
fn line(fields: &Fields, key: &str) -> Line {
    fields
        .get(key)
        .map(|field| words(field, true))
        .unwrap_or_default()
}

fn text(fields: &Fields, key: &str) -> String {
    fields.get(key).and_then(string).unwrap_or_default()
}

fn long(fields: &Fields, key: &str) -> i64 {
    fields.get(key).and_then(Value::as_i64).unwrap_or_default()
}

fn small(fields: &Fields, key: &str) -> Option<i32> {
    let number = fields.get(key)?.as_i64()?;
    i32::try_from(number).ok()
}

fn flag(fields: &Fields, key: &str) -> bool {
    fields.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn list<'a>(fields: &'a Fields, key: &str) -> &'a [Value] {
    fields
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Characters of words, without what only separates them.
fn count(line: &Line) -> usize {
    let said = |c: &char| !c.is_whitespace() && *c != PICTURE;
    line.text.chars().filter(said).count()
}

fn counted(block: &Block) -> usize {
    let mut sum = 0;
    block.lines(&mut |line| sum += count(line));
    sum
}
