//! Polls and quizzes.

use telekeep_model::{Entity, Poll};

use super::MediaView;
use crate::render::scene::Scene;
use crate::render::{Html, rich_in};

/// A bar of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollBar {
    /// The answer.
    pub text: String,
    /// 0 to 100.
    pub percent: u64,
    /// How many chose it, in words.
    pub voters: String,
    /// The account chose it.
    pub mine: bool,
    /// The right one of a quiz.
    pub correct: bool,
}

/// Why an answer of a quiz is the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// As the viewer shows it: what it hides is shown when asked for.
    pub html: Html,
    /// Its words, for readers of another kind.
    pub words: String,
    /// Their formatting.
    pub entities: Vec<Entity>,
}

pub(super) fn poll_view(poll: &Poll, scene: &Scene<'_>) -> MediaView {
    let texts = scene.clock.texts;
    let total = u64::try_from(poll.voters).unwrap_or(0);
    let sum: u64 = poll
        .answers
        .iter()
        .map(|answer| u64::try_from(answer.voters).unwrap_or(0))
        .sum();
    let bar = |answer: &telekeep_model::PollAnswer| {
        let voters = u64::try_from(answer.voters).unwrap_or(0);
        PollBar {
            text: answer.text.clone(),
            percent: voters.saturating_mul(100) / total.max(sum).max(1),
            voters: texts.count("media.votes", voters),
            mine: answer.mine,
            correct: answer.correct,
        }
    };
    let kind = match (poll.quiz, poll.closed) {
        (true, _) => texts.get("media.quiz"),
        (false, true) => texts.get("media.poll-closed"),
        (false, false) => texts.get("media.poll"),
    };
    MediaView::Poll {
        question: poll.question.clone(),
        kind: kind.to_owned(),
        bars: poll.answers.iter().map(bar).collect(),
        total: texts.count("media.votes", total),
        solution: solution(poll, scene),
    }
}

fn solution(poll: &Poll, scene: &Scene<'_>) -> Option<Solution> {
    let words = poll.solution.clone().filter(|words| !words.is_empty())?;
    let entities = poll.solution_entities.clone();
    Some(Solution {
        html: rich_in(&words, &entities, scene),
        words,
        entities,
    })
}
