//! The loop: events in, commands out, drawing when something changed.

use std::io::{self, BufRead as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use telekeep_view::Library;

use crate::app::{App, Command, Event};
use crate::opener::Opener;
use crate::paint::{Theme, draw};
use crate::read::{Reader, Shelf};
use crate::say::Say;
use crate::terminal::Screen;
use crate::worker::Workers;

/// How long nothing needs to happen while something is read, and otherwise.
const BUSY: Duration = Duration::from_millis(50);
const IDLE: Duration = Duration::from_millis(200);

/// How to browse.
pub struct Options {
    /// Code of the language, or a locale such as `de_AT.UTF-8`.
    pub language: String,
    /// Colours are wanted.
    pub colours: bool,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// Now, unix seconds.
    pub now: fn() -> i64,
    /// Who opens files.
    pub opener: Opener,
    /// True when the program is asked from outside to end.
    pub stopped: fn() -> bool,
}

/// Lets somebody browse until they leave. The terminal is given back and opened files are removed
/// before this returns, also after an error.
pub fn browse(library: Arc<Library>, options: &Options) -> io::Result<()> {
    let say = Say::of(&options.language);
    let shelf = Arc::new(Shelf::new(options.opener.is_desktop()));
    let reader = Arc::new(Reader {
        library,
        say,
        zone: options.zone.clone(),
        now: options.now,
        shelf: Arc::clone(&shelf),
    });
    let (sender, events) = channel();
    let answers = sender.clone();
    let workers = Workers::start(&reader, move |ticket, reply| {
        // After the end nobody listens.
        let _ = answers.send(Event::Reply(ticket, reply));
    })?;
    // Cleared also when the screen panics.
    let tidy = Tidy(&shelf);
    let shown = Screen::take(sender).and_then(|mut screen| {
        let size = screen.terminal.size()?;
        let now = (options.now)();
        let offset = options
            .zone
            .to_offset(jiff::Timestamp::from_second(now).unwrap_or_default());
        let today = (now + i64::from(offset.seconds())).div_euclid(86_400);
        let app = App::new(say, size.width, size.height, today);
        Session {
            app,
            screen: &mut screen,
            workers: &workers,
            options,
            began: Instant::now(),
        }
        .run(&events)
    });
    drop(tidy);
    workers.finish();
    shown
}

/// Removes opened files whatever happens.
struct Tidy<'a>(&'a Shelf);

impl Drop for Tidy<'_> {
    fn drop(&mut self) {
        self.0.clear();
    }
}

struct Session<'a> {
    app: App,
    screen: &'a mut Screen,
    workers: &'a Workers,
    options: &'a Options,
    began: Instant,
}

impl Session<'_> {
    fn run(mut self, events: &Receiver<Event>) -> io::Result<()> {
        let begin = self.app.begin();
        if !self.obey(begin)? {
            return Ok(());
        }
        let theme = Theme {
            colours: self.options.colours,
        };
        let mut was_loading = false;
        self.screen.draw(|frame| draw(&self.app, theme, frame))?;
        while !(self.options.stopped)() {
            let patience = if self.app.is_waiting() { BUSY } else { IDLE };
            let first = match events.recv_timeout(patience) {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => Event::Tick,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            let mut changed = !matches!(first, Event::Tick);
            for event in std::iter::once(first).chain(events.try_iter()) {
                let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let commands = self.app.update(event, now);
                if !self.obey(commands)? {
                    return Ok(());
                }
            }
            changed |= self.app.is_loading() != was_loading;
            was_loading = self.app.is_loading();
            if changed {
                self.screen.draw(|frame| draw(&self.app, theme, frame))?;
            }
        }
        Ok(())
    }

    /// Does what the screens want; false at the end.
    fn obey(&mut self, commands: Vec<Command>) -> io::Result<bool> {
        for command in commands {
            match command {
                Command::Ask(ticket, request) => self.workers.ask((ticket, request)),
                Command::Copy(text) => self.screen.copy(&text)?,
                Command::Redraw => self.screen.terminal.clear()?,
                Command::Open(path) => self.open(&path)?,
                Command::Quit => return Ok(false),
            }
        }
        Ok(true)
    }

    fn open(&mut self, path: &Path) -> io::Result<()> {
        let say = self.app.desk.say;
        let opener = &self.options.opener;
        let opened = match opener.is_desktop() {
            true => opener.open(path),
            false => self.screen.lend(|| {
                let opened = opener.open(path);
                if opened {
                    wait_for_enter(say.get("browse.press-enter"));
                }
                opened
            })?,
        };
        match opened {
            true => self.app.desk.tell(say.get("browse.opened")),
            false => self.app.desk.complain(say.get("browse.no-opener")),
        }
        Ok(())
    }
}

/// What the program showed stays until it was seen.
fn wait_for_enter(words: &str) {
    use std::io::Write as _;
    let mut out = io::stdout();
    let _ = write!(out, "\r\n{words}").and_then(|()| out.flush());
    let _ = io::stdin().lock().read_line(&mut String::new());
}
