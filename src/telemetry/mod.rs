//! Spans → a collector, by OTLP over HTTP. Compiled with the feature `otel` alone.
//!
//! Where the collector is, and what is sent along to it, is said by the standard variables
//! (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS` …), which the exporter reads. A
//! collector that is down or slow never stops a command.

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::time::Duration;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// The service's name where the environment gives none.
const NAME: &str = "bursar";
/// How long one answer of the collector may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How long the end of a command waits for the last spans to be sent.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why nothing is exported.
#[derive(Debug, thiserror::Error)]
#[error("spans cannot be sent to the collector: {0}")]
pub struct TelemetryError(String);

/// Spans on their way to a collector.
#[derive(Debug)]
pub struct Export {
    provider: SdkTracerProvider,
}

impl Export {
    /// Begins to export, on a thread of its own; nothing is sent yet. `is_named` says whether the
    /// environment names the service.
    ///
    /// # Errors
    /// The environment asks for what is not spoken, or the client cannot be set up.
    pub fn start(is_named: bool) -> Result<Self, TelemetryError> {
        crate::provider::http::install_crypto();
        // What is sent along may be a key of the collector's: it goes nowhere else.
        let client = reqwest::blocking::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| TelemetryError(error.to_string()))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .build()
            .map_err(|error| TelemetryError(error.to_string()))?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder().with_attribute(version);
        let resource = match is_named {
            true => resource,
            false => resource.with_service_name(NAME),
        };
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_batch_exporter(exporter)
            .build();
        Ok(Export { provider })
    }

    /// What takes spans in.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(NAME))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
    }

    /// Sends what is left, for a few seconds at most.
    ///
    /// # Errors
    /// The collector did not take it.
    pub fn finish(self) -> Result<(), TelemetryError> {
        let sent = self.provider.force_flush();
        let ended = self.provider.shutdown_with_timeout(PATIENCE);
        sent.and(ended)
            .map_err(|error| TelemetryError(error.to_string()))
    }
}
