//! What a session still has to send, and what the client has not acknowledged yet.
//!
//! Messages are numbered when they are queued, leave in containers, and are kept until the client
//! acknowledges them, so that a connection that breaks loses nothing: the next connection of the
//! session gets them again. Both lists are bounded; what falls out is the oldest.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::incoming::CONTAINER;
use crate::wire::Put;

/// `rpc_result`.
pub const RPC_RESULT: u32 = 0xf35c_6d01;

/// Bytes kept for clients that do not acknowledge.
const UNACKED_BYTES: usize = 16 << 20;
/// Messages kept for them.
const UNACKED_MESSAGES: usize = 1024;
/// Bytes that may wait while no connection takes them.
const QUEUE_BYTES: usize = 64 << 20;
/// Where a container ends.
const CONTAINER_BYTES: usize = 256 << 10;
const CONTAINER_MESSAGES: usize = 100;

/// A message to the client.
#[derive(Debug)]
struct Outgoing {
    id: i64,
    seqno: i32,
    /// The client's message this answers as `rpc_result`; the 12 bytes before `body` follow
    /// from it.
    answers: Option<i64>,
    body: Arc<Vec<u8>>,
    /// Counts against the requests a connection may have in flight until it is sent.
    permit: Option<OwnedSemaphorePermit>,
}

impl Outgoing {
    fn len(&self) -> usize {
        self.body.len() + if self.answers.is_some() { 12 } else { 0 }
    }

    fn needs_ack(&self) -> bool {
        self.seqno & 1 == 1
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.put_long(self.id);
        out.put_int(self.seqno);
        out.put_int(self.len() as i32);
        if let Some(request) = self.answers {
            out.put_id(RPC_RESULT);
            out.put_long(request);
        }
        out.extend_from_slice(&self.body);
    }
}

/// What a message is to its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The result of a request, wrapped in `rpc_result`.
    Answer(i64),
    /// A service message caused by a message of the client.
    Response,
    /// Something the client did not ask for and should acknowledge.
    Notice,
}

/// What became of an answer the client no longer wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Id of the message it was.
    pub id: i64,
    /// Its number.
    pub seqno: i32,
    /// Its length.
    pub bytes: i32,
}

/// The outbox of one session.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Outgoing>,
    queue_bytes: usize,
    unacked: BTreeMap<i64, Outgoing>,
    unacked_bytes: usize,
    last_id: i64,
    content_messages: i32,
}

impl Outbox {
    /// Queues a message. `nanos`: now, in nanoseconds since 1970.
    pub fn push(
        &mut self,
        kind: Kind,
        body: Arc<Vec<u8>>,
        permit: Option<OwnedSemaphorePermit>,
        nanos: u128,
    ) {
        let (class, answers) = match kind {
            Kind::Answer(request) => (1, Some(request)),
            Kind::Response => (1, None),
            Kind::Notice => (3, None),
        };
        let (id, seqno) = (
            self.next_id(nanos, class),
            self.next_seqno(kind != Kind::Response),
        );
        self.enqueue(Outgoing {
            id,
            seqno,
            answers,
            body,
            permit,
        });
    }

    fn enqueue(&mut self, message: Outgoing) {
        self.queue_bytes += message.len();
        self.queue.push_back(message);
        while self.queue_bytes > QUEUE_BYTES && self.queue.len() > 1 {
            if let Some(oldest) = self.queue.pop_front() {
                self.queue_bytes -= oldest.len();
            }
        }
    }

    /// Message ids follow the clock, rise strictly, and say by their last two bits what they are.
    fn next_id(&mut self, nanos: u128, class: i64) -> i64 {
        let seconds = (nanos / 1_000_000_000) as i64;
        let fraction = ((nanos % 1_000_000_000) << 32) / 1_000_000_000;
        let base = (seconds << 32 | fraction as i64) & !3;
        let base = if base <= self.last_id {
            (self.last_id & !3) + 4
        } else {
            base
        };
        self.last_id = base | class;
        self.last_id
    }

