//! What messages carry beside text.

use grammers_tl_types::enums::{MessageExtendedMedia, MessageMedia, TextWithEntities};
use grammers_tl_types::types;

use super::blank;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;
use super::log::mask;
use super::random::Dice;
use super::stock::Stock;
use super::web;
use super::words::{REACTIONS, Tongue};

/// What kind of content an ordinary message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Text,
    Formatted,
    CustomEmoji,
    Mention,
    Link,
    File(Kind),
    SpoilerPhoto,
    Expired,
    Poll,
    Quiz,
    Geo,
    GeoLive,
    Venue,
    Contact,
    Dice,
    Todo,
    Game,
    Invoice,
    Story,
    Paid,
    Giveaway,
    Unsupported,
}

/// What a medium is made from.
pub(crate) struct Maker<'a> {
    pub(crate) files: &'a mut Files,
    pub(crate) stock: &'a mut Stock,
    pub(crate) tongue: &'a Tongue,
    pub(crate) date: i32,
    /// Hash of the message, for file references.
    pub(crate) context: u64,
    /// People who vote and whose contacts are shared.
    pub(crate) people: &'a [i64],
}

/// A medium with the bits of what it is, and people it names.
pub(crate) struct Made {
    pub(crate) media: Option<MessageMedia>,
    pub(crate) mask: u32,
    pub(crate) peers: Vec<i64>,
}

/// A plain text as TL has it in polls and lists.
pub(crate) fn plain(text: &str) -> TextWithEntities {
    types::TextWithEntities {
        text: text.into(),
        entities: Vec::new(),
    }
    .into()
}

