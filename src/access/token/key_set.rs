//! The keys of an issuer (a JWK Set, RFC 7517), each with its algorithms.

use jsonwebtoken::{
    Algorithm, DecodingKey, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse},
};

use crate::access::KeyDigest;

/// The most keys of a set: a caller may have each of them tried.
const MAX_KEYS: usize = 32;
/// The shortest secret, in bytes (RFC 7518, section 3.2).
const MIN_SECRET_BYTES: usize = 32;

/// Keys that signatures are checked by.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: Vec<Key>,
    /// Of the document that they come from.
    digest: KeyDigest,
    /// What it was read for.
    algorithms: Vec<Algorithm>,
}

/// Of the same document, read for the same algorithms.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest && self.algorithms == other.algorithms
    }
}

#[derive(Debug, Clone)]
struct Key {
    id: Option<String>,
    decoding: DecodingKey,
    algorithms: Vec<Algorithm>,
}

/// Not a set of keys that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeySet {
    /// Something else.
    #[error("is no JWK set: {0}")]
    Json(String),
    /// None of its keys is for an algorithm of the issuer.
    #[error("holds no signing key of the algorithms {0:?}")]
    NoKey(Vec<Algorithm>),
    /// More than any issuer has.
    #[error("holds more than {MAX_KEYS} keys")]
    TooMany,
    /// A secret that can be guessed.
    #[error("holds a secret of fewer than {MIN_SECRET_BYTES} bytes")]
    ShortSecret,
}

impl KeySet {
    /// Reads a document; keys for other things than signatures by these algorithms
    /// are passed over.
    ///
    /// # Errors
    ///
    /// When it is none, or no key is left.
    pub fn read(document: &[u8], algorithms: &[Algorithm]) -> Result<Self, InvalidKeySet> {
        let set: JwkSet = serde_json::from_slice(document)
            // The position, and none of the content.
            .map_err(|error| InvalidKeySet::Json(format!("line {}", error.line())))?;
        if set.keys.len() > MAX_KEYS {
            return Err(InvalidKeySet::TooMany);
        }
        let mut keys = Vec::with_capacity(set.keys.len());
        for jwk in &set.keys {
            keys.extend(Key::read(jwk, algorithms)?);
        }
        if keys.is_empty() {
            return Err(InvalidKeySet::NoKey(algorithms.to_vec()));
        }
        let digest = KeyDigest::of(document);
        Ok(Self {
            keys,
            digest,
            algorithms: algorithms.to_vec(),
        })
    }

    /// Whether a header names a key that is none of these.
    pub(super) fn lacks(&self, header: &Header) -> bool {
        let is_named = |key: &Key| key.id.is_none() || key.id == header.kid;
        header.kid.is_some() && !self.keys.iter().any(is_named)
    }

    /// Those that may have signed a token with this header.
    pub(super) fn fitting(&self, header: &Header) -> impl Iterator<Item = &DecodingKey> {
        let fits = |key: &&Key| {
            let named = match (&key.id, &header.kid) {
                (Some(id), Some(named)) => id == named,
                _ => true,
            };
            named && key.algorithms.contains(&header.alg)
        };
        self.keys.iter().filter(fits).map(|key| &key.decoding)
    }
}

impl Key {
    fn read(jwk: &Jwk, algorithms: &[Algorithm]) -> Result<Option<Self>, InvalidKeySet> {
        let Jwk { common, algorithm } = jwk;
        if !matches!(common.public_key_use, None | Some(PublicKeyUse::Signature)) {
            return Ok(None);
        }
        let stated = common.key_algorithm;
        let own = kind(algorithm).iter().copied().filter(|own| {
            let is_stated =
                stated.is_none_or(|stated| Algorithm::try_from(stated).as_ref() == Ok(own));
            is_stated && algorithms.contains(own)
        });
        let own: Vec<Algorithm> = own.collect();
        let Ok(key) = DecodingKey::from_jwk(jwk) else {
            return Ok(None);
        };
        if own.is_empty() {
            return Ok(None);
        }
        if let (AlgorithmParameters::OctetKey(_), Ok(secret)) = (algorithm, key.try_get_as_bytes())
            && secret.len() < MIN_SECRET_BYTES
        {
            return Err(InvalidKeySet::ShortSecret);
        }
        Ok(Some(Self {
            id: common.key_id.clone(),
            decoding: key,
            algorithms: own,
        }))
    }
}

/// The algorithms of a kind of key.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "nothing is signed by a key of any other kind"
)]
fn kind(parameters: &AlgorithmParameters) -> &'static [Algorithm] {
    use Algorithm::{
        ES256, ES384, EdDSA, HS256, HS384, HS512, PS256, PS384, PS512, RS256, RS384, RS512,
    };

    match parameters {
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[ES384],
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[EdDSA],
        AlgorithmParameters::OctetKey(_) => &[HS256, HS384, HS512],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str =
        r#"{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn read(keys: &str, algorithms: &[Algorithm]) -> Result<usize, InvalidKeySet> {
        let document = format!(r#"{{"keys": [{keys}]}}"#);
        KeySet::read(document.as_bytes(), algorithms).map(|set| set.keys.len())
    }

    #[test]
    fn a_key_is_for_its_own_algorithms_only() {
        use Algorithm::{EdDSA, HS256, HS512, RS256};

        assert_eq!(read(ED, &[EdDSA, RS256]), Ok(1));
        let none = Err(InvalidKeySet::NoKey(vec![RS256, HS256]));
        assert_eq!(read(ED, &[RS256, HS256]), none);
        let enc = ED.replace("\"OKP\"", "\"OKP\", \"use\": \"enc\"");
        assert_eq!(read(&enc, &[EdDSA]), Err(InvalidKeySet::NoKey(vec![EdDSA])));
        let secret = |bytes: usize| {
            format!(
                r#"{{"kty": "oct", "alg": "HS256", "k": "{}"}}"#,
                "A".repeat(bytes)
            )
        };
        assert_eq!(read(&secret(43), &[HS256, HS512]), Ok(1));
        assert_eq!(
            read(&secret(43), &[HS512]),
            Err(InvalidKeySet::NoKey(vec![HS512]))
        );
        assert_eq!(read(&secret(42), &[HS256]), Err(InvalidKeySet::ShortSecret));
    }

    #[test]
    fn a_set_read_for_other_algorithms_is_another() {
        use Algorithm::{EdDSA, RS256};

        let document = format!(r#"{{"keys": [{ED}]}}"#);
        let read = |algorithms: &[_]| KeySet::read(document.as_bytes(), algorithms).unwrap();
        assert_eq!(read(&[EdDSA]), read(&[EdDSA]));
        assert_ne!(read(&[EdDSA]), read(&[EdDSA, RS256]));
    }

    #[test]
    fn what_is_no_key_set_is_refused_without_repeating_it() {
        let error = KeySet::read(b"{\"keys\": \"secret\"}", &[Algorithm::ES256]).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
        let many = [ED; 33].join(",");
        assert_eq!(
            read(&many, &[Algorithm::EdDSA]),
            Err(InvalidKeySet::TooMany)
        );
    }
}
