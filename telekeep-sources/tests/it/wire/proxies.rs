//! Connections through proxies, and none around them.

use std::sync::Arc;

use serde_json::json;
use telekeep_cloud::{FaultKind, ProxyConfig, ProxyServer};
use telekeep_sources::telegram::wire::{Client, Endpoint, MemoryStore, Settings, WireError};

use super::socks_server::SocksServer;
use super::{OTHER_DC, Server, TTL, quick, ttl};

const SECRET: [u8; 16] = [0x1f; 16];

impl Server {
    async fn through(&self, proxy: &str) -> Result<Client, WireError> {
        self.through_with(proxy, &Arc::new(MemoryStore::new()))
            .await
    }

    async fn through_with(
        &self,
        proxy: &str,
        store: &Arc<MemoryStore>,
    ) -> Result<Client, WireError> {
        let endpoint = Endpoint {
            proxy: Some(proxy.parse().unwrap()),
            ..self.endpoint()
        };
        Client::connect_with(endpoint, store.clone(), quick()).await
    }

    async fn mtproto_proxy(&self, padded: bool) -> ProxyServer {
        let config = ProxyConfig {
            listen: ([127, 0, 0, 1], 0).into(),
            secret: SECRET,
            padded,
            dcs: self.cloud.addresses().clone(),
        };
        ProxyServer::start(config).await.unwrap()
    }

    /// Connections the cloud has seen.
    fn connections(&self) -> u64 {
        self.cloud.connections()
    }
}

/// The link of a proxy with a secret of 32 hexadecimal digits.
fn link(proxy: &ProxyServer, prefix: &str, secret: [u8; 16]) -> String {
    let digits: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let (host, port) = (proxy.address().ip(), proxy.address().port());
    format!("tg://proxy?server={host}&port={port}&secret={prefix}{digits}")
}

/// Everything a client does: requests, files elsewhere, a lost connection, an account that moves,
/// and a client that goes on with the session of another.
async fn use_it(server: &Server, proxy: &str) {
    let store = Arc::new(MemoryStore::new());
    let client = server.through_with(proxy, &store).await.unwrap();
    server.sign_in(&client).await;
    client.call(&ttl()).await.unwrap();
    client.call_dc(OTHER_DC, &ttl()).await.unwrap();
    // A large answer, and many at once.
    client.call(&json!({"_": "help.getConfig"})).await.unwrap();
    for kind in [
        FaultKind::DisconnectBefore,
        FaultKind::DisconnectUnanswered,
        FaultKind::DcMigrate { dc: OTHER_DC },
    ] {
        server.fault(TTL, 1, kind);
        client.call(&ttl()).await.unwrap();
    }
    assert_eq!(client.home_dc(), OTHER_DC);
    client.close().await.unwrap();
    let client = server.through_with(proxy, &store).await.unwrap();
    client.call(&ttl()).await.unwrap();
    client.close().await.unwrap();
}

#[tokio::test]
async fn everything_goes_through_a_socks_proxy() {
    for (credentials, login) in [(None, ""), (Some(("me", "p@ss:word")), "me:p%40ss%3Aword@")] {
        let server = Server::start().await;
        let proxy = SocksServer::start(credentials).await;
        use_it(&server, &format!("socks5://{login}{}", proxy.address)).await;
        let forwarded = proxy.forwarded() as u64;
        assert!(forwarded >= 5, "{forwarded}");
        assert_eq!(server.connections(), forwarded, "none came another way");
    }
}

