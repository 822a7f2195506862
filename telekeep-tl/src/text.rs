//! JSON text of decoded TL, written straight into a buffer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::decode::Sink;
use crate::schema::{Combinator, Field};

pub(crate) struct Text<'o>(pub &'o mut Vec<u8>);

impl Sink for Text<'_> {
    #[inline]
    fn begin_object(&mut self, combinator: &Combinator) {
        self.0.extend_from_slice(&combinator.opening);
    }

    #[inline]
    fn field(&mut self, field: &Field) {
        self.0.extend_from_slice(&field.key);
    }

    #[inline]
    fn end_object(&mut self) {
        self.0.push(b'}');
    }

    #[inline]
    fn begin_vector(&mut self) {
        self.0.push(b'[');
    }

    #[inline]
    fn element(&mut self, index: u32) {
        if index != 0 {
            self.0.push(b',');
        }
    }

    #[inline]
    fn end_vector(&mut self) {
        self.0.push(b']');
    }

    #[inline]
    fn integer(&mut self, value: i64) {
        self.0
            .extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
    }

    fn double(&mut self, value: f64) {
        if value.is_finite() {
            // Shortest text that reads back as the same double. Writing into a Vec cannot fail.
            let _ = serde_json::to_writer(&mut *self.0, &value);
        } else {
            self.0.extend_from_slice(b"{\"$double\":\"");
            self.0.extend_from_slice(double_hex(value).as_bytes());
            self.0.extend_from_slice(b"\"}");
        }
    }

    #[inline]
    fn bool(&mut self, value: bool) {
        self.0
            .extend_from_slice(if value { b"true" } else { b"false" });
    }

    #[inline]
    fn string(&mut self, value: &[u8]) {
        match std::str::from_utf8(value) {
            Ok(text) => quoted(text, self.0),
            Err(_) => {
                self.0.extend_from_slice(b"{\"$bytes\":");
                self.bytes(value);
                self.0.push(b'}');
            }
        }
    }

    fn bytes(&mut self, value: &[u8]) {
        self.0.push(b'"');
        let start = self.0.len();
        self.0.resize(start + value.len().div_ceil(3) * 4, 0);
        // The room is exactly what padded base64 takes, so this cannot fail.
        let written = STANDARD
            .encode_slice(value, &mut self.0[start..])
            .unwrap_or(0);
        self.0.truncate(start + written);
        self.0.push(b'"');
    }
}

/// The eight bytes of a double as they are on the wire, in hex.
pub(crate) fn double_hex(value: f64) -> String {
    value
        .to_le_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// How a byte is written inside a JSON string: 0 = as it is, `u` = `\u00XX`, else the letter after the backslash.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut control = 0;
    while control < 0x20 {
        escapes[control] = b'u';
        control += 1;
    }
    escapes[0x08] = b'b';
    escapes[b'\t' as usize] = b't';
    escapes[b'\n' as usize] = b'n';
    escapes[0x0c] = b'f';
    escapes[b'\r' as usize] = b'r';
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes
};

/// Appends a JSON string.
pub(crate) fn quoted(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    while let Some(at) = rest
        .iter()
        .position(|byte| ESCAPES[usize::from(*byte)] != 0)
    {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        if let Some((byte, after)) = special.split_first() {
            escaped(*byte, out);
            rest = after;
        }
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn escaped(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match ESCAPES[usize::from(byte)] {
        b'u' => out.extend_from_slice(&[
            b'\\',
            b'u',
            b'0',
            b'0',
            HEX[usize::from(byte >> 4)],
            HEX[usize::from(byte & 15)],
        ]),
        letter => out.extend_from_slice(&[b'\\', letter]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_serde_json_does() {
        let every_ascii: String = (0..=127u8).map(char::from).collect();
        for text in [
            "",
            "plain",
            "\"",
            "a\\b\nc",
            "строка \u{1f600} \u{2028}",
            &every_ascii,
        ] {
            let mut out = Vec::new();
            quoted(text, &mut out);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                serde_json::to_string(text).unwrap()
            );
        }
    }
}
