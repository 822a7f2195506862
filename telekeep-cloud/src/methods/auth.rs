//! Logging in and out: codes, sign-up, copies of a login for other data centres, temporary keys.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::code_ways::{CodeWay, Ways};
use crate::logins::CodeCheck;
use crate::rpc::{AccountId, Answer, Call, Method, RpcError};
use crate::session::{HalfLogin, Key, locked};
use crate::shared::DCS;
use crate::wire::Reader;

pub(super) const METHODS: &[Method] = &[
    ("auth.sendCode", send_code),
    ("auth.resendCode", resend_code),
    ("auth.cancelCode", cancel_code),
    ("auth.signIn", sign_in),
    ("auth.signUp", sign_up),
    ("auth.logOut", log_out),
    ("auth.exportAuthorization", export_authorization),
    ("auth.importAuthorization", import_authorization),
    ("auth.bindTempAuthKey", bind_temp_auth_key),
    ("auth.dropTempAuthKeys", drop_temp_auth_keys),
];

const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;

/// A string argument; absent and malformed ones are empty.
pub(super) fn text<'a>(request: &'a Value, field: &str) -> &'a str {
    request.get(field).and_then(Value::as_str).unwrap_or("")
}

pub(super) fn long(request: &Value, field: &str) -> i64 {
    request.get(field).and_then(Value::as_i64).unwrap_or(0)
}

/// The digits of a telephone number, which may be written with a plus and separators.
fn digits(request: &Value) -> Result<String, RpcError> {
    let phone = text(request, "phone_number");
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    if !(5..=15).contains(&digits.len()) || phone.chars().any(char::is_alphabetic) {
        return Err(RpcError::new(406, "PHONE_NUMBER_INVALID"));
    }
    Ok(digits)
}

/// The code of a number: the account's, and for a number without an account the one it would get:
/// Telegram's test numbers 99966XYYYY have X five times, others 12345.
pub(super) fn right_code(call: &Call<'_>, phone: &str) -> String {
    let same = |other: &str| other.chars().filter(char::is_ascii_digit).eq(phone.chars());
    let accounts = call.cloud.world.accounts();
    if let Some(account) = accounts.into_iter().find(|account| same(&account.phone)) {
        return account.code;
    }
    let test_number = phone.strip_prefix("99966").and_then(|rest| rest.get(..1));
    test_number.map_or_else(|| "12345".to_owned(), |dc| dc.repeat(5))
}

pub(super) fn key(call: &Call<'_>) -> Result<Arc<Key>, RpcError> {
    let key = call.cloud.keys.of_session(call.session);
    let key = key.and_then(|key| call.cloud.keys.permanent(&key));
    key.ok_or_else(|| RpcError::new(401, "AUTH_KEY_PERM_EMPTY"))
}

/// The application must name itself in every first step of a login.
pub(super) fn api_id(request: &Value) -> Result<(), RpcError> {
    if long(request, "api_id") <= 0 || text(request, "api_hash").is_empty() {
        return Err(RpcError::bad_request("API_ID_INVALID"));
    }
    Ok(())
}

/// Logins by number happen at the data centre where the account lives.
fn at_home(call: &Call<'_>, phone: &str) -> Result<(), RpcError> {
    let account = call.cloud.world.account_by_phone(phone);
    let home = account.map_or(call.dc, |account| call.cloud.home(account));
    if home == call.dc {
        return Ok(());
    }
    Err(RpcError::new(303, format!("PHONE_MIGRATE_{home}")))
}

fn send_code(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    api_id(&request)?;
    let phone = digits(&request)?;
    at_home(call, &phone)?;
    let ways = locked(&call.cloud.logins).take_next_ways();
    Ok(sent_code(call, &phone, ways).into())
}

fn resend_code(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let phone = digits(&request)?;
    let hash = text(&request, "phone_code_hash");
    let mut logins = locked(&call.cloud.logins);
    if logins.way(&phone, hash).is_none() {
        return Err(RpcError::bad_request("PHONE_CODE_EXPIRED"));
    }
    let ways = logins.forget_code(&phone).and_then(Ways::next);
    drop(logins);
    let ways = ways.ok_or_else(|| RpcError::new(406, "SEND_CODE_UNAVAILABLE"))?;
    Ok(sent_code(call, &phone, ways).into())
}

