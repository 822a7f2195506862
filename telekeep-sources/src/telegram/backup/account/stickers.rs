//! Sticker sets that the account's lists name or that messages have stickers of, and custom emoji that
//! messages and names use. Which of them wait is known to the spool, so a run goes on where another
//! one stopped.

use serde_json::Value;
use telekeep_tl::{Object, Schema, Value as Tl};

use super::parts::{Part, request_of_emoji, request_of_set};
use super::{News, Refusal};
use crate::spool::{FileRow, Origin, Shelf, StickerSet};
use crate::telegram::backup::error::BackupError;
use crate::telegram::backup::recorder::Item;
use crate::telegram::backup::round::UNREADABLE;
use crate::telegram::backup::run::{Engine, Halt};
use crate::telegram::media::collect;

/// Custom emoji asked for at once.
const EMOJI_AT_ONCE: u32 = 200;

/// What failures of asking for custom emoji are called.
pub(super) const EMOJI: &str = "custom_emoji";

/// A custom emoji that the server gave.
#[derive(Debug)]
pub(crate) struct Emoji {
    pub id: i64,
    /// The TL `Document`.
    pub body: Value,
    pub files: Vec<FileRow>,
}

impl Engine {
    /// Asks for the sticker sets that are not recorded as the lists name them.
    pub(super) async fn ask_sets(&self) -> Result<(), Halt> {
        let waiting = self.spool.waiting_sets()?;
        self.ask_these_sets(waiting).await
    }

    /// Asks for the sticker sets that messages have stickers of, when they are wanted.
    pub(in crate::telegram::backup) async fn ask_met_sets(&self) -> Result<(), Halt> {
        if self.options.selection.media.sets_met {
            return self.ask_these_sets(self.spool.waiting_sets_met()?).await;
        }
        for part in self.spool.failed_sets_met()? {
            self.store(Item::AccountGivenUp { part }).await?;
        }
        Ok(())
    }

    async fn ask_these_sets(&self, sets: Vec<StickerSet>) -> Result<(), Halt> {
        for set in sets {
            let StickerSet {
                id, access_hash, ..
            } = set;
            let shelf = Shelf::Set { id, access_hash };
            let request = request_of_set(id, access_hash);
            let part = Part::new(&shelf.part(), request).with_files(shelf);
            let news = self.news_of(part, 0).await?.with_hash(set.hash);
            let news = Box::new(news);
            self.store(Item::Account { news }).await?;
        }
        self.barrier().await
    }

    /// Asks for the custom emoji that messages and names use.
    pub(in crate::telegram::backup) async fn ask_emoji(&self) -> Result<(), Halt> {
        let mut after = i64::MIN;
        loop {
            let ids = self.spool.waiting_emoji(after, EMOJI_AT_ONCE)?;
            let Some(&last) = ids.last() else {
                return self.barrier().await;
            };
            after = last;
            let news = match self.call(&request_of_emoji(&ids)).await? {
                Ok(reply) => match emoji(self.client.schema(), &reply.bytes) {
                    Some(emoji) => News::Emoji { asked: ids, emoji },
                    None => failed(UNREADABLE.to_owned(), Some(reply.bytes)),
                },
                Err(error) => match (BackupError::of_call(&error), Refusal::of(&error)) {
                    (Some(fatal), _) => return Err(fatal.into()),
                    (None, Refusal::Unavailable(error) | Refusal::Failed(error, _)) => {
                        failed(error, None)
                    }
                },
            };
            let failed = matches!(news, News::Failed { .. });
            let news = Box::new(news);
            self.store(Item::Account { news }).await?;
            if failed {
                // The rest would fail alike, or hide that these did; the next run asks again.
                return self.barrier().await;
            }
        }
    }
}

fn failed(error: String, bytes: Option<Vec<u8>>) -> News {
    let raw = bytes.map(|bytes| (bytes, UNREADABLE.to_owned()));
    let part = EMOJI.to_owned();
    News::Failed { part, error, raw }
}

