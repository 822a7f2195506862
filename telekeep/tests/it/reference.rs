//! docs/cli.md is what the program says about itself.
//!
//! After a change of the help: `TELEKEEP_UPDATE_DOCS=1 cargo test -p telekeep reference`.

use crate::harness::Place;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cli.md");
/// Everything before this line is written by hand.
const MARK: &str =
    "<!-- From here on generated from `--help`; see telekeep/tests/it/reference.rs. -->\n";

fn help(place: &Place, command: &[&str]) -> String {
    let mut args = command.to_vec();
    args.push("--help");
    let text = place.run(&args).expect(0).stdout;
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

/// The names below `Commands:`.
fn subcommands(help: &str) -> Vec<&str> {
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    list.lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

/// The options of every command are shown once, at the top.
fn without_global(help: &str) -> &str {
    help.split("\nOptions of every command:\n")
        .next()
        .unwrap_or(help)
}

fn section(place: &Place, command: &[&str], out: &mut String) {
    let text = help(place, command);
    let level = "#".repeat(command.len() + 2);
    let shown = without_global(&text);
    out.push_str(&format!(
        "\n{level} telekeep {}\n\n```text\n{}\n```\n",
        command.join(" "),
        shown.trim()
    ));
    for name in subcommands(&text) {
        let mut deeper = command.to_vec();
        deeper.push(name);
        section(place, &deeper, out);
    }
}

fn generated() -> String {
    let place = Place::new();
    let top = help(&place, &[]);
    let mut out = format!("{MARK}\n## The program\n\n```text\n{}\n```\n", top.trim());
    for name in subcommands(&top) {
        section(&place, &[name], &mut out);
    }
    out
}

#[test]
fn the_reference_is_up_to_date() {
    let kept = std::fs::read_to_string(FILE).unwrap();
    let (by_hand, _) = kept.split_once(MARK).expect("docs/cli.md has its mark");
    let wanted = format!("{by_hand}{}", generated());
    if std::env::var_os("TELEKEEP_UPDATE_DOCS").is_some() {
        std::fs::write(FILE, wanted).unwrap();
        return;
    }
    assert!(
        kept == wanted,
        "docs/cli.md differs from --help: TELEKEEP_UPDATE_DOCS=1 cargo test -p telekeep reference"
    );
}

#[test]
fn every_setting_is_described() {
    let kept = std::fs::read_to_string(FILE).unwrap();
    let source = include_str!("../../src/settings.rs");
    let body = source.split("pub struct Settings {").nth(1).unwrap();
    let body = body.split("\n}").next().unwrap();
    for line in body
        .lines()
        .filter_map(|line| line.trim().strip_prefix("pub "))
    {
        let name = line.split(':').next().unwrap();
        assert!(
            kept.contains(&format!("`{name}`")),
            "docs/cli.md does not describe {name}"
        );
    }
}
