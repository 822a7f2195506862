//! The ways of a login code, bots, and accounts that live elsewhere.

use std::sync::Arc;

use telekeep_cloud::{CodeWay as Way, FaultKind};
use telekeep_sources::telegram::login::{CodeWay, Login, LoginError, NextWay, SignIn, sign_in_bot};
use telekeep_sources::telegram::wire::{Client, MemoryStore};

use super::{OTHER_DC, Server, quick, ttl};

/// A login whose code goes these ways; its client and the right code.
async fn going(server: &Server, ways: &[Way]) -> (Client, Login, String) {
    let (ways, seconds) = (ways.to_vec(), Some(30));
    server.fault("auth.sendCode", 1, FaultKind::CodeWay { ways, seconds });
    let client = server.client(&Arc::new(MemoryStore::new()), quick()).await;
    let account = server.cloud.accounts().remove(0);
    let login = Login::send_code(&client, &account.phone).await.unwrap();
    (client, login, account.code)
}

/// The code is taken, and the client is signed in.
async fn arrives(server: &Server, client: &Client, login: &mut Login, code: &str) {
    let done = login.sign_in(code).await.unwrap();
    assert!(matches!(done, SignIn::Done(_)));
    client.call(&ttl()).await.unwrap();
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}

#[tokio::test]
async fn a_code_by_mail_is_given_as_such() {
    let server = Server::start().await;
    let (client, mut login, code) = going(&server, &[Way::Email]).await;
    let CodeWay::Email { pattern } = &login.sent().way else {
        panic!("{:?}", login.sent());
    };
    assert!(pattern.contains("***"), "{pattern}");
    let wrong = login.sign_in("00000").await.unwrap_err();
    assert!(matches!(wrong, LoginError::CodeWrong), "{wrong}");
    arrives(&server, &client, &mut login, &code).await;
}

#[tokio::test]
async fn an_address_that_is_wanted_is_set_up_before_the_code_comes() {
    let server = Server::start().await;
    let (client, mut login, code) = going(&server, &[Way::SetUpEmail, Way::Email]).await;
    assert_eq!(login.sent().way, CodeWay::SetUpEmail);
    let error = login.set_up_email("nobody").await.unwrap_err();
    assert!(matches!(error, LoginError::EmailInvalid), "{error}");
    login.set_up_email("lantern@example.org").await.unwrap();
    let wrong = login.verify_email("0").await.unwrap_err();
    assert!(matches!(wrong, LoginError::CodeWrong), "{wrong}");
    let sent = login.verify_email(&code).await.unwrap();
    assert!(matches!(sent.way, CodeWay::Email { .. }), "{sent:?}");
    arrives(&server, &client, &mut login, &code).await;
}

#[tokio::test]
async fn other_ways_are_asked_for_as_long_as_there_are_some() {
    let server = Server::start().await;
    let ways = [Way::App, Way::Sms, Way::FlashCall, Way::Fragment];
    let (client, mut login, code) = going(&server, &ways).await;
    let mut went = Vec::new();
    loop {
        let sent = login.sent().clone();
        went.push((sent.way, sent.next));
        if sent.next.is_none() {
            break;
        }
        assert_eq!(sent.timeout, Some(30));
        login.resend_code().await.unwrap();
    }
    let url = "https://fragment.com/".to_owned();
    assert_eq!(
        went,
        [
            (CodeWay::App, Some(NextWay::Sms)),
            (CodeWay::Sms, Some(NextWay::Ring)),
            (CodeWay::FlashCall, Some(NextWay::Fragment)),
            (CodeWay::Fragment { url }, None),
        ]
    );
    assert!(matches!(
        login.sign_in(&code).await.unwrap(),
        SignIn::Done(_)
    ));
    client.call(&ttl()).await.unwrap();
    let (_, mut login, _) = going(&server, &[Way::App]).await;
    let error = login.resend_code().await.unwrap_err();
    assert!(matches!(error, LoginError::NoOtherWay), "{error}");
}

#[tokio::test]
async fn a_number_of_another_data_centre_is_signed_in_there() {
    let server = Server::start().await;
    assert!(server.move_account(OTHER_DC));
    let (client, store) = server.signed_in(quick()).await;
    assert_eq!(client.home_dc(), OTHER_DC);
    client.call(&ttl()).await.unwrap();
    client.close().await.unwrap();
    let again = server.client(&store, quick()).await;
    again.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn a_network_that_belongs_elsewhere_is_followed_before_the_login() {
    let server = Server::start().await;
    let elsewhere = FaultKind::Error {
        code: 303,
        text: format!("NETWORK_MIGRATE_{OTHER_DC}"),
    };
    server.fault("auth.sendCode", 1, elsewhere);
    let (client, _) = server.signed_in(quick()).await;
    // The other data centre knows that the account lives here after all.
    assert_eq!((client.home_dc(), server.calls("auth.sendCode")), (2, 3));
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn a_bot_signs_in_by_its_token_wherever_it_lives() {
    for faults in [0, 1] {
        let server = Server::start().await;
        let client = server.client(&Arc::new(MemoryStore::new()), quick()).await;
        let moves = FaultKind::DcMigrate { dc: OTHER_DC };
        server.fault("auth.importBotAuthorization", faults, moves);
        let error = sign_in_bot(&client, "1:AAAAAAAAAA").await.unwrap_err();
        assert!(matches!(error, LoginError::TokenInvalid), "{error}");
        assert!(!error.to_string().contains("AAAA"));
        let bot = sign_in_bot(&client, &server.cloud.bot().token)
            .await
            .unwrap();
        assert!(bot.bot && client.account() == Some(bot));
        let error = client.call(&ttl()).await.unwrap_err();
        assert!(
            error
                .rpc()
                .is_some_and(|error| error.is("BOT_METHOD_INVALID")),
            "{error}"
        );
        // Sent away by the first, and back home by the other data centre.
        assert_eq!(client.home_dc(), 2);
        assert_eq!(server.calls("auth.importBotAuthorization"), 2 + 2 * faults);
        assert_eq!(server.cloud.problems(), Vec::<String>::new());
    }
}
