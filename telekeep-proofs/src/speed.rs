//! Side by side in one run: a backup, a bare loop that keeps nothing, a Telethon script. Medians, never verdicts.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use crate::Result;
use crate::child::{Cloud, Keeper, Outcome, Shape, run};
use crate::equal::{self, PASSPHRASE};

/// What one round measured, in seconds unless said.
#[derive(Default)]
struct Round {
    /// Ours: text only, index included; less the time of a run with nothing to do (start, key, dialog list).
    history_wall: f64,
    history_cpu: f64,
    start_wall: f64,
    start_cpu: f64,
    media_wall: f64,
    bare_history_wall: f64,
    bare_history_cpu: f64,
    bare_media_wall: f64,
    script_cpu: Option<f64>,
    messages: f64,
    media_bytes: f64,
    journal_bytes: f64,
}

/// Measures `rounds` times and prints the medians and their ratios as one JSON line.
pub fn measure(shape: &Shape, python: Option<&Path>, rounds: u32) -> Result<()> {
    let mut all = Vec::new();
    for number in 1..=rounds {
        eprintln!("speed: round {number} of {rounds}");
        all.push(round(shape, python)?);
    }
    let median = |pick: &dyn Fn(&Round) -> f64| {
        let mut values: Vec<f64> = all.iter().map(pick).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let messages = median(&|r| r.messages);
    let per_message = |cpu: f64| cpu / messages * 1e6;
    let script = all
        .iter()
        .all(|r| r.script_cpu.is_some())
        .then(|| median(&|r| r.script_cpu.unwrap_or(0.0)));
    let ours_cpu = median(&|r| r.history_cpu - r.start_cpu);
    println!(
        "{}",
        json!({
            "proof": "speed", "rounds": rounds, "latency_ms": shape.latency_ms, "messages": messages,
            "history": {
                "ours_wall_s": median(&|r| r.history_wall), "start_wall_s": median(&|r| r.start_wall),
                "bare_wall_s": median(&|r| r.bare_history_wall),
                "ratio_with_start": median(&|r| r.history_wall / r.bare_history_wall),
                "ratio": median(&|r| (r.history_wall - r.start_wall) / r.bare_history_wall),
                "ours_cpu_us_per_message": per_message(ours_cpu),
                "bare_cpu_us_per_message": per_message(median(&|r| r.bare_history_cpu)),
                "telethon_sqlite_cpu_us_per_message": script.map(per_message),
                "cpu_ratio_to_telethon": script.map(|script| ours_cpu / script),
            },
            "media": {
                "bytes": median(&|r| r.media_bytes),
                "ours_mb_per_s": median(&|r| r.media_bytes / 1e6 / (r.media_wall - r.start_wall)),
                "bare_mb_per_s": median(&|r| r.media_bytes / 1e6 / r.bare_media_wall),
                "ratio": median(&|r| r.bare_media_wall / (r.media_wall - r.start_wall)),
                "aes_ige_one_core_mb_per_s": aes_ige(),
            },
            "journal_bytes_per_message": median(&|r| r.journal_bytes / r.messages),
        })
    );
    Ok(())
}

fn round(shape: &Shape, python: Option<&Path>) -> Result<Round> {
    let folder = tempfile::tempdir()?;
    let cloud = Cloud::start(shape, None)?;
    let account = cloud.ready.accounts.first().ok_or("no account")?;
    let mut bare = Command::new(std::env::current_exe()?);
    bare.args([
        "bare",
        "--address",
        &cloud.ready.address,
        "--phone",
        &account.phone,
        "--code",
        &account.code,
    ]);
    bare.arg("--key").arg(&cloud.ready.public_key);
    let keeper = Keeper::set_up(
        &folder.path().join("archive"),
        Some(PASSPHRASE),
        &cloud.ready,
    )?;
    let text = run(
        &mut keeper.command(&["backup", "--json", "--no-media"])?,
        None,
    )?
    .expect(&[0, 3])?;
    let start = run(
        &mut keeper.command(&["backup", "--json", "--no-media"])?,
        None,
    )?
    .expect(&[0, 3])?;
    let journal_bytes = folder_bytes(&keeper.archive.join("journals"))?;
    let media = equal::backup(&keeper)?.expect(&[0])?;
    let bare = run(&mut bare, None)?.expect(&[0])?;
    let (bare_history, bare_media) = (stage(&bare, "history")?, stage(&bare, "media")?);
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    Ok(Round {
        history_wall: text.wall.as_secs_f64(),
        history_cpu: text.cpu.as_secs_f64(),
        start_wall: start.wall.as_secs_f64(),
        start_cpu: start.cpu.as_secs_f64(),
        media_wall: media.wall.as_secs_f64(),
        bare_history_wall: number(&bare_history["wall_s"]),
        bare_history_cpu: number(&bare_history["cpu_s"]),
        bare_media_wall: number(&bare_media["wall_s"]),
        script_cpu: python
            .map(|python| script(python, &cloud, folder.path()))
            .transpose()?,
        messages: number(&bare_history["counts"]["messages"]),
        media_bytes: number(&bare_media["counts"]["bytes"]),
        journal_bytes,
    })
}

fn stage(outcome: &Outcome, kind: &str) -> Result<Value> {
    Ok(outcome
        .json(kind)
        .ok_or_else(|| format!("no {kind} line in {}", outcome.stdout))?)
}

/// CPU seconds of the Telethon script.
fn script(python: &Path, cloud: &Cloud, folder: &Path) -> Result<f64> {
    let account = cloud.ready.accounts.first().ok_or("no account")?;
    let (host, port) = cloud
        .ready
        .address
        .rsplit_once(':')
        .ok_or("an address without port")?;
    let mut command = Command::new(python);
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/peers/telethon_sqlite.py"
        ))
        .args([host, port]);
    command
        .arg(&cloud.ready.public_key)
        .args([&account.phone, &account.code])
        .arg(folder.join("telethon.db"));
    let outcome = run(&mut command, None)?.expect(&[0])?;
    let line: Value = serde_json::from_str(outcome.stdout.lines().last().unwrap_or_default())?;
    line["cpu"]
        .as_f64()
        .ok_or_else(|| "the script printed no CPU time".into())
}

fn folder_bytes(folder: &Path) -> Result<f64> {
    let mut bytes = 0.0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() {
            folder_bytes(&entry.path())?
        } else {
            entry.metadata()?.len() as f64
        };
    }
    Ok(bytes)
}

/// MB/s at which one core undoes AES-IGE, which every byte from the server needs.
fn aes_ige() -> f64 {
    let mut buffer = vec![0; 64 << 20];
    let started = Instant::now();
    grammers_crypto::aes::ige_decrypt(&mut buffer, &[1; 32], &[2; 32]);
    buffer.len() as f64 / 1e6 / started.elapsed().as_secs_f64()
}
