//! Signatures of tokens, checked by ring: the library of TLS does it, so that no
//! other cryptography comes into the program. Nothing is signed here.

use jsonwebtoken::{
    Algorithm, DecodingKey, DecodingKeyKind,
    crypto::{CryptoProvider, JwtVerifier, KeyUtils},
    errors::{Error, ErrorKind, new_error},
    signature::{self, Verifier},
};
use ring::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
        RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
        UnparsedPublicKey, VerificationAlgorithm,
    },
};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(unsupported()),
    verifier_factory: |algorithm, key| {
        let check = Check::new(*algorithm, key)?;
        Ok(Box::new(check))
    },
    // For writing keys, which nobody does.
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(unsupported()),
        rsa_pub_components_from_public_key: |_| Err(unsupported()),
        ec_pub_components_from_private_key: |_, _| Err(unsupported()),
        ed_pub_components_from_private_key: |_, _| Err(unsupported()),
        compute_digest: |_, _| Err(unsupported()),
    },
};

/// Has tokens checked by ring.
pub(super) fn install() {
    // An error means that somebody has done so before.
    let _ = PROVIDER.install_default();
}

fn unsupported() -> Error {
    new_error(ErrorKind::UnsupportedAlgorithm)
}

/// An algorithm, and the parameters that it has in ring.
#[derive(Clone, Copy)]
enum Method {
    Secret(hmac::Algorithm),
    Rsa(&'static RsaParameters),
    Point(&'static dyn VerificationAlgorithm),
}

struct Check {
    algorithm: Algorithm,
    method: Method,
    key: DecodingKey,
}

impl Check {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        let method = match algorithm {
            Algorithm::HS256 => Method::Secret(hmac::HMAC_SHA256),
            Algorithm::HS384 => Method::Secret(hmac::HMAC_SHA384),
            Algorithm::HS512 => Method::Secret(hmac::HMAC_SHA512),
            Algorithm::RS256 => Method::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            Algorithm::RS384 => Method::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            Algorithm::RS512 => Method::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            Algorithm::PS256 => Method::Rsa(&RSA_PSS_2048_8192_SHA256),
            Algorithm::PS384 => Method::Rsa(&RSA_PSS_2048_8192_SHA384),
            Algorithm::PS512 => Method::Rsa(&RSA_PSS_2048_8192_SHA512),
            Algorithm::ES256 => Method::Point(&ECDSA_P256_SHA256_FIXED),
            Algorithm::ES384 => Method::Point(&ECDSA_P384_SHA384_FIXED),
            Algorithm::EdDSA => Method::Point(&ED25519),
            _ => return Err(unsupported()),
        };
        // A public key is never a secret, whatever a token says.
        if key.family() != algorithm.family() {
            return Err(unsupported());
        }
        Ok(Self {
            algorithm,
            method,
            key: key.clone(),
        })
    }
}

impl Verifier<Vec<u8>> for Check {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let checked = match (self.method, self.key.kind()) {
            (Method::Secret(algorithm), DecodingKeyKind::SecretOrDer(secret)) => {
                hmac::verify(&hmac::Key::new(algorithm, secret), message, signature)
            }
            (Method::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (Method::Point(algorithm), DecodingKeyKind::SecretOrDer(point)) => {
                UnparsedPublicKey::new(algorithm, point).verify(message, signature)
            }
            (Method::Rsa(_), DecodingKeyKind::SecretOrDer(_))
            | (Method::Secret(_) | Method::Point(_), DecodingKeyKind::RsaModulusExponent { .. }) => {
                Err(ring::error::Unspecified)
            }
        };
        checked.map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Check {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
