//! Authorization keys and the MTProto sessions that live on them.
//!
//! A session outlives its connections: it remembers what it received, so that nothing is carried
//! out twice, and what it sent, so that nothing is lost.

pub mod incoming;
mod keys;
mod outbox;
mod received;
pub mod replies;
mod salts;
mod service;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, mpsc};

pub use keys::{ClientInfo, HalfLogin, Key, Keys};
pub use outbox::Kind;
pub use received::{Parity, Received, Refusal, Verdict};
pub use service::{Context, Handled, handle as handle_service, parity};

use crate::rpc::{AccountId, SessionId};
use crate::wire::Put;
use outbox::Outbox;

/// Updates that may wait in one session; beyond them the client is told to ask for the difference.
const WAITING_UPDATES: usize = 512;
/// `updatesTooLong`.
const UPDATES_TOO_LONG: u32 = 0xe317_af7e;

/// Locks, whatever happened to other holders: no state here is left half changed by a panic.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a connection's writer is asked to do.
#[derive(Debug)]
pub enum Order {
    /// Send what the session has.
    Flush(Arc<Session>),
    /// Send an unencrypted message.
    Plain(Vec<u8>),
    /// Send a quick acknowledgement.
    QuickAck(u32),
    /// Send a transport error.
    Error(i32),
    /// Close after everything before.
    Close,
}

/// A connection as its sessions see it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Number of the connection.
    pub connection: u64,
    /// To its writer. Bounded by what is in flight: one `Flush` per session, the others answer
    /// one packet each, and the reader waits for the writer when it falls behind.
    pub orders: mpsc::UnboundedSender<Order>,
}

/// One MTProto session.
pub struct Session {
    /// The cloud's number for it.
    pub id: SessionId,
    /// The client's number for it.
    pub number: i64,
    key: Weak<Key>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    received: Received,
    outbox: Outbox,
    link: Option<Link>,
    flushing: bool,
    /// The account whose updates it gets.
    listens: Option<AccountId>,
    missed: bool,
    /// Requests whose answers are held back, and whether they are still wanted.
    held: BTreeMap<i64, bool>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// A session on `key` nothing was sent in.
    pub fn new(id: SessionId, number: i64, key: Weak<Key>) -> Self {
        Self {
            id,
            number,
            key,
            state: Mutex::default(),
        }
    }

    /// The key it lives on, while that is remembered.
    pub fn key(&self) -> Option<Arc<Key>> {
        self.key.upgrade()
    }

    /// Judges a message, see [`Received::judge`].
    pub fn judge(&self, id: i64, seqno: i32, parity: Parity) -> Verdict {
        locked(&self.state).received.judge(id, seqno, parity)
    }

    /// The session is used through `link` from now on. What was sent through a connection that is
    /// gone is sent again.
    pub fn attach(self: &Arc<Self>, link: &Link) {
        let mut state = locked(&self.state);
        if state
            .link
            .as_ref()
            .is_some_and(|old| old.connection == link.connection)
        {
            return;
        }
        if state.link.replace(link.clone()).is_none() {
            state.outbox.resend_all();
        }
        state.flushing = false;
        if state.outbox.waiting() > 0 || state.missed {
            drop(state);
            self.flush();
        }
    }

    /// A connection ended. If the client already uses another one, what may have got lost with
    /// the old one is sent again there.
    pub fn detach(self: &Arc<Self>, connection: u64) {
        let mut state = locked(&self.state);
        match &state.link {
            Some(link) if link.connection == connection => state.link = None,
            Some(_) => {
                state.outbox.resend_all();
                drop(state);
                self.flush();
            }
            None => {}
        }
    }

    /// Queues a message without telling the connection yet; see [`Session::flush`].
    pub fn queue(&self, kind: Kind, body: Vec<u8>, permit: Option<OwnedSemaphorePermit>) {
        let mut state = locked(&self.state);
        if let Kind::Answer(request) = kind
            && state.held.remove(&request) == Some(false)
        {
            return;
        }
        state.outbox.push(kind, Arc::new(body), permit, nanos());
    }

    /// The answer to a request will be queued later.
    pub fn hold(&self, request: i64) {
        locked(&self.state).held.insert(request, true);
    }

    /// A request came again: its answer is sent again if it is still there, else the request is
    /// acknowledged, since it was carried out.
    pub fn answer_again(&self, request: i64) {
        let mut state = locked(&self.state);
        if !state.outbox.resend_answer(request) {
            let body = Arc::new(replies::acknowledgement(request));
            state.outbox.push(Kind::Response, body, None, nanos());
        }
    }

    /// Has the connection send what waits.
    pub fn flush(self: &Arc<Self>) {
        let mut state = locked(&self.state);
        if state.flushing {
            return;
        }
        if let Some(link) = &state.link {
            // A closed connection detaches itself; the messages wait for the next one.
            state.flushing = link.orders.send(Order::Flush(Arc::clone(self))).is_ok();
        }
    }

    /// Queues an update and sends it. A session that does not take its updates misses them and
    /// is told so later.
    pub fn update(self: &Arc<Self>, body: Arc<Vec<u8>>) {
        let mut state = locked(&self.state);
        if state.link.is_none() || state.outbox.waiting() > WAITING_UPDATES {
            state.missed = true;
            return;
        }
        state.outbox.push(Kind::Notice, body, None, nanos());
        drop(state);
        self.flush();
    }

    /// Writes the next packet for `connection`, unencrypted, after 24 bytes left for the header.
    /// `None`: nothing waits, or the session went to another connection.
    pub fn packet(&self, connection: u64, salt: i64) -> Option<Vec<u8>> {
        let mut state = locked(&self.state);
        if state
            .link
            .as_ref()
            .is_none_or(|link| link.connection != connection)
        {
            return None;
        }
        if state.missed && state.outbox.waiting() == 0 {
            state.missed = false;
            let body = Arc::new(UPDATES_TOO_LONG.to_le_bytes().to_vec());
            state.outbox.push(Kind::Notice, body, None, nanos());
        }
        let mut packet = vec![0; 24];
        packet.put_long(salt);
        packet.put_long(self.number);
        if state.outbox.take(nanos(), &mut packet) {
            Some(packet)
        } else {
            state.flushing = false;
            None
        }
    }

    /// From now on the session gets the updates of `account`, or of nobody.
    pub fn listen(&self, account: Option<AccountId>) {
        locked(&self.state).listens = account;
    }

    /// The account whose updates the session gets.
    pub fn listens(&self) -> Option<AccountId> {
        locked(&self.state).listens
    }

    /// Whether a connection uses it.
    pub fn is_linked(&self) -> bool {
        locked(&self.state).link.is_some()
    }
}

/// Nanoseconds since 1970.
pub fn nanos() -> u128 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_nanos())
}
