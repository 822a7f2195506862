//! Messages against a server side written here.

use super::super::server_side::*;
use super::*;

const REQUEST: &[u8] = b"request.";

fn protocol() -> Protocol {
    Protocol::new(&key(), 42, 0, SESSION)
}

fn receive(protocol: &mut Protocol, mut packet: Vec<u8>) -> Result<Vec<Event>, ProtocolError> {
    let mut events = Vec::new();
    protocol.receive(&mut packet, NOW, &mut events)?;
    Ok(events)
}

fn events(protocol: &mut Protocol, number: i64, body: &[u8]) -> Vec<Event> {
    receive(protocol, packet(server_id(number), 1, body)).unwrap()
}

fn rejected(id: i64, code: i32) -> Vec<u8> {
    let bad = tl::types::BadMsgNotification {
        bad_msg_id: id,
        bad_msg_seqno: 1,
        error_code: code,
    };
    tl::enums::BadMsgNotification::Notification(bad).to_bytes()
}

#[test]
fn one_request_goes_without_a_container() {
    let mut protocol = protocol();
    let packed = protocol.pack(&[REQUEST], NOW).unwrap();
    let (salt, sent) = open(&packed.bytes);
    assert_eq!((salt, sent.len()), (42, 1));
    assert_eq!((sent[0].id, sent[0].sequence), (packed.ids[0], 1));
    assert_eq!(sent[0].body, REQUEST);
    assert_eq!(sent[0].id >> 32, 1_700_000_000);
    assert_eq!(sent[0].id & 0xffff_ffff, 0x8000_0000);
    assert!(protocol.pack(&[], NOW).is_none());
}

#[test]
fn several_requests_share_a_container_with_growing_ids() {
    let mut protocol = protocol();
    let packed = protocol.pack(&[REQUEST, b"four", REQUEST], NOW).unwrap();
    let (_, sent) = open(&packed.bytes);
    let sequences: Vec<_> = sent.iter().map(|sent| sent.sequence).collect();
    assert_eq!(sequences, [6, 1, 3, 5]);
    let ids: Vec<_> = sent[1..].iter().map(|sent| sent.id).collect();
    assert_eq!(ids, packed.ids);
    assert!(ids.is_sorted() && ids[2] < sent[0].id && ids.iter().all(|id| id % 4 == 0));
    let (_, later) = open(
        &protocol
            .pack(&[REQUEST], NOW - Duration::from_secs(9))
            .unwrap()
            .bytes,
    );
    assert!(
        later[0].id > sent[0].id,
        "ids grow even when the clock is set back"
    );
    assert_eq!(later[0].sequence, 7);
}

#[test]
fn results_errors_and_updates_come_out() {
    let mut protocol = protocol();
    let result = events(&mut protocol, 1, &answer(7, b"result__"));
    assert_eq!(
        result,
        [Event::Result {
            request: 7,
            body: b"result__".to_vec()
        }]
    );
    let result = events(&mut protocol, 2, &answer(8, &gzip(b"inflated")));
    assert_eq!(
        result,
        [Event::Result {
            request: 8,
            body: b"inflated".to_vec()
        }]
    );
    let error = tl::types::RpcError {
        error_code: 420,
        error_message: "FLOOD_WAIT_3".into(),
    };
    let error = tl::enums::RpcError::Error(error).to_bytes();
    let expected = Event::Error {
        request: 9,
        code: 420,
        message: "FLOOD_WAIT_3".into(),
    };
    assert_eq!(
        events(&mut protocol, 3, &answer(9, &error)),
        std::slice::from_ref(&expected)
    );
    assert_eq!(
        events(&mut protocol, 4, &answer(9, &gzip(&error))),
        [expected]
    );
    assert_eq!(
        events(&mut protocol, 5, b"updates!"),
        [Event::Unasked(b"updates!".to_vec())]
    );
    assert_eq!(
        events(&mut protocol, 6, &gzip(b"updates!")),
        [Event::Unasked(b"updates!".to_vec())]
    );
}

