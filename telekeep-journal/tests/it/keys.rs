//! Opening archives: formats, keys, wrong keys.

use std::sync::Arc;

use age::secrecy::ExposeSecret;
use telekeep_journal::{
    Archive, Error, InitOptions, MemoryStore, NewKey, Protection, Secret, Store,
};

use crate::support::{
    JOURNAL, PASSPHRASE, WORK, files, in_memory, options, records, reopen, sample, verify,
};

fn recovery() -> (String, String) {
    let identity = age::x25519::Identity::generate();
    (
        identity.to_string().expose_secret().to_owned(),
        identity.to_public().to_string(),
    )
}

fn locked(archive: &Archive) -> Archive {
    Archive::open(archive.store().clone()).unwrap()
}

#[test]
fn no_archive_is_said_to_be_so() {
    let dir = tempfile::tempdir().unwrap();
    for place in [dir.path().to_owned(), dir.path().join("nothing")] {
        assert!(matches!(
            Archive::open_folder(&place),
            Err(Error::NoArchive { .. })
        ));
    }
}

#[test]
fn init_refuses_used_places() {
    let archive = in_memory(true);
    assert!(matches!(
        Archive::init(archive.store().clone(), &options(true)),
        Err(Error::AlreadyArchive { .. })
    ));
    let store = Arc::new(MemoryStore::new());
    store.put_new("holiday.jpg", b"x").unwrap();
    assert!(
        matches!(Archive::init(store, &options(true)), Err(Error::NotEmpty { file, .. }) if file == "holiday.jpg")
    );
}

#[test]
fn encryption_needs_a_key() {
    let options = InitOptions {
        protection: Protection::Encrypted(Vec::new()),
        now: 0,
    };
    assert!(Archive::init(Arc::new(MemoryStore::new()), &options).is_err());
}

#[test]
fn wrong_keys_do_not_open() {
    let archive = in_memory(true);
    let mut closed = locked(&archive);
    assert!(!closed.is_unlocked());
    assert!(matches!(
        closed.unlock(&Secret::passphrase("wrong")),
        Err(Error::WrongKey { .. })
    ));
    assert!(matches!(
        closed.unlock(&Secret::identity(recovery().0)),
        Err(Error::WrongKey { .. })
    ));
    assert!(matches!(
        closed.unlock(&Secret::identity("AGE-SECRET-KEY-nonsense")),
        Err(Error::BadIdentity { .. })
    ));
    assert!(matches!(
        closed.records(JOURNAL, 1).err(),
        Some(Error::KeyNeeded)
    ));
    assert!(matches!(closed.local_key("spool"), Err(Error::KeyNeeded)));
    closed.unlock(&Secret::passphrase(PASSPHRASE)).unwrap();
    assert!(closed.is_unlocked());
}

#[test]
fn local_keys_depend_on_archive_and_purpose() {
    let archive = in_memory(true);
    let spool = archive.local_key("spool").unwrap().unwrap();
    assert_eq!(
        reopen(archive.store().clone()).local_key("spool").unwrap(),
        Some(spool)
    );
    assert_ne!(archive.local_key("index").unwrap(), Some(spool));
    assert_ne!(in_memory(true).local_key("spool").unwrap(), Some(spool));
    assert_eq!(in_memory(false).local_key("spool").unwrap(), None);
}

#[test]
fn keys_are_added_and_removed() {
    let mut archive = in_memory(true);
    sample(&archive);
    let (identity, recipient) = recovery();
    archive
        .key_add(&NewKey::passphrase_with("second", "other words", WORK), 2)
        .unwrap();
    archive
        .key_add(&NewKey::recipient("paper", &recipient), 3)
        .unwrap();
    let names: Vec<String> = locked(&archive)
        .key_list()
        .into_iter()
        .map(|key| key.name)
        .collect();
    assert_eq!(names, ["main", "second", "paper"]);
    for secret in [
        Secret::passphrase(PASSPHRASE),
        Secret::passphrase("other words"),
        Secret::identity(&identity),
    ] {
        let mut opened = locked(&archive);
        opened.unlock(&secret).unwrap();
        assert_eq!(records(&opened, JOURNAL, 1).len(), 63);
    }
    assert!(verify(&archive, Default::default()).1.is_empty());

    assert!(matches!(
        archive.key_add(&NewKey::recipient("paper", &recipient), 4),
        Err(Error::KeyExists { .. })
    ));
    assert!(matches!(
        archive.key_remove("none"),
        Err(Error::NoSuchKey { .. })
    ));
    archive.key_remove("main").unwrap();
    archive.key_remove("paper").unwrap();
    assert!(matches!(
        archive.key_remove("second"),
        Err(Error::LastKey { .. })
    ));
    assert!(matches!(
        locked(&archive).unlock(&Secret::passphrase(PASSPHRASE)),
        Err(Error::WrongKey { .. })
    ));
    assert!(matches!(
        locked(&archive).unlock(&Secret::identity(&identity)),
        Err(Error::WrongKey { .. })
    ));
    locked(&archive)
        .unlock(&Secret::passphrase("other words"))
        .unwrap();
    assert!(verify(&archive, Default::default()).1.is_empty());
    assert_eq!(
        files(&archive)
            .iter()
            .filter(|file| file.starts_with("keys/"))
            .count(),
        1
    );
}

