//! Options on who may ask, how they are talked to, and who vouches for models.

use std::{fmt::Display, net::SocketAddr, str::FromStr, sync::Arc};

use clap::ValueEnum;
use serde::Deserialize;

use super::{Options, otlp::OtlpOptions};
use crate::{
    access::LiveAccess,
    artifact::SignaturePolicy,
    config::{access_file, trust_file},
    grpc::{LiveTls, TlsFiles},
    registry::LiveTrust,
};

/// What becomes of a version that no trusted key has signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Signatures {
    /// It is refused.
    Require,
    /// It is served, and told.
    Warn,
    /// Nobody looks.
    Off,
}

impl FromStr for Signatures {
    type Err = String;

    fn from_str(policy: &str) -> Result<Self, String> {
        ValueEnum::from_str(policy, false)
    }
}

impl Options {
    /// What a command needs of them that serves nobody.
    pub(super) fn of_probe(self) -> Self {
        Self {
            access: None,
            allow_anonymous: Some(true),
            signatures: None,
            trusted_keys: None,
            scoring_audit: None,
            otlp: OtlpOptions::default(),
            ..self
        }
    }

    /// Who may ask a server that listens there; `None`: everybody.
    pub(super) fn access(
        &self,
        listen: SocketAddr,
        problems: &mut Vec<String>,
    ) -> Option<Arc<LiveAccess>> {
        let anonymous = self.allow_anonymous.unwrap_or(false);
        match &self.access {
            Some(_) if anonymous => {
                problems.push(
                    "access and allow_anonymous contradict each other: leave one of them out"
                        .to_owned(),
                );
                None
            }
            Some(path) => access_file::live(path, problems).map(Arc::new),
            None => {
                // Whoever has a certificate of these authorities may do everything.
                let asked = anonymous || self.tls_client_ca.is_some();
                if !asked && !listen.ip().is_loopback() {
                    problems.push(open_to_all(&listen));
                }
                None
            }
        }
    }

    /// How calls are encrypted; `None`: not at all.
    pub(super) fn tls(&self, problems: &mut Vec<String>) -> Option<Arc<LiveTls>> {
        if self.tls_client_crl.is_some() && self.tls_client_ca.is_none() {
            problems.push("tls_client_crl needs tls_client_ca".to_owned());
        }
        let (cert, key) = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => (cert.clone(), key.clone()),
            (None, None) if self.tls_client_ca.is_none() => return None,
            _ => {
                let text = "tls_cert and tls_key are needed together, and for tls_client_ca";
                problems.push(text.to_owned());
                return None;
            }
        };
        let files = TlsFiles {
            cert,
            key,
            client_ca: self.tls_client_ca.clone(),
            client_crl: self.tls_client_crl.clone(),
        };
        let tls = LiveTls::open(files).map_err(|error| problems.push(error.to_string()));
        tls.ok().map(Arc::new)
    }

    /// By whose signatures models are loaded.
    pub(super) fn trust(&self, problems: &mut Vec<String>) -> LiveTrust {
        let policy = match self.signatures {
            Some(Signatures::Require) => SignaturePolicy::Require,
            Some(Signatures::Warn) => SignaturePolicy::Warn,
            None if self.trusted_keys.is_some() => SignaturePolicy::Require,
            Some(Signatures::Off) | None => SignaturePolicy::Off,
        };
        if self.trusted_keys.is_none() && policy != SignaturePolicy::Off {
            let text = "signatures are to be looked at, and nobody is trusted: name a file with \
                        --trusted-keys (HOLDFAST_TRUSTED_KEYS)";
            problems.push(text.to_owned());
        }
        let path = self.trusted_keys.as_deref();
        let live = path.and_then(|path| trust_file::live(policy, path, problems));
        live.unwrap_or_default()
    }
}

fn open_to_all(listen: &impl Display) -> String {
    format!(
        "other machines can reach {listen}, and nobody has to say who they are: \
         name an access file with --access (HOLDFAST_ACCESS), or say that everybody may ask \
         with --allow-anonymous (HOLDFAST_ALLOW_ANONYMOUS=true)"
    )
}
