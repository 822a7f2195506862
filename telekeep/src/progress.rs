//! Progress of a long run, on stderr.
//!
//! On a terminal a small block that is redrawn; elsewhere (a log, cron) a line now and then.
//! What is shown is made by pure functions of the counters, so it is tested without a terminal.

use std::io::{IsTerminal, Stderr};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use telekeep_sources::monitor::{Monitor, Wait, WaitReason};
use terminal_size::terminal_size_of;

use crate::block::{Block, DOT};
use crate::interrupt;
use crate::output::Output;
use crate::output::text::{clock, count, duration, minute, plural, size};

/// How often the block on a terminal is redrawn, and how often a log gets a line.
const REDRAW: Duration = Duration::from_millis(150);
const LOG_EVERY: Duration = Duration::from_secs(15);
/// Waits shorter than this come and go without being told in a log.
const LOG_WAIT: Duration = Duration::from_secs(5);

/// Counters of the run.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// What is being done.
    pub phase: String,
    /// When that began.
    since: Option<Instant>,
    /// Chats finished, and all.
    pub chats: (u64, u64),
    /// Messages stored by this run.
    pub messages: u64,
    /// Media files stored by this run.
    pub files: u64,
    /// Media bytes stored by this run.
    pub bytes: u64,
    /// Media files and bytes this run has to fetch in all, once that is known.
    pub to_fetch: (u64, u64),
    /// Bytes or files done, and all, of a phase that knows (verify).
    pub part: (u64, u64),
    /// Records done, and about all, of a phase that counts them.
    pub records: (u64, u64),
    /// Items that failed.
    pub failures: u64,
    /// Current waits.
    waits: Vec<Wait>,
}

/// Counters at two moments make a rate.
#[derive(Clone, Copy, Debug, Default)]
struct Rates {
    messages: f64,
    bytes: f64,
    /// Seconds the phase has taken so far.
    phase: f64,
}

/// The block on stderr, when there is one: who prints something else there holds it meanwhile.
type SharedBlock = Arc<Mutex<Option<Block<Stderr>>>>;

/// Progress being shown until it is dropped.
pub struct Progress {
    counts: Arc<Mutex<Counts>>,
    block: SharedBlock,
    quiet: bool,
    plain: bool,
    stop: Option<Sender<()>>,
    drawer: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts showing, as `output` allows.
    pub fn start(output: &Output, no_progress: bool) -> Progress {
        let counts = Arc::new(Mutex::new(Counts::default()));
        let show = !no_progress && !output.quiet;
        let terminal = std::io::stderr().is_terminal();
        let plain = show && !terminal;
        let block = (show && terminal).then(|| Block::new(std::io::stderr()));
        let block = Arc::new(Mutex::new(block));
        if show && terminal {
            // Words printed into the block would tear it; it says so itself.
            interrupt::silent();
        }
        let (stop, drawer) = if show {
            let (stop, stopped) = channel();
            let (shared, block) = (Arc::clone(&counts), Arc::clone(&block));
            let every = if plain { LOG_EVERY } else { REDRAW };
            let drawer = std::thread::spawn(move || {
                let mut meter = Meter::new();
                while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(every) {
                    let now = locked(&shared).clone();
                    let mut lines = lines(&now, meter.rates(&now), SystemTime::now());
                    match locked(&block).as_mut() {
                        None => draw_line(&lines.join(DOT)),
                        Some(block) => {
                            if interrupt::stopped() {
                                lines.push(interrupt::STOPPING.to_owned());
                            }
                            block.draw(&lines, width());
                        }
                    }
                }
            });
            (Some(stop), Some(drawer))
        } else {
            (None, None)
        };
        Progress {
            counts,
            block,
            quiet: output.quiet,
            plain,
            stop,
            drawer,
        }
    }

    /// Changes the counters.
    pub fn update(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut locked(&self.counts));
    }

    /// Media bytes stored so far.
    pub fn bytes(&self) -> u64 {
        locked(&self.counts).bytes
    }

    /// Prints something between the redrawn lines.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        let mut block = locked(&self.block);
        if let Some(block) = block.as_mut() {
            block.clear();
        }
        print()
    }

    /// Words between the redrawn lines.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            self.suspend(|| draw_line(text));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(drawer) = self.drawer.take() {
            // A drawer that panicked has nothing left to show.
            let _ = drawer.join();
        }
        if let Some(block) = locked(&self.block).as_mut() {
            block.clear();
        }
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The width of the terminal on stderr.
fn width() -> usize {
    terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0))
}

fn draw_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

impl Monitor for Progress {
    fn phase(&self, name: &str) {
        self.update(|counts| {
            counts.phase = name.to_owned();
            counts.since = Some(Instant::now());
            counts.chats = (0, 0);
        });
    }

