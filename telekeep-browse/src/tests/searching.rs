//! Searching.

use super::support::{Maker, small};
use crate::app::{Event, Key, KeyPress};

#[test]
fn hits_are_marked_and_open_in_their_chat() {
    let mut hand = small().at(80, 24);
    hand.type_in("slighthouse\n")
        .sees("good morning lighthouse")
        .sees("Ada Lovelace");
    assert_eq!(hand.reversed(), "lighthouse");
    hand.type_in("\n")
        .sees("how are you")
        .misses("Enter shows it");
    hand.key(Key::Escape).sees("Enter shows it");
    // The same search again, changed.
    hand.type_in("/ OR older\n")
        .sees("an older chat")
        .sees("good morning");
    hand.type_in("t").sees("oldest first");
    assert!(hand.chosen().contains("Bertrand"), "{}", hand.screen());
}

#[test]
fn what_was_edited_away_is_found_and_said_so() {
    let mut hand = small().at(80, 24);
    hand.type_in("ssix\n")
        .sees("In an earlier version")
        .sees("meet at six");
}

#[test]
fn mistakes_are_explained_with_their_place() {
    let mut hand = small().at(80, 24);
    hand.type_in("stea size:>nonsense\n").sees("At character 5");
    hand.type_in("/\u{8}").sees("Search:");
    let mut hand = small().at(80, 24);
    hand.type_in("snothing-like-this\n")
        .sees("Nothing was found.");
    hand.type_in("\n").type_in("i").type_in("k");
}

#[test]
fn in_one_chat_or_in_all() {
    let mut hand = small().at(80, 24);
    hand.key(Key::Down).type_in("\n").sees("an older chat");
    hand.type_in("/").sees("Search in Bertrand:");
    hand.type_in("lighthouse\n").sees("Nothing was found.");
    hand.type_in("/").key(Key::Tab).sees("Search: ");
    hand.type_in("\n").sees("good morning lighthouse");
    // Earlier queries come back with the arrow.
    hand.type_in("s").key(Key::Up).sees("lighthouse");
}

#[test]
fn typing_edits_and_pasting() {
    let mut hand = small().at(80, 24);
    hand.type_in("sxy")
        .event(Event::Key(KeyPress::control('u')));
    hand.event(Event::Paste("light\u{1b}[2J*".to_owned()));
    hand.sees("light[2J*");
    hand.event(Event::Key(KeyPress::control('c')));
    assert!(hand.left);
}

#[test]
fn many_hits_come_as_one_goes_down() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    for id in 1..=100 {
        maker.message(
            5,
            id,
            1_690_000_000 + id * 60,
            &format!("tea number {id} end"),
            "",
        );
    }
    let mut hand = maker.at(60, 14);
    hand.type_in("stea\n")
        .sees("tea number 100 end")
        .misses("number 50 end");
    for _ in 0..100 {
        hand.type_in("j");
    }
    hand.sees("tea number 1 end");
}

#[test]
fn what_is_hidden_is_found_and_stays_hidden_until_asked_for() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let spoiler = r#","entities":[{"_":"messageEntitySpoiler","offset":4,"length":6}]"#;
    maker.message(5, 1, 1_699_000_000, "the butler did it", spoiler);
    let mut hand = maker.at(80, 24);
    hand.type_in("sbutler\n").sees("the ▒▒▒▒▒▒ did it");
    assert_eq!(hand.reversed(), "▒▒▒▒▒▒");
    hand.type_in("x").sees("the butler did it");
}
