use proptest::prelude::*;

use super::*;
use crate::artifact::{Digest, Version};

/// Of RFC 8032, 7.1, test 1.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// By `openssl pkey -pubin -outform DER | sha256sum`.
const ID: &str = "06e3fd8fda29bb60ab59557de61edb0a";
/// By `openssl pkeyutl -sign -rawin`.
const SIGNATURE: &str =
    "NAg08qogfCNcr9sYvHgo1j7IB3x8UETP5TIOgAzujWp4fgiHTeGE/qYBvDgCJubMe7bf2iZ1Q8z0LM/6O6juBA==";

fn key() -> SigningKey {
    PRIVATE.parse().unwrap()
}

fn identity(name: &str, version: u32, content: &[u8]) -> Identity {
    Identity {
        name: name.parse().unwrap(),
        version: Version::new(version).unwrap(),
        digest: Digest::of(content),
    }
}

fn trust(policy: SignaturePolicy) -> Trust {
    let ann = TrustedKey {
        name: "ann".to_owned(),
        key: key().public(),
        models: None,
    };
    Trust::new(policy, TrustedKeys::new([ann], BTreeMap::new()))
}

#[test]
fn what_is_signed_is_what_openssl_signs() {
    let telco = identity("telco-churn", 2, b"abc");
    assert_eq!(
        String::from_utf8(statement(&telco)).unwrap(),
        "holdfast model version, statement 1\nname telco-churn\nversion 2\nmanifest \
         sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
    );
    assert_eq!(key().public().to_string(), PUBLIC);
    assert_eq!(PUBLIC.parse::<PublicKey>().unwrap(), key().public());
    assert_eq!(key().public().id().to_string(), ID);
    let written = write(&Signatures::of(&telco, &key())).unwrap();
    let text = format!(
        "{{\n  \"format\": 1,\n  \"signatures\": [\n    {{\n      \"key\": \"{ID}\",\n      \"ed25519\": \"{SIGNATURE}\"\n    }}\n  ]\n}}\n"
    );
    assert_eq!(String::from_utf8(written).unwrap(), text);
}

#[test]
fn a_signature_is_of_one_model_version_and_content() {
    let signed = Signatures::of(&identity("telco", 2, b"a"), &key());
    let admit = |identity| trust(SignaturePolicy::Require).admit(&identity, Ok(signed.clone()));
    assert_eq!(admit(identity("telco", 2, b"a")).unwrap().signers, ["ann"]);
    for other in [
        identity("telco", 3, b"a"),
        identity("telcp", 2, b"a"),
        identity("telco", 2, b"b"),
        identity("telco", 22, b"a"),
    ] {
        assert_eq!(admit(other).unwrap_err(), Doubt::Wrong("ann".to_owned()));
    }
}

#[test]
fn a_policy_says_what_becomes_of_the_unsigned() {
    let telco = identity("telco", 1, b"a");
    let unsigned = || Ok(Signatures::default());
    let admit = |policy| trust(policy).admit(&telco, unsigned());
    assert_eq!(admit(SignaturePolicy::Require), Err(Doubt::Unsigned));
    let warned = admit(SignaturePolicy::Warn).unwrap();
    assert_eq!(warned.doubt, Some(Doubt::Unsigned));
    assert_eq!(admit(SignaturePolicy::Off).unwrap(), Vouched::default());
}

#[test]
fn keys_are_trusted_for_their_models_and_versions_from_the_oldest_on() {
    let telco = identity("telco", 2, b"a");
    let signed = Signatures::of(&telco, &key());
    let admit = |models: Option<&str>, oldest: u32| {
        let ann = TrustedKey {
            name: "ann".to_owned(),
            key: key().public(),
            models: models.map(|name| [name.parse().unwrap()].into()),
        };
        let oldest = [("telco".parse().unwrap(), Version::new(oldest).unwrap())];
        let keys = TrustedKeys::new([ann], oldest.into());
        let trust = Trust::new(SignaturePolicy::Require, keys);
        trust.admit(&telco, Ok(signed.clone())).map(|v| v.signers)
    };
    assert!(admit(None, 2).is_ok());
    assert!(admit(Some("telco"), 1).is_ok());
    let other = Doubt::OtherModels("ann".to_owned());
    assert_eq!(admit(Some("other"), 1), Err(other));
    let oldest = Version::new(3).unwrap();
    assert_eq!(admit(None, 3), Err(Doubt::TooOld(oldest)));
}

/// Keys rotate: a version may have signatures of keys that a server does not know.
#[test]
fn one_trusted_key_is_enough_and_none_of_them_may_fail() {
    let telco = identity("telco", 2, b"a");
    let second: SigningKey = SigningKey::generate().unwrap().parse().unwrap();
    let both = Signatures::of(&telco, &key())
        .with(&Signatures::of(&telco, &second))
        .unwrap();
    let admit = |signatures| trust(SignaturePolicy::Require).admit(&telco, Ok(signatures));
    assert_eq!(admit(both).unwrap().signers, ["ann"]);
    let only = Signatures::of(&telco, &second);
    let untrusted = Doubt::Untrusted(second.public().id().to_string());
    assert_eq!(admit(only).unwrap_err(), untrusted);
}

#[test]
fn there_are_so_many_signatures_at_most() {
    let telco = identity("telco", 2, b"a");
    let mut all = Signatures::default();
    let another = || -> SigningKey { SigningKey::generate().unwrap().parse().unwrap() };
    for _ in 0..MAX_SIGNATURES {
        all = all.with(&Signatures::of(&telco, &another())).unwrap();
    }
    let written = write(&all).unwrap();
    assert!(written.len() as u64 <= MAX_BYTES, "{}", written.len());
    assert_eq!(parse(&written).unwrap(), all);
    let more = all.with(&Signatures::of(&telco, &another()));
    assert_eq!(more.unwrap_err(), TooManySignatures);
}

#[test]
fn what_is_no_key_is_refused() {
    let cut = PRIVATE.replace("MC4C", "MC4D");
    for pem in ["", PUBLIC, &cut, &PRIVATE.replace("PRIVATE", "PUBLIC")] {
        assert!(pem.parse::<SigningKey>().is_err(), "{pem}");
    }
    let shorter = &PUBLIC[..PUBLIC.len() - 4];
    let spaced = format!(" {PUBLIC}");
    for text in [
        "",
        shorter,
        &spaced,
        &PUBLIC.replace("MCow", "MCox"),
        PRIVATE,
    ] {
        assert!(text.parse::<PublicKey>().is_err(), "{text}");
    }
    let made: SigningKey = SigningKey::generate().unwrap().parse().unwrap();
    assert!(!format!("{made:?}").is_empty());
    assert_ne!(made.public(), key().public());
}

proptest! {
    #[test]
    fn every_byte_of_the_signatures_counts(at in 0usize..1000, flip in 1u8..=255) {
        let telco = identity("telco-churn", 2, b"abc");
        let mut bytes = write(&Signatures::of(&telco, &key())).unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        let admitted = trust(SignaturePolicy::Require).admit(&telco, parse(&bytes));
        prop_assert!(admitted.is_err());
    }

    #[test]
    fn no_bytes_make_reading_fail(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
    }
}
