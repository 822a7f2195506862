//! The viewer in a real browser: the tests of `telekeep/tests/browser`, run with pytest and Chromium.
//!
//! `TELEKEEP_PYTHON_BROWSER` names a Python with the packages that `./check` installs. Unset: the
//! test says so and passes. Set but unusable: it fails. `TELEKEEP_BROWSER_ARGS` are more arguments
//! for pytest, such as `--full` or `-k player`.

use std::process::Command;

use crate::harness::PROGRAM;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
/// Browsers at a time: each is several processes.
const WORKERS: &str = "2";

fn set(variable: &str) -> Option<String> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}

#[test]
fn the_viewer_works_in_chromium() {
    let Some(python) = set("TELEKEEP_PYTHON_BROWSER") else {
        eprintln!("skipped: TELEKEEP_PYTHON_BROWSER is not set; see tests/it/browser.rs");
        return;
    };
    let more = set("TELEKEEP_BROWSER_ARGS").unwrap_or_default();
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-n", WORKERS])
        // The long ones are few: whoever is done takes from the other.
        .args(["--dist", "worksteal", TESTS])
        .args(more.split_whitespace())
        .env("TELEKEEP_PROGRAM", PROGRAM)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    let (said, also) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{said}\n{also}");
    // A run that collected nothing is no proof.
    assert!(said.contains(" passed"), "{said}\n{also}");
    println!("{said}");
}
