//! Clients that mean harm: nothing they send may take the server down.

use std::io::Write;
use std::net::TcpStream;

use serde_json::json;

use crate::client::random;
use crate::handshake::connect;
use crate::start::{config, start};

#[tokio::test(flavor = "multi_thread")]
async fn noise_on_the_socket_harms_nobody() {
    let (cloud, _dir) = start(1).await;
    for round in 0..200u32 {
        let mut stream = TcpStream::connect(cloud.address()).unwrap();
        let opening: &[u8] = match round % 5 {
            0 => &[0xef],
            1 => &[0xee; 4],
            2 => &[0xdd; 4],
            3 => b"POST / HTTP/1.1\r\n",
            _ => &[],
        };
        let noise = random::<300>();
        let _ = stream.write_all(&[opening, &noise[..(round as usize % 300)]].concat());
    }
    connect(&cloud).init().expect("others are served");
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn noise_inside_the_encryption_harms_nobody() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let constructors: [u32; 14] = [
        0x73f1_f8dc,
        0x3072_cfa1,
        0x62d6_b459,
        0xda69_fb52,
        0x7d86_1a08,
        0x8610_baeb,
        0xda9b_0d0d,
        0xc1cd_5ea9,
        0xcb9f_372d,
        0x3dc4_b4f0,
        0xa677_244f,
        0xcdd4_2a05,
        0x58e4_a740,
        0xe751_2126,
    ];
    for round in 0..400 {
        let mut body = constructors[round % constructors.len()]
            .to_le_bytes()
            .to_vec();
        body.extend(&random::<128>()[..round % 33 * 4 % 128]);
        client.send(&body);
    }
    let config = client.call(&json!({"_": "help.getConfig"}));
    // The session may have been refused or its key destroyed; the server lives.
    drop(config);
    connect(&cloud).init().expect("others are served");
    assert_eq!(cloud.problems(), Vec::<String>::new());
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_loopback_is_served() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut settings = config(1, &dir);
    settings.listen = ([0, 0, 0, 0], 0).into();
    let error = telekeep_cloud::start(settings)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("loopback") && error.contains("127.0.0.1"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_named() {
    let (cloud, _other) = start(1).await;
    let dir = tempfile::TempDir::new().unwrap();
    let mut settings = config(1, &dir);
    settings.listen = cloud.address();
    let error = telekeep_cloud::start(settings)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains(&cloud.address().to_string()), "{error}");
    cloud.stop().await;
}
