//! [`Media`] made of what the wire says.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    Document, DocumentRole, File, Media, Photo, Poll, PollAnswer, WebPage, card, json,
    media_wire::{
        WireAttribute, WireDocument, WireDocumentMedia, WirePageMedia, WirePaid, WirePhoto,
        WirePhotoMedia, WirePlace, WirePollMedia, WireSize,
    },
};

/// Media inside media inside media is no thing; hostile input must not nest.
const MAX_DEPTH: u8 = 3;

/// Previews inside messages are some hundred bytes; anything larger is none.
const MAX_INSIDE: usize = 4096;

/// Telegram makes a handful of qualities of a video.
const MAX_QUALITIES: usize = 16;

/// Renditions for lists have at most this area, in pixels.
const LIST_AREA: i64 = 400 * 400;

impl Media {
    /// Reads a `MessageMedia`. `None` for `messageMediaEmpty`.
    pub(crate) fn parse(raw: &RawValue, unsupported: &mut Vec<String>) -> Option<Self> {
        parse(raw, unsupported, 0)
    }
}

fn parse(raw: &RawValue, unsupported: &mut Vec<String>, depth: u8) -> Option<Media> {
    let name = json::constructor(raw);
    if name == "messageMediaEmpty" {
        return None;
    }
    let text = raw.get();
    let media = match name.as_ref() {
        "messageMediaPhoto" => from(text, photo_media),
        "messageMediaDocument" => from(text, document_media),
        "messageMediaWebPage" => from(text, web_page),
        "messageMediaPoll" => from(text, |wire| poll(wire, unsupported)),
        "messageMediaGeo" | "messageMediaGeoLive" | "messageMediaVenue" => {
            from(text, |place| location(place, &name))
        }
        "messageMediaPaidMedia" if depth < MAX_DEPTH => from(text, |paid: WirePaid<'_>| {
            let all = paid.extended_media.len();
            let items: Vec<_> = paid
                .extended_media
                .into_iter()
                .filter_map(|item| item.media)
                .collect();
            Some(Media::Paid {
                stars: paid.stars_amount,
                locked: (all - items.len()) as u64,
                items: items
                    .into_iter()
                    .filter_map(|item| parse(item, unsupported, depth + 1))
                    .collect(),
            })
        }),
        "messageMediaUnsupported" => None,
        _ if depth < MAX_DEPTH => serde_json::from_str::<Value>(text).ok().and_then(|value| {
            card::read(&name, &value, &mut |inner| {
                parse(inner, unsupported, depth + 1)
            })
        }),
        _ => None,
    };
    media.or_else(|| {
        unsupported.push(name.to_string());
        Some(Media::Unsupported {
            name: name.to_string(),
        })
    })
}

fn from<'a, T: Deserialize<'a>>(
    text: &'a str,
    build: impl FnOnce(T) -> Option<Media>,
) -> Option<Media> {
    serde_json::from_str(text).ok().and_then(build)
}

fn photo_media(wire: WirePhotoMedia<'_>) -> Option<Media> {
    let Some(photo) = wire.photo.and_then(photo) else {
        return Some(Media::Expired {
            what: "photo".to_owned(),
        });
    };
    let video = wire
        .video
        .and_then(document)
        .map(|video| Box::new(video.file));
    Some(Media::Photo(Photo {
        spoiler: wire.spoiler,
        ttl: wire.ttl_seconds,
        video,
        ..photo
    }))
}

/// A photo that a rich message brings.
pub(crate) fn photo_of(value: &Value) -> Option<Photo> {
    WirePhoto::deserialize(value).ok().and_then(photo)
}

/// A document that a rich message brings.
pub(crate) fn document_of(value: &Value) -> Option<Document> {
    WireDocument::deserialize(value).ok().and_then(document)
}

/// The largest rendition by area, and a small one for lists: the same choice as the downloader's.
/// Renditions whose bytes are inside the message (stripped, cached, outline) are no files.
fn photo(wire: WirePhoto<'_>) -> Option<Photo> {
    if wire.name.0 != "photo" {
        return None;
    }
    let files = || wire.sizes.iter().filter(|size| is_file(size));
    let best = files().max_by_key(|size| area(size));
    let thumb = files()
        .filter(|size| area(size) <= LIST_AREA)
        .max_by_key(|size| area(size));
    let key = |size: &WireSize<'_>| format!("photo/{}/{}", wire.id, size.kind.0);
    let mut file = File {
        mime: "image/jpeg".to_owned(),
        ..File::default()
    };
    if let Some(best) = best {
        file.key = key(best);
        file.size = bytes(best);
        file.width = pixels(best.w);
        file.height = pixels(best.h);
    }
    Some(Photo {
        file,
        thumb: thumb.map(key),
        preview: inside(&wire.sizes, "photoStrippedSize"),
        ..Photo::default()
    })
}

