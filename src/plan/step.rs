//! The plan as data.

use crate::domain::consequences::Consequences;
use crate::model::{Address, Attributes, BaseObject, Instant, Path, RemoteId, Target, Value};
use std::collections::BTreeMap;

/// Everything that an apply would do, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The project's name.
    pub project: String,
    /// The environment, if the project has some.
    pub environment: Option<String>,
    /// The platform and account that it was made for.
    pub target: Target,
    /// The state's lineage; `None` before the first apply.
    pub lineage: Option<String>,
    /// The state's serial that it was made from; 0 before the first apply.
    pub serial: u64,
    /// Digest of the compiled configuration.
    pub configuration: String,
    /// What changes, by object, for people: in the order of addresses.
    pub changes: Vec<Change>,
    /// What was changed on the platform since the last apply, by object, whether or not it is put
    /// back here.
    pub drift: Vec<Change>,
    /// What is done, in an order in which every step comes after those that it depends on.
    pub steps: Vec<Step>,
    /// Why the plan must not be applied: gates, protection, conflicts, doubtful matches.
    pub refusals: Vec<Refusal>,
    /// Findings of the journal's open intents: what the last, interrupted run had done.
    pub settled: Vec<String>,
    /// Live objects that no address manages, by kind.
    pub unmanaged: BTreeMap<String, usize>,
    /// Those of them that have the natural key of a managed object.
    pub namesakes: Vec<Namesake>,
    /// Digests of the live objects that the steps touch, by kind and id.
    pub touched: BTreeMap<(String, RemoteId), String>,
    /// What reading cost, in requests.
    pub read_requests: u64,
    /// What it means for people.
    pub consequences: Consequences,
}

/// An object that nothing manages and that has the natural key of a managed one: people may have copied
/// it, or a creation without an answer has happened after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namesake {
    /// The managed object.
    pub address: Address,
    /// The other one's id.
    pub id: RemoteId,
    /// The natural key's attribute.
    pub key: String,
    /// What both have there.
    pub value: String,
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The object.
    pub address: Address,
    /// Its title, for people.
    pub title: Option<String>,
    /// Its id on the platform, if it exists.
    pub id: Option<RemoteId>,
    /// What is done.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Field by field; for a creation every declared field.
    pub fields: Vec<FieldChange>,
    /// What else people should know, one sentence each.
    pub notes: Vec<String>,
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// `+`
    Create,
    /// `~`
    Update,
    /// `+/-`
    Replace,
    /// `#`
    Retire,
    /// `-`
    Delete,
    /// `=`
    Adopt,
    /// `>`
    Move,
    /// `.`
    Forget,
    /// `!`: by hand.
    Manual,
}

impl Action {
    /// Whether something leaves, or is made anew.
    pub fn removes(self) -> bool {
        match self {
            Action::Retire | Action::Delete | Action::Replace => true,
            Action::Create
            | Action::Update
            | Action::Adopt
            | Action::Move
            | Action::Forget
            | Action::Manual => false,
        }
    }

    /// The mark in the human form.
    pub fn mark(self) -> &'static str {
        match self {
            Action::Create => "+",
            Action::Update => "~",
            Action::Replace => "+/-",
            Action::Retire => "#",
            Action::Delete => "-",
            Action::Adopt => "=",
            Action::Move => ">",
            Action::Forget => ".",
            Action::Manual => "!",
        }
    }
}

/// Why something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is declared and does not exist.
    Declared,
    /// Its declaration changed since the last apply.
    ConfigurationChanged,
    /// It was changed on the platform since the last apply and is put back.
    Drifted,
    /// Both: in other fields, or in the same (see [`Side::Conflict`]).
    ConfigurationChangedAndDrifted,
    /// It is gone from the platform and is made again.
    Vanished,
    /// A field changed that can be saved once only.
    SavedOnce(Path),
    /// An object that it refers to is replaced.
    Repointed(Address),
    /// It is no longer declared.
    NoLongerDeclared,
    /// A `removed` document says so.
    Removed(Address),
    /// A replacement has left it behind.
    LeftBehind,
    /// `adopt:` names it.
    AdoptionDeclared,
    /// It is declared, not in the state, and the platform has exactly one object with its natural
    /// key.
    SameNaturalKey {
        /// The natural key's attribute.
        key: String,
    },
    /// It had another name (`previous_names`).
    Renamed(Address),
    /// An interrupted run had started it.
    Interrupted,
}

