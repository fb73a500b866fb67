//! What a plan means for people: whom it reaches, what they pay, what opens and closes for them, and
//! until when it must be applied.
//!
//! A pure function of the platform's objects before and after. Numbers of people come with the
//! platform's listings; where it tells none they are unknown, never zero.

mod access;
mod automation;
mod deadline;
mod prices;
mod said;
mod sides;

pub use said::{About, Consequence, Consequences, Counted, Deadline, Price, Reach, Way};
pub use sides::{Change, Deed, Facts};

use sides::Sides;
use std::collections::BTreeMap;

/// What the changes mean.
pub fn consequences(facts: &Facts<'_>) -> Consequences {
    if facts.changes.is_empty() {
        return Consequences::default();
    }
    let sides = Sides::new(facts);
    let mut of = Vec::new();
    for change in &facts.changes {
        access::say(&sides, change, &mut of);
        automation::say(&sides, change, &mut of);
    }
    let prices = prices::prices(&sides);
    let reach = reach(&of);
    Consequences {
        must_be_applied_before: deadline::deadline(&sides),
        of,
        prices,
        reach,
    }
}

/// The sums of what is counted.
fn reach(of: &[Consequence]) -> Vec<Reach> {
    let mut sums: BTreeMap<Counted, Reach> = BTreeMap::new();
    // One object's clients are counted once, whatever happens to them.
    let mut counted: BTreeMap<(&str, Counted), Option<u64>> = BTreeMap::new();
    for one in of {
        if let (Some(what), true) = (one.what, one.about.counts()) {
            let most = counted.entry((&one.address, what)).or_insert(one.count);
            *most = match (*most, one.count) {
                (Some(most), Some(count)) => Some(most.max(count)),
                (None, _) | (_, None) => None,
            };
        }
    }
    for ((_, what), count) in counted {
        let sum = sums.entry(what).or_insert(Reach {
            what,
            count: 0,
            is_complete: true,
        });
        sum.count = sum.count.saturating_add(count.unwrap_or(0));
        sum.is_complete &= count.is_some();
    }
    sums.into_values().collect()
}
