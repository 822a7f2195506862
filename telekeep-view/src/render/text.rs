//! Text with formatting, as HTML.
//!
//! Entities come from outside: offsets in UTF-16 code units, in any order, overlapping, crossing,
//! beyond the end, in the middle of a character. Whatever they say, the text comes out whole and the
//! tags balanced: where entities cross, the inner one is closed and opened again.

use std::ops::Range;

use telekeep_model::{Entity, EntityKind, Line};

use super::Html;
use super::emoji::Emoji;
use super::links::{Links, encode, safe_address};
use super::scene::{Files, Scene};
use super::veiled::{open_spoiler, spoilers};

/// What is between two marks of the text.
#[derive(Clone, Debug)]
enum Tag<'a> {
    Entity(&'a EntityKind),
    /// A search hit.
    Hit,
}

#[derive(Clone)]
struct Span<'a> {
    bytes: Range<usize>,
    tag: Tag<'a>,
    /// What it was before it was cut: the address of a link is in all of it.
    whole: Range<usize>,
    /// A link inside of a spoiler.
    hidden: bool,
}

impl<'a> Span<'a> {
    fn new(bytes: Range<usize>, tag: Tag<'a>) -> Self {
        Self {
            whole: bytes.clone(),
            bytes,
            tag,
            hidden: false,
        }
    }
}

/// The text with its formatting.
#[must_use]
pub fn rich(text: &str, entities: &[Entity], links: &dyn Links) -> Html {
    rich_with_hits(text, entities, &[], links)
}

/// [`rich`] as a part of a scene: custom emoji are drawn where they are held.
#[must_use]
pub fn rich_in(text: &str, entities: &[Entity], scene: &Scene<'_>) -> Html {
    let mut writer = Writer::new(text, scene.links);
    writer.files = Some(scene.files);
    writer.hidden = scene.clock.texts.get("message.hidden-text");
    writer.write(&spans(text, entities, &[]));
    writer.out
}

/// A line of a rich message: [`rich_in`] with places that its links lead to. Their names begin with
/// `anchors`, which no other message's do.
#[must_use]
pub(super) fn rich_line(line: &Line, scene: &Scene<'_>, anchors: &str) -> Html {
    let mut writer = Writer::new(&line.text, scene.links);
    writer.files = Some(scene.files);
    writer.hidden = scene.clock.texts.get("message.hidden-text");
    writer.anchors = Some(anchors);
    writer.write(&spans(&line.text, &line.entities, &[]));
    writer.out
}

/// The name of a place in a rich message, safe in an address and as an id.
pub(super) fn anchor(anchors: &str, name: &str) -> String {
    format!("{anchors}{}", encode(name).replace('%', "_"))
}

/// [`rich`], with byte ranges of `text` marked as found.
#[must_use]
pub fn rich_with_hits(
    text: &str,
    entities: &[Entity],
    hits: &[Range<usize>],
    links: &dyn Links,
) -> Html {
    let mut writer = Writer::new(text, links);
    writer.write(&spans(text, entities, hits));
    writer.out
}

/// Where in the bytes of a text its formatting is. Ends are on characters; the order is as given.
#[must_use]
pub fn formatted<'a>(text: &str, entities: &'a [Entity]) -> Vec<(Range<usize>, &'a EntityKind)> {
    let bytes = Offsets::new(text);
    let ranges = entities.iter().filter_map(|entity| {
        let end = entity.offset.saturating_add(entity.length);
        let bytes = bytes.floor(entity.offset)..bytes.ceil(end);
        (bytes.start < bytes.end).then_some((bytes, &entity.kind))
    });
    ranges.collect()
}

fn spans<'a>(text: &str, entities: &'a [Entity], hits: &[Range<usize>]) -> Vec<Span<'a>> {
    let mut spans: Vec<_> = formatted(text, entities)
        .into_iter()
        .map(|(bytes, kind)| Span::new(bytes, Tag::Entity(kind)))
        .collect();
    hide_links(&mut spans, &spoilers(text, entities));
    let hit = |hit: &Range<usize>| {
        let whole = text.is_char_boundary(hit.start) && text.is_char_boundary(hit.end);
        (whole && hit.start < hit.end && hit.end <= text.len())
            .then(|| Span::new(hit.clone(), Tag::Hit))
    };
    spans.extend(hits.iter().filter_map(hit));
    // Outer before inner; blocks outside of what is inline.
    spans.sort_by_key(|span| {
        (
            span.bytes.start,
            std::cmp::Reverse(span.bytes.end),
            rank(&span.tag),
        )
    });
    spans
}

