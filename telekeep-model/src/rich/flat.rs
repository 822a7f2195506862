//! All words of a part of a rich message, in reading order, with their formatting.

use serde::Deserialize as _;
use serde_json::{Map, Value};

use super::Line;
use crate::{Entity, EntityKind, json::Text};

/// Stands for a picture among words.
pub(super) const PICTURE: char = '🖼';

/// Most formatted stretches of a message; its words are kept without what is beyond.
const MOST: usize = 10_000;

/// All words: block ends become line breaks.
pub(crate) fn flat(rich: &str) -> Line {
    match serde_json::from_str::<Value>(rich) {
        Ok(value) => words(&value, false),
        // Nested deeper than the parser goes: the words are there all the same.
        Err(_) => Line {
            text: rescued(rich),
            entities: Vec::new(),
        },
    }
}

/// The words of a part. Pictures among them count as a character when `pictures`.
pub(super) fn words(value: &Value, pictures: bool) -> Line {
    let mut collector = Collector {
        pictures,
        ..Collector::default()
    };
    collector.collect(value);
    let mut line = collector.line;
    line.text.truncate(line.text.trim_end().len());
    line
}

/// A string of the wire, also one that is not UTF-8.
pub(crate) fn string(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(fields) if fields.contains_key("$bytes") => {
            Text::deserialize(value.clone()).ok().map(Text::owned)
        }
        _ => None,
    }
}

#[derive(Default)]
struct Collector {
    line: Line,
    /// Length so far in UTF-16 code units.
    units: u32,
    pictures: bool,
}

impl Collector {
    fn push(&mut self, text: &str) {
        self.line.text.push_str(text);
        let units = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
        self.units = self.units.saturating_add(units);
    }

    fn mark(&mut self, start: u32, kind: EntityKind) {
        if self.units > start && self.line.entities.len() < MOST {
            self.line.entities.push(Entity {
                offset: start,
                length: self.units - start,
                kind,
            });
        }
    }

    fn collect(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.collect(item)),
            Value::Object(fields) => self.object(fields),
            _ => {}
        }
    }

    fn object(&mut self, fields: &Map<String, Value>) {
        let name = fields.get("_").and_then(Value::as_str).unwrap_or_default();
        let start = self.units;
        if name == "textImage" && self.pictures {
            self.push(PICTURE.encode_utf8(&mut [0; 4]));
        }
        for (key, field) in fields {
            let before = self.units;
            match key.as_str() {
                "photos" | "documents" => {}
                "text" | "source" | "alt" => match string(field) {
                    Some(text) => self.push(&text),
                    None => self.collect(field),
                },
                _ => self.collect(field),
            }
            match (name, key.as_str()) {
                ("textDiff", "old_text") => self.mark(before, EntityKind::Removed),
                ("textDiff", "text") => self.mark(before, EntityKind::Inserted),
                _ => {}
            }
        }
        if let Some(kind) = kind(name, fields) {
            self.mark(start, kind);
        }
        if name.starts_with("page") && !self.line.text.is_empty() && !self.line.text.ends_with('\n')
        {
            self.push("\n");
        }
    }
}

/// What a `RichText` constructor makes of its words.
fn kind(name: &str, fields: &Map<String, Value>) -> Option<EntityKind> {
    let text = |key| fields.get(key).and_then(string).unwrap_or_default();
    let long = |key| fields.get(key).and_then(Value::as_i64).unwrap_or_default();
    Some(match name.strip_prefix("text")? {
        "Bold" => EntityKind::Bold,
        "Italic" => EntityKind::Italic,
        "Underline" => EntityKind::Underline,
        "Strike" => EntityKind::Strike,
        "Fixed" | "TonAddress" => EntityKind::Code,
        "Url" => EntityKind::TextUrl(text("url")),
        "Email" => EntityKind::TextUrl(format!("mailto:{}", text("email"))),
        "Subscript" => EntityKind::Subscript,
        "Superscript" => EntityKind::Superscript,
        "Marked" => EntityKind::Marked,
        "Phone" | "AutoPhone" => EntityKind::Phone,
        "Image" | "CustomEmoji" => EntityKind::CustomEmoji(long("document_id")),
        "Anchor" => EntityKind::Anchor(text("name")),
        "Math" => EntityKind::Math,
        "Spoiler" => EntityKind::Spoiler,
        "Mention" => EntityKind::Mention,
        "MentionName" => EntityKind::MentionName(long("user_id")),
        "Hashtag" => EntityKind::Hashtag,
        "Cashtag" => EntityKind::Cashtag,
        "BotCommand" => EntityKind::BotCommand,
        "AutoUrl" => EntityKind::Url,
        "AutoEmail" => EntityKind::Email,
        "BankCard" => EntityKind::BankCard,
        "Date" => EntityKind::FormattedDate(long("date")),
        "Button" => EntityKind::TextUrl(button_address(fields)?),
        _ => return None,
    })
}

/// Where a button leads, when it is a link.
pub(super) fn button_address(fields: &Map<String, Value>) -> Option<String> {
    fields.get("type")?.get("url").and_then(string)
}

/// The words of JSON that is nested too deep to be parsed: the strings of the fields that hold words,
/// each on a line of its own.
fn rescued(json: &str) -> String {
    let mut out = String::new();
    let mut rest = json;
    let mut key = "";
    while let Some(start) = rest.find('"') {
        let tail = rest.get(start + 1..).unwrap_or_default();
        let length = string_end(tail);
        let inside = tail.get(..length).unwrap_or_default();
        rest = tail.get(length + 1..).unwrap_or_default();
        if rest.trim_start().starts_with(':') {
            key = inside;
        } else if matches!(key, "text" | "source" | "alt") {
            let told = serde_json::from_str::<String>(&format!("\"{inside}\""));
            crate::message::push_line(&mut out, &told.unwrap_or_default());
            key = "";
        }
    }
    out
}

/// Bytes up to the quotation mark that ends a string.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_lines() {
        let rich = r#"{"_":"richMessage","blocks":[
            {"_":"pageBlockTitle","text":{"_":"textPlain","text":"Title"}},
            {"_":"pageBlockParagraph","text":{"_":"textConcat","texts":[
                {"_":"textPlain","text":"one 👋 "},
                {"_":"textBold","text":{"_":"textPlain","text":"two"}}]}}],
            "photos":[{"_":"photo","text":"no"}],"documents":[]}"#;
        let line = flat(rich);
        assert_eq!(line.text, "Title\none 👋 two");
        let bold = Entity {
            offset: 13,
            length: 3,
            kind: EntityKind::Bold,
        };
        assert_eq!(line.entities, [bold]);
        assert_eq!(flat("7"), Line::default());
    }

    #[test]
    fn words_nested_deeper_than_the_parser_goes_are_not_lost() {
        let deep = |depth| {
            let open = r#"{"_":"pageBlockDetails","blocks":["#.repeat(depth);
            let close = "]}".repeat(depth);
            let text = r#"{"_":"textPlain","text":"a \"quoted\" w\u00f6rd"}"#;
            format!("{open}{text}{close}")
        };
        for depth in [2, 70, 100_000] {
            assert_eq!(flat(&deep(depth)).text, "a \"quoted\" wörd", "{depth}");
        }
    }
}
