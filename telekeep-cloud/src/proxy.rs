//! An MTProto proxy in front of data centres, as people set them up where Telegram is blocked.
//!
//! A client hides its stream behind keys that only somebody who has the secret can derive from the
//! first 64 bytes, and says in them which data centre it wants. The proxy unhides the stream and
//! passes it on; it has no key of what is inside. Who has another secret is hung up on.
//!
//! Source: <https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation>.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::crypto::Ctr;
use crate::session::locked;

/// Bytes passed on at a time.
const PIECE: usize = 16 << 10;

/// What a proxy is like.
#[derive(Clone)]
pub struct ProxyConfig {
    /// Where it listens. Port 0: any free port.
    pub listen: SocketAddr,
    /// What clients must know, without the `dd` that some secrets begin with.
    pub secret: [u8; 16],
    /// Only clients that give packets random lengths are served (secrets that begin with `dd`).
    pub padded: bool,
    /// Where each data centre is.
    pub dcs: BTreeMap<i32, SocketAddr>,
}

/// A running proxy. Dropping it ends it and every connection through it.
pub struct ProxyServer {
    address: SocketAddr,
    told: Arc<Told>,
    task: JoinHandle<()>,
}

/// What a proxy counts.
#[derive(Default)]
struct Told {
    /// Data centres of the connections it made, in order.
    forwarded: Mutex<Vec<i32>>,
    refused: Mutex<u64>,
}

impl ProxyServer {
    /// Starts one on the current tokio runtime.
    pub async fn start(config: ProxyConfig) -> io::Result<ProxyServer> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let told = Arc::new(Told::default());
        let task = tokio::spawn(accept(listener, Arc::new(config), Arc::clone(&told)));
        Ok(ProxyServer {
            address,
            told,
            task,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The data centre of each connection it made for a client, in the order they came.
    pub fn forwarded(&self) -> Vec<i32> {
        locked(&self.told.forwarded).clone()
    }

    /// Clients it hung up on.
    pub fn refused(&self) -> u64 {
        *locked(&self.told.refused)
    }
}

impl Drop for ProxyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, config: Arc<ProxyConfig>, told: Arc<Told>) {
    // They end with this task.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let (config, told) = (Arc::clone(&config), Arc::clone(&told));
        connections.spawn(async move {
            // Either side may go away at any time.
            let _ = serve(stream, &config, &told).await;
        });
    }
}

async fn serve(client: TcpStream, config: &ProxyConfig, told: &Told) -> io::Result<()> {
    client.set_nodelay(true)?;
    let (mut from_client, to_client) = client.into_split();
    let mut header = [0; 64];
    from_client.read_exact(&mut header).await?;
    let Some((wish, place)) = Wish::read(&header, config) else {
        *locked(&told.refused) += 1;
        return Ok(());
    };
    let server = TcpStream::connect(place).await?;
    server.set_nodelay(true)?;
    locked(&told.forwarded).push(wish.dc);
    let (from_server, mut to_server) = server.into_split();
    to_server.write_all(wish.opening).await?;
    tokio::select! {
        up = pass(from_client, to_server, wish.unhide) => up,
        down = pass(from_server, to_client, wish.hide) => down,
    }
}

/// What a client asks for with its first bytes.
struct Wish {
    dc: i32,
    /// What names the client's framing to the data centre.
    opening: &'static [u8],
    /// The streams from and to the client.
    unhide: Ctr,
    hide: Ctr,
}

impl Wish {
    /// `None`: another secret, a framing that is not allowed, or no such data centre.
    fn read(header: &[u8; 64], config: &ProxyConfig) -> Option<(Wish, SocketAddr)> {
        let mut unhide = stream(header, &config.secret);
        let mut reversed = *header;
        reversed.reverse();
        let hide = stream(&reversed, &config.secret);
        let mut plain = *header;
        unhide.apply(&mut plain);
        let opening: &[u8] = match plain[56..60] {
            [0xdd, 0xdd, 0xdd, 0xdd] => &[0xdd; 4],
            [0xee, 0xee, 0xee, 0xee] if !config.padded => &[0xee; 4],
            [0xef, 0xef, 0xef, 0xef] if !config.padded => &[0xef],
            _ => return None,
        };
        // Clients that want a data centre's cluster for files only say it with a minus.
        let dc = i32::from(i16::from_le_bytes([plain[60], plain[61]])).abs();
        let place = *config.dcs.get(&dc)?;
        let wish = Wish {
            dc,
            opening,
            unhide,
            hide,
        };
        Some((wish, place))
    }
}

fn stream(header: &[u8; 64], secret: &[u8; 16]) -> Ctr {
    let key = Sha256::new()
        .chain_update(&header[8..40])
        .chain_update(secret);
    let mut iv = [0; 16];
    iv.copy_from_slice(&header[40..56]);
    Ctr::new(&key.finalize().into(), &iv)
}

/// Passes one direction on until it ends.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut cipher: Ctr,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = from.read(&mut piece).await?;
        let Some(bytes) = piece.get_mut(..read).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        cipher.apply(bytes);
        to.write_all(bytes).await?;
    }
}
