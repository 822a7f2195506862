//! Service messages: acknowledgements, pings, salts, states, resending, ends of sessions.
//!
//! Source: <https://core.telegram.org/mtproto/service_messages>.

use std::sync::Arc;

use super::incoming::{CONTAINER, GZIP_PACKED, constructor};
use super::{Key, Keys, Kind, Parity, Session, locked};
use crate::wire::{Malformed, Put, Reader};

const MSGS_ACK: u32 = 0x62d6_b459;
const PING: u32 = 0x7abe_77ec;
const PING_DELAY_DISCONNECT: u32 = 0xf342_7b8c;
const PONG: u32 = 0x3477_73c5;
const GET_FUTURE_SALTS: u32 = 0xb921_bd04;
const FUTURE_SALTS: u32 = 0xae50_0895;
const MSGS_STATE_REQ: u32 = 0xda69_fb52;
const MSGS_STATE_INFO: u32 = 0x04de_b57d;
const MSGS_ALL_INFO: u32 = 0x8cc0_d131;
const MSG_RESEND_REQ: u32 = 0x7d86_1a08;
const MSG_RESEND_ANS_REQ: u32 = 0x8610_baeb;
const RPC_DROP_ANSWER: u32 = 0x58e4_a740;
const RPC_ANSWER_UNKNOWN: u32 = 0x5e2a_d36e;
const RPC_ANSWER_DROPPED_RUNNING: u32 = 0xcd78_e586;
const RPC_ANSWER_DROPPED: u32 = 0xa43a_d8b7;
const DESTROY_SESSION: u32 = 0xe751_2126;
const DESTROY_SESSION_OK: u32 = 0xe220_45fc;
const DESTROY_SESSION_NONE: u32 = 0x62d3_50c9;
const DESTROY_AUTH_KEY: u32 = 0xd143_5160;
const DESTROY_AUTH_KEY_OK: u32 = 0xf660_e1d4;
const HTTP_WAIT: u32 = 0x9299_359f;

/// Ids one service message may carry.
const MAX_IDS: usize = 8192;

/// Where a service message arrived.
pub struct Context<'a> {
    /// All keys.
    pub keys: &'a Keys,
    /// The key it was encrypted with.
    pub key: &'a Key,
    /// Its session.
    pub session: &'a Arc<Session>,
    /// Its message id.
    pub id: i64,
    /// Server time, unix seconds.
    pub now: i32,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// It is not a service message but a request.
    Request,
    /// Done; answers are queued.
    Done,
    /// Done, and the connection is to be closed when no such ping comes for that many seconds.
    CloseAfter(i32),
}

/// Which sequence numbers a message may have, by its kind. Clients disagree on service messages,
/// so only what the protocol is clear about is checked.
pub fn parity(body: &[u8]) -> Parity {
    match constructor(body) {
        Some(CONTAINER | MSGS_ACK) => Parity::Even,
        Some(
            PING
            | PING_DELAY_DISCONNECT
            | GET_FUTURE_SALTS
            | MSGS_STATE_REQ
            | MSGS_STATE_INFO
            | MSGS_ALL_INFO
            | MSG_RESEND_REQ
            | MSG_RESEND_ANS_REQ
            | RPC_DROP_ANSWER
            | DESTROY_SESSION
            | DESTROY_AUTH_KEY
            | HTTP_WAIT
            | GZIP_PACKED,
        ) => Parity::Either,
        _ => Parity::Odd,
    }
}

