//! What the rooms log, sent to standard error.

use tracing_subscriber::EnvFilter;

/// The form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// One line for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Begins to log: nothing without `-v`, steps with it, each request with `-vv`, all with `-vvv`.
/// Other crates stay silent: they might log what must not be seen.
pub(super) fn start(verbose: u8, format: Format) {
    let filter = match verbose {
        0 => return,
        1 => "bursar=info",
        2 => "bursar=debug",
        _ => "bursar=trace",
    };
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // A second call (in tests) changes nothing.
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
}