/// The bytes of a rendition that came inside the message, as they are: base64.
fn inside(sizes: &[WireSize<'_>], name: &str) -> Option<String> {
    let size = sizes.iter().find(|size| size.name.0 == name)?;
    let bytes = size.bytes.0.as_ref();
    (1..=MAX_INSIDE)
        .contains(&bytes.len())
        .then(|| bytes.to_owned())
}

fn is_file(size: &WireSize<'_>) -> bool {
    matches!(size.name.0.as_ref(), "photoSize" | "photoSizeProgressive")
}

fn area(size: &WireSize<'_>) -> i64 {
    size.w.saturating_mul(size.h)
}

fn bytes(size: &WireSize<'_>) -> u64 {
    let progressive = size.sizes.last().copied();
    u64::try_from(progressive.unwrap_or(size.size)).unwrap_or_default()
}

fn pixels(length: i64) -> u32 {
    u32::try_from(length).unwrap_or_default()
}

fn document_media(wire: WireDocumentMedia<'_>) -> Option<Media> {
    let Some(document) = wire.document.and_then(document) else {
        return Some(Media::Expired {
            what: "file".to_owned(),
        });
    };
    let cover = wire.video_cover.and_then(photo).map(|cover| {
        let keys = [cover.thumb, Some(cover.file.key)];
        let mut keys: Vec<_> = keys.into_iter().flatten().collect();
        keys.retain(|key| !key.is_empty());
        keys.dedup();
        keys
    });
    let others = wire.alt_documents.into_iter().filter_map(self::document);
    Some(Media::Document(Document {
        spoiler: wire.spoiler,
        ttl: wire.ttl_seconds,
        cover: cover.unwrap_or_default(),
        qualities: others.take(MAX_QUALITIES).map(|other| other.file).collect(),
        ..document
    }))
}

fn document(wire: WireDocument<'_>) -> Option<Document> {
    if wire.name.0 != "document" {
        return None;
    }
    let thumb = wire
        .thumbs
        .iter()
        .filter(|size| is_file(size))
        .max_by_key(|size| area(size))
        .map(|size| format!("document/{}/thumb/{}", wire.id, size.kind.0));
    let mut document = Document {
        file: File {
            key: format!("document/{}", wire.id),
            size: u64::try_from(wire.size).unwrap_or_default(),
            mime: wire.mime_type.owned(),
            ..File::default()
        },
        thumb,
        preview: inside(&wire.thumbs, "photoStrippedSize"),
        outline: inside(&wire.thumbs, "photoPathSize"),
        ..Document::default()
    };
    let mut animated = false;
    let mut sticker = false;
    for attribute in wire.attributes {
        match attribute.name.0.as_ref() {
            "documentAttributeAnimated" => animated = true,
            "documentAttributeSticker" | "documentAttributeCustomEmoji" => {
                sticker = true;
                document.emoji = attribute.alt.filled();
            }
            "documentAttributeImageSize" => set_size(&mut document, &attribute),
            "documentAttributeVideo" => {
                set_size(&mut document, &attribute);
                document.duration = attribute.duration.0;
                document.role = match attribute.round_message {
                    true => DocumentRole::RoundVideo,
                    false => DocumentRole::Video,
                };
            }
            "documentAttributeAudio" => {
                document.duration = attribute.duration.0;
                document.title = attribute.title.filled();
                document.performer = attribute.performer.filled();
                document.waveform = attribute.waveform.filled();
                document.role = if attribute.voice {
                    DocumentRole::Voice
                } else {
                    DocumentRole::Audio
                };
            }
            "documentAttributeFilename" => document.file.name = attribute.file_name.filled(),
            _ => {}
        }
    }
    if sticker {
        document.role = DocumentRole::Sticker;
    } else if animated {
        document.role = DocumentRole::Animation;
    }
    Some(document)
}

fn set_size(document: &mut Document, attribute: &WireAttribute<'_>) {
    document.file.width = pixels(attribute.w);
    document.file.height = pixels(attribute.h);
}

fn web_page(media: WirePageMedia<'_>) -> Option<Media> {
    let wire = media.webpage;
    Some(Media::WebPage(WebPage {
        url: wire.url.owned(),
        site: wire.site_name.filled(),
        title: wire.title.filled(),
        description: wire.description.filled(),
        photo: wire.photo.and_then(photo).map(Box::new),
        large: media.force_large_media || (wire.has_large_media && !media.force_small_media),
        document: wire.document.and_then(document).map(Box::new),
    }))
}

fn poll(wire: WirePollMedia<'_>, unsupported: &mut Vec<String>) -> Option<Media> {
    let results = wire.results.as_ref();
    let answers = wire.poll.answers.into_iter().map(|answer| {
        let voted = results.and_then(|all| {
            all.results
                .iter()
                .find(|one| one.option.0 == answer.option.0)
        });
        PollAnswer {
            text: answer.text.text.owned(),
            voters: voted.map_or(0, |voted| voted.voters),
            option: answer.option.owned(),
            mine: voted.is_some_and(|voted| voted.chosen),
            correct: voted.is_some_and(|voted| voted.correct),
        }
    });
    let answers = answers.collect();
    let voters = results.map_or(0, |results| results.total_voters);
    let (solution, formatting) = match wire.results {
        Some(results) => (results.solution.filled(), results.solution_entities),
        None => (None, Vec::new()),
    };
    let formatting = formatting.into_iter();
    Some(Media::Poll(Poll {
        question: wire.poll.question.text.owned(),
        answers,
        voters,
        closed: wire.poll.closed,
        quiz: wire.poll.quiz,
        solution,
        solution_entities: formatting
            .filter_map(|entity| entity.into_entity(unsupported))
            .collect(),
    }))
}

fn location(wire: WirePlace<'_>, name: &str) -> Option<Media> {
    let (lat, long) = (wire.geo.lat.0, wire.geo.long.0);
    Some(if name == "messageMediaVenue" {
        Media::Venue {
            lat,
            long,
            title: wire.title.owned(),
            address: wire.address.owned(),
        }
    } else {
        Media::Location {
            lat,
            long,
            live: wire.period,
        }
    })
}
