//! Service messages the server sends on its own account.

use crate::wire::{Put, VECTOR};

const BAD_MSG_NOTIFICATION: u32 = 0xa7ef_f811;
const BAD_SERVER_SALT: u32 = 0xedab_447b;
const NEW_SESSION_CREATED: u32 = 0x9ec2_0908;
const MSGS_ACK: u32 = 0x62d6_b459;
/// `error_code` of a wrong salt.
const WRONG_SALT: i32 = 48;

/// `bad_msg_notification`.
pub fn bad_message(id: i64, seqno: i32, code: i32) -> Vec<u8> {
    let mut body = Vec::with_capacity(20);
    body.put_id(BAD_MSG_NOTIFICATION);
    body.put_long(id);
    body.put_int(seqno);
    body.put_int(code);
    body
}

/// `bad_server_salt`.
pub fn bad_salt(id: i64, seqno: i32, salt: i64) -> Vec<u8> {
    let mut body = Vec::with_capacity(28);
    body.put_id(BAD_SERVER_SALT);
    body.put_long(id);
    body.put_int(seqno);
    body.put_int(WRONG_SALT);
    body.put_long(salt);
    body
}

/// `new_session_created`.
pub fn new_session(first_id: i64, unique: u64, salt: i64) -> Vec<u8> {
    let mut body = Vec::with_capacity(28);
    body.put_id(NEW_SESSION_CREATED);
    body.put_long(first_id);
    body.put_long(unique as i64);
    body.put_long(salt);
    body
}

/// `msgs_ack` of one message.
pub fn acknowledgement(id: i64) -> Vec<u8> {
    let mut body = Vec::with_capacity(20);
    body.put_id(MSGS_ACK);
    body.put_id(VECTOR);
    body.put_int(1);
    body.put_long(id);
    body
}
