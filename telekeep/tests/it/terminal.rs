//! The program in a real (pseudo) terminal, as somebody who types sees it.

use std::io::{Read as _, Write};
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::harness::{PROGRAM, Place};

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

pub fn some(number: u16) -> NonZero<u16> {
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
    /// Starts the program in a terminal of 100 by 30.
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

    /// Types.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        self
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub fn until(&mut self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
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
    /// Waits until the screen has these words.
    pub fn sees(&mut self, words: &str) -> &mut Self {
        self.until(words, |screen| screen.contents().contains(words))
    }

    /// Makes the terminal larger or smaller.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.screen_mut().set_size(some(rows), some(columns));
        drop(seen);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Number of the process.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
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
pub fn temporary(place: &Place) -> PathBuf {
    let path = place.path("temporary");
    std::fs::create_dir_all(&path).unwrap();
    path
}
