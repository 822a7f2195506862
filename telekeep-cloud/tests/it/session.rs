//! MTProto's promises inside a session: numbers, salts, containers, repetition, resending.

use serde_json::json;
use telekeep_cloud::{Fault, FaultKind};

use crate::client::{
    NEW_SESSION, RPC_RESULT, Refused, container, encode, introduced, longs, message_id, pack,
    unpack,
};
use crate::handshake::connect;
use crate::start::start;

const BAD_MESSAGE: u32 = 0xa7ef_f811;
const BAD_SALT: u32 = 0xedab_447b;
const PONG: u32 = 0x3477_73c5;
const STATE_INFO: u32 = 0x04de_b57d;
const ACK: u32 = 0x62d6_b459;

fn ping(id: i64) -> Vec<u8> {
    [&0x7abe_77ecu32.to_le_bytes()[..], &id.to_le_bytes()].concat()
}

fn nearest() -> Vec<u8> {
    encode(&json!({"_": "help.getNearestDc"}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_is_announced_once_with_its_first_message() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    let first = client.send(&ping(1));
    let created = client.expect(NEW_SESSION);
    assert_eq!(created.long(4), first);
    assert_eq!(created.long(20), client.salt);
    let pong = client.expect(PONG);
    assert_eq!((pong.long(4), pong.long(12)), (first, 1));
    client.send(&ping(2));
    assert_eq!(client.receive().unwrap().constructor(), PONG);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_salts_and_impossible_numbers_are_told_apart() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let (id, seqno) = (client.id(), client.seqno(true));
    client.send_as(client.salt ^ 1, id, seqno, &nearest());
    let bad = client.expect(BAD_SALT);
    assert_eq!(
        (bad.long(4), bad.int(16), bad.long(20)),
        (id, 48, client.salt)
    );
    client.send_as(client.salt, id, seqno, &nearest());
    client.result(id).unwrap();

    let now = message_id();
    for (id, seqno, code) in [
        (now - (400 << 32), 91, 16),
        (now + (400 << 32), 91, 17),
        (now + 2, 91, 18),
        (now + 4, 90, 35),
        (now + 8, 1, 32),
    ] {
        client.send_as(client.salt, id, seqno, &nearest());
        let bad = client.expect(BAD_MESSAGE);
        assert_eq!((bad.long(4), bad.int(12), bad.int(16)), (id, seqno, code));
    }
    let ack = [&ACK.to_le_bytes()[..], &longs(&[])].concat();
    client.send_as(client.salt, now + 12, 93, &ack);
    assert_eq!(client.expect(BAD_MESSAGE).int(16), 34);
    assert_eq!(
        cloud.calls()["help.getNearestDc"],
        1,
        "nothing refused was carried out"
    );
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_carry_many_messages_and_bad_ones_are_refused() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let mut inner = Vec::new();
    for n in 0..20 {
        let (id, seqno) = (client.id(), client.seqno(true));
        let body = match n % 3 {
            0 => nearest(),
            1 => pack(&nearest()),
            _ => ping(n),
        };
        inner.push((id, seqno, body));
    }
    let requests: Vec<i64> = (0..20)
        .filter(|n| n % 3 != 2)
        .map(|n| inner[n as usize].0)
        .collect();
    client.tell(&container(&inner));
    for request in requests {
        client.result(request).unwrap();
    }
    assert_eq!(cloud.calls()["help.getNearestDc"], 14);

    // A container inside a container, one older than its content, one cut short, an endless one.
    let (a, b) = (client.id(), client.id());
    let seqno = client.seqno(true);
    let good = container(&[(a, seqno, nearest())]);
    let mut endless = good.clone();
    endless[4..8].copy_from_slice(&i32::MAX.to_le_bytes());
    let older = container(&[(b + (5 << 32), seqno, nearest())]);
    let nested = container(&[(a, seqno, good.clone())]);
    for body in [nested, older, good[..good.len() - 4].to_vec(), endless] {
        let id = client.tell(&body);
        let bad = client.expect(BAD_MESSAGE);
        assert_eq!((bad.long(4), bad.int(16)), (id, 64));
    }
    let id = client.tell(&good);
    client.result(a).unwrap();
    client.send_as(client.salt, id, seqno + 1, &good);
    assert_eq!(
        client.expect(BAD_MESSAGE).int(16),
        19,
        "the container comes again"
    );
    assert_eq!(cloud.calls()["help.getNearestDc"], 15);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_request_runs_once_and_is_answered_again() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let (id, seqno) = (client.id(), client.seqno(true));
    client.send_as(client.salt, id, seqno, &nearest());
    let first = client.expect(RPC_RESULT);
    client.send_as(client.salt, id, seqno, &nearest());
    let second = client.expect(RPC_RESULT);
    assert_eq!(
        (second.id, second.seqno, second.body),
        (first.id, first.seqno, first.body)
    );
    client.acknowledge();
    client.send_as(client.salt, id, seqno, &nearest());
    let ack = client.expect(ACK);
    assert_eq!(ack.long(12), id, "the answer is gone, the request is known");
    assert_eq!(cloud.calls()["help.getNearestDc"], 1);
    // The very same packet, byte for byte, is a repetition as well.
    let (id, seqno) = (client.id(), client.seqno(true));
    let packet = client.seal(client.salt, id, seqno, &nearest());
    client.wire.send(&packet);
    client.wire.send(&packet);
    client.result(id).unwrap();
    client.result(id).unwrap();
    assert_eq!(cloud.calls()["help.getNearestDc"], 2);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unacknowledged_answers_come_again_on_the_next_connection() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    client.acknowledge();
    cloud.add_fault(Fault::once(
        "help.getNearestDc",
        1,
        FaultKind::DisconnectUnanswered,
    ));
    let lost = client.send(&nearest());
    assert_eq!(client.result(lost).err(), Some(Refused::Closed));
    client.reconnect(cloud.address());
    client.send(&ping(5));
    client.result(lost).expect("the lost answer arrives");
    assert_eq!(cloud.calls()["help.getNearestDc"], 1);

    let kept = client.send(&nearest());
    let answer = client.expect(RPC_RESULT);
    assert_eq!(answer.long(4), kept);
    client.reconnect(cloud.address());
    client.send(&ping(6));
    // Received, but never acknowledged; the pong may come before them.
    let answered = [client.result(lost), client.result(kept)];
    assert!(answered.iter().all(Result::is_ok));
    let before = client.to_ack.clone();
    client.acknowledge();
    client.send(&ping(7));
    while client.expect(PONG).long(12) != 7 {}
    client.reconnect(cloud.address());
    client.send(&ping(8));
    let mut again = Vec::new();
    loop {
        let message = client.receive().unwrap();
        again.push(message.id);
        if message.constructor() == PONG && message.long(12) == 8 {
            break;
        }
    }
    assert!(
        again.iter().all(|id| !before.contains(id)),
        "what was acknowledged came again"
    );
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_can_be_asked_about_and_asked_for_again() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let request = client.send(&nearest());
    let answer = client.expect(RPC_RESULT);
    let unknown = request - (50 << 32);
    let ask = [
        &0xda69_fb52u32.to_le_bytes()[..],
        &longs(&[request, unknown]),
    ]
    .concat();
    let asked = client.send(&ask);
    let info = client.expect(STATE_INFO);
    assert_eq!(info.long(4), asked);
    assert_eq!(info.body[12..15], [2, 4, 2]);

    client.send(&[&0x7d86_1a08u32.to_le_bytes()[..], &longs(&[answer.id])].concat());
    assert_eq!(client.expect(RPC_RESULT).id, answer.id);
    client.send(&[&0x8610_baebu32.to_le_bytes()[..], &longs(&[request])].concat());
    assert_eq!(client.expect(RPC_RESULT).id, answer.id);
    client.send(&[&0x7d86_1a08u32.to_le_bytes()[..], &longs(&[answer.id + 4])].concat());
    client.expect(STATE_INFO);

    let drop_answer = |id: i64| [&0x58e4_a740u32.to_le_bytes()[..], &id.to_le_bytes()].concat();
    let id = client.send(&drop_answer(request));
    let dropped = client.result(id).unwrap();
    assert_eq!(dropped[..4], 0xa43a_d8b7u32.to_le_bytes());
    assert_eq!(dropped[4..12], answer.id.to_le_bytes());
    let id = client.send(&drop_answer(unknown));
    assert_eq!(client.result(id).unwrap(), 0x5e2a_d36eu32.to_le_bytes());
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn salts_are_given_ahead_and_sessions_and_keys_can_be_destroyed() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let id = client.send(&[&0xb921_bd04u32.to_le_bytes()[..], &3u32.to_le_bytes()].concat());
    let salts = client.expect(0xae50_0895);
    assert_eq!((salts.long(4), salts.int(16)), (id, 3));
    assert_eq!(salts.long(28), client.salt);

    let old = client.session;
    let (last_id, content) = (client.last_id, client.content);
    client.session ^= 1;
    (client.last_id, client.content) = (0, 0);
    let destroy = |id: i64| [&0xe751_2126u32.to_le_bytes()[..], &id.to_le_bytes()].concat();
    client.send(&destroy(old));
    assert_eq!(client.expect(0xe220_45fc).long(4), old);
    client.send(&destroy(old));
    assert_eq!(client.expect(0x62d3_50c9).long(4), old);
    client.session = old;
    (client.last_id, client.content) = (last_id, content);
    client.send(&ping(1));
    client.expect(NEW_SESSION);

    client.send(&0xd143_5160u32.to_le_bytes());
    client.expect(RPC_RESULT);
    client.send(&ping(2));
    assert_eq!(client.receive().err(), Some(Refused::Code(-404)));
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_client_is_disconnected_when_it_asked_for_it() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    let id = 0xf342_7b8cu32.to_le_bytes();
    client.send(&[&id[..], &9i64.to_le_bytes(), &1u32.to_le_bytes()].concat());
    client.expect(PONG);
    assert_eq!(client.receive().err(), Some(Refused::Closed));
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn big_answers_are_compressed() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    // 64 KiB of a language code come back in the answer.
    let code = "en".repeat(32 << 10);
    let request = json!({"_": "langpack.getLangPack", "lang_pack": "", "lang_code": code});
    let id = client.send(&pack(&encode(&request)));
    let answer = client.expect(RPC_RESULT);
    assert_eq!(answer.long(4), id);
    assert!(answer.body.len() < 1000, "{} bytes", answer.body.len());
    assert!(unpack(&answer.body[12..]).len() > 64 << 10);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_and_foreign_packets_end_the_connection() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let (id, seqno) = (client.id(), client.seqno(true));
    let packet = client.seal(client.salt, id, seqno, &nearest());
    for at in [10, 30, packet.len() - 1] {
        let mut bad = packet.clone();
        bad[at] ^= 1;
        client.reconnect(cloud.address());
        client.wire.send(&bad);
        assert_eq!(client.receive().err(), Some(Refused::Closed), "byte {at}");
    }
    client.reconnect(cloud.address());
    client.wire.send(&packet);
    client.result(id).expect("the undamaged packet is good");
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_before_the_introduction_and_in_unknown_layers_are_refused() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    let nearest = json!({"_": "help.getNearestDc"});
    assert_eq!(client.call(&nearest), Err("CONNECTION_NOT_INITED".into()));
    let unknown = introduced(999, nearest.clone());
    assert_eq!(
        client.call(&unknown),
        Err("CONNECTION_LAYER_INVALID".into())
    );
    for layer in telekeep_tl::LAYERS {
        client.call(&introduced(*layer, nearest.clone())).unwrap();
    }
    let id = client.send(&[0xef, 0xbe, 0xad, 0xde]);
    let error = client.result(id).unwrap();
    assert_eq!(error[4..8], 400u32.to_le_bytes());
    let id = client.send(&encode(&nearest).repeat(2));
    let error = client.result(id).unwrap();
    assert!(String::from_utf8_lossy(&error).contains("INPUT_FETCH_ERROR"));
    let without = json!({"_": "phone.getCallConfig"});
    let error = client.call(&without);
    assert_eq!(error, Err("AUTH_KEY_UNREGISTERED".into()));
    assert_eq!(cloud.calls()["unknown:0xdeadbeef"], 1);
    cloud.stop().await;
}