/// Pieces that spoilers and links may be cut into together; of more no people wrote.
const MOST_CUTS: usize = 10_000;

/// Of two things to press none may be inside of the other: a spoiler is one, a link is one. A link in a
/// spoiler becomes a hidden link, and the spoiler goes on around it.
fn hide_links(spans: &mut Vec<Span<'_>>, spoilers: &[Range<usize>]) {
    let is_link = |span: &Span<'_>| matches!(&span.tag, Tag::Entity(kind) if may_lead(kind));
    let mut links: Vec<Range<usize>> = spans
        .iter()
        .filter(|span| is_link(span))
        .map(|span| span.bytes.clone())
        .collect();
    if links.is_empty() || spoilers.is_empty() {
        return;
    }
    if links.len() * spoilers.len() > MOST_CUTS {
        spans.retain(|span| !is_link(span));
        return;
    }
    links.sort_by_key(|link| link.start);
    let cut = |span: Span<'_>, by: &[Range<usize>]| -> Vec<(Range<usize>, bool)> {
        let (mut pieces, mut at) = (Vec::new(), span.bytes.start);
        for other in by {
            let (start, end) = (other.start.max(at), other.end.min(span.bytes.end));
            if start < end {
                pieces.push((at..start, false));
                pieces.push((start..end, true));
                at = end;
            }
        }
        pieces.push((at..span.bytes.end, false));
        pieces.retain(|(bytes, _)| !bytes.is_empty());
        pieces
    };
    let mut all = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        let of_link = is_link(&span);
        match &span.tag {
            Tag::Entity(EntityKind::Spoiler) => {
                let pieces = cut(span.clone(), &links).into_iter();
                all.extend(pieces.filter(|(_, linked)| !linked).map(|(bytes, _)| Span {
                    bytes,
                    ..span.clone()
                }));
            }
            _ if of_link => {
                let pieces = cut(span.clone(), spoilers).into_iter();
                all.extend(pieces.map(|(bytes, hidden)| Span {
                    bytes,
                    hidden,
                    ..span.clone()
                }));
            }
            _ => all.push(span),
        }
    }
    *spans = all;
}

/// Kinds that become links when they have an address.
fn may_lead(kind: &EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::Url
            | EntityKind::TextUrl(_)
            | EntityKind::Email
            | EntityKind::Mention
            | EntityKind::MentionName(_)
            | EntityKind::Hashtag
            | EntityKind::Cashtag
    )
}

fn rank(tag: &Tag<'_>) -> u8 {
    match tag {
        Tag::Entity(EntityKind::Blockquote | EntityKind::CollapsedBlockquote) => 0,
        Tag::Entity(EntityKind::Pre(_)) => 1,
        Tag::Entity(_) => 2,
        Tag::Hit => 3,
    }
}

/// Byte offsets of UTF-16 offsets. ASCII texts need no table.
struct Offsets(Option<Vec<usize>>, usize);

impl Offsets {
    fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self(None, text.len());
        }
        // For each code unit the byte where its character begins, then the end.
        let mut table = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            table.extend(std::iter::repeat_n(at, c.len_utf16()));
        }
        Self(Some(table), text.len())
    }

    /// The start of the character at this offset.
    fn floor(&self, unit: u32) -> usize {
        let unit = usize::try_from(unit).unwrap_or(usize::MAX);
        match &self.0 {
            None => unit.min(self.1),
            Some(table) => table.get(unit).copied().unwrap_or(self.1),
        }
    }

    /// The end of the character before this offset.
    fn ceil(&self, unit: u32) -> usize {
        let unit = usize::try_from(unit).unwrap_or(usize::MAX);
        let Some(table) = &self.0 else {
            return unit.min(self.1);
        };
        let mut unit = unit;
        // In the middle of a pair: take the whole character.
        while unit > 0 && unit < table.len() && table.get(unit) == table.get(unit - 1) {
            unit += 1;
        }
        table.get(unit).copied().unwrap_or(self.1)
    }
}

/// An element that is open.
struct Open {
    span: usize,
    end: usize,
    close: &'static str,
    link: bool,
}

/// What is open around.
#[derive(Clone, Copy)]
struct Inside {
    link: bool,
    spoiler: bool,
}

