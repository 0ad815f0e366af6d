//! Assembles the services and serves until told to stop.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
    time::timeout,
};
use tonic::{service::Routes, transport::Server};
use tonic_health::{ServingStatus, server::HealthReporter};
use tracing::{info, warn};

use super::{
    connection,
    models::Models,
    proto::{
        self, model_service_server::ModelServiceServer,
        scoring_service_server::ScoringServiceServer,
    },
    scoring::Scoring,
};
use crate::registry::{Catalogue, Registry};

/// Resets that a peer may provoke before its connection is closed. The
/// library's default is no limit.
const MAX_LOCAL_ERROR_RESETS: usize = 1024;
/// How long an idle peer may leave a ping unanswered.
const KEEPALIVE: Duration = Duration::from_secs(20);

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The most customers of one batch.
    pub max_batch_rows: usize,
    /// The most customers of one message of columns.
    pub max_column_rows: usize,
    /// The largest request, in bytes.
    pub max_message_bytes: usize,
    /// The most calls at once on one connection.
    pub max_streams_per_connection: u32,
    /// How long calls in flight may go on after the order to stop.
    pub drain: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_batch_rows: 10_000,
            max_column_rows: 100_000,
            max_message_bytes: 16 << 20,
            max_streams_per_connection: 100,
            drain: Duration::from_secs(30),
        }
    }
}

/// The server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("the transport failed: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The contract's descriptors cannot be served by reflection.
    #[error("reflection cannot serve the contract: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves `registry` on `listener` until `shutdown` resolves; then health turns
/// to `NOT_SERVING`, no new call is accepted, and those in flight have
/// [`Options::drain`] to finish.
///
/// # Errors
///
/// When the transport fails.
pub async fn serve(
    listener: TcpListener,
    registry: Arc<Registry>,
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let (health, health_service) = tonic_health::server::health_reporter();
    report_health(&health, &registry.current()).await;
    let (drain, draining) = watch::channel(false);
    let routes = routes(&registry, &options, draining)?.add_service(health_service);

    let (stop, stopped) = oneshot::channel::<()>();
    let serving = Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
        .http2_max_local_error_reset_streams(Some(MAX_LOCAL_ERROR_RESETS))
        .max_concurrent_streams(options.max_streams_per_connection)
        .add_routes(routes)
        .serve_with_incoming_shutdown(connection::accept(listener), async {
            // An error means that `stop` is gone, and with it this server.
            let _ = stopped.await;
        });
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = shutdown => {}
    }
    info!(drain_seconds = options.drain.as_secs(), "draining");
    report_draining(health, &registry.current()).await;
    drain.send_replace(true);
    // The receiver lives in `serving`, which has not ended.
    let _ = stop.send(());
    if let Ok(ended) = timeout(options.drain, serving).await {
        info!("drained");
        Ok(ended?)
    } else {
        warn!("drain deadline passed; calls in flight are given up");
        Ok(())
    }
}

fn routes(
    registry: &Arc<Registry>,
    options: &Options,
    draining: watch::Receiver<bool>,
) -> Result<Routes, ServeError> {
    let scoring = Scoring {
        registry: Arc::clone(registry),
        max_batch_rows: options.max_batch_rows,
        max_column_rows: options.max_column_rows,
        draining,
    };
    let models = Models {
        registry: Arc::clone(registry),
    };
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(Routes::default()
        .add_service(
            ScoringServiceServer::new(scoring).max_decoding_message_size(options.max_message_bytes),
        )
        .add_service(
            ModelServiceServer::new(models).max_decoding_message_size(options.max_message_bytes),
        )
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?))
}

/// The whole server and its scoring serve while any model does; each model
/// answers under its own name.
async fn report_health(health: &HealthReporter, catalogue: &Catalogue) {
    let status = |serving| {
        if serving {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        }
    };
    let any = catalogue
        .models()
        .any(|(_, entry)| entry.served().is_some());
    health.set_service_status("", status(any)).await;
    health
        .set_service_status(proto::scoring_service_server::SERVICE_NAME, status(any))
        .await;
    health
        .set_service_status(proto::model_service_server::SERVICE_NAME, status(true))
        .await;
    for (name, entry) in catalogue.models() {
        health
            .set_service_status(name.as_str(), status(entry.served().is_some()))
            .await;
    }
}

/// Tells all who ask, and ends the streams of those who watch: an open stream
/// would keep its connection, and so the drain, going.
async fn report_draining(mut health: HealthReporter, catalogue: &Catalogue) {
    let services = [
        "",
        proto::scoring_service_server::SERVICE_NAME,
        proto::model_service_server::SERVICE_NAME,
    ];
    let models = catalogue.models().map(|(name, _)| name.as_str());
    for service in services.into_iter().chain(models) {
        health
            .set_service_status(service, ServingStatus::NotServing)
            .await;
        health.clear_service_status(service).await;
    }
}
