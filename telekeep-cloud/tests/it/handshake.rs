//! The key exchange: done right in every form clients use, and wrongly in every way that matters.

use std::path::Path;

use grammers_crypto::AuthKey;
use num_bigint::BigUint;
use telekeep_cloud::Cloud;

use crate::client::{Client, Refused, Wire, bytes, public_key, random, sha1};
use crate::start::start;

/// How to do the exchange. The default is right.
#[derive(Clone, Copy, Default)]
pub struct How {
    /// The data centre to name; none: the form without it.
    pub dc: Option<i32>,
    /// Make a temporary key.
    pub expires_in: Option<i32>,
    pub old_padding: bool,
    pub old_request: bool,
    pub wrong: Wrong,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wrong {
    #[default]
    Nothing,
    Nonce,
    ServerNonce,
    Factors,
    Fingerprint,
    RsaBlock,
    InnerNonce,
    InnerPq,
    AnswerHash,
    AnswerNonce,
    SmallPublicValue,
    Repeat,
}

/// Runs the exchange; the answer is the key with its first salt.
pub fn exchange(wire: &mut Wire, pem: &Path, how: How) -> Result<(AuthKey, i64), Refused> {
    let wrong = |kind: Wrong, mut value: Vec<u8>| {
        if how.wrong == kind {
            value[0] ^= 1;
        }
        value
    };
    let nonce = random::<16>();
    let request: u32 = if how.old_request {
        0x6046_9778
    } else {
        0xbe7e_8ef1
    };
    let res_pq = wire.plain(&[&request.to_le_bytes()[..], &nonce].concat())?;
    assert_eq!(res_pq[..4], 0x0516_2463u32.to_le_bytes());
    assert_eq!(res_pq[4..20], nonce);
    let server_nonce: [u8; 16] = res_pq[20..36].try_into().unwrap();
    assert_eq!(res_pq[36], 8);
    let pq = u64::from_be_bytes(res_pq[37..45].try_into().unwrap());
    let (p, q) = grammers_crypto::factorize(pq);
    let (n, fingerprint) = public_key(pem);
    assert_eq!(
        res_pq[56..64],
        fingerprint.to_le_bytes(),
        "the file's key is the server's"
    );

    let (p, q) = ((p as u32).to_be_bytes(), (q as u32).to_be_bytes());
    let new_nonce = random::<32>();
    let inner_pq = wrong(Wrong::InnerPq, pq.to_be_bytes().to_vec());
    let inner_nonce = wrong(Wrong::InnerNonce, nonce.to_vec());
    let id: u32 = match (how.dc, how.expires_in) {
        (None, None) => 0x83c9_5aec,
        (Some(_), None) => 0xa9f5_5f95,
        (None, Some(_)) => 0x3c6a_84d4,
        (Some(_), Some(_)) => 0x56fd_df88,
    };
    let mut inner = id.to_le_bytes().to_vec();
    inner.extend([bytes(&inner_pq), bytes(&p), bytes(&q), inner_nonce].concat());
    inner.extend([&server_nonce[..], &new_nonce].concat());
    how.dc
        .into_iter()
        .chain(how.expires_in)
        .for_each(|n| inner.extend(n.to_le_bytes()));
    let block = wrong(Wrong::RsaBlock, encrypt(&inner, &n, how.old_padding));
    let request = [
        0xd712_e4beu32.to_le_bytes().to_vec(),
        wrong(Wrong::Nonce, nonce.to_vec()),
        wrong(Wrong::ServerNonce, server_nonce.to_vec()),
        bytes(&wrong(Wrong::Factors, p.to_vec())),
        bytes(&q),
        wrong(Wrong::Fingerprint, fingerprint.to_le_bytes().to_vec()),
        bytes(&block),
    ];
    let ok = wire.plain(&request.concat())?;
    assert_eq!(ok[..4], 0xd0e8_075cu32.to_le_bytes());
    let (key, iv) = temporary(&server_nonce, &new_nonce);
    let mut answer = ok[40..].to_vec();
    grammers_crypto::aes::ige_decrypt(&mut answer, &key, &iv);
    let inner = &answer[20..20 + 564];
    assert_eq!(sha1(&[inner]), answer[..20]);
    assert_eq!(
        inner[..36],
        [&0xb589_0dbau32.to_le_bytes()[..], &nonce, &server_nonce].concat()
    );
    let g = u32::from_le_bytes(inner[36..40].try_into().unwrap());
    let prime = BigUint::from_bytes_be(&inner[44..300]);
    let g_a = BigUint::from_bytes_be(&inner[304..560]);

    let b = BigUint::from_bytes_be(&random::<256>());
    let mut g_b = BigUint::from(g).modpow(&b, &prime);
    if how.wrong == Wrong::SmallPublicValue {
        g_b = BigUint::from(4u32);
    }
    let mut inner = 0x6643_b654u32.to_le_bytes().to_vec();
    inner.extend(wrong(Wrong::AnswerNonce, nonce.to_vec()));
    inner.extend([&server_nonce[..], &[0; 8], &bytes(&g_b.to_bytes_be())].concat());
    let mut data = wrong(Wrong::AnswerHash, sha1(&[&inner]).to_vec());
    data.extend(&inner);
    data.resize(data.len().next_multiple_of(16), 7);
    grammers_crypto::aes::ige_encrypt(&mut data, &key, &iv);
    let id = 0xf504_5f1fu32.to_le_bytes();
    let request = [&id[..], &nonce, &server_nonce, &bytes(&data)].concat();
    let done = wire.plain(&request)?;
    if how.wrong == Wrong::Repeat {
        wire.plain(&request)?;
    }
    assert_eq!(done[..4], 0x3bcb_f734u32.to_le_bytes());
    let shared = g_a.modpow(&b, &prime).to_bytes_be();
    let mut key = [0; 256];
    key[256 - shared.len()..].copy_from_slice(&shared);
    let hash = sha1(&[&new_nonce, &[1], &sha1(&[&key])[..8]]);
    assert_eq!(done[36..52], hash[4..], "both sides have the same key");
    let salt = std::array::from_fn(|i| new_nonce[i] ^ server_nonce[i]);
    Ok((AuthKey::from_bytes(key), i64::from_le_bytes(salt)))
}

fn encrypt(inner: &[u8], n: &BigUint, old_padding: bool) -> Vec<u8> {
    if !old_padding {
        let key = grammers_crypto::rsa::Key::new(&n.to_string(), "65537").unwrap();
        return grammers_crypto::rsa::encrypt_hashed(inner, &key, &random());
    }
    let mut block = [&[0][..], &sha1(&[inner]), inner].concat();
    block.resize(256, 0x77);
    let c = BigUint::from_bytes_be(&block)
        .modpow(&BigUint::from(65_537u32), n)
        .to_bytes_be();
    [vec![0; 256 - c.len()], c].concat()
}

fn temporary(server: &[u8; 16], new: &[u8; 32]) -> ([u8; 32], [u8; 32]) {
    let (a, b, c) = (
        sha1(&[new, server]),
        sha1(&[server, new]),
        sha1(&[new, new]),
    );
    let key = [&a[..], &b[..12]].concat();
    let iv = [&b[12..], &c, &new[..4]].concat();
    (key.try_into().unwrap(), iv.try_into().unwrap())
}

/// An encrypted client on the home data centre.
pub fn connect(cloud: &Cloud) -> Client {
    connect_to(cloud, 2)
}

pub fn connect_to(cloud: &Cloud, dc: i32) -> Client {
    let mut wire = Wire::connect(cloud.addresses()[&dc]);
    let how = How {
        dc: Some(dc),
        ..How::default()
    };
    let (key, salt) = exchange(&mut wire, cloud.public_key_path(), how).unwrap();
    Client::new(wire, key, salt)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_of_the_exchange_gives_a_working_key() {
    let (cloud, _dir) = start(1).await;
    for how in [
        How::default(),
        How {
            old_request: true,
            old_padding: true,
            ..How::default()
        },
        How {
            dc: Some(2),
            ..How::default()
        },
        How {
            dc: Some(-2),
            ..How::default()
        },
        How {
            dc: Some(10_002),
            old_padding: true,
            ..How::default()
        },
        How {
            expires_in: Some(3600),
            ..How::default()
        },
        How {
            dc: Some(2),
            expires_in: Some(3600),
            ..How::default()
        },
    ] {
        let mut wire = Wire::connect(cloud.address());
        let (key, salt) = exchange(&mut wire, cloud.public_key_path(), how).unwrap();
        let mut client = Client::new(wire, key, salt);
        assert_eq!(client.init().unwrap()["this_dc"], 2);
    }
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_step_ends_the_exchange() {
    let (cloud, _dir) = start(1).await;
    for wrong in [
        Wrong::Nonce,
        Wrong::ServerNonce,
        Wrong::Factors,
        Wrong::Fingerprint,
        Wrong::RsaBlock,
        Wrong::InnerNonce,
        Wrong::InnerPq,
        Wrong::AnswerHash,
        Wrong::AnswerNonce,
        Wrong::SmallPublicValue,
        Wrong::Repeat,
    ] {
        let mut wire = Wire::connect(cloud.address());
        let how = How {
            wrong,
            ..How::default()
        };
        let refused = exchange(&mut wire, cloud.public_key_path(), how).err();
        assert_eq!(refused, Some(Refused::Code(-404)), "{wrong:?}");
        assert_eq!(wire.receive(), Err(Refused::Closed), "{wrong:?}");
    }
    let mut wire = Wire::connect(cloud.address());
    let how = How {
        dc: Some(4),
        ..How::default()
    };
    let refused = exchange(&mut wire, cloud.public_key_path(), how).err();
    assert_eq!(refused, Some(Refused::Code(-444)), "another data centre");
    cloud.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_known_to_its_own_data_centre_only() {
    let (cloud, _dir) = start(1).await;
    let mut client = connect(&cloud);
    client.init().unwrap();
    client.reconnect(cloud.addresses()[&4]);
    client.send(&[1, 2, 3, 4]);
    assert_eq!(client.receive().err(), Some(Refused::Code(-404)));
    client.key = AuthKey::from_bytes([9; 256]);
    client.reconnect(cloud.address());
    client.send(&[1, 2, 3, 4]);
    assert_eq!(client.receive().err(), Some(Refused::Code(-404)));
    cloud.stop().await;
}
