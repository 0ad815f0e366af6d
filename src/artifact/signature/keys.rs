//! Keys that sign versions, and those that tell who did: Ed25519 (RFC 8032), in the
//! form of RFC 8410, which openssl reads and writes too.

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use rustls::pki_types::{PrivatePkcs8KeyDer, pem::PemObject};

use crate::artifact::Digest;

/// The lengths of RFC 8032, in bytes.
const KEY_BYTES: usize = 32;
pub(super) const SIGNATURE_BYTES: usize = 64;
/// What stands before the 32 bytes of a public key in its DER.
const PUBLIC_DER: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// What stands before the 32 bytes of a private key in its PKCS #8.
const PRIVATE_DER: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// How many hex digits of a digest name a key.
const ID_DIGITS: usize = 32;

/// What names a key: the first 32 hex digits of the SHA-256 of the DER of the
/// public key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(String);

/// Tells whether its private key signed something. Written as the base64 of its DER:
/// what stands between the lines of a PEM file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; KEY_BYTES]);

/// Signs. It is never shown.
pub struct SigningKey(Ed25519KeyPair);

/// Not a key that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Not a public key.
    #[error("must be the base64 of an Ed25519 public key, as `holdfast-train new-key` prints it")]
    Public,
    /// Not a private key.
    #[error("is no Ed25519 private key in PEM (PKCS #8); make one with `holdfast-train new-key`")]
    Private,
    /// The system gives no random numbers.
    #[error("cannot be made: the system gives no random numbers")]
    NoRandomness,
}

impl FromStr for KeyId {
    type Err = InvalidKey;

    fn from_str(id: &str) -> Result<Self, InvalidKey> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if id.len() == ID_DIGITS && id.bytes().all(hex) {
            Ok(Self(id.to_owned()))
        } else {
            Err(InvalidKey::Public)
        }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PublicKey {
    /// What names it.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = Digest::of(&self.der());
        KeyId(digest.as_str().chars().take(ID_DIGITS).collect())
    }

    /// Whether its private key signed exactly this.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(message, signature).is_ok()
    }

    fn der(&self) -> Vec<u8> {
        [PUBLIC_DER.as_slice(), self.0.as_slice()].concat()
    }
}

impl FromStr for PublicKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let der = STANDARD.decode(text).map_err(|_| InvalidKey::Public)?;
        let key = der.strip_prefix(&PUBLIC_DER).ok_or(InvalidKey::Public)?;
        key.try_into().map(Self).map_err(|_| InvalidKey::Public)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.der()))
    }
}

impl SigningKey {
    /// A new key, as PEM.
    ///
    /// # Errors
    ///
    /// When the system gives no random numbers.
    pub fn generate() -> Result<String, InvalidKey> {
        let mut seed = [0; KEY_BYTES];
        let random = SystemRandom::new();
        random
            .fill(&mut seed)
            .map_err(|_| InvalidKey::NoRandomness)?;
        let der = STANDARD.encode([PRIVATE_DER.as_slice(), &seed].concat());
        Ok(format!(
            "-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n"
        ))
    }

    /// Tells who signed by it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut key = [0; KEY_BYTES];
        // Of that length, by RFC 8032.
        key.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(key)
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let mut bytes = [0; SIGNATURE_BYTES];
        // Likewise.
        bytes.copy_from_slice(self.0.sign(message).as_ref());
        bytes
    }
}

impl FromStr for SigningKey {
    type Err = InvalidKey;

    /// Reads PEM, PKCS #8 with or without the public key.
    fn from_str(pem: &str) -> Result<Self, InvalidKey> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| InvalidKey::Private)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
        pair.map(Self).map_err(|_| InvalidKey::Private)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public()).finish()
    }
}
