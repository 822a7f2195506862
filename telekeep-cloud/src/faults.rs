//! Faults as data: at the n-th call of a method, do this instead. Format: `docs/cloud-faults.md`.
//!
//! Faults are decided in one place, before the method runs, and carried out by the dispatcher.
//! Besides doing harm, the book of faults checks obedience: a call of a method during a wait that
//! was asked for is refused again and counted.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::code_ways::CodeWay;
use crate::rpc::RpcError;

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The TL name of the method; `*` is any method.
    pub method: String,
    /// The first call that is hit, counted from 1 for each rule.
    #[serde(default = "one")]
    pub nth: u64,
    /// Then every so many calls again. Absent: each following call, until `times` is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// How often in all. Absent: once, or without end when `every` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Only calls inside a Takeout session (true) or outside one (false) count. Absent: all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takeout: Option<bool>,
    /// Only calls about this chat (its marked id) count. Absent: all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<i64>,
    /// Only requests for parts of the file with this id count. Absent: all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<i64>,
    /// What happens.
    #[serde(flatten)]
    pub kind: FaultKind,
}

fn one() -> u64 {
    1
}

/// What happens to the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// 420 `FLOOD_WAIT_X`; the wait is enforced.
    FloodWait {
        /// X
        seconds: u32,
    },
    /// 420 `FLOOD_PREMIUM_WAIT_X`; the wait is enforced.
    FloodPremiumWait {
        /// X
        seconds: u32,
    },
    /// Any error. Default: -503 `Timeout`.
    Error {
        /// Error code.
        #[serde(default = "timeout_code")]
        code: i32,
        /// Error name.
        #[serde(default = "timeout_text")]
        text: String,
    },
    /// The connection breaks before the method runs.
    DisconnectBefore,
    /// The method runs, its answer is sent, then the connection breaks.
    DisconnectAfter,
    /// The method runs, the connection breaks, its answer is delivered to the next connection.
    DisconnectUnanswered,
    /// 400 `FILE_REFERENCE_EXPIRED`: the reference the request carries expires, so repeating the
    /// request does not help; with `all`, every reference given out so far expires.
    FileReferenceExpired {
        /// Let all references expire.
        #[serde(default)]
        all: bool,
    },
    /// `upload.getFile`: the part is cut short.
    TruncatedPart {
        /// Bytes that are left; absent: half.
        #[serde(default)]
        bytes: Option<usize>,
    },
    /// `messages.getHistory`: the page lacks messages from its middle, and says nothing of it.
    LeftOut {
        /// How many; absent: one.
        #[serde(default = "one")]
        messages: u64,
    },
    /// The account loses a chat before the method runs: somebody deletes a private chat for both, or
    /// puts the account out of a group or channel that is private from then on.
    ChatCloses {
        /// Which (its marked id); absent: the one the call is about.
        #[serde(default)]
        closed: Option<i64>,
    },
    /// The file the call is about is gone, while the messages with it stay: 400 `FILE_ID_INVALID`
    /// from then on.
    FileGone,
    /// 303: the method belongs to another data centre (`FILE_MIGRATE_X` for files, `PHONE_MIGRATE_X`
    /// for login codes, else `USER_MIGRATE_X`).
    DcMigrate {
        /// X
        dc: i32,
    },
    /// Of `auth.sendCode`: the code goes these ways, one after the other as the client asks for the
    /// next.
    CodeWay {
        /// The ways.
        ways: Vec<CodeWay>,
        /// Seconds until the next may be asked for.
        #[serde(default)]
        seconds: Option<i32>,
    },
    /// The account of the caller lives in another data centre from this call on.
    AccountMoves {
        /// Which.
        dc: i32,
    },
    /// Of `account.initTakeoutSession`: 420 `TAKEOUT_INIT_DELAY_X`. From then on the login may not
    /// begin an export until the time is over or its owner allows it
    /// (`Cloud::allow_takeouts`); asking early is no offence.
    TakeoutInitDelay {
        /// X
        seconds: u32,
    },
    /// Another export begins: the account's Takeout session ends, and the call is answered 400
    /// `TAKEOUT_INVALID`.
    TakeoutInvalid,
    /// The login ends: 401 `SESSION_REVOKED` now and `AUTH_KEY_UNREGISTERED` from then on.
    SessionRevoked,
    /// The answer comes late.
    Delay {
        /// By how much.
        milliseconds: u64,
    },
}

