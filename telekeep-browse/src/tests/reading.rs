//! Chats and messages.

use super::support::{Maker, small};
use crate::app::{Event, Key};

#[test]
fn the_list_shows_chats_the_newest_first() {
    let mut hand = small().at(80, 24);
    hand.sees("[All]").sees("Ada Lovelace").sees("Bertrand");
    let rows = hand.rows();
    let row = |name: &str| rows.iter().position(|row| row.contains(name)).unwrap();
    assert!(row("Ada") < row("Bertrand"));
    // Telegram did not say how many there are: something could be missing.
    assert!(rows[row("Bertrand") + 1].contains("an older chat"));
    assert!(rows[row("Bertrand") + 1].ends_with("! 1"));
    hand.type_in("/bert")
        .misses("Ada Lovelace")
        .sees("Bertrand");
    hand.type_in("\n").sees("/bert");
    hand.key(Key::Escape).sees("Ada Lovelace");
    hand.key(Key::Tab).sees("[People]");
    hand.type_in("5").sees("No chats here.");
}

#[test]
fn a_chat_shows_days_senders_answers_edits_and_media() {
    let mut hand = small().at(80, 40);
    hand.type_in("\n");
    for words in [
        "── Friday, 3 November 2023 ──",
        "08:26 Ada Lovelace",
        "08:28 You",
        "┃ Ada Lovelace: good morning lighthouse",
        "meet at seven",
        "versions (e)",
        "[Photo · 40×30 · 9\u{a0}B]",
        "✗ Not fetched yet.",
        "two pictures",
        "[File · ../notes.txt · 15\u{a0}B]",
    ] {
        hand.sees(words);
    }
    // The second of two messages within a quarter of an hour has no name of its own.
    let names = hand.screen().matches("Ada Lovelace").count();
    assert!(names < 8, "{}", hand.screen());
}

#[test]
fn an_answer_leads_to_what_it_answers_and_back() {
    let mut hand = small().at(80, 24);
    hand.type_in("\n").type_in("kk");
    assert!(hand.chosen().contains("Ada"), "{}", hand.screen());
    hand.type_in("\n");
    let rows = hand.rows();
    let at = rows.iter().position(|row| row.starts_with('▌')).unwrap();
    assert!(rows[at + 1].contains("good morning"), "{}", hand.screen());
    hand.key(Key::Backspace)
        .type_in("e")
        .sees("What was edited");
    hand.sees("meet at sixseven").sees("first version recorded");
    hand.type_in("q").misses("What was edited");
}

#[test]
fn dates_and_ends() {
    let mut hand = small().at(60, 12);
    hand.type_in("\n").type_in("gg");
    hand.sees("good morning").misses("notes.txt");
    hand.type_in("G").sees("notes.txt");
    hand.type_in("g2023-11-04\n").sees("meet at seven");
    hand.type_in("gnever\n").sees("never is no date");
    hand.type_in("g2030\n").sees("notes.txt");
}

#[test]
fn a_long_history_is_read_in_pages_and_forgotten_behind() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    for id in 1..=900 {
        maker.message(
            5,
            id,
            1_690_000_000 + id * 60,
            &format!("line {id} end"),
            "",
        );
    }
    let mut hand = maker.at(50, 20);
    hand.type_in("\n").sees("line 900 end");
    let mut seen = std::collections::BTreeSet::new();
    let mut most = 0;
    for _ in 0..2000 {
        if let Some(super::super::app::Screen::Chat(chat)) = hand.app.screens.last() {
            most = most.max(chat.entries.len());
            seen.insert(chat.chosen().unwrap().id);
        }
        hand.type_in("k");
    }
    assert_eq!(seen.len(), 900, "every message on the way");
    assert!(most <= 420, "{most} held");
    hand.sees("line 1 end");
    for _ in 0..900 {
        hand.type_in("j");
    }
    hand.sees("line 900 end");
    hand.type_in("gg").sees("line 1 end");
    for _ in 0..200 {
        hand.key(Key::PageDown);
    }
    hand.sees("line 900 end");
    for _ in 0..2000 {
        hand.event(Event::Wheel(-3));
    }
    hand.sees("line 1 end");
}

