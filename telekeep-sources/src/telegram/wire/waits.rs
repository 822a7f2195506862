//! Pauses the server asked for, by method: a call that begins during one waits for its end instead
//! of running into the same error. Those an earlier run was told hold for this one, too.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// A pause as it is kept with the session, by the system's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPause {
    /// TL name of the method.
    pub method: String,
    /// When it was told, in seconds since 1970.
    pub told: u64,
    /// How long it is, in seconds.
    pub seconds: u64,
}

impl KeptPause {
    /// A pause that begins now.
    pub fn new(method: &str, wait: Duration, now: SystemTime) -> KeptPause {
        KeptPause {
            method: method.to_owned(),
            told: seconds(now),
            // Rounded up: early is worse than late.
            seconds: wait.as_secs().saturating_add(1),
        }
    }

    /// What is left of it. Nothing when the clock was set back behind its beginning: then nobody
    /// knows, and the server tells again.
    pub fn rest(&self, now: SystemTime) -> Option<Duration> {
        let passed = seconds(now).checked_sub(self.told)?;
        let rest = self.seconds.checked_sub(passed).filter(|rest| *rest > 0);
        rest.map(Duration::from_secs)
    }
}

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// The pause of one method.
#[derive(Debug, Clone, Copy)]
struct Pause {
    end: Instant,
    /// Whoever watches was told.
    told: bool,
}

/// Methods that must pause.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<HashMap<String, Pause>>);

impl Pauses {
    /// Those an earlier run was told and that are not over.
    pub fn kept(kept: &[KeptPause]) -> Pauses {
        let (now, instant) = (SystemTime::now(), Instant::now());
        let rest = |pause: &KeptPause| {
            let end = instant.checked_add(pause.rest(now)?)?;
            Some((pause.method.clone(), Pause { end, told: false }))
        };
        Pauses(Mutex::new(kept.iter().filter_map(rest).collect()))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Pause>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Pauses a method from now on. True when this is news: no pause as long was known.
    pub fn begin(&self, method: &str, wait: Duration, now: Instant) -> bool {
        let mut pauses = self.lock();
        pauses.retain(|_, pause| pause.end > now);
        let end = now + wait;
        let known = pauses.get(method).map(|pause| pause.end);
        if known.is_none_or(|known| known < end) {
            pauses.insert(method.to_owned(), Pause { end, told: true });
        }
        known.is_none_or(|known| known + Duration::from_secs(1) < end)
    }

    /// End of a pause of this method that is not over yet.
    pub fn end(&self, method: &str, now: Instant) -> Option<Instant> {
        let pauses = self.lock();
        let end = pauses.get(method).map(|pause| pause.end);
        end.filter(|end| *end > now)
    }

    /// Pauses are those of a login: another one has none.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// True once for a pause that nobody was told yet.
    pub fn is_news(&self, method: &str) -> bool {
        let mut pauses = self.lock();
        let pause = pauses.get_mut(method).filter(|pause| !pause.told);
        pause.map(|pause| pause.told = true).is_some()
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

    #[test]
    fn kept_pauses_hold_for_what_is_left_of_them() {
        let second = Duration::from_secs(1);
        let told = SystemTime::UNIX_EPOCH + 1000 * second;
        let kept = KeptPause::new("a", 10 * second, told);
        assert_eq!(kept.rest(told), Some(11 * second));
        assert_eq!(kept.rest(told + 4 * second), Some(7 * second));
        assert_eq!(kept.rest(told + 11 * second), None);
        assert_eq!(kept.rest(told - second), None, "the clock was set back");
        let mad = KeptPause {
            seconds: u64::MAX,
            ..kept
        };
        assert!(mad.rest(told).is_some());
        let now = SystemTime::now();
        let pauses = Pauses::kept(&[
            KeptPause::new("b", 60 * second, now),
            KeptPause::new("c", second, now - 60 * second),
        ]);
        assert!(pauses.end("b", Instant::now()).is_some());
        assert_eq!(pauses.end("c", Instant::now()), None);
        assert!(pauses.is_news("b") && !pauses.is_news("b") && !pauses.is_news("c"));
    }
}
