//! Decoding then encoding gives the same bytes, for everything a schema can express.

use proptest::prelude::*;
use serde_json::Value;
use telekeep_tl::{Combinator, LAYERS, Schema, bundled};

use crate::generate::{Content, Generator, all};

/// bytes → JSON text → bytes, and bytes → JSON tree, and what the object view says of it.
pub fn check(schema: &Schema, ty: &str, bytes: &[u8]) {
    let mut text = Vec::new();
    schema
        .to_json(ty, bytes, &mut text)
        .unwrap_or_else(|error| panic!("{ty}: {error}"));
    let parsed: Value = serde_json::from_slice(&text)
        .unwrap_or_else(|error| panic!("{ty}: {error}: {}", String::from_utf8_lossy(&text)));
    let mut again = Vec::new();
    schema
        .encode(ty, &parsed, &mut again)
        .unwrap_or_else(|error| panic!("{ty}: {error}: {parsed}"));
    assert_eq!(again, bytes, "{ty}: {parsed}");
    assert_eq!(schema.to_value(ty, bytes).unwrap(), parsed);
}

fn check_combinator(schema: &Schema, generator: &mut Generator<'_>, combinator: &Combinator) {
    let bytes = generator.combinator(combinator);
    check(schema, "Object", &bytes);
    if !combinator.is_function() {
        check(schema, combinator.type_name(), &bytes);
    }
    let object = schema.object(&bytes).unwrap();
    assert_eq!(object.name(), combinator.name());
    let (mut by_view, mut by_schema) = (Vec::new(), Vec::new());
    object.json(&mut by_view).unwrap();
    schema.to_json("", &bytes, &mut by_schema).unwrap();
    assert_eq!(by_view, by_schema);
}

fn every_definition(layer: i32) {
    let schema = bundled(layer).unwrap();
    let mut generator = Generator::new(schema, Content::Anything, layer as u64);
    let mut count = 0;
    for combinator in all(schema) {
        for _ in 0..4 {
            check_combinator(schema, &mut generator, combinator);
        }
        count += 1;
    }
    assert!(count > 1900, "layer {layer} has only {count} definitions");
}

#[test]
fn every_definition_of_layer_230() {
    every_definition(230);
}

#[test]
fn every_definition_of_layer_227() {
    every_definition(227);
}

#[test]
fn every_definition_of_layer_222() {
    every_definition(222);
}

#[test]
fn every_definition_of_layer_216() {
    every_definition(216);
}

#[test]
fn every_bundled_layer_has_its_test() {
    assert_eq!(LAYERS, [230, 227, 222, 216]);
}

#[test]
fn results_that_are_vectors() {
    let schema = bundled(230).unwrap();
    let mut generator = Generator::new(schema, Content::Anything, 7);
    let results = schema
        .functions()
        .filter(|function| function.type_name() != "X");
    for function in results {
        let result = schema.result_type(function.name()).unwrap();
        let ty = schema
            .type_of(result)
            .unwrap_or_else(|| panic!("{} answers {result}", function.name()));
        let mut bytes = Vec::new();
        generator.value(ty, 0, &mut bytes);
        check(schema, result, &bytes);
        schema.element(result, &bytes).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_definition(layer in prop::sample::select(LAYERS), which: prop::sample::Index, seed: u64) {
        let schema = bundled(layer).unwrap();
        let definitions: Vec<_> = all(schema).collect();
        check_combinator(schema, &mut Generator::new(schema, Content::Anything, seed), definitions[which.index(definitions.len())]);
    }
}
