//! What a server does to a backup, from the command line: after each fault the summary, the exit
//! code, `status` and the certificate tell the same truth, nothing that was kept is lost, and the
//! next backup goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use telekeep_cloud::world::ChatKind;
use telekeep_cloud::{Cloud, Config, Fault, FaultKind};
use tokio::runtime::Runtime;

use crate::harness::{Outcome, Place};

const PAGE: &str = "messages.getHistory";
const FILE: &str = "upload.getFile";

/// A cloud in this process, so that it can be asked what is true, and an archive that is signed in.
struct Rig {
    place: Place,
    cloud: Cloud,
    _runtime: Runtime,
}

impl Rig {
    fn start(media_mb: u64) -> Rig {
        let place = Place::with_archive();
        let runtime = Runtime::new().unwrap();
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed: 11,
            chats: 6,
            messages: 1500,
            media_mb,
            latency: Duration::ZERO,
            faults: Vec::new(),
            key_dir: place.path(""),
        };
        let cloud = runtime.block_on(telekeep_cloud::start(config)).unwrap();
        let rig = Rig {
            place,
            cloud,
            _runtime: runtime,
        };
        rig.login();
        rig
    }

    fn login(&self) {
        let account = self.cloud.accounts().into_iter().next().unwrap();
        self.place
            .write("two-step", account.password.unwrap_or_default());
        let (address, key) = (
            self.cloud.address().to_string(),
            self.cloud.public_key_path(),
        );
        let mut args = vec![
            "login",
            "--server",
            &address,
            "--server-key",
            key.to_str().unwrap(),
        ];
        args.extend(["--phone", &account.phone, "--code", &account.code]);
        args.extend(["--password-file", "two-step"]);
        self.place.run(&args).expect(0);
    }

    fn fault(&self, method: &str, nth: u64, kind: FaultKind) {
        self.cloud.add_fault(Fault::once(method, nth, kind));
    }

    /// A chat of this kind that takes several pages.
    fn long(&self, kind: ChatKind) -> i64 {
        let account = self.cloud.world().account_ids()[0];
        let chats = self.cloud.world().chats(account).into_iter();
        let long = chats.filter(|chat| chat.kind == kind && chat.messages.len() > 110);
        long.map(|chat| chat.id).next().expect("a long chat")
    }

    /// The account loses a chat while its second page is asked for.
    fn close_in_mid_run(&self, chat: i64) {
        self.cloud.add_fault(Fault {
            chat: Some(chat),
            ..Fault::once(PAGE, 2, FaultKind::ChatCloses { closed: None })
        });
    }

    fn backup(&self, more: &[&str]) -> Outcome {
        self.place.run(&[&["backup", "--json"], more].concat())
    }

    /// Chat and id of every message held.
    fn held(&self) -> BTreeSet<(i64, i64)> {
        let records = self
            .place
            .run(&["log", "cat", "--kind", "message"])
            .expect(0)
            .json();
        let key = |record: &Value| {
            (
                record["chat"].as_i64().unwrap(),
                record["id"].as_i64().unwrap(),
            )
        };
        records.iter().map(key).collect()
    }

    /// Everything that is at the server is held.
    #[track_caller]
    fn assert_has_world(&self) {
        let (held, world) = (self.held(), self.cloud.world());
        let account = world.account_ids()[0];
        for chat in world.chat_list(account) {
            for id in world.message_ids(account, chat.id) {
                assert!(held.contains(&(chat.id, id.into())), "{} {id}", chat.id);
            }
        }
    }

    /// `status` and a new certificate say the same of the whole, the archive is sound, and gives
    /// what the certificate says.
    #[track_caller]
    fn verdict(&self, complete: bool) -> Value {
        let status = self.place.run(&["status", "--json"]).expect(0);
        let total = &status.of_type("total")[0];
        assert_eq!(total["complete"], complete, "{total}");
        let code = if complete { 0 } else { 3 };
        self.place
            .run(&["certify", "--force", "--out", "c.json"])
            .expect(code);
        self.place.run(&["certify", "--check", "c.json"]).expect(0);
        let text = std::fs::read_to_string(self.place.path("c.json")).unwrap();
        let facts = serde_json::from_str::<Value>(&text).unwrap()["facts"].clone();
        assert_eq!(facts["complete"], complete);
        for chat in status.of_type("chat") {
            let certified = chat_of(&facts, chat["id"].as_i64().unwrap());
            assert_eq!(certified["held"], chat["archived"], "{chat}");
            assert_eq!(certified["deleted"], chat["deleted"], "{chat}");
            let whole =
                ["complete", "as_selected"].contains(&certified["standing"].as_str().unwrap());
            assert!(chat["complete"] == true || !whole, "{chat} {certified}");
        }
        facts
    }

    /// The run that ended early kept something and says of nothing that it is whole; the next one
    /// brings the rest.
    #[track_caller]
    fn goes_on(&self) {
        let before = self.held();
        assert!(!before.is_empty());
        self.verdict(false);
        // What was on its way when the server asked to wait could not be held back.
        let on_its_way = self.cloud.wait_violations();
        let summary = self.backup(&[]).expect(0).summary();
        assert_eq!(summary["complete"], true, "{summary}");
        assert!(self.held().is_superset(&before));
        self.assert_has_world();
        self.verdict(true);
        assert_eq!(self.cloud.wait_violations(), on_its_way);
    }
}

