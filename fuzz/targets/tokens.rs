//! What callers show and what issuers publish. By the first byte: `authorization` as it
//! is, which nobody gets in by; the header and the claims of a token, a line each, signed
//! with the issuer's secret, and let in only if both are in order; a document of keys.

#![no_main]

use std::{
    collections::BTreeMap,
    sync::LazyLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use holdfast::access::{
    Access, Models, Refused, Scope, Stated,
    token::{self, Algorithm, Issuer, KeySet, Keys},
};
use libfuzzer_sys::fuzz_target;
use ring::hmac;
use serde_json::Value;

const ISSUER: &str = "https://id/";
const AUDIENCE: &str = "holdfast";
const SECRET: &[u8; 32] = b"a secret of thirty-two bytes ...";
const LEEWAY: u64 = 30;
const ALGORITHMS: [Algorithm; 3] = [Algorithm::HS256, Algorithm::ES256, Algorithm::RS256];

static ACCESS: LazyLock<Access> = LazyLock::new(|| {
    let secret = URL_SAFE_NO_PAD.encode(SECRET);
    let keys = format!(r#"{{"keys": [{{"kty": "oct", "alg": "HS256", "k": "{secret}"}}]}}"#);
    let issuer = Issuer {
        name: "company".to_owned(),
        issuer: ISSUER.to_owned(),
        audiences: vec![AUDIENCE.to_owned()],
        algorithms: ALGORITHMS.to_vec(),
        leeway: Duration::from_secs(LEEWAY),
        keys: Keys::Here(KeySet::read(keys.as_bytes(), &ALGORITHMS).unwrap()),
        scopes: [Scope::Score].into_iter().collect(),
        models: Models::All,
        quota: None,
    };
    let stated = Stated {
        issuers: vec![issuer],
        ..Stated::default()
    };
    Access::new(&stated, &BTreeMap::new(), None)
});

fuzz_target!(|input: &[u8]| {
    let Some((kind, rest)) = input.split_first() else {
        return;
    };
    match kind % 3 {
        0 => shown(rest),
        1 => signed(rest),
        _ => drop(KeySet::read(rest, &ALGORITHMS)),
    }
});

fn shown(value: &[u8]) {
    if let Ok(token) = token::bearer([value]) {
        let known = ACCESS.authenticate(token, None);
        assert!(known.is_err(), "nobody signed it: {known:?}");
    }
}

fn signed(parts: &[u8]) {
    let mut lines = parts.splitn(2, |byte| *byte == b'\n');
    let [header, claims] = [(); 2].map(|()| lines.next().unwrap_or_default());
    let message = [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let signature = hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA256, SECRET),
        message.as_bytes(),
    );
    let value = format!("Bearer {message}.{}", URL_SAFE_NO_PAD.encode(signature));
    let token = match token::bearer([value.as_bytes()]) {
        Ok(token) => token,
        Err(error) => return assert_eq!(error, Refused::TooLarge),
    };
    let Ok(principal) = ACCESS.authenticate(token, None) else {
        return;
    };
    let [header, claims] = [header, claims].map(serde_json::from_slice::<Value>);
    // What nobody reads may be no UTF-8, or a number that is too large.
    let (Ok(header), Ok(claims)) = (header, claims) else {
        return;
    };
    assert_eq!(header["alg"], "HS256");
    assert_eq!(claims["iss"], ISSUER);
    let audience = &claims["aud"];
    let audiences = audience.as_array().into_iter().flatten();
    assert!(
        audiences
            .chain([audience])
            .any(|audience| audience == AUDIENCE)
    );
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    // A second has passed since it was taken, or half of one was rounded.
    let margin = LEEWAY as f64 + 2.0;
    assert!(claims["exp"].as_f64().is_some_and(|end| end > now - margin));
    if let Some(start) = claims["nbf"].as_f64() {
        assert!(start < now + margin);
    }
    let subject = claims["sub"].as_str().expect("a subject");
    assert_eq!(principal.name, format!("company:{subject}"));
    assert!(principal.may(Scope::ManageModels).is_err());
}
