//! What is gathered must be what FTS5 makes of the same rows, byte by byte.

use std::{collections::BTreeMap, path::Path, sync::mpsc::sync_channel};

use proptest::prelude::*;
use rusqlite::{Connection, params};

use super::{aside::Aside, merge::merge, run::Run};
use crate::{apply::line::Words, open, tokenizer::Tokenizer};

const KEY: Option<&open::Key> = Some(&[7; 32]);

/// An empty index, with leaves of so many bytes in its full-text table.
fn empty(path: &Path, leaf_size: usize) -> Connection {
    drop(open::open(path, KEY, open::Use::Build).unwrap());
    let db = open::open(path, KEY, open::Use::Build).unwrap();
    db.execute(
        "INSERT INTO words (words, rank) VALUES ('pgsz', ?1)",
        [i64::try_from(leaf_size).unwrap()],
    )
    .unwrap();
    drop(db);
    open::open(path, KEY, open::Use::Build).unwrap()
}

fn words(text: &str, meta: &str) -> Words {
    let mut tokenizer = Tokenizer::default();
    Words {
        text: tokenizer.prepare(text),
        meta: tokenizer.prepare(meta),
        ..Words::default()
    }
}

/// What the tables of a full-text table hold, without what numbers its segments.
#[derive(PartialEq)]
struct Content {
    pages: Vec<(i64, Vec<u8>)>,
    leaves: Vec<(Vec<u8>, i64)>,
    sizes: Vec<(i64, Vec<u8>)>,
    sums: Vec<u8>,
}

fn content(db: &Connection) -> Content {
    fn all<A: rusqlite::types::FromSql, B: rusqlite::types::FromSql>(
        db: &Connection,
        sql: &str,
    ) -> Vec<(A, B)> {
        let mut select = db.prepare(sql).unwrap();
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }
    Content {
        // Below the number of the segment.
        pages: all(
            db,
            "SELECT id & ((1 << 37) - 1), block FROM words_data WHERE id > 10 ORDER BY id",
        ),
        leaves: all(db, "SELECT term, pgno FROM words_idx ORDER BY term"),
        sizes: all(db, "SELECT id, sz FROM words_docsize ORDER BY id"),
        sums: all::<i64, _>(db, "SELECT id, block FROM words_data WHERE id = 1")
            .remove(0)
            .1,
    }
}

/// What FTS5 makes of rows written at several times, after its `optimize`.
fn by_fts5(db: &Connection, rows: &BTreeMap<i64, Words>, leaf_size: usize) -> Content {
    let set = |name: &str, value: usize| {
        let value = i64::try_from(value).unwrap();
        db.execute(
            "INSERT INTO words (words, rank) VALUES (?1, ?2)",
            params![name, value],
        )
        .unwrap();
    };
    // Segments of one leaf each: where a list goes on to another leaf, a merge divides it once more,
    // and so would differ by what it was made from.
    set("pgsz", 64 << 10);
    set("automerge", 0);
    set("crisismerge", 1999);
    let mut put = db
        .prepare("INSERT INTO words (rowid, text, file, past, meta) VALUES (?1, ?2, ?3, ?4, ?5)")
        .unwrap();
    let parts = rows.len() / 50 + 2;
    for part in 0..parts {
        db.execute_batch("BEGIN").unwrap();
        for (rid, words) in rows.iter().skip(part).step_by(parts) {
            put.execute(params![rid, words.text, words.file, words.past, words.meta])
                .unwrap();
        }
        db.execute_batch("COMMIT").unwrap();
    }
    set("pgsz", leaf_size);
    db.execute("INSERT INTO words (words) VALUES ('optimize')", [])
        .unwrap();
    content(db)
}

/// A step of gathering.
#[derive(Clone, Debug)]
enum Step {
    Put(i64, String, String),
    Remove(i64),
    /// The run is put aside.
    Aside,
}

/// Gathers; what should be there then.
fn gather(path: &Path, steps: &[Step], db: &Connection, leaf_size: usize) -> BTreeMap<i64, Words> {
    let mut aside = Aside::create(path, KEY).unwrap();
    let (mut run, mut runs) = (Run::default(), 0);
    let mut rows = BTreeMap::new();
    for step in steps {
        match step {
            Step::Put(rid, text, meta) => {
                if rows.insert(*rid, words(text, meta)).is_some() {
                    run.remove(*rid);
                }
                run.put(*rid, &words(text, meta));
            }
            Step::Remove(rid) => {
                rows.remove(rid);
                run.remove(*rid);
            }
            Step::Aside => {
                run.put_aside(&mut aside, runs).unwrap();
                runs += 1;
            }
        }
    }
    run.put_aside(&mut aside, runs).unwrap();
    let (send, pages) = sync_channel(1 << 20);
    let merged = merge(&aside, runs + 1, leaf_size, &send).unwrap();
    drop(send);
    for page in pages.into_iter().flatten() {
        page.put(db).unwrap();
    }
    merged.store(db).unwrap();
    rows
}

