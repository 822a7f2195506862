//! Remote procedure calls: what a handler of an API method sees and answers.

pub(crate) mod dispatch;
mod error;
pub(crate) mod layers;
mod wrappers;

pub use error::RpcError;

use serde_json::Value;

use crate::Shared;
pub(crate) use crate::takeouts::Scope;

/// The user id of an account of the cloud.
pub type AccountId = i64;

/// A number of the cloud's own for one MTProto session (one client connection, seen through
/// reconnects). Never reused while the cloud runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// Who calls, from where, in which layer. Requests and answers of handlers are always in the
/// native layer ([`NATIVE_LAYER`]); the dispatcher converts for other clients.
pub struct Call<'a> {
    /// The account logged in on this session's authorization key, if any.
    pub account: Option<AccountId>,
    /// The session the request came from; name it as the exception when pushing updates.
    pub session: SessionId,
    /// The data centre the request came to. Each one listens on a port of its own.
    pub dc: i32,
    /// The layer the client declared; for information, the conversion is done elsewhere.
    pub layer: i32,
    /// What the Takeout session covers that the request belongs to, if it belongs to one.
    pub(crate) takeout: Option<Scope>,
    /// From `invokeWithMessagesRange`: the ids of the shared sequence that count, ends included.
    pub(crate) range: Option<(i32, i32)>,
    /// Messages that a fault leaves out of a page of a history.
    pub(crate) leave_out: usize,
    /// Everything the cloud shares between connections, the world included.
    pub cloud: &'a Shared,
}

impl Call<'_> {
    /// The calling account, or the error the real server gives to a client that is not logged in.
    pub fn account(&self) -> Result<AccountId, RpcError> {
        self.account
            .ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))
    }
}

/// The layer handlers speak.
pub const NATIVE_LAYER: i32 = 230;

/// What a handler answers with, in [`NATIVE_LAYER`].
#[derive(Debug)]
pub enum Answer {
    /// The result as TL JSON: an object, or for `Vector<T>` an array, for `Bool` true/false.
    Json(Value),
    /// The result already encoded as TL bytes (boxed, as it stands after `req_msg_id`).
    Tl(Vec<u8>),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Answer::Json(value)
    }
}

/// A handler of one method. It must not block for long: it runs on the connection's task.
pub type Handler = fn(&Call<'_>, Value) -> Result<Answer, RpcError>;

/// One line of the handler table: the TL name of the method and its handler.
pub type Method = (&'static str, Handler);
