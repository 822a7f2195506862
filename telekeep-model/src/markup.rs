//! Buttons under a message (inline and reply keyboards).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One button. Rows are flattened: the order is the reading order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// Its label.
    pub text: String,
    /// The link it opens, when it is a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Buttons of any `ReplyMarkup`. Layers differ in how a button names its kind, so this looks only
/// at what all have: rows, buttons, a text, and a url in the button or in its type.
pub(crate) fn buttons(markup: &str) -> Vec<Button> {
    let Ok(value) = serde_json::from_str::<Value>(markup) else {
        return Vec::new();
    };
    let rows = value.get("rows").and_then(Value::as_array);
    let mut found = Vec::new();
    for row in rows.into_iter().flatten() {
        for button in row
            .get("buttons")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let url = button.get("url").or_else(|| button.get("type")?.get("url"));
            if let Some(text) = button.get("text").and_then(Value::as_str) {
                found.push(Button {
                    text: text.to_owned(),
                    url: url.and_then(Value::as_str).map(str::to_owned),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_reading_order() {
        let found = buttons(
            r#"{"_":"replyInlineMarkup","rows":[
              {"_":"keyboardInlineButtonRow","buttons":[
                {"_":"keyboardInlineButton","text":"A","type":{"_":"inlineButtonTypeUrl","url":"https://e.org"}},
                {"_":"keyboardInlineButton","text":"B","type":{"_":"x"}}]},
              {"_":"keyboardButtonRow","buttons":[{"_":"keyboardButtonUrl","text":"C","url":"u"}, 5]}]}"#,
        );
        let shown: Vec<_> = found
            .iter()
            .map(|b| (b.text.as_str(), b.url.as_deref()))
            .collect();
        assert_eq!(
            shown,
            [("A", Some("https://e.org")), ("B", None), ("C", Some("u"))]
        );
        assert!(buttons("[]").is_empty());
    }
}
