//! Drawing: what the screens say as cells of the terminal. Knows nothing of what happens.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};
use telekeep_view::reading::FOLDERS;

use crate::app::{App, Prompt, Screen, Sheet, sheet_room, sidebar, spread};
use crate::rows::{GUTTER, Row, Rows, Scroll};
use crate::text::{Look, Piece, columns, columns_of, fit, fit_row};

/// How looks look.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// With colours; else only bold, dim, underlined and reversed.
    pub colours: bool,
}

/// Colours of names, in the reader's own palette.
const NAMES: [Color; 7] = [
    Color::Red,
    Color::Yellow,
    Color::Magenta,
    Color::Green,
    Color::Cyan,
    Color::Blue,
    Color::LightMagenta,
];

impl Theme {
    fn style(self, look: Look) -> Style {
        let plain = Style::default();
        let colour = |colour: Color, without: Modifier| match self.colours {
            true => plain.fg(colour),
            false => plain.add_modifier(without),
        };
        let none = Modifier::empty();
        match look {
            Look::Plain => plain,
            Look::Dim => plain.add_modifier(Modifier::DIM),
            Look::Strong => plain.add_modifier(Modifier::BOLD),
            Look::Slanted => plain.add_modifier(Modifier::ITALIC),
            Look::Underlined => plain.add_modifier(Modifier::UNDERLINED),
            Look::Struck => plain.add_modifier(Modifier::CROSSED_OUT),
            Look::Name(number) => {
                let of = NAMES.get(usize::from(number) % NAMES.len());
                let of = of.copied().unwrap_or(Color::Cyan);
                colour(of, none).add_modifier(Modifier::BOLD)
            }
            Look::Mine => colour(Color::Green, none).add_modifier(Modifier::BOLD),
            Look::Link => colour(Color::Blue, Modifier::UNDERLINED),
            Look::Code => colour(Color::Yellow, none),
            Look::Quote => colour(Color::Cyan, Modifier::DIM),
            Look::Hit => plain.add_modifier(Modifier::REVERSED),
            Look::Removed => colour(Color::Red, none).add_modifier(Modifier::CROSSED_OUT),
            Look::Added => colour(Color::Green, none).add_modifier(Modifier::UNDERLINED),
            Look::Bad => colour(Color::Red, Modifier::BOLD),
            Look::Good => colour(Color::Green, none),
            Look::Media => colour(Color::Magenta, none),
            Look::Spoiler => plain.add_modifier(Modifier::DIM),
            Look::SpoilerHit => plain.add_modifier(Modifier::DIM | Modifier::REVERSED),
        }
    }

    fn line(self, pieces: &[Piece]) -> Line<'static> {
        let span = |piece: &Piece| Span::styled(piece.text.clone(), self.style(piece.look));
        Line::from(pieces.iter().map(span).collect::<Vec<_>>())
    }
}

/// Draws everything.
pub fn draw(app: &App, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < 8 || area.height < 3 {
        return;
    }
    let body = Rect {
        y: area.y + 1,
        height: area.height - 2,
        ..area
    };
    let main = match sidebar(usize::from(area.width)) {
        Some(list) if !app.screens.is_empty() => {
            let list = u16::try_from(list).unwrap_or_default();
            let left = Rect {
                width: list,
                ..body
            };
            draw_rows(
                frame,
                theme,
                left,
                &app.chats.rows,
                &app.chats.scroll,
                false,
            );
            draw_divider(frame, theme, body.x + list, body);
            Rect {
                x: body.x + list + 1,
                width: body.width - list - 1,
                ..body
            }
        }
        _ => body,
    };
    draw_head(app, theme, frame, Rect { height: 1, ..area });
    draw_screen(app, theme, frame, main);
    if let Some(sheet) = &app.sheet {
        draw_sheet(app, sheet, theme, frame);
    }
    let foot = Rect {
        y: area.y + area.height - 1,
        height: 1,
        ..area
    };
    draw_foot(app, theme, frame, foot);
}

