//! Which address belongs to which data centre: a pure choice among what the user gave, what the
//! server's configuration announces and what is published.

use std::net::IpAddr;

use super::endpoint::ServerChoice;
use super::known;

/// One `dcOption` of the server's configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    pub dc: i32,
    pub ip: String,
    pub port: u16,
    /// Not usable by this client: CDN, obfuscated transport only, with a proxy secret, or for files
    /// only (such a cluster may not know the data centre's keys, which would look like a session
    /// that was revoked).
    pub special: bool,
}

/// `HOST:PORT` of a data centre.
///
/// With a custom server, data centre 2 is the given address, others are what the server announces,
/// else the given address again; an address of Telegram is never used, nor one of another machine
/// when the server is on this one, nor one of this machine when the server is not.
pub(crate) fn choose(server: &ServerChoice, announced: &[Announced], dc: i32) -> Option<String> {
    let usable =
        |option: &&Announced| option.dc == dc && !option.special && allowed(server, &option.ip);
    // IPv4 is tried first, since many machines have IPv6 addresses without a way out.
    let rank = |option: &&Announced| option.ip.contains(':');
    let found = announced
        .iter()
        .filter(usable)
        .min_by_key(rank)
        .map(|option| match option.ip.contains(':') {
            true => format!("[{}]:{}", option.ip, option.port),
            false => format!("{}:{}", option.ip, option.port),
        });
    match server {
        ServerChoice::Custom { address, .. } if dc == known::FIRST_DC => Some(address.clone()),
        ServerChoice::Custom { address, .. } => found.or_else(|| Some(address.clone())),
        ServerChoice::Telegram => found.or_else(|| known::address(dc).map(str::to_owned)),
    }
}

/// True when an announced address may be contacted at all.
fn allowed(server: &ServerChoice, ip: &str) -> bool {
    let Ok(ip) = ip.parse::<IpAddr>() else {
        return false;
    };
    match server {
        ServerChoice::Telegram => !ip.is_loopback() && !ip.is_unspecified(),
        ServerChoice::Custom { address, .. } => {
            !known::is_telegram(ip) && !ip.is_unspecified() && ip.is_loopback() == is_local(address)
        }
    }
}

/// True when `HOST:PORT` is on this machine.
fn is_local(address: &str) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(dc: i32, ip: &str, port: u16) -> Announced {
        Announced {
            dc,
            ip: ip.into(),
            port,
            special: false,
        }
    }

    fn custom(address: &str) -> ServerChoice {
        ServerChoice::Custom {
            address: address.into(),
            keys: Vec::new(),
        }
    }

    #[test]
    fn telegram_prefers_what_it_announces() {
        let server = ServerChoice::Telegram;
        assert_eq!(
            choose(&server, &[], 4).as_deref(),
            Some("149.154.167.92:443")
        );
        assert_eq!(choose(&server, &[], 77), None);
        let announced = [
            option(4, "2001:67c:4e8:f004::a", 443),
            option(4, "149.154.167.91", 443),
        ];
        assert_eq!(
            choose(&server, &announced, 4).as_deref(),
            Some("149.154.167.91:443")
        );
        let local = [option(4, "127.0.0.1", 443)];
        assert_eq!(
            choose(&server, &local, 4).as_deref(),
            Some("149.154.167.92:443")
        );
    }

    #[test]
    fn special_addresses_are_not_used() {
        let server = custom("10.0.0.1:443");
        let mut special = option(4, "10.0.0.3", 1);
        special.special = true;
        let announced = [special, option(4, "10.0.0.4", 1)];
        assert_eq!(
            choose(&server, &announced, 4).as_deref(),
            Some("10.0.0.4:1")
        );
        assert_eq!(
            choose(&server, &announced[..1], 4).as_deref(),
            Some("10.0.0.1:443")
        );
    }

    #[test]
    fn a_custom_server_never_leads_to_telegram_or_off_this_machine() {
        let server = custom("127.0.0.1:5000");
        let announced = [
            option(2, "127.0.0.1", 1),
            option(1, "149.154.175.50", 443),
            option(3, "10.1.1.1", 443),
        ];
        for dc in [1, 2, 3, 5] {
            let chosen = choose(&server, &announced, dc);
            assert_eq!(chosen.as_deref(), Some("127.0.0.1:5000"), "dc {dc}");
        }
        let announced = [option(4, "127.0.0.1", 5001)];
        assert_eq!(
            choose(&server, &announced, 4).as_deref(),
            Some("127.0.0.1:5001")
        );
        let server = custom("cloud.example:443");
        let announced = [option(1, "149.154.175.50", 443), option(3, "10.1.1.1", 443)];
        assert_eq!(
            choose(&server, &announced, 1).as_deref(),
            Some("cloud.example:443")
        );
        assert_eq!(
            choose(&server, &announced, 3).as_deref(),
            Some("10.1.1.1:443")
        );
        let local = [option(3, "127.0.0.1", 22)];
        assert_eq!(
            choose(&server, &local, 3).as_deref(),
            Some("cloud.example:443")
        );
        assert_eq!(
            choose(&custom("[::1]:9"), &announced, 3).as_deref(),
            Some("[::1]:9")
        );
    }
}