#[test]
fn narrow_wide_and_tiny() {
    for (width, height) in [(40, 12), (8, 3), (1, 1), (200, 50), (109, 5), (110, 5)] {
        let mut hand = small().at(80, 24);
        hand.resize(width, height);
        let rows = hand.rows();
        assert_eq!(rows.len(), usize::from(height));
        for keys in [
            "\n", "k", "i", "q", "?", "j", "q", "g2023\n", "/tea\n", "t", "q", "S", "x",
        ] {
            hand.type_in(keys).screen();
        }
    }
    let mut hand = small().at(120, 20);
    hand.type_in("\n").sees("Bertrand").sees("meet at seven");
    hand.type_in("n")
        .sees("an older chat")
        .type_in("p")
        .sees("meet at seven");
    hand.resize(40, 20).misses("Bertrand").sees("meet at seven");
}

#[test]
fn details_and_help_and_leaving() {
    let mut hand = small().at(90, 40);
    hand.type_in("\nkki")
        .sees("Versions kept")
        .sees("Answers message  10");
    hand.sees("Telegram did not say how many messages there are.");
    hand.key(Key::Escape).type_in("?").sees("go to a date");
    hand.type_in("q").type_in("q").sees("[All]");
    assert!(!hand.left);
    hand.key(Key::Escape);
    assert!(!hand.left, "Esc alone does not leave");
    hand.type_in("q");
    assert!(hand.left);
}

#[test]
fn slow_answers_are_announced_and_quick_ones_are_not() {
    let hand = small().at(60, 10);
    let mut app = hand.app;
    // Nobody answers.
    let key = |key| Event::Key(crate::app::KeyPress::of(key));
    let asked = app.update(key(Key::Enter), 1000);
    assert!(matches!(asked[0], crate::app::Command::Ask(..)));
    app.update(Event::Tick, 1049);
    assert!(app.is_waiting() && !app.is_loading());
    app.update(Event::Tick, 1050);
    assert!(app.is_loading());
    app.update(key(Key::Escape), 1100);
    assert!(!app.is_loading());
}

#[test]
fn without_colours_there_are_none() {
    let mut hand = small().at(80, 24);
    hand.type_in("\n");
    assert!(!hand.has_colour_without());
}

#[test]
fn other_languages() {
    let mut hand = small().speaking("de_DE.UTF-8", 80, 24);
    hand.sees("[Alle]")
        .type_in("\n")
        .sees("Du")
        .sees("November 2023");
    let mut hand = small().speaking("ar", 80, 24);
    hand.type_in("\n").sees("Ada Lovelace");
}

#[test]
fn a_pinned_message_is_quoted_where_it_is_held() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.message(5, 1, 1_699_000_000, "tide tables", "");
    for (id, of) in [(2, 1), (3, 404)] {
        let body = format!(
            r#"{{"_":"messageService","id":{id},"peer_id":{{"_":"peerUser","user_id":5}},"date":1699000060,
                "action":{{"_":"messageActionPinMessage"}},"reply_to":{{"_":"messageReplyHeader","reply_to_msg_id":{of}}}}}"#
        );
        let place = format!(r#","chat":5,"id":{id}"#);
        maker.record("message", &place, &body);
    }
    let mut hand = maker.at(70, 14);
    hand.type_in("\n");
    let rows = hand.rows();
    let pins: Vec<_> = rows.iter().filter(|row| row.contains("pinned")).collect();
    assert!(
        matches!(pins[..], [held, gone] if held.contains("pinned a message “tide tables”")
            && !gone.contains('“')),
        "{rows:?}"
    );
}

#[test]
fn the_explanation_of_a_quiz_hides_what_it_hides() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let quiz = r#","media":{"_":"messageMediaPoll","poll":{"_":"poll","id":1,"quiz":true,
        "question":{"_":"textWithEntities","text":"Who?","entities":[]},"answers":[]},
        "results":{"_":"pollResults","solution":"the butler did it","solution_entities":[
            {"_":"messageEntitySpoiler","offset":4,"length":6}]}}"#;
    maker.message(5, 1, 1_699_000_000, "", quiz);
    let mut hand = maker.at(60, 12);
    hand.type_in("\n")
        .misses("butler")
        .sees("the ▒▒▒▒▒▒ did it");
    hand.type_in("x").sees("the butler did it");
}

#[test]
fn spoilers_are_hidden_until_asked_for() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    let spoiler = r#","entities":[{"_":"messageEntitySpoiler","offset":4,"length":6}]"#;
    maker.message(5, 1, 1_699_000_000, "the butler did it", spoiler);
    let mut hand = maker.at(60, 10);
    hand.type_in("\n")
        .misses("butler")
        .sees("the ▒▒▒▒▒▒ did it");
    hand.type_in("x").sees("the butler did it");
}
