//! Taking the lock of a state, and what a signal means meanwhile.

use super::Failure;
use super::planning::state_failure;
use super::signals::Signals;
use crate::state::{Holder, Session, State};
use std::time::Duration;

/// For how long a request for a lock that is under way is waited for after a signal, and for how long
/// the one that takes it back.
const GRACE: Duration = Duration::from_secs(2);

/// Takes the lock.
///
/// # Errors
/// It is not to be had, or a signal came: then it is not held, as far as the place can be reached.
pub(super) async fn lock(
    state: &State,
    holder: &Holder,
    signals: &mut Signals,
) -> Result<Session, Failure> {
    let (exit, is_open) = {
        let locking = state.lock(holder);
        tokio::pin!(locking);
        let exit = tokio::select! {
            locked = &mut locking => return locked.map_err(|error| state_failure(&error)),
            exit = signals.wait() => exit,
        };
        // The request may have arrived: its answer says whether there is something to take back.
        match tokio::time::timeout(GRACE, &mut locking).await {
            Ok(Ok(session)) => {
                // Nobody waits for what comes of it.
                let _ = tokio::time::timeout(GRACE, session.release()).await;
                (exit, false)
            }
            Ok(Err(_)) => (exit, false),
            Err(_) => (exit, true),
        }
    };
    if is_open {
        let _ = tokio::time::timeout(GRACE, state.abandon(holder)).await;
    }
    Err(Failure::new(exit, "interrupted; nothing was changed"))
}

/// Does work that takes the lock and lets go of it by itself. After a signal it has some seconds to
/// end.
///
/// # Errors
/// Those of the work, or a signal came and it did not end.
pub(super) async fn to_its_end<T>(
    state: &State,
    holder: &Holder,
    signals: &mut Signals,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let exit = {
        tokio::pin!(work);
        let exit = tokio::select! {
            ended = &mut work => return ended,
            exit = signals.wait() => exit,
        };
        if let Ok(ended) = tokio::time::timeout(GRACE, &mut work).await {
            return ended;
        }
        exit
    };
    let _ = tokio::time::timeout(GRACE, state.abandon(holder)).await;
    Err(Failure::new(exit, "interrupted before the state answered")
        .hint("`bursar state list` shows whether it was done"))
}
