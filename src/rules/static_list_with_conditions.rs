//! `static-list-with-conditions`: a static list has conditions.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::list::ListType;
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::StaticListWithConditions,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, list) in configuration.lists() {
        if list.type_ != ListType::Static || list.where_.set().is_none() {
            continue;
        }
        let root = Path::root();
        findings.push(
            Diagnostic::new(
                Code::StaticListWithConditions,
                configuration::key(document, &root.key("where")),
                format!("the static list `{}` has conditions", document.address.name),
            )
            .label("a static list has none")
            .why("the list that gates a coupon is created empty and without a filter; scenarios fill it")
            .help("take `where` out, or write `type: segment`")
            .related(configuration::value(document, &root.key("type")), "static")
            .about(&document.address),
        );
    }
}
