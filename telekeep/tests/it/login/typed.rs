//! By somebody who types: what was wrong is asked for again.

use super::codes::{SMALL, cloud};
use crate::harness::{Cloud, Place};
use crate::terminal::Terminal;

fn login(place: &Place, cloud: &Cloud) -> Terminal {
    let server = ["--server", cloud.address(), "--server-key", cloud.key()];
    Terminal::start(place, &[&["login"], &server[..]].concat())
}

#[test]
fn number_code_and_password_are_asked_for_until_they_are_right() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let (phone, code) = cloud.account(2);
    let password = cloud.ready["accounts"][2]["password"].as_str().unwrap();
    let mut terminal = login(&place, &cloud);
    terminal.sees("41791234567): ").press(&format!("{phone}\r"));
    terminal.sees("Code: ").press("00000\r").sees("once more");
    terminal.press(&format!("{code}\r")).sees("assword");
    // It is not shown.
    terminal.press(&format!("{password}\r")).sees("Logged in");
    assert!(
        !terminal.screen().contains(password),
        "{}",
        terminal.screen()
    );
    assert_eq!(terminal.ended(), 0);
    place.run(&["sessions"]).expect(0);
}

#[test]
fn a_code_by_mail_needs_an_address_first() {
    let place = Place::with_archive();
    let rule = r#"[{"method":"auth.sendCode","fault":"code_way","ways":["set_up_email"]}]"#;
    let cloud = cloud(&place, rule);
    let (phone, code) = cloud.account(0);
    let mut terminal = login(&place, &cloud);
    terminal.sees("41791234567): ").press(&format!("{phone}\r"));
    terminal
        .sees("E-mail address: ")
        .press("nowhere\r")
        .sees("another one");
    terminal
        .press("ada@example.org\r")
        .sees("Code from the mail: ");
    // The address is set up; the code of this login comes another way.
    terminal.press(&format!("{code}\r")).sees("signed in");
    terminal.press(&format!("{code}\r")).sees("Logged in");
    assert_eq!(terminal.ended(), 0);
}

#[test]
fn who_turns_away_is_not_logged_in() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let (phone, _) = cloud.account(0);
    let mut terminal = login(&place, &cloud);
    terminal.sees("41791234567): ").press(&format!("{phone}\r"));
    terminal.sees("Code: ").press("\x03");
    assert_ne!(terminal.ended(), 0);
    place.run(&["sessions"]).expect(30);
}
