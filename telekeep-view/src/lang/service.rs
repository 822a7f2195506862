//! Service messages in the reader's language.
//!
//! The model gives a sentence in English as parts. Its pattern, with `{a}` for who did it, `{p}` for
//! others, `{q}` for a title, `{n}` for a number and `{t}` for a length of time, is the key of the
//! translation; a sentence nobody translated stays English.

use telekeep_model::{Part, Service};

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
        let (pattern, values) = take_apart(service);
        if service.parts.iter().any(has_brace) {
            return service.parts.iter().map(plain).collect();
        }
        let translated = self.service.get(pattern.as_str());
        put_together(translated.copied().unwrap_or(&pattern), &values)
    }
}

/// Words that would read as a place of a pattern.
fn has_brace(part: &Part) -> bool {
    matches!(part, Part::Text(words) if words.contains('{'))
}

fn plain(part: &Part) -> Piece {
    match part {
        Part::Actor => Piece::Actor,
        Part::Peer(id) => Piece::Peers(vec![*id]),
        Part::Text(words) => Piece::Words(words.clone()),
        Part::Quote(words) => Piece::Quote(words.clone()),
    }
}

/// What fills the places of a pattern, in order of appearance.
#[derive(Default)]
struct Values {
    peers: Vec<Vec<i64>>,
    quotes: Vec<String>,
    numbers: Vec<String>,
}

fn take_apart(service: &Service) -> (String, Values) {
    let (mut pattern, mut values) = (String::new(), Values::default());
    for part in &service.parts {
        match part {
            Part::Actor => pattern.push_str("{a}"),
            Part::Quote(words) => {
                pattern.push_str("{q}");
                values.quotes.push(words.clone());
            }
            Part::Text(words) => numbers(words, &mut pattern, &mut values),
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

/// Copies words, with each number as a place. Seconds at the end are a length of time.
fn numbers(words: &str, pattern: &mut String, values: &mut Values) {
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
        values.numbers.push(number.to_owned());
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

fn put_together(translated: &str, values: &Values) -> Vec<Piece> {
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
            "n" | "t" => {
                words.push_str(numbers.next().map_or("?", String::as_str));
                continue;
            }
            "a" => Some(Piece::Actor),
            "p" => peers.next().map(|ids| Piece::Peers(ids.clone())),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::by_code;

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
        assert_eq!(take_apart(&service).0, "{a} added {p}");
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
        assert_eq!(take_apart(&service).0, "{a} scored {n} in a game");
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
}
