//! Files: opened from a private folder, saved without overwriting.

use super::support::{Maker, document, small};
use crate::app::Key;

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_opened_file_is_private_contained_and_gone_at_the_end() {
    let mut hand = small().at(80, 24);
    hand.type_in("\no");
    let path = hand.opened.pop().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"the plain bytes");
    assert_eq!(path.file_name().unwrap(), "_notes.txt");
    #[cfg(unix)]
    {
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        let outer = path.parent().and_then(std::path::Path::parent).unwrap();
        assert_eq!(mode(outer), 0o700);
    }
    // Again: the same file, not another copy.
    hand.type_in("o");
    assert_eq!(hand.opened.pop().unwrap(), path);
    hand.reader.shelf.clear();
    assert!(!path.exists() && !path.parent().unwrap().exists());
}

#[test]
fn one_of_an_album_is_chosen_and_what_is_not_held_says_why() {
    let mut hand = small().at(80, 24);
    hand.type_in("\nko").sees("Which file?");
    hand.type_in("\n");
    assert!(hand.opened.pop().unwrap().ends_with("photo-70-y.png"));
    hand.type_in("oj\n").sees("Not fetched yet.");
    assert!(hand.opened.is_empty());
    hand.type_in("ko").sees("This message has no file.");
}

#[test]
fn saving_never_overwrites() {
    let mut hand = small().at(80, 24);
    let target = hand.folder.path().join("kept.txt");
    std::fs::write(&target, "mine").unwrap();
    hand.type_in("\nS").sees("Save as: _notes.txt");
    hand.type_in("\u{1b}");
    let save = |hand: &mut super::support::Hand, to: &str| {
        hand.type_in("S");
        hand.event(crate::app::Event::Key(crate::app::KeyPress::control('u')));
        hand.event(crate::app::Event::Paste(to.to_owned()));
        hand.key(Key::Enter);
    };
    save(&mut hand, target.to_str().unwrap());
    hand.sees("There is something at");
    assert_eq!(std::fs::read(&target).unwrap(), b"mine");
    let other = hand.folder.path().join("new.txt");
    save(&mut hand, other.to_str().unwrap());
    hand.sees("Saved:");
    assert_eq!(std::fs::read(&other).unwrap(), b"the plain bytes");
    // A folder gets the file under its own, safe name.
    let folder = hand.folder.path().to_owned();
    save(&mut hand, folder.to_str().unwrap());
    assert!(folder.join("_notes.txt").is_file());
    let left = std::fs::read_dir(&folder).unwrap();
    let parts = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with(".telekeep-")
    });
    assert_eq!(parts.count(), 0);
}

#[test]
fn the_desktop_gets_no_programs() {
    let mut maker = Maker::new();
    maker.person(5, "Ada");
    maker.message(
        5,
        1,
        1_699_000_000,
        "",
        &document(80, "invoice.pdf.desktop"),
    );
    maker.file("document/80", b"[Desktop Entry]", "application/pdf");
    let mut hand = maker.at(100, 10);
    hand.type_in("\no").sees("could run as a program");
    assert!(hand.opened.is_empty());
}

#[test]
fn the_text_goes_to_the_clipboard() {
    let mut hand = small().at(80, 24);
    hand.type_in("\ny").sees("has no text");
    hand.type_in("ky");
    assert_eq!(hand.copied, ["two pictures"]);
}
