//! Configuration of `holdfast-server`.

mod errors;
mod format;
mod limits;
mod otlp;
mod security;
mod sources;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    num::{NonZeroU16, NonZeroU32},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use clap::Parser;
use serde::Deserialize;

pub use errors::ConfigErrors;
use format::Format;
use otlp::OtlpOptions;
use security::Signatures;

use super::{
    audit::AuditToml,
    policy_file,
    profiles::{ProfileToml, Stated, profiles},
    splits::{SplitToml, Table, splits},
    text_file,
};
use crate::{
    artifact::{Location, S3Access, StoreSettings},
    grpc, registry,
    telemetry::{self, LogFormat},
};

#[expect(
    clippy::doc_markdown,
    reason = "these comments are the help text of the command line"
)]
/// Serves churn scores over gRPC.
///
/// Every option can also be set by an environment variable (for example
/// HOLDFAST_MAX_BATCH_ROWS for --max-batch-rows) or in the TOML file (max_batch_rows =
/// 1000). A flag outranks the environment, which outranks the file.
#[derive(Debug, Default, Parser)]
#[command(name = "holdfast-server", version)]
pub struct Cli {
    /// Read options from this TOML file [env: HOLDFAST_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Do not serve; ask the server at the listening address for its health,
    /// and exit with 0 if it serves, 1 if not
    #[arg(long)]
    pub probe: bool,

    /// The options that every source can set.
    #[command(flatten)]
    pub options: Options,
}

/// The options, as far as one source sets them.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Directory of models, or `s3://BUCKET/PREFIX` [default: models]
    #[arg(long, value_name = "DIR|URL")]
    models: Option<Location>,

    /// Where the object store of --models listens, unless it is Amazon's, such as
    /// `http://localhost:9000`. Credentials and region come from the variables that
    /// every tool of S3 reads: `AWS_ACCESS_KEY_ID` and so on
    #[arg(long, value_name = "URL")]
    models_endpoint: Option<String>,

    /// Directory that versions of an object store are brought to, to be there at
    /// the next start [default: one that vanishes at the end]
    #[arg(long, value_name = "DIR")]
    models_cache: Option<PathBuf>,

    /// What becomes of a version that no trusted key has signed: `require` refuses
    /// it, `warn` serves it and says so, `off` does not look [default: require with
    /// --trusted-keys, else off]
    #[arg(long, value_enum, value_name = "POLICY")]
    signatures: Option<Signatures>,

    /// Believe the signatures of the keys in this TOML file, and of those in what it
    /// becomes while serving
    #[arg(long, value_name = "FILE")]
    trusted_keys: Option<PathBuf>,

    /// Remember in this file how far models have come, so that an older state of them
    /// does not serve after a restart, where signatures are required [default: while
    /// the server runs]
    #[arg(long, value_name = "FILE")]
    models_memory: Option<PathBuf>,

    /// Decide on customers by this policy file, and by what it becomes while
    /// serving [default: built in]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// The profile for requests that choose no model; profiles are tables of
    /// the TOML file: [profiles.NAME] with churn, value and segmentation =
    /// "model", "model@3" or "model@alias", and policy = a name of [policies]
    #[arg(long, value_name = "NAME")]
    default_profile: Option<String>,

    /// Policies that profiles name.
    #[arg(skip)]
    policies: BTreeMap<String, PathBuf>,

    #[arg(skip)]
    profiles: BTreeMap<String, ProfileToml>,

    #[arg(skip)]
    split: BTreeMap<String, SplitToml>,

    #[arg(skip)]
    shadow: BTreeMap<String, SplitToml>,

    #[arg(skip)]
    scoring_audit: Option<AuditToml>,

    /// Address and port to listen on [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// Address and port for operators, over HTTP: /metrics (Prometheus), /healthz
    /// and /readyz [default: none]
    #[arg(long, value_name = "ADDRESS:PORT")]
    admin_listen: Option<SocketAddr>,

    /// How log events are written [default: pretty]
    #[arg(long, value_enum)]
    log_format: Option<Format>,

    /// Which log events are written, as `info` or `holdfast=debug,warn`
    /// [default: info]
    #[arg(long, value_name = "FILTER")]
    log_filter: Option<String>,

    /// Seconds between looks for new versions, moved aliases and changed policies;
    /// 0: only when a caller says so [default: 2]
    #[arg(long, value_name = "SECONDS")]
    reload_seconds: Option<u64>,

    /// How many of the newest versions of each model are loaded, 1 to 100, beside
    /// those that aliases stand for [default: 2]
    #[arg(long, value_name = "VERSIONS")]
    resident_versions: Option<usize>,

    /// Of how many seconds drift is told, by how customers and scores lie beside those
    /// of training; 0: it is not [default: 3600]
    #[arg(long, value_name = "SECONDS")]
    drift_seconds: Option<u64>,

    /// Seconds that calls in flight may go on after SIGTERM or SIGINT
    /// [default: 30]
    #[arg(long, value_name = "SECONDS")]
    drain_seconds: Option<u64>,

    /// The most customers in one batch [default: 10000]
    #[arg(long, value_name = "ROWS")]
    max_batch_rows: Option<usize>,

    /// The most customers in one message of columns [default: 100000]
    #[arg(long, value_name = "ROWS")]
    max_column_rows: Option<usize>,

    /// The most batches, columns, messages of streams and what-ifs at once
    /// [default: 16 for each core]
    #[arg(long, value_name = "CALLS")]
    max_large_calls: Option<NonZeroU16>,

    /// The largest request, in bytes [default: 16777216]
    #[arg(long, value_name = "BYTES")]
    max_message_bytes: Option<usize>,

    /// The most calls at once on one connection [default: 100]
    #[arg(long, value_name = "CALLS")]
    max_streams_per_connection: Option<u32>,

    /// The most calls at once, of streams too; those who ask for little get theirs
    /// first [default: 1024 for each core]
    #[arg(long, value_name = "CALLS")]
    max_calls: Option<NonZeroU32>,

    /// Milliseconds that a call may wait to be begun while a core is always busy;
    /// 0: as long as it takes [default: 20]
    #[arg(long, value_name = "MILLISECONDS")]
    max_wait_ms: Option<u32>,

    /// The most connections at once; more are closed [default: 10000]
    #[arg(long, value_name = "CONNECTIONS")]
    max_connections: Option<NonZeroU32>,

    /// Close a connection after so many seconds without a call; 0: never
    /// [default: 900]
    #[arg(long, value_name = "SECONDS")]
    max_idle_seconds: Option<u32>,

    /// Close a connection after about so many seconds, so that callers connect anew;
    /// its calls may go on for as long as those of a drain [default: never]
    #[arg(long, value_name = "SECONDS")]
    max_connection_age_seconds: Option<NonZeroU32>,

    /// Threads that serve connections [default: one for each core]
    #[arg(long, value_name = "THREADS")]
    workers: Option<NonZeroU16>,

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

    /// Refuse those of them that these lists revoke, or do not know of: in PEM, one
    /// of each authority
    #[arg(long, value_name = "FILE")]
    tls_client_crl: Option<PathBuf>,

    #[command(flatten)]
    otlp: OtlpOptions,
}

