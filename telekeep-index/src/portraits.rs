//! Photos of people and chats, as far as files of them are held.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::{Doing as _, IndexError};

/// What there is of a photo of somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portrait {
    /// Keys of the renditions held (`photo/ID/TYPE`, or `portrait/ID/PEER` as it was seen beside
    /// messages), in no order that means something.
    pub files: Vec<String>,
    /// Tiny preview: base64 of Telegram's stripped JPEG.
    pub thumb: Option<String>,
}

/// See [`crate::Index::portrait`].
pub(crate) fn portrait(db: &Connection, id: i64) -> Result<Portrait, IndexError> {
    let found = db
        .prepare_cached("SELECT photo, thumb FROM peer WHERE id = ?1")
        .and_then(|mut select| {
            let photo = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            select.query_row([id], photo).optional()
        })
        .doing("reading a peer")?;
    let (photo, thumb): (Option<i64>, Option<String>) = found.unwrap_or_default();
    let files = match photo {
        Some(photo) => photo_files(db, photo)?,
        None => Vec::new(),
    };
    Ok(Portrait { files, thumb })
}

/// See [`crate::Index::photo_files`].
pub(crate) fn photo_files(db: &Connection, photo: i64) -> Result<Vec<String>, IndexError> {
    let mut files = held(db, "photo", photo)?;
    let still = |file: &String| file.matches('/').count() == 2;
    files.retain(still);
    if files.is_empty() {
        return held(db, "portrait", photo);
    }
    Ok(files)
}

/// Files whose keys begin with these two words.
fn held(db: &Connection, word: &str, photo: i64) -> Result<Vec<String>, IndexError> {
    // `0` is the character after `/`.
    let (from, to) = (format!("{word}/{photo}/"), format!("{word}/{photo}0"));
    db.prepare_cached("SELECT file FROM media WHERE file > ?1 AND file < ?2 LIMIT 20")
        .and_then(|mut select| {
            let rows = select.query_map(params![from, to], |row| row.get(0))?;
            rows.collect()
        })
        .doing("looking up a photo")
}
