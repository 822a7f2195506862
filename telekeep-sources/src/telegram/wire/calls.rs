//! The life of one call: send, look at the failure, do what [`super::policy`] decides, repeat.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use telekeep_tl::Schema;
use tokio::time::Instant;

use super::book::Book;
use super::client::{Reply, Settings};
use super::connection::Failed;
use super::error::{CallError, RpcError};
use super::policy::{Decision, Failure, Limits, Place, Tried, decide};
use super::routing::{Lane, Routes};
use super::stats::Counter;
use super::takeout::Inside;
use super::waits::{KeptPause, Pauses};
use crate::monitor::{Wait, WaitReason};

/// Pauses that are worth telling the next run about, should this one end before they do.
const WORTH_KEEPING: Duration = Duration::from_secs(5);

/// A request that every data centre answers.
const PROBE: &str = "help.getConfig";

/// So many calls of a method in a row without an answer are no matter of single requests.
const UNANSWERED: u32 = 16;

/// A request in bytes, with what is needed to talk about it.
pub(crate) struct Prepared {
    pub method: String,
    pub body: Arc<[u8]>,
    pub ty: String,
}

/// Where a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Wherever the account lives.
    Home,
    /// A data centre, for files; the authorization is copied there.
    Files(i32),
    /// A data centre as it is: for the copy of the authorization itself.
    Bare(i32),
}

/// Everything a call uses.
pub(crate) struct Caller {
    pub schema: &'static Schema,
    pub settings: Settings,
    pub book: Arc<Book>,
    pub routes: Routes,
    pub counter: Counter,
    pub pauses: Pauses,
    /// Held while the account's home changes.
    pub moving: tokio::sync::Mutex<()>,
    /// Held while an authorization is copied, which calls methods that may move the home.
    pub copying: tokio::sync::Mutex<()>,
    /// The export requests are part of.
    pub inside: Inside,
    /// Calls in a row, by data centre and method, that had no answer although others had one.
    pub unanswered: Mutex<HashMap<(i32, String), u32>>,
}

impl Caller {
    /// Encodes a request.
    pub fn prepare(&self, request: &Value) -> Result<Prepared, CallError> {
        let method = innermost(request).to_owned();
        let wrong = |why: String| CallError::Request {
            method: method.clone(),
            why,
        };
        let mut body = Vec::new();
        self.schema
            .encode("", request, &mut body)
            .map_err(|error| wrong(error.to_string()))?;
        let ty = self
            .schema
            .reply_type(request)
            .ok_or_else(|| wrong("it is not a method".into()))?;
        Ok(Prepared {
            ty: ty.to_owned(),
            method,
            body: body.into(),
        })
    }

    /// Calls until there is a result or a reason to stop.
    pub async fn call(
        &self,
        mut target: Target,
        request: &Prepared,
        limits: &Limits,
    ) -> Result<Reply, CallError> {
        let mut tried = Tried::default();
        loop {
            self.wait_for_pause(&request.method, limits).await?;
            let dc = self.dc_of(target);
            if let Target::Files(dc) = target {
                Box::pin(self.copy_authorization(dc, limits)).await?;
            }
            let failed = match self.send(target, dc, request).await {
                Ok(bytes) => {
                    return Ok(Reply {
                        bytes,
                        ty: request.ty.clone(),
                    });
                }
                Err(failed) => failed,
            };
            let place = Place {
                home: dc == self.book.home(),
                signed_in: self.book.is_signed_in(),
            };
            let failure = self.failure(&failed, request)?;
            match decide(&failure, place, tried, limits, (self.settings.jitter)()) {
                Decision::Repeat(pause) => {
                    tried.passing += 1;
                    self.pause(request, &failure, pause).await;
                }
                Decision::Pause { wait, premium } => {
                    tried.floods += 1;
                    self.begin_pause(request, wait, premium);
                    if wait >= WORTH_KEEPING {
                        self.keep_pause(&request.method, wait)?;
                    }
                }
                Decision::TooLong(wait) => {
                    // Nobody else needs to run into it, in this run or in the next one.
                    self.pauses.begin(&request.method, wait, Instant::now());
                    self.keep_pause(&request.method, wait)?;
                    let method = request.method.clone();
                    return Err(CallError::Wait { method, wait });
                }
                Decision::MoveHome(new) if self.may_move(target, new) => {
                    tried.moves += 1;
                    self.move_home(dc, new, limits).await?;
                }
                Decision::MoveRequest(new) => {
                    tried.moves += 1;
                    target = Target::Files(new);
                }
                Decision::CopyAuthorization => {
                    tried.copies += 1;
                    self.book.set_authorized(dc, false).map_err(store)?;
                }
                Decision::NewKey => {
                    tried.copies += 1;
                    if let Failed::KeyUnknown(key) = &failed {
                        self.book.drop_key(dc, key).map_err(store)?;
                    }
                }
                decision => {
                    let error = give_up(decision, failure, failed, dc, request, tried);
                    return Err(self.placed(error, target, request, limits).await);
                }
            }
        }
    }

