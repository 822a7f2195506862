//! Backups as exports, from the command line: waits, refusals, and kills.
#![cfg(unix)]

use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Cloud, ENDLESS, Place, send};

const SMALL: [&str; 6] = ["--chats", "12", "--messages", "400", "--media-mb", "1"];
const INIT: &str = "account.initTakeoutSession";

/// A logged-in archive at a cloud that misbehaves so.
fn with_faults(faults: &str) -> (Place, Cloud) {
    let place = Place::with_archive();
    place.write("faults.json", faults);
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    (place, cloud)
}

fn delayed(seconds: u32) -> (Place, Cloud) {
    let rule =
        r#"[{"method":"account.initTakeoutSession","fault":"takeout_init_delay","seconds":N}]"#;
    with_faults(&rule.replace('N', &seconds.to_string()))
}

fn calls(stopped: &Value, method: &str) -> u64 {
    stopped["calls"][method].as_u64().unwrap_or(0)
}

#[test]
fn a_delay_is_told_with_its_end_and_what_can_be_done() {
    let (place, cloud) = delayed(86_400);
    place
        .run(&["backup"])
        .expect(31)
        .says(&["(in 24 h)", "allow it", "--wait", "--no-takeout"]);
    let without = place.run(&["backup", "--json", "--no-takeout"]).expect(0);
    assert_eq!(without.summary()["complete"], true);
    let stopped = cloud.stop();
    assert_eq!(calls(&stopped, INIT), 1, "{stopped}");
    assert_eq!(calls(&stopped, "contacts.getSaved"), 0);
}

#[test]
fn a_delay_is_waited_for_when_that_is_wanted() {
    let (place, cloud) = delayed(2);
    let outcome = place.run(&["backup", "--json", "--wait"]).expect(0);
    assert_eq!(outcome.summary()["complete"], true);
    assert!(calls(&cloud.stop(), INIT) >= 2);
}

#[test]
fn a_wait_for_an_export_can_be_interrupted() {
    let (place, cloud) = delayed(86_400);
    let mut child = place
        .command(&["backup", "--wait"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("allow it in the app") {
        line.clear();
        let read = std::io::BufRead::read_line(&mut words, &mut line).unwrap();
        assert!(read > 0, "the wait is shown");
    }
    send(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(calls(&cloud.stop(), INIT), 1);
}

#[test]
fn a_refusal_says_how_to_go_on() {
    let rule = r#"[{"method":"account.initTakeoutSession","fault":"error","code":403,"text":"TAKEOUT_FORBIDDEN"}]"#;
    let (place, _cloud) = with_faults(rule);
    place
        .run(&["backup"])
        .expect(1)
        .says(&["TAKEOUT_FORBIDDEN", "--no-takeout"]);
    place.run(&["backup", "--wait", "--no-takeout"]).expect(2);
}

#[test]
fn killed_it_goes_on_in_the_same_export() {
    let (place, cloud) = with_faults(ENDLESS);
    let mut backup = place.backup_on_its_way();
    send(&backup, "-KILL");
    backup.wait().unwrap();
    let summary = place.run(&["backup", "--json"]).expect(0).summary();
    assert_eq!(summary["complete"], true, "{summary}");
    place.run(&["verify"]).expect(0);
    let stopped = cloud.stop();
    let counts = [INIT, "account.finishTakeoutSession"].map(|method| calls(&stopped, method));
    assert_eq!(counts, [1, 1], "{stopped}");
}
