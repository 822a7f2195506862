//! Media in lines of text, and the files in it.

use telekeep_model::Media;
use telekeep_view::render::{Card, FileRow, MediaView, Missing, Picture, PollBar, Scene, media};

use super::formatted::rich;
use crate::ask::{Block, FileItem};
use crate::text::{Look, Piece, columns};

/// Columns of the bar of a poll.
const BAR: u64 = 10;
/// Columns of a voice message's waveform.
const WAVE: usize = 24;
/// Rows of a link preview's description.
const DESCRIPTION: usize = 3;

/// What media looks like, and its files.
pub fn describe(of: &Media, scene: &Scene<'_>) -> (Vec<Block>, Vec<FileItem>) {
    let view = media(of, scene);
    let mut files = Vec::new();
    let mut blocks = Vec::new();
    describe_view(of, &view, scene, &mut blocks, &mut files);
    (blocks, files)
}

fn describe_view(
    of: &Media,
    view: &MediaView,
    scene: &Scene<'_>,
    blocks: &mut Vec<Block>,
    files: &mut Vec<FileItem>,
) {
    match (of, view) {
        (Media::Photo(photo), MediaView::Photo(picture)) => {
            let file = photo_item(photo.file.size, picture, of, scene);
            add_file(file, None, blocks, files);
        }
        (Media::Document(document), view) => {
            let name = document.file.name.clone().unwrap_or_default();
            let (file, wave) = document_item(of, view, name, scene);
            add_file(file, wave, blocks, files);
        }
        (_, MediaView::Poll { .. }) => poll(view, blocks),
        (_, MediaView::Link { .. }) => link(view, blocks),
        (_, MediaView::Dice { emoji, value }) => {
            let words = format!("[{}] {emoji} {value}", kind_words(of, scene));
            blocks.push(plain(&words, Look::Media));
        }
        (_, MediaView::Card(of)) => card(of, scene, blocks),
        (
            of,
            MediaView::Holding {
                card: told,
                items: views,
            },
        ) => {
            card(told, scene, blocks);
            for (item, view) in of.inside().into_iter().zip(views) {
                describe_view(item, view, scene, blocks, files);
            }
        }
        _ => blocks.push(plain(&of.label(), Look::Media)),
    }
}

fn plain(text: &str, look: Look) -> Block {
    Block {
        pieces: vec![Piece::new(text, look)],
        ..Block::default()
    }
}

fn kind_words<'a>(of: &Media, scene: &Scene<'a>) -> &'a str {
    let key = format!("kind.{}", of.kind());
    scene.clock.texts.find(&key).unwrap_or_default()
}

fn why(missing: Option<&Missing>) -> Option<String> {
    missing.map(|missing| missing.why.clone())
}

fn photo_item(size: u64, picture: &Picture, of: &Media, scene: &Scene<'_>) -> FileItem {
    let mut words = vec![kind_words(of, scene).to_owned()];
    words.push(format!("{}×{}", picture.width, picture.height));
    if size > 0 {
        words.push(scene.clock.texts.size(size));
    }
    FileItem {
        key: picture.key.clone(),
        words: words.join(" · "),
        name: String::new(),
        missing: why(picture.missing.as_ref()),
    }
}

fn document_item(
    of: &Media,
    view: &MediaView,
    name: String,
    scene: &Scene<'_>,
) -> (FileItem, Option<String>) {
    let kind = kind_words(of, scene);
    let row = |row: &FileRow| {
        let mut words = vec![kind];
        words.extend(Some(row.title.as_str()).filter(|title| *title != kind));
        words.extend(Some(row.detail.as_str()).filter(|detail| !detail.is_empty()));
        let wave = (!row.waveform.is_empty()).then(|| wave(&row.waveform));
        let item = FileItem {
            key: row.key.clone(),
            words: words.join(" · "),
            name: name.clone(),
            missing: why(row.missing.as_ref()),
        };
        (item, wave)
    };
    match view {
        MediaView::Sticker { picture, emoji, .. } => {
            let item = FileItem {
                key: picture.key.clone(),
                words: format!("{kind} {emoji}"),
                name,
                missing: why(picture.missing.as_ref()),
            };
            (item, None)
        }
        MediaView::Video { file, .. }
        | MediaView::Animation { file, .. }
        | MediaView::Voice(file)
        | MediaView::Audio(file)
        | MediaView::File(file) => row(file),
        _ => (FileItem::default(), None),
    }
}