fn timeout_code() -> i32 {
    -503
}

fn timeout_text() -> String {
    "Timeout".to_owned()
}

/// A faults file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// It is not JSON of the documented form.
    #[error("faults: {0}; docs/cloud-faults.md describes the format")]
    Format(#[from] serde_json::Error),
    /// A rule has a field that means nothing; probably a misspelling.
    #[error("faults: rule {number}: unknown field `{field}`; docs/cloud-faults.md lists them")]
    UnknownField {
        /// Which rule, from 1.
        number: usize,
        /// The field.
        field: String,
    },
    /// A rule can never apply.
    #[error("faults: rule {number} ({method}): `{field}` must be at least 1")]
    Zero {
        /// Which rule, from 1.
        number: usize,
        /// Its method.
        method: String,
        /// `nth`, `every` or `times`.
        field: &'static str,
    },
}

/// Every field a rule may have.
const FIELDS: [&str; 18] = [
    "ways",
    "method",
    "takeout",
    "chat",
    "file",
    "closed",
    "nth",
    "every",
    "times",
    "fault",
    "seconds",
    "code",
    "text",
    "all",
    "bytes",
    "dc",
    "milliseconds",
    "messages",
];

impl Fault {
    /// A fault that hits the `nth` call of `method` once.
    pub fn once(method: &str, nth: u64, kind: FaultKind) -> Self {
        Self {
            method: method.to_owned(),
            nth,
            every: None,
            times: None,
            takeout: None,
            chat: None,
            file: None,
            kind,
        }
    }

    /// Reads a faults file: a JSON array of rules.
    pub fn parse_file(text: &str) -> Result<Vec<Fault>, FaultsError> {
        let rules: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text)?;
        for (index, rule) in rules.iter().enumerate() {
            if let Some(field) = rule.keys().find(|field| !FIELDS.contains(&field.as_str())) {
                return Err(FaultsError::UnknownField {
                    number: index + 1,
                    field: field.clone(),
                });
            }
        }
        let faults: Vec<Fault> = serde_json::from_str(text)?;
        for (index, fault) in faults.iter().enumerate() {
            let zero = [
                ("nth", Some(fault.nth)),
                ("every", fault.every),
                ("times", fault.times),
            ]
            .into_iter()
            .find(|(_, value)| *value == Some(0));
            if let Some((field, _)) = zero {
                let method = fault.method.clone();
                return Err(FaultsError::Zero {
                    number: index + 1,
                    method,
                    field,
                });
            }
        }
        Ok(faults)
    }

    fn concerns(&self, asked: Asked<'_>) -> bool {
        let inside = self.takeout.is_none_or(|inside| inside == asked.in_takeout);
        let chat = self.chat.is_none_or(|chat| asked.chat == Some(chat));
        let file = self.file.is_none_or(|file| asked.file == Some(file));
        inside && chat && file && (self.method == "*" || self.method == asked.method)
    }

    fn hits(&self, call: u64, used: u64) -> bool {
        let limit = self
            .times
            .unwrap_or(if self.every.is_some() { u64::MAX } else { 1 });
        let beat = self.every.unwrap_or(1).max(1);
        let on_beat = call >= self.nth && (call - self.nth).is_multiple_of(beat);
        used < limit && on_beat
    }
}

struct Rule {
    fault: Fault,
    calls: u64,
    used: u64,
}

/// A call as rules see it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Login or session.
    pub who: u64,
    /// TL name.
    pub method: &'a str,
    /// It is made inside a Takeout session.
    pub in_takeout: bool,
    /// The marked id of the chat it is about.
    pub chat: Option<i64>,
    /// The id of the file it is about.
    pub file: Option<i64>,
}

/// The rules in force, the counts, and the waits that were asked for.
#[derive(Default)]
pub struct FaultBook {
    rules: Vec<Rule>,
    /// (login or session, method) to the end of the wait and the error's name without number.
    waits: HashMap<(u64, String), (Instant, &'static str)>,
    violations: u64,
    applied: u64,
}

/// Waits remembered at a time.
const MAX_WAITS: usize = 4096;

impl FaultBook {
    /// Adds a rule; its count starts now.
    pub fn add(&mut self, fault: Fault) {
        self.rules.push(Rule {
            fault,
            calls: 0,
            used: 0,
        });
    }

