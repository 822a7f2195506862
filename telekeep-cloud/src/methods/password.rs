//! Two-step verification: what a client must know to prove a password, and the proof, which ends
//! a login that waits for it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::auth::{authorization, key, log_in, long, text};
use crate::auth_key::{G, left_padded, modulus};
use crate::crypto::random;
use crate::password::{Algorithm, Challenge};
use crate::rpc::{AccountId, Answer, Call, Method, RpcError};
use crate::session::{Key, locked};
use crate::world::Password;

pub(super) const METHODS: &[Method] = &[
    ("account.getPassword", get_password),
    ("auth.checkPassword", check_password),
    ("auth.requestPasswordRecovery", request_recovery),
];

/// Who asks: the account whose code was right and whose password is waited for, else the one
/// that is logged in. Everybody else has no password to speak of.
fn asker(call: &Call<'_>, key: &Key) -> Result<AccountId, RpcError> {
    match key.half_login() {
        Some(half) => Ok(half.account),
        None => call.account(),
    }
}

fn get_password(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let key = key(call)?;
    let account = asker(call, &key)?;
    let mut answer = json!({
        "_": "account.password",
        "new_algo": algorithm(&Algorithm::offer()),
        "new_secure_algo": {
            "_": "securePasswordKdfAlgoPBKDF2HMACSHA512iter100000",
            "salt": BASE64.encode(random::<8>()),
        },
        "secure_random": BASE64.encode(random::<256>()),
    });
    if let Some(password) = call.cloud.world.password(account)
        && let Some(fields) = answer.as_object_mut()
    {
        fields.extend(challenge(call, &key, account, password));
    }
    Ok(answer.into())
}

/// The fields that say how to prove the password. The challenge takes the place of the one the
/// key had before.
fn challenge(
    call: &Call<'_>,
    key: &Key,
    account: AccountId,
    password: Password,
) -> [(String, Value); 5] {
    let verifier = locked(&call.cloud.passwords).verifier(account, &password.secret);
    let challenge = Challenge::draw(verifier);
    let fields = [
        ("has_password", Value::Bool(true)),
        ("current_algo", algorithm(&challenge.verifier.algorithm)),
        ("srp_B", BASE64.encode(challenge.public).into()),
        ("srp_id", challenge.id.into()),
        ("hint", password.hint.into()),
    ];
    key.challenge(challenge);
    fields.map(|(name, value)| (name.to_owned(), value))
}

fn algorithm(algorithm: &Algorithm) -> Value {
    json!({
        "_": "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow",
        "salt1": BASE64.encode(&algorithm.salt1),
        "salt2": BASE64.encode(&algorithm.salt2),
        "g": G,
        "p": BASE64.encode(left_padded(modulus())),
    })
}

fn check_password(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let key = key(call)?;
    // Looked up once: a sign-in to another account at the same time must not profit.
    let half = key.half_login();
    let account = match &half {
        Some(half) => half.account,
        None => call.account()?,
    };
    prove(call, &key, account, &request["password"])?;
    locked(&call.cloud.passwords).forgive(account);
    match half {
        Some(half) => log_in(call, half.account, &half.phone),
        // Logged in already: an answer may have been lost on its way.
        None => authorization(call, account),
    }
}

/// Checks an `InputCheckPasswordSRP`.
fn prove(call: &Call<'_>, key: &Key, account: AccountId, proof: &Value) -> Result<(), RpcError> {
    let invalid = || RpcError::bad_request("PASSWORD_HASH_INVALID");
    let password = call.cloud.world.password(account);
    let password = password.ok_or_else(|| RpcError::bad_request("PASSWORD_MISSING"))?;
    if text(proof, "_") != "inputCheckPasswordSRP" {
        return Err(invalid());
    }
    let unknown = || RpcError::bad_request("SRP_ID_INVALID");
    let id = long(proof, "srp_id");
    if !key.is_challenged(id) {
        return Err(unknown());
    }
    let attempt = locked(&call.cloud.passwords).attempt(account, call.cloud.now());
    // The challenge stays: the client comes back with the same proof after its wait.
    attempt.map_err(|wait| RpcError::new(420, format!("FLOOD_WAIT_{wait}")))?;
    let challenge = key.take_challenge(id).ok_or_else(unknown)?;
    let current = locked(&call.cloud.passwords).verifier(account, &password.secret);
    if !Arc::ptr_eq(&challenge.verifier, &current) {
        return Err(RpcError::bad_request("SRP_PASSWORD_CHANGED"));
    }
    let bytes = |field: &str| BASE64.decode(text(proof, field)).unwrap_or_default();
    challenge
        .check(&bytes("A"), &bytes("M1"))
        .map_err(|_| invalid())
}

/// No account of the cloud has left an address for the case of a forgotten password.
fn request_recovery(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let account = asker(call, &*key(call)?)?;
    Err(RpcError::bad_request(
        match call.cloud.world.password(account) {
            Some(_) => "PASSWORD_RECOVERY_NA",
            None => "PASSWORD_EMPTY",
        },
    ))
}
