//! Fields read in place.

use serde_json::{Value as Json, json};
use telekeep_tl::{Object, Schema, Value, bundled};

use crate::generate::{Content, Generator, all};

fn schema() -> &'static Schema {
    bundled(230).unwrap()
}

fn encoded(value: &Json) -> Vec<u8> {
    let mut bytes = Vec::new();
    schema().encode("", value, &mut bytes).unwrap();
    bytes
}

fn photo_message() -> Json {
    json!({"_": "message", "silent": true, "id": 5, "peer_id": {"_": "peerUser", "user_id": 1_i64 << 40}, "date": 7, "message": "жираф",
        "entities": [{"_": "messageEntityBold", "offset": 0, "length": 2}, {"_": "messageEntityUrl", "offset": 2, "length": 2}],
        "media": {"_": "messageMediaPhoto", "photo": {"_": "photo", "id": 9, "access_hash": -1, "file_reference": "AQI=", "date": 1,
            "sizes": [{"_": "photoSize", "type": "y", "w": 1, "h": 2, "size": 3}], "dc_id": 2}}})
}

#[test]
fn fields_are_found_by_name() {
    let bytes = encoded(&photo_message());
    let message = schema().object(&bytes).unwrap();
    assert_eq!(
        (message.name(), message.type_name(), message.bytes()),
        ("message", "Message", &bytes[..])
    );
    assert_eq!(message.int("id"), Some(5));
    assert_eq!(message.long("id"), Some(5));
    assert_eq!(message.str("message").as_deref(), Some("жираф"));
    assert_eq!(message.bytes_field("message"), Some("жираф".as_bytes()));
    assert!(message.flag("silent") && !message.flag("pinned"));
    assert_eq!(
        message.object("peer_id").unwrap().long("user_id"),
        Some(1 << 40)
    );
    assert!(
        message.get("reply_to").is_none()
            && message.get("no_such_field").is_none()
            && message.int("message").is_none()
    );
    let entities = message.vector("entities").unwrap();
    assert_eq!(entities[1].as_object().unwrap().name(), "messageEntityUrl");
    let photo = message.object("media").unwrap().object("photo").unwrap();
    assert_eq!(photo.bytes_field("file_reference"), Some(&[1, 2][..]));
    assert_eq!(
        schema().to_value("Photo", photo.bytes()).unwrap(),
        photo_message()["media"]["photo"]
    );
}

#[test]
fn debug_output_shows_no_text() {
    let bytes = encoded(&photo_message());
    let message = schema().object(&bytes).unwrap();
    let shown = format!(
        "{message:?} {:?} {:?}",
        message.get("message"),
        message.get("entities")
    );
    let expected = format!(
        "message ({} bytes) Some(string (10 bytes)) Some([messageEntityBold (12 bytes), messageEntityUrl (12 bytes)])",
        bytes.len()
    );
    assert_eq!(shown, expected);
}

#[test]
fn vectors_of_results_are_read_by_their_type() {
    let mut bytes = Vec::new();
    schema()
        .encode("Vector<long>", &json!([1, -2]), &mut bytes)
        .unwrap();
    let element = schema().element("Vector<long>", &bytes).unwrap();
    let longs: Vec<_> = element
        .as_slice()
        .unwrap()
        .iter()
        .map(|value| value.as_long().unwrap())
        .collect();
    assert_eq!(longs, [1, -2]);
    assert!(schema().element("Vector<int>", &bytes).is_err());
    assert!(schema().element("Vector<NoSuchType>", &bytes).is_err());
}

#[test]
fn a_walk_sees_every_object_children_first() {
    let bytes = encoded(&photo_message());
    let mut names = Vec::new();
    schema()
        .object(&bytes)
        .unwrap()
        .walk(&mut |object| names.push(object.name()));
    let expected = [
        "peerUser",
        "photoSize",
        "photo",
        "messageMediaPhoto",
        "messageEntityBold",
        "messageEntityUrl",
        "message",
    ];
    assert_eq!(names, expected);
}

