//! Two-step verification, proven by an independent implementation of the client's side.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use grammers_crypto::two_factor_auth::calculate_2fa;
use serde_json::{Value, json};
use telekeep_cloud::{AccountInfo, Cloud};

use crate::client::{Client, random};
use crate::handshake::connect;
use crate::start::start;

const NEEDED: &str = "SESSION_PASSWORD_NEEDED";
const UNREGISTERED: &str = "AUTH_KEY_UNREGISTERED";
const WRONG: &str = "PASSWORD_HASH_INVALID";
const OLD_CHALLENGE: &str = "SRP_ID_INVALID";

fn state() -> Value {
    json!({"_": "updates.getState"})
}

fn get_password() -> Value {
    json!({"_": "account.getPassword"})
}

/// The account with a password, and the password.
fn guarded(cloud: &Cloud) -> (AccountInfo, String) {
    let mut accounts = cloud.accounts().into_iter();
    let account = accounts.find(|account| account.password.is_some()).unwrap();
    let password = account.password.clone().unwrap();
    (account, password)
}

fn introduced(cloud: &Cloud) -> Client {
    let mut client = connect(cloud);
    client.init().unwrap();
    client
}

/// A client whose code was right.
fn half_way(cloud: &Cloud) -> Client {
    let mut client = introduced(cloud);
    let (account, _) = guarded(cloud);
    let answer = client.log_in(&account.phone, &account.code);
    assert_eq!(answer, Err(NEEDED.into()));
    client
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64.decode(value.as_str().unwrap()).unwrap()
}

/// `auth.checkPassword` as an answer to what `account.getPassword` said.
fn proof(asked: &Value, password: &str) -> Value {
    let algo = &asked["current_algo"];
    let (salt1, salt2, p) = (
        bytes(&algo["salt1"]),
        bytes(&algo["salt2"]),
        bytes(&algo["p"]),
    );
    let g = algo["g"].as_i64().unwrap() as i32;
    let (m1, a) = calculate_2fa(
        &salt1,
        &salt2,
        &p,
        &g,
        bytes(&asked["srp_B"]),
        random::<256>().to_vec(),
        password,
    );
    json!({"_": "auth.checkPassword", "password": {
        "_": "inputCheckPasswordSRP", "srp_id": asked["srp_id"],
        "A": BASE64.encode(a), "M1": BASE64.encode(m1)}})
}

