//! Signed tokens: what is taken, and what is not.

use std::{fs, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa::{PublicKey, PublicKeyComponents},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tonic::{Code, transport::Channel};

use super::{access, ask, now, reason, server, told};
use crate::support::Server;

const RSA: &[u8] = include_bytes!("../../fixtures/tokens/rsa.pk8");
const LIST: &str = "ModelService/ListModels";

/// Somebody who signs tokens.
pub(super) struct Signer {
    id: &'static str,
    key: Key,
}

enum Key {
    Rsa(RsaKeyPair),
    Point(EcdsaKeyPair),
}

impl Signer {
    fn rsa() -> Self {
        Self {
            id: "rsa",
            key: Key::Rsa(RsaKeyPair::from_pkcs8(RSA).unwrap()),
        }
    }

    pub(super) fn point(id: &'static str) -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).unwrap();
        let key = Key::Point(key);
        Self { id, key }
    }

    fn jwk(&self) -> Value {
        match &self.key {
            Key::Rsa(key) => {
                let public = key.public();
                let PublicKeyComponents { n, e } = components(public);
                let [n, e] = [n, e].map(|number| encoded(&number));
                json!({"kty": "RSA", "kid": self.id, "use": "sig", "n": n, "e": e})
            }
            Key::Point(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                let [x, y] = [x, y].map(encoded);
                json!({"kty": "EC", "crv": "P-256", "kid": self.id, "alg": "ES256", "x": x, "y": y})
            }
        }
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let alg = match &self.key {
            Key::Rsa(_) => "RS256",
            Key::Point(_) => "ES256",
        };
        let header = json!({"alg": alg, "typ": "JWT", "kid": self.id});
        self.sign_by(&header, claims)
    }

    pub(super) fn sign_by(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let random = SystemRandom::new();
        let signature = match &self.key {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let bytes = message.as_bytes();
                key.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature)
                    .unwrap();
                signature
            }
            Key::Point(key) => {
                let signature = key.sign(&random, message.as_bytes()).unwrap();
                signature.as_ref().to_vec()
            }
        };
        format!("{message}.{}", encoded(&signature))
    }
}

