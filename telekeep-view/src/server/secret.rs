//! Random values that only the reader's browser may know.

use std::fmt::Write as _;

use subtle::ConstantTimeEq as _;

/// 256 random bits as text. Compared in constant time, never printed by `Debug`.
pub struct Secret(String);

impl Secret {
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is this the secret? Takes the same time whatever is wrong.
    pub fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_itself() {
        let secret = Secret::random().unwrap();
        let other = Secret::random().unwrap();
        assert!(secret.is(secret.as_str()));
        assert!(!secret.is(other.as_str()));
        assert!(!secret.is(""));
        assert!(!secret.is(&secret.as_str()[1..]));
        assert_eq!(secret.as_str().len(), 64);
    }
}
