//! Amounts of money as Telegram sends them: in the smallest unit of their currency.

/// An amount in the smallest unit of its currency (`XTR` are Telegram's stars).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money<'a> {
    /// In whole units: 9 of 9.99.
    pub whole: u64,
    /// What is left, in the smallest unit: 99 of 9.99.
    pub part: u64,
    /// Digits of [`part`](Self::part): 2 for cents, 0 for yen.
    pub digits: usize,
    /// Its code as Telegram has it: `EUR`.
    pub currency: &'a str,
}

impl<'a> Money<'a> {
    /// Splits an amount. Signs are left out: a sentence says who paid.
    #[must_use]
    pub fn new(amount: i64, currency: &'a str) -> Self {
        let mut digits = digits(currency);
        let unit = 10_u64.pow(digits);
        let amount = amount.unsigned_abs();
        let mut part = amount % unit;
        // Cents are always told; nobody writes nine zeros.
        while currency == TON && digits > 0 && part.is_multiple_of(10) {
            part /= 10;
            digits -= 1;
        }
        Self {
            whole: amount / unit,
            part,
            digits: digits as usize,
            currency,
        }
    }
}

/// The coin of the TON network.
const TON: &str = "TON";

/// How many digits stand behind the point, by ISO 4217 and by what Telegram takes.
fn digits(currency: &str) -> u32 {
    match currency {
        "XTR" | "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF"
        | "UGX" | "UYI" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        TON => 9,
        _ => 2,
    }
}

impl std::fmt::Display for Money<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            whole,
            part,
            digits,
            currency,
        } = *self;
        match (currency, digits) {
            ("XTR", _) if whole == 1 => f.write_str("1 star"),
            ("XTR", _) => write!(f, "{whole} stars"),
            (_, 0) => write!(f, "{whole} {currency}"),
            _ => write!(f, "{whole}.{part:0digits$} {currency}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        let told = |amount, currency| Money::new(amount, currency).to_string();
        assert_eq!(told(999, "EUR"), "9.99 EUR");
        assert_eq!(told(5, "EUR"), "0.05 EUR");
        assert_eq!(told(500, "JPY"), "500 JPY");
        assert_eq!(told(1234, "KWD"), "1.234 KWD");
        assert_eq!(told(1, "XTR"), "1 star");
        assert_eq!(told(1_500_000_000, "TON"), "1.5 TON");
        assert_eq!(told(2_000_000_000, "TON"), "2 TON");
        assert_eq!(told(1, "TON"), "0.000000001 TON");
        assert_eq!(told(50, "XTR"), "50 stars");
        assert_eq!(told(i64::MIN, "USD"), "92233720368547758.08 USD");
    }
}