    fn next_seqno(&mut self, content: bool) -> i32 {
        let seqno = self.content_messages.wrapping_mul(2);
        if content {
            self.content_messages = self.content_messages.wrapping_add(1);
            seqno | 1
        } else {
            seqno
        }
    }

    /// Writes the next messages as one (`msg_id, seqno, length, body`): alone, or in a container.
    /// False when nothing waits.
    pub fn take(&mut self, nanos: u128, out: &mut Vec<u8>) -> bool {
        let mut bytes = 0;
        let fits = |message: &&Outgoing| {
            bytes += message.len() + 16;
            bytes <= CONTAINER_BYTES
        };
        let count = self
            .queue
            .iter()
            .take(CONTAINER_MESSAGES)
            .take_while(fits)
            .count()
            .max(1);
        let batch: Vec<Outgoing> = self.queue.drain(..count.min(self.queue.len())).collect();
        match batch.as_slice() {
            [] => return false,
            [only] => only.write(out),
            many => {
                let len = 8 + many.iter().map(|message| message.len() + 16).sum::<usize>();
                out.put_long(self.next_id(nanos, 1));
                out.put_int(self.next_seqno(false));
                out.put_int(len as i32);
                out.put_id(CONTAINER);
                out.put_int(many.len() as i32);
                many.iter().for_each(|message| message.write(out));
            }
        }
        batch.into_iter().for_each(|message| self.sent(message));
        true
    }

    fn sent(&mut self, mut message: Outgoing) {
        self.queue_bytes -= message.len();
        if !message.needs_ack() {
            return;
        }
        message.permit = None;
        self.unacked_bytes += message.len();
        self.unacked.insert(message.id, message);
        while self.unacked_bytes > UNACKED_BYTES || self.unacked.len() > UNACKED_MESSAGES {
            let Some((_, oldest)) = self.unacked.pop_first() else {
                break;
            };
            self.unacked_bytes -= oldest.len();
        }
    }

    /// The client has these.
    pub fn acknowledge(&mut self, ids: &[i64]) {
        for id in ids {
            if let Some(message) = self.unacked.remove(id) {
                self.unacked_bytes -= message.len();
            }
        }
    }

    /// Queues everything unacknowledged again, in the order it was first sent: a new connection
    /// took the session over.
    pub fn resend_all(&mut self) {
        self.unacked_bytes = 0;
        let unacked = std::mem::take(&mut self.unacked);
        for (_, message) in unacked.into_iter().rev() {
            self.queue_bytes += message.len();
            self.queue.push_front(message);
        }
    }

    /// Queues one message again; false when it is not known (any more).
    pub fn resend(&mut self, id: i64) -> bool {
        match self.unacked.remove(&id) {
            Some(message) => {
                self.unacked_bytes -= message.len();
                self.enqueue(message);
                true
            }
            None => self.queue.iter().any(|message| message.id == id),
        }
    }

    /// Queues the answer to a request again; false when it is not known (any more).
    pub fn resend_answer(&mut self, request: i64) -> bool {
        let waits = self
            .queue
            .iter()
            .any(|message| message.answers == Some(request));
        let sent = self
            .unacked
            .values()
            .find(|message| message.answers == Some(request));
        match sent.map(|message| message.id) {
            Some(id) => self.resend(id),
            None => waits,
        }
    }

    /// Forgets the answer to a request.
    pub fn drop_answer(&mut self, request: i64) -> Option<Dropped> {
        let is = |message: &Outgoing| message.answers == Some(request);
        let message = if let Some(at) = self.queue.iter().position(is) {
            let message = self.queue.remove(at)?;
            self.queue_bytes -= message.len();
            message
        } else {
            let id = self.unacked.values().find(|message| is(message))?.id;
            let message = self.unacked.remove(&id)?;
            self.unacked_bytes -= message.len();
            message
        };
        let bytes = message.body.len() as i32;
        Some(Dropped {
            id: message.id,
            seqno: message.seqno,
            bytes,
        })
    }

    /// How many messages wait to be sent.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::incoming::{Message, container};
    use crate::wire::Reader;

    const NOW: u128 = 1_800_000_000_500_000_000;

