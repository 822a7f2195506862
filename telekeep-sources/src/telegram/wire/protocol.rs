//! MTProto 2.0 messages (core.telegram.org/mtproto/description and /service_messages): what is
//! inside of the packets of a connection that has an authorization key. No input or output.
//!
//! One [`Protocol`] lives as long as one connection and has a session id of its own, so an answer
//! recorded on another connection is never accepted. Service messages are handled here; results,
//! refusals and unasked updates come out as [`Event`]s.
//!
//! Everything a server can send is bounded: packets by the transport, inflated data and nesting
//! here.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use grammers_crypto::{AuthKey, DequeBuffer, decrypt_data_v2, encrypt_data_v2};
use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable, Serializable};

use super::unpack::{Reader, inflate, result};

/// Largest object one packet may inflate to, all its gzip objects together.
const INFLATE_LIMIT: usize = 64 << 20;
/// Containers hold messages, messages may be gzipped: nothing legitimate nests deeper.
const NESTING_LIMIT: u8 = 3;
/// Ids of received messages remembered to refuse repetitions.
const REMEMBERED: usize = 2048;
/// Containers remembered to know what a refused one held.
const CONTAINERS: usize = 64;
/// Most messages, and bytes of them, sent as one container.
const CONTAINER_MESSAGES: usize = 100;
const CONTAINER_BYTES: usize = 512 << 10;

pub(super) const MSG_CONTAINER: u32 = 0x73f1_f8dc;
pub(super) const RPC_RESULT: u32 = 0xf35c_6d01;
pub(super) const GZIP_PACKED: u32 = 0x3072_cfa1;

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The result of a request.
    Result {
        /// Message id of the request.
        request: i64,
        /// The boxed result, inflated.
        body: Vec<u8>,
    },
    /// An error instead of a result.
    Error {
        /// Message id of the request.
        request: i64,
        /// Error class.
        code: i32,
        /// Error name as sent.
        message: String,
    },
    /// A message must be sent again: the server could not take it for the reason `code`
    /// (`bad_msg_notification`), or asks for it.
    SendAgain {
        /// Message id of the request.
        request: i64,
    },
    /// The result of a request cannot be read.
    Unreadable {
        /// Message id of the request.
        request: i64,
        /// Why not.
        why: ProtocolError,
    },
    /// The server forgot the session: what was sent before this message id and is unanswered must
    /// be sent again.
    NewSession {
        /// The first message the new session knows.
        first: i64,
    },
    /// The salt changed; it is worth keeping for the next connection.
    Salt(i64),
    /// A ping was answered.
    Pong,
    /// Something nobody asked for: `Updates`.
    Unasked(Vec<u8>),
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// Not encrypted with our key, or damaged.
    #[error("a packet cannot be decrypted: {0}")]
    Decrypt(String),
    /// It belongs to another session.
    #[error("a packet belongs to another session")]
    OtherSession,
    /// Lengths, padding or ids are impossible.
    #[error("a message is malformed: {0}")]
    Malformed(&'static str),
    /// A gzip object is damaged.
    #[error("compressed data is damaged")]
    Gzip,
    /// A gzip object is too large.
    #[error("compressed data inflates to more than {} MiB", INFLATE_LIMIT >> 20)]
    TooLarge,
    /// The server says our messages are malformed (`bad_msg_notification`).
    #[error("the server refused a message with code {0}")]
    Refused(i32),
}

pub(super) const SHORT: ProtocolError = ProtocolError::Malformed("it ends too early");

/// A packet ready for the transport.
pub struct Packed {
    /// Encrypted bytes.
    pub bytes: Vec<u8>,
    /// Message id of every request, in order.
    pub ids: Vec<i64>,
}

/// State of one encrypted session.
pub struct Protocol {
    key: AuthKey,
    session: i64,
    salt: i64,
    time_offset: i32,
    sequence: i32,
    last_id: i64,
    acks: Vec<i64>,
    /// Answers the server says it sent but that did not come: asked for again.
    wanted: Vec<i64>,
    /// State requests to answer: request id and how many ids it named.
    states: Vec<(i64, Vec<u8>)>,
    seen: BTreeSet<i64>,
    containers: VecDeque<i64>,
    contents: HashMap<i64, Vec<i64>>,
    sessions_announced: u32,
}

