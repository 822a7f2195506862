//! Bad input: every exit code, with words that say what to do.

use crate::harness::{Cloud, Outcome, Place};

#[test]
fn no_archive() {
    let place = Place::new();
    for command in ["verify", "status", "backup", "reindex", "logout"] {
        place
            .run(&[command])
            .expect(10)
            .says(&["no archive at", "telekeep init"]);
    }
}

#[test]
fn a_file_where_an_archive_should_be() {
    let place = Place::new();
    place.write("letter", "dear");
    for command in ["init", "verify", "status", "backup"] {
        for path in ["letter", "letter/archive"] {
            place
                .run(&[command, "--archive", path])
                .expect(10)
                .says(&["letter is a file", "folder"]);
        }
    }
}

#[test]
fn the_rest_of_an_archive_without_its_marker() {
    let place = Place::with_archive();
    std::fs::remove_file(place.archive().join("telekeep.json")).unwrap();
    place
        .run(&["status"])
        .expect(10)
        .says(&["telekeep.json is missing", "from a copy"]);
}

#[test]
fn a_demo_does_not_move_into_an_archive() {
    let place = Place::with_archive();
    place
        .run(&["demo", "--dir", "telekeep-archive"])
        .expect(2)
        .says(&["is an archive itself"]);
    place.run(&["verify"]).expect(0);
}

#[test]
fn a_journal_or_an_identity_that_is_none() {
    let place = Place::with_archive();
    place
        .run(&["log", "cat", "--journal", "nosuch"])
        .expect(1)
        .says(&["nosuch", "telekeep backup"]);
    place.write("empty", "");
    place
        .run(&["status", "--identity-file", "empty"])
        .expect(2)
        .says(&["empty holds no age identity"]);
}

#[test]
fn errors_are_json_lines_on_stderr_when_asked() {
    let outcome = Place::new().run(&["status", "--json"]).expect(10);
    assert_eq!(outcome.stdout, "");
    let line: serde_json::Value = serde_json::from_str(&outcome.stderr).unwrap();
    assert_eq!(line["type"], "error");
    assert_eq!(line["code"], 10);
    assert!(
        line["message"].is_string() && line["hint"].is_string(),
        "{line}"
    );
}

#[test]
fn wrong_passphrase() {
    let place = Place::with_archive().passphrase(Some("wrong"));
    place
        .run(&["status"])
        .expect(12)
        .says(&["wrong passphrase"]);
}

#[test]
fn no_passphrase_and_nobody_to_ask() {
    let place = Place::with_archive().passphrase(None);
    place
        .run(&["status"])
        .expect(2)
        .says(&["--passphrase-file", "TELEKEEP_PASSPHRASE"]);
}

#[test]
fn a_newer_format() {
    let place = Place::new();
    std::fs::create_dir(place.archive()).unwrap();
    // The checksum is the SHA-256 of everything before it (docs/format.md).
    let checksum = "c9f356684c9bb3f95289e292fe4aae19f815f4a3586798ba06672324442fa71e";
    let marker = format!("{{\"format\":2,\"id\":\"0\",\"checksum\":\"{checksum}\"}}\n");
    place.write("telekeep-archive/telekeep.json", &marker);
    for command in ["status", "backup", "verify"] {
        place
            .run(&[command])
            .expect(1)
            .says(&["telekeep.json", "format 2", "newer Telekeep"]);
    }
    place.write(
        "telekeep-archive/telekeep.json",
        marker.replace("format", "fromat"),
    );
    place
        .run(&["status"])
        .expect(1)
        .says(&["telekeep.json", "damaged"]);
}

#[test]
fn unreadable_and_unknown_settings() {
    let place = Place::with_archive();
    place.write("telekeep.toml", "quiet = true\narchve = \"x\"\n");
    place
        .run(&["status"])
        .expect(2)
        .says(&["telekeep.toml", "line 2", "archve"]);
    place.write("telekeep.toml", "quiet = \n");
    place
        .run(&["status"])
        .expect(2)
        .says(&["telekeep.toml", "line 1"]);
    place.write("telekeep.toml", [0xff, 0xfe]);
    place.run(&["status"]).expect(2).says(&["telekeep.toml"]);
    place
        .run(&["status", "--settings", "none.toml"])
        .expect(2)
        .says(&["none.toml"]);
    place.write("telekeep.toml", "passphrase_command = \"echo x\"\n");
    place
        .run(&["status"])
        .expect(2)
        .says(&["passphrase_command"]);
}

