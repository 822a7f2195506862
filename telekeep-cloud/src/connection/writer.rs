//! The writing half: takes what sessions have to send, encrypts it and writes it in large pieces.

use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::mpsc;

use crate::Shared;
use crate::crypto::Side;
use crate::session::{Order, Session};
use crate::transport::Encoder;
use crate::wire::Put;

/// Bytes collected before they are written.
const WRITE: usize = 256 << 10;

/// The writing half of a connection.
pub struct Writing {
    /// Everything shared.
    pub shared: Arc<Shared>,
    /// Number of the connection.
    pub connection: u64,
    /// The socket.
    pub write: OwnedWriteHalf,
}

impl Writing {
    /// Carries out orders until the connection ends.
    pub async fn run(
        mut self,
        encoder: tokio::sync::oneshot::Receiver<Encoder>,
        mut orders: mpsc::UnboundedReceiver<Order>,
    ) {
        let Ok(mut encoder) = encoder.await else {
            return;
        };
        let mut out = Vec::new();
        while let Some(order) = orders.recv().await {
            let mut next = Some(order);
            while let Some(order) = next {
                let open = match order {
                    Order::Flush(session) => self.session(&session, &mut encoder, &mut out).await,
                    other => encode(other, &mut encoder, &mut out),
                };
                if !open {
                    let _ = self.write.write_all(&out).await;
                    let _ = self.write.shutdown().await;
                    return;
                }
                next = if out.len() < WRITE {
                    orders.try_recv().ok()
                } else {
                    None
                };
            }
            if self.write.write_all(&out).await.is_err() {
                return;
            }
            out.clear();
            out.shrink_to(WRITE);
        }
    }

    /// Sends everything a session has; false when the connection is broken.
    async fn session(
        &mut self,
        session: &Arc<Session>,
        encoder: &mut Encoder,
        out: &mut Vec<u8>,
    ) -> bool {
        let Some(key) = session.key() else {
            return true;
        };
        while let Some(mut packet) =
            session.packet(self.connection, key.salts.current(self.shared.now()))
        {
            key.auth.seal(&mut packet, Side::Server);
            encoder.packet(&packet, out);
            if out.len() >= WRITE {
                if self.write.write_all(out).await.is_err() {
                    return false;
                }
                out.clear();
            }
        }
        true
    }
}

/// Encodes what needs no session; false for the order to close.
fn encode(order: Order, encoder: &mut Encoder, out: &mut Vec<u8>) -> bool {
    match order {
        Order::Plain(body) => {
            let mut packet = Vec::with_capacity(body.len() + 20);
            packet.put_long(0);
            let now = crate::session::nanos();
            let fraction = (now % 1_000_000_000) << 32;
            let id = (now / 1_000_000_000) as i64;
            packet.put_long((id << 32 | (fraction / 1_000_000_000) as i64) & !3 | 1);
            packet.put_int(body.len() as i32);
            packet.extend_from_slice(&body);
            encoder.packet(&packet, out);
        }
        Order::QuickAck(token) => encoder.quick_ack(token, out),
        Order::Error(code) => encoder.error(code, out),
        Order::Close => return false,
        Order::Flush(_) => {}
    }
    true
}
