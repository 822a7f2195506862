//! A small MTProto client of the tests' own. It shares nothing with the server but grammers'
//! cryptography, does one thing at a time, and can be told to do it wrongly.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use grammers_crypto::{AuthKey, DequeBuffer, decrypt_data_v2, encrypt_data_v2};
use serde_json::{Value, json};
use telekeep_tl::bundled;

/// The intermediate transport.
pub struct Wire(TcpStream);

/// What the server did instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// A transport error.
    Code(i32),
    /// Closed the connection.
    Closed,
}

impl Wire {
    pub fn connect(address: SocketAddr) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(&[0xee; 4]).unwrap();
        Self(stream)
    }

    pub fn send(&mut self, packet: &[u8]) {
        let len = (packet.len() as u32).to_le_bytes();
        // The server may have closed already; the next read tells.
        let _ = self.0.write_all(&[&len[..], packet].concat());
    }

    pub fn receive(&mut self) -> Result<Vec<u8>, Refused> {
        let mut len = [0; 4];
        self.0.read_exact(&mut len).map_err(closed)?;
        let mut packet = vec![0; u32::from_le_bytes(len) as usize];
        self.0.read_exact(&mut packet).map_err(closed)?;
        match packet.as_slice().try_into() {
            Ok(code) => Err(Refused::Code(i32::from_le_bytes(code))),
            Err(_) => Ok(packet),
        }
    }

    /// Sends an unencrypted message and returns the body of the answer.
    pub fn plain(&mut self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let mut packet = vec![0; 8];
        packet.extend(message_id().to_le_bytes());
        packet.extend((body.len() as u32).to_le_bytes());
        packet.extend(body);
        self.send(&packet);
        Ok(self.receive()?[20..].to_vec())
    }
}

fn closed(error: std::io::Error) -> Refused {
    assert_ne!(
        error.kind(),
        std::io::ErrorKind::WouldBlock,
        "the server is silent"
    );
    Refused::Closed
}

/// An id for now.
pub fn message_id() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let fraction = (u64::from(now.subsec_nanos()) << 32) / 1_000_000_000;
    ((now.as_secs() << 32 | fraction) & !3) as i64
}

/// A TL byte string.
pub fn bytes(value: &[u8]) -> Vec<u8> {
    let mut out = if value.len() < 254 {
        vec![value.len() as u8]
    } else {
        (((value.len() as u32) << 8) | 254).to_le_bytes().to_vec()
    };
    out.extend(value);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

/// The server's public key from its file.
pub fn public_key(path: &Path) -> (num_bigint::BigUint, i64) {
    let pem = std::fs::read_to_string(path).unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap();
    let n = &der[9..265];
    let hash = sha1(&[&bytes(n), &bytes(&[1, 0, 1])]);
    (
        num_bigint::BigUint::from_bytes_be(n),
        i64::from_le_bytes(hash[12..].try_into().unwrap()),
    )
}

pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    use sha1::Digest as _;
    sha1::Sha1::digest(parts.concat()).into()
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// An encrypted client.
pub struct Client {
    pub wire: Wire,
    pub key: AuthKey,
    pub salt: i64,
    pub session: i64,
    pub last_id: i64,
    pub content: i32,
    /// Received and not yet looked at.
    inbox: Vec<Incoming>,
    /// Ids of the server's messages that want an acknowledgement.
    pub to_ack: Vec<i64>,
}

/// A message of the server.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub id: i64,
    pub seqno: i32,
    pub body: Vec<u8>,
}

impl Incoming {
    pub fn constructor(&self) -> u32 {
        u32::from_le_bytes(self.body[..4].try_into().unwrap())
    }

    pub fn long(&self, at: usize) -> i64 {
        i64::from_le_bytes(self.body[at..at + 8].try_into().unwrap())
    }

    pub fn int(&self, at: usize) -> i32 {
        i32::from_le_bytes(self.body[at..at + 4].try_into().unwrap())
    }
}

