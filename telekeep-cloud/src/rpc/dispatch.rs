//! From the body of a request to the body of its answer: wrappers, layer, faults, login, handler.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::layers::{Method, schema};
use super::wrappers::{Unwrapped, unwrap};
use super::{Call, NATIVE_LAYER, RpcError};
use crate::Shared;
use crate::code_ways::Ways;
use crate::faults::{Asked, FaultKind};
use crate::session::incoming::{GZIP_PACKED, constructor};
use crate::session::{Key, Session, locked};
use crate::wire::{Put, Reader};
use crate::world::ids::PeerId;

const RPC_ERROR: u32 = 0x2144_ca19;
const UPLOAD_FILE: u32 = 0x096a_18d5;
/// Answers longer than this are compressed, files excepted.
const COMPRESS_FROM: usize = 2048;

/// What is sent to the client, when, and what happens to the connection.
#[derive(Debug)]
pub struct Outcome {
    /// What stands in `rpc_result`.
    pub body: Vec<u8>,
    /// How long the answer is held back.
    pub delay: Duration,
    /// The connection after it.
    pub end: End,
}

/// The connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Stays.
    Stay,
    /// Breaks, and there is no answer: the method did not run.
    Before,
    /// Breaks once the answer is sent.
    After,
    /// Breaks before the answer is sent.
    Unanswered,
}

/// Where a request came from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Everything shared.
    pub shared: &'a Shared,
    /// The key it was encrypted with.
    pub key: &'a Arc<Key>,
    /// Its session.
    pub session: &'a Arc<Session>,
}

impl Origin<'_> {
    fn account(&self) -> Option<i64> {
        self.shared.account(self.key)
    }
}

/// Methods a client may call before it is logged in: a whole namespace (with the dot), or one.
const PUBLIC: [&str; 6] = [
    "help.",
    "auth.",
    "langpack.",
    "account.getPassword",
    "account.sendVerifyEmailCode",
    "account.verifyEmail",
];
/// Of them, those that need a login nevertheless.
const NOT_PUBLIC: [&str; 4] = [
    "auth.acceptLoginToken",
    "auth.exportAuthorization",
    "auth.logOut",
    "auth.resetAuthorizations",
];
/// Clients bind temporary keys before they introduce themselves.
const WITHOUT_INIT: [&str; 1] = ["auth.bindTempAuthKey"];

/// Carries out one request.
pub fn dispatch(origin: Origin<'_>, body: &[u8]) -> Outcome {
    let mut plan = Plan::new(origin.shared.latency);
    let body = match request(origin, body, &mut plan) {
        Ok(body) => body,
        Err(error) => encode_error(&error),
    };
    Outcome {
        body,
        delay: plan.delay,
        end: plan.end,
    }
}

/// What a fault changes about an answer.
struct Plan {
    delay: Duration,
    end: End,
    truncate: Option<Option<usize>>,
    /// Messages a page leaves out.
    leave_out: usize,
    /// File references expire: all of them, or those the request names.
    expire: Option<bool>,
    /// What becomes of the world before the method runs.
    harm: Option<Harm>,
}

/// What a fault does to the world.
#[derive(Clone, Copy)]
enum Harm {
    /// The account loses this chat, or the one the request is about.
    ChatCloses(Option<i64>),
    /// The file the request is about is gone.
    FileGone,
}

impl Plan {
    fn new(delay: Duration) -> Self {
        Self {
            delay,
            end: End::Stay,
            truncate: None,
            leave_out: 0,
            expire: None,
            harm: None,
        }
    }
}

fn request(origin: Origin<'_>, body: &[u8], plan: &mut Plan) -> Result<Vec<u8>, RpcError> {
    let unwrapped = unwrap(body).map_err(|_| RpcError::bad_request("INPUT_FETCH_ERROR"))?;
    // What a client says about itself belongs to its permanent key, once there is one.
    let key = origin
        .shared
        .keys
        .permanent(origin.key)
        .unwrap_or_else(|| Arc::clone(origin.key));
    let layer = introduce(&key, &unwrapped)?;
    let method = find_method(
        origin.shared,
        &unwrapped.query,
        layer.unwrap_or(NATIVE_LAYER),
    )?;
    let counted = counted_as(method, &unwrapped.query);
    origin.shared.count(counted);
    if unwrapped.takeout.is_some() {
        origin.shared.count_in_takeout(counted);
    }
    if layer.is_none() && !WITHOUT_INIT.contains(&method.name) {
        return Err(RpcError::bad_request("CONNECTION_NOT_INITED"));
    }
    apply_fault(origin, &key, method, &unwrapped, plan)?;
    if plan.end == End::Before {
        return Ok(Vec::new());
    }
    let result = run(origin, &key, &unwrapped, method, layer, plan);
    // Looked up again: the method may have been a login or its end.
    if let Some(account) = origin.shared.account(origin.key)
        && !unwrapped.without_updates
        && origin.key.dc == origin.shared.home(account)
    {
        origin.shared.listen(origin.session, origin.key, account);
    }
    result
}

