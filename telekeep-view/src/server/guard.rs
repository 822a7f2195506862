//! Who may see anything: checked before every page, in this order.
//!
//! 1. `Host` names this server: a foreign name that resolves to loopback (DNS rebinding) is refused.
//! 2. `Origin` and `Sec-Fetch-Site` show that the request comes from our own pages, or from the
//!    reader (address bar, bookmark): another site, even one on another port of this machine, is
//!    refused.
//! 3. The session cookie, got in exchange for the token in the opened address.
//! 4. For a POST: same origin, and the form's token (checked where forms are read).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};

use super::{Shared, headers, problem};
use crate::lang::{self, Texts};

/// Whose page a request comes from, as the browser says.
const SITE: header::HeaderName = header::HeaderName::from_static("sec-fetch-site");
/// Forms are small.
const MAX_BODY: usize = 64 * 1024;
/// Longest address answered.
const MAX_ADDRESS: usize = 8 * 1024;
/// A page that takes longer is given up.
const PAGE_TIME: Duration = Duration::from_secs(30);

/// Puts the checks, limits and headers around the pages.
pub fn around(pages: Router<Arc<Shared>>, shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    pages
        .layer(from_fn_with_state(Arc::clone(shared), problem::show))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn(in_time))
        .layer(from_fn_with_state(Arc::clone(shared), admit))
        .layer(from_fn(with_headers))
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    headers::add(response.headers_mut());
    response
}

async fn in_time(request: Request, next: Next) -> Response {
    let texts = language(request.headers());
    match tokio::time::timeout(PAGE_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => refuse(StatusCode::SERVICE_UNAVAILABLE, texts, "guard.slow"),
    }
}

async fn admit(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    if let Some(refusal) = refusal(&shared, &request) {
        return refusal;
    }
    if let Some(token) = token(request.uri().query()) {
        return match shared.token.is(token) {
            true => enter(&shared, &request),
            false => locked(request.headers()),
        };
    }
    let given = cookie(request.headers(), &cookie_name(&shared));
    if !given.is_some_and(|given| shared.session.is(given)) {
        return locked(request.headers());
    }
    next.run(request).await
}

/// A reason to answer nothing at all.
fn refusal(shared: &Shared, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let no = |status, why| Some(refuse(status, language(headers), why));
    if request.uri().to_string().len() > MAX_ADDRESS {
        return no(StatusCode::URI_TOO_LONG, "guard.long");
    }
    let host = one(headers, header::HOST).unwrap_or_default();
    if !is_ours(host, shared.listen.port()) {
        return no(StatusCode::MISDIRECTED_REQUEST, "guard.host");
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && *request.method() != Method::POST {
        return no(StatusCode::METHOD_NOT_ALLOWED, "guard.method");
    }
    let site = one(headers, SITE);
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let ours = match origin {
        Some(origin) if origin == format!("http://{host}").as_bytes() => true,
        // Forms of a page that sends no referrer have no origin either; the browser itself, which
        // no page can imitate, says whose they are.
        Some(b"null") => site == Some("same-origin"),
        Some(_) => false,
        None => !changes,
    };
    if !ours {
        return no(StatusCode::FORBIDDEN, "guard.foreign");
    }
    // A link to us on another site may be followed only to the page that asks for the token.
    let entering = request.uri().path() == "/" && !changes;
    if !matches!(site, None | Some("same-origin" | "none")) && !entering {
        return no(StatusCode::FORBIDDEN, "guard.foreign");
    }
    None
}

/// The only value of a header; a repeated header counts as none.
fn one(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Does `Host` name this machine's loopback and our port?
fn is_ours(host: &str, port: u16) -> bool {
    let Some((name, given)) = host.rsplit_once(':') else {
        return false;
    };
    let loopback = name == "localhost"
        || name == "[::1]"
        || name
            .parse()
            .is_ok_and(|ip: IpAddr| ip.is_loopback() && ip.is_ipv4());
    loopback && given.parse() == Ok(port)
}

fn token(query: Option<&str>) -> Option<&str> {
    let mut pairs = query?.split('&');
    pairs.find_map(|pair| pair.strip_prefix("token="))
}

/// Cookies are shared by all ports of a machine, so the name tells them apart.
pub fn cookie_name(shared: &Shared) -> String {
    format!("telekeep-{}", shared.listen.port())
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs.find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// Exchanges the token for the cookie and takes it out of the address.
fn enter(shared: &Shared, request: &Request) -> Response {
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict",
        cookie_name(shared),
        shared.session.as_str()
    );
    let path = request.uri().path();
    // Coming from another site, a redirect would not carry a strict cookie: let the browser go on
    // by itself.
    let from_elsewhere = one(request.headers(), SITE) == Some("cross-site");
    let mut response = if from_elsewhere {
        let page = "<!doctype html><meta charset=utf-8><title>Telekeep</title>\
            <meta http-equiv=refresh content=\"0;url=/\"><p><a href=/>Telekeep</a>";
        ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    } else {
        let to = if path.starts_with("//") { "/" } else { path };
        (StatusCode::SEE_OTHER, [(header::LOCATION, to.to_owned())]).into_response()
    };
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn locked(headers: &HeaderMap) -> Response {
    refuse(StatusCode::UNAUTHORIZED, language(headers), "guard.locked")
}

/// The language of somebody who may not be the reader: the one the browser asks for.
fn language(headers: &HeaderMap) -> &'static Texts {
    let accepted = one(headers, header::ACCEPT_LANGUAGE);
    lang::choose(accepted.unwrap_or_default())
}

fn refuse(status: StatusCode, texts: &Texts, why: &'static str) -> Response {
    let (why, code, direction) = (texts.get(why), texts.code, texts.direction());
    let page = format!(
        "<!doctype html><html lang={code} dir={direction}><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\">\
         <meta name=color-scheme content=\"light dark\"><title>Telekeep</title>\
         <main><h1>Telekeep</h1><p>{why}</p></main></html>"
    );
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (status, kind, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for (host, ours) in [
            ("127.0.0.1:8080", true),
            ("localhost:8080", true),
            ("[::1]:8080", true),
            ("127.0.0.1", false),
            ("127.0.0.1:8081", false),
            ("localhost.example.org:8080", false),
            ("example.org:8080", false),
            ("10.0.0.1:8080", false),
            ("user@127.0.0.1:8080", false),
            ("", false),
            (":8080", false),
        ] {
            assert_eq!(is_ours(host, 8080), ours, "{host}");
        }
    }

    #[test]
    fn tokens_and_cookies() {
        assert_eq!(token(Some("a=1&token=xy&b")), Some("xy"));
        assert_eq!(token(Some("mytoken=xy")), None);
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_static("a=1; telekeep-1=x=y;b");
        headers.insert(header::COOKIE, line);
        assert_eq!(cookie(&headers, "telekeep-1"), Some("x=y"));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
