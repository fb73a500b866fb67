//! `upgrade-access-differs`: an upgrade gives other access or content than the offer it leads to.

use super::mailing::same;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::{AccessTerm, Content, NewContent, NewContentWord, Product};
use crate::model::{Duration, Instant, Path};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    code: Code::UpgradeAccessDiffers,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        let Some(upgrade) = offer.upgrade.set() else {
            continue;
        };
        let Some((target, to)) = configuration.index.offer(&upgrade.to) else {
            continue;
        };
        let (Some(own), Some(wanted)) = (offer.products.set(), to.products.set()) else {
            continue;
        };
        let products = |at: usize| Path::root().key("products").index(at);
        for (number, product) in wanted.iter().enumerate() {
            let same_course = |own: &Product| same(&own.course, &product.course);
            let Some(at) = own.iter().position(same_course) else {
                // By name here and by id there, they may be one.
                let is_known = |product: &Product| product.course.name().is_some();
                if !is_known(product) || !own.iter().all(is_known) {
                    continue;
                }
                findings.push(
                    Diagnostic::new(
                        Code::UpgradeAccessDiffers,
                        configuration::key(document, &Path::root().key("products")),
                        format!("the upgrade lacks a course of `{}`", target.address.name),
                    )
                    .label("one course less")
                    .why("who upgrades must get what the offer gives that he upgrades to")
                    .help("add the course")
                    .related(
                        configuration::value(target, &products(number).key("course")),
                        "given here",
                    )
                    .about(&document.address),
                );
                continue;
            };
            let Some(mine) = own.get(at) else {
                continue;
            };
            // What is not managed on either side is not known.
            let differs_in_access = matches!(
                (mine.access.set(), product.access.set()),
                (Some(mine), Some(other)) if term(configuration, mine) != term(configuration, other)
            );
            let differs_in_content = matches!(
                (mine.content.set(), product.content.set()),
                (Some(mine), Some(other)) if parts(mine) != parts(other)
            );
            for (differs, key) in [
                (differs_in_access, "access"),
                (differs_in_content, "content"),
            ] {
                if !differs {
                    continue;
                }
                findings.push(
                    Diagnostic::new(
                        Code::UpgradeAccessDiffers,
                        configuration::value(document, &products(at).key(key)),
                        format!(
                            "the upgrade gives other {key} than `{}`",
                            target.address.name
                        ),
                    )
                    .label("differs")
                    .why("who upgrades must get what the offer gives that he upgrades to")
                    .help(format!("give both the same `{key}`"))
                    .related(
                        configuration::value(target, &products(number).key(key)),
                        "given here",
                    )
                    .about(&document.address),
                );
            }
        }
    }
}

/// What an access term means: an end, a length, or neither.
fn term(
    configuration: &Configuration<'_>,
    term: &AccessTerm,
) -> (Option<Instant>, Option<Duration>) {
    match term {
        AccessTerm::Unlimited => (None, None),
        AccessTerm::Until(until) => (Some(configuration.end(&until.0)), None),
        AccessTerm::For(length) => (None, Some(*length)),
    }
}

/// The chosen parts and what is added to them, order aside; `None` for everything.
fn parts(content: &Content) -> Option<BTreeSet<String>> {
    let Content::Chosen(chosen) = content else {
        return None;
    };
    let modules = chosen
        .modules
        .iter()
        .map(|name| format!("module {}", name.as_str()));
    let lessons = chosen
        .lessons
        .iter()
        .map(|path| format!("lesson {}/{}", path.module.as_str(), path.lesson.as_str()));
    let new: Vec<String> = match &chosen.new_content {
        None | Some(NewContent::Word(NewContentWord::None)) => Vec::new(),
        Some(NewContent::Word(NewContentWord::All)) => vec!["all that is new".to_owned()],
        Some(NewContent::Modules(names)) => names
            .iter()
            .map(|name| format!("new in {}", name.as_str()))
            .collect(),
    };
    Some(modules.chain(lessons).chain(new).collect())
}
