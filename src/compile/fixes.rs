//! Cures that need the text: an entry taken out, two actions exchanged.
//!
//! Rules know places, not texts, so what they find is cured here. A cure is given only where the text
//! is of a form that is certain; otherwise people edit by hand.

use crate::diag::{Code, Diagnostic, Diagnostics, Edit, Fix, Safety};
use crate::kinds::{Document, Index, Spec};
use crate::source::{SourceMap, Span};
use crate::yaml::Node;
use crate::yaml::edit::removal;

/// Adds the cures.
pub(super) fn attach(index: &Index<'_>, sources: &SourceMap, findings: &mut Diagnostics) {
    findings.retain_mut(|finding| {
        if finding.fix.is_none() {
            finding.fix = match finding.code {
                Code::LessonOpensBeforeModule => document(index, finding)
                    .and_then(|document| without_lesson(document, finding.span, sources)),
                Code::LetterBeforeList => document(index, finding)
                    .and_then(|document| list_first(document, finding, sources)),
                _ => None,
            };
        }
        true
    });
}

fn document<'a>(index: &Index<'a>, finding: &Diagnostic) -> Option<&'a Document> {
    let address = finding.address.as_ref()?;
    index.get(&address.kind, &address.name)
}

/// The opening of a lesson that has no effect is taken out, with what is empty then.
fn without_lesson(document: &Document, opening: Span, sources: &SourceMap) -> Option<Fix> {
    let schedule = document.node.get("schedule")?;
    let modules = schedule.get("modules")?;
    for module in &modules.as_mapping()?.entries {
        let Some(lessons) = module.value.get("lessons") else {
            continue;
        };
        for lesson in &lessons.as_mapping()?.entries {
            let is_it = lesson.value.get("opens").is_some_and(|opens| {
                opens.span.start <= opening.start && opening.end <= opens.span.end
            });
            if !is_it || lesson.value.span.file != opening.file {
                continue;
            }
            let way = [
                (lessons, &*lesson.key),
                (&module.value, "lessons"),
                (modules, &*module.key),
                (schedule, "modules"),
            ];
            // From the inside out: the first that leaves something behind.
            let (map, key) = way
                .into_iter()
                .find(|(map, _)| map.as_mapping().is_some_and(|map| map.entries.len() > 1))?;
            return Some(Fix {
                title: format!("take the opening of `{}` out", lesson.key),
                safety: Safety::Safe,
                edits: vec![removal(sources.text(map.span.file), map, key)?],
            });
        }
    }
    None
}

/// The client is added to the list before the letter is sent: the two actions of one trigger change
/// places.
fn list_first(document: &Document, finding: &Diagnostic, sources: &SourceMap) -> Option<Fix> {
    let Spec::Scenario(_) = &document.spec else {
        return None;
    };
    let added = finding.related.first()?.span;
    let triggers = document.node.get("triggers")?.as_sequence()?;
    let holds = |node: &Node, span: Span| {
        node.span.file == span.file && node.span.start <= span.start && span.end <= node.span.end
    };
    triggers.iter().find_map(|trigger| {
        let actions = trigger.get("do")?.as_sequence()?;
        let letter = actions.iter().find(|action| holds(action, finding.span))?;
        let list = actions.iter().find(|action| holds(action, added))?;
        let (letter_text, list_text) = (sources.slice(letter.span), sources.slice(list.span));
        let is_plain = |text: &str| !text.contains(['\n', '#', '&', '*']) && !text.contains("${");
        (is_plain(letter_text) && is_plain(list_text)).then(|| Fix {
            title: "add the client to the list first".to_owned(),
            safety: Safety::Safe,
            edits: vec![
                Edit {
                    span: letter.span,
                    text: list_text.to_owned(),
                },
                Edit {
                    span: list.span,
                    text: letter_text.to_owned(),
                },
            ],
        })
    })
}
