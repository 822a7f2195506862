//! Every way to sign in.

mod qr;
