//! Serves churn scores over gRPC.

use std::{env, sync::Arc};

use anyhow::Context;
use clap::Parser;
use holdfast::{
    config::server::{Cli, ServerConfig},
    grpc,
    registry::Registry,
    telemetry,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing::info;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let probe = cli.probe;
    let config = ServerConfig::resolve(cli, |name| env::var(name).ok()).context("configuration")?;
    if probe {
        return Ok(grpc::probe(config.listen).await?);
    }
    telemetry::init(config.log_format, &config.log_filter)?;

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let registry = Arc::new(Registry::open(&config.models)?);
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listen on {}", config.listen))?;
    info!(
        address = %listener.local_addr()?,
        models = registry.models().len(),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    grpc::serve(listener, registry, config.serving, async move {
        tokio::select! {
            _ = terminate.recv() => info!("SIGTERM received"),
            _ = interrupt.recv() => info!("SIGINT received"),
        }
    })
    .await?;
    info!("stopped");
    Ok(())
}
