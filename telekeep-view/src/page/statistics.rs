//! Numbers and plots, of one chat or of all. Plots are SVG made here: they need no script.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Activity, Index, Zone};

use super::Sidebar;
use crate::reading::chat_title;
use crate::render::{Clock, Face, encode};
use crate::server::{Context, PageError, Result};

/// Messages looked at for the most used words.
const SAMPLE: usize = 2_000;
/// Replies looked at for the network.
const REPLIES: usize = 2_000;
/// People in a plot.
const PEOPLE: usize = 15;
/// Words and emoji shown.
const WORDS: usize = 60;

/// Which chat.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Which {
    chat: Option<i64>,
}

/// A bar of the plot over time, in the units of its picture.
struct Bar {
    x: usize,
    y: usize,
    height: usize,
    words: String,
}

/// The name of a year below the bars.
struct Tick {
    x: usize,
    words: String,
}

/// Messages per month.
struct Months {
    width: usize,
    /// Width of a bar.
    bar: usize,
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
}

/// An hour of a weekday.
struct Hour {
    x: usize,
    y: usize,
    shade: usize,
    words: String,
}

/// Somebody and how much.
struct Share {
    face: Face,
    count: String,
    percent: u64,
}

/// A kind of media.
struct Kind {
    name: String,
    count: String,
    size: String,
    percent: u64,
}

/// A word, its count, and how large it is shown, 1 to 5.
struct Word {
    text: String,
    address: String,
    count: String,
    size: u64,
}

/// A line between two people.
struct Line {
    x1: i64,
    y1: i64,
    x2: i64,
    y2: i64,
    width: u64,
    words: String,
}

/// Somebody in the network.
struct Node {
    x: i64,
    y: i64,
    face: Face,
}

#[derive(Default)]
struct Network {
    lines: Vec<Line>,
    nodes: Vec<Node>,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct Statistics<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: Option<i64>,
    title: String,
    messages: String,
    months: Months,
    weekdays: Vec<&'static str>,
    hours: Vec<Hour>,
    people: Vec<Share>,
    kinds: Vec<Kind>,
    words: Vec<Word>,
    emoji: Vec<Word>,
    looked: String,
    network: Network,
}

