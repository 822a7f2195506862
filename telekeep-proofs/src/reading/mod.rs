//! A large archive and its readers: how fast the index is built, how fast the archive is opened, and how long
//! every kind of page of the viewer takes.
//!
//! The archive is a real one, written through `telekeep-journal`; the programs are the real ones. Times are
//! printed and never judged; what is judged is that everything is there and every page is answered.

mod feed;
mod media;
mod messages;
mod pages;
mod plan;
mod visit;
mod words;
mod write;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

pub use plan::Size;

use crate::Result;
use crate::child::{Keeper, Outcome, run};
use crate::equal::{PASSPHRASE, figures};
use messages::World;
use plan::{Plan, signed};
use visit::{Served, Times};

/// How often a command is started to see how long opening takes.
const STARTS: usize = 5;

/// What is to be measured.
pub struct Wanted {
    pub size: Size,
    /// Where the archive is kept; nowhere when it is only for now.
    pub archive: Option<PathBuf>,
    pub reindex: bool,
    /// Part of the names of page kinds.
    pub only: String,
}

/// Writes, indexes, opens, reads.
pub fn measure(wanted: &Wanted) -> Result<()> {
    let aside = tempfile::tempdir()?;
    let place = wanted.archive.clone();
    let place = place.unwrap_or_else(|| aside.path().join("archive"));
    let world = World::new(Plan::new(wanted.size));
    let mut told = Map::new();
    told.insert("proof".into(), json!("reading"));
    told.insert("messages".into(), json!(world.plan.messages()));
    told.insert("chats".into(), json!(world.plan.chats.len()));
    let keeper = match place.exists() {
        true => known(&place, wanted.size)?,
        false => {
            let keeper = Keeper::make(&place, Some(PASSPHRASE))?;
            told.insert("written".into(), write::write(&place, PASSPHRASE, &world)?);
            std::fs::write(label(&place), describe(wanted.size).to_string())?;
            eprintln!(
                "\nreading: the archive is written: {}",
                Value::Object(told.clone())
            );
            keeper
        }
    };
    if wanted.reindex {
        told.insert("reindex".into(), reindex(&keeper, &world.plan)?);
        eprintln!("reading: indexed: {}", Value::Object(told.clone()));
    }
    told.insert(
        "index_bytes".into(),
        json!(std::fs::metadata(place.join("local/index.db"))?.len()),
    );
    told.insert("opening".into(), opening(&keeper, &world.plan)?);
    let (pages, wrong) = read(&keeper, &world, &wanted.only)?;
    told.insert("serve".into(), pages);
    println!("{}", Value::Object(told));
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{} pages were not as they should be, such as {}",
            wrong.len(),
            wrong[0]
        )
        .into()),
    }
}

/// What tells the size of a kept archive: beside it, as an archive holds no other files.
fn label(place: &Path) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(".size.json");
    name.into()
}

fn describe(size: Size) -> Value {
    json!({"seed": size.seed, "messages": size.messages, "chats": size.chats})
}

/// An archive of an earlier time, when it is of this size.
fn known(place: &Path, size: Size) -> Result<Keeper> {
    let file = label(place);
    let kept = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let kept: Value = serde_json::from_slice(&kept)?;
    if kept != describe(size) {
        return Err(format!("{} is of another size: {kept}", place.display()).into());
    }
    Ok(Keeper {
        archive: place.to_path_buf(),
        passphrase: Some(PASSPHRASE),
    })
}

/// `telekeep reindex`; all messages must be there.
fn reindex(keeper: &Keeper, plan: &Plan) -> Result<Value> {
    let done = run(
        &mut keeper.command(&["reindex", "--json", "--no-progress"])?,
        None,
    )?
    .expect(&[0])?;
    let indexed = done.json("indexed").ok_or("reindex told nothing")?;
    if indexed["messages"] != plan.messages() || indexed["chats"] != plan.chats.len() {
        return Err(format!("not everything was indexed: {indexed}").into());
    }
    let mut told = figures(&done);
    let messages = plan.messages() as f64;
    told["messages_per_s"] = json!((messages / done.wall.as_secs_f64()).round());
    told["cpu_us_per_message"] = json!(done.cpu.as_secs_f64() * 1e6 / messages);
    Ok(told)
}

/// Commands from their start to their end, the passphrase's scrypt included: the first time, and the median.
fn opening(keeper: &Keeper, plan: &Plan) -> Result<Value> {
    let mut told = Map::new();
    for (name, arguments) in [
        ("status", &["status", "--json"][..]),
        ("search", &["search", "--json", "ta*"]),
        ("key_list", &["key", "list", "--json"]),
    ] {
        let mut seconds = Vec::new();
        let mut last: Option<Outcome> = None;
        for _ in 0..STARTS {
            let done = run(&mut keeper.command(arguments)?, None)?.expect(&[0])?;
            seconds.push(done.wall.as_secs_f64());
            last = Some(done);
        }
        let first = seconds.first().copied();
        seconds.sort_by(f64::total_cmp);
        let last = last.ok_or("never started")?;
        told.insert(
            name.to_owned(),
            json!({"first_s": first, "median_s": seconds.get(STARTS / 2), "peak_mb": last.peak as f64 / 1e6}),
        );
        if name == "status" {
            complete(&last, plan)?;
        }
    }
    Ok(Value::Object(told))
}

/// All chats must be whole but those that are not.
fn complete(status: &Outcome, plan: &Plan) -> Result<()> {
    let lines = status.stdout.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let whole =
        lines.filter(|line| line["type"] == "chat" && line["missing"] == 0 && line["gaps"] == 0);
    let (whole, expected) = (signed(whole.count() as u64), feed::whole_chats(plan));
    match whole == expected {
        true => Ok(()),
        false => Err(format!("status says that {whole} chats are whole; {expected} are").into()),
    }
}

/// Every kind of page; the table, and addresses that were answered wrongly.
fn read(keeper: &Keeper, world: &World, only: &str) -> Result<(Value, Vec<String>)> {
    let served = Served::start(keeper)?;
    let mut told = Map::new();
    let mut wrong = Vec::new();
    println!(
        "{:<50} {:>5} {:>8} {:>8} {:>8} {:>8} {:>9}",
        "page, ms", "asked", "p50", "p99", "max", "cpu", "bytes"
    );
    for kind in pages::all(world) {
        if !kind.name.contains(only) {
            continue;
        }
        for times in served.visit(&kind)? {
            line(&times, &mut told);
            wrong.extend(times.wrong);
        }
    }
    let told = json!({
        "ready_s": served.start.as_secs_f64(), "peak_mb": served.peak() as f64 / 1e6, "pages": told,
    });
    Ok((told, wrong))
}

fn line(times: &Times, told: &mut Map<String, Value>) {
    let Some(figures) = times.figures() else {
        return;
    };
    println!(
        "{:<50} {:>5} {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>9}",
        times.name,
        figures.count,
        figures.p50,
        figures.p99,
        figures.max,
        figures.cpu,
        figures.bytes
    );
    told.insert(times.name.clone(), figures.json());
}
