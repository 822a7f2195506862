//! Several accounts: each can be looked at by itself, and in which order their journals come makes
//! no difference.

use serde_json::json;
use telekeep_index::{ChatFilter, Index, Place as At, Zone};

use crate::support::*;

/// What the second account's chats have, and the first account's have not.
const OTHER: i64 = 2;

/// Two journals. Both know Ada and the group, and each has its own messages there, with the same ids.
fn both() -> [Journal; 2] {
    let mut one = Journal::new();
    one.text(USER, 10, NOW, "apple for the first");
    one.text(USER, 11, NOW + 60, "apple again");
    one.text(GROUP, 12, NOW + 7 * 86_400, "pear of the first");
    let mut two = Journal::default();
    two.add(
        "source",
        None,
        None,
        json!({"type":"telegram","server":"custom","account":OTHER}),
    );
    two.peer(OTHER, json!({"_":"user","id":OTHER,"first_name":"Other"}));
    two.add_at(
        NOW * 1000 + 2000,
        USER,
        json!({"_":"user","id":USER,"first_name":"Ada","last_name":"of work"}),
    );
    two.text(USER, 10, NOW + 3600, "apple for the second");
    two.text(OTHER, 3, NOW - 30 * 86_400, "a note to myself");
    [one, two]
}

fn of(first: &str, second: &str, [one, two]: &[Journal; 2]) -> (Place, Index) {
    let place = Place::new();
    let mut index = place.open();
    for name in [first, second] {
        let journal = if name == "telegram" { one } else { two };
        index.apply(name, journal.iter()).unwrap();
    }
    (place, index)
}

fn only(place: &Place, journal: &str) -> Index {
    let index = Index::open_read(&place.path, Some(&KEY)).unwrap();
    assert!(index.only(journal).unwrap());
    index
}

/// The words of the messages of a chat.
fn words(index: &Index, chat: i64) -> Vec<String> {
    let all = index.messages(chat, At::Oldest, 100).unwrap();
    all.into_iter().map(|shown| shown.message.text).collect()
}

#[test]
fn an_account_by_itself_is_as_if_there_were_no_other() {
    let journals = both();
    let (place, _index) = of("telegram", "telegram-work", &journals);
    for (name, journal, me) in [
        ("telegram", &journals[0], ME),
        ("telegram-work", &journals[1], OTHER),
    ] {
        let seen = only(&place, name);
        let (_alone, alone) = Place::of(journal);
        assert_eq!(seen.accounts().unwrap(), [me]);
        for chat in [USER, GROUP, OTHER, ME] {
            assert_eq!(words(&seen, chat), words(&alone, chat), "{name} {chat}");
            let day = |index: &Index| index.days(Some(chat), 0, i64::MAX / 2, Zone::UTC).unwrap();
            assert_eq!(day(&seen), day(&alone), "{name} {chat}");
        }
        assert_eq!(ids(&seen, "apple"), ids(&alone, "apple"), "{name}");
        assert_eq!(seen.span(None).unwrap(), alone.span(None).unwrap());
        let (seen_activity, alone_activity) = (
            seen.activity(None, Zone::UTC),
            alone.activity(None, Zone::UTC),
        );
        assert_eq!(seen_activity.unwrap(), alone_activity.unwrap());
        let senders = |index: &Index| -> Vec<(i64, u64)> {
            let all = index.senders(None, 100).unwrap();
            all.iter().map(|of| (of.sender, of.messages)).collect()
        };
        assert_eq!(senders(&seen), senders(&alone), "{name}");
        assert_eq!(seen.kinds(None).unwrap(), alone.kinds(None).unwrap());
        let counts = |index: &Index| {
            let all = index.status().unwrap();
            all.iter()
                .map(|chat| (chat.id, chat.archived))
                .collect::<Vec<_>>()
        };
        assert_eq!(counts(&seen), counts(&alone), "{name}");
        let chats = |index: &Index| {
            let (all, _) = index.chats(&ChatFilter::default(), None, 100).unwrap();
            all.iter().map(|chat| chat.id).collect::<Vec<_>>()
        };
        assert_eq!(chats(&seen), chats(&alone), "{name}");
    }
}

#[test]
fn all_accounts_together_have_the_messages_of_each() {
    let (_place, index) = of("telegram", "telegram-work", &both());
    assert_eq!(index.journals().unwrap(), ["telegram", "telegram-work"]);
    let mut found = find(&index, "apple");
    found.sort_by_key(|hit| hit.date);
    let dates: Vec<i64> = found.iter().map(|hit| hit.date - NOW).collect();
    assert_eq!(dates, [0, 60, 3600]);
}

#[test]
fn a_journal_that_is_not_there_is_not_shown() {
    let (place, _index) = of("telegram", "telegram-work", &both());
    let index = Index::open_read(&place.path, Some(&KEY)).unwrap();
    assert!(!index.only("telegram-home").unwrap());
    assert_eq!(index.journals().unwrap().len(), 2);
}

#[test]
fn the_order_of_journals_makes_no_difference_to_names() {
    let mut journals = both();
    // The first account sees a new name later than the second one saw its own.
    journals[0].add_at(
        NOW * 1000 + 5000,
        USER,
        json!({"_":"user","id":USER,"first_name":"Ada","last_name":"King"}),
    );
    let (_one, one) = of("telegram", "telegram-work", &journals);
    let (_two, two) = of("telegram-work", "telegram", &journals);
    for index in [&one, &two] {
        assert_eq!(index.name(USER).unwrap(), "Ada King");
        for past in ["of work", "King"] {
            assert!(
                !index.chats(&named(past), None, 9).unwrap().0.is_empty(),
                "{past}"
            );
        }
    }
    assert_eq!(one.person(USER).unwrap(), two.person(USER).unwrap());
}

fn named(name: &str) -> ChatFilter {
    ChatFilter {
        name: Some(name.to_owned()),
        ..ChatFilter::default()
    }
}
