//! The numbers of a plot as a table, for who cannot see it or wants to know exactly.

use telekeep_index::Activity;

use super::{Kind, Network, Share, Word};
use crate::lang::Texts;
use crate::render::Clock;

/// A table below a plot.
#[derive(Default)]
pub struct Numbers {
    /// What is counted: the heading of the plot.
    pub caption: &'static str,
    /// Names of the columns.
    pub heads: Vec<String>,
    /// The name of each row, then its numbers.
    pub rows: Vec<(String, Vec<String>)>,
}

impl Numbers {
    fn new(texts: &Texts, caption: &'static str, heads: &[&'static str]) -> Self {
        Self {
            caption: texts.get(caption),
            heads: heads.iter().map(|key| texts.get(key).to_owned()).collect(),
            rows: Vec::new(),
        }
    }
}

pub(super) fn of_months(activity: &Activity, clock: &Clock) -> Numbers {
    let heads = ["statistics.month", "statistics.messages"];
    let mut numbers = Numbers::new(clock.texts, "statistics.months", &heads);
    // As many as the plot has room for.
    numbers.rows = activity
        .months
        .iter()
        .take(1200)
        .map(|&(year, month, messages)| {
            let year = i16::try_from(year).unwrap_or(0);
            let name = clock.month(year, i8::try_from(month).unwrap_or(1));
            (name, vec![clock.texts.number(messages)])
        })
        .collect();
    numbers
}

pub(super) fn of_hours(activity: &Activity, clock: &Clock) -> Numbers {
    let mut numbers = Numbers::new(clock.texts, "statistics.hours", &["statistics.hour"]);
    let weekdays = clock.weekdays_short();
    numbers
        .heads
        .extend(weekdays.into_iter().map(str::to_owned));
    numbers.rows = (0..24)
        .map(|hour| {
            let each = activity.week.iter().filter_map(|day| day.get(hour));
            let cells = each.map(|messages| clock.texts.number(*messages));
            (format!("{hour}:00"), cells.collect())
        })
        .collect();
    numbers
}

pub(super) fn of_people(people: &[Share], texts: &Texts) -> Numbers {
    let heads = [
        "statistics.person",
        "statistics.messages",
        "statistics.share",
    ];
    let mut numbers = Numbers::new(texts, "statistics.people", &heads);
    let row = |share: &Share| {
        let cells = vec![share.messages.clone(), share.part.clone()];
        (share.face.name.clone(), cells)
    };
    numbers.rows = people.iter().map(row).collect();
    numbers
}

pub(super) fn of_kinds(kinds: &[Kind], texts: &Texts) -> Numbers {
    let heads = ["statistics.kind", "statistics.messages", "statistics.size"];
    let mut numbers = Numbers::new(texts, "statistics.kinds", &heads);
    let row = |kind: &Kind| {
        (
            kind.name.clone(),
            vec![kind.count.clone(), kind.size.clone()],
        )
    };
    numbers.rows = kinds.iter().map(row).collect();
    numbers
}

pub(super) fn of_words(words: &[Word], emoji: &[Word], texts: &Texts) -> Numbers {
    let heads = ["statistics.word", "statistics.messages"];
    let mut numbers = Numbers::new(texts, "statistics.words", &heads);
    let row = |word: &Word| (word.text.clone(), vec![word.count.clone()]);
    numbers.rows = words.iter().chain(emoji).map(row).collect();
    numbers
}

pub(super) fn of_network(network: &Network, texts: &Texts) -> Numbers {
    let heads = ["statistics.who", "statistics.whom", "statistics.replies"];
    let mut numbers = Numbers::new(texts, "statistics.network", &heads);
    let row = |line: &super::Line| {
        let cells = vec![line.whom.clone(), line.times.clone()];
        (line.who.clone(), cells)
    };
    numbers.rows = network.lines.iter().map(row).collect();
    numbers
}
