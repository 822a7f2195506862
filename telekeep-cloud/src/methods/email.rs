//! An address for mail that a login has to set up before it gets a code.

use serde_json::{Value, json};

use super::auth::{right_code, sent_code, text};
use crate::code_ways::{CodeWay, EMAIL_PATTERN, Ways};
use crate::logins::CodeCheck;
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::session::locked;

pub(super) const METHODS: &[Method] = &[
    ("account.sendVerifyEmailCode", send_code),
    ("account.verifyEmail", verify),
];

/// Number and name of the login that sets the address up; other purposes are not served.
fn purpose(call: &Call<'_>, request: &Value) -> Result<(String, String), RpcError> {
    let purpose = &request["purpose"];
    let phone = text(purpose, "phone_number");
    let phone: String = phone.chars().filter(char::is_ascii_digit).collect();
    let hash = text(purpose, "phone_code_hash").to_owned();
    let way = locked(&call.cloud.logins).way(&phone, &hash);
    match (text(purpose, "_"), way) {
        ("emailVerifyPurposeLoginSetup", Some(CodeWay::SetUpEmail)) => Ok((phone, hash)),
        _ => Err(RpcError::bad_request("PHONE_CODE_EXPIRED")),
    }
}

fn send_code(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (phone, _) = purpose(call, &request)?;
    let (name, host) = text(&request, "email").split_once('@').unwrap_or_default();
    if name.is_empty() || !host.contains('.') {
        return Err(RpcError::bad_request("EMAIL_INVALID"));
    }
    let length = right_code(call, &phone).len();
    Ok(json!({
        "_": "account.sentEmailCode",
        "email_pattern": EMAIL_PATTERN,
        "length": length,
    })
    .into())
}

/// The address is right: now the login gets its code, by the next of its ways or in an app.
fn verify(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let (phone, hash) = purpose(call, &request)?;
    let right = right_code(call, &phone);
    let code = text(&request["verification"], "code");
    let check = {
        let now = call.cloud.now();
        locked(&call.cloud.logins).check_code(&phone, &hash, code, &right, now)
    };
    match check {
        CodeCheck::Wrong => return Err(RpcError::bad_request("CODE_INVALID")),
        CodeCheck::Expired => return Err(RpcError::bad_request("EMAIL_VERIFY_EXPIRED")),
        CodeCheck::Right => {}
    }
    let ways = locked(&call.cloud.logins).forget_code(&phone);
    let ways = ways.and_then(Ways::next).unwrap_or_default();
    Ok(json!({
        "_": "account.emailVerifiedLogin",
        "email": EMAIL_PATTERN,
        "sent_code": sent_code(call, &phone, ways),
    })
    .into())
}
