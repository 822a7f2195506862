//! URLs of proxies, as people write them and as Telegram's links have them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use super::{Credentials, Kind, Proxy, Secret};

/// Longest name and password that SOCKS5 has room for.
const LONGEST: usize = 255;

/// Why a URL names no proxy. It never repeats the URL, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// Another scheme, or none.
    #[error(
        "this is no proxy URL; use socks5://USER:PASSWORD@HOST:PORT or a link tg://proxy?server=HOST&port=PORT&secret=SECRET"
    )]
    Scheme,
    /// HTTP proxies.
    #[error("HTTP proxies are not supported; use a SOCKS5 or an MTProto proxy")]
    Http,
    /// No host.
    #[error("the proxy URL names no host")]
    Host,
    /// No port, or no number.
    #[error("the proxy URL names no port between 1 and 65535")]
    Port,
    /// User name or password are not UTF-8 or too long.
    #[error(
        "user name or password in the proxy URL are too long, or wrongly encoded (write @ as %40, : as %3A, % as %25)"
    )]
    Credentials,
    /// The secret has another length or other letters.
    #[error(
        "the secret of the MTProto proxy is not one: it has 32 hexadecimal digits, or 34 that begin with dd"
    )]
    Secret,
    /// Secrets with `ee`.
    #[error(
        "this MTProto proxy hides as a web site (its secret begins with ee), which Telekeep cannot do yet; use a proxy whose secret begins with dd or has 32 hexadecimal digits, or a SOCKS5 proxy"
    )]
    FakeTls,
}

/// Reads a URL.
pub(super) fn parse(text: &str) -> Result<Proxy, ProxyError> {
    let (scheme, rest) = text.split_once(':').ok_or(ProxyError::Scheme)?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    match scheme.to_ascii_lowercase().as_str() {
        "socks5" | "socks5h" | "socks" => socks(rest),
        "tg" => link(rest),
        "http" | "https" => {
            let (host, path) = rest.split_once('/').ok_or(ProxyError::Http)?;
            match host.to_ascii_lowercase().as_str() {
                "t.me" | "telegram.me" | "telegram.dog" => link(path),
                _ => Err(ProxyError::Http),
            }
        }
        _ => Err(ProxyError::Scheme),
    }
}

/// `USER:PASSWORD@HOST:PORT`
fn socks(rest: &str) -> Result<Proxy, ProxyError> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (credentials, place) = match rest.rsplit_once('@') {
        Some((credentials, place)) => (Some(credentials), place),
        None => (None, rest),
    };
    let credentials = credentials.map(|credentials| {
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        known(decoded(user)?, decoded(password)?)
    });
    let (host, port) = place.rsplit_once(':').ok_or(ProxyError::Port)?;
    proxy(Kind::Socks(credentials.transpose()?), host, port)
}

fn decoded(text: &str) -> Result<String, ProxyError> {
    let text = percent_decode_str(text).decode_utf8();
    text.map(|text| text.into_owned())
        .map_err(|_| ProxyError::Credentials)
}

fn known(user: String, password: String) -> Result<Credentials, ProxyError> {
    let fits = |text: &str| text.len() <= LONGEST;
    if user.is_empty() || !fits(&user) || !fits(&password) {
        return Err(ProxyError::Credentials);
    }
    Ok(Credentials {
        user,
        password: Zeroizing::new(password),
    })
}

/// `proxy?server=…&port=…&secret=…` and `socks?server=…&port=…&user=…&pass=…`
fn link(rest: &str) -> Result<Proxy, ProxyError> {
    let (what, query) = rest.split_once('?').ok_or(ProxyError::Scheme)?;
    let value = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    };
    let kind = match what.trim_end_matches('/') {
        "proxy" => Kind::MtProto(secret(&value("secret").ok_or(ProxyError::Secret)?)?),
        "socks" => {
            let password = value("pass").unwrap_or_default().into_owned();
            let user = value("user").filter(|user| !user.is_empty());
            let credentials = user.map(|user| known(user.into_owned(), password));
            Kind::Socks(credentials.transpose()?)
        }
        _ => return Err(ProxyError::Scheme),
    };
    let host = value("server").ok_or(ProxyError::Host)?;
    let port = value("port").ok_or(ProxyError::Port)?;
    proxy(kind, &host, &port)
}

fn proxy(kind: Kind, host: &str, port: &str) -> Result<Proxy, ProxyError> {
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let strange = |c: char| c.is_whitespace() || c.is_control() || "/?#@".contains(c);
    if host.is_empty() || host.len() > LONGEST || host.contains(strange) {
        return Err(ProxyError::Host);
    }
    let port = port.parse().ok().filter(|port| *port > 0);
    Ok(Proxy {
        kind,
        host: host.to_owned(),
        port: port.ok_or(ProxyError::Port)?,
    })
}

