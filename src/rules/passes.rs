//! Who may buy a pass.

use crate::kinds::Text;
use crate::kinds::pass::Pass;

/// The tags of which a member must have one; none, if everyone may buy.
pub(super) fn allowed(pass: &Pass) -> &[Text] {
    let tags = pass.tags.set().and_then(|tags| tags.allowed.set());
    tags.map_or(&[], Vec::as_slice)
}

/// The tags of which a member must have none.
pub(super) fn denied(pass: &Pass) -> &[Text] {
    let tags = pass.tags.set().and_then(|tags| tags.denied.set());
    tags.map_or(&[], Vec::as_slice)
}

/// Whether every allowed tag is denied too: nobody can buy it.
pub(super) fn is_unsellable(pass: &Pass) -> bool {
    let (allowed, denied) = (allowed(pass), denied(pass));
    !allowed.is_empty() && allowed.iter().all(|tag| denied.contains(tag))
}

/// Whether it is for new members only.
pub(super) fn is_for_new_members(pass: &Pass) -> bool {
    pass.new_members_only.set() == Some(&true)
}
