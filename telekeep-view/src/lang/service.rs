//! Service messages in the reader's language.
//!
//! The model gives a sentence in English as parts. Its pattern, with `{a}` for who did it, `{p}` for
//! others, `{q}` for a title, `{n}` for a number, `{m}` for money and `{t}` for a length of time, is the
//! key of the translation; a sentence nobody translated stays English, and a test finds it. Remarks that
//! follow a sentence are translated each on its own.

use telekeep_model::{ALSO, Part, Service};

use super::Texts;

/// A piece of a translated sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Who did it.
    Actor,
    /// People or chats (marked ids).
    Peers(Vec<i64>),
    /// Words of somebody else.
    Quote(String),
    /// Our words.
    Words(String),
}

impl Texts {
    /// The sentence of a service message.
    #[must_use]
    pub fn service(&self, service: &Service) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (at, parts) in sentences(service).enumerate() {
            if at > 0 {
                pieces.push(Piece::Words(ALSO.to_owned()));
            }
            pieces.extend(self.sentence(parts));
        }
        pieces
    }

    fn sentence(&self, parts: &[Part]) -> Vec<Piece> {
        if parts.iter().any(has_brace) {
            return parts.iter().map(|part| self.plain(part)).collect();
        }
        let (pattern, values) = self.take_apart(parts);
        let translated = self.service.get(pattern.as_str());
        self.put_together(translated.copied().unwrap_or(&pattern), &values)
    }

    fn plain(&self, part: &Part) -> Piece {
        match part {
            Part::Actor => Piece::Actor,
            Part::Peer(id) => Piece::Peers(vec![*id]),
            Part::Text(words) => Piece::Words(words.clone()),
            Part::Quote(words) => Piece::Quote(words.clone()),
            Part::Money(amount, currency) => Piece::Words(self.money(*amount, currency)),
            Part::Period(seconds) => Piece::Words(self.period(*seconds)),
            Part::Also => Piece::Words(ALSO.to_owned()),
        }
    }
}

/// What happened, then each remark about it.
fn sentences(service: &Service) -> impl Iterator<Item = &[Part]> {
    service.parts.split(|part| matches!(part, Part::Also))
}

/// Words that would read as a place of a pattern.
fn has_brace(part: &Part) -> bool {
    matches!(part, Part::Text(words) if words.contains('{'))
}

/// What fills the places of a pattern, in order of appearance.
#[derive(Default)]
struct Values {
    peers: Vec<Vec<i64>>,
    quotes: Vec<String>,
    numbers: Vec<String>,
}

/// Who is not told, as the model says it.
const SOMEONE: &str = "someone";
/// What an action is called that the model does not know.
const UNKNOWN: &str = " did something unknown to this version (";

impl Texts {
    fn take_apart(&self, parts: &[Part]) -> (String, Values) {
        let (mut pattern, mut values) = (String::new(), Values::default());
        for part in parts {
            match part {
                Part::Actor => pattern.push_str("{a}"),
                Part::Quote(words) => {
                    pattern.push_str("{q}");
                    values.quotes.push(words.clone());
                }
                Part::Text(words) => self.text(words, &mut pattern, &mut values),
                Part::Money(amount, currency) => {
                    pattern.push_str("{m}");
                    values.numbers.push(self.money(*amount, currency));
                }
                Part::Period(seconds) => {
                    pattern.push_str("{t}");
                    values.numbers.push(self.period(*seconds));
                }
                // Sentences are taken apart one by one.
                Part::Also => {}
                Part::Peer(id) => {
                    // "A, B and C" counts as one place.
                    if let Some(before) = pattern.strip_suffix("{p}, ").map(str::len)
                        && let Some(list) = values.peers.last_mut()
                    {
                        pattern.truncate(before);
                        pattern.push_str("{p}");
                        list.push(*id);
                    } else {
                        pattern.push_str("{p}");
                        values.peers.push(vec![*id]);
                    }
                }
            }
        }
        (pattern, values)
    }

    /// Our words: with the numbers in them, somebody, or the name of what is not known.
    fn text(&self, words: &str, pattern: &mut String, values: &mut Values) {
        let unknown = words.strip_prefix(UNKNOWN);
        if words == SOMEONE {
            pattern.push_str("{p}");
            values.peers.push(Vec::new());
        } else if let Some(name) = unknown.and_then(|rest| rest.strip_suffix(')')) {
            pattern.push_str(UNKNOWN);
            pattern.push_str("{n})");
            values.numbers.push(format!("\u{2068}{name}\u{2069}"));
        } else {
            numbers(self, words, pattern, values);
        }
    }