#[test]
fn the_identity_itself_opens_too() {
    let mut archive = in_memory(true);
    let (identity, recipient) = recovery();
    archive
        .key_add(&NewKey::recipient("paper", &recipient), 1)
        .unwrap();
    let wrapped = archive.store().get("keys/paper.age").unwrap();
    let text = age::decrypt(
        &identity.parse::<age::x25519::Identity>().unwrap(),
        &wrapped,
    )
    .unwrap();
    locked(&archive)
        .unlock(&Secret::identity(String::from_utf8(text).unwrap()))
        .unwrap();
}

#[test]
fn bad_key_input_is_named() {
    let mut archive = in_memory(true);
    assert!(matches!(
        archive.key_add(&NewKey::recipient("x", "age1nonsense"), 1),
        Err(Error::BadRecipient { .. })
    ));
    assert!(matches!(
        archive.key_add(&NewKey::passphrase_with("../x", "p", WORK), 1),
        Err(Error::BadName { .. })
    ));
    assert!(matches!(
        archive.key_add(&NewKey::passphrase_with("x", "p", 40), 1),
        Err(Error::BadWorkFactor { .. })
    ));
    assert!(matches!(
        in_memory(false).key_add(&NewKey::passphrase_with("x", "p", WORK), 1),
        Err(Error::NotEncrypted)
    ));
}

/// A key command that was interrupted leaves a file the marker does not name: shown by verify, replaced by the next try.
#[test]
fn interrupted_key_commands_can_be_repeated() {
    let mut archive = in_memory(true);
    archive.store().put_new("keys/second.age", b"half").unwrap();
    assert_eq!(
        verify(&archive, Default::default()).1[0].file,
        "keys/second.age"
    );
    archive
        .key_add(&NewKey::passphrase_with("second", "other words", WORK), 2)
        .unwrap();
    assert!(verify(&archive, Default::default()).1.is_empty());
}

/// Somebody without the key who writes another recipient into the marker must not get new messages encrypted to them.
#[test]
fn a_forged_marker_does_not_unlock() {
    let archive = in_memory(true);
    let marker = String::from_utf8(archive.store().get("telekeep.json").unwrap()).unwrap();
    let (_, recipient) = recovery();
    let forged = marker.replace(archive.recipient().unwrap(), &recipient);
    archive
        .store()
        .replace("telekeep.json", &with_new_checksum(&forged))
        .unwrap();
    assert!(
        locked(&archive)
            .unlock(&Secret::passphrase(PASSPHRASE))
            .is_err()
    );
    let created = marker.replace("\"created\":1760000000000", "\"created\":1760000000001");
    archive
        .store()
        .replace("telekeep.json", &with_new_checksum(&created))
        .unwrap();
    let error = locked(&archive)
        .unlock(&Secret::passphrase(PASSPHRASE))
        .unwrap_err();
    assert!(matches!(error, Error::Damaged { file, .. } if file == "telekeep.json"));
}

#[test]
fn encryption_cannot_be_switched_off_by_the_marker() {
    let archive = in_memory(true);
    let plain = in_memory(false);
    archive
        .store()
        .replace(
            "telekeep.json",
            &plain.store().get("telekeep.json").unwrap(),
        )
        .unwrap();
    assert!(matches!(
        Archive::open(archive.store().clone()),
        Err(Error::Damaged { .. })
    ));
}

#[test]
fn newer_formats_and_damage_are_told_apart() {
    let archive = in_memory(false);
    let marker = String::from_utf8(archive.store().get("telekeep.json").unwrap()).unwrap();
    let newer = with_new_checksum(&marker.replace("\"format\":1", "\"format\":2"));
    archive.store().replace("telekeep.json", &newer).unwrap();
    let error = Archive::open(archive.store().clone()).unwrap_err();
    assert!(matches!(
        error,
        Error::NewerFormat {
            found: 2,
            known: 1,
            ..
        }
    ));
    assert!(
        error.to_string().contains("install a newer Telekeep"),
        "{error}"
    );
    archive
        .store()
        .replace(
            "telekeep.json",
            marker.replace("\"format\":1", "\"format\":2").as_bytes(),
        )
        .unwrap();
    assert!(matches!(
        Archive::open(archive.store().clone()),
        Err(Error::Damaged { .. })
    ));
}

/// What anybody can do without the key.
pub fn with_new_checksum(statement: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let (before, _) = statement.rsplit_once(",\"checksum\":\"").unwrap();
    let hash: String = Sha256::digest(before.as_bytes())
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("{before},\"checksum\":\"{hash}\"}}\n").into_bytes()
}