/// 16 bytes, or `dd` and 16 bytes, in hexadecimal digits or base64.
fn secret(text: &str) -> Result<Secret, ProxyError> {
    let bytes = Zeroizing::new(
        hexadecimal(text)
            .or_else(|| base64(text))
            .ok_or(ProxyError::Secret)?,
    );
    let (key, padded) = match bytes.as_slice() {
        [0xee, rest @ ..] if rest.len() >= 16 => return Err(ProxyError::FakeTls),
        [0xdd, key @ ..] if key.len() == 16 => (key, true),
        key => (key, false),
    };
    Ok(Secret {
        key: Zeroizing::new(key.try_into().map_err(|_| ProxyError::Secret)?),
        padded,
    })
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    Some(
        digits?
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "000102030405060708090a0b0c0d0e0f";

    #[test]
    fn socks_urls_and_links_are_read() {
        for (url, shown, user) in [
            ("socks5://127.0.0.1:1080", "127.0.0.1:1080", None),
            ("socks5h://proxy.example:9050/", "proxy.example:9050", None),
            ("SOCKS5://[::1]:1080", "[::1]:1080", None),
            ("socks5://me:p%40ss%3A@h:1", "h:1", Some(("me", "p@ss:"))),
            (
                "tg://socks?server=h&port=1&user=me&pass=a%26b",
                "h:1",
                Some(("me", "a&b")),
            ),
            ("https://t.me/socks?server=h&port=1", "h:1", None),
        ] {
            let proxy: Proxy = url.parse().unwrap();
            assert_eq!(proxy.to_string(), shown);
            let Kind::Socks(credentials) = &proxy.kind else {
                panic!("{url}");
            };
            let read = credentials
                .as_ref()
                .map(|c| (c.user.as_str(), c.password.as_str()));
            assert_eq!(read, user, "{url}");
        }
    }

    #[test]
    fn mtproto_links_are_read_with_every_form_of_secret() {
        let link = |secret: &str| format!("tg://proxy?server=1.2.3.4&port=443&secret={secret}");
        let bytes: Vec<u8> = (0..16).collect();
        let dd = [&[0xdd][..], &bytes].concat();
        for (secret, padded) in [
            (KEY.to_owned(), false),
            (KEY.to_uppercase(), false),
            (format!("dd{KEY}"), true),
            (URL_SAFE_NO_PAD.encode(&bytes), false),
            (URL_SAFE_NO_PAD.encode(&dd), true),
        ] {
            let proxy: Proxy = link(&secret).parse().unwrap();
            let Kind::MtProto(read) = &proxy.kind else {
                panic!("{secret}");
            };
            assert_eq!(
                (&read.key[..], read.padded),
                (&bytes[..], padded),
                "{secret}"
            );
            let again: Proxy = link(&secret)
                .replace("tg://", "https://t.me/")
                .parse()
                .unwrap();
            assert!(again == proxy);
            let shown = format!("{proxy} {proxy:?}");
            assert!(!shown.contains("0102") && !shown.contains("AQI"), "{shown}");
        }
        let fake = link(&format!("ee{KEY}6578616d706c652e6f7267"));
        assert_eq!(fake.parse::<Proxy>(), Err(ProxyError::FakeTls));
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_not_repeated() {
        use ProxyError::*;
        let long = format!("socks5://{}:x@h:1", "u".repeat(256));
        for (url, expected) in [
            ("", Scheme),
            ("proxy.example:1080", Scheme),
            ("ftp://h:1", Scheme),
            ("http://h:8080", Http),
            ("https://example.org/proxy?server=h&port=1", Http),
            ("socks5://h", Port),
            ("socks5://h:0", Port),
            ("socks5://h:70000", Port),
            ("socks5://:1", Host),
            ("socks5://u:p@/x:1", Host),
            ("socks5://:hunter2@h:1", Credentials),
            ("socks5://u:%ff@h:1", Credentials),
            (long.as_str(), Credentials),
            ("tg://proxy?server=h&port=1", Secret),
            ("tg://proxy?server=h&port=1&secret=hunter2", Secret),
            ("tg://resolve?domain=x", Scheme),
            (
                "tg://proxy?port=1&secret=000102030405060708090a0b0c0d0e0f",
                Host,
            ),
        ] {
            let error = url.parse::<Proxy>().unwrap_err();
            assert_eq!(error, expected, "{url}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