/// `GET /statistics`
pub async fn page(context: Context, Query(which): Query<Which>) -> Result {
    super::show(context, move |context, _, index| {
        let texts = context.texts;
        let clock = context.clock();
        let title = match which.chat {
            Some(chat) => {
                let known = index.chat(chat)?.ok_or(PageError::NotFound)?;
                chat_title(context.texts, &known)
            }
            None => texts.get("statistics.all").to_owned(),
        };
        let offset = |moment| super::offset(&clock.zone, moment);
        let activity = index.activity(which.chat, Zone::varying(&offset))?;
        let words = index.words(which.chat, SAMPLE, WORDS)?;
        let page = Statistics {
            sidebar: Sidebar::beside(context, index, which.chat.unwrap_or(0))?,
            chat: which.chat,
            title,
            messages: texts.count("chat.messages", activity.messages),
            months: months(&activity, &clock),
            weekdays: clock.weekdays_short(),
            hours: hours(&activity, &clock),
            people: people(index, which.chat, activity.messages, &clock)?,
            kinds: kinds(index, which.chat, &clock)?,
            looked: texts.count("statistics.looked", words.looked),
            words: sized(&words.words, which.chat, &clock),
            emoji: sized(&words.emoji, which.chat, &clock),
            network: match which.chat {
                Some(chat) if chat < 0 => network(index, chat, &clock)?,
                _ => Network::default(),
            },
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// `part` of `most`, scaled to `full`.
fn scaled(part: u64, most: u64, full: u64) -> usize {
    let value = u128::from(part) * u128::from(full) / u128::from(most.max(1));
    usize::try_from(value).unwrap_or(usize::MAX)
}

/// Height of the plot over time.
const HEIGHT: usize = 160;

fn months(activity: &Activity, clock: &Clock) -> Months {
    let most = activity
        .months
        .iter()
        .map(|month| month.2)
        .max()
        .unwrap_or(0);
    let number = |year: i64, month: i64| year * 12 + month - 1;
    let first = activity
        .months
        .first()
        .map_or(0, |month| number(month.0, month.1));
    let last = activity
        .months
        .last()
        .map_or(0, |month| number(month.0, month.1));
    // A century of months is enough for any honest date.
    let span = usize::try_from(last - first + 1)
        .unwrap_or(1)
        .clamp(1, 1200);
    let step = (800 / span).clamp(3, 24);
    let mut plot = Months {
        width: (span * step).max(200),
        bar: (step * 2 / 3).max(2),
        bars: Vec::new(),
        ticks: Vec::new(),
    };
    for &(year, month, messages) in &activity.months {
        let at = usize::try_from(number(year, month) - first).unwrap_or(usize::MAX);
        if at >= span {
            continue;
        }
        let height = scaled(messages, most, HEIGHT as u64).max(1);
        let name = clock.month(
            i16::try_from(year).unwrap_or(0),
            i8::try_from(month).unwrap_or(1),
        );
        plot.bars.push(Bar {
            x: at * step,
            y: HEIGHT - height.min(HEIGHT),
            height,
            words: format!("{name}: {}", clock.texts.count("chat.messages", messages)),
        });
    }
    let years = first.div_euclid(12)..=last.div_euclid(12);
    for year in years.take(100) {
        let at = usize::try_from((year * 12 - first).max(0)).unwrap_or(0);
        if plot
            .ticks
            .last()
            .is_none_or(|tick| at * step >= tick.x + 36)
        {
            plot.ticks.push(Tick {
                x: at * step,
                words: year.to_string(),
            });
        }
    }
    plot
}

fn hours(activity: &Activity, clock: &Clock) -> Vec<Hour> {
    let most = activity.week.iter().flatten().copied().max().unwrap_or(0);
    let weekdays = clock.weekdays_short();
    let mut cells = Vec::with_capacity(168);
    for (day, hours) in activity.week.iter().enumerate() {
        for (hour, &messages) in hours.iter().enumerate() {
            let name = weekdays.get(day).copied().unwrap_or_default();
            let words = clock.texts.count("chat.messages", messages);
            cells.push(Hour {
                x: 30 + hour * 24,
                y: day * 24,
                shade: match messages {
                    0 => 0,
                    n => 1 + scaled(n, most, 4).min(3),
                },
                words: format!("{name} {hour}:00: {words}"),
            });
        }
    }
    cells
}

fn people(index: &Index, chat: Option<i64>, all: u64, clock: &Clock) -> Result<Vec<Share>> {
    let senders = index.senders(chat, PEOPLE)?;
    let most = senders
        .iter()
        .map(|sender| sender.messages)
        .max()
        .unwrap_or(0);
    let share = |sender: &telekeep_index::SenderCount| Share {
        face: Face::new(sender.sender, &sender.name),
        count: format!(
            "{} · {}",
            clock.texts.number(sender.messages),
            clock.texts.percent(sender.messages, all)
        ),
        percent: scaled(sender.messages, most, 100) as u64,
    };
    Ok(senders.iter().map(share).collect())
}

fn kinds(index: &Index, chat: Option<i64>, clock: &Clock) -> Result<Vec<Kind>> {
    let mut kinds = index.kinds(chat)?;
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.messages));
    let most = kinds.iter().map(|kind| kind.messages).max().unwrap_or(0);
    let each = kinds.iter().map(|kind| Kind {
        name: clock
            .texts
            .find(&format!("kind.{}", kind.kind))
            .unwrap_or(kind.kind.as_str())
            .to_owned(),
        count: clock.texts.number(kind.messages),
        size: match kind.bytes {
            0 => String::new(),
            bytes => clock.texts.size(bytes),
        },
        percent: scaled(kind.messages, most, 100) as u64,
    });
    Ok(each.collect())
}

fn sized(words: &[(String, u64)], chat: Option<i64>, clock: &Clock) -> Vec<Word> {
    let most = words.iter().map(|word| word.1).max().unwrap_or(0);
    let each = words.iter().map(|(text, count)| Word {
        text: text.clone(),
        address: match chat {
            Some(chat) => format!("/search?q={}&chat={chat}", encode(text)),
            None => format!("/search?q={}", encode(text)),
        },
        count: clock.texts.number(*count),
        size: 1 + scaled(*count, most, 4) as u64,
    });
    each.collect()
}

/// People on a circle, lines between those who answer each other.
fn network(index: &Index, chat: i64, clock: &Clock) -> Result<Network> {
    let replies = index.reply_network(chat, REPLIES, 40)?;
    let mut faces: Vec<Face> = Vec::new();
    for (who, whom, _) in &replies.pairs {
        for person in [who, whom] {
            if faces.len() < PEOPLE && !faces.iter().any(|face| face.id == person.id) {
                faces.push(Face::new(person.id, &person.name));
            }
        }
    }
    let count = faces.len();
    let nodes: Vec<Node> = faces
        .into_iter()
        .enumerate()
        .map(|(at, face)| {
            let (x, y) = on_circle(at, count);
            Node { x, y, face }
        })
        .collect();
    let most = replies.pairs.iter().map(|pair| pair.2).max().unwrap_or(0);
    let place = |id: i64| nodes.iter().find(|node| node.face.id == id);
    let lines = replies
        .pairs
        .iter()
        .filter(|(who, whom, _)| who.id != whom.id);
    let lines = lines.filter_map(|(who, whom, times)| {
        let (a, b) = (place(who.id)?, place(whom.id)?);
        Some(Line {
            x1: a.x,
            y1: a.y,
            x2: b.x,
            y2: b.y,
            width: 1 + scaled(*times, most, 6) as u64,
            words: clock.texts.fill(
                "statistics.answered",
                &[
                    ("who", &who.name),
                    ("whom", &whom.name),
                    ("x", &clock.texts.number(*times)),
                ],
            ),
        })
    });
    Ok(Network {
        lines: lines.collect(),
        nodes,
    })
}

/// The nth of so many places on the circle of the network's picture.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // small numbers
fn on_circle(at: usize, count: usize) -> (i64, i64) {
    let angle = std::f64::consts::TAU * at as f64 / count.max(1) as f64;
    let (x, y) = (300.0 + 190.0 * angle.sin(), 230.0 - 190.0 * angle.cos());
    (x.round() as i64, y.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::english;

    #[test]
    fn plots_of_hostile_dates_stay_small() {
        let activity = Activity {
            months: vec![(-5000, 1, 1), (2024, 5, 10), (99_999, 12, u64::MAX)],
            week: [[u64::MAX; 24]; 7],
            messages: u64::MAX,
        };
        let clock = Clock {
            texts: english(),
            zone: jiff::tz::TimeZone::UTC,
            now: 0,
        };
        let plot = months(&activity, &clock);
        assert!(plot.width <= 3600 && plot.ticks.len() <= 100);
        assert!(plot.bars.iter().all(|bar| bar.height <= HEIGHT));
        assert_eq!(hours(&activity, &clock).len(), 168);
    }
}
