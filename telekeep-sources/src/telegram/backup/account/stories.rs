//! Stories that the account told. The lists of them (archive, pinned, active) are parts of the
//! account; each story is a record of its own, so that a change of it and its end can be told. A
//! story that no list names any more is asked for by its number before it counts as gone.

use std::collections::HashMap;

use serde_json::{Value, json};
use telekeep_tl::{Object, Schema, Value as Tl};

use super::News;
use super::parts::request_of_stories;
use super::stickers::emoji_of;
use crate::spool::{FileRow, Kind, Origin, Shelf, SpoolError, SpoolTx};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::list::name_of;
use crate::telegram::backup::recorder::{Item, Recorder};
use crate::telegram::backup::round::UNREADABLE;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::media::collect;

/// What the names of the lists begin with.
pub(super) const LISTS: &str = "stories/";
/// The list that has all of them.
pub(super) const ARCHIVE: &str = "stories/archive";
/// Stories asked for by their numbers at once.
const AT_ONCE: usize = 100;

/// Fields of a story that change by themselves: who looked and what they felt goes on changing.
pub(crate) const STORY_VOLATILE: &[&str] = &["access_hash", "file_reference", "views"];

/// A story as the server told it.
#[derive(Debug)]
pub(crate) struct Story {
    pub id: i32,
    pub print: [u8; 16],
    /// Custom emoji in its caption.
    pub emoji: Vec<i64>,
    pub files: Vec<FileRow>,
    /// JSON of the TL `StoryItem`.
    pub body: Vec<u8>,
}

/// Stories of an answer.
#[derive(Debug, Default)]
pub(crate) struct Stories {
    pub told: Vec<Story>,
    /// Those that were only named.
    pub named: Vec<i32>,
}

impl Stories {
    /// Those of any answer that has some.
    pub fn of(answer: &Object<'_>) -> Stories {
        let mut stories = Stories::default();
        let list = match answer.object("stories") {
            Some(of_one) => of_one.vector("stories"),
            None => answer.vector("stories"),
        };
        let list = list.unwrap_or_default();
        for item in list.iter().filter_map(Tl::as_object) {
            let Some(id) = item.int("id") else { continue };
            match item.name() {
                "storyItem" if !item.flag("min") => stories.told.extend(story(id, item)),
                "storyItem" | "storyItemSkipped" => stories.named.push(id),
                _ => {}
            }
        }
        stories
    }
}

fn story(id: i32, item: &Object<'_>) -> Option<Story> {
    let mut body = Vec::new();
    item.json(&mut body).ok()?;
    Some(Story {
        id,
        print: item.fingerprint(STORY_VOLATILE),
        emoji: emoji_of(item),
        files: collect::files_in(item, Origin::Account(Shelf::Story { id })),
        body,
    })
}

/// The files of a story in an answer about it.
pub(super) fn files_of_story(answer: &Object<'_>, id: i32) -> Vec<FileRow> {
    let told = Stories::of(answer).told.into_iter();
    told.filter(|story| story.id == id)
        .flat_map(|story| story.files)
        .collect()
}

impl Engine {
    /// Hands stories of a page to the writer, and asks for those that it only named.
    pub(super) async fn take_stories(&self, answer: &[u8]) -> Result<(), Halt> {
        let schema = self.client.schema();
        let Ok(answer) = schema.object(answer) else {
            return Ok(());
        };
        let Stories { told, named } = Stories::of(&answer);
        self.store_stories(told).await?;
        for ids in named.chunks(AT_ONCE) {
            // What cannot be had now is named again by the next list.
            if let Ok(told) = self.stories_by_id(ids).await? {
                self.store_stories(told).await?;
            }
        }
        Ok(())
    }

    async fn store_stories(&self, stories: Vec<Story>) -> Result<(), Halt> {
        if stories.is_empty() {
            return Ok(());
        }
        self.store(Item::Stories {
            chat: self.own_chat(),
            stories,
        })
        .await
    }

    fn own_chat(&self) -> i64 {
        self.client.account().map_or(0, |account| account.id)
    }

    async fn stories_by_id(&self, ids: &[i32]) -> Result<Result<Vec<Story>, String>, Halt> {
        let reply = match self.call(&request_of_stories(ids)).await? {
            Ok(reply) => reply,
            Err(error) => match BackupError::of_call(&error) {
                Some(fatal) => return Err(fatal.into()),
                None => return Ok(Err(name_of(&error))),
            },
        };
        Ok(told_of(self.client.schema(), &reply.bytes).ok_or_else(|| UNREADABLE.to_owned()))
    }

