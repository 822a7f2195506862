//! The viewer from outside: requests to its router over small archives made here.

#![allow(clippy::unwrap_used)]

mod about;
mod account;
mod accounts;
mod asked;
mod direct;
mod every_part;
mod files;
mod gallery;
mod guard;
mod hostile;
mod names;
mod notes;
mod pages;
mod people;
mod places;
mod possessions;
mod shelves;
mod stories;
mod support;
mod thumbs;
mod topics;
