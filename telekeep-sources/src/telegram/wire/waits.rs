//! Pauses the server asked for, by method: a call that begins during one waits for its end instead
//! of running into the same error.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Methods that must pause.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<HashMap<String, Instant>>);

impl Pauses {
    /// Pauses a method from now on. True when this is news: no pause as long was known.
    pub fn begin(&self, method: &str, wait: Duration, now: Instant) -> bool {
        let mut pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.retain(|_, end| *end > now);
        let end = now + wait;
        let news = pauses
            .get(method)
            .is_none_or(|known| *known + Duration::from_secs(1) < end);
        if pauses.get(method).is_none_or(|known| *known < end) {
            pauses.insert(method.to_owned(), end);
        }
        news
    }

    /// End of a pause of this method that is not over yet.
    pub fn end(&self, method: &str, now: Instant) -> Option<Instant> {
        let pauses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pauses.get(method).copied().filter(|end| *end > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_holds_for_its_method_until_its_end() {
        let (pauses, now) = (Pauses::default(), Instant::now());
        let second = Duration::from_secs(1);
        assert!(pauses.begin("a", 10 * second, now));
        assert!(
            !pauses.begin("a", 5 * second, now),
            "a shorter pause is no news"
        );
        assert_eq!(pauses.end("a", now), Some(now + 10 * second));
        assert_eq!(pauses.end("b", now), None);
        assert_eq!(pauses.end("a", now + 10 * second), None);
        assert!(pauses.begin("a", second, now + 11 * second));
    }
}
