//! Every way to sign in.

mod bot;
mod codes;
mod qr;
#[cfg(unix)]
mod typed;
