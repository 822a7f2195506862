//! Jump to a date: a year of months, with the days that have messages.

use std::ops::RangeInclusive;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect};
use jiff::civil::Date;
use serde::Deserialize;
use telekeep_index::{Index, Zone, date_of, day_number};

use super::Sidebar;
use crate::reading::chat_face;
use crate::render::{Clock, Face};
use crate::server::{Context, PageError, Result};

/// Which year: of this day, or this one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct When {
    day: Option<String>,
    year: Option<i16>,
    /// To jump inside a topic of a forum.
    topic: Option<i64>,
}

/// A cell of a month.
enum Cell {
    /// Before the first or after the last day.
    Blank,
    /// A day without messages.
    Empty { day: i64, chosen: bool },
    /// A day with messages: how many in words, and how dark it is, 1 to 4.
    Full {
        day: i64,
        key: String,
        words: String,
        shade: usize,
        chosen: bool,
    },
}

struct Month {
    name: String,
    weeks: Vec<Vec<Cell>>,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct Calendar<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    /// Address of what is jumped in: the chat, or one topic of it.
    base: String,
    topic: Option<i64>,
    face: Face,
    year: i16,
    earlier: Option<i16>,
    later: Option<i16>,
    first: String,
    last: String,
    chosen: String,
    weekdays: Vec<&'static str>,
    months: Vec<Month>,
}

/// `GET /chat/{chat}/calendar`
pub async fn page(context: Context, Path(chat): Path<String>, Query(when): Query<When>) -> Result {
    let chat = super::number(&chat)?;
    super::show(context, move |context, _, index| {
        let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
        let clock = context.clock();
        let (first, last) = index.span(Some(chat))?.unwrap_or((clock.now, clock.now));
        let (first, last) = (clock.at(first).date(), clock.at(last).date());
        let chosen: Option<Date> = when.day.as_deref().and_then(|day| day.parse().ok());
        let year = chosen.map(Date::year).or(when.year).unwrap_or(last.year());
        let year = year.clamp(first.year(), last.year());
        let page = Calendar {
            sidebar: Sidebar::beside(context, index, chat)?,
            base: match when.topic {
                Some(topic) => format!("/chat/{chat}/topic/{topic}"),
                None => format!("/chat/{chat}"),
            },
            topic: when.topic,
            face: chat_face(context.texts, &known),
            year,
            earlier: (year > first.year()).then(|| year - 1),
            later: (year < last.year()).then(|| year + 1),
            first: first.to_string(),
            last: last.to_string(),
            chosen: chosen.map(|day| day.to_string()).unwrap_or_default(),
            weekdays: clock.weekdays_short(),
            months: months(index, chat, year, lived(year, first, last), chosen, &clock)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// Where a form with a date leads.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Go {
    day: String,
}

/// When the day begins, in the reader's zone.
pub(super) fn midnight(context: &Context, go: &Go) -> Result<i64> {
    let date: Date = go.day.parse().map_err(|_| PageError::BadRequest)?;
    let number = day_number(date.year().into(), date.month().into(), date.day().into());
    let offset = |moment| super::offset(&context.shared.zone, moment);
    Ok(Zone::varying(&offset).midnight(number.ok_or(PageError::BadRequest)?))
}

/// `GET /chat/{chat}/day?day=2024-05-03`: the first message of that day or the next after it.
pub async fn day(context: Context, Path(chat): Path<String>, Query(go): Query<Go>) -> Result {
    let chat = super::number(&chat)?;
    let from = midnight(&context, &go)?;
    let library = std::sync::Arc::clone(&context.library);
    let found = library.read(move |_, index| Ok::<_, PageError>(index.first_since(chat, from)?));
    let to = match found.await? {
        Some((id, _)) => format!("/chat/{chat}?at={id}#m{id}"),
        None => format!("/chat/{chat}#newest"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// The months of a year between the first message of a chat and its last.
fn lived(year: i16, first: Date, last: Date) -> RangeInclusive<i8> {
    let begin = if year == first.year() {
        first.month()
    } else {
        1
    };
    let end = if year == last.year() {
        last.month()
    } else {
        12
    };
    begin..=end
}

fn months(
    index: &Index,
    chat: i64,
    year: i16,
    lived: RangeInclusive<i8>,
    chosen: Option<Date>,
    clock: &Clock,
) -> Result<Vec<Month>> {
    let offset = |moment| super::offset(&clock.zone, moment);
    let zone = Zone::varying(&offset);
    let start = |year: i64| day_number(year, 1, 1).ok_or(PageError::BadRequest);
    let (from, to) = (start(year.into())?, start(i64::from(year) + 1)?);
    let mut counts = vec![0_u64; 366];
    for day in index.days(Some(chat), zone.midnight(from), zone.midnight(to), zone)? {
        let at = usize::try_from(day.number - from).unwrap_or(usize::MAX);
        if let Some(count) = counts.get_mut(at) {
            *count = day.messages;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let chosen = chosen.map(|day| day.to_string());
    let cell = |number: i64| {
        let (year, month, day) = date_of(number);
        let key = format!("{year:04}-{month:02}-{day:02}");
        let at = usize::try_from(number - from).unwrap_or(usize::MAX);
        let chosen = chosen.as_ref() == Some(&key);
        match counts.get(at).copied().unwrap_or(0) {
            0 => Cell::Empty { day, chosen },
            n => Cell::Full {
                day,
                key,
                words: clock.texts.count("chat.messages", n),
                shade: shade(n, most),
                chosen,
            },
        }
    };
    let month = |month: i8| -> Result<Month> {
        let begin = |year: i64, month: i64| day_number(year, month, 1).ok_or(PageError::BadRequest);
        let first = begin(year.into(), month.into())?;
        let next = match month {
            12 => to,
            _ => begin(year.into(), i64::from(month) + 1)?,
        };
        // Day 0 was a Thursday; weeks begin on Monday.
        let blank = usize::try_from((first + 3).rem_euclid(7)).unwrap_or(0);
        let mut cells: Vec<Cell> = (0..blank).map(|_| Cell::Blank).collect();
        cells.extend((first..next).map(cell));
        while !cells.len().is_multiple_of(7) {
            cells.push(Cell::Blank);
        }
        let mut weeks = Vec::new();
        let mut cells = cells.into_iter().peekable();
        while cells.peek().is_some() {
            weeks.push(cells.by_ref().take(7).collect());
        }
        Ok(Month {
            name: clock.month(year, month),
            weeks,
        })
    };
    lived.map(month).collect()
}

/// How dark a day is: by the square root, so that one busy day does not hide all others.
fn shade(n: u64, most: u64) -> usize {
    let part = (1..4).take_while(|step| n * 16 > most * step * step);
    1 + part.count()
}

#[cfg(test)]
mod tests {
    use super::shade;

    #[test]
    fn shades() {
        let shades: Vec<_> = [1, 2, 5, 10, 100].map(|n| shade(n, 16)).to_vec();
        assert_eq!(shades, [1, 2, 3, 4, 4]);
        assert_eq!(shade(1, 1), 4);
    }
}