fn add_file(
    file: FileItem,
    wave: Option<String>,
    blocks: &mut Vec<Block>,
    files: &mut Vec<FileItem>,
) {
    let mut pieces = vec![Piece::line(&format!("[{}]", file.words), Look::Media)];
    if let Some(wave) = wave {
        pieces.push(Piece::new(&format!(" {wave}"), Look::Dim));
    }
    if let Some(why) = &file.missing {
        pieces.push(Piece::line(&format!("✗ {why}"), Look::Bad));
        pieces.insert(pieces.len() - 1, Piece::new(" ", Look::Plain));
    }
    blocks.push(Block {
        pieces,
        ..Block::default()
    });
    files.push(file);
}

/// A waveform in block characters.
fn wave(heights: &[u8]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let each = heights.len().div_ceil(WAVE).max(1);
    let highest = |part: &[u8]| {
        let height = part.iter().max().copied().unwrap_or_default();
        BLOCKS[usize::from(height.min(31) / 4)]
    };
    heights.chunks(each).map(highest).collect()
}

fn poll(view: &MediaView, blocks: &mut Vec<Block>) {
    let MediaView::Poll {
        question,
        kind,
        bars,
        total,
        solution,
    } = view
    else {
        return;
    };
    let mark = || Some(Piece::new("│ ", Look::Dim));
    let mut add = |pieces: Vec<Piece>| {
        blocks.push(Block {
            mark: mark(),
            pieces,
            most: 0,
        });
    };
    add(vec![
        Piece::line(question, Look::Strong),
        Piece::new(&format!("  {kind} · {total}"), Look::Dim),
    ]);
    for bar in bars {
        add(bar_pieces(bar));
    }
    if let Some(solution) = solution {
        add(rich(&solution.words, &solution.entities));
    }
}

fn bar_pieces(bar: &PollBar) -> Vec<Piece> {
    let percent = bar.percent.min(100);
    let full = (percent * BAR + 50) / 100;
    let drawn: String = (0..BAR)
        .map(|at| if at < full { '█' } else { '░' })
        .collect();
    let mut signs = String::new();
    if bar.mine {
        signs.push_str(" ●");
    }
    if bar.correct {
        signs.push_str(" ✓");
    }
    vec![
        Piece::new(&format!("{drawn} {percent:>3}% "), Look::Media),
        Piece::line(&bar.text, Look::Plain),
        Piece::new(&signs, Look::Good),
    ]
}

fn link(view: &MediaView, blocks: &mut Vec<Block>) {
    let MediaView::Link {
        site,
        title,
        description,
        address,
        ..
    } = view
    else {
        return;
    };
    let lines = [
        (site.as_str(), Look::Dim, 1),
        (title.as_str(), Look::Strong, 2),
        (description.as_str(), Look::Plain, DESCRIPTION),
        (address.as_deref().unwrap_or_default(), Look::Link, 0),
    ];
    for (text, look, most) in lines {
        let piece = Piece::line(text, look);
        if columns(&piece.text) > 0 {
            blocks.push(Block {
                mark: Some(Piece::new("┃ ", Look::Quote)),
                pieces: vec![piece],
                most,
            });
        }
    }
}

fn card(of: &Card, scene: &Scene<'_>, blocks: &mut Vec<Block>) {
    let mut head = vec![Piece::line(&format!("[{}]", of.kind), Look::Media)];
    if !of.title.is_empty() {
        head.push(Piece::new(" ", Look::Plain));
        head.push(Piece::line(&of.title, Look::Strong));
    }
    blocks.push(Block {
        pieces: head,
        ..Block::default()
    });
    let mut add = |mark: &str, pieces: Vec<Piece>| {
        blocks.push(Block {
            mark: Some(Piece::new(mark, Look::Plain)),
            pieces,
            most: 0,
        });
    };
    for task in &of.tasks {
        let mut pieces = vec![Piece::new(&task.text, Look::Plain)];
        if let Some(by) = &task.by {
            pieces.push(Piece::line(&format!(" · {by}"), Look::Dim));
        }
        add(if task.done { "☑ " } else { "☐ " }, pieces);
    }
    for line in &of.lines {
        add("  ", vec![Piece::new(line, Look::Plain)]);
    }
    for peers in &of.peers {
        let words = peers.words(scene.clock.texts.get("text.list"));
        add("  ", vec![Piece::line(&words, Look::Plain)]);
    }
    if let Some(address) = of.address.as_ref().filter(|_| of.foreign) {
        blocks.push(plain(address, Look::Link));
    }
}
