//! The heavy proofs of Telekeep, run as a person would run the program: real processes, real sockets, real disks.
//!
//! `cargo build --release -p telekeep -p telekeep-proofs`, then `target/release/telekeep-proofs NAME`.
//! Each proof prints its figures as one JSON line and ends with exit code 1 when anything is not as claimed.

#![allow(clippy::print_stdout, clippy::print_stderr)]

mod bare;
mod child;
mod compare;
mod disk;
mod equal;
mod faults;
mod held;
mod kill;
mod random;
mod reading;
mod speed;
mod tamper;
mod truth;
mod worlds;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use child::Shape;

/// Anything that went wrong, in words.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(about = "Heavy proofs and benchmarks of Telekeep")]
struct Cli {
    #[command(subcommand)]
    proof: Proof,
}

#[derive(Subcommand)]
enum Proof {
    /// A backup equals its world; a second one asks for next to nothing and records nothing
    Equal(World),
    /// Killed (SIGKILL) at random moments and resumed, the archive equals its world
    Kill {
        #[command(flatten)]
        world: World,
        /// How many times to kill
        #[arg(long, default_value_t = 200)]
        kills: u32,
        /// The longest a run lives before it is killed, in milliseconds
        #[arg(long, default_value_t = 2500)]
        longest: u64,
    },
    /// Every kind of fault, one after the other: the archive still equals its world
    Faults(World),
    /// The disk fills up in mid-run; with room again the archive equals its world (needs root for a tmpfs)
    Disk(World),
    /// Each file of an archive changed in every way: `verify` names it
    Tamper {
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = 300)]
        messages: u64,
        #[arg(long, default_value_t = 4)]
        media_mb: u64,
        /// Single bits to change in each file, besides one in its first and one in its last byte
        #[arg(long, default_value_t = 6)]
        bits: u64,
    },
    /// Random worlds that change under their backup, while the server leaves messages out: every verdict is true
    Worlds {
        #[arg(long, default_value_t = 1000)]
        worlds: u64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Fetches everything and keeps nothing; what `speed` compares with
    #[command(hide = true)]
    Bare {
        #[arg(long)]
        address: String,
        #[arg(long)]
        key: std::path::PathBuf,
        #[arg(long)]
        phone: String,
        #[arg(long)]
        code: String,
    },
    /// History backup against a bare paging loop and a Telethon script; media against a bare download loop
    Speed {
        #[command(flatten)]
        world: World,
        /// Python with Telethon, for the comparison with it
        #[arg(long, env = "TELEKEEP_PYTHON")]
        python: Option<std::path::PathBuf>,
        /// Rounds; medians are printed
        #[arg(long, default_value_t = 3)]
        rounds: u32,
    },
    /// A large archive: written, indexed by `telekeep reindex`, and every page of the viewer timed
    Reading {
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = 1_000_000)]
        messages: u64,
        #[arg(long, default_value_t = 2000)]
        chats: u64,
        /// Keep the archive in this folder; one that is there from before is read again
        #[arg(long)]
        archive: Option<std::path::PathBuf>,
        /// Read with the index that is there
        #[arg(long, requires = "archive")]
        no_reindex: bool,
        /// Only pages whose kind has this in its name
        #[arg(long)]
        only: Option<String>,
    },
}

/// The world to serve.
#[derive(Args, Clone)]
struct World {
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 60)]
    chats: u32,
    #[arg(long, default_value_t = 20_000)]
    messages: u64,
    #[arg(long, default_value_t = 60)]
    media_mb: u64,
    /// The cloud's delay before each answer
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
}

impl From<World> for Shape {
    fn from(world: World) -> Self {
        Self {
            seed: world.seed,
            chats: world.chats,
            messages: world.messages,
            media_mb: world.media_mb,
            latency_ms: world.latency_ms,
        }
    }
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().proof {
        Proof::Equal(world) => equal::prove(&world.into()),
        Proof::Kill {
            world,
            kills,
            longest,
        } => kill::prove(&world.into(), kills, longest),
        Proof::Faults(world) => faults::prove(&world.into()),
        Proof::Disk(world) => disk::prove(&world.into()),
        Proof::Tamper {
            seed,
            messages,
            media_mb,
            bits,
        } => {
            let shape = Shape {
                seed,
                chats: 6,
                messages,
                media_mb,
                latency_ms: 0,
            };
            tamper::prove(&shape, bits)
        }
        Proof::Worlds { worlds, seed } => worlds::prove(worlds, seed),
        Proof::Bare {
            address,
            key,
            phone,
            code,
        } => bare::measure(&address, &key, &phone, &code),
        Proof::Speed {
            world,
            python,
            rounds,
        } => speed::measure(&world.into(), python.as_deref(), rounds),
        Proof::Reading {
            seed,
            messages,
            chats,
            archive,
            no_reindex,
            only,
        } => reading::measure(&reading::Wanted {
            size: reading::Size {
                seed,
                messages,
                chats,
            },
            archive,
            reindex: !no_reindex,
            only: only.unwrap_or_default(),
        }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("NOT PROVEN: {error}");
            ExitCode::FAILURE
        }
    }
}
