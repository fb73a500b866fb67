//! A plan in Terraform's grammar.

mod consequences;
pub(in crate::render) mod pieces;

use super::values::{self, Names};
use crate::model::{Address, Path, Seg, Value};
use crate::plan::{Action, Change, Counts, FieldChange, Plan, Reason, Refusal, Side};
use crate::render::terminal::escape;
use crate::render::text_diff::{self, Line, Tag};
use crate::render::{Style, Tone};
use std::fmt::Write as _;

/// What a plan is shown with.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What ids stand for.
    pub names: &'a Names,
    /// Requests that the platform takes in a minute, if that is known.
    pub requests_per_minute: Option<u32>,
    /// Colours or none.
    pub style: Style,
}

/// The whole plan: what was found, what has drifted, what would be done, what is refused, counts.
pub fn render(view: View<'_>) -> String {
    let View {
        plan,
        names,
        requests_per_minute,
        style,
    } = view;
    let mut out = String::new();
    for found in &plan.settled {
        line(&mut out, format_args!("Found: {}", escape(found)));
    }
    if !plan.settled.is_empty() {
        out.push('\n');
    }
    if !plan.drift.is_empty() {
        drift(&mut out, &plan.drift, names, style);
    }
    if plan.changes.is_empty() {
        let claim = if plan.refusals.is_empty() {
            " The platform matches the configuration."
        } else {
            ""
        };
        let title = style.paint(Tone::Strong, "No changes.");
        line(&mut out, format_args!("{title}{claim}"));
    } else {
        line(
            &mut out,
            format_args!("bursar will perform the following actions:"),
        );
        out.push('\n');
        let mut meaning = consequences::by_address(&plan.consequences);
        for change in &plan.changes {
            // Of two changes of one address the first is its own, the second what it leaves behind.
            let meaning = meaning.remove(&change.address.to_string());
            let lines = meaning.map(consequences::Meaning::lines);
            render_change(&mut out, change, &lines.unwrap_or_default(), names, style);
        }
        line(
            &mut out,
            format_args!(
                "{} {}",
                style.paint(Tone::Strong, "Plan:"),
                counts(crate::plan::counts(plan))
            ),
        );
    }
    if let Some(drift) = pieces::drift_line(plan) {
        line(&mut out, format_args!("{drift}"));
    }
    consequences::summary(&mut out, &plan.consequences, style);
    tail(&mut out, plan, requests_per_minute);
    for refusal in &plan.refusals {
        render_refusal(&mut out, refusal, style);
    }
    out
}

/// `2 to add, 1 to change, 0 to retire.`, and what else there is.
pub fn counts(counts: Counts) -> String {
    let mut text = format!(
        "{} to add, {} to change, {} to retire",
        counts.add, counts.change, counts.retire
    );
    for (count, to_do, _) in rarer(counts) {
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", {count} {to_do}");
        }
    }
    text.push('.');
    text
}

/// What is not said of every plan, with its words: to do, and done.
pub(super) fn rarer(counts: Counts) -> [(usize, &'static str, &'static str); 6] {
    let Counts {
        add: _,
        change: _,
        retire: _,
        replace,
        delete,
        adopt,
        moved,
        forget,
        manual,
    } = counts;
    [
        (replace, "to replace", "replaced"),
        (delete, "to delete", "deleted"),
        (adopt, "to adopt", "adopted"),
        (moved, "to rename", "renamed"),
        (forget, "to forget", "forgotten"),
        (manual, "by hand", "by hand"),
    ]
}

fn drift(out: &mut String, changes: &[Change], names: &Names, style: Style) {
    let title = "Note: objects have changed outside of bursar";
    line(out, format_args!("{}", style.paint(Tone::Strong, title)));
    out.push('\n');
    for change in changes {
        let (verb, mark, tone) = happened(change);
        head(out, change, verb, "", style);
        open(out, change, mark, tone, style);
        for field in &change.fields {
            sides(
                out,
                &field.path,
                field.base.as_ref(),
                field.live.as_ref(),
                "",
                names,
                style,
            );
        }
        close(out, change);
    }
}

