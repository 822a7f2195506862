//! The lock, against another process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use telekeep_journal::{Archive, Error, Holder};

use crate::support::{in_memory, options};

const FOLDER: &str = "TELEKEEP_TEST_LOCK_FOLDER";

/// Not a test: what the second process of the test below runs. It holds the lock until its input ends.
#[test]
#[ignore = "run by another_process_is_named"]
fn hold_lock() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let archive = Archive::open_folder(folder).unwrap();
    let _lock = archive.lock(&Holder::current("watch")).unwrap();
    println!("holding {}", std::process::id());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn another_process_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(false)).unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lock::hold_lock", "--ignored", "--nocapture"])
        .env(FOLDER, dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let held = lines
        .map_while(Result::ok)
        .any(|line| line.contains("holding "));
    assert!(held, "the other process did not get the lock");
    let Err(Error::Locked {
        holder: Some(holder),
    }) = archive.lock(&Holder::current("backup"))
    else {
        panic!("the lock was given twice");
    };
    assert_eq!((holder.pid, holder.command.as_str()), (child.id(), "watch"));
    child.kill().unwrap();
    child.wait().unwrap();
    archive.lock(&Holder::current("backup")).unwrap();
}

#[test]
fn locks_are_exclusive_and_end_with_their_holder() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(false)).unwrap();
    let lock = archive.lock(&Holder::current("backup")).unwrap();
    let error = archive.lock(&Holder::current("import")).unwrap_err();
    let pid = std::process::id().to_string();
    assert!(
        error.to_string().contains("`backup`") && error.to_string().contains(&pid),
        "{error}"
    );
    drop(lock);
    archive.lock(&Holder::current("import")).unwrap();
}

#[test]
fn the_lock_clears_what_interrupted_writers_left() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(false)).unwrap();
    std::fs::write(dir.path().join("local/tmp/put-x"), b"half").unwrap();
    archive.lock(&Holder::current("backup")).unwrap();
    assert!(!dir.path().join("local/tmp/put-x").exists());
}

#[test]
fn archives_elsewhere_need_no_lock() {
    let archive = in_memory(false);
    let _first = archive.lock(&Holder::current("a")).unwrap();
    archive.lock(&Holder::current("b")).unwrap();
}
