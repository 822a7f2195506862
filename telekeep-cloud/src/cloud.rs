//! Starting and stopping a cloud, and the handle to a running one.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::auth_key::RsaKey;
use crate::connection;
use crate::faults::Fault;
use crate::session::locked;
use crate::shared::{DCS, HOME_DC, Shared};
use crate::world::{AccountInfo, BotInfo, World};

/// Connections served at a time.
const MAX_CONNECTIONS: usize = 1024;
/// File name of the public key in the key folder.
const PUBLIC_KEY: &str = "cloud-public.pem";

/// What a cloud is like.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the home data centre listens; loopback only. Port 0: any free ports. Otherwise the
    /// other data centres take the ports after it.
    pub listen: SocketAddr,
    /// The same seed (with the same sizes) gives the same world.
    pub seed: u64,
    /// Chats of the first account.
    pub chats: u32,
    /// Messages in them.
    pub messages: u64,
    /// Media in them, in MiB.
    pub media_mb: u64,
    /// How long each answer is held back, as a network would.
    pub latency: Duration,
    /// Faults in force from the start.
    pub faults: Vec<Fault>,
    /// Where the public key is written. It must exist.
    pub key_dir: PathBuf,
}

/// A cloud cannot start.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The cloud's accounts are open to everybody who can connect, so it stays on this machine.
    #[error(
        "the cloud listens on loopback addresses only, not on {0}: its accounts are open to \
         everybody who can connect; use 127.0.0.1:PORT or [::1]:PORT"
    )]
    NotLoopback(SocketAddr),
    /// No socket.
    #[error("cannot listen on {address} for data centre {dc}: {source}; choose another port")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// For which data centre.
        dc: i32,
        /// Why not.
        source: io::Error,
    },
    /// The last port has no successor for the other data centres.
    #[error("port {0} leaves no ports for the other data centres; choose a lower one")]
    PortTooHigh(u16),
    /// The key file.
    #[error("cannot write the public key to {path}: {source}")]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The world could not be made.
    #[error("making the world failed; this is a mistake of the cloud, please report it")]
    World,
}

/// What a client needs to know of a running cloud; the `ready` line of `cloud --json`.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename = "ready")]
pub struct Ready {
    /// Address of the home data centre.
    pub address: SocketAddr,
    /// The public key file.
    pub public_key: PathBuf,
    /// How to log in.
    pub accounts: Vec<AccountInfo>,
    /// How to log in as a bot.
    pub bots: Vec<BotInfo>,
    /// Address of each data centre by its number.
    pub dcs: BTreeMap<i32, SocketAddr>,
}

/// A running cloud. Dropping it stops it.
pub struct Cloud {
    shared: Arc<Shared>,
    address: SocketAddr,
    public_key: PathBuf,
    stop: watch::Sender<bool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
    /// Number of the next connection.
    numbers: Arc<AtomicU64>,
}

/// Starts a cloud in this process, on the current tokio runtime.
pub async fn start(config: Config) -> Result<Cloud, CloudError> {
    if !config.listen.ip().is_loopback() {
        return Err(CloudError::NotLoopback(config.listen));
    }
    let listeners = listen(config.listen).await?;
    let addresses: BTreeMap<i32, SocketAddr> = listeners
        .iter()
        .map(|(dc, address, _)| (*dc, *address))
        .collect();
    let address = addresses.get(&HOME_DC).copied().unwrap_or(config.listen);
    let Config {
        seed,
        chats,
        messages,
        media_mb,
        ..
    } = config;
    // Both take a while: finding primes, telling millions of messages.
    let made = tokio::task::spawn_blocking(move || {
        (
            RsaKey::of_process(),
            World::generate(seed, chats, messages, media_mb),
        )
    });
    let (key, world) = made.await.map_err(|_| CloudError::World)?;
    let public_key = write_key(&config.key_dir, &key.public_pem())?;
    let shared = Arc::new(Shared::new(world, addresses, config.latency));
    for fault in config.faults {
        locked(&shared.faults).add(fault);
    }
    let (stop, stopped) = watch::channel(false);
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let numbers = Arc::new(AtomicU64::new(1));
    let tasks = listeners
        .into_iter()
        .map(|(dc, _, listener)| {
            let door = Door {
                dc,
                shared: Arc::clone(&shared),
                slots: Arc::clone(&slots),
                numbers: Arc::clone(&numbers),
                stopped: stopped.clone(),
            };
            tokio::spawn(door.accept(listener))
        })
        .collect();
    Ok(Cloud {
        shared,
        address,
        public_key,
        stop,
        tasks,
        numbers,
    })
}

async fn listen(first: SocketAddr) -> Result<Vec<(i32, SocketAddr, TcpListener)>, CloudError> {
    let mut listeners = Vec::new();
    for (number, dc) in (0u16..).zip(DCS) {
        let port = match first.port() {
            0 => 0,
            port => port
                .checked_add(number)
                .ok_or(CloudError::PortTooHigh(port))?,
        };
        let address = SocketAddr::new(first.ip(), port);
        let listen = |source| CloudError::Listen {
            address,
            dc: *dc,
            source,
        };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let bound = listener.local_addr().map_err(listen)?;
        listeners.push((*dc, bound, listener));
    }
    Ok(listeners)
}

