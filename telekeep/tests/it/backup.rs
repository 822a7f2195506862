//! A whole life of an archive against a cloud in another process.

use std::fs;

use serde_json::Value;

use crate::harness::{Cloud, Outcome, Place, SMALL, files};

fn backed_up() -> (Place, Cloud) {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup", "--json"]).expect(0);
    (place, cloud)
}

fn records(place: &Place, args: &[&str]) -> Vec<Value> {
    let mut all = vec!["log", "cat"];
    all.extend(args);
    place.run(&all).expect(0).json()
}

#[test]
fn everything_once_and_then_nothing_new() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);

    let first = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(first["complete"], true, "{first}");
    assert_eq!(
        (&first["failed"], &first["missing"]),
        (&0.into(), &0.into())
    );
    assert!(first["messages"].as_u64().unwrap() >= 400, "{first}");
    assert!(first["chats"].as_u64().unwrap() >= 12, "{first}");
    assert!(first["media"].as_u64().unwrap() > 0, "{first}");
    assert!(first["new_records"].as_u64().unwrap() > 400, "{first}");

    let before = files(&place.archive().join("journals"));
    let second = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(second["new_records"], 0);
    assert_eq!(second["media_bytes"], 0);
    for same in ["chats", "messages", "media", "complete", "head"] {
        assert_eq!(first[same], second[same], "{same}");
    }
    assert!(
        second["requests"].as_u64() < first["requests"].as_u64(),
        "{second}"
    );
    assert_eq!(files(&place.archive().join("journals")), before);
}

