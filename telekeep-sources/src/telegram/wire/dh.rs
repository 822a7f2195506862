//! Checks of Diffie-Hellman numbers (core.telegram.org/mtproto/auth_key and security_guidelines),
//! used by the key exchange and by the password check.

use num_bigint::BigUint;

/// The 2048 bit safe prime Telegram has always used; testing it again each time would only cost
/// a second.
const KNOWN_PRIME: [&str; 8] = [
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f",
    "48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c37",
    "20fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64",
    "2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4",
    "a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754",
    "fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4",
    "e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f",
    "0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
];

/// A pair of prime and generator that passed every check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub prime: BigUint,
    pub generator: BigUint,
}

/// Which check a number failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// Not 2048 bits long.
    #[error("the prime is not 2048 bits long")]
    PrimeLength,
    /// Not a safe prime.
    #[error("the modulus is not a safe prime")]
    NotSafePrime,
    /// The generator is none of 2 to 7, or makes a subgroup of another order.
    #[error("the generator {0} does not fit the prime")]
    Generator(i32),
}

impl Group {
    /// Checks a prime and generator as a server sends them.
    pub fn check(prime: &[u8], generator: i32) -> Result<Group, GroupError> {
        let p = BigUint::from_bytes_be(prime);
        if prime.len() != 256 || p.bits() != 2048 {
            return Err(GroupError::PrimeLength);
        }
        // The library's own check knows the generators 2 to 7 and panics on others.
        if !(2..=7).contains(&generator) || !fits(&p, generator) {
            return Err(GroupError::Generator(generator));
        }
        let known = p == known_prime();
        if !known && !grammers_crypto::two_factor_auth::check_p_and_g(prime, &generator) {
            return Err(GroupError::NotSafePrime);
        }
        Ok(Group {
            prime: p,
            generator: BigUint::from(generator.unsigned_abs()),
        })
    }

    /// `2^(2048-64) <= value <= prime - 2^(2048-64)`: what the protocol asks of `g_a` and `g_b`.
    pub fn accepts(&self, value: &BigUint) -> bool {
        let margin = BigUint::from(1u8) << (2048 - 64);
        *value >= margin && *value <= &self.prime - margin
    }
}

pub(crate) fn known_prime() -> BigUint {
    BigUint::parse_bytes(KNOWN_PRIME.concat().as_bytes(), 16).unwrap_or_default()
}

/// The generator makes the subgroup of order (p - 1) / 2.
fn fits(p: &BigUint, generator: i32) -> bool {
    let rest = |modulus: u8| {
        let digits = (p % modulus).to_u32_digits();
        digits.first().copied().unwrap_or(0)
    };
    match generator {
        2 => rest(8) == 7,
        3 => rest(3) == 2,
        4 => true,
        5 => matches!(rest(5), 1 | 4),
        6 => matches!(rest(24), 19 | 23),
        7 => matches!(rest(7), 3 | 5 | 6),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_group_is_accepted_and_its_neighbours_are_not() {
        let prime = known_prime().to_bytes_be();
        assert_eq!(prime.len(), 256);
        assert!(Group::check(&prime, 3).is_ok());
        assert_eq!(Group::check(&prime, 2), Err(GroupError::Generator(2)));
        assert_eq!(Group::check(&prime, 1), Err(GroupError::Generator(1)));
        assert_eq!(Group::check(&prime, -3), Err(GroupError::Generator(-3)));
        assert_eq!(Group::check(&prime[1..], 3), Err(GroupError::PrimeLength));
        let other = (known_prime() + BigUint::from(6u8)).to_bytes_be();
        assert_eq!(Group::check(&other, 3), Err(GroupError::NotSafePrime));
    }

    #[test]
    fn the_known_prime_really_is_safe() {
        let prime = known_prime().to_bytes_be();
        assert!(grammers_crypto::two_factor_auth::check_p_and_g(&prime, &3));
    }

    #[test]
    fn values_near_the_ends_are_refused() {
        let group = Group::check(&known_prime().to_bytes_be(), 3).unwrap();
        let margin = BigUint::from(1u8) << 1984;
        let one = BigUint::from(1u8);
        assert!(group.accepts(&margin));
        assert!(!group.accepts(&(&margin - &one)));
        assert!(group.accepts(&(&group.prime - &margin)));
        assert!(!group.accepts(&(&group.prime - &margin + &one)));
        assert!(!group.accepts(&BigUint::default()));
    }
}
