//! Blobs: names, layout, reading and seeking.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use proptest::prelude::*;
use telekeep_journal::{Archive, Error, LocalStore, MAX_SINGLE_BLOB_BYTES, PART_BYTES};

use crate::support::{files, in_memory, options, put_blob, verify};

/// Bytes that repeat with no period a part or chunk could hide.
fn content(size: usize) -> Vec<u8> {
    (0..size as u64)
        .map(|n| (n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8)
        .collect()
}

fn read_all(archive: &Archive, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    archive
        .blob_reader(name)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn blobs_read_back_from_anywhere(
        size in prop_oneof![0_usize..100, 65_530_usize..65_540, 131_000_usize..200_000],
        pieces in prop::collection::vec(1_usize..70_000, 1..5),
        seeks in prop::collection::vec((0_u64..210_000, 0_usize..1000), 1..8),
        encrypted in any::<bool>(),
    ) {
        let archive = in_memory(encrypted);
        let bytes = content(size);
        let mut writer = archive.blob_writer(Some(size as u64)).unwrap();
        let mut rest = &bytes[..];
        for piece in pieces.iter().cycle().take_while(|_| true) {
            if rest.is_empty() { break; }
            let (now, later) = rest.split_at((*piece).min(rest.len()));
            writer.write_all(now).unwrap();
            rest = later;
        }
        let blob = writer.finish().unwrap();
        prop_assert_eq!(blob.size, size as u64);
        let mut reader = archive.blob_reader(&blob.name).unwrap();
        prop_assert_eq!(reader.size(), size as u64);
        for (position, len) in seeks {
            reader.seek(SeekFrom::Start(position)).unwrap();
            let mut piece = Vec::new();
            reader.by_ref().take(len as u64).read_to_end(&mut piece).unwrap();
            let start = (position as usize).min(size);
            prop_assert_eq!(&piece[..], &bytes[start..(start + len).min(size)]);
        }
    }
}

#[test]
fn names_are_hashes_only_without_encryption() {
    let sha256_of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let plain = put_blob(&in_memory(false), b"abc");
    assert_eq!(
        (plain.name.as_str(), plain.sha256.as_str()),
        (sha256_of_abc, sha256_of_abc)
    );
    assert_eq!(plain.files[0].file, format!("blobs/ba/{sha256_of_abc}"));
    let encrypted = put_blob(&in_memory(true), b"abc");
    assert_eq!(encrypted.sha256, sha256_of_abc);
    assert_ne!(encrypted.name, sha256_of_abc);
    assert_ne!(
        encrypted.name,
        put_blob(&in_memory(true), b"abc").name,
        "each archive has its own names"
    );
}

#[test]
fn the_same_content_is_stored_once() {
    let archive = in_memory(true);
    let first = put_blob(&archive, b"abc");
    let again = put_blob(&archive, b"abc");
    assert!(!first.existed && again.existed);
    assert_eq!((first.name, first.files), (again.name, again.files));
}

/// Single up to the limit, parts above, whatever size was expected.
#[test]
fn the_size_alone_decides_the_layout() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(true)).unwrap();
    let limit = usize::try_from(MAX_SINGLE_BLOB_BYTES).unwrap();
    let part = usize::try_from(PART_BYTES).unwrap();
    let bytes = content(limit + part + 1);
    for (size, parts) in [
        (limit, 1),
        (limit + 1, 3),
        (limit + part, 3),
        (limit + part + 1, 4),
    ] {
        let mut layouts = Vec::new();
        for expected in [None, Some(1), Some(u64::MAX)] {
            let mut writer = archive.blob_writer(expected).unwrap();
            writer.write_all(&bytes[..size]).unwrap();
            let blob = writer.finish().unwrap();
            assert_eq!(blob.files.len(), parts, "{size} {expected:?}");
            assert!(
                blob.files
                    .iter()
                    .all(|file| file.size <= MAX_SINGLE_BLOB_BYTES + 20_000)
            );
            layouts.push((blob.name, blob.files));
        }
        assert!(layouts.windows(2).all(|pair| pair[0] == pair[1]));
    }
    let (name, _) = (put_blob(&archive, &bytes).name, ());
    assert!(read_all(&archive, &name) == bytes);
    let mut reader = archive.blob_reader(&name).unwrap();
    for position in [part - 10, 2 * part - 1, 3 * part, 0, bytes.len() - 5] {
        reader.seek(SeekFrom::Start(position as u64)).unwrap();
        let mut piece = vec![0; 20.min(bytes.len() - position)];
        reader.read_exact(&mut piece).unwrap();
        assert!(
            piece == bytes[position..position + piece.len()],
            "{position}"
        );
    }
    assert_eq!(
        std::fs::read_dir(dir.path().join("local/tmp"))
            .unwrap()
            .count(),
        0,
        "nothing is left behind"
    );
}

#[test]
fn nothing_appears_before_finish() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(true)).unwrap();
    let before = files(&archive);
    let mut writer = archive.blob_writer(None).unwrap();
    writer.write_all(&content(100_000)).unwrap();
    assert_eq!(files(&archive), before);
    drop(writer);
    assert_eq!(
        std::fs::read_dir(dir.path().join("local/tmp"))
            .unwrap()
            .count(),
        0
    );
}

/// Staged files are encrypted too: plain media is never on the disk.
#[test]
fn plain_bytes_never_reach_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init(Arc::new(LocalStore::new(dir.path())), &options(true)).unwrap();
    let secret = b"very private picture".repeat(20_000);
    let mut writer = archive.blob_writer(None).unwrap();
    writer.write_all(&secret).unwrap();
    for entry in std::fs::read_dir(dir.path().join("local/tmp")).unwrap() {
        let staged = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(staged.len() > 300_000);
        assert!(
            !staged
                .windows(20)
                .any(|window| window == b"very private picture")
        );
    }
}

#[test]
fn a_damaged_blob_is_not_adopted() {
    let archive = in_memory(true);
    let blob = put_blob(&archive, b"abc");
    let mut stored = archive.store().get(&blob.files[0].file).unwrap();
    *stored.last_mut().unwrap() ^= 1;
    archive
        .store()
        .replace(&blob.files[0].file, &stored)
        .unwrap();
    let mut writer = archive.blob_writer(None).unwrap();
    writer.write_all(b"abc").unwrap();
    assert!(matches!(writer.finish(), Err(Error::Damaged { .. })));
}

#[test]
fn unknown_blobs_are_said_to_be_so() {
    let archive = in_memory(false);
    for name in ["", "../../etc/passwd", &"a".repeat(64)] {
        assert!(
            matches!(archive.blob_reader(name), Err(Error::NoBlob { .. })),
            "{name}"
        );
    }
}

#[test]
fn many_writers_of_the_same_content_agree() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &options(true)).unwrap();
    let bytes = content(usize::try_from(MAX_SINGLE_BLOB_BYTES).unwrap() + 1);
    let blobs: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|_| scope.spawn(|| put_blob(&archive, &bytes)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(blobs.windows(2).all(|pair| pair[0].files == pair[1].files));
    assert_eq!(blobs.iter().filter(|blob| !blob.existed).count(), 1);
    assert_eq!(verify(&archive, Default::default()).0.unreferenced_blobs, 3);
}
