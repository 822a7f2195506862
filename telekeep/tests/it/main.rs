//! The real program, run as a person or a script runs it.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod accounts;
mod archive;
mod backup;
#[cfg(unix)]
mod browse;
mod browser;
mod certify;
mod cloud;
mod demo;
mod errors;
mod faults;
mod harness;
mod login;
mod notes;
mod parts;
mod proxies;
mod reading;
mod reference;
mod selection;
mod serve;
mod sessions;
mod takeout;
mod tamper;
#[cfg(unix)]
mod terminal;
