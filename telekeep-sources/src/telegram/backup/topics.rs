//! Topics that are named by their title: their forums are asked which topics they have, and titles
//! become ids.

use std::collections::HashMap;

use serde_json::{Value, json};
use telekeep_tl::{Object, Schema, Value as Tl};

use super::choose::{SelectionError, find_one};
use super::selection::{Selection, TopicName, Topics};
use crate::spool::ChatFacts;
use crate::telegram::peers::input_peer;
use crate::telegram::wire::Reply;

/// Topics of a page.
const PAGE: i32 = 100;
/// Pages of one forum, against a server that never ends.
const PAGES: usize = 100;
/// Topics that an error names.
const NAMED: usize = 12;

/// A topic of a forum.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Topic {
    id: i32,
    title: String,
}

/// The selection with ids in the place of titles. `hash` knows how to address a chat, and `ask`
/// calls the server: an answer, or the name of an error of this request alone.
pub(super) async fn with_ids<E, F>(
    selection: &Selection,
    chats: &[ChatFacts],
    schema: &Schema,
    hash: impl Fn(i64) -> Option<i64>,
    ask: impl Fn(Value) -> F,
) -> Result<Result<Selection, SelectionError>, E>
where
    F: Future<Output = Result<Result<Reply, String>, E>>,
{
    let mut forums = HashMap::new();
    for choice in selection.topics.iter().filter(|choice| has_title(choice)) {
        let chat = match find_one(&choice.chat, chats) {
            Ok(chat) => chat,
            Err(error) => return Ok(Err(error)),
        };
        if forums.contains_key(&chat) {
            continue;
        }
        let mut request = json!({
            "_": "messages.getForumTopics", "peer": input_peer(chat, hash(chat), false),
            "offset_date": 0, "offset_id": 0, "offset_topic": 0, "limit": PAGE,
        });
        let mut topics = Vec::new();
        for _ in 0..PAGES {
            let reply = match ask(request.clone()).await? {
                Ok(reply) => reply,
                Err(error) => {
                    let name = choice.chat.clone();
                    return Ok(Err(SelectionError::NoTopics { name, error }));
                }
            };
            if !take(schema, &reply, &mut request, &mut topics) {
                break;
            }
        }
        forums.insert(chat, topics);
    }
    Ok(named(selection, chats, &forums))
}

fn has_title(choice: &Topics) -> bool {
    let mut topics = choice.topics.iter();
    topics.any(|topic| matches!(topic, TopicName::Title(_)))
}

/// Adds the topics of a page and prepares the request of the next one; false when there is none.
fn take(schema: &Schema, reply: &Reply, request: &mut Value, topics: &mut Vec<Topic>) -> bool {
    let Ok(answer) = schema.object(&reply.bytes) else {
        return false;
    };
    let page = answer.vector("topics").unwrap_or_default();
    let before = topics.len();
    for topic in page.iter().filter_map(Tl::as_object) {
        let (Some(id), Some(title)) = (topic.int("id"), topic.str("title")) else {
            continue;
        };
        if topics.iter().any(|known| known.id == id) {
            continue;
        }
        let title = title.into_owned();
        topics.push(Topic { id, title });
        let newest = topic.int("top_message").unwrap_or(0);
        request["offset_topic"] = json!(id);
        request["offset_id"] = json!(newest);
        request["offset_date"] = json!(date_of(&answer, newest).or(topic.int("date")));
    }
    let count = answer.int("count").and_then(|n| usize::try_from(n).ok());
    topics.len() > before && count.is_some_and(|count| topics.len() < count)
}

/// Topics are in the order of their newest messages, so a page begins at the date of one.
fn date_of(answer: &Object<'_>, message: i32) -> Option<i32> {
    let messages = answer.vector("messages").unwrap_or_default();
    let mut messages = messages.iter().filter_map(Tl::as_object);
    let found = messages.find(|one| one.int("id") == Some(message))?;
    found.int("date")
}

fn named(
    selection: &Selection,
    chats: &[ChatFacts],
    forums: &HashMap<i64, Vec<Topic>>,
) -> Result<Selection, SelectionError> {
    let mut selection = selection.clone();
    for choice in selection
        .topics
        .iter_mut()
        .filter(|choice| has_title(choice))
    {
        let forum = forums.get(&find_one(&choice.chat, chats)?);
        let forum = forum.map_or(&[][..], Vec::as_slice);
        for topic in &mut choice.topics {
            if let TopicName::Title(title) = topic {
                *topic = TopicName::Id(find(title, forum)?);
            }
        }
    }
    Ok(selection)
}

/// The topic of exactly this title, else of one with this in it.
fn find(title: &str, forum: &[Topic]) -> Result<i32, SelectionError> {
    let wanted = title.trim().to_lowercase();
    let pick = |test: &dyn Fn(&str) -> bool| -> Vec<&Topic> {
        let of = forum.iter();
        of.filter(|topic| test(&topic.title.to_lowercase()))
            .collect()
    };
    let mut found = pick(&|known| known.trim() == wanted);
    if found.is_empty() && !wanted.is_empty() {
        found = pick(&|known| known.contains(&wanted));
    }
    let label = |topic: &Topic| format!("{} ({})", topic.title, topic.id);
    match found.as_slice() {
        [topic] => Ok(topic.id),
        [] => Err(SelectionError::NoTopic {
            name: title.to_owned(),
            topics: forum.iter().take(NAMED).map(label).collect(),
        }),
        several => Err(SelectionError::SeveralTopics {
            name: title.to_owned(),
            candidates: several.iter().copied().take(NAMED).map(label).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forum() -> Vec<Topic> {
        let all = [
            (1, "General"),
            (4, "Visa"),
            (9, "Visa questions"),
            (12, "Trains"),
        ];
        let topic = |(id, title): (i32, &str)| Topic {
            id,
            title: title.to_owned(),
        };
        all.into_iter().map(topic).collect()
    }

    #[test]
    fn titles_mean_one_topic_or_are_an_error_that_names_them() {
        let forum = forum();
        assert_eq!(find("visa", &forum).unwrap(), 4, "exactly so called");
        assert_eq!(find(" train ", &forum).unwrap(), 12, "a part is enough");
        let several = find("vis", &forum).unwrap_err().to_string();
        assert!(several.contains("Visa (4)") && several.contains("Visa questions (9)"));
        let none = find("Planes", &forum).unwrap_err().to_string();
        assert!(
            none.contains("Planes") && none.contains("Trains (12)"),
            "{none}"
        );
        assert!(find("", &forum).is_err());
    }
}
