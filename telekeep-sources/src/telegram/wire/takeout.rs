//! Takeout sessions: Telegram's own way to export an account.
//!
//! A client that entered one makes its requests inside it: each is wrapped in `invokeWithTakeout`
//! where it leaves for the wire, whatever it asks for and at whichever data centre, so nobody
//! above needs to know. The session is kept with the Telegram session, to whose authorization it
//! belongs, and is entered again by the next process until it is finished or the server ends it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use telekeep_tl::Schema;

use super::calls::{not_understood, store};
use super::client::Client;
use super::error::CallError;

/// What an export is announced to be about. Telegram serves inside it what was announced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeoutScope {
    /// Saved telephone contacts.
    pub contacts: bool,
    /// Messages of private chats.
    pub users: bool,
    /// Messages of basic groups.
    pub groups: bool,
    /// Messages of supergroups.
    pub supergroups: bool,
    /// Messages of channels.
    pub channels: bool,
    /// Files, up to this size in bytes.
    pub files: Option<u64>,
}

impl TakeoutScope {
    /// True when a session of this scope serves whatever one of the other scope would.
    pub fn covers(&self, other: &TakeoutScope) -> bool {
        let pairs = [
            (self.contacts, other.contacts),
            (self.users, other.users),
            (self.groups, other.groups),
            (self.supergroups, other.supergroups),
            (self.channels, other.channels),
        ];
        pairs.iter().all(|(here, there)| *here || !*there) && self.files >= other.files
    }

    /// `account.initTakeoutSession`.
    fn request(&self) -> Value {
        let mut request = json!({"_": "account.initTakeoutSession"});
        let flags = [
            ("contacts", self.contacts),
            ("message_users", self.users),
            ("message_chats", self.groups),
            ("message_megagroups", self.supergroups),
            ("message_channels", self.channels),
        ];
        if let Some(fields) = request.as_object_mut() {
            let set = flags.iter().filter(|(_, set)| *set);
            fields.extend(set.map(|(name, _)| ((*name).to_owned(), Value::Bool(true))));
            // One bit of the flags stands for both: they come together or not at all.
            if let Some(size) = self.files {
                fields.insert("files".into(), Value::Bool(true));
                fields.insert("file_max_size".into(), json!(size));
            }
        }
        request
    }
}

/// A Takeout session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takeout {
    /// The server's number of it.
    pub id: i64,
    /// What it is about.
    pub scope: TakeoutScope,
}

/// The session requests are made in, if any.
#[derive(Debug, Default)]
pub(crate) struct Inside(Mutex<Option<Wrapper>>);

#[derive(Debug, Clone)]
struct Wrapper {
    id: i64,
    /// `invokeWithTakeout` up to the query.
    head: Arc<[u8]>,
}

/// Not part of an export: what connects and signs in, and the beginning of an export itself.
fn is_outside(method: &str) -> bool {
    ["help.", "auth."]
        .iter()
        .any(|space| method.starts_with(space))
        || method == "account.initTakeoutSession"
}

impl Inside {
    fn lock(&self) -> MutexGuard<'_, Option<Wrapper>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn id(&self) -> Option<i64> {
        self.lock().as_ref().map(|wrapper| wrapper.id)
    }

    /// The body of a request as it is sent now.
    pub fn wrap(&self, method: &str, body: &Arc<[u8]>) -> Arc<[u8]> {
        match &*self.lock() {
            Some(wrapper) if !is_outside(method) => [&wrapper.head[..], body].concat().into(),
            _ => body.clone(),
        }
    }

    fn enter(&self, schema: &Schema, id: i64) -> Result<(), CallError> {
        let head = head(schema, id).map_err(|error| CallError::Request {
            method: "invokeWithTakeout".into(),
            why: error.to_string(),
        })?;
        *self.lock() = Some(Wrapper { id, head });
        Ok(())
    }

    fn leave(&self) {
        *self.lock() = None;
    }
}

/// `invokeWithTakeout` ends with the wrapped query, so a request of four bytes is encoded with it
/// and cut off again.
fn head(schema: &Schema, id: i64) -> Result<Arc<[u8]>, telekeep_tl::EncodeError> {
    let query = json!({"_": "help.getConfig"});
    let request = json!({"_": "invokeWithTakeout", "takeout_id": id, "query": query});
    let mut bytes = Vec::new();
    schema.encode("", &request, &mut bytes)?;
    bytes.truncate(bytes.len().saturating_sub(4));
    Ok(bytes.into())
}

