//! Sealing and reading back.

use proptest::prelude::*;
use telekeep_journal::{Error, MAX_RECORD_BYTES, MemoryTail, Record, Tail, TailLine};

use crate::support::{JOURNAL, in_memory, message, records, reopen, sample, verify};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever text, wherever the seals fall, from whatever record: what went in comes out.
    #[test]
    fn what_is_sealed_is_read(
        batches in prop::collection::vec(prop::collection::vec(any::<String>(), 0..12), 1..6),
        from in 0_u64..50,
        encrypted in any::<bool>(),
    ) {
        let archive = in_memory(encrypted);
        let mut tail = MemoryTail::new();
        let mut expected = Vec::new();
        for batch in batches {
            for text in batch {
                let body = serde_json::to_string(&text).unwrap();
                tail.push(&format!(r#""time":1,"run":"00c0ffee00c0ffee","kind":"message","body":{body}"#), Vec::new());
                expected.push(tail.lines().last().unwrap().json.clone());
            }
            archive.seal(JOURNAL, &mut tail, true).unwrap();
        }
        let archive = reopen(archive.store().clone());
        let read: Vec<String> = records(&archive, JOURNAL, from).into_iter().map(|line| line.json).collect();
        let skip = usize::try_from(from.saturating_sub(1)).unwrap();
        prop_assert_eq!(read.as_slice(), expected.get(skip..).unwrap_or_default());
        prop_assert!(verify(&archive, Default::default()).1.is_empty());
    }
}

#[test]
fn records_parse_and_heads_are_known() {
    let archive = in_memory(true);
    let tail = sample(&archive);
    let lines = records(&archive, JOURNAL, 1);
    assert_eq!(lines.len(), 63);
    let record: Record = lines[1].record().unwrap();
    assert_eq!(
        (record.seq, record.chat, record.id, record.layer),
        (2, Some(-1_001_234), Some(2), Some(230))
    );
    assert_eq!(archive.journals().unwrap(), ["other-source", JOURNAL]);
    assert_eq!(archive.head(JOURNAL).unwrap(), tail.head().unwrap());
    assert_eq!(archive.head("nothing").unwrap(), None);
    assert!(records(&archive, "nothing", 1).is_empty());
}

/// An incremental reader starts at the right segment: damage before it does not concern it.
#[test]
fn reading_from_a_record_leaves_earlier_segments_alone() {
    let archive = in_memory(true);
    sample(&archive);
    archive
        .store()
        .replace("journals/telegram-1/00000001.jsonl.zst.age", b"gone")
        .unwrap();
    let lines = records(&archive, JOURNAL, 25);
    assert_eq!((lines.first().unwrap().seq, lines.len()), (25, 39));
    let error = archive
        .records(JOURNAL, 21)
        .unwrap()
        .find_map(Result::err)
        .unwrap();
    assert!(
        matches!(error, Error::Damaged { file, .. } if file.ends_with("00000001.jsonl.zst.age"))
    );
}

#[test]
fn a_missing_segment_in_the_middle_is_an_error_not_an_end() {
    for file in ["00000002.jsonl.zst.age", "00000002.seal.json"] {
        let archive = in_memory(true);
        sample(&archive);
        archive
            .store()
            .delete(&format!("journals/{JOURNAL}/{file}"))
            .unwrap();
        let outcome = archive
            .records(JOURNAL, 1)
            .and_then(|records| records.collect::<Result<Vec<_>, _>>());
        assert!(outcome.is_err(), "{file}");
    }
}

#[test]
fn large_tails_are_cut_and_the_remainder_waits() {
    let archive = in_memory(true);
    let mut tail = MemoryTail::new();
    let text = "x".repeat(100_000);
    for id in 1..=400 {
        tail.push(
            &format!(
                r#""time":1,"run":"00c0ffee00c0ffee","kind":"message","id":{id},"body":"{text}""#
            ),
            Vec::new(),
        );
    }
    let head = archive.seal(JOURNAL, &mut tail, false).unwrap().unwrap();
    assert_eq!(head.segment, 2);
    assert!(
        tail.lines().len() > 50 && tail.lines().len() < 100,
        "{}",
        tail.lines().len()
    );
    assert_eq!(
        archive.seal(JOURNAL, &mut tail, false).unwrap().unwrap(),
        head,
        "nothing more to cut"
    );
    assert_eq!(
        archive
            .seal(JOURNAL, &mut tail, true)
            .unwrap()
            .unwrap()
            .segment,
        3
    );
    assert!(tail.lines().is_empty());
    assert_eq!(records(&archive, JOURNAL, 1).len(), 400);
    assert!(verify(&archive, Default::default()).1.is_empty());
}

#[test]
fn small_tails_wait_for_all() {
    let archive = in_memory(false);
    let mut tail = MemoryTail::new();
    tail.push(&message(1), Vec::new());
    assert_eq!(archive.seal(JOURNAL, &mut tail, false).unwrap(), None);
    assert_eq!(
        archive
            .seal(JOURNAL, &mut tail, true)
            .unwrap()
            .unwrap()
            .last,
        1
    );
    assert_eq!(
        archive
            .seal(JOURNAL, &mut tail, true)
            .unwrap()
            .unwrap()
            .segment,
        1,
        "an empty tail seals nothing"
    );
}

/// A tail that gives what it is told to.
struct Fixed(Vec<TailLine>);

impl Tail for Fixed {
    type Error = std::convert::Infallible;

    fn head(&self) -> Result<Option<telekeep_journal::Head>, Self::Error> {
        Ok(None)
    }

    fn read(&self, from: u64, _: usize) -> Result<Vec<TailLine>, Self::Error> {
        Ok(self
            .0
            .iter()
            .skip(usize::try_from(from).unwrap() - 1)
            .cloned()
            .collect())
    }

    fn sealed(&mut self, _: &telekeep_journal::Head) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[test]
fn lines_that_would_break_a_segment_are_refused() {
    let line = |seq, json: String| TailLine {
        seq,
        json,
        blobs: Vec::new(),
    };
    let good = |seq| line(seq, format!("{{\"seq\":{seq},{}}}", message(seq)));
    let huge = format!(
        "{{\"seq\":2,\"body\":\"{}\"}}",
        "x".repeat(MAX_RECORD_BYTES)
    );
    for bad in [
        good(3),
        line(2, "{\"seq\":2,\n}".to_owned()),
        line(2, "{}".to_owned()),
        line(2, huge),
    ] {
        let archive = in_memory(true);
        let outcome = archive.seal(JOURNAL, &mut Fixed(vec![good(1), bad]), true);
        assert!(
            matches!(outcome, Err(Error::BadRecord { seq: 2, .. })),
            "{outcome:?}"
        );
        assert!(archive.journals().unwrap().is_empty());
    }
}

#[test]
fn the_longest_record_fits() {
    let archive = in_memory(true);
    let mut tail = MemoryTail::new();
    let empty = format!(
        "{{\"seq\":1,{}}}",
        r#""time":1,"run":"00c0ffee00c0ffee","kind":"raw","body":"""#
    )
    .len();
    let body = "y".repeat(MAX_RECORD_BYTES - empty);
    for _ in 0..2 {
        tail.push(
            &format!(r#""time":1,"run":"00c0ffee00c0ffee","kind":"raw","body":"{body}""#),
            Vec::new(),
        );
    }
    archive.seal(JOURNAL, &mut tail, true).unwrap();
    assert_eq!(records(&archive, JOURNAL, 1).len(), 2);
    assert!(verify(&archive, Default::default()).1.is_empty());
}
