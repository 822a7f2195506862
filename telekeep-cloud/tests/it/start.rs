//! A small cloud for a test.

use std::time::Duration;

use telekeep_cloud::{Cloud, Config};
use tempfile::TempDir;

/// The settings of a small world.
pub fn config(seed: u64, key_dir: &TempDir) -> Config {
    Config {
        listen: ([127, 0, 0, 1], 0).into(),
        seed,
        chats: 12,
        messages: 600,
        media_mb: 4,
        latency: Duration::ZERO,
        faults: Vec::new(),
        key_dir: key_dir.path().to_owned(),
    }
}

/// Starts a small cloud; its folder must live as long as it.
pub async fn start(seed: u64) -> (Cloud, TempDir) {
    let dir = TempDir::new().unwrap();
    let cloud = telekeep_cloud::start(config(seed, &dir)).await.unwrap();
    (cloud, dir)
}
