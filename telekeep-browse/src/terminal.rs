//! The terminal: taken over at the start, given back at the end, after an error and after a panic.

use std::io::{self, Stdout, Write};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
    KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};

use crate::app::{Event, Key, KeyPress};
use crate::placed::Placed;

/// How often the thread that reads keys looks whether it should rest.
const LOOK: Duration = Duration::from_millis(50);
/// Rows that the wheel turns.
const WHEEL: isize = 3;
/// Longest text that terminals take for the clipboard, encoded.
const CLIPBOARD: usize = 74_000;

/// The terminal while it is ours.
pub struct Screen {
    /// What is drawn on.
    pub terminal: Terminal<Placed<CrosstermBackend<Stdout>>>,
    input: Arc<Input>,
}

/// Tells the thread that reads keys what to do.
#[derive(Default)]
struct Input {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    wanted: Wanted,
    /// It rests indeed.
    rests: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Wanted {
    #[default]
    Reading,
    Rest,
    End,
}

impl Input {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn want(&self, wanted: Wanted) {
        self.state().wanted = wanted;
        self.changed.notify_all();
    }

    /// Waits until nothing is read any more.
    fn wait_for_rest(&self) {
        let waited = self.changed.wait_while(self.state(), |state| !state.rests);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// Called by the thread: rests as long as that is wanted; false at the end.
    fn goes_on(&self) -> bool {
        let mut state = self.state();
        while state.wanted == Wanted::Rest {
            state.rests = true;
            self.changed.notify_all();
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
        let goes_on = state.wanted == Wanted::Reading;
        state.rests = !goes_on;
        self.changed.notify_all();
        goes_on
    }

    /// Called by the thread when it ends by itself.
    fn ended(&self) {
        self.state().rests = true;
        self.changed.notify_all();
    }
}

impl Screen {
    /// Takes the terminal over; `told` gets what is typed.
    pub fn take(told: Sender<Event>) -> io::Result<Self> {
        give_back_on_panic();
        enter().inspect_err(|_| leave())?;
        let terminal = Terminal::new(Placed::new(CrosstermBackend::new(io::stdout())))
            .inspect_err(|_| leave())?;
        let input = Arc::new(Input::default());
        let reading = Arc::clone(&input);
        thread::spawn(move || read_keys(&reading, &told));
        Ok(Self { terminal, input })
    }

    /// Draws, without flicker where the terminal knows how.
    pub fn draw(&mut self, make: impl FnOnce(&mut ratatui::Frame<'_>)) -> io::Result<()> {
        execute!(io::stdout(), BeginSynchronizedUpdate)?;
        if self.terminal.backend().has_traces() {
            self.terminal.clear()?;
        }
        self.terminal.draw(make)?;
        execute!(io::stdout(), EndSynchronizedUpdate)
    }

    /// Lends the terminal, as it was found, to another program. Nothing typed there comes to us.
    pub fn lend<T>(&mut self, to: impl FnOnce() -> T) -> io::Result<T> {
        self.input.want(Wanted::Rest);
        self.input.wait_for_rest();
        leave();
        let given = to();
        enter()?;
        self.input.want(Wanted::Reading);
        self.terminal.clear()?;
        Ok(given)
    }

    /// Puts a text on the clipboard, where the terminal allows it (OSC 52).
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(clipboard(text).as_bytes())?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.input.want(Wanted::End);
        self.input.wait_for_rest();
        leave();
    }
}

/// The sequence that asks a terminal to put a text on the clipboard. Control characters stay behind:
/// pasted into a shell they could do something.
pub fn clipboard(text: &str) -> String {
    use base64::Engine as _;
    let kept = |c: &char| *c == '\n' || *c == '\t' || !c.is_control();
    let mut text: String = text.chars().filter(kept).collect();
    let mut most = CLIPBOARD / 4 * 3;
    if text.len() > most {
        while !text.is_char_boundary(most) {
            most -= 1;
        }
        text.truncate(most);
    }
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    format!("\x1b]52;c;{encoded}\x07")
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableMouseCapture,
        EnableBracketedPaste
    )
}

/// Undoes [`enter`]. Nobody is left to tell when that fails.
fn leave() {
    let _ = execute!(
        io::stdout(),
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        ratatui::crossterm::cursor::Show
    );
    let _ = disable_raw_mode();
}

/// A panic of the thread that draws gives the terminal back before it is reported. One of a reading
/// thread is answered on the screen (see `worker`).
fn give_back_on_panic() {
    let drawing = thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let this = thread::current();
        if this.name() == Some(crate::worker::THREAD) {
            return;
        }
        if this.id() == drawing {
            leave();
        }
        before(info);
    }));
}

fn read_keys(input: &Input, told: &Sender<Event>) {
    while input.goes_on() {
        let read = match event::poll(LOOK) {
            Ok(true) => event::read(),
            Ok(false) => continue,
            Err(error) => Err(error),
        };
        // Without a terminal there is nothing more to hear.
        let Ok(read) = read else { break };
        if let Some(event) = translate(read)
            && told.send(event).is_err()
        {
            break;
        }
    }
    input.ended();
}

fn translate(read: event::Event) -> Option<Event> {
    match read {
        event::Event::Key(key) if key.kind != KeyEventKind::Release => key_of(key).map(Event::Key),
        event::Event::Paste(text) => Some(Event::Paste(text)),
        event::Event::Resize(width, height) => Some(Event::Resize(width, height)),
        event::Event::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollDown => Some(Event::Wheel(WHEEL)),
            MouseEventKind::ScrollUp => Some(Event::Wheel(-WHEEL)),
            MouseEventKind::Down(MouseButton::Left) => Some(Event::Click(mouse.row)),
            _ => None,
        },
        _ => None,
    }
}

fn key_of(key: KeyEvent) -> Option<KeyPress> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let key = match key.code {
        KeyCode::Char(c) => Key::Char(if control { c.to_ascii_lowercase() } else { c }),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::F(number) => Key::F(number),
        _ => return None,
    };
    Some(KeyPress { key, control })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clipboard_gets_no_control_characters_and_not_too_much() {
        assert_eq!(clipboard("a\u{1b}[2J\nb"), "\x1b]52;c;YVsySgpi\x07");
        let long = clipboard(&"ж".repeat(100_000));
        assert!(long.len() < CLIPBOARD + 20);
    }

    #[test]
    fn keys() {
        let press = |code, modifiers| key_of(KeyEvent::new(code, modifiers));
        let upper = press(KeyCode::Char('G'), KeyModifiers::SHIFT);
        assert_eq!(upper, Some(KeyPress::of(Key::Char('G'))));
        let control = press(KeyCode::Char('C'), KeyModifiers::CONTROL);
        assert_eq!(control, Some(KeyPress::control('c')));
        assert_eq!(press(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }
}
