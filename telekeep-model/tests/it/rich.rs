use proptest::prelude::*;
use serde_json::{Map, Value, json};
use telekeep_model::{Align, Block, EntityKind, Media, Message};

use crate::message;

fn text(words: &str) -> Value {
    json!({"_":"textPlain","text":words})
}

fn of(blocks: Value) -> Message {
    message(
        json!({"message":"","rich_message":{"_":"richMessage","blocks":blocks,
        "photos":[{"_":"photo","id":7,"sizes":[{"_":"photoSize","type":"y","w":800,"h":600,"size":9}]}],
        "documents":[{"_":"document","id":8,"mime_type":"video/mp4","size":5,"attributes":[
            {"_":"documentAttributeFilename","file_name":"tide.mp4"}]}]}}),
    )
}

fn blocks(message: &Message) -> &[Block] {
    message.rich.as_ref().map_or(&[], |rich| &rich.blocks)
}

#[test]
fn words_are_the_text_of_the_message() {
    let title = json!({"_":"pageBlockTitle","text":text("Title")});
    assert_eq!(of(json!([title])).text, "Title");
    let both = message(
        json!({"message":"é before","rich_message":{"_":"richMessage","blocks":[
        {"_":"pageBlockParagraph","text":{"_":"textSpoiler","text":text("behind")}}]}}),
    );
    assert_eq!(both.text, "é before\nbehind");
    assert_eq!(both.rich.as_ref().unwrap().start, "é before".len());
    let spoiler = both.entities.first().unwrap();
    assert_eq!((spoiler.offset, spoiler.length), (9, 6));
    assert_eq!(spoiler.kind, EntityKind::Spoiler);
}

#[test]
fn lists_tables_and_what_is_folded() {
    let message = of(json!([
        {"_":"pageBlockOrderedList","start":3,"type":"i","reversed":true,"items":[
            {"_":"pageListOrderedItemText","text":text("three"),"num":"iii","value":3},
            {"_":"pageListOrderedItemBlocks","checkbox":true,"checked":true,"blocks":[
                {"_":"pageBlockList","items":[{"_":"pageListItemText","checkbox":true,"text":text("inner")}]}]}]},
        {"_":"pageBlockTable","bordered":true,"title":text("Tides"),"rows":[
            {"_":"pageTableRow","cells":[{"_":"pageTableCell","header":true,"align_right":true,
                "text":text("high"),"colspan":1_000_000,"rowspan":-4}]},
            {"_":"pageTableRow","cells":[{"_":"pageTableCell","text":text("low"),"rowspan":50}]}]},
        {"_":"pageBlockDetails","open":true,"title":text("More"),"blocks":[
            {"_":"pageBlockPreformatted","language":"rust","text":text("fn main() {}")}]}
    ]));
    let [
        Block::List(list),
        Block::Table(table),
        Block::Details(details),
    ] = blocks(&message)
    else {
        panic!("{:?}", message.rich)
    };
    let numbers = list.numbers.as_ref().unwrap();
    assert_eq!(
        (numbers.start, numbers.kind, numbers.reversed),
        (Some(3), Some('i'), true)
    );
    assert_eq!(list.items[0].label.as_deref(), Some("iii"));
    assert_eq!(list.items[1].checked, Some(true));
    let head = &table.rows[0][0];
    assert_eq!(
        (head.header, head.align, head.columns, head.rows),
        (true, Align::Right, 100, 0)
    );
    assert_eq!(table.rows[1][0].rows, 1, "not beyond the last row");
    assert!(
        details.open && matches!(&details.blocks[..], [Block::Code(_, rust)] if rust == "rust")
    );
}

#[test]
fn files_and_what_is_said_of_other_pages() {
    let caption = json!({"_":"pageCaption","text":text("below"),"credit":text("by me")});
    let message = of(json!([
        {"_":"pageBlockCover","cover":{"_":"pageBlockPhoto","spoiler":true,"photo_id":7,"caption":caption}},
        {"_":"pageBlockVideo","video_id":8,"caption":caption},
        {"_":"pageBlockAudio","audio_id":99,"caption":caption},
        {"_":"pageBlockRelatedArticles","title":text("Read on"),"articles":[
            {"_":"pageRelatedArticle","url":"https://e.org/1","title":"Ebb"}]},
        {"_":"pageBlockChannel","channel":{"_":"channel","id":5,"title":"Quay"}}
    ]));
    let mut wanted = Vec::new();
    message.wanted(&mut |key, _| wanted.push(key.to_owned()));
    assert_eq!(wanted, ["photo/7/y", "document/8"]);
    let rich = message.rich.as_ref().unwrap();
    let kinds: Vec<_> = rich.media().iter().map(Media::kind).collect();
    assert_eq!(kinds, ["photo", "file"]);
    let Some(Block::Photo(photo, below)) = blocks(&message).first() else {
        panic!()
    };
    assert!(photo.as_ref().as_ref().unwrap().spoiler && below.credit.text == "by me");
    assert!(matches!(&blocks(&message)[2], Block::Document(none, _) if none.is_none()));
    let found = message.search_text();
    for words in [
        "below",
        "by me",
        "tide.mp4",
        "Ebb",
        "https://e.org/1",
        "Quay",
    ] {
        assert!(found.contains(words), "{words} in {found}");
    }
}

