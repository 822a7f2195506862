//! `telekeep completions`: a completion script for a shell.

use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::error::Result;
use crate::exit::ExitCode;
use crate::output::Output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl Completions {
    /// Prints the script.
    pub fn run(&self, output: &Output) -> Result {
        // Into memory first: the library panics when its output goes away.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "telekeep", &mut script);
        output.line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(ExitCode::Done)
    }
}
