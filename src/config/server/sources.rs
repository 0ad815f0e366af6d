//! Where options come from, and which source outranks which.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{Options, otlp::OtlpOptions};

impl Options {
    pub(super) fn from_environment(
        environment: &impl Fn(&str) -> Option<String>,
        problems: &mut Vec<String>,
    ) -> Self {
        Self {
            models: variable(environment, "HOLDFAST_MODELS", problems),
            models_endpoint: variable(environment, "HOLDFAST_MODELS_ENDPOINT", problems),
            models_cache: variable(environment, "HOLDFAST_MODELS_CACHE", problems),
            signatures: variable(environment, "HOLDFAST_SIGNATURES", problems),
            trusted_keys: variable(environment, "HOLDFAST_TRUSTED_KEYS", problems),
            models_memory: variable(environment, "HOLDFAST_MODELS_MEMORY", problems),
            policy: variable(environment, "HOLDFAST_POLICY", problems),
            default_profile: variable(environment, "HOLDFAST_DEFAULT_PROFILE", problems),
            policies: BTreeMap::new(),
            profiles: BTreeMap::new(),
            split: BTreeMap::new(),
            shadow: BTreeMap::new(),
            scoring_audit: None,
            listen: variable(environment, "HOLDFAST_LISTEN", problems),
            admin_listen: variable(environment, "HOLDFAST_ADMIN_LISTEN", problems),
            log_format: variable(environment, "HOLDFAST_LOG_FORMAT", problems),
            log_filter: variable(environment, "HOLDFAST_LOG_FILTER", problems),
            reload_seconds: variable(environment, "HOLDFAST_RELOAD_SECONDS", problems),
            resident_versions: variable(environment, "HOLDFAST_RESIDENT_VERSIONS", problems),
            drift_seconds: variable(environment, "HOLDFAST_DRIFT_SECONDS", problems),
            drain_seconds: variable(environment, "HOLDFAST_DRAIN_SECONDS", problems),
            max_batch_rows: variable(environment, "HOLDFAST_MAX_BATCH_ROWS", problems),
            max_column_rows: variable(environment, "HOLDFAST_MAX_COLUMN_ROWS", problems),
            max_large_calls: variable(environment, "HOLDFAST_MAX_LARGE_CALLS", problems),
            max_message_bytes: variable(environment, "HOLDFAST_MAX_MESSAGE_BYTES", problems),
            max_streams_per_connection: variable(
                environment,
                "HOLDFAST_MAX_STREAMS_PER_CONNECTION",
                problems,
            ),
            max_calls: variable(environment, "HOLDFAST_MAX_CALLS", problems),
            max_wait_ms: variable(environment, "HOLDFAST_MAX_WAIT_MS", problems),
            max_connections: variable(environment, "HOLDFAST_MAX_CONNECTIONS", problems),
            max_idle_seconds: variable(environment, "HOLDFAST_MAX_IDLE_SECONDS", problems),
            max_connection_age_seconds: variable(
                environment,
                "HOLDFAST_MAX_CONNECTION_AGE_SECONDS",
                problems,
            ),
            workers: variable(environment, "HOLDFAST_WORKERS", problems),
            access: variable(environment, "HOLDFAST_ACCESS", problems),
            allow_anonymous: variable(environment, "HOLDFAST_ALLOW_ANONYMOUS", problems),
            tls_cert: variable(environment, "HOLDFAST_TLS_CERT", problems),
            tls_key: variable(environment, "HOLDFAST_TLS_KEY", problems),
            tls_client_ca: variable(environment, "HOLDFAST_TLS_CLIENT_CA", problems),
            tls_client_crl: variable(environment, "HOLDFAST_TLS_CLIENT_CRL", problems),
            otlp: OtlpOptions::from_environment(environment, problems),
        }
    }

    /// These options, and those of `weaker` where these set nothing.
    pub(super) fn or(self, weaker: Self) -> Self {
        Self {
            models: self.models.or(weaker.models),
            models_endpoint: self.models_endpoint.or(weaker.models_endpoint),
            models_cache: self.models_cache.or(weaker.models_cache),
            signatures: self.signatures.or(weaker.signatures),
            trusted_keys: self.trusted_keys.or(weaker.trusted_keys),
            models_memory: self.models_memory.or(weaker.models_memory),
            policy: self.policy.or(weaker.policy),
            default_profile: self.default_profile.or(weaker.default_profile),
            policies: either(self.policies, weaker.policies),
            profiles: either(self.profiles, weaker.profiles),
            split: either(self.split, weaker.split),
            shadow: either(self.shadow, weaker.shadow),
            scoring_audit: self.scoring_audit.or(weaker.scoring_audit),
            listen: self.listen.or(weaker.listen),
            admin_listen: self.admin_listen.or(weaker.admin_listen),
            log_format: self.log_format.or(weaker.log_format),
            log_filter: self.log_filter.or(weaker.log_filter),
            reload_seconds: self.reload_seconds.or(weaker.reload_seconds),
            resident_versions: self.resident_versions.or(weaker.resident_versions),
            drift_seconds: self.drift_seconds.or(weaker.drift_seconds),
            drain_seconds: self.drain_seconds.or(weaker.drain_seconds),
            max_batch_rows: self.max_batch_rows.or(weaker.max_batch_rows),
            max_column_rows: self.max_column_rows.or(weaker.max_column_rows),
            max_large_calls: self.max_large_calls.or(weaker.max_large_calls),
            max_message_bytes: self.max_message_bytes.or(weaker.max_message_bytes),
            max_streams_per_connection: self
                .max_streams_per_connection
                .or(weaker.max_streams_per_connection),
            max_calls: self.max_calls.or(weaker.max_calls),
            max_wait_ms: self.max_wait_ms.or(weaker.max_wait_ms),
            max_connections: self.max_connections.or(weaker.max_connections),
            max_idle_seconds: self.max_idle_seconds.or(weaker.max_idle_seconds),
            max_connection_age_seconds: self
                .max_connection_age_seconds
                .or(weaker.max_connection_age_seconds),
            workers: self.workers.or(weaker.workers),
            access: self.access.or(weaker.access),
            allow_anonymous: self.allow_anonymous.or(weaker.allow_anonymous),
            tls_cert: self.tls_cert.or(weaker.tls_cert),
            tls_key: self.tls_key.or(weaker.tls_key),
            tls_client_ca: self.tls_client_ca.or(weaker.tls_client_ca),
            tls_client_crl: self.tls_client_crl.or(weaker.tls_client_crl),
            otlp: self.otlp.or(weaker.otlp),
        }
    }
}

/// Tables are taken whole from one source.
fn either<T>(mine: BTreeMap<String, T>, weaker: BTreeMap<String, T>) -> BTreeMap<String, T> {
    if mine.is_empty() { weaker } else { mine }
}

pub(super) fn variable<T: FromStr>(
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
