//! The FTS5 function `tg_places`: how long the columns of a row are and which phrases of the query are
//! in which of them. Ranking is made of that; FTS5's own bm25 would first count each phrase in the
//! whole index, which takes long for common words.

use std::ffi::c_int;

use rusqlite::ffi;

/// Columns told of: all but the last, which holds no words of people.
pub(crate) const COLUMNS: usize = 3;
/// Places told of, at most.
const MOST: c_int = 256;

/// What the function tells of a row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Words in each column.
    pub lengths: [u32; COLUMNS],
    /// (phrase, column) of each place.
    pub places: Vec<(u8, u8)>,
}

impl Places {
    /// Reads what the function gave.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut all = Self::default();
        let (lengths, places) = bytes.split_at_checked(4 * COLUMNS).unwrap_or((&[], &[]));
        for (length, bytes) in all.lengths.iter_mut().zip(lengths.as_chunks::<4>().0) {
            *length = u32::from_le_bytes(*bytes);
        }
        let places = places.as_chunks::<2>().0.iter();
        all.places = places.map(|&[phrase, column]| (phrase, column)).collect();
        all
    }
}

/// Makes the function known.
///
/// # Safety
/// `api` is the FTS5 API of an open connection that no other thread uses during the call.
#[allow(unsafe_code)]
pub(super) unsafe fn register(api: *mut ffi::fts5_api) -> c_int {
    // SAFETY: `api` is valid by the contract above; the name is copied by FTS5.
    unsafe {
        let Some(create) = api.as_ref().and_then(|api| api.xCreateFunction) else {
            return ffi::SQLITE_ERROR;
        };
        let name = c"tg_places".as_ptr();
        create(api, name, std::ptr::null_mut(), Some(places), None)
    }
}

#[allow(unsafe_code)]
unsafe extern "C" fn places(
    api: *const ffi::Fts5ExtensionApi,
    fts: *mut ffi::Fts5Context,
    context: *mut ffi::sqlite3_context,
    _count: c_int,
    _values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: FTS5 calls with pointers that are valid during the call. Nothing here panics: no
    // indexing, no arithmetic that can overflow.
    unsafe {
        let code = match gather(api, fts) {
            Ok(bytes) => {
                let length = c_int::try_from(bytes.len()).unwrap_or_default();
                let copy = ffi::SQLITE_TRANSIENT();
                ffi::sqlite3_result_blob(context, bytes.as_ptr().cast(), length, copy);
                return;
            }
            Err(code) => code,
        };
        ffi::sqlite3_result_error_code(context, code);
    }
}

/// # Safety
/// As FTS5 calls a function.
#[allow(unsafe_code)]
unsafe fn gather(
    api: *const ffi::Fts5ExtensionApi,
    fts: *mut ffi::Fts5Context,
) -> Result<Vec<u8>, c_int> {
    // SAFETY: by the contract; every pointer given to FTS5 is to a local variable.
    unsafe {
        let api = api.as_ref().ok_or(ffi::SQLITE_ERROR)?;
        let (Some(size), Some(count), Some(inst)) = (api.xColumnSize, api.xInstCount, api.xInst)
        else {
            return Err(ffi::SQLITE_ERROR);
        };
        let ok = |code: c_int| (code == ffi::SQLITE_OK).then_some(()).ok_or(code);
        let mut bytes = Vec::with_capacity(64);
        for column in 0..3 {
            let mut length = 0;
            ok(size(fts, column, &mut length))?;
            bytes.extend(u32::try_from(length).unwrap_or_default().to_le_bytes());
        }
        let mut places = 0;
        ok(count(fts, &mut places))?;
        for at in 0..places.min(MOST) {
            let (mut phrase, mut column, mut offset) = (0, 0, 0);
            ok(inst(fts, at, &mut phrase, &mut column, &mut offset))?;
            bytes.push(u8::try_from(phrase).unwrap_or(u8::MAX));
            bytes.push(u8::try_from(column).unwrap_or(u8::MAX));
        }
        Ok(bytes)
    }
}
