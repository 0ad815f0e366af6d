//! Signed tokens (JWT, RFC 7519) of issuers whose keys are known.
//!
//! Each key is for the algorithms that it states, or those of its issuer that are
//! of its kind: what a token says of itself chooses among them and never adds one.
//! `none` is no algorithm, and a public key is never a secret.

mod fetch;
mod key_set;
mod provider;
mod remembered;
mod wishes;

use std::time::Duration;

use jsonwebtoken::{Header, Validation, dangerous::insecure_decode, decode, errors::ErrorKind};
use serde::Deserialize;

use super::{Models, Rates, Refused, Scope, Scopes};

pub use fetch::follow;
pub use jsonwebtoken::Algorithm;
pub use key_set::{InvalidKeySet, KeySet};
pub(super) use remembered::Remembered;
pub(super) use wishes::Wishes;

/// The longest token, in bytes. No more of one is looked at.
pub const MAX_BYTES: usize = 8192;
/// The longest subject, in bytes: it names a principal.
const MAX_SUBJECT_BYTES: usize = 256;

/// Who issues tokens, and what they are good for.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// As the access file calls it.
    pub name: String,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// One of these must be in the `aud` of a token.
    pub audiences: Vec<String>,
    /// What it signs by.
    pub algorithms: Vec<Algorithm>,
    /// How far apart the clocks may be.
    pub leeway: Duration,
    /// Where its keys are.
    pub keys: Keys,
    /// The most that a token's own `scope` grants a subject that the access file
    /// does not name.
    pub scopes: Scopes,
    /// The models of such a subject.
    pub models: Models,
    /// How much all such subjects may ask for together.
    pub quota: Option<Rates>,
}

/// Where the keys of an issuer are.
#[derive(Debug, Clone)]
pub enum Keys {
    /// In a file, which has been read.
    Here(KeySet),
    /// At an address, which is asked again and again.
    At(KeysAddress),
}

/// Where keys are had over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeysAddress {
    /// An `https` address.
    pub url: String,
    /// How often it is asked.
    pub every: Duration,
}

/// What a token says, whose signature and times are in order.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) subject: String,
    /// When it ends, since 1970, with the leeway.
    pub(super) expires: Duration,
    /// What it asks for.
    pub(super) scopes: Scopes,
}

#[derive(Deserialize)]
struct Claims {
    /// A single one: the library would take any of a list.
    #[serde(rename = "iss")]
    _issuer: String,
    sub: String,
    exp: f64,
    #[serde(default, alias = "scp")]
    scope: ScopeClaim,
}

/// RFC 8693 has a text with blanks; some issuers write a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum ScopeClaim {
    Text(String),
    List(Vec<String>),
}

impl Default for ScopeClaim {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl ScopeClaim {
    /// Names of other services are passed over.
    fn scopes(&self) -> Scopes {
        let known = |name: &str| name.parse::<Scope>().ok();
        match self {
            Self::Text(names) => names.split(' ').filter_map(known).collect(),
            Self::List(names) => names.iter().filter_map(|name| known(name)).collect(),
        }
    }
}

/// An algorithm of RFC 7518 by its name. There is no `none`.
#[must_use]
pub fn algorithm(name: &str) -> Option<Algorithm> {
    name.parse().ok()
}

/// The token of `authorization` metadata, if there is any.
///
/// # Errors
///
/// [`Refused::Malformed`] where it is not `Bearer` and a token of visible
/// characters, or stands there twice; [`Refused::TooLarge`].
pub fn bearer<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<&'a str>, Refused> {
    let mut values = values.into_iter();
    let (value, other) = (values.next(), values.next());
    let Some(value) = value else {
        return Ok(None);
    };
    if other.is_some() {
        return Err(Refused::Malformed);
    }
    let (scheme, token) = value.split_at_checked(7).ok_or(Refused::Malformed)?;
    if token.len() > MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    if !scheme.eq_ignore_ascii_case(b"Bearer ")
        || token.is_empty()
        || !token.iter().all(u8::is_ascii_graphic)
    {
        return Err(Refused::Malformed);
    }
    let token = str::from_utf8(token).map_err(|_| Refused::Malformed)?;
    Ok(Some(token))
}

