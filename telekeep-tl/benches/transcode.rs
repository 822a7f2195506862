//! What decoding a message costs: `cargo bench -p telekeep-tl`. Prints medians; nothing is asserted.
//!
//! Ours against the typed codec of grammers (which only builds structs) and against building a JSON tree first.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use grammers_tl_types::{Deserializable, enums};
use serde_json::{Value, json};
use telekeep_tl::{Schema, bundled};

const ROUNDS: usize = 201;
const REPEATS: u32 = 200;

/// The median time of one call.
fn median(mut call: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..REPEATS {
                call();
            }
            start.elapsed() / REPEATS
        })
        .collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn report(what: &str, bytes: usize, time: Duration) {
    println!(
        "  {what:<44} {:>9.3} µs {:>8.0} MB/s",
        time.as_secs_f64() * 1e6,
        bytes as f64 / time.as_secs_f64() / 1e6
    );
}

fn text_message(text: &str) -> Value {
    json!({"_": "message", "id": 123_456, "from_id": {"_": "peerUser", "user_id": 5_123_456_789_i64},
        "peer_id": {"_": "peerChannel", "channel_id": 1_234_567_890}, "date": 1_760_000_000, "message": text,
        "reply_to": {"_": "messageReplyHeader", "reply_to_msg_id": 123_400},
        "entities": [{"_": "messageEntityBold", "offset": 0, "length": 5},
            {"_": "messageEntityTextUrl", "offset": 6, "length": 9, "url": "https://example.org/some/page"}],
        "views": 1500, "forwards": 3, "edit_date": 1_760_000_100,
        "reactions": {"_": "messageReactions", "results": [
            {"_": "reactionCount", "reaction": {"_": "reactionEmoji", "emoticon": "👍"}, "count": 12},
            {"_": "reactionCount", "reaction": {"_": "reactionEmoji", "emoticon": "❤"}, "count": 7}]}})
}

fn photo_message() -> Value {
    let size = |kind: &str, side: i32| json!({"_": "photoSize", "type": kind, "w": side, "h": side, "size": side * 99});
    let mut message = text_message("a caption");
    message["media"] = json!({"_": "messageMediaPhoto", "photo": {"_": "photo", "id": 6_000_000_000_000_000_001_i64,
        "access_hash": -3_000_000_000_000_000_001_i64, "file_reference": "AgAAAGkAAQIDBAUGBwgJCgsMDQ4PEBES", "date": 1_760_000_000, "dc_id": 2,
        "sizes": [size("m", 320), size("x", 800), {"_": "photoSizeProgressive", "type": "y", "w": 1280, "h": 960, "sizes": [1000, 20000, 60000, 90000, 150_000]}]}});
    message
}

fn page(message: &Value, count: usize) -> Value {
    json!({"_": "messages.messagesSlice", "count": 100_000, "messages": vec![message; count], "topics": [], "chats": [], "users": []})
}

fn measure<T: Deserializable>(schema: &Schema, title: &str, ty: &str, value: &Value) {
    let mut bytes = Vec::new();
    schema.encode(ty, value, &mut bytes).unwrap();
    let mut text = Vec::new();
    schema.to_json(ty, &bytes, &mut text).unwrap();
    println!(
        "{title}: {} bytes of TL, {} of JSON",
        bytes.len(),
        text.len()
    );
    let size = bytes.len();
    report(
        "to_json: TL to JSON text",
        size,
        median(|| {
            text.clear();
            schema.to_json(ty, black_box(&bytes), &mut text).unwrap();
        }),
    );
    report(
        "object: check and look at one field",
        size,
        median(|| {
            black_box(schema.object(black_box(&bytes)).unwrap().int("id"));
        }),
    );
    report(
        "fingerprint",
        size,
        median(|| {
            black_box(
                schema
                    .object(black_box(&bytes))
                    .unwrap()
                    .fingerprint(&["file_reference", "access_hash"]),
            );
        }),
    );
    report(
        "to_value: TL to a JSON tree",
        size,
        median(|| drop(black_box(schema.to_value(ty, black_box(&bytes)).unwrap()))),
    );
    report(
        "to_value and its text",
        size,
        median(|| {
            text.clear();
            serde_json::to_writer(&mut text, &schema.to_value(ty, black_box(&bytes)).unwrap())
                .unwrap();
        }),
    );
    report(
        "grammers: TL to typed structs, no JSON",
        size,
        median(|| drop(black_box(T::from_bytes(black_box(&bytes)).unwrap()))),
    );
    let mut out = Vec::new();
    report(
        "encode: JSON tree to TL",
        size,
        median(|| {
            out.clear();
            schema.encode(ty, black_box(value), &mut out).unwrap();
        }),
    );
}

fn main() {
    let start = Instant::now();
    let schema = bundled(230).unwrap();
    println!(
        "parsing the schema of layer 230: {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    );
    let latin = text_message(
        "Hello everyone, this is an ordinary message of an ordinary length, about two lines of text in a chat window.\nSecond line.",
    );
    let cyrillic = text_message(
        "Всем привет, это обычное сообщение обычной длины, примерно две строки текста в окне чата.\nВторая строка.",
    );
    measure::<enums::Message>(schema, "text message, Latin", "Message", &latin);
    measure::<enums::Message>(schema, "text message, Cyrillic", "Message", &cyrillic);
    measure::<enums::Message>(schema, "photo message", "Message", &photo_message());
    measure::<enums::messages::Messages>(
        schema,
        "page of 100 text messages",
        "messages.Messages",
        &page(&latin, 100),
    );
}