#[test]
fn log_cat_prints_the_records_in_order() {
    let (place, _cloud) = backed_up();
    let all = records(&place, &[]);
    let numbers: Vec<u64> = all
        .iter()
        .map(|record| record["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert_eq!(all[0]["kind"], "source");
    let messages = records(&place, &["--kind", "message"]);
    assert!(messages.len() >= 400);
    assert!(
        messages
            .iter()
            .all(|record| record["body"]["_"].is_string())
    );
    let chat = messages[0]["chat"].as_i64().unwrap();
    let of_chat = records(&place, &["--kind", "message", "--chat", &chat.to_string()]);
    assert!(!of_chat.is_empty() && of_chat.len() <= messages.len());
    assert!(of_chat.iter().all(|record| record["chat"] == chat));
    let late = records(&place, &["--from", "100", "--journal", "telegram"]);
    assert_eq!(late.len(), all.len() - 99);
}

#[test]
fn verify_names_every_file_with_a_flipped_bit() {
    let (place, _cloud) = backed_up();
    place.run(&["verify", "--json"]).expect(0);
    let archive = place.archive();
    let stored = files(&archive);
    let pick = |start: &str| {
        stored
            .iter()
            .find(|name| name.starts_with(start))
            .unwrap()
            .clone()
    };
    for name in [pick("blobs/"), pick("journals/"), pick("schema/")] {
        let path = archive.join(&name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 4;
        fs::write(&path, bad).unwrap();
        let named = |outcome: Outcome| {
            let found = outcome.of_type("bad");
            assert!(
                found.iter().any(|line| line["file"] == name.as_str()),
                "{name}: {found:?}"
            );
            assert!(found.iter().all(|line| line["why"].is_string()));
        };
        named(place.run(&["verify", "--json"]).expect(20));
        named(place.run(&["verify", "--json", "--without-key"]).expect(20));
        fs::write(&path, good).unwrap();
    }
    let outcome = place.run(&["verify", "--json"]).expect(0);
    let last = outcome.json().pop().unwrap();
    assert_eq!(
        (&last["type"], &last["bad"]),
        (&"verified".into(), &0.into())
    );
}

#[test]
fn a_removed_newest_segment_is_noticed() {
    let (place, _cloud) = backed_up();
    let folder = place.archive().join("journals");
    for name in files(&folder) {
        fs::remove_file(folder.join(name)).unwrap();
    }
    let outcome = place.run(&["verify", "--json"]).expect(20);
    let found = outcome.of_type("bad");
    assert!(
        found
            .iter()
            .any(|line| line["file"].as_str().unwrap().starts_with("journals/"))
    );
    place
        .run(&["log", "cat"])
        .expect(1)
        .says(&["telekeep verify"]);
}

#[test]
fn media_can_be_left_out_and_fetched_later() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    let without = place
        .run(&["backup", "--json", "--no-media"])
        .expect(0)
        .summary();
    assert_eq!(
        (&without["media"], &without["media_bytes"]),
        (&0.into(), &0.into())
    );
    assert_eq!(without["complete"], false, "files are waiting: {without}");
    let with = place.run(&["backup", "--json"]).expect(0).summary();
    assert!(with["media"].as_u64().unwrap() > 0);
    assert_eq!(with["complete"], true);
}

#[test]
fn a_file_that_cannot_be_had_is_listed_and_tried_again() {
    let place = Place::with_archive();
    // The first file fails more often than one run tries.
    place.write(
        "faults.json",
        r#"[{"method":"upload.getFile","fault":"error","code":400,"text":"FILE_ID_INVALID","times":1}]"#,
    );
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    let outcome = place.run(&["backup", "--json"]).expect(3);
    let failures = outcome.of_type("failure");
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(failures[0]["what"], "media");
    assert_eq!(
        (&outcome.summary()["failed"], &outcome.summary()["complete"]),
        (&1.into(), &false.into())
    );
    let healed = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(
        (&healed["failed"], &healed["complete"]),
        (&0.into(), &true.into())
    );
}

#[test]
fn a_longer_wait_than_allowed_ends_the_run_with_its_own_code() {
    let place = Place::with_archive();
    place.write(
        "faults.json",
        r#"[{"method":"messages.getDialogs","fault":"flood_wait","seconds":7200}]"#,
    );
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    place
        .run(&["backup", "--max-wait", "5s"])
        .expect(31)
        .says(&["7200", "--max-wait"]);
}

#[test]
fn the_whole_archive_gives_nothing_away() {
    let (place, _cloud) = backed_up();
    let messages = records(&place, &["--kind", "message"]);
    let text = messages
        .iter()
        .filter_map(|record| record["body"]["message"].as_str());
    let longest = text.max_by_key(|text| text.len()).unwrap().as_bytes();
    let needle = &longest[..longest.len().min(24)];
    assert!(needle.len() > 15);
    for name in files(&place.archive()) {
        let bytes = fs::read(place.archive().join(&name)).unwrap();
        let found = bytes.windows(needle.len()).any(|window| window == needle);
        assert!(!found, "{name} holds text of a message");
        let database = bytes.starts_with(b"SQLite format 3");
        assert!(!database, "{name} is not encrypted");
    }
}

#[test]
fn logout_ends_the_login_and_another_may_follow() {
    let (place, cloud) = backed_up();
    cloud
        .login(&place, 0)
        .expect(1)
        .says(&["logged in", "telekeep logout"]);
    place.run(&["logout"]).expect(0);
    place.run(&["backup"]).expect(30);
    cloud.login(&place, 0).expect(0);
    let again = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(again["complete"], true);
}

#[test]
fn accounts_with_a_two_step_password_log_in_with_it() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let accounts = cloud.ready["accounts"].as_array().unwrap();
    let Some(n) = accounts
        .iter()
        .position(|account| account["password"].is_string())
    else {
        panic!("the cloud has no account with a password");
    };
    let (phone, code) = cloud.account(n);
    let wrong = place.write("wrong", "not the password");
    let mut args = vec![
        "login",
        "--server",
        cloud.address(),
        "--server-key",
        cloud.key(),
        "--phone",
        phone,
        "--code",
        code,
    ];
    // Nobody is there to be asked.
    place
        .run(&args)
        .expect(2)
        .says(&["two-step password", "--password-file"]);
    args.extend(["--password-file", wrong.to_str().unwrap()]);
    place.run(&args).expect(1).says(&["password is wrong"]);
    // Nothing of the attempts remains: the archive is not logged in, and a new attempt works.
    place.run(&["backup"]).expect(30);
    cloud.login(&place, n).expect(0);
    let summary = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(summary["complete"], true);
}

#[test]
fn a_login_whose_server_is_gone_can_still_be_forgotten() {
    let (place, cloud) = backed_up();
    drop(cloud);
    place
        .run(&["logout"])
        .expect(1)
        .says(&["cannot reach", "--forget"]);
    place.run(&["logout", "--forget"]).expect(0);
    place.run(&["logout"]).expect(30);
    place.run(&["verify"]).expect(0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_backup_ends_cleanly_and_goes_on_later() {
    use crate::harness::{ENDLESS, send};
    let place = Place::with_archive();
    place.write("faults.json", ENDLESS);
    let cloud = Cloud::start(&place, &[&SMALL[..], &["--faults", "faults.json"]].concat());
    cloud.login(&place, 0).expect(0);
    let mut backup = place.backup_on_its_way();
    send(&backup, "-INT");
    assert_eq!(backup.wait().unwrap().code(), Some(130));
    place.run(&["verify"]).expect(0);
    let rest = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(rest["complete"], true);
}