/// True when an answer means that the Takeout session a request was made in is no more.
pub fn is_takeout_lost(error: &CallError) -> bool {
    error
        .rpc()
        .is_some_and(|rpc| rpc.is("TAKEOUT_INVALID") || rpc.is("TAKEOUT_REQUIRED"))
}

impl Client {
    /// The number of the Takeout session requests are made in.
    pub fn takeout(&self) -> Option<i64> {
        self.caller.inside.id()
    }

    /// Makes the requests of this client and its clones inside a Takeout session from now on: the
    /// one kept from before, when it covers `scope`, else a new one.
    ///
    /// A server that lets the account wait answers `TAKEOUT_INIT_DELAY_X`; nothing is kept then,
    /// and requests are made as before.
    pub async fn enter_takeout(&self, scope: &TakeoutScope) -> Result<(), CallError> {
        let caller = &self.caller;
        let kept = caller.book.takeout();
        let id = match kept.filter(|kept| kept.scope.covers(scope)) {
            Some(kept) => kept.id,
            None => {
                let request = scope.request();
                let reply = self.call(&request).await?;
                let answer = caller.schema.object(&reply.bytes).ok();
                let id = answer
                    .and_then(|answer| answer.long("id"))
                    .ok_or_else(|| not_understood("account.initTakeoutSession"))?;
                // Kept before it is used: a process that is killed now finds it again.
                let takeout = Takeout { id, scope: *scope };
                caller.book.set_takeout(Some(takeout)).map_err(store)?;
                id
            }
        };
        caller.inside.enter(caller.schema, id)
    }

    /// The server ended the kept session: the next [`Client::enter_takeout`] begins another.
    /// Requests are made in the dead one until then, and so refused rather than made outside.
    pub fn lose_takeout(&self, id: i64) -> Result<(), CallError> {
        match self.caller.book.takeout() {
            Some(kept) if kept.id == id => self.caller.book.set_takeout(None).map_err(store),
            _ => Ok(()),
        }
    }

    /// Tells the server how the export ended and makes requests outside of it from now on. Does
    /// nothing when this client is in none.
    pub async fn finish_takeout(&self, success: bool) -> Result<(), CallError> {
        let Some(id) = self.takeout() else {
            return Ok(());
        };
        let mut request = json!({"_": "account.finishTakeoutSession"});
        if let (true, Some(fields)) = (success, request.as_object_mut()) {
            fields.insert("success".into(), Value::Bool(true));
        }
        let answer = self.call(&request).await;
        self.caller.inside.leave();
        match answer {
            Err(error) if !is_takeout_lost(&error) => Err(error),
            _ => self.lose_takeout(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: TakeoutScope = TakeoutScope {
        contacts: true,
        users: true,
        groups: true,
        supergroups: true,
        channels: true,
        files: Some(4000 << 20),
    };

    #[test]
    fn a_session_serves_what_it_was_announced_for() {
        let without_files = TakeoutScope { files: None, ..ALL };
        assert!(ALL.covers(&ALL) && ALL.covers(&without_files));
        assert!(!without_files.covers(&ALL));
        let no_contacts = TakeoutScope {
            contacts: false,
            ..ALL
        };
        assert!(!no_contacts.covers(&ALL));
    }

    #[test]
    fn files_come_with_their_size_or_not_at_all() {
        let schema = telekeep_tl::bundled(230).unwrap();
        for scope in [ALL, TakeoutScope::default()] {
            let mut bytes = Vec::new();
            schema.encode("", &scope.request(), &mut bytes).unwrap();
            let value = schema.to_value("", &bytes).unwrap();
            assert_eq!(value["files"].is_null(), value["file_max_size"].is_null());
            assert_eq!(value["contacts"].is_null(), !scope.contacts);
        }
    }

    #[test]
    fn requests_are_wrapped_but_for_those_that_are_no_part_of_an_export() {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut body = Vec::new();
        let asked = json!({"_": "messages.getSplitRanges"});
        schema.encode("", &asked, &mut body).unwrap();
        let body: Arc<[u8]> = body.into();
        let inside = Inside::default();
        assert_eq!(inside.wrap("messages.getSplitRanges", &body), body);
        inside.enter(schema, -7).unwrap();
        let wrapped = inside.wrap("messages.getSplitRanges", &body);
        let value = schema.to_value("", &wrapped).unwrap();
        assert_eq!(
            (&value["takeout_id"], &value["query"]),
            (&json!(-7), &asked)
        );
        for method in ["auth.exportAuthorization", "help.getConfig"] {
            assert_eq!(inside.wrap(method, &body), body);
        }
        inside.leave();
        assert_eq!(inside.wrap("messages.getSplitRanges", &body), body);
    }
}
