//! The local cloud as a process: what it leaves behind.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use crate::harness::{Place, send};

/// A cloud that listens, in a folder for temporary files of its own.
fn listening(place: &Place) -> Child {
    let small = ["--chats", "2", "--messages", "10", "--media-mb", "0"];
    let mut args = vec!["cloud", "--json"];
    args.extend(small);
    let mut child = place
        .command(&args)
        .env("TMPDIR", place.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.as_mut().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    assert!(line.contains("address"), "{line}");
    child
}

fn folders(place: &Place) -> usize {
    std::fs::read_dir(place.path("")).unwrap().count()
}

#[test]
fn a_stopped_cloud_leaves_nothing_and_a_killed_one_not_for_long() {
    let place = Place::new();
    for signal in ["-TERM", "-INT"] {
        let mut cloud = listening(&place);
        assert_eq!(folders(&place), 1, "the key is somewhere");
        send(&cloud, signal);
        assert_eq!(cloud.wait().unwrap().code(), Some(0), "{signal}");
        assert_eq!(folders(&place), 0, "{signal}");
    }
    let mut killed = listening(&place);
    let living = listening(&place);
    send(&killed, "-KILL");
    killed.wait().unwrap();
    assert_eq!(folders(&place), 2, "nobody tidied up");
    let next = listening(&place);
    assert_eq!(folders(&place), 2, "those of the two that live");
    for mut cloud in [living, next] {
        send(&cloud, "-TERM");
        cloud.wait().unwrap();
    }
    assert_eq!(folders(&place), 0);
}