fn draw_screen(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let say = app.desk.say;
    let (rows, scroll, empty) = match app.screens.last() {
        None => {
            let empty = app.chats.begun && app.chats.chats.is_empty();
            let words = match app.chats.name.is_empty() {
                true => say.texts.get("chats.none-here"),
                false => say.texts.get("chats.none"),
            };
            (&app.chats.rows, &app.chats.scroll, empty.then_some(words))
        }
        Some(Screen::Chat(chat)) => {
            let empty = chat.begun && chat.entries.is_empty();
            let words = say.get("browse.no-messages");
            (&chat.rows, &chat.scroll, empty.then_some(words))
        }
        Some(Screen::Search(search)) => (&search.rows, &search.scroll, None),
    };
    draw_rows(frame, theme, area, rows, scroll, true);
    if let Some(words) = empty {
        let line = [Piece::line(words, Look::Dim)];
        put(
            frame,
            theme,
            area.x + 2,
            area.y,
            area.width.saturating_sub(2),
            &line,
        );
    }
}

/// A row of pieces, cut at `width`.
fn put(frame: &mut Frame<'_>, theme: Theme, x: u16, y: u16, width: u16, pieces: &[Piece]) {
    let row = fit_row(pieces, usize::from(width));
    let line = theme.line(&row);
    frame.buffer_mut().set_line(x, y, &line, width);
}

fn draw_divider(frame: &mut Frame<'_>, theme: Theme, x: u16, area: Rect) {
    let line = [Piece::new("│", Look::Dim)];
    for y in area.y..area.y + area.height {
        put(frame, theme, x, y, 1, &line);
    }
}

fn draw_rows(
    frame: &mut Frame<'_>,
    theme: Theme,
    area: Rect,
    rows: &Rows,
    scroll: &Scroll,
    active: bool,
) {
    let seen = rows.rows.iter().skip(scroll.top);
    for (row, y) in seen.zip(area.y..area.y + area.height) {
        let gutter = u16::try_from(GUTTER).unwrap_or_default();
        let width = area.width.saturating_sub(gutter);
        if row.centred {
            let left = width.saturating_sub(columns16(&row.pieces)) / 2;
            put(
                frame,
                theme,
                area.x + gutter + left,
                y,
                width - left,
                &row.pieces,
            );
            continue;
        }
        if row.item == scroll.cursor && !is_blank(row) {
            let look = if active { Look::Mine } else { Look::Dim };
            put(frame, theme, area.x, y, 1, &[Piece::new("▌", look)]);
        }
        put(frame, theme, area.x + gutter, y, width, &row.pieces);
    }
}

fn is_blank(row: &Row) -> bool {
    row.pieces.iter().all(|piece| piece.text.trim().is_empty())
}

fn columns16(pieces: &[Piece]) -> u16 {
    u16::try_from(columns_of(pieces)).unwrap_or(u16::MAX)
}

fn draw_head(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let say = app.desk.say;
    let width = usize::from(area.width);
    let mut right = Vec::new();
    if app.is_loading() {
        right.push(Piece::line(say.get("browse.loading"), Look::Strong));
    }
    let left = match app.screens.last() {
        None => tabs(app),
        Some(Screen::Chat(chat)) => {
            let day = chat.chosen().map(|entry| entry.day_words.as_str());
            if right.is_empty() {
                right.extend(day.map(|day| Piece::line(day, Look::Dim)));
            }
            vec![
                Piece::line(&chat.title, Look::Strong),
                Piece::new("  ", Look::Dim),
                Piece::line(&chat.subtitle, Look::Dim),
            ]
        }
        Some(Screen::Search(search)) => {
            let order = match search.sort {
                telekeep_index::Sort::Newest => "search.newest",
                telekeep_index::Sort::Oldest => "search.oldest",
                telekeep_index::Sort::Relevance => "search.best",
            };
            if right.is_empty() {
                right.push(Piece::line(say.texts.get(order), Look::Dim));
            }
            let label = match &search.scope {
                Some((_, title)) => say.with("browse.ask-search-in", title),
                None => say.get("browse.ask-search").to_owned(),
            };
            vec![
                Piece::line(&label, Look::Dim),
                Piece::new(" ", Look::Plain),
                Piece::line(&search.query, Look::Strong),
            ]
        }
    };
    let day_fits = columns_of(&left) + columns_of(&right) < width;
    let right = if day_fits || app.is_loading() {
        right
    } else {
        Vec::new()
    };
    let row = spread(&left, right, width);
    put(frame, theme, area.x, area.y, area.width, &row);
    let bar = Style::default().add_modifier(Modifier::REVERSED);
    frame.buffer_mut().set_style(area, bar);
}

