//! The journal's own types: one record a line.

use super::document::{Head, ObjectDocument};
use super::effect::Effect;
use super::form;
use super::seal::{begins_with_line, open_line, seal_line};
use crate::model::{Address, Attributes, OpenIntent, RemoteId};
use serde::{Deserialize, Serialize};
use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;

/// A write that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The step's number in its plan.
    pub step: u32,
    /// The object.
    pub address: Address,
    /// `create`, `update`, `retire`, `delete`.
    pub operation: String,
    /// The id that it is sent to; `None` for a creation.
    pub id: Option<RemoteId>,
    /// What is sent, resolved.
    pub attributes: Attributes,
    /// The object that a creation replaces.
    pub replaces: Option<RemoteId>,
}

impl From<Intent> for OpenIntent {
    fn from(intent: Intent) -> Self {
        let Intent {
            step: _,
            address,
            operation: _,
            id,
            attributes,
            replaces,
        } = intent;
        OpenIntent {
            address,
            id,
            attributes,
            replaces,
        }
    }
}

/// What a line after the first says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Intent(Intent),
    Done {
        step: u32,
        address: Address,
        effect: Effect,
    },
    Failed {
        step: u32,
        address: Address,
        /// Whether it may have happened all the same.
        in_doubt: bool,
        message: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    n: u64,
    record: RecordDocument<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    n: u64,
    header: Head,
    /// Digest of the plan that is carried out.
    plan: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum RecordDocument<'a> {
    Intent {
        step: u32,
        #[serde(with = "form::address")]
        address: Address,
        operation: Cow<'a, str>,
        id: Option<i64>,
        #[serde(with = "form::attributes")]
        attributes: Held<'a>,
        replaces: Option<i64>,
    },
    Done {
        step: u32,
        #[serde(with = "form::address")]
        address: Address,
        effect: EffectDocument<'a>,
    },
    Failed {
        step: u32,
        #[serde(with = "form::address")]
        address: Address,
        in_doubt: bool,
        message: Cow<'a, str>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum EffectDocument<'a> {
    Created {
        #[serde(with = "form::id")]
        id: RemoteId,
        #[serde(with = "form::attributes")]
        attributes: Held<'a>,
        outputs: Cow<'a, BTreeMap<String, String>>,
        protect: bool,
        replaces: Option<i64>,
        digest: Option<Cow<'a, str>>,
    },
    Updated {
        #[serde(with = "form::id")]
        id: RemoteId,
        #[serde(with = "form::attributes")]
        attributes: Held<'a>,
        outputs: Cow<'a, BTreeMap<String, String>>,
        protect: bool,
        digest: Option<Cow<'a, str>>,
    },
    Retired {
        #[serde(with = "form::id")]
        id: RemoteId,
        #[serde(with = "form::attributes")]
        patch: Held<'a>,
        deposed: bool,
    },
    Deleted {
        #[serde(with = "form::id")]
        id: RemoteId,
    },
    Recorded {
        object: Box<ObjectDocument<'a>>,
        previous: Option<String>,
    },
    Settled {
        #[serde(with = "form::attributes")]
        attributes: Held<'a>,
    },
    Forgotten,
}

/// Attributes that are borrowed when written and owned when read.
pub(super) struct Held<'a>(pub(super) Cow<'a, Attributes>);

impl Borrow<Attributes> for &Held<'_> {
    fn borrow(&self) -> &Attributes {
        &self.0
    }
}

impl From<Attributes> for Held<'_> {
    fn from(attributes: Attributes) -> Self {
        Held(Cow::Owned(attributes))
    }
}

impl<'a> Held<'a> {
    fn of(attributes: &'a Attributes) -> Self {
        Held(Cow::Borrowed(attributes))
    }
}

impl<'a> RecordDocument<'a> {
    fn of(record: &'a Record) -> Self {
        match record {
            Record::Intent(Intent {
                step,
                address,
                operation,
                id,
                attributes,
                replaces,
            }) => RecordDocument::Intent {
                step: *step,
                address: address.clone(),
                operation: Cow::Borrowed(operation),
                id: id.map(|id| id.0),
                attributes: Held::of(attributes),
                replaces: replaces.map(|id| id.0),
            },
            Record::Done {
                step,
                address,
                effect,
            } => RecordDocument::Done {
                step: *step,
                address: address.clone(),
                effect: EffectDocument::of(address, effect),
            },
            Record::Failed {
                step,
                address,
                in_doubt,
                message,
            } => RecordDocument::Failed {
                step: *step,
                address: address.clone(),
                in_doubt: *in_doubt,
                message: Cow::Borrowed(message),
            },
        }
    }

    fn into_record(self) -> Option<Record> {
        Some(match self {
            RecordDocument::Intent {
                step,
                address,
                operation,
                id,
                attributes,
                replaces,
            } => Record::Intent(Intent {
                step,
                address,
                operation: operation.into_owned(),
                id: id.map(RemoteId),
                attributes: attributes.0.into_owned(),
                replaces: replaces.map(RemoteId),
            }),
            RecordDocument::Done {
                step,
                address,
                effect,
            } => Record::Done {
                step,
                address,
                effect: effect.into_effect()?,
            },
            RecordDocument::Failed {
                step,
                address,
                in_doubt,
                message,
            } => Record::Failed {
                step,
                address,
                in_doubt,
                message: message.into_owned(),
            },
        })
    }
}

