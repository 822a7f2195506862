//! Which page of a part is asked for next. Servers give fewer entries than asked for whenever they
//! like, so a short page is never taken for the last one.

use serde_json::{Value, json};
use telekeep_tl::Schema;

use super::parts::{Paging, Part};
use crate::telegram::peers::{PeerId, input_peer};
use crate::telegram::wire::Reply;

/// Pages of a part, at most: against a server that never ends.
const MOST_PAGES: usize = 1000;

/// Pages of those who joined by one link. What is left out shows by the count.
const JOINED_PAGES: usize = 50;

/// What a page was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// The server says that nothing changed.
    Unchanged,
    /// There is another one.
    More,
    /// There is none after it.
    Last,
}

/// The pages of one part.
pub(crate) struct Pages {
    request: Value,
    paging: Paging,
    /// Entries told so far.
    told: u64,
    pages: usize,
    hash: i64,
    /// See [`Part::since`].
    since: i64,
}

impl Pages {
    pub fn new(part: Part, hash: i64) -> Pages {
        let mut request = part.request;
        if matches!(part.paging, Paging::Contacts | Paging::Hashed) {
            request["hash"] = json!(hash);
        }
        Pages {
            request,
            paging: part.paging,
            told: 0,
            pages: 0,
            hash: 0,
            since: part.since,
        }
    }

    /// One request, which has no other pages.
    pub fn once(request: Value) -> Pages {
        Pages {
            request,
            paging: Paging::One,
            told: 0,
            pages: 0,
            hash: 0,
            since: i64::MIN,
        }
    }

    /// Looks at an answer, for whoever wants to find something in the pages.
    pub fn has_more(&mut self, schema: &Schema, reply: &Reply) -> bool {
        self.paging != Paging::One
            && schema
                .to_value(&reply.ty, &reply.bytes)
                .is_ok_and(|value| self.take(&value) == Took::More)
    }

    pub fn request(&self) -> Value {
        self.request.clone()
    }

    /// The hash to ask with the next time.
    pub fn hash(&self) -> i64 {
        self.hash
    }

    pub fn take(&mut self, answer: &Value) -> Took {
        let name = answer["_"].as_str().unwrap_or_default();
        if name.ends_with("NotModified") {
            return Took::Unchanged;
        }
        self.pages += 1;
        let more = match self.paging {
            Paging::One => false,
            Paging::Contacts => {
                self.hash = contacts_hash(answer);
                false
            }
            Paging::Hashed => {
                self.hash = answer["hash"].as_i64().unwrap_or(0);
                false
            }
            Paging::Photos => self.photos(answer, name),
            Paging::Counted(list) => self.offset(answer, list) && name.ends_with("Slice"),
            Paging::Total(list) => self.offset(answer, list) && self.told < count(answer),
            Paging::Sets => self.sets(answer),
            Paging::Stories => self.stories(answer),
            Paging::Lists => self.lists(answer),
            Paging::Next(field) => self.next(answer, field),
            Paging::Links => self.links(answer),
            Paging::Joined => self.joined(answer) && self.pages < JOINED_PAGES,
            Paging::Saved => self.saved(answer) && name.ends_with("Slice"),
            Paging::Topics => self.topics(answer) && self.told < count(answer),
        };
        match more && self.pages < MOST_PAGES {
            true => Took::More,
            false => Took::Last,
        }
    }

    fn photos(&mut self, answer: &Value, name: &str) -> bool {
        let last = list(answer, "photos").last();
        match last.and_then(|photo| photo["id"].as_i64()) {
            Some(id) => {
                self.request["max_id"] = json!(id);
                name.ends_with("Slice")
            }
            None => false,
        }
    }

    fn sets(&mut self, answer: &Value) -> bool {
        let sets = list(answer, "sets");
        self.told += sets.len() as u64;
        let last = sets
            .last()
            .and_then(|covered| covered["set"]["id"].as_i64());
        match last {
            Some(id) => {
                self.request["offset_id"] = json!(id);
                self.told < count(answer)
            }
            None => false,
        }
    }

    fn stories(&mut self, answer: &Value) -> bool {
        let last = list(answer, "stories").last();
        match last.and_then(|story| story["id"].as_i64()) {
            Some(id) => {
                self.request["offset_id"] = json!(id);
                true
            }
            None => false,
        }
    }

    fn next(&mut self, answer: &Value, field: &str) -> bool {
        let last = list(answer, "history").last();
        let last = last.and_then(|payment| payment["date"].as_i64());
        let next = &answer[field];
        let other =
            next.as_str().is_some_and(|next| !next.is_empty()) && *next != self.request["offset"];
        self.request["offset"] = next.clone();
        other && last.is_none_or(|date| date >= self.since)
    }

    fn links(&mut self, answer: &Value) -> bool {
        let links = list(answer, "invites");
        self.told += links.len() as u64;
        let Some(last) = links.last() else {
            return false;
        };
        self.request["offset_date"] = last["date"].clone();
        self.request["offset_link"] = last["link"].clone();
        self.told < count(answer) && last["link"].is_string()
    }