impl Maker<'_> {
    pub(crate) fn make(&mut self, what: What, dice: &mut Dice) -> Made {
        let mut peers = Vec::new();
        let mut mask = 0;
        let media = match what {
            What::File(kind) => return self.file(kind, dice),
            What::SpoilerPhoto => {
                mask = mask::PHOTO;
                Some(self.photo(true, dice))
            }
            What::Expired => Some(expired(dice)),
            What::Link => {
                mask = mask::URL;
                Some(self.link(dice))
            }
            What::Poll | What::Quiz => {
                mask = mask::POLL;
                Some(self.poll(what == What::Quiz, dice, &mut peers))
            }
            What::Geo => {
                mask = mask::GEO;
                Some(types::MessageMediaGeo { geo: point(dice) }.into())
            }
            What::GeoLive => {
                mask = mask::GEO;
                let (heading, radius) = (Some(dice.int(1, 360)), None);
                Some(
                    types::MessageMediaGeoLive {
                        geo: point(dice),
                        heading,
                        period: 3600,
                        proximity_notification_radius: radius,
                    }
                    .into(),
                )
            }
            What::Venue => {
                mask = mask::GEO;
                Some(self.venue(dice))
            }
            What::Contact => {
                mask = mask::CONTACT;
                Some(self.contact(dice))
            }
            What::Dice => Some(throw(dice)),
            What::Todo => Some(self.todo(dice, &mut peers)),
            What::Game => Some(self.game(dice)),
            What::Invoice => Some(self.invoice(dice)),
            What::Story => Some(self.story(dice, &mut peers)),
            What::Paid => Some(paid(dice)),
            What::Giveaway => Some(self.giveaway(&mut peers)),
            What::Unsupported => Some(MessageMedia::Unsupported),
            What::Text | What::Formatted | What::CustomEmoji | What::Mention => None,
        };
        Made { media, mask, peers }
    }

    fn photo(&mut self, spoiler: bool, dice: &mut Dice) -> MessageMedia {
        let id = self.stock.draw(self.files, Kind::Photo, self.date, dice);
        let photo = Some(self.files.photo(id, self.context));
        types::MessageMediaPhoto {
            spoiler,
            photo,
            ..blank::message_media_photo()
        }
        .into()
    }

    fn file(&mut self, kind: Kind, dice: &mut Dice) -> Made {
        if kind == Kind::Photo {
            let media = Some(self.photo(false, dice));
            return Made {
                media,
                mask: mask::PHOTO,
                peers: Vec::new(),
            };
        }
        let id = self.stock.draw(self.files, kind, self.date, dice);
        let mask = match kind {
            Kind::Video => mask::VIDEO,
            Kind::Round => mask::ROUND,
            Kind::Voice => mask::VOICE,
            Kind::Music => mask::MUSIC,
            Kind::Animation => mask::GIF,
            Kind::Pdf | Kind::Text | Kind::Image | Kind::Archive => mask::DOCUMENT,
            _ => 0,
        };
        let media = types::MessageMediaDocument {
            video: kind == Kind::Video,
            round: kind == Kind::Round,
            voice: kind == Kind::Voice,
            document: Some(self.files.document(id, self.context, "")),
            ..blank::message_media_document()
        };
        Made {
            media: Some(media.into()),
            mask,
            peers: Vec::new(),
        }
    }

    fn link(&mut self, dice: &mut Dice) -> MessageMedia {
        let pictured = dice.chance(600);
        let photo = pictured.then(|| {
            let id = self.stock.draw(self.files, Kind::Photo, self.date, dice);
            self.files.photo(id, self.context)
        });
        let webpage = types::WebPage {
            id: (dice.next() >> 2) as i64,
            url: "https://example.org/lost-and-found".into(),
            display_url: "example.org/lost-and-found".into(),
            r#type: Some("article".into()),
            site_name: Some("The Harbour Gazette".into()),
            title: Some(self.tongue.sentence(dice)),
            description: Some(self.tongue.sentence(dice)),
            photo,
            ..blank::web_page()
        };
        types::MessageMediaWebPage {
            force_large_media: pictured,
            force_small_media: false,
            manual: false,
            safe: false,
            webpage: webpage.into(),
        }
        .into()
    }

    fn poll(&mut self, quiz: bool, dice: &mut Dice, peers: &mut Vec<i64>) -> MessageMedia {
        let public = !quiz && dice.chance(500);
        let count = dice.range(2, 5);
        let mut total = 0;
        let (mut answers, mut results, mut recent) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..count {
            let option = vec![b'0' + n as u8];
            let text = plain(dice.pick(if quiz {
                self.tongue.places
            } else {
                self.tongue.foods
            }));
            answers.push(
                types::PollAnswer {
                    text,
                    option: option.clone(),
                    media: None,
                    added_by: None,
                    date: None,
                }
                .into(),
            );
            let voters = dice.int(0, 12);
            total += voters;
            results.push(
                types::PollAnswerVoters {
                    chosen: false,
                    correct: quiz && n == 0,
                    option,
                    voters: Some(voters),
                    // Shares its flag with `voters`.
                    recent_voters: Some(Vec::new()),
                }
                .into(),
            );
        }
        if public
            && total > 0
            && let Some(voter) = dice.choose(self.people)
        {
            recent.push(PeerId::User(voter).tl());
            peers.push(voter);
        }
        let poll = types::Poll {
            id: (dice.next() >> 2) as i64,
            closed: dice.chance(300),
            public_voters: public,
            multiple_choice: !quiz && dice.chance(300),
            quiz,
            answers,
            hash: dice.next() as i64,
            ..blank::poll(plain(&self.tongue.sentence(dice)))
        };
        let results = types::PollResults {
            results: Some(results),
            total_voters: Some(total),
            recent_voters: (!recent.is_empty()).then_some(recent),
            solution: quiz.then(|| self.tongue.sentence(dice)),
            solution_entities: quiz.then(Vec::new),
            ..blank::poll_results()
        };
        types::MessageMediaPoll {
            poll: poll.into(),
            results: results.into(),
            attached_media: None,
        }
        .into()
    }

    fn venue(&self, dice: &mut Dice) -> MessageMedia {
        types::MessageMediaVenue {
            geo: point(dice),
            title: dice.pick(self.tongue.places).into(),
            address: "12 Harbour Lane".into(),
            provider: "foursquare".into(),
            venue_id: format!("{:016x}", dice.next()),
            venue_type: "food/café".into(),
        }
        .into()
    }

    fn contact(&self, dice: &mut Dice) -> MessageMedia {
        let (first, last) = self.tongue.name(dice);
        types::MessageMediaContact {
            phone_number: format!("999660{:04}", dice.below(10_000)),
            first_name: first.into(),
            last_name: last.into(),
            vcard: String::new(),
            user_id: 0,
        }
        .into()
    }

    fn todo(&self, dice: &mut Dice, peers: &mut Vec<i64>) -> MessageMedia {
        let list = (1..=dice.int(2, 5))
            .map(|id| {
                types::TodoItem {
                    id,
                    title: plain(dice.pick(self.tongue.things)),
                }
                .into()
            })
            .collect();
        let completions = dice.choose(self.people).map(|who| {
            peers.push(who);
            let completed_by = PeerId::User(who).tl();
            vec![
                types::TodoCompletion {
                    id: 1,
                    completed_by,
                    date: self.date + 60,
                }
                .into(),
            ]
        });
        let todo = types::TodoList {
            others_can_append: true,
            others_can_complete: true,
            title: plain(dice.pick(self.tongue.titles)),
            list,
        };
        types::MessageMediaToDo {
            todo: todo.into(),
            completions,
        }
        .into()
    }

    fn game(&mut self, dice: &mut Dice) -> MessageMedia {
        let id = self.stock.draw(self.files, Kind::Photo, self.date, dice);
        let game = types::Game {
            id: (dice.next() >> 2) as i64,
            access_hash: dice.next() as i64,
            short_name: "paperboats".into(),
            title: "Paper Boats".into(),
            description: "Fold, launch, drift.".into(),
            photo: self.files.photo(id, self.context),
            document: None,
        };
        types::MessageMediaGame { game: game.into() }.into()
    }

    fn invoice(&self, dice: &mut Dice) -> MessageMedia {
        types::MessageMediaInvoice {
            shipping_address_requested: false,
            test: true,
            title: "Concert ticket".into(),
            description: self.tongue.sentence(dice),
            photo: web::picture(self.files),
            receipt_msg_id: None,
            currency: "EUR".into(),
            total_amount: dice.range(500, 5000) as i64,
            start_param: String::new(),
            extended_media: None,
        }
        .into()
    }

    fn story(&self, dice: &mut Dice, peers: &mut Vec<i64>) -> MessageMedia {
        let Some(who) = dice.choose(self.people) else {
            return MessageMedia::Unsupported;
        };
        peers.push(who);
        let peer = PeerId::User(who).tl();
        types::MessageMediaStory {
            via_mention: false,
            peer,
            id: dice.int(1, 90),
            story: None,
        }
        .into()
    }

    fn giveaway(&self, peers: &mut Vec<i64>) -> MessageMedia {
        peers.clear();
        types::MessageMediaGiveaway {
            only_new_subscribers: false,
            winners_are_visible: true,
            channels: Vec::new(),
            countries_iso2: None,
            prize_description: Some("A very good umbrella".into()),
            quantity: 5,
            months: Some(3),
            stars: None,
            until_date: self.date + 7 * 86_400,
        }
        .into()
    }
}

