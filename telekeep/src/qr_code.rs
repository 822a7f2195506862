//! A text as a QR code: for the terminal and as a PNG file that only its owner can read.

use std::path::{Path, PathBuf};

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{CommandError, Context as _, Result};
use crate::interrupt;
use crate::output::style::Style;
use crate::writable::private_file;

/// Light modules around the code: what readers of pictures want, and what is enough on a screen.
const MARGIN_PICTURE: usize = 4;
const MARGIN_SCREEN: usize = 2;
/// Pixels of one module.
const SCALE: usize = 8;
/// Real black on real white, whatever the terminal's colours are.
const BLACK_ON_WHITE: &str = "\x1b[38;5;16;48;5;231m";

/// A QR code.
pub struct Picture {
    width: usize,
    dark: Vec<bool>,
}

impl Picture {
    /// The code that says `text`.
    pub fn of(text: &str) -> Result<Picture> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L)
            .doing("the server's token does not fit a QR code")?;
        let dark = code.to_colors().iter().map(|c| *c == Color::Dark).collect();
        Ok(Picture {
            width: code.width(),
            dark,
        })
    }

    /// Is the module dark, with `margin` light ones around the code?
    fn is_dark(&self, column: usize, row: usize, margin: usize) -> bool {
        let inside = |at: usize| at.checked_sub(margin).filter(|at| *at < self.width);
        let at = inside(row).zip(inside(column));
        at.and_then(|(row, column)| self.dark.get(row * self.width + column))
            .copied()
            .unwrap_or(false)
    }

    /// Columns it takes in a terminal.
    pub fn columns(&self) -> usize {
        self.width + 2 * MARGIN_SCREEN
    }

    /// Lines for a terminal, two rows of modules each. With colours they are black on white on
    /// every terminal; without, the light modules are drawn, which is right on a dark background.
    pub fn lines(&self, style: Style) -> Vec<String> {
        let columns = self.columns();
        let row = |top: usize| {
            let half = |column| {
                let dark = |row| self.is_dark(column, row, MARGIN_SCREEN);
                let drawn = |row| dark(row) == style.has_colours();
                match (drawn(top), drawn(top + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }
            };
            let line: String = (0..columns).map(half).collect();
            match style.has_colours() {
                true => format!("{BLACK_ON_WHITE}{line}\x1b[0m"),
                false => line,
            }
        };
        (0..columns).step_by(2).map(row).collect()
    }

    /// The code as a PNG file.
    pub fn png(&self) -> Result<Vec<u8>> {
        let side = (self.width + 2 * MARGIN_PICTURE) * SCALE;
        let pixel = |at: usize| {
            let (column, row) = (at % side / SCALE, at / side / SCALE);
            match self.is_dark(column, row, MARGIN_PICTURE) {
                true => 0,
                false => 255,
            }
        };
        let pixels: Vec<u8> = (0..side * side).map(pixel).collect();
        let length = u32::try_from(side).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, length, length);
        encoder.set_color(png::ColorType::Grayscale);
        let written = encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&pixels));
        written.doing("cannot make the picture of the QR code")?;
        Ok(bytes)
    }
}

/// The file a picture is in as long as it is of use. It goes with this value, and with the
/// process when a signal ends it.
pub struct PictureFile {
    path: PathBuf,
    is_ours: bool,
}

impl PictureFile {
    /// Nothing is written yet. A file that is there already is not ours to replace.
    pub fn new(path: &Path) -> Result<PictureFile> {
        let path = std::path::absolute(path).doing(path.display())?;
        if path.symlink_metadata().is_ok() {
            return Err(CommandError::usage(format!(
                "--qr-png: {} exists already",
                path.display()
            ))
            .hint("name a file that does not exist; it is removed when the login is over"));
        }
        Ok(PictureFile {
            path,
            is_ours: false,
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a picture there, whole at every moment, readable by its owner only.
    pub fn put(&mut self, png: &[u8]) -> Result<()> {
        let what = format!("cannot write {}", self.path.display());
        let file = private_file(&self.path, png).doing(&what)?;
        interrupt::remove_at_end(&self.path);
        match self.is_ours {
            true => file.persist(&self.path),
            false => file.persist_noclobber(&self.path),
        }
        .doing(&what)?;
        self.is_ours = true;
        Ok(())
    }
}

impl Drop for PictureFile {
    fn drop(&mut self) {
        if self.is_ours {
            // Whoever moved it away has it.
            let _ = std::fs::remove_file(&self.path);
        }
        interrupt::leave_at_end(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(width: usize, is_dark: impl Fn(usize, usize) -> bool) -> String {
        let light = |x, y| if is_dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, width, light);
        let grids = picture.detect_grids();
        grids.first().expect("a code").decode().unwrap().1
    }

    #[test]
    fn a_decoder_reads_the_picture_and_the_lines() {
        let text = "tg://login?token=AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
        let picture = Picture::of(text).unwrap();
        let png = picture.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(png))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let side = reader.info().width as usize;
        assert_eq!(read(side, |x, y| pixels[y * side + x] == 0), text);

        let lines = picture.lines(Style::plain());
        let lines: Vec<Vec<char>> = lines.iter().map(|line| line.chars().collect()).collect();
        // Six pixels a module: the decoder wants some.
        let dark = |x: usize, y: usize| match lines[y / 12][x / 6] {
            '█' => false,
            '▀' => y / 6 % 2 == 1,
            '▄' => y / 6 % 2 != 1,
            _ => true,
        };
        assert_eq!(read(picture.columns() * 6, dark), text);
    }

    #[test]
    fn both_forms_show_the_same_modules() {
        let picture = Picture::of("tg://login?token=abcdefghijklmnopqrstuvwxyz").unwrap();
        let coloured = picture.lines(Style::new(true));
        let plain = picture.lines(Style::plain());
        assert_eq!(coloured.len(), picture.columns().div_ceil(2));
        // Without colours what is drawn is what is light.
        let opposite = |c| match c {
            '█' => ' ',
            ' ' => '█',
            '▀' => '▄',
            '▄' => '▀',
            other => other,
        };
        for (coloured, plain) in coloured.iter().zip(&plain) {
            let inner = coloured.strip_prefix(BLACK_ON_WHITE).unwrap();
            let inner = inner.strip_suffix("\x1b[0m").unwrap();
            assert_eq!(inner.chars().count(), picture.columns());
            assert_eq!(inner.chars().map(opposite).collect::<String>(), *plain);
        }
    }

    #[test]
    fn the_file_is_private_replaced_whole_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("code.png");
        let mut file = PictureFile::new(&path).unwrap();
        assert!(!path.exists());
        for text in ["one", "two"] {
            let png = Picture::of(text).unwrap().png().unwrap();
            file.put(&png).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), png);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        drop(file);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn somebody_elses_file_is_never_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("holiday.png");
        let mut early = PictureFile::new(&path).unwrap();
        std::fs::write(&path, "mine").unwrap();
        assert!(PictureFile::new(&path).is_err());
        assert!(early.put(b"code").is_err());
        drop(early);
        assert_eq!(std::fs::read(&path).unwrap(), b"mine");
    }
}
