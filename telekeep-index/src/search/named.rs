//! Names in queries: whom `from:`, `in:` and `topic:` mean.

use rusqlite::Row;

use super::{
    compile::{Compiler, any_meta, meta_word, quote},
    grammar::error,
    meta,
};
use crate::{
    chats::{ChatFilter, entries},
    error::{Doing as _, IndexError},
    names::{self, Names},
};

/// Peers that one name may stand for.
const MAX_NAMES: usize = 200;

/// What a name in a query was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where the filter is, in characters from 1.
    pub at: usize,
    /// The filter, as `from:ada`.
    pub filter: String,
    /// Names of the people, chats or topics it means; any of them.
    pub names: Vec<String>,
}

impl Compiler<'_> {
    pub(super) fn senders(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        if name.eq_ignore_ascii_case("me") {
            return Ok(meta_word("kmine"));
        }
        let ids = match self.peer(name)? {
            Some(id) => vec![id],
            None => self.named_senders(at, name)?,
        };
        if ids.is_empty() {
            let why = format!(
                "nobody in this archive is called {name:?}; the name, a part of it, @username, or the numeric id is understood"
            );
            return Err(error(at, why));
        }
        self.resolved(at, "from", name, &ids)?;
        let words: Vec<_> = ids.iter().map(|&id| meta::sender(id)).collect();
        Ok(any_meta(&words))
    }

    /// Those who sent something, of all who are called so.
    fn named_senders(&self, at: usize, name: &str) -> Result<Vec<i64>, IndexError> {
        let all = names::find(self.db, name, 10 * MAX_NAMES)?;
        let mut said = self
            .db
            .prepare_cached("SELECT 1 FROM said WHERE c = 0 AND sender = ?1")
            .doing("looking for a sender")?;
        let mut senders = Vec::new();
        for &id in &all {
            if said.exists([id]).doing("looking for a sender")? {
                senders.push(id);
            }
        }
        if senders.len() > MAX_NAMES || all.len() >= 10 * MAX_NAMES {
            return Err(too_many(at, name));
        }
        // Known, but without a message: finds nothing, and is no mistake.
        Ok(if senders.is_empty() { all } else { senders })
    }

    pub(super) fn chats(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        let filter = ChatFilter {
            name: Some(name.to_owned()),
            ..ChatFilter::default()
        };
        let ids: Vec<i64> = match self.peer(name)? {
            Some(id) => vec![id],
            None => {
                let chats = entries(self.db, &filter)?;
                chats.iter().map(|chat| chat.chat).collect()
            }
        };
        if ids.is_empty() {
            let why = format!(
                "no chat in this archive is called {name:?}; the title, a part of it, @username, or the numeric id is understood"
            );
            return Err(error(at, why));
        }
        if ids.len() > MAX_NAMES {
            return Err(too_many(at, name));
        }
        self.resolved(at, "in", name, &ids)?;
        let words: Vec<_> = ids.iter().map(|&id| meta::chat(id)).collect();
        Ok(any_meta(&words))
    }

    /// The peer that a number or `@username` names; `me` and `saved` in `in:` are names like others.
    fn peer(&self, name: &str) -> Result<Option<i64>, IndexError> {
        if let Ok(id) = name.parse::<i64>() {
            return Ok(Some(id));
        }
        let Some(username) = name.strip_prefix('@') else {
            return Ok(None);
        };
        self.db
            .prepare_cached("SELECT id FROM peer WHERE username = ?1 COLLATE NOCASE LIMIT 1")
            .and_then(|mut select| {
                let mut rows = select.query([username])?;
                rows.next()?.map(|row| row.get(0)).transpose()
            })
            .doing("looking for a username")
    }

    pub(super) fn topics(&mut self, at: usize, name: &str) -> Result<String, IndexError> {
        let mut words = Vec::new();
        let mut titles = Vec::new();
        let mut general = Vec::new();
        let matcher = names::Matcher::new(name);
        let mut forums = self.forums()?;
        if !self.chats.is_empty() {
            forums.retain(|(_, chat)| self.chats.contains(chat));
        }
        for (no, chat) in forums {
            for topic in crate::history::topics_of(self.db, no, chat)? {
                let title = topic.name().unwrap_or_default().to_owned();
                if topic.id.to_string() != name && !matcher.matches(&title) {
                    continue;
                }
                titles.push(title);
                if topic.id == 1 {
                    let (chat, marked) = (meta::chat(chat), meta::kind_of(chat, "ktopic"));
                    general.push(format!(
                        "{{meta}} : ({} NOT {})",
                        quote(&chat),
                        quote(&marked)
                    ));
                } else {
                    words.push(meta::topic_of(chat, topic.id));
                }
            }
        }
        for (chat, peer, title) in self.threads(name)? {
            titles.push(title);
            words.push(meta::saved_of(chat, peer));
        }
        if titles.is_empty() {
            let why = format!("no topic of a forum is called {name:?}");
            return Err(error(at, why));
        }
        if titles.len() > MAX_NAMES {
            return Err(too_many(at, name));
        }
        self.plan.resolved.push(Resolved {
            at,
            filter: format!("topic:{name}"),
            names: titles,
        });
        if !words.is_empty() {
            general.push(any_meta(&words));
        }
        Ok(format!("({})", general.join(" OR ")))
    }

    /// Somebody, by number, of the chats asked about whose messages are told apart by whom they are
    /// from or to: Saved Messages, and direct messages of a channel.
    fn threads(&self, name: &str) -> Result<Vec<(i64, i64, String)>, IndexError> {
        let Ok(peer) = name.parse::<i64>() else {
            return Ok(Vec::new());
        };
        self.db
            .prepare_cached(
                "SELECT chat.chat, known.title FROM chat JOIN journal ON journal.no = chat.journal
                 JOIN peer AS known ON known.id = ?1 LEFT JOIN peer ON peer.id = chat.chat
                 WHERE journal.account = chat.chat
                    OR (peer.kind = 'supergroup' AND peer.direct IS NOT NULL)",
            )
            .and_then(|mut select| {
                let row = |row: &Row<'_>| Ok((row.get(0)?, peer, row.get(1)?));
                let rows = select.query_map([peer], row)?;
                rows.filter(|found| match found {
                    Ok((chat, ..)) => self.chats.contains(chat),
                    Err(_) => true,
                })
                .collect()
            })
            .doing("looking for a thread")
    }

    /// Chats that have topics.
    fn forums(&self) -> Result<Vec<(i64, i64)>, IndexError> {
        self.db
            .prepare_cached(
                "SELECT no, chat FROM chat LEFT JOIN peer ON peer.id = chat.chat
                 WHERE peer.forum OR EXISTS (SELECT 1 FROM topic WHERE topic.c = chat.no)",
            )
            .and_then(|mut select| {
                let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                rows.collect()
            })
            .doing("reading forums")
    }

    fn resolved(
        &mut self,
        at: usize,
        key: &str,
        name: &str,
        ids: &[i64],
    ) -> Result<(), IndexError> {
        let mut known = Names::default();
        let own: Vec<i64> = crate::accounts(self.db)?;
        let mut all = Vec::with_capacity(ids.len());
        for &id in ids {
            all.push(match key == "in" && own.contains(&id) {
                true => "Saved Messages".to_owned(),
                false => known.of(self.db, id)?,
            });
        }
        self.plan.resolved.push(Resolved {
            at,
            filter: format!("{key}:{name}"),
            names: all,
        });
        Ok(())
    }
}

fn too_many(at: usize, name: &str) -> IndexError {
    let why = format!("more than {MAX_NAMES} are called {name:?}; write more of the name");
    error(at, why)
}
