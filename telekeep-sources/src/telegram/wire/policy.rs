//! What to do about a failed call: pure functions of the failure, what was tried before, and the
//! limits. Nothing here waits, connects or looks at a clock.

use std::time::Duration;

use super::error::RpcError;

/// How patient the client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Repetitions of a call after passing errors (lost connections, -503, 500, no answer).
    pub attempts: u32,
    /// Pause before the first repetition; it doubles each time.
    pub first_pause: Duration,
    /// Longest pause between repetitions.
    pub longest_pause: Duration,
    /// Longest pause a server may ask for; longer ones are reported to the caller.
    pub max_wait: Duration,
    /// How often in a row one call may be asked to wait.
    pub floods: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            attempts: 10,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
            max_wait: Duration::from_secs(3600),
            floods: 100,
        }
    }
}

/// What went wrong with one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The server answered an error.
    Rpc(RpcError),
    /// The connection was lost before the answer.
    Lost,
    /// There was no answer in time.
    NoAnswer,
    /// No connection could be made; `passing` when it may work later.
    NotConnected {
        /// Trying again may help.
        passing: bool,
    },
    /// The server does not know the authorization key (transport error 404).
    KeyUnknown,
}

/// What happened to this call before, and where it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tried {
    /// Passing errors so far.
    pub passing: u32,
    /// Waits asked for so far.
    pub floods: u32,
    /// Changes of data centre so far.
    pub moves: u32,
    /// Copies of the authorization so far.
    pub copies: u32,
}

/// Where a call was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The home data centre of the account.
    pub home: bool,
    /// Somebody is signed in.
    pub signed_in: bool,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Repeat after this pause.
    Repeat(Duration),
    /// The server asked for a pause of this method; repeat after it.
    Pause {
        /// How long, with jitter.
        wait: Duration,
        /// It is the download speed limit of accounts without Premium.
        premium: bool,
    },
    /// The server asks for a longer pause than allowed.
    TooLong(Duration),
    /// The account lives in another data centre: make it the home and repeat there.
    MoveHome(i32),
    /// Only this request belongs to another data centre.
    MoveRequest(i32),
    /// The data centre does not know the account: copy the authorization there and repeat.
    CopyAuthorization,
    /// The authorization key is unknown there: make a new one and repeat.
    NewKey,
    /// The session is gone.
    Revoked,
    /// Nobody is signed in, but the method needs it.
    NotSignedIn,
    /// Passing errors did not pass.
    GiveUp,
    /// Hand the error to the caller.
    Report,
}

/// Most changes of data centre, and copies of the authorization, within one call.
const MOVES: u32 = 3;

/// Decides about one failure. `jitter` is between 0 and 1.
pub fn decide(
    failure: &Failure,
    place: Place,
    tried: Tried,
    limits: &Limits,
    jitter: f64,
) -> Decision {
    match failure {
        Failure::Rpc(error) => decide_rpc(error, place, tried, limits, jitter),
        Failure::Lost | Failure::NoAnswer | Failure::NotConnected { passing: true } => {
            repeat(tried, limits, jitter)
        }
        Failure::NotConnected { passing: false } => Decision::GiveUp,
        Failure::KeyUnknown if place.home && place.signed_in => Decision::Revoked,
        Failure::KeyUnknown if tried.copies < MOVES => Decision::NewKey,
        Failure::KeyUnknown => Decision::GiveUp,
    }
}

fn decide_rpc(
    error: &RpcError,
    place: Place,
    tried: Tried,
    limits: &Limits,
    jitter: f64,
) -> Decision {
    let number = error.value.and_then(|value| u32::try_from(value).ok());
    match (error.code, error.name.as_str(), number) {
        (420, "FLOOD_WAIT" | "FLOOD_PREMIUM_WAIT" | "FLOOD_TEST_PHONE_WAIT", Some(seconds)) => {
            flood(
                error.is("FLOOD_PREMIUM_WAIT"),
                seconds,
                tried,
                limits,
                jitter,
            )
        }
        (303, name, Some(dc)) if tried.moves < MOVES => match (name, i32::try_from(dc)) {
            ("PHONE_MIGRATE" | "NETWORK_MIGRATE" | "USER_MIGRATE", Ok(dc)) => {
                Decision::MoveHome(dc)
            }
            ("FILE_MIGRATE" | "STATS_MIGRATE", Ok(dc)) => Decision::MoveRequest(dc),
            _ => Decision::Report,
        },
        (401, "AUTH_KEY_UNREGISTERED", _) if !place.signed_in => Decision::NotSignedIn,
        (401, "AUTH_KEY_UNREGISTERED", _) if !place.home => match tried.copies < MOVES {
            true => Decision::CopyAuthorization,
            false => Decision::Report,
        },
        (_, name, _) if ends_session(name) => Decision::Revoked,
        (400, "CONNECTION_NOT_INITED" | "CONNECTION_LAYER_INVALID", _) => {
            repeat(tried, limits, jitter)
        }
        (code, _, _) if !(0..500).contains(&code) => repeat(tried, limits, jitter),
        _ => Decision::Report,
    }
}

