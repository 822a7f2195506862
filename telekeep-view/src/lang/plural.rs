//! Plural forms, by the rules of the Unicode CLDR for whole numbers.

/// A plural form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are CLDR's
pub enum Plural {
    Zero,
    One,
    Two,
    Few,
    Many,
    Other,
}

impl Plural {
    /// CLDR's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// English, German; Spanish uses `many` only for millions, which read well as `other` too.
pub fn one_other(n: u64) -> Plural {
    if n == 1 { Plural::One } else { Plural::Other }
}

/// Russian.
pub fn slavic(n: u64) -> Plural {
    match (n % 10, n % 100) {
        (1, rest) if rest != 11 => Plural::One,
        (2..=4, rest) if !(12..=14).contains(&rest) => Plural::Few,
        _ => Plural::Many,
    }
}

/// Chinese.
pub fn other(_: u64) -> Plural {
    Plural::Other
}

/// Arabic.
pub fn arabic(n: u64) -> Plural {
    match (n, n % 100) {
        (0, _) => Plural::Zero,
        (1, _) => Plural::One,
        (2, _) => Plural::Two,
        (_, 3..=10) => Plural::Few,
        (_, 11..=99) => Plural::Many,
        _ => Plural::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let forms = |rule: fn(u64) -> Plural, numbers: &[u64]| {
            let each = numbers.iter().map(|n| rule(*n).as_str());
            each.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(forms(one_other, &[0, 1, 2]), "other one other");
        let russian = forms(slavic, &[0, 1, 2, 5, 11, 12, 21, 22, 111, 1001]);
        assert_eq!(russian, "many one few many many many one few many one");
        let arabic = forms(arabic, &[0, 1, 2, 3, 10, 11, 99, 100, 102, 103]);
        assert_eq!(arabic, "zero one two few few many many other other few");
    }
}
