//! Selections as people give them: flags, settings, and what `status` says about them.

use crate::harness::{Cloud, Outcome, Place, SMALL};

#[track_caller]
fn prints(outcome: Outcome, words: &[&str]) -> Outcome {
    for word in words {
        let found = outcome.stdout.contains(word);
        assert!(found, "no {word:?} in:\n{}", outcome.stdout);
    }
    outcome
}

fn signed_in() -> (Place, Cloud) {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    cloud.login(&place, 0).expect(0);
    (place, cloud)
}

#[test]
fn what_is_left_out_is_told_and_comes_when_the_selection_grows() {
    let (place, _cloud) = signed_in();
    let settings = "[select]\ntypes = [\"channels\", \"saved\"]\n[media]\nkinds = \"photos\"\n";
    let settings = place.write("chosen.toml", settings);
    let settings = settings.to_str().unwrap();
    let run = ["backup", "--settings", settings, "--json"];
    let some = place.run(&run).expect(0).summary();
    assert_eq!(
        (&some["complete"], &some["missing"]),
        (&false.into(), &0.into())
    );
    assert!(some["chats_left_out"].as_u64().unwrap() > 5, "{some}");
    let told = place.run(&["backup", "--settings", settings]).expect(0);
    prints(
        told,
        &["Done, as selected.", "Left out by your selection: "],
    );
    let status = place.run(&["status"]).expect(0);
    let status = prints(
        status,
        &[
            "left out by your selection",
            "Everything you selected is here.",
        ],
    );
    assert!(!status.stdout.contains("Complete:"));
    let chats = place.run(&["status", "--json"]).expect(0);
    for chat in chats.of_type("chat") {
        let channel = ["channel", "saved"].contains(&chat["kind"].as_str().unwrap());
        let out = chat["selection"]["out"] == "not_asked";
        assert_eq!(chat["complete"], channel, "{chat}");
        assert_eq!(out, !channel, "{chat}");
    }

    let run = ["backup", "--settings", settings, "--everything", "--json"];
    let all = place.run(&run).expect(0).summary();
    assert_eq!(all["complete"], true, "{all}");
    prints(place.run(&["status"]).expect(0), &["Complete: "]);
    place.run(&["verify"]).expect(0);
}

#[test]
fn dates_are_a_part_that_status_names() {
    let (place, _cloud) = signed_in();
    place.run(&["backup", "--until", "2019-01-01"]).expect(0);
    let first = place.run(&["status", "--json"]).expect(0);
    let total = first.of_type("total").remove(0);
    assert_eq!(
        (&total["complete"], &total["as_selected"]),
        (&false.into(), &true.into())
    );
    prints(
        place.run(&["status", "saved"]).expect(0),
        &[
            "selected: before 2019-01-01",
            "this part is listed without a hole",
        ],
    );
    let all = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(all["complete"], true, "{all}");
}

#[test]
fn names_that_mean_nothing_and_words_that_are_none_are_usage_errors() {
    let (place, _cloud) = signed_in();
    place
        .run(&["backup", "--chat", "nobody of this name"])
        .expect(2)
        .says(&["no chat is called \"nobody of this name\"", "--dry-run"]);
    place
        .run(&["backup", "--type", "people"])
        .expect(2)
        .says(&["people", "channels"]);
    let settings = place.write("wrong.toml", "[media]\n\nkinds = [\"movies\"]\n");
    place
        .run(&["backup", "--settings", settings.to_str().unwrap()])
        .expect(2)
        .says(&["line 3", "movies", "videos"]);
}

#[test]
fn plans_show_what_would_be_done_and_record_nothing() {
    let (place, _cloud) = signed_in();
    let dry = ["backup", "--dry-run", "--type", "channels"];
    prints(
        place.run(&dry).expect(0),
        &[
            "all of it",
            "out: not among what you asked for",
            "Nothing was recorded.",
        ],
    );
    let plan = place.run(&["backup", "--plan", "--json"]).expect(0);
    let sums = plan.of_type("plan").remove(0);
    assert!(sums["messages"].as_u64().unwrap() >= 400, "{sums}");
    assert!(sums["bytes"].as_u64().unwrap() > 0, "{sums}");
    assert_eq!(sums["rates_observed"], false, "{sums}");
    assert!(plan.of_type("plan_chat").len() >= 12);
    prints(
        place
            .run(&["backup", "--plan", "--keep-free", "900TB"])
            .expect(0),
        &[
            "It would not fit",
            "It takes about",
            "secret chats",
            "--reactions who asks",
            "--videos all",
        ],
    );
    let chosen = [
        "backup",
        "--plan",
        "--reactions",
        "who",
        "--videos",
        "all",
        "--media",
        "photos",
    ];
    let chosen = prints(place.run(&chosen).expect(0), &["leaves out by kind"]);
    assert!(!chosen.stdout.contains("--reactions who") && !chosen.stdout.contains("--videos all"));
    assert!(place.run(&["log", "cat"]).expect(0).stdout.is_empty());
}

#[test]
fn a_disk_that_is_too_full_pauses_the_backup() {
    let (place, _cloud) = signed_in();
    let full = place.run(&["backup", "--keep-free", "900TB"]).expect(32);
    let full = prints(full, &["Paused: the disk is too full.", "--keep-free"]);
    full.says(&["no file is fetched until there is room"]);
    let all = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(
        (&all["complete"], &all["disk_full"]),
        (&true.into(), &false.into())
    );
}