/// What a token says of itself. It says whose keys may verify it, and nothing else
/// is made of it before they have.
pub(super) struct Unverified {
    pub(super) header: Header,
    pub(super) issuer: String,
}

#[derive(Deserialize)]
struct UnverifiedClaims {
    iss: String,
}

/// Reads what may be a token.
pub(super) fn unverified(token: &str) -> Option<Unverified> {
    let read = insecure_decode::<UnverifiedClaims>(token).ok()?;
    // What must be understood is not.
    read.header.crit.is_none().then_some(Unverified {
        header: read.header,
        issuer: read.claims.iss,
    })
}

impl Issuer {
    /// Whether a token of this header may be signed by a key that is none of these.
    pub(super) fn lacks(&self, header: &Header, keys: &KeySet) -> bool {
        self.algorithms.contains(&header.alg) && keys.lacks(header)
    }

    /// Checks a token against the issuer's keys.
    pub(super) fn verify(
        &self,
        token: &str,
        header: &Header,
        keys: &KeySet,
    ) -> Result<Verified, Refused> {
        // The keys may be of a time, or of an issuer, with other algorithms.
        if !self.algorithms.contains(&header.alg) {
            return Err(Refused::Unknown);
        }
        provider::install();
        let mut validation = Validation::new(header.alg);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&self.audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let mut refused = Refused::Unknown;
        for key in keys.fitting(header) {
            match decode::<Claims>(token, key, &validation) {
                Ok(verified) => return self.read(verified.claims),
                Err(error) => refused = worse(refused, reason(error.kind())),
            }
        }
        Err(refused)
    }

    fn read(&self, claims: Claims) -> Result<Verified, Refused> {
        let Claims {
            _issuer,
            sub,
            exp,
            scope,
        } = claims;
        // It is written into log lines.
        if !(1..=MAX_SUBJECT_BYTES).contains(&sub.len()) || sub.contains(char::is_control) {
            return Err(Refused::Unknown);
        }
        let expires = Duration::try_from_secs_f64(exp).map_err(|_| Refused::Unknown)?;
        Ok(Verified {
            subject: sub,
            expires: expires.saturating_add(self.leeway),
            scopes: scope.scopes().and(self.scopes),
        })
    }
}

/// What says more of a token than that it is unknown: its signature is genuine.
pub(super) fn worse(one: Refused, other: Refused) -> Refused {
    if one == Refused::Unknown { other } else { one }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "of a forger's token, nothing more is told"
)]
fn reason(kind: &ErrorKind) -> Refused {
    match kind {
        ErrorKind::ExpiredSignature => Refused::Expired,
        ErrorKind::ImmatureSignature => Refused::NotYet,
        ErrorKind::InvalidIssuer => Refused::Issuer,
        ErrorKind::InvalidAudience => Refused::Audience,
        _ => Refused::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bearer_token_of_a_sane_length() {
        let read = |values: &[&'static str]| bearer(values.iter().map(|v| v.as_bytes()));
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&["Bearer abc"]), Ok(Some("abc")));
        assert_eq!(read(&["bearer a.b-c_~+/="]), Ok(Some("a.b-c_~+/=")));
        for values in [
            &["Bearer a", "Bearer a"][..],
            &[""],
            &["Bearer"],
            &["Bearer "],
            &["Bearer  a"],
            &["Bearer a b"],
            &["Basic YTpi"],
            &["Bearer é"],
        ] {
            assert_eq!(read(values), Err(Refused::Malformed), "{values:?}");
        }
        let token = |length| format!("Bearer {}", "a".repeat(length));
        assert!(bearer([token(MAX_BYTES).as_bytes()]).is_ok());
        let long = token(MAX_BYTES + 1);
        assert_eq!(bearer([long.as_bytes()]), Err(Refused::TooLarge));
    }

    #[test]
    fn scopes_are_a_text_or_a_list() {
        for claims in [
            r#"{"iss": "i", "sub": "s", "exp": 1, "scope": "openid score"}"#,
            r#"{"iss": "i", "sub": "s", "exp": 1.5, "scp": ["score", "x"]}"#,
        ] {
            let claims: Claims = serde_json::from_str(claims).unwrap();
            let wanted = [Scope::Score].into_iter().collect();
            assert_eq!(claims.scope.scopes(), wanted);
        }
    }
}
