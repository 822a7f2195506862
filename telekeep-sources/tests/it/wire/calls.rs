//! Calls under floods, server errors, lost connections and moves between data centres.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use telekeep_cloud::FaultKind;
use telekeep_sources::monitor::WaitReason;
use telekeep_sources::telegram::wire::policy::Limits;
use telekeep_sources::telegram::wire::{CallError, Settings};

use super::{OTHER_DC, Server, TTL, Waits, quick, ttl};

#[tokio::test]
async fn answers_overtake_each_other() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    server.fault(
        TTL,
        1,
        FaultKind::Delay {
            milliseconds: 3_000,
        },
    );
    let request = ttl();
    let slow = client.call(&request);
    let fast = async {
        // The slow one is on its way once it was counted.
        while server.calls(TTL) == 0 {
            tokio::task::yield_now().await;
        }
        client.call(&json!({"_": "help.getNearestDc"})).await
    };
    tokio::select! {
        biased;
        _ = slow => panic!("the delayed answer came first"),
        answer = fast => assert_eq!(answer.unwrap().ty, "NearestDc"),
    }
}

#[tokio::test]
async fn hundreds_of_calls_at_once_all_get_their_own_answer() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    let calls: Vec<_> = (0..400)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move {
                let (method, ty) = match number % 2 {
                    0 => (TTL, "AccountDaysTTL"),
                    _ => ("help.getNearestDc", "NearestDc"),
                };
                let reply = client.call(&json!({"_": method})).await.unwrap();
                let object = client.schema().object(&reply.bytes).unwrap();
                assert_eq!((object.type_name(), &*reply.ty), (ty, ty));
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap();
    }
    assert_eq!(client.stats().requests_of(TTL), 200);
    assert_eq!(server.calls(TTL), 200);
    assert_eq!(server.cloud.problems(), Vec::<String>::new());
}

#[tokio::test]
async fn floods_are_obeyed_by_everybody_and_told_once() {
    let server = Server::start().await;
    let waits = Arc::new(Waits::default());
    let settings = Settings {
        monitor: waits.clone(),
        ..quick()
    };
    let (client, _) = server.signed_in(settings).await;
    server.fault(TTL, 1, FaultKind::FloodWait { seconds: 1 });
    let started = std::time::Instant::now();
    client.call(&ttl()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.cloud.wait_violations(), 0);
    let waits = waits.0.lock().unwrap().clone();
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert_eq!(waits[0].reason, WaitReason::Flood { method: TTL.into() });
    assert_eq!(server.calls(TTL), 2);
}

#[tokio::test]
async fn a_wait_beyond_the_limit_is_the_callers_to_decide() {
    let server = Server::start().await;
    let limits = Limits {
        max_wait: Duration::from_secs(10),
        ..quick().limits
    };
    let (client, _) = server.signed_in(Settings { limits, ..quick() }).await;
    server.fault(TTL, 1, FaultKind::FloodWait { seconds: 11 });
    let error = client.call(&ttl()).await.unwrap_err();
    let CallError::Wait { method, wait } = error else {
        panic!("{error}")
    };
    assert_eq!((&*method, wait), (TTL, Duration::from_secs(11)));
}

#[tokio::test]
async fn a_wait_is_remembered_by_the_next_client_until_somebody_signs_in_anew() {
    let server = Server::start().await;
    let patient = |seconds| {
        let limits = Limits {
            max_wait: Duration::from_secs(seconds),
            ..quick().limits
        };
        Settings { limits, ..quick() }
    };
    let (client, store) = server.signed_in(patient(1)).await;
    server.fault(TTL, 1, FaultKind::FloodWait { seconds: 2 });
    client.call(&ttl()).await.unwrap_err();
    // Neither this client nor the next one asks again.
    for client in [client, server.client(&store, patient(1)).await] {
        let error = client.call(&ttl()).await.unwrap_err();
        assert!(
            matches!(&error, CallError::Wait { method, .. } if method == TTL),
            "{error}"
        );
        client.close().await.unwrap();
    }
    assert_eq!(server.calls(TTL), 1);
    // One that may wait does, and says why.
    let waits = Arc::new(Waits::default());
    let settings = Settings {
        monitor: waits.clone(),
        ..patient(60)
    };
    let client = server.client(&store, settings).await;
    client.call(&ttl()).await.unwrap();
    assert_eq!((server.calls(TTL), server.cloud.wait_violations()), (2, 0));
    let told: Vec<_> = waits
        .0
        .lock()
        .unwrap()
        .iter()
        .map(|wait| wait.reason.clone())
        .collect();
    assert_eq!(told, [WaitReason::KeptFlood { method: TTL.into() }]);
    // Waits are those of a login.
    server.fault(TTL, 1, FaultKind::FloodWait { seconds: 5000 });
    client.call(&ttl()).await.unwrap_err();
    client.close().await.unwrap();
    let client = server.client(&store, quick()).await;
    server.sign_in(&client).await;
    client.call(&ttl()).await.unwrap();
}