/// Names that mean the session or the account is gone. `AUTH_KEY_UNREGISTERED` is among them only
/// at home; the other places are handled before.
fn ends_session(name: &str) -> bool {
    matches!(
        name,
        "AUTH_KEY_UNREGISTERED"
            | "AUTH_KEY_INVALID"
            | "AUTH_KEY_DUPLICATED"
            | "SESSION_REVOKED"
            | "SESSION_EXPIRED"
            | "USER_DEACTIVATED"
            | "USER_DEACTIVATED_BAN"
    )
}

fn flood(premium: bool, seconds: u32, tried: Tried, limits: &Limits, jitter: f64) -> Decision {
    let asked = Duration::from_secs(seconds.into());
    if asked > limits.max_wait || tried.floods >= limits.floods {
        return Decision::TooLong(asked);
    }
    // Never earlier than asked, and not everybody at the same moment.
    let extra = Duration::from_millis(50)
        + (asked / 20)
            .min(Duration::from_secs(5))
            .mul_f64(share(jitter));
    Decision::Pause {
        wait: asked + extra,
        premium,
    }
}

fn repeat(tried: Tried, limits: &Limits, jitter: f64) -> Decision {
    if tried.passing >= limits.attempts {
        return Decision::GiveUp;
    }
    Decision::Repeat(pause(tried.passing, limits, jitter))
}

/// The pause before repetition number `tried`, doubling from the first to the longest; the
/// jitter takes away up to half of it.
pub fn pause(tried: u32, limits: &Limits, jitter: f64) -> Duration {
    let doubled = limits.first_pause.saturating_mul(1 << tried.min(20));
    doubled
        .min(limits.longest_pause)
        .mul_f64(1.0 - share(jitter) / 2.0)
}