#[test]
fn a_container_is_taken_apart_and_acknowledged() {
    let mut protocol = protocol();
    let inner = [
        wrap(server_id(1), 1, &answer(7, b"aaaa")),
        wrap(server_id(2), 3, &answer(8, b"bbbb")),
        wrap(
            server_id(3),
            4,
            &tl::enums::MsgsAck::Ack(tl::types::MsgsAck { msg_ids: vec![1] }).to_bytes(),
        ),
    ];
    assert_eq!(events(&mut protocol, 4, &container(&inner)).len(), 2);
    assert_eq!(protocol.unacknowledged(), 2);
    let (_, sent) = open(&protocol.pack(&[], NOW).unwrap().bytes);
    let tl::enums::MsgsAck::Ack(ack) = tl::enums::MsgsAck::from_bytes(&sent[0].body).unwrap();
    assert_eq!(ack.msg_ids, [server_id(1), server_id(2)]);
    assert_eq!(sent[0].sequence, 0);
    assert_eq!(protocol.unacknowledged(), 0);
}

#[test]
fn a_repeated_message_is_acknowledged_but_not_done_again() {
    let mut protocol = protocol();
    assert_eq!(events(&mut protocol, 1, &answer(7, b"aaaa")).len(), 1);
    assert_eq!(events(&mut protocol, 1, &answer(7, b"aaaa")), []);
    assert_eq!(protocol.unacknowledged(), 2);
    for number in 2..3000 {
        events(&mut protocol, number, &answer(7, b"aaaa"));
    }
    assert_eq!(protocol.seen.len(), REMEMBERED);
    assert_eq!(
        events(&mut protocol, 1, &answer(7, b"aaaa")),
        [],
        "older than all remembered"
    );
}

#[test]
fn a_wrong_salt_is_corrected_and_the_message_sent_again() {
    let mut protocol = protocol();
    let packed = protocol.pack(&[REQUEST, REQUEST], NOW).unwrap();
    let (_, sent) = open(&packed.bytes);
    let bad = |id| {
        let bad = tl::types::BadServerSalt {
            bad_msg_id: id,
            bad_msg_seqno: 1,
            error_code: 48,
            new_server_salt: 99,
        };
        tl::enums::BadMsgNotification::BadServerSalt(bad).to_bytes()
    };
    let again = |request: &i64| Event::SendAgain { request: *request };
    // Naming the container means everything in it.
    let got = events(&mut protocol, 1, &bad(sent[0].id));
    assert_eq!(
        got,
        [
            Event::Salt(99),
            again(&packed.ids[0]),
            again(&packed.ids[1])
        ]
    );
    let got = events(&mut protocol, 2, &bad(packed.ids[1]));
    assert_eq!(got, [Event::Salt(99), again(&packed.ids[1])]);
    assert_eq!(open(&protocol.pack(&[REQUEST], NOW).unwrap().bytes).0, 99);
}

#[test]
fn a_wrong_clock_is_corrected_both_ways() {
    for (code, server) in [(16, 1_700_005_000i64), (17, 1_699_990_000)] {
        let mut protocol = protocol();
        let id = protocol.pack(&[REQUEST], NOW).unwrap().ids[0];
        let got = receive(
            &mut protocol,
            packet((server << 32) + 1, 0, &rejected(id, code)),
        )
        .unwrap();
        assert_eq!(got, [Event::SendAgain { request: id }]);
        assert_eq!(i64::from(protocol.time_offset()), server - 1_700_000_000);
        assert_eq!(protocol.pack(&[REQUEST], NOW).unwrap().ids[0] >> 32, server);
    }
}

#[test]
fn other_refusals_end_the_connection() {
    for code in [32, 33, 34, 35, 64, -1] {
        let refused = receive(&mut protocol(), packet(server_id(1), 0, &rejected(4, code)));
        assert_eq!(refused, Err(ProtocolError::Refused(code)));
    }
}

