//! The first connections of a process. A test of its own process: only the first ones are in danger.

#![allow(clippy::unwrap_used)]

use std::sync::Barrier;

use telekeep_sqlite::{connect, create_private};

#[test]
fn many_threads_may_open_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let barrier = Barrier::new(24);
    std::thread::scope(|scope| {
        for n in 0..24_u8 {
            let (barrier, path) = (&barrier, folder.path().join(n.to_string()));
            scope.spawn(move || {
                create_private(&path).unwrap();
                barrier.wait();
                let db = connect(&path, Some(&[n; 32])).unwrap();
                db.execute_batch("CREATE TABLE kept (id)").unwrap();
            });
        }
    });
    for n in 0..24_u8 {
        let path = folder.path().join(n.to_string());
        assert!(
            !std::fs::read(&path)
                .unwrap()
                .starts_with(b"SQLite format 3")
        );
        let tables = |key: u8| -> rusqlite::Result<i64> {
            let db = connect(&path, Some(&[key; 32]))?;
            db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        };
        assert_eq!(tables(n).unwrap(), 1);
        let wrong = tables(n + 1).unwrap_err().sqlite_error_code();
        assert_eq!(wrong, Some(rusqlite::ErrorCode::NotADatabase));
    }
}
