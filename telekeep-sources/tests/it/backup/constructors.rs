//! The proof that everything the layer has is exercised: a world with every kind of everything is
//! backed up, the records are searched for every constructor, and those that were never met are
//! compared with a list that says why.

use std::collections::VecDeque;

use telekeep_tl::{Combinator, Schema, Type};

use super::*;

/// Constructors that no backup of the fullest world brings, under lines that say why.
const NEVER: &str = include_str!("never_exercised.txt");

/// Types that an archive of messages is about. What they hold is looked for too.
const TYPES: &[&str] = &[
    "Message",
    "MessageMedia",
    "MessageAction",
    "MessageEntity",
    "RichText",
    "PageBlock",
    "StoryItem",
    "Update",
];

/// The types of which each constructor must be met, whatever holds them: all that a message or a
/// story can hold, at any depth, and updates and entries of sub-chats themselves.
fn watched(schema: &Schema) -> BTreeSet<String> {
    let mut seen = BTreeSet::from(["Update".to_owned(), "SavedDialog".to_owned()]);
    let of_messages = TYPES.iter().filter(|ty| **ty != "Update");
    let mut next: VecDeque<String> = of_messages.map(|ty| (*ty).to_owned()).collect();
    while let Some(ty) = next.pop_front() {
        if !seen.insert(ty.clone()) {
            continue;
        }
        for constructor in constructors(schema, &ty) {
            let fields = constructor.fields().iter();
            next.extend(fields.filter_map(|field| boxed(schema, field.ty())));
        }
    }
    seen
}

fn constructors<'a>(schema: &'a Schema, ty: &str) -> Vec<&'a Combinator> {
    match schema.type_of(ty) {
        Some(Type::Boxed(id)) => schema.constructors_of(id).collect(),
        _ => Vec::new(),
    }
}

fn boxed(schema: &Schema, ty: Type) -> Option<String> {
    match ty {
        Type::Boxed(_) => Some(schema.type_text(ty)),
        Type::Bare(id) => Some(schema.combinator(id).type_name().to_owned()),
        Type::Vector(id) => boxed(schema, schema.element_type(id)),
        _ => None,
    }
}

fn names(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            into.extend(fields.get("_").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| names(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

/// The list, without its reasons; each name stands once and below a reason.
fn listed() -> BTreeSet<String> {
    let mut listed = BTreeSet::new();
    let mut reason = false;
    for line in NEVER.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with('#') {
            reason = true;
            continue;
        }
        assert!(reason, "{line}: no reason is given");
        for name in line.split_whitespace() {
            assert!(listed.insert(name.to_owned()), "{name} is listed twice");
        }
    }
    listed
}

#[tokio::test(flavor = "multi_thread")]
async fn every_constructor_is_met_or_named_with_the_reason() {
    let rig = Rig::start(40, 3000, 4).await;
    rig.cloud.world().add_specimens();
    rig.cloud
        .world()
        .add_direct_messages(rig.account())
        .unwrap();
    let kept = rig.archive("a").await;
    let summary = rig.run(&kept).await.unwrap();
    assert!(summary.complete, "{summary:?}");
    rig.assert_equals_world(&kept);

    let mut met = BTreeSet::new();
    for record in kept.records() {
        assert_ne!(record.kind, "raw", "{}", record.body.get());
        let body: Value = serde_json::from_str(record.body.get()).unwrap();
        names(&body, &mut met);
    }
    let schema = telekeep_tl::bundled(230).unwrap();
    let types = watched(schema);
    let all = types.iter().flat_map(|ty| constructors(schema, ty));
    let never: BTreeSet<String> = all
        .map(|constructor| constructor.name().to_owned())
        .filter(|name| !met.contains(name))
        .collect();
    let listed = listed();
    let new: Vec<&String> = never.difference(&listed).collect();
    assert!(
        new.is_empty(),
        "not exercised, and never_exercised.txt does not say why: {new:#?}"
    );
    let now: Vec<&String> = listed.difference(&never).collect();
    assert!(
        now.is_empty(),
        "exercised, or not in the layer: take out of never_exercised.txt: {now:#?}"
    );
}
