//! Several accounts in one archive: each is looked at by itself, as in Telegram's apps.
//!
//! Pages know nothing of it. An account's pages are those of the viewer under `/as/NAME/`, made by a
//! library that shows one account only; their links are led there when the page is done. Without
//! such a beginning the first account is meant. Files and pictures are shared: they have one address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use tower::ServiceExt as _;

use super::{PageError, Result, Shared};
use crate::library::Library;

/// Where the pages of accounts begin.
const ACCOUNTS: &str = "/as/";
/// Beginnings of addresses that are the same for every account, after the first slash.
const SHARED: [&str; 5] = ["as/", "assets/", "file/", "thumb/", "tiny/"];
/// Attributes that hold addresses of pages; the last is where a form leads back to.
const LEADING: [&str; 4] = [" href", " action", " data-base", "back\" value"];
/// A page is never larger.
const MAX_PAGE: usize = 64 * 1024 * 1024;

/// An account to choose.
#[derive(Clone, Debug)]
pub struct Account {
    /// The name its owner gave it in the archive.
    pub name: String,
    /// Where its pages begin.
    pub address: String,
    /// It is the one that is shown.
    pub active: bool,
    journal: String,
}

/// The account that a request is about, of several.
#[derive(Clone)]
pub struct View {
    /// What it reads.
    pub library: Arc<Library>,
    /// All accounts.
    pub accounts: Arc<[Account]>,
}

/// The libraries of accounts that were looked at.
#[derive(Default)]
pub struct Libraries(Mutex<HashMap<String, Arc<Library>>>);

impl Libraries {
    fn of(&self, all: &Arc<Library>, journal: &str) -> Arc<Library> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(all.of_journal(journal));
        Arc::clone(known.entry(journal.to_owned()).or_insert_with(new))
    }
}

/// Puts the pages of accounts beside `pages`, which are those of the first.
pub fn around(pages: Router<Arc<Shared>>, shared: &Arc<Shared>) -> Router<Arc<Shared>> {
    let pages = pages.with_state(Arc::clone(shared));
    // Not a route: what it matched would be told to the page as if it were the page's own.
    Router::new().fallback(move |State(shared), request: Request| async move {
        match request.uri().path().strip_prefix(ACCOUNTS) {
            None => {
                let Ok(response) = pages.oneshot(request).await;
                Ok(response)
            }
            Some(path) => {
                let path = path.to_owned();
                match path.split_once('/') {
                    None => Ok(Redirect::to(&format!("{ACCOUNTS}{path}/")).into_response()),
                    Some((name, _)) => of_account(pages, &shared, name, request).await,
                }
            }
        }
    })
}

/// Where no account was chosen and there are several, it is the first.
pub async fn first(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<View>().is_none() {
        let view = match accounts(&shared, None).await {
            Ok(accounts) if accounts.len() < 2 => None,
            Ok(accounts) => view(&shared, accounts),
            Err(error) => return error.into_response(),
        };
        if let Some(view) = view {
            request.extensions_mut().insert(view);
        }
    }
    next.run(request).await
}

/// `/as/NAME/…`: the page after the name, of this account.
async fn of_account(
    pages: Router,
    shared: &Arc<Shared>,
    name: &str,
    mut request: Request,
) -> Result {
    let accounts = accounts(shared, Some(name)).await?;
    let view = view(shared, accounts).ok_or(PageError::NotFound)?;
    request.extensions_mut().insert(view);
    let root = format!("{ACCOUNTS}{name}/");
    *request.uri_mut() = without(request.uri(), &root)?;
    let Ok(response) = pages.oneshot(request).await;
    lead(response, &root).await
}

/// All accounts, the one with this name (or the first) as the active one.
async fn accounts(shared: &Arc<Shared>, name: Option<&str>) -> Result<Vec<Account>> {
    let journals = shared
        .library
        .read(|_, index| index.journals().map_err(PageError::from))
        .await?;
    let mut accounts: Vec<Account> = journals
        .into_iter()
        .filter_map(|journal| {
            let account = (shared.account_of)(&journal)?;
            Some(Account {
                address: format!("{ACCOUNTS}{account}/"),
                active: name == Some(&account),
                name: account,
                journal,
            })
        })
        .collect();
    if let (None, Some(first)) = (name, accounts.first_mut()) {
        first.active = true;
    }
    Ok(accounts)
}

