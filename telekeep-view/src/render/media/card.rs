//! Everything that is best told in a few lines: contacts, places, games, invoices, giveaways.

use telekeep_model::{Contact, Giveaway, GiveawayResults, Invoice, Media, Prize, Story, Todo};

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
    /// Further lines.
    pub lines: Vec<String>,
    /// Things to do.
    pub tasks: Vec<TaskLine>,
    /// Lists of people and chats, each with what they are here.
    pub peers: Vec<PeerLine>,
    /// Where it leads.
    pub address: Option<String>,
    /// The address is on another site.
    pub foreign: bool,
}

/// A thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskLine {
    /// What is to be done.
    pub text: String,
    /// It is done.
    pub done: bool,
    /// Done or not, in words.
    pub state: &'static str,
    /// Who ticked it, and when.
    pub by: Option<String>,
}

/// People or chats that a card names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerLine {
    /// What they are here.
    pub label: &'static str,
    /// Name and address of each.
    pub names: Vec<(String, Option<String>)>,
    /// That there are more.
    pub more: Option<String>,
}

impl PeerLine {
    fn new(label: &'static str, ids: &[i64], more: i64, scene: &Scene<'_>) -> Option<Self> {
        let texts = scene.clock.texts;
        let more = u64::try_from(more).unwrap_or(0);
        (!ids.is_empty()).then(|| Self {
            label: texts.get(label),
            names: ids
                .iter()
                .map(|id| (scene.name(*id), scene.links.profile(*id)))
                .collect(),
            more: (more > 0).then(|| texts.count("statistics.more", more)),
        })
    }

    /// Without addresses, in one line.
    #[must_use]
    pub fn words(&self, list: &str) -> String {
        let mut names: Vec<&str> = self.names.iter().map(|(name, _)| name.as_str()).collect();
        names.extend(self.more.as_deref());
        format!("{}: {}", self.label, names.join(&format!("{list} ")))
    }
}

fn map_address(lat: f64, long: f64) -> Option<String> {
    let sane = lat.abs() <= 90.0 && long.abs() <= 180.0;
    sane.then(|| {
        format!(
            "https://www.openstreetmap.org/?mlat={lat:.6}&mlon={long:.6}#map=16/{lat:.6}/{long:.6}"
        )
    })
}

fn new(
    icon: &'static str,
    kind: &'static str,
    title: &str,
    lines: Vec<String>,
    scene: &Scene<'_>,
) -> Card {
    Card {
        icon,
        kind: scene.clock.texts.get(kind).to_owned(),
        title: title.to_owned(),
        lines: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        ..Card::default()
    }
}

pub(super) fn card(media: &Media, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    match media {
        Media::Contact(of) => contact(of, scene),
        Media::Location { .. } | Media::Venue { .. } => place(media, scene),
        Media::Game(game) => {
            let about = vec![game.description.clone()];
            new("🎮", "media.game", &game.title, about, scene)
        }
        Media::Invoice(of) => invoice(of, scene),
        Media::Story(of) => story(of, scene),
        Media::Giveaway(of) => giveaway(of, scene),
        Media::GiveawayResults(of) => results(of, scene),
        Media::Todo(of) => todo(of, scene),
        Media::Paid {
            stars,
            locked,
            items: _,
        } => {
            let title = texts.count("media.stars", *stars);
            let hidden = (*locked > 0).then(|| texts.count("media.not-bought", *locked));
            new(
                "⭐",
                "media.paid",
                &title,
                hidden.into_iter().collect(),
                scene,
            )
        }
        Media::VideoStream => new("📺", "media.stream", "", Vec::new(), scene),
        Media::Expired { what } => {
            let kind = texts.find(&format!("kind.{what}")).unwrap_or(what);
            new("⌛", "media.expired", kind, Vec::new(), scene)
        }
        Media::Unsupported { name } => {
            let told = texts.get("media.unsupported-kept").to_owned();
            new("🧩", "media.unsupported", name, vec![told], scene)
        }
        // Drawn in other ways.
        _ => new("📎", "media.file", &media.label(), Vec::new(), scene),
    }
}

