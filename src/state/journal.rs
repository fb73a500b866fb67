//! The journal while it is written.
//!
//! A thread of its own takes records from everyone, writes what has gathered and syncs once for
//! all of it. Every call returns when its record is on the disk.

use super::disk::Tail;
use super::effect::Effect;
use super::error::StateError;
use super::record::{Chain, Intent, Record};
use crate::model::Address;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};

type Ack = oneshot::Sender<Result<(), Broken>>;

/// An open journal. Dropping it waits until everything is written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    queue: Option<mpsc::UnboundedSender<(Record, Ack)>>,
    writer: Option<JoinHandle<()>>,
    /// Takes the writer's place on a simulated disk, where everything happens on one thread.
    #[cfg(test)]
    simulated: Option<simulated::Writer>,
}

/// Why nothing more can be written.
#[derive(Clone, Debug)]
struct Broken {
    kind: std::io::ErrorKind,
    message: String,
}

impl From<&std::io::Error> for Broken {
    fn from(error: &std::io::Error) -> Self {
        Broken {
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}

impl Journal {
    /// Announces a write. It must not be sent before this has returned.
    ///
    /// # Errors
    /// The disk refused; then the write must not be sent.
    pub async fn intent(&self, intent: Intent) -> Result<(), StateError> {
        self.put(Record::Intent(intent)).await
    }

    /// Says that a step is done, and with what effect.
    ///
    /// # Errors
    /// The disk refused. The intent stays open and the next run settles it.
    pub async fn done(
        &self,
        step: u32,
        address: Address,
        effect: Effect,
    ) -> Result<(), StateError> {
        self.put(Record::Done {
            step,
            address,
            effect,
        })
        .await
    }

    /// Says that an announced write has failed; `in_doubt` if it may have happened all the same.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn failed(
        &self,
        step: u32,
        address: Address,
        in_doubt: bool,
        message: &str,
    ) -> Result<(), StateError> {
        self.put(Record::Failed {
            step,
            address,
            in_doubt,
            message: message.to_owned(),
        })
        .await
    }

    async fn put(&self, record: Record) -> Result<(), StateError> {
        #[cfg(test)]
        if let Some(writer) = &self.simulated {
            let written = writer.put(&record).await;
            return written.map_err(|error| StateError::io(&self.path, "cannot write", error));
        }
        let (ack, written) = oneshot::channel();
        let queued = match &self.queue {
            Some(queue) => queue.send((record, ack)).is_ok(),
            None => false,
        };
        let outcome = if queued { written.await.ok() } else { None };
        outcome
            .unwrap_or_else(|| Err(Broken::from(&std::io::ErrorKind::BrokenPipe.into())))
            .map_err(|Broken { kind, message }| {
                StateError::io(
                    &self.path,
                    "cannot write",
                    std::io::Error::new(kind, message),
                )
            })
    }

    /// Starts the thread that writes to a file which holds the head already.
    pub(super) fn start(
        path: &Path,
        tail: Box<dyn Tail>,
        chain: Chain,
    ) -> Result<Self, StateError> {
        #[cfg(test)]
        if let Some(pause) = tail.pause() {
            return Ok(Journal {
                path: path.to_owned(),
                queue: None,
                writer: None,
                simulated: Some(simulated::Writer::new(tail, chain, pause)),
            });
        }
        let (queue, records) = mpsc::unbounded_channel();
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(tail, chain, records))
            .map_err(|error| StateError::io(path, "cannot start its writer", error))?;
        Ok(Journal {
            path: path.to_owned(),
            queue: Some(queue),
            writer: Some(writer),
            #[cfg(test)]
            simulated: None,
        })
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // It cannot panic; if it did, what is on the disk still counts.
            let _ = writer.join();
        }
    }
}

fn write_all(
    mut tail: Box<dyn Tail>,
    mut chain: Chain,
    mut records: mpsc::UnboundedReceiver<(Record, Ack)>,
) {
    let mut broken: Option<Broken> = None;
    while let Some(first) = records.blocking_recv() {
        let mut group = vec![first];
        while let Ok(next) = records.try_recv() {
            group.push(next);
        }
        let outcome = match &broken {
            // Half a line may be on the disk: nothing may follow it.
            Some(broken) => Err(broken.clone()),
            None => {
                write_group(tail.as_mut(), &mut chain, &group).map_err(|error| Broken::from(&error))
            }
        };
        broken = outcome.clone().err();
        for (_, ack) in group {
            // Who no longer waits was interrupted.
            let _ = ack.send(outcome.clone());
        }
    }
}

fn write_group(
    tail: &mut dyn Tail,
    chain: &mut Chain,
    group: &[(Record, Ack)],
) -> std::io::Result<()> {
    let mut text = String::new();
    for (record, _) in group {
        text.push_str(&chain.line(record)?);
    }
    tail.write(text.as_bytes())?;
    tail.sync()
}

#[cfg(test)]
mod simulated {
    //! The writer on a simulated disk: the same lines, on the thread of who writes them.

    use super::{Chain, Record, Tail};
    use std::io;
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    #[derive(Debug)]
    pub(super) struct Writer {
        open: Mutex<(Box<dyn Tail>, Chain)>,
        pause: Duration,
    }

    impl Writer {
        pub(super) fn new(tail: Box<dyn Tail>, chain: Chain, pause: Duration) -> Self {
            Writer {
                open: Mutex::new((tail, chain)),
                pause,
            }
        }

        /// Writes, waits as long as a disk takes, and syncs what everyone has written meanwhile.
        pub(super) async fn put(&self, record: &Record) -> io::Result<()> {
            {
                let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
                let (tail, chain) = &mut *open;
                tail.write(chain.line(record)?.as_bytes())?;
            }
            tokio::time::sleep(self.pause).await;
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.0.sync()
        }
    }
}
