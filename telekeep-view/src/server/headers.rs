//! Headers of every answer.

use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Nothing but our own files: no inline script or style, no plugin, no frame, no other address.
/// Media play from our own address.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; \
    manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-src 'none'; \
    frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

/// For bytes that came from Telegram: even if a browser took them for a page, it would be one that
/// can do nothing.
pub const MEDIA_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// The same for what plays: opened alone, a browser makes a page with a player around it, which asks
/// for the file once more and must be let. There is still no script in it.
pub const PLAYED_POLICY: &str = "default-src 'none'; media-src 'self'; \
    sandbox allow-same-origin; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("x-permitted-cross-domain-policies"),
        "none",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
         magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
    ),
];

/// Adds what every answer has. A content security policy and caching that an answer set itself stay.
pub fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}
