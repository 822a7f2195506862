//! An independent client of another language against the cloud: Telethon.
//!
//! `TELEKEEP_PYTHON` names a Python with `telethon` 1.44 (layer 227), `TELEKEEP_PYTHON_OLD` one
//! with 1.42 (layer 216). Unset: the tests say so and pass. Set but unusable: they fail.

use std::time::Duration;

use serde_json::Value;
use telekeep_cloud::{Cloud, ProxyConfig, ProxyServer};

use crate::start::start;

/// The Python of an environment variable, or `None` with a note.
fn python(variable: &str) -> Option<String> {
    let python = std::env::var(variable)
        .ok()
        .filter(|python| !python.is_empty());
    if python.is_none() {
        eprintln!("skipped: {variable} is not set; see tests/it/telethon.rs");
    }
    python
}

/// Runs one scenario of the script and returns what it printed.
async fn run(python: &str, cloud: &Cloud, scenario: &str) -> Value {
    let ready = serde_json::to_value(cloud.ready()).unwrap();
    run_with(python, cloud, scenario, &ready).await
}

/// The same, when the script is told more.
async fn run_with(python: &str, cloud: &Cloud, scenario: &str, ready: &Value) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/telethon_client.py");
    let ready = ready.to_string();
    let child = tokio::process::Command::new(python)
        .args([script, &ready, scenario])
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(120), child).await;
    let output = output
        .expect("the script ends in time")
        .expect("python starts");
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    let (calls, problems) = (cloud.calls(), cloud.problems());
    assert!(
        output.status.success(),
        "{scenario}: {err}\ncalls: {calls:?}\n{problems:?}"
    );
    assert_eq!(cloud.problems(), Vec::<String>::new());
    serde_json::from_str(out.trim()).expect("the script prints JSON")
}

macro_rules! scenarios {
    ($($name:ident),*) => {
        mod current {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::scenario("TELEKEEP_PYTHON", stringify!($name)).await;
            })*
        }
        mod old {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::scenario("TELEKEEP_PYTHON_OLD", stringify!($name)).await;
            })*
        }
    };
}

scenarios!(bot, connections, password, qr, reading, writing, takeout);

async fn scenario(variable: &str, name: &str) {
    let Some(python) = python(variable) else {
        return;
    };
    let (cloud, _dir) = start(1).await;
    run(&python, &cloud, name).await;
    cloud.stop().await;
}

/// A proxy in front of each data centre, with a secret of its own kind.
async fn proxied(variable: &str) {
    let Some(python) = python(variable) else {
        return;
    };
    let (cloud, _dir) = start(1).await;
    for padded in [false, true] {
        let secret: [u8; 16] = std::array::from_fn(|n| n as u8);
        let config = ProxyConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            secret,
            padded,
            dcs: cloud.addresses().clone(),
        };
        let proxy = ProxyServer::start(config).await.unwrap();
        let mut ready = serde_json::to_value(cloud.ready()).unwrap();
        let address = proxy.address();
        ready["proxy"] = serde_json::json!([address.ip().to_string(), address.port(), padded]);
        let told = run_with(&python, &cloud, "proxied", &ready).await;
        // Those the script connects with, and the one with a wrong secret.
        let kinds = told["connections"].as_array().unwrap().len();
        assert_eq!(kinds, if padded { 1 } else { 3 });
        let through = proxy.forwarded();
        assert!(
            through.len() >= kinds && through.iter().all(|dc| *dc == 2),
            "{through:?}"
        );
        assert!(proxy.refused() > 0);
    }
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_client_comes_through_a_proxy() {
    proxied("TELEKEEP_PYTHON").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_independent_client_comes_through_a_proxy() {
    proxied("TELEKEEP_PYTHON_OLD").await;
}
