//! The outline of a sticker that came inside its message, as the path of an SVG drawing.
//!
//! Telegram packs paths: two high bits of a byte say what the rest is. Only letters of path commands,
//! digits, signs and points can come out, whatever goes in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Real ones have some hundred bytes.
const MOST: usize = 2048;

/// What a byte from 192 on stands for.
const LETTERS: &[u8; 64] = b"AACAAAAHAAALMAAAQASTAVAAAZaacaaaahaaalmaaaqastava.az0123456789-,";

/// The path, in a square of 512; `None` for what is none.
#[must_use]
pub fn outline(packed: &str) -> Option<String> {
    let bytes = STANDARD.decode(packed).ok()?;
    if bytes.is_empty() || bytes.len() > MOST {
        return None;
    }
    let mut path = String::from("M");
    for byte in bytes {
        match byte {
            0..=63 => {}
            64..=127 => path.push('-'),
            128..=191 => path.push(','),
            _ => {
                let letter = LETTERS.get(usize::from(byte - 192)).copied();
                path.extend(letter.map(char::from));
                continue;
            }
        }
        path.push_str(&(byte & 63).to_string());
    }
    path.push('z');
    Some(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_packed_path_is_unpacked() {
        let packed = STANDARD.encode([10, 128 + 20, 192 + 26, 64 + 5, 128 + 6, 192 + 25]);
        assert_eq!(outline(&packed).unwrap(), "M10,20a-5,6Zz");
        assert_eq!(outline(""), None);
        assert_eq!(outline("\"><script>"), None);
    }

    proptest! {
        #[test]
        fn nothing_but_a_path(bytes: Vec<u8>) {
            if let Some(path) = outline(&STANDARD.encode(bytes)) {
                prop_assert!(path.chars().all(|c| c.is_ascii_alphanumeric() || ",-.".contains(c)));
            }
        }
    }
}
