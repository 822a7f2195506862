//! The suite every [`Store`] must pass: what the rest of the format takes for granted.

use std::io::{Read, Seek, Write};

use super::{Store, StoreError, StoreErrorKind};

type Outcome = Result<(), String>;

/// Runs the suite on an empty store. The error says which promise was broken.
pub fn check_store(store: &dyn Store) -> Outcome {
    new_files(store)?;
    no_overwriting(store)?;
    ranges(store)?;
    staging(store)?;
    replacing(store)?;
    listing(store)?;
    deleting(store)?;
    bad_paths(store)
}

fn must(condition: bool, promise: &str) -> Outcome {
    if condition {
        Ok(())
    } else {
        Err(promise.to_owned())
    }
}

fn text(error: StoreError) -> String {
    error.to_string()
}

fn fails<T>(result: Result<T, StoreError>, kind: StoreErrorKind) -> bool {
    result.is_err_and(|error| error.kind == kind)
}

fn new_files(store: &dyn Store) -> Outcome {
    store.put_new("c/a/one", b"first").map_err(text)?;
    store.put_new("c/empty", b"").map_err(text)?;
    must(
        store.get("c/a/one").map_err(text)? == b"first",
        "a file reads back as written",
    )?;
    must(
        store.stat("c/a/one").map_err(text)? == 5,
        "stat gives the size",
    )?;
    must(
        store.stat("c/empty").map_err(text)? == 0,
        "an empty file is a file",
    )?;
    must(
        fails(store.get("c/none"), StoreErrorKind::NotFound),
        "get of a missing file says NotFound",
    )?;
    must(
        fails(store.stat("c/none"), StoreErrorKind::NotFound),
        "stat of a missing file says NotFound",
    )?;
    must(
        fails(store.stat("c/a"), StoreErrorKind::NotFound),
        "a folder is not a file",
    )
}

fn no_overwriting(store: &dyn Store) -> Outcome {
    must(
        fails(
            store.put_new("c/a/one", b"second"),
            StoreErrorKind::AlreadyExists,
        ),
        "put_new never overwrites",
    )?;
    must(
        store.get("c/a/one").map_err(text)? == b"first",
        "a refused put changes nothing",
    )
}

fn ranges(store: &dyn Store) -> Outcome {
    let range = |offset, len| store.get_range("c/a/one", offset, len).map_err(text);
    must(range(1, 3)? == b"irs", "get_range gives the middle")?;
    must(range(3, 100)? == b"st", "get_range stops at the end")?;
    must(
        range(5, 1)?.is_empty() && range(99, 1)?.is_empty(),
        "get_range past the end is empty",
    )?;
    must(
        fails(store.get_range("c/none", 0, 1), StoreErrorKind::NotFound),
        "get_range of a missing file says NotFound",
    )
}

fn staging(store: &dyn Store) -> Outcome {
    let io = |e: std::io::Error| e.to_string();
    let mut staged = store.stage().map_err(text)?;
    staged.write_all(b"staged content").map_err(io)?;
    let mut back = String::new();
    staged.rewind().map_err(io)?;
    staged.read_to_string(&mut back).map_err(io)?;
    must(
        back == "staged content",
        "a staged file can be read before it is put",
    )?;
    store.put_staged("c/staged", staged).map_err(text)?;
    must(
        store.get("c/staged").map_err(text)? == b"staged content",
        "a staged file is put whole",
    )?;
    let mut again = store.stage().map_err(text)?;
    again.write_all(b"other").map_err(io)?;
    must(
        fails(
            store.put_staged("c/staged", again),
            StoreErrorKind::AlreadyExists,
        ),
        "put_staged never overwrites",
    )?;
    must(
        store.get("c/staged").map_err(text)? == b"staged content",
        "a refused put_staged changes nothing",
    )
}

fn replacing(store: &dyn Store) -> Outcome {
    for content in [&b"one"[..], b"second"] {
        store.replace("c/mutable", content).map_err(text)?;
        must(
            store.get("c/mutable").map_err(text)? == content,
            "replace writes new and old files",
        )?;
    }
    Ok(())
}

fn listing(store: &dyn Store) -> Outcome {
    let names = |prefix: &str| {
        let mut names = Vec::new();
        store
            .list(prefix, &mut |file| names.push((file.path, file.size)))
            .map_err(text)?;
        names.sort();
        Ok::<_, String>(names)
    };
    let all = [
        ("c/a/one", 5),
        ("c/empty", 0),
        ("c/mutable", 6),
        ("c/staged", 14),
    ]
    .map(|(p, s)| (p.to_owned(), s));
    must(names("")? == all, "list gives every file with its size")?;
    must(names("c/")? == all, "list of a folder is recursive")?;
    must(names("c/a/")? == all[..1], "list keeps to the folder")?;
    must(names("c/s")? == all[3..], "a prefix need not be a folder")?;
    must(names("none/")?.is_empty(), "list of nothing is empty")
}

fn deleting(store: &dyn Store) -> Outcome {
    for path in ["c/a/one", "c/empty", "c/mutable", "c/staged"] {
        store.delete(path).map_err(text)?;
        must(
            fails(store.get(path), StoreErrorKind::NotFound),
            "a deleted file is gone",
        )?;
        must(
            fails(store.delete(path), StoreErrorKind::NotFound),
            "deleting a missing file says NotFound",
        )?;
    }
    store.put_new("c/a/one", b"again").map_err(text)?;
    store.delete("c/a/one").map_err(text)
}

fn bad_paths(store: &dyn Store) -> Outcome {
    for path in [
        "",
        "/abs",
        "../up",
        "a/../../b",
        "a//b",
        "a/./b",
        "a\\b",
        "a\nb",
    ] {
        must(
            fails(store.put_new(path, b"x"), StoreErrorKind::BadPath),
            "put_new stays inside",
        )?;
        must(
            fails(store.replace(path, b"x"), StoreErrorKind::BadPath),
            "replace stays inside",
        )?;
        must(
            fails(store.get(path), StoreErrorKind::BadPath),
            "get stays inside",
        )?;
        must(
            fails(store.get_range(path, 0, 1), StoreErrorKind::BadPath),
            "get_range stays inside",
        )?;
        must(
            fails(store.stat(path), StoreErrorKind::BadPath),
            "stat stays inside",
        )?;
        must(
            fails(store.delete(path), StoreErrorKind::BadPath),
            "delete stays inside",
        )?;
    }
    Ok(())
}