/// Sends a code: `auth.sentCode`.
pub(super) fn sent_code(call: &Call<'_>, phone: &str, ways: Ways) -> Value {
    let hash = locked(&call.cloud.logins).send_code(phone, ways.clone(), call.cloud.now());
    ways.sent_code(&hash, &right_code(call, phone))
}

fn cancel_code(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let phone = digits(&request)?;
    if locked(&call.cloud.logins).forget_code(&phone).is_some() {
        Ok(Value::Bool(true).into())
    } else {
        Err(RpcError::bad_request("PHONE_CODE_EXPIRED"))
    }
}

fn sign_in(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let phone = digits(&request)?;
    let hash = text(&request, "phone_code_hash");
    if hash.is_empty() {
        return Err(RpcError::bad_request("PHONE_CODE_HASH_EMPTY"));
    }
    // A code that came by mail is given as such, and no other is.
    let code = match locked(&call.cloud.logins).way(&phone, hash) {
        Some(CodeWay::Email) => text(&request["email_verification"], "code"),
        Some(CodeWay::SetUpEmail) => "",
        _ => text(&request, "phone_code"),
    };
    if code.is_empty() {
        return Err(RpcError::bad_request("PHONE_CODE_EMPTY"));
    }
    at_home(call, &phone)?;
    let right = right_code(call, &phone);
    let now = call.cloud.now();
    let check = locked(&call.cloud.logins).check_code(&phone, hash, code, &right, now);
    match check {
        CodeCheck::Wrong => return Err(RpcError::bad_request("PHONE_CODE_INVALID")),
        CodeCheck::Expired => return Err(RpcError::bad_request("PHONE_CODE_EXPIRED")),
        CodeCheck::Right => {}
    }
    let Some(account) = call.cloud.world.account_by_phone(&phone) else {
        return Ok(json!({"_": "auth.authorizationSignUpRequired"}).into());
    };
    first_step(call, account, phone)
}

fn sign_up(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let phone = digits(&request)?;
    if !locked(&call.cloud.logins).is_proven(&phone, text(&request, "phone_code_hash")) {
        return Err(RpcError::bad_request("PHONE_CODE_EXPIRED"));
    }
    let first_name = text(&request, "first_name").trim();
    if first_name.is_empty() || first_name.chars().count() > 64 {
        return Err(RpcError::bad_request("FIRSTNAME_INVALID"));
    }
    let last_name = text(&request, "last_name").trim();
    if last_name.chars().count() > 64 {
        return Err(RpcError::bad_request("LASTNAME_INVALID"));
    }
    let account = match call.cloud.world.account_by_phone(&phone) {
        Some(account) => account,
        None => call.cloud.world.sign_up(&phone, first_name, last_name)?,
    };
    first_step(call, account, phone)
}

/// The number is proven. An account with a password is not logged in by that: the client is told
/// to prove the password, and may do so on this key only.
pub(super) fn first_step(
    call: &Call<'_>,
    account: AccountId,
    phone: String,
) -> Result<Answer, RpcError> {
    if call.cloud.world.password(account).is_none() {
        return log_in(call, account, &phone);
    }
    key(call)?.wait_for_password(HalfLogin { account, phone });
    Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED"))
}

/// Both steps are done, or the second is not needed.
pub(super) fn log_in(call: &Call<'_>, account: AccountId, phone: &str) -> Result<Answer, RpcError> {
    let key = key(call)?;
    let mut logins = locked(&call.cloud.logins);
    if let Some(before) = key.login() {
        logins.end(before);
    }
    logins.forget_code(phone);
    logins.log_in(account, &key, call.cloud.now());
    drop(logins);
    authorization(call, account)
}

pub(super) fn authorization(call: &Call<'_>, account: AccountId) -> Result<Answer, RpcError> {
    let user = call.cloud.world.self_user(account);
    let user = user.ok_or_else(|| RpcError::new(401, "USER_DEACTIVATED"))?;
    Ok(json!({"_": "auth.authorization", "user": user}).into())
}

