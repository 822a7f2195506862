//! Verification beyond tampering: samples, progress, what is only unfinished.

use telekeep_journal::{Error, Finding, Known, Progress, VerifyEvents, VerifyOptions};

use crate::support::{JOURNAL, in_memory, known, put_blob, sample, verify, verify_with};

#[test]
fn the_report_counts() {
    let archive = in_memory(true);
    let tail = sample(&archive);
    let (report, findings) = verify(&archive, known(&tail));
    assert_eq!(findings, []);
    assert_eq!(
        (
            report.segments,
            report.records,
            report.blob_files,
            report.blob_files_read
        ),
        (4, 64, 3, 3)
    );
    assert!(report.with_content);
    assert_eq!(
        report.heads,
        [
            archive.head("other-source").unwrap().unwrap(),
            archive.head(JOURNAL).unwrap().unwrap()
        ]
    );
}

#[test]
fn keyless_needs_no_key_and_full_does() {
    let archive = in_memory(true);
    sample(&archive);
    let locked = telekeep_journal::Archive::open(archive.store().clone()).unwrap();
    let keyless = VerifyOptions {
        keyless: true,
        ..VerifyOptions::default()
    };
    let (report, findings) = verify_with(&locked, &keyless);
    assert_eq!(
        (report.records, report.blob_files_read, report.with_content),
        (0, 3, false)
    );
    assert_eq!(findings, []);
    assert!(matches!(
        locked.verify(&VerifyOptions::default(), &mut |_: Finding| {}),
        Err(Error::KeyNeeded)
    ));
}

#[test]
fn a_sample_reads_some_and_measures_all() {
    let archive = in_memory(false);
    let mut tail = telekeep_journal::MemoryTail::new();
    let blobs: Vec<_> = (0..200)
        .map(|n| put_blob(&archive, format!("blob {n}").as_bytes()))
        .collect();
    for blob in &blobs {
        tail.push(&crate::support::media(blob), blob.files.clone());
    }
    archive.seal(JOURNAL, &mut tail, true).unwrap();
    let run = |sample, seed| {
        verify_with(
            &archive,
            &VerifyOptions {
                sample: Some(sample),
                seed,
                ..VerifyOptions::default()
            },
        )
    };
    assert_eq!(run(0.0, 1).0.blob_files_read, 0);
    assert_eq!(run(100.0, 1).0.blob_files_read, 200);
    let some = run(30.0, 1).0.blob_files_read;
    assert!((30..=90).contains(&some), "{some}");
    // Same size, other content: found by some seeds only. Other size: found by every seed.
    archive
        .store()
        .replace(&blobs[0].files[0].file, b"blob X")
        .unwrap();
    let found = (0..40)
        .filter(|seed| !run(30.0, *seed).1.is_empty())
        .count();
    assert!((2..=30).contains(&found), "{found}");
    archive
        .store()
        .replace(&blobs[0].files[0].file, b"longer than before")
        .unwrap();
    assert_eq!(run(0.0, 1).1.len(), 1);
}

#[test]
fn good_blobs_without_a_record_are_no_fault() {
    for encrypted in [false, true] {
        let archive = in_memory(encrypted);
        let tail = sample(&archive);
        put_blob(&archive, b"downloaded, then the power went off");
        let (report, findings) = verify(&archive, known(&tail));
        assert_eq!((report.unreferenced_blobs, findings), (1, Vec::new()));
    }
}

#[test]
fn blobs_of_unsealed_records_are_checked() {
    let archive = in_memory(true);
    let mut tail = sample(&archive);
    let blob = put_blob(&archive, b"not sealed yet");
    tail.push(&crate::support::media(&blob), blob.files.clone());
    let (report, findings) = verify(&archive, known(&tail));
    assert_eq!(
        (report.blob_files, report.unreferenced_blobs, findings.len()),
        (4, 0, 0)
    );
    archive.store().delete(&blob.files[0].file).unwrap();
    assert_eq!(verify(&archive, known(&tail)).1[0].file, blob.files[0].file);
}

/// A seal may name a blob file again that an earlier seal named.
#[test]
fn blobs_may_be_named_twice() {
    let archive = in_memory(true);
    let mut tail = sample(&archive);
    let again = put_blob(&archive, &[0; 5]);
    assert!(again.existed);
    tail.push(&crate::support::media(&again), again.files.clone());
    archive.seal(JOURNAL, &mut tail, true).unwrap();
    assert_eq!(verify(&archive, known(&tail)).1, []);
}

#[test]
fn an_empty_archive_is_good() {
    for encrypted in [false, true] {
        assert_eq!(verify(&in_memory(encrypted), Known::default()).1, []);
    }
}

#[derive(Default)]
struct Watcher(Vec<Progress>);

impl VerifyEvents for Watcher {
    fn finding(&mut self, finding: Finding) {
        panic!("{finding:?}");
    }
    fn progress(&mut self, progress: Progress) {
        self.0.push(progress);
    }
}

#[test]
fn progress_runs_to_the_end() {
    let archive = in_memory(true);
    sample(&archive);
    let mut watcher = Watcher::default();
    archive
        .verify(&VerifyOptions::default(), &mut watcher)
        .unwrap();
    let last = watcher.0.last().unwrap();
    assert_eq!(last.files, last.total_files);
    assert!(
        watcher
            .0
            .windows(2)
            .all(|pair| pair[0].bytes <= pair[1].bytes && pair[0].files < pair[1].files)
    );
    assert!(
        last.bytes <= last.total_bytes && last.bytes * 10 >= last.total_bytes * 5,
        "{last:?}"
    );
}
