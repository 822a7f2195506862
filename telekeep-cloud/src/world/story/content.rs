//! What a line of the story carries, and what people feel about it.

use grammers_tl_types::{enums, types};

use super::super::blank;
use super::super::file::Kind;
use super::super::log::mask;
use super::super::media::plain;
use super::super::random::mix;
use super::super::rich::Rich;
use super::super::state::State;

/// Sizes of the story's files: small ones, larger than their pictures need.
const PHOTO_BYTES: u64 = 60_000;

/// The content of a line. Pictures are named by their number among the cloud's scenes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Say {
    Text(&'static str),
    /// The second text is bold; a heading over the third.
    Headed(&'static str, &'static str),
    /// Program text in a language.
    Code(&'static str, &'static str),
    Photo(u64, &'static str),
    /// A picture of an album: those that follow each other in a chat belong together.
    Album(u64, &'static str),
    Video(&'static str),
    Voice,
    Round,
    Sticker(usize),
    File(Kind, &'static str),
    Place(f64, f64, &'static str, &'static str),
    Link {
        text: &'static str,
        title: &'static str,
        about: &'static str,
        picture: u64,
    },
    Poll {
        question: &'static str,
        votes: &'static [(&'static str, i32)],
        closed: bool,
    },
}

/// The scenes by what they show.
pub(super) mod scene {
    pub(in super::super) const HILLS: u64 = 0;
    pub(in super::super) const SEA: u64 = 1;
    pub(in super::super) const CITY: u64 = 2;
    pub(in super::super) const BREAKFAST: u64 = 3;
    pub(in super::super) const GARDEN: u64 = 4;
}

/// Content as messages hold it.
#[derive(Default)]
pub(super) struct Portion {
    pub(super) rich: Rich,
    pub(super) media: Option<enums::MessageMedia>,
    pub(super) mask: u32,
}

impl Say {
    pub(super) fn is_of_album(self) -> bool {
        matches!(self, Say::Album(..))
    }

    /// The content; `context` is that of the message, for file references.
    pub(super) fn make(self, state: &mut State, context: u64, date: i32) -> Portion {
        let mut rich = Rich::default();
        match self {
            Say::Text(text) => {
                rich.push(text);
                Portion {
                    rich,
                    ..Portion::default()
                }
            }
            Say::Headed(head, text) => {
                rich.mark(head, |offset, length| {
                    types::MessageEntityBold { offset, length }.into()
                });
                rich.push("\n\n").push(text);
                Portion {
                    rich,
                    ..Portion::default()
                }
            }
            Say::Code(text, language) => {
                let language = language.to_owned();
                rich.mark(text, |offset, length| {
                    types::MessageEntityPre {
                        offset,
                        length,
                        language,
                    }
                    .into()
                });
                Portion {
                    rich,
                    ..Portion::default()
                }
            }
            Say::Photo(scene, text) | Say::Album(scene, text) => {
                rich.push(text);
                let media = photo(state, scene, context, date);
                Portion {
                    rich,
                    media: Some(media),
                    mask: mask::PHOTO,
                }
            }
            Say::Video(text) => {
                rich.push(text);
                document(state, Kind::Video, rich, (context, date))
            }
            Say::Voice => document(state, Kind::Voice, rich, (context, date)),
            Say::Round => document(state, Kind::Round, rich, (context, date)),
            Say::File(kind, text) => {
                rich.push(text);
                document(state, kind, rich, (context, date))
            }
            Say::Sticker(number) => sticker(state, number, context),
            Say::Place(lat, long, title, address) => Portion {
                rich,
                media: Some(venue(lat, long, title, address)),
                mask: mask::GEO,
            },
            Say::Link {
                text,
                title,
                about,
                picture,
            } => {
                rich.push(text).push(" ");
                rich.mark(ADDRESS, |offset, length| {
                    types::MessageEntityUrl { offset, length }.into()
                });
                let photo = Some(picture_of(state, picture, context, date));
                Portion {
                    rich,
                    media: Some(link(title, about, photo)),
                    mask: mask::URL,
                }
            }
            Say::Poll {
                question,
                votes,
                closed,
            } => Portion {
                rich,
                media: Some(poll(question, votes, closed)),
                mask: mask::POLL,
            },
        }
    }
}

/// Where the story's links lead: an address that is nobody's.
const ADDRESS: &str = "https://example.org/harbour-gazette/lighthouse";

fn picture_of(state: &mut State, scene: u64, context: u64, date: i32) -> enums::Photo {
    let id = state.files.add_like(Kind::Photo, PHOTO_BYTES, date, scene);
    state.files.photo(id, context)
}

fn photo(state: &mut State, scene: u64, context: u64, date: i32) -> enums::MessageMedia {
    types::MessageMediaPhoto {
        photo: Some(picture_of(state, scene, context, date)),
        ..blank::message_media_photo()
    }
    .into()
}

fn document(state: &mut State, kind: Kind, rich: Rich, (context, date): (u64, i32)) -> Portion {
    let id = state.files.add(kind, 0, date);
    let media = types::MessageMediaDocument {
        video: kind == Kind::Video,
        round: kind == Kind::Round,
        voice: kind == Kind::Voice,
        document: Some(state.files.document(id, context, "")),
        ..blank::message_media_document()
    };
    let mask = match kind {
        Kind::Video => mask::VIDEO,
        Kind::Voice => mask::VOICE,
        Kind::Round => mask::ROUND,
        Kind::Music => mask::MUSIC,
        _ => mask::DOCUMENT,
    };
    Portion {
        rich,
        media: Some(media.into()),
        mask,
    }
}

/// One of the stickers that every world has.
fn sticker(state: &State, number: usize, context: u64) -> Portion {
    let stickers = state.files.iter().filter(|file| {
        matches!(
            file.kind,
            Kind::Sticker | Kind::StickerAnimated | Kind::StickerVideo
        )
    });
    let document = stickers
        .map(|file| file.id)
        .nth(number)
        .map(|id| state.files.document(id, context, ""));
    let media = types::MessageMediaDocument {
        document,
        ..blank::message_media_document()
    };
    Portion {
        media: Some(media.into()),
        ..Portion::default()
    }
}

fn venue(lat: f64, long: f64, title: &str, address: &str) -> enums::MessageMedia {
    let geo = types::GeoPoint {
        long,
        lat,
        access_hash: 0,
        accuracy_radius: None,
    };
    types::MessageMediaVenue {
        geo: geo.into(),
        title: title.into(),
        address: address.into(),
        provider: "foursquare".into(),
        venue_id: "harbour".into(),
        venue_type: "food/café".into(),
    }
    .into()
}

fn link(title: &str, about: &str, photo: Option<enums::Photo>) -> enums::MessageMedia {
    let webpage = types::WebPage {
        id: 1,
        url: ADDRESS.into(),
        display_url: ADDRESS.trim_start_matches("https://").into(),
        r#type: Some("article".into()),
        site_name: Some("The Harbour Gazette".into()),
        title: Some(title.into()),
        description: Some(about.into()),
        photo,
        ..blank::web_page()
    };
    types::MessageMediaWebPage {
        force_large_media: true,
        force_small_media: false,
        manual: false,
        safe: false,
        webpage: webpage.into(),
    }
    .into()
}

fn poll(question: &str, votes: &[(&str, i32)], closed: bool) -> enums::MessageMedia {
    let option = |n: usize| vec![b'0' + n as u8];
    let answers = votes.iter().enumerate().map(|(n, (text, _))| {
        types::PollAnswer {
            text: plain(text),
            option: option(n),
            media: None,
            added_by: None,
            date: None,
        }
        .into()
    });
    let results = votes.iter().enumerate().map(|(n, (_, voters))| {
        types::PollAnswerVoters {
            chosen: n == 0,
            correct: false,
            option: option(n),
            voters: Some(*voters),
            // Shares its flag with `voters`.
            recent_voters: Some(Vec::new()),
        }
        .into()
    });
    let poll = types::Poll {
        id: (mix(&[question.len() as u64, votes.len() as u64]) >> 2) as i64,
        closed,
        answers: answers.collect(),
        ..blank::poll(plain(question))
    };
    let results = types::PollResults {
        results: Some(results.collect()),
        total_voters: Some(votes.iter().map(|vote| vote.1).sum()),
        ..blank::poll_results()
    };
    types::MessageMediaPoll {
        poll: poll.into(),
        results: results.into(),
        attached_media: None,
    }
    .into()
}

/// Reactions by how many people chose them.
pub(super) fn felt(reactions: &[(&str, i32)]) -> Option<enums::MessageReactions> {
    let results = reactions.iter().map(|(emoticon, count)| {
        types::ReactionCount {
            chosen_order: None,
            reaction: types::ReactionEmoji {
                emoticon: (*emoticon).into(),
            }
            .into(),
            count: *count,
        }
        .into()
    });
    let all = types::MessageReactions {
        results: results.collect(),
        ..blank::message_reactions()
    };
    (!reactions.is_empty()).then(|| all.into())
}