#[test]
fn usage() {
    let place = Place::new();
    place.run(&[]).expect(2);
    place.run(&["frobnicate"]).expect(2);
    place
        .run(&["backup", "--max-wait", "soon"])
        .expect(2)
        .says(&["90s"]);
    place.run(&["search"]).expect(2);
}

#[test]
fn login_is_needed() {
    let place = Place::with_archive();
    place.run(&["backup"]).expect(30).says(&["telekeep login"]);
    place.run(&["logout"]).expect(30).says(&["telekeep login"]);
}

#[test]
fn an_api_id_is_needed_for_telegram() {
    let place = Place::with_archive();
    let outcome = place
        .run(&["login", "--phone", "+1", "--code", "1"])
        .expect(2);
    outcome.says(&["api id", "my.telegram.org"]);
}

#[test]
fn a_server_needs_its_key() {
    let place = Place::with_archive();
    let login = |args: &[&str]| {
        let mut all = vec!["login", "--phone", "+1", "--code", "1"];
        all.extend(args);
        place.run(&all)
    };
    login(&["--server", "127.0.0.1:9"])
        .expect(2)
        .says(&["--server-key"]);
    login(&["--server", "127.0.0.1:9", "--server-key", "none.pem"])
        .expect(2)
        .says(&["none.pem"]);
    place.write("bad.pem", "not a key");
    login(&["--server", "127.0.0.1:9", "--server-key", "bad.pem"])
        .expect(2)
        .says(&["bad.pem"]);
}

#[test]
fn an_unreachable_server() {
    let place = Place::with_archive();
    let cloud = Cloud::start(
        &place,
        &["--chats", "1", "--messages", "1", "--media-mb", "0"],
    );
    let key = cloud.key().to_owned();
    let address = {
        // A port that was free a moment ago.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let args = [
        "login",
        "--server",
        &address,
        "--server-key",
        &key,
        "--phone",
        "+1",
        "--code",
        "1",
    ];
    place.run(&args).expect(1).says(&["cannot reach", &address]);
}

#[test]
fn a_wrong_server_key() {
    let place = Place::with_archive();
    let cloud = Cloud::start(
        &place,
        &["--chats", "1", "--messages", "1", "--media-mb", "0"],
    );
    place.write("other.pem", OTHER_KEY);
    let (phone, code) = cloud.account(0);
    let args = [
        "login",
        "--server",
        cloud.address(),
        "--server-key",
        "other.pem",
        "--phone",
        phone,
        "--code",
        code,
    ];
    place
        .run(&args)
        .expect(1)
        .says(&["server key", "--server-key"]);
}

#[test]
fn a_wrong_code_and_then_the_right_one() {
    let place = Place::with_archive();
    let cloud = Cloud::start(
        &place,
        &["--chats", "1", "--messages", "1", "--media-mb", "0"],
    );
    let (phone, _) = cloud.account(0);
    let args = [
        "login",
        "--server",
        cloud.address(),
        "--server-key",
        cloud.key(),
        "--phone",
        phone,
        "--code",
        "00000",
    ];
    place.run(&args).expect(1).says(&["code"]);
    cloud.login(&place, 0).expect(0);
}

#[test]
fn a_number_without_an_account() {
    let place = Place::with_archive();
    let cloud = Cloud::start(
        &place,
        &["--chats", "1", "--messages", "1", "--media-mb", "0"],
    );
    let args = [
        "login",
        "--server",
        cloud.address(),
        "--server-key",
        cloud.key(),
        "--phone",
        "+41 79 000 00 00",
        "--code",
        "12345",
    ];
    let outcome = place.run(&args).expect(1).says(&[
        "no Telegram account",
        "Telegram's own app",
        "telekeep login",
    ]);
    assert!(!outcome.stderr.contains("79"), "{}", outcome.stderr);
}

