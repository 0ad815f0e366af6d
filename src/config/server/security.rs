//! Options on who may ask.

use std::{fmt::Display, net::SocketAddr, path::PathBuf, sync::Arc};

use clap::Args;
use serde::Deserialize;

use super::sources::variable;
use crate::{access::LiveAccess, config::access_file};

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
}

impl SecurityOptions {
    /// Those of a command that serves nobody.
    pub(super) fn of_probe() -> Self {
        Self {
            access: None,
            allow_anonymous: Some(true),
        }
    }

    pub(super) fn from_environment(
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        Self {
            access: variable(environment, "HOLDFAST_ACCESS", problems),
            allow_anonymous: variable(environment, "HOLDFAST_ALLOW_ANONYMOUS", problems),
        }
    }

    pub(super) fn or(self, weaker: Self) -> Self {
        Self {
            access: self.access.or(weaker.access),
            allow_anonymous: self.allow_anonymous.or(weaker.allow_anonymous),
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
                if !anonymous && !listen.ip().is_loopback() {
                    problems.push(open_to_all(&listen));
                }
                None
            }
        }
    }
}

fn open_to_all(listen: &impl Display) -> String {
    format!(
        "other machines can reach {listen}, and nobody has to say who they are: \
         name an access file with --access (HOLDFAST_ACCESS), or say that everybody may ask \
         with --allow-anonymous (HOLDFAST_ALLOW_ANONYMOUS=true)"
    )
}
