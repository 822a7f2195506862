//! A reader of the viewer: lets itself in as a browser does, asks for pages one after the other, and notes how
//! long each took. The time is that of the whole request on loopback.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use super::pages::{Kind, Then};
use crate::Result;
use crate::child::{Keeper, Server, cpu_of, peak_memory};

/// The largest answer that is read.
const MOST: u64 = 64 << 20;
/// The reader's time zone: one with daylight saving, as most have.
const ZONE: &str = "Europe/Berlin";
/// Longest a page may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running `telekeep serve`; killed when dropped.
pub struct Served {
    server: Server,
    base: String,
    cookie: String,
    agent: Agent,
    /// From the start of the process to its being ready.
    pub start: Duration,
}

/// What a page took.
struct Answer {
    status: u16,
    time: Duration,
    body: String,
    bytes: usize,
}

/// Times of one kind of page.
#[derive(Default)]
pub struct Times {
    pub name: String,
    milliseconds: Vec<f64>,
    bytes: usize,
    cpu: Duration,
    /// Addresses whose answer was not as it should be.
    pub wrong: Vec<String>,
}

impl Served {
    pub fn start(keeper: &Keeper) -> Result<Self> {
        let begun = Instant::now();
        let mut command = keeper.command(&["serve", "--json"])?;
        let (server, ready) = Server::start::<Value>(command.env("TZ", ZONE))?;
        let start = begun.elapsed();
        let config = Agent::config_builder()
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let mut served = Self {
            server,
            base: String::new(),
            cookie: String::new(),
            agent: config.build().into(),
            start,
        };
        let address = ready["address"].as_str().ok_or("serve told no address")?;
        served.enter(address)?;
        Ok(served)
    }

    /// Exchanges the token of the opened address for the cookie.
    fn enter(&mut self, address: &str) -> Result<()> {
        let (base, _) = address
            .split_once("/?")
            .ok_or("an address without a token")?;
        let answer = self.agent.get(address).call()?;
        self.base = base.to_owned();
        self.cookie = cookie(&answer).ok_or("the token was not exchanged for a cookie")?;
        Ok(())
    }

    fn ask(&self, address: &str, script: bool) -> Result<Answer> {
        let mut request = self
            .agent
            .get(format!("{}{address}", self.base))
            .header("cookie", &self.cookie);
        if script {
            request = request.header("x-fragment", "1");
        }
        let begun = Instant::now();
        let mut response = request.call()?;
        let body = response
            .body_mut()
            .with_config()
            .limit(MOST)
            .read_to_vec()?;
        let time = begun.elapsed();
        Ok(Answer {
            status: response.status().as_u16(),
            time,
            bytes: body.len(),
            body: String::from_utf8(body).unwrap_or_default(),
        })
    }

    /// Asks for every page of a kind, and for those they lead to.
    pub fn visit(&self, kind: &Kind) -> Result<Vec<Times>> {
        let mut times = Times::named(kind.name);
        let mut further = kind.then.as_ref().map(|then| Times::named(then.name));
        for address in &kind.addresses {
            let body = times.note(self, kind, address, kind.must)?;
            if let (Some(further), Some(then)) = (&mut further, &kind.then) {
                self.go_on(kind, then, body, further)?;
            }
        }
        Ok(std::iter::once(times).chain(further).collect())
    }

    fn go_on(&self, kind: &Kind, then: &Then, mut body: String, times: &mut Times) -> Result<()> {
        for _ in 0..then.times {
            let Some(address) = link(&body, then.mark) else {
                return Ok(());
            };
            body = times.note(self, kind, &address, None)?;
        }
        Ok(())
    }

    /// Highest memory so far, in bytes.
    pub fn peak(&self) -> u64 {
        peak_memory(self.server.id()).unwrap_or(0)
    }
}

impl Times {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Asks, and notes what came.
    fn note(
        &mut self,
        served: &Served,
        kind: &Kind,
        address: &str,
        must: Option<&str>,
    ) -> Result<String> {
        let before = cpu_of(served.server.id()).unwrap_or_default();
        let answer = served.ask(address, kind.script)?;
        let after = cpu_of(served.server.id()).unwrap_or_default();
        self.cpu += after.saturating_sub(before);
        self.milliseconds.push(answer.time.as_secs_f64() * 1000.0);
        self.bytes += answer.bytes;
        let lacks = must.is_some_and(|must| !answer.body.contains(must));
        if answer.status >= 400 || lacks {
            self.wrong.push(format!("{} {address}", answer.status));
        }
        Ok(answer.body)
    }

    /// A line of the table; `None` when there was no such page.
    pub fn figures(&self) -> Option<Figures> {
        let mut sorted = self.milliseconds.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |part: usize| {
            sorted
                .get((sorted.len().checked_sub(1)?) * part / 100)
                .copied()
        };
        let count = sorted.len();
        Some(Figures {
            count,
            p50: at(50)?,
            p99: at(99)?,
            max: at(100)?,
            cpu: self.cpu.as_secs_f64() * 1000.0 / count as f64,
            bytes: self.bytes / count,
        })
    }
}

/// What the requests of a kind took, in milliseconds; processor time and bytes on average.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    pub count: usize,
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
    pub cpu: f64,
    pub bytes: usize,
}

impl Figures {
    pub fn json(&self) -> Value {
        json!({"requests": self.count, "p50_ms": self.p50, "p99_ms": self.p99, "max_ms": self.max,
            "cpu_ms": self.cpu, "bytes": self.bytes})
    }
}

/// Name and value of the first cookie that is set.
fn cookie<B>(answer: &Response<B>) -> Option<String> {
    let set = answer.headers().get("set-cookie")?.to_str().ok()?;
    set.split(';').next().map(str::to_owned)
}

/// The first address behind `mark` in a page.
fn link(body: &str, mark: &str) -> Option<String> {
    let (_, rest) = body.split_once(mark)?;
    let (_, rest) = rest.split_once("href=\"")?;
    let (address, _) = rest.split_once('"')?;
    let plain = address.replace("&#38;", "&").replace("&amp;", "&");
    let (path, _) = plain.split_once('#').unwrap_or((&plain, ""));
    Some(path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_behind_their_mark() {
        let page =
            r#"<a href="/no">x</a><p class="more"><a href="/search?q=a&#38;after=7#top">x</a>"#;
        assert_eq!(
            link(page, "class=\"more\"").as_deref(),
            Some("/search?q=a&after=7")
        );
        assert_eq!(link(page, "class=\"less\""), None);
    }

    #[test]
    fn figures_of_a_few() {
        let times = Times {
            milliseconds: vec![3.0, 1.0, 2.0],
            bytes: 30,
            ..Times::default()
        };
        let figures = times.figures();
        assert!(
            figures.is_some_and(|f| f.p50 == 2.0 && f.max == 3.0 && f.bytes == 10 && f.count == 3)
        );
        assert!(Times::default().figures().is_none());
    }
}
