//! Numbers and plots, of one chat or of all. Plots are SVG and HTML made here: they need no script.
//! Each has its numbers as a table too.

mod network;
mod numbers;

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Activity, Index, Zone};

use network::{Line, Network, network};
use numbers::Numbers;

use super::Sidebar;
use crate::lang::Texts;
use crate::reading::{chat_title, face};
use crate::render::{Clock, Face, encode};
use crate::server::{Context, PageError, Result};

/// Messages looked at for the most used words.
const SAMPLE: usize = 2_000;
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

/// A weekday: its name, and how much was said in each hour.
struct Weekday {
    name: &'static str,
    hours: Vec<Hour>,
}

/// An hour of a weekday.
struct Hour {
    shade: usize,
    words: String,
}

/// Somebody and how much.
struct Share {
    face: Face,
    messages: String,
    /// Of all, in percent, as words.
    part: String,
    /// Of the most, 0 to 100.
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

#[derive(Template)]
#[template(path = "statistics.html")]
struct Statistics<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    chat: Option<i64>,
    title: String,
    messages: String,
    months: Months,
    month_numbers: Numbers,
    week: Vec<Weekday>,
    hour_numbers: Numbers,
    people: Vec<Share>,
    people_numbers: Numbers,
    more_people: Option<String>,
    kinds: Vec<Kind>,
    kind_numbers: Numbers,
    words: Vec<Word>,
    emoji: Vec<Word>,
    word_numbers: Numbers,
    more_words: Option<String>,
    more_emoji: Option<String>,
    looked: String,
    network: Network,
    network_numbers: Numbers,
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
        let people = people(index, which.chat, activity.messages, &clock)?;
        let kinds = kinds(index, which.chat, &clock)?;
        let network = network(index, which.chat, &clock)?;
        let hidden = |all: u64, shown: usize| more(texts, all.saturating_sub(shown as u64));
        let senders = index.sender_count(which.chat)?;
        let shown = sized(&words.words, which.chat, &clock);
        let emoji = sized(&words.emoji, which.chat, &clock);
        let page = Statistics {
            sidebar: Sidebar::beside(context, index, which.chat.unwrap_or(0))?,
            chat: which.chat,
            title,
            messages: texts.count("chat.messages", activity.messages),
            months: months(&activity, &clock),
            month_numbers: numbers::of_months(&activity, &clock),
            week: week(&activity, &clock),
            hour_numbers: numbers::of_hours(&activity, &clock),
            people_numbers: numbers::of_people(&people, texts),
            more_people: hidden(senders, people.len()),
            people,
            kind_numbers: numbers::of_kinds(&kinds, texts),
            kinds,
            looked: texts.count("statistics.looked", words.looked),
            word_numbers: numbers::of_words(&shown, &emoji, texts),
            more_words: hidden(words.different, shown.len()),
            more_emoji: hidden(words.different_emoji, emoji.len()),
            words: shown,
            emoji,
            network_numbers: numbers::of_network(&network, texts),
            network,
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

fn week(activity: &Activity, clock: &Clock) -> Vec<Weekday> {
    let most = activity.week.iter().flatten().copied().max().unwrap_or(0);
    let weekdays = clock.weekdays_short();
    let cell = |name: &str, hour: usize, messages: u64| Hour {
        shade: match messages {
            0 => 0,
            n => 1 + scaled(n, most, 4).min(3),
        },
        words: format!(
            "{name} {hour}:00: {}",
            clock.texts.count("chat.messages", messages)
        ),
    };
    let days = activity.week.iter().zip(weekdays);
    let days = days.map(|(hours, name)| Weekday {
        name,
        hours: hours
            .iter()
            .enumerate()
            .map(|(hour, &messages)| cell(name, hour, messages))
            .collect(),
    });
    days.collect()
}

fn people(index: &Index, chat: Option<i64>, all: u64, clock: &Clock) -> Result<Vec<Share>> {
    let senders = index.senders(chat, PEOPLE)?;
    let most = senders
        .iter()
        .map(|sender| sender.messages)
        .max()
        .unwrap_or(0);
    let share = |sender: &telekeep_index::SenderCount| -> Result<Share> {
        Ok(Share {
            face: face(clock.texts, index, sender.sender, &sender.name)?,
            messages: clock.texts.number(sender.messages),
            part: clock.texts.percent(sender.messages, all),
            percent: scaled(sender.messages, most, 100) as u64,
        })
    };
    senders.iter().map(share).collect()
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

/// That there is more than what is shown.
fn more(texts: &Texts, hidden: u64) -> Option<String> {
    (hidden > 0).then(|| texts.count("statistics.more", hidden))
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
        let week = week(&activity, &clock);
        assert!(week.len() == 7 && week.iter().all(|day| day.hours.len() == 24));
    }
}
