//! Signing in by a QR code that a phone scans.

use std::io::{IsTerminal, Write as _};

use serde_json::json;
use telekeep_sources::telegram::login::{LoginToken, QrLogin, QrStep};
use telekeep_sources::telegram::wire::Account;

use super::{Steps, Updates};
use crate::error::{CommandError, Result};
use crate::output::Output;
use crate::qr_code::{Picture, PictureFile};

/// Codes that are shown, half a minute each, until it is clear that nobody is there.
const CODES: u32 = 20;

const WORDS: &str = "\
Scan this code with Telegram on your phone: Settings > Devices > Link Desktop Device.
It changes every half minute until you do. Ctrl-C gives up.";

impl Steps<'_> {
    /// Signs in by a token that is shown as a QR code.
    pub(super) fn qr(&self, updates: Updates) -> Result<Account> {
        let mut screen = Screen::new(self.context.output, self.login.qr_png.as_deref())?;
        let mut login = QrLogin::begin(self.client, updates);
        for _ in 0..=CODES {
            match self.runtime.block_on(login.step())? {
                QrStep::Show(token) => screen.show(&token)?,
                QrStep::Done(account) => return Ok(account),
                QrStep::PasswordNeeded { hint } => {
                    drop(screen);
                    return self.password(hint);
                }
            }
        }
        Err(
            CommandError::failed("nobody scanned the QR code within ten minutes")
                .hint("try again: telekeep login --qr")
                .hint("or sign in by a code: telekeep login"),
        )
    }
}

/// Where the code is shown: on the terminal, as a file, as a line for scripts.
struct Screen {
    output: Output,
    terminal: bool,
    file: Option<PictureFile>,
    /// Lines on the terminal that the next code replaces.
    drawn: usize,
    told: bool,
}

impl Screen {
    fn new(output: Output, file: Option<&std::path::Path>) -> Result<Screen> {
        let terminal = std::io::stderr().is_terminal();
        if !terminal && !output.json && file.is_none() {
            return Err(
                CommandError::usage("there is no terminal to show the QR code on")
                    .hint("write it into a picture: --qr-png FILE"),
            );
        }
        Ok(Screen {
            output,
            terminal,
            file: file.map(PictureFile::new).transpose()?,
            drawn: 0,
            told: false,
        })
    }

    fn show(&mut self, token: &LoginToken) -> Result<()> {
        let picture = Picture::of(&token.link)?;
        if let Some(file) = &mut self.file {
            file.put(&picture.png()?)?;
            if !self.told {
                let path = file.path().display();
                self.output.say(format!("The QR code is in {path}"));
            }
        }
        if self.output.json {
            let line = json!({"link": token.link, "lasts": token.lasts.as_secs()});
            self.output.json("login_token", &line)?;
        }
        if self.terminal {
            self.draw(&picture);
        } else if !self.told {
            self.output.say(WORDS);
        }
        self.told = true;
        Ok(())
    }

    fn draw(&mut self, picture: &Picture) {
        let width = terminal_size::terminal_size_of(std::io::stderr());
        let narrow = width.is_some_and(|(width, _)| usize::from(width.0) < picture.columns());
        let mut lines = match narrow {
            true => vec![
                "This terminal is too narrow for the QR code: make it wider, or use --qr-png FILE."
                    .to_owned(),
            ],
            false => picture.lines(self.output.err),
        };
        if !narrow && !self.output.err.has_colours() {
            lines.push(
                "(for terminals with a dark background; otherwise use --qr-png FILE)".to_owned(),
            );
        }
        lines.extend(WORDS.lines().map(str::to_owned));
        let mut text = String::new();
        if self.drawn > 0 {
            text.push_str(&format!("\x1b[{}A\x1b[J", self.drawn));
        }
        for line in &lines {
            text.push_str(line);
            text.push('\n');
        }
        self.drawn = lines.len();
        // The code is a question, not a word about progress: it is shown to the quiet, too.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
