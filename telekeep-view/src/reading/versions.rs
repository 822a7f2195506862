//! The versions of a message and what changed from one to the next.

use telekeep_index::{Index, IndexError, Shown};
use telekeep_model::Message;

use crate::render::{Changed, differences, hide, spoilers};

/// One version against the one before.
#[derive(Clone, Debug)]
pub struct VersionStep {
    /// When it was made, unix seconds.
    pub date: i64,
    /// The text with what changed marked, cut where spoilers begin and end.
    pub changes: Vec<Changed>,
    /// Only something else than the text changed.
    pub same_text: bool,
    /// Media of this version in words, when it differs from the version before.
    pub media: Option<String>,
    /// The first one recorded.
    pub first: bool,
}

/// Every version of a message, newest first.
pub fn versions(index: &Index, shown: &Shown) -> Result<Vec<VersionStep>, IndexError> {
    let latest = &shown.message;
    let earlier = index.history(latest.chat, latest.id)?;
    let versions = earlier
        .iter()
        .map(|version| (version.date, &version.message))
        .chain([(latest.edit_date.unwrap_or(latest.date), latest)]);
    let label = |message: &Message| message.media.as_ref().map(|m| m.label());
    let mut steps: Vec<VersionStep> = Vec::new();
    let mut before: Option<&Message> = None;
    for (date, message) in versions {
        let old = before.unwrap_or(message);
        let changed = before.is_some_and(|before| label(before) != label(message));
        steps.push(VersionStep {
            date,
            changes: hide(
                differences(&old.text, &message.text),
                &spoilers(&old.text, &old.entities),
                &spoilers(&message.text, &message.entities),
            ),
            same_text: before.is_some_and(|before| before.text == message.text),
            media: label(message).filter(|_| changed || before.is_none()),
            first: before.is_none(),
        });
        before = Some(message);
    }
    steps.reverse();
    Ok(steps)
}
