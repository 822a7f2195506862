//! Walking the list of dialogs, without input or output.
//!
//! The main list is asked without a folder (which includes archived chats where the server mixes
//! them in), then folder 1, the archive. The next page begins after the last dialog whose newest
//! message has a known date. A folder ends when the server says that the list is complete, when a
//! page is empty, or when a page brings nothing new; never because a page is short.
//!
//! The place in the walk is kept with every page. A walk that was interrupted goes on there, and
//! then looks at the beginning again, because chats with newer messages moved there meanwhile.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// Dialogs per page; the server's maximum.
pub(crate) const PAGE: i32 = 100;

/// Folders to walk: the main list, and the archive.
const FOLDERS: [Option<i32>; 2] = [None, Some(1)];

/// The dialog a page begins after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offset {
    /// Date of its newest message.
    pub date: i32,
    /// Id of its newest message.
    pub id: i32,
    /// Its marked chat id; 0 at the beginning.
    pub chat: i64,
}

/// The place in a walk, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Which of the folders.
    folder: usize,
    offset: Offset,
    /// This is the second look at the beginning.
    again: bool,
}

/// One dialog of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    pub chat: i64,
    pub top: i32,
    /// Date of the newest message, when the page holds that message.
    pub date: Option<i32>,
    /// Not known so before this walk.
    pub changed: bool,
}

/// A walk through all folders.
#[derive(Debug, Clone)]
pub(crate) struct DialogPager {
    place: Place,
    resumed: bool,
    seen: HashSet<i64>,
    folders: usize,
}

impl DialogPager {
    /// From the beginning, or where an interrupted walk stopped.
    pub fn new(kept: Option<Place>) -> DialogPager {
        let resumed = kept.is_some();
        DialogPager {
            place: kept.unwrap_or_default(),
            resumed,
            seen: HashSet::new(),
            folders: FOLDERS.len(),
        }
    }

    /// Through one of the older ranges of an account, where archived chats are mixed in.
    pub fn of_range() -> DialogPager {
        DialogPager {
            folders: 1,
            ..DialogPager::new(None)
        }
    }

    /// The folder to ask for and the dialog to begin after; `None` when the walk is over.
    pub fn ask(&self) -> Option<(Option<i32>, Offset)> {
        let folder = FOLDERS.get(..self.folders)?.get(self.place.folder)?;
        Some((*folder, self.place.offset))
    }

    /// Takes a page.
    pub fn page(&mut self, items: &[Item], complete: bool) {
        let unseen = items
            .iter()
            .filter(|item| self.seen.insert(item.chat))
            .count();
        let news = items.iter().any(|item| item.changed);
        let next = items.iter().rev().find_map(|item| {
            Some(Offset {
                date: item.date.filter(|&date| date > 0)?,
                id: item.top,
                chat: item.chat,
            })
        });
        let over = complete || unseen == 0 || (self.place.again && !news);
        match next.filter(|next| !over && *next != self.place.offset) {
            Some(next) => self.place.offset = next,
            None => self.next_folder(),
        }
    }

    /// The place to keep with the page just taken; `None` when the walk is over.
    pub fn place(&self) -> Option<&Place> {
        self.ask().map(|_| &self.place)
    }

    fn next_folder(&mut self) {
        self.place.folder += 1;
        self.place.offset = Offset::default();
        self.seen.clear();
        if self.place.folder >= self.folders && self.resumed && !self.place.again {
            self.place = Place {
                again: true,
                ..Place::default()
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dialogs newest first: (chat, date). Answers pages of `page`.
    struct Server {
        dialogs: Vec<(i64, i32)>,
        page: usize,
        asked: usize,
    }

    impl Server {
        fn answer(&mut self, folder: Option<i32>, offset: Offset) -> Vec<Item> {
            self.asked += 1;
            assert!(self.asked < 100, "the walk does not end");
            let after = |&&(_, date): &&(i64, i32)| offset.chat == 0 || date < offset.date;
            let all = self.dialogs.iter().filter(after).take(self.page);
            all.filter(|_| folder.is_none())
                .map(|&(chat, date)| Item {
                    chat,
                    top: date,
                    date: Some(date),
                    changed: true,
                })
                .collect()
        }
    }

    fn walk(server: &mut Server, pager: &mut DialogPager, pages: usize) -> Vec<i64> {
        let mut chats = Vec::new();
        for _ in 0..pages {
            let Some((folder, offset)) = pager.ask() else {
                break;
            };
            let items = server.answer(folder, offset);
            chats.extend(items.iter().map(|item| item.chat));
            pager.page(&items, false);
        }
        chats
    }

    fn server(count: i64, page: usize) -> Server {
        Server {
            dialogs: (1..=count).map(|n| (n, 10_000 - n as i32)).collect(),
            page,
            asked: 0,
        }
    }

    #[test]
    fn short_pages_do_not_end_the_walk() {
        let mut server = server(250, 7);
        let chats = walk(&mut server, &mut DialogPager::new(None), 99);
        assert_eq!(chats, (1..=250).collect::<Vec<_>>());
    }

    #[test]
    fn an_interrupted_walk_goes_on_and_then_looks_at_the_beginning() {
        let mut server = server(50, 10);
        let mut pager = DialogPager::new(None);
        assert_eq!(walk(&mut server, &mut pager, 3).len(), 30);
        // The last chat moves to the front meanwhile.
        server.dialogs.rotate_right(1);
        server.dialogs[0].1 = 20_000;
        let kept = serde_json::to_string(pager.place().unwrap()).unwrap();
        let mut pager = DialogPager::new(serde_json::from_str(&kept).unwrap());
        let chats = walk(&mut server, &mut pager, 99);
        assert_eq!(chats.first(), Some(&31));
        assert!(chats.contains(&50));
        assert!(pager.ask().is_none());
    }

    #[test]
    fn dialogs_without_dates_and_repeated_pages_end_the_walk() {
        let mut pager = DialogPager::new(None);
        let item = Item {
            chat: 1,
            top: 5,
            date: None,
            changed: true,
        };
        pager.page(&[item], false);
        assert_eq!(pager.ask(), Some((Some(1), Offset::default())));
        let item = Item {
            date: Some(9),
            ..item
        };
        pager.page(&[item], false);
        pager.page(&[item], false);
        assert!(pager.ask().is_none());
    }

    #[test]
    fn the_next_page_begins_after_the_last_dated_dialog() {
        let mut pager = DialogPager::new(None);
        let dated = Item {
            chat: 1,
            top: 5,
            date: Some(77),
            changed: true,
        };
        let undated = Item {
            chat: 2,
            top: 6,
            date: None,
            changed: true,
        };
        pager.page(&[dated, undated], false);
        assert_eq!(
            pager.ask(),
            Some((
                None,
                Offset {
                    date: 77,
                    id: 5,
                    chat: 1
                }
            ))
        );
    }
}
