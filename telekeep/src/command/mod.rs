//! One file per command. Each has its options (whose help is the reference) and a `run`.

pub mod backup;
pub mod browse;
pub mod certify;
pub mod cloud;
pub mod completions;
pub mod demo;
mod found;
pub mod init;
mod kept;
pub mod key;
pub mod log;
pub mod login;
pub mod logout;
pub mod note;
mod plan;
pub mod reindex;
pub mod search;
pub mod serve;
pub mod sessions;
pub mod show;
pub mod status;
pub mod verify;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::output::Output;
use crate::settings::Settings;

/// Reads the command line, runs the command, tells its error.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.global.json, cli.global.quiet);
    match run(cli) {
        Ok(code) => code,
        Err(error) if error.is_reader_gone() => ExitCode::Done,
        Err(error) => {
            // stderr may be closed; the exit code still tells.
            let _ = error.write(&mut std::io::stderr().lock(), output.err, output.json);
            error.kind
        }
    }
}

fn run(cli: Cli) -> Result {
    if let Command::Completions(command) = &cli.command {
        return command.run(&Output::new(false, false));
    }
    let settings = Settings::load(cli.global.settings.as_deref())?;
    let context = Context::new(cli.global, settings);
    match cli.command {
        Command::Init(command) => command.run(&context),
        Command::Login(command) => command.run(&context),
        Command::Backup(command) => command.run(&context),
        Command::Status(command) => command.run(&context),
        Command::Certify(command) => command.run(&context),
        Command::Show(command) => command.run(&context),
        Command::Search(command) => command.run(&context),
        Command::Serve(command) => command.run(&context),
        Command::Browse(command) => command.run(&context),
        Command::Verify(command) => command.run(&context),
        Command::Note(command) => command.run(&context),
        Command::Key(command) => command.run(&context),
        Command::Logout(command) => command.run(&context),
        Command::Sessions(command) => command.run(&context),
        Command::Reindex(command) => command.run(&context),
        Command::Log(command) => command.run(&context),
        Command::Demo(command) => command.run(&context),
        Command::Cloud(command) => command.run(&context),
        Command::Completions(command) => command.run(&context.output),
    }
}