/// The active account's view; `None` when none is.
fn view(shared: &Shared, accounts: Vec<Account>) -> Option<View> {
    let active = accounts.iter().find(|account| account.active)?;
    Some(View {
        library: shared.libraries.of(&shared.library, &active.journal),
        accounts: accounts.into(),
    })
}

/// The address after the account's beginning.
fn without(uri: &Uri, root: &str) -> Result<Uri> {
    let all = uri.path_and_query().map_or("/", |path| path.as_str());
    let rest = all.strip_prefix(root).ok_or(PageError::NotFound)?;
    format!("/{rest}").parse().map_err(|_| PageError::NotFound)
}

/// Leads the links of a page, and a redirection, to where the account's pages are.
async fn lead(response: Response, root: &str) -> Result {
    let (mut parts, body) = response.into_parts();
    if let Some(to) = parts.headers.get(header::LOCATION) {
        let to = to.to_str().ok().and_then(|to| led(to, root));
        let to = to.and_then(|to| HeaderValue::from_str(&to).ok());
        if let Some(to) = to {
            parts.headers.insert(header::LOCATION, to);
        }
    }
    let kind = parts.headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return Ok(Response::from_parts(parts, body));
    }
    let failed = |_| PageError::Failed("the page could not be made".to_owned());
    let bytes = to_bytes(body, MAX_PAGE).await.map_err(failed)?;
    let page = String::from_utf8_lossy(&bytes);
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(
        parts,
        Body::from(leading(&page, root)),
    ))
}

/// An address of ours as it is for the account; `None` where it stays what it is.
fn led(address: &str, root: &str) -> Option<String> {
    let rest = address.strip_prefix('/')?;
    let stays = rest.starts_with('/') || SHARED.iter().any(|shared| rest.starts_with(shared));
    (!stays).then(|| format!("{root}{rest}"))
}

/// The page with its links led. A quotation mark in what people wrote is escaped, so what looks like
/// an attribute is one.
fn leading(page: &str, root: &str) -> String {
    const VALUE: &str = "=\"";
    let mut out = String::with_capacity(page.len() + page.len() / 8);
    let mut rest = page;
    while let Some(at) = rest.find(VALUE) {
        let (before, value) = rest.split_at(at + VALUE.len());
        out.push_str(before);
        let name = before.strip_suffix(VALUE).unwrap_or(before);
        rest = value;
        if LEADING.iter().any(|leading| name.ends_with(leading)) {
            let end = value.find('"').unwrap_or(value.len());
            let (address, after) = value.split_at(end);
            out.push_str(led(address, root).as_deref().unwrap_or(address));
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_pages_are_led_and_nothing_else() {
        let page = r#"<a href="/"><use href="/assets/1/i.svg"></use></a> <form action="/search">
            <input name="q" value="/usr"><input type="hidden" name="back" value="/settings">
            <a href="/as/main/">main</a> <a href="https://t.me/x">x</a> <a href="//x">x</a>
            <section data-base="/chat/5"></section> href=&#34;/no <img src="/thumb/1">"#;
        let led = r#"<a href="/as/w/"><use href="/assets/1/i.svg"></use></a> <form action="/as/w/search">
            <input name="q" value="/usr"><input type="hidden" name="back" value="/as/w/settings">
            <a href="/as/main/">main</a> <a href="https://t.me/x">x</a> <a href="//x">x</a>
            <section data-base="/as/w/chat/5"></section> href=&#34;/no <img src="/thumb/1">"#;
        assert_eq!(leading(page, "/as/w/"), led);
    }

    #[test]
    fn the_beginning_is_taken_off_and_the_question_stays() {
        let uri: Uri = "/as/w/chat/5?at=1".parse().unwrap();
        assert_eq!(without(&uri, "/as/w/").unwrap(), "/chat/5?at=1");
        assert!(without(&uri, "/as/x/").is_err());
    }
}
