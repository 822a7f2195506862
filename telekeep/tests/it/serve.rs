//! `telekeep serve`: the printed address lets in, and nothing else does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::harness::Place;

/// A server that ends with the test.
struct Server {
    child: Child,
    /// `127.0.0.1:PORT`
    host: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(place: &Place) -> Server {
        let mut child = place
            .command(&["--json", "serve"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["type"], "ready");
        let address = ready["address"].as_str().unwrap();
        let rest = address.strip_prefix("http://").unwrap();
        let (host, token) = rest.split_once("/?token=").unwrap();
        Server {
            child,
            host: host.to_owned(),
            token: token.to_owned(),
        }
    }

    /// The whole answer, head and body.
    fn get(&self, path: &str, cookie: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let host = &self.host;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn the_printed_address_lets_in() {
    let place = Place::with_archive();
    let server = Server::start(&place);
    assert!(server.host.starts_with("127.0.0.1:"), "loopback only");
    assert!(server.get("/", "").starts_with("HTTP/1.1 401"));
    assert!(server.get("/?token=0", "").starts_with("HTTP/1.1 401"));

    let entered = server.get(&format!("/?token={}", server.token), "");
    assert!(entered.starts_with("HTTP/1.1 303"), "{entered}");
    let cookie = entered
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let page = server.get("/", cookie);
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("<main id=\"main\""));
}

#[test]
fn serving_needs_no_lock() {
    let place = Place::with_archive();
    let _server = Server::start(&place);
    place.run(&["verify"]).expect(0);
    place.run(&["reindex"]).expect(0);
}

#[test]
fn a_port_in_use_says_what_to_do() {
    let place = Place::with_archive();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = place.run(&["serve", "--port", &port]).expect(1).stderr;
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
    assert!(said.contains("--port N"), "{said}");
}
