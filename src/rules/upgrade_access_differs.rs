//! `upgrade-access-differs`: an upgrade gives other access or content than the offer it leads to.

use super::mailing::same;
use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::Product;
use crate::model::Path;

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
                (Some(mine), Some(other)) if mine != other
            );
            let differs_in_content = matches!(
                (mine.content.set(), product.content.set()),
                (Some(mine), Some(other)) if mine != other
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
