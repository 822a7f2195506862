//! What the reader chose: language, theme, shortcuts, motion. Kept in a cookie, set by a form.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::guard::cookie_name;
use super::problem::PageError;
use super::{Result, Shared};
use crate::lang::{self, Texts};

/// Colours of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The cookie's content: `LANGUAGE.THEME.KEYS.MOTION`; unknown parts mean the default.
pub struct Preferences {
    pub language: Option<&'static Texts>,
    pub theme: Theme,
    pub keys: bool,
    /// Nothing moves by itself, whatever the system says.
    pub still: bool,
}

impl Preferences {
    pub fn parse(text: &str) -> Self {
        let mut parts = text.split('.');
        let mut next = || parts.next().unwrap_or_default();
        Self {
            language: lang::by_code(next()),
            theme: Theme::from_word(next()),
            keys: next() != "off",
            still: next() == "still",
        }
    }

    fn to_cookie(&self) -> String {
        let language = self.language.map_or("", |texts| texts.code);
        let keys = if self.keys { "on" } else { "off" };
        let motion = if self.still { "still" } else { "system" };
        format!("{language}.{}.{keys}.{motion}", self.theme.as_str())
    }
}

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    theme: String,
    #[serde(default)]
    keys: String,
    #[serde(default)]
    motion: String,
    #[serde(default)]
    back: String,
}

/// `POST /preferences`
pub async fn set(
    State(shared): State<Arc<Shared>>,
    Form(chosen): Form<Chosen>,
) -> Result<Response> {
    if !shared.csrf.is(&chosen.csrf) {
        return Err(PageError::Forbidden);
    }
    let preferences = Preferences {
        language: lang::by_code(&chosen.language),
        theme: Theme::from_word(&chosen.theme),
        keys: chosen.keys == "on",
        still: chosen.motion == "still",
    };
    let cookie = format!(
        "{}-preferences={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict",
        cookie_name(&shared),
        preferences.to_cookie()
    );
    let headers = [
        (header::LOCATION, value(own_path(&chosen.back))),
        (header::SET_COOKIE, value(&cookie)),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("/"))
}

/// A path of ours, or the start page: never another site.
fn own_path(path: &str) -> &str {
    let plain = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\r', '\n', '\t'])
        && path.is_ascii();
    if plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_nonsense() {
        for text in [
            "de.dark.off.still",
            ".system.on.system",
            "ar.light.on.still",
        ] {
            assert_eq!(Preferences::parse(text).to_cookie(), text);
        }
        let nonsense = Preferences::parse("xx.yy.zz.ww").to_cookie();
        assert_eq!(nonsense, ".system.on.system");
    }

    #[test]
    fn back_is_ours() {
        assert_eq!(own_path("/chat/1?x=2"), "/chat/1?x=2");
        for bad in [
            "//evil.org",
            "https://evil.org",
            "/\\evil.org",
            "",
            "x",
            "/\n/evil",
        ] {
            assert_eq!(own_path(bad), "/", "{bad:?}");
        }
    }
}
