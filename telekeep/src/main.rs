//! The program `telekeep`: reads the command line, runs one command, answers with an exit code.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod block;
mod cli;
mod command;
mod context;
mod error;
mod exit;
mod index;
mod interrupt;
mod output;
mod passphrase;
mod program;
mod progress;
mod records;
mod server;
mod settings;
mod watch;
mod writable;

use std::process::ExitCode;

fn main() -> ExitCode {
    interrupt::install();
    command::main().into()
}