fn log_out(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    if let Some(login) = key(call)?.login() {
        locked(&call.cloud.logins).end(login);
    }
    Ok(json!({"_": "auth.loggedOut"}).into())
}

fn export_authorization(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let dc = i32::try_from(long(&request, "dc_id")).unwrap_or(0);
    if !DCS.contains(&dc) || dc == call.dc {
        return Err(RpcError::bad_request("DC_ID_INVALID"));
    }
    let login = key(call)?
        .login()
        .ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))?;
    let token = locked(&call.cloud.logins).export(login, dc, call.cloud.now());
    Ok(
        json!({"_": "auth.exportedAuthorization", "id": account, "bytes": BASE64.encode(token)})
            .into(),
    )
}

fn import_authorization(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let invalid = || RpcError::bad_request("AUTH_BYTES_INVALID");
    let token = BASE64
        .decode(text(&request, "bytes"))
        .map_err(|_| invalid())?;
    let key = key(call)?;
    let mut logins = locked(&call.cloud.logins);
    let account = logins.import(long(&request, "id"), &token, &key, call.cloud.now());
    drop(logins);
    authorization(call, account.ok_or_else(invalid)?)
}

/// Binds the temporary key of this connection to a permanent one, whose owner proves itself with
/// a message encrypted by it.
fn bind_temp_auth_key(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let invalid = || RpcError::bad_request("ENCRYPTED_MESSAGE_INVALID");
    let temporary = call
        .cloud
        .keys
        .of_session(call.session)
        .ok_or_else(invalid)?;
    let expires_at = temporary.expires_at;
    let expires_at = expires_at.ok_or_else(|| RpcError::bad_request("TEMP_AUTH_KEY_EMPTY"))?;
    let permanent_id = long(&request, "perm_auth_key_id");
    let permanent = call.cloud.keys.get(permanent_id, call.dc, call.cloud.now());
    let permanent = permanent
        .filter(|key| key.expires_at.is_none())
        .ok_or_else(invalid)?;
    let mut message = BASE64
        .decode(text(&request, "encrypted_message"))
        .map_err(|_| invalid())?;
    let message = permanent.auth.open_v1(&mut message).ok_or_else(invalid)?;
    let claimed = BindInner::read(&message).ok_or_else(invalid)?;
    let expected = BindInner {
        nonce: long(&request, "nonce"),
        temporary: temporary.auth.id(),
        permanent: permanent_id,
        expires_at: i32::try_from(long(&request, "expires_at")).unwrap_or(0),
    };
    if claimed != expected {
        return Err(invalid());
    }
    // Clocks differ a little; a claim far from what the handshake agreed on is refused.
    if claimed.expires_at.abs_diff(expires_at) > 300 {
        return Err(RpcError::bad_request("EXPIRES_AT_INVALID"));
    }
    if permanent.client().is_none() {
        permanent.introduce(temporary.layer(), temporary.client());
    }
    temporary.bind(permanent_id);
    Ok(Value::Bool(true).into())
}

#[derive(PartialEq, Eq)]
struct BindInner {
    nonce: i64,
    temporary: i64,
    permanent: i64,
    expires_at: i32,
}

impl BindInner {
    /// `random:int128 msg_id seqno length bind_auth_key_inner`
    fn read(message: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(message);
        reader.take(32).ok()?;
        if reader.id().ok()? != BIND_AUTH_KEY_INNER {
            return None;
        }
        let (nonce, temporary) = (reader.long().ok()?, reader.long().ok()?);
        let permanent = reader.long().ok()?;
        let _session = reader.long().ok()?;
        Some(Self {
            nonce,
            temporary,
            permanent,
            expires_at: reader.int().ok()?,
        })
    }
}

fn drop_temp_auth_keys(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let kept: Vec<i64> = request
        .get("except_auth_keys")
        .and_then(Value::as_array)
        .map(|keys| keys.iter().filter_map(Value::as_i64).collect())
        .unwrap_or_default();
    let permanent = key(call)?.auth.id();
    for key in call.cloud.keys.all() {
        if key.bound_to() == Some(permanent) && !kept.contains(&key.auth.id()) {
            call.cloud.keys.remove(key.auth.id());
        }
    }
    Ok(Value::Bool(true).into())
}
