//! The state file's own types, version 1.

use super::effect::Entries;
use super::form;
use super::record::Held;
use super::seal::seal_state;
use crate::model::{Address, BaseObject, BaseState, Deposed, OpenIntent, RemoteId, Target};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The format that this version writes and reads.
pub(super) const FORMAT: u64 = 1;

/// What a state file holds.
#[derive(Debug)]
pub(super) struct StateFile {
    pub(super) head: Head,
    pub(super) entries: Entries,
}

/// Whose state it is, and which version. It also opens the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) format_version: u64,
    pub(super) tool_version: String,
    pub(super) project: String,
    pub(super) environment: Option<String>,
    #[serde(with = "TargetDocument")]
    pub(super) target: Target,
    pub(super) lineage: String,
    pub(super) serial: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Target", deny_unknown_fields)]
struct TargetDocument {
    provider: String,
    url: String,
    account: String,
}

/// As much as is read of a file that may be of another version.
#[derive(Deserialize)]
pub(super) struct Version {
    pub(super) format_version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectDocument<'a> {
    kind: Cow<'a, str>,
    #[serde(with = "form::id")]
    id: RemoteId,
    #[serde(with = "form::attributes")]
    attributes: Held<'a>,
    #[serde(default, skip_serializing_if = "is_empty")]
    outputs: Cow<'a, BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "is_false")]
    protect: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    retired: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deposed: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Cow<'a, str>>,
}

#[expect(clippy::ptr_arg, reason = "serde passes the field's own type")]
fn is_empty(outputs: &Cow<'_, BTreeMap<String, String>>) -> bool {
    outputs.is_empty()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_false(truth: &bool) -> bool {
    !truth
}

impl<'a> ObjectDocument<'a> {
    pub(super) fn new(
        address: &'a Address,
        object: &'a BaseObject,
        digest: Option<&'a str>,
    ) -> Self {
        let BaseObject {
            id,
            attributes,
            outputs,
            protect,
            retired,
            deposed,
        } = object;
        ObjectDocument {
            kind: Cow::Borrowed(&address.kind),
            id: *id,
            attributes: Held(Cow::Borrowed(attributes)),
            outputs: Cow::Borrowed(outputs),
            protect: *protect,
            retired: *retired,
            deposed: deposed.iter().map(|old| old.id.0).collect(),
            digest: digest.map(Cow::Borrowed),
        }
    }

    pub(super) fn into_object(self) -> (BaseObject, Option<String>) {
        let ObjectDocument {
            kind: _,
            id,
            attributes,
            outputs,
            protect,
            retired,
            deposed,
            digest,
        } = self;
        let object = BaseObject {
            id,
            attributes: attributes.0.into_owned(),
            outputs: outputs.into_owned(),
            protect,
            retired,
            deposed: deposed
                .into_iter()
                .map(|id| Deposed { id: RemoteId(id) })
                .collect(),
        };
        (object, digest.map(Cow::into_owned))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenDocument<'a> {
    #[serde(with = "form::address")]
    address: Address,
    id: Option<i64>,
    #[serde(with = "form::attributes")]
    attributes: Held<'a>,
    replaces: Option<i64>,
}

#[derive(Deserialize)]
struct WholeDocument<'a> {
    // Field by field: `flatten` would hold the objects twice.
    format_version: u64,
    tool_version: String,
    project: String,
    environment: Option<String>,
    #[serde(with = "TargetDocument")]
    target: Target,
    lineage: String,
    serial: u64,
    objects: BTreeMap<String, ObjectDocument<'a>>,
    open_intents: Vec<OpenDocument<'a>>,
}

/// The text of a state file, one object a line.
///
/// # Errors
/// Something in it cannot be said in JSON; this does not happen.
pub(super) fn write(head: &Head, entries: &Entries) -> Result<String, serde_json::Error> {
    let Entries { base, digests } = entries;
    let mut text = serde_json::to_string_pretty(head)?;
    // Open the object again: `\n}` at the end.
    text.truncate(text.len().saturating_sub(2));
    text.push_str(",\n  \"objects\": {");
    for (number, (address, object)) in base.objects.iter().enumerate() {
        text.push_str(if number == 0 { "\n    " } else { ",\n    " });
        text.push_str(&serde_json::to_string(&address.to_string())?);
        text.push_str(": ");
        let digest = digests.get(address).map(String::as_str);
        text.push_str(&serde_json::to_string(&ObjectDocument::new(
            address, object, digest,
        ))?);
    }
    text.push_str(if base.objects.is_empty() {
        "}"
    } else {
        "\n  }"
    });
    text.push_str(",\n  \"open_intents\": [");
    for (number, intent) in base.open_intents.iter().enumerate() {
        let OpenIntent {
            address,
            id,
            attributes,
            replaces,
        } = intent;
        text.push_str(if number == 0 { "\n    " } else { ",\n    " });
        text.push_str(&serde_json::to_string(&OpenDocument {
            address: address.clone(),
            id: id.map(|id| id.0),
            attributes: Held(Cow::Borrowed(attributes)),
            replaces: replaces.map(|id| id.0),
        })?);
    }
    text.push_str(if base.open_intents.is_empty() {
        "]"
    } else {
        "\n  ]"
    });
    Ok(seal_state(text))
}

/// Reads a state file whose checksum was right.
///
/// # Errors
/// A fragment: what is wrong with it.
pub(super) fn read(text: &[u8]) -> Result<StateFile, String> {
    let WholeDocument {
        format_version,
        tool_version,
        project,
        environment,
        target,
        lineage,
        serial,
        objects,
        open_intents,
    } = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let mut base = BaseState::default();
    let mut digests = BTreeMap::new();
    for (address, object) in objects {
        let address = Address::parse(&address).map_err(|error| error.to_string())?;
        if *address.kind != *object.kind {
            return Err(format!("{address} is said to be of kind `{}`", object.kind));
        }
        let (object, digest) = object.into_object();
        if let Some(digest) = digest {
            digests.insert(address.clone(), digest);
        }
        base.objects.insert(address, object);
    }
    base.open_intents = open_intents
        .into_iter()
        .map(|intent| OpenIntent {
            address: intent.address,
            id: intent.id.map(RemoteId),
            attributes: intent.attributes.0.into_owned(),
            replaces: intent.replaces.map(RemoteId),
        })
        .collect();
    Ok(StateFile {
        head: Head {
            format_version,
            tool_version,
            project,
            environment,
            target,
            lineage,
            serial,
        },
        entries: Entries { base, digests },
    })
}
