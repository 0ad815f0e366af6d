//! A share of all customers, drawn by a hash of their ids.

use sha2::{Digest, Sha256};

/// Hashes are numbers below 2⁵³, so that each is a double too.
const HASH_BITS: u32 = 53;

/// A share of all customers: the same ones on every server and in every release.
///
/// A customer is one of them where `h < share`, with `h` the upper 53 bits of the
/// first eight bytes (big-endian) of SHA-256(`salt` `:` `id`), over 2⁵³. In Python:
///
/// ```python
/// digest = hashlib.sha256(f"{salt}:{id}".encode()).digest()
/// (int.from_bytes(digest[:8], "big") >> 11) / 2**53 < share
/// ```
///
/// Raising the share only adds customers. Another salt draws anew. The default
/// takes nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    salt: String,
    /// Hashes below this one are taken.
    below: u64,
}

/// A share is not in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 0 to 1, such as 0.1 for a tenth of the customers")]
pub struct NotAShare;

impl Sample {
    /// A share of all customers.
    ///
    /// # Errors
    ///
    /// When the share is not in [0, 1].
    pub fn new(salt: String, share: f64) -> Result<Self, NotAShare> {
        if !(0.0..=1.0).contains(&share) {
            return Err(NotAShare);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 2^53"
        )]
        let below = (share * 2f64.powi(HASH_BITS.cast_signed())).ceil() as u64;
        Ok(Self { salt, below })
    }

    /// Whether a customer is one of them.
    #[must_use]
    pub fn takes(&self, customer_id: &str) -> bool {
        let mut hash = Sha256::new();
        hash.update(&self.salt);
        hash.update(b":");
        hash.update(customer_id);
        let first = hash.finalize().into_iter().take(size_of::<u64>());
        let number = first.fold(0, |number, byte| number << 8 | u64::from(byte));
        number >> (u64::BITS - HASH_BITS) < self.below
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(share: f64) -> Sample {
        Sample::new("telco-churn".to_owned(), share).unwrap()
    }

    #[test]
    fn the_hash_is_the_one_that_is_documented() {
        // By Python's hashlib, as above.
        for (id, hash) in [
            ("7590-VHVEG", 0.888_143_805_177_034_1),
            ("0042", 0.581_437_719_455_208_5),
            ("\u{5ba2}\u{6237}", 0.766_335_477_989_834_6),
        ] {
            assert!(!sample(hash).takes(id), "{id}");
            assert!(sample(hash.next_up()).takes(id), "{id}");
        }
    }

    #[test]
    fn a_larger_share_takes_the_same_customers_and_more() {
        let ids: Vec<String> = (0..20_000).map(|at| format!("customer {at}")).collect();
        let taken = |share: f64| {
            let sample = sample(share);
            ids.iter().map(|id| sample.takes(id)).collect::<Vec<_>>()
        };
        let shares = [0.0, 0.01, 0.1, 0.5, 0.9, 1.0];
        for pair in shares.windows(2) {
            let (fewer, more) = (taken(pair[0]), taken(pair[1]));
            assert!(fewer.iter().zip(&more).all(|(fewer, more)| fewer <= more));
            let share = more.iter().filter(|taken| **taken).count() as f64 / 20_000.0;
            assert!((share - pair[1]).abs() < 0.02, "{share} for {}", pair[1]);
        }
        assert!(!taken(0.0).contains(&true) && !taken(1.0).contains(&false));
    }

    #[test]
    fn a_share_is_in_0_to_1() {
        for share in [-0.1, 1.000_001, f64::NAN, f64::INFINITY] {
            assert_eq!(Sample::new(String::new(), share), Err(NotAShare));
        }
    }
}
