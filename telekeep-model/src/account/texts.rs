//! What a part of the account says in words, for search: texts that its owner or somebody else
//! wrote, not settings.

use serde_json::Value;

use super::AccountPart;

/// A text of a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnText {
    /// What it says.
    pub text: String,
    /// Marked id of the chat or person it is about.
    pub peer: Option<i64>,
    /// When it was written or is to be sent, unix seconds; 0 when not told.
    pub date: i64,
}

impl OwnText {
    pub(crate) fn new(words: &[&str], peer: Option<i64>, date: i64) -> Self {
        let words = words.iter().copied().filter(|word| !word.is_empty());
        Self {
            text: words.collect::<Vec<_>>().join("\n"),
            peer,
            date,
        }
    }
}

pub(crate) fn or_empty(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

impl AccountPart {
    /// Everything to be found in it.
    #[must_use]
    pub fn texts(&self) -> Vec<OwnText> {
        let kind = self.part.split('/').next().unwrap_or_default();
        let mut texts = match kind {
            "profile" => self.profile_texts(),
            "drafts" => begun(&self.drafts()),
            "scheduled" => self.scheduled_texts(),
            "quick_replies" => self.reply_texts(),
            "business_links" => {
                let links = self.chat_links();
                let words = links.iter();
                words
                    .map(|one| OwnText::new(&[or_empty(&one.title), &one.text, &one.link], None, 0))
                    .collect()
            }
            "sticker_sets" => {
                let sets = self.sets();
                sets.iter()
                    .map(|set| OwnText::new(&[&set.title], None, 0))
                    .collect()
            }
            "web_sessions" | "sessions" => {
                let devices = self.devices();
                let words = devices.iter();
                words
                    .map(|one| {
                        let words = [&*one.title, &one.system, &one.app, &one.place];
                        OwnText::new(&words, one.bot, one.created)
                    })
                    .collect()
            }
            "themes" => {
                let names = self.theme_names();
                names
                    .iter()
                    .map(|name| OwnText::new(&[name], None, 0))
                    .collect()
            }
            "reactions" => {
                let tags = self.used_emoji();
                tags.iter()
                    .map(|tag| OwnText::new(&[or_empty(&tag.title)], None, 0))
                    .collect()
            }
            "star_gifts" => self.gift_texts(),
            "stars" | "ton" => self.payment_texts(),
            "stories" => self.titles("albums"),
            "saved_gifs" => self.file_texts("gifs"),
            "profile_music" => self.file_texts("documents"),
            "ringtones" => self.file_texts("ringtones"),
            _ => Vec::new(),
        };
        texts.retain(|one| !one.text.is_empty());
        texts
    }

    fn titles(&self, list: &str) -> Vec<OwnText> {
        let entries = self.entries(list).take(10_000);
        let titles = entries.filter_map(|entry| entry["title"].as_str());
        titles
            .map(|title| OwnText::new(&[title], None, 0))
            .collect()
    }

    /// What the files of a list are called, and what they say of themselves.
    fn file_texts(&self, list: &str) -> Vec<OwnText> {
        let documents = self.entries(list).take(10_000);
        let text = |document: &Value| {
            let told = document["attributes"].as_array().into_iter().flatten();
            let words = told.flat_map(|attribute| {
                let fields = ["title", "performer", "file_name"].into_iter();
                fields.filter_map(|field| attribute[field].as_str())
            });
            let date = document["date"].as_i64().unwrap_or(0);
            OwnText::new(&words.collect::<Vec<_>>(), None, date)
        };
        documents.map(text).collect()
    }

    fn profile_texts(&self) -> Vec<OwnText> {
        let profile = self.profile();
        let words = [&profile.about, &profile.intro, &profile.address];
        let words = words.into_iter().flatten();
        words.map(|text| OwnText::new(&[text], None, 0)).collect()
    }

    fn scheduled_texts(&self) -> Vec<OwnText> {
        let waiting = self.scheduled();
        let text = |one: &crate::Message| OwnText::new(&[&one.text], Some(one.chat), one.date);
        waiting.iter().map(text).collect()
    }

    fn reply_texts(&self) -> Vec<OwnText> {
        let replies = self.quick_replies();
        let all = replies.iter().flat_map(|reply| {
            let said = reply.messages.iter();
            said.map(|message| OwnText::new(&[&reply.shortcut, &message.text], None, message.date))
        });
        all.collect()
    }

    fn gift_texts(&self) -> Vec<OwnText> {
        let gifts = self.star_gifts();
        let gift = |gift: &super::Gift| {
            OwnText::new(&[or_empty(&gift.title), &gift.text], gift.from, gift.date)
        };
        let mut texts: Vec<OwnText> = gifts.iter().map(gift).collect();
        texts.extend(self.titles("collections"));
        texts
    }

    fn payment_texts(&self) -> Vec<OwnText> {
        if super::month_of_payments(&self.part).is_none() {
            return Vec::new();
        }
        let payments = self.payments();
        let payment = |one: &super::Payment| {
            OwnText::new(
                &[or_empty(&one.title), or_empty(&one.text)],
                one.peer,
                one.date,
            )
        };
        payments.iter().map(payment).collect()
    }
}

fn begun(drafts: &[super::Draft]) -> Vec<OwnText> {
    let text = |draft: &super::Draft| OwnText::new(&[&draft.text], Some(draft.chat), draft.date);
    drafts.iter().map(text).collect()
}