/// The configuration that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerConfig {
    /// Where models are kept.
    pub models: StoreSettings,
    /// What is loaded of them.
    pub registry: registry::Options,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to listen for operators, if at all.
    pub admin_listen: Option<SocketAddr>,
    /// How log events are written.
    pub log_format: LogFormat,
    /// Which log events are written.
    pub log_filter: String,
    /// What a collector is sent, if any is.
    pub otlp: Option<telemetry::otlp::Options>,
    /// How to serve.
    pub serving: grpc::Options,
}

impl ServerConfig {
    /// Puts flags, environment and file together.
    ///
    /// # Errors
    ///
    /// Every variable that cannot be read, every fault of the file and every
    /// value out of bounds, all at once.
    pub fn resolve(
        cli: Cli,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigErrors> {
        let Cli {
            config,
            probe,
            options: flags,
        } = cli;
        let mut problems = Vec::new();
        let variables = Options::from_environment(&environment, &mut problems);
        let config = config.or_else(|| environment("HOLDFAST_CONFIG").map(PathBuf::from));
        let file = config.map_or_else(Options::default, |path| {
            text_file::toml(&path).unwrap_or_else(|error| {
                problems.push(error.to_string());
                Options::default()
            })
        });
        let mut options = flags.or(variables).or(file);
        if probe {
            options = options.of_probe();
        }
        let resolved = options.or_defaults(&environment, &mut problems);
        if problems.is_empty() {
            Ok(resolved)
        } else {
            Err(ConfigErrors(problems))
        }
    }
}

impl Options {
    fn or_defaults(
        self,
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> ServerConfig {
        let listen = self
            .listen
            .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 50051)));
        let access = self.access(listen, problems);
        let tls = self.tls(problems);
        let trust = self.trust(problems);
        let defaults = grpc::Options::default();
        let resident_versions = self.resident_versions(problems);
        let (admitted, connections) = (self.admitted(&defaults), self.connections(&defaults));
        let policies = policy_file::live(self.policy.as_deref(), &self.policies, problems);
        let stated = Stated {
            profiles: &self.profiles,
            default: self.default_profile,
            policies: &self.policies,
        };
        let serving = grpc::Options {
            access,
            tls,
            workers: self.workers.map_or(defaults.workers, Into::into),
            policies: policies.map(Arc::new),
            profiles: Arc::new(profiles(stated, problems)),
            splits: Arc::new(splits(Table::Split, &self.split, problems)),
            scoring_audit: self.scoring_audit.and_then(|audit| audit.open(problems)),
            shadows: Arc::new(splits(Table::Shadow, &self.shadow, problems)),
            max_batch_rows: self.max_batch_rows.unwrap_or(defaults.max_batch_rows),
            max_column_rows: self.max_column_rows.unwrap_or(defaults.max_column_rows),
            max_large_calls: self
                .max_large_calls
                .map_or(defaults.max_large_calls, Into::into),
            max_message_bytes: self.max_message_bytes.unwrap_or(defaults.max_message_bytes),
            admitted,
            connections,
            reload_interval: match self.reload_seconds {
                None => defaults.reload_interval,
                Some(0) => None,
                Some(seconds) => Some(Duration::from_secs(seconds)),
            },
            drift_window: match self.drift_seconds {
                None => defaults.drift_window,
                Some(0) => None,
                Some(seconds) => Some(Duration::from_secs(seconds)),
            },
            metrics: defaults.metrics,
            otlp: None,
            drain: connections.grace,
        };
        limits::none_is_zero(&serving, problems);
        ServerConfig {
            registry: registry::Options {
                resident_versions,
                trust: Arc::new(trust),
                memory: self.models_memory,
            },
            models: StoreSettings {
                location: self
                    .models
                    .unwrap_or_else(|| Location::Directory(PathBuf::from("models"))),
                cache: self.models_cache,
                access: S3Access::new(self.models_endpoint, environment),
            },
            listen,
            admin_listen: self.admin_listen,
            log_format: self.log_format.unwrap_or(Format::Pretty).into(),
            log_filter: self.log_filter.unwrap_or_else(|| "info".to_owned()),
            otlp: self.otlp.resolve(environment, problems),
            serving,
        }
    }
}

#[cfg(test)]
mod tests;
