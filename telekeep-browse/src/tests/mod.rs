//! The browser from outside: keys go in, the screen is read.

mod files;
mod hostile;
mod reading;
mod searching;
mod support;
