//! One TCP connection: bytes to packets, packets to messages, messages to requests, and back.
//!
//! A reading and a writing half run side by side. The reader carries requests out in the order
//! they come; answers that are held back (latency, faults) wait in tasks of their own, so the
//! pipeline never stops for them. What a client may have in flight is bounded, and a client that
//! does not read its answers is not read from either.

mod writer;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::Instant;

use crate::Shared;
use crate::auth_key::{Handshake, HandshakeError, Place};
use crate::crypto::Side;
use crate::rpc::dispatch::{End, Origin, Outcome, dispatch};
use crate::session::incoming::{Envelope, Message, container, envelope, unpacked};
use crate::session::{
    Context, Handled, Key, Kind, Link, Order, Parity, Received, Refusal, Session, Verdict,
    handle_service, parity, replies,
};
use crate::transport::{Decoder, Encoder, Packet, Step};
use crate::wire::Reader;
use writer::Writing;

/// Requests a connection may have in flight.
const IN_FLIGHT: usize = 128;
/// Bytes read at a time.
const READ: usize = 64 << 10;
/// Unencrypted messages of one connection; a handshake takes three.
const MAX_PLAIN: u32 = 64;
/// Sessions one connection may carry.
const MAX_ATTACHED: usize = 64;
/// Transport error: the authorization key is unknown.
const UNKNOWN_KEY: i32 = -404;
/// Transport error: this is not that data centre.
const WRONG_DC: i32 = -444;
/// Answers held back longer than this are announced with an acknowledgement.
const ACKNOWLEDGE_FROM: Duration = Duration::from_secs(1);

/// Why a connection ends. Not told to anybody; the client sees it close.
enum Stop {
    /// Closed by the client, broken, or nothing to be done with it.
    Now,
    /// What is queued is still written.
    Flushed,
}

type Flow = Result<(), Stop>;

/// Serves a connection until it ends or the cloud stops.
pub async fn serve(
    stream: TcpStream,
    shared: Arc<Shared>,
    dc: i32,
    number: u64,
    mut stopped: watch::Receiver<bool>,
) {
    // Answers are small and awaited; a failure to set this costs only time.
    let _ = stream.set_nodelay(true);
    let (read, write) = stream.into_split();
    let (orders, receiver) = mpsc::unbounded_channel();
    let link = Link {
        connection: number,
        orders,
    };
    let reader = Reading {
        shared: Arc::clone(&shared),
        dc,
        link: link.clone(),
        handshake: Handshake::default(),
        plain_messages: 0,
        attached: Vec::new(),
        in_flight: Arc::new(Semaphore::new(IN_FLIGHT)),
        quiet_until: None,
    };
    let (encoder_in, encoder_out) = tokio::sync::oneshot::channel();
    let writing = Writing {
        shared,
        connection: number,
        write,
    };
    let writer = tokio::spawn(writing.run(encoder_out, receiver));
    let abort = writer.abort_handle();
    let (reader, stop) = tokio::select! {
        done = reader.run(read, encoder_in) => done,
        _ = stopped.wait_for(|stopped| *stopped) => {
            abort.abort();
            return;
        }
    };
    match stop {
        Stop::Now => abort.abort(),
        Stop::Flushed => {
            let _ = link.orders.send(Order::Close);
            // A client that does not read cannot keep the connection open.
            let _ = tokio::time::timeout(Duration::from_secs(5), writer).await;
            abort.abort();
        }
    }
    for (_, session) in &reader.attached {
        session.detach(number);
    }
}

struct Reading {
    shared: Arc<Shared>,
    dc: i32,
    link: Link,
    handshake: Handshake,
    plain_messages: u32,
    /// Sessions used through this connection, with their keys: a key that is destroyed still
    /// carries its last answer.
    attached: Vec<(Arc<Key>, Arc<Session>)>,
    in_flight: Arc<Semaphore>,
    /// The connection closes unless a `ping_delay_disconnect` comes before.
    quiet_until: Option<Instant>,
}

impl Reading {
    async fn run(
        mut self,
        mut read: OwnedReadHalf,
        encoder: tokio::sync::oneshot::Sender<Encoder>,
    ) -> (Self, Stop) {
        let stop = match self.read(&mut read, encoder).await {
            Ok(()) => Stop::Now,
            Err(stop) => stop,
        };
        (self, stop)
    }

