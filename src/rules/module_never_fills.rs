//! `module-never-fills`: an empty module is chosen and will stay empty.

use super::{Configuration, Rule, configuration};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::{Content, NewContent, NewContentWord};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::ModuleNeverFills,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer) in configuration.offers() {
        for (at, product) in offer.products.set().into_iter().flatten().enumerate() {
            let Some(Content::Chosen(chosen)) = product.content.set() else {
                continue;
            };
            let Some((mirror, course)) = configuration.index.course(&product.course) else {
                continue;
            };
            let (mirror, program) = configuration.index.program(mirror, course);
            for (number, name) in chosen.modules.iter().enumerate() {
                let found = program.iter().position(|module| module.name == *name);
                let Some(position) = found else {
                    continue;
                };
                let is_empty = program
                    .get(position)
                    .is_some_and(|module| module.lessons.is_empty());
                let fills = match &chosen.new_content {
                    Some(NewContent::Word(NewContentWord::All)) => true,
                    Some(NewContent::Modules(modules)) => modules.contains(name),
                    Some(NewContent::Word(NewContentWord::None)) | None => false,
                };
                if !is_empty || fills {
                    continue;
                }
                let content = Path::root().key("products").index(at).key("content");
                let module = Path::root().key("modules").index(position);
                let mut finding = Diagnostic::new(
                    Code::ModuleNeverFills,
                    configuration::value(document, &content.key("modules").index(number)),
                    format!("the module `{}` is empty and will stay empty", name.as_str()),
                )
                .label("has no lessons")
                .why("lessons that are added to the course later do not come to clients of this offer")
                .help(format!(
                    "write `new_content: [{}]`, or leave the module out",
                    name.as_str()
                ))
                .related(configuration::value(mirror, &module), "no lessons yet")
                .about(&document.address);
                if chosen.new_content.is_some() {
                    finding = finding.related(
                        configuration::value(document, &content.key("new_content")),
                        "nothing new is added to it",
                    );
                }
                findings.push(finding);
            }
        }
    }
}
