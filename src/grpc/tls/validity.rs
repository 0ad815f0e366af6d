//! Until when a certificate, or a list of revoked ones, is good: read from its DER
//! (RFC 5280, section 4.1 and 5.1). Whether it is to be believed is for rustls.

/// Tags of DER.
const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// `[0]`, explicit: the version of a certificate.
const VERSION: u8 = 0xa0;

/// When a certificate ends, in seconds since 1970; `None` where it is none.
pub(super) fn not_after(certificate: &[u8]) -> Option<u64> {
    let mut signed = Reader(certificate).inside(SEQUENCE)?.inside(SEQUENCE)?;
    signed.skip_if(VERSION);
    // Serial number, algorithm, issuer.
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        signed.inside(tag)?;
    }
    let mut validity = signed.inside(SEQUENCE)?;
    validity.time()?;
    validity.time()
}

/// When there is to be a newer list than this one, in seconds since 1970; `None`
/// where it does not say.
pub(super) fn next_update(list: &[u8]) -> Option<u64> {
    let mut signed = Reader(list).inside(SEQUENCE)?.inside(SEQUENCE)?;
    signed.skip_if(INTEGER);
    // Algorithm, issuer.
    for tag in [SEQUENCE, SEQUENCE] {
        signed.inside(tag)?;
    }
    signed.time()?;
    signed.time()
}

/// Values of DER, one after the other.
#[derive(Clone, Copy)]
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// The next value: its tag and its content.
    fn next(&mut self) -> Option<(u8, &'b [u8])> {
        let (&[tag, first], rest) = self.0.split_first_chunk()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            // No certificate is longer than four bytes can say.
            if !(1..=4).contains(&bytes.len()) {
                return None;
            }
            let length = bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// What is inside the next value, which has this tag.
    fn inside(&mut self, tag: u8) -> Option<Self> {
        let (found, content) = self.next()?;
        (found == tag).then_some(Self(content))
    }

    fn skip_if(&mut self, tag: u8) {
        let mut ahead = *self;
        if ahead.inside(tag).is_some() {
            *self = ahead;
        }
    }

    /// A time, in seconds since 1970; 0 for any before.
    fn time(&mut self) -> Option<u64> {
        let (year, rest) = match self.next()? {
            // 50 to 99 are of the last century.
            (UTC_TIME, text) => {
                let (year, rest) = digits(text)?;
                (if year < 50 { 2000 + year } else { 1900 + year }, rest)
            }
            (GENERALIZED_TIME, text) => {
                let (century, rest) = digits(text)?;
                let (year, rest) = digits(rest)?;
                (century * 100 + year, rest)
            }
            _ => return None,
        };
        let (month, rest) = digits(rest)?;
        let (day, rest) = digits(rest)?;
        let (hour, rest) = digits(rest)?;
        let (minute, rest) = digits(rest)?;
        let (second, rest) = digits(rest)?;
        let is_time = rest == b"Z"
            && (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && hour < 24
            && minute < 60
            && second < 61;
        if !is_time {
            return None;
        }
        let seconds = (hour * 60 + minute) * 60 + second;
        let Some(days) = days_since_1970(year, month, day) else {
            return Some(0);
        };
        Some(days * 86_400 + seconds)
    }
}

/// Two digits, and what comes after.
fn digits(text: &[u8]) -> Option<(u64, &[u8])> {
    let (&[tens, ones], rest) = text.split_first_chunk()?;
    if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
        return None;
    }
    Some((u64::from(tens - b'0') * 10 + u64::from(ones - b'0'), rest))
}

/// Of the Gregorian calendar; `None` before 1970. Years are counted from March, so
/// that a leap day is their last.
fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year.checked_sub(1)?, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    // Months from March have 31, 30, 31, 30, 31 days, again and again.
    let before_month = (153 * month + 2) / 5;
    let days = year * 365 + leap_days + before_month + day - 1;
    // From the first of March of the year 0 to the first day of 1970.
    days.checked_sub(719_468)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read() {
        for (year, month, day, wanted) in [
            (2020, 1, 1, 1_577_836_800),
            (2024, 2, 29, 1_709_164_800),
            (2026, 11, 24, 1_795_478_400),
            // From 2050 on, the year has four digits.
            (2100, 3, 1, 4_107_542_400),
            (1969, 12, 31, 0),
        ] {
            let mut params = CertificateParams::new(Vec::new()).unwrap();
            params.not_after = date_time_ymd(year, month, day);
            let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            assert_eq!(not_after(certificate.der()), Some(wanted), "{year}");
        }
    }

    #[test]
    fn what_is_cut_off_or_changed_is_none_or_another_time_and_never_a_panic() {
        let params = CertificateParams::new(Vec::new()).unwrap();
        let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let der: &[u8] = certificate.der();
        for length in 0..der.len() {
            assert_eq!(not_after(&der[..length]), None);
        }
        let mut changed = der.to_vec();
        for at in 0..der.len() {
            for value in [0, 0x7f, 0x80, 0x84, 0x88, 0xff] {
                changed[at] = value;
                let _ = (not_after(&changed), next_update(&changed));
            }
            changed[at] = der[at];
        }
    }
}
