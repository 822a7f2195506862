//! The program `telekeep`: reads the command line, runs one command, answers with an exit code.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod accounts;
mod block;
mod cli;
mod command;
mod context;
mod disk;
mod error;
mod exit;
mod index;
mod interrupt;
mod keys_folder;
mod output;
mod passphrase;
mod program;
mod progress;
mod qr_code;
mod records;
mod selection;
mod server;
mod settings;
mod watch;
mod writable;

use std::process::ExitCode;

/// Much is made in one thread and freed in another, which the allocators of systems are slow at: this
/// one saves a fifth of the time of building an index.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    interrupt::install();
    command::main().into()
}
