//! The demo, as the README shows it.

#[cfg(unix)]
use std::io::{Read as _, Write as _};
#[cfg(unix)]
use std::net::TcpStream;

use crate::harness::Place;
#[cfg(unix)]
use crate::terminal::Terminal;

#[test]
fn the_demo_works_and_works_again() {
    let place = Place::new().passphrase(None);
    // The proxy of one's settings is none of its business.
    place.write("telekeep.toml", "proxy = \"socks5://127.0.0.1:9\"\n");
    let first = place
        .run(&["demo", "--dir", "demo", "--once", "--json"])
        .expect(0)
        .summary();
    assert_eq!(first["complete"], true, "{first}");
    assert_eq!(
        (&first["failed"], &first["missing"]),
        (&0.into(), &0.into())
    );
    assert!(first["messages"].as_u64().unwrap() >= 5000, "{first}");

    let left: Vec<_> = std::fs::read_dir(place.path("demo")).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing but the archive stays: {left:?}");

    let again = place.run(&["demo", "--dir", "demo", "--once"]).expect(0);
    assert!(
        again.stdout.contains("Complete: nothing is missing."),
        "{}",
        again.stdout
    );
    assert!(again.stdout.contains("lighthouse"), "{}", again.stdout);
    assert!(again.stdout.contains("TELEKEEP_API_ID"), "{}", again.stdout);

    let place = place.passphrase(Some("demo"));
    let status = place
        .run(&["status", "--archive", "demo/archive", "--json"])
        .expect(0);
    assert!(status.of_type("chat").len() >= 30);
    // The second backup brought what people wrote after the first one.
    let messages = place.run(&[
        "--archive",
        "demo/archive",
        "log",
        "cat",
        "--kind",
        "message",
    ]);
    let messages = messages.expect(0).stdout;
    for words in ["at ten, at the harbour?", "Nine it is."] {
        assert!(messages.contains(words), "{words}");
    }
}

#[cfg(unix)]
#[test]
fn in_a_terminal_it_ends_in_the_viewer() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place, &["demo", "--dir", "demo"]);
    terminal.sees("Ctrl-C ends.");
    let screen = terminal.screen();
    let address = screen
        .lines()
        .find_map(|line| line.trim().strip_prefix("http://"))
        .unwrap_or_else(|| panic!("no address in:\n{screen}"));
    let (host, query) = address.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");

    terminal.press("\x03").sees("TELEKEEP_API_ID");
    assert_eq!(terminal.ended(), 0);
    assert!(TcpStream::connect(host).is_err(), "nothing runs on");
}

#[cfg(unix)]
#[test]
fn once_ends_without_the_viewer_in_a_terminal_too() {
    let place = Place::new();
    let mut terminal = Terminal::start(&place, &["demo", "--dir", "demo", "--once"]);
    terminal.sees("TELEKEEP_API_ID");
    assert_eq!(terminal.ended(), 0);
    let screen = terminal.screen();
    assert!(!screen.contains("http://127.0.0.1"), "{screen}");
}
