//! Telegram's own proxies: obfuscated streams whose first 64 bytes, random to anybody who does not
//! know the secret, carry the keys of both directions, the framing and the data centre.
//!
//! Source: <https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation>.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Secret;
use crate::telegram::wire::frame::{Cipher, Frames};
use crate::telegram::wire::random::{Random, RandomError};

/// The framings behind the obfuscation: intermediate, and intermediate with padding.
const INTERMEDIATE: [u8; 4] = [0xee; 4];
const PADDED: [u8; 4] = [0xdd; 4];
/// What the first bytes must not be, since it would name another transport.
const TAKEN: [[u8; 4]; 7] = [
    *b"HEAD",
    *b"POST",
    *b"GET ",
    *b"OPTI",
    INTERMEDIATE,
    PADDED,
    [0x16, 0x03, 0x01, 0x02],
];

/// The frames of a hidden connection with a data centre, and the bytes it begins with.
pub fn hide(
    secret: &Secret,
    dc: i32,
    random: &mut impl Random,
) -> Result<(Frames, Vec<u8>), RandomError> {
    let mut header = Zeroizing::new([0u8; 64]);
    loop {
        random.fill(header.as_mut())?;
        if is_free(&header) {
            break;
        }
    }
    header[56..60].copy_from_slice(match secret.padded {
        true => &PADDED,
        false => &INTERMEDIATE,
    });
    // Data centres have small numbers; what does not fit is refused by the proxy.
    header[60..62].copy_from_slice(&i16::try_from(dc).unwrap_or(0).to_le_bytes());
    let mut backwards = header.clone();
    backwards.reverse();
    // The same 48 bytes, read backwards, are key and vector of the other direction.
    let mut send = cipher(&header[8..56], secret);
    let receive = cipher(&backwards[8..56], secret);
    let mut hidden = header.clone();
    send.apply(hidden.as_mut());
    let mut begin = header[..56].to_vec();
    begin.extend_from_slice(&hidden[56..]);
    Ok((Frames::hidden(send, receive, secret.padded), begin))
}

fn is_free(header: &[u8; 64]) -> bool {
    header[0] != 0xef
        && !TAKEN.iter().any(|taken| header.starts_with(taken))
        && header[4..8] != [0; 4]
}

/// Key and vector of one direction.
fn cipher(seed: &[u8], secret: &Secret) -> Cipher {
    let mut hash = Sha256::new();
    hash.update(&seed[..32]);
    hash.update(secret.key.as_slice());
    let mut vector = [0; 16];
    vector.copy_from_slice(&seed[32..48]);
    Cipher::new(&hash.finalize().into(), &vector)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Script(Vec<[u8; 64]>);

    impl Random for Script {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), RandomError> {
            buffer.copy_from_slice(&self.0.remove(0));
            Ok(())
        }
    }

    #[test]
    fn beginnings_that_name_another_transport_are_drawn_again() {
        let begin = |first: &[u8]| {
            let mut header = [7; 64];
            header[..first.len()].copy_from_slice(first);
            header
        };
        let mut draws: Vec<[u8; 64]> = TAKEN.iter().map(|taken| begin(taken)).collect();
        draws.push(begin(&[0xef]));
        draws.push(begin(&[1, 2, 3, 4, 0, 0, 0, 0]));
        draws.push(begin(&[9]));
        let secret = Secret {
            key: Zeroizing::new([5; 16]),
            padded: true,
        };
        let (_, begin) = hide(&secret, 2, &mut Script(draws)).unwrap();
        assert_eq!((begin.len(), begin[0]), (64, 9));
        // What names the framing is not readable.
        assert_ne!(begin[56..60], PADDED);
    }
}