#[tokio::test]
async fn passing_errors_pass() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    for (code, text) in [(-503, "Timeout"), (500, "RPC_CALL_FAIL")] {
        let before = server.calls(TTL);
        server.fault(
            TTL,
            2,
            FaultKind::Error {
                code,
                text: text.into(),
            },
        );
        client.call(&ttl()).await.unwrap();
        assert_eq!(server.calls(TTL), before + 3);
    }
    server.fault(
        TTL,
        100,
        FaultKind::Error {
            code: 500,
            text: "RPC_CALL_FAIL".into(),
        },
    );
    let error = client.call(&ttl()).await.unwrap_err();
    let CallError::Server { error, attempts: 5 } = error else {
        panic!("{error}")
    };
    assert!(error.is("RPC_CALL_FAIL"));
}

#[tokio::test]
async fn other_errors_come_at_once_with_name_and_number() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    server.fault(
        TTL,
        1,
        FaultKind::Error {
            code: 400,
            text: "SOMETHING_7_WRONG".into(),
        },
    );
    let error = client.call(&ttl()).await.unwrap_err();
    let CallError::Rpc(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (error.code, &*error.name, error.value),
        (400, "SOMETHING_WRONG", Some(7))
    );
    assert_eq!(error.method, TTL);
    let error = client
        .call(&json!({"_": "no.suchMethod"}))
        .await
        .unwrap_err();
    assert!(matches!(error, CallError::Request { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_connection_is_made_again() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    for kind in [
        FaultKind::DisconnectBefore,
        FaultKind::DisconnectAfter,
        FaultKind::DisconnectUnanswered,
    ] {
        server.fault(TTL, 1, kind.clone());
        for _ in 0..3 {
            let reply = client.call(&ttl()).await;
            assert!(reply.is_ok(), "{kind:?}: {reply:?}");
        }
    }
    server.fault("*", 100, FaultKind::DisconnectBefore);
    let error = client.call(&ttl()).await.unwrap_err();
    assert!(
        matches!(error, CallError::Disconnected { dc: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_answer_is_asked_for_again() {
    let server = Server::start().await;
    let settings = Settings {
        request_timeout: Duration::from_millis(500),
        ..quick()
    };
    let (client, _) = server.signed_in(settings).await;
    server.fault(
        TTL,
        1,
        FaultKind::Delay {
            milliseconds: 60_000,
        },
    );
    client.call(&ttl()).await.unwrap();
    assert_eq!(server.calls(TTL), 2);
}

#[tokio::test]
async fn a_request_that_is_never_answered_is_told_from_a_server_that_is_not_there() {
    let server = Server::start().await;
    let settings = Settings {
        request_timeout: Duration::from_millis(300),
        limits: Limits {
            attempts: 1,
            ..quick().limits
        },
        ..quick()
    };
    let (client, _) = server.signed_in(settings).await;
    let never = FaultKind::Delay {
        milliseconds: 600_000,
    };
    server.fault(TTL, 2, never.clone());
    let alone = client.call(&ttl()).await.unwrap_err();
    assert!(
        matches!(alone, CallError::Unanswered { attempts: 2, .. }),
        "{alone:?}"
    );
    client.call(&ttl()).await.unwrap();
    // Where none of a method is answered for long, it is no matter of single requests.
    server.fault(TTL, 16, FaultKind::DisconnectBefore);
    for place in 1..=8 {
        let error = client.call(&ttl()).await.unwrap_err();
        let alone = matches!(error, CallError::Unanswered { .. });
        assert!(alone, "{place}: {error:?}");
    }
    client.call(&ttl()).await.unwrap();
    server.fault(TTL, 100, FaultKind::DisconnectBefore);
    for place in 1..=16 {
        let error = client.call(&ttl()).await.unwrap_err();
        let alone = matches!(error, CallError::Unanswered { .. });
        assert_eq!(alone, place < 16, "{place}: {error:?}");
    }
    server.forget_faults();
    server.fault("*", 100, never);
    let silent = client.call(&ttl()).await.unwrap_err();
    assert!(
        matches!(silent, CallError::Timeout { attempts: 2, .. }),
        "{silent:?}"
    );
}

#[tokio::test]
async fn the_authorization_is_copied_to_another_data_centre_once() {
    let server = Server::start().await;
    let (client, store) = server.signed_in(quick()).await;
    let calls = (0..16).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.call_dc(OTHER_DC, &json!({"_": TTL})).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.calls("auth.exportAuthorization"), 1);
    assert_eq!(server.calls("auth.importAuthorization"), 1);
    client.call_dc(client.home_dc(), &ttl()).await.unwrap();
    client.close().await.unwrap();
    // The copy is part of the session.
    let client = server.client(&store, quick()).await;
    client.call_dc(OTHER_DC, &ttl()).await.unwrap();
    assert_eq!(server.calls("auth.exportAuthorization"), 1);
}

#[tokio::test]
async fn an_authorization_lost_at_another_data_centre_is_copied_again() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    client.call_dc(OTHER_DC, &ttl()).await.unwrap();
    let lost = FaultKind::Error {
        code: 401,
        text: "AUTH_KEY_UNREGISTERED".into(),
    };
    server.fault(TTL, 1, lost);
    client.call_dc(OTHER_DC, &ttl()).await.unwrap();
    assert_eq!(server.calls("auth.importAuthorization"), 2);
    assert!(client.account().is_some());
}

#[tokio::test]
async fn a_request_follows_its_file_and_only_that_request() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    let moved = FaultKind::Error {
        code: 303,
        text: format!("FILE_MIGRATE_{OTHER_DC}"),
    };
    server.fault(TTL, 1, moved);
    client.call_dc(2, &ttl()).await.unwrap();
    assert_eq!(server.calls("auth.importAuthorization"), 1);
    assert_eq!(client.home_dc(), 2);
}

#[tokio::test]
async fn an_account_that_moves_is_followed_and_stays_signed_in() {
    let server = Server::start().await;
    let (client, store) = server.signed_in(quick()).await;
    server.fault(TTL, 1, FaultKind::DcMigrate { dc: OTHER_DC });
    client.call(&ttl()).await.unwrap();
    assert_eq!(client.home_dc(), OTHER_DC);
    assert_eq!(server.calls("auth.exportAuthorization"), 1);
    client.close().await.unwrap();
    // The next client knows the new home's address only from the first data centre.
    let client = server.client(&store, quick()).await;
    client.call(&ttl()).await.unwrap();
    assert_eq!(client.home_dc(), OTHER_DC);
    assert_eq!(server.calls("auth.exportAuthorization"), 1);
}

#[tokio::test]
async fn a_move_to_nowhere_is_an_error_and_changes_nothing() {
    let server = Server::start().await;
    let (client, _) = server.signed_in(quick()).await;
    let nowhere = FaultKind::Error {
        code: 303,
        text: "USER_MIGRATE_0".into(),
    };
    server.fault("auth.exportAuthorization", 1, nowhere);
    let error = client.call_dc(OTHER_DC, &ttl()).await.unwrap_err();
    assert!(
        error.rpc().is_some_and(|error| error.is("USER_MIGRATE")),
        "{error}"
    );
    assert_eq!(client.home_dc(), 2);
    client.call_dc(OTHER_DC, &ttl()).await.unwrap();
}

#[tokio::test]
async fn updates_nobody_asked_for_arrive_in_their_channel_or_nowhere() {
    let server = Server::start().await;
    let (sender, mut unasked) = tokio::sync::mpsc::channel(1);
    let (client, _) = server
        .signed_in(Settings {
            unasked: Some(sender),
            ..quick()
        })
        .await;
    client.call(&ttl()).await.unwrap();
    // Whatever came is an Updates object of the layer.
    while let Ok(bytes) = unasked.try_recv() {
        assert_eq!(
            client.schema().object(&bytes).unwrap().type_name(),
            "Updates"
        );
    }
}
