//! Factors the `pq` of the key exchange: a proof of work, so it must end quickly on whatever
//! number a server sends.

/// Steps after which a number is given up. A product of two 32 bit primes needs about 2^16.
const STEPS: u32 = 1 << 21;

/// The two factors of `pq`, smaller first. None when it is a prime, too large for the protocol
/// (2^63) or not found in bounded time.
pub fn factor(pq: u64) -> Option<(u64, u64)> {
    if !(4..1 << 63).contains(&pq) {
        return None;
    }
    if pq.is_multiple_of(2) {
        return Some((2, pq / 2));
    }
    let root = pq.isqrt();
    if root * root == pq {
        return Some((root, root));
    }
    let mut left = STEPS;
    (1..=16)
        .find_map(|constant| rho(pq, constant, &mut left))
        .map(|p| {
            let q = pq / p;
            (p.min(q), p.max(q))
        })
}

/// Pollard's rho with the map x² + c, gathering differences so that one gcd serves many steps.
fn rho(n: u64, constant: u64, left: &mut u32) -> Option<u64> {
    const BATCH: u32 = 128;
    let next = |x: u64| multiply(x, x, n).wrapping_add(constant) % n;
    let (mut slow, mut fast) = (2 % n, 2 % n);
    while *left > 0 {
        let (slow_before, fast_before) = (slow, fast);
        let mut product = 1;
        for _ in 0..BATCH {
            slow = next(slow);
            fast = next(next(fast));
            product = multiply(product, slow.abs_diff(fast), n);
        }
        *left = left.saturating_sub(BATCH);
        if product != 0 && gcd(product, n) == 1 {
            continue;
        }
        // Some step of this batch has a common factor: go through it one by one.
        (slow, fast) = (slow_before, fast_before);
        for _ in 0..BATCH {
            slow = next(slow);
            fast = next(next(fast));
            match gcd(slow.abs_diff(fast), n) {
                1 => {}
                divisor if divisor == n => return None,
                divisor => return Some(divisor),
            }
        }
    }
    None
}

fn multiply(a: u64, b: u64, modulus: u64) -> u64 {
    // The remainder is below a 64 bit modulus.
    (u128::from(a) * u128::from(b) % u128::from(modulus)) as u64
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_numbers_of_the_kind_servers_send() {
        for (p, q) in [
            (1_206_429_347, 1_218_991_343),
            (1_518_968_219, 1_556_064_227),
            (2_147_483_629, 4_294_967_291),
            (3, 5),
            (2, 1_000_003),
            (1_000_003, 1_000_003),
            (2_147_483_647, 2_147_483_629),
        ] {
            assert_eq!(factor(p * q), Some((p.min(q), p.max(q))), "{p} * {q}");
        }
    }

    #[test]
    fn hopeless_numbers_end_without_an_answer() {
        for pq in [
            0,
            1,
            2,
            3,
            1 << 63,
            u64::MAX,
            9_223_372_036_854_775_783,
            1_000_000_007,
        ] {
            assert_eq!(factor(pq), None, "{pq}");
        }
    }
}