#[tokio::test]
async fn everything_goes_through_an_mtproto_proxy() {
    for (padded, prefix) in [(false, ""), (false, "dd"), (true, "dd")] {
        let server = Server::start().await;
        let proxy = server.mtproto_proxy(padded).await;
        use_it(&server, &link(&proxy, prefix, SECRET)).await;
        let forwarded = proxy.forwarded();
        assert!(
            forwarded.contains(&2) && forwarded.contains(&OTHER_DC),
            "{forwarded:?}"
        );
        assert_eq!(
            server.connections(),
            forwarded.len() as u64,
            "none came another way"
        );
        assert_eq!(proxy.refused(), 0);
        assert_eq!(server.cloud.problems(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_or_is_gone_means_no_connection_at_all() {
    let server = Server::start().await;
    let strict = SocksServer::start(Some(("me", "right"))).await;
    let gone = SocksServer::start(None).await;
    gone.stop();
    let (open, padded) = (
        server.mtproto_proxy(false).await,
        server.mtproto_proxy(true).await,
    );
    let mut wrong = SECRET;
    wrong[15] ^= 1;
    for (proxy, words) in [
        (
            format!("socks5://me:hunter2@{}", strict.address),
            "user name and password",
        ),
        (
            format!("socks5://{}", strict.address),
            "it wants a user name",
        ),
        (format!("socks5://{}", gone.address), "cannot be reached"),
        (link(&open, "", wrong), "its secret may be wrong"),
        (link(&open, "dd", wrong), "its secret may be wrong"),
        // Its secret begins with dd, which was forgotten.
        (link(&padded, "", SECRET), "its secret may be wrong"),
    ] {
        let error = server.through(&proxy).await.unwrap_err().to_string();
        assert!(error.contains(words), "{words}: {error}");
        assert!(error.contains("no other way"), "{error}");
        for secret in ["hunter2", "1f1f1f", "me:"] {
            assert!(!error.contains(secret), "{error}");
        }
        assert_eq!(server.connections(), 0, "{error}");
    }
}

#[tokio::test]
async fn a_proxy_that_says_nothing_is_given_up() {
    let server = Server::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let silent = tokio::spawn(async move {
        let mut kept = Vec::new();
        while let Ok(connection) = listener.accept().await {
            kept.push(connection);
        }
    });
    let secret = "1f".repeat(16);
    for url in [
        format!("socks5://{address}"),
        format!(
            "tg://proxy?server=127.0.0.1&port={}&secret={secret}",
            address.port()
        ),
    ] {
        let endpoint = Endpoint {
            proxy: Some(url.parse().unwrap()),
            ..server.endpoint()
        };
        let settings = Settings {
            connect_timeout: std::time::Duration::from_millis(50),
            ..quick()
        };
        let store = Arc::new(MemoryStore::new());
        let error = Client::connect_with(endpoint, store, settings)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("the proxy 127.0.0.1"), "{error}");
        assert_eq!(server.connections(), 0);
    }
    silent.abort();
}

#[tokio::test]
async fn a_secret_that_changed_is_suspected_when_the_key_is_there_already() {
    let server = Server::start().await;
    let store = Arc::new(MemoryStore::new());
    let proxy = server.mtproto_proxy(false).await;
    let client = server
        .through_with(&link(&proxy, "", SECRET), &store)
        .await
        .unwrap();
    client.close().await.unwrap();
    let before = server.connections();
    let error = server
        .through_with(&link(&proxy, "", [7; 16]), &store)
        .await
        .unwrap_err();
    let told = error.to_string();
    assert!(told.contains("its secret may be wrong"), "{told}");
    assert_eq!(server.connections(), before);
}

#[tokio::test]
async fn a_proxy_that_goes_away_is_not_gone_around() {
    let server = Server::start().await;
    let socks = SocksServer::start(None).await;
    let client = server
        .through(&format!("socks5://{}", socks.address))
        .await
        .unwrap();
    server.sign_in(&client).await;
    let before = server.connections();
    socks.stop();
    for dc in [2, OTHER_DC] {
        let error = client.call_dc(dc, &ttl()).await.unwrap_err();
        assert!(error.to_string().contains("the proxy"), "{error}");
    }
    let proxy = server.mtproto_proxy(true).await;
    let client = server.through(&link(&proxy, "dd", SECRET)).await.unwrap();
    let known = server.connections();
    assert!(known > before);
    drop(proxy);
    for dc in [2, OTHER_DC] {
        let error = client.call_dc(dc, &ttl()).await.unwrap_err();
        assert!(error.to_string().contains("the proxy"), "{error}");
    }
    assert_eq!(server.connections(), known);
}
