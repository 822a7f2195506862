//! Signing in by a token that another login accepts.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use telekeep_sources::telegram::login::{
    Login, LoginError, LoginToken, QrLogin, QrStep, SignIn, check_password,
};
use telekeep_sources::telegram::wire::{CallError, Client, MemoryStore};
use tokio::sync::mpsc;

use super::{OTHER_DC, Server, quick, ttl};

/// A client that signs in by a token.
async fn showing(server: &Server) -> (Client, QrLogin) {
    let (unasked, updates) = mpsc::channel(16);
    let mut settings = quick();
    settings.unasked = Some(unasked);
    let client = server.client(&Arc::new(MemoryStore::new()), settings).await;
    let login = QrLogin::begin(&client, updates);
    (client, login)
}

async fn shown(login: &mut QrLogin) -> LoginToken {
    match login.step().await.unwrap() {
        QrStep::Show(token) => token,
        step => panic!("no token: {step:?}"),
    }
}

/// What the phone that scans the code does.
async fn accept(phone: &Client, token: &LoginToken) -> Result<(), CallError> {
    let token = token.link.strip_prefix("tg://login?token=").unwrap();
    let token = STANDARD.encode(URL_SAFE_NO_PAD.decode(token).unwrap());
    let accept = json!({"_": "auth.acceptLoginToken", "token": token});
    phone.call(&accept).await.map(drop)
}

#[tokio::test]
async fn a_token_that_is_accepted_signs_in() {
    let server = Server::start().await;
    let (phone, _) = server.signed_in(quick()).await;
    let (client, mut login) = showing(&server).await;
    let token = shown(&mut login).await;
    assert!(token.lasts > Duration::from_secs(20) && token.lasts <= Duration::from_secs(30));
    assert_eq!(client.account(), None);
    accept(&phone, &token).await.unwrap();
    let step = login.step().await.unwrap();
    assert_eq!(client.account(), phone.account());
    assert!(matches!(step, QrStep::Done(account) if Some(&account) == phone.account().as_ref()));
    client.call(&ttl()).await.unwrap();
    assert_eq!(server.calls("auth.exportLoginToken"), 2);
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}

#[tokio::test]
async fn a_token_that_became_too_old_is_replaced() {
    let server = Server::start().await;
    let (phone, _) = server.signed_in(quick()).await;
    server.cloud.login_tokens_last(0);
    let (client, mut login) = showing(&server).await;
    let old = shown(&mut login).await;
    let error = accept(&phone, &old).await.unwrap_err();
    assert!(
        error
            .rpc()
            .is_some_and(|error| error.is("AUTH_TOKEN_EXPIRED"))
    );
    server.cloud.login_tokens_last(30);
    let new = shown(&mut login).await;
    assert_ne!(old, new);
    accept(&phone, &new).await.unwrap();
    assert!(matches!(login.step().await.unwrap(), QrStep::Done(_)));
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn a_password_is_asked_for_after_the_token() {
    let server = Server::start().await;
    let accounts = server.cloud.accounts();
    let account = accounts.iter().find(|a| a.password.is_some()).unwrap();
    let password = account.password.as_deref().unwrap();
    let phone = server.client(&Arc::new(MemoryStore::new()), quick()).await;
    let mut by_code = Login::send_code(&phone, &account.phone).await.unwrap();
    let step = by_code.sign_in(&account.code).await.unwrap();
    assert!(matches!(step, SignIn::PasswordNeeded { .. }));
    check_password(&phone, password).await.unwrap();

    let (client, mut login) = showing(&server).await;
    let token = shown(&mut login).await;
    accept(&phone, &token).await.unwrap();
    let step = login.step().await.unwrap();
    assert!(matches!(step, QrStep::PasswordNeeded { hint: Some(_) }));
    assert_eq!(client.account(), None);
    let wrong = check_password(&client, "not it").await.unwrap_err();
    assert!(matches!(wrong, LoginError::PasswordWrong), "{wrong}");
    check_password(&client, password).await.unwrap();
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn an_account_of_another_data_centre_is_signed_in_there() {
    let server = Server::start().await;
    let (phone, _) = server.signed_in(quick()).await;
    let (client, mut login) = showing(&server).await;
    let token = shown(&mut login).await;
    accept(&phone, &token).await.unwrap();
    assert!(server.move_account(OTHER_DC));
    assert!(matches!(login.step().await.unwrap(), QrStep::Done(_)));
    assert_eq!(client.home_dc(), OTHER_DC);
    client.call(&ttl()).await.unwrap();
    assert_eq!(server.calls("auth.importLoginToken"), 1);
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}
