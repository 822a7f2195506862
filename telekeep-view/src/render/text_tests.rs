//! Any entities over any text: the text stays, the tags balance.

use proptest::prelude::*;
use telekeep_model::{Entity, EntityKind};

use super::super::links::ServerLinks;
use super::{only_emoji, rich, rich_with_hits};

fn entity(offset: u32, length: u32, kind: EntityKind) -> Entity {
    Entity {
        offset,
        length,
        kind,
    }
}

fn html(text: &str, entities: &[Entity]) -> String {
    rich(text, entities, &ServerLinks).to_string()
}

/// The text of HTML made here; panics when tags do not balance.
fn text_of(html: &str) -> String {
    let (mut out, mut open, mut rest) = (String::new(), Vec::new(), html);
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, tail) = after.split_once('>').expect("a tag ends");
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            let opened = open.pop().and_then(|tag: &str| tag.split(' ').next());
            assert_eq!(opened, Some(name), "{html}");
        } else {
            let name = tag.split(' ').next().unwrap();
            let allowed = [
                "b",
                "i",
                "u",
                "s",
                "code",
                "pre",
                "blockquote",
                "span",
                "a",
                "mark",
            ];
            assert!(allowed.contains(&name), "{name}");
            let pressed = |tag: &str| tag.starts_with("a ") || tag.contains("role=\"button\"");
            if pressed(tag) || tag.contains("tabindex") {
                let around = open.iter().any(|tag| pressed(tag));
                assert!(!around, "something to press inside of another: {html}");
            }
            open.push(tag);
        }
    }
    out.push_str(rest);
    assert!(open.is_empty(), "{html}");
    let decode = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    decode
        .iter()
        .fold(out, |text, (code, plain)| text.replace(code, plain))
}

fn any_kind() -> impl Strategy<Value = EntityKind> {
    prop_oneof![
        Just(EntityKind::Bold),
        Just(EntityKind::Code),
        Just(EntityKind::Spoiler),
        Just(EntityKind::Blockquote),
        Just(EntityKind::CollapsedBlockquote),
        Just(EntityKind::Url),
        Just(EntityKind::Mention),
        Just(EntityKind::Hashtag),
        ".{0,8}".prop_map(EntityKind::Pre),
        ".{0,12}".prop_map(EntityKind::TextUrl),
        any::<i64>().prop_map(EntityKind::CustomEmoji),
        any::<i64>().prop_map(EntityKind::MentionName),
        ".{0,8}".prop_map(EntityKind::Unsupported),
    ]
}

fn any_entity() -> impl Strategy<Value = Entity> {
    let number = prop_oneof![0..24_u32, any::<u32>()];
    (number.clone(), number, any_kind())
        .prop_map(|(offset, length, kind)| entity(offset, length, kind))
}

proptest! {
    #[test]
    fn text_is_kept_and_tags_balance(
        text in "[a-c<>&\"' \n\u{301}é字😀👨‍👩‍👧ש]{0,20}",
        entities in prop::collection::vec(any_entity(), 0..8),
        hits in prop::collection::vec((0..40_usize, 0..40_usize), 0..3),
    ) {
        let hits: Vec<_> = hits.into_iter().map(|(start, end)| start..end).collect();
        let html = rich_with_hits(&text, &entities, &hits, &ServerLinks).to_string();
        prop_assert_eq!(text_of(&html), text);
    }
}

#[test]
fn offsets_are_utf16() {
    assert_eq!(
        html("😀ab", &[entity(2, 1, EntityKind::Bold)]),
        "😀<b>a</b>b"
    );
    // Half of a pair takes the whole character.
    assert_eq!(
        html("😀ab", &[entity(1, 1, EntityKind::Bold)]),
        "<b>😀</b>ab"
    );
}

#[test]
fn crossing_entities_are_nested() {
    let crossing = [
        entity(0, 3, EntityKind::Bold),
        entity(2, 3, EntityKind::Italic),
    ];
    assert_eq!(html("abcde", &crossing), "<b>ab<i>c</i></b><i>de</i>");
}

#[test]
fn nothing_of_others_becomes_markup() {
    let text = "<script>alert(1)</script>";
    assert_eq!(html(text, &[]), "&lt;script&gt;alert(1)&lt;/script&gt;");
    let attack = EntityKind::TextUrl("https://x.org/\"onmouseover=\"alert(1)".to_owned());
    let out = html("x", &[entity(0, 1, attack)]);
    assert!(out.contains("&#34;onmouseover=&#34;"), "{out}");
    let script = EntityKind::TextUrl("javascript:alert(1)".to_owned());
    assert_eq!(html("x", &[entity(0, 1, script)]), "<span>x</span>");
}

#[test]
fn links_leave_nothing_behind() {
    let out = html("example.org", &[entity(0, 11, EntityKind::Url)]);
    assert!(
        out.starts_with("<a href=\"https://example.org\" rel=\"noopener noreferrer"),
        "{out}"
    );
}

#[test]
fn large_emoji() {
    for (text, large) in [
        ("😀", true),
        ("👨‍👩‍👧", true),
        ("🇩🇪❤️👍🏽", true),
        ("😀😀😀😀", false),
        ("a😀", false),
        ("", false),
        ("12", false),
    ] {
        assert_eq!(only_emoji(text), large, "{text}");
    }
}

#[test]
fn a_link_in_a_spoiler_is_a_hidden_link_beside_it() {
    let text = "go to example.org/x now";
    let entities = [
        entity(3, 20, EntityKind::Spoiler),
        entity(6, 13, EntityKind::Url),
    ];
    let shown = html(text, &entities);
    assert_eq!(shown.matches("role=\"button\"").count(), 2, "{shown}");
    let link = "<a class=\"spoiler\" aria-expanded=\"false\" aria-label=\"…\" href=\"https://example.org/x\"";
    assert!(shown.contains(link), "{shown}");
    // A link that is hidden in part has the address of all of it.
    let half = html(
        text,
        &[
            entity(3, 6, EntityKind::Spoiler),
            entity(6, 13, EntityKind::Url),
        ],
    );
    assert_eq!(half.matches("https://example.org/x").count(), 2, "{half}");
}
