//! Proxies as people set them: flags, settings, and what is remembered of a login.

use telekeep_cloud::{ProxyConfig, ProxyServer};
use tokio::runtime::Runtime;

use crate::harness::{Cloud, Outcome, Place, files};

const SMALL: [&str; 6] = ["--chats", "6", "--messages", "60", "--media-mb", "1"];
const SECRET: &str = "0f0e0d0c0b0a09080706050403020100";

/// A proxy in front of a cloud.
struct Proxy {
    server: ProxyServer,
    _runtime: Runtime,
}

impl Proxy {
    fn before(cloud: &Cloud) -> Proxy {
        let dcs = cloud.ready["dcs"].as_object().unwrap().iter();
        let dcs = dcs.map(|(dc, address)| {
            let address = address.as_str().unwrap().parse().unwrap();
            (dc.parse().unwrap(), address)
        });
        let config = ProxyConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            secret: std::array::from_fn(|n| 15 - n as u8),
            padded: true,
            dcs: dcs.collect(),
        };
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(ProxyServer::start(config)).unwrap();
        Proxy {
            server,
            _runtime: runtime,
        }
    }

    fn link(&self) -> String {
        let (host, port) = (self.server.address().ip(), self.server.address().port());
        format!("https://t.me/proxy?server={host}&port={port}&secret=dd{SECRET}")
    }
}

/// Nothing that was said holds the secret.
#[track_caller]
fn discreet(outcome: Outcome) -> Outcome {
    for text in [&outcome.stdout, &outcome.stderr] {
        assert!(
            !text.contains(SECRET) && !text.contains("hunter2"),
            "{text}"
        );
    }
    outcome
}

fn login(place: &Place, cloud: &Cloud, proxy: &str) -> Outcome {
    let (phone, code) = cloud.account(0);
    let password = cloud.ready["accounts"][0]["password"].as_str();
    place.write("two-step", password.unwrap_or("none"));
    let args = [
        "login",
        "--server",
        cloud.address(),
        "--server-key",
        cloud.key(),
    ];
    let mut command = place.command(&args);
    command.args([
        "--phone",
        phone,
        "--code",
        code,
        "--password-file",
        "two-step",
    ]);
    discreet(Outcome::of(command.env("TELEKEEP_PROXY", proxy)))
}

#[test]
fn a_proxy_of_the_login_is_used_ever_after_and_never_gone_around() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let proxy = Proxy::before(&cloud);
    login(&place, &cloud, &proxy.link())
        .expect(0)
        .says(&["through the proxy", &proxy.server.address().to_string()]);
    let before = proxy.server.forwarded().len();
    assert!(before > 0);
    let summary = discreet(place.run(&["backup", "--json"]))
        .expect(0)
        .summary();
    assert_eq!(summary["complete"], true, "{summary}");
    // Files elsewhere came through it too.
    let forwarded = proxy.server.forwarded();
    assert!(
        forwarded[before..].contains(&2) && forwarded[before..].contains(&4),
        "{forwarded:?}"
    );
    place.run(&["sessions"]).expect(0);

    // The server can be reached, the proxy cannot: nothing is asked.
    let address = proxy.server.address().to_string();
    drop(proxy);
    let down = &["the proxy", address.as_str(), "no other way"];
    for command in ["backup", "sessions", "logout"] {
        discreet(place.run(&[command])).expect(1).says(down);
    }
    // The owner decides to do without, for once or for good.
    discreet(place.run(&["backup", "--proxy", "none"])).expect(0);
    discreet(place.run(&["backup"])).expect(1).says(down);
    place.write("telekeep.toml", "proxy = \"none\"\n");
    discreet(place.run(&["backup"])).expect(0);
    std::fs::remove_file(place.path("telekeep.toml")).unwrap();
    // A login asks the one before whether it still works: without its proxy, when that is said.
    login(&place, &cloud, "none")
        .expect(1)
        .says(&["logged in", "telekeep logout"]);
    // Neither is the secret in any file.
    for name in files(&place.archive()) {
        let bytes = std::fs::read(place.archive().join(&name)).unwrap();
        let found = bytes
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes());
        assert!(!found, "{name}");
    }
}

#[test]
fn what_is_no_proxy_is_told_without_its_secrets() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let disguised = format!("tg://proxy?server=127.0.0.1&port=9&secret=ee{SECRET}6578616d706c65");
    for (proxy, code, words) in [
        (disguised.as_str(), 2, "begins with ee"),
        ("http://me:hunter2@127.0.0.1:9", 2, "HTTP proxies"),
        ("socks5://me:hunter2@127.0.0.1", 2, "no port"),
        ("hunter2", 2, "no proxy URL"),
        ("socks5://me:hunter2@127.0.0.1:9", 1, "cannot be reached"),
        (
            &format!("tg://proxy?server=127.0.0.1&port=9&secret={SECRET}"),
            1,
            "cannot be reached",
        ),
    ] {
        login(&place, &cloud, proxy)
            .expect(code)
            .says(&["proxy", words]);
    }
    // Nobody was signed in behind its back.
    place.run(&["backup"]).expect(30);
}
