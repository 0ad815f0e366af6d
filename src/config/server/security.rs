//! Options on who may ask, and how they are talked to.

use std::{fmt::Display, net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;
use serde::Deserialize;

use super::sources::variable;
use crate::{
    access::LiveAccess,
    config::access_file,
    grpc::{LiveTls, TlsFiles},
};

/// The options, as far as one source sets them.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default)]
pub(super) struct SecurityOptions {
    /// Let only those ask whom this file names, and whom it names as it becomes
    /// while serving [default: everybody, on this machine]
    #[arg(long, value_name = "FILE")]
    access: Option<PathBuf>,

    /// Let everybody ask who can reach the listening address, from other machines
    /// too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    allow_anonymous: Option<bool>,

    /// Speak TLS with this certificate, in PEM with those between it and its
    /// authority [default: no TLS]
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,

    /// Its private key, in PEM
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,

    /// Talk only to those who show a certificate that one of these authorities has
    /// signed, in PEM
    #[arg(long, value_name = "FILE")]
    tls_client_ca: Option<PathBuf>,
}

impl SecurityOptions {
    /// What a command needs of them that serves nobody.
    pub(super) fn of_probe(self) -> Self {
        Self {
            access: None,
            allow_anonymous: Some(true),
            ..self
        }
    }

    pub(super) fn from_environment(
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        Self {
            access: variable(environment, "HOLDFAST_ACCESS", problems),
            allow_anonymous: variable(environment, "HOLDFAST_ALLOW_ANONYMOUS", problems),
            tls_cert: variable(environment, "HOLDFAST_TLS_CERT", problems),
            tls_key: variable(environment, "HOLDFAST_TLS_KEY", problems),
            tls_client_ca: variable(environment, "HOLDFAST_TLS_CLIENT_CA", problems),
        }
    }

    pub(super) fn or(self, weaker: Self) -> Self {
        Self {
            access: self.access.or(weaker.access),
            allow_anonymous: self.allow_anonymous.or(weaker.allow_anonymous),
            tls_cert: self.tls_cert.or(weaker.tls_cert),
            tls_key: self.tls_key.or(weaker.tls_key),
            tls_client_ca: self.tls_client_ca.or(weaker.tls_client_ca),
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
        };
        let tls = LiveTls::open(files).map_err(|error| problems.push(error.to_string()));
        tls.ok().map(Arc::new)
    }
}

fn open_to_all(listen: &impl Display) -> String {
    format!(
        "other machines can reach {listen}, and nobody has to say who they are: \
         name an access file with --access (HOLDFAST_ACCESS), or say that everybody may ask \
         with --allow-anonymous (HOLDFAST_ALLOW_ANONYMOUS=true)"
    )
}
