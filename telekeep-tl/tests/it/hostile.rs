//! Bytes from an enemy: an error or a value that encodes to the same bytes, never a panic, never more memory than they pay for.

use proptest::prelude::*;
use telekeep_tl::{DecodeProblem, MAX_DEPTH, Schema, bundled};

use crate::generate::{Content, Generator, Random, all};

/// What was decoded must encode to what it was decoded from; says whether anything was.
fn decodes_faithfully(schema: &Schema, bytes: &[u8]) -> bool {
    let mut text = b"before".to_vec();
    let decoded = schema.to_json("", bytes, &mut text);
    let value = schema.to_value("", bytes);
    let view = schema.object(bytes);
    assert_eq!(decoded.is_ok(), value.is_ok());
    let Ok(value) = value else {
        assert_eq!(text, b"before");
        return false;
    };
    let mut again = Vec::new();
    schema.encode("", &value, &mut again).unwrap();
    assert_eq!(again, bytes);
    if let Ok(view) = view {
        view.fingerprint(&["id"]);
        view.walk(&mut |object| drop(object.get("id")));
    }
    true
}

#[test]
fn truncated_messages_are_refused_at_every_length() {
    let schema = bundled(230).unwrap();
    let mut generator = Generator::new(schema, Content::Anything, 1);
    for name in [
        "message",
        "messageService",
        "updates",
        "messages.messagesSlice",
        "document",
    ] {
        let bytes = generator.combinator(schema.constructor(name).unwrap());
        for length in 0..bytes.len() {
            assert!(
                !decodes_faithfully(schema, &bytes[..length]),
                "{name} cut to {length} of {}",
                bytes.len()
            );
        }
        let mut longer = bytes.clone();
        longer.extend([0; 4]);
        assert!(!decodes_faithfully(schema, &longer), "{name} with a tail");
    }
}

#[test]
fn flipped_bits_change_the_value_or_are_refused() {
    let schema = bundled(230).unwrap();
    let mut generator = Generator::new(schema, Content::Tame, 2);
    let mut decoded = 0;
    for combinator in all(schema) {
        let mut bytes = generator.combinator(combinator);
        for _ in 0..20 {
            let bit = generator.random.below(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            decoded += usize::from(decodes_faithfully(schema, &bytes));
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
    assert!(decoded > 1000, "the test only sees refusals: {decoded}");
}

#[test]
fn claimed_counts_buy_nothing() {
    let schema = bundled(230).unwrap();
    let mut bytes = 0x1cb5_c415_u32.to_le_bytes().to_vec();
    bytes.extend(u32::MAX.to_le_bytes());
    bytes.extend([0; 8]);
    for ty in ["Vector<long>", "Vector<User>", "Vector<string>"] {
        let error = schema.to_value(ty, &bytes).unwrap_err();
        assert_eq!(
            error.problem(),
            &DecodeProblem::VectorTooLong {
                claimed: u32::MAX,
                left: 8
            }
        );
    }
}

/// `textBold` inside `textBold` ... around an empty text.
fn nested_texts(schema: &Schema, levels: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 1..levels {
        bytes.extend(schema.constructor("textBold").unwrap().id().to_le_bytes());
    }
    bytes.extend(schema.constructor("textEmpty").unwrap().id().to_le_bytes());
    bytes
}

#[test]
fn depth_is_bounded_and_what_passes_is_readable_json() {
    let schema = bundled(230).unwrap();
    let deepest = nested_texts(schema, MAX_DEPTH);
    assert!(decodes_faithfully(schema, &deepest));
    let mut text = Vec::new();
    schema.to_json("RichText", &deepest, &mut text).unwrap();
    serde_json::from_slice::<serde_json::Value>(&text).unwrap();
    for levels in [MAX_DEPTH + 1, 1_000_000] {
        let error = schema
            .to_value("RichText", &nested_texts(schema, levels))
            .unwrap_err();
        assert_eq!(error.problem(), &DecodeProblem::TooDeep);
        assert!(
            error.to_string().len() < 2000,
            "an error message stays readable"
        );
    }
}

#[test]
fn bare_recursion_without_bytes_ends() {
    let schema = Schema::parse("// LAYER 1\na#1 inner:%A = A;").unwrap();
    assert_eq!(
        schema
            .to_value("A", &1u32.to_le_bytes())
            .unwrap_err()
            .problem(),
        &DecodeProblem::TooDeep
    );
}

#[test]
fn a_flood_of_flags_is_bounded() {
    let schema = bundled(230).unwrap();
    let rights = schema.constructor("chatAdminRights").unwrap();
    let fields = rights.fields().len() - 1;
    let mask = rights.fields()[0].as_flags().unwrap().1;
    let count = telekeep_tl::MAX_PARTS as usize / fields + 1;
    let mut bytes = 0x1cb5_c415_u32.to_le_bytes().to_vec();
    bytes.extend((count as u32).to_le_bytes());
    for _ in 0..count {
        bytes.extend(rights.id().to_le_bytes());
        bytes.extend(mask.to_le_bytes());
    }
    assert_eq!(
        schema
            .to_json("Vector<ChatAdminRights>", &bytes, &mut Vec::new())
            .unwrap_err()
            .problem(),
        &DecodeProblem::TooLarge
    );
}

#[test]
fn errors_say_where() {
    let schema = bundled(230).unwrap();
    let mut bytes = Vec::new();
    let user = serde_json::json!({"_": "userEmpty", "id": 1});
    schema.encode("", &serde_json::json!({"_": "contacts.blocked", "blocked": [], "chats": [], "users": [user, user]}), &mut bytes).unwrap();
    let last = bytes.len() - 12;
    bytes[last] ^= 1;
    let error = schema.to_value("", &bytes).unwrap_err();
    assert_eq!(error.path().to_string(), "contacts.blocked.users[1]");
    assert_eq!(error.offset(), last);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn noise(layer in prop::sample::select(telekeep_tl::LAYERS), which: prop::sample::Index, noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let schema = bundled(layer).unwrap();
        decodes_faithfully(schema, &noise);
        let definitions: Vec<_> = all(schema).collect();
        let mut bytes = definitions[which.index(definitions.len())].id().to_le_bytes().to_vec();
        bytes.extend(noise);
        decodes_faithfully(schema, &bytes);
    }

    #[test]
    fn damage(which: prop::sample::Index, seed: u64) {
        let schema = bundled(230).unwrap();
        let definitions: Vec<_> = all(schema).collect();
        let mut bytes = Generator::new(schema, Content::Anything, seed).combinator(definitions[which.index(definitions.len())]);
        let mut random = Random(!seed);
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            bytes[at] = [0, 1, 0x7f, 0xfe, 0xff, random.next() as u8][random.below(6)];
        }
        decodes_faithfully(schema, &bytes);
    }
}
