//! What the rooms log, sent to standard error.

use crate::render::ci::harmless_json;
use crate::render::terminal::escape_lines;
use std::io::{self, Write};
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
        .with_writer(move || Harmless(format))
        .with_ansi(false);
    // A second call (in tests) changes nothing.
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
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
