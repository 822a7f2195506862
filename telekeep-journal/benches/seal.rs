//! Speed of sealing.
fn main() {}