/// Handles a message if it is one of the service messages.
pub fn handle(cx: &Context<'_>, body: &[u8]) -> Result<Handled, Malformed> {
    let mut reader = Reader::new(body);
    match reader.id()? {
        MSGS_ACK => {
            let ids = reader.longs(MAX_IDS)?;
            locked(&cx.session.state).outbox.acknowledge(&ids);
        }
        PING => cx.pong(reader.long()?),
        PING_DELAY_DISCONNECT => {
            cx.pong(reader.long()?);
            return Ok(Handled::CloseAfter(reader.int()?));
        }
        GET_FUTURE_SALTS => cx.future_salts(reader.int()?),
        MSGS_STATE_REQ => cx.states(&reader.longs(MAX_IDS)?),
        MSG_RESEND_REQ => cx.resend(&reader.longs(MAX_IDS)?),
        MSG_RESEND_ANS_REQ => cx.resend_answers(&reader.longs(MAX_IDS)?),
        RPC_DROP_ANSWER => cx.drop_answer(reader.long()?),
        DESTROY_SESSION => cx.destroy_session(reader.long()?),
        DESTROY_AUTH_KEY => {
            cx.keys.remove(cx.key.auth.id());
            cx.session.queue(
                Kind::Answer(cx.id),
                DESTROY_AUTH_KEY_OK.to_le_bytes().to_vec(),
                None,
            );
        }
        MSGS_STATE_INFO | MSGS_ALL_INFO | HTTP_WAIT => {}
        _ => return Ok(Handled::Request),
    }
    Ok(Handled::Done)
}

impl Context<'_> {
    fn respond(&self, body: Vec<u8>) {
        self.session.queue(Kind::Response, body, None);
    }

    fn pong(&self, ping: i64) {
        let mut body = Vec::with_capacity(20);
        body.put_id(PONG);
        body.put_long(self.id);
        body.put_long(ping);
        self.respond(body);
    }

    fn future_salts(&self, count: i32) {
        let salts = self.key.salts.ahead(count, self.now);
        let mut body = Vec::with_capacity(20 + salts.len() * 16);
        body.put_id(FUTURE_SALTS);
        body.put_long(self.id);
        body.put_int(self.now);
        body.put_int(salts.len() as i32);
        for salt in salts {
            body.put_int(salt.valid_since);
            body.put_int(salt.valid_until);
            body.put_long(salt.salt);
        }
        self.respond(body);
    }

    fn states(&self, ids: &[i64]) {
        let state = locked(&self.session.state);
        let states: Vec<u8> = ids
            .iter()
            .map(|id| state.received.state(*id, self.now))
            .collect();
        drop(state);
        let mut body = Vec::with_capacity(16 + states.len());
        body.put_id(MSGS_STATE_INFO);
        body.put_long(self.id);
        body.put_bytes(&states);
        self.respond(body);
    }

    /// The client asks for messages of ours again; what is gone is answered with its state.
    fn resend(&self, ids: &[i64]) {
        let mut state = locked(&self.session.state);
        let gone = ids.iter().filter(|id| !state.outbox.resend(**id)).count();
        drop(state);
        if gone > 0 {
            self.states(ids);
        }
    }

    fn resend_answers(&self, requests: &[i64]) {
        let mut state = locked(&self.session.state);
        let gone = requests
            .iter()
            .filter(|id| !state.outbox.resend_answer(**id))
            .count();
        drop(state);
        if gone > 0 {
            self.states(requests);
        }
    }

    fn drop_answer(&self, request: i64) {
        let mut state = locked(&self.session.state);
        let dropped = state.outbox.drop_answer(request);
        let running = state
            .held
            .get_mut(&request)
            .map(|wanted| *wanted = false)
            .is_some();
        drop(state);
        let mut body = Vec::with_capacity(20);
        match dropped {
            Some(dropped) => {
                body.put_id(RPC_ANSWER_DROPPED);
                body.put_long(dropped.id);
                body.put_int(dropped.seqno);
                body.put_int(dropped.bytes);
            }
            None if running => body.put_id(RPC_ANSWER_DROPPED_RUNNING),
            None => body.put_id(RPC_ANSWER_UNKNOWN),
        }
        self.session.queue(Kind::Answer(self.id), body, None);
    }

    fn destroy_session(&self, number: i64) {
        let own = number == self.session.number;
        let done = !own && self.key.destroy_session(number);
        let mut body = Vec::with_capacity(12);
        body.put_id(if done {
            DESTROY_SESSION_OK
        } else {
            DESTROY_SESSION_NONE
        });
        body.put_long(number);
        self.respond(body);
    }
}