fn tabs(app: &App) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, folder) in FOLDERS.iter().enumerate() {
        if at > 0 {
            pieces.push(Piece::new(" ", Look::Plain));
        }
        let name = app.desk.say.texts.get(folder.name);
        pieces.push(match at == app.chats.folder {
            true => Piece::new(&format!("[{name}]"), Look::Strong),
            false => Piece::line(name, Look::Dim),
        });
    }
    if !app.chats.name.is_empty() {
        pieces.push(Piece::new(" ", Look::Plain));
        pieces.push(Piece::line(&format!("/{}", app.chats.name), Look::Strong));
    }
    pieces
}

fn draw_foot(app: &App, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    if let Some(prompt) = &app.prompt {
        draw_prompt(app, prompt, theme, frame, area);
        return;
    }
    let say = app.desk.say;
    let piece = match (&app.desk.notice, &app.sheet, app.screens.last()) {
        (Some((words, bad)), ..) => Piece::line(words, if *bad { Look::Bad } else { Look::Strong }),
        (_, Some(sheet), _) => {
            let key = match sheet.choices.is_empty() {
                true => "browse.hint-text",
                false => "browse.hint-choice",
            };
            Piece::line(say.get(key), Look::Dim)
        }
        (_, _, None) => Piece::line(say.get("browse.hint-chats"), Look::Dim),
        (_, _, Some(Screen::Chat(_))) => Piece::line(say.get("browse.hint-chat"), Look::Dim),
        (_, _, Some(Screen::Search(_))) => Piece::line(say.get("browse.hint-search"), Look::Dim),
    };
    put(frame, theme, area.x, area.y, area.width, &[piece]);
}

fn draw_prompt(app: &App, prompt: &Prompt, theme: Theme, frame: &mut Frame<'_>, area: Rect) {
    let width = usize::from(area.width);
    let label = crate::text::one_line(&prompt.label(app.desk.say));
    // At least half of the row is for what is typed.
    let label = format!("{} ", fit(&label, width / 2));
    let room = width.saturating_sub(columns(&label) + 1);
    let before = crate::text::clean(prompt.line.before());
    let hidden = tail(&before, room);
    let typed = crate::text::clean(prompt.line.text());
    let seen = typed.get(hidden..).unwrap_or_default();
    let pieces = [Piece::new(&label, Look::Dim), Piece::new(seen, Look::Plain)];
    put(frame, theme, area.x, area.y, area.width, &pieces);
    let at = columns(&label) + columns(before.get(hidden..).unwrap_or_default());
    let at = u16::try_from(at.min(width.saturating_sub(1))).unwrap_or_default();
    frame.set_cursor_position(Position::new(area.x + at, area.y));
}

/// Where to begin so that the end of a text fits: a byte offset.
fn tail(text: &str, room: usize) -> usize {
    let mut from = 0;
    while columns(text.get(from..).unwrap_or_default()) > room {
        let next = text.get(from..).and_then(|rest| rest.chars().next());
        from += next.map_or(1, char::len_utf8);
    }
    from
}

fn draw_sheet(app: &App, sheet: &Sheet, theme: Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let (width, height) = sheet_room(&app.desk);
    let rows = sheet.rows.rows.len().clamp(1, height);
    let size = |inside: usize, most: u16| u16::try_from(inside).unwrap_or(most).min(most);
    let (wide, high) = (size(width + 4, area.width), size(rows + 2, area.height));
    let frame_area = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 2,
        width: wide,
        height: high,
    };
    frame.render_widget(Clear, frame_area);
    let title = fit(&sheet.title, width);
    frame.render_widget(Block::bordered().title(format!(" {title} ")), frame_area);
    let inside = Rect {
        x: frame_area.x + 2,
        y: frame_area.y + 1,
        width: wide.saturating_sub(4),
        height: high.saturating_sub(2),
    };
    if sheet.waiting.is_some() {
        let words = [Piece::line(app.desk.say.get("browse.loading"), Look::Dim)];
        put(frame, theme, inside.x, inside.y, inside.width, &words);
    } else if sheet.choices.is_empty() {
        let seen = sheet.rows.rows.iter().skip(sheet.scroll.top);
        for (row, y) in seen.zip(inside.y..inside.y + inside.height) {
            put(frame, theme, inside.x, y, inside.width, &row.pieces);
        }
    } else {
        draw_rows(frame, theme, inside, &sheet.rows, &sheet.scroll, true);
    }
}