/// What became of an object outside of bursar: in words, as a mark, in a colour.
pub(in crate::render) fn happened(change: &Change) -> (&'static str, &'static str, Tone) {
    match change.reason {
        Reason::Vanished => ("is gone from the platform", "-", Tone::Remove),
        Reason::Declared
        | Reason::ConfigurationChanged
        | Reason::Drifted
        | Reason::ConfigurationChangedAndDrifted
        | Reason::SavedOnce(_)
        | Reason::Repointed(_)
        | Reason::NoLongerDeclared
        | Reason::Removed(_)
        | Reason::LeftBehind
        | Reason::AdoptionDeclared
        | Reason::SameNaturalKey { .. }
        | Reason::Renamed(_)
        | Reason::Interrupted => ("has been changed on the platform", "~", Tone::Change),
    }
}

fn render_change(
    out: &mut String,
    change: &Change,
    meaning: &[String],
    names: &Names,
    style: Style,
) {
    let (verb, tone) = head_of(change.action);
    head(out, change, verb, &because(&change.reason), style);
    let is_empty = is_empty(change) && meaning.is_empty();
    open_block(out, change, change.action.mark(), tone, is_empty, style);
    for field in &change.fields {
        render_field(out, field, names, style);
    }
    for text in change.notes.iter().chain(meaning) {
        line(out, format_args!("      # {}", escape(text)));
    }
    close_block(out, is_empty);
}

/// What is done with an object in words, and in which colour.
fn head_of(action: Action) -> (&'static str, Tone) {
    match action {
        Action::Create => ("will be created", Tone::Add),
        Action::Update => ("will be updated", Tone::Change),
        Action::Replace => ("must be replaced", Tone::Remove),
        Action::Retire => ("will be retired", Tone::Remove),
        Action::Delete => ("will be deleted", Tone::Remove),
        Action::Adopt => ("will be adopted", Tone::Hint),
        Action::Move => ("will be renamed", Tone::Hint),
        Action::Forget => ("will be forgotten", Tone::Hint),
        Action::Manual => ("must be done by hand", Tone::Hint),
    }
}

/// `  # offer.x will be updated: why`
pub(super) fn head(out: &mut String, change: &Change, verb: &str, why: &str, style: Style) {
    let why = if why.is_empty() {
        String::new()
    } else {
        format!(": {why}")
    };
    let text = format!("# {} {verb}{why}", change.address);
    line(out, format_args!("  {}", style.paint(Tone::Strong, text)));
}

/// `  ~ offer.x "Title" (id 7) {`
pub(super) fn open(out: &mut String, change: &Change, mark: &str, tone: Tone, style: Style) {
    open_block(out, change, mark, tone, is_empty(change), style);
}

fn open_block(
    out: &mut String,
    change: &Change,
    mark: &str,
    tone: Tone,
    is_empty: bool,
    style: Style,
) {
    let title = change
        .title
        .as_ref()
        .map_or_else(String::new, |title| format!(" \"{}\"", escape(title)));
    let id = change
        .id
        .map_or_else(String::new, |id| format!(" (id {id})"));
    let brace = if is_empty { "" } else { " {" };
    line(
        out,
        format_args!(
            "{} {}{title}{id}{brace}",
            style.paint(tone, format!("{mark:>3}")),
            change.address
        ),
    );
}

pub(super) fn close(out: &mut String, change: &Change) {
    for note in &change.notes {
        line(out, format_args!("      # {}", escape(note)));
    }
    close_block(out, is_empty(change));
}

fn close_block(out: &mut String, is_empty: bool) {
    if !is_empty {
        line(out, format_args!("    }}"));
    }
    out.push('\n');
}

fn is_empty(change: &Change) -> bool {
    change.fields.is_empty() && change.notes.is_empty()
}

