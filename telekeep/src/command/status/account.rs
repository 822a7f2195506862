//! What `status` says of the account itself. Parts of one kind, as the privacy settings, are one
//! line for people and a line each for scripts.

use telekeep_index::PartRow;

use crate::error::Result;
use crate::index::Reading;
use crate::output::json;
use crate::output::style::Style;
use crate::output::table::{Align, Cell, Table};
use crate::output::text::{clean, count, day};

/// Parts of one kind.
struct Group<'a> {
    name: &'a str,
    parts: Vec<&'a PartRow>,
}

/// One line for scripts per part.
pub(super) fn lines(
    reading: &Reading,
    parts: &[PartRow],
    mut line: impl FnMut(&json::Part<'_>) -> Result<()>,
) -> Result<()> {
    for part in parts {
        line(&json::Part {
            part: &part.part,
            count: part.count,
            since: part.since.div_euclid(1000),
            asked: reading.asked(&part.part).map(|time| time.div_euclid(1000)),
            unavailable: part.unavailable.as_deref(),
            failure: part.failure.as_deref(),
        })?;
    }
    Ok(())
}

/// True when the account is a bot, whose chats nobody can list.
pub(super) fn is_bot(parts: &[PartRow]) -> bool {
    let refused = |part: &PartRow| part.unavailable.as_deref() == Some("BOT_METHOD_INVALID");
    parts
        .iter()
        .any(|part| part.part == "chats" && refused(part))
}

/// One line for people per kind of part.
pub(super) fn table(reading: &Reading, parts: &[PartRow]) -> Table {
    let (left, right) = (Align::Left, Align::Right);
    let columns = [
        ("Account", left),
        ("Held", right),
        ("Changed", left),
        ("Asked", left),
        ("", left),
    ];
    let mut table = Table::new(&columns, 0).optional(&[3, 2]);
    for group in groups(parts) {
        let newest = group.parts.iter().map(|part| part.since).max();
        let asked = group.parts.iter();
        let asked = asked.filter_map(|part| reading.asked(&part.part)).min();
        let date =
            |time: Option<i64>| time.map_or(String::new(), |time| day(time.div_euclid(1000)));
        table.row(vec![
            clean(&group.name.replace('_', " ")).into(),
            held(&group),
            date(newest).into(),
            date(asked).into(),
            verdict(&group),
        ]);
    }
    table
}

fn groups(parts: &[PartRow]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for part in parts {
        let name = part.part.split('/').next().unwrap_or_default();
        match groups.iter_mut().find(|group| group.name == name) {
            Some(group) => group.parts.push(part),
            None => groups.push(Group {
                name,
                parts: vec![part],
            }),
        }
    }
    groups
}

/// Entries of lists, else how many settings there are; a dot for a single one that is held.
fn held(group: &Group<'_>) -> Cell {
    let entries: Option<u64> = group.parts.iter().map(|part| part.count).sum();
    match (entries, group.parts.len()) {
        (Some(entries), _) => count(entries).into(),
        (None, 1) => Cell::painted("·", Style::dim),
        (None, _) => {
            let had = group.parts.iter();
            let had = had.filter(|part| part.unavailable.is_none());
            count(had.count() as u64).into()
        }
    }
}

fn verdict(group: &Group<'_>) -> Cell {
    let failure = group.parts.iter().find_map(|part| part.failure.as_deref());
    if let Some(failure) = failure {
        return Cell::painted(format!("failed: {}", clean(failure)), Style::error);
    }
    let reasons = group
        .parts
        .iter()
        .filter_map(|part| part.unavailable.as_deref());
    match reasons.collect::<Vec<_>>().as_slice() {
        [] => Cell::painted("held", Style::good),
        [first, ..] => Cell::painted(
            format!("not for this account: {}", clean(first)),
            Style::warn,
        ),
    }
}
