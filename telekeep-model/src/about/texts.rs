//! What a chat says beyond its messages, for search: its description, what its invite links are
//! called, what its administrators did.

use super::{About, AdminEvent};
use crate::OwnText;
use crate::account::or_empty;

impl About {
    /// Everything to be found in it.
    #[must_use]
    pub fn texts(&self, chat: i64) -> Vec<OwnText> {
        let mut texts = match self.part.as_str() {
            "full" => self.description_texts(chat),
            "invite_links" => {
                let links = self.links();
                let words = links.iter();
                words
                    .map(|one| {
                        let words = [or_empty(&one.title), &one.link];
                        OwnText::new(&words, Some(chat), one.date)
                    })
                    .collect()
            }
            _ => Vec::new(),
        };
        texts.retain(|one| !one.text.is_empty());
        texts
    }

    fn description_texts(&self, chat: i64) -> Vec<OwnText> {
        let described = self.described();
        let own = [&described.about, &described.address, &described.note];
        let own = own.into_iter().flatten();
        let mut texts: Vec<OwnText> = own
            .map(|text| OwnText::new(&[text], Some(chat), 0))
            .collect();
        let commands = described.commands.iter();
        texts.extend(commands.map(|(command, does)| OwnText::new(&[command, does], Some(chat), 0)));
        texts
    }
}

impl AdminEvent {
    /// What was deleted, edited or renamed in a chat, if that has words.
    #[must_use]
    pub fn text(&self, chat: i64) -> Option<OwnText> {
        let deed = &self.deed;
        let said = |message: &Option<Box<crate::Message>>| {
            let text = message.as_ref().map(|message| message.text.clone());
            text.unwrap_or_default()
        };
        let (before, after) = (said(&deed.before), said(&deed.after));
        let (from, to) = deed.changed.clone().unwrap_or_default();
        let words = [&*before, &after, &from, &to, or_empty(&deed.link)];
        let text = OwnText::new(&words, Some(chat), self.date);
        (!text.text.is_empty()).then_some(text)
    }
}
