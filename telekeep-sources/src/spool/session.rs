//! The Telegram session lives in the spool, encrypted with it.

use super::Spool;
use super::error::SpoolError;
use super::tx::{meta, remove_meta, set_meta};
use crate::telegram::wire::{Session, SessionStore, SessionStoreError};

const NAME: &str = "session";

impl SessionStore for Spool {
    fn load(&self) -> Result<Option<Session>, SessionStoreError> {
        let stored = meta(&self.writing(), NAME).map_err(failed("read"))?;
        let Some(bytes) = stored.map(zeroize::Zeroizing::new) else {
            return Ok(None);
        };
        let damaged = SpoolError::Damaged { what: "session" };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| failed("read")(damaged))
    }

    fn save(&self, session: &Session) -> Result<(), SessionStoreError> {
        let damaged = |_| failed("written")(SpoolError::Damaged { what: "session" });
        let bytes = zeroize::Zeroizing::new(serde_json::to_vec(session).map_err(damaged)?);
        set_meta(&self.writing(), NAME, &bytes).map_err(failed("written"))
    }

    fn clear(&self) -> Result<(), SessionStoreError> {
        remove_meta(&self.writing(), NAME).map_err(failed("removed"))
    }
}

fn failed(action: &'static str) -> impl FnOnce(SpoolError) -> SessionStoreError {
    move |error| SessionStoreError {
        action,
        source: Box::new(error),
    }
}
