//! Obfuscated connections: 64 random-looking bytes carry the keys of two AES-CTR streams and, in
//! their encrypted tail, the framing hidden behind them.
//!
//! Source: <https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation>.

use super::{Framing, TransportError};
use crate::crypto::Ctr;

/// What the 64 bytes say.
pub struct Obfuscation {
    /// The framing inside.
    pub framing: Framing,
    /// Client to server.
    pub receive: Ctr,
    /// Server to client.
    pub send: Ctr,
}

impl Obfuscation {
    /// Reads the header of a connection.
    pub fn accept(header: &[u8; 64]) -> Result<Self, TransportError> {
        let mut receive = stream(header);
        let mut reversed = *header;
        reversed.reverse();
        let send = stream(&reversed);
        let mut plain = *header;
        receive.apply(&mut plain);
        let framing = match plain[56..60] {
            [0xef, 0xef, 0xef, 0xef] => Framing::Abridged,
            [0xee, 0xee, 0xee, 0xee] => Framing::Intermediate,
            [0xdd, 0xdd, 0xdd, 0xdd] => Framing::Padded,
            _ => return Err(TransportError::UnknownTransport),
        };
        Ok(Self {
            framing,
            receive,
            send,
        })
    }
}

fn stream(header: &[u8; 64]) -> Ctr {
    let mut key = [0; 32];
    key.copy_from_slice(&header[8..40]);
    let mut iv = [0; 16];
    iv.copy_from_slice(&header[40..56]);
    Ctr::new(&key, &iv)
}