fn introduce(key: &Key, unwrapped: &Unwrapped<'_>) -> Result<Option<i32>, RpcError> {
    if let Some(layer) = unwrapped.layer {
        schema(layer)?;
    }
    if unwrapped.layer.is_some() || unwrapped.client.is_some() {
        key.introduce(unwrapped.layer, unwrapped.client.clone());
    }
    Ok(key.layer().filter(|layer| *layer != 0))
}

/// The method called. Its number is looked up in the client's layer first; a client that learnt a
/// single newer method is not worth an error of its own.
fn find_method(shared: &Shared, query: &[u8], layer: i32) -> Result<Method, RpcError> {
    let found = Method::of(query, schema(layer)?);
    found.ok_or_else(|| {
        let id = constructor(query).unwrap_or(0);
        shared.count(&format!("unknown:{id:#010x}"));
        RpcError::bad_request(format!("INPUT_METHOD_INVALID_{id}"))
    })
}

/// The document that an export adds to its files is no file of anybody: it is counted, and meets
/// faults, by itself.
fn counted_as(method: Method, query: &[u8]) -> &'static str {
    let of_export = || {
        let request = method.request(query);
        request.is_ok_and(|asked| asked["location"]["_"] == "inputTakeoutFileLocation")
    };
    match method.name {
        "upload.getFile" if of_export() => "upload.getFile/takeout",
        name => name,
    }
}

fn apply_fault(
    origin: Origin<'_>,
    key: &Arc<Key>,
    method: Method,
    unwrapped: &Unwrapped<'_>,
    plan: &mut Plan,
) -> Result<(), RpcError> {
    let login = key.login();
    let about = locked(&origin.shared.faults).looks_inside();
    let about = about
        .then(|| method.request(&unwrapped.query).ok())
        .flatten();
    let asked = Asked {
        who: login.unwrap_or(u64::MAX - origin.session.id.0),
        method: counted_as(method, &unwrapped.query),
        in_takeout: unwrapped.takeout.is_some(),
        chat: about
            .as_ref()
            .and_then(|request| chat_of(request, origin.account())),
        file: about.as_ref().and_then(file_of),
    };
    let fault = locked(&origin.shared.faults).judge(asked, Instant::now());
    let Some(fault) = fault else { return Ok(()) };
    match &fault {
        FaultKind::DisconnectBefore => plan.end = End::Before,
        FaultKind::DisconnectAfter => plan.end = End::After,
        FaultKind::DisconnectUnanswered => plan.end = End::Unanswered,
        FaultKind::TruncatedPart { bytes } => plan.truncate = Some(*bytes),
        FaultKind::LeftOut { messages } => {
            plan.leave_out = usize::try_from(*messages).unwrap_or(usize::MAX)
        }
        FaultKind::FileReferenceExpired { all } => plan.expire = Some(*all),
        FaultKind::ChatCloses { closed } => plan.harm = Some(Harm::ChatCloses(*closed)),
        FaultKind::FileGone => plan.harm = Some(Harm::FileGone),
        FaultKind::TakeoutInvalid => {
            if let Some(account) = origin.shared.account(key) {
                locked(&origin.shared.takeouts).cancel(account);
            }
        }
        FaultKind::TakeoutInitDelay { seconds } => {
            let end = Instant::now() + Duration::from_secs(u64::from(*seconds));
            locked(&origin.shared.takeouts).delay(asked.who, end);
        }
        FaultKind::CodeWay { ways, seconds } => {
            let (list, seconds) = (ways.clone(), *seconds);
            locked(&origin.shared.logins).set_next_ways(Ways { list, seconds });
        }
        FaultKind::AccountMoves { dc } => {
            if let Some(account) = origin.shared.account(key) {
                origin.shared.move_account(account, *dc);
            }
        }
        FaultKind::Delay { milliseconds } => plan.delay += Duration::from_millis(*milliseconds),
        FaultKind::SessionRevoked => {
            if let Some(login) = login {
                locked(&origin.shared.logins).end(login);
            }
        }
        _ => {}
    }
    fault.error(method.name).map_or(Ok(()), Err)
}