/// Writes the public key so that a reader never sees half of it.
fn write_key(dir: &Path, pem: &str) -> Result<PathBuf, CloudError> {
    let path = dir.join(PUBLIC_KEY);
    let temporary = dir.join(format!("{PUBLIC_KEY}.{}", std::process::id()));
    std::fs::write(&temporary, pem)
        .and_then(|()| std::fs::rename(&temporary, &path))
        .map_err(|source| CloudError::KeyFile {
            path: path.clone(),
            source,
        })?;
    Ok(path)
}

/// The accepting side of one data centre.
struct Door {
    dc: i32,
    shared: Arc<Shared>,
    slots: Arc<Semaphore>,
    numbers: Arc<AtomicU64>,
    stopped: watch::Receiver<bool>,
}

impl Door {
    async fn accept(mut self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = self.stopped.wait_for(|stopped| *stopped) => return,
            };
            let Ok((stream, peer)) = accepted else {
                // Out of file descriptors, most likely: it passes.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
                continue;
            };
            if !is_local(peer.ip()) {
                continue;
            }
            let number = self.numbers.fetch_add(1, Ordering::Relaxed);
            let (shared, stopped) = (Arc::clone(&self.shared), self.stopped.clone());
            let dc = self.dc;
            tokio::spawn(async move {
                connection::serve(stream, shared, dc, number, stopped).await;
                drop(slot);
            });
        }
    }
}

fn is_local(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

impl Cloud {
    /// Address of the home data centre.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Address of each data centre by its number.
    pub fn addresses(&self) -> &BTreeMap<i32, SocketAddr> {
        &self.shared.addresses
    }

    /// The public key file (PKCS#1 PEM).
    pub fn public_key_path(&self) -> &Path {
        &self.public_key
    }

    /// How to log in.
    pub fn accounts(&self) -> Vec<AccountInfo> {
        self.shared.world.accounts()
    }

    /// What to print when the cloud is ready.
    pub fn ready(&self) -> Ready {
        Ready {
            address: self.address,
            public_key: self.public_key.clone(),
            accounts: self.accounts(),
            bots: vec![self.shared.world.bot()],
            dcs: self.shared.addresses.clone(),
        }
    }

    /// Puts a fault into force; its count of calls starts now.
    pub fn add_fault(&self, fault: Fault) {
        locked(&self.shared.faults).add(fault);
    }

    /// No fault is in force any more; waits that were asked for go on.
    pub fn forget_faults(&self) {
        locked(&self.shared.faults).forget();
    }

    /// How often faults were applied.
    pub fn faults_applied(&self) -> u64 {
        locked(&self.shared.faults).applied()
    }

    /// Calls made although the client had been asked to wait. An obedient client makes none.
    pub fn wait_violations(&self) -> u64 {
        locked(&self.shared.faults).violations()
    }

    /// Connections it took so far.
    pub fn connections(&self) -> u64 {
        self.numbers.load(Ordering::Relaxed) - 1
    }

    /// How often each method was called; unknown ones as `unknown:0x...`.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.shared.calls()
    }

    /// How often each method was called inside a Takeout session.
    pub fn takeout_calls(&self) -> BTreeMap<String, u64> {
        self.shared.takeout_calls()
    }

    /// The owner allows on another device the exports that had to wait: they may begin at once.
    pub fn allow_takeouts(&self) {
        locked(&self.shared.takeouts).allow();
    }

    /// Mistakes of the cloud itself, each once. Tests expect none.
    pub fn problems(&self) -> Vec<String> {
        self.shared.problems()
    }

    /// The account with this number (as [`Cloud::accounts`] names it) lives in another data centre
    /// from now on. False when there is no such account or data centre.
    pub fn move_account(&self, phone: &str, dc: i32) -> bool {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let account = self.shared.world.account_by_phone(&digits);
        let found = account.filter(|_| DCS.contains(&dc));
        if let Some(account) = found {
            self.shared.move_account(account, dc);
        }
        found.is_some()
    }

    /// How to log in as a bot.
    pub fn bot(&self) -> BotInfo {
        self.shared.world.bot()
    }

    /// From now on the tokens that clients show (QR codes) last so many seconds.
    pub fn login_tokens_last(&self, seconds: i32) {
        locked(&self.shared.login_tokens).lifetime = seconds;
    }

    /// The truth, to compare an archive with.
    pub fn world(&self) -> &World {
        &self.shared.world
    }

    /// What connections share; for tests which call handlers.
    pub fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Closes all connections and frees the ports.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in self.tasks.drain(..) {
            // An accepting task that failed has freed its port, too.
            let _ = task.await;
        }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
