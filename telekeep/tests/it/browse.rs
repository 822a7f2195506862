//! `telekeep browse` in a real (pseudo) terminal.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::harness::{Cloud, PROGRAM, Place};

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with the program in it.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    /// How it was set before.
    before: String,
    seen: Arc<(Mutex<vt100::Parser>, Condvar)>,
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        ..PtySize::default()
    }
}

impl Terminal {
    pub fn start(place: &Place, args: &[&str]) -> Terminal {
        let pair = native_pty_system().openpty(size(100, 30)).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(args);
        command.cwd(place.path(""));
        command.env_clear();
        command.env("HOME", place.path(""));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TELEKEEP_PASSPHRASE", "correct horse");
        command.env("TERM", "xterm-256color");
        command.env("TMPDIR", temporary(place));
        command.env("TZ", "UTC");
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Arc::new((
            Mutex::new(vt100::Parser::new(some(30), some(100), 0)),
            Condvar::new(),
        ));
        let mut output = pair.master.try_clone_reader().unwrap();
        let drawn = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut bytes) {
                drawn.0.lock().unwrap().process(&bytes[..length]);
                drawn.1.notify_all();
            }
        });
        Terminal {
            keys: pair.master.take_writer().unwrap(),
            master: pair.master,
            child,
            before,
            seen,
        }
    }

    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        let seen = self.seen.0.lock().unwrap();
        let (seen, timeout) = self
            .seen
            .1
            .wait_timeout_while(seen, PATIENCE, |seen| !wanted(seen.screen()))
            .unwrap();
        assert!(
            !timeout.timed_out(),
            "no {what} in:\n{}",
            seen.screen().contents()
        );
        drop(seen);
        self
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.seen.0.lock().unwrap().screen().contents()
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        self.until(words, |screen| screen.contents().contains(words))
    }

    /// Waits until the list of chats is read: keys before that have nothing to act on.
    #[track_caller]
    fn in_list(&mut self) -> &mut Self {
        self.until("list of chats", |screen| {
            let contents = screen.contents();
            contents.contains("[All]") && contents.contains('▌')
        })
    }

    /// Waits until a chat is open and its messages are read.
    #[track_caller]
    fn in_chat(&mut self) -> &mut Self {
        self.until("open chat", |screen| {
            let contents = screen.contents();
            contents.contains("/ search") && contents.contains('▌')
        })
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.screen_mut().set_size(some(rows), some(columns));
        drop(seen);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// The end, with its code; the terminal must be as before.
    #[track_caller]
    pub fn ended(&mut self) -> u32 {
        let code = self.child.wait().unwrap().exit_code();
        self.until("the end of the alternate screen", |screen| {
            let mouse = screen.mouse_protocol_mode();
            !screen.alternate_screen()
                && !screen.hide_cursor()
                && !screen.bracketed_paste()
                && mouse == vt100::MouseProtocolMode::None
        });
        let after = format!("{:?}", self.master.get_termios().unwrap());
        assert_eq!(self.before, after);
        code
    }
}

/// Where the program puts temporary files.
fn temporary(place: &Place) -> PathBuf {
    let path = place.path("temporary");
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Names of folders with opened files.
fn opened(place: &Place) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(temporary(place)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let ours = |path: &PathBuf| path.to_string_lossy().contains("telekeep-browse-");
    paths.filter(ours).collect()
}

fn backed_up() -> Place {
    let place = Place::with_archive();
    let args = [
        "--chats",
        "12",
        "--messages",
        "400",
        "--media-mb",
        "1",
        "--seed",
        "5",
    ];
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup", "--json"]).expect(0);
    place
}

#[test]
fn moving_searching_resizing_opening_leaving() {
    let place = backed_up();
    let mut terminal = Terminal::start(
        &place,
        &["browse", "--lang", "en", "--open-with", "echo got"],
    );
    terminal.in_list().press("j\r").in_chat();
    terminal
        .press("k")
        .press("i")
        .sees("could be missing")
        .press("q");
    terminal.press("\x1b").in_list();
    terminal
        .press("shas:file\r")
        .sees("Search: has:file")
        .sees("[File");
    terminal.resize(40, 12);
    terminal.until("40 columns", |screen| {
        screen.size() == (some(12), some(40)) && screen.contents().contains("Search: has:file")
    });
    terminal.press("\r").in_chat().press("o").sees("got ");
    let folders = opened(&place);
    assert_eq!(folders.len(), 1, "{folders:?}");
    terminal.sees("Press Enter").press("\r").sees("Opened.");
    // Ctrl-C leaves at once.
    terminal.press("\x03");
    assert_eq!(terminal.ended(), 0);
    assert!(opened(&place).is_empty());
}

#[test]
fn a_signal_gives_the_terminal_back_and_removes_files() {
    let place = backed_up();
    let mut terminal = Terminal::start(
        &place,
        &["browse", "--lang", "en", "--open-with", "echo got"],
    );
    terminal.in_list().press("shas:file\r").sees("[File");
    terminal
        .press("\r")
        .in_chat()
        .press("o")
        .sees("Press Enter");
    terminal.press("\r").sees("Opened.");
    assert_eq!(opened(&place).len(), 1);
    let id = terminal.child.process_id().unwrap().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status();
    assert!(killed.unwrap().success());
    assert_eq!(terminal.ended(), 130);
    assert!(opened(&place).is_empty());
}

#[test]
fn without_a_terminal_it_says_what_to_use_instead() {
    let place = Place::with_archive();
    let outcome = place.run(&["browse"]).expect(2);
    outcome.says(&["needs a terminal", "telekeep show", "telekeep search"]);
}
