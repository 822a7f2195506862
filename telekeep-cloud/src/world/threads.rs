//! Answers, and the threads and topics they belong to.

use grammers_tl_types::types;

use super::blank;
use super::compose::Draft;
use super::random::Dice;
use super::scene::{Class, Said, Scene};

/// A reply, and the thread or topic the message belongs to.
pub(super) fn answer(
    scene: &Scene,
    draft: &mut Draft,
    message: &mut types::Message,
    dice: &mut Dice,
) {
    let replies = scene.class != Class::Broadcast && dice.chance(180);
    let said = dice.below(scene.recent.len() as u64) as usize;
    let said = scene.recent.get(said).copied().filter(|_| replies);
    if scene.class == Class::Forum {
        return in_topic(scene, draft, message, said, dice);
    }
    let Some(said) = said else { return };
    let root = if said.thread == 0 {
        said.id
    } else {
        said.thread
    };
    let threads = scene.class == Class::Super;
    if threads {
        draft.note.thread = root;
    }
    let quote = dice.chance(150);
    message.reply_to = Some(
        types::MessageReplyHeader {
            quote,
            reply_to_msg_id: Some(said.id),
            reply_to_top_id: (threads && root != said.id).then_some(root),
            quote_text: quote.then(|| "…".to_owned()),
            quote_offset: quote.then_some(0),
            ..blank::message_reply_header()
        }
        .into(),
    );
}

/// Messages of topics name their topic in the reply header; those of General (1) do not.
fn in_topic(
    scene: &Scene,
    draft: &mut Draft,
    message: &mut types::Message,
    said: Option<Said>,
    dice: &mut Dice,
) {
    let topic = match said {
        Some(said) => said.thread,
        None if dice.chance(250) => 0,
        None => dice
            .below(scene.topics.len() as u64 + 1)
            .checked_sub(1)
            .map_or(0, |i| scene.topics[i as usize].0),
    };
    draft.note.thread = topic;
    if topic == 0 && said.is_none() {
        return;
    }
    message.reply_to = Some(
        types::MessageReplyHeader {
            forum_topic: topic != 0,
            reply_to_msg_id: Some(said.map_or(topic, |s| s.id)),
            reply_to_top_id: said.and((topic != 0).then_some(topic)),
            ..blank::message_reply_header()
        }
        .into(),
    );
}
