//! Time zones, which calendar days depend on.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, tz};

/// A time zone: a fixed distance from UTC, or a place of the IANA database,
/// which is part of this program.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeZone {
    name: String,
    rule: ZoneRule,
}

#[derive(Debug, Clone, PartialEq)]
enum ZoneRule {
    /// Seconds east of UTC.
    Offset(i64),
    Place(tz::TimeZone),
}

/// No time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be UTC, an offset such as +01:00, or a place such as Europe/London")]
pub struct InvalidTimeZone;

impl TimeZone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            rule: ZoneRule::Offset(0),
        }
    }

    /// Seconds since 1970 on the clocks of the zone, at an instant.
    pub(super) fn local(&self, instant: i64) -> Option<i64> {
        match &self.rule {
            ZoneRule::Offset(offset) => instant.checked_add(*offset),
            ZoneRule::Place(place) => {
                let stamp = Timestamp::from_second(instant).ok()?;
                instant.checked_add(place.to_offset(stamp).seconds().into())
            }
        }
    }

    /// The instant at which the zone's clocks show `local`. A time that comes
    /// twice in autumn is the first of both; one that is left out in spring is
    /// taken by the clock of before.
    pub(super) fn instant(&self, local: i64) -> Option<i64> {
        match &self.rule {
            ZoneRule::Offset(offset) => local.checked_sub(*offset),
            ZoneRule::Place(place) => {
                let clock = tz::Offset::UTC.to_datetime(Timestamp::from_second(local).ok()?);
                let stamp = place.to_ambiguous_timestamp(clock).compatible().ok()?;
                Some(stamp.as_second())
            }
        }
    }
}

impl FromStr for TimeZone {
    type Err = InvalidTimeZone;

    fn from_str(text: &str) -> Result<Self, InvalidTimeZone> {
        let text = text.trim();
        if ["UTC", "utc", "Z"].contains(&text) {
            return Ok(Self::utc());
        }
        let rule = if let Some(offset) = offset(text.as_bytes()) {
            ZoneRule::Offset(offset)
        } else {
            let place = tz::TimeZoneDatabase::bundled().get(text);
            ZoneRule::Place(place.map_err(|_| InvalidTimeZone)?)
        };
        Ok(Self {
            name: text.to_owned(),
            rule,
        })
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Seconds of an offset such as `+01:00`, `-0330` or `+05`; below a day.
pub(super) fn offset(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i64::from(10 * (tens - b'0') + (ones - b'0')))
    };
    let (hours, minutes) = match *digits {
        [a, b] => (two(a, b)?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (two(a, b)?, two(c, d)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_follow_the_place_and_the_season() {
        let london: TimeZone = "Europe/London".parse().unwrap();
        let summer = 1_309_478_400; // 2011-07-01T00:00:00Z
        let winter = 1_322_697_600; // 2011-12-01T00:00:00Z
        assert_eq!(london.local(summer), Some(summer + 3600));
        assert_eq!(london.local(winter), Some(winter));
        for instant in [summer, winter] {
            let local = london.local(instant).unwrap();
            assert_eq!(london.instant(local), Some(instant));
        }
        let east: TimeZone = "+05:30".parse().unwrap();
        assert_eq!(east.local(0), Some(19_800));
        assert_eq!(east.instant(19_800), Some(0));
    }

    #[test]
    fn zones_are_checked() {
        for wrong in ["", "Mars/Olympus", "+25:00", "+1", "01:00", "+01:0٠"] {
            assert_eq!(wrong.parse::<TimeZone>(), Err(InvalidTimeZone), "{wrong}");
        }
        assert_eq!(offset(b"-0330"), Some(-12_600));
    }
}