fn render_field(out: &mut String, field: &FieldChange, names: &Names, style: Style) {
    let FieldChange {
        path,
        base,
        live,
        desired,
        side,
        forces_replacement,
    } = field;
    let mut remark = String::new();
    if *forces_replacement {
        remark.push_str(" # forces replacement");
    }
    match side {
        Side::Configuration => {}
        Side::Drift => remark.push_str(" # changed on the platform"),
        Side::Conflict => remark.push_str(" # conflict"),
    }
    sides(
        out,
        path,
        live.as_ref(),
        desired.as_ref(),
        &remark,
        names,
        style,
    );
    if *side == Side::Conflict
        && let Some(base) = base
    {
        let base = values::lines(key(path), base, names);
        let was = match base.as_slice() {
            [one] => one.clone(),
            _ => "something else".to_owned(),
        };
        line(
            out,
            format_args!("          # last applied: {was}; both sides have changed it since"),
        );
    }
}

/// `      ~ price = "490.00 EUR" -> "450.00 EUR"`, or a diff of lines where a side is long.
pub(super) fn sides(
    out: &mut String,
    path: &Path,
    before: Option<&Value>,
    after: Option<&Value>,
    remark: &str,
    names: &Names,
    style: Style,
) {
    let (mark, tone) = match (before, after) {
        (None, _) => ("+", Tone::Add),
        (Some(_), None) => ("-", Tone::Remove),
        (Some(_), Some(_)) => ("~", Tone::Change),
    };
    let mark = style.paint(tone, mark);
    let (before, after) = shown_sides(path, before, after, names);
    let path = escape(&path.to_string()).into_owned();
    let remark = style.paint(Tone::Remove, remark);
    match (before, after) {
        (None, None) => line(out, format_args!("      {mark} {path}{remark}")),
        (None, Some(lines)) | (Some(lines), None) => {
            let mut lines = lines.into_iter();
            let first = lines.next().unwrap_or_default();
            line(out, format_args!("      {mark} {path} = {first}{remark}"));
            for rest in lines {
                line(
                    out,
                    format_args!("{}", format!("        {rest}").trim_end()),
                );
            }
        }
        (Some(before), Some(after)) => match (before.as_slice(), after.as_slice()) {
            ([old], [new]) if are_short(&before, &after) => line(
                out,
                format_args!("      {mark} {path} = {old} -> {new}{remark}"),
            ),
            (before, after) => {
                line(out, format_args!("      {mark} {path} ={remark}"));
                line_diff(out, before, after, style);
            }
        },
    }
}

/// A side of a field as lines; none where it says nothing of the field.
pub(in crate::render) type Shown = Option<Vec<String>>;

/// Both sides of a field as lines.
pub(in crate::render) fn shown_sides(
    path: &Path,
    before: Option<&Value>,
    after: Option<&Value>,
    names: &Names,
) -> (Shown, Shown) {
    let field = key(path);
    let shown = |value: Option<&Value>| value.map(|value| values::lines(field, value, names));
    let (old, new) = (shown(before), shown(after));
    if old == new {
        // The same name before and after: another object will have it. The old one's id tells.
        let none = Names::default();
        let old = before.map(|value| values::lines(field, value, &none));
        return (old, new);
    }
    (old, new)
}

/// Whether two sides stand beside each other on one line, and not as a difference of lines and words.
pub(in crate::render) fn are_short(before: &[String], after: &[String]) -> bool {
    let is_short = |lines: &[String]| match lines {
        [one] => one.chars().count() <= LONGEST_BESIDE,
        _ => false,
    };
    is_short(before) && is_short(after)
}

/// Values of one line are shown beside each other up to this length, in characters.
const LONGEST_BESIDE: usize = 120;

fn line_diff(out: &mut String, before: &[String], after: &[String], style: Style) {
    for (at, place) in text_diff::places(before, after).iter().enumerate() {
        if at > 0 {
            line(out, format_args!("          …"));
        }
        for Line { tag, pieces } in place {
            let (mark, tone) = match tag {
                Tag::Same => (" ", Tone::Dim),
                Tag::Removed => ("-", Tone::Remove),
                Tag::Added => ("+", Tone::Add),
            };
            let mut text = style.paint(tone, format_args!("{mark} "));
            for (is_changed, piece) in pieces {
                text.push_str(&match is_changed {
                    true => changed_words(*tag, piece, style),
                    false => style.paint(tone, piece),
                });
            }
            line(out, format_args!("        {}", text.trim_end()));
        }
    }
}

