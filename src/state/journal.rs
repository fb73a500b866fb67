//! The journal while it is written.
//!
//! A thread of its own takes records from everyone, writes what has gathered and syncs once for
//! all of it. Every call returns when its record is on the disk.

use super::effect::Effect;
use super::error::StateError;
use super::record::{Chain, Intent, Record};
use crate::model::Address;
use std::fs::File;
use std::io::Write as _;
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
    pub(super) fn start(path: &Path, file: File, chain: Chain) -> Result<Self, StateError> {
        let (queue, records) = mpsc::unbounded_channel();
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write_all(file, chain, records))
            .map_err(|error| StateError::io(path, "cannot start its writer", error))?;
        Ok(Journal {
            path: path.to_owned(),
            queue: Some(queue),
            writer: Some(writer),
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
    mut file: File,
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
                write_group(&mut file, &mut chain, &group).map_err(|error| Broken::from(&error))
            }
        };
        broken = outcome.clone().err();
        for (_, ack) in group {
            // Who no longer waits was interrupted.
            let _ = ack.send(outcome.clone());
        }
    }
}

fn write_group(file: &mut File, chain: &mut Chain, group: &[(Record, Ack)]) -> std::io::Result<()> {
    let mut text = String::new();
    for (record, _) in group {
        text.push_str(&chain.line(record)?);
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()
}
