//! Who answers whom: people on a circle, lines between those who answer each other.

use telekeep_index::Index;

use super::{PEOPLE, scaled};
use crate::reading::face;
use crate::render::{Clock, Face};
use crate::server::Result;

/// Replies looked at.
const REPLIES: usize = 1_500;
/// Pairs of people, of which lines are drawn.
const PAIRS: usize = 40;

/// A line between two people.
pub struct Line {
    pub x1: i64,
    pub y1: i64,
    pub x2: i64,
    pub y2: i64,
    pub width: u64,
    pub words: String,
    pub who: String,
    pub whom: String,
    pub times: String,
}

/// Somebody in the network.
pub struct Node {
    pub x: i64,
    pub y: i64,
    pub face: Face,
    /// The name, or its beginning.
    pub name: String,
    /// Where the name stands.
    pub name_y: i64,
}

/// Characters of a name that there is room for.
const NAME: usize = 18;

fn shortened(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default().trim_end()),
        None => name.to_owned(),
    }
}

/// The picture.
#[derive(Default)]
pub struct Network {
    pub lines: Vec<Line>,
    pub nodes: Vec<Node>,
    /// How many replies it was made of, in words.
    pub looked: String,
    /// Pairs that it does not show, in words.
    pub more: Option<String>,
}

pub(super) fn network(index: &Index, chat: Option<i64>, clock: &Clock) -> Result<Network> {
    let replies = index.reply_network(chat, REPLIES, PAIRS)?;
    let mut faces: Vec<Face> = Vec::new();
    for (who, whom, _) in &replies.pairs {
        for person in [who, whom] {
            if faces.len() < PEOPLE && !faces.iter().any(|face| face.id == person.id) {
                faces.push(face(clock.texts, index, person.id, &person.name)?);
            }
        }
    }
    let count = faces.len();
    let nodes: Vec<Node> = faces
        .into_iter()
        .enumerate()
        .map(|(at, face)| {
            let (x, y) = on_circle(at, count);
            let name = shortened(&face.name);
            Node {
                x,
                y,
                face,
                name,
                name_y: y + BELOW + lower(at, x, count),
            }
        })
        .collect();
    let most = replies.pairs.iter().map(|pair| pair.2).max().unwrap_or(0);
    let place = |id: i64| nodes.iter().find(|node| node.face.id == id);
    // Who answers himself says nothing about two.
    let (own, others): (Vec<_>, Vec<_>) =
        (replies.pairs.iter()).partition(|(who, whom, _)| who.id == whom.id);
    let lines = others.into_iter().filter_map(|(who, whom, times)| {
        let (a, b) = (place(who.id)?, place(whom.id)?);
        let times_told = clock.texts.number(*times);
        Some(Line {
            x1: a.x,
            y1: a.y,
            x2: b.x,
            y2: b.y,
            width: 1 + scaled(*times, most, 6) as u64,
            words: clock.texts.fill(
                "statistics.answered",
                &[
                    ("who", &a.face.name),
                    ("whom", &b.face.name),
                    ("x", &times_told),
                ],
            ),
            who: a.face.name.clone(),
            whom: b.face.name.clone(),
            times: times_told,
        })
    });
    let lines: Vec<Line> = lines.collect();
    let hidden = replies.all.saturating_sub((lines.len() + own.len()) as u64);
    let looked = if replies.more {
        "statistics.newest-replies"
    } else {
        "statistics.all-replies"
    };
    Ok(Network {
        lines,
        nodes,
        looked: clock.texts.count(looked, replies.looked),
        more: super::more(clock.texts, hidden),
    })
}

/// How far below the middle of somebody's circle the name is.
const BELOW: i64 = 31;
/// A line of names.
const LINE: i64 = 15;
/// People next to each other whose names have room beside each other.
const APART: usize = 8;

/// At the top and at the bottom of a large circle names stand side by side: every second one a line
/// lower.
fn lower(at: usize, x: i64, count: usize) -> i64 {
    match count > APART && at % 2 == 1 && (x - 300).abs() < 130 {
        true => LINE,
        false => 0,
    }
}

/// The nth of so many places on the circle of the picture.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // small numbers
fn on_circle(at: usize, count: usize) -> (i64, i64) {
    let angle = std::f64::consts::TAU * at as f64 / count.max(1) as f64;
    let (x, y) = (300.0 + 190.0 * angle.sin(), 230.0 - 190.0 * angle.cos());
    (x.round() as i64, y.round() as i64)
}
