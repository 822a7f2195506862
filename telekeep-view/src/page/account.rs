//! The account itself: who it is, whom it knows, where it is signed in, what it keeps at hand and
//! what it set.

mod at_hand;
mod business;
mod people;
mod places;
mod purse;
mod settings;

use askama::Template;
use telekeep_index::{Index, PartRow};
use telekeep_model::{AccountPart, OwnProfile, PrivacyRule};

use super::Sidebar;
use super::folders::{FolderView, folders_of};
use super::notifications::{Except, exceptions};
use crate::reading::{large, small};
use crate::render::{Clock, Face, Links as _, MediaView};
use crate::server::{Context, Result};
use at_hand::{Begun, Shelf, Waiting};
use business::{Door, Ready};
use people::{Gadget, Group};
pub use places::{NOT_SHOWN, PLACES, place_of};
use purse::Given;
use settings::Setting;
pub(super) use settings::{switch, title_of};

/// Photos shown.
const PHOTOS: usize = 100;
/// Chats shown that have notifications of their own, and that a folder names.
const CHATS: usize = 12;

/// A photo of the profile that is held.
struct Shot {
    key: String,
    source: String,
    thumb: String,
    when: String,
}

/// A fact of the profile.
struct Fact {
    name: &'static str,
    value: String,
    /// Its own page, if it has one.
    address: Option<String>,
}

/// What one account has.
#[derive(Default)]
struct Own {
    face: Face,
    facts: Vec<Fact>,
    photos: Vec<Shot>,
    groups: Vec<Group>,
    sessions: Vec<Gadget>,
    sites: Vec<Gadget>,
    drafts: Vec<Begun>,
    scheduled: Vec<Waiting>,
    replies: Vec<Ready>,
    links: Vec<Door>,
    helpers: Vec<Gadget>,
    gifts: Vec<Given>,
    more_gifts: Option<String>,
    purse: Vec<Setting>,
    /// How many payments there are, if any.
    payments: Option<String>,
    shelves: Vec<Shelf>,
    folders: Vec<FolderView>,
    /// Chats with notifications of their own, and that there are more.
    exceptions: Vec<Except>,
    more_exceptions: Option<String>,
    privacy: Vec<Setting>,
    settings: Vec<Setting>,
    /// What Telegram keeps beside everything else, as it came.
    other: Option<String>,
    /// Parts that could not be had, and why.
    refused: Vec<Setting>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    accounts: Vec<Own>,
    /// How many stories there are, if any.
    stories: Option<String>,
    /// How many notes there are, if any.
    notes: Option<String>,
}

