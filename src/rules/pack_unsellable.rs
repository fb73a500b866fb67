//! `pack-unsellable`: an item blocks the whole pack.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics, Severity};
use crate::kinds::pack::{Item, OtherThing};
use crate::kinds::pass::Pass;
use crate::kinds::{Document, Spec, Text};
use crate::model::Path;
use crate::source::Span;

pub(super) const RULE: Rule = Rule {
    code: Code::PackUnsellable,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, pack) in configuration.packs() {
        if pack.for_sale.set() == Some(&false) {
            continue;
        }
        let mut holds: Vec<(usize, &Document, &Pass)> = Vec::new();
        for (at, item) in pack.items.set().into_iter().flatten().enumerate() {
            let path = Path::root().key("items").index(at);
            match item {
                Item::Other(other) if other.for_sale == Some(false) => {
                    findings.push(
                        blocked(
                            configuration::value(document, &path.key("for_sale")),
                            format!(
                                "`{}` is not for sale, and blocks the whole pack",
                                name(&other.other)
                            ),
                        )
                        .about(&document.address),
                    );
                }
                Item::Other(_) => {}
                Item::Pass(item) => {
                    let named = item
                        .pass
                        .name()
                        .and_then(|name| configuration.index.get("pass", name.as_str()));
                    if let Some(pass) = named
                        && let Spec::Pass(spec) = &pass.spec
                    {
                        holds.push((at, pass, spec));
                    }
                }
            }
        }
        for (at, pass, spec) in &holds {
            let place = Path::root().key("items").index(*at).key("pass");
            let place = configuration::value(document, &place);
            let name = &pass.address.name;
            if spec.for_sale.set() == Some(&false) {
                findings.push(
                    blocked(
                        place,
                        format!("`{name}` is not for sale, and blocks the whole pack"),
                    )
                    .related(
                        configuration::value(pass, &Path::root().key("for_sale")),
                        "not for sale",
                    )
                    .about(&document.address),
                );
                continue;
            }
            let ended = spec
                .sale_ends
                .set()
                .filter(|last| configuration.zone.end_of_day(last.0) <= configuration.now);
            if ended.is_some() {
                let mut finding = blocked(
                    place,
                    format!("the sale of `{name}` has ended, and blocks the whole pack"),
                )
                .related(
                    configuration::value(pass, &Path::root().key("sale_ends")),
                    "its last day of sale",
                )
                .about(&document.address);
                finding.severity = Severity::Warning;
                findings.push(finding);
            }
        }
        exclusions(document, &holds, findings);
    }
}

/// What people call a thing that the project does not manage.
fn name(thing: &OtherThing) -> String {
    match &thing.title {
        Some(title) => title.0.to_string(),
        None => format!("the item with id {}", thing.id.0),
    }
}

fn blocked(place: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::PackUnsellable, place, message)
        .label("blocks the pack")
        .why("a pack can be bought only where every item of it can")
        .help("sell the item again, take it out, or write `for_sale: false` for the pack")
}

/// Items whose tags exclude each other: every tag that the one asks for is denied by another.
fn exclusions(
    document: &Document,
    holds: &[(usize, &Document, &Pass)],
    findings: &mut Diagnostics,
) {
    let mut told: Vec<[usize; 2]> = Vec::new();
    for (at, pass, spec) in holds {
        // What nobody can buy alone is said at the pass.
        if passes::is_unsellable(spec) || passes::allowed(spec).is_empty() {
            continue;
        }
        let denies = |tag: &Text| {
            let mut others = holds.iter();
            others.find(|(_, _, other)| {
                passes::denied(other).contains(tag) && !passes::is_unsellable(other)
            })
        };
        let all: Option<Vec<_>> = passes::allowed(spec).iter().map(denies).collect();
        let Some(blocking) = all.and_then(|all| all.into_iter().find(|(other, _, _)| other != at))
        else {
            continue;
        };
        let (other_at, other, _) = blocking;
        // Where each excludes the other, one of them is told.
        if told.contains(&[*other_at, *at]) {
            continue;
        }
        told.push([*at, *other_at]);
        let place = Path::root().key("items").index(*at).key("pass");
        let tags = Path::root().key("tags");
        findings.push(
            blocked(
                configuration::value(document, &place),
                format!(
                    "whoever may buy `{}` may not buy `{}`",
                    pass.address.name, other.address.name
                ),
            )
            .related(
                configuration::value(pass, &tags.key("allowed")),
                "asks for one of these",
            )
            .related(
                configuration::value(other, &tags.key("denied")),
                "denies one of them",
            )
            .about(&document.address),
        );
    }
}
