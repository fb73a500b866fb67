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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{Code, Diagnostics};
    use crate::source::{SourceMap, Span};

    #[test]
    fn a_cure_is_an_edit_of_the_file() {
        let mut sources = SourceMap::new();
        let file = sources.add("/school/a.yaml", "a: 1\nb: 😀 tittle\n");
        let span = Span::new(file, 13, 19);
        let mut findings = Diagnostics::new();
        let fix = Fix {
            title: "rename it".to_owned(),
            safety: Safety::Safe,
            edits: vec![crate::diag::Edit {
                span,
                text: "title".to_owned(),
            }],
        };
        findings.push(Diagnostic::new(Code::UnknownField, span, "unknown").fix(fix));
        findings.push(Diagnostic::new(Code::UnknownField, span, "without a cure"));
        let checked = Checked {
            sources,
            documents: Vec::new(),
            findings,
        };
        let at = |file: &str, line: u32| {
            let point = lsp_types::Position { line, character: 7 };
            let range = Range {
                start: point,
                end: point,
            };
            let all = actions(&checked, Path::new(file), range, Encoding::Utf16);
            serde_json::to_value(all).unwrap()
        };
        let found = at("/school/a.yaml", 1);
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["isPreferred"], true);
        let edit = &found[0]["edit"]["changes"]["file:///school/a.yaml"][0];
        assert_eq!(edit["newText"], "title");
        assert_eq!(edit["range"]["start"]["character"], 6);
        assert_eq!(edit["range"]["end"]["character"], 12);
        assert_eq!(at("/school/a.yaml", 0), serde_json::json!([]));
        assert_eq!(at("/school/b.yaml", 1), serde_json::json!([]));
    }
}