#[test]
fn formatting_reaches_search_and_the_lines_of_blocks() {
    let message = of(
        json!([{"_":"pageBlockParagraph","text":{"_":"textConcat","texts":[
        {"_":"textHashtag","text":text("#tide")}, text(" "),
        {"_":"textUrl","url":"https://e.org/","webpage_id":0,"text":text("here")},
        {"_":"textDiff","text":text("new"),"old_text":text("old")},
        {"_":"textImage","document_id":4,"w":9,"h":9}]}}]),
    );
    assert_eq!(message.tags(), ["tide"]);
    assert!(message.has_link() && message.search_text().contains("https://e.org/"));
    let [Block::Paragraph(line)] = blocks(&message) else {
        panic!()
    };
    assert_eq!(line.text, "#tide hereoldnew🖼");
    let kinds: Vec<_> = line.entities.iter().map(|entity| &entity.kind).collect();
    assert!(kinds.contains(&&EntityKind::Removed) && kinds.contains(&&EntityKind::CustomEmoji(4)));
}

#[test]
fn what_is_not_known_is_said_in_plain_words() {
    let message = of(json!([
        {"_":"pageBlockOfTheFuture","body":{"_":"textPlain","text":"still here"}},
        {"_":"pageBlockParagraph","text":text("a"),"margin":text("b")}]));
    assert_eq!(message.unsupported, ["pageBlockOfTheFuture"]);
    let [Block::Unsupported(name, line), Block::Paragraph(both)] = blocks(&message) else {
        panic!()
    };
    assert_eq!(
        (name.as_str(), line.text.as_str()),
        ("pageBlockOfTheFuture", "still here")
    );
    assert_eq!(both.text, "ba");
}

#[test]
fn number_and_depth_are_bounded_and_nothing_is_lost() {
    let many: Vec<_> = (0..20_000)
        .map(|n| json!({"_":"pageBlockParagraph","text":text(&format!("n{n}"))}))
        .collect();
    let message = of(json!(many));
    assert!(blocks(&message).len() < 10_000);
    assert_eq!(lost(&json!(many), &message), None);
    let mut deep = json!({"_":"pageBlockParagraph","text":text("bottom")});
    for n in 0..40 {
        deep = json!({"_":"pageBlockDetails","title":text(&format!("t{n}")),"blocks":[deep]});
    }
    let deep = json!([deep]);
    assert_eq!(lost(&deep, &of(deep.clone())), None);
    let cells: Vec<_> = (0..1000)
        .map(|n| json!({"_":"pageTableCell","text":text(&format!("c{n}"))}))
        .collect();
    let wide = json!([{"_":"pageBlockTable","title":text(""),"rows":[{"_":"pageTableRow","cells":cells}]}]);
    assert_eq!(lost(&wide, &of(wide.clone())), None);
}

/// A piece of text of `value` that no line of the message's blocks, or not its text, has.
fn lost(value: &Value, message: &Message) -> Option<String> {
    let mut lines = String::new();
    if let Some(rich) = &message.rich {
        rich.lines(&mut |line| lines = std::mem::take(&mut lines) + &line.text + "\n");
    }
    let mut leaves = Vec::new();
    collect(value, &mut leaves);
    leaves
        .into_iter()
        .map(|leaf| leaf.trim().to_owned())
        .find(|leaf| !lines.contains(leaf.as_str()) || !message.text.contains(leaf.as_str()))
}

fn collect(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match (key.as_str(), field) {
                    ("text" | "source" | "alt", Value::String(text)) => out.push(text.clone()),
                    ("photos" | "documents", _) => {}
                    _ => collect(field, out),
                }
            }
        }
        _ => {}
    }
}

const NAMES: [&str; 30] = [
    "pageBlockParagraph",
    "pageBlockHeading2",
    "pageBlockPreformatted",
    "pageBlockBlockquote",
    "pageBlockBlockquoteBlocks",
    "pageBlockList",
    "pageBlockOrderedList",
    "pageListItemText",
    "pageListItemBlocks",
    "pageListOrderedItemText",
    "pageBlockTable",
    "pageTableRow",
    "pageTableCell",
    "pageBlockDetails",
    "pageBlockPhoto",
    "pageBlockVideo",
    "pageBlockCollage",
    "pageBlockCover",
    "pageBlockEmbedPost",
    "pageBlockRelatedArticles",
    "pageBlockButtonRow",
    "pageBlockMath",
    "pageBlockMap",
    "pageBlockChannel",
    "pageCaption",
    "textPlain",
    "textConcat",
    "textSpoiler",
    "textUrl",
    "textDiff",
];

const KEYS: [&str; 26] = [
    "text", "texts", "title", "caption", "credit", "blocks", "items", "rows", "cells", "cover",
    "articles", "buttons", "author", "source", "alt", "old_text", "colspan", "rowspan", "start",
    "photo_id", "channel", "geo", "checkbox", "header", "url", "num",
];

fn any_block() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z<&\"é👋 \\n]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 120, 6, |inner| {
        let key = proptest::sample::select(KEYS.to_vec());
        let name = proptest::sample::select(NAMES.to_vec());
        let fields = proptest::collection::vec((key, inner.clone()), 0..5);
        prop_oneof![
            1 => proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            4 => (name, fields).prop_map(|(name, fields)| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                let named = [("_".to_owned(), Value::from(name))];
                Value::Object(fields.chain(named).collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn no_words_are_lost_whatever_comes(value in proptest::collection::vec(any_block(), 0..4)) {
        let value = Value::from(value);
        let message = of(value.clone());
        prop_assert_eq!(lost(&value, &message), None);
        let stored = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(serde_json::from_str::<Message>(&stored).unwrap(), message);
    }
}