    fn take(outbox: &mut Outbox) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        outbox.take(NOW, &mut out).then_some(out)
    }

    fn head(bytes: &[u8]) -> (i64, i32, &[u8]) {
        let mut reader = Reader::new(bytes);
        let (id, seqno, len) = (reader.long().unwrap(), reader.int().unwrap(), reader.int());
        assert_eq!(len.unwrap() as usize, reader.rest().len());
        (id, seqno, reader.rest())
    }

    fn push(outbox: &mut Outbox, kind: Kind, body: &[u8]) {
        outbox.push(kind, Arc::new(body.to_vec()), None, NOW);
    }

    #[test]
    fn ids_rise_and_name_the_class_and_numbers_follow_the_rules() {
        let mut outbox = Outbox::default();
        push(&mut outbox, Kind::Answer(4), &[1; 8]);
        push(&mut outbox, Kind::Response, &[2; 8]);
        push(&mut outbox, Kind::Notice, &[3; 8]);
        let packet = take(&mut outbox).unwrap();
        let (outer, seqno, body) = head(&packet);
        let inner: Vec<Message<'_>> = container(body).unwrap().unwrap();
        assert_eq!(
            inner.iter().map(|m| m.id & 3).collect::<Vec<_>>(),
            [1, 1, 3]
        );
        assert_eq!(inner.iter().map(|m| m.seqno).collect::<Vec<_>>(), [1, 2, 3]);
        assert!(inner.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert!(outer > inner[2].id && seqno == 4);
        assert_eq!(inner[0].id >> 32, 1_800_000_000);
        assert_eq!(
            inner[0].body[..12],
            [&RPC_RESULT.to_le_bytes()[..], &4i64.to_le_bytes()].concat()
        );
        assert!(take(&mut outbox).is_none());
    }

    #[test]
    fn unacknowledged_messages_come_again_in_order_and_acknowledged_ones_do_not() {
        let mut outbox = Outbox::default();
        for n in 0..3u8 {
            push(&mut outbox, Kind::Answer(i64::from(n) * 4), &[n; 4]);
            take(&mut outbox).unwrap();
        }
        let ids: Vec<i64> = outbox.unacked.keys().copied().collect();
        outbox.acknowledge(&[ids[1], 999]);
        push(&mut outbox, Kind::Notice, &[9; 4]);
        outbox.resend_all();
        let packet = take(&mut outbox).unwrap();
        let inner = container(head(&packet).2).unwrap().unwrap();
        assert_eq!(
            inner.iter().map(|m| m.id).collect::<Vec<_>>()[..2],
            [ids[0], ids[2]]
        );
        assert_eq!(inner.len(), 3);
    }

    #[test]
    fn answers_can_be_asked_for_again_or_dropped() {
        let mut outbox = Outbox::default();
        push(&mut outbox, Kind::Answer(40), &[1; 4]);
        assert!(outbox.resend_answer(40), "it still waits");
        take(&mut outbox).unwrap();
        assert!(outbox.resend_answer(40));
        assert_eq!(outbox.waiting(), 1);
        assert_eq!(outbox.drop_answer(40).unwrap().bytes, 4);
        assert!(outbox.drop_answer(40).is_none());
        assert!(!outbox.resend_answer(40));
        assert_eq!((outbox.queue_bytes, outbox.unacked_bytes), (0, 0));
    }

    #[test]
    fn memory_is_bounded() {
        let mut outbox = Outbox::default();
        for n in 0..200 {
            push(&mut outbox, Kind::Answer(n * 4), &[0; 1 << 20]);
        }
        assert!(outbox.queue_bytes <= QUEUE_BYTES);
        while take(&mut outbox).is_some() {}
        assert!(outbox.unacked_bytes <= UNACKED_BYTES);
        for n in 0..5000 {
            push(&mut outbox, Kind::Notice, &[0; 4]);
            if n % 50 == 0 {
                while take(&mut outbox).is_some() {}
            }
        }
        while take(&mut outbox).is_some() {}
        assert!(outbox.unacked.len() <= UNACKED_MESSAGES);
        assert_eq!(outbox.queue_bytes, 0);
    }
}