    fn joined(&mut self, answer: &Value) -> bool {
        let people = list(answer, "importers");
        self.told += people.len() as u64;
        let Some(last) = people.last() else {
            return false;
        };
        let mut known = list(answer, "users").iter();
        let known = known.find(|user| user["id"] == last["user_id"]);
        let hash = known.and_then(|user| user["access_hash"].as_i64());
        self.request["offset_date"] = last["date"].clone();
        self.request["offset_user"] = json!({
            "_": "inputUser", "user_id": last["user_id"], "access_hash": hash.unwrap_or(0),
        });
        self.told < count(answer)
    }

    /// Topics are in the order of their newest messages, or of their creation where the server says
    /// so: a page begins at a date.
    fn topics(&mut self, answer: &Value) -> bool {
        let page = list(answer, "topics");
        let Some(last) = page.last() else {
            return false;
        };
        let before = self.request["offset_topic"].clone();
        self.told += page.len() as u64;
        let date = match answer["order_by_create_date"] == Value::Bool(true) {
            true => last["date"].as_i64(),
            false => date_of(answer, &last["top_message"]).or(last["date"].as_i64()),
        };
        self.request["offset_topic"] = last["id"].clone();
        self.request["offset_id"] = json!(last["top_message"].as_i64().unwrap_or(0));
        self.request["offset_date"] = json!(date.unwrap_or(0));
        last["id"] != before
    }

    /// False for a page without entries, and for one whose last entry cannot be gone on from.
    fn saved(&mut self, answer: &Value) -> bool {
        let Some(last) = list(answer, "dialogs").last() else {
            return false;
        };
        let top = &last["top_message"];
        let before = self.request["offset_id"].clone();
        self.request["offset_id"] = top.clone();
        self.request["offset_date"] = json!(date_of(answer, top).unwrap_or(0));
        self.request["offset_peer"] = address(&last["peer"], answer);
        *top != before
    }

    /// False for a page without entries.
    fn offset(&mut self, answer: &Value, field: &str) -> bool {
        let entries = list(answer, field).len() as u64;
        self.told += entries;
        self.request["offset"] = json!(self.told);
        entries > 0
    }

    fn lists(&mut self, answer: &Value) -> bool {
        let lists = list(answer, "categories");
        let longest = lists.iter().map(|one| list(one, "peers").len()).max();
        let before = self.told;
        self.told += longest.unwrap_or(0) as u64;
        self.request["offset"] = json!(self.told);
        self.told > before && lists.iter().any(|one| count(one) > self.told)
    }
}

