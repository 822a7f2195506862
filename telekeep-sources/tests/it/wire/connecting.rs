//! What a client says when there is nothing to speak to, or the wrong thing.

use std::sync::Arc;
use std::time::Duration;

use telekeep_sources::telegram::wire::{
    CallError, Client, ConnectError, MemoryStore, RsaKey, ServerChoice, Session, SessionStore,
    SessionStoreError, Settings, WireError,
};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{Server, endpoint, quick};

/// A key no server in these tests has.
const OTHER_KEY: &str = include_str!("../../../src/telegram/wire/testdata/server-key.spki.pem");

fn other_key() -> Vec<RsaKey> {
    RsaKey::from_pem(OTHER_KEY).unwrap()
}

async fn fail(address: &str, settings: Settings) -> Arc<ConnectError> {
    let store = Arc::new(MemoryStore::new());
    match Client::connect_with(endpoint(address, other_key()), store, settings).await {
        Err(WireError::Connect(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_server_key_is_named_as_such() {
    let server = Server::start().await;
    let error = fail(&server.cloud.address().to_string(), quick()).await;
    assert!(
        matches!(&*error, ConnectError::WrongServerKey { dc: 2, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("--server-key"));
}

#[tokio::test]
async fn an_unreachable_server_is_named_with_its_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error = fail(&address, quick()).await;
    assert!(
        matches!(&*error, ConnectError::Unreachable { .. }),
        "{error}"
    );
    assert!(error.to_string().contains(&address));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let silent = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok(connection) = listener.accept().await {
            kept.push(connection);
        }
    });
    let settings = Settings {
        connect_timeout: Duration::from_millis(50),
        ..quick()
    };
    let error = fail(&address, settings).await;
    assert!(matches!(&*error, ConnectError::Silent { .. }), "{error}");
    silent.abort();
}

#[tokio::test]
async fn something_else_on_the_port_is_refused() {
    for garbage in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        &[255; 64],
        &[8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let other = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(garbage).await;
            }
        });
        let error = fail(&address, quick()).await;
        assert!(matches!(&*error, ConnectError::Refused { .. }), "{error}");
        other.abort();
    }
}

#[tokio::test]
async fn a_session_of_another_kind_of_server_is_not_used() {
    let store = Arc::new(MemoryStore::new());
    store.save(&Session::new("telegram", 4)).unwrap();
    let endpoint = endpoint("127.0.0.1:1", other_key());
    assert!(matches!(endpoint.server, ServerChoice::Custom { .. }));
    let error = Client::connect_with(endpoint, store, quick())
        .await
        .unwrap_err();
    assert!(matches!(error, WireError::OtherServer { .. }), "{error}");
}

/// A store whose bugs are worth a panic.
struct Broken;

impl SessionStore for Broken {
    fn load(&self) -> Result<Option<Session>, SessionStoreError> {
        Ok(None)
    }

    fn save(&self, _: &Session) -> Result<(), SessionStoreError> {
        panic!("broken store")
    }

    fn clear(&self) -> Result<(), SessionStoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_panic_inside_of_a_connection_is_an_error_of_the_call() {
    let server = Server::start().await;
    let error = Client::connect_with(server.endpoint(), Arc::new(Broken), quick())
        .await
        .unwrap_err();
    let WireError::FirstCall(CallError::Disconnected { attempts: 3, .. }) = error else {
        panic!("{error}")
    };
}