/// Compares. The numbers of the pages there are.
fn same(steps: &[Step], leaf_size: usize) -> Vec<i64> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let ours = empty(&path("ours"), leaf_size);
    let rows = gather(&path("aside"), steps, &ours, leaf_size);
    let wanted = by_fts5(&empty(&path("fts5"), leaf_size), &rows, leaf_size);
    let found = content(&ours);
    assert_eq!(found.sizes, wanted.sizes);
    // The segment of a single row is not merged with anything and stays as FTS5 first wrote it.
    if rows.len() > 1 {
        assert_eq!(found.leaves, wanted.leaves);
        for (found, wanted) in found.pages.iter().zip(&wanted.pages) {
            assert_eq!(found, wanted);
        }
        assert_eq!(found.pages.len(), wanted.pages.len());
    }
    assert!(rows.is_empty() || found.sums == wanted.sums);
    drop(ours);
    lives_on(&path("ours"), &rows);
    found.pages.into_iter().map(|(id, _)| id).collect()
}

/// It is a table like any other: whole, more rows, fewer rows, merging.
fn lives_on(path: &Path, rows: &BTreeMap<i64, Words>) {
    let db = open::open(path, KEY, open::Use::Write).unwrap();
    let check = || {
        db.execute(
            "INSERT INTO words (words, rank) VALUES ('integrity-check', 0)",
            [],
        )
        .unwrap();
    };
    let count = || -> i64 {
        db.query_row(
            "SELECT count(*) FROM words WHERE words MATCH 'new'",
            [],
            |row| row.get(0),
        )
        .unwrap()
    };
    check();
    let last = rows.last_key_value().map_or(0, |(rid, _)| *rid);
    let new = words("new red", "a").text;
    for rid in [last + 1, last + 2] {
        db.execute(
            "INSERT INTO words (rowid, text) VALUES (?1, ?2)",
            params![rid, new],
        )
        .unwrap();
    }
    assert_eq!(count(), 2);
    for rid in rows.keys().step_by(3).copied().chain([last + 1]) {
        db.execute("DELETE FROM words WHERE rowid = ?1", [rid])
            .unwrap();
    }
    assert_eq!(count(), 1);
    check();
    db.execute("INSERT INTO words (words) VALUES ('optimize')", [])
        .unwrap();
    check();
    let found = content(&db).sizes.len();
    assert_eq!(found, rows.len() - rows.len().div_ceil(3) + 1);
}

#[test]
fn long_lists_and_many_leaves_are_as_fts5_writes_them() {
    let colours = ["red", "green", "blue", "红色的鸟", "été", "x"];
    let put = |at: i64| {
        let word = |step: i64| colours[usize::try_from(at / step % 6).unwrap()];
        let text = format!(
            "{} {} n{at} {}",
            word(1),
            word(7),
            "many ".repeat((at % 40) as usize)
        );
        Step::Put((at * 7919) % 25_013 + 1, text, "a c1 kphoto".to_owned())
    };
    // FTS5 merges a thousand leaves at a time and begins a new leaf then; stay below that. 64 bytes
    // make indexes of rows that are several pages high.
    for (rows, leaf_size) in [(700, 64), (4000, 400), (20_000, open::LEAF_SIZE)] {
        let mut steps: Vec<Step> = (0..rows).map(put).collect();
        for part in [7, 4, 1] {
            steps.insert(steps.len() / 8 * part, Step::Aside);
        }
        let pages = same(&steps, leaf_size);
        let height = pages.iter().map(|id| id >> 31 & 31).max();
        assert!(leaf_size > 64 || height >= Some(1), "{height:?}");
    }
}

#[test]
fn nothing_gathered_is_an_empty_table() {
    same(&[], open::LEAF_SIZE);
    same(
        &[
            Step::Put(3, "gone".to_owned(), String::new()),
            Step::Remove(3),
        ],
        100,
    );
    let text = "gone".to_owned();
    same(
        &[
            Step::Put(3, text, String::new()),
            Step::Aside,
            Step::Remove(3),
        ],
        100,
    );
}

fn step() -> impl Strategy<Value = Step> {
    let text = prop_oneof![
        "[abc ]{0,30}",
        "(red|green|b|红|色|é| ){0,20}",
        "[a-z]{1,200}",
        "(x ){0,300}",
    ];
    prop_oneof![
        10 => (1..300_i64, text, "(a|c1|s7| ){0,4}").prop_map(|(rid, text, meta)| Step::Put(rid, text, meta)),
        2 => (1..300_i64).prop_map(Step::Remove),
        1 => Just(Step::Aside),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_rows_are_as_fts5_writes_them(
        steps in proptest::collection::vec(step(), 0..120),
        leaf_size in prop_oneof![Just(64_usize), 65..400_usize, Just(open::LEAF_SIZE)],
    ) {
        same(&steps, leaf_size);
    }
}
