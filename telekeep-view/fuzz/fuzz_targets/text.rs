//! Texts and formatting of strangers become HTML: the text comes out whole, tags are ours and
//! balanced, links go nowhere dangerous. Run: `cargo +nightly fuzz run text`.
#![no_main]

use telekeep_model::{Entity, EntityKind};
use telekeep_view::{
    render::{Change, ServerLinks, differences, rich_with_hits, safe_address},
    safe_name,
};

/// Formatting from bytes, and the text after it.
fn read(input: &[u8]) -> Option<(Vec<Entity>, &str)> {
    let (count, mut rest) = input.split_first()?;
    let mut entities = Vec::new();
    let count = usize::from(count % 8);
    let texts = std::str::from_utf8(rest.get(count * 5..)?).ok()?;
    for _ in 0..count {
        let ([kind, offset, length, from, to], after) = rest.split_first_chunk::<5>()?;
        rest = after;
        let part = texts
            .get(usize::from(*from)..usize::from(*to))
            .unwrap_or("http://e.org");
        entities.push(Entity {
            offset: u32::from(*offset),
            length: if *length == 255 {
                u32::MAX
            } else {
                u32::from(*length)
            },
            kind: kind_of(*kind, part),
        });
    }
    Some((entities, texts))
}

fn kind_of(number: u8, part: &str) -> EntityKind {
    match number % 20 {
        0 => EntityKind::Mention,
        1 => EntityKind::Hashtag,
        2 => EntityKind::Url,
        3 => EntityKind::Email,
        4 => EntityKind::Bold,
        5 => EntityKind::Italic,
        6 => EntityKind::Code,
        7 => EntityKind::Pre(part.to_owned()),
        8 => EntityKind::TextUrl(part.to_owned()),
        9 => EntityKind::MentionName(7),
        10 => EntityKind::Cashtag,
        11 => EntityKind::Underline,
        12 => EntityKind::Strike,
        13 => EntityKind::Spoiler,
        14 => EntityKind::CustomEmoji(9),
        15 => EntityKind::Blockquote,
        16 => EntityKind::CollapsedBlockquote,
        17 => EntityKind::FormattedDate(1_700_000_000),
        18 => EntityKind::Phone,
        _ => EntityKind::Unsupported(part.to_owned()),
    }
}

/// The text of HTML that is ours; panics at anything else.
fn shown(html: &str) -> String {
    let mut out = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('>').expect("a tag ends") + at;
        let tag = &rest[at + 1..end];
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
            None => open.push(checked(tag)),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{html}");
    out.push_str(rest);
    assert!(!out.contains('>') && !out.contains('"') && !out.contains('\''));
    for (escape, text) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        out = out.replace(escape, text);
    }
    out
}

/// The name of a tag with attributes that may be there.
fn checked(tag: &str) -> &str {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    const NAMES: [&str; 10] = [
        "a",
        "b",
        "blockquote",
        "code",
        "i",
        "mark",
        "pre",
        "s",
        "span",
        "u",
    ];
    assert!(NAMES.contains(&name), "{tag}");
    while let Some((attribute, after)) = rest.split_once("=\"") {
        let (value, after) = after.split_once('"').expect("a value ends");
        match attribute.trim() {
            "href" => {
                let value = value.to_ascii_lowercase();
                let known = ["/", "http://", "https://", "mailto:", "tg:", "tel:", "ton:"];
                assert!(
                    known.iter().any(|scheme| value.starts_with(scheme)),
                    "{value}"
                );
                assert!(!value.starts_with("//"), "{value}");
            }
            "class" | "dir" | "tabindex" | "data-language" | "rel" | "target" | "title" | "role"
            | "aria-expanded" | "aria-label" => {}
            other => panic!("an attribute {other}"),
        }
        rest = after;
    }
    name
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((entities, text)) = read(input) else {
        return;
    };
    let hits: Vec<_> = entities
        .iter()
        .map(|entity| entity.offset as usize..entity.offset.saturating_add(entity.length) as usize)
        .collect();
    let html = rich_with_hits(text, &entities, &hits, &ServerLinks);
    assert_eq!(shown(html.as_str()), text.replace('\0', "\u{fffd}"));
    let _ = safe_address(text);
    let name = safe_name(text);
    assert!(
        !name.is_empty()
            && name.len() <= 200
            && !name.contains(['/', '\\', '\0'])
            && !name.starts_with('.')
    );
    let half = (0..=text.len() / 2)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default();
    let (earlier, later) = text.split_at(half);
    let (mut old, mut new) = (String::new(), String::new());
    for change in differences(earlier, later) {
        match change {
            Change::Same(text) => {
                old.push_str(&text);
                new.push_str(&text);
            }
            Change::Removed(text) => old.push_str(&text),
            Change::Added(text) => new.push_str(&text),
        }
    }
    assert_eq!((old.as_str(), new.as_str()), (earlier, later));
});
