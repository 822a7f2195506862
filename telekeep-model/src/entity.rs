//! Formatting of a text: entities with offsets in UTF-16 code units, as the server gives them.

use serde::{Deserialize, Serialize};

use crate::json::Text;

/// A formatted part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Start, in UTF-16 code units.
    #[serde(rename = "o")]
    pub offset: u32,
    /// Length, in UTF-16 code units.
    #[serde(rename = "l")]
    pub length: u32,
    /// What it is.
    #[serde(rename = "k")]
    pub kind: EntityKind,
}

/// Kinds of formatting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are those of the schema
pub enum EntityKind {
    Unknown,
    Mention,
    Hashtag,
    BotCommand,
    Url,
    Email,
    Bold,
    Italic,
    Code,
    Pre(String),
    TextUrl(String),
    MentionName(i64),
    Phone,
    Cashtag,
    Underline,
    Strike,
    BankCard,
    Spoiler,
    CustomEmoji(i64),
    Blockquote,
    /// A quote shown folded.
    CollapsedBlockquote,
    /// Set lower, in rich messages.
    Subscript,
    /// Set higher, in rich messages.
    Superscript,
    /// Highlighted, in rich messages.
    Marked,
    /// A formula in its own notation, in rich messages.
    Math,
    /// Words that were taken out, in rich messages.
    Removed,
    /// Words that were put in, in rich messages.
    Inserted,
    /// A place that links of a rich message lead to.
    Anchor(String),
    /// A moment in time (unix seconds) shown in the reader's own way.
    FormattedDate(i64),
    /// A constructor this version does not know.
    Unsupported(String),
}

#[derive(Deserialize)]
pub(crate) struct WireEntity<'a> {
    #[serde(rename = "_", borrow, default)]
    name: Text<'a>,
    #[serde(default)]
    offset: i64,
    #[serde(default)]
    length: i64,
    #[serde(borrow, default)]
    url: Text<'a>,
    #[serde(borrow, default)]
    language: Text<'a>,
    #[serde(default)]
    user_id: i64,
    #[serde(default)]
    document_id: i64,
    #[serde(default)]
    date: i64,
    #[serde(default)]
    collapsed: bool,
}

impl WireEntity<'_> {
    pub(crate) fn into_entity(self, unsupported: &mut Vec<String>) -> Option<Entity> {
        let kind = match self
            .name
            .0
            .strip_prefix("messageEntity")
            .unwrap_or_default()
        {
            "Mention" => EntityKind::Mention,
            "Hashtag" => EntityKind::Hashtag,
            "BotCommand" => EntityKind::BotCommand,
            "Url" => EntityKind::Url,
            "Email" => EntityKind::Email,
            "Bold" => EntityKind::Bold,
            "Italic" => EntityKind::Italic,
            "Code" => EntityKind::Code,
            "Pre" => EntityKind::Pre(self.language.owned()),
            "TextUrl" => EntityKind::TextUrl(self.url.owned()),
            "MentionName" => EntityKind::MentionName(self.user_id),
            "Phone" => EntityKind::Phone,
            "Cashtag" => EntityKind::Cashtag,
            "Underline" => EntityKind::Underline,
            "Strike" => EntityKind::Strike,
            "BankCard" => EntityKind::BankCard,
            "Spoiler" => EntityKind::Spoiler,
            "CustomEmoji" => EntityKind::CustomEmoji(self.document_id),
            "Blockquote" if self.collapsed => EntityKind::CollapsedBlockquote,
            "Blockquote" => EntityKind::Blockquote,
            "FormattedDate" => EntityKind::FormattedDate(self.date),
            "Unknown" => EntityKind::Unknown,
            _ => {
                unsupported.push(self.name.0.to_string());
                EntityKind::Unsupported(self.name.owned())
            }
        };
        Some(Entity {
            offset: u32::try_from(self.offset).ok()?,
            length: u32::try_from(self.length).ok()?,
            kind,
        })
    }
}
