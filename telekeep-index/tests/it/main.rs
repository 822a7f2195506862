//! The index from outside: records in, answers out.
#![allow(clippy::unwrap_used)]

mod accounts;
mod apply;
mod browse;
mod corpus;
mod grammar;
mod hostile;
mod notes;
mod portraits;
mod properties;
mod rebuild;
mod search;
mod status;
mod stories;
mod support;