    async fn read(
        &mut self,
        read: &mut OwnedReadHalf,
        encoder: tokio::sync::oneshot::Sender<Encoder>,
    ) -> Flow {
        let mut encoder = Some(encoder);
        let mut decoder = Decoder::default();
        let mut buffer = vec![0; READ];
        loop {
            let count = self.read_some(read, &mut buffer).await?;
            decoder.push(buffer.get(..count).unwrap_or_default());
            loop {
                match decoder.step().map_err(|_| Stop::Now)? {
                    Step::Starve => break,
                    Step::Opened(opened) => {
                        if let Some(encoder) = encoder.take() {
                            encoder.send(opened).map_err(|_| Stop::Now)?;
                        }
                    }
                    Step::Packet(packet) => self.packet(packet).await?,
                }
            }
        }
    }

    /// Reads, unless the writer has failed or the client has been quiet for too long.
    async fn read_some(&self, read: &mut OwnedReadHalf, buffer: &mut [u8]) -> Result<usize, Stop> {
        let quiet = async {
            match self.quiet_until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            count = read.read(buffer) => match count {
                Ok(0) | Err(_) => Err(Stop::Now),
                Ok(count) => Ok(count),
            },
            () = self.link.orders.closed() => Err(Stop::Now),
            () = quiet => Err(Stop::Flushed),
        }
    }

    fn order(&self, order: Order) -> Flow {
        self.link.orders.send(order).map_err(|_| Stop::Now)
    }

    fn refuse(&self, code: i32) -> Flow {
        self.order(Order::Error(code))?;
        Err(Stop::Flushed)
    }

    async fn packet(&mut self, packet: Packet) -> Flow {
        let Some(key_id) = packet
            .data
            .first_chunk::<8>()
            .copied()
            .map(i64::from_le_bytes)
        else {
            return Err(Stop::Now);
        };
        if key_id == 0 {
            return self.plain(&packet.data);
        }
        let now = self.shared.now();
        let Some(key) = self.shared.keys.get(key_id, self.dc, now) else {
            return self.refuse(UNKNOWN_KEY);
        };
        let mut data = packet.data;
        // Transport padding is shorter than a cipher block.
        data.truncate(24 + data.len().saturating_sub(24) / 16 * 16);
        let opened = key.auth.open(&mut data, Side::Client).ok_or(Stop::Now)?;
        let envelope = envelope(opened.plain).map_err(|_| Stop::Now)?;
        if packet.quick_ack {
            self.order(Order::QuickAck(opened.quick_ack))?;
        }
        self.encrypted(&key, &envelope, now).await
    }

    /// A handshake message: `0, msg_id, length, body`.
    fn plain(&mut self, data: &[u8]) -> Flow {
        self.plain_messages += 1;
        let body = plain_body(data).ok_or(Stop::Now)?;
        if self.plain_messages > MAX_PLAIN {
            return Err(Stop::Now);
        }
        let now = self.shared.now();
        match self.handshake.receive(body, Place { dc: self.dc, now }) {
            Ok(progress) => {
                if let Some(key) = progress.key
                    && !self.shared.keys.add(key, self.dc, now)
                {
                    return Err(Stop::Now);
                }
                self.order(Order::Plain(progress.reply))
            }
            Err(HandshakeError::WrongDc { .. }) => self.refuse(WRONG_DC),
            Err(_) => self.refuse(UNKNOWN_KEY),
        }
    }

    async fn encrypted(&mut self, key: &Arc<Key>, envelope: &Envelope<'_>, now: i32) -> Flow {
        let (session, new) = self.shared.keys.session(key, envelope.session);
        self.attach(key, &session);
        let outer = envelope.message;
        let salt = key.salts.current(now);
        if !key.salts.accepts(envelope.salt, now) {
            session.queue(
                Kind::Response,
                replies::bad_salt(outer.id, outer.seqno, salt),
                None,
            );
            session.flush();
            return Ok(());
        }
        if let Some(refusal) = Received::time(outer.id, now) {
            refuse_message(&session, &outer, refusal);
            session.flush();
            return Ok(());
        }
        let body = match unpacked(outer.body) {
            Ok(body) => body,
            Err(_) => return Err(Stop::Now),
        };
        let messages = match container(&body) {
            None => Some(vec![Message {
                body: &body,
                ..outer
            }]),
            Some(messages) => open_container(&session, &outer, messages.ok()),
        };
        let messages = messages.unwrap_or_default();
        if new && let Some(first) = messages.iter().map(|message| message.id).min() {
            let created = replies::new_session(first, session.id.0, salt);
            session.queue(Kind::Notice, created, None);
        }
        let mut flow = Ok(());
        for message in &messages {
            flow = self.message(key, &session, message, now).await;
            if flow.is_err() {
                break;
            }
        }
        session.flush();
        flow
    }

