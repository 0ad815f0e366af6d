//! The currency that amounts of money are stated in.

use std::{fmt, str::FromStr};

/// A currency by its code of ISO 4217: three upper-case letters, such as `EUR`.
///
/// The shape is checked, not the list of codes: that one changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Not a code such as `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a currency's code of ISO 4217: three upper-case letters, such as EUR")]
pub struct InvalidCurrency;

impl Currency {
    /// No currency, as ISO 4217 has it.
    pub const NONE: Self = Self(*b"XXX");

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Nothing but ASCII letters gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            Ok(_) | Err(_) => Err(InvalidCurrency),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_upper_case_letters() {
        for code in ["EUR", "USD", "XXX"] {
            assert_eq!(code.parse::<Currency>().unwrap().as_str(), code);
        }
        for wrong in ["", "eur", "EU", "EURO", " EUR", "E1R", "€", "ÄÖ"] {
            assert_eq!(wrong.parse::<Currency>(), Err(InvalidCurrency), "{wrong}");
        }
        let code: Currency = "GBP".parse().unwrap();
        assert_eq!(format!("{code:>5}"), "  GBP");
    }
}
