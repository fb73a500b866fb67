//! What must never be, and the faults that are planted to see that each is noticed.

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Violation {
    /// Two objects with the same kind and natural key.
    Twice(String),
    /// A write that no step of the plan says.
    OutsideThePlan(String),
    /// A write to an object that is not managed here.
    NotOwned(String),
    /// A removal that the plan did not show.
    UnshownRemoval(String),
    /// After two clean runs, the plan is not empty.
    NotConverged(String),
    /// The state does not parse, its serial shrinks or its lineage changes.
    State(String),
    /// Two runs were given different contents of one version of the state.
    TwoOfOneVersion(String),
    /// A write whose intent is not on the disk.
    NoIntent(String),
    /// Something other than GET and HEAD from a command that only reads.
    ReadOnly(String),
    /// Something acts before what it refers to.
    ActsTooSoon(String),
    /// A field that nobody manages has changed.
    Unmanaged(String),
    /// A write of a run that does not hold the lock.
    TwoWriters(String),
    /// A request before the time that the platform had named.
    TooSoon(String),
}

impl Violation {
    /// Whether the other one is of the same invariant.
    pub(super) fn is_like(&self, other: &Violation) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// A fault of bursar's own, planted beneath it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Planted {
    /// A creation is sent twice.
    SendsTwice,
    /// A change goes to an object that a person has made.
    WritesToStrangers,
    /// A change takes along a field that its step does not name.
    WritesMore,
    /// A change becomes a removal.
    RemovesInstead,
    /// Changes are acknowledged and lost.
    LosesChanges,
    /// An earlier state file comes back.
    StateGoesBack,
    /// A byte of the state file changes.
    StateRots,
    /// A sync returns and has done nothing.
    SyncDoesNothing,
    /// A plan writes.
    PlanWrites,
    /// What is made rests not.
    ActsAtOnce,
    /// A change wipes what people have noted.
    WipesNotes,
    /// The lock keeps nobody out.
    LockKeepsNobodyOut,
    /// Waits are cut short.
    Impatient,
    /// A creation that was cut off is looked for once.
    DoesNotWait,
    /// What a listing lacks counts as gone.
    BelievesListings,
    /// A journal that was left behind counts as a version while a power cut could still take it.
    BelievesUnsynced,
}
