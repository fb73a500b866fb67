//! Quick fixes: the cures that findings bring along.

use super::positions::Encoding;
use super::server::uri_of;
use super::{Checked, findings, positions};
use crate::diag::{Diagnostic, Fix, Safety};
use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Range, TextEdit, WorkspaceEdit};
use std::path::Path;

/// The cures of what was found at a place of a file.
pub(super) fn actions(
    checked: &Checked,
    path: &Path,
    range: Range,
    encoding: Encoding,
) -> Vec<CodeActionOrCommand> {
    let here = |finding: &&Diagnostic| {
        let place = positions::range(&checked.sources, finding.span, encoding);
        Path::new(checked.sources.path(finding.span.file)) == path && findings::touch(place, range)
    };
    checked
        .findings
        .iter()
        .filter(here)
        .filter_map(|finding| {
            let fix = finding.fix.as_ref()?;
            Some(CodeActionOrCommand::CodeAction(CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![findings::told(checked, finding, encoding)]),
                is_preferred: Some(match fix.safety {
                    Safety::Safe => true,
                    Safety::Unsafe => false,
                }),
                edit: Some(edit(checked, fix, encoding)?),
                ..CodeAction::default()
            }))
        })
        .collect()
}

fn edit(checked: &Checked, fix: &Fix, encoding: Encoding) -> Option<WorkspaceEdit> {
    let mut changes: Vec<(lsp_types::Uri, Vec<TextEdit>)> = Vec::new();
    for edit in &fix.edits {
        let uri = uri_of(Path::new(checked.sources.path(edit.span.file)))?;
        let change = TextEdit {
            range: positions::range(&checked.sources, edit.span, encoding),
            new_text: edit.text.clone(),
        };
        match changes.iter_mut().find(|(known, _)| *known == uri) {
            Some((_, edits)) => edits.push(change),
            None => changes.push((uri, vec![change])),
        }
    }
    Some(WorkspaceEdit {
        changes: Some(changes.into_iter().collect()),
        ..WorkspaceEdit::default()
    })
}