    fn chat(&self, _chat: i64, done: u64, total: u64) {
        self.update(|counts| counts.chats = (done, total));
    }

    fn messages(&self, count: u64) {
        self.update(|counts| counts.messages += count);
    }

    fn media(&self, files: u64, bytes: u64) {
        self.update(|counts| {
            counts.files += files;
            counts.bytes += bytes;
        });
    }

    fn wait(&self, wait: &Wait) {
        let now = SystemTime::now();
        self.update(|counts| {
            counts
                .waits
                .retain(|other| other.until > now && other.reason != wait.reason);
            counts.waits.push(wait.clone());
        });
        let long = wait
            .until
            .duration_since(now)
            .is_ok_and(|left| left >= LOG_WAIT);
        if self.plain && long {
            draw_line(&wait_line(wait, now));
        }
    }

    fn failure(&self, what: &str) {
        self.update(|counts| counts.failures += 1);
        self.say(&format!(
            "failed, will be tried again: {}",
            crate::output::text::clean(what)
        ));
    }
}

/// Rates over the last ten seconds or so.
struct Meter {
    samples: Vec<(Instant, u64, u64)>,
}

impl Meter {
    fn new() -> Self {
        Meter {
            samples: Vec::new(),
        }
    }

    fn rates(&mut self, now: &Counts) -> Rates {
        self.rates_at(Instant::now(), now)
    }

    fn rates_at(&mut self, at: Instant, now: &Counts) -> Rates {
        let window = Duration::from_secs(10);
        self.samples
            .retain(|(then, _, _)| at.duration_since(*then) <= window);
        self.samples
            .push((at, now.messages, now.bytes + now.part.0));
        let Some((then, messages, bytes)) = self.samples.first().copied() else {
            return Rates::default();
        };
        let seconds = at.duration_since(then).as_secs_f64();
        let phase = now
            .since
            .map_or(0.0, |since| at.duration_since(since).as_secs_f64());
        if seconds < 0.5 {
            return Rates {
                phase,
                ..Rates::default()
            };
        }
        Rates {
            messages: now.messages.saturating_sub(messages) as f64 / seconds,
            bytes: (now.bytes + now.part.0).saturating_sub(bytes) as f64 / seconds,
            phase,
        }
    }
}

/// What is shown: at most one line each for messages, media, parts and every wait.
fn lines(now: &Counts, rates: Rates, at: SystemTime) -> Vec<String> {
    let mut lines = vec![first_line(now, rates)];
    if now.files > 0 || now.bytes > 0 || now.to_fetch.0 > 0 {
        lines.push(media_line(now, rates));
    }
    if now.part.1 > 0 {
        lines.push(part_line(now.part, rates.bytes));
    }
    if now.failures > 0 {
        lines.push(format!(
            "{} failed so far",
            plural(now.failures, "item", "items")
        ));
    }
    let waits = now.waits.iter().filter(|wait| wait.until > at);
    lines.extend(waits.map(|wait| wait_line(wait, at)));
    lines
}

/// Phase, chats, messages, records.
fn first_line(now: &Counts, rates: Rates) -> String {
    let mut line = if now.phase.is_empty() {
        "starting".to_owned()
    } else {
        now.phase.clone()
    };
    let (done, total) = now.chats;
    if total > 0 {
        line += &format!(" · {} of {}", count(done), plural(total, "chat", "chats"));
    }
    if now.messages > 0 {
        line += &format!(" · {}", plural(now.messages, "new message", "new messages"));
        // While media are fetched the rate of messages only fades.
        if total > 0 {
            line += &rate(rates.messages, |n| format!(" ({}/s)", count(n)));
        }
    }
    if now.records.1 > 0 {
        line += &format!(
            " · {} of {} records",
            count(now.records.0),
            count(now.records.1)
        );
    }
    // Chats differ much in length: below some of them the guess is worth nothing.
    if done >= 3 && total > done {
        line += &left(rates.phase / done as f64 * (total - done) as f64);
    }
    line
}

fn media_line(now: &Counts, rates: Rates) -> String {
    let (files, bytes) = now.to_fetch;
    let mut line = match files {
        0 => format!(
            "media · {} · {}",
            plural(now.files, "file", "files"),
            size(now.bytes)
        ),
        _ => format!(
            "media · {} of {} · {} of {}",
            count(now.files),
            plural(files, "file", "files"),
            size(now.bytes),
            size(bytes)
        ),
    };
    line += &rate(rates.bytes, |n| format!(" ({}/s)", size(n)));
    if rates.bytes >= 1.0 && bytes > now.bytes {
        line += &left((bytes - now.bytes) as f64 / rates.bytes);
    }
    line
}

