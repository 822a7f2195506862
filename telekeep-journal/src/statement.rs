//! Statements: the small JSON files (marker, seals) that vouch for other files, and that vouch for themselves.
//!
//! A statement is one JSON object on one line. Its last field is `checksum`, the SHA-256 of every byte of the file
//! before `,"checksum":"`; so any changed bit, white space included, is seen by anybody. In an encrypted archive the
//! field before it is `mac`, an HMAC-SHA-256 of every byte before `,"mac":"` with a key only the owner can derive;
//! so nobody else can write a statement that passes for the owner's.

use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::error::Error;
use crate::hash::{hex, is_hash, sha256_hex};

const MAC: &str = ",\"mac\":\"";
const CHECKSUM: &str = ",\"checksum\":\"";
const END: &str = "\"}\n";

/// Writes `value` (a struct with at least one field) as a statement.
pub(crate) fn encode<T: Serialize>(
    value: &T,
    mac_key: Option<&[u8; 32]>,
) -> Result<Vec<u8>, Error> {
    let json =
        serde_json::to_string(value).map_err(|e| Error::damaged("a statement to be written", e))?;
    let mut text = json.strip_suffix('}').unwrap_or(&json).to_owned();
    if let Some(key) = mac_key {
        let mac = hex(&keyed(key, text.as_bytes())?.finalize().into_bytes());
        text.push_str(&format!("{MAC}{mac}\""));
    }
    let checksum = sha256_hex(text.as_bytes());
    text.push_str(&format!("{CHECKSUM}{checksum}{END}"));
    Ok(text.into_bytes())
}

/// A statement whose checksum is right; its fields and its mac are still to be read.
pub(crate) struct Statement<'a> {
    text: &'a str,
    /// The bytes the mac is over, and the mac.
    mac: Option<(&'a str, &'a str)>,
}

impl<'a> Statement<'a> {
    /// Checks shape and checksum. The error is a sentence about the file.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        let (before, checksum) = split_trailer(text.strip_suffix(END), CHECKSUM)
            .ok_or("it does not end with a checksum; it may be cut short")?;
        if sha256_hex(before.as_bytes()) != checksum {
            return Err("its content does not match its own checksum".to_owned());
        }
        Ok(Statement {
            text,
            mac: split_trailer(before.strip_suffix('"'), MAC),
        })
    }

    /// The `format` field: read before anything else, as other fields may mean something else in a newer format.
    pub(crate) fn format(&self) -> Result<u64, String> {
        #[derive(serde::Deserialize)]
        struct Versioned {
            format: u64,
        }
        serde_json::from_str::<Versioned>(self.text)
            .map(|v| v.format)
            .map_err(|e| format!("it has no format number: {e}"))
    }

    pub(crate) fn fields<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_str(self.text).map_err(|e| format!("its fields cannot be read: {e}"))
    }

    /// Checks the mac with the owner's key.
    pub(crate) fn authenticate(&self, key: &[u8; 32]) -> Result<(), String> {
        let (text, mac) = self
            .mac
            .ok_or("it carries no mac, which every statement of an encrypted archive has")?;
        let expected = unhex(mac).ok_or("its mac is not hexadecimal")?;
        keyed(key, text.as_bytes())
            .map_err(|e| e.to_string())?
            .verify_slice(&expected)
            .map_err(|_| {
                "it was not written by an owner of the archive's key (its mac is wrong)".to_owned()
            })
    }
}

/// Splits `text` at the last `marker`, when 64 hexadecimal digits and nothing else follow it.
fn split_trailer<'a>(text: Option<&'a str>, marker: &str) -> Option<(&'a str, &'a str)> {
    text?.rsplit_once(marker).filter(|(_, hash)| is_hash(hash))
}

fn keyed(key: &[u8; 32], text: &[u8]) -> Result<Hmac<Sha256>, Error> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|e| Error::damaged("the archive key", e))?;
    mac.update(text);
    Ok(mac)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            std::str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, serde::Deserialize, PartialEq, Debug)]
    struct Sample {
        format: u32,
        text: String,
    }

    fn sample() -> Sample {
        Sample {
            format: 1,
            text: "x\",\"mac\":\"y".to_owned(),
        }
    }

    #[test]
    fn round_trip_with_and_without_mac() {
        for key in [None, Some([7; 32])] {
            let bytes = encode(&sample(), key.as_ref()).unwrap();
            let statement = Statement::parse(&bytes).unwrap();
            assert_eq!(statement.fields::<Sample>().unwrap(), sample());
            assert_eq!(statement.format().unwrap(), 1);
            assert_eq!(statement.authenticate(&[7; 32]).is_ok(), key.is_some());
            assert!(statement.authenticate(&[8; 32]).is_err());
        }
    }

    #[test]
    fn every_bit_counts() {
        let bytes = encode(&sample(), Some(&[7; 32])).unwrap();
        for byte in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[byte] ^= 1 << bit;
                assert!(Statement::parse(&changed).is_err(), "byte {byte} bit {bit}");
            }
        }
        assert!(Statement::parse(&bytes[..bytes.len() - 1]).is_err());
        assert!(Statement::parse(&[&bytes[..], b"\n"].concat()).is_err());
        assert!(Statement::parse(b"").is_err());
    }

    #[test]
    fn a_new_checksum_does_not_forge_the_mac() {
        let forged = encode(
            &Sample {
                format: 1,
                text: "z".to_owned(),
            },
            Some(&[9; 32]),
        )
        .unwrap();
        assert!(
            Statement::parse(&forged)
                .unwrap()
                .authenticate(&[7; 32])
                .is_err()
        );
    }
}