pub const RPC_RESULT: u32 = 0xf35c_6d01;
pub const CONTAINER: u32 = 0x73f1_f8dc;
pub const GZIP_PACKED: u32 = 0x3072_cfa1;
pub const NEW_SESSION: u32 = 0x9ec2_0908;

impl Client {
    pub fn new(wire: Wire, key: AuthKey, salt: i64) -> Self {
        let session = i64::from_le_bytes(random());
        let (inbox, to_ack) = (Vec::new(), Vec::new());
        Self {
            wire,
            key,
            salt,
            session,
            last_id: 0,
            content: 0,
            inbox,
            to_ack,
        }
    }

    /// A new id, higher than any before.
    pub fn id(&mut self) -> i64 {
        self.last_id = message_id().max(self.last_id + 4);
        self.last_id
    }

    pub fn seqno(&mut self, content: bool) -> i32 {
        let seqno = self.content * 2;
        self.content += i32::from(content);
        seqno + i32::from(content)
    }

    /// Sends exactly this.
    pub fn send_as(&mut self, salt: i64, id: i64, seqno: i32, body: &[u8]) {
        let packet = self.seal(salt, id, seqno, body);
        self.wire.send(&packet);
    }

    pub fn seal(&self, salt: i64, id: i64, seqno: i32, body: &[u8]) -> Vec<u8> {
        let mut buffer = DequeBuffer::with_capacity(body.len() + 64, 32);
        buffer.extend(salt.to_le_bytes());
        buffer.extend(self.session.to_le_bytes());
        buffer.extend(id.to_le_bytes());
        buffer.extend(seqno.to_le_bytes());
        buffer.extend((body.len() as u32).to_le_bytes());
        buffer.extend(body);
        encrypt_data_v2(&mut buffer, &self.key);
        buffer[..].to_vec()
    }

    /// Sends a message that wants an answer; returns its id.
    pub fn send(&mut self, body: &[u8]) -> i64 {
        let (id, seqno) = (self.id(), self.seqno(true));
        self.send_as(self.salt, id, seqno, body);
        id
    }

    /// Sends a message that wants none.
    pub fn tell(&mut self, body: &[u8]) -> i64 {
        let (id, seqno) = (self.id(), self.seqno(false));
        self.send_as(self.salt, id, seqno, body);
        id
    }

    pub fn acknowledge(&mut self) {
        let ids = std::mem::take(&mut self.to_ack);
        let mut body = 0x62d6_b459u32.to_le_bytes().to_vec();
        body.extend(longs(&ids));
        self.tell(&body);
    }

    /// The next message of the server.
    pub fn receive(&mut self) -> Result<Incoming, Refused> {
        while self.inbox.is_empty() {
            let mut packet = self.wire.receive()?;
            let plain = decrypt_data_v2(&mut packet, &self.key).expect("the server encrypts well");
            assert_eq!(
                i64::from_le_bytes(plain[8..16].try_into().unwrap()),
                self.session
            );
            let (message, _) = split(&plain[16..]);
            if message.constructor() == CONTAINER {
                let mut rest = &message.body[8..];
                while !rest.is_empty() {
                    let (inner, used) = split(rest);
                    assert!(
                        inner.id < message.id,
                        "a container is newer than its messages"
                    );
                    self.inbox.push(inner);
                    rest = &rest[used..];
                }
            } else {
                self.inbox.push(message);
            }
        }
        let message = self.inbox.remove(0);
        assert_eq!(message.id & 1, 1, "ids of the server are odd");
        if message.seqno & 1 == 1 {
            self.to_ack.push(message.id);
        }
        Ok(message)
    }

    /// The next message of that kind; others before it are passed over.
    pub fn expect(&mut self, constructor: u32) -> Incoming {
        loop {
            let message = self.receive().unwrap();
            if message.constructor() == constructor {
                return message;
            }
        }
    }

    /// The answer to a request, unpacked. Answers to others are kept for later.
    pub fn result(&mut self, request: i64) -> Result<Vec<u8>, Refused> {
        let mut others = Vec::new();
        loop {
            let message = self.receive()?;
            if message.constructor() != RPC_RESULT {
                continue;
            }
            if message.long(4) == request {
                self.inbox.splice(..0, others);
                return Ok(unpack(&message.body[12..]));
            }
            others.push(message);
        }
    }