/// ` · about 2 min left`.
fn left(seconds: f64) -> String {
    format!(" · about {} left", duration(seconds.ceil() as u64))
}

fn part_line((done, total): (u64, u64), rate: f64) -> String {
    let percent = done.saturating_mul(100) / total.max(1);
    let mut line = format!("{percent} % · {} of {}", size(done), size(total));
    if rate >= 1.0 && total > done {
        line += &left((total - done) as f64 / rate);
    }
    line
}

fn rate(per_second: f64, words: impl Fn(u64) -> String) -> String {
    if per_second >= 1.0 {
        words(per_second.round() as u64)
    } else {
        String::new()
    }
}

/// Seconds from which on a wait may end on another day, which the line must say.
const LONG_WAIT: u64 = 6 * 3600;

fn wait_line(wait: &Wait, at: SystemTime) -> String {
    let left = wait
        .until
        .duration_since(at)
        .unwrap_or_default()
        .as_secs_f64()
        .ceil() as u64;
    let end = wait
        .until
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let end = i64::try_from(end).unwrap_or(i64::MAX);
    let end = match left < LONG_WAIT {
        true => clock(end),
        false => minute(end),
    };
    let why = match &wait.reason {
        WaitReason::Flood { method } => format!("the server asks for a pause of {method}"),
        WaitReason::KeptFlood { method } => {
            format!("the server asked the last run for a pause of {method}, which is not over")
        }
        WaitReason::FloodPremium { method } => {
            format!("the server slows {method} for accounts without Premium")
        }
        WaitReason::ServerTrouble { method } => format!("the server has trouble with {method}"),
        WaitReason::Reconnect => "no connection, trying again".to_owned(),
        WaitReason::Takeout => {
            "Telegram lets you wait before you may export; allow it in the app to go on at once"
                .to_owned()
        }
    };
    format!("waiting until {end} ({}): {why}", duration(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Counts {
        Counts {
            phase: "messages".into(),
            chats: (12, 30),
            messages: 3412,
            files: 14,
            bytes: 18_200_000,
            ..Counts::default()
        }
    }

    #[test]
    fn a_run_reads_like_a_sentence() {
        let rates = Rates {
            messages: 1234.4,
            bytes: 7.1e6,
            phase: 20.0,
        };
        assert_eq!(
            lines(&counts(), rates, SystemTime::now()),
            [
                "messages · 12 of 30 chats · 3,412 new messages (1,234/s) · about 30 s left",
                "media · 14 files · 18 MB (7.1 MB/s)"
            ]
        );
    }

    #[test]
    fn known_media_has_an_end() {
        let now = Counts {
            to_fetch: (20, 32_400_000),
            ..counts()
        };
        let rates = Rates {
            bytes: 7.1e6,
            ..Rates::default()
        };
        assert_eq!(
            media_line(&now, rates),
            "media · 14 of 20 files · 18 MB of 32 MB (7.1 MB/s) · about 2 s left"
        );
    }

    #[test]
    fn a_wait_is_shown_with_its_end_until_it_is_over() {
        let start = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let wait = Wait {
            reason: WaitReason::Flood {
                method: "messages.getHistory".into(),
            },
            until: start + Duration::from_secs(200),
        };
        let now = Counts {
            waits: vec![wait],
            ..counts()
        };
        let shown = lines(&now, Rates::default(), start);
        let last = shown.last().unwrap();
        assert!(last.contains(&clock(1_700_000_200)), "{last}");
        assert!(last.contains("3 min 20 s"), "{last}");
        assert!(last.contains("messages.getHistory"), "{last}");
        let later = lines(&now, Rates::default(), start + Duration::from_secs(201));
        assert_eq!(later.len(), 2);
    }

    #[test]
    fn what_is_left_is_told_from_the_rate() {
        let line = part_line((50_000_000, 100_000_000), 1e6);
        assert_eq!(line, "50 % · 50 MB of 100 MB · about 50 s left");
    }

    #[test]
    fn rates_forget_what_is_long_ago() {
        let mut meter = Meter::new();
        let start = Instant::now();
        let at = |seconds, messages| (start + Duration::from_secs(seconds), messages);
        for (when, messages) in [at(0, 0), at(5, 5000), at(60, 5000)] {
            meter.rates_at(
                when,
                &Counts {
                    messages,
                    ..Counts::default()
                },
            );
        }
        let (when, messages) = at(65, 5500);
        let rates = meter.rates_at(
            when,
            &Counts {
                messages,
                ..Counts::default()
            },
        );
        assert_eq!(rates.messages.round(), 100.0);
    }
}