fn run(
    origin: Origin<'_>,
    key: &Arc<Key>,
    unwrapped: &Unwrapped<'_>,
    method: Method,
    layer: Option<i32>,
    plan: &Plan,
) -> Result<Vec<u8>, RpcError> {
    let shared = origin.shared;
    let account = shared.account(origin.key);
    if account.is_none() && !is_public(method.name) {
        let unbound = key.expires_at.is_some();
        let name = if unbound {
            "AUTH_KEY_PERM_EMPTY"
        } else {
            "AUTH_KEY_UNREGISTERED"
        };
        return Err(RpcError::new(401, name));
    }
    let moved = account.and_then(|account| shared.moved_from(account, origin.key.dc));
    if let Some(home) = moved.filter(|_| belongs_home(method.name)) {
        return Err(RpcError::new(303, format!("USER_MIGRATE_{home}")));
    }
    if account.is_some_and(|account| shared.world.is_bot(account)) {
        crate::methods::permit_bot(method.name)?;
    }
    let Some(handler) = shared.handler(method.name) else {
        let name = method.name.to_uppercase().replace('.', "_");
        return Err(RpcError::bad_request(format!(
            "INPUT_METHOD_INVALID_{name}"
        )));
    };
    let request = method.request(&unwrapped.query)?;
    if let Some(all) = plan.expire {
        if all {
            shared.world.expire_all_references();
        } else {
            shared.world.expire_references_of(&request);
        }
        return Err(RpcError::bad_request("FILE_REFERENCE_EXPIRED"));
    }
    match (plan.harm, account) {
        (Some(Harm::ChatCloses(closed)), Some(account)) => {
            if let Some(chat) = closed.or_else(|| chat_of(&request, Some(account))) {
                shared.world.take_away(account, chat);
            }
        }
        (Some(Harm::FileGone), _) => shared.world.lose_file(&request),
        _ => {}
    }
    let takeout = match (unwrapped.takeout, account) {
        (Some(id), Some(account)) => {
            let scope = locked(&shared.takeouts).scope(account, key.login(), id)?;
            scope.permits(method.name, &request)?;
            Some(scope)
        }
        _ => None,
    };
    let call = Call {
        account,
        session: origin.session.id,
        dc: origin.key.dc,
        layer: layer.unwrap_or(NATIVE_LAYER),
        takeout,
        range: unwrapped.range,
        leave_out: plan.leave_out,
        cloud: shared,
    };
    // A handler that panics must not take the server's locks and other clients with it.
    let answer = catch_unwind(AssertUnwindSafe(|| handler(&call, request)));
    let Ok(answer) = answer else {
        shared.report(format!("{}: the handler panicked", method.name));
        return Err(RpcError::new(500, "INTERNAL_HANDLER"));
    };
    let bytes = method.answer(answer?).map_err(|problem| {
        shared.report(problem);
        RpcError::new(500, "INTERNAL_ANSWER")
    })?;
    let bytes = match plan.truncate {
        Some(left) => truncated(bytes, left),
        None => bytes,
    };
    Ok(if method.name.starts_with("upload.") {
        bytes
    } else {
        compressed(bytes)
    })
}

/// The marked id of the chat a request is about.
fn chat_of(request: &Value, account: Option<i64>) -> Option<i64> {
    let peer = ["peer", "channel", "chat_id"]
        .iter()
        .find_map(|name| request.get(*name))?;
    let number = |name: &str| peer.get(name).and_then(Value::as_i64);
    let peer = match peer.get("_").and_then(Value::as_str) {
        None => PeerId::Chat(peer.as_i64()?),
        Some("inputPeerSelf") => PeerId::User(account?),
        Some(_) => number("user_id")
            .map(PeerId::User)
            .or_else(|| number("chat_id").map(PeerId::Chat))
            .or_else(|| number("channel_id").map(PeerId::Channel))?,
    };
    Some(peer.marked())
}