fn share(jitter: f64) -> f64 {
    if jitter.is_finite() {
        jitter.clamp(0.0, 1.0)
    } else {
        0.5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Place = Place {
        home: true,
        signed_in: true,
    };
    const AWAY: Place = Place {
        home: false,
        signed_in: true,
    };

    fn rpc(code: i32, message: &str) -> Failure {
        Failure::Rpc(RpcError::parse("messages.getHistory", code, message))
    }

    fn decide_first(failure: &Failure, place: Place) -> Decision {
        decide(failure, place, Tried::default(), &Limits::default(), 0.0)
    }

    #[test]
    fn floods_are_obeyed_up_to_the_limit() {
        let limits = Limits {
            max_wait: Duration::from_secs(60),
            ..Limits::default()
        };
        for jitter in [0.0, 0.5, 1.0, f64::NAN] {
            let decision = decide(
                &rpc(420, "FLOOD_WAIT_60"),
                HOME,
                Tried::default(),
                &limits,
                jitter,
            );
            let Decision::Pause {
                wait,
                premium: false,
            } = decision
            else {
                panic!("{decision:?}")
            };
            assert!(wait > Duration::from_secs(60) && wait < Duration::from_secs(66));
        }
        let decision = decide(
            &rpc(420, "FLOOD_WAIT_61"),
            HOME,
            Tried::default(),
            &limits,
            0.0,
        );
        assert_eq!(decision, Decision::TooLong(Duration::from_secs(61)));
        let decision = decide_first(&rpc(420, "FLOOD_PREMIUM_WAIT_3"), AWAY);
        assert!(matches!(decision, Decision::Pause { premium: true, .. }));
        let endless = Tried {
            floods: 100,
            ..Tried::default()
        };
        let decision = decide(&rpc(420, "FLOOD_WAIT_1"), HOME, endless, &limits, 0.0);
        assert_eq!(decision, Decision::TooLong(Duration::from_secs(1)));
    }

    #[test]
    fn other_420_errors_are_for_the_caller() {
        for name in [
            "TAKEOUT_INIT_DELAY_30",
            "SLOWMODE_WAIT_5",
            "FROZEN_METHOD_INVALID",
            "FLOOD_WAIT",
        ] {
            assert_eq!(
                decide_first(&rpc(420, name), HOME),
                Decision::Report,
                "{name}"
            );
        }
    }

    #[test]
    fn passing_errors_are_repeated_with_growing_pauses_and_then_given_up() {
        let limits = Limits::default();
        let mut last = Duration::ZERO;
        for passing in 0..limits.attempts {
            let tried = Tried {
                passing,
                ..Tried::default()
            };
            for failure in [
                rpc(-503, "Timeout"),
                rpc(500, "RPC_CALL_FAIL"),
                Failure::Lost,
                Failure::NoAnswer,
            ] {
                let Decision::Repeat(pause) = decide(&failure, HOME, tried, &limits, 0.0) else {
                    panic!()
                };
                assert!(pause >= last && pause <= limits.longest_pause);
                last = pause;
            }
        }
        assert_eq!(last, limits.longest_pause);
        let tried = Tried {
            passing: limits.attempts,
            ..Tried::default()
        };
        assert_eq!(
            decide(&Failure::Lost, HOME, tried, &limits, 0.0),
            Decision::GiveUp
        );
        assert_eq!(pause(0, &limits, 1.0), limits.first_pause / 2);
    }

    #[test]
    fn migrations_are_followed_a_few_times() {
        for name in ["PHONE_MIGRATE_4", "NETWORK_MIGRATE_4", "USER_MIGRATE_4"] {
            assert_eq!(decide_first(&rpc(303, name), HOME), Decision::MoveHome(4));
        }
        assert_eq!(
            decide_first(&rpc(303, "FILE_MIGRATE_4"), HOME),
            Decision::MoveRequest(4)
        );
        let tried = Tried {
            moves: MOVES,
            ..Tried::default()
        };
        let again = decide(
            &rpc(303, "FILE_MIGRATE_4"),
            HOME,
            tried,
            &Limits::default(),
            0.0,
        );
        assert_eq!(again, Decision::Report);
    }

    #[test]
    fn a_lost_authorization_means_different_things_in_different_places() {
        let unregistered = rpc(401, "AUTH_KEY_UNREGISTERED");
        assert_eq!(decide_first(&unregistered, HOME), Decision::Revoked);
        assert_eq!(
            decide_first(&unregistered, AWAY),
            Decision::CopyAuthorization
        );
        let nobody = Place {
            home: true,
            signed_in: false,
        };
        assert_eq!(decide_first(&unregistered, nobody), Decision::NotSignedIn);
        for name in [
            "SESSION_REVOKED",
            "USER_DEACTIVATED",
            "USER_DEACTIVATED_BAN",
            "SESSION_EXPIRED",
        ] {
            assert_eq!(
                decide_first(&rpc(401, name), AWAY),
                Decision::Revoked,
                "{name}"
            );
        }
        assert_eq!(
            decide_first(&rpc(406, "AUTH_KEY_DUPLICATED"), HOME),
            Decision::Revoked
        );
        assert_eq!(
            decide_first(&rpc(401, "SESSION_PASSWORD_NEEDED"), HOME),
            Decision::Report
        );
        assert_eq!(decide_first(&Failure::KeyUnknown, HOME), Decision::Revoked);
        assert_eq!(decide_first(&Failure::KeyUnknown, AWAY), Decision::NewKey);
        assert_eq!(decide_first(&Failure::KeyUnknown, nobody), Decision::NewKey);
    }

    #[test]
    fn plain_errors_are_reported_at_once() {
        for (code, name) in [
            (400, "CHANNEL_PRIVATE"),
            (403, "CHAT_FORBIDDEN"),
            (400, "FILE_REFERENCE_EXPIRED"),
        ] {
            assert_eq!(decide_first(&rpc(code, name), HOME), Decision::Report);
        }
    }
}
