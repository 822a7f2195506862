//! Several accounts in one archive: each with a login and a journal of its own.

use serde_json::Value;

use crate::harness::{Cloud, Outcome, Place, SMALL, files};

/// An archive signed in to two accounts of a cloud, and another one for the second alone.
fn two() -> (Place, Place, Cloud) {
    let place = Place::with_archive();
    let alone = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    cloud.login_as(&place, 1, &["--account", "work"]).expect(0);
    cloud.login(&alone, 1).expect(0);
    (place, alone, cloud)
}

fn summaries(outcome: &Outcome) -> Vec<Value> {
    outcome.of_type("summary")
}

/// Titles and counts of the chats of an account, as `status` tells them.
fn chats(place: &Place, args: &[&str], account: &str) -> Vec<(String, Value)> {
    let mut all = vec!["status", "--json"];
    all.extend(args);
    let chats = place.run(&all).expect(0).of_type("chat");
    let mut chats: Vec<_> = chats
        .into_iter()
        .filter(|chat| chat["account"] == account)
        .map(|chat| (chat["id"].to_string(), chat["archived"].clone()))
        .collect();
    chats.sort_by(|one, other| one.0.cmp(&other.0));
    chats
}

#[test]
fn two_accounts_are_backed_up_and_shown_each_by_itself() {
    let (place, alone, _cloud) = two();
    let done = place.run(&["backup", "--json"]).expect(0);
    let of: Vec<_> = summaries(&done)
        .iter()
        .map(|line| line["account"].clone())
        .collect();
    assert_eq!(of, ["main", "work"]);
    alone.run(&["backup", "--json"]).expect(0);

    let journals = files(&place.archive().join("journals"));
    for journal in ["telegram/", "telegram-work/"] {
        assert!(
            journals.iter().any(|file| file.starts_with(journal)),
            "{journals:?}"
        );
    }
    let expected = chats(&alone, &[], "main");
    assert!(!expected.is_empty());
    assert_eq!(chats(&place, &[], "work"), expected);
    assert_eq!(chats(&place, &["--account", "work"], "work"), expected);
    assert_ne!(chats(&place, &[], "main"), expected);
    let totals = place.run(&["status", "--json"]).expect(0).of_type("total");
    assert_eq!(totals.len(), 2);
    let words = place.run(&["status"]).expect(0).stdout;
    for account in ["Account main", "Account work"] {
        assert!(words.contains(account), "{words}");
    }

    // Searching and showing are about one account, and say so.
    let main = place.run(&["show", "Saved Messages"]).expect(0);
    assert!(main.stderr.contains("account main"), "{}", main.stderr);
    let of = |args: &[&str]| place.run(args).expect(0).of_type("hit").len();
    let found = of(&["search", "--json", "--limit", "1000", "has:photo"]);
    let work = of(&[
        "search",
        "--json",
        "--limit",
        "1000",
        "has:photo",
        "--account",
        "work",
    ]);
    let all = alone.run(&["search", "--json", "--limit", "1000", "has:photo"]);
    assert_eq!(work, all.expect(0).of_type("hit").len());
    assert!(work > 0 && found > 0);

    // Nothing new, and deleting the index changes nothing.
    let again = place.run(&["backup", "--json"]).expect(0);
    assert!(
        summaries(&again)
            .iter()
            .all(|line| line["new_records"] == 0)
    );
    let before = place.run(&["status", "--json"]).expect(0).stdout;
    place.run(&["reindex"]).expect(0);
    assert_eq!(place.run(&["status", "--json"]).expect(0).stdout, before);

    place.run(&["verify"]).expect(0);
    place
        .run(&["certify", "--out", "certificate.json"])
        .expect(0);
    place
        .run(&["certify", "--check", "certificate.json"])
        .expect(0);
}

#[test]
fn one_account_is_named_where_one_is_meant() {
    let (place, _alone, _cloud) = two();
    let empty = place
        .run(&["status", "--json", "--account", "work"])
        .expect(0);
    assert!(empty.of_type("chat").is_empty(), "{}", empty.stdout);
    let done = place
        .run(&["backup", "--json", "--account", "work"])
        .expect(0);
    assert_eq!(summaries(&done).len(), 1);
    for command in ["logout", "sessions"] {
        place
            .run(&[command])
            .expect(2)
            .says(&["main, work", "--account"]);
    }
    for command in ["backup", "status", "sessions", "serve", "log cat"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.extend(["--account", "home"]);
        let outcome = place.run(&args);
        assert_ne!(outcome.code, 0, "{command}");
        outcome.says(&["home"]);
    }
    place
        .run(&["backup", "--account", "Not A Name"])
        .expect(2)
        .says(&["small letters"]);
    let names = files(&place.archive().join("local"));
    assert!(!names.iter().any(|name| name.contains("home")), "{names:?}");

    // An account that signed out stays as it is, and the others go on.
    place.run(&["logout", "--account", "work"]).expect(0);
    let rest = place.run(&["backup", "--json"]).expect(0);
    assert_eq!(summaries(&rest).len(), 1);
    assert!(rest.stderr.contains("work"), "{}", rest.stderr);
    place.run(&["backup", "--account", "work"]).expect(30);
    place.run(&["status", "--account", "work"]).expect(0);
}

#[test]
fn an_account_that_is_signed_out_elsewhere_does_not_stop_the_others() {
    let (place, alone, _cloud) = two();
    // The login of `work` is ended from another device of that account.
    alone
        .run(&["sessions", "end", "--all-others", "--yes"])
        .expect(0);
    let done = place.run(&["backup", "--json"]).expect(30);
    let of: Vec<_> = summaries(&done)
        .iter()
        .map(|line| line["account"].clone())
        .collect();
    assert_eq!(of, ["main"]);
}

#[test]
fn an_account_cannot_take_the_place_of_another() {
    let (place, _alone, cloud) = two();
    place.run(&["backup"]).expect(0);
    place.run(&["logout", "--account", "work"]).expect(0);
    cloud.login_as(&place, 0, &["--account", "work"]).expect(0);
    place
        .run(&["backup", "--account", "work"])
        .expect(1)
        .says(&["telegram-work", "--account"]);
}