#[test]
fn a_second_session_means_sending_again() {
    let mut protocol = protocol();
    let created = |first_msg_id| {
        let new = tl::types::NewSessionCreated {
            first_msg_id,
            unique_id: 1,
            server_salt: 5,
        };
        tl::enums::NewSession::Created(new).to_bytes()
    };
    assert_eq!(events(&mut protocol, 1, &created(100)), [Event::Salt(5)]);
    let got = events(&mut protocol, 2, &created(200));
    assert_eq!(got, [Event::Salt(5), Event::NewSession { first: 200 }]);
}

#[test]
fn an_announced_answer_that_did_not_come_is_asked_for() {
    let mut protocol = protocol();
    events(&mut protocol, 1, &answer(7, b"aaaa"));
    let info = |answer_msg_id| {
        let info = tl::types::MsgDetailedInfo {
            msg_id: 7,
            answer_msg_id,
            bytes: 4,
            status: 0,
        };
        tl::enums::MsgDetailedInfo::Info(info).to_bytes()
    };
    let detailed = |protocol: &mut Protocol, number, answer| {
        receive(protocol, packet(server_id(number), 0, &info(answer))).unwrap()
    };
    assert_eq!(detailed(&mut protocol, 2, server_id(1)), []);
    assert_eq!(detailed(&mut protocol, 3, server_id(500)), []);
    let (_, sent) = open(&protocol.pack(&[], NOW).unwrap().bytes);
    let tl::enums::MsgsAck::Ack(ack) = tl::enums::MsgsAck::from_bytes(&sent[1].body).unwrap();
    assert_eq!(ack.msg_ids, [server_id(1), server_id(1)]);
    let asked = tl::enums::MsgResendReq::from_bytes(&sent[2].body).unwrap();
    let tl::enums::MsgResendReq::Req(asked) = asked else {
        panic!()
    };
    assert_eq!(asked.msg_ids, [server_id(500)]);
}

#[test]
fn state_requests_are_answered() {
    let mut protocol = protocol();
    events(&mut protocol, 1, &answer(7, b"aaaa"));
    let asked = tl::types::MsgsStateReq {
        msg_ids: vec![server_id(1), server_id(9)],
    };
    events(
        &mut protocol,
        2,
        &tl::enums::MsgsStateReq::Req(asked).to_bytes(),
    );
    let (_, sent) = open(&protocol.pack(&[], NOW).unwrap().bytes);
    let info = tl::enums::MsgsStateInfo::from_bytes(&sent[2].body).unwrap();
    let tl::enums::MsgsStateInfo::Info(info) = info;
    assert_eq!((info.req_msg_id, info.info), (server_id(2), vec![4, 1]));
}

#[test]
fn packets_of_others_are_refused() {
    let good = packet(server_id(1), 1, &answer(7, b"aaaa"));
    for at in 0..good.len() {
        let mut damaged = good.clone();
        damaged[at] ^= 1;
        assert!(receive(&mut protocol(), damaged).is_err(), "byte {at}");
    }
    for end in 0..good.len() {
        assert!(
            receive(&mut protocol(), good[..end].to_vec()).is_err(),
            "cut at {end}"
        );
    }
    let mut other = Protocol::new(&key(), 42, 0, SESSION + 1);
    assert_eq!(receive(&mut other, good), Err(ProtocolError::OtherSession));
    let even = packet(server_id(1) - 1, 1, &answer(7, b"aaaa"));
    assert!(matches!(
        receive(&mut protocol(), even),
        Err(ProtocolError::Malformed(_))
    ));
}

