//! The handle everything above the wire uses.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use telekeep_tl::Schema;
use tokio::sync::mpsc;

use super::addresses::Announced;
use super::book::Book;
use super::calls::{Caller, Prepared, Target, store};
use super::connection::Common;
use super::endpoint::{Endpoint, ServerChoice};
use super::error::{CallError, ConnectError, WireError};
use super::handshake;
use super::known;
use super::policy::Limits;
use super::random::{OsRandom, Random};
use super::routing::Routes;
use super::session::{Account, Session, SessionStore};
use super::stats::{Counter, Stats};
use super::takeout::Inside;
use super::waits::Pauses;
use crate::monitor::{Monitor, Silent};

/// The layer the client declares; its schema decodes all answers.
pub const LAYER: i32 = 230;

/// How a client behaves. The defaults suit a backup.
#[derive(Clone)]
pub struct Settings {
    /// Patience.
    pub limits: Limits,
    /// Time for a TCP connection and for a key exchange.
    pub connect_timeout: Duration,
    /// Time for one answer.
    pub request_timeout: Duration,
    /// Connections per data centre for files.
    pub file_connections: usize,
    /// Told about waits.
    pub monitor: Arc<dyn Monitor>,
    /// Numbers between 0 and 1 that spread repetitions.
    pub jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Where updates nobody asked for go (raw TL bytes of `Updates`); dropped when the channel is
    /// full or absent.
    pub unasked: Option<mpsc::Sender<Vec<u8>>>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            limits: Limits::default(),
            connect_timeout: Duration::from_secs(20),
            request_timeout: Duration::from_secs(60),
            file_connections: 4,
            monitor: Arc::new(Silent),
            jitter: Arc::new(random_jitter),
            unasked: None,
        }
    }
}

fn random_jitter() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness repetitions are merely not spread.
    let _ = OsRandom.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

/// A result: the TL bytes as the server sent them, and the type they are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The boxed object (or vector).
    pub bytes: Vec<u8>,
    /// TL type, as `messages.Dialogs` or `Vector<User>`.
    pub ty: String,
}

/// A connected client; clones share everything.
#[derive(Clone)]
pub struct Client {
    pub(super) caller: Arc<Caller>,
    endpoint: Arc<Endpoint>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("home", &self.caller.book.home())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects with the default [`Settings`].
    pub async fn connect(
        endpoint: Endpoint,
        store: Arc<dyn SessionStore>,
    ) -> Result<Client, WireError> {
        Client::connect_with(endpoint, store, Settings::default()).await
    }

    /// Connects to the home data centre (of the kept session, else where a login begins), making a
    /// key when there is none, and reads the server's configuration.
    pub async fn connect_with(
        endpoint: Endpoint,
        store: Arc<dyn SessionStore>,
        settings: Settings,
    ) -> Result<Client, WireError> {
        let client = Client::new(endpoint, store, settings)?;
        client.read_configuration().await?;
        Ok(client)
    }

    fn new(
        endpoint: Endpoint,
        store: Arc<dyn SessionStore>,
        settings: Settings,
    ) -> Result<Client, WireError> {
        let schema = telekeep_tl::bundled(LAYER).ok_or_else(|| lacking("it is not bundled"))?;
        let kind = endpoint.server.kind();
        let session = match store.load()? {
            Some(session) if session.server != kind => {
                let (found, wanted) = (session.server, kind.to_owned());
                return Err(WireError::OtherServer { found, wanted });
            }
            Some(session) => session,
            None => Session::new(kind, known::FIRST_DC),
        };
        let book = Arc::new(Book::new(endpoint.server.clone(), store, session));
        let common = Common {
            book: book.clone(),
            proxy: endpoint.proxy.clone(),
            introduction: introduction(schema, &endpoint)?,
            connect_timeout: settings.connect_timeout,
            request_timeout: settings.request_timeout,
            unasked: settings.unasked.clone(),
        };
        let routes = Routes::new(Arc::new(common), settings.file_connections);
        let pauses = Pauses::kept(&book.pauses());
        let caller = Caller {
            schema,
            settings,
            book,
            routes,
            counter: Counter::default(),
            pauses,
            moving: tokio::sync::Mutex::default(),
            copying: tokio::sync::Mutex::default(),
            inside: Inside::default(),
            unanswered: std::sync::Mutex::default(),
        };
        Ok(Client {
            caller: Arc::new(caller),
            endpoint: Arc::new(endpoint),
        })
    }

    /// Reads which data centres there are.
    async fn read_configuration(&self) -> Result<(), WireError> {
        let caller = &self.caller;
        let request = caller
            .prepare(&json!({"_": "help.getConfig"}))
            .map_err(WireError::FirstCall)?;
        // An unreachable server should show at once, not after minutes of patience.
        let limits = Limits {
            attempts: 2,
            ..caller.settings.limits
        };
        // Only the first data centre of a custom server has an address before this answer.
        let target = match self.endpoint.server {
            ServerChoice::Custom { .. } if self.home_dc() != known::FIRST_DC => {
                Target::Bare(known::FIRST_DC)
            }
            _ => Target::Home,
        };
        let reply = caller
            .call(target, &request, &limits)
            .await
            .map_err(|error| match error {
                CallError::Connect(error) => WireError::Connect(error),
                error => WireError::FirstCall(error),
            })?;
        if let Some(announced) = announced(caller.schema, &reply.bytes) {
            caller.book.announce(announced);
        }
        let config = caller.schema.object(&reply.bytes).ok();
        if let Some(dc) = config.and_then(|config| config.int("webfile_dc_id")) {
            caller.book.set_web_dc(dc);
        }
        Ok(())
    }

