//! Signing in and out.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use telekeep_cloud::{AccountInfo, FaultKind};
use telekeep_sources::telegram::login::{
    CodeWay, Login, LoginError, SignIn, check_password, log_out,
};
use telekeep_sources::telegram::wire::{CallError, Client, MemoryStore, SessionStore};

use super::{Server, quick, ttl};

#[tokio::test]
async fn a_login_lasts_beyond_the_client() {
    let server = Server::start().await;
    let (client, store) = server.signed_in(quick()).await;
    let account = client.account().unwrap();
    client.call(&ttl()).await.unwrap();
    client.close().await.unwrap();
    let codes = server.calls("auth.sendCode");
    let again = server.client(&store, quick()).await;
    assert_eq!(again.account(), Some(account));
    assert_eq!(again.call(&ttl()).await.unwrap().ty, "AccountDaysTTL");
    assert_eq!(server.calls("auth.sendCode"), codes);
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}

/// The account with a password, and the password.
fn guarded(server: &Server) -> (AccountInfo, String) {
    let mut accounts = server.cloud.accounts().into_iter();
    let account = accounts.find(|account| account.password.is_some()).unwrap();
    let password = account.password.clone().unwrap();
    (account, password)
}

/// A login of the account with a password whose code was right.
async fn half_way(server: &Server, client: &Client) {
    let (account, _) = guarded(server);
    let mut login = Login::send_code(client, &account.phone).await.unwrap();
    let step = login.sign_in(&account.code).await.unwrap();
    assert!(matches!(step, SignIn::PasswordNeeded { .. }), "{step:?}");
}

#[tokio::test]
async fn a_password_is_asked_for_and_checked() {
    let server = Server::start().await;
    let (account, password) = guarded(&server);
    let store = Arc::new(MemoryStore::new());
    let client = server.client(&store, quick()).await;
    let mut login = Login::send_code(&client, &account.phone).await.unwrap();
    assert_eq!(login.sent().way, CodeWay::App);
    let wrong = login.sign_in("00").await.unwrap_err();
    assert!(matches!(wrong, LoginError::CodeWrong), "{wrong}");
    let step = login.sign_in(&account.code).await.unwrap();
    let SignIn::PasswordNeeded { hint: Some(hint) } = step else {
        panic!("no question with a hint: {step:?}");
    };
    assert!(!hint.contains(&password));
    for guess in ["not the password", ""] {
        let wrong = check_password(&client, guess).await.unwrap_err();
        assert!(matches!(wrong, LoginError::PasswordWrong), "{wrong}");
        assert_eq!(client.account(), None);
    }
    let error = client.call(&ttl()).await.unwrap_err();
    assert!(matches!(error, CallError::NotSignedIn), "{error}");

    let who = check_password(&client, &password).await.unwrap();
    assert_eq!(client.account(), Some(who.clone()));
    client.call(&ttl()).await.unwrap();
    client.close().await.unwrap();
    let again = server.client(&store, quick()).await;
    assert_eq!(again.account(), Some(who));
    again.call(&ttl()).await.unwrap();
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}

#[tokio::test]
async fn a_password_check_outlives_disturbances() {
    for fault in [
        FaultKind::DisconnectBefore,
        FaultKind::DisconnectAfter,
        FaultKind::DisconnectUnanswered,
        error(-503, "Timeout"),
        error(400, "SRP_ID_INVALID"),
        error(400, "SRP_PASSWORD_CHANGED"),
    ] {
        let server = Server::start().await;
        let (_, password) = guarded(&server);
        let client = server.client(&Arc::new(MemoryStore::new()), quick()).await;
        half_way(&server, &client).await;
        server.fault("auth.checkPassword", 1, fault.clone());
        let who = check_password(&client, &password).await;
        assert_eq!(client.account(), who.ok(), "{fault:?}");
        assert!(client.account().is_some(), "{fault:?}");
        let list = client
            .call(&json!({"_": "account.getAuthorizations"}))
            .await
            .unwrap();
        let list = client.schema().to_value(&list.ty, &list.bytes).unwrap();
        let logins = list["authorizations"].as_array().unwrap().len();
        assert_eq!(logins, 1, "{fault:?}");
    }
}

fn error(code: i32, text: &str) -> FaultKind {
    let text = text.to_owned();
    FaultKind::Error { code, text }
}

#[tokio::test]
async fn too_many_passwords_mean_a_wait_that_is_told() {
    let server = Server::start().await;
    let mut settings = quick();
    settings.limits.max_wait = Duration::ZERO;
    let (_, password) = guarded(&server);
    let client = server.client(&Arc::new(MemoryStore::new()), settings).await;
    half_way(&server, &client).await;
    for _ in 0..5 {
        let wrong = check_password(&client, "guess").await.unwrap_err();
        assert!(matches!(wrong, LoginError::PasswordWrong), "{wrong}");
    }
    let error = check_password(&client, &password).await.unwrap_err();
    assert!(matches!(error, LoginError::Flood(_)), "{error}");
    assert!(error.to_string().contains("asks to wait"), "{error}");
    assert_eq!(client.account(), None);
}

#[tokio::test]
async fn a_new_number_is_signed_up() {
    let server = Server::start().await;
    let client = server.client(&Arc::new(MemoryStore::new()), quick()).await;
    let mut login = Login::send_code(&client, "+99966 2 1234").await.unwrap();
    // The code of the test numbers 99966XYYYY is X five times.
    assert_eq!(login.sign_in("22222").await.unwrap(), SignIn::SignUpNeeded);
    let who = login.sign_up("New", "Person").await.unwrap();
    assert_eq!(client.account(), Some(who));
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn logging_out_forgets_the_session_everywhere() {
    let server = Server::start().await;
    let (client, store) = server.signed_in(quick()).await;
    log_out(&client).await.unwrap();
    assert_eq!(store.load().unwrap(), None);
    assert_eq!(client.account(), None);
    let client = server.client(&store, quick()).await;
    let error = client.call(&ttl()).await.unwrap_err();
    assert!(matches!(error, CallError::NotSignedIn), "{error}");
}

#[tokio::test]
async fn a_revoked_session_is_told_and_does_not_hinder_a_new_login() {
    let server = Server::start().await;
    let (client, store) = server.signed_in(quick()).await;
    server.fault("account.getAccountTTL", 1, FaultKind::SessionRevoked);
    for _ in 0..2 {
        let error = client.call(&ttl()).await.unwrap_err();
        assert!(matches!(error, CallError::Revoked { .. }), "{error}");
    }
    // Logging out of a session that is gone is no mistake.
    log_out(&client).await.unwrap();
    let client = server.client(&store, quick()).await;
    server.sign_in(&client).await;
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn a_key_the_server_forgot_means_revoked_until_the_next_login() {
    let first = Server::start().await;
    let (client, store) = first.signed_in(quick()).await;
    client.close().await.unwrap();
    // Another cloud: it has never seen this key.
    let second = Server::start().await;
    let error = Client::connect_with(second.endpoint(), store.clone(), quick())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("log in again"), "{text}");
    store.clear().unwrap();
    let client = second.client(&store, quick()).await;
    second.sign_in(&client).await;
    client.call(&ttl()).await.unwrap();
}