/// `GET /account`
pub async fn page(context: Context) -> Result {
    super::show(context, |context, _, index| {
        let rows = index.account_parts()?;
        let mut journals: Vec<i64> = rows.iter().map(|row| row.journal).collect();
        // Folders were kept before parts were.
        journals.extend(index.folders()?.iter().map(|row| row.key.journal));
        journals.sort_unstable();
        journals.dedup();
        let own = |journal: i64| {
            let rows = rows.iter().filter(|row| row.journal == journal);
            let rows: Vec<&PartRow> = rows.collect();
            Reader {
                context,
                index,
                journal,
                rows,
            }
            .own()
        };
        let accounts: Result<Vec<Own>> = journals.into_iter().map(own).collect();
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            accounts: accounts?,
            stories: super::stories::entry(context, index)?,
            notes: super::notes::door(context, index)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// Rules about who may see something, in words.
pub(super) fn audience_words(
    context: &Context,
    index: &Index,
    rules: &[PrivacyRule],
) -> Result<String> {
    let reader = Reader {
        context,
        index,
        journal: 0,
        rows: Vec::new(),
    };
    reader.sentence(rules)
}

/// Reads the parts of one account.
struct Reader<'a> {
    context: &'a Context,
    index: &'a Index,
    journal: i64,
    rows: Vec<&'a PartRow>,
}

impl Reader<'_> {
    /// A part that is held.
    fn part(&self, name: &str) -> Result<Option<AccountPart>> {
        let part = self.index.account_part(self.journal, name)?;
        Ok(part.filter(|part| part.unavailable.is_none()))
    }

    fn known(&self, id: i64) -> Result<Face> {
        super::beside::known(self.context, self.index, id)
    }

    fn own(&self) -> Result<Own> {
        let account = self.rows.first().and_then(|row| row.account);
        let (gifts, more_gifts) = self.gifts()?;
        let (context, index) = (self.context, self.index);
        let (exceptions, more) = exceptions(context, index, self.journal, 0, CHATS)?;
        Ok(Own {
            face: account
                .map(|id| self.known(id))
                .transpose()?
                .unwrap_or_default(),
            facts: self.facts(account)?,
            photos: self.photos()?,
            groups: self.groups()?,
            sessions: self.devices("sessions")?,
            sites: self.devices("web_sessions")?,
            drafts: self.drafts()?,
            scheduled: self.scheduled()?,
            replies: self.replies()?,
            links: self.chat_links()?,
            helpers: self.helper_bots()?,
            gifts,
            more_gifts,
            purse: self.purse()?,
            payments: self.payments(),
            shelves: self.shelves()?,
            folders: folders_of(context, index, self.journal, CHATS)?,
            exceptions,
            more_exceptions: more.map(|rest| context.texts.count("list.more", rest as u64)),
            privacy: self.privacy()?,
            settings: self.settings()?,
            other: self.other_data()?,
            refused: self.refused(),
        })
    }

    fn facts(&self, account: Option<i64>) -> Result<Vec<Fact>> {
        let texts = self.context.texts;
        let mut facts = Vec::new();
        let mut fact = |name: &'static str, value: Option<String>, address: Option<String>| {
            facts.extend(value.map(|value| Fact {
                name,
                value,
                address,
            }));
        };
        let person = account.map(|id| self.index.person(id)).transpose()?;
        if let Some(person) = person.flatten() {
            let username = person.username.map(|name| format!("@{name}"));
            fact(texts.get("profile.username"), username, None);
            let phone = person.phone.map(|phone| format!("+{phone}"));
            fact(texts.get("profile.phone"), phone, None);
        }
        let page = account.map(|id| format!("/profile/{id}"));
        fact(
            texts.get("profile.id"),
            account.map(|id| id.to_string()),
            page,
        );
        let Some(profile) = self.part("profile")?.map(|part| part.profile()) else {
            return Ok(facts);
        };
        fact(texts.get("account.about"), profile.about.clone(), None);
        let born = birthday(profile.birthday, &self.context.clock());
        fact(texts.get("account.birthday"), born, None);
        if let Some(channel) = profile.channel {
            let name = self.known(channel)?.name;
            let address = Some(format!("/profile/{channel}"));
            fact(texts.get("account.channel"), Some(name), address);
        }
        fact(texts.get("account.address"), profile.address.clone(), None);
        fact(
            texts.get("account.hours"),
            hours(&profile, &self.context.clock()),
            None,
        );
        facts.extend(self.business_facts()?);
        Ok(facts)
    }

    fn photos(&self) -> Result<Vec<Shot>> {
        let Some(part) = self.part("profile_photos")? else {
            return Ok(Vec::new());
        };
        let (clock, links) = (self.context.clock(), self.context.links());
        let mut shots = Vec::new();
        for photo in part.photos().into_iter().take(PHOTOS) {
            let files = self.index.photo_files(photo.id)?;
            if let Some((thumb, whole)) = small(&files).zip(large(&files)) {
                shots.push(Shot {
                    key: whole.clone(),
                    source: links.file(whole),
                    thumb: links.file(thumb),
                    when: clock.full(photo.date),
                });
            }
        }
        Ok(shots)
    }

    fn refused(&self) -> Vec<Setting> {
        let texts = self.context.texts;
        let rows = self.rows.iter();
        let reason = rows.filter_map(|row| {
            let words = match (&row.failure, &row.unavailable) {
                (Some(error), _) => texts.of_failure(error),
                (None, Some(reason)) => texts.with("account.unavailable", reason),
                (None, None) => return None,
            };
            Some(Setting {
                name: settings::name_of(texts, &row.part),
                words,
                address: None,
            })
        });
        reason.collect()
    }
}

/// A day, a month and perhaps a year, in words.
pub(super) fn birthday(of: Option<(i64, i64, Option<i64>)>, clock: &Clock) -> Option<String> {
    let (day, month, year) = of?;
    // Without a year it may be the 29th of February.
    let date = jiff::civil::Date::new(
        i16::try_from(year.unwrap_or(2000)).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    Some(match year {
        Some(_) => clock.date(date),
        None => format!("{day}. {month}."),
    })
}

/// Opening hours by weekday, with the zone they are of.
fn hours(profile: &OwnProfile, clock: &Clock) -> Option<String> {
    const DAY: i64 = 24 * 60;
    let hours = profile.hours.as_ref()?;
    let days = clock.weekdays_short();
    let time = |minute: i64| {
        let minute = minute.rem_euclid(DAY);
        format!("{:02}:{:02}", minute / 60, minute % 60)
    };
    let words = hours.open.iter().filter_map(|&(from, to)| {
        let day = usize::try_from(from.div_euclid(DAY)).ok()?;
        Some(format!(
            "{} {}–{}",
            days.get(day % 7)?,
            time(from),
            time(to)
        ))
    });
    let words: Vec<String> = words.collect();
    let words = words.join(", ");
    (!words.is_empty()).then(|| format!("{words} ({})", hours.zone))
}