fn components(key: &PublicKey) -> PublicKeyComponents<Vec<u8>> {
    key.into()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn message(header: &Value, claims: &Value) -> String {
    let [header, claims] = [header, claims].map(|part| encoded(part.to_string().as_bytes()));
    format!("{header}.{claims}")
}

pub(super) fn document(signers: &[&Signer]) -> String {
    let keys: Vec<Value> = signers.iter().map(|signer| signer.jwk()).collect();
    json!({"keys": keys}).to_string()
}

/// Claims that are in order for `svc`, who is the principal `service`.
pub(super) fn claims() -> Value {
    json!({"iss": "https://id/", "aud": "holdfast", "sub": "svc", "exp": now() + 300, "nbf": now() - 5})
}

/// The same claims, but for these.
pub(super) fn but(changes: Value) -> Value {
    let mut claims = claims();
    let Value::Object(changes) = changes else {
        panic!("{changes}");
    };
    let all = claims.as_object_mut().unwrap();
    for (name, value) in changes {
        if value.is_null() {
            all.remove(&name);
        } else {
            all.insert(name, value);
        }
    }
    claims
}

pub(super) const PRINCIPAL: &str = "[[principals]]\nname = 'service'\nscopes = ['read-models']\n\
    tokens = [{ issuer = 'company', subject = 'svc' }]\n";

pub(super) fn issuer(keys: &str) -> String {
    format!(
        "[[issuers]]\nname = 'company'\nissuer = 'https://id/'\naudiences = ['holdfast']\n\
         algorithms = ['RS256', 'ES256', 'HS256']\nscopes = ['score', 'read-models']\n{keys}\n"
    )
}

/// A server that takes tokens of these, and the directory of their keys.
async fn taking(signers: &[&Signer]) -> (Server, TempDir) {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("jwks.json");
    fs::write(&path, document(signers)).unwrap();
    let keys = format!("jwks_file = '{}'", path.display());
    let access = access(&format!("{PRINCIPAL}{}", issuer(&keys)));
    (server(access).await, directory)
}

pub(super) async fn list(channel: &Channel, token: &str) -> tonic::Status {
    ask(channel, LIST, &[&format!("Bearer {token}")]).await
}

#[tokio::test]
async fn a_token_of_a_known_issuer_is_taken_as_long_as_it_is_good() {
    let (rsa, point) = (Signer::rsa(), Signer::point("point"));
    let (server, _keys) = taking(&[&rsa, &point]).await;
    let channel = &server.channel;
    for signer in [&rsa, &point] {
        // The second time it is remembered.
        let token = signer.sign(&claims());
        for _ in 0..2 {
            assert_eq!(list(channel, &token).await.code(), Code::Ok);
        }
        let several = but(json!({"aud": ["other", "holdfast"], "nbf": null}));
        assert_eq!(list(channel, &signer.sign(&several)).await.code(), Code::Ok);
        let nobody = but(json!({"sub": "other", "scope": "openid read-models"}));
        assert_eq!(list(channel, &signer.sign(&nobody)).await.code(), Code::Ok);
        let nameless = json!({"alg": if signer.id == "rsa" { "RS256" } else { "ES256" }});
        let token = signer.sign_by(&nameless, &claims());
        assert_eq!(list(channel, &token).await.code(), Code::Ok);
    }
    // It is remembered, but not beyond its end: 30 seconds later than it says.
    let token = point.sign(&but(json!({"exp": now() - 28})));
    assert_eq!(list(channel, &token).await.code(), Code::Ok);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(reason(&list(channel, &token).await), "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_token_that_is_not_in_order_is_refused_for_its_reason() {
    let point = Signer::point("point");
    let (server, _keys) = taking(&[&point]).await;
    for (changes, wanted) in [
        (json!({"exp": now() - 3600}), "TOKEN_EXPIRED"),
        (json!({"nbf": now() + 3600}), "TOKEN_NOT_YET_VALID"),
        (json!({"aud": "other"}), "TOKEN_FOR_ANOTHER_AUDIENCE"),
        (json!({"aud": []}), "TOKEN_FOR_ANOTHER_AUDIENCE"),
        (json!({"iss": "https://other/"}), "TOKEN_OF_ANOTHER_ISSUER"),
        // What is left out, or is not what it should be.
        (json!({"exp": null}), "TOKEN_UNKNOWN"),
        (json!({"exp": "tomorrow"}), "TOKEN_UNKNOWN"),
        (json!({"exp": -1}), "TOKEN_UNKNOWN"),
        (json!({"exp": 1e300}), "TOKEN_UNKNOWN"),
        (json!({"nbf": "today"}), "TOKEN_UNKNOWN"),
        (json!({"aud": null}), "TOKEN_UNKNOWN"),
        (json!({"aud": 1}), "TOKEN_UNKNOWN"),
        (json!({"iss": null}), "TOKEN_UNKNOWN"),
        (json!({"iss": ["https://id/"]}), "TOKEN_UNKNOWN"),
        (json!({"sub": null}), "TOKEN_UNKNOWN"),
        (json!({"sub": ""}), "TOKEN_UNKNOWN"),
        (json!({"sub": "a\nb"}), "TOKEN_UNKNOWN"),
        (json!({"sub": "a".repeat(257)}), "TOKEN_UNKNOWN"),
    ] {
        let token = point.sign(&but(changes.clone()));
        let status = list(&server.channel, &token).await;
        assert_eq!(status.code(), Code::Unauthenticated, "{changes}");
        assert_eq!(reason(&status), wanted, "{changes}");
        assert!(!told(&status).contains(&token), "{changes}");
    }
}

#[tokio::test]
async fn no_signature_but_a_known_key_s_is_taken() {
    let (rsa, point) = (Signer::rsa(), Signer::point("point"));
    let (server, _keys) = taking(&[&rsa, &point]).await;
    let Key::Rsa(key) = &rsa.key else {
        panic!("an RSA key");
    };
    let mut forged = Vec::new();
    // No algorithm, however it is spelled.
    for alg in ["none", "None", "NONE", "", "HS1", "RS256 "] {
        let message = message(&json!({"alg": alg, "kid": "rsa"}), &claims());
        forged.extend([format!("{message}."), format!("{message}.AAAA")]);
    }
    // The public key as a secret, in whatever form it is had.
    let public = key.public();
    let pem = format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode(public)
    );
    let modulus = components(public).n;
    for secret in [
        public.as_ref(),
        pem.as_bytes(),
        &modulus,
        rsa.jwk().to_string().as_bytes(),
    ] {
        for kid in ["rsa", "point", "other"] {
            let message = message(&json!({"alg": "HS256", "kid": kid}), &claims());
            let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
            let signature = hmac::sign(&secret, message.as_bytes());
            forged.push(format!("{message}.{}", encoded(signature.as_ref())));
        }
    }
    // A key of nobody, under a name that is known, and one that it brings along.
    let stranger = Signer::point("point");
    forged.push(stranger.sign(&claims()));
    let brought = json!({"alg": "ES256", "jwk": stranger.jwk(), "jku": "http://127.0.0.1:1/"});
    forged.push(stranger.sign_by(&brought, &claims()));
    // The other key's algorithm or name; what must be understood and is not.
    let crossed = json!({"alg": "ES256", "kid": "rsa"});
    forged.push(rsa.sign_by(&crossed, &claims()));
    forged.push(point.sign_by(&crossed, &claims()));
    let critical = json!({"alg": "ES256", "kid": "point", "crit": ["b64"], "b64": false});
    forged.push(point.sign_by(&critical, &claims()));
    // A good one, changed.
    let good = point.sign(&claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = encoded(but(json!({"sub": "admin"})).to_string().as_bytes());
    forged.push([parts[0], &other, parts[2]].join("."));
    forged.push(format!("{good}AA"));
    forged.push(format!("{good}.{}", parts[2]));
    forged.push(parts[..2].join("."));
    forged.push("..".to_owned());
    for token in forged {
        let status = list(&server.channel, &token).await;
        assert_eq!(reason(&status), "TOKEN_UNKNOWN", "{token}");
    }
    assert_eq!(list(&server.channel, &good).await.code(), Code::Ok);
}

#[tokio::test]
async fn a_subject_that_nobody_named_has_the_scopes_of_its_token_within_the_issuer_s() {
    let point = Signer::point("point");
    let (server, _keys) = taking(&[&point]).await;
    let of = |scope: Value| point.sign(&but(json!({"sub": "other", "scope": scope})));
    for (scope, lists, reloads) in [
        (json!("read-models"), Code::Ok, Code::PermissionDenied),
        (
            json!(["read-models", "manage-models"]),
            Code::Ok,
            Code::PermissionDenied,
        ),
        (
            json!("manage-models"),
            Code::PermissionDenied,
            Code::PermissionDenied,
        ),
        (json!(""), Code::PermissionDenied, Code::PermissionDenied),
    ] {
        let header = format!("Bearer {}", of(scope.clone()));
        let listed = ask(&server.channel, LIST, &[&header]).await;
        assert_eq!(listed.code(), lists, "{scope}");
        let reloaded = ask(&server.channel, "ModelService/ReloadModels", &[&header]).await;
        assert_eq!(reloaded.code(), reloads, "{scope}");
    }
    // One that is named has its own, whatever its tokens say.
    let token = point.sign(&but(json!({"scope": "score manage-models"})));
    let header = format!("Bearer {token}");
    let reloaded = ask(&server.channel, "ModelService/ReloadModels", &[&header]).await;
    assert_eq!(reason(&reloaded), "SCOPE_MISSING");
}
