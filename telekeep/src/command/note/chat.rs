//! Which chat a note is about: one that the archive knows, one that earlier notes named, or a new one.

use telekeep_index::{ChatRef, Index, NoteChat};

use crate::command::show::several;
use crate::error::{CommandError, Result};
use crate::output::text::clean;

/// The chat of a note.
#[derive(Debug, PartialEq, Eq)]
pub struct Chat {
    /// Its marked id, when the archive knows it.
    pub id: Option<i64>,
    /// What it is called.
    pub title: String,
}

/// What a name may mean.
struct Meant {
    chats: Vec<ChatRef>,
    /// Titles of earlier notes.
    titles: Vec<String>,
}

/// The one chat that `name` means; `new` accepts a title that nobody has.
pub fn find(index: &Index, name: &str, new: bool) -> Result<Chat> {
    let meant = Meant {
        chats: index.find_chats(name)?,
        titles: index.noted_titles()?,
    };
    meant.one(name.trim(), new)
}

/// The chat whose notes are asked for.
pub fn find_noted(index: &Index, name: &str) -> Result<NoteChat> {
    let chat = find(index, name, false)?;
    Ok(match chat.id {
        Some(id) => NoteChat::Known(id),
        None => NoteChat::Titled(chat.title),
    })
}

impl Meant {
    fn one(self, name: &str, new: bool) -> Result<Chat> {
        let folded = name.to_lowercase();
        let exact = self.chats.iter().any(|chat| is(chat, name, &folded));
        if exact && new {
            let message = format!("the archive knows a chat that `{}` means", clean(name));
            return Err(CommandError::usage(message)
                .hint("leave --new away, or give the new chat another title"));
        }
        if exact {
            return only(name, self.chats, Vec::new());
        }
        let same = |title: &&String| title.to_lowercase() == folded;
        if let Some(title) = self.titles.iter().find(same) {
            return Ok(titled(title));
        }
        if new {
            return match name.is_empty() {
                true => Err(CommandError::usage("a new chat needs a title")),
                false => Ok(titled(name)),
            };
        }
        let mut titles = self.titles;
        titles.retain(|title| !folded.is_empty() && title.to_lowercase().contains(&folded));
        only(name, self.chats, titles)
    }
}

/// The name is all of the chat's id, public name or title.
fn is(chat: &ChatRef, name: &str, folded: &str) -> bool {
    let public = folded.strip_prefix('@').unwrap_or(folded);
    chat.id.to_string() == name
        || chat.title.to_lowercase() == folded
        || chat
            .username
            .as_ref()
            .is_some_and(|name| name.to_lowercase() == public)
}

fn titled(title: &str) -> Chat {
    Chat {
        id: None,
        title: title.to_owned(),
    }
}

fn only(name: &str, mut chats: Vec<ChatRef>, titles: Vec<String>) -> Result<Chat> {
    match (chats.len(), titles.as_slice()) {
        (0, []) => Err(
            CommandError::failed(format!("no chat matches `{}`", clean(name)))
                .hint("telekeep status lists the chats; with --json also their ids")
                .hint("with --new a note is kept under a title that the archive does not know"),
        ),
        (1, []) => {
            let chat = chats.swap_remove(0);
            Ok(Chat {
                id: Some(chat.id),
                title: chat.title,
            })
        }
        (0, [title]) => Ok(titled(title)),
        (_, titles) => {
            let ids: Vec<i64> = chats.iter().map(|chat| chat.id).collect();
            let error = several(name, &ids, titles.len());
            Err(match titles {
                [] => error,
                _ => error
                    .hint("or the whole title of earlier notes: telekeep note --list shows them"),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(chats: &[(i64, &str)], titles: &[&str]) -> Meant {
        let chat = |(id, title): &(i64, &str)| ChatRef {
            id: *id,
            title: (*title).to_owned(),
            username: Some(format!("u{id}")),
        };
        Meant {
            chats: chats.iter().map(chat).collect(),
            titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        }
    }

    #[test]
    fn one_chat_is_meant_or_none() {
        let known = |id: i64, title: &str| Chat {
            id: Some(id),
            title: title.to_owned(),
        };
        let one = |meant: Meant, name: &str| meant.one(name, false);
        assert_eq!(
            one(meant(&[(5, "Ada")], &["Ada, secret"]), "ada").unwrap(),
            known(5, "Ada")
        );
        assert_eq!(
            one(meant(&[(5, "Ada")], &[]), "@u5").unwrap(),
            known(5, "Ada")
        );
        assert_eq!(
            one(meant(&[(5, "Ada Byron")], &[]), "byr").unwrap(),
            known(5, "Ada Byron")
        );
        let secret = meant(&[(5, "Ada, secretary")], &["Ada, secret"]);
        assert_eq!(one(secret, "ADA, SECRET").unwrap(), titled("Ada, secret"));
        assert_eq!(
            one(meant(&[], &["Ada, secret"]), "secr").unwrap(),
            titled("Ada, secret")
        );
        for (chats, titles) in [
            (&[(5, "Ada A"), (6, "Ada B")][..], &[][..]),
            (&[(5, "Ada A")], &["Ada, secret"]),
            (&[], &["Ada 1", "Ada 2"]),
            (&[], &[]),
            (&[(5, "Ada"), (6, "ada")], &[]),
        ] {
            assert!(
                one(meant(chats, titles), "ada").is_err(),
                "{chats:?} {titles:?}"
            );
        }
    }

    #[test]
    fn a_new_title_is_one_that_no_chat_has() {
        let new = |meant: Meant, name: &str| meant.one(name, true);
        assert_eq!(new(meant(&[], &[]), "Ada").unwrap(), titled("Ada"));
        // A part of another title is a title of its own.
        assert_eq!(
            new(meant(&[(5, "Adam")], &["Ada, secret"]), "Ada").unwrap(),
            titled("Ada")
        );
        assert_eq!(new(meant(&[], &["Ada"]), "ada").unwrap(), titled("Ada"));
        assert!(new(meant(&[(5, "ADA")], &[]), "Ada").is_err());
        assert!(new(meant(&[], &[]), "").is_err());
    }
}
