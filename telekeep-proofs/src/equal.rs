//! Archive equals world; a second run finds nothing to do.

use serde_json::{Value, json};

use crate::Result;
use crate::child::{Cloud, Keeper, Outcome, Shape, run};
use crate::compare::compare;
use crate::held::{Held, open};
use crate::truth::Truth;

/// The passphrase of every archive made here.
pub const PASSPHRASE: &str = "proof";

/// Backs up, compares, verifies, and backs up again.
pub fn prove(shape: &Shape) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let archive = folder.path().join("archive");
    let cloud = Cloud::start(shape, None)?;
    let keeper = Keeper::set_up(&archive, Some(PASSPHRASE), &cloud.ready)?;
    let first = backup(&keeper)?.expect(&[0])?;
    let summary = summary(&first)?;
    complete(&summary)?;
    check(&keeper, &Truth::of(shape)?)?;
    let again = backup(&keeper)?.expect(&[0])?;
    let second = self::summary(&again)?;
    if second["new_records"] != 0 {
        return Err(
            format!("a second backup with nothing new recorded something: {second}").into(),
        );
    }
    let verified = run(&mut keeper.command(&["verify", "--json"])?, None)?.expect(&[0])?;
    println!(
        "{}",
        json!({
            "proof": "equal", "summary": summary, "second": second,
            "backup": figures(&first), "second_backup": figures(&again), "verify": figures(&verified),
        })
    );
    Ok(())
}

/// `telekeep backup --json`.
pub fn backup(keeper: &Keeper) -> Result<Outcome> {
    run(&mut keeper.command(&["backup", "--json"])?, None)
}

/// Its `summary` line.
pub fn summary(outcome: &Outcome) -> Result<Value> {
    Ok(outcome
        .json("summary")
        .ok_or_else(|| format!("no summary in {}", outcome.stdout))?)
}

/// The summary must claim completeness, with nothing failed or missing.
pub fn complete(summary: &Value) -> Result<()> {
    if summary["complete"] == true && summary["failed"] == 0 && summary["missing"] == 0 {
        return Ok(());
    }
    Err(format!("not complete: {summary}").into())
}

/// The archive must equal the world and pass `verify`.
pub fn check(keeper: &Keeper, truth: &Truth) -> Result<()> {
    let held = Held::read(&keeper.archive, keeper.passphrase)?;
    let archive = open(&keeper.archive, keeper.passphrase)?;
    compare(truth, &held, &archive)?.none()?;
    run(&mut keeper.command(&["verify", "--json"])?, None)?.expect(&[0])?;
    Ok(())
}

/// Wall time, CPU time and peak memory of a process.
pub fn figures(outcome: &Outcome) -> Value {
    json!({
        "wall_s": outcome.wall.as_secs_f64(),
        "cpu_s": outcome.cpu.as_secs_f64(),
        "peak_mb": outcome.peak as f64 / 1e6,
    })
}