#[test]
fn impossible_lengths_are_refused() {
    let plain = |length: i32, padding: usize| {
        let mut plain = [
            0i64.to_le_bytes(),
            SESSION.to_le_bytes(),
            server_id(1).to_le_bytes(),
        ]
        .concat();
        plain.extend_from_slice(&[1, 0, 0, 0]);
        plain.extend_from_slice(&length.to_le_bytes());
        plain.extend(answer(7, b"aaaa"));
        plain.resize(48 + padding, 0);
        seal(&plain)
    };
    assert!(receive(&mut protocol(), plain(16, 16)).is_ok());
    for (length, padding) in [
        (-4, 16),
        (i32::MAX, 16),
        (14, 16),
        (32, 16),
        (16, 0),
        (16, 1040),
    ] {
        let got = receive(&mut protocol(), plain(length, padding));
        assert!(
            matches!(got, Err(ProtocolError::Malformed(_))),
            "{length} {padding} {got:?}"
        );
    }
    let short = [MSG_CONTAINER.to_le_bytes(), [0xff; 4]].concat();
    assert!(receive(&mut protocol(), packet(server_id(1), 0, &short)).is_err());
    let many = [MSG_CONTAINER.to_le_bytes(), i32::MAX.to_le_bytes()].concat();
    assert!(receive(&mut protocol(), packet(server_id(1), 0, &many)).is_err());
}

#[test]
fn nesting_and_inflation_are_bounded() {
    let mut nested = answer(7, b"aaaa");
    for number in 0..20_000 {
        nested = container(&[wrap(server_id(number), 1, &nested)]);
    }
    let got = receive(&mut protocol(), packet(server_id(50_000), 0, &nested));
    assert_eq!(got, Err(ProtocolError::Malformed("it nests too deep")));
    let bomb = gzip(&vec![0; INFLATE_LIMIT + 1]);
    let got = receive(&mut protocol(), packet(server_id(1), 0, &answer(7, &bomb))).unwrap();
    assert_eq!(
        got,
        [Event::Unreadable {
            request: 7,
            why: ProtocolError::TooLarge
        }]
    );
    let damaged = [&GZIP_PACKED.to_le_bytes()[..], &[4, 1, 2, 3, 4, 0, 0, 0]].concat();
    let got = events(&mut protocol(), 1, &answer(7, &damaged));
    assert_eq!(
        got,
        [Event::Unreadable {
            request: 7,
            why: ProtocolError::Gzip
        }]
    );
}

#[test]
fn any_bytes_of_the_server_are_taken_without_a_panic() {
    use proptest::prelude::*;
    let ids = [
        MSG_CONTAINER,
        RPC_RESULT,
        GZIP_PACKED,
        tl::types::BadServerSalt::CONSTRUCTOR_ID,
        tl::types::NewSessionCreated::CONSTRUCTOR_ID,
        tl::types::MsgsStateReq::CONSTRUCTOR_ID,
        tl::types::MsgDetailedInfo::CONSTRUCTOR_ID,
        tl::types::MsgsAck::CONSTRUCTOR_ID,
        tl::types::FutureSalts::CONSTRUCTOR_ID,
    ];
    let strategy = (
        proptest::sample::select(ids.to_vec()),
        proptest::collection::vec(any::<u8>(), 0..200),
    );
    proptest!(|((id, rest) in strategy)| {
        let mut body = [&id.to_le_bytes()[..], &rest].concat();
        body.resize(body.len().next_multiple_of(4), 0);
        let _ = receive(&mut protocol(), packet(server_id(1), 1, &body));
    });
}

#[test]
fn what_fits_is_bounded_by_count_and_bytes() {
    let small = [0u8; 100];
    let large = vec![0u8; 400 << 10];
    assert_eq!(
        Protocol::fitting(std::iter::repeat_n(&small[..], 300)),
        CONTAINER_MESSAGES
    );
    assert_eq!(Protocol::fitting(std::iter::repeat_n(&large[..], 3)), 1);
    assert_eq!(Protocol::fitting(std::iter::empty()), 0);
    let huge = vec![0u8; 1 << 20];
    assert_eq!(Protocol::fitting(std::iter::once(&huge[..])), 1);
}
