//! Any bytes, as any bundled layer: refused, or decoded to what encodes to the same bytes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use telekeep_tl::{LAYERS, bundled};

fuzz_target!(|input: &[u8]| {
    let Some((layer, bytes)) = input.split_first() else {
        return;
    };
    let Some(schema) = bundled(LAYERS[usize::from(*layer) % LAYERS.len()]) else {
        return;
    };
    let mut text = Vec::new();
    let decoded = schema.to_json("", bytes, &mut text);
    let value = schema.to_value("", bytes);
    assert_eq!(decoded.is_ok(), value.is_ok());
    let Ok(value) = value else { return };
    let parsed: serde_json::Value = serde_json::from_slice(&text).expect("the text is JSON");
    assert_eq!(parsed, value);
    let mut again = Vec::new();
    schema
        .encode("", &value, &mut again)
        .expect("what was decoded encodes");
    assert_eq!(again, bytes);
    if let Ok(object) = schema.object(bytes) {
        object.fingerprint(&["file_reference", "access_hash"]);
        object.walk(&mut |inner| drop(inner.get("id")));
    }
});
