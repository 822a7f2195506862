//! A SOCKS5 server (RFC 1928, RFC 1929) for tests; it counts what it forwards.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// A running server; dropping it ends it.
pub struct SocksServer {
    pub address: SocketAddr,
    forwarded: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl SocksServer {
    /// Starts one that wants these credentials, or none.
    pub async fn start(credentials: Option<(&'static str, &'static str)>) -> SocksServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let forwarded = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&forwarded);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let count = Arc::clone(&count);
                connections.spawn(async move {
                    // A client that goes away is no matter of the server.
                    let _ = serve(stream, credentials, &count).await;
                });
            }
        });
        SocksServer {
            address,
            forwarded,
            task,
        }
    }

    /// Connections it made for clients.
    pub fn forwarded(&self) -> usize {
        self.forwarded.load(Ordering::SeqCst)
    }

    /// Ends it and every connection through it.
    pub fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for SocksServer {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn counted(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; stream.read_u8().await?.into()];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

async fn serve(
    mut stream: TcpStream,
    credentials: Option<(&str, &str)>,
    count: &AtomicUsize,
) -> io::Result<()> {
    stream.read_u8().await?;
    let methods = counted(&mut stream).await?;
    let method = if credentials.is_some() { 2 } else { 0 };
    if !methods.contains(&method) {
        return stream.write_all(&[5, 0xff]).await;
    }
    stream.write_all(&[5, method]).await?;
    if let Some((user, password)) = credentials {
        stream.read_u8().await?;
        let given = (counted(&mut stream).await?, counted(&mut stream).await?);
        if given != (user.into(), password.into()) {
            return stream.write_all(&[1, 1]).await;
        }
        stream.write_all(&[1, 0]).await?;
    }
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    let host = match head[3] {
        1 => std::net::Ipv4Addr::from(stream.read_u32().await?).to_string(),
        3 => String::from_utf8_lossy(&counted(&mut stream).await?).into_owned(),
        _ => std::net::Ipv6Addr::from(stream.read_u128().await?).to_string(),
    };
    let port = stream.read_u16().await?;
    let Ok(mut server) = TcpStream::connect((host, port)).await else {
        return stream.write_all(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0]).await;
    };
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    count.fetch_add(1, Ordering::SeqCst);
    copy_bidirectional(&mut stream, &mut server).await?;
    Ok(())
}
