use proptest::prelude::*;

use super::*;
use crate::crypto::Ctr;

/// The client's side of each transport, written from the description and not from the server's
/// code: `(opening bytes, function from payload to packet)`.
fn client(kind: usize, payload: &[u8], sequence: u32) -> Vec<u8> {
    let len = payload.len() as u32;
    match kind % 4 {
        0 => {
            let words = len / 4;
            let mut out = if words < 127 {
                vec![words as u8]
            } else {
                let mut head = (words << 8 | 127).to_le_bytes().to_vec();
                head.truncate(4);
                head
            };
            out.extend(payload);
            out
        }
        1 => [&len.to_le_bytes()[..], payload].concat(),
        2 => [&(len + 3).to_le_bytes()[..], payload, &[9, 9, 9]].concat(),
        _ => {
            let mut out = [
                &(len + 12).to_le_bytes()[..],
                &sequence.to_le_bytes()[..],
                payload,
            ]
            .concat();
            let crc = crc32fast::hash(&out);
            out.extend(crc.to_le_bytes());
            out
        }
    }
}

fn opening(kind: usize) -> Vec<u8> {
    match kind % 4 {
        0 => vec![0xef],
        1 => vec![0xee; 4],
        2 => vec![0xdd; 4],
        _ => vec![],
    }
}

/// The stream a client sends for `payloads`: opening, packets; obfuscated when asked.
fn stream(kind: usize, obfuscated: bool, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut packets = Vec::new();
    for (number, payload) in payloads.iter().enumerate() {
        packets.extend(client(kind, payload, number as u32));
    }
    if !obfuscated {
        return [opening(kind), packets].concat();
    }
    let mut header: [u8; 64] = std::array::from_fn(|i| (i as u8).wrapping_mul(37).wrapping_add(11));
    let key: [u8; 32] = header[8..40].try_into().unwrap();
    let iv: [u8; 16] = header[40..56].try_into().unwrap();
    header[56..60].fill([0xef, 0xee, 0xdd, 0xdd][kind % 4]);
    let mut cipher = Ctr::new(&key, &iv);
    let mut hidden = header;
    cipher.apply(&mut hidden);
    header[56..].copy_from_slice(&hidden[56..]);
    cipher.apply(&mut packets);
    [header.to_vec(), packets].concat()
}

fn decode(bytes: &[u8], cuts: usize) -> Result<Vec<Packet>, TransportError> {
    let mut decoder = Decoder::default();
    let mut packets = Vec::new();
    for piece in bytes.chunks(cuts.max(1)) {
        decoder.push(piece);
        loop {
            match decoder.step()? {
                Step::Starve => break,
                Step::Opened(_) => {}
                Step::Packet(packet) => packets.push(packet),
            }
        }
    }
    Ok(packets)
}

proptest! {
    #[test]
    fn every_transport_returns_what_was_sent_however_it_is_cut(
        kind in 0usize..4,
        obfuscated: bool,
        lens in proptest::collection::vec(1usize..600, 1..5),
        cuts in 1usize..900,
    ) {
        prop_assume!(!(obfuscated && kind == 3));
        let payloads: Vec<Vec<u8>> =
            lens.iter().map(|&n| (0..n * 4).map(|i| (i * 31 + n) as u8).collect()).collect();
        let packets = decode(&stream(kind, obfuscated, &payloads), cuts).unwrap();
        prop_assert_eq!(packets.len(), payloads.len());
        for (packet, payload) in packets.iter().zip(&payloads) {
            prop_assert_eq!(&packet.data[..payload.len()], &payload[..]);
            prop_assert!(packet.data.len() - payload.len() <= 3);
        }
    }

    #[test]
    fn noise_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), cuts in 1usize..50) {
        let _ = decode(&bytes, cuts);
    }

    #[test]
    fn what_the_server_sends_decodes(kind in 0usize..4, n in 1usize..40_000) {
        let framing = [Framing::Abridged, Framing::Intermediate, Framing::Padded, Framing::Full][kind];
        let mut encoder = Encoder { framing, sequence: 0, cipher: None };
        let payload: Vec<u8> = (0..n * 4).map(|i| i as u8).collect();
        let mut out = opening(kind);
        encoder.packet(&payload, &mut out);
        encoder.error(-404, &mut out);
        let packets = decode(&out, out.len());
        // An error code is shorter than any packet a client may send in `full`: same length.
        let packets = packets.unwrap();
        prop_assert_eq!(&packets[0].data[..payload.len()], &payload[..]);
        prop_assert_eq!(&packets[1].data[..4], &(-404i32).to_le_bytes()[..]);
    }
}

#[test]
fn full_refuses_wrong_checksum_and_number() {
    let good = stream(3, false, &[vec![7; 40], vec![8; 40]]);
    let mut bad = good.clone();
    bad[20] ^= 1;
    assert_eq!(decode(&bad, 1000), Err(TransportError::Checksum));
    let swapped = [client(3, &[7; 40], 0), client(3, &[8; 40], 2)].concat();
    assert_eq!(
        decode(&swapped, 1000),
        Err(TransportError::Sequence {
            expected: 1,
            got: 2
        })
    );
}

#[test]
fn lengths_are_bounded_before_anything_is_kept() {
    let mut bytes = vec![0xee; 4];
    bytes.extend(0x7fff_fff0u32.to_le_bytes());
    assert_eq!(
        decode(&bytes, 100),
        Err(TransportError::TooLong(0x7fff_fff0))
    );
    assert_eq!(decode(b"GET / HTTP/1.1", 100), Err(TransportError::Http));
}

#[test]
fn quick_ack_requests_are_seen() {
    let mut bytes = vec![0xee; 4];
    bytes.extend((8u32 | 1 << 31).to_le_bytes());
    bytes.extend([1; 8]);
    assert!(decode(&bytes, 100).unwrap()[0].quick_ack);
    let packets = decode(&[&[0xef, 0x82][..], &[1; 8]].concat(), 100).unwrap();
    assert!(packets[0].quick_ack);
    assert_eq!(packets[0].data, [1; 8]);
}

#[test]
fn both_directions_of_an_obfuscated_connection_use_their_own_stream() {
    let bytes = stream(1, true, &[vec![5; 16]]);
    let header: [u8; 64] = bytes[..64].try_into().unwrap();
    let mut decoder = Decoder::default();
    decoder.push(&bytes);
    let Step::Opened(mut encoder) = decoder.step().unwrap() else {
        panic!("opens first")
    };
    let mut out = Vec::new();
    encoder.packet(&[6; 16], &mut out);
    let mut reversed = header;
    reversed.reverse();
    let mut theirs = Ctr::new(
        &reversed[8..40].try_into().unwrap(),
        &reversed[40..56].try_into().unwrap(),
    );
    theirs.apply(&mut out);
    assert_eq!(out, [&16u32.to_le_bytes()[..], &[6; 16]].concat());
}