/// A self-destructed photo or video: only its time to live is left.
fn expired(dice: &mut Dice) -> MessageMedia {
    let ttl_seconds = Some(dice.int(5, 60));
    if dice.chance(500) {
        return types::MessageMediaPhoto {
            ttl_seconds,
            ..blank::message_media_photo()
        }
        .into();
    }
    types::MessageMediaDocument {
        video: true,
        ttl_seconds,
        ..blank::message_media_document()
    }
    .into()
}

fn point(dice: &mut Dice) -> grammers_tl_types::enums::GeoPoint {
    types::GeoPoint {
        long: dice.unit() * 300.0 - 150.0,
        lat: dice.unit() * 120.0 - 60.0,
        access_hash: dice.next() as i64,
        accuracy_radius: dice.chance(300).then_some(25),
    }
    .into()
}

fn throw(dice: &mut Dice) -> MessageMedia {
    let emoticon = dice.pick(&["🎲", "🎯", "🏀", "⚽", "🎳"]);
    let value = dice.int(1, 5);
    types::MessageMediaDice {
        value,
        emoticon: emoticon.into(),
        game_outcome: None,
    }
    .into()
}

/// Paid media nobody bought: a preview is all there is.
fn paid(dice: &mut Dice) -> MessageMedia {
    let preview = types::MessageExtendedMediaPreview {
        w: Some(1280),
        h: Some(960),
        thumb: None,
        video_duration: None,
    };
    types::MessageMediaPaidMedia {
        stars_amount: dice.range(5, 500) as i64,
        extended_media: vec![MessageExtendedMedia::Preview(preview)],
    }
    .into()
}

/// Reactions under a message: counts, and in groups the people behind the newest ones.
pub(crate) fn reactions(
    dice: &mut Dice,
    people: &[i64],
    date: i32,
    peers: &mut Vec<i64>,
) -> types::MessageReactions {
    let mut results: Vec<grammers_tl_types::enums::ReactionCount> = Vec::new();
    let mut recent = Vec::new();
    let first = dice.below(REACTIONS.len() as u64) as usize;
    for n in 0..dice.range(1, 3) as usize {
        let emoticon = REACTIONS[(first + n * 5) % REACTIONS.len()];
        let reaction: grammers_tl_types::enums::Reaction = types::ReactionEmoji {
            emoticon: emoticon.into(),
        }
        .into();
        let count = dice.int(1, 9);
        if let Some(who) = dice.choose(people) {
            peers.push(who);
            let peer_id = PeerId::User(who).tl();
            recent.push(
                types::MessagePeerReaction {
                    big: false,
                    unread: false,
                    my: false,
                    peer_id,
                    date: date + 30 + n as i32,
                    reaction: reaction.clone(),
                }
                .into(),
            );
        }
        results.push(
            types::ReactionCount {
                chosen_order: None,
                reaction,
                count,
            }
            .into(),
        );
    }
    types::MessageReactions {
        can_see_list: !recent.is_empty(),
        results,
        recent_reactions: (!recent.is_empty()).then_some(recent),
        ..blank::message_reactions()
    }
}
