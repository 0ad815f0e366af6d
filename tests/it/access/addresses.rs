//! Keys of issuers that are had over HTTP, and change.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::json;
use tonic::{Code, transport::Channel};

use super::{
    access, reason, server,
    tokens::{PRINCIPAL, Signer, but, claims, document, issuer, list},
};

/// Answers with the document of the moment, or with an error.
#[derive(Clone, Default)]
struct Address {
    document: Arc<Mutex<String>>,
    away: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Address {
    fn publish(&self, document: String) {
        *self.document.lock().unwrap() = document;
    }

    /// Begins to answer; the URL.
    fn open(&self) -> String {
        let Self {
            document,
            away,
            asked,
        } = self.clone();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                asked.fetch_add(1, Ordering::Relaxed);
                let body = document.lock().unwrap().clone();
                let status = if away.load(Ordering::Relaxed) {
                    "503 Service Unavailable"
                } else {
                    "200 OK"
                };
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        url
    }
}

async fn until(channel: &Channel, token: &str, wanted: &str) {
    for _ in 0..200 {
        let status = list(channel, token).await;
        let found = if status.code() == Code::Ok {
            "OK".to_owned()
        } else {
            reason(&status)
        };
        if found == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never {wanted}");
}

#[tokio::test]
async fn keys_of_an_address_are_had_again_and_the_last_good_ones_kept() {
    let (first, second) = (Signer::point("1"), Signer::point("2"));
    let address = Address::default();
    address.publish(document(&[&first]));
    let away = &address.away;
    away.store(true, Ordering::Relaxed);
    let url = address.open();
    let keys = format!("jwks_url = '{url}'\njwks_seconds = 1");
    let server = server(access(&format!("{PRINCIPAL}{}", issuer(&keys)))).await;
    let channel = &server.channel;
    let [old, new] = [&first, &second].map(|signer| signer.sign(&claims()));
    // Until they are had, a caller may try again.
    until(channel, &old, "ISSUER_KEYS_UNAVAILABLE").await;
    assert_eq!(list(channel, &old).await.code(), Code::Unavailable);
    away.store(false, Ordering::Relaxed);
    until(channel, &old, "OK").await;
    assert_eq!(reason(&list(channel, &new).await), "TOKEN_UNKNOWN");
    // An outage, an answer that is none, and one without a key change nothing.
    for (outage, answer) in [
        (true, document(&[])),
        (false, "<html>".to_owned()),
        (false, document(&[])),
    ] {
        address.publish(answer);
        away.store(outage, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(1600)).await;
        assert_eq!(list(channel, &old).await.code(), Code::Ok);
    }
    // A token of a key that is gone is not remembered.
    address.publish(document(&[&second]));
    until(channel, &new, "OK").await;
    assert_eq!(reason(&list(channel, &old).await), "TOKEN_UNKNOWN");
}

/// A token may be signed by a key that is newer than those that were had. Whoever
/// makes up names of keys has the issuer asked no more often for it.
#[tokio::test]
async fn a_key_that_a_token_names_and_nobody_has_is_asked_for_now_and_then() {
    let (first, second) = (Signer::point("1"), Signer::point("2"));
    let address = Address::default();
    address.publish(document(&[&first]));
    let keys = format!("jwks_url = '{}'\njwks_seconds = 3600", address.open());
    let server = server(access(&format!("{PRINCIPAL}{}", issuer(&keys)))).await;
    let channel = &server.channel;
    let [old, new] = [&first, &second].map(|signer| signer.sign(&claims()));
    until(channel, &old, "OK").await;
    address.publish(document(&[&first, &second]));
    assert_eq!(reason(&list(channel, &new).await), "TOKEN_UNKNOWN");
    let begun = std::time::Instant::now();
    let mut made_up = 0;
    while list(channel, &new).await.code() != Code::Ok {
        let header = json!({"alg": "ES256", "kid": format!("made up {made_up}")});
        let status = list(channel, &second.sign_by(&header, &claims())).await;
        let wanted = ["TOKEN_UNKNOWN", "ISSUER_KEYS_UNAVAILABLE"];
        assert!(wanted.contains(&reason(&status).as_str()), "{status:?}");
        made_up += 1;
        assert!(begun.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() > Duration::from_secs(5), "{begun:?}");
    // At the start, and once for all of them.
    assert_eq!(address.asked.load(Ordering::Relaxed), 2, "{made_up}");
    assert_eq!(list(channel, &old).await.code(), Code::Ok);
}

/// A token without the name of a key is verified by the keys of its issuer only.
#[tokio::test]
async fn the_keys_of_another_issuer_are_not_tried() {
    let (first, second) = (Signer::point("1"), Signer::point("2"));
    let directory = tempfile::TempDir::new().unwrap();
    let file = |name: &str, signer| {
        let path = directory.path().join(name);
        std::fs::write(&path, document(&[signer])).unwrap();
        issuer(&format!("jwks_file = '{}'", path.display()))
    };
    let other = file("b.json", &second);
    let other = other.replace("'company'", "'other'");
    let other = other.replace("https://id/", "https://other/");
    let text = format!("{PRINCIPAL}{}{other}", file("a.json", &first));
    let server = server(access(&text)).await;
    let nameless = json!({"alg": "ES256"});
    let elsewhere = but(json!({"iss": "https://other/", "scope": "read-models"}));
    for (signer, claims, wanted) in [
        (&first, claims(), "OK"),
        (&second, elsewhere.clone(), "OK"),
        (&second, claims(), "TOKEN_UNKNOWN"),
        (&first, elsewhere, "TOKEN_UNKNOWN"),
        (
            &first,
            but(json!({"iss": "https://third/"})),
            "TOKEN_OF_ANOTHER_ISSUER",
        ),
    ] {
        let token = signer.sign_by(&nameless, &claims);
        until(&server.channel, &token, wanted).await;
    }
}
