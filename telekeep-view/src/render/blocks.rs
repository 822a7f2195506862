//! Rich messages: blocks as headings, lists, tables and all that HTML has for them.
//!
//! The result is a row of pieces, because media is drawn by templates: markup of ours, then a picture,
//! then markup again. Taken together the markup is whole and balanced. Headings go down one step at a
//! time from where a message stands on its page, whatever levels its author chose.

use telekeep_model::{Align, Block, Caption, Cell, Height, Line, List, ListItem, Rich, Table};

use super::links::safe_address;
use super::media::{MediaView, document_view, media, photo_view};
use super::scene::Scene;
use super::text::{anchor, rich_line};
use super::{Html, rich_in};

/// A rich message as a template draws it.
#[derive(Clone, Debug)]
pub struct RichView {
    /// `rtl` when its author said so, else `auto`.
    pub direction: &'static str,
    /// What it is made of.
    pub pieces: Vec<RichPiece>,
    /// The server sent only its beginning.
    pub part: bool,
}

/// Markup, or media between markup.
#[derive(Clone, Debug)]
pub enum RichPiece {
    /// Markup and words.
    Markup(Html),
    /// A picture, a video, a sound, a file.
    Media(Box<MediaView>),
}

/// The blocks of a message.
pub(super) fn rich_view(rich: &Rich, id: i64, scene: &Scene<'_>) -> RichView {
    let mut writer = Writer {
        scene,
        anchors: format!("a{id}-"),
        rtl: rich.rtl,
        out: Html::new(),
        pieces: Vec::new(),
        level: ABOVE,
    };
    writer.blocks(&rich.blocks);
    let end = writer.out.take();
    writer.pieces.push(RichPiece::Markup(end));
    RichView {
        direction: if rich.rtl { "rtl" } else { "auto" },
        pieces: writer.pieces,
        part: rich.part,
    }
}

/// The level of the heading above messages: that of their day.
const ABOVE: u8 = 2;