fn chat_of(facts: &Value, id: i64) -> Value {
    let chats = facts["chats"].as_array().unwrap();
    chats.iter().find(|chat| chat["id"] == id).unwrap().clone()
}

#[test]
fn a_long_flood_ends_the_run_and_the_next_one_waits_for_what_is_left_of_it() {
    let rig = Rig::start(0);
    rig.fault(PAGE, 9, FaultKind::FloodWait { seconds: 2 });
    rig.backup(&["--max-wait", "1s"])
        .expect(31)
        .says(&["wait", PAGE, "--max-wait"]);
    rig.goes_on();
}

#[test]
fn a_very_long_flood_is_remembered_and_nothing_is_asked_before_it_is_over() {
    let rig = Rig::start(0);
    rig.fault(PAGE, 9, FaultKind::FloodWait { seconds: 7200 });
    rig.backup(&[]).expect(31).says(&["7200", PAGE]);
    let asked = rig.cloud.calls()[PAGE];
    rig.backup(&[]).expect(31).says(&["wait", PAGE]);
    assert_eq!(rig.cloud.calls()[PAGE], asked);
    assert!(!rig.held().is_empty());
    rig.verdict(false);
    // The archive can be read all the while, and another login does not have to wait.
    rig.place.run(&["logout"]).expect(0);
    rig.login();
    let summary = rig.backup(&[]).expect(0).summary();
    assert_eq!(summary["complete"], true, "{summary}");
    rig.assert_has_world();
}

#[test]
fn an_export_that_ends_and_must_wait_in_mid_run_goes_on_when_it_may() {
    let rig = Rig::start(0);
    rig.fault(PAGE, 9, FaultKind::TakeoutInvalid);
    rig.fault(
        "account.initTakeoutSession",
        2,
        FaultKind::TakeoutInitDelay { seconds: 3600 },
    );
    rig.backup(&[])
        .expect(31)
        .says(&["allow it", "--wait", "--no-takeout"]);
    rig.cloud.allow_takeouts();
    rig.goes_on();
}

#[test]
fn a_login_that_is_ended_in_mid_run_is_told_and_the_next_login_goes_on() {
    let rig = Rig::start(0);
    rig.fault(PAGE, 9, FaultKind::SessionRevoked);
    rig.backup(&[])
        .expect(30)
        .says(&["log in again", "telekeep login"]);
    // It is no login any more.
    rig.backup(&[]).expect(30);
    rig.login();
    rig.goes_on();
}

#[test]
fn an_account_that_moves_and_references_that_expire_are_no_matter_of_the_owner() {
    let rig = Rig::start(6);
    rig.fault(PAGE, 9, FaultKind::AccountMoves { dc: 4 });
    rig.cloud.add_fault(Fault {
        every: Some(50),
        ..Fault::once(FILE, 50, FaultKind::FileReferenceExpired { all: true })
    });
    let summary = rig.backup(&[]).expect(0).summary();
    assert!(
        rig.cloud.faults_applied() > 3,
        "{}",
        rig.cloud.faults_applied()
    );
    assert_eq!(
        (&summary["complete"], &summary["failed"]),
        (&true.into(), &0.into())
    );
    rig.assert_has_world();
    let facts = rig.verdict(true);
    assert_eq!(facts["failures"].as_array().unwrap().len(), 0);
}

