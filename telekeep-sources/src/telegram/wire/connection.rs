//! One connection to a data centre: a task that connects when there is something to send and gives
//! every request an answer or a reason; [`super::live`] is what it does while it is connected.
//!
//! It never repeats a request the server may have seen on another connection: that is decided by
//! [`super::policy`]. Only what the server itself says it did not take is sent again here.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::book::Book;
use super::error::ConnectError;
use super::handshake;
use super::live::Live;
use super::protocol::ProtocolError;
use super::proxy::Proxy;

/// Requests queued for a connection before callers have to wait.
const QUEUE: usize = 64;

/// Why a request has no result.
#[derive(Debug, Clone)]
pub(crate) enum Failed {
    /// The server answered an error.
    Rpc { code: i32, message: String },
    /// The connection was lost.
    Lost(String),
    /// No answer in time.
    NoAnswer,
    /// No connection.
    NotConnected(Arc<ConnectError>),
    /// The server does not know this authorization key.
    KeyUnknown(Box<[u8; 256]>),
    /// The answer cannot be read.
    Unreadable(ProtocolError),
}

pub(crate) type Answer = Result<Vec<u8>, Failed>;

/// A request and the place for its answer.
pub(crate) struct Job {
    pub body: Arc<[u8]>,
    pub answer: oneshot::Sender<Answer>,
}

/// What all connections of a client share.
pub(crate) struct Common {
    pub book: Arc<Book>,
    /// Every connection goes through it.
    pub proxy: Option<Proxy>,
    /// `invokeWithLayer(initConnection(` in bytes: put before requests until one was answered.
    pub introduction: Vec<u8>,
    pub connect_timeout: Duration,
    pub request_timeout: Duration,
    /// Where unasked updates go; dropped when full.
    pub unasked: Option<mpsc::Sender<Vec<u8>>>,
}

/// Handle of a connection task. The task ends when all handles are gone.
#[derive(Clone)]
pub(crate) struct Connection {
    jobs: mpsc::Sender<Job>,
    load: Arc<AtomicUsize>,
}

impl Connection {
    /// Starts the task; it connects with the first request.
    pub fn spawn(common: Arc<Common>, dc: i32) -> Connection {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(supervise(common, dc, queue));
        Connection {
            jobs,
            load: Arc::default(),
        }
    }

    /// Requests sent or waiting to be sent.
    pub fn load(&self) -> usize {
        self.load.load(Ordering::Relaxed)
    }

    /// True when the task ended, which it only does by a panic.
    pub fn is_dead(&self) -> bool {
        self.jobs.is_closed()
    }

    /// Sends a request and waits for its answer.
    pub async fn send(&self, body: Arc<[u8]>) -> Answer {
        let _load = Load::add(&self.load);
        let (answer, wait) = oneshot::channel();
        let lost = || Failed::Lost("the connection task ended".into());
        self.jobs
            .send(Job { body, answer })
            .await
            .map_err(|_| lost())?;
        wait.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// Counts a request as long as somebody waits for it.
struct Load<'a>(&'a AtomicUsize);

impl<'a> Load<'a> {
    fn add(load: &'a AtomicUsize) -> Load<'a> {
        load.fetch_add(1, Ordering::Relaxed);
        Load(load)
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Connects whenever there is something to send, until the handles are gone.
async fn supervise(common: Arc<Common>, dc: i32, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.recv().await {
        match handshake::open(&common, dc).await {
            Err(error) => {
                let error = Arc::new(error);
                let _ = first.answer.send(Err(Failed::NotConnected(error.clone())));
                while let Ok(job) = jobs.try_recv() {
                    let _ = job.answer.send(Err(Failed::NotConnected(error.clone())));
                }
            }
            Ok(opened) => {
                Live::over(opened, &common, dc)
                    .serve(first, &mut jobs)
                    .await
            }
        }
    }
}
