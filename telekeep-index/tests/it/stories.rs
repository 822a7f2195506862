//! Stories: the newest version of each, earlier ones, their end, and the words in them.

use serde_json::{Value, json};
use telekeep_index::{StoryFilter, StoryRow};

use crate::support::*;

fn story(id: i64, caption: &str) -> Value {
    json!({"_":"storyItem","id":id,"date":NOW + id,"expire_date":NOW + 90_000,"caption":caption,
        "media":{"_":"messageMediaPhoto","photo":{"_":"photo","id":id,"sizes":[
            {"_":"photoSize","type":"x","w":800,"h":800,"size":5}]}}})
}

fn told(journal: &mut Journal, body: Value) {
    let id = body["id"].as_i64();
    journal.add("story", Some(ME), id, body);
}

fn journal() -> Journal {
    let mut journal = Journal::new();
    told(&mut journal, story(1, "First light over the harbour"));
    told(&mut journal, story(2, "Штормовое предупреждение"));
    told(&mut journal, story(3, "No words"));
    told(&mut journal, story(1, "The lighthouse, again"));
    told(&mut journal, json!({"_":"storyItemDeleted","id":2}));
    // What is gone and was never seen says nothing.
    told(&mut journal, json!({"_":"storyItemDeleted","id":9}));
    journal
}

fn found(rows: &[StoryRow]) -> Vec<i64> {
    rows.iter().map(|row| row.story.message.id).collect()
}

#[test]
fn each_is_as_it_was_told_last_with_what_it_was_before() {
    let (_place, index) = Place::of(&journal());
    let filter = StoryFilter {
        limit: 10,
        ..StoryFilter::default()
    };
    let rows = index.stories(&filter).unwrap();
    assert_eq!(found(&rows), [3, 2, 1]);
    assert_eq!(index.story_count().unwrap(), 3);
    assert!(rows[1].gone.is_some() && rows[0].gone.is_none());
    assert_eq!(rows[1].story.message.text, "Штормовое предупреждение");
    assert_eq!(rows[2].story.message.text, "The lighthouse, again");
    let earlier = &rows[2].earlier;
    assert_eq!(earlier.len(), 1);
    assert_eq!(earlier[0].1.message.text, "First light over the harbour");

    let next = StoryFilter {
        after: Some(rows[0].place),
        limit: 1,
        ..StoryFilter::default()
    };
    assert_eq!(found(&index.stories(&next).unwrap()), [2]);
    let one = index.story(ME, 2).unwrap();
    assert_eq!(one.as_ref(), Some(&rows[1]));
    assert_eq!(index.story(ME, 9).unwrap(), None);
}

#[test]
fn they_are_found_by_what_they_say_and_said() {
    let (_place, index) = Place::of(&journal());
    let find = |words: &str| {
        let filter = StoryFilter {
            words: Some(words.to_owned()),
            limit: 10,
            ..StoryFilter::default()
        };
        found(&index.stories(&filter).unwrap())
    };
    assert_eq!(find("light harbour"), [1]);
    assert_eq!(find("LIGHTHOUSE"), [1]);
    assert_eq!(find("шторм"), [2]);
    assert_eq!(find("nothing"), [0_i64; 0]);
    assert_eq!(find("\" OR *"), [0_i64; 0]);
    assert_eq!(find("?!"), [0_i64; 0]);
}

#[test]
fn a_story_that_comes_back_is_there_again() {
    let mut journal = journal();
    told(&mut journal, story(2, "Back"));
    let (_place, index) = Place::of(&journal);
    let row = index.story(ME, 2).unwrap().unwrap();
    assert_eq!(row.gone, None);
    assert_eq!(row.story.message.text, "Back");
}
