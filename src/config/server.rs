//! Configuration of `holdfast-server`.

use std::{
    fmt, fs,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use serde::Deserialize;

use crate::{grpc, registry, telemetry::LogFormat};

const MAX_RESIDENT_VERSIONS: usize = 100;

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
    /// Directory of models [default: models]
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,

    /// Address and port to listen on [default: 127.0.0.1:50051]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// How log events are written [default: pretty]
    #[arg(long, value_enum)]
    log_format: Option<Format>,

    /// Which log events are written, as `info` or `holdfast=debug,warn`
    /// [default: info]
    #[arg(long, value_name = "FILTER")]
    log_filter: Option<String>,

    /// Seconds between looks for new versions and moved aliases; 0: only when told
    /// to by ReloadModels [default: 2]
    #[arg(long, value_name = "SECONDS")]
    reload_seconds: Option<u64>,

    /// How many of the newest versions of each model are loaded, 1 to 100, beside
    /// those that aliases stand for [default: 2]
    #[arg(long, value_name = "VERSIONS")]
    resident_versions: Option<usize>,

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

    /// The largest request, in bytes [default: 16777216]
    #[arg(long, value_name = "BYTES")]
    max_message_bytes: Option<usize>,

    /// The most calls at once on one connection [default: 100]
    #[arg(long, value_name = "CALLS")]
    max_streams_per_connection: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// One line a person can read.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(format: &str) -> Result<Self, String> {
        ValueEnum::from_str(format, false)
    }
}

/// The configuration that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Directory of models.
    pub models: PathBuf,
    /// How many of the newest versions of each model are loaded.
    pub resident_versions: NonZeroUsize,
    /// Where to listen.
    pub listen: SocketAddr,
    /// How log events are written.
    pub log_format: LogFormat,
    /// Which log events are written.
    pub log_filter: String,
    /// How to serve.
    pub serving: grpc::Options,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
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
            probe: _, // a command, not configuration
            options: flags,
        } = cli;
        let mut problems = Vec::new();
        let variables = Options::from_environment(&environment, &mut problems);
        let config = config.or_else(|| environment("HOLDFAST_CONFIG").map(PathBuf::from));
        let file = config.map_or_else(Options::default, |path| {
            Options::from_file(&path).unwrap_or_else(|problem| {
                problems.push(problem);
                Options::default()
            })
        });
        let resolved = flags.or(variables).or(file).or_defaults(&mut problems);
        if problems.is_empty() {
            Ok(resolved)
        } else {
            Err(ConfigErrors(problems))
        }
    }
}

impl Options {
    fn from_environment(
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        Self {
            models: variable(environment, "HOLDFAST_MODELS", problems),
            listen: variable(environment, "HOLDFAST_LISTEN", problems),
            log_format: variable(environment, "HOLDFAST_LOG_FORMAT", problems),
            log_filter: variable(environment, "HOLDFAST_LOG_FILTER", problems),
            reload_seconds: variable(environment, "HOLDFAST_RELOAD_SECONDS", problems),
            resident_versions: variable(environment, "HOLDFAST_RESIDENT_VERSIONS", problems),
            drain_seconds: variable(environment, "HOLDFAST_DRAIN_SECONDS", problems),
            max_batch_rows: variable(environment, "HOLDFAST_MAX_BATCH_ROWS", problems),
            max_column_rows: variable(environment, "HOLDFAST_MAX_COLUMN_ROWS", problems),
            max_message_bytes: variable(environment, "HOLDFAST_MAX_MESSAGE_BYTES", problems),
            max_streams_per_connection: variable(
                environment,
                "HOLDFAST_MAX_STREAMS_PER_CONNECTION",
                problems,
            ),
        }
    }

    fn from_file(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        toml::from_str(&text)
            .map_err(|error| format!("{}: {}", path.display(), error.to_string().trim_end()))
    }

    /// These options, and those of `weaker` where these set nothing.
    fn or(self, weaker: Self) -> Self {
        Self {
            models: self.models.or(weaker.models),
            listen: self.listen.or(weaker.listen),
            log_format: self.log_format.or(weaker.log_format),
            log_filter: self.log_filter.or(weaker.log_filter),
            reload_seconds: self.reload_seconds.or(weaker.reload_seconds),
            resident_versions: self.resident_versions.or(weaker.resident_versions),
            drain_seconds: self.drain_seconds.or(weaker.drain_seconds),
            max_batch_rows: self.max_batch_rows.or(weaker.max_batch_rows),
            max_column_rows: self.max_column_rows.or(weaker.max_column_rows),
            max_message_bytes: self.max_message_bytes.or(weaker.max_message_bytes),
            max_streams_per_connection: self
                .max_streams_per_connection
                .or(weaker.max_streams_per_connection),
        }
    }

