//! Serves churn scores over gRPC.

use std::{
    env,
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Parser;
use holdfast::{
    config::server::{Cli, ServerConfig},
    grpc::{self, Listeners},
    registry::Registry,
    telemetry::{self, Otlp},
};
use tokio::signal::unix::{SignalKind, signal};
use tracing::info;

/// Decoding and answering take many small pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a collector has to take what is left: of the time to drain, if there is any.
const LEAST_FLUSH: Duration = Duration::from_millis(500);
const MOST_FLUSH: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when even standard error is closed.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let probe = cli.probe;
    let mut config = ServerConfig::resolve(cli, |name| {
        // What is not UTF-8 is kept, so that it is refused by name and not passed over.
        env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    })?;
    if probe {
        return Ok(grpc::probe(config.listen, config.serving.tls.as_deref()).await?);
    }
    let metrics = &config.serving.metrics;
    let otlp = config.otlp.as_ref();
    let otlp = otlp.map(|options| Otlp::start(options, metrics));
    let otlp = otlp.transpose()?.map(Arc::new);
    telemetry::init(config.log_format, &config.log_filter, otlp.as_deref())?;
    config.serving.otlp.clone_from(&otlp);

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let store = config.models.open(&env::temp_dir())?;
    let registry = Arc::new(Registry::open_with(store, config.registry)?);
    let listeners = Listeners::bind(config.listen, config.admin_listen).await?;
    info!(
        address = %listeners.calls.local_addr()?,
        models = registry.current().models().len(),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    let drain = config.serving.drain;
    let mut end = Instant::now();
    let served = grpc::serve(listeners, registry, config.serving, async {
        tokio::select! {
            _ = terminate.recv() => info!("SIGTERM received"),
            _ = interrupt.recv() => info!("SIGINT received"),
        }
        end = Instant::now() + drain;
    })
    .await;
    if served.is_ok() {
        info!("stopped");
    }
    if let Some(otlp) = otlp {
        let left = end.saturating_duration_since(Instant::now());
        otlp.flush(left.clamp(LEAST_FLUSH, MOST_FLUSH)).await;
    }
    Ok(served?)
}
