//! By a QR code that another login accepts.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;

use serde_json::Value;
use serde_json::json;
use telekeep_sources::telegram::login::{Login, SignIn, check_password};
use telekeep_sources::telegram::wire::{
    Client, Device, Endpoint, MemoryStore, RsaKey, ServerChoice,
};

use crate::harness::{Cloud, Outcome, Place};

const SMALL: [&str; 6] = ["--chats", "6", "--messages", "60", "--media-mb", "0"];

/// A phone that is signed in to account `n`, and scans.
struct Phone(tokio::runtime::Runtime, Client);

impl Phone {
    fn of(cloud: &Cloud, n: usize) -> Phone {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let keys = std::fs::read_to_string(cloud.key()).unwrap();
        let server = ServerChoice::Custom {
            address: cloud.address().to_owned(),
            keys: RsaKey::from_pem(&keys).unwrap(),
        };
        let endpoint = Endpoint {
            server,
            api_id: 1,
            api_hash: "x".into(),
            device: Device::default(),
            proxy: None,
        };
        let (number, code) = cloud.account(n);
        let client = runtime.block_on(async {
            let store = Arc::new(MemoryStore::new());
            let client = Client::connect(endpoint, store).await.unwrap();
            let mut login = Login::send_code(&client, number).await.unwrap();
            if let SignIn::PasswordNeeded { .. } = login.sign_in(code).await.unwrap() {
                let password = cloud.ready["accounts"][n]["password"].as_str();
                check_password(&client, password.unwrap()).await.unwrap();
            }
            client
        });
        Phone(runtime, client)
    }

    fn scan(&self, link: &str) {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let token = link.strip_prefix("tg://login?token=").unwrap();
        let token = STANDARD.encode(URL_SAFE_NO_PAD.decode(token).unwrap());
        let accept = json!({"_": "auth.acceptLoginToken", "token": token});
        self.0.block_on(self.1.call(&accept)).unwrap();
    }
}

/// A login that shows its code, and the first line it prints.
fn showing(
    place: &Place,
    cloud: &Cloud,
    more: &[&str],
) -> (Child, BufReader<std::process::ChildStdout>, Value) {
    let mut args = vec!["login", "--qr", "--json"];
    args.extend(["--server", cloud.address(), "--server-key", cloud.key()]);
    args.extend(more);
    let mut command = place.command(&args);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["type"], "login_token", "{line}");
    (child, out, line)
}

/// The text of a QR code in a PNG file.
fn decode(path: &Path) -> String {
    let file = BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let (width, height) = reader.info().size();
    let (width, height) = (width as usize, height as usize);
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    picture.detect_grids()[0].decode().unwrap().1
}

#[test]
fn a_scanned_code_signs_in_and_its_picture_is_removed() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let phone = Phone::of(&cloud, 0);
    let (mut child, mut out, shown) = showing(&place, &cloud, &["--qr-png", "code.png"]);
    let picture = place.path("code.png");
    assert_eq!(decode(&picture), shown["link"].as_str().unwrap());
    phone.scan(shown["link"].as_str().unwrap());
    let mut last = String::new();
    out.read_line(&mut last).unwrap();
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(last["type"], "login", "{last}");
    assert!(child.wait().unwrap().success());
    assert!(!picture.exists());
    place.run(&["backup"]).expect(0);
}

#[test]
fn the_password_comes_after_the_code() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let accounts = cloud.ready["accounts"].as_array().unwrap();
    let n = accounts
        .iter()
        .position(|a| a["password"].is_string())
        .unwrap();
    place.write("two-step", accounts[n]["password"].as_str().unwrap());
    let phone = Phone::of(&cloud, n);
    let (child, _out, shown) = showing(&place, &cloud, &["--password-file", "two-step"]);
    phone.scan(shown["link"].as_str().unwrap());
    assert!(child.wait_with_output().unwrap().status.success());
    place.run(&["sessions"]).expect(0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_login_leaves_no_picture_and_no_login() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let (child, _out, _) = showing(&place, &cloud, &["--qr-png", "code.png"]);
    assert!(place.path("code.png").exists());
    crate::harness::send(&child, "-INT");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130));
    assert!(!place.path("code.png").exists());
    place.run(&["backup"]).expect(30);
}

#[test]
fn without_a_place_to_show_the_code_there_is_no_login() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let login = |more: &[&str]| -> Outcome {
        let mut args = vec![
            "login",
            "--server",
            cloud.address(),
            "--server-key",
            cloud.key(),
        ];
        args.extend(more);
        place.run(&args)
    };
    login(&["--qr"])
        .expect(2)
        .says(&["no terminal", "--qr-png"]);
    place.write("holiday.png", "mine");
    login(&["--qr-png", "holiday.png"])
        .expect(2)
        .says(&["exists already"]);
    assert_eq!(std::fs::read(place.path("holiday.png")).unwrap(), b"mine");
    login(&["--qr", "--code", "12345"])
        .expect(2)
        .says(&["--code"]);
    login(&["--qr-png", "no/such/folder.png"])
        .expect(1)
        .says(&["folder.png"]);
}
