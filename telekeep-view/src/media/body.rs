//! The bytes of a blob as the body of an answer: one piece at a time, read by a thread for blocking
//! work only while the browser asks for more. A paused video holds no thread and one piece.

use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use telekeep_journal::BlobReader;
use tokio::task::JoinHandle;

/// Bytes read at once: one read of the store.
const PIECE: u64 = 256 * 1024;

/// A stretch of a blob.
pub struct BlobBody {
    state: State,
    /// Bytes not given yet.
    left: u64,
}

enum State {
    /// A piece that was read when the answer began.
    Begun(Box<BlobReader>, Bytes),
    Reading(JoinHandle<(Box<BlobReader>, io::Result<Bytes>)>),
    Ended,
}

impl BlobBody {
    /// `length` bytes from where the reader stands. Reads the first piece at once (blocking), so that
    /// what cannot be read is an answer of its own and not a torn connection.
    pub fn begin(reader: BlobReader, length: u64) -> io::Result<Self> {
        let mut reader = Box::new(reader);
        let first = piece(&mut reader, length)?;
        Ok(Self {
            state: State::Begun(reader, first),
            left: length,
        })
    }

    fn read_on(reader: Box<BlobReader>, left: u64) -> State {
        let mut reader = reader;
        State::Reading(tokio::task::spawn_blocking(move || {
            let bytes = piece(&mut reader, left);
            (reader, bytes)
        }))
    }
}

/// The next bytes, at most [`PIECE`].
fn piece(reader: &mut BlobReader, left: u64) -> io::Result<Bytes> {
    let length = left.min(PIECE);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    reader.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes.into())
}

impl Body for BlobBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        if this.left == 0 {
            this.state = State::Ended;
            return Poll::Ready(None);
        }
        loop {
            match std::mem::replace(&mut this.state, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Begun(reader, bytes) if bytes.is_empty() => {
                    this.state = Self::read_on(reader, this.left);
                }
                State::Begun(reader, bytes) => {
                    this.left = this.left.saturating_sub(bytes.len() as u64);
                    this.state = State::Begun(reader, Bytes::new());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                State::Reading(mut reading) => {
                    let answer = match Pin::new(&mut reading).poll(context) {
                        Poll::Pending => {
                            this.state = State::Reading(reading);
                            return Poll::Pending;
                        }
                        ready => ready!(ready),
                    };
                    match answer {
                        Ok((reader, Ok(bytes))) => this.state = State::Begun(reader, bytes),
                        Ok((_, Err(error))) => return Poll::Ready(Some(Err(error))),
                        Err(ended) => return Poll::Ready(Some(Err(io::Error::other(ended)))),
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
