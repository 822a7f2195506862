//! A connection over an in-memory stream, with a clock that only moves when everybody waits.

use std::sync::Arc;

use grammers_tl_types::{self as tl, Deserializable, Identifiable};
use tokio::io::{AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use super::super::book::Book;
use super::super::endpoint::ServerChoice;
use super::super::frame;
use super::super::server_side::*;
use super::super::session::{MemoryStore, Session};
use super::*;

const INTRODUCTION: &[u8] = b"I am a client!!!";

/// The server's end, and the way to give the connection something to do.
struct Peer {
    reader: ReadHalf<DuplexStream>,
    writer: WriteHalf<DuplexStream>,
    frames: Frames,
    number: i64,
    jobs: Option<mpsc::Sender<Job>>,
    live: JoinHandle<()>,
}

fn common() -> Common {
    let server = ServerChoice::Custom {
        address: String::new(),
        keys: Vec::new(),
    };
    let book = Book::new(
        server,
        Arc::new(MemoryStore::new()),
        Session::new("custom", 2),
    );
    Common {
        proxy: None,
        book: Arc::new(book),
        introduction: INTRODUCTION.to_vec(),
        connect_timeout: Duration::from_secs(1),
        request_timeout: Duration::from_secs(30),
        unasked: None,
    }
}

/// A connection that was just opened, with its first request.
fn connect(first: &[u8]) -> (Peer, oneshot::Receiver<Answer>) {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let (jobs, mut queue) = mpsc::channel(1000);
    let (answer, wait) = oneshot::channel();
    let first = Job {
        body: first.into(),
        answer,
    };
    let live = tokio::spawn(async move {
        let common = common();
        let material = KeyMaterial {
            key: Zeroizing::new(key()),
            salt: 1,
            time_offset: 0,
        };
        let live = Live::new(tokio::io::split(ours), material, SESSION, &common, 2);
        live.serve(first, &mut queue).await;
    });
    let (reader, writer) = tokio::io::split(theirs);
    let peer = Peer {
        reader,
        writer,
        frames: Frames::default(),
        number: 0,
        jobs: Some(jobs),
        live,
    };
    (peer, wait)
}

impl Peer {
    async fn ask(&self, body: &[u8]) -> oneshot::Receiver<Answer> {
        let (answer, wait) = oneshot::channel();
        let job = Job {
            body: body.into(),
            answer,
        };
        self.jobs.as_ref().unwrap().send(job).await.ok().unwrap();
        wait
    }

    /// Salt and messages of the next packet; a container is left out.
    async fn next(&mut self) -> (i64, Vec<Sent>) {
        loop {
            if let Some(packet) = self.frames.next_packet().unwrap() {
                let (salt, mut sent) = open(packet);
                if sent.len() > 1 {
                    sent.remove(0);
                }
                return (salt, sent);
            }
            let read = self.reader.read_buf(self.frames.space()).await.unwrap();
            assert_ne!(read, 0, "the client closed the connection");
        }
    }

    async fn say(&mut self, sequence: i32, body: &[u8]) {
        self.number += 1;
        let mut bytes = Vec::new();
        frame::pack(&packet(server_id(self.number), sequence, body), &mut bytes);
        self.writer.write_all(&bytes).await.unwrap();
    }

    async fn fail(&mut self, request: i64, code: i32, name: &str) {
        let error = tl::types::RpcError {
            error_code: code,
            error_message: name.into(),
        };
        self.say(
            1,
            &answer(request, &tl::enums::RpcError::Error(error).to_bytes()),
        )
        .await;
    }

    async fn refuse_salt(&mut self, request: i64, salt: i64) {
        let bad = tl::types::BadServerSalt {
            bad_msg_id: request,
            bad_msg_seqno: 1,
            error_code: 48,
            new_server_salt: salt,
        };
        self.say(
            0,
            &tl::enums::BadMsgNotification::BadServerSalt(bad).to_bytes(),
        )
        .await;
    }
}

fn constructor(sent: &Sent) -> u32 {
    u32::from_le_bytes(sent.body[..4].try_into().unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_client_introduces_itself_until_it_is_answered() {
    let (mut peer, first) = connect(b"one.");
    let (_, sent) = peer.next().await;
    assert_eq!(sent[0].body, [INTRODUCTION, b"one."].concat());
    let second = peer.ask(b"two.").await;
    let (_, again) = peer.next().await;
    assert_eq!(again[0].body, [INTRODUCTION, b"two."].concat());
    peer.say(1, &answer(again[0].id, b"2222")).await;
    assert_eq!(second.await.unwrap().unwrap(), b"2222");
    let third = peer.ask(b"three...").await;
    let (_, sent_third) = peer.next().await;
    assert_eq!(sent_third.last().unwrap().body, b"three...");
    // Until the server has forgotten it.
    peer.fail(sent_third.last().unwrap().id, 400, "CONNECTION_NOT_INITED")
        .await;
    let (_, repeated) = peer.next().await;
    assert_eq!(
        repeated.last().unwrap().body,
        [INTRODUCTION, b"three..."].concat()
    );
    peer.say(1, &answer(repeated.last().unwrap().id, b"3333"))
        .await;
    assert_eq!(third.await.unwrap().unwrap(), b"3333");
    peer.say(1, &answer(sent[0].id, b"1111")).await;
    assert_eq!(first.await.unwrap().unwrap(), b"1111");
}

#[tokio::test(start_paused = true)]
async fn a_refused_salt_costs_one_repetition() {
    let (mut peer, first) = connect(b"one.");
    let (salt, sent) = peer.next().await;
    assert_eq!(salt, 1);
    peer.refuse_salt(sent[0].id, 99).await;
    let (salt, again) = peer.next().await;
    assert_eq!((salt, &again[0].body), (99, &sent[0].body));
    assert!(again[0].id > sent[0].id);
    peer.say(1, &answer(again[0].id, b"1111")).await;
    assert_eq!(first.await.unwrap().unwrap(), b"1111");
}

#[tokio::test(start_paused = true)]
async fn endless_refusals_end() {
    let (mut peer, first) = connect(b"one.");
    for salt in 0..=i64::from(SEND_AGAIN) {
        let (_, sent) = peer.next().await;
        peer.refuse_salt(sent[0].id, salt).await;
    }
    assert!(matches!(first.await.unwrap(), Err(Failed::Lost(_))));
}

#[tokio::test(start_paused = true)]
async fn acknowledgements_do_not_wait_for_a_request() {
    let (mut peer, first) = connect(b"one.");
    let (_, sent) = peer.next().await;
    peer.say(1, &answer(sent[0].id, b"1111")).await;
    first.await.unwrap().unwrap();
    let (_, sent) = peer.next().await;
    let tl::enums::MsgsAck::Ack(ack) = tl::enums::MsgsAck::from_bytes(&sent[0].body).unwrap();
    assert_eq!(ack.msg_ids, [server_id(1)]);
}

#[tokio::test(start_paused = true)]
async fn silence_is_met_with_a_ping_and_then_given_up() {
    let (mut peer, first) = connect(b"one.");
    let started = Instant::now();
    peer.next().await;
    let (_, sent) = peer.next().await;
    assert_eq!(
        constructor(&sent[0]),
        tl::functions::PingDelayDisconnect::CONSTRUCTOR_ID
    );
    assert!((20..=22).contains(&started.elapsed().as_secs()));
    let pong = tl::types::Pong {
        msg_id: sent[0].id,
        ping_id: 1,
    };
    peer.say(0, &tl::enums::Pong::Pong(pong).to_bytes()).await;
    let answered = Instant::now();
    let (_, sent) = peer.next().await;
    assert_eq!(
        constructor(&sent[0]),
        tl::functions::PingDelayDisconnect::CONSTRUCTOR_ID
    );
    // The request has timed out on the way; what ends now is the connection.
    assert!(matches!(first.await.unwrap(), Err(Failed::NoAnswer)));
    peer.live.await.unwrap();
    let silence = answered.elapsed().as_secs();
    assert!((44..=47).contains(&silence), "{silence}");
}

#[tokio::test(start_paused = true)]
async fn one_missing_answer_does_not_end_the_connection() {
    let (mut peer, first) = connect(b"one.");
    let (_, lost) = peer.next().await;
    for _ in 0..2 {
        let (_, sent) = peer.next().await;
        assert_eq!(
            constructor(&sent[0]),
            tl::functions::PingDelayDisconnect::CONSTRUCTOR_ID
        );
        let pong = tl::types::Pong {
            msg_id: sent[0].id,
            ping_id: 1,
        };
        peer.say(0, &tl::enums::Pong::Pong(pong).to_bytes()).await;
    }
    assert!(matches!(first.await.unwrap(), Err(Failed::NoAnswer)));
    let second = peer.ask(b"two.").await;
    let (_, sent) = peer.next().await;
    // An answer that comes too late is nobody's.
    peer.say(1, &answer(lost[0].id, b"late")).await;
    peer.say(3, &answer(sent[0].id, b"2222")).await;
    assert_eq!(second.await.unwrap().unwrap(), b"2222");
}

#[tokio::test(start_paused = true)]
async fn when_the_connection_breaks_everybody_is_told() {
    let (mut peer, first) = connect(b"one.");
    peer.next().await;
    let second = peer.ask(b"two.").await;
    peer.next().await;
    peer.writer.shutdown().await.unwrap();
    assert!(matches!(first.await.unwrap(), Err(Failed::Lost(_))));
    assert!(matches!(second.await.unwrap(), Err(Failed::Lost(_))));
    peer.live.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_transport_error_404_means_the_key_is_unknown() {
    let (mut peer, first) = connect(b"one.");
    peer.next().await;
    let mut bytes = Vec::new();
    frame::pack(&(-404i32).to_le_bytes(), &mut bytes);
    peer.writer.write_all(&bytes).await.unwrap();
    let Err(Failed::KeyUnknown(unknown)) = first.await.unwrap() else {
        panic!()
    };
    assert_eq!(*unknown, key());
}

#[tokio::test(start_paused = true)]
async fn damaged_packets_end_the_connection_with_a_reason() {
    let (mut peer, first) = connect(b"one.");
    peer.next().await;
    let mut bytes = Vec::new();
    let mut damaged = packet(server_id(1), 1, b"update..");
    damaged[40] ^= 1;
    frame::pack(&damaged, &mut bytes);
    peer.writer.write_all(&bytes).await.unwrap();
    let Err(Failed::Lost(why)) = first.await.unwrap() else {
        panic!()
    };
    assert!(why.contains("decrypt"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn only_so_many_requests_are_in_flight() {
    let (mut peer, first) = connect(b"one.");
    let mut answers = vec![first];
    for _ in 0..300 {
        answers.push(peer.ask(b"more").await);
    }
    let mut sent = Vec::new();
    while sent.len() < IN_FLIGHT {
        sent.extend(peer.next().await.1);
    }
    let most = sent.len();
    assert!(most < 2 * IN_FLIGHT, "{most}");
    tokio::select! {
        biased;
        (_, more) = peer.next() => panic!("{} more were sent", more.len()),
        () = tokio::time::sleep(Duration::from_secs(5)) => {}
    }
    let is_request = |sent: &Sent| sent.body.ends_with(b"more") || sent.body.ends_with(b"one.");
    let mut answered = 0;
    while answered < answers.len() {
        while let Some(request) = sent.pop() {
            if is_request(&request) {
                peer.say(1, &answer(request.id, b"done")).await;
                answered += 1;
            }
        }
        if answered < answers.len() {
            sent.extend(peer.next().await.1);
        }
    }
    for answer in answers {
        assert_eq!(answer.await.unwrap().unwrap(), b"done");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_nobody_needs_ends() {
    let (mut peer, first) = connect(b"one.");
    let (_, sent) = peer.next().await;
    peer.say(1, &answer(sent[0].id, b"1111")).await;
    first.await.unwrap().unwrap();
    peer.jobs = None;
    peer.live.await.unwrap();
}
