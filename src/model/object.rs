//! The three sides that a plan compares.

use super::{Address, Attributes, Path, RemoteId};
use std::collections::BTreeMap;

/// What the configuration says, compiled: the *desired* side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DesiredState {
    /// Objects to have, by address.
    pub objects: BTreeMap<Address, DesiredObject>,
    /// What `removed` documents say of addresses that are no longer declared.
    pub removals: BTreeMap<Address, Instruction>,
    /// Lists inside attributes that follow from the whole project and not from the document alone.
    /// A saved object may be behind: such a list by itself is no change.
    pub derived: BTreeMap<Address, Vec<Path>>,
    /// Mirrors of what is read only, with the platform's ids: they must be there.
    pub mirrors: BTreeMap<Address, RemoteId>,
}

/// One object to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredObject {
    /// The declared attributes, in the names of the platform contract. What is not in here is not
    /// managed.
    pub attributes: Attributes,
    /// Earlier addresses of it, newest first (`previous_names`).
    pub previous: Vec<Address>,
    /// `protect:`, if it is declared.
    pub protect: Option<bool>,
    /// `adopt: {id}`: the existing object to take over.
    pub adopt: Option<RemoteId>,
}

/// A `removed` document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The address of the `removed` document itself.
    pub document: Address,
    /// What to do.
    pub then: RemovalKind,
}

/// What to do with an object that is no longer declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalKind {
    /// Archive, disable, pause or make unavailable.
    Retire,
    /// Delete on the platform.
    Delete,
    /// Drop from the state and leave the platform as it is.
    Forget,
}

/// What was last applied, journal included: the *base* side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseState {
    /// Objects by address.
    pub objects: BTreeMap<Address, BaseObject>,
    /// Writes whose outcome is not known: a run was cut off after it announced them.
    pub open_intents: Vec<OpenIntent>,
}

/// One object as it was last applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseObject {
    /// Its id on the platform.
    pub id: RemoteId,
    /// The attributes that were applied.
    pub attributes: Attributes,
    /// What the platform computed and others may refer to (`url` of an offer).
    pub outputs: BTreeMap<String, String>,
    /// Whether it was applied with `protect: true`.
    pub protect: bool,
    /// Whether it has been retired here and is only remembered.
    pub retired: bool,
    /// Objects that a replacement has left behind and that are still to be retired.
    pub deposed: Vec<Deposed>,
}

/// An object that another one has replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposed {
    /// Its id on the platform.
    pub id: RemoteId,
}

/// A write that was announced in the journal and has no outcome there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIntent {
    /// The object.
    pub address: Address,
    /// The id it was sent to; `None` for a creation.
    pub id: Option<RemoteId>,
    /// The attributes that were sent.
    pub attributes: Attributes,
    /// Ids that the address had before, if this was a replacement.
    pub replaces: Option<RemoteId>,
}

/// What the platform holds: the *live* side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveState {
    /// For each kind that was read, its objects by id. A kind that is absent was not read.
    pub kinds: BTreeMap<String, BTreeMap<RemoteId, LiveObject>>,
}

/// One object on the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveObject {
    /// All attributes in normal form, computed ones too.
    pub attributes: Attributes,
}

/// A platform and an account on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The provider's name: `sandbox`, `kwiga` …
    pub provider: String,
    /// Where it is: the platform's base address, or `embedded`.
    pub url: String,
    /// The account, as a digest: never the credential itself.
    pub account: String,
}
