//! A connection while it lasts: many requests in flight, answers in any order, acknowledgements,
//! pings, and the detection of a server that is not there any more.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use grammers_tl_types::{Serializable, functions};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::book::KeyMaterial;
use super::connection::{Answer, Common, Failed, Job};
use super::frame::{FrameError, Frames};
use super::handshake::{self, Opened};
use super::protocol::{Event, Protocol};

/// Unanswered requests on one connection.
const IN_FLIGHT: usize = 128;
/// How often one request is sent again because the server said it did not take it.
const SEND_AGAIN: u8 = 8;
/// Silence after which a ping is sent, and after which the connection counts as dead.
const PING_AFTER: Duration = Duration::from_secs(20);
const DEAD_AFTER: Duration = Duration::from_secs(45);
/// After this many seconds without a ping the server may close the connection.
const SERVER_PATIENCE: i32 = 75;
/// Acknowledgements that are sent without waiting for a request to carry them.
const ACKS: usize = 64;
/// Error of a server to which this connection has not introduced itself.
const NOT_INITED: &str = "CONNECTION_NOT_INITED";

/// A sent request.
struct Flight {
    job: Job,
    sent: Instant,
    again: u8,
}

/// Why a connection ended.
enum End {
    /// Nobody needs it any more.
    Done,
    Lost(String),
    KeyUnknown,
}

/// An established, encrypted connection.
pub(crate) struct Live<'a, R, W> {
    common: &'a Common,
    dc: i32,
    key: Box<[u8; 256]>,
    reader: R,
    writer: W,
    frames: Frames,
    protocol: Protocol,
    /// Bytes to send, and how many of them were sent.
    out: Vec<u8>,
    written: usize,
    waiting: VecDeque<Job>,
    /// Refused requests to send again, oldest first.
    again: VecDeque<Flight>,
    flights: HashMap<i64, Flight>,
    introduced: bool,
    last_received: Instant,
    last_ping: Instant,
}

impl<'a> Live<'a, OwnedReadHalf, OwnedWriteHalf> {
    /// The connection that was opened.
    pub fn over(opened: Opened, common: &'a Common, dc: i32) -> Self {
        let Opened {
            stream,
            frames,
            material,
            session,
            unsent,
        } = opened;
        let (reader, writer) = stream.into_split();
        let mut live = Live::new((reader, writer), material, session, common, dc);
        (live.frames, live.out) = (frames, unsent);
        live
    }
}