impl Protocol {
    /// A new session on an existing key; `session` must be random.
    pub fn new(key: &[u8; 256], salt: i64, time_offset: i32, session: i64) -> Protocol {
        Protocol {
            key: AuthKey::from_bytes(*key),
            session,
            salt,
            time_offset,
            sequence: 0,
            last_id: 0,
            acks: Vec::new(),
            wanted: Vec::new(),
            states: Vec::new(),
            seen: BTreeSet::new(),
            containers: VecDeque::new(),
            contents: HashMap::new(),
            sessions_announced: 0,
        }
    }

    /// Server time minus ours in seconds, as corrected by the server.
    pub fn time_offset(&self) -> i32 {
        self.time_offset
    }

    /// Received messages the server does not know to have arrived.
    pub fn unacknowledged(&self) -> usize {
        self.acks.len() + self.wanted.len() + self.states.len()
    }

    /// How many of these requests fit one packet (at least one).
    pub fn fitting<'a>(requests: impl Iterator<Item = &'a [u8]>) -> usize {
        let mut bytes = 0;
        let mut count = 0;
        for request in requests.take(CONTAINER_MESSAGES) {
            bytes += request.len() + 16;
            if count > 0 && bytes > CONTAINER_BYTES {
                break;
            }
            count += 1;
        }
        count
    }

    /// Wraps requests, and whatever acknowledgements are due, into one packet. `now` is our own
    /// time since 1970.
    pub fn pack(&mut self, requests: &[&[u8]], now: Duration) -> Option<Packed> {
        let service = self.take_service();
        let count = service.len() + requests.len();
        if count == 0 {
            return None;
        }
        let size = requests.iter().map(|r| r.len() + 16).sum::<usize>() + 64 * service.len() + 64;
        let mut buffer = DequeBuffer::with_capacity(size, 24 + 16 + 24);
        let mut ids = Vec::with_capacity(requests.len());
        for body in &service {
            self.put(&mut buffer, body, false, now);
        }
        for body in requests {
            ids.push(self.put(&mut buffer, body, true, now));
        }
        if count > 1 {
            self.wrap(&mut buffer, count, &ids, now);
        }
        let mut head = [0; 16];
        head[..8].copy_from_slice(&self.salt.to_le_bytes());
        head[8..].copy_from_slice(&self.session.to_le_bytes());
        buffer.extend_front(&head);
        encrypt_data_v2(&mut buffer, &self.key);
        Some(Packed {
            bytes: buffer.as_ref().to_vec(),
            ids,
        })
    }

    /// Acknowledgements and other answers to service messages.
    fn take_service(&mut self) -> Vec<Vec<u8>> {
        let mut service = Vec::new();
        // At most 8192 ids fit one acknowledgement.
        for ids in std::mem::take(&mut self.acks).chunks(8192) {
            service.push(
                tl::enums::MsgsAck::Ack(tl::types::MsgsAck {
                    msg_ids: ids.to_vec(),
                })
                .to_bytes(),
            );
        }
        for ids in std::mem::take(&mut self.wanted).chunks(8192) {
            let ask = tl::types::MsgResendReq {
                msg_ids: ids.to_vec(),
            };
            service.push(tl::enums::MsgResendReq::Req(ask).to_bytes());
        }
        for (req_msg_id, info) in std::mem::take(&mut self.states) {
            let info = tl::types::MsgsStateInfo { req_msg_id, info };
            service.push(tl::enums::MsgsStateInfo::Info(info).to_bytes());
        }
        service
    }

    /// Appends one message and gives its id.
    fn put(&mut self, to: &mut DequeBuffer<u8>, body: &[u8], content: bool, now: Duration) -> i64 {
        let id = self.next_id(now);
        to.extend(id.to_le_bytes());
        to.extend(self.next_sequence(content).to_le_bytes());
        to.extend((body.len() as u32).to_le_bytes());
        to.extend(body);
        id
    }

    /// Puts a container around the messages in the buffer.
    fn wrap(&mut self, buffer: &mut DequeBuffer<u8>, count: usize, ids: &[i64], now: Duration) {
        let id = self.next_id(now);
        let length = buffer.len() as u32 + 8;
        let mut head = Vec::with_capacity(24);
        head.extend_from_slice(&id.to_le_bytes());
        head.extend_from_slice(&self.next_sequence(false).to_le_bytes());
        head.extend_from_slice(&length.to_le_bytes());
        head.extend_from_slice(&MSG_CONTAINER.to_le_bytes());
        head.extend_from_slice(&(count as u32).to_le_bytes());
        buffer.extend_front(&head);
        self.containers.push_back(id);
        self.contents.insert(id, ids.to_vec());
        if self.containers.len() > CONTAINERS
            && let Some(old) = self.containers.pop_front()
        {
            self.contents.remove(&old);
        }
    }

    /// Message ids are the server's time in 2^-32 seconds, divisible by four and growing.
    fn next_id(&mut self, now: Duration) -> i64 {
        let seconds = i64::try_from(now.as_secs()).unwrap_or(0) + i64::from(self.time_offset);
        let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
        let id = (seconds << 32 | fraction as i64) & !3;
        self.last_id = id.max(self.last_id + 4);
        self.last_id
    }

    fn next_sequence(&mut self, content: bool) -> i32 {
        let number = self.sequence * 2 + i32::from(content);
        self.sequence += i32::from(content);
        number
    }

    /// Takes a packet. Events are appended in the order of their messages; after an error the
    /// connection must be given up.
    pub fn receive(
        &mut self,
        packet: &mut [u8],
        now: Duration,
        events: &mut Vec<Event>,
    ) -> Result<(), ProtocolError> {
        let plain = decrypt_data_v2(packet, &self.key)
            .map_err(|error| ProtocolError::Decrypt(error.to_string()))?;
        let mut plain = Reader(plain);
        let _salt = plain.long()?;
        if plain.long()? != self.session {
            return Err(ProtocolError::OtherSession);
        }
        let (id, sequence) = (plain.long()?, plain.int()?);
        let length = plain.length()?;
        let padding = plain.0.len().checked_sub(length).ok_or(SHORT)?;
        if !length.is_multiple_of(4) || !(12..=1024).contains(&padding) {
            return Err(ProtocolError::Malformed("its length or padding is wrong"));
        }
        let body = plain.take(length)?;
        let mut inflated = INFLATE_LIMIT;
        self.message(
            Message { id, sequence, body },
            NESTING_LIMIT,
            now,
            &mut inflated,
            events,
        )
    }

    fn message(
        &mut self,
        message: Message<'_>,
        nesting: u8,
        now: Duration,
        inflated: &mut usize,
        events: &mut Vec<Event>,
    ) -> Result<(), ProtocolError> {
        if message.id & 1 == 0 {
            return Err(ProtocolError::Malformed("its id is not one of a server"));
        }
        let mut body = Reader(message.body);
        match body.id()? {
            MSG_CONTAINER => {
                let deeper = nesting
                    .checked_sub(1)
                    .ok_or(ProtocolError::Malformed("it nests too deep"))?;
                let count = body.length()?;
                for _ in 0..count {
                    let (id, sequence) = (body.long()?, body.int()?);
                    let length = body.length()?;
                    let body = body.take(length)?;
                    self.message(
                        Message { id, sequence, body },
                        deeper,
                        now,
                        inflated,
                        events,
                    )?;
                }
                return Ok(());
            }
            GZIP_PACKED => {
                let deeper = nesting
                    .checked_sub(1)
                    .ok_or(ProtocolError::Malformed("it nests too deep"))?;
                let body = inflate(body.0, inflated)?;
                let inner = Message {
                    body: &body,
                    ..message
                };
                return self.message(inner, deeper, now, inflated, events);
            }
            _ => {}
        }
        if message.sequence & 1 == 1 {
            self.acks.push(message.id);
        }
        // Repeated: acknowledged again, but not done again.
        if !self.remember(message.id) {
            return Ok(());
        }
        self.object(message, now, inflated, events)
    }

    /// True for ids not seen before. Ids older than all of the remembered ones count as seen.
    fn remember(&mut self, id: i64) -> bool {
        let full = self.seen.len() >= REMEMBERED;
        if full && self.seen.first().is_some_and(|oldest| id < *oldest) {
            return false;
        }
        let new = self.seen.insert(id);
        if new && full {
            self.seen.pop_first();
        }
        new
    }

    fn object(
        &mut self,
        message: Message<'_>,
        now: Duration,
        inflated: &mut usize,
        events: &mut Vec<Event>,
    ) -> Result<(), ProtocolError> {
        let mut body = Reader(message.body);
        match body.id()? {
            RPC_RESULT => {
                let request = body.long()?;
                events.extend(result(request, body.0, inflated));
            }
            tl::types::Pong::CONSTRUCTOR_ID => events.push(Event::Pong),
            tl::types::MsgsAck::CONSTRUCTOR_ID => {}
            tl::types::BadMsgNotification::CONSTRUCTOR_ID
            | tl::types::BadServerSalt::CONSTRUCTOR_ID => self.refused(&message, now, events)?,
            tl::types::NewSessionCreated::CONSTRUCTOR_ID => self.new_session(&message, events)?,
            tl::types::MsgDetailedInfo::CONSTRUCTOR_ID
            | tl::types::MsgNewDetailedInfo::CONSTRUCTOR_ID => self.detailed(&message)?,
            tl::types::MsgsStateReq::CONSTRUCTOR_ID => self.state_asked(&message)?,
            tl::types::MsgResendReq::CONSTRUCTOR_ID
            | tl::types::MsgResendAnsReq::CONSTRUCTOR_ID => {
                let ids = match service(&message)? {
                    tl::enums::MsgResendReq::Req(req) => req.msg_ids,
                    tl::enums::MsgResendReq::MsgResendAnsReq(req) => req.msg_ids,
                };
                events.extend(ids.into_iter().map(|request| Event::SendAgain { request }));
            }
            // Answers to requests this client never makes, and messages without a meaning for it.
            tl::types::MsgsStateInfo::CONSTRUCTOR_ID
            | tl::types::MsgsAllInfo::CONSTRUCTOR_ID
            | tl::types::FutureSalts::CONSTRUCTOR_ID
            | tl::types::FutureSalt::CONSTRUCTOR_ID
            | tl::types::DestroySessionOk::CONSTRUCTOR_ID
            | tl::types::DestroySessionNone::CONSTRUCTOR_ID => {}
            _ => events.push(Event::Unasked(message.body.to_vec())),
        }
        Ok(())
    }

    fn refused(
        &mut self,
        message: &Message<'_>,
        now: Duration,
        events: &mut Vec<Event>,
    ) -> Result<(), ProtocolError> {
        let refused = match service(message)? {
            tl::enums::BadMsgNotification::BadServerSalt(bad) => {
                self.salt = bad.new_server_salt;
                events.push(Event::Salt(self.salt));
                bad.bad_msg_id
            }
            tl::enums::BadMsgNotification::Notification(bad) => match bad.error_code {
                // Our clock is wrong. The id of the server's message tells its time.
                16 | 17 | 20 => {
                    let ours = i64::try_from(now.as_secs()).unwrap_or(0);
                    let offset = (message.id >> 32) - ours;
                    self.time_offset = offset.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
                    if bad.error_code == 17 {
                        // Ids must grow within a session, but ours lie in the future.
                        self.last_id = 0;
                    }
                    bad.bad_msg_id
                }
                18 | 19 => bad.bad_msg_id,
                code => return Err(ProtocolError::Refused(code)),
            },
        };
        match self.contents.get(&refused) {
            Some(ids) => events.extend(ids.iter().map(|&request| Event::SendAgain { request })),
            None => events.push(Event::SendAgain { request: refused }),
        }
        Ok(())
    }

    fn new_session(
        &mut self,
        message: &Message<'_>,
        events: &mut Vec<Event>,
    ) -> Result<(), ProtocolError> {
        let tl::enums::NewSession::Created(new) = service(message)?;
        self.salt = new.server_salt;
        events.push(Event::Salt(self.salt));
        // The first one answers our own beginning: everything sent is part of that session.
        if self.sessions_announced > 0 {
            events.push(Event::NewSession {
                first: new.first_msg_id,
            });
        }
        self.sessions_announced += 1;
        Ok(())
    }

    fn detailed(&mut self, message: &Message<'_>) -> Result<(), ProtocolError> {
        let answer = match service(message)? {
            tl::enums::MsgDetailedInfo::Info(info) => info.answer_msg_id,
            tl::enums::MsgDetailedInfo::MsgNewDetailedInfo(info) => info.answer_msg_id,
        };
        if self.seen.contains(&answer) {
            self.acks.push(answer);
        } else {
            self.wanted.push(answer);
        }
        Ok(())
    }

    fn state_asked(&mut self, message: &Message<'_>) -> Result<(), ProtocolError> {
        let tl::enums::MsgsStateReq::Req(asked) = service(message)?;
        // 4: received; 1: nothing is known.
        let states = asked
            .msg_ids
            .iter()
            .map(|id| if self.seen.contains(id) { 4 } else { 1 });
        self.states.push((message.id, states.collect()));
        Ok(())
    }
}

/// One received message.
#[derive(Clone, Copy)]
struct Message<'a> {
    id: i64,
    sequence: i32,
    body: &'a [u8],
}

fn service<T: Deserializable>(message: &Message<'_>) -> Result<T, ProtocolError> {
    T::deserialize(&mut Cursor::from_slice(message.body))
        .map_err(|_| ProtocolError::Malformed("a service message cannot be read"))
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