#[test]
fn a_chat_that_becomes_private_in_mid_run_is_no_complete_one() {
    let rig = Rig::start(0);
    let chat = rig.long(ChatKind::Supergroup);
    let account = rig.cloud.world().account_ids()[0];
    let ids = rig.cloud.world().message_ids(account, chat);
    let newest = i64::from(*ids.last().unwrap());
    rig.close_in_mid_run(chat);
    let outcome = rig.backup(&[]).expect(3);
    assert_eq!(outcome.summary()["complete"], false);
    let failures = outcome.of_type("failure");
    let key = chat.to_string();
    let told = failures
        .iter()
        .find(|failure| failure["key"] == key)
        .unwrap();
    assert_eq!(
        (&told["what"], &told["error"]),
        (&"chat".into(), &"CHANNEL_PRIVATE".into())
    );
    let certified = chat_of(&rig.verdict(false), chat);
    assert_eq!(
        (&certified["standing"], &certified["failure"]),
        (&"open".into(), &"CHANNEL_PRIVATE".into())
    );
    rig.assert_has_world();
    let before = rig.held();
    // The next run finds that it is in the list of chats no more: nothing is left to try.
    rig.backup(&[]).expect(0);
    assert_eq!(rig.held(), before);
    let status = rig.place.run(&["status", "--json"]).expect(0);
    let closed = status
        .of_type("chat")
        .into_iter()
        .find(|line| line["id"] == chat)
        .unwrap();
    assert_eq!(
        (&closed["complete"], &closed["not_visible"]),
        (&false.into(), &"CHANNEL_PRIVATE".into())
    );
    let certified = chat_of(&rig.verdict(true), chat);
    assert_eq!(certified["standing"], "closed", "{certified}");
    // How far it was listed, and no further.
    let intervals = certified["intervals"].as_array().unwrap();
    assert_eq!(
        (intervals.len(), &intervals[0][0]),
        (1, &1.into()),
        "{certified}"
    );
    assert!(intervals[0][1].as_i64() < Some(newest), "{certified}");
    let unseen = ids.len() as i64 - certified["held"].as_i64().unwrap();
    assert_eq!(certified["lost"], unseen, "{certified}");
}

#[test]
fn a_chat_the_other_side_deletes_in_mid_run_is_certified_with_what_was_lost() {
    let rig = Rig::start(0);
    let chat = rig.long(ChatKind::Private);
    let account = rig.cloud.world().account_ids()[0];
    let there = rig.cloud.world().message_ids(account, chat).len();
    rig.close_in_mid_run(chat);
    let outcome = rig.backup(&[]).expect(3);
    let summary = outcome.summary();
    rig.assert_has_world();
    let held = rig.held().iter().filter(|(of, _)| *of == chat).count();
    assert!(held > 0 && held < there);
    let lost = there - held;
    assert_eq!(
        (&summary["complete"], &summary["lost"]),
        (&false.into(), &lost.into()),
        "{summary}"
    );
    let told = &outcome.of_type("loss")[0];
    assert_eq!(
        (&told["chat"], &told["messages"]),
        (&chat.into(), &lost.into())
    );
    let certified = chat_of(&rig.verdict(true), chat);
    assert_eq!(
        (&certified["held"], &certified["deleted"]),
        (&held.into(), &held.into()),
        "{certified}"
    );
    assert_eq!(
        (&certified["server_count"], &certified["lost"]),
        (&0.into(), &lost.into()),
        "{certified}"
    );
    assert_eq!(certified["standing"], "with_losses", "{certified}");
    let status = rig.place.run(&["status"]).expect(0);
    assert!(
        status.stdout.contains(&format!("{lost} lost")),
        "{}",
        status.stdout
    );
    let again = rig.backup(&[]).expect(0).summary();
    assert_eq!(
        (&again["failed"], &again["lost"]),
        (&0.into(), &0.into()),
        "{again}"
    );
    assert_eq!(
        (&again["complete"], &again["chats_ended"]),
        (&true.into(), &1.into()),
        "{again}"
    );
    let words = rig.place.run(&["backup"]).expect(0).stdout;
    assert!(!words.contains("Complete"), "{words}");
    let certified = chat_of(&rig.verdict(true), chat);
    assert_eq!(
        (&certified["held"], &certified["deleted"]),
        (&held.into(), &held.into()),
        "{certified}"
    );
}

#[test]
fn a_file_that_is_gone_while_its_message_stays_is_missing_until_it_is_there() {
    let rig = Rig::start(6);
    rig.fault(FILE, 3, FaultKind::FileGone);
    for _ in 0..2 {
        let outcome = rig.backup(&[]).expect(3);
        let failures = outcome.of_type("failure");
        assert!(!failures.is_empty());
        for failure in &failures {
            assert_eq!(
                (&failure["what"], &failure["error"]),
                (&"media".into(), &"FILE_ID_INVALID".into())
            );
        }
        assert_eq!(outcome.summary()["failed"], failures.len());
        let facts = rig.verdict(false);
        let told = facts["failures"].as_array().unwrap();
        assert_eq!(told.len(), failures.len(), "{told:?}");
        assert!(
            told.iter()
                .all(|failure| failure["error"] == "FILE_ID_INVALID" && failure["retried"] == true)
        );
    }
    rig.assert_has_world();
}
