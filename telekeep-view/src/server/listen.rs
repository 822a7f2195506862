//! Listening and speaking HTTP/1, with limits: connections at once, time for the request's head.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::Viewer;

/// A browser opens six; several windows may be open.
const CONNECTIONS: usize = 64;
/// Time for a request's head to arrive.
const HEAD_TIME: Duration = Duration::from_secs(15);
/// Most bytes of a request's head.
const HEAD_BYTES: usize = 32 * 1024;

/// Answers requests until `stop` is ready. Connections that are then open end with the caller.
pub async fn serve(
    listener: TcpListener,
    viewer: &Viewer,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let router = viewer.router();
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let accept = async {
        loop {
            let permit = Arc::clone(&free).acquire_owned().await;
            // A connection that is gone before it was accepted is no reason to end.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let service = TowerToHyperService::new(router.clone());
            tokio::spawn(async move {
                let _permit = permit;
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEAD_TIME)
                    .max_buf_size(HEAD_BYTES)
                    .serve_connection(TokioIo::new(stream), service);
                // Whatever a browser does to its connection concerns that connection only.
                let _ = connection.await;
            });
        }
    };
    tokio::select! {
        () = stop => Ok(()),
        () = accept => Ok(()),
    }
}