    /// After the archive of stories was told to its end since `start`: stories it does not name
    /// are asked for by their numbers, and recorded as gone when there is nothing.
    pub(super) async fn look_for_stories(&self, start: i64) -> Result<(), Halt> {
        let parts: HashMap<String, _> = self.spool.account_parts()?;
        if parts.get(ARCHIVE).is_none_or(|part| part.told < start) {
            return Ok(());
        }
        let chat = self.own_chat();
        let missed = self.spool.stories_not_told(chat, start)?;
        for ids in missed.chunks(AT_ONCE) {
            match self.stories_by_id(ids).await? {
                Ok(told) => {
                    let there = |id: &&i32| told.iter().all(|story| story.id != **id);
                    let gone: Vec<i32> = ids.iter().filter(there).copied().collect();
                    self.store_stories(told).await?;
                    self.store(Item::StoriesGone { chat, ids: gone }).await?;
                }
                Err(error) => {
                    let part = ARCHIVE.to_owned();
                    let raw = None;
                    let news = Box::new(News::Failed { part, error, raw });
                    self.store(Item::Account { news }).await?;
                    self.store(Item::AskAgain { part: ARCHIVE }).await?;
                    return self.barrier().await;
                }
            }
        }
        self.barrier().await
    }
}

fn told_of(schema: &Schema, answer: &[u8]) -> Option<Vec<Story>> {
    let answer = schema.object(answer).ok()?;
    Some(Stories::of(&answer).told)
}

/// What is recorded of a story that is no more: the server's own word for it.
pub(crate) fn gone(id: i32) -> Value {
    json!({"_": "storyItemDeleted", "id": id})
}

impl Recorder {
    pub(in crate::telegram::backup) fn store_stories(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        stories: &[Story],
    ) -> Result<(), SpoolError> {
        for story in stories {
            tx.want_emoji(&story.emoji)?;
            if tx.see_story(chat, story.id, story.print)?.is_news() {
                let (id, layer) = (Some(story.id.into()), Some(self.layer));
                tx.record(Kind::Story, Some(chat), id, layer, &story.body)?;
            }
            self.want_files(tx, &story.files, false, None)?;
        }
        Ok(())
    }

    pub(in crate::telegram::backup) fn store_stories_gone(
        &self,
        tx: &mut SpoolTx<'_>,
        chat: i64,
        ids: &[i32],
    ) -> Result<(), SpoolError> {
        for &id in ids {
            if tx.story_gone(chat, id)? {
                let (body, layer) = (gone(id).to_string(), Some(self.layer));
                let id = Some(id.into());
                tx.record(Kind::Story, Some(chat), id, layer, body.as_bytes())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(stories: Value) -> Vec<u8> {
        let answer = json!({"_": "stories.stories", "count": 9, "stories": stories,
            "chats": [], "users": []});
        let mut bytes = Vec::new();
        let schema = telekeep_tl::bundled(230).unwrap();
        schema
            .encode("stories.Stories", &answer, &mut bytes)
            .unwrap();
        bytes
    }

    fn item(id: i32, caption: &str, views: i32) -> Value {
        json!({"_": "storyItem", "id": id, "date": 1, "expire_date": 2, "caption": caption,
            "media": {"_": "messageMediaPhoto", "photo": {
                "_": "photo", "id": 8, "access_hash": 3, "file_reference": "AQI=", "date": 1,
                "dc_id": 2, "sizes": [
                    {"_": "photoSize", "type": "x", "w": 800, "h": 800, "size": 9000}]}},
            "views": {"_": "storyViews", "views_count": views}})
    }

    fn stories(items: Value) -> Stories {
        let schema = telekeep_tl::bundled(230).unwrap();
        let bytes = answer(items);
        Stories::of(&schema.object(&bytes).unwrap())
    }

    #[test]
    fn whole_ones_are_told_others_named_and_missing_ones_neither() {
        let mut small = item(3, "", 0);
        small["min"] = json!(true);
        let found = stories(json!([item(2, "a", 5), small,
            {"_": "storyItemSkipped", "id": 4, "date": 1, "expire_date": 2}, gone(5)]));
        assert_eq!(found.told.len(), 1);
        assert_eq!(found.told[0].files[0].key, "photo/8/x");
        assert_eq!(found.named, [3, 4]);
    }

    #[test]
    fn views_make_no_other_version_and_a_caption_does() {
        let print = |caption: &str, views| stories(json!([item(2, caption, views)])).told[0].print;
        assert_eq!(print("a", 1), print("a", 2));
        assert_ne!(print("a", 1), print("b", 1));
    }
}
