//! Texts of the interface: one file per language under `lang/`, chosen by cookie or
//! `Accept-Language`.
//!
//! A file has lines `key = text`. `{name}` in a text is filled in. A key that counts something has
//! one line per plural form: `key.one`, `key.few`, ... as the language has them (`plural.rs`).

mod amount;
mod plural;
mod service;
mod told;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use plural::Plural;
pub use service::Piece;

/// The texts of one language.
pub struct Texts {
    /// Tag as in `lang=`: `en`, `zh-Hans`.
    pub code: &'static str,
    /// Its own name for itself.
    pub name: &'static str,
    /// Written from right to left.
    pub rtl: bool,
    plural: fn(u64) -> Plural,
    texts: HashMap<&'static str, &'static str>,
    service: HashMap<&'static str, &'static str>,
}

macro_rules! language {
    ($code:literal, $name:literal, $rtl:literal, $plural:expr) => {
        Texts {
            code: $code,
            name: $name,
            rtl: $rtl,
            plural: $plural,
            texts: parse(include_str!(concat!("../../lang/", $code, ".txt"))),
            service: parse(include_str!(concat!("../../lang/service/", $code, ".txt"))),
        }
    };
}

static ALL: LazyLock<[Texts; 6]> = LazyLock::new(|| {
    [
        language!("en", "English", false, plural::one_other),
        language!("de", "Deutsch", false, plural::one_other),
        language!("es", "Español", false, plural::one_other),
        language!("ru", "Русский", false, plural::slavic),
        language!("zh-Hans", "简体中文", false, plural::other),
        language!("ar", "العربية", true, plural::arabic),
    ]
});

static REFERENCES: LazyLock<Vec<&'static Texts>> = LazyLock::new(|| ALL.iter().collect());

/// Every language, English first.
#[must_use]
pub fn all() -> &'static [&'static Texts] {
    &REFERENCES
}

/// English.
#[must_use]
pub fn english() -> &'static Texts {
    &ALL[0]
}

/// The language with this code.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Texts> {
    ALL.iter().find(|texts| texts.code == code)
}

/// The best language for an `Accept-Language` header: the most wanted one that we have.
#[must_use]
pub fn choose(accepted: &str) -> &'static Texts {
    let mut best: Option<(&'static Texts, f32)> = None;
    for part in accepted.split(',').take(32) {
        let mut fields = part.split(';');
        let tag = fields
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let weight = fields
            .find_map(|field| field.trim().strip_prefix("q=")?.parse::<f32>().ok())
            .unwrap_or(1.0);
        let primary = tag.split('-').next().unwrap_or_default();
        let found = ALL
            .iter()
            .find(|texts| texts.code.split('-').next() == Some(primary));
        if let Some(found) = found
            && weight > best.map_or(0.0, |(_, best)| best)
        {
            best = Some((found, weight));
        }
    }
    best.map_or_else(english, |(texts, _)| texts)
}

/// The lines of a file of texts.
#[must_use]
pub fn parse(file: &'static str) -> HashMap<&'static str, &'static str> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once(" = "));
    pairs.map(|(key, text)| (key.trim(), text.trim())).collect()
}

impl Texts {
    /// The text of a key. A key nobody wrote a text for shows itself (a test finds it).
    #[must_use]
    pub fn get(&self, key: &'static str) -> &'static str {
        self.texts.get(key).copied().unwrap_or(key)
    }

    /// The text of a key put together from data, if there is one.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&'static str> {
        self.texts.get(key).copied()
    }

    /// The text of a key with `{name}`s filled in.
    #[must_use]
    pub fn fill(&self, key: &'static str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// [`Self::fill`] with one `{x}`.
    #[must_use]
    pub fn with(&self, key: &'static str, value: impl std::fmt::Display) -> String {
        self.fill(key, &[("x", &value.to_string())])
    }

    /// So many of something: the plural form of the key, with the number as `{n}`.
    #[must_use]
    pub fn count(&self, key: &'static str, n: impl TryInto<u64>) -> String {
        self.counted(key, n, &[])
    }

    /// [`Self::count`] with other `{name}`s filled in as well.
    #[must_use]
    pub fn counted(
        &self,
        key: &'static str,
        n: impl TryInto<u64>,
        values: &[(&str, &str)],
    ) -> String {
        let n = n.try_into().unwrap_or_default();
        let form = (self.plural)(n);
        let text = self
            .texts
            .get(format!("{key}.{}", form.as_str()).as_str())
            .or_else(|| self.texts.get(format!("{key}.other").as_str()))
            .copied()
            .unwrap_or(key);
        let number = self.number(n);
        let mut all = vec![("n", number.as_str())];
        all.extend_from_slice(values);
        fill(text, &all)
    }

    /// A number with its digits grouped as the language does.
    #[must_use]
    pub fn number(&self, n: u64) -> String {
        let mark = self.get("number.group");
        let mark = if mark == "space" { "\u{202f}" } else { mark };
        let digits = n.to_string();
        let mut out = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push_str(mark);
            }
            out.push(digit);
        }
        out
    }

    /// A size in bytes, in the unit that reads best, each a thousand of the one before: as the search
    /// language and everything else here counts.
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
        let (mut value, mut unit) = (bytes, 0);
        let mut tenths = 0;
        while value >= 1000 && unit + 1 < UNITS.len() {
            tenths = value % 1000 * 10 / 1000;
            value /= 1000;
            unit += 1;
        }
        let unit_name = UNITS.get(unit).copied().unwrap_or_default();
        if unit == 0 || value >= 100 {
            format!("{}\u{a0}{unit_name}", self.number(value))
        } else {
            let point = self.get("number.point");
            format!("{value}{point}{tenths}\u{a0}{unit_name}")
        }
    }

    /// `ltr` or `rtl`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        if self.rtl { "rtl" } else { "ltr" }
    }
}

/// A text with `{name}`s filled in.
#[must_use]
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(name, tail)| {
            let value = values.iter().find(|(key, _)| *key == name)?;
            Some((value.1, tail))
        });
        match found {
            Some((value, tail)) => {
                out.push_str(value);
                rest = tail;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
