//! SIGINT and SIGTERM, as the exit codes that they ask for.

use super::{Exit, Failure};

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
