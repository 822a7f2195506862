//! The integration tests of the archive format.
