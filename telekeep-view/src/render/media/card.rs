//! Everything that is best told in a few lines: contacts, places, games, invoices, giveaways.

use telekeep_model::Media;

use crate::render::scene::Scene;

/// A titled box with lines of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Card {
    /// What it is, as an emoji.
    pub icon: &'static str,
    /// What it is, in words.
    pub kind: String,
    /// First line.
    pub title: String,
    /// Further lines; items of a list when `list`.
    pub lines: Vec<String>,
    /// The lines are a list.
    pub list: bool,
    /// Where it leads.
    pub address: Option<String>,
    /// The address is on another site.
    pub foreign: bool,
}

fn map_address(lat: f64, long: f64) -> Option<String> {
    let sane = lat.abs() <= 90.0 && long.abs() <= 180.0;
    sane.then(|| {
        format!(
            "https://www.openstreetmap.org/?mlat={lat:.6}&mlon={long:.6}#map=16/{lat:.6}/{long:.6}"
        )
    })
}

pub(super) fn card(media: &Media, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let new = |icon, kind: &'static str, title: &str, lines: Vec<String>| Card {
        icon,
        kind: texts.get(kind).to_owned(),
        title: title.to_owned(),
        lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        ..Card::default()
    };
    let position = |lat: &f64, long: &f64| format!("{lat:.5}, {long:.5}");
    match media {
        Media::Contact { name, phone, user } => Card {
            address: user.and_then(|user| scene.links.profile(user)),
            ..new("👤", "media.contact", name, vec![phone.clone()])
        },
        Media::Location { lat, long, live } => Card {
            address: map_address(*lat, *long),
            foreign: true,
            ..new(
                "📍",
                if live.is_some() {
                    "media.live-location"
                } else {
                    "media.location"
                },
                "",
                vec![position(lat, long)],
            )
        },
        Media::Venue {
            lat,
            long,
            title,
            address,
        } => Card {
            address: map_address(*lat, *long),
            foreign: true,
            ..new(
                "📍",
                "media.venue",
                title,
                vec![address.clone(), position(lat, long)],
            )
        },
        Media::Game { title, description } => {
            new("🎮", "media.game", title, vec![description.clone()])
        }
        Media::Invoice {
            title,
            description,
            amount: sum,
            currency,
        } => {
            let price = texts.money(*sum, currency);
            new(
                "🧾",
                "media.invoice",
                title,
                vec![description.clone(), price],
            )
        }
        Media::Story { chat, .. } => Card {
            address: chat.and_then(|chat| scene.links.profile(chat)),
            ..new(
                "📖",
                "media.story",
                "",
                vec![texts.get("media.story-not-kept").to_owned()],
            )
        },
        Media::Giveaway {
            quantity,
            until,
            prize,
        } => {
            let prize = prize.clone().unwrap_or_default();
            let ends = texts.with("media.until", scene.clock.moment(*until));
            let winners = texts.count("media.winners", *quantity);
            new("🎁", "media.giveaway", &prize, vec![winners, ends])
        }
        Media::GiveawayResults { winners, prize } => {
            let prize = prize.clone().unwrap_or_default();
            new(
                "🎉",
                "media.giveaway-results",
                &prize,
                vec![texts.count("media.winners", *winners)],
            )
        }
        Media::Todo { title, items } => Card {
            list: true,
            ..new("☑️", "media.todo", title, items.clone())
        },
        Media::VideoStream => new("📺", "media.stream", "", Vec::new()),
        Media::Expired { what } => {
            let kind = texts.find(&format!("kind.{what}")).unwrap_or(what);
            new("⌛", "media.expired", kind, Vec::new())
        }
        Media::Unsupported { name } => {
            let told = texts.get("media.unsupported-kept").to_owned();
            new("🧩", "media.unsupported", name, vec![told])
        }
        // Drawn in other ways.
        _ => new("📎", "media.file", &media.label(), Vec::new()),
    }
}
