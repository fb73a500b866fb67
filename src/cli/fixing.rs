//! Cures carried out: texts edited, shown or written.

use super::configuration::{self, Everywhere, check_everywhere};
use super::files::Files;
use super::{Context, Exit, Failure};
use crate::diag::{Edit, Fix, Safety, apply_edits};
use crate::os;
use crate::render::terminal::escape_lines;
use crate::source::SourceMap;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A cure can uncover what another cures; so often at the most.
const MOST_ROUNDS: usize = 10;

/// What becomes of the edited texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// They are written.
    Written,
    /// A diff is shown.
    Shown,
}

/// Carries out every cure up to `most`, again and again while files are written and something is
/// left to cure. Whether anything was, or would be, changed.
///
/// # Errors
/// The project cannot be read, or a file cannot be written.
pub(super) fn fix(context: &Context, most: Safety, outcome: Outcome) -> Result<bool, Failure> {
    let mut cured = 0;
    let mut files_changed: BTreeSet<String> = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
        let now = configuration::now(context, &files);
        let Everywhere {
            sources, findings, ..
        } = check_everywhere(files, context.environment.as_deref(), now)?;
        let fixes: Vec<&Fix> = findings
            .iter()
            .filter_map(|finding| finding.fix.as_ref())
            .filter(|fix| fix.safety <= most)
            .collect();
        let texts = edited(&fixes, &sources);
        if texts.is_empty() {
            break;
        }
        cured += fixes.len();
        for (path, old, new) in &texts {
            files_changed.insert(path.clone());
            match outcome {
                Outcome::Shown => context.console.result(&difference(path, old, new)),
                Outcome::Written => os::write_over(Path::new(path), new).map_err(|error| {
                    Failure::new(Exit::Unclassified, format!("{path} cannot be written"))
                        .cause(error.to_string())
                })?,
            }
        }
        if outcome == Outcome::Shown {
            break;
        }
    }
    if outcome == Outcome::Written {
        let count = |number: usize, one: &str| match number {
            1 => format!("1 {one}"),
            _ => format!("{number} {one}s"),
        };
        context.console.note(&format!(
            "Fixed {} in {}.\n",
            count(cured, "finding"),
            count(files_changed.len(), "file")
        ));
    }
    Ok(!files_changed.is_empty())
}

/// The texts that change: path, before, after.
fn edited(fixes: &[&Fix], sources: &SourceMap) -> Vec<(String, String, String)> {
    let mut by_file: BTreeMap<_, Vec<&Edit>> = BTreeMap::new();
    for edit in fixes.iter().flat_map(|fix| &fix.edits) {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    by_file
        .into_iter()
        .filter_map(|(file, edits)| {
            let old = sources.text(file);
            let new = apply_edits(old, &edits).filter(|new| new != old)?;
            Some((sources.path(file).to_owned(), old.to_owned(), new))
        })
        .collect()
}

/// A unified diff of one file.
pub(super) fn difference(path: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    let text = diff.unified_diff().header(path, path).to_string();
    escape_lines(&text).into_owned()
}
