//! What a program costs that fetches everything and keeps nothing: the floor under our own figures.
//!
//! Same connection code, same concurrency, same requests as a backup; every answer is dropped.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use telekeep_sources::telegram::login::{Login, SignIn};
use telekeep_sources::telegram::wire::{
    Client, Device, Endpoint, MemoryStore, RsaKey, ServerChoice,
};
use telekeep_tl::Object;

use crate::Result;

/// Chats, and files, that are fetched at the same time: the defaults of a backup.
const CHATS_AT_ONCE: usize = 8;
const FILES_AT_ONCE: usize = 5;
const PARTS_AT_ONCE: usize = 4;
/// Bytes asked for at a time.
const PART: u64 = 512 * 1024;
/// Largest area of a picture for lists.
const FOR_LISTS: i64 = 400 * 400;

/// A file as a bare loop needs it.
struct File {
    dc: i32,
    size: u64,
    location: Value,
}

/// Logs in, pages every history, downloads every document and photo, prints what each half took.
pub fn measure(address: &str, key: &Path, phone: &str, code: &str) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let client = connect(address, key, phone, code).await?;
        let chats = dialogs(&client).await?;
        let before = Mark::now();
        let (messages, _) = histories(&client, chats.clone(), false).await?;
        println!(
            "{}",
            before.line(
                "history",
                json!({"chats": chats.len(), "messages": messages})
            )
        );
        let (_, files) = histories(&client, chats, true).await?;
        let before = Mark::now();
        let bytes = download(&client, files).await?;
        println!("{}", before.line("media", json!({"bytes": bytes})));
        Ok(())
    })
}

/// A moment: wall clock and CPU time of this process.
struct Mark(Instant, Duration);

impl Mark {
    fn now() -> Self {
        Self(
            Instant::now(),
            crate::child::cpu_of(std::process::id()).unwrap_or_default(),
        )
    }

    fn line(&self, stage: &str, counts: Value) -> Value {
        let cpu = Self::now().1.saturating_sub(self.1);
        json!({"type": stage, "wall_s": self.0.elapsed().as_secs_f64(), "cpu_s": cpu.as_secs_f64(), "counts": counts})
    }
}

async fn connect(address: &str, key: &Path, phone: &str, code: &str) -> Result<Client> {
    let keys = RsaKey::from_pem(&std::fs::read_to_string(key)?)?;
    let server = ServerChoice::Custom {
        address: address.to_owned(),
        keys,
    };
    let endpoint = Endpoint {
        server,
        api_id: 1,
        api_hash: String::from("local"),
        device: Device::default(),
        proxy: None,
    };
    let client = Client::connect(endpoint, Arc::new(MemoryStore::new())).await?;
    match Login::send_code(&client, phone)
        .await?
        .sign_in(code)
        .await?
    {
        SignIn::Done(_) => Ok(client),
        _ => Err("the account wants more than a code".into()),
    }
}

async fn dialogs(client: &Client) -> Result<Vec<Value>> {
    let mut peers: Vec<Value> = Vec::new();
    let (mut date, mut id, mut offset) = (0, 0, json!({"_": "inputPeerEmpty"}));
    loop {
        let request = json!({"_": "messages.getDialogs", "offset_date": date, "offset_id": id,
            "offset_peer": offset, "limit": 100, "hash": 0});
        let reply = client.call(&request).await?;
        let page = client.schema().to_value("messages.Dialogs", &reply.bytes)?;
        let list = page["dialogs"].as_array().cloned().unwrap_or_default();
        let mut fresh = 0;
        for dialog in &list {
            let peer = input_peer(&page, &dialog["peer"]);
            if !peers.contains(&peer) {
                peers.push(peer);
                fresh += 1;
            }
        }
        let Some(last) = list
            .last()
            .filter(|_| fresh > 0 && page["_"] == "messages.dialogsSlice")
        else {
            return Ok(peers);
        };
        let top = page["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|message| {
                message["id"] == last["top_message"] && message["peer_id"] == last["peer"]
            });
        date = top
            .and_then(|message| message["date"].as_i64())
            .unwrap_or(0);
        id = last["top_message"].as_i64().unwrap_or(0);
        offset = input_peer(&page, &last["peer"]);
    }
}

fn input_peer(page: &Value, peer: &Value) -> Value {
    let hash = |list: &str, id: &Value| {
        let found = page[list]
            .as_array()
            .into_iter()
            .flatten()
            .find(|entry| entry["id"] == *id);
        found.map_or(Value::Null, |entry| entry["access_hash"].clone())
    };
    match peer["_"].as_str() {
        Some("peerUser") => {
            json!({"_": "inputPeerUser", "user_id": peer["user_id"], "access_hash": hash("users", &peer["user_id"])})
        }
        Some("peerChat") => json!({"_": "inputPeerChat", "chat_id": peer["chat_id"]}),
        _ => {
            json!({"_": "inputPeerChannel", "channel_id": peer["channel_id"], "access_hash": hash("chats", &peer["channel_id"])})
        }
    }
}

/// Pages all histories oldest to newest. Returns the number of messages and, if wanted, the files in them.
async fn histories(
    client: &Client,
    chats: Vec<Value>,
    want_files: bool,
) -> Result<(u64, Vec<File>)> {
    let queue = Arc::new(Mutex::new(VecDeque::from(chats)));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..CHATS_AT_ONCE {
        let (client, queue) = (client.clone(), queue.clone());
        workers.spawn(async move {
            let (mut messages, mut files) = (0, Vec::new());
            loop {
                let Some(peer) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) else {
                    return Ok::<_, String>((messages, files));
                };
                messages += history(&client, &peer, want_files.then_some(&mut files))
                    .await
                    .map_err(|error| error.to_string())?;
            }
        });
    }
    let (mut messages, mut files) = (0, Vec::new());
    while let Some(done) = workers.join_next().await {
        let (count, found) = done??;
        messages += count;
        files.extend(found);
    }
    let mut known = std::collections::HashSet::new();
    files.retain(|file: &File| {
        known.insert(format!(
            "{} {}",
            file.location["id"], file.location["thumb_size"]
        ))
    });
    Ok((messages, files))
}