fn emoji(schema: &Schema, bytes: &[u8]) -> Option<Vec<Emoji>> {
    let documents = documents(schema, bytes)?;
    let one = |document: &Object<'_>| {
        let mut text = Vec::new();
        document.json(&mut text).ok()?;
        Some(Emoji {
            id: document.long("id")?,
            body: serde_json::from_slice(&text).ok()?,
            files: collect::files_in(document, Origin::Account(Shelf::CustomEmoji)),
        })
    };
    let objects = documents.iter().filter_map(Tl::as_object);
    Some(objects.filter_map(one).collect())
}

fn documents<'a>(schema: &'a Schema, bytes: &'a [u8]) -> Option<Vec<Tl<'a>>> {
    match schema.element("Vector<Document>", bytes).ok()? {
        Tl::Vector(documents) => Some(documents),
        _ => None,
    }
}

/// The files of an answer about custom emoji.
pub(super) fn files_of_emoji(schema: &Schema, bytes: &[u8]) -> Vec<FileRow> {
    let emoji = emoji(schema, bytes).unwrap_or_default();
    emoji.into_iter().flat_map(|emoji| emoji.files).collect()
}

/// Custom emoji in the text of a message and among the reactions to it.
pub(crate) fn emoji_of(message: &Object<'_>) -> Vec<i64> {
    let entities = message.vector("entities").unwrap_or_default();
    let entities = entities.iter().filter_map(Tl::as_object);
    let entities = entities.filter(|entity| entity.name() == "messageEntityCustomEmoji");
    let mut ids: Vec<i64> = entities
        .filter_map(|entity| entity.long("document_id"))
        .collect();
    let reactions = message.object("reactions");
    let results = reactions.and_then(|reactions| reactions.vector("results"));
    let results = results.unwrap_or_default();
    let reactions = results
        .iter()
        .filter_map(Tl::as_object)
        .filter_map(|result| result.object("reaction"));
    let custom = reactions.filter(|reaction| reaction.name() == "reactionCustomEmoji");
    ids.extend(custom.filter_map(|reaction| reaction.long("document_id")));
    ids
}

/// The sticker set that the sticker in a message is of.
pub(crate) fn set_of(message: &Object<'_>) -> Option<StickerSet> {
    let document = message.object("media")?.object("document")?;
    let attributes = document.vector("attributes")?;
    let mut stickers = attributes
        .iter()
        .filter_map(Tl::as_object)
        .filter(|attribute| attribute.name() == "documentAttributeSticker");
    let set = stickers.find_map(|sticker| sticker.object("stickerset"))?;
    Some(StickerSet {
        id: set.long("id")?,
        access_hash: set.long("access_hash")?,
        hash: 0,
    })
}

/// Custom emoji anywhere in an answer about the account or a chat, but for those beside the names
/// of the people in it.
pub(super) fn emoji_within(answer: &Object<'_>) -> Vec<i64> {
    let mut ids = Vec::new();
    answer.walk(&mut |object| {
        let shows = match object.name() {
            "messageEntityCustomEmoji" | "reactionCustomEmoji" => true,
            "emojiStatus" | "emojiStatusCollectible" => answer.name().ends_with("emojiStatuses"),
            _ => false,
        };
        ids.extend(object.long("document_id").filter(|_| shows));
    });
    ids
}

/// The custom emoji that somebody shows beside the name.
pub(crate) fn emoji_of_peer(peer: &Object<'_>) -> Option<i64> {
    peer.object("emoji_status")?.long("document_id")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn custom_emoji_of_texts_and_reactions() {
        let schema = telekeep_tl::bundled(230).unwrap();
        let reaction =
            |reaction: Value| json!({"_": "reactionCount", "reaction": reaction, "count": 1});
        let message = json!({"_": "message", "id": 7, "peer_id": {"_": "peerUser", "user_id": 5},
            "date": 1, "message": "xyz", "entities": [
                {"_": "messageEntityBold", "offset": 0, "length": 1},
                {"_": "messageEntityCustomEmoji", "offset": 1, "length": 1, "document_id": 41}],
            "reactions": {"_": "messageReactions", "results": [
                reaction(json!({"_": "reactionEmoji", "emoticon": "👍"})),
                reaction(json!({"_": "reactionCustomEmoji", "document_id": 42}))]}});
        let mut bytes = Vec::new();
        schema.encode("Message", &message, &mut bytes).unwrap();
        assert_eq!(emoji_of(&schema.object(&bytes).unwrap()), [41, 42]);
    }
}
