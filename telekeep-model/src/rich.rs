//! Plain words of rich text (`RichMessage`, layer 228 and later): enough to search and to show a
//! message whose whole content is blocks.

use serde_json::Value;

/// Appends every piece of text in reading order; block ends become line breaks.
///
/// The depth is that of a parsed JSON value, which the parser bounds.
pub(crate) fn plain(rich: &str) -> String {
    let mut out = String::new();
    if let Ok(value) = serde_json::from_str::<Value>(rich) {
        collect(&value, &mut out);
    }
    out.truncate(out.trim_end().len());
    out
}

fn collect(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(fields) => {
            let name = fields.get("_").and_then(Value::as_str).unwrap_or_default();
            for (key, field) in fields {
                match (key.as_str(), field) {
                    ("text" | "source" | "alt", Value::String(text)) => out.push_str(text),
                    ("photos" | "documents", _) => {}
                    (_, Value::Array(_) | Value::Object(_)) => collect(field, out),
                    _ => {}
                }
            }
            if name.starts_with("page") && !out.is_empty() && !out.ends_with('\n') {
                out.push('\n');
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn blocks_become_lines() {
        let rich = r#"{"_":"richMessage","blocks":[
            {"_":"pageBlockTitle","text":{"_":"textPlain","text":"Title"}},
            {"_":"pageBlockParagraph","text":{"_":"textConcat","texts":[
                {"_":"textPlain","text":"one "},
                {"_":"textBold","text":{"_":"textPlain","text":"two"}}]}}],
            "photos":[{"_":"photo","text":"no"}],"documents":[]}"#;
        assert_eq!(super::plain(rich), "Title\none two");
        assert_eq!(super::plain("7"), "");
    }
}