/// One field of a change, with its three sides.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// Where, in the names of the platform contract.
    pub path: Path,
    /// As last applied.
    pub base: Option<Value>,
    /// On the platform.
    pub live: Option<Value>,
    /// As declared.
    pub desired: Option<Value>,
    /// Who moved.
    pub side: Side,
    /// Whether this field makes the change a replacement.
    pub forces_replacement: bool,
}

/// Which side moved since the last apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The configuration.
    Configuration,
    /// The platform.
    Drift,
    /// Both, to different values.
    Conflict,
}

/// The number of a step, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub u32);

/// One thing that is done.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Its number.
    pub id: StepId,
    /// The object.
    pub address: Address,
    /// What is done, in words: `create`, `activate`, `pause`, `re-point`, `retire` …
    pub verb: String,
    /// What is sent.
    pub operation: Operation,
    /// The steps that must have succeeded before.
    pub depends_on: Vec<StepId>,
}

/// What is sent to the platform, or written to the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// Makes an object.
    Create {
        /// The body; references are resolved when it is sent.
        body: Attributes,
        /// The declared attributes once this is done: what the state records. Empty if the new
        /// object is still to be settled.
        applied: Attributes,
        /// The object that it replaces, which is left behind until it is retired.
        replaces: Option<RemoteId>,
        /// Whether it was applied with `protect: true`.
        protect: bool,
    },
    /// Changes attributes of an object. The state's entry is no longer retired after it.
    Update {
        /// The object; `None`: the one that this plan makes for the address.
        id: Option<RemoteId>,
        /// The attributes to change (a merge patch).
        patch: Attributes,
        /// All declared attributes once this is done: what the state records.
        applied: Attributes,
        /// Whether it was applied with `protect: true`.
        protect: bool,
    },
    /// Reads how many contacts a new list holds, before anything is bound to it.
    Settle {
        /// Whether it must be empty to go on: a gate list.
        must_be_empty: bool,
        /// The computed attribute that counts them.
        count: String,
        /// The declared attributes: what the state records once it is settled.
        applied: Attributes,
    },
    /// Takes an object out of use. The state remembers it as retired, or drops it from the deposed
    /// ones.
    Retire {
        /// The object.
        id: RemoteId,
        /// The attributes to change.
        patch: Attributes,
        /// Whether it is one that a replacement left behind.
        deposed: bool,
    },
    /// Deletes an object.
    Delete {
        /// The object.
        id: RemoteId,
    },
    /// Writes the state only: adoption, a new name, values that were found as declared. It replaces
    /// the whole entry.
    Record {
        /// The entry to write.
        object: Box<BaseObject>,
        /// The address that it had before.
        previous: Option<Address>,
    },
    /// Drops the state's entry only.
    Forget,
}

/// Why a plan must not be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The object, if it is one.
    pub address: Option<Address>,
    /// What is refused and why: the limit, the count, the setting.
    pub message: String,
    /// What to do: the exact flag or edit.
    pub help: String,
}

impl Operation {
    /// What it costs, in requests.
    pub fn requests(&self) -> u64 {
        match self {
            Operation::Create { .. }
            | Operation::Update { .. }
            | Operation::Settle { .. }
            | Operation::Retire { .. }
            | Operation::Delete { .. } => 1,
            Operation::Record { .. } | Operation::Forget => 0,
        }
    }
}

/// What the planner is told beside the three sides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The project's name.
    pub project: String,
    /// The environment.
    pub environment: Option<String>,
    /// The platform and account.
    pub target: Target,
    /// The state's lineage and serial.
    pub lineage: Option<String>,
    /// The state's serial.
    pub serial: u64,
    /// Digest of the compiled configuration.
    pub configuration: String,
    /// The clock.
    pub now: Instant,
    /// How much may be removed.
    pub max_removals: RemovalLimit,
    /// Whether a configuration without documents may retire everything (`--allow-empty`).
    pub allow_empty: bool,
    /// Whether conflicts are decided for the configuration (`--on-conflict ours`).
    pub conflicts_ours: bool,
    /// What reading cost, in requests.
    pub read_requests: u64,
}

/// How much a plan may remove; it is refused beyond either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemovalLimit {
    /// At most so many objects …
    pub count: u64,
    /// … and at most this percentage of the managed ones (from ten on).
    pub percent: u64,
    /// Who says so.
    pub from: LimitFrom,
}

/// Who sets a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitFrom {
    /// `safety.max_removals`, or its default.
    Settings,
    /// `--max-removals`.
    Flag,
}