    /// Whether it is down to this one request that it has no answer: then another one has.
    async fn placed(
        &self,
        error: CallError,
        target: Target,
        request: &Prepared,
        limits: &Limits,
    ) -> CallError {
        let (CallError::Timeout { dc, attempts, .. }
        | CallError::Disconnected { dc, attempts, .. }) = error
        else {
            return error;
        };
        let other = match self.prepare(&json!({"_": PROBE})) {
            Ok(other) if request.method != PROBE => other,
            _ => return error,
        };
        let limits = Limits {
            attempts: 1,
            ..*limits
        };
        let answered = Box::pin(self.call(target, &other, &limits)).await.is_ok();
        let method = request.method.clone();
        if !answered || self.note_unanswered(dc, &method) >= UNANSWERED {
            return error;
        }
        CallError::Unanswered {
            dc,
            method,
            attempts,
        }
    }

    /// One more call without an answer. Gives how many there were in a row.
    fn note_unanswered(&self, dc: i32, method: &str) -> u32 {
        let mut unanswered = lock(&self.unanswered);
        let times = unanswered.entry((dc, method.to_owned())).or_default();
        *times = times.saturating_add(1);
        *times
    }

    fn note_answered(&self, dc: i32, method: &str) {
        let mut unanswered = lock(&self.unanswered);
        if !unanswered.is_empty() {
            unanswered.remove(&(dc, method.to_owned()));
        }
    }

    fn dc_of(&self, target: Target) -> i32 {
        match target {
            Target::Home => self.book.home(),
            Target::Files(dc) | Target::Bare(dc) => dc,
        }
    }

    async fn send(&self, target: Target, dc: i32, request: &Prepared) -> Result<Vec<u8>, Failed> {
        let lane = match target {
            Target::Home => Lane::Requests,
            Target::Files(_) | Target::Bare(_) => Lane::Files,
        };
        // Wrapped at every attempt: the session may be another one by now.
        let body = self.inside.wrap(&request.method, &request.body);
        self.counter.sent(&request.method, body.len());
        let answer = self.routes.connection(dc, lane).send(body).await;
        if matches!(answer, Ok(_) | Err(Failed::Rpc { .. })) {
            self.note_answered(dc, &request.method);
        }
        match &answer {
            Ok(bytes) => self.counter.answered(&request.method, bytes.len()),
            Err(Failed::Rpc { .. }) => self.counter.failed(&request.method),
            Err(_) => {}
        }
        answer
    }

    /// The failure as the policy sees it; an unreadable answer is not worth a decision.
    fn failure(&self, failed: &Failed, request: &Prepared) -> Result<Failure, CallError> {
        Ok(match failed {
            Failed::Rpc { code, message } => {
                Failure::Rpc(RpcError::parse(&request.method, *code, message))
            }
            Failed::Lost(_) => Failure::Lost,
            Failed::NoAnswer => Failure::NoAnswer,
            Failed::NotConnected(error) => Failure::NotConnected {
                passing: error.is_passing(),
            },
            Failed::KeyUnknown(_) => Failure::KeyUnknown,
            Failed::Unreadable(why) => {
                let (method, why) = (request.method.clone(), why.to_string());
                return Err(CallError::Answer { method, why });
            }
        })
    }

    async fn wait_for_pause(&self, method: &str, limits: &Limits) -> Result<(), CallError> {
        while let Some(end) = self.pauses.end(method, Instant::now()) {
            let wait = end.saturating_duration_since(Instant::now());
            let method = method.to_owned();
            if wait > limits.max_wait {
                // In whole seconds, as the server tells them, and never early.
                let wait = Duration::from_secs(wait.as_secs().saturating_add(1));
                return Err(CallError::Wait { method, wait });
            }
            if self.pauses.is_news(&method) {
                self.tell(WaitReason::KeptFlood { method }, wait);
            }
            tokio::time::sleep_until(end).await;
        }
        Ok(())
    }

    fn keep_pause(&self, method: &str, wait: Duration) -> Result<(), CallError> {
        let pause = KeptPause::new(method, wait, SystemTime::now());
        self.book.keep_pause(pause).map_err(store)
    }

    fn begin_pause(&self, request: &Prepared, wait: Duration, premium: bool) {
        let method = request.method.clone();
        if self.pauses.begin(&method, wait, Instant::now()) {
            let reason = match premium {
                true => WaitReason::FloodPremium { method },
                false => WaitReason::Flood { method },
            };
            self.tell(reason, wait);
        }
    }

