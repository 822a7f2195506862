//! init, key, verify: archives without an account.

use crate::harness::{Outcome, Place};

#[test]
fn init_makes_an_archive_that_the_passphrase_opens() {
    let place = Place::with_archive();
    assert!(place.archive().join("telekeep.json").exists());
    place.run(&["verify"]).expect(0);
    let keys = place.run(&["key", "list", "--json"]).expect(0).json();
    assert_eq!(keys[0]["type"], "key");
    assert_eq!(keys[0]["name"], "main");
    assert_eq!(keys[0]["kind"], "passphrase");
}

#[cfg(unix)]
#[test]
fn what_to_type_next_works_when_it_is_pasted() {
    let place = Place::new();
    let next = |outcome: &Outcome| {
        let line = outcome
            .stderr
            .lines()
            .find(|line| line.starts_with("Next: "));
        let line = line.unwrap_or_else(|| panic!("nothing next: {}", outcome.stderr));
        line.trim_start_matches("Next: ").to_owned()
    };
    let pasted = |line: &str| {
        let told = place.command(&[]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", line]).current_dir(place.path(""));
        shell.envs(
            told.get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        Outcome::of(&mut shell)
    };
    let init = [
        "init",
        "--work-factor",
        "4",
        "--archive",
        "my 'best' archive",
    ];
    let line = next(&place.run(&init).expect(0));
    assert!(line.contains("login"), "{line}");
    // It finds the program and the archive, and asks for what only a person has.
    pasted(&line).expect(2).says(&["api id"]);
    let outcome = place
        .run(&["backup", "--archive", "my 'best' archive"])
        .expect(30);
    let hint = outcome
        .stderr
        .split("hint: ")
        .nth(1)
        .unwrap()
        .trim()
        .to_owned();
    pasted(&hint).expect(2).says(&["api id"]);
}

#[test]
fn init_twice_changes_nothing() {
    let place = Place::with_archive();
    let before = std::fs::read(place.archive().join("telekeep.json")).unwrap();
    place
        .run(&["init"])
        .expect(1)
        .says(&["already holds an archive"]);
    assert_eq!(
        std::fs::read(place.archive().join("telekeep.json")).unwrap(),
        before
    );
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let place = Place::new();
    std::fs::create_dir(place.archive()).unwrap();
    place.write("telekeep-archive/letter.txt", "dear");
    place.run(&["init"]).expect(1).says(&["letter.txt"]);
}

#[test]
fn an_archive_without_encryption_needs_no_passphrase() {
    let place = Place::new().passphrase(None);
    place.run(&["init", "--no-encryption"]).expect(0);
    place.run(&["verify"]).expect(0);
    let said = place.run(&["key", "list"]).expect(0).stdout;
    assert!(said.contains("not encrypted"), "{said}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_an_archive() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with_archive();
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.archive()), 0o700);
    assert_eq!(mode(place.archive().join("telekeep.json")), 0o600);
}

#[test]
fn keys_come_and_go_but_never_all() {
    let place = Place::with_archive();
    place.write("new", "battery staple\n");
    let add = [
        "key",
        "add",
        "spare",
        "--new-passphrase-file",
        "new",
        "--work-factor",
        "4",
    ];
    place.run(&add).expect(0);
    place.run(&add).expect(1).says(&["spare"]);
    place.run(&["key", "remove", "main"]).expect(0);
    place.run(&["key", "remove", "spare"]).expect(12);

    let place = place.passphrase(Some("battery staple"));
    place
        .run(&["key", "remove", "nobody"])
        .expect(1)
        .says(&["nobody", "spare"]);
    place
        .run(&["key", "remove", "spare"])
        .expect(1)
        .says(&["last key"]);
    place.run(&["verify"]).expect(0);
}

#[test]
fn a_recovery_key_opens_without_a_passphrase() {
    let identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    let recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    let place = Place::with_archive();
    place
        .run(&["key", "add", "vault", "--recipient", recipient])
        .expect(0);
    place.write("identity", format!("# recovery\n{identity}\n"));
    let place = place.passphrase(None);
    place
        .run(&["verify", "--identity-file", "identity"])
        .expect(0);
}

#[test]
fn the_passphrase_comes_from_a_file_or_a_command_before_the_variable() {
    let place = Place::with_archive().passphrase(Some("wrong"));
    place.write("pass", "correct horse\nsecond line\n");
    place
        .run(&["verify", "--passphrase-file", "pass"])
        .expect(0);
    place
        .run(&["verify", "--passphrase-command", "echo correct horse"])
        .expect(0);
    place.run(&["verify"]).expect(12);
    let mut command = place.command(&["verify"]);
    Outcome::of(command.env("TELEKEEP_PASSPHRASE_FILE", "pass")).expect(0);
}

#[test]
fn settings_are_read_and_flags_win() {
    let place = Place::new().passphrase(None);
    place.write("pass", "from a file\n");
    place.write(
        "telekeep.toml",
        "archive = \"kept\"\npassphrase_file = \"pass\"\n",
    );
    place.run(&["init", "--work-factor", "4"]).expect(0);
    assert!(place.path("kept/telekeep.json").exists());
    place.run(&["verify"]).expect(0);
    place
        .run(&["verify", "--archive", "elsewhere"])
        .expect(10)
        .says(&["elsewhere"]);
}

#[test]
fn verify_names_a_damaged_marker() {
    let place = Place::with_archive();
    let path = place.archive().join("keys/main.age");
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let outcome = place.run(&["verify", "--json", "--without-key"]).expect(20);
    let bad = outcome.of_type("bad");
    assert_eq!(bad[0]["file"], "keys/main.age", "{bad:?}");
}
