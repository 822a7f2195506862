//! Telegram's published server keys and addresses (core.telegram.org, public facts). Used only
//! when the server is Telegram itself.

use std::net::IpAddr;

use super::keys::RsaKey;

/// Production key with the fingerprint `d09d1d85de64fd85`.
const KEYS: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
";

/// Data centres of Telegram.
const ADDRESSES: [(i32, &str); 5] = [
    (1, "149.154.175.53:443"),
    (2, "149.154.167.41:443"),
    (3, "149.154.175.100:443"),
    (4, "149.154.167.92:443"),
    (5, "91.108.56.104:443"),
];

/// Where a login begins; the server names another data centre when the phone number lives there.
pub const FIRST_DC: i32 = 2;

/// Telegram's public keys.
pub fn keys() -> Vec<RsaKey> {
    RsaKey::from_pem(KEYS).unwrap_or_default()
}

/// Published address of a data centre.
pub fn address(dc: i32) -> Option<&'static str> {
    ADDRESSES
        .iter()
        .find(|(id, _)| *id == dc)
        .map(|(_, address)| *address)
}

/// IPv4 networks of Telegram: network and prefix length.
const NETWORKS_V4: [([u8; 4], u32); 8] = [
    ([91, 105, 192, 0], 23),
    ([91, 108, 4, 0], 22),
    ([91, 108, 8, 0], 21),
    ([91, 108, 16, 0], 21),
    ([91, 108, 56, 0], 22),
    ([95, 161, 64, 0], 20),
    ([149, 154, 160, 0], 20),
    ([185, 76, 151, 0], 24),
];

/// First two groups of Telegram's IPv6 networks.
const NETWORKS_V6: [(u16, u16); 3] = [(0x2001, 0x067c), (0x2001, 0x0b28), (0x2a0a, 0xf280)];

/// True for addresses of Telegram, which are never contacted on behalf of another server, even
/// when that server's configuration repeats them.
pub fn is_telegram(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let address = u32::from(address);
            NETWORKS_V4.iter().any(|(network, prefix)| {
                let mask = u32::MAX << (32 - prefix);
                address & mask == u32::from_be_bytes(*network) & mask
            })
        }
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            NETWORKS_V6.contains(&(first, second))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_address_counts_as_telegrams() {
        for (dc, address) in ADDRESSES {
            let address: std::net::SocketAddr = address.parse().unwrap();
            assert!(is_telegram(address.ip()), "{dc}");
        }
        assert!(is_telegram("::ffff:149.154.167.51".parse().unwrap()));
        assert!(is_telegram("2001:67c:4e8:f002::a".parse().unwrap()));
        for other in ["127.0.0.1", "10.0.0.1", "149.154.1.1", "::1", "8.8.8.8"] {
            assert!(!is_telegram(other.parse().unwrap()), "{other}");
        }
    }
}
