//! Certificates from the command line: written, checked, tampered with.

use serde_json::Value;

use crate::harness::{Cloud, Place, SMALL};

/// A backed up archive.
fn kept() -> (Place, Cloud) {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup"]).expect(0);
    (place, cloud)
}

fn read(place: &Place, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(place.path(name)).unwrap()).unwrap()
}

#[test]
fn a_certificate_says_what_status_says_and_is_checked_later() {
    let (place, _cloud) = kept();
    let line = place.run(&["certify", "--json"]).expect(0).json();
    assert_eq!(
        (&line[0]["type"], &line[0]["complete"]),
        (&"certificate".into(), &true.into())
    );
    let certificate = read(&place, "telekeep-certificate.json");
    let status = place.run(&["status", "--json"]).expect(0);
    let chats = certificate["facts"]["chats"].as_array().unwrap();
    let told = status.of_type("chat");
    assert_eq!(chats.len(), told.len());
    for chat in &told {
        let written = chats.iter().find(|one| one["id"] == chat["id"]).unwrap();
        for (name, same) in [
            ("held", "archived"),
            ("missing", "missing"),
            ("gaps", "gaps"),
        ] {
            assert_eq!(written[name], chat[same], "{name} of {chat}");
        }
        let files = written["files"].as_object().unwrap().values();
        let wanted: u64 = files.map(|states| states["wanted"].as_u64().unwrap()).sum();
        assert_eq!(Some(wanted), chat["media_wanted"].as_u64());
    }
    let page = std::fs::read_to_string(place.path("telekeep-certificate.html")).unwrap();
    assert!(page.contains("Everything Telegram counts is here") && !page.contains("<script"));
    // It holds while the archive grows.
    let file = "telekeep-certificate.json";
    place.run(&["certify", "--check", file]).expect(0);
    place.run(&["backup", "--relist"]).expect(0);
    let checked = place.run(&["certify", "--check", file, "--json"]).expect(0);
    assert_eq!(checked.of_type("certificate_checked")[0]["good"], true);
    // Nothing is overwritten by accident.
    place
        .run(&["certify"])
        .expect(1)
        .says(&["exists already", "--force"]);
    place.run(&["certify", "--force", "--lang", "ar"]).expect(0);
}

#[test]
fn a_changed_certificate_and_a_changed_archive_do_not_fit() {
    let (place, _cloud) = kept();
    place.run(&["certify", "--out", "c.json"]).expect(0);
    let mut certificate = read(&place, "c.json");
    let chat = &mut certificate["facts"]["chats"][0];
    let id = chat["id"].to_string();
    chat["held"] = 1.into();
    place.write("forged.json", certificate.to_string());
    let outcome = place.run(&["certify", "--check", "forged.json"]).expect(20);
    assert!(
        outcome.stdout.contains(&format!("chat {id}")),
        "{}",
        outcome.stdout
    );
    let mut certificate = read(&place, "c.json");
    certificate["heads"][0]["sha256"] = "0".repeat(64).into();
    place.write("other.json", certificate.to_string());
    place.run(&["certify", "--check", "other.json"]).expect(20);
    place.write("no.json", "{\"telekeep_certificate\": 9}");
    place
        .run(&["certify", "--check", "no.json"])
        .expect(1)
        .says(&["not known"]);
    place.write("not.json", "[]");
    place
        .run(&["certify", "--check", "not.json"])
        .expect(1)
        .says(&["no certificate"]);
    place.run(&["certify", "--check", "nowhere.json"]).expect(1);
    place.run(&["certify", "--out", "x.html"]).expect(2);
    place.run(&["certify", "--out", "-"]).expect(2);
    // The newest segment is cut off.
    let journal = place.path("telekeep-archive/journals/telegram");
    let mut files: Vec<_> = std::fs::read_dir(journal)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    files.sort();
    for file in files.iter().rev().take(2) {
        std::fs::remove_file(file).unwrap();
    }
    place.run(&["certify", "--check", "c.json"]).expect(20);
}

#[test]
fn files_that_no_message_shows_are_told_while_they_wait() {
    let place = Place::with_archive();
    let cloud = Cloud::start(
        &place,
        &["--chats", "6", "--messages", "60", "--media-mb", "0"],
    );
    cloud.login(&place, 0).expect(0);
    let total = || {
        let status = place.run(&["status", "--json"]).expect(0);
        status.of_type("total").pop().unwrap()
    };
    place.run(&["backup", "--no-media"]).expect(0);
    let told = total();
    assert!(
        told["files_waiting"].as_u64() > told["media_missing"].as_u64(),
        "{told}"
    );
    assert_eq!(
        (&told["complete"], &told["unfinished"]),
        (&false.into(), &false.into())
    );
    place.run(&["certify", "--out", "early.json"]).expect(3);
    place.run(&["backup"]).expect(0);
    assert_eq!(
        (&total()["complete"], &total()["files_waiting"]),
        (&true.into(), &0.into())
    );
    place.run(&["certify", "--out", "whole.json"]).expect(0);
    assert_eq!(read(&place, "whole.json")["facts"]["unfinished"], false);
}

#[test]
fn a_backup_that_was_killed_leaves_nothing_complete_until_another_one_ends() {
    let place = Place::with_archive();
    let all =
        "[{\"method\":\"upload.getFile\",\"nth\":9,\"fault\":\"delay\",\"milliseconds\":3000000}]";
    place.write("faults.json", all);
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    let mut backup = place.backup_on_its_way();
    backup.kill().unwrap();
    backup.wait().unwrap();
    let told = || {
        let status = place.run(&["status", "--json"]).expect(0);
        let total = status.of_type("total").pop().unwrap();
        (total["complete"].clone(), total["unfinished"].clone())
    };
    assert_eq!(told(), (false.into(), true.into()));
    let words = place.run(&["status"]).expect(0).stdout;
    assert!(words.contains("did not come to its end"), "{words}");
    place.run(&["backup"]).expect(0);
    assert_eq!(told(), (true.into(), false.into()));
}
