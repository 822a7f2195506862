//! Integration tests of the sources against the local cloud.

mod backup;
mod wire;