    fn put_together(&self, translated: &str, values: &Values) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let (mut peers, mut quotes) = (values.peers.iter(), values.quotes.iter());
        let mut numbers = values.numbers.iter();
        let mut rest = translated;
        while let Some((before, after)) = rest.split_once('{') {
            words.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            rest = tail;
            let piece = match name {
                "n" | "t" | "m" => {
                    words.push_str(numbers.next().map_or("?", String::as_str));
                    continue;
                }
                "a" => Some(Piece::Actor),
                "p" => peers.next().map(|ids| match ids.is_empty() {
                    true => Piece::Words(self.get("service.someone").to_owned()),
                    false => Piece::Peers(ids.clone()),
                }),
                "q" => quotes.next().map(|words| Piece::Quote(words.clone())),
                _ => None,
            };
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.extend(piece);
        }
        words.push_str(rest);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces
    }
}

/// Copies words, with each number as a place. Seconds at the end are a length of time.
fn numbers(texts: &Texts, words: &str, pattern: &mut String, values: &mut Values) {
    let mut rest = words;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, after) = rest.split_at(at);
        let end = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        let (number, tail) = after.split_at(end);
        pattern.push_str(before);
        if tail == " s" {
            pattern.push_str("{t}");
            values.numbers.push(length(number));
            return;
        }
        pattern.push_str("{n}");
        let grouped = number.parse().map(|number| texts.number(number));
        values
            .numbers
            .push(grouped.unwrap_or_else(|_| number.to_owned()));
        rest = tail;
    }
    pattern.push_str(rest);
}

