//! Any bytes of a server, cut in any way: refused, or the same packets whatever the cuts.
//! Run: `cargo +nightly fuzz run frames`.
#![no_main]

use telekeep_sources::telegram::wire::frame::{FrameError, Frames, LIMIT};

fn packets(stream: &[u8], step: usize) -> (Vec<Vec<u8>>, Option<FrameError>) {
    let mut frames = Frames::default();
    let mut all = Vec::new();
    for piece in stream.chunks(step) {
        let space = frames.space();
        assert!(space.capacity() < LIMIT);
        space.extend_from_slice(piece);
        loop {
            match frames.next_packet() {
                Ok(None) => break,
                Ok(Some(packet)) => all.push(packet.to_vec()),
                Err(error) => return (all, Some(error)),
            }
        }
    }
    (all, None)
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let Some((step, stream)) = input.split_first() else {
        return;
    };
    let whole = packets(stream, stream.len().max(1));
    assert_eq!(packets(stream, usize::from(*step).max(1)), whole);
    assert_eq!(packets(stream, 1), whole);
});
