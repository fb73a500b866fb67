//! How often a place is asked again.

use crate::state::error::StateError;
use std::time::Duration;

/// How often one request is tried.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Why one request has no good answer.
pub(super) enum Trouble {
    /// The same request may have a better one.
    Passing(String),
    /// It will not.
    Final(StateError),
}

impl From<StateError> for Trouble {
    fn from(error: StateError) -> Self {
        Trouble::Final(error)
    }
}

/// For how long a place that fails is asked again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { pause: FIRST_PAUSE }
    }
}

impl Patience {
    /// One whose first pause is this.
    pub(super) fn with_pause(pause: Duration) -> Self {
        Patience { pause }
    }

    /// Asks a place until it answers, or is taken to be out of reach.
    pub(super) async fn ask<T>(
        self,
        place: &str,
        mut question: impl AsyncFnMut() -> Result<T, Trouble>,
    ) -> Result<T, StateError> {
        let mut tries = 0;
        loop {
            match question().await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Passing(message)) => {
                    tries += 1;
                    if tries >= TRIES {
                        return Err(StateError::Unreachable {
                            place: place.to_owned(),
                            message,
                        });
                    }
                    tokio::time::sleep(self.pause * 2_u32.pow(tries - 1)).await;
                }
            }
        }
    }
}