/// Asks and answers.
fn check(client: &mut Client, password: &str) -> Result<Value, String> {
    let asked = client.call(&get_password())?;
    client.call(&proof(&asked, password))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_alone_logs_nobody_in() {
    let (cloud, _dir) = start(1).await;
    let (account, password) = guarded(&cloud);
    let mut client = introduced(&cloud);
    assert_eq!(client.call(&get_password()), Err(UNREGISTERED.into()));
    for _ in 0..2 {
        // A client that missed the answer asks again, with the same code.
        let sent = client.log_in(&account.phone, &account.code);
        assert_eq!(sent, Err(NEEDED.into()));
        assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));
    }
    let export = json!({"_": "auth.exportAuthorization", "dc_id": 4});
    assert_eq!(client.call(&export), Err(UNREGISTERED.into()));
    assert_eq!(check(&mut client, "guess"), Err(WRONG.into()));
    assert_eq!(check(&mut client, ""), Err(WRONG.into()));
    assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));

    let authorization = check(&mut client, &password).unwrap();
    assert_eq!(authorization["user"]["self"], true);
    assert_eq!(authorization["user"]["phone"], account.phone[1..]);
    client.call(&state()).unwrap();
    // An answer that was lost is asked for again; that makes no second login.
    let again = check(&mut client, &password).unwrap();
    assert_eq!(again["user"]["id"], authorization["user"]["id"]);
    let logins = client
        .call(&json!({"_": "account.getAuthorizations"}))
        .unwrap();
    assert_eq!(logins["authorizations"].as_array().unwrap().len(), 1);

    client.call(&json!({"_": "auth.logOut"})).unwrap();
    assert_eq!(client.call(&get_password()), Err(UNREGISTERED.into()));
    assert_eq!(cloud.problems(), Vec::<String>::new());
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_is_asked_is_complete_and_new_each_time() {
    let (cloud, _dir) = start(1).await;
    let (_, password) = guarded(&cloud);
    let mut client = half_way(&cloud);
    let one = client.call(&get_password()).unwrap();
    let two = client.call(&get_password()).unwrap();
    assert_eq!(one["has_password"], true);
    assert!(!one["hint"].as_str().unwrap().is_empty());
    assert!(!one.to_string().contains(&password));
    assert_eq!(one["current_algo"], two["current_algo"]);
    for (field, len) in [("srp_B", 256), ("secure_random", 256)] {
        assert_eq!(bytes(&one[field]).len(), len);
        assert_ne!(one[field], two[field], "{field}");
    }
    assert_ne!(one["srp_id"], two["srp_id"]);
    let algo = &one["current_algo"];
    assert_eq!((&algo["g"], bytes(&algo["p"]).len()), (&json!(3), 256));
    assert_eq!(
        (bytes(&algo["salt1"]).len(), bytes(&algo["salt2"]).len()),
        (40, 16)
    );
    assert_eq!(one["new_algo"]["_"], algo["_"]);
    assert_ne!(one["new_algo"]["salt1"], algo["salt1"]);

    // Only the newest question can be answered, and only once.
    let right = proof(&two, &password);
    let mut spoilt = right.clone();
    spoilt["password"]["M1"] = BASE64.encode([0; 32]).into();
    assert_eq!(
        client.call(&proof(&one, &password)),
        Err(OLD_CHALLENGE.into())
    );
    assert_eq!(client.call(&spoilt), Err(WRONG.into()));
    assert_eq!(client.call(&right), Err(OLD_CHALLENGE.into()));
    let empty = json!({"_": "auth.checkPassword", "password": {"_": "inputCheckPasswordEmpty"}});
    assert_eq!(client.call(&empty), Err(WRONG.into()));
    assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));

    // The public value that would make the shared secret 0 for every password.
    let mut zero = proof(&client.call(&get_password()).unwrap(), &password);
    zero["password"]["A"] = BASE64.encode([0; 256]).into();
    assert_eq!(client.call(&zero), Err(WRONG.into()));
    check(&mut client, &password).unwrap();
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_counts_for_the_key_that_was_asked() {
    let (cloud, _dir) = start(1).await;
    let (account, password) = guarded(&cloud);
    let (mut one, mut two) = (half_way(&cloud), half_way(&cloud));
    let asked = one.call(&get_password()).unwrap();
    two.call(&get_password()).unwrap();
    let right = proof(&asked, &password);
    assert_eq!(two.call(&right), Err(OLD_CHALLENGE.into()));
    let mut stranger = introduced(&cloud);
    assert_eq!(stranger.call(&right), Err(UNREGISTERED.into()));
    one.call(&right).unwrap();
    assert_eq!(two.call(&state()), Err(UNREGISTERED.into()));

    // Signing up with the number is no way around the password.
    let sent = stranger
        .call(
            &json!({"_": "auth.sendCode", "phone_number": account.phone, "api_id": 1,
            "api_hash": "x", "settings": {"_": "codeSettings"}}),
        )
        .unwrap();
    let hash = &sent["phone_code_hash"];
    let sign_in = json!({"_": "auth.signIn", "phone_number": account.phone,
        "phone_code": account.code, "phone_code_hash": hash});
    assert_eq!(stranger.call(&sign_in), Err(NEEDED.into()));
    let sign_up = json!({"_": "auth.signUp", "phone_number": account.phone,
        "phone_code_hash": hash, "first_name": "Not", "last_name": "Maya"});
    assert_eq!(stranger.call(&sign_up), Err(NEEDED.into()));
    assert_eq!(stranger.call(&state()), Err(UNREGISTERED.into()));

    // Who turns to an account without a password leaves the half login behind.
    let other = cloud.accounts().remove(0);
    let user = two.log_in(&other.phone, &other.code).unwrap()["user"].clone();
    let asked = two.call(&get_password()).unwrap();
    assert_eq!(
        (&asked["has_password"], &asked["srp_B"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!bytes(&asked["new_algo"]["p"]).is_empty());
    assert_eq!(two.call(&right), Err("PASSWORD_MISSING".into()));
    let me = json!({"_": "users.getUsers", "id": [{"_": "inputUserSelf"}]});
    assert_eq!(two.call(&me).unwrap()[0]["id"], user["id"]);
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_has_an_end() {
    let (cloud, _dir) = start(1).await;
    let (_, password) = guarded(&cloud);
    // The limit belongs to the account: another key does not help.
    let (mut client, mut other) = (half_way(&cloud), half_way(&cloud));
    for n in 0..5 {
        let client = if n % 2 == 0 { &mut client } else { &mut other };
        assert_eq!(check(client, "guess"), Err(WRONG.into()), "{n}");
    }
    for client in [&mut client, &mut other] {
        let refused = check(client, &password).unwrap_err();
        let wait = refused.strip_prefix("FLOOD_WAIT_").map(str::parse::<i32>);
        assert!(matches!(wait, Some(Ok(1..=60))), "{refused}");
        assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));
    }
    cloud.stop().await;
}
