//! Logging in by a token that another login accepts.

use serde_json::{Value, json};

use crate::client::Client;
use crate::handshake::{connect, connect_to};
use crate::login::{UNREGISTERED, logged_in, state};
use crate::start::start;

const UPDATE_SHORT: u32 = 0x78d4_dec1;

fn export() -> Value {
    json!({"_": "auth.exportLoginToken", "api_id": 1, "api_hash": "x", "except_ids": []})
}

fn with_token(method: &str, token: &Value) -> Value {
    json!({"_": method, "token": token})
}

fn accept(token: &Value) -> Value {
    with_token("auth.acceptLoginToken", token)
}

fn stranger(cloud: &telekeep_cloud::Cloud) -> Client {
    let mut client = connect(cloud);
    client.init().unwrap();
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_token_lets_the_client_in_that_showed_it_and_nobody_else() {
    let (cloud, _dir) = start(1).await;
    let mut phone = logged_in(&cloud, 0);
    let (mut shows, mut other) = (stranger(&cloud), stranger(&cloud));
    let shown = shows.call(&export()).unwrap();
    assert_eq!(shown["_"], "auth.loginToken");
    assert_eq!(
        other.call(&accept(&shown["token"])),
        Err(UNREGISTERED.into()),
        "only a login accepts"
    );
    let device = phone.call(&accept(&shown["token"])).unwrap();
    assert_eq!(device["device_model"], "test");
    assert_eq!(
        phone.call(&accept(&shown["token"])),
        Err("AUTH_TOKEN_ALREADY_ACCEPTED".into())
    );
    shows.expect(UPDATE_SHORT);
    assert_eq!(other.call(&export()).unwrap()["_"], "auth.loginToken");
    let done = shows.call(&export()).unwrap();
    assert_eq!(done["_"], "auth.loginTokenSuccess");
    assert_eq!(done["authorization"]["user"]["self"], true);
    shows.call(&state()).unwrap();
    assert_eq!(other.call(&state()), Err(UNREGISTERED.into()));
    assert_eq!(
        other.call(&with_token("auth.importLoginToken", &shown["token"])),
        Err("AUTH_TOKEN_INVALID".into()),
        "it works once"
    );
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_end_and_unwanted_accounts_are_refused() {
    let (cloud, _dir) = start(1).await;
    let mut phone = logged_in(&cloud, 0);
    let mut shows = stranger(&cloud);
    assert_eq!(
        shows.call(
            &json!({"_": "auth.exportLoginToken", "api_id": 1, "api_hash": "", "except_ids": []})
        ),
        Err("API_ID_INVALID".into())
    );
    let me = phone.call(&json!({"_": "users.getUsers", "id": [{"_": "inputUserSelf"}]}));
    let mut but_me = export();
    but_me["except_ids"] = json!([me.unwrap()[0]["id"]]);
    let shown = shows.call(&but_me).unwrap();
    assert_eq!(
        phone.call(&accept(&shown["token"])),
        Err("AUTH_TOKEN_EXCEPTION".into())
    );
    cloud.login_tokens_last(0);
    let shown = shows.call(&export()).unwrap();
    assert_eq!(
        phone.call(&accept(&shown["token"])),
        Err("AUTH_TOKEN_EXPIRED".into())
    );
    assert_eq!(
        phone.call(&accept(&json!("AAAA"))),
        Err("AUTH_TOKEN_INVALID".into())
    );
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_leads_to_the_data_centre_of_the_account() {
    let (cloud, _dir) = start(1).await;
    let mut phone = logged_in(&cloud, 0);
    let mut shows = stranger(&cloud);
    let shown = shows.call(&export()).unwrap();
    phone.call(&accept(&shown["token"])).unwrap();
    assert!(cloud.move_account(&cloud.accounts()[0].phone, 4));
    let moved = shows.call(&export()).unwrap();
    assert_eq!(
        (&moved["_"], &moved["dc_id"]),
        (&json!("auth.loginTokenMigrateTo"), &json!(4))
    );
    let import = with_token("auth.importLoginToken", &moved["token"]);
    assert_eq!(shows.call(&import), Err("AUTH_TOKEN_INVALID".into()));
    let mut there = connect_to(&cloud, 4);
    there.init().unwrap();
    let done = there.call(&import).unwrap();
    assert_eq!(done["_"], "auth.loginTokenSuccess");
    there.call(&state()).unwrap();
    assert_eq!(phone.call(&state()), Err("USER_MIGRATE_4".into()));
    assert_eq!(
        stranger(&cloud).log_in(&cloud.accounts()[0].phone, "1"),
        Err("PHONE_MIGRATE_4".into())
    );
    cloud.stop().await;
}
