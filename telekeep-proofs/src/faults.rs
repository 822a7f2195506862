//! The fault matrix: each kind of fault the cloud knows, injected into a backup.

use std::fs;

use serde_json::{Value, json};

use crate::Result;
use crate::child::{Cloud, Keeper, Shape, run};
use crate::equal::{self, PASSPHRASE};
use crate::truth::Truth;

/// How often a backup may be run until it must be complete.
const RUNS: u32 = 4;

/// Rules for one row of the matrix, in the form of `docs/cloud-faults.md`.
fn matrix() -> Vec<(&'static str, Value)> {
    let methods = [
        "messages.getDialogs",
        "messages.getHistory",
        "upload.getFile",
    ];
    let each = |rule: &dyn Fn(&str) -> Value| {
        Value::Array(methods.iter().map(|method| rule(method)).collect())
    };
    let plain = |kind: &'static str| {
        (
            kind,
            each(
                &|method| json!({"method": method, "nth": 2, "every": 17, "times": 6, "fault": kind}),
            ),
        )
    };
    vec![
        (
            "flood_wait",
            each(
                &|method| json!({"method": method, "nth": 2, "every": 40, "times": 2, "fault": "flood_wait", "seconds": 1}),
            ),
        ),
        (
            "flood_premium_wait",
            json!([{"method": "upload.getFile", "nth": 2, "every": 40, "times": 3, "fault": "flood_premium_wait", "seconds": 1}]),
        ),
        (
            "error -503",
            each(
                &|method| json!({"method": method, "nth": 2, "every": 23, "times": 4, "fault": "error", "code": -503, "text": "Timeout"}),
            ),
        ),
        (
            "error 500",
            each(
                &|method| json!({"method": method, "nth": 2, "every": 23, "times": 4, "fault": "error", "code": 500, "text": "RPC_CALL_FAIL"}),
            ),
        ),
        plain("disconnect_before"),
        plain("disconnect_after"),
        plain("disconnect_unanswered"),
        (
            "file_reference_expired",
            json!([{"method": "upload.getFile", "nth": 2, "every": 13, "times": 20, "fault": "file_reference_expired"}]),
        ),
        (
            "all references expire",
            json!([{"method": "upload.getFile", "nth": 20, "every": 50, "times": 5, "fault": "file_reference_expired", "all": true}]),
        ),
        (
            "truncated_part",
            json!([{"method": "upload.getFile", "nth": 1, "every": 7, "times": 30, "fault": "truncated_part"}]),
        ),
        (
            "dc_migrate",
            json!([{"method": "upload.getFile", "nth": 3, "every": 31, "times": 5, "fault": "dc_migrate", "dc": 4}]),
        ),
        (
            "delay",
            each(
                &|method| json!({"method": method, "nth": 2, "every": 9, "times": 10, "fault": "delay", "milliseconds": 300}),
            ),
        ),
    ]
}

/// Runs every row; then a revoked session, which must end with exit code 30.
pub fn prove(shape: &Shape) -> Result<()> {
    let truth = Truth::of(shape)?;
    for (name, rules) in matrix() {
        let runs = row(shape, &truth, &rules).map_err(|error| format!("{name}: {error}"))?;
        println!(
            "{}",
            json!({"proof": "faults", "fault": name, "runs": runs, "equal": true})
        );
    }
    revoked(shape)
}

/// Backs up under `rules` until complete; returns how many runs it took.
fn row(shape: &Shape, truth: &Truth, rules: &Value) -> Result<u32> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("faults.json");
    fs::write(&file, rules.to_string())?;
    let cloud = Cloud::start(shape, Some(&file))?;
    let keeper = Keeper::set_up(
        &folder.path().join("archive"),
        Some(PASSPHRASE),
        &cloud.ready,
    )?;
    for done in 1..=RUNS {
        let outcome = equal::backup(&keeper)?.expect(&[0, 3])?;
        let summary = equal::summary(&outcome)?;
        if outcome.code == Some(0) {
            equal::complete(&summary)?;
            equal::check(&keeper, truth)?;
            return Ok(done);
        }
        if summary["complete"] == true {
            return Err(format!("exit code 3 but complete: {summary}").into());
        }
    }
    Err(format!("not complete after {RUNS} runs").into())
}

fn revoked(shape: &Shape) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("faults.json");
    fs::write(
        &file,
        json!([{"method": "messages.getHistory", "nth": 10, "fault": "session_revoked"}])
            .to_string(),
    )?;
    let cloud = Cloud::start(shape, Some(&file))?;
    let keeper = Keeper::set_up(
        &folder.path().join("archive"),
        Some(PASSPHRASE),
        &cloud.ready,
    )?;
    equal::backup(&keeper)?.expect(&[30])?;
    equal::backup(&keeper)?.expect(&[30])?;
    run(&mut keeper.command(&["verify", "--json"])?, None)?.expect(&[0])?;
    let account = cloud.ready.accounts.first().ok_or("no account")?;
    let mut login =
        keeper.command(&["login", "--phone", &account.phone, "--code", &account.code])?;
    login
        .args(["--server", &cloud.ready.address])
        .arg("--server-key")
        .arg(&cloud.ready.public_key);
    run(&mut login, None)?.expect(&[0])?;
    equal::complete(&equal::summary(&equal::backup(&keeper)?.expect(&[0])?)?)?;
    equal::check(&keeper, &Truth::of(shape)?)?;
    println!(
        "{}",
        json!({"proof": "faults", "fault": "session_revoked", "exit": 30, "equal": true})
    );
    Ok(())
}
