//! What the rooms log, sent to standard error; and, with the feature `otel`, spans to a collector.

use super::console::Console;
use crate::render::ci::harmless_json;
use crate::render::terminal::escape_lines;
use std::io::{self, Write};
use tracing_subscriber::filter::{EnvFilter, FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What was begun, to be ended with the command.
#[derive(Debug, Default)]
pub(super) struct Log {
    #[cfg(feature = "otel")]
    export: Option<Export>,
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Begins to log: nothing without `-v`, steps with it, each request with `-vv`, all with `-vvv`.
/// Other crates stay silent: they might log what must not be seen.
pub(super) fn start(verbose: u8, format: Format, console: Console) -> Log {
    let mut layers: Vec<BoxedLayer> = lines(verbose, format).into_iter().collect();
    let log = Log::start(&mut layers, console);
    if !layers.is_empty() {
        // A second call (in tests) changes nothing.
        let _ = tracing_subscriber::registry().with(layers).try_init();
    }
    log
}

fn lines(verbose: u8, format: Format) -> Option<BoxedLayer> {
    let filter = match verbose {
        0 => return None,
        1 => "bursar=info",
        2 => "bursar=debug",
        _ => "bursar=trace",
    };
    // Spans are for collectors: a line says by itself what it is about.
    let filter = EnvFilter::new(filter).and(filter_fn(|about| about.is_event()));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(move || Harmless(format))
        .with_ansi(false);
    Some(match format {
        Format::Text => lines.with_filter(filter).boxed(),
        Format::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    })
}

#[cfg(not(feature = "otel"))]
impl Log {
    fn start(_: &mut Vec<BoxedLayer>, _: Console) -> Self {
        Log::default()
    }

    /// Ends it.
    pub(super) fn finish(self, _: Console) {}
}

#[cfg(feature = "otel")]
pub(super) use exported::Export;

#[cfg(feature = "otel")]
mod exported {
    use super::{BoxedLayer, Console, Log};
    use crate::os;
    pub(in crate::cli) use crate::telemetry::Export;
    use tracing_subscriber::filter::Targets;
    use tracing_subscriber::layer::Layer as _;

    impl Log {
        /// Begins to export, if the environment names a collector. What does not work is told, and
        /// stops nothing.
        pub(super) fn start(layers: &mut Vec<BoxedLayer>, console: Console) -> Self {
            let Some(wish) = os::telemetry_wish() else {
                return Log::default();
            };
            match Export::start(wish.is_named) {
                Ok(export) => {
                    let ours = Targets::new().with_target("bursar", tracing::Level::DEBUG);
                    layers.push(export.layer().with_filter(ours).boxed());
                    Log {
                        export: Some(export),
                    }
                }
                Err(error) => {
                    console.note(&format!("warning: {error}\n"));
                    Log::default()
                }
            }
        }

        /// Sends what is left.
        pub(in crate::cli) fn finish(self, console: Console) {
            if let Some(Err(error)) = self.export.map(Export::finish) {
                console.note(&format!("warning: {error}\n"));
            }
        }
    }
}

/// Standard error, to which nothing goes that a terminal or a CI system would obey. It is given one
/// event at a time.
struct Harmless(Format);

impl Write for Harmless {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let text = match self.0 {
            Format::Text => escape_lines(&text).into_owned(),
            Format::Json => harmless_json(text.into_owned()),
        };
        io::stderr().lock().write_all(text.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}
