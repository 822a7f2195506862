//! What comes from the terminal, independent of the library that reads it.

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Char(char),
    Enter,
    Escape,
    Backspace,
    Delete,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    F(u8),
}

/// A key with or without Ctrl.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// The key.
    pub key: Key,
    /// Ctrl was held.
    pub control: bool,
}

#[cfg(test)]
impl KeyPress {
    /// A key by itself.
    pub fn of(key: Key) -> Self {
        Self {
            key,
            control: false,
        }
    }

    /// Ctrl and a letter.
    pub fn control(letter: char) -> Self {
        Self {
            key: Key::Char(letter),
            control: true,
        }
    }
}

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// A key was pressed.
    Key(KeyPress),
    /// Text was pasted.
    Paste(String),
    /// The wheel turned: by so many rows, down is positive.
    Wheel(isize),
    /// A click at this row of the screen.
    Click(u16),
    /// The terminal has another size: columns and rows.
    Resize(u16, u16),
    /// An answer came.
    Reply(u64, crate::ask::Reply),
    /// Time passed.
    Tick,
}

/// What is to be done outside of the screens.
#[derive(Debug)]
pub enum Command {
    /// Ask the archive.
    Ask(u64, crate::ask::Request),
    /// Open this file.
    Open(std::path::PathBuf),
    /// Put this on the clipboard.
    Copy(String),
    /// Draw everything anew.
    Redraw,
    /// End.
    Quit,
}