    fn attach(&mut self, key: &Arc<Key>, session: &Arc<Session>) {
        if !self
            .attached
            .iter()
            .any(|(_, known)| Arc::ptr_eq(known, session))
        {
            if self.attached.len() >= MAX_ATTACHED {
                let (_, oldest) = self.attached.remove(0);
                oldest.detach(self.link.connection);
            }
            self.attached.push((Arc::clone(key), Arc::clone(session)));
        }
        session.attach(&self.link);
    }

    async fn message(
        &mut self,
        key: &Arc<Key>,
        session: &Arc<Session>,
        message: &Message<'_>,
        now: i32,
    ) -> Flow {
        match session.judge(message.id, message.seqno, parity(message.body)) {
            Verdict::New => {}
            Verdict::Repeated => {
                session.answer_again(message.id);
                return Ok(());
            }
            Verdict::Refused(refusal) => {
                refuse_message(session, message, refusal);
                return Ok(());
            }
        }
        let Ok(body) = unpacked(message.body) else {
            refuse_message(session, message, Refusal::BadContainer);
            return Ok(());
        };
        let cx = Context {
            keys: &self.shared.keys,
            key,
            session,
            id: message.id,
            now,
        };
        match handle_service(&cx, &body) {
            Ok(Handled::Done) | Err(_) => Ok(()),
            Ok(Handled::CloseAfter(seconds)) => {
                let seconds = u64::try_from(seconds).unwrap_or(0).clamp(1, 86_400);
                self.quiet_until = Some(Instant::now() + Duration::from_secs(seconds));
                Ok(())
            }
            Ok(Handled::Request) => {
                let permit = self.permit(session).await?;
                let origin = Origin {
                    shared: &self.shared,
                    key,
                    session,
                };
                self.answer(session, message.id, dispatch(origin, &body), permit)
            }
        }
    }

    /// Waits until the client may have another request in flight.
    async fn permit(&self, session: &Arc<Session>) -> Result<OwnedSemaphorePermit, Stop> {
        if let Ok(permit) = Arc::clone(&self.in_flight).try_acquire_owned() {
            return Ok(permit);
        }
        session.flush();
        tokio::select! {
            permit = Arc::clone(&self.in_flight).acquire_owned() => permit.map_err(|_| Stop::Now),
            () = self.link.orders.closed() => Err(Stop::Now),
        }
    }

    fn answer(
        &self,
        session: &Arc<Session>,
        request: i64,
        outcome: Outcome,
        permit: OwnedSemaphorePermit,
    ) -> Flow {
        let Outcome { body, delay, end } = outcome;
        if end == End::Before {
            return Err(Stop::Now);
        }
        if !delay.is_zero() {
            if delay >= ACKNOWLEDGE_FROM {
                session.queue(Kind::Response, replies::acknowledgement(request), None);
            }
            session.hold(request);
            let (session, link) = (Arc::clone(session), self.link.clone());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                session.queue(Kind::Answer(request), body, Some(permit));
                if end != End::Unanswered {
                    session.flush();
                }
                if end != End::Stay {
                    let _ = link.orders.send(Order::Close);
                }
            });
            return Ok(());
        }
        session.queue(Kind::Answer(request), body, Some(permit));
        match end {
            End::After => Err(Stop::Flushed),
            End::Unanswered => {
                session.detach(self.link.connection);
                Err(Stop::Now)
            }
            _ => Ok(()),
        }
    }
}

fn plain_body(data: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(data.get(8..)?);
    reader.long().ok()?;
    let len = usize::try_from(reader.int().ok()?).ok()?;
    reader.take(len).ok()
}

fn refuse_message(session: &Session, message: &Message<'_>, refusal: Refusal) {
    let body = replies::bad_message(message.id, message.seqno, refusal as i32);
    session.queue(Kind::Response, body, None);
}

/// Judges a container and its messages; `None` when it is refused as a whole.
fn open_container<'a>(
    session: &Arc<Session>,
    outer: &Message<'_>,
    messages: Option<Vec<Message<'a>>>,
) -> Option<Vec<Message<'a>>> {
    let nested =
        |message: &Message<'_>| container(message.body).is_some() || message.id >= outer.id;
    let refusal = match &messages {
        None => Some(Refusal::BadContainer),
        Some(messages) if messages.iter().any(nested) => Some(Refusal::BadContainer),
        Some(_) => match session.judge(outer.id, outer.seqno, Parity::Even) {
            Verdict::New => None,
            Verdict::Repeated => Some(Refusal::ContainerRepeated),
            Verdict::Refused(refusal) => Some(refusal),
        },
    };
    match refusal {
        Some(refusal) => {
            refuse_message(session, outer, refusal);
            None
        }
        None => messages,
    }
}
