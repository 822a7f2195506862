//! Registers the tokenizer with FTS5, through SQLite's C interface: with `places.rs` the only unsafe
//! code here.
//!
//! FTS5 hands out its API as a pointer bound to a statement (`SELECT fts5(?1)`). A tokenizer belongs
//! to a connection, so this runs on every one, after its key was set.

use std::{
    ffi::{c_char, c_int, c_void},
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr, slice,
};

use rusqlite::{Connection, ffi};

use super::{Mode, Token, Tokenizer};

type XToken = unsafe extern "C" fn(*mut c_void, c_int, *const c_char, c_int, c_int, c_int) -> c_int;

/// Makes `tokenize = 'tg2'` and the function `tg_places` known on this connection.
pub(crate) fn register(connection: &Connection) -> Result<(), rusqlite::Error> {
    #[allow(unsafe_code)]
    // SAFETY: the handle is that of an open connection, borrowed for the whole call.
    let code = unsafe { register_raw(connection.handle()) };
    match code {
        ffi::SQLITE_OK => Ok(()),
        code => Err(rusqlite::Error::SqliteFailure(
            ffi::Error::new(code),
            Some("FTS5 does not take our tokenizer".to_owned()),
        )),
    }
}

/// # Safety
/// `db` is an open connection that no other thread uses during the call.
#[allow(unsafe_code)]
unsafe fn register_raw(db: *mut ffi::sqlite3) -> c_int {
    // SAFETY: every pointer given to SQLite here is valid for the duration of its call; `api` is
    // written by FTS5 during `step` and belongs to the connection; the structures it reads are
    // copied by `xCreateTokenizer_v2`.
    unsafe {
        let mut statement = ptr::null_mut();
        let sql = c"SELECT fts5(?1)";
        let code = ffi::sqlite3_prepare_v2(db, sql.as_ptr(), -1, &mut statement, ptr::null_mut());
        if code != ffi::SQLITE_OK {
            return code;
        }
        let mut api: *mut ffi::fts5_api = ptr::null_mut();
        let target = ptr::from_mut(&mut api).cast::<c_void>();
        ffi::sqlite3_bind_pointer(statement, 1, target, c"fts5_api_ptr".as_ptr(), None);
        ffi::sqlite3_step(statement);
        ffi::sqlite3_finalize(statement);
        let Some(create) = api.as_ref().and_then(|api| {
            if api.iVersion >= 3 {
                api.xCreateTokenizer_v2
            } else {
                None
            }
        }) else {
            return ffi::SQLITE_ERROR;
        };
        let mut tokenizer = ffi::fts5_tokenizer_v2 {
            iVersion: 2,
            xCreate: Some(create_tokenizer),
            xDelete: Some(delete_tokenizer),
            xTokenize: Some(tokenize),
        };
        match create(api, c"tg2".as_ptr(), ptr::null_mut(), &mut tokenizer, None) {
            ffi::SQLITE_OK => super::places::register(api),
            code => code,
        }
    }
}

#[allow(unsafe_code)]
unsafe extern "C" fn create_tokenizer(
    _context: *mut c_void,
    _arguments: *mut *const c_char,
    _count: c_int,
    out: *mut *mut ffi::Fts5Tokenizer,
) -> c_int {
    let tokenizer = Box::into_raw(Box::<Tokenizer>::default());
    // SAFETY: FTS5 gives a valid place for the result; it only passes the pointer back to us.
    unsafe { *out = tokenizer.cast() };
    ffi::SQLITE_OK
}

#[allow(unsafe_code)]
unsafe extern "C" fn delete_tokenizer(tokenizer: *mut ffi::Fts5Tokenizer) {
    // SAFETY: made by `create_tokenizer`, and deleted once.
    drop(unsafe { Box::from_raw(tokenizer.cast::<Tokenizer>()) });
}

#[allow(unsafe_code, clippy::too_many_arguments)]
unsafe extern "C" fn tokenize(
    tokenizer: *mut ffi::Fts5Tokenizer,
    context: *mut c_void,
    flags: c_int,
    text: *const c_char,
    length: c_int,
    _locale: *const c_char,
    _locale_length: c_int,
    token: Option<XToken>,
) -> c_int {
    let Some(token) = token else {
        return ffi::SQLITE_MISUSE;
    };
    // SAFETY: FTS5 passes `length` readable bytes (or none), and a tokenizer that
    // `create_tokenizer` made and that no other call uses at the same time.
    let (bytes, tokenizer) = unsafe {
        let length = usize::try_from(length).unwrap_or_default();
        let bytes = match text.is_null() {
            true => &[][..],
            false => slice::from_raw_parts(text.cast::<u8>(), length),
        };
        (bytes, &mut *tokenizer.cast::<Tokenizer>())
    };
    let mode = if flags & ffi::FTS5_TOKENIZE_QUERY != 0 {
        Mode::Query
    } else {
        Mode::Document
    };
    // A panic must not cross into C. Whatever state it left behind is reset by the next run.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let text = String::from_utf8_lossy(bytes);
        let mut code = ffi::SQLITE_OK;
        let mut each = |found: Token<'_>| {
            code = give(token, context, found);
            if code == ffi::SQLITE_OK {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        };
        let _ = match mode {
            Mode::Document => super::tokens(&text, &mut each),
            Mode::Query => tokenizer.run(&text, mode, &mut each),
        };
        code
    }));
    outcome.unwrap_or(ffi::SQLITE_ERROR)
}

#[allow(unsafe_code)]
fn give(token: XToken, context: *mut c_void, found: Token<'_>) -> c_int {
    let flags = if found.colocated {
        ffi::FTS5_TOKEN_COLOCATED
    } else {
        0
    };
    let int = |length: usize| c_int::try_from(length).unwrap_or(c_int::MAX);
    let text = found.text.as_bytes();
    // SAFETY: the callback reads `text.len()` bytes during the call; `context` is its own.
    unsafe {
        token(
            context,
            flags,
            text.as_ptr().cast(),
            int(text.len()),
            int(found.start),
            int(found.end),
        )
    }
}
