//! Where output goes: results to standard output, everything else to standard error.

use super::failure::Failure;
use crate::os;
use crate::render::ci::harmless_json;
use crate::render::{Style, json};
use std::io::Write as _;

/// Whether a result could not be written to standard output.
static RESULTS_LOST: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// The two streams and how they are written.
#[derive(Clone, Copy, Debug)]
pub struct Console {
    /// Colours of standard output.
    pub out_style: Style,
    /// Colours of standard error.
    pub err_style: Style,
    /// Whether results are JSON.
    pub json: bool,
    /// Whether progress and notes are left out.
    pub quiet: bool,
    /// Whether what goes to standard error is one JSON object a line, as the log is.
    pub json_log: bool,
}

impl Console {
    /// The console of this process.
    pub fn new(json: bool, quiet: bool, no_color: bool) -> Self {
        let allowed = !no_color && os::colours_wanted();
        let style = |terminal: bool| {
            if allowed && terminal {
                Style::Coloured
            } else {
                Style::Plain
            }
        };
        Console {
            out_style: style(os::stdout_is_terminal() && !json),
            err_style: style(os::stderr_is_terminal()),
            json,
            quiet,
            json_log: false,
        }
    }

    /// Writes a result. A reader that has gone away is no error: there is nobody to tell. Anything
    /// else (a full disk) is told, and [`Console::lost_results`] remembers it.
    pub fn result(&self, text: &str) {
        let harmless;
        let text = if self.json {
            harmless = harmless_json(text.to_owned());
            &harmless
        } else {
            text
        };
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                RESULTS_LOST.store(true, std::sync::atomic::Ordering::Relaxed);
                self.warn(&format!("error: the result cannot be written: {error}\n"));
            }
        }
    }

    /// Whether a result could not be written, so that the run must not count as good.
    pub fn lost_results() -> bool {
        RESULTS_LOST.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Writes something said in passing, unless it is to be quiet.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Writes something that must be said.
    pub fn warn(&self, text: &str) {
        let line;
        let text = if self.json_log && !text.trim().is_empty() {
            line = harmless_json(json::log::line(os::now(), text.trim()));
            &line
        } else {
            text
        };
        let mut err = std::io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Says why the command stopped.
    pub fn failure(&self, failure: &Failure) {
        if failure.said {
            return;
        }
        if self.json {
            self.result(&failure.json());
        } else {
            self.warn(&failure.human(self.err_style));
        }
    }
}
