//! What makes notifications: people, groups and channels in general, chats with settings of their
//! own, reactions, contacts that join.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::Index;
use telekeep_model::{
    AccountPart, Kept, Media, NotifyException, NotifyRule, ReactionNotices, Sound,
};

use super::Sidebar;
use super::account::switch;
use super::beside::known;
use crate::lang::Texts;
use crate::render::Face;
use crate::server::{Context, PageError, Result};

/// Chats on a page.
const PAGE: usize = 200;
/// What is muted until then is muted for good.
const FOR_GOOD: i64 = i32::MAX as i64;

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// So many were shown already.
    after: usize,
}

/// A chat with notifications of its own.
pub struct Except {
    pub face: Option<Face>,
    /// The topic of a forum.
    pub topic: Option<String>,
    pub words: String,
}

#[derive(Template)]
#[template(path = "notifications.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    /// What is set in general: its name, and how.
    notices: Vec<(&'static str, String)>,
    exceptions: Vec<Except>,
    /// How many chats have their own.
    count: String,
    more: Option<String>,
    first: bool,
}

/// `GET /notifications`
pub async fn page(context: Context, Query(wanted): Query<Wanted>) -> Result {
    super::show(context, move |context, _, index| {
        let rows = index.account_parts()?;
        let row = rows
            .iter()
            .find(|row| row.part.starts_with("notifications/"));
        let journal = row.ok_or(PageError::NotFound)?.journal;
        let texts = context.texts;
        let notices = notices(context, index, journal)?.into_iter();
        let named = notices.filter_map(|(part, words)| {
            Some((texts.find(&format!("account.part.{part}"))?, words))
        });
        let (exceptions, rest) = exceptions(context, index, journal, wanted.after, PAGE)?;
        let all = rows
            .iter()
            .find(|row| row.journal == journal && row.part == "notifications/exceptions");
        let count = all.and_then(|row| row.count).unwrap_or(0);
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            notices: named.filter(|_| wanted.after == 0).collect(),
            count: texts.number(count),
            more: rest
                .map(|_| format!("/notifications?after={}", wanted.after.saturating_add(PAGE))),
            first: wanted.after == 0,
            exceptions,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

fn part(index: &Index, journal: i64, name: &str) -> Result<Option<AccountPart>> {
    let part = index.account_part(journal, name)?;
    Ok(part.filter(|part| part.unavailable.is_none()))
}

/// What is set in general: the part (or a field of it) and words.
pub fn notices(
    context: &Context,
    index: &Index,
    journal: i64,
) -> Result<Vec<(&'static str, String)>> {
    let teller = Teller::new(context, index, journal)?;
    let mut notices = Vec::new();
    for name in [
        "notifications/users",
        "notifications/chats",
        "notifications/broadcasts",
    ] {
        let part = part(index, journal, name)?;
        notices.extend(part.map(|part| (name, teller.rule(&part.notifications(), true))));
    }
    if let Some(part) = part(index, journal, "notifications/reactions")? {
        notices.extend(teller.reactions(&part.reaction_notices()));
    }
    if let Some(part) = part(index, journal, "notifications/contact_joined")? {
        let on = switch(context.texts, part.tells_of_joining());
        notices.push(("notifications/contact_joined", on.to_owned()));
    }
    Ok(notices)
}

/// Chats with notifications of their own, so many after so many, and how many there are behind them.
pub fn exceptions(
    context: &Context,
    index: &Index,
    journal: i64,
    after: usize,
    most: usize,
) -> Result<(Vec<Except>, Option<usize>)> {
    let part = part(index, journal, "notifications/exceptions")?;
    let all = part
        .map(|part| part.notify_exceptions())
        .unwrap_or_default();
    let rest = all.get(after..).unwrap_or_default();
    let teller = Teller::new(context, index, journal)?;
    let shown = rest.iter().take(most).map(|one| teller.exception(one));
    let more = rest.len().checked_sub(most).filter(|more| *more > 0);
    Ok((shown.collect::<Result<_>>()?, more))
}

/// Says how things are set.
struct Teller<'a> {
    context: &'a Context,
    index: &'a Index,
    /// Sounds that the account keeps, to name those that were chosen.
    sounds: Vec<Kept>,
}

impl<'a> Teller<'a> {
    fn new(context: &'a Context, index: &'a Index, journal: i64) -> Result<Self> {
        let sounds = part(index, journal, "ringtones")?;
        Ok(Self {
            context,
            index,
            sounds: sounds.map(|part| part.kept()).unwrap_or_default(),
        })
    }

    fn texts(&self) -> &'static Texts {
        self.context.texts
    }

    fn exception(&self, one: &NotifyException) -> Result<Except> {
        let face = one.chat.map(|chat| known(self.context, self.index, chat));
        let topic = match one.chat.zip(one.topic) {
            Some((chat, topic)) => {
                let held = self.index.topic(chat, Some(topic))?;
                let name = held.map(|held| self.texts().topic(&held));
                Some(name.unwrap_or_else(|| self.texts().with("chat.topic", topic)))
            }
            None => None,
        };
        Ok(Except {
            face: face.transpose()?,
            topic,
            words: self.rule(&one.rule, false),
        })
    }

    /// `general` rules are on where nothing was chosen; a chat's own says only what was chosen.
    fn rule(&self, rule: &NotifyRule, general: bool) -> String {
        let texts = self.texts();
        let now = (self.context.shared.now)().div_euclid(1000);
        let muted = rule.muted_until.filter(|until| *until > now);
        let mut words = Vec::new();
        match muted {
            Some(until) if until >= FOR_GOOD => words.push(texts.get("account.off").to_owned()),
            Some(until) => {
                let until = self.context.clock().full(until);
                words.push(texts.with("notify.off-until", until));
            }
            None if general || rule.muted_until.is_some() => {
                words.push(texts.get("account.on").to_owned());
            }
            None => {}
        }
        if muted.is_none() || !general {
            if rule.silent {
                words.push(texts.get("account.silent").to_owned());
            }
            match rule.previews {
                Some(false) => words.push(texts.get("account.no-previews").to_owned()),
                Some(true) if !general => words.push(texts.get("notify.previews").to_owned()),
                _ => {}
            }
        }
        words.extend(self.sound(rule.sound.as_ref()));
        if let Some(muted) = rule.stories_muted {
            words.push(texts.with("notify.stories", switch(texts, !muted)));
        }
        if words.is_empty() {
            words.push(texts.get("account.on").to_owned());
        }
        words.join(" · ")
    }

    /// A sound that was chosen; the usual one is not worth a word.
    fn sound(&self, sound: Option<&Sound>) -> Option<String> {
        let texts = self.texts();
        let name = match sound? {
            Sound::Default => return None,
            Sound::Silence => return Some(texts.get("account.silent").to_owned()),
            Sound::Device(name) => name.clone(),
            Sound::Kept(number) => self.named(*number),
        };
        Some(texts.with("notify.sound", name))
    }

    /// What a sound that the account keeps is called.
    fn named(&self, number: i64) -> String {
        let key = format!("document/{number}");
        let mut documents = self.sounds.iter().filter_map(|kept| match &kept.media {
            Some(Media::Document(document)) => Some(document),
            _ => None,
        });
        let found = documents.find(|document| document.file.key == key);
        let name = found.and_then(|found| found.title.clone().or_else(|| found.file.name.clone()));
        name.unwrap_or_else(|| number.to_string())
    }

    fn reactions(&self, told: &ReactionNotices) -> Vec<(&'static str, String)> {
        let texts = self.texts();
        let from = |whose: Option<bool>| match whose {
            None => texts.get("account.off").to_owned(),
            Some(true) => texts.get("account.my-contacts").to_owned(),
            Some(false) => texts.get("account.everybody").to_owned(),
        };
        let mut how = Vec::new();
        how.extend(self.sound(told.sound.as_ref()));
        if !told.previews {
            how.push(texts.get("account.no-previews").to_owned());
        }
        let with = |words: String| {
            let words = std::iter::once(words).chain(how.iter().cloned());
            words.collect::<Vec<_>>().join(" · ")
        };
        vec![
            ("notifications/reactions", with(from(told.messages))),
            ("notifications/reactions/stories", with(from(told.stories))),
            ("notifications/reactions/votes", with(from(told.votes))),
        ]
    }
}
