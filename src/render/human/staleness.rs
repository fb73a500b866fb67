//! Why a saved plan would not do what it says.

use super::values::{self, Names};
use crate::model::{Path, Seg, Value};
use crate::plan::{Action, Difference, FieldChange, What};
use crate::render::terminal::escape;

/// One difference in one line: `offer.web: price.amount was to change from …`.
pub fn difference(difference: &Difference, names: &Names) -> String {
    let Difference { address, what } = difference;
    let text = match what {
        What::Action { planned, now } => match (planned.map(done), now.map(done)) {
            (Some(planned), Some(now)) => format!("was to be {planned}, and would be {now} now"),
            (Some(planned), None) => format!("was to be {planned}, and nothing is left to do now"),
            (None, Some(now)) => format!("was to stay as it is, and would be {now} now"),
            (None, None) => "would be done in another way now".to_owned(),
        },
        What::Field { path, planned, now } => {
            let (planned, now) = (planned.as_deref(), now.as_deref());
            let from_to = |field: &FieldChange| from_to(path, field, names);
            let path = escape(&path.to_string()).into_owned();
            match (planned.map(from_to), now.map(from_to)) {
                (Some(planned), Some(now)) if planned == now => format!(
                    "`{path}` was to change {planned}: what that names has gone since, or would be another object now"
                ),
                (Some(planned), Some(now)) => {
                    format!("`{path}` was to change {planned}, and would change {now} now")
                }
                (Some(planned), None) => {
                    format!("`{path}` was to change {planned}, and would not change now")
                }
                (None, now) => format!(
                    "`{path}` was to stay, and would change {} now",
                    now.unwrap_or_default()
                ),
            }
        }
        What::Writes => {
            "would be written in another way now: an object was made or is gone".to_owned()
        }
        What::Unannounced(text) => format!("it does not say: {}", escape(text)),
        What::Refused(message) => format!("is refused now: {}", escape(message)),
    };
    format!("{address}: {text}")
}

fn done(action: Action) -> &'static str {
    match action {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Replace => "replaced",
        Action::Retire => "retired",
        Action::Delete => "deleted",
        Action::Adopt => "adopted",
        Action::Move => "renamed",
        Action::Forget => "forgotten",
        Action::Manual => "done by hand",
    }
}

fn from_to(path: &Path, field: &FieldChange, names: &Names) -> String {
    let key = path.0.iter().rev().find_map(|segment| match segment {
        Seg::Key(key) => Some(&**key),
        Seg::Index(_) => None,
    });
    let show = |value: &Option<Value>| match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(value) => values::lines(key.unwrap_or_default(), value, names).join(" "),
    };
    format!("from {} to {}", show(&field.live), show(&field.desired))
}
