//! The wire client against the local cloud: one cloud per test, in this process.

mod calls;
mod codes;
mod connecting;
mod login;
mod proxies;
mod qr;
mod socks_server;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use telekeep_cloud::{Cloud, Config, Fault, FaultKind};
use telekeep_sources::monitor::{Monitor, Wait};
use telekeep_sources::telegram::login::{Login, SignIn};
use telekeep_sources::telegram::wire::policy::Limits;
use telekeep_sources::telegram::wire::{
    Client, Device, Endpoint, MemoryStore, RsaKey, ServerChoice, Settings,
};

/// A method that needs a login and whose answer does not change.
const TTL: &str = "account.getAccountTTL";
/// The data centre files live in besides the home one.
const OTHER_DC: i32 = 4;

fn ttl() -> Value {
    json!({"_": TTL})
}

/// A cloud and its folder.
struct Server {
    cloud: Cloud,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed: 1,
            chats: 3,
            messages: 30,
            media_mb: 0,
            latency: Duration::ZERO,
            faults: Vec::new(),
            key_dir: folder.path().to_owned(),
        };
        let cloud = telekeep_cloud::start(config).await.unwrap();
        Server {
            cloud,
            _folder: folder,
        }
    }

    fn endpoint(&self) -> Endpoint {
        let pem = std::fs::read_to_string(self.cloud.public_key_path()).unwrap();
        endpoint(
            &self.cloud.address().to_string(),
            RsaKey::from_pem(&pem).unwrap(),
        )
    }

    /// A client for a store, not signed in unless the store is.
    async fn client(&self, store: &Arc<MemoryStore>, settings: Settings) -> Client {
        Client::connect_with(self.endpoint(), store.clone(), settings)
            .await
            .unwrap()
    }

    /// A client of an account without a password.
    async fn signed_in(&self, settings: Settings) -> (Client, Arc<MemoryStore>) {
        let store = Arc::new(MemoryStore::new());
        let client = self.client(&store, settings).await;
        self.sign_in(&client).await;
        (client, store)
    }

    async fn sign_in(&self, client: &Client) {
        let accounts = self.cloud.accounts();
        let account = accounts
            .iter()
            .find(|account| account.password.is_none())
            .unwrap();
        let mut login = Login::send_code(client, &account.phone).await.unwrap();
        let signed_in = login.sign_in(&account.code).await.unwrap();
        assert!(matches!(signed_in, SignIn::Done(_)), "{signed_in:?}");
    }

    fn forget_faults(&self) {
        self.cloud.forget_faults();
    }

    fn fault(&self, method: &str, times: u64, kind: FaultKind) {
        self.cloud.add_fault(Fault {
            times: Some(times),
            ..Fault::once(method, 1, kind)
        });
    }

    /// The account of [`Server::sign_in`] lives in another data centre from now on.
    fn move_account(&self, dc: i32) -> bool {
        let accounts = self.cloud.accounts();
        let account = accounts.iter().find(|account| account.password.is_none());
        self.cloud.move_account(&account.unwrap().phone, dc)
    }

    fn calls(&self, method: &str) -> u64 {
        self.cloud.calls().get(method).copied().unwrap_or(0)
    }
}

fn endpoint(address: &str, keys: Vec<RsaKey>) -> Endpoint {
    let server = ServerChoice::Custom {
        address: address.to_owned(),
        keys,
    };
    Endpoint {
        server,
        api_id: 1,
        api_hash: "hash".into(),
        device: Device::default(),
        proxy: None,
    }
}

/// Settings that do not hold a test up.
fn quick() -> Settings {
    Settings {
        limits: Limits {
            attempts: 4,
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_millis(20),
            ..Limits::default()
        },
        ..Settings::default()
    }
}

/// Remembers the waits it is told.
#[derive(Default)]
struct Waits(Mutex<Vec<Wait>>);

impl Monitor for Waits {
    fn wait(&self, wait: &Wait) {
        self.0.lock().unwrap().push(wait.clone());
    }
}