/// The value an object view gives, as JSON, by another way than the transcoder's.
fn seen(value: &Value<'_>) -> Json {
    match value {
        Value::Int(value) => json!(value),
        Value::Long(value) => json!(value),
        Value::Double(value) => json!(value),
        Value::Bool(value) => json!(value),
        Value::True => json!(true),
        Value::Str(bytes) => json!(std::str::from_utf8(bytes).unwrap()),
        Value::Bytes(bytes) | Value::Fixed(bytes) => {
            use base64::Engine;
            json!(base64::engine::general_purpose::STANDARD.encode(bytes))
        }
        Value::Vector(elements) => elements.iter().map(seen).collect(),
        Value::Object(object) => seen_object(object),
        other => panic!("{other:?}"),
    }
}

fn seen_object(object: &Object<'_>) -> Json {
    let fields = object
        .combinator()
        .fields()
        .iter()
        .filter(|field| field.as_flags().is_none());
    let mut seen: serde_json::Map<_, _> = fields
        .filter_map(|field| Some((field.name().to_owned(), seen(&object.get(field.name())?))))
        .collect();
    seen.insert("_".to_owned(), object.name().into());
    seen.into()
}

#[test]
fn the_view_of_every_definition_agrees_with_its_json() {
    let mut generator = Generator::new(schema(), Content::Tame, 6);
    for combinator in all(schema()) {
        let bytes = generator.combinator(combinator);
        let object = schema().object(&bytes).unwrap();
        assert_eq!(seen_object(&object), schema().to_value("", &bytes).unwrap());
        let mut last = None;
        object.walk(&mut |object| last = Some(object.bytes().len()));
        assert_eq!(last, Some(bytes.len()));
    }
}

const VOLATILE: &[&str] = &["file_reference", "access_hash", "status", "silent"];

fn fingerprint(value: &Json) -> [u8; 16] {
    schema()
        .object(&encoded(value))
        .unwrap()
        .fingerprint(VOLATILE)
}

#[test]
fn fingerprints_ignore_what_is_omitted_and_nothing_else() {
    let message = photo_message();
    let same = fingerprint(&message);
    let changed = |path: &str, to: Json| {
        let mut changed = message.clone();
        *changed.pointer_mut(path).unwrap() = to;
        fingerprint(&changed)
    };
    assert_eq!(
        changed("/media/photo/file_reference", json!("AQIDBAUGBwg=")),
        same
    );
    assert_eq!(changed("/media/photo/access_hash", json!(5)), same);
    assert_eq!(changed("/silent", json!(false)), same);
    assert_ne!(changed("/media/photo/id", json!(5)), same);
    assert_ne!(changed("/message", json!("жирав")), same);
    assert_ne!(changed("/entities/1/length", json!(3)), same);
    assert_ne!(changed("/entities", json!([])), same);
    let mut pinned = message.clone();
    pinned["pinned"] = json!(true);
    assert_ne!(fingerprint(&pinned), same);
}

#[test]
fn an_optional_field_that_is_omitted_leaves_no_trace() {
    let user = |status: Json| json!({"_": "user", "id": 1, "first_name": "A", "status": status});
    let without = fingerprint(&user(Json::Null));
    assert_eq!(
        fingerprint(&user(json!({"_": "userStatusOnline", "expires": 5}))),
        without
    );
    assert_eq!(
        fingerprint(&user(json!({"_": "userStatusOffline", "was_online": 6}))),
        without
    );
}

#[test]
fn a_flag_that_an_omitted_field_shares_with_a_kept_one_still_counts() {
    let schema =
        Schema::parse("// LAYER 1\na#1 flags:# kept:flags.0?true gone:flags.0?int = A;").unwrap();
    let fingerprint = |value: Json| {
        let mut bytes = Vec::new();
        schema.encode("A", &value, &mut bytes).unwrap();
        schema.object(&bytes).unwrap().fingerprint(&["gone"])
    };
    assert_eq!(
        fingerprint(json!({"_": "a", "gone": 1})),
        fingerprint(json!({"_": "a", "gone": 2}))
    );
    assert_ne!(
        fingerprint(json!({"_": "a", "gone": 1})),
        fingerprint(json!({"_": "a"}))
    );
}
