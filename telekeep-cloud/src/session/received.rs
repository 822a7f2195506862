//! What a session has received: refuses impossible message numbers and recognises repetitions,
//! so that a request is carried out once however often it arrives.
//!
//! Source: <https://core.telegram.org/mtproto/service_messages_about_messages>.

use std::collections::BTreeMap;

/// Messages remembered per session. An older one cannot be verified and is refused.
const REMEMBERED: usize = 1024;

/// How far a client's clock may be behind, in seconds.
const PAST: i64 = 300;
/// How far it may be ahead.
const FUTURE: i64 = 30;

/// Why a message is refused: the `error_code` of `bad_msg_notification`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The id's time is too long ago.
    TooLow = 16,
    /// The id's time is in the future.
    TooHigh = 17,
    /// Ids of clients are divisible by four.
    NotClient = 18,
    /// The container's id is that of a message received before.
    ContainerRepeated = 19,
    /// So old that it cannot be told whether it was received.
    TooOld = 20,
    /// A message with a lower id had a higher or equal odd number.
    SeqTooLow = 32,
    /// A message with a higher id had a lower or equal odd number.
    SeqTooHigh = 33,
    /// Acknowledgements and containers have even numbers.
    EvenExpected = 34,
    /// Everything that needs an acknowledgement has an odd number.
    OddExpected = 35,
    /// A container that cannot be read, or is inside another one.
    BadContainer = 64,
}

/// What a message turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not seen before.
    New,
    /// Seen before: it must not be carried out again.
    Repeated,
    /// Not acceptable.
    Refused(Refusal),
}

/// Which number a message must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// Containers and acknowledgements.
    Even,
    /// Requests.
    Odd,
    /// Service messages, which clients number either way.
    Either,
}

/// The memory of one session.
#[derive(Debug, Default)]
pub struct Received {
    /// id to seqno.
    seen: BTreeMap<i64, i32>,
    /// The highest id forgotten.
    floor: i64,
}

impl Received {
    /// Judges the time in the id of the outermost message of a packet. `now` in unix seconds.
    pub fn time(id: i64, now: i32) -> Option<Refusal> {
        let (time, now) = (id >> 32, i64::from(now));
        if time < now - PAST {
            Some(Refusal::TooLow)
        } else if time > now + FUTURE {
            Some(Refusal::TooHigh)
        } else {
            None
        }
    }

    /// Judges one message and remembers it when it is new.
    pub fn judge(&mut self, id: i64, seqno: i32, parity: Parity) -> Verdict {
        if id & 3 != 0 || id <= 0 {
            return Verdict::Refused(Refusal::NotClient);
        }
        if self.seen.contains_key(&id) {
            return Verdict::Repeated;
        }
        if id <= self.floor {
            return Verdict::Refused(Refusal::TooOld);
        }
        match self.order(id, seqno, parity) {
            Some(refusal) => Verdict::Refused(refusal),
            None => {
                self.remember(id, seqno);
                Verdict::New
            }
        }
    }

    /// Numbers rise with ids, so only the neighbours need to be looked at.
    fn order(&self, id: i64, seqno: i32, parity: Parity) -> Option<Refusal> {
        match parity {
            Parity::Even if seqno & 1 == 1 => return Some(Refusal::EvenExpected),
            Parity::Odd if seqno & 1 == 0 => return Some(Refusal::OddExpected),
            _ => {}
        }
        let before = self.seen.range(..id).next_back().map(|(_, seqno)| *seqno);
        if before.is_some_and(|before| before > seqno || (before == seqno && seqno & 1 == 1)) {
            return Some(Refusal::SeqTooLow);
        }
        let after = self.seen.range(id..).next().map(|(_, seqno)| *seqno);
        if after.is_some_and(|after| after < seqno || (after == seqno && seqno & 1 == 1)) {
            return Some(Refusal::SeqTooHigh);
        }
        None
    }

    fn remember(&mut self, id: i64, seqno: i32) {
        self.seen.insert(id, seqno);
        if self.seen.len() > REMEMBERED
            && let Some((id, _)) = self.seen.pop_first()
        {
            self.floor = id;
        }
    }

    /// The state byte of a message for `msgs_state_info`: 1 too old to know, 2 not received,
    /// 3 not received and in the future, 4 received.
    pub fn state(&self, id: i64, now: i32) -> u8 {
        if self.seen.contains_key(&id) {
            4
        } else if id <= self.floor {
            1
        } else if (id >> 32) > i64::from(now) + FUTURE {
            3
        } else {
            2
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i32 = 1_800_000_000;

    fn id(offset: i64) -> i64 {
        (i64::from(NOW) << 32) + offset * 4
    }

    #[test]
    fn a_message_is_new_once() {
        let mut received = Received::default();
        assert_eq!(received.judge(id(1), 1, Parity::Odd), Verdict::New);
        assert_eq!(received.judge(id(1), 1, Parity::Odd), Verdict::Repeated);
        assert_eq!(received.judge(id(2), 2, Parity::Even), Verdict::New);
        assert_eq!(received.state(id(1), NOW), 4);
        assert_eq!(received.state(id(9), NOW), 2);
        assert_eq!(received.state(id(9) + (100 << 32), NOW), 3);
    }

    #[test]
    fn impossible_numbers_are_refused() {
        let mut received = Received::default();
        let refused = |verdict| match verdict {
            Verdict::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            refused(received.judge(id(1) + 1, 1, Parity::Odd)),
            Refusal::NotClient
        );
        assert_eq!(
            refused(received.judge(-4, 1, Parity::Odd)),
            Refusal::NotClient
        );
        assert_eq!(
            refused(received.judge(id(1), 2, Parity::Odd)),
            Refusal::OddExpected
        );
        assert_eq!(
            refused(received.judge(id(1), 3, Parity::Even)),
            Refusal::EvenExpected
        );
        assert_eq!(received.judge(id(5), 5, Parity::Odd), Verdict::New);
        assert_eq!(
            refused(received.judge(id(6), 5, Parity::Odd)),
            Refusal::SeqTooLow
        );
        assert_eq!(
            refused(received.judge(id(6), 4, Parity::Even)),
            Refusal::SeqTooLow
        );
        assert_eq!(
            refused(received.judge(id(4), 7, Parity::Odd)),
            Refusal::SeqTooHigh
        );
        assert_eq!(received.judge(id(4), 3, Parity::Odd), Verdict::New);
    }

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_refused() {
        let mut received = Received::default();
        for n in 0..3000 {
            assert_eq!(
                received.judge(id(n), n as i32 * 2 + 1, Parity::Odd),
                Verdict::New
            );
        }
        assert!(received.seen.len() <= REMEMBERED);
        let old = received.judge(id(3), 7, Parity::Odd);
        assert_eq!(old, Verdict::Refused(Refusal::TooOld));
        assert_eq!(received.state(id(3), NOW), 1);
    }

    #[test]
    fn time_is_judged_both_ways() {
        assert_eq!(Received::time(id(0), NOW), None);
        assert_eq!(
            Received::time(id(0) - (301 << 32), NOW),
            Some(Refusal::TooLow)
        );
        assert_eq!(
            Received::time(id(0) + (31 << 32), NOW),
            Some(Refusal::TooHigh)
        );
    }
}
