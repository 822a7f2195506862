//! An archive with a few records, and somebody who presses keys and reads the screen.

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Modifier;
use telekeep_index::Index;
use telekeep_journal::{Archive, InitOptions, Line, NewKey, Protection};
use telekeep_view::Library;

use crate::app::{App, Command, Event, Key, KeyPress};
use crate::paint::{Theme, draw};
use crate::read::{Reader, Shelf};
use crate::say::Say;

/// The account of every archive here.
const ME: i64 = 1;
/// 14 November 2023, 22:13:20.
const NOW: i64 = 1_700_000_000;

/// Makes an archive.
pub struct Maker {
    archive: Archive,
    lines: Vec<Line>,
    folder: tempfile::TempDir,
}

impl Maker {
    /// An encrypted archive, with a passphrase that costs little.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = NewKey::passphrase_with("main", "passphrase", 2);
        let options = InitOptions {
            protection: Protection::Encrypted(vec![key]),
            now: 0,
        };
        let mut maker = Self {
            archive: Archive::init_folder(folder.path(), &options).unwrap(),
            lines: Vec::new(),
            folder,
        };
        let source = format!(r#"{{"type":"telegram","server":"telegram","account":{ME}}}"#);
        maker.record("source", "", &source);
        maker.person(ME, "Me Myself");
        maker
    }

    pub fn record(&mut self, kind: &str, place: &str, body: &str) {
        let seq = self.lines.len() as u64 + 1;
        let json = format!(
            r#"{{"seq":{seq},"time":{NOW}000,"run":"00000000000000aa","kind":"{kind}"{place},"layer":230,"body":{body}}}"#
        );
        self.lines.push(Line { seq, json });
    }

