//! What the account set up for its business: replies kept ready, links that open a chat with it,
//! bots that answer for it.

use telekeep_index::Shown;
use telekeep_model::{ChatLink, HelperBot, QuickReply};

use super::people::Gadget;
use super::{Fact, Reader};
use crate::page::scene::Surroundings;
use crate::render::{Html, MediaView, Scene, media, rich_in};
use crate::server::Result;

/// Replies and links that are shown.
const SHOWN: usize = 200;

/// A message of a reply, or one that waits to be sent.
pub(super) struct Said {
    pub view: Option<MediaView>,
    pub text: Html,
}

/// A reply kept ready.
pub(super) struct Ready {
    /// What one types to send it.
    pub shortcut: String,
    pub said: Vec<Said>,
}

/// A link that opens a chat.
pub(super) struct Door {
    pub link: String,
    pub title: Option<String>,
    pub text: String,
    pub views: Option<String>,
}

impl Reader<'_> {
    fn quick_replies(&self) -> Result<Vec<QuickReply>> {
        let part = self.part("quick_replies")?;
        Ok(part.map(|part| part.quick_replies()).unwrap_or_default())
    }

    /// Replies kept ready.
    pub(super) fn replies(&self) -> Result<Vec<Ready>> {
        let replies = self.quick_replies()?.into_iter().take(SHOWN);
        replies.map(|reply| self.ready(reply)).collect()
    }

    fn ready(&self, reply: QuickReply) -> Result<Ready> {
        let messages: Vec<Shown> = reply.messages.into_iter().map(shown).collect();
        let around = Surroundings::of(self.context, self.index, &messages)?;
        let scene = around.scene();
        Ok(Ready {
            shortcut: reply.shortcut,
            said: messages.iter().map(|shown| said(shown, &scene)).collect(),
        })
    }

    /// Introduction, greeting and words for when it is away, for the facts of the profile.
    pub(super) fn business_facts(&self) -> Result<Vec<Fact>> {
        let texts = self.context.texts;
        let Some(profile) = self.part("profile")?.map(|part| part.profile()) else {
            return Ok(Vec::new());
        };
        let replies = self.quick_replies()?;
        let words = |id: Option<i64>| {
            let reply = replies.iter().find(|reply| Some(reply.id) == id)?;
            let texts = reply.messages.iter().map(|message| message.text.as_str());
            Some(texts.collect::<Vec<_>>().join(" ")).filter(|words| !words.is_empty())
        };
        let facts = [
            ("account.intro", profile.intro.clone()),
            ("account.greeting", words(profile.greeting)),
            ("account.away", words(profile.away)),
        ];
        let fact = |(name, value): (&'static str, Option<String>)| {
            Some(Fact {
                name: texts.get(name),
                value: value?,
                address: None,
            })
        };
        Ok(facts.into_iter().filter_map(fact).collect())
    }

    /// Links that open a chat with the account.
    pub(super) fn chat_links(&self) -> Result<Vec<Door>> {
        let part = self.part("business_links")?;
        let links = part.map(|part| part.chat_links()).unwrap_or_default();
        let door = |link: ChatLink| Door {
            views: (link.views > 0).then(|| self.context.texts.count("message.views", link.views)),
            link: link.link,
            title: link.title,
            text: link.text,
        };
        Ok(links.into_iter().take(SHOWN).map(door).collect())
    }

    /// Bots that answer for the account.
    pub(super) fn helper_bots(&self) -> Result<Vec<Gadget>> {
        let part = self.part("connected_bots")?;
        let bots = part.map(|part| part.helper_bots()).unwrap_or_default();
        let (texts, clock) = (self.context.texts, self.context.clock());
        let gadget = |bot: HelperBot| {
            Ok(Gadget {
                title: self.known(bot.bot)?.name,
                current: false,
                lines: bot.device,
                since: match bot.since {
                    0 => String::new(),
                    since => texts.with("profile.since", clock.full(since)),
                },
            })
        };
        bots.into_iter().take(SHOWN).map(gadget).collect()
    }
}

/// What a message shows and says.
pub(super) fn said(shown: &Shown, scene: &Scene<'_>) -> Said {
    let message = &shown.message;
    Said {
        view: message.media.as_ref().map(|thing| media(thing, scene)),
        text: rich_in(&message.text, &message.entities, scene),
    }
}

/// To whoever draws them they are messages like others, of no history.
pub(super) fn shown(message: telekeep_model::Message) -> Shown {
    Shown {
        sender_name: String::new(),
        chat_title: String::new(),
        versions: 1,
        deleted: None,
        journal: String::new(),
        seq: 0,
        message,
    }
}
