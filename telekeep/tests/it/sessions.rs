//! The logins of an account: listed, and ended.

use serde_json::Value;

use crate::harness::{Cloud, Place};
#[cfg(unix)]
use crate::terminal::Terminal;

const SMALL: [&str; 6] = ["--chats", "6", "--messages", "60", "--media-mb", "0"];

/// Three archives signed in to one account.
fn three() -> ([Place; 3], Cloud) {
    let places = [(); 3].map(|()| Place::with_archive());
    let cloud = Cloud::start(&places[0], &SMALL);
    for place in &places {
        cloud.login(place, 0).expect(0);
    }
    (places, cloud)
}

fn sessions(place: &Place) -> Vec<Value> {
    place
        .run(&["sessions", "--json"])
        .expect(0)
        .of_type("session")
}

#[test]
fn logins_are_listed_and_one_of_them_ended() {
    let ([one, two, three], _cloud) = three();
    let listed = sessions(&one);
    assert_eq!(listed.len(), 3, "{listed:?}");
    let own: Vec<_> = listed.iter().filter(|s| s["current"] == true).collect();
    assert!(own.len() == 1 && own[0]["id"] == "this", "{listed:?}");
    assert!(
        listed
            .iter()
            .all(|s| s["app"].as_str().is_some_and(|app| !app.is_empty()))
    );
    let id = listed[1]["id"].as_str().unwrap();
    let table = one.run(&["sessions"]).expect(0).stdout;
    assert!(table.contains("this") && table.contains(id), "{table}");

    // Nobody is there to confirm, so nothing happens.
    one.run(&["sessions", "end", id]).expect(2).says(&["--yes"]);
    assert_eq!(sessions(&one).len(), 3);
    one.run(&["sessions", "end", id, "--yes"]).expect(0);
    assert_eq!(sessions(&one).len(), 2);
    one.run(&["sessions", "end", id, "--yes"])
        .expect(1)
        .says(&["telekeep sessions"]);
    let ended = [&two, &three].map(|place| place.run(&["backup", "--json"]).code);
    assert!(ended.contains(&30) && ended.contains(&0), "{ended:?}");
}

#[test]
#[cfg(unix)]
fn who_types_something_else_ends_nothing() {
    let ([one, two, three], _cloud) = three();
    let end = ["sessions", "end", "--all-others"];
    let mut terminal = Terminal::start(&one, &end);
    terminal.sees("End 2 other logins? Type yes").press("no\r");
    terminal.sees("nothing was ended");
    assert_eq!(terminal.ended(), 1);
    assert_eq!(sessions(&one).len(), 3);

    let mut terminal = Terminal::start(&one, &end);
    terminal.sees("Type yes").press("yes\r");
    terminal.sees("Ended 2 other logins.");
    assert_eq!(terminal.ended(), 0);
    for place in [&two, &three] {
        place.run(&["backup"]).expect(30);
    }
}

#[test]
fn all_others_are_ended_and_never_the_own_one() {
    let ([one, two, three], _cloud) = three();
    one.run(&["sessions", "end"]).expect(2);
    one.run(&["sessions", "end", "this", "--yes"])
        .expect(2)
        .says(&["telekeep logout"]);
    one.run(&["sessions", "end", "--all-others", "--yes"])
        .expect(0);
    assert_eq!(sessions(&one).len(), 1);
    two.run(&["backup"]).expect(30);
    three.run(&["backup"]).expect(30);
    one.run(&["backup"]).expect(0);
    one.run(&["sessions", "end", "--all-others", "--yes"])
        .expect(0);
}

#[test]
fn a_login_that_is_too_fresh_is_told_so() {
    let place = Place::with_archive();
    place.write(
        "faults.json",
        r#"[{"method":"auth.resetAuthorizations","fault":"error","code":406,"text":"FRESH_RESET_AUTHORISATION_FORBIDDEN"}]"#,
    );
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    let cloud = Cloud::start(&place, &args);
    let other = Place::with_archive();
    cloud.login(&other, 0).expect(0);
    cloud.login(&place, 0).expect(0);
    place
        .run(&["sessions", "end", "--all-others", "--yes"])
        .expect(1)
        .says(&["a day old"]);
}

#[test]
fn without_a_login_there_is_nothing_to_list() {
    Place::with_archive().run(&["sessions"]).expect(30);
}
