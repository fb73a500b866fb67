//! What has changed on the platform since the last apply.

use super::plan::{close, happened, head, line, open, sides};
use super::values::{self, Names};
use crate::plan::{Change, Drifts, FieldChange, Plan, Side, drifts};
use crate::render::terminal::escape;
use crate::render::{Accepted, NotAccepted, Style, Tone};

/// Every object that has changed, field by field: as applied, as it is now, and in a conflict as it
/// is declared. Ends with the counts.
pub fn render(plan: &Plan, names: &Names, accepted: Option<&Accepted>, style: Style) -> String {
    let mut out = String::new();
    for found in &plan.settled {
        line(&mut out, format_args!("Found: {}", escape(found)));
    }
    if !plan.settled.is_empty() {
        out.push('\n');
    }
    let counts = drifts(&plan.drift);
    if plan.drift.is_empty() {
        let title = style.paint(Tone::Strong, "No drift.");
        line(
            &mut out,
            format_args!("{title} The platform is as it was applied last."),
        );
        return out;
    }
    for change in &plan.drift {
        object(&mut out, change, names, style);
    }
    line(
        &mut out,
        format_args!(
            "{} {}",
            style.paint(Tone::Strong, "Drift:"),
            in_words(counts)
        ),
    );
    if let Some(accepted) = accepted {
        accept(&mut out, accepted, style);
    }
    out
}

/// What the configuration accepts now, and what it does not.
fn accept(out: &mut String, accepted: &Accepted, style: Style) {
    let Accepted {
        written,
        files,
        fields,
        not,
    } = accepted;
    if !fields.is_empty() || !not.is_empty() {
        out.push('\n');
    }
    for (address, path) in fields {
        line(
            out,
            format_args!("Accepted: {address} {}", escape(&path.to_string())),
        );
    }
    for NotAccepted {
        address,
        path,
        place,
        why,
    } in not
    {
        let path = path
            .as_ref()
            .map_or_else(String::new, |path| format!(" {path}"));
        let place = place
            .as_ref()
            .map_or_else(String::new, |place| format!(" ({place})"));
        line(
            out,
            format_args!(
                "{} {address}{}: {}{}",
                style.paint(Tone::Hint, "Not accepted:"),
                escape(&path),
                escape(why),
                escape(&place)
            ),
        );
    }
    let word = if *written { "Edited" } else { "Would edit" };
    if !files.is_empty() {
        line(out, format_args!("{word}: {}.", escape(&files.join(", "))));
    }
}

/// `2 fields of 1 object changed on the platform, 1 conflict, 0 objects gone.`
pub(super) fn in_words(counts: Drifts) -> String {
    let Drifts {
        objects,
        gone,
        drifted,
        conflicts,
    } = counts;
    let several = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    };
    format!(
        "{} of {} changed on the platform, {}, {} gone.",
        several(drifted + conflicts, "field"),
        several(objects - gone, "object"),
        several(conflicts, "conflict"),
        several(gone, "object"),
    )
}

fn object(out: &mut String, change: &Change, names: &Names, style: Style) {
    let (verb, mark, tone) = happened(change);
    head(out, change, verb, "", style);
    open(out, change, mark, tone, style);
    for field in &change.fields {
        let FieldChange {
            path,
            base,
            live,
            desired,
            side,
            forces_replacement: _,
        } = field;
        let remark = match (side, desired) {
            (Side::Conflict, Some(desired)) => {
                let shown = values::lines("", desired, names);
                match shown.as_slice() {
                    [one] => format!(" # conflict: now declared as {one}"),
                    _ => " # conflict: the declaration has changed too".to_owned(),
                }
            }
            (Side::Conflict, None) => " # conflict".to_owned(),
            (Side::Drift | Side::Configuration, Some(_)) => String::new(),
            (Side::Drift | Side::Configuration, None) => " # no longer declared".to_owned(),
        };
        sides(
            out,
            path,
            base.as_ref(),
            live.as_ref(),
            &remark,
            names,
            style,
        );
    }
    close(out, change);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_said_in_words() {
        let counts = |objects, gone, drifted, conflicts| Drifts {
            objects,
            gone,
            drifted,
            conflicts,
        };
        assert_eq!(
            in_words(counts(1, 0, 2, 0)),
            "2 fields of 1 object changed on the platform, 0 conflicts, 0 objects gone."
        );
        assert_eq!(
            in_words(counts(3, 1, 1, 1)),
            "2 fields of 2 objects changed on the platform, 1 conflict, 1 object gone."
        );
    }
}