    pub fn person(&mut self, id: i64, name: &str) {
        let name = json(name);
        let body = format!(r#"{{"_":"user","id":{id},"first_name":{name}}}"#);
        self.record("peer", &format!(r#","chat":{id}"#), &body);
    }

    /// A message of a private chat; `more` are further fields.
    pub fn message(&mut self, chat: i64, id: i64, date: i64, text: &str, more: &str) {
        let text = json(text);
        let body = format!(
            r#"{{"_":"message","id":{id},"peer_id":{{"_":"peerUser","user_id":{chat}}},"date":{date},"message":{text}{more}}}"#
        );
        self.record("message", &format!(r#","chat":{chat},"id":{id}"#), &body);
    }

    /// Bytes that are held as a file.
    pub fn file(&mut self, key: &str, bytes: &[u8], mime: &str) {
        let mut blob = self.archive.blob_writer(None).unwrap();
        blob.write_all(bytes).unwrap();
        let blob = blob.finish().unwrap();
        let body = format!(
            r#"{{"file":"{key}","size":{},"sha256":"{}","blob":"{}","mime":{}}}"#,
            blob.size,
            blob.sha256,
            blob.name,
            json(mime)
        );
        self.record("media", "", &body);
    }

    /// Somebody in front of a terminal of this size.
    pub fn at(self, width: u16, height: u16) -> Hand {
        self.speaking("en", width, height)
    }

    pub fn speaking(self, language: &str, width: u16, height: u16) -> Hand {
        let path = self.folder.path().join("index.db");
        let mut index = Index::open(&path, None).unwrap();
        let lines = self.lines.into_iter().map(Ok::<_, std::io::Error>);
        index.apply("account", lines).unwrap();
        drop(index);
        let library = Library::open(Arc::new(self.archive), &path, None).unwrap();
        let say = Say::of(language);
        let reader = Reader {
            library,
            say,
            zone: TimeZone::UTC,
            now: || NOW,
            shelf: Arc::new(Shelf::new(true)),
        };
        let mut hand = Hand {
            app: App::new(say, width, height, NOW / 86_400),
            reader,
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
            opened: Vec::new(),
            copied: Vec::new(),
            left: false,
            now: 0,
            folder: self.folder,
        };
        let begin = hand.app.begin();
        hand.obey(begin);
        hand
    }
}

pub fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Somebody who presses keys and reads the screen. Answers come at once.
pub struct Hand {
    pub app: App,
    pub reader: Reader,
    terminal: Terminal<TestBackend>,
    /// Files that were to be opened.
    pub opened: Vec<PathBuf>,
    /// Texts that went to the clipboard.
    pub copied: Vec<String>,
    /// Has left.
    pub left: bool,
    now: u64,
    pub folder: tempfile::TempDir,
}

impl Hand {
    fn obey(&mut self, commands: Vec<Command>) {
        let mut todo = VecDeque::from(commands);
        while let Some(command) = todo.pop_front() {
            match command {
                Command::Ask(ticket, request) => {
                    let reply = self.reader.answer(request);
                    todo.extend(self.app.update(Event::Reply(ticket, reply), self.now));
                }
                Command::Open(path) => self.opened.push(path),
                Command::Copy(text) => self.copied.push(text),
                Command::Redraw => {}
                Command::Quit => self.left = true,
            }
        }
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.now += 10;
        let commands = self.app.update(event, self.now);
        self.obey(commands);
        self
    }

    pub fn key(&mut self, key: Key) -> &mut Self {
        self.event(Event::Key(KeyPress::of(key)))
    }

    /// Types characters one after the other; line break, backspace and escape are those keys.
    pub fn type_in(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.key(match c {
                '\n' => Key::Enter,
                '\u{8}' => Key::Backspace,
                '\u{1b}' => Key::Escape,
                c => Key::Char(c),
            });
        }
        self
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        self.event(Event::Resize(width, height))
    }

    fn draw(&mut self, colours: bool) {
        let theme = Theme { colours };
        let app = &self.app;
        self.terminal.draw(|frame| draw(app, theme, frame)).unwrap();
    }

    /// The rows of the screen, without what is blank at their ends.
    pub fn rows(&mut self) -> Vec<String> {
        self.draw(true);
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width);
        let cells: Vec<&str> = buffer.content().iter().map(|cell| cell.symbol()).collect();
        let text = |row: &[&str]| {
            let mut line = String::new();
            let mut skip = 0;
            for cell in row {
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                skip = crate::text::columns(cell).saturating_sub(1);
                line.push_str(cell);
            }
            line.trim_end().to_owned()
        };
        cells.chunks(width).map(text).collect()
    }

    pub fn screen(&mut self) -> String {
        self.rows().join("\n")
    }

    /// The row of the chosen item.
    pub fn chosen(&mut self) -> String {
        let rows = self.rows();
        let marked: Vec<_> = rows.iter().filter(|row| row.starts_with('▌')).collect();
        marked.first().map(|row| (*row).clone()).unwrap_or_default()
    }

    /// What stands reversed, as hits do.
    pub fn reversed(&mut self) -> String {
        self.draw(true);
        let buffer = self.terminal.backend().buffer();
        let below = buffer.content().iter().skip(usize::from(buffer.area.width));
        let marked = below.filter(|cell| cell.modifier.contains(Modifier::REVERSED));
        marked.map(|cell| cell.symbol()).collect()
    }

    /// Does any cell have a colour?
    pub fn has_colour_without(&mut self) -> bool {
        use ratatui::style::Color;
        self.draw(false);
        let mut cells = self.terminal.backend().buffer().content().iter();
        cells.any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
    }

    #[track_caller]
    pub fn sees(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(words), "no {words:?} in:\n{screen}");
        self
    }

    #[track_caller]
    pub fn misses(&mut self, words: &str) -> &mut Self {
        let screen = self.screen();
        assert!(!screen.contains(words), "{words:?} in:\n{screen}");
        self
    }
}

/// A chat with a friend: greetings, an answer, an edit, an album, a file, a poll.
pub fn small() -> Maker {
    let mut maker = Maker::new();
    maker.person(5, "Ada Lovelace");
    maker.person(6, "Bertrand");
    maker.message(6, 8, 1_698_000_000, "an older chat", "");
    maker.message(5, 10, 1_699_000_000, "good morning lighthouse", "");
    maker.message(5, 11, 1_699_000_060, "how are you", "");
    maker.message(5, 12, 1_699_000_120, "well", r#","out":true"#);
    let reply = r#","reply_to":{"_":"messageReplyHeader","reply_to_msg_id":10}"#;
    maker.message(5, 14, 1_699_100_000, "meet at six", reply);
    let edited = format!(r#"{reply},"edit_date":1699100100"#);
    maker.message(5, 14, 1_699_100_000, "meet at seven", &edited);
    let photo = |id: i64| {
        format!(
            r#","grouped_id":7,"media":{{"_":"messageMediaPhoto","photo":{{"_":"photo","id":{id},"sizes":[{{"_":"photoSize","type":"y","w":40,"h":30,"size":9}}]}}}}"#
        )
    };
    maker.message(5, 15, 1_699_100_200, "two pictures", &photo(70));
    maker.message(5, 16, 1_699_100_201, "", &photo(71));
    maker.file("photo/70/y", b"\x89PNG\r\n\x1a\n0", "image/png");
    maker.message(5, 17, 1_699_190_000, "", &document(80, "../notes.txt"));
    maker.file("document/80", b"the plain bytes", "text/plain");
    maker
}

/// A document with a name.
pub fn document(id: i64, name: &str) -> String {
    let name = json(name);
    format!(
        r#","media":{{"_":"messageMediaDocument","document":{{"_":"document","id":{id},"mime_type":"text/plain","size":15,"attributes":[{{"_":"documentAttributeFilename","file_name":{name}}}]}}}}"#
    )
}
