//! Who moves an alias, and why.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::customer::{Day, Violations};

const MAX_ACTOR_BYTES: usize = 256;
const MAX_REASON_BYTES: usize = 1024;
const SECONDS_PER_DAY: u64 = 86_400;

/// Who asks for a change, why, and when. Nothing vouches for the name; where the
/// server knows who called, it does for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    actor: String,
    reason: String,
    principal: Option<String>,
    time: SystemTime,
}

impl Author {
    /// # Errors
    ///
    /// When `actor` is empty or longer than 256 bytes, `reason` longer than
    /// 1,024, or one of them holds a control character.
    pub fn new(actor: &str, reason: &str, time: SystemTime) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if actor.trim().is_empty() {
            violations.push("actor", "is required: a name for the audit log");
        }
        for (field, text, limit) in [
            ("actor", actor, MAX_ACTOR_BYTES),
            ("reason", reason, MAX_REASON_BYTES),
        ] {
            if text.len() > limit {
                violations.push(field, format!("must be at most {limit} bytes"));
            }
            if text.chars().any(char::is_control) {
                violations.push(field, "must not hold control characters");
            }
        }
        violations.into_result(Self {
            actor: actor.to_owned(),
            reason: reason.to_owned(),
            principal: None,
            time,
        })
    }

    /// With the principal that called, if it is known.
    #[must_use]
    pub fn vouched(mut self, principal: Option<&str>) -> Self {
        self.principal = principal.map(str::to_owned);
        self
    }

    /// The principal that called, if it is known.
    #[must_use]
    pub fn principal(&self) -> Option<&str> {
        self.principal.as_deref()
    }

    /// Who.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// Why; may be empty.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// When, in UTC, as RFC 3339 writes it, to the second.
    pub(super) fn timestamp(&self) -> String {
        // A clock before 1970 is not set.
        let since_1970 = self.time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since_1970.as_secs();
        let day = i64::try_from(seconds / SECONDS_PER_DAY)
            .ok()
            .and_then(Day::from_days_since_1970);
        let (hour, minute) = (seconds / 3600 % 24, seconds / 60 % 60);
        let second = seconds % 60;
        match day {
            Some(day) => format!("{day}T{hour:02}:{minute:02}:{second:02}Z"),
            None => "9999-12-31T23:59:59Z".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn timestamps_are_of_rfc_3339() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (1_795_427_999, "2026-11-23T09:59:59Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(Author::new("a", "", time).unwrap().timestamp(), text);
        }
    }

    #[test]
    fn a_log_line_cannot_be_forged() {
        let refused = |actor: &str, reason: &str| {
            let violations = Author::new(actor, reason, UNIX_EPOCH).unwrap_err();
            let fields = violations.listed().iter().map(|v| v.field().to_owned());
            fields.collect::<Vec<_>>()
        };
        assert_eq!(refused("", ""), ["actor"]);
        assert_eq!(refused(" ", "a\nb"), ["actor", "reason"]);
        assert_eq!(
            refused(&"x".repeat(257), &"x".repeat(1025)),
            ["actor", "reason"]
        );
    }
}
