//! The real program, run as a person or a script runs it.

mod archive;
mod backup;
mod demo;
mod errors;
mod harness;
mod reading;
mod reference;
