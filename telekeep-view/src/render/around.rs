//! What stands around the text of a message: where it came from, what it answers, reactions, buttons.

use telekeep_model::{Forward, Message, Reply};

use super::bubble::sender_name;
use super::emoji::Emoji;
use super::first_words::{first_words, shortened, veiled_part};
use super::links::safe_address;
use super::scene::Scene;
use super::{Face, Html};

/// Where a message was forwarded from.
#[derive(Clone, Debug)]
pub struct Forwarded {
    /// Original sender.
    pub face: Face,
    /// Address of the original post or the sender.
    pub address: Option<String>,
    /// Signature.
    pub author: Option<String>,
    /// When the original was sent, in words.
    pub date: String,
}

/// What a message answers.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Sender of the answered message, if held.
    pub face: Option<Face>,
    /// Beginning of it, or the quoted part.
    pub text: String,
    /// Its address, when held.
    pub address: Option<String>,
    /// Its id, when it is in this chat.
    pub id: Option<i64>,
}

/// A reaction and how many chose it.
#[derive(Clone, Debug)]
pub struct ReactionView {
    /// The emoji; a smile for custom ones, of which nothing else is known.
    pub emoji: String,
    /// Document id of a custom emoji.
    pub custom: Option<i64>,
    /// The emoji as it is drawn.
    pub drawn: Html,
    /// How many.
    pub count: String,
    /// The account itself too.
    pub mine: bool,
    /// For screen readers.
    pub words: String,
}

pub(super) fn forwarded(forward: &Forward, scene: &Scene<'_>) -> Forwarded {
    let name = match (&forward.name, forward.from) {
        (_, Some(id)) => scene.name(id),
        (Some(name), None) => name.clone(),
        (None, None) => scene.clock.texts.get("message.unknown").to_owned(),
    };
    let post = forward.from.zip(forward.post);
    Forwarded {
        face: scene.face(forward.from, &name),
        address: match post {
            Some((chat, id)) => Some(scene.links.message(chat, id)),
            None => forward.from.and_then(|id| scene.links.profile(id)),
        },
        author: forward.author.clone(),
        date: scene.clock.moment(forward.date),
    }
}

pub(super) fn quoted(reply: &Reply, here: i64, scene: &Scene<'_>) -> Quoted {
    let texts = scene.clock.texts;
    let chat = reply.chat.unwrap_or(here);
    let found = reply.id.and_then(|id| scene.answered.get(&(chat, id)));
    let text = match (&reply.quote, found) {
        (Some(quote), Some(shown)) => veiled_part(quote, &shown.message),
        (Some(quote), None) => quote.clone(),
        (None, Some(shown)) => first_words(&shown.message, scene),
        (None, None) if reply.story.is_some() => texts.get("media.story").to_owned(),
        (None, None) => texts.get("message.not-held").to_owned(),
    };
    Quoted {
        face: found.map(|shown| scene.face(shown.message.sender, &sender_name(shown, scene))),
        text: shortened(&text),
        address: found.map(|shown| scene.links.message(chat, shown.message.id)),
        id: found.filter(|_| chat == here).map(|shown| shown.message.id),
    }
}

pub(super) fn reaction_view(
    reaction: &telekeep_model::Reaction,
    scene: &Scene<'_>,
) -> ReactionView {
    let texts = scene.clock.texts;
    let emoji = if reaction.emoji.is_empty() {
        "🙂"
    } else {
        &reaction.emoji
    };
    let count = u64::try_from(reaction.count).unwrap_or(0);
    let mut drawn = Html::new();
    let custom = reaction.custom;
    let end = match custom.and_then(|id| Emoji::find(id, scene.files, scene.links)) {
        Some(picture) => picture.open(&mut drawn),
        None => "",
    };
    drawn.text(emoji);
    drawn.markup(end);
    ReactionView {
        drawn,
        emoji: emoji.to_owned(),
        custom: reaction.custom,
        words: texts.counted("message.reaction", count, &[("emoji", emoji)]),
        count: texts.number(count),
        mine: reaction.mine,
    }
}

pub(super) fn buttons(message: &Message) -> Vec<(String, Option<String>)> {
    let each = message.buttons.iter().map(|button| {
        let address = button.url.as_deref().and_then(safe_address);
        (button.text.clone(), address)
    });
    each.collect()
}
