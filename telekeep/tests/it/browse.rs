//! `telekeep browse` in a real (pseudo) terminal.

use std::path::PathBuf;

use crate::harness::{Cloud, Place};
use crate::terminal::{Terminal, some, temporary};

impl Terminal {
    /// Waits until the list of chats is read: keys before that have nothing to act on.
    #[track_caller]
    fn in_list(&mut self) -> &mut Self {
        self.until("list of chats", |screen| {
            let contents = screen.contents();
            contents.contains("[All]") && contents.contains('▌')
        })
    }

    /// Waits until a chat is open and its messages are read.
    #[track_caller]
    fn in_chat(&mut self) -> &mut Self {
        self.until("open chat", |screen| {
            let contents = screen.contents();
            contents.contains("/ search") && contents.contains('▌')
        })
    }
}

/// Names of folders with opened files.
fn opened(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(temporary(place)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let ours = |path: &PathBuf| path.to_string_lossy().contains("telekeep-browse-");
    paths.filter(ours).collect()
}

fn backed_up() -> Place {
    let place = Place::with_archive();
    let args = [
        "--chats",
        "12",
        "--messages",
        "400",
        "--media-mb",
        "1",
        "--seed",
        "5",
    ];
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup", "--json"]).expect(0);
    place
}

#[test]
fn moving_searching_resizing_opening_leaving() {
    let place = backed_up();
    let mut terminal = Terminal::start(
        &place,
        &["browse", "--lang", "en", "--open-with", "echo got"],
    );
    terminal.in_list().press("j\r").in_chat();
    terminal
        .press("k")
        .press("i")
        .sees("could be missing")
        .press("q");
    terminal.press("\x1b").in_list();
    terminal
        .press("shas:file\r")
        .sees("Search: has:file")
        .sees("[File");
    terminal.resize(40, 12);
    terminal.until("40 columns", |screen| {
        screen.size() == (some(12), some(40)) && screen.contents().contains("Search: has:file")
    });
    terminal.press("\r").in_chat().press("o").sees("got ");
    let folders = opened(&place);
    assert_eq!(folders.len(), 1, "{folders:?}");
    terminal.sees("Press Enter").press("\r").sees("Opened.");
    // Ctrl-C leaves at once.
    terminal.press("\x03");
    assert_eq!(terminal.ended(), 0);
    assert!(opened(&place).is_empty());
}

#[test]
fn a_signal_gives_the_terminal_back_and_removes_files() {
    let place = backed_up();
    let mut terminal = Terminal::start(
        &place,
        &["browse", "--lang", "en", "--open-with", "echo got"],
    );
    terminal.in_list().press("shas:file\r").sees("[File");
    terminal
        .press("\r")
        .in_chat()
        .press("o")
        .sees("Press Enter");
    terminal.press("\r").sees("Opened.");
    assert_eq!(opened(&place).len(), 1);
    let id = terminal.process().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(terminal.ended(), 130);
    assert!(opened(&place).is_empty());
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let place = Place::with_archive();
    let outcome = place.run(&["browse"]).expect(2);
    outcome.says(&["needs a terminal", "telekeep show", "telekeep search"]);
}
