//! How this program is called: commands it prints for people must work when they are pasted.
//!
//! Texts name commands as `telekeep backup`. That is right when `telekeep` on the path is this very
//! program; when it is not installed (`cargo run --release -- demo`), [`typed`] puts the path of
//! the executable there.

use std::borrow::Cow;
use std::env;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use clap::CommandFactory;

use crate::cli::Cli;

const NAME: &str = "telekeep";

static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();

/// From now on commands name this archive, which is not the one they would find by themselves.
pub fn for_archive(archive: &Path) {
    // There is one archive a run.
    let _ = ARCHIVE.set(archive.to_owned());
}

/// What to type to run this program.
pub fn name() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let found = env::current_exe().and_then(|program| program.canonicalize());
        let Ok(program) = found else {
            // Moved or removed while it runs: nothing better is known.
            return NAME.to_owned();
        };
        let folder = env::current_dir().ok();
        call(&program, folder.as_deref(), env::var_os("PATH").as_deref())
    })
}

/// `text` with every command of ours in it (`telekeep backup`) as it has to be typed.
pub fn typed(text: &str) -> Cow<'_, str> {
    match ARCHIVE.get() {
        None => with_name(text, name()),
        Some(archive) => {
            let start = format!("{} --archive {}", name(), path_word(archive));
            with_name(text, &start)
        }
    }
}

/// A path as one word of a shell's command line.
pub fn path_word(path: &Path) -> String {
    word(&path.to_string_lossy())
}

/// A text as one word of a shell's command line, quoted when it has to be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=".contains(c);
    if cfg!(windows) {
        let plain = text.chars().all(|c| plain(c) || c == '\\');
        return if plain {
            text.to_owned()
        } else {
            format!("\"{text}\"")
        };
    }
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

fn with_name<'a>(text: &'a str, name: &str) -> Cow<'a, str> {
    if name == NAME || !text.contains(NAME) {
        return Cow::Borrowed(text);
    }
    let commands = Cli::command();
    let is_command = |word: &str| commands.find_subcommand(word).is_some();
    let (mut out, mut done) = (String::new(), 0);
    for (start, _) in text.match_indices(NAME) {
        let (before, after) = (&text[..start], &text[start + NAME.len()..]);
        let begins = before
            .chars()
            .next_back()
            .is_none_or(|c| c.is_whitespace() || "`(".contains(c));
        let next: String = after
            .strip_prefix(' ')
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect();
        if begins && is_command(&next) {
            out.push_str(&text[done..start]);
            out.push_str(name);
            done = start + NAME.len();
        }
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// How to call `program` from `folder` when programs are looked for in `path`.
fn call(program: &Path, folder: Option<&Path>, path: Option<&OsStr>) -> String {
    let file = format!("{NAME}{}", env::consts::EXE_SUFFIX);
    let first = path.and_then(|path| {
        env::split_paths(path)
            .map(|folder| folder.join(&file))
            .find(|candidate| candidate.is_file())
    });
    if first.is_some_and(|first| first.canonicalize().is_ok_and(|first| first == program)) {
        return NAME.to_owned();
    }
    let relative = folder.map(|folder| relative(program, folder));
    let shorter = relative.filter(|path| path.as_os_str().len() < program.as_os_str().len());
    path_word(shorter.as_deref().unwrap_or(program))
}

/// `program` as seen from `folder`; always with a separator, so that a shell does not look for it
/// in the path.
fn relative(program: &Path, folder: &Path) -> PathBuf {
    let (there, here): (Vec<_>, Vec<_>) = (
        program.components().collect(),
        folder.components().collect(),
    );
    let common = there.iter().zip(&here).take_while(|(a, b)| a == b).count();
    let up = here.len() - common;
    let start = (up == 0 && there.len() - common == 1).then_some(Component::CurDir);
    let down = there.into_iter().skip(common);
    start
        .into_iter()
        .chain(std::iter::repeat_n(Component::ParentDir, up))
        .chain(down)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_texts_become_what_works() {
        let typed = |text| with_name(text, "target/release/telekeep");
        assert_eq!(
            typed("make one with `telekeep init`"),
            "make one with `target/release/telekeep init`"
        );
        assert_eq!(
            typed("telekeep login, then telekeep backup"),
            "target/release/telekeep login, then target/release/telekeep backup"
        );
        for other in [
            "telekeep.json is missing",
            "./telekeep-archive",
            "a newer telekeep can",
            "x/telekeep init",
            "telekeep",
        ] {
            assert_eq!(typed(other), other);
        }
        assert_eq!(with_name("telekeep init", NAME), "telekeep init");
    }

    #[cfg(unix)]
    #[test]
    fn words_survive_a_shell() {
        assert_eq!(word("/home/a/b-1.c"), "/home/a/b-1.c");
        assert_eq!(word("my chats"), "'my chats'");
        assert_eq!(word("it's; $HOME"), r"'it'\''s; $HOME'");
        assert_eq!(word(""), "''");
    }

    #[cfg(unix)]
    #[test]
    fn the_shortest_way_that_works() {
        let program = Path::new("/home/ada/telekeep/target/release/telekeep");
        let call = |folder: &str| call(program, Some(Path::new(folder)), None);
        assert_eq!(call("/home/ada/telekeep"), "target/release/telekeep");
        assert_eq!(
            call("/home/ada/telekeep/docs"),
            "../target/release/telekeep"
        );
        assert_eq!(call("/home/ada/telekeep/target/release"), "./telekeep");
        assert_eq!(
            call("/mnt"),
            "../home/ada/telekeep/target/release/telekeep".trim_start_matches("..")
        );
    }

    #[cfg(unix)]
    #[test]
    fn an_installed_program_is_called_by_its_name() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        let [built, bin, other] = ["built", "bin", "other"].map(|name| place.join(name));
        for folder in [&built, &bin, &other] {
            std::fs::create_dir(folder).unwrap();
        }
        let program = built.join("telekeep");
        std::fs::write(&program, "").unwrap();
        std::fs::write(other.join("telekeep"), "").unwrap();
        symlink(&program, bin.join("telekeep")).unwrap();
        let called = |path: &[&PathBuf]| {
            let path = env::join_paths(path).unwrap();
            call(&program, None, Some(&path))
        };
        assert_eq!(called(&[&place, &bin, &other]), "telekeep");
        let full = program.to_str().unwrap();
        assert_eq!(called(&[&other, &bin]), full, "another one comes first");
        assert_eq!(called(&[]), full);
    }
}