/// The id of the file a part of which is asked for.
fn file_of(request: &Value) -> Option<i64> {
    let location = request.get("location")?;
    let names = ["id", "photo_id"].iter();
    let mut ids = names.filter_map(|name| location.get(*name)?.as_i64());
    ids.next()
}

/// Files and the steps of a login are served by every data centre, the account by its own.
fn belongs_home(method: &str) -> bool {
    !is_public(method) && !NOT_PUBLIC.contains(&method) && !method.starts_with("upload.")
}

fn is_public(method: &str) -> bool {
    PUBLIC.iter().any(|public| method.starts_with(public)) && !NOT_PUBLIC.contains(&method)
}

fn encode_error(error: &RpcError) -> Vec<u8> {
    let mut body = Vec::with_capacity(64);
    body.put_id(RPC_ERROR);
    body.put_int(error.code);
    body.put_bytes(error.message.as_bytes());
    body
}

/// Cuts the part of a file in an `upload.file` answer to `left` bytes, or to half.
fn truncated(answer: Vec<u8>, left: Option<usize>) -> Vec<u8> {
    let mut reader = Reader::new(&answer);
    let parts = (reader.id(), reader.id(), reader.int(), reader.bytes());
    let (Ok(UPLOAD_FILE), Ok(kind), Ok(mtime), Ok(part)) = parts else {
        return answer;
    };
    let left = left.unwrap_or(part.len() / 2).min(part.len());
    let mut out = Vec::with_capacity(left + 20);
    out.put_id(UPLOAD_FILE);
    out.put_id(kind);
    out.put_int(mtime);
    out.put_bytes(part.get(..left).unwrap_or_default());
    out
}

/// `gzip_packed`, when it is worth it.
fn compressed(body: Vec<u8>) -> Vec<u8> {
    use std::io::Write;
    if body.len() < COMPRESS_FROM {
        return body;
    }
    let buffer = Vec::with_capacity(body.len() / 2);
    let mut gzip = flate2::write::GzEncoder::new(buffer, flate2::Compression::fast());
    let packed = gzip.write_all(&body).and_then(|()| gzip.finish());
    match packed {
        Ok(packed) if packed.len() + 8 < body.len() => {
            let mut out = Vec::with_capacity(packed.len() + 12);
            out.put_id(GZIP_PACKED);
            out.put_bytes(&packed);
            out
        }
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::session::incoming::unpacked;

    #[test]
    fn requests_are_about_the_chat_they_name() {
        for (request, chat) in [
            (
                json!({"peer": {"_": "inputPeerUser", "user_id": 7}}),
                Some(7),
            ),
            (
                json!({"peer": {"_": "inputPeerChat", "chat_id": 7}}),
                Some(-7),
            ),
            (json!({"peer": {"_": "inputPeerSelf"}}), Some(3)),
            (
                json!({"channel": {"_": "inputChannel", "channel_id": 7}}),
                Some(-1_000_000_000_007),
            ),
            (json!({"chat_id": 7}), Some(-7)),
            (json!({"hash": 7}), None),
            (json!({"peer": {"_": "inputPeerEmpty"}}), None),
        ] {
            assert_eq!(chat_of(&request, Some(3)), chat, "{request}");
        }
    }

    #[test]
    fn parts_are_cut_and_other_answers_are_not() {
        let mut answer = Vec::new();
        answer.put_id(UPLOAD_FILE);
        answer.put_id(0xaa96_3b05);
        answer.put_int(7);
        answer.put_bytes(&[9; 1000]);
        let cut = truncated(answer.clone(), None);
        let mut reader = Reader::new(&cut);
        assert_eq!(
            (reader.id().unwrap(), reader.id().unwrap()),
            (UPLOAD_FILE, 0xaa96_3b05)
        );
        assert_eq!(reader.int().unwrap(), 7);
        assert_eq!(reader.bytes().unwrap(), [9; 500]);
        assert_eq!(truncated(vec![1, 2, 3, 4], Some(0)), [1, 2, 3, 4]);
        assert_eq!(truncated(answer.clone(), Some(5000)), answer);
    }

    #[test]
    fn big_answers_are_packed_and_unpack_to_themselves() {
        let body = b"the same again and again ".repeat(500);
        let packed = compressed(body.clone());
        assert!(packed.len() < body.len() / 10);
        assert_eq!(unpacked(&packed).unwrap(), body);
        let noise: Vec<u8> = crate::crypto::random::<4096>().to_vec();
        assert_eq!(compressed(noise.clone()), noise);
    }
}
