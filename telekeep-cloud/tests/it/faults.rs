//! Faults as clients meet them.

use std::time::{Duration, Instant};

use serde_json::json;
use telekeep_cloud::{Fault, FaultKind};

use crate::client::{Refused, encode};
use crate::handshake::connect;
use crate::start::{config, start};

#[tokio::test(flavor = "multi_thread")]
async fn floods_errors_and_migrations_are_answered_and_counted() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let nearest = json!({"_": "help.getNearestDc"});
    for (kind, name) in [
        (
            FaultKind::Error {
                code: -503,
                text: "Timeout".into(),
            },
            "Timeout",
        ),
        (FaultKind::DcMigrate { dc: 4 }, "USER_MIGRATE_4"),
        (
            FaultKind::FileReferenceExpired { all: true },
            "FILE_REFERENCE_EXPIRED",
        ),
        (
            FaultKind::FloodPremiumWait { seconds: 1 },
            "FLOOD_PREMIUM_WAIT_1",
        ),
    ] {
        cloud.add_fault(Fault::once("help.getNearestDc", 1, kind));
        assert_eq!(client.call(&nearest), Err(name.to_owned()));
    }
    assert_eq!(
        client.call(&nearest),
        Err("FLOOD_PREMIUM_WAIT_1".into()),
        "too early"
    );
    assert_eq!((cloud.wait_violations(), cloud.faults_applied()), (1, 4));
    client
        .call(&json!({"_": "help.getConfig"}))
        .expect("other methods are not concerned");
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_break_where_the_fault_says() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let nearest = encode(&json!({"_": "help.getNearestDc"}));
    cloud.add_fault(Fault::once(
        "help.getNearestDc",
        1,
        FaultKind::DisconnectBefore,
    ));
    let id = client.send(&nearest);
    assert_eq!(client.result(id).err(), Some(Refused::Closed));
    client.reconnect(cloud.address());
    cloud.add_fault(Fault::once(
        "help.getNearestDc",
        1,
        FaultKind::DisconnectAfter,
    ));
    let id = client.send(&nearest);
    client.result(id).expect("the answer comes first");
    let end = loop {
        // Answers of before the first break may come again.
        if let Err(end) = client.receive() {
            break end;
        }
    };
    assert_eq!(end, Refused::Closed);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_answer_does_not_hold_others_up() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    cloud.add_fault(Fault::once(
        "help.getNearestDc",
        1,
        FaultKind::Delay { milliseconds: 300 },
    ));
    let slow = client.send(&encode(&json!({"_": "help.getNearestDc"})));
    let quick = client.send(&encode(&json!({"_": "help.getConfig"})));
    let order: Vec<i64> = (0..2)
        .map(|_| client.expect(crate::client::RPC_RESULT).long(4))
        .collect();
    assert_eq!(order, [quick, slow]);

    // An answer that is not wanted any more does not come.
    cloud.add_fault(Fault::once(
        "help.getNearestDc",
        1,
        FaultKind::Delay { milliseconds: 100 },
    ));
    let unwanted = client.send(&encode(&json!({"_": "help.getNearestDc"})));
    let mut drop_answer = 0x58e4_a740u32.to_le_bytes().to_vec();
    drop_answer.extend(unwanted.to_le_bytes());
    let dropped = client.send(&drop_answer);
    assert_eq!(
        client.result(dropped).unwrap(),
        0xcd78_e586u32.to_le_bytes()
    );
    cloud.add_fault(Fault::once(
        "help.getConfig",
        1,
        FaultKind::Delay { milliseconds: 300 },
    ));
    let later = client.send(&encode(&json!({"_": "help.getConfig"})));
    assert_eq!(client.expect(crate::client::RPC_RESULT).long(4), later);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn latency_is_paid_once_by_requests_in_flight_together() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut settings = config(1, &dir);
    settings.latency = Duration::from_millis(100);
    let cloud = telekeep_cloud::start(settings).await.unwrap();
    let mut client = connect(&cloud);
    client.init().unwrap();
    let started = Instant::now();
    let ids: Vec<i64> = (0..50)
        .map(|_| client.send(&encode(&json!({"_": "help.getNearestDc"}))))
        .collect();
    for id in ids {
        client.result(id).unwrap();
    }
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(100), "{took:?}");
    assert!(
        took < Duration::from_millis(50 * 100),
        "one after the other: {took:?}"
    );
    cloud.stop().await;
}
