//! The texts of this program's interface: those of the viewer, and its own in `lang/`, one file per
//! language.

use std::collections::HashMap;
use std::sync::LazyLock;

use telekeep_view::lang::{self, Texts};

/// Texts of one language.
pub struct Say {
    /// Those shared with the viewer.
    pub texts: &'static Texts,
    own: HashMap<&'static str, &'static str>,
}

static ALL: LazyLock<Vec<Say>> = LazyLock::new(|| {
    let files = [
        include_str!("../lang/en.txt"),
        include_str!("../lang/de.txt"),
        include_str!("../lang/es.txt"),
        include_str!("../lang/ru.txt"),
        include_str!("../lang/zh-Hans.txt"),
        include_str!("../lang/ar.txt"),
    ];
    // In the order of the viewer's languages.
    let each = lang::all().iter().zip(files);
    each.map(|(texts, file)| Say {
        texts,
        own: lang::parse(file),
    })
    .collect()
});

impl Say {
    /// The language of a code, or of a locale such as `de_AT.UTF-8`; English when it is not one of
    /// ours.
    pub fn of(code: &str) -> &'static Self {
        let tag = code.split(['.', '@']).next().unwrap_or_default();
        let texts = lang::choose(&tag.replace('_', "-"));
        let found = ALL.iter().find(|say| say.texts.code == texts.code);
        found.unwrap_or(&ALL[0])
    }

    /// A text of this program, else of the viewer.
    pub fn get(&self, key: &'static str) -> &'static str {
        let own = self.own.get(key).copied();
        own.unwrap_or_else(|| self.texts.get(key))
    }

    /// The same with `{x}` filled in.
    pub fn with(&self, key: &'static str, value: impl std::fmt::Display) -> String {
        lang::fill(self.get(key), &[("x", &value.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_says_everything_and_nothing_is_said_twice() {
        let keys = |say: &Say| say.own.keys().copied().collect::<BTreeSet<_>>();
        for say in ALL.iter() {
            assert_eq!(keys(say), keys(&ALL[0]), "{}", say.texts.code);
            for (key, text) in &say.own {
                assert!(say.texts.find(key).is_none(), "{key}");
                let english = ALL[0].own.get(key).unwrap();
                assert_eq!(text.contains("{x}"), english.contains("{x}"), "{key}");
            }
        }
        assert_eq!(ALL.len(), 6);
    }

    #[test]
    fn locales() {
        for (locale, code) in [
            ("de_AT.UTF-8", "de"),
            ("zh_CN", "zh-Hans"),
            ("ar", "ar"),
            ("C", "en"),
            ("", "en"),
            ("xx_YY@z", "en"),
        ] {
            assert_eq!(Say::of(locale).texts.code, code, "{locale}");
        }
    }
}