fn place(media: &Media, scene: &Scene<'_>) -> Card {
    let position = |lat: &f64, long: &f64| format!("{lat:.5}, {long:.5}");
    let (lat, long, card) = match media {
        Media::Location { lat, long, live } => {
            let kind = match live {
                Some(_) => "media.live-location",
                None => "media.location",
            };
            let at = vec![position(lat, long)];
            (*lat, *long, new("📍", kind, "", at, scene))
        }
        Media::Venue {
            lat,
            long,
            title,
            address,
        } => {
            let lines = vec![address.clone(), position(lat, long)];
            (*lat, *long, new("📍", "media.venue", title, lines, scene))
        }
        _ => return Card::default(),
    };
    Card {
        address: map_address(lat, long),
        foreign: true,
        ..card
    }
}

/// Lines of a vCard that are shown.
const CARD_LINES: usize = 12;
/// Characters of a line.
const CARD_CHARS: usize = 300;

fn contact(of: &Contact, scene: &Scene<'_>) -> Card {
    let mut lines = vec![of.phone.clone()];
    lines.extend(vcard(&of.vcard, &of.phone));
    Card {
        address: of.user.and_then(|user| scene.links.profile(user)),
        ..new("👤", "media.contact", &of.name, lines, scene)
    }
}

/// What a vCard says beside the name: numbers, addresses, where somebody works.
fn vcard(card: &str, phone: &str) -> Vec<String> {
    const TOLD: [&str; 9] = [
        "TEL", "EMAIL", "ORG", "TITLE", "ADR", "URL", "BDAY", "NOTE", "NICKNAME",
    ];
    let digits = |number: &str| {
        number
            .chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let lines = card.lines().filter_map(|line| {
        let (field, value) = line.split_once(':')?;
        let name = field.split(';').next().unwrap_or_default();
        // `item1.EMAIL`
        let name = name
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_uppercase();
        let same = name == "TEL" && digits(value) == digits(phone);
        if same || !TOLD.contains(&name.as_str()) {
            return None;
        }
        let parts = value
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let told = parts
            .collect::<Vec<_>>()
            .join(", ")
            .replace("\\n", " ")
            .replace('\\', "");
        Some(told.chars().take(CARD_CHARS).collect::<String>())
    });
    lines
        .filter(|line| !line.is_empty())
        .take(CARD_LINES)
        .collect()
}

fn invoice(of: &Invoice, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let mut lines = vec![of.description.clone(), texts.money(of.amount, &of.currency)];
    let mut say = |said: bool, key: &'static str| {
        if said {
            lines.push(texts.get(key).to_owned());
        }
    };
    say(of.receipt.is_some(), "media.paid-for");
    say(of.test, "media.test-payment");
    say(of.shipping, "media.asks-address");
    new("🧾", "media.invoice", &of.title, lines, scene)
}

fn story(of: &Story, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let mut lines = Vec::new();
    if of.date != 0 {
        lines.push(scene.clock.moment(of.date));
    }
    lines.push(of.caption.clone());
    if of.mention {
        lines.push(texts.get("media.story-mention").to_owned());
    }
    let held = of.chat.filter(|chat| scene.files.has_story(*chat, of.id));
    if held.is_some() {
        // Its own page says more.
    } else if of.gone {
        lines.push(texts.get("media.story-gone").to_owned());
    } else if of.media.is_none() {
        lines.push(texts.get("media.story-not-kept").to_owned());
    }
    let name = of.chat.map(|chat| scene.name(chat)).unwrap_or_default();
    Card {
        address: match held {
            Some(chat) => scene.links.story(chat, of.id),
            None => of.chat.and_then(|chat| scene.links.profile(chat)),
        },
        ..new("📖", "media.story", &name, lines, scene)
    }
}

/// What can be won, in lines.
fn prize(of: &Prize, scene: &Scene<'_>) -> Vec<String> {
    let texts = scene.clock.texts;
    let mut lines = Vec::new();
    lines.extend(of.months.map(|months| texts.count("media.premium", months)));
    lines.extend(of.stars.map(|stars| texts.count("media.stars", stars)));
    lines
}