/// The date of a message that came with a list.
fn date_of(answer: &Value, id: &Value) -> Option<i64> {
    let mut messages = list(answer, "messages").iter();
    messages.find(|message| message["id"] == *id)?["date"].as_i64()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

/// How to address a peer that an answer brings along.
fn address(peer: &Value, answer: &Value) -> Value {
    let hash = |field: &str, id: &Value| {
        let mut known = list(answer, field).iter();
        let known = known.find(|one| one["id"] == *id);
        known.and_then(|one| one["access_hash"].as_i64())
    };
    let id = |field: &str| peer[field].as_i64();
    let (marked, hash) = match (id("user_id"), id("chat_id"), id("channel_id")) {
        (Some(user), ..) => (PeerId::User(user), hash("users", &peer["user_id"])),
        (_, Some(chat), _) => (PeerId::Group(chat), None),
        (.., Some(channel)) => (PeerId::Channel(channel), hash("chats", &peer["channel_id"])),
        _ => return json!({"_": "inputPeerEmpty"}),
    };
    input_peer(marked.marked(), hash, false)
}

fn count(value: &Value) -> u64 {
    value["count"].as_u64().unwrap_or(0)
}

/// The hash of `contacts.getContacts`: of the saved count, then of the ids in their order.
fn contacts_hash(answer: &Value) -> i64 {
    let ids = list(answer, "contacts").iter();
    let mut ids: Vec<i64> = ids
        .filter_map(|contact| contact["user_id"].as_i64())
        .collect();
    ids.sort_unstable();
    let saved = answer["saved_count"].as_i64().unwrap_or(0);
    let numbers = std::iter::once(saved).chain(ids);
    let hash = numbers.fold(0_u64, |mut hash, number| {
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash.wrapping_add(number.cast_unsigned())
    });
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::super::parts::Pace;
    use super::*;

    fn pages(paging: Paging) -> Pages {
        let part = Part {
            name: "part".to_owned(),
            pace: Pace::Daily,
            request: json!({"_": "ask", "offset": 0, "max_id": 0, "hash": 0}),
            paging,
            shelf: None,
            since: 50,
        };
        Pages::new(part, 7)
    }

    #[test]
    fn photos_end_where_the_server_says_so() {
        let mut pages = pages(Paging::Photos);
        let slice =
            json!({"_": "photos.photosSlice", "count": 3, "photos": [{"id": 9}, {"id": 5}]});
        assert_eq!(pages.take(&slice), Took::More);
        assert_eq!(pages.request()["max_id"], 5);
        let empty = json!({"_": "photos.photosSlice", "count": 3, "photos": []});
        assert_eq!(pages.take(&empty), Took::Last);
    }

    #[test]
    fn counted_lists_go_on_after_short_pages_and_end_after_empty_ones() {
        let mut pages = pages(Paging::Counted("blocked"));
        let slice = |n: usize| json!({"_": "contacts.blockedSlice", "count": 90, "blocked": vec![json!({}); n]});
        assert_eq!(pages.take(&slice(2)), Took::More);
        assert_eq!(pages.request()["offset"], 2);
        assert_eq!(pages.take(&slice(0)), Took::Last);
    }

    #[test]
    fn who_joined_is_asked_for_after_the_last_one() {
        let mut pages = pages(Paging::Joined);
        let page = |ids: &[i64]| {
            let all: Vec<Value> = ids
                .iter()
                .map(|id| json!({"user_id": id, "date": 7}))
                .collect();
            json!({"count": 3, "importers": all, "users": [{"id": 6, "access_hash": 8}]})
        };
        assert_eq!(pages.take(&page(&[5, 6])), Took::More);
        assert_eq!(pages.request()["offset_user"]["user_id"], 6);
        assert_eq!(pages.request()["offset_user"]["access_hash"], 8);
        assert_eq!(pages.take(&page(&[9])), Took::Last);
    }

    #[test]
    fn topics_are_asked_for_after_the_date_of_the_last_one() {
        let page = |id: i64, by_creation: bool| {
            json!({"count": 2, "order_by_create_date": by_creation,
                "topics": [{"id": id, "date": 3, "top_message": 40}],
                "messages": [{"id": 40, "date": 90}]})
        };
        for (by_creation, date) in [(false, 90), (true, 3)] {
            let mut pages = pages(Paging::Topics);
            assert_eq!(pages.take(&page(8, by_creation)), Took::More);
            let asked = pages.request();
            assert_eq!(
                (&asked["offset_topic"], &asked["offset_id"]),
                (&json!(8), &json!(40))
            );
            assert_eq!(asked["offset_date"], date);
            assert_eq!(pages.take(&page(9, by_creation)), Took::Last);
        }
        let mut pages = pages(Paging::Topics);
        assert_eq!(pages.take(&json!({"count": 2, "topics": []})), Took::Last);
    }

    #[test]
    fn several_lists_end_with_the_longest() {
        let mut pages = pages(Paging::Lists);
        let answer = |first: usize, second: usize| {
            json!({"_": "contacts.topPeers", "categories": [
                {"count": 3, "peers": vec![json!({}); first]},
                {"count": 1, "peers": vec![json!({}); second]}]})
        };
        assert_eq!(pages.take(&answer(2, 1)), Took::More);
        assert_eq!(pages.take(&answer(1, 0)), Took::Last);
        let disabled = json!({"_": "contacts.topPeersDisabled"});
        assert_eq!(self::pages(Paging::Lists).take(&disabled), Took::Last);
    }

    #[test]
    fn offsets_of_the_server_are_followed_as_far_as_is_asked() {
        let page = |dates: &[i64], next: &str| {
            let history: Vec<Value> = dates.iter().map(|date| json!({"date": date})).collect();
            json!({"_": "payments.starsStatus", "history": history, "next_offset": next})
        };
        let mut pages = pages(Paging::Next("next_offset"));
        assert_eq!(pages.take(&page(&[90, 70], "a")), Took::More);
        assert_eq!(pages.request()["offset"], "a");
        assert_eq!(pages.take(&page(&[], "b")), Took::More, "an empty page");
        assert_eq!(pages.take(&page(&[60], "b")), Took::Last, "it turns round");
        let mut pages = self::pages(Paging::Next("next_offset"));
        assert_eq!(pages.take(&page(&[90, 49], "a")), Took::Last, "known");
        let mut pages = self::pages(Paging::Next("next_offset"));
        assert_eq!(pages.take(&page(&[90], "")), Took::Last);
    }

    #[test]
    fn a_hash_is_asked_with_and_learnt() {
        let mut pages = pages(Paging::Hashed);
        assert_eq!(pages.request()["hash"], 7);
        let same = json!({"_": "messages.savedGifsNotModified"});
        assert_eq!(pages.take(&same), Took::Unchanged);
        pages.take(&json!({"_": "messages.savedGifs", "hash": -4}));
        assert_eq!(pages.hash(), -4);
    }

    #[test]
    fn a_server_that_never_ends_is_not_followed_for_ever() {
        let mut pages = pages(Paging::Counted("blocked"));
        let slice = json!({"_": "contacts.blockedSlice", "blocked": [{}]});
        let asked = (0..5000).take_while(|_| pages.take(&slice) == Took::More);
        assert_eq!(asked.count(), MOST_PAGES - 1);
    }
}