    async fn pause(&self, request: &Prepared, failure: &Failure, pause: Duration) {
        // Shorter pauses would only flicker past.
        if pause >= Duration::from_secs(1) {
            let reason = match failure {
                Failure::Rpc(_) => WaitReason::ServerTrouble {
                    method: request.method.clone(),
                },
                _ => WaitReason::Reconnect,
            };
            self.tell(reason, pause);
        }
        tokio::time::sleep(pause).await;
    }

    fn tell(&self, reason: WaitReason, wait: Duration) {
        let until = SystemTime::now() + wait;
        self.settings.monitor.wait(&Wait { reason, until });
    }

    /// Copying an authorization must not move the home it copies from, and there must be a way to
    /// the new one.
    fn may_move(&self, target: Target, to: i32) -> bool {
        !matches!(target, Target::Bare(_)) && self.book.address(to).is_some()
    }

    /// Makes another data centre the home, unless another call did so already. An account that is
    /// signed in is signed in there first.
    async fn move_home(&self, from: i32, to: i32, limits: &Limits) -> Result<(), CallError> {
        let _one_at_a_time = self.moving.lock().await;
        if self.book.home() != from {
            return Ok(());
        }
        if self.book.is_signed_in() {
            Box::pin(self.copy_authorization(to, limits)).await?;
        }
        self.book.set_home(to).map_err(store)
    }

    /// Signs the account in at another data centre, if it is not.
    async fn copy_authorization(&self, dc: i32, limits: &Limits) -> Result<(), CallError> {
        let needed =
            || dc != self.book.home() && self.book.is_signed_in() && !self.book.authorized(dc);
        if !needed() {
            return Ok(());
        }
        let _one_at_a_time = self.copying.lock().await;
        if !needed() {
            return Ok(());
        }
        let export = self.prepare(&json!({"_": "auth.exportAuthorization", "dc_id": dc}))?;
        let home = Target::Bare(self.book.home());
        let exported = self.call(home, &export, limits).await?;
        let import =
            import_request(self.schema, &exported).ok_or_else(|| not_understood(&export.method))?;
        let import = self.prepare(&import)?;
        self.call(Target::Bare(dc), &import, limits).await?;
        self.book.set_authorized(dc, true).map_err(store)
    }
}

/// `auth.importAuthorization` from the answer to `auth.exportAuthorization`.
fn import_request(schema: &Schema, exported: &Reply) -> Option<Value> {
    use base64::Engine as _;
    let exported = schema.object(&exported.bytes).ok()?;
    let bytes = exported.bytes_field("bytes")?;
    let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
    Some(json!({"_": "auth.importAuthorization", "id": exported.long("id")?, "bytes": bytes}))
}

pub(crate) fn not_understood(method: &str) -> CallError {
    CallError::Answer {
        method: method.to_owned(),
        why: "fields are missing".into(),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Name of the method inside of all wrappers.
fn innermost(request: &Value) -> &str {
    let mut request = request;
    while let Some(query) = request.get("query").filter(|query| query.is_object()) {
        request = query;
    }
    request
        .get("_")
        .and_then(Value::as_str)
        .unwrap_or("a request without a name")
}

pub(crate) fn store(error: super::session::SessionStoreError) -> CallError {
    CallError::Connect(Arc::new(error.into()))
}

/// The error a final decision turns into.
fn give_up(
    decision: Decision,
    failure: Failure,
    failed: Failed,
    dc: i32,
    request: &Prepared,
    tried: Tried,
) -> CallError {
    let method = request.method.clone();
    let attempts = tried.passing + 1;
    match (decision, failure, failed) {
        (Decision::NotSignedIn, ..) => CallError::NotSignedIn,
        (Decision::Revoked, Failure::Rpc(error), _) => CallError::Revoked { name: error.name },
        (Decision::Revoked, ..) => CallError::Revoked {
            name: "the server does not know the key".into(),
        },
        (Decision::GiveUp, Failure::Rpc(error), _) => CallError::Server { error, attempts },
        (_, Failure::Rpc(error), _) => CallError::Rpc(error),
        (_, _, Failed::NotConnected(error)) => CallError::Connect(error),
        (_, _, Failed::NoAnswer) => CallError::Timeout {
            dc,
            method,
            attempts,
        },
        (_, _, Failed::Lost(why)) => CallError::Disconnected {
            dc,
            method,
            why,
            attempts,
        },
        _ => {
            let why = "the server does not know the key".into();
            CallError::Disconnected {
                dc,
                method,
                why,
                attempts,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_method_names_a_request() {
        let plain = json!({"_": "messages.getHistory", "limit": 3});
        assert_eq!(innermost(&plain), "messages.getHistory");
        let wrapped = json!({"_": "invokeWithTakeout", "takeout_id": 1, "query": plain});
        assert_eq!(innermost(&wrapped), "messages.getHistory");
        let search = json!({"_": "contacts.search", "q": "x", "query": "not a request"});
        assert_eq!(innermost(&search), "contacts.search");
    }
}
