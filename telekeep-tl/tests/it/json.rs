//! The JSON form as `docs/tl-json.md` states it.

use serde_json::{Value, json};
use telekeep_tl::{Schema, bundled};

fn schema() -> &'static Schema {
    bundled(230).unwrap()
}

fn encode(schema: &Schema, ty: &str, value: &Value) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    schema
        .encode(ty, value, &mut bytes)
        .map(|()| bytes)
        .map_err(|error| error.to_string())
}

fn text(schema: &Schema, ty: &str, bytes: &[u8]) -> String {
    let mut out = Vec::new();
    schema.to_json(ty, bytes, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn each_kind_of_value_has_one_form() {
    let schema = schema();
    let cases: [(&str, &[u8], &str); 14] = [
        ("int", &[0xff; 4], "-1"),
        ("#", &[0xff; 4], "4294967295"),
        ("long", &[0, 0, 0, 0, 0, 0, 0, 0x80], "-9223372036854775808"),
        ("double", &1.5f64.to_le_bytes(), "1.5"),
        ("double", &1f64.to_le_bytes(), "1.0"),
        ("double", &(-0f64).to_le_bytes(), "-0.0"),
        ("double", &5e-324f64.to_le_bytes(), "5e-324"),
        (
            "double",
            &[1, 0, 0, 0, 0, 0, 0xf8, 0x7f],
            r#"{"$double":"010000000000f87f"}"#,
        ),
        ("Bool", &[0xb5, 0x75, 0x72, 0x99], "true"),
        ("string", b"\x02\"\n\0", r#""\"\n""#),
        ("string", b"\x02\xff\xfe\0", r#"{"$bytes":"//4="}"#),
        ("bytes", b"\x02\xff\xfe\0", r#""//4=""#),
        ("int128", &[0; 16], r#""AAAAAAAAAAAAAAAAAAAAAA==""#),
        (
            "Vector<int>",
            &[0x15, 0xc4, 0xb5, 0x1c, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0],
            "[1,2]",
        ),
    ];
    for (ty, bytes, expected) in cases {
        assert_eq!(text(schema, ty, bytes), expected, "{ty}");
        assert_eq!(
            encode(schema, ty, &serde_json::from_str(expected).unwrap()).unwrap(),
            bytes,
            "{ty}"
        );
    }
}

#[test]
fn objects_keep_the_order_of_the_schema() {
    let dialog = json!({"_": "peerChannel", "channel_id": 5});
    assert_eq!(
        text(
            schema(),
            "Peer",
            &encode(schema(), "Peer", &dialog).unwrap()
        ),
        r#"{"_":"peerChannel","channel_id":5}"#
    );
}

#[test]
fn flags_are_derived_and_stray_bits_kept() {
    let schema = Schema::parse(
        "// LAYER 1\na#1 flags:# on:flags.0?true n:flags.1?int flags2:# m:flags2.31?int = A;",
    )
    .unwrap();
    let cases = [
        (json!({"_": "a"}), [1, 0, 0].as_slice()),
        (json!({"_": "a", "on": true}), &[1, 1, 0]),
        (json!({"_": "a", "n": 7, "m": 8}), &[1, 2, 7, 1 << 31, 8]),
        (json!({"_": "a", "flags": 12, "flags2": 1}), &[1, 12, 1]),
    ];
    for (value, words) in cases {
        let bytes: Vec<u8> = words
            .iter()
            .flat_map(|word| u32::to_le_bytes(*word))
            .collect();
        assert_eq!(encode(&schema, "A", &value).unwrap(), bytes);
        assert_eq!(schema.to_value("A", &bytes).unwrap(), value);
    }
    let lenient = json!({"_": "a", "on": false, "n": null, "flags": null});
    assert_eq!(
        encode(&schema, "A", &lenient),
        encode(&schema, "A", &json!({"_": "a"}))
    );
    let error = encode(&schema, "A", &json!({"_": "a", "flags": 2})).unwrap_err();
    assert_eq!(
        error,
        "JSON is not TL: only bits that no field explains may be given, in a.flags"
    );
}

#[test]
fn fields_that_share_a_flag_need_each_other() {
    let schema =
        Schema::parse("// LAYER 1\na#1 flags:# on:flags.3?true n:flags.3?int m:flags.3?int = A;")
            .unwrap();
    assert!(encode(&schema, "A", &json!({"_": "a", "on": true, "n": 1, "m": 2})).is_ok());
    assert_eq!(
        encode(&schema, "A", &json!({"_": "a", "n": 1, "m": 2})),
        encode(&schema, "A", &json!({"_": "a", "on": true, "n": 1, "m": 2}))
    );
    for (value, message) in [
        (
            json!({"_": "a", "n": 1}),
            "required, because another field of the same flag is present, in a.m",
        ),
        (
            json!({"_": "a", "on": false, "n": 1, "m": 2}),
            "false, but another field of the same flag is present, in a.on",
        ),
    ] {
        assert_eq!(
            encode(&schema, "A", &value).unwrap_err(),
            format!("JSON is not TL: {message}")
        );
    }
}

#[test]
fn bare_types_and_flag_words_that_are_optional_themselves() {
    let schema = Schema::parse(
        "// LAYER 1\nitem#2 n:int = Item;\na#1 one:%Item many:vector<%Item> named:item deep:Vector<vector<item>> flags:# more:flags.0?# x:more.1?int = A;",
    )
    .unwrap();
    let item = |n: i32| json!({"_": "item", "n": n});
    for rest in [json!({}), json!({"more": 0}), json!({"more": 4, "x": 5})] {
        let mut value = json!({"_": "a", "one": item(1), "many": [item(2), item(3)], "named": item(4), "deep": [[item(5)], []]});
        value
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        let bytes = encode(&schema, "A", &value).unwrap();
        assert_eq!(schema.to_value("A", &bytes).unwrap(), value);
        let one = schema.object(&bytes).unwrap().object("one").unwrap();
        assert_eq!((one.bytes(), one.int("n")), (&[1, 0, 0, 0][..], Some(1)));
    }
}

#[test]
fn requests_are_wrapped_and_their_reply_is_known() {
    let request = json!({"_": "invokeWithLayer", "layer": 230, "query": {"_": "initConnection", "api_id": 1, "device_model": "d", "system_version": "s",
        "app_version": "a", "system_lang_code": "en", "lang_pack": "", "lang_code": "en", "query": {"_": "users.getUsers", "id": [{"_": "inputUserSelf"}]}}});
    let bytes = encode(schema(), "", &request).unwrap();
    assert_eq!(schema().to_value("", &bytes).unwrap(), request);
    assert_eq!(schema().result_type("invokeWithLayer"), Some("X"));
    assert_eq!(schema().reply_type(&request), Some("Vector<User>"));
    assert_eq!(schema().result_type("peerUser"), None);
    assert_eq!(
        schema().result_type("messages.getDialogs"),
        Some("messages.Dialogs")
    );
}

#[test]
fn what_does_not_fit_the_schema_is_refused_with_its_place() {
    let cases = [
        (
            "Peer",
            json!({"_": "peerUser", "user_id": 1, "usr": 2}),
            "peerUser has no field \"usr\", in the outermost value",
        ),
        (
            "Peer",
            json!({"_": "peerUser"}),
            "required, but absent, in peerUser.user_id",
        ),
        (
            "Peer",
            json!({"_": "inputPeerSelf"}),
            "constructor inputPeerSelf is not a Peer, in the outermost value",
        ),
        (
            "Peer",
            json!({"_": "peerX"}),
            "the schema has no constructor \"peerX\", in the outermost value",
        ),
        (
            "Peer",
            json!({"user_id": 5}),
            "an object without \"_\", expected the name of a constructor of Peer, in the outermost value",
        ),
        (
            "Peer",
            json!(5),
            "a number instead of an object, in the outermost value",
        ),
        (
            "Peer",
            json!({"_": "peerUser", "user_id": 1.5}),
            "the number is out of range for long, in peerUser.user_id",
        ),
        (
            "Vector<int>",
            json!([1, 2_147_483_648_i64]),
            "the number is out of range for int, in [1]",
        ),
        (
            "Pair",
            json!(0),
            "the schema has no type \"Pair\", in the outermost value",
        ),
        (
            "bytes",
            json!("a"),
            "not standard padded base64, in the outermost value",
        ),
        (
            "bytes",
            json!("aa"),
            "not standard padded base64, in the outermost value",
        ),
        (
            "int128",
            json!("aaaa"),
            "3 bytes instead of 16, in the outermost value",
        ),
        (
            "Bool",
            json!(1),
            "a number instead of true or false, in the outermost value",
        ),
        (
            "double",
            json!(9_007_199_254_740_993_i64),
            "the number is out of range for double, in the outermost value",
        ),
        (
            "string",
            json!({"$bytes": "aa==", "x": 1}),
            "an object instead of a string, in the outermost value",
        ),
    ];
    for (ty, value, message) in cases {
        assert_eq!(
            encode(schema(), ty, &value).unwrap_err(),
            format!("JSON is not TL: {message}"),
            "{ty} {value}"
        );
    }
    let mut out = b"before".to_vec();
    schema()
        .encode("Vector<int>", &json!([1, "x"]), &mut out)
        .unwrap_err();
    assert_eq!(out, b"before");
}

#[test]
fn too_long_and_too_deep_values_are_refused() {
    let long = Value::from("a".repeat(1 << 24));
    assert!(
        encode(schema(), "string", &long)
            .unwrap_err()
            .contains("longer than")
    );
    let deep = (0..200).fold(
        json!({"_": "textEmpty"}),
        |inner, _| json!({"_": "textBold", "text": inner}),
    );
    assert!(
        encode(schema(), "RichText", &deep)
            .unwrap_err()
            .contains("deeper than 100 levels")
    );
}

#[test]
fn schemas_that_contradict_themselves_are_refused() {
    let cases = [
        ("a#1 = A;", "no `// LAYER N` comment"),
        ("// LAYER 1\na#1 = A;\na#2 = A;", "a is defined twice"),
        (
            "// LAYER 1\na#1 x:int x:int = A;",
            "a: two fields are named x",
        ),
        (
            "// LAYER 1\na#1 = A;\nb#1 = A;",
            "two definitions have the id 00000001",
        ),
        ("// LAYER 1\na#1 b:B = A;", "a.b: no type \"B\""),
        (
            "// LAYER 1\na#1 b:flags.1?int = A;",
            "a.b: no earlier flags word \"flags\"",
        ),
        (
            "// LAYER 1\na#1 x:int = A;\nb#2 = A;\nc#3 a:%A = C;",
            "c.a: %A: the type has several constructors",
        ),
        (
            "// LAYER 1\na#1 x:Vector<true> = A;",
            "a.x: a vector of `true` has no content",
        ),
    ];
    for (text, message) in cases {
        assert_eq!(Schema::parse(text).unwrap_err().problem, message);
    }
}