    /// Drops all rules; waits that were asked for go on.
    pub fn forget(&mut self) {
        self.rules.clear();
    }

    /// Calls made during a wait that was asked for.
    pub fn violations(&self) -> u64 {
        self.violations
    }

    /// How often any fault was applied.
    pub fn applied(&self) -> u64 {
        self.applied
    }

    /// There are rules about single chats or files, so that [`Asked::chat`] and [`Asked::file`] are of
    /// use.
    pub fn looks_inside(&self) -> bool {
        let inside = |rule: &Rule| rule.fault.chat.is_some() || rule.fault.file.is_some();
        self.rules.iter().any(inside)
    }

    /// Counts a call and says what is to happen to it. At most one fault hits a call: the first
    /// rule that applies.
    pub fn judge(&mut self, asked: Asked<'_>, now: Instant) -> Option<FaultKind> {
        let Asked { who, method, .. } = asked;
        if self.rules.is_empty() && self.waits.is_empty() {
            return None;
        }
        if let Some(refused) = self.still_waiting(who, method, now) {
            return Some(refused);
        }
        let mut hit = None;
        for rule in &mut self.rules {
            if !rule.fault.concerns(asked) {
                continue;
            }
            rule.calls += 1;
            if hit.is_none() && rule.fault.hits(rule.calls, rule.used) {
                rule.used += 1;
                hit = Some(rule.fault.kind.clone());
            }
        }
        self.applied += u64::from(hit.is_some());
        match &hit {
            Some(FaultKind::FloodWait { seconds }) => self.wait(who, method, now, *seconds, FLOOD),
            Some(FaultKind::FloodPremiumWait { seconds }) => {
                self.wait(who, method, now, *seconds, FLOOD_PREMIUM);
            }
            _ => {}
        }
        hit
    }

    fn wait(&mut self, who: u64, method: &str, now: Instant, seconds: u32, name: &'static str) {
        if self.waits.len() >= MAX_WAITS {
            self.waits.retain(|_, (end, _)| *end > now);
        }
        if self.waits.len() < MAX_WAITS {
            let end = now + Duration::from_secs(u64::from(seconds));
            self.waits.insert((who, method.to_owned()), (end, name));
        }
    }

    fn still_waiting(&mut self, who: u64, method: &str, now: Instant) -> Option<FaultKind> {
        let key = (who, method.to_owned());
        let (end, name) = *self.waits.get(&key)?;
        if end <= now {
            self.waits.remove(&key);
            return None;
        }
        self.violations += 1;
        let seconds = (end - now).as_secs_f64().ceil() as u32;
        Some(if name == FLOOD {
            FaultKind::FloodWait { seconds }
        } else {
            FaultKind::FloodPremiumWait { seconds }
        })
    }
}

const FLOOD: &str = "FLOOD_WAIT";
const FLOOD_PREMIUM: &str = "FLOOD_PREMIUM_WAIT";

impl FaultKind {
    /// The error the fault answers with at once, if it does. (An expired reference is looked up in
    /// the request first.)
    pub fn error(&self, method: &str) -> Option<RpcError> {
        Some(match self {
            FaultKind::FloodWait { seconds } => RpcError::new(420, format!("{FLOOD}_{seconds}")),
            FaultKind::FloodPremiumWait { seconds } => {
                RpcError::new(420, format!("{FLOOD_PREMIUM}_{seconds}"))
            }
            FaultKind::Error { code, text } => RpcError::new(*code, text.clone()),
            FaultKind::DcMigrate { dc } if method.starts_with("upload.") => {
                RpcError::file_migrate(*dc)
            }
            FaultKind::DcMigrate { dc } if method == "auth.sendCode" => {
                RpcError::new(303, format!("PHONE_MIGRATE_{dc}"))
            }
            FaultKind::DcMigrate { dc } => RpcError::new(303, format!("USER_MIGRATE_{dc}")),
            FaultKind::SessionRevoked => RpcError::new(401, "SESSION_REVOKED"),
            FaultKind::TakeoutInitDelay { seconds } => {
                RpcError::new(420, format!("TAKEOUT_INIT_DELAY_{seconds}"))
            }
            FaultKind::TakeoutInvalid => RpcError::bad_request("TAKEOUT_INVALID"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