struct Writer<'a> {
    text: &'a str,
    links: &'a dyn Links,
    /// Known where custom emoji are drawn.
    files: Option<&'a dyn Files>,
    /// What is read aloud in place of a spoiler.
    hidden: &'a str,
    /// What names of places begin with, in rich messages.
    anchors: Option<&'a str>,
    out: Html,
    open: Vec<Open>,
}

impl<'a> Writer<'a> {
    fn new(text: &'a str, links: &'a dyn Links) -> Self {
        Self {
            text,
            links,
            files: None,
            hidden: "…",
            anchors: None,
            out: Html::new(),
            open: Vec::new(),
        }
    }

    fn write(&mut self, spans: &[Span<'_>]) {
        let mut marks: Vec<usize> = spans
            .iter()
            .flat_map(|span| [span.bytes.start, span.bytes.end])
            .collect();
        marks.sort_unstable();
        marks.dedup();
        let (mut at, mut next) = (0, 0);
        for mark in marks {
            self.plain(at..mark);
            at = mark;
            self.close(spans, mark);
            while let Some(span) = spans.get(next).filter(|span| span.bytes.start == mark) {
                self.start(spans, next, span.bytes.end);
                next += 1;
            }
        }
        self.plain(at..self.text.len());
        while let Some(open) = self.open.pop() {
            self.out.markup(open.close);
        }
    }

    fn plain(&mut self, bytes: Range<usize>) {
        self.out.text(self.text.get(bytes).unwrap_or_default());
    }

    /// Closes what ends here. What was opened inside of it and goes on is opened again.
    fn close(&mut self, spans: &[Span<'_>], mark: usize) {
        let Some(first) = self.open.iter().position(|open| open.end <= mark) else {
            return;
        };
        let ended: Vec<Open> = self.open.drain(first..).collect();
        for open in ended.iter().rev() {
            self.out.markup(open.close);
        }
        for open in ended.into_iter().filter(|open| open.end > mark) {
            self.start(spans, open.span, open.end);
        }
    }

    fn start(&mut self, spans: &[Span<'_>], number: usize, end: usize) {
        let Some(span) = spans.get(number) else {
            return;
        };
        let is_spoiler = |open: &Open| {
            let tag = spans.get(open.span).map(|span| &span.tag);
            matches!(tag, Some(Tag::Entity(EntityKind::Spoiler)))
        };
        let inside = Inside {
            link: self.open.iter().any(|open| open.link),
            spoiler: self.open.iter().any(is_spoiler),
        };
        let words = self.text.get(span.whole.clone()).unwrap_or_default();
        let (close, link) = match &span.tag {
            Tag::Hit => (self.tag("<mark>", "</mark>"), false),
            Tag::Entity(kind) if may_lead(kind) => self.link(kind, words, span.hidden, inside),
            Tag::Entity(kind) => (self.entity(kind, inside), false),
        };
        self.open.push(Open {
            span: number,
            end,
            close,
            link,
        });
    }

    fn tag(&mut self, open: &'static str, close: &'static str) -> &'static str {
        self.out.markup(open);
        close
    }

    /// Opens the element of an entity that is no link; gives its end tag.
    fn entity(&mut self, kind: &EntityKind, inside: Inside) -> &'static str {
        match kind {
            EntityKind::Bold => self.tag("<b>", "</b>"),
            EntityKind::Italic => self.tag("<i>", "</i>"),
            EntityKind::Underline => self.tag("<u>", "</u>"),
            EntityKind::Strike => self.tag("<s>", "</s>"),
            EntityKind::Code => self.tag("<code dir=\"ltr\">", "</code>"),
            EntityKind::Subscript => self.tag("<sub>", "</sub>"),
            EntityKind::Superscript => self.tag("<sup>", "</sup>"),
            EntityKind::Marked => self.tag("<mark>", "</mark>"),
            EntityKind::Math => self.tag("<code class=\"math\" dir=\"ltr\">", "</code>"),
            EntityKind::Removed => self.tag("<del>", "</del>"),
            EntityKind::Inserted => self.tag("<ins>", "</ins>"),
            EntityKind::Blockquote => self.tag("<blockquote dir=\"auto\">", "</blockquote>"),
            // Nothing to press in what is to be pressed.
            EntityKind::CollapsedBlockquote if inside.spoiler || inside.link => {
                self.tag("<blockquote dir=\"auto\">", "</blockquote>")
            }
            EntityKind::Spoiler if inside.spoiler || inside.link => self.tag("<span>", "</span>"),
            EntityKind::CollapsedBlockquote => self.tag(
                "<blockquote dir=\"auto\" class=\"folded\" tabindex=\"0\">",
                "</blockquote>",
            ),
            EntityKind::Spoiler => {
                open_spoiler(&mut self.out, self.hidden);
                "</span>"
            }
            EntityKind::Pre(language) => {
                self.out.markup("<pre dir=\"ltr\"");
                if !inside.spoiler && !inside.link {
                    self.out.markup(" tabindex=\"0\"");
                }
                if !language.is_empty() {
                    self.out.markup(" data-language=\"");
                    self.out.text(language);
                    self.out.markup("\"");
                }
                self.tag("><code>", "</code></pre>")
            }
            EntityKind::CustomEmoji(id) => {
                let files = self.files;
                match files.and_then(|files| Emoji::find(*id, files, self.links)) {
                    Some(emoji) => emoji.open(&mut self.out),
                    None => self.tag("<span class=\"emoji\">", "</span>"),
                }
            }
            EntityKind::Anchor(name) => match self.anchors {
                Some(anchors) => {
                    self.out.markup("<span id=\"");
                    self.out.text(&anchor(anchors, name));
                    self.tag("\">", "</span>")
                }
                None => self.tag("<span>", "</span>"),
            },
            _ => self.tag("<span>", "</span>"),
        }
    }

    /// The address of a place in the same rich message.
    fn place(&self, url: &str) -> Option<String> {
        let (name, anchors) = (url.strip_prefix('#')?, self.anchors?);
        (!name.is_empty()).then(|| format!("#{}", anchor(anchors, name)))
    }

    /// Opens a link, or what is in its place without an address; gives its end tag, and whether it is one.
    fn link(
        &mut self,
        kind: &EntityKind,
        words: &str,
        hidden: bool,
        inside: Inside,
    ) -> (&'static str, bool) {
        let address = match kind {
            _ if inside.link || inside.spoiler => None,
            EntityKind::Url => safe_address(words),
            EntityKind::TextUrl(url) => self.place(url).or_else(|| safe_address(url)),
            EntityKind::Email => safe_address(&format!("mailto:{words}")),
            EntityKind::Mention => self.links.username(words),
            EntityKind::MentionName(id) => self.links.profile(*id),
            EntityKind::Hashtag | EntityKind::Cashtag => self.links.search(words),
            _ => None,
        };
        let Some(address) = address else {
            if hidden && !inside.link && !inside.spoiler {
                open_spoiler(&mut self.out, self.hidden);
                // Nothing to press inside of it.
                return ("</span>", true);
            }
            return (self.tag("<span>", "</span>"), false);
        };
        if hidden {
            self.out
                .markup("<a class=\"spoiler\" aria-expanded=\"false\" aria-label=\"");
            self.out.text(self.hidden);
            self.out.markup("\" href=\"");
        } else {
            self.out.markup("<a href=\"");
        }
        self.out.text(&address);
        if !address.starts_with('#')
            && matches!(
                kind,
                EntityKind::Url | EntityKind::TextUrl(_) | EntityKind::Email
            )
        {
            self.out
                .markup("\" rel=\"noopener noreferrer nofollow\" target=\"_blank");
            if let EntityKind::TextUrl(url) = kind
                && !hidden
            {
                // Where it really goes, before one clicks.
                self.out.markup("\" title=\"");
                self.out.text(url);
            }
        }
        (self.tag("\">", "</a>"), true)
    }
}

/// One to three emoji and nothing else: shown large.
#[must_use]
pub fn only_emoji(text: &str) -> bool {
    let mut bases = 0;
    let mut joined = false;
    for c in text.chars() {
        match u32::from(c) {
            0x200d => joined = true,
            0xfe0e | 0xfe0f | 0x20e3 | 0x1f3fb..=0x1f3ff | 0xe0020..=0xe007f => {}
            0x1f1e6..=0x1f1ff => bases += 1, // flags are pairs
            0x203c
            | 0x2049
            | 0x2122
            | 0x2139
            | 0x2194..=0x21aa
            | 0x231a..=0x23ff
            | 0x25aa..=0x27bf
            | 0x2934..=0x2b55
            | 0x1f000..=0x1faff => {
                bases += if joined { 0 } else { 2 };
                joined = false;
            }
            _ => return false,
        }
    }
    (1..=6).contains(&bases)
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
