//! `content-empty`: chosen content names nothing.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::Content;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::ContentEmpty,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            let Some(Content::Chosen(chosen)) = product.content.set() else {
                continue;
            };
            if !chosen.modules.is_empty() || !chosen.lessons.is_empty() {
                continue;
            }
            let path = Path::root().key("products").index(at).key("content");
            findings.push(
                Diagnostic::new(
                    Code::ContentEmpty,
                    configuration::key(document, &path),
                    "the chosen content names neither a module nor a lesson",
                )
                .label("nothing is chosen")
                .why("clients would pay for an empty course")
                .help("write `content: all`, or name `modules` or `lessons`")
                .about(&document.address),
            );
        }
    }
}