/// `1:05`, `1:02:03`
fn length(seconds: &str) -> String {
    let Ok(seconds) = seconds.parse::<u64>() else {
        return seconds.to_owned();
    };
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{rest:02}"),
        _ => format!("{hours}:{minutes:02}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{all, by_code, english};

    fn text(words: &str) -> Part {
        Part::Text(words.to_owned())
    }

    #[test]
    fn patterns_and_translation() {
        let service = Service {
            action: "ChatAddUser".to_owned(),
            parts: vec![
                Part::Actor,
                text(" added "),
                Part::Peer(1),
                text(", "),
                Part::Peer(2),
            ],
            ..Service::default()
        };
        assert_eq!(english().take_apart(&service.parts).0, "{a} added {p}");
        let german = by_code("de").unwrap().service(&service);
        assert_eq!(german[0], Piece::Actor);
        assert!(german.contains(&Piece::Peers(vec![1, 2])), "{german:?}");
        assert!(
            !german.contains(&Piece::Words(" added ".to_owned())),
            "{german:?}"
        );
    }

    #[test]
    fn numbers_are_places() {
        let service = Service {
            action: "GameScore".to_owned(),
            parts: vec![Part::Actor, text(" scored 12 in a game")],
            ..Service::default()
        };
        assert_eq!(
            english().take_apart(&service.parts).0,
            "{a} scored {n} in a game"
        );
        let words = format!("{:?}", by_code("de").unwrap().service(&service));
        assert!(words.contains("12"), "{words}");
    }

    #[test]
    fn seconds_are_a_length_of_time() {
        let service = Service {
            action: "PhoneCall".to_owned(),
            parts: vec![Part::Actor, text(" made a call of 3677 s")],
            ..Service::default()
        };
        let words = by_code("en").unwrap().service(&service);
        assert_eq!(words[1], Piece::Words(" made a call of 1:01:17".to_owned()));
    }

    #[test]
    fn an_unknown_sentence_stays() {
        let service = Service {
            action: "New".to_owned(),
            parts: vec![Part::Actor, text(" did {q} {")],
            ..Service::default()
        };
        let pieces = by_code("ar").unwrap().service(&service);
        assert_eq!(pieces[1], Piece::Words(" did {q} {".to_owned()));
    }

    /// An action as it comes, for every sentence there is.
    const ACTIONS: &str = include_str!("actions.jsonl");

    fn parsed(action: &str) -> Service {
        let body = format!(
            r#"{{"_":"messageService","id":5,"date":1,"peer_id":{{"_":"peerUser","user_id":7}},"action":{action}}}"#
        );
        let raw = serde_json::value::RawValue::from_string(body).unwrap();
        let message = telekeep_model::Message::parse(&raw, telekeep_model::Context::default());
        match message.unwrap() {
            telekeep_model::Parsed::Message(message) => message.service.unwrap(),
            empty => panic!("{empty:?}"),
        }
    }

    #[test]
    fn every_sentence_has_its_words_in_every_language() {
        let mut said = std::collections::BTreeSet::new();
        for action in ACTIONS.lines() {
            let service = parsed(action);
            for sentence in sentences(&service) {
                let (pattern, _) = english().take_apart(sentence);
                if pattern == "{q}" {
                    continue;
                }
                for texts in all().iter().filter(|texts| texts.code != "en") {
                    assert!(
                        texts.service.contains_key(pattern.as_str()),
                        "{}: {pattern}",
                        texts.code
                    );
                }
                said.insert(pattern);
            }
        }
        let known = by_code("de").unwrap().service.keys();
        let unsaid: Vec<_> = known.filter(|known| !said.contains(**known)).collect();
        assert!(unsaid.is_empty(), "nothing says {unsaid:?}");
    }

    #[test]
    fn every_action_the_model_knows_is_among_those() {
        // `"ActionName" =>`, `"ActionName" |`, `"ActionName" if`
        let names = |source: &'static str, first: &str| {
            let (source, _) = source.split_once("#[cfg(test)]").unwrap();
            let (_, source) = source.split_once(first).unwrap();
            let quoted = source.split('"').skip(1).step_by(2);
            let name = |words: &&str| {
                words.starts_with(|c: char| c.is_ascii_uppercase()) && !words.contains(' ')
            };
            quoted.filter(move |words| name(words) && !matches!(*words, "XTR" | "TON"))
        };
        let sentences = include_str!("../../../telekeep-model/src/service.rs");
        let gifts = include_str!("../../../telekeep-model/src/service/gift.rs");
        let names = names(sentences, "fn membership(").chain(names(gifts, "fn parts("));
        let mut checked = 0;
        for name in names {
            let wanted = format!("\"messageAction{name}\"");
            assert!(ACTIONS.contains(&wanted), "no {name} in actions.jsonl");
            checked += 1;
        }
        assert!(checked > 60, "{checked}");
    }

    fn told(language: &str, action: &str) -> String {
        let pieces = by_code(language).unwrap().service(&parsed(action));
        let each = pieces.into_iter().map(|piece| match piece {
            Piece::Actor => "Ada".to_owned(),
            Piece::Peers(ids) => format!("{ids:?}"),
            Piece::Quote(words) | Piece::Words(words) => words,
        });
        each.collect()
    }

    #[test]
    fn money_periods_and_strangers() {
        let paid = r#"{"_":"messageActionPaymentSent","currency":"EUR","total_amount":123456}"#;
        assert_eq!(told("en", paid), "Ada paid 1,234.56 EUR");
        assert_eq!(told("de", paid), "Ada hat 1.234,56 EUR bezahlt");
        let stars = r#"{"_":"messageActionGiftStars","stars":1}"#;
        assert_eq!(told("en", stars), "Ada gave 1 star");
        let premium = r#"{"_":"messageActionGiftPremium","months":3,"currency":"EUR","amount":1199,
            "message":{"_":"textWithEntities","text":"{a} gift","entities":[]}}"#;
        assert_eq!(
            told("de", premium),
            "Ada hat Telegram Premium mit 3 Monaten Laufzeit verschenkt · Preis: 11,99 EUR · {a} gift"
        );
        let month = r#"{"_":"messageActionSetMessagesTTL","period":2678400}"#;
        assert_eq!(
            told("de", month),
            "Ada lässt Nachrichten nach 1 Monat löschen"
        );
        let week = r#"{"_":"messageActionSetMessagesTTL","period":604800}"#;
        assert_eq!(told("ru", week), "Ada: автоудаление через 1 неделю");
        let near = r#"{"_":"messageActionGeoProximityReached","distance":209}"#;
        assert_eq!(
            told("de", near),
            "jemand ist keine 209 m von jemand entfernt"
        );
        let unknown = r#"{"_":"messageActionTeleport2"}"#;
        assert!(told("es", unknown).contains("messageActionTeleport2"));
        assert!(told("es", unknown).starts_with("Ada hizo algo"));
    }
}
