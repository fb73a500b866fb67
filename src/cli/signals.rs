//! SIGINT and SIGTERM, as the exit codes that they ask for.

use super::{Exit, Failure};
use std::time::Duration;
use tokio::time::Instant;

/// The least that work is given that a signal has cut short, however late it is.
const LEAST: Duration = Duration::from_millis(300);

/// Waits for the first signal that asks the program to end.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Takes over from the system, which would end the program at once. Needs a runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let fail = |error: std::io::Error| Failure::from_error(Exit::Unclassified, &error);
            Ok(Signals {
                interrupt: signal(SignalKind::interrupt()).map_err(fail)?,
                terminate: signal(SignalKind::terminate()).map_err(fail)?,
            })
        }
        #[cfg(not(unix))]
        Ok(Signals {})
    }

    /// The exit code of the signal that came.
    pub(super) async fn wait(&mut self) -> Exit {
        #[cfg(unix)]
        {
            tokio::select! {
                _ = self.interrupt.recv() => Exit::Interrupted,
                _ = self.terminate.recv() => Exit::Terminated,
            }
        }
        #[cfg(not(unix))]
        {
            // Without a handler there is nothing to wait for.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Exit::Interrupted
        }
    }
}

/// A run that a signal may end: what it is at goes on for some seconds, counted from the signal.
pub(super) struct Stopping {
    signals: Signals,
    signal: Option<(Exit, Instant)>,
}

impl Stopping {
    /// Waits for signals from now on. Needs a runtime.
    ///
    /// # Errors
    /// The system refuses.
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Stopping {
            signals: Signals::listen()?,
            signal: None,
        })
    }

    /// Where signals come from, as long as nothing needs to be brought to an end.
    pub(super) fn signals(&mut self) -> &mut Signals {
        &mut self.signals
    }

    /// The exit code of the signal that has come.
    pub(super) fn signal(&self) -> Option<Exit> {
        self.signal.map(|(exit, _)| exit)
    }

    /// Waits for the first signal: the failure that it makes of a command which has done nothing yet.
    pub(super) async fn interrupted(&mut self, why: &str) -> Failure {
        self.wait().await;
        Failure::new(self.signal().unwrap_or(Exit::Interrupted), why)
    }

    /// Waits for the first signal; for ever, if it has come already.
    pub(super) async fn wait(&mut self) {
        if self.signal.is_some() {
            std::future::pending::<()>().await;
        }
        let exit = self.signals.wait().await;
        self.signal = Some((exit, Instant::now()));
    }

    /// Does work to its end, or for so long after the first signal; `None` if that was too short.
    pub(super) async fn within<T>(
        &mut self,
        longest: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::pin!(work);
        if self.signal.is_none() {
            tokio::select! {
                done = &mut work => return Some(done),
                () = self.wait() => {}
            }
        }
        let since = self.signal.map(|(_, at)| at.elapsed()).unwrap_or_default();
        let left = longest.saturating_sub(since).max(LEAST);
        tokio::time::timeout(left, work).await.ok()
    }
}