#[test]
fn a_login_that_was_ended_elsewhere_gives_way_to_a_new_one() {
    // Told by the first answer of all, or by a later one.
    for (method, nth) in [("help.getConfig", 2), ("users.getUsers", 1)] {
        let place = Place::with_archive();
        let fault = format!(r#"[{{"method":"{method}","nth":{nth},"fault":"session_revoked"}}]"#);
        place.write("faults.json", fault);
        let world = ["--chats", "1", "--messages", "1", "--media-mb", "0"];
        let cloud = Cloud::start(&place, &[&world[..], &["--faults", "faults.json"]].concat());
        cloud.login(&place, 0).expect(0);
        cloud.login(&place, 0).expect(0);
        place.run(&["backup"]).expect(0);
        cloud.login(&place, 0).expect(1).says(&["logged in"]);
    }
}

#[test]
fn a_login_whose_server_is_silent_is_not_replaced_unasked() {
    let place = Place::with_archive();
    let world = ["--chats", "1", "--messages", "1", "--media-mb", "0"];
    let gone = Cloud::start(&place, &world);
    gone.login(&place, 0).expect(0);
    drop(gone);
    let cloud = Cloud::start(&place, &world);
    cloud
        .login(&place, 0)
        .expect(1)
        .says(&["cannot reach", "telekeep logout --forget"]);
    place.run(&["logout", "--forget"]).expect(0);
    cloud.login(&place, 0).expect(0);
}

#[test]
fn a_revoked_login() {
    let place = Place::with_archive();
    place.write("faults.json", REVOKE);
    let cloud = Cloud::start(
        &place,
        &[
            "--chats",
            "3",
            "--messages",
            "30",
            "--media-mb",
            "0",
            "--faults",
            "faults.json",
        ],
    );
    cloud.login(&place, 0).expect(0);
    let outcome = place
        .run(&["backup", "--json"])
        .expect(30)
        .says(&["log in again"]);
    assert!(!outcome.stderr.contains("panicked"));
}

#[test]
fn a_locked_archive_names_who_has_it() {
    let place = Place::with_archive();
    // `key add` takes the lock before it reads the passphrase, from a command that does not end
    // until it is told to.
    let fifo_like = "touch taken; while [ ! -e done ]; do sleep 0.05; done; echo correct horse";
    let mut holder = place
        .command(&["key", "remove", "main", "--passphrase-command", fifo_like])
        .spawn()
        .unwrap();
    while !place.path("taken").exists() {
        std::thread::yield_now();
    }
    let pid = holder.id().to_string();
    place
        .run(&["backup"])
        .expect(11)
        .says(&["key remove", &pid]);
    place.write("done", "");
    // It was the last key, so it stays.
    assert_eq!(holder.wait().unwrap().code(), Some(1));
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;
    let place = Place::new();
    let mut child = place
        .command(&["completions", "bash"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let code = child.wait().unwrap().code();
    assert_ne!(code, Some(101), "it must not panic");
}

#[test]
fn a_closed_pipe_hides_no_damage() {
    use std::process::Stdio;
    let place = Place::with_archive();
    place.write("telekeep-archive/letter.txt", "dear");
    for args in [&["verify"][..], &["verify", "--json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut verify = place.command(args);
        let status = verify.stdout(writer).stderr(Stdio::null()).status();
        assert_eq!(status.unwrap().code(), Some(20));
    }
}

#[test]
fn help_never_shows_secrets_of_the_environment() {
    let place = Place::new();
    let mut command = place.command(&["login", "--help"]);
    let outcome = Outcome::of(command.env("TELEKEEP_API_HASH", "verysecret")).expect(0);
    assert!(outcome.stdout.contains("TELEKEEP_API_HASH"));
    assert!(!outcome.stdout.contains("verysecret"));
}

/// Every call after login answers that the session was revoked.
const REVOKE: &str = r#"[{"method":"messages.getHistory","fault":"session_revoked"}]"#;

/// A public key of nobody's.
const OTHER_KEY: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAq5DjcO+Gkd3+KWOh69hkW/a98L6K7rpuhcmwj5xoMfNa+OgKld/r
2icI6UCT7KozgZN/TrmrFh8L5BOWh/V2ROzbb92/PMgkOK5PW+og+pfCJMKTEZcw
ihe7Zfi2l5rXIFaiLItX/3y/hfQz4hAoIew8AhB0HT4uRZlitf89ykjnDR4vPJB0
FQodwuCMgKEYF+A2j3q63RZPULkOa+7aKfSFl5Og2xZPSkOUgMKrhV+JZGSSvkHe
oSqxBQCQgX0i7XJhcdYT3191AxzKDM3OTaccJx0Ov1tVvXH7pb7l8aDn12opjELg
dEysCDWt5QBqGpjXYYBWq4l0VdHh6Lk0/wIDAQAB
-----END RSA PUBLIC KEY-----
";
