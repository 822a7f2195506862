//! SIGKILL at random moments, resumed until done: nothing lost, nothing doubled.

use std::time::Duration;

use serde_json::json;

use crate::Result;
use crate::child::{Cloud, Keeper, Shape, run};
use crate::equal::{self, PASSPHRASE};
use crate::random::Random;
use crate::truth::Truth;

/// The shortest a run lives: the program is not up before.
const SHORTEST_MS: u64 = 5;

/// Kills `kills` runs in all; when a backup finishes, its archive is checked and a new one is begun.
pub fn prove(shape: &Shape, kills: u32, longest: u64) -> Result<()> {
    let mut random = Random::new(shape.seed);
    let truth = Truth::of(shape)?;
    let cloud = Cloud::start(shape, None)?;
    let (mut killed, mut archives) = (0, 0);
    while killed < kills || archives == 0 {
        let folder = tempfile::tempdir()?;
        let keeper = Keeper::set_up(
            &folder.path().join("archive"),
            Some(PASSPHRASE),
            &cloud.ready,
        )?;
        loop {
            let limit = (killed < kills)
                .then(|| Duration::from_millis(random.between(SHORTEST_MS, longest)));
            let outcome = run(&mut keeper.command(&["backup", "--json"])?, limit)?;
            if outcome.code.is_some() {
                let outcome = outcome.expect(&[0])?;
                equal::complete(&equal::summary(&outcome)?)?;
                break;
            }
            killed += 1;
        }
        equal::check(&keeper, &truth)?;
        archives += 1;
        eprintln!("kill: {killed} kills, {archives} archives equal their world");
    }
    println!(
        "{}",
        json!({"proof": "kill", "kills": killed, "archives": archives, "messages": truth.messages.len(), "files": truth.files.len()})
    );
    Ok(())
}