    /// Calls a method at the home data centre. The request is JSON as telekeep-tl encodes it.
    pub async fn call(&self, request: &Value) -> Result<Reply, CallError> {
        self.call_at(Target::Home, request).await
    }

    /// Calls a method at a data centre over its connections for files, the home one included; the
    /// authorization is copied there when needed.
    pub async fn call_dc(&self, dc: i32, request: &Value) -> Result<Reply, CallError> {
        self.call_at(Target::Files(dc), request).await
    }

    async fn call_at(&self, target: Target, request: &Value) -> Result<Reply, CallError> {
        let prepared: Prepared = self.caller.prepare(request)?;
        self.caller
            .call(target, &prepared, &self.caller.settings.limits)
            .await
    }

    /// The data centre that fetches pictures of other sites.
    pub fn web_dc(&self) -> i32 {
        self.caller.book.web_dc()
    }

    /// Schema of the layer all answers are in.
    pub fn schema(&self) -> &'static Schema {
        self.caller.schema
    }

    /// Which server and application this client is for.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Data centre of the account.
    pub fn home_dc(&self) -> i32 {
        self.caller.book.home()
    }

    /// Who is signed in.
    pub fn account(&self) -> Option<Account> {
        self.caller.book.account()
    }

    /// Requests and bytes by method so far.
    pub fn stats(&self) -> Stats {
        self.caller.counter.snapshot()
    }

    /// Writes the session and lets every connection end with its last waiting call.
    pub async fn close(self) -> Result<(), WireError> {
        self.caller.routes.close();
        Ok(self.caller.book.save()?)
    }

    /// A login begins: whatever the kept session says, nobody counts as signed in until it ends,
    /// so that a revoked session does not stand in the way of a new one.
    pub(crate) fn begin_login(&self) {
        self.caller.book.begin_login();
    }

    /// The login goes on at another data centre, where the account lives.
    pub(crate) fn move_login(&self, dc: i32) -> Result<(), CallError> {
        let book = &self.caller.book;
        if book.address(dc).is_none() {
            return Err(CallError::Connect(Arc::new(ConnectError::NoAddress { dc })));
        }
        book.set_home(dc).map_err(store)
    }

    /// How long from now until a moment of the server's clock (unix seconds); none when it is
    /// over.
    pub(crate) fn until(&self, moment: i32) -> Duration {
        let offset = i64::from(self.caller.book.time_offset(self.home_dc()));
        let now = i64::try_from(handshake::now().as_secs()).unwrap_or(i64::MAX);
        let left = i64::from(moment).saturating_sub(now.saturating_add(offset));
        Duration::from_secs(u64::try_from(left).unwrap_or(0))
    }

    /// Notes that somebody signed in here.
    pub(crate) fn signed_in(&self, account: Account) -> Result<(), CallError> {
        self.caller.book.signed_in(account).map_err(store)?;
        self.caller.pauses.forget();
        Ok(())
    }

    /// Forgets the session, here and in the store.
    pub(crate) fn forget(&self) -> Result<(), CallError> {
        self.caller.routes.close();
        self.caller.book.clear().map_err(store)
    }
}

fn lacking(why: &str) -> WireError {
    WireError::Schema {
        layer: LAYER,
        why: why.to_owned(),
    }
}

/// `invokeWithLayer(initConnection(` in bytes. Both end with the wrapped query, so a request of
/// four bytes is encoded with them and cut off again.
fn introduction(schema: &Schema, endpoint: &Endpoint) -> Result<Vec<u8>, WireError> {
    let device = &endpoint.device;
    let request = json!({
        "_": "invokeWithLayer",
        "layer": LAYER,
        "query": {
            "_": "initConnection",
            "api_id": endpoint.api_id,
            "device_model": device.model,
            "system_version": device.system_version,
            "app_version": device.app_version,
            "system_lang_code": device.lang_code,
            "lang_pack": "",
            "lang_code": device.lang_code,
            "query": {"_": "help.getConfig"},
        },
    });
    let mut bytes = Vec::new();
    schema
        .encode("", &request, &mut bytes)
        .map_err(|error| lacking(&error.to_string()))?;
    bytes.truncate(bytes.len().saturating_sub(4));
    Ok(bytes)
}

/// Addresses in a `config`. None when it cannot be read: then the known ones have to do.
fn announced(schema: &Schema, config: &[u8]) -> Option<Vec<Announced>> {
    let config = schema.object(config).ok()?;
    let options = config.vector("dc_options")?;
    let options = options
        .iter()
        .filter_map(|option| option.as_object())
        .take(1000);
    Some(
        options
            .filter_map(|option| {
                let special = ["cdn", "tcpo_only", "media_only"]
                    .iter()
                    .any(|flag| option.flag(flag));
                Some(Announced {
                    dc: option.int("id")?,
                    ip: option.str("ip_address")?.into_owned(),
                    port: option.int("port")?.try_into().ok()?,
                    special: special || option.get("secret").is_some(),
                })
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::Device;
    use super::*;

    #[test]
    fn the_introduction_wraps_any_request() {
        let schema = telekeep_tl::bundled(LAYER).unwrap();
        let endpoint = Endpoint {
            server: ServerChoice::Telegram,
            api_id: 7,
            api_hash: "hash".into(),
            device: Device::default(),
            proxy: None,
        };
        let mut bytes = introduction(schema, &endpoint).unwrap();
        schema
            .encode("", &json!({"_": "auth.logOut"}), &mut bytes)
            .unwrap();
        let decoded = schema.to_value("", &bytes).unwrap();
        assert_eq!(decoded["layer"], LAYER);
        assert_eq!(decoded["query"]["api_id"], 7);
        assert_eq!(decoded["query"]["query"]["_"], "auth.logOut");
    }
}