impl<'a> EffectDocument<'a> {
    fn of(address: &'a Address, effect: &'a Effect) -> Self {
        match effect {
            Effect::Created {
                id,
                attributes,
                outputs,
                protect,
                replaces,
                digest,
            } => EffectDocument::Created {
                id: *id,
                attributes: Held::of(attributes),
                outputs: Cow::Borrowed(outputs),
                protect: *protect,
                replaces: replaces.map(|id| id.0),
                digest: digest.as_deref().map(Cow::Borrowed),
            },
            Effect::Updated {
                id,
                attributes,
                outputs,
                protect,
                digest,
            } => EffectDocument::Updated {
                id: *id,
                attributes: Held::of(attributes),
                outputs: Cow::Borrowed(outputs),
                protect: *protect,
                digest: digest.as_deref().map(Cow::Borrowed),
            },
            Effect::Retired { id, patch, deposed } => EffectDocument::Retired {
                id: *id,
                patch: Held::of(patch),
                deposed: *deposed,
            },
            Effect::Deleted { id } => EffectDocument::Deleted { id: *id },
            Effect::Recorded { object, previous } => EffectDocument::Recorded {
                object: Box::new(ObjectDocument::new(address, object, None)),
                previous: previous.as_ref().map(ToString::to_string),
            },
            Effect::Settled { attributes } => EffectDocument::Settled {
                attributes: Held::of(attributes),
            },
            Effect::Forgotten => EffectDocument::Forgotten,
        }
    }

    fn into_effect(self) -> Option<Effect> {
        Some(match self {
            EffectDocument::Created {
                id,
                attributes,
                outputs,
                protect,
                replaces,
                digest,
            } => Effect::Created {
                id,
                attributes: attributes.0.into_owned(),
                outputs: outputs.into_owned(),
                protect,
                replaces: replaces.map(RemoteId),
                digest: digest.map(Cow::into_owned),
            },
            EffectDocument::Updated {
                id,
                attributes,
                outputs,
                protect,
                digest,
            } => Effect::Updated {
                id,
                attributes: attributes.0.into_owned(),
                outputs: outputs.into_owned(),
                protect,
                digest: digest.map(Cow::into_owned),
            },
            EffectDocument::Retired { id, patch, deposed } => Effect::Retired {
                id,
                patch: patch.0.into_owned(),
                deposed,
            },
            EffectDocument::Deleted { id } => Effect::Deleted { id },
            EffectDocument::Recorded { object, previous } => Effect::Recorded {
                object: Box::new(object.into_object().0),
                previous: match previous {
                    Some(previous) => Some(Address::parse(&previous).ok()?),
                    None => None,
                },
            },
            EffectDocument::Settled { attributes } => Effect::Settled {
                attributes: attributes.0.into_owned(),
            },
            EffectDocument::Forgotten => Effect::Forgotten,
        })
    }
}

/// Writes lines, each sealed over the one before.
#[derive(Debug)]
pub(super) struct Chain {
    next: u64,
    sum: String,
}

impl Chain {
    /// The first line, and the chain that goes on from it.
    pub(super) fn open(head: &Head, plan: &str) -> Result<(String, Self), serde_json::Error> {
        let line = HeadLine {
            n: 0,
            header: head.clone(),
            plan: plan.to_owned(),
        };
        let mut chain = Chain {
            next: 0,
            sum: String::new(),
        };
        let line = chain.seal(serde_json::to_string(&line)?);
        Ok((line, chain))
    }

    /// The next line.
    pub(super) fn line(&mut self, record: &Record) -> Result<String, serde_json::Error> {
        let line = Line {
            n: self.next,
            record: RecordDocument::of(record),
        };
        let line = serde_json::to_string(&line)?;
        Ok(self.seal(line))
    }

    fn seal(&mut self, mut line: String) -> String {
        line.pop();
        self.sum = seal_line(&mut line, &self.sum);
        self.next += 1;
        line.push('\n');
        line
    }
}

/// A journal as it was read.
#[derive(Debug)]
pub(super) struct JournalFile {
    pub(super) head: Head,
    pub(super) records: Vec<Record>,
}

/// Reads a journal. A last line without its line break was cut and is dropped; `None` if not even the first is whole.
///
/// # Errors
/// A fragment: a line before the last is not what was written.
pub(super) fn read(text: &[u8]) -> Result<Option<JournalFile>, String> {
    let mut head = None;
    let mut records = Vec::new();
    let mut sum = String::new();
    let mut lines = text
        .split_inclusive(|byte| *byte == b'\n')
        .enumerate()
        .peekable();
    while let Some((at, line)) = lines.next() {
        let is_last = lines.peek().is_none();
        let whole = line
            .strip_suffix(b"\n")
            .and_then(|line| open_line(line, &sum));
        let Some((json, own)) = whole else {
            let is_cut = !line.ends_with(b"\n");
            if is_last && is_cut && !begins_with_line(line, &sum) {
                break;
            }
            return Err(format!("line {} is not what was written", at + 1));
        };
        let wrong = |error: &dyn std::fmt::Display| format!("line {}: {error}", at + 1);
        if at == 0 {
            let first: HeadLine = serde_json::from_str(&json).map_err(|error| wrong(&error))?;
            head = Some(first.header);
        } else {
            let line: Line<'_> = serde_json::from_str(&json).map_err(|error| wrong(&error))?;
            if line.n != at as u64 {
                return Err(wrong(&format!("it is numbered {}", line.n)));
            }
            let record = line
                .record
                .into_record()
                .ok_or_else(|| wrong(&"it names no address"))?;
            records.push(record);
        }
        sum = own;
    }
    Ok(head.map(|head| JournalFile { head, records }))
}