    /// Calls a method (JSON of layer 230) and returns its answer, or the error's name.
    pub fn call(&mut self, request: &Value) -> Result<Value, String> {
        let id = self.send(&encode(request));
        let answer = self.result(id).map_err(|refused| format!("{refused:?}"))?;
        decode(request, &answer)
    }

    /// Introduces itself in layer 230.
    pub fn init(&mut self) -> Result<Value, String> {
        self.call(&introduced(230, json!({"_": "help.getConfig"})))
    }

    /// A new connection for the same session.
    pub fn reconnect(&mut self, address: SocketAddr) {
        self.wire = Wire::connect(address);
        self.inbox.clear();
    }

    pub fn log_in(&mut self, phone: &str, code: &str) -> Result<Value, String> {
        let sent = self.call(
            &json!({"_": "auth.sendCode", "phone_number": phone, "api_id": 1,
            "api_hash": "x", "settings": {"_": "codeSettings"}}),
        )?;
        self.call(
            &json!({"_": "auth.signIn", "phone_number": phone, "phone_code": code,
            "phone_code_hash": sent["phone_code_hash"]}),
        )
    }
}

fn split(bytes: &[u8]) -> (Incoming, usize) {
    let len = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    let id = i64::from_le_bytes(bytes[..8].try_into().unwrap());
    let seqno = i32::from_le_bytes(bytes[8..12].try_into().unwrap());
    (
        Incoming {
            id,
            seqno,
            body: bytes[16..16 + len].to_vec(),
        },
        16 + len,
    )
}

pub fn longs(values: &[i64]) -> Vec<u8> {
    let mut out = 0x1cb5_c415u32.to_le_bytes().to_vec();
    out.extend((values.len() as u32).to_le_bytes());
    values
        .iter()
        .for_each(|value| out.extend(value.to_le_bytes()));
    out
}

pub fn introduced(layer: i32, query: Value) -> Value {
    json!({"_": "invokeWithLayer", "layer": layer, "query": {
        "_": "initConnection", "api_id": 1, "device_model": "test", "system_version": "1",
        "app_version": "1", "system_lang_code": "en", "lang_pack": "", "lang_code": "en",
        "query": query}})
}

pub fn encode(request: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    bundled(230).unwrap().encode("", request, &mut out).unwrap();
    out
}

/// Answers are decoded by the type of the innermost method.
pub fn decode(request: &Value, answer: &[u8]) -> Result<Value, String> {
    if answer[..4] == 0x2144_ca19u32.to_le_bytes() {
        return Err(String::from_utf8_lossy(&answer[9..9 + answer[8] as usize]).into_owned());
    }
    let mut method = request;
    while let Some(query) = method.get("query") {
        method = query;
    }
    let schema = bundled(230).unwrap();
    let ty = schema.result_type(method["_"].as_str().unwrap()).unwrap();
    Ok(schema.to_value(ty, answer).unwrap())
}

pub fn unpack(body: &[u8]) -> Vec<u8> {
    if body[..4] != GZIP_PACKED.to_le_bytes() {
        return body.to_vec();
    }
    let start = if body[4] == 254 { 8 } else { 5 };
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(&body[start..])
        .read_to_end(&mut out)
        .unwrap();
    out
}

pub fn pack(body: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(body).unwrap();
    [
        &GZIP_PACKED.to_le_bytes()[..],
        &bytes(&gzip.finish().unwrap()),
    ]
    .concat()
}

/// A container of `(id, seqno, body)`.
pub fn container(messages: &[(i64, i32, Vec<u8>)]) -> Vec<u8> {
    let mut out = CONTAINER.to_le_bytes().to_vec();
    out.extend((messages.len() as u32).to_le_bytes());
    for (id, seqno, body) in messages {
        out.extend(id.to_le_bytes());
        out.extend(seqno.to_le_bytes());
        out.extend((body.len() as u32).to_le_bytes());
        out.extend(body);
    }
    out
}
