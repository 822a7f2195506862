//! The error a method answers with, as TL's `rpc_error`.

use std::borrow::Cow;

/// `rpc_error{error_code, error_message}`; numeric arguments are part of the name
/// (`FLOOD_WAIT_3`). Names follow the real server, since clients act on them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {message}")]
pub struct RpcError {
    /// 303 other DC, 400 bad request, 401 not authorised, 403 forbidden, 406 like 400 but not to
    /// be shown, 420 flood, 500 and negative server trouble.
    pub code: i32,
    /// The upper-case name.
    pub message: Cow<'static, str>,
}

impl RpcError {
    /// An error with any code.
    pub fn new(code: i32, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// A 400 error.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, message)
    }

    /// 303: the file lives in data centre `dc`.
    pub fn file_migrate(dc: i32) -> Self {
        Self::new(303, format!("FILE_MIGRATE_{dc}"))
    }
}
