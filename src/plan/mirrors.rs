//! What is only read must be there: a plan that needs it would fail half-way.

use crate::model::{DesiredState, LiveState};
use crate::plan::Refusal;

/// Refuses mirrors of what the platform does not have. Where a kind was not read, nothing is said.
pub(super) fn refusals<'a>(
    desired: &'a DesiredState,
    live: &'a LiveState,
) -> impl Iterator<Item = Refusal> + 'a {
    desired.mirrors.iter().filter_map(|(address, id)| {
        let there = live.kinds.get(&*address.kind)?;
        (!there.contains_key(id)).then(|| Refusal {
            address: Some(address.clone()),
            message: format!(
                "{address}: the platform has no {} with the id {id}",
                address.kind
            ),
            help: "correct the `id`, or delete the document if nothing refers to it".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Address, Attributes, LiveObject, RemoteId};

    #[test]
    fn only_what_was_read_and_is_missing_is_refused() {
        let mirror = |id| (Address::new("course", format!("c{id}")), RemoteId(id));
        let desired = DesiredState {
            mirrors: [mirror(1), mirror(2)].into(),
            ..DesiredState::default()
        };
        let object = LiveObject {
            attributes: Attributes::new(),
        };
        let read = LiveState {
            kinds: [("course".to_owned(), [(RemoteId(1), object)].into())].into(),
        };
        let found: Vec<Refusal> = refusals(&desired, &read).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "course.c2: the platform has no course with the id 2"
        );
        assert_eq!(refusals(&desired, &LiveState::default()).count(), 0);
    }
}