    fn or_defaults(self, problems: &mut Vec<String>) -> ServerConfig {
        let defaults = grpc::Options::default();
        let serving = grpc::Options {
            max_batch_rows: self.max_batch_rows.unwrap_or(defaults.max_batch_rows),
            max_column_rows: self.max_column_rows.unwrap_or(defaults.max_column_rows),
            max_message_bytes: self.max_message_bytes.unwrap_or(defaults.max_message_bytes),
            max_streams_per_connection: self
                .max_streams_per_connection
                .unwrap_or(defaults.max_streams_per_connection),
            reload_interval: match self.reload_seconds {
                None => defaults.reload_interval,
                Some(0) => None,
                Some(seconds) => Some(Duration::from_secs(seconds)),
            },
            drain: self
                .drain_seconds
                .map_or(defaults.drain, Duration::from_secs),
        };
        let at_least_one = [
            ("max_batch_rows", serving.max_batch_rows == 0),
            ("max_column_rows", serving.max_column_rows == 0),
            ("max_message_bytes", serving.max_message_bytes == 0),
            (
                "max_streams_per_connection",
                serving.max_streams_per_connection == 0,
            ),
        ];
        for (option, is_zero) in at_least_one {
            if is_zero {
                problems.push(format!("{option} must be at least 1"));
            }
        }
        let resident_versions = match self.resident_versions.map(NonZeroUsize::new) {
            None => registry::DEFAULT_RESIDENT_VERSIONS,
            Some(Some(versions)) if versions.get() <= MAX_RESIDENT_VERSIONS => versions,
            Some(_) => {
                let limit = MAX_RESIDENT_VERSIONS;
                problems.push(format!("resident_versions must be 1 to {limit}"));
                registry::DEFAULT_RESIDENT_VERSIONS
            }
        };
        ServerConfig {
            resident_versions,
            models: self.models.unwrap_or_else(|| PathBuf::from("models")),
            listen: self
                .listen
                .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 50051))),
            log_format: match self.log_format.unwrap_or(Format::Pretty) {
                Format::Pretty => LogFormat::Pretty,
                Format::Json => LogFormat::Json,
            },
            log_filter: self.log_filter.unwrap_or_else(|| "info".to_owned()),
            serving,
        }
    }
}

fn variable<T: FromStr>(
    environment: &impl Fn(&str) -> Option<String>,
    name: &str,
    problems: &mut Vec<String>,
) -> Option<T>
where
    T::Err: fmt::Display,
{
    match environment(name)?.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            problems.push(format!("{name}: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn resolve(flags: &[&str], environment: &[(&str, &str)]) -> Result<ServerConfig, ConfigErrors> {
        let cli = Cli::parse_from([&["holdfast-server"], flags].concat());
        ServerConfig::resolve(cli, |name| {
            environment
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn file(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    }

    #[test]
    fn flags_outrank_the_environment_which_outranks_the_file() {
        let file = file("models = 'c'\nmax_batch_rows = 3\ndrain_seconds = 3");
        let path = file.path().to_str().unwrap();
        let config = resolve(
            &["--config", path, "--models", "a"],
            &[("HOLDFAST_MODELS", "b"), ("HOLDFAST_MAX_BATCH_ROWS", "2")],
        )
        .unwrap();
        assert_eq!(config.models, PathBuf::from("a"));
        assert_eq!(config.serving.max_batch_rows, 2);
        assert_eq!(config.serving.drain, Duration::from_secs(3));
        assert_eq!(config.listen.to_string(), "127.0.0.1:50051");
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let file = file("unheard_of = 1");
        let errors = resolve(
            &["--max-batch-rows", "0"],
            &[
                ("HOLDFAST_CONFIG", file.path().to_str().unwrap()),
                ("HOLDFAST_LISTEN", "everywhere"),
                ("HOLDFAST_LOG_FORMAT", "yaml"),
            ],
        )
        .unwrap_err();
        assert_eq!(errors.0.len(), 4, "{errors}");
        for part in [
            "HOLDFAST_LISTEN",
            "HOLDFAST_LOG_FORMAT",
            "unheard_of",
            "max_batch_rows",
        ] {
            assert!(errors.to_string().contains(part), "{part} in {errors}");
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let errors = resolve(&["--config", "/nowhere/holdfast.toml"], &[]).unwrap_err();
        assert!(errors.to_string().contains("/nowhere/holdfast.toml"));
    }
}