/// The words of a line that change: in another colour, or in the marks of `git diff --word-diff`.
fn changed_words(tag: Tag, words: &str, style: Style) -> String {
    match (style, tag) {
        (_, Tag::Same) => words.to_owned(),
        (Style::Coloured, Tag::Removed) => style.paint(Tone::RemovedWords, words),
        (Style::Coloured, Tag::Added) => style.paint(Tone::AddedWords, words),
        (Style::Plain, Tag::Removed) => format!("[-{words}-]"),
        (Style::Plain, Tag::Added) => format!("{{+{words}+}}"),
    }
}

/// The last name of a path: it says what a number in it means.
fn key(path: &Path) -> &str {
    path.0
        .iter()
        .rev()
        .find_map(|segment| match segment {
            Seg::Key(key) => Some(&**key),
            Seg::Index(_) => None,
        })
        .unwrap_or("")
}

/// Unmanaged objects, work by hand, cost.
fn tail(out: &mut String, plan: &Plan, requests_per_minute: Option<u32>) {
    let unmanaged: Vec<String> = plan
        .unmanaged
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{} {count}", escape(kind)))
        .collect();
    if !unmanaged.is_empty() {
        line(
            out,
            format_args!("Not managed here: {}.", unmanaged.join(", ")),
        );
    }
    let writes: u64 = plan
        .steps
        .iter()
        .map(|step| step.operation.requests())
        .sum();
    let time = requests_per_minute
        .filter(|limit| *limit > 0)
        .map_or_else(String::new, |limit| {
            let limit = u64::from(limit);
            let time = match (plan.read_requests + writes).div_ceil(limit) {
                0 | 1 => "under a minute".to_owned(),
                minutes => format!("about {minutes} minutes"),
            };
            format!("; {time} at {limit} a minute")
        });
    line(
        out,
        format_args!(
            "Cost: {} to read, {writes} to write{time}.",
            requests(plan.read_requests)
        ),
    );
}

fn requests(count: u64) -> String {
    match count {
        1 => "1 request".to_owned(),
        count => format!("{count} requests"),
    }
}

fn render_refusal(out: &mut String, refusal: &Refusal, style: Style) {
    let help = &refusal.help;
    out.push('\n');
    line(
        out,
        format_args!(
            "{} {}",
            style.paint(Tone::Error, "refused:"),
            escape(&pieces::refused(refusal))
        ),
    );
    line(
        out,
        format_args!("  {} {}", style.paint(Tone::Hint, "help:"), escape(help)),
    );
}

fn because(reason: &Reason) -> String {
    let of = |address: &Address| address.to_string();
    match reason {
        Reason::Declared => String::new(),
        Reason::ConfigurationChanged => "its declaration changed".to_owned(),
        Reason::Drifted => "it was changed on the platform and is put back".to_owned(),
        Reason::ConfigurationChangedAndDrifted => {
            "its declaration changed, and so did the object on the platform".to_owned()
        }
        Reason::Vanished => "it is gone from the platform".to_owned(),
        Reason::SavedOnce(path) => {
            format!("`{}` can be saved once only", escape(&path.to_string()))
        }
        Reason::Repointed(address) => format!("it refers to {}, which is replaced", of(address)),
        Reason::NoLongerDeclared => "it is no longer declared".to_owned(),
        Reason::Removed(address) => format!("{} says so", of(address)),
        Reason::LeftBehind => "a replacement has left it behind".to_owned(),
        Reason::AdoptionDeclared => "`adopt` names it".to_owned(),
        Reason::SameNaturalKey { key } => {
            format!("the platform has one object with this `{}`", escape(key))
        }
        Reason::Renamed(address) => format!("it was {}", of(address)),
        Reason::Interrupted => "an interrupted run had started it".to_owned(),
    }
}

pub(super) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{text}");
}

#[cfg(test)]
mod tests;