impl<'a, R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Live<'a, R, W> {
    fn new(
        (reader, writer): (R, W),
        material: KeyMaterial,
        session: i64,
        common: &'a Common,
        dc: i32,
    ) -> Live<'a, R, W> {
        let KeyMaterial {
            key,
            salt,
            time_offset,
        } = material;
        let now = Instant::now();
        Live {
            common,
            dc,
            protocol: Protocol::new(&key, salt, time_offset, session),
            key: Box::new(*key),
            reader,
            writer,
            frames: Frames::default(),
            out: Vec::new(),
            written: 0,
            waiting: VecDeque::new(),
            again: VecDeque::new(),
            flights: HashMap::new(),
            introduced: false,
            last_received: now,
            last_ping: now,
        }
    }

    /// Works until the connection ends; then everything unanswered has been told why.
    pub async fn serve(mut self, first: Job, jobs: &mut mpsc::Receiver<Job>) {
        self.waiting.push_back(first);
        let end = self.run(jobs).await;
        self.finish(end);
    }

    async fn run(&mut self, jobs: &mut mpsc::Receiver<Job>) -> End {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut batch = Vec::new();
        loop {
            self.fill();
            let accepts = self.flights.len() + self.waiting.len() < IN_FLIGHT;
            tokio::select! {
                read = self.reader.read_buf(self.frames.space()) => match read {
                    Ok(0) => return End::Lost("the server closed it".into()),
                    Ok(_) => if let Err(end) = self.take_packets() { return end },
                    Err(error) => return End::Lost(error.to_string()),
                },
                written = self.writer.write(self.out.get(self.written..).unwrap_or_default()),
                    if self.written < self.out.len() => match written {
                    Ok(count) => self.written += count,
                    Err(error) => return End::Lost(error.to_string()),
                },
                count = jobs.recv_many(&mut batch, IN_FLIGHT), if accepts => match count {
                    0 => return End::Done,
                    _ => self.waiting.extend(batch.drain(..)),
                },
                _ = tick.tick() => if let Err(end) = self.tick() { return end },
            }
        }
    }

    /// Packs what waits, once the bytes before it are gone.
    fn fill(&mut self) {
        if self.written < self.out.len() {
            return;
        }
        self.out.clear();
        self.written = 0;
        self.waiting.retain(|job| !job.answer.is_closed());
        while !self.waiting.is_empty() || !self.again.is_empty() {
            self.pack_some();
        }
        if self.protocol.unacknowledged() >= ACKS {
            self.pack(&[]);
        }
    }

    /// One packet of requests.
    fn pack_some(&mut self) {
        let now = Instant::now();
        let introduced = self.introduced;
        let fresh = |job| Flight {
            job,
            sent: now,
            again: 0,
        };
        let mut flights: Vec<Flight> = self.again.drain(..).collect();
        flights.extend(self.waiting.drain(..).map(fresh));
        let bodies: Vec<Vec<u8>> = match introduced {
            true => Vec::new(),
            false => flights
                .iter()
                .map(|f| [&self.common.introduction, &*f.job.body].concat())
                .collect(),
        };
        let requests: Vec<&[u8]> = match introduced {
            true => flights.iter().map(|flight| &*flight.job.body).collect(),
            false => bodies.iter().map(Vec::as_slice).collect(),
        };
        let count = Protocol::fitting(requests.iter().copied());
        let ids = self.pack(&requests[..count]);
        drop(requests);
        let rest = flights.split_off(count);
        for (mut flight, id) in flights.into_iter().zip(ids) {
            flight.sent = now;
            self.flights.insert(id, flight);
        }
        self.again.extend(rest);
    }

    fn pack(&mut self, requests: &[&[u8]]) -> Vec<i64> {
        match self.protocol.pack(requests, handshake::now()) {
            Some(packed) => {
                self.frames.pack(&packed.bytes, &mut self.out);
                packed.ids
            }
            None => Vec::new(),
        }
    }

    /// Works through every complete packet.
    fn take_packets(&mut self) -> Result<(), End> {
        self.last_received = Instant::now();
        let mut events = Vec::new();
        loop {
            let packet = match self.frames.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(()),
                Err(FrameError::Status(404)) => return Err(End::KeyUnknown),
                Err(error) => return Err(End::Lost(error.to_string())),
            };
            let taken = self.protocol.receive(packet, handshake::now(), &mut events);
            for event in events.drain(..) {
                self.take(event);
            }
            taken.map_err(|error| End::Lost(error.to_string()))?;
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Result { request, body } => {
                if let Some(flight) = self.flights.remove(&request) {
                    self.introduced = true;
                    let _ = flight.job.answer.send(Ok(body));
                }
            }
            Event::Error {
                request, message, ..
            } if message == NOT_INITED => {
                self.introduced = false;
                self.send_again(request);
            }
            Event::Error {
                request,
                code,
                message,
            } => {
                self.answer(request, Err(Failed::Rpc { code, message }));
            }
            Event::Unreadable { request, why } => {
                self.answer(request, Err(Failed::Unreadable(why)));
            }
            Event::SendAgain { request } => self.send_again(request),
            Event::NewSession { first } => {
                let lost: Vec<_> = self
                    .flights
                    .keys()
                    .copied()
                    .filter(|id| *id < first)
                    .collect();
                lost.into_iter()
                    .for_each(|request| self.send_again(request));
            }
            Event::Salt(salt) => {
                self.common
                    .book
                    .note(self.dc, salt, self.protocol.time_offset());
            }
            Event::Pong => {}
            Event::Unasked(body) => {
                if let Some(to) = &self.common.unasked {
                    let _ = to.try_send(body);
                }
            }
        }
    }

    fn answer(&mut self, request: i64, answer: Answer) {
        if let Some(flight) = self.flights.remove(&request) {
            let _ = flight.job.answer.send(answer);
        }
    }

    fn send_again(&mut self, request: i64) {
        let Some(mut flight) = self.flights.remove(&request) else {
            return;
        };
        flight.again += 1;
        if flight.again > SEND_AGAIN {
            let why = "the server refuses the message again and again".into();
            let _ = flight.job.answer.send(Err(Failed::Lost(why)));
        } else {
            self.again.push_back(flight);
        }
    }

    /// Once a second: requests without an answer, acknowledgements, pings.
    fn tick(&mut self) -> Result<(), End> {
        let now = Instant::now();
        let timeout = self.common.request_timeout;
        let late = |flight: &Flight| now.duration_since(flight.sent) >= timeout;
        let done: Vec<i64> = self
            .flights
            .iter()
            .filter(|(_, flight)| flight.job.answer.is_closed() || late(flight))
            .map(|(id, _)| *id)
            .collect();
        for request in done {
            self.answer(request, Err(Failed::NoAnswer));
        }
        if now.duration_since(self.last_received) >= DEAD_AFTER {
            return Err(End::Lost("nothing was heard from the server".into()));
        }
        if self.written < self.out.len() {
            return Ok(());
        }
        let quiet = now.duration_since(self.last_received.max(self.last_ping));
        if quiet >= PING_AFTER {
            self.last_ping = now;
            // The answer is recognised by its type, so the id need not be anything special.
            let ping = functions::PingDelayDisconnect {
                ping_id: 1,
                disconnect_delay: SERVER_PATIENCE,
            };
            self.pack(&[&ping.to_bytes()]);
        } else if self.protocol.unacknowledged() > 0 {
            self.pack(&[]);
        }
        Ok(())
    }

    /// Answers everything that is left.
    fn finish(self, end: End) {
        let reason = match end {
            End::Done => Failed::Lost("the client was closed".into()),
            End::Lost(why) => Failed::Lost(match &self.common.proxy {
                // What a proxy does to those it does not know.
                Some(proxy) if !self.introduced => proxy.doubted(&why),
                _ => why,
            }),
            End::KeyUnknown => Failed::KeyUnknown(self.key),
        };
        let sent = self
            .flights
            .into_values()
            .chain(self.again)
            .map(|flight| flight.job);
        for job in sent.chain(self.waiting) {
            let _ = job.answer.send(Err(reason.clone()));
        }
    }
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
