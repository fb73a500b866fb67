//! `rules:` and `allow:`: what becomes of findings.

use crate::diag::{CODES, Code, Diagnostic, Diagnostics, Lock, Severity, did_you_mean};
use crate::domain::zone::Zone;
use crate::kinds::Document;
use crate::kinds::{Project, RuleLevel};
use crate::model::{Address, Instant, Path};
use crate::source::Span;
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};

/// How much of a project was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// All of it, by every rule.
    Whole,
    /// Some of it could not be read, so that rules were silent.
    InPart,
}

/// Excuses what documents excuse, gives findings the project's severities, puts them in file order.
pub(super) fn settle(
    project: Option<&Project>,
    project_node: &Node,
    documents: &[Document],
    zone: &Zone,
    now: Instant,
    judged: Judged,
    findings: &mut Diagnostics,
) {
    excuse(documents, zone, now, judged, findings);
    if let Some(project) = project {
        apply_levels(project, project_node, findings);
    }
    findings.sort();
    // What a limit kept from being read is not missing, and what a variable would have said is not
    // known.
    let unread: BTreeSet<Span> = findings
        .iter()
        .filter(|finding| finding.code == Code::LimitExceeded)
        .map(|finding| finding.span)
        .collect();
    let unknown: Vec<Span> = findings
        .iter()
        .filter(|finding| finding.code == Code::UndefinedVariable)
        .map(|finding| finding.span)
        .collect();
    let holds_unknown = |span: Span| {
        let mut inside = unknown.iter();
        inside.any(|of| of.file == span.file && span.start <= of.start && of.end <= span.end)
    };
    findings.retain_mut(|finding| match finding.code {
        Code::WrongType | Code::UnknownValue => {
            !unread.contains(&finding.span) && !holds_unknown(finding.span)
        }
        _ => true,
    });
    // A value that several documents share is wrong once.
    let mut last: Option<(Code, Span, String)> = None;
    findings.retain_mut(|finding| {
        let key = (finding.code, finding.span, finding.message.clone());
        let repeated = last.as_ref() == Some(&key);
        last = Some(key);
        !repeated
    });
}

/// One `allow` of a document.
struct Excuse<'a> {
    document: &'a Document,
    code: Code,
    place: Span,
    used: bool,
}

fn excuse(
    documents: &[Document],
    zone: &Zone,
    now: Instant,
    judged: Judged,
    findings: &mut Diagnostics,
) {
    let mut excuses: BTreeMap<&Address, Vec<Excuse<'_>>> = BTreeMap::new();
    for document in documents {
        for (at, allow) in document.meta.allow.iter().enumerate() {
            let path = Path::root().key("allow").index(at);
            let place = document.node.descend(&path.key("rule").0).span;
            let Some(code) = Code::parse(&allow.rule.0) else {
                findings.push(unknown_rule(&allow.rule.0, place).about(&document.address));
                continue;
            };
            if code.lock() == Lock::Fixed {
                findings.push(
                    Diagnostic::new(
                        Code::UnusedAllow,
                        place,
                        format!("`{code}` cannot be excused"),
                    )
                    .help("take the `allow` out and mend what is found")
                    .about(&document.address),
                );
                continue;
            }
            let expired = allow.until.filter(|until| zone.end_of_day(until.0) <= now);
            if let Some(until) = expired {
                findings.push(
                    Diagnostic::new(
                        Code::ExpiredAllow,
                        document.node.descend(&path.key("until").0).span,
                        format!("the excuse for `{code}` ended on {}", until.0),
                    )
                    .help("mend what it excuses, or give it a later date")
                    .about(&document.address),
                );
                continue;
            }
            excuses.entry(&document.address).or_default().push(Excuse {
                document,
                code,
                place,
                used: false,
            });
        }
    }
    if excuses.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        let of_document = finding
            .address
            .as_ref()
            .and_then(|address| excuses.get_mut(address));
        let mut of_document = of_document.into_iter().flatten();
        match of_document.find(|excuse| excuse.code == finding.code) {
            Some(excuse) => {
                excuse.used = true;
                false
            }
            None => true,
        }
    });
    // A rule that was silent may need its excuse once everything can be read.
    if judged == Judged::InPart {
        return;
    }
    for excuse in excuses
        .into_values()
        .flatten()
        .filter(|excuse| !excuse.used)
    {
        findings.push(
            Diagnostic::new(
                Code::UnusedAllow,
                excuse.place,
                format!("nothing here breaks `{}`", excuse.code),
            )
            .help("take the `allow` out")
            .about(&excuse.document.address),
        );
    }
}

fn unknown_rule(written: &str, place: Span) -> Diagnostic {
    let help = did_you_mean(written, CODES.iter().map(|code| code.as_str()))
        .unwrap_or_else(|| "`bursar explain` lists every rule".to_owned());
    Diagnostic::new(
        Code::UnknownRule,
        place,
        format!("there is no rule `{written}`"),
    )
    .help(help)
}

fn apply_levels(project: &Project, node: &Node, findings: &mut Diagnostics) {
    let mut levels: BTreeMap<Code, RuleLevel> = BTreeMap::new();
    let root = Path::root().key("rules");
    for (rule, level) in &project.rules {
        let path = root.key(&rule.0);
        let Some(code) = Code::parse(&rule.0) else {
            let place = node.key_span(&path.0).unwrap_or(node.span);
            findings.push(unknown_rule(&rule.0, place));
            continue;
        };
        if code.lock() == Lock::Fixed && *level != RuleLevel::Error {
            findings.push(
                Diagnostic::new(
                    Code::UnknownValue,
                    node.descend(&path.0).span,
                    format!("`{code}` is always an error"),
                )
                .help("take this line out"),
            );
            continue;
        }
        levels.insert(code, *level);
    }
    if levels.is_empty() {
        return;
    }
    findings.retain_mut(|finding| {
        match levels.get(&finding.code) {
            None => {}
            Some(RuleLevel::Error) => finding.severity = Severity::Error,
            Some(RuleLevel::Warning) => finding.severity = Severity::Warning,
            Some(RuleLevel::Hint) => finding.severity = Severity::Hint,
            Some(RuleLevel::Allow) => return false,
        }
        true
    });
}
