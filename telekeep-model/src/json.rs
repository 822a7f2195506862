//! Scalars of the TL JSON mapping, read leniently, and the constructor name of a raw object.

use std::{borrow::Cow, fmt};

use base64::Engine as _;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::ModelError;

/// A TL string: a JSON string, or `{"$bytes": base64}` when its bytes are not UTF-8 (then shown with
/// replacement characters).
#[derive(Clone, Debug, Default)]
pub(crate) struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    pub(crate) fn owned(self) -> String {
        self.0.into_owned()
    }

    /// `None` for the empty string.
    pub(crate) fn filled(self) -> Option<String> {
        if self.0.is_empty() {
            None
        } else {
            Some(self.0.into_owned())
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
        Ok(Text(Cow::Owned(value)))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Text::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut text = Text::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "$bytes" {
                let encoded = map.next_value::<Cow<'de, str>>()?;
                let bytes = base64::engine::general_purpose::STANDARD
                    .decode(encoded.as_bytes())
                    .unwrap_or_default();
                text = Text(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(text)
    }
}

/// A TL double or int: a JSON number, or `{"$double": hex}` for values JSON cannot write (read as 0).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Number(pub f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Number, E> {
        Ok(Number(value))
    }

    #[allow(clippy::cast_precision_loss)] // durations and coordinates: far below 2^53
    fn visit_i64<E>(self, value: i64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, value: u64) -> Result<Number, E> {
        Ok(Number(value as f64))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Number, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Number(0.0))
    }
}

/// The constructor name of a raw TL object. The codec writes `"_"` first, which makes this a look at
/// the first bytes; any other order is found by parsing.
pub(crate) fn constructor(raw: &RawValue) -> Cow<'_, str> {
    const START: &str = "{\"_\":\"";
    let text = raw.get();
    if let Some(rest) = text.strip_prefix(START)
        && let Some(end) = rest.find(['"', '\\'])
        && rest.as_bytes().get(end) == Some(&b'"')
    {
        return Cow::Borrowed(rest.get(..end).unwrap_or_default());
    }
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(rename = "_", borrow, default)]
        name: Text<'a>,
    }
    serde_json::from_str::<Named<'_>>(text)
        .map(|named| named.name.0)
        .unwrap_or_default()
}

/// Parses `raw` as `T`, naming the object in the error.
pub(crate) fn read<'a, T: Deserialize<'a>>(
    what: &'static str,
    text: &'a str,
) -> Result<T, ModelError> {
    serde_json::from_str(text).map_err(|error| ModelError::body(what, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_are_not_utf8() {
        let text: Text<'_> = serde_json::from_str(r#"{"$bytes":"aGn/"}"#).unwrap();
        assert_eq!(text.0, "hi\u{fffd}");
        let text: Text<'_> = serde_json::from_str(r#""a\nb""#).unwrap();
        assert_eq!(text.0, "a\nb");
        let text: Text<'_> = serde_json::from_str("null").unwrap();
        assert_eq!(text.0, "");
    }

    #[test]
    fn numbers() {
        let number = |json: &str| serde_json::from_str::<Number>(json).unwrap().0;
        assert_eq!(number("3"), 3.0);
        assert_eq!(number("-3.5"), -3.5);
        assert_eq!(number(r#"{"$double":"000000000000f87f"}"#), 0.0);
    }

    #[test]
    fn constructor_names_in_any_place() {
        let name =
            |json: &str| constructor(&RawValue::from_string(json.to_owned()).unwrap()).into_owned();
        assert_eq!(name(r#"{"_":"message","id":1}"#), "message");
        assert_eq!(name(r#"{"id":1,"_":"message"}"#), "message");
        assert_eq!(name(r#"{ "_" : "message"}"#), "message");
        assert_eq!(name(r#"{"id":1}"#), "");
        assert_eq!(name("[1]"), "");
    }
}