fn giveaway(of: &Giveaway, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let title = of.prize.words.clone().unwrap_or_default();
    let mut lines = vec![texts.count("media.winners", of.quantity)];
    lines.extend(prize(&of.prize, scene));
    lines.push(texts.with("media.until", scene.clock.moment(of.until)));
    if of.prize.new_only {
        lines.push(texts.get("media.new-only").to_owned());
    }
    if !of.countries.is_empty() {
        let list = format!("{} ", texts.get("text.list"));
        lines.push(texts.with("media.only-in", of.countries.join(&list)));
    }
    if of.public {
        lines.push(texts.get("media.winners-public").to_owned());
    }
    Card {
        peers: PeerLine::new("media.take-part", &of.channels, 0, scene)
            .into_iter()
            .collect(),
        ..new("🎁", "media.giveaway", &title, lines, scene)
    }
}

fn results(of: &GiveawayResults, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let title = of.prize.words.clone().unwrap_or_default();
    let mut lines = vec![texts.count("media.winners", of.winners)];
    lines.extend(prize(&of.prize, scene));
    if of.unclaimed > 0 {
        lines.push(texts.count("media.unclaimed", of.unclaimed));
    }
    if of.until != 0 {
        lines.push(texts.with("media.ended", scene.clock.moment(of.until)));
    }
    if of.refunded {
        lines.push(texts.get("media.refunded").to_owned());
    }
    let named = i64::try_from(of.who.len()).unwrap_or(i64::MAX);
    let channel: Vec<i64> = of.channel.into_iter().collect();
    let peers = [
        PeerLine::new(
            "media.who-won",
            &of.who,
            of.winners.saturating_sub(named),
            scene,
        ),
        PeerLine::new("media.took-part", &channel, of.more_channels, scene),
    ];
    let began = of.channel.zip(of.launch);
    Card {
        peers: peers.into_iter().flatten().collect(),
        address: began.map(|(chat, id)| scene.links.message(chat, id)),
        ..new("🎉", "media.giveaway-results", &title, lines, scene)
    }
}

fn todo(of: &Todo, scene: &Scene<'_>) -> Card {
    let texts = scene.clock.texts;
    let tasks: Vec<_> = of
        .items
        .iter()
        .map(|task| TaskLine {
            text: task.text.clone(),
            done: task.done.is_some(),
            state: texts.get(if task.done.is_some() {
                "todo.done"
            } else {
                "todo.open"
            }),
            by: task.done.map(|(who, when)| {
                let moment = Some(when).filter(|when| *when != 0);
                // Isolated: a name may run another way than the date.
                let name = who.map(|id| format!("\u{2068}{}\u{2069}", scene.name(id)));
                let told = [name, moment.map(|at| scene.clock.moment(at))];
                told.into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }),
        })
        .collect();
    let done = tasks.iter().filter(|task| task.done).count() as u64;
    let (done, all) = (texts.number(done), texts.number(tasks.len() as u64));
    let mut lines = vec![texts.fill("todo.progress", &[("x", &done), ("all", &all)])];
    if of.others_tick {
        lines.push(texts.get("todo.others-tick").to_owned());
    }
    if of.others_add {
        lines.push(texts.get("todo.others-add").to_owned());
    }
    Card {
        tasks,
        ..new("☑️", "media.todo", &of.title, lines, scene)
    }
}

#[cfg(test)]
mod tests {
    use super::vcard;

    #[test]
    fn vcards_tell_more_than_the_number() {
        let card = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nTEL;TYPE=CELL:+49 30 12\r\nTEL:555\r\n\
                    item1.EMAIL;TYPE=home:ada@example.org\r\nADR:;;12 Harbour Lane;Kiel;;24103;\r\nEND:VCARD";
        assert_eq!(
            vcard(card, "493012"),
            ["555", "ada@example.org", "12 Harbour Lane, Kiel, 24103"]
        );
        assert_eq!(vcard(&"TEL:1\n".repeat(500), "2").len(), 12);
        assert!(vcard(":::\n;;\nTEL", "").is_empty());
    }
}