struct Writer<'a> {
    scene: &'a Scene<'a>,
    anchors: String,
    /// Its author said that it is written from right to left.
    rtl: bool,
    out: Html,
    pieces: Vec<RichPiece>,
    /// The level of the last heading.
    level: u8,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(line) => self.around("<p>", line, "</p>"),
            Block::Heading(level, line) => self.heading(*level, line),
            Block::Byline(author, date) => self.byline(author, *date),
            Block::Footer(line) => self.around("<p class=\"small\">", line, "</p>"),
            Block::Code(line, language) => self.code(line, language),
            Block::Math(line) => {
                self.around("<p><code class=\"math\" dir=\"ltr\">", line, "</code></p>");
            }
            Block::Thinking(line) => self.thinking(line),
            Block::Anchor(name) => {
                self.attribute("<span id=\"", &anchor(&self.anchors, name), "\"></span>");
            }
            Block::Divider => self.out.markup("<hr>"),
            Block::List(list) => self.list(list),
            Block::Table(table) => self.table(table),
            Block::Unsupported(name, line) => self.unsupported(name, line),
            Block::Buttons(lines) => self.buttons(lines),
            Block::Chat(id, title) => self.chat(*id, title),
            _ => self.with_more_in_it(block),
        }
    }

    fn with_more_in_it(&mut self, block: &Block) {
        match block {
            Block::Quote(quote) => {
                self.directed("<blockquote");
                self.out.markup(match (quote.collapsed, quote.pull) {
                    (true, _) => " class=\"folded\" tabindex=\"0\">",
                    (_, true) => " class=\"pull\">",
                    _ => ">",
                });
                self.blocks(&quote.blocks);
                self.around("<p class=\"small\">", &quote.caption, "</p>");
                self.out.markup("</blockquote>");
            }
            Block::Details(details) => {
                self.directed("<details");
                self.out.markup(match details.open {
                    true => " open><summary>",
                    false => "><summary>",
                });
                match details.title.is_empty() {
                    true => self.words("rich.details"),
                    false => self.line(&details.title),
                }
                self.out.markup("</summary>");
                // What is folded away is no part of the outline around it.
                let level = self.level;
                self.blocks(&details.blocks);
                self.level = level;
                self.out.markup("</details>");
            }
            Block::Photo(photo, caption) => {
                let view = photo.as_ref().as_ref();
                let view = view.map(|photo| MediaView::Photo(photo_view(photo, self.scene)));
                self.figure(view, "media.photo", caption);
            }
            Block::Document(document, caption) => {
                let view = document.as_ref().as_ref();
                let view = view.map(|document| document_view(document, self.scene));
                self.figure(view, "media.file", caption);
            }
            Block::Group(blocks, caption) => {
                self.out.markup("<figure><div class=\"together\">");
                self.blocks(blocks);
                self.out.markup("</div>");
                self.caption(caption);
                self.out.markup("</figure>");
            }
            Block::Map(lat, long, caption) => {
                let place = telekeep_model::Media::Location {
                    lat: *lat,
                    long: *long,
                    live: None,
                };
                self.figure(Some(media(&place, self.scene)), "media.location", caption);
            }
            Block::Articles(title, articles) => {
                self.around("<p><b>", title, "</b></p>");
                self.out.markup("<ul class=\"articles\">");
                for article in articles {
                    self.article(article);
                }
                self.out.markup("</ul>");
            }
            Block::Embed(embed) => self.embed(embed),
            _ => {}
        }
    }

    /// Words between markup; nothing when there are none.
    fn around(&mut self, before: &'static str, line: &Line, after: &'static str) {
        if !line.is_empty() {
            self.out.markup(before);
            self.line(line);
            self.out.markup(after);
        }
    }

    fn line(&mut self, line: &Line) {
        let html = rich_line(line, self.scene, &self.anchors);
        self.out.append(&html);
    }

    fn attribute(&mut self, before: &'static str, value: &str, after: &'static str) {
        self.out.markup(before);
        self.out.text(value);
        self.out.markup(after);
    }

    fn words(&mut self, key: &'static str) {
        self.out.text(self.scene.clock.texts.get(key));
    }

    /// Begins an element whose parts stand side by side: its direction is that of the message or of
    /// its first words. Paragraphs inside have the direction of their own words (app.css): with an
    /// attribute of theirs they would not count here.
    fn directed(&mut self, tag: &'static str) {
        self.out.markup(tag);
        self.out.markup(if self.rtl {
            " dir=\"rtl\""
        } else {
            " dir=\"auto\""
        });
    }

    fn heading(&mut self, level: u8, line: &Line) {
        if line.is_empty() {
            return;
        }
        let level = level.clamp(1, 6);
        self.level = (ABOVE + level).min(self.level + 1).min(6);
        let (open, close) = match self.level {
            3 => ("<h3 class=\"t", "</h3>"),
            4 => ("<h4 class=\"t", "</h4>"),
            5 => ("<h5 class=\"t", "</h5>"),
            _ => ("<h6 class=\"t", "</h6>"),
        };
        self.attribute(open, &level.to_string(), "\">");
        self.line(line);
        self.out.markup(close);
    }

    fn byline(&mut self, author: &Line, date: i64) {
        self.out.markup("<p class=\"small\"><bdi>");
        self.line(author);
        self.out.markup("</bdi>");
        if date != 0 {
            if !author.is_empty() {
                self.out.markup(" · ");
            }
            self.attribute("<time datetime=\"", &self.scene.clock.iso(date), "\">");
            self.out.text(&self.scene.clock.moment(date));
            self.out.markup("</time>");
        }
        self.out.markup("</p>");
    }

    fn code(&mut self, line: &Line, language: &str) {
        self.out.markup("<pre dir=\"ltr\" tabindex=\"0\"");
        if !language.is_empty() {
            self.attribute(" data-language=\"", language, "\"");
        }
        self.out.markup("><code>");
        self.line(line);
        self.out.markup("</code></pre>");
    }

    fn thinking(&mut self, line: &Line) {
        let direction = self.scene.clock.texts.direction();
        self.attribute("<details dir=\"", direction, "\"><summary>");
        self.words("rich.thinking");
        self.out.markup("</summary>");
        self.around("<p class=\"small\">", line, "</p>");
        self.out.markup("</details>");
    }

    fn unsupported(&mut self, name: &str, line: &Line) {
        self.around("<p>", line, "</p>");
        self.out.markup("<p class=\"small\">");
        self.words("media.unsupported");
        self.out.markup(" · <bdi>");
        self.out.text(name);
        self.out.markup("</bdi></p>");
    }

    fn buttons(&mut self, lines: &[Line]) {
        self.out.markup("<ul class=\"buttons\">");
        for line in lines {
            self.around("<li><span>", line, "</span></li>");
        }
        self.out.markup("</ul>");
    }

    fn chat(&mut self, id: Option<i64>, title: &str) {
        self.out.markup("<p>");
        match id.and_then(|id| self.scene.links.profile(id)) {
            Some(address) => {
                self.attribute("<a href=\"", &address, "\">");
                self.out.text(title);
                self.out.markup("</a>");
            }
            None => self.out.text(title),
        }
        self.out.markup("</p>");
    }

    fn list(&mut self, list: &List) {
        let close = match &list.numbers {
            Some(numbers) => {
                self.directed("<ol");
                if let Some(start) = numbers.start {
                    self.attribute(" start=\"", &start.to_string(), "\"");
                }
                if numbers.reversed {
                    self.out.markup(" reversed");
                }
                // The attribute for the browser, the class for our style: it tells `i` from `I`.
                if let Some(kind) = numbers.kind {
                    self.attribute(" type=\"", &kind.to_string(), "\"");
                    self.attribute(" class=\"kind-", &kind.to_string(), "\"");
                }
                self.out.markup(">");
                "</ol>"
            }
            None => {
                self.directed("<ul");
                self.out.markup(">");
                "</ul>"
            }
        };
        for item in &list.items {
            self.item(item);
        }
        self.out.markup(close);
    }

    fn item(&mut self, item: &ListItem) {
        self.out.markup("<li");
        if let Some(value) = item.value {
            self.attribute(" value=\"", &value.to_string(), "\"");
        }
        // What is a number anyway is written by the list.
        let label = item.label.as_deref().unwrap_or_default();
        if !label.is_empty()
            && label.trim_end_matches(['.', ')']).parse::<i32>()
                != Ok(item.value.unwrap_or(i32::MIN))
        {
            self.attribute(" data-label=\"", label, "\"");
        }
        match item.checked {
            Some(done) => {
                self.out
                    .markup(" class=\"task\"><span class=\"tick\" role=\"img\" aria-label=\"");
                self.words(if done { "todo.done" } else { "todo.open" });
                self.out.markup(if done {
                    "\">☑</span>"
                } else {
                    "\">☐</span>"
                });
                self.out.markup("<div>");
                self.blocks(&item.blocks);
                self.out.markup("</div>");
            }
            None => {
                self.out.markup(">");
                self.blocks(&item.blocks);
            }
        }
        self.out.markup("</li>");
    }

    fn table(&mut self, table: &Table) {
        let label = match table.title.is_empty() {
            true => self.scene.clock.texts.get("rich.table"),
            false => &table.title.text,
        };
        self.attribute(
            "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"",
            label,
            "\">",
        );
        self.directed("<table");
        self.out.markup(match (table.bordered, table.striped) {
            (true, true) => " class=\"lined striped\">",
            (true, false) => " class=\"lined\">",
            (false, true) => " class=\"striped\">",
            (false, false) => ">",
        });
        self.around("<caption>", &table.title, "</caption>");
        let is_head = |row: &Vec<Cell>| !row.is_empty() && row.iter().all(|cell| cell.header);
        let heads = table.rows.iter().take_while(|row| is_head(row)).count();
        let (heads, rows) = table.rows.split_at(heads);
        if !heads.is_empty() {
            self.out.markup("<thead>");
            heads.iter().for_each(|row| self.row(row, true));
            self.out.markup("</thead>");
        }
        self.out.markup("<tbody>");
        rows.iter().for_each(|row| self.row(row, false));
        self.out.markup("</tbody></table></div>");
    }

    fn row(&mut self, cells: &[Cell], head: bool) {
        self.out.markup("<tr>");
        for cell in cells {
            let close = match (
                cell.header && !cell.text.is_empty(),
                head,
                cell.columns > 1,
                cell.rows > 1,
            ) {
                (true, true, false, _) => self.tag("<th scope=\"col\"", "</th>"),
                (true, true, true, _) => self.tag("<th scope=\"colgroup\"", "</th>"),
                (true, false, _, false) => self.tag("<th scope=\"row\"", "</th>"),
                (true, false, _, true) => self.tag("<th scope=\"rowgroup\"", "</th>"),
                (false, ..) => self.tag("<td", "</td>"),
            };
            if cell.columns > 1 {
                self.attribute(" colspan=\"", &cell.columns.to_string(), "\"");
            }
            if cell.rows > 1 {
                self.attribute(" rowspan=\"", &cell.rows.to_string(), "\"");
            }
            self.out.markup(match cell.align {
                Align::Start => " class=\"",
                Align::Center => " class=\"center",
                Align::Right => " class=\"right",
            });
            self.out.markup(match cell.height {
                Height::Top => "\">",
                Height::Middle => " middle\">",
                Height::Bottom => " bottom\">",
            });
            self.line(&cell.text);
            self.out.markup(close);
        }
        self.out.markup("</tr>");
    }

    fn tag(&mut self, open: &'static str, close: &'static str) -> &'static str {
        self.out.markup(open);
        close
    }

    fn figure(&mut self, view: Option<MediaView>, what: &'static str, caption: &Caption) {
        self.out.markup("<figure>");
        match view {
            Some(view) => {
                let before = self.out.take();
                self.pieces.push(RichPiece::Markup(before));
                self.pieces.push(RichPiece::Media(Box::new(view)));
            }
            None => {
                self.out.markup("<p class=\"missing\"><b>");
                self.words(what);
                self.out.markup("</b> ");
                self.words("missing.not-fetched");
                self.out.markup("</p>");
            }
        }
        self.caption(caption);
        self.out.markup("</figure>");
    }

    fn caption(&mut self, caption: &Caption) {
        if caption.text.is_empty() && caption.credit.is_empty() {
            return;
        }
        self.out.markup("<figcaption class=\"small\">");
        self.around("<p>", &caption.text, "</p>");
        self.around("<p>", &caption.credit, "</p>");
        self.out.markup("</figcaption>");
    }

    fn article(&mut self, article: &telekeep_model::Article) {
        self.out.markup("<li>");
        let title = match article.title.is_empty() {
            true => &article.url,
            false => &article.title,
        };
        self.link(&article.url, title);
        for words in [&article.description, &article.author] {
            if !words.is_empty() {
                self.attribute("<span>", words, "</span>");
            }
        }
        self.out.markup("</li>");
    }

    /// Words that lead to another site, where the address is a harmless one.
    fn link(&mut self, url: &str, words: &str) {
        let entity = telekeep_model::Entity {
            offset: 0,
            length: u32::MAX,
            kind: telekeep_model::EntityKind::TextUrl(url.to_owned()),
        };
        let html = rich_in(words, &[entity], self.scene);
        self.out.append(&html);
    }

    fn embed(&mut self, embed: &telekeep_model::Embed) {
        self.out.markup("<figure class=\"embed\">");
        let about = Line {
            text: embed.author.clone(),
            ..Line::default()
        };
        if !about.is_empty() || embed.date != 0 {
            self.byline(&about, embed.date);
        }
        if let Some(photo) = embed.photo.as_ref() {
            let view = MediaView::Photo(photo_view(photo, self.scene));
            self.figure(Some(view), "media.photo", &Caption::default());
        }
        self.blocks(&embed.blocks);
        if safe_address(&embed.url).is_some() {
            self.out.markup("<p dir=\"ltr\">");
            self.link(&embed.url, &embed.url);
            self.out.markup("</p>");
        }
        self.caption(&embed.caption);
        self.out.markup("</figure>");
    }
}
