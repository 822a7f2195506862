//! All languages say everything, with the same places to fill in.

use std::collections::BTreeSet;

use super::*;

/// Keys without their plural form.
fn keys(texts: &Texts) -> BTreeSet<&'static str> {
    let forms = [".zero", ".one", ".two", ".few", ".many", ".other"];
    let stem = |key: &&'static str| {
        let plural = forms.iter().find_map(|form| key.strip_suffix(form));
        plural.unwrap_or(key)
    };
    texts.texts.keys().map(stem).collect()
}

fn places(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| Some(part.split_once('}')?.0))
        .collect()
}

#[test]
fn same_keys_everywhere() {
    for texts in all() {
        let missing: Vec<_> = keys(english()).difference(&keys(texts)).copied().collect();
        let extra: Vec<_> = keys(texts).difference(&keys(english())).copied().collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{}: missing {missing:?}, extra {extra:?}",
            texts.code
        );
    }
}

#[test]
fn every_plural_form_there_is() {
    let counted: Vec<_> = english()
        .texts
        .keys()
        .filter_map(|key| key.strip_suffix(".other"))
        .collect();
    assert!(!counted.is_empty());
    for texts in all() {
        for key in &counted {
            for n in 0..=200 {
                let form = format!("{key}.{}", (texts.plural)(n).as_str());
                assert!(texts.find(&form).is_some(), "{}: {form}", texts.code);
            }
        }
    }
}

#[test]
fn same_places_everywhere() {
    for texts in all() {
        for (key, english) in &english().texts {
            let Some(text) = texts.texts.get(key) else {
                continue;
            };
            // "a message" and "two messages" need no number.
            let counts = |place: &&str| *place != "n";
            let ours: Vec<_> = places(text).into_iter().filter(counts).collect();
            let theirs: Vec<_> = places(english).into_iter().filter(counts).collect();
            assert_eq!(ours, theirs, "{} {key}", texts.code);
        }
    }
}

#[test]
fn service_sentences_in_every_language_but_english() {
    let german = by_code("de").unwrap();
    for texts in all().iter().filter(|texts| texts.code != "en") {
        for (pattern, translated) in &german.service {
            assert_eq!(places(pattern), places(translated), "de {pattern}");
            let translated = texts.service.get(pattern);
            let translated = translated.unwrap_or_else(|| panic!("{}: {pattern}", texts.code));
            assert_eq!(
                places(pattern),
                places(translated),
                "{} {pattern}",
                texts.code
            );
        }
        assert_eq!(texts.service.len(), german.service.len(), "{}", texts.code);
    }
}

/// Keys used in templates and code exist.
#[test]
fn used_keys_exist() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let mut checked = 0;
    let mut folders = vec![format!("{root}src"), format!("{root}templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.to_str().unwrap().to_owned());
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (call, counted) in [
                (".get(\"", false),
                (".with(\"", false),
                (".fill(\"", false),
                (".count(\"", true),
                (".counted(\"", true),
            ] {
                for part in text.split(call).skip(1) {
                    let key = part.split('"').next().unwrap();
                    if !key.contains('.') {
                        continue;
                    }
                    let form = if counted {
                        format!("{key}.other")
                    } else {
                        key.to_owned()
                    };
                    assert!(
                        english().find(&form).is_some(),
                        "{form} in {}",
                        path.display()
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn choosing() {
    assert_eq!(choose("de-AT,de;q=0.9,en;q=0.8").code, "de");
    assert_eq!(choose("fr, zh-CN;q=0.5, es;q=0.4").code, "zh-Hans");
    assert_eq!(choose("fr").code, "en");
    assert_eq!(choose(";;;q=,").code, "en");
    assert_eq!(choose("es;q=0.1,ar;q=0.2").code, "ar");
}

#[test]
fn numbers_and_sizes() {
    let english = english();
    assert_eq!(english.number(1_234_567), "1,234,567");
    assert_eq!(by_code("de").unwrap().number(1234), "1.234");
    assert_eq!(english.size(1536), "1.5\u{a0}kB");
    assert_eq!(english.size(999), "999\u{a0}B");
    assert_eq!(english.size(u64::MAX), "18,446,744\u{a0}TB");
    assert_eq!(fill("a {x} {y} {", &[("x", "{y}")]), "a {y} {y} {");
}
