//! Keys of issuers over HTTP: asked for again and again, the last good ones kept.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, redirect::Policy};
use tokio::time::sleep;
use tracing::{info, warn};

use super::{InvalidKeySet, KeysAddress};
use crate::access::LiveAccess;

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is asked while it has not answered well.
const RETRY: Duration = Duration::from_secs(5);
/// How often it is seen who is due: the access file may name another address.
const TICK: Duration = Duration::from_millis(500);
/// The longest answer, in bytes.
const MAX_BYTES: usize = 1 << 20;

/// Why keys could not be had.
#[derive(Debug, thiserror::Error)]
enum NoKeys {
    #[error("no answer: {0}")]
    Http(#[from] reqwest::Error),
    #[error("the answer is {0}")]
    Status(StatusCode),
    #[error("the answer is longer than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the answer {0}")]
    Invalid(#[from] InvalidKeySet),
}

/// When an address is asked next, and whether its last answer was good.
struct Next {
    due: Instant,
    good: Option<bool>,
}

/// Asks all addresses whenever they are due. Does not end, unless HTTP cannot be
/// had at all.
pub async fn follow(access: Arc<LiveAccess>) {
    // An error means that it was done before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            warn!(%error, "no keys of issuers can be had");
            return;
        }
    };
    let mut asked: BTreeMap<KeysAddress, Next> = BTreeMap::new();
    loop {
        let addresses = access.addresses();
        asked.retain(|address, _| addresses.contains_key(address));
        let wishes = access.wishes();
        wishes.keep(|address| addresses.contains_key(address));
        for address in addresses.into_keys() {
            let now = Instant::now();
            let next = asked.entry(address.clone()).or_insert(Next {
                due: now,
                good: None,
            });
            let asked_for = wishes.due(&address);
            if next.due <= now || asked_for.is_some_and(|due| due <= now) {
                let had = had(&client, &access, &address).await;
                tell(&address, next.good, &had);
                next.good = Some(had.is_ok());
                let pause = if had.is_ok() {
                    address.every
                } else {
                    RETRY.min(address.every)
                };
                next.due = Instant::now() + pause;
                wishes.answered(&address, Instant::now());
            }
        }
        sleep(TICK).await;
    }
}

async fn had(client: &Client, access: &LiveAccess, address: &KeysAddress) -> Result<(), NoKeys> {
    let mut answer = client.get(&address.url).send().await?;
    if answer.status() != StatusCode::OK {
        return Err(NoKeys::Status(answer.status()));
    }
    let mut document = Vec::new();
    while let Some(bytes) = answer.chunk().await? {
        if document.len() + bytes.len() > MAX_BYTES {
            return Err(NoKeys::TooLarge);
        }
        document.extend_from_slice(&bytes);
    }
    Ok(access.take_keys(address, &document)?)
}

/// Logs what has changed.
fn tell(address: &KeysAddress, before: Option<bool>, had: &Result<(), NoKeys>) {
    let url = &address.url;
    match had {
        Ok(()) if before != Some(true) => info!(url, "keys of an issuer loaded"),
        Err(error) if before != Some(false) => {
            warn!(url, %error, "keys of an issuer cannot be had; those before, if any, go on");
        }
        _ => {}
    }
}