async fn history(client: &Client, peer: &Value, mut files: Option<&mut Vec<File>>) -> Result<u64> {
    let (mut last, mut messages) = (0, 0);
    loop {
        let request = json!({"_": "messages.getHistory", "peer": peer, "offset_id": last + 1, "offset_date": 0,
            "add_offset": -100, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0});
        let reply = client.call(&request).await?;
        let page = client.schema().object(&reply.bytes)?;
        let ids: Vec<i32> = objects(&page, "messages")
            .iter()
            .filter_map(|message| message.int("id"))
            .collect();
        if let Some(files) = files.as_deref_mut() {
            page.walk(&mut |object| files.extend(files_of(object)));
        }
        messages += ids.len() as u64;
        let newest = ids.into_iter().max().unwrap_or(0);
        if newest <= last || page.name() == "messages.messages" {
            return Ok(messages);
        }
        last = newest;
    }
}

fn objects<'a>(page: &Object<'a>, field: &str) -> Vec<Object<'a>> {
    let elements = page.vector(field).unwrap_or_default();
    elements
        .into_iter()
        .filter_map(|value| match value {
            telekeep_tl::Value::Object(object) => Some(object),
            _ => None,
        })
        .collect()
}

/// The files a backup takes: a document with its thumbnails; of a photo the largest size and the one for lists.
fn files_of(object: &Object<'_>) -> Vec<File> {
    let by_area = |limit: i64| {
        let sizes = renditions(object, "sizes");
        let fitting = sizes.into_iter().filter(|size| area(size) <= limit);
        fitting.max_by_key(area)
    };
    let (kind, renditions, main) = match object.name() {
        "document" => (
            "inputDocumentFileLocation",
            renditions(object, "thumbs"),
            object.long("size"),
        ),
        "photo" => {
            let mut wanted: Vec<_> = by_area(i64::MAX).into_iter().collect();
            let small = by_area(FOR_LISTS)
                .filter(|small| wanted.iter().all(|size| area(size) != area(small)));
            wanted.extend(small);
            ("inputPhotoFileLocation", wanted, None)
        }
        _ => return Vec::new(),
    };
    let main = main.map(|size| (size, String::new()));
    let sized = renditions
        .iter()
        .filter_map(|size| Some((i64::from(size.int("size")?), size.str("type")?.into_owned())));
    main.into_iter()
        .chain(sized)
        .filter_map(|(size, thumb)| file(object, kind, size, thumb))
        .collect()
}

fn renditions<'a>(object: &Object<'a>, field: &str) -> Vec<Object<'a>> {
    let all = objects(object, field);
    all.into_iter()
        .filter(|size| size.name() == "photoSize")
        .collect()
}

fn area(size: &Object<'_>) -> i64 {
    i64::from(size.int("w").unwrap_or(0)) * i64::from(size.int("h").unwrap_or(0))
}

fn file(object: &Object<'_>, kind: &str, size: i64, thumb: String) -> Option<File> {
    use base64::Engine as _;
    let reference =
        base64::engine::general_purpose::STANDARD.encode(object.bytes_field("file_reference")?);
    Some(File {
        dc: object.int("dc_id")?,
        size: size.try_into().ok()?,
        location: json!({"_": kind, "id": object.long("id")?, "access_hash": object.long("access_hash")?,
            "file_reference": reference, "thumb_size": thumb}),
    })
}

/// Downloads all files, several at once, several parts of each in flight, and drops the bytes.
async fn download(client: &Client, files: Vec<File>) -> Result<u64> {
    let queue = Arc::new(Mutex::new(VecDeque::from(files)));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..FILES_AT_ONCE {
        let (client, queue) = (client.clone(), queue.clone());
        workers.spawn(async move {
            let mut bytes = 0;
            loop {
                let Some(file) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) else {
                    return Ok::<u64, String>(bytes);
                };
                bytes += one_file(&client, file).await?;
            }
        });
    }
    let mut bytes = 0;
    while let Some(done) = workers.join_next().await {
        bytes += done??;
    }
    Ok(bytes)
}

async fn one_file(client: &Client, file: File) -> std::result::Result<u64, String> {
    let mut parts = tokio::task::JoinSet::new();
    let file = Arc::new(file);
    let (mut offset, mut bytes) = (0, 0);
    while offset < file.size || !parts.is_empty() {
        while offset < file.size && parts.len() < PARTS_AT_ONCE {
            let (client, file, at) = (client.clone(), file.clone(), offset);
            parts.spawn(async move {
                let request = json!({"_": "upload.getFile", "location": file.location, "offset": at, "limit": PART});
                let reply = client.call_dc(file.dc, &request).await.map_err(|error| error.to_string())?;
                let part = client.schema().object(&reply.bytes).map_err(|error| error.to_string())?;
                Ok::<u64, String>(part.bytes_field("bytes").map_or(0, <[u8]>::len) as u64)
            });
            offset += PART;
        }
        if let Some(done) = parts.join_next().await {
            bytes += done.map_err(|error| error.to_string())??;
        }
    }
    Ok(bytes)
}
