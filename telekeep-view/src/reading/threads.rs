//! What the messages of a chat are told apart by: topics of a forum, people of direct messages, where
//! Saved Messages were saved from.

use telekeep_index::{ChatRow, Index, IndexError, Topic};

use crate::lang::Texts;

/// Sub-chats that are named.
const MOST: usize = 500;

/// A topic, or somebody whom direct messages are with.
#[derive(Clone, Debug)]
pub struct Thread {
    /// Id of the topic, or marked id.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// Messages in it, where they are counted.
    pub messages: Option<u64>,
}

/// Where Saved Messages were saved from, or whom direct messages are with: marked ids.
pub fn sub_chats(index: &Index, chat: i64) -> Result<Vec<i64>, IndexError> {
    let saved = index.chat_part(chat, "saved_dialogs")?;
    let saved = saved.map(|part| part.saved()).unwrap_or_default();
    Ok(saved.iter().take(MOST).map(|one| one.peer).collect())
}

/// Topics of a forum, or people of direct messages, the newest first; none of other chats.
pub fn threads(texts: &Texts, index: &Index, known: &ChatRow) -> Result<Vec<Thread>, IndexError> {
    if known.is_direct() {
        let person = |id: i64| {
            Ok(Thread {
                id,
                name: texts.name(&index.name(id)?).to_owned(),
                messages: None,
            })
        };
        return sub_chats(index, known.id)?
            .into_iter()
            .map(person)
            .collect();
    }
    let named = |topic: Topic| Thread {
        id: topic.id,
        name: texts.topic(&topic),
        messages: topic.messages,
    };
    Ok(index.topics(known.id)?.into_iter().map(named).collect())
}
