//! Logging in and out, several logins of one account, other data centres, temporary keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use grammers_crypto::AuthKey;
use serde_json::{Value, json};
use telekeep_cloud::{Cloud, Fault, FaultKind};

use crate::client::{Client, Wire, introduced, random, sha1};
use crate::handshake::{How, connect, connect_to, exchange};
use crate::start::start;

pub const UNREGISTERED: &str = "AUTH_KEY_UNREGISTERED";

pub fn logged_in(cloud: &Cloud, account: usize) -> Client {
    let mut client = connect(cloud);
    client.init().unwrap();
    let account = &cloud.accounts()[account];
    client.log_in(&account.phone, &account.code).unwrap();
    client
}

pub fn state() -> Value {
    json!({"_": "updates.getState"})
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_log_in_and_wrong_ones_do_not() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    let account = cloud.accounts().remove(0);
    assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));
    assert_eq!(
        client.log_in(&account.phone, "00000"),
        Err("PHONE_CODE_INVALID".into())
    );
    assert_eq!(
        client.log_in(&account.phone, ""),
        Err("PHONE_CODE_EMPTY".into())
    );
    assert_eq!(
        client.log_in("nonsense", "1"),
        Err("PHONE_NUMBER_INVALID".into())
    );
    let authorization = client.log_in(&account.phone, &account.code).unwrap();
    assert_eq!(authorization["user"]["self"], true);
    client.call(&state()).unwrap();

    // The login belongs to the key: another session on it is logged in, another key is not.
    client.session ^= 1;
    (client.last_id, client.content) = (0, 0);
    client.call(&state()).unwrap();
    let mut other = connect(&cloud);
    other.init().unwrap();
    assert_eq!(other.call(&state()), Err(UNREGISTERED.into()));

    client.call(&json!({"_": "auth.logOut"})).unwrap();
    assert_eq!(client.call(&state()), Err(UNREGISTERED.into()));
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_number_signs_up_with_the_code_it_will_have() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    for (phone, code) in [("9996621234", "22222"), ("+49 170 5550199", "12345")] {
        let answer = client.log_in(phone, code).unwrap();
        assert_eq!(answer["_"], "auth.authorizationSignUpRequired");
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let sign_up = |hash: &str| {
            json!({"_": "auth.signUp", "phone_number": digits, "phone_code_hash": hash,
                "first_name": "New", "last_name": "Person"})
        };
        assert_eq!(
            client.call(&sign_up("guess")),
            Err("PHONE_CODE_EXPIRED".into())
        );
        let sent = client
            .call(
                &json!({"_": "auth.sendCode", "phone_number": phone, "api_id": 1,
                "api_hash": "x", "settings": {"_": "codeSettings"}}),
            )
            .unwrap();
        let hash = sent["phone_code_hash"].as_str().unwrap();
        assert_eq!(
            client.call(&sign_up(hash)),
            Err("PHONE_CODE_EXPIRED".into()),
            "unproven"
        );
        client
            .call(
                &json!({"_": "auth.signIn", "phone_number": phone, "phone_code": code,
                "phone_code_hash": hash}),
            )
            .unwrap();
        let authorization = client.call(&sign_up(hash)).unwrap();
        assert_eq!(authorization["user"]["first_name"], "New");
        client.call(&state()).unwrap();
        client.call(&json!({"_": "auth.logOut"})).unwrap();
        let again = client.log_in(phone, code).unwrap();
        assert_eq!(again["user"]["id"], authorization["user"]["id"]);
    }
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_copied_to_another_data_centre_and_ends_with_its_origin() {
    let (cloud, _dir) = start(1).await;
    let mut home = logged_in(&cloud, 0);
    let mut away = connect_to(&cloud, 4);
    assert_eq!(away.init().unwrap()["this_dc"], 4);
    let probe = json!({"_": "account.getAuthorizations"});
    assert_eq!(away.call(&probe), Err(UNREGISTERED.into()));
    let export = |dc: i32| json!({"_": "auth.exportAuthorization", "dc_id": dc});
    assert_eq!(home.call(&export(2)), Err("DC_ID_INVALID".into()));
    assert_eq!(home.call(&export(99)), Err("DC_ID_INVALID".into()));
    let exported = home.call(&export(4)).unwrap();
    let import = json!({"_": "auth.importAuthorization", "id": exported["id"],
        "bytes": exported["bytes"]});
    assert_eq!(
        home.call(&import),
        Err("AUTH_BYTES_INVALID".into()),
        "not for this one"
    );
    let exported = home.call(&export(4)).unwrap();
    let import = json!({"_": "auth.importAuthorization", "id": exported["id"],
        "bytes": exported["bytes"]});
    let mut guess = import.clone();
    guess["bytes"] = BASE64.encode([7; 32]).into();
    assert_eq!(away.call(&guess), Err("AUTH_BYTES_INVALID".into()));
    assert_eq!(away.call(&import).unwrap()["user"]["id"], exported["id"]);
    assert_eq!(
        away.call(&import),
        Err("AUTH_BYTES_INVALID".into()),
        "works once"
    );
    away.call(&probe).unwrap();
    home.call(&json!({"_": "auth.logOut"})).unwrap();
    assert_eq!(away.call(&probe), Err(UNREGISTERED.into()));
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_listed_and_ended_one_by_one() {
    let (cloud, _dir) = start(1).await;
    let (mut one, mut two) = (logged_in(&cloud, 0), logged_in(&cloud, 0));
    let list = json!({"_": "account.getAuthorizations"});
    let logins = one.call(&list).unwrap()["authorizations"].clone();
    let logins = logins.as_array().unwrap();
    assert_eq!(logins.len(), 2);
    assert_eq!(
        (&logins[0]["current"], &logins[0]["device_model"]),
        (&json!(true), &json!("test"))
    );
    let hash = &logins[1]["hash"];
    one.call(&json!({"_": "account.resetAuthorization", "hash": hash}))
        .unwrap();
    assert_eq!(two.call(&state()), Err(UNREGISTERED.into()));
    let again = one.call(&json!({"_": "account.resetAuthorization", "hash": hash}));
    assert_eq!(again, Err("HASH_INVALID".into()));
    one.call(&state()).unwrap();

    cloud.add_fault(Fault::once(
        "updates.getState",
        1,
        FaultKind::SessionRevoked,
    ));
    assert_eq!(one.call(&state()), Err("SESSION_REVOKED".into()));
    assert_eq!(one.call(&state()), Err(UNREGISTERED.into()));
    cloud.stop().await;
}

/// Encrypts the claim that binds a temporary key, in MTProto's first version as clients do.
fn bind_message(permanent: &AuthKey, inner: &[u8]) -> Vec<u8> {
    let mut message = random::<16>().to_vec();
    message.extend([&[0; 12][..], &(inner.len() as u32).to_le_bytes(), inner].concat());
    let msg_key = &sha1(&[&message])[4..];
    message.resize(message.len().next_multiple_of(16), 3);
    let key = permanent.to_bytes();
    let a = sha1(&[msg_key, &key[..32]]);
    let b = sha1(&[&key[32..48], msg_key, &key[48..64]]);
    let c = sha1(&[&key[64..96], msg_key]);
    let d = sha1(&[msg_key, &key[96..128]]);
    let aes = [&a[..8], &b[8..], &c[4..16]].concat();
    let iv = [&a[8..], &b[..8], &c[16..], &d[..8]].concat();
    let (aes, iv) = (aes.try_into().unwrap(), iv.try_into().unwrap());
    grammers_crypto::aes::ige_encrypt(&mut message, &aes, &iv);
    [
        key_id(permanent).to_le_bytes().to_vec(),
        msg_key.to_vec(),
        message,
    ]
    .concat()
}

fn key_id(key: &AuthKey) -> i64 {
    i64::from_le_bytes(sha1(&[&key.to_bytes()])[12..].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_key_works_for_the_permanent_one_it_is_bound_to() {
    let (cloud, _dir) = start(1).await;
    let permanent = logged_in(&cloud, 0).key;
    let mut wire = Wire::connect(cloud.address());
    let how = How {
        expires_in: Some(600),
        ..How::default()
    };
    let (key, salt) = exchange(&mut wire, cloud.public_key_path(), how).unwrap();
    let mut client = Client::new(wire, key, salt);
    let now = crate::client::message_id() >> 32;
    let (nonce, expires_at) = (77i64, (now + 600) as i32);
    let request = |message: Vec<u8>, nonce: i64| {
        json!({"_": "auth.bindTempAuthKey", "perm_auth_key_id": key_id(&permanent),
            "nonce": nonce, "expires_at": expires_at, "encrypted_message": BASE64.encode(message)})
    };
    let inner = |temporary: i64, session: i64| {
        let mut inner = 0x75a3_f765u32.to_le_bytes().to_vec();
        for long in [nonce, temporary, key_id(&permanent), session] {
            inner.extend(long.to_le_bytes());
        }
        inner.extend(expires_at.to_le_bytes());
        inner
    };
    let right = bind_message(&permanent, &inner(key_id(&client.key), client.session));
    let mut damaged = right.clone();
    damaged[40] ^= 1;
    let invalid = Err("ENCRYPTED_MESSAGE_INVALID".to_owned());
    assert_eq!(client.call(&request(damaged, nonce)), invalid);
    assert_eq!(client.call(&request(right.clone(), nonce + 1)), invalid);
    let other = bind_message(&permanent, &inner(5, client.session));
    assert_eq!(client.call(&request(other, nonce)), invalid);
    let early = introduced(230, state());
    assert_eq!(client.call(&early), Err("AUTH_KEY_PERM_EMPTY".into()));
    assert_eq!(client.call(&request(right, nonce)).unwrap(), json!(true));
    client.call(&state()).unwrap();
    cloud.stop().await;
}
