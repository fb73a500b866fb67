//! What people and platforms recognise objects by: kinds, titles, codes.

use super::documents::is_written;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::offer::OfferStatus;
use crate::kinds::{Document, Index};
use crate::kinds::{Provider, Spec};
use crate::source::Span;
use std::collections::BTreeMap;

/// Titles of the platform's own private forks of offers start so.
const RESERVED: &str = "copy system";

/// Reports kinds that the platform does not have, and titles and codes that would not be told
/// apart.
pub(super) fn check(index: &Index<'_>, provider: Provider, findings: &mut Diagnostics) {
    let mut titles: BTreeMap<String, &Document> = BTreeMap::new();
    let mut codes: BTreeMap<String, &Document> = BTreeMap::new();
    for document in index.documents() {
        if is_written(&document.spec) && !has_kind(provider, &document.spec) {
            findings.push(kind_not_on_platform(document, provider));
        }
        match &document.spec {
            Spec::Offer(offer) => {
                if document.title().to_lowercase().starts_with(RESERVED) {
                    findings.push(reserved_title(document));
                }
                // Titles range over what is not archived.
                if offer.status.set() != Some(&OfferStatus::Archived) {
                    let key = document.title().to_owned();
                    if let Some(first) = titles.get(&key) {
                        findings.push(duplicate_title(first, document));
                    } else {
                        titles.insert(key, document);
                    }
                }
            }
            Spec::Coupon(coupon) => {
                let key = folded(&coupon.code.0);
                if let Some(first) = codes.get(&key) {
                    findings.push(duplicate_code(first, document));
                } else {
                    codes.insert(key, document);
                }
            }
            Spec::Course(_)
            | Spec::Cohort(_)
            | Spec::List(_)
            | Spec::Letter(_)
            | Spec::Scenario(_)
            | Spec::Pass(_)
            | Spec::Pack(_)
            | Spec::Removed(_)
            | Spec::Test(_) => {}
        }
    }
}

/// Whether a platform has objects of a written kind.
fn has_kind(provider: Provider, spec: &Spec) -> bool {
    let of_studio = match spec {
        Spec::Pass(_) | Spec::Pack(_) => true,
        Spec::Course(_)
        | Spec::Cohort(_)
        | Spec::Offer(_)
        | Spec::Coupon(_)
        | Spec::List(_)
        | Spec::Letter(_)
        | Spec::Scenario(_)
        | Spec::Removed(_)
        | Spec::Test(_) => false,
    };
    match provider {
        Provider::Sandbox | Provider::Rest => true,
        Provider::Kwiga => !of_studio,
        Provider::Bsport => of_studio,
    }
}

fn value(document: &Document, key: &str) -> Span {
    document
        .node
        .get(key)
        .map_or(document.name_span(), |node| node.span)
}

fn kind_not_on_platform(document: &Document, provider: Provider) -> Diagnostic {
    let kind = document.spec.kind();
    let (name, has) = match provider {
        Provider::Kwiga => ("Kwiga", "offers, coupons, lists, letters and scenarios"),
        Provider::Bsport => ("bsport", "passes and packs"),
        Provider::Sandbox => ("the embedded platform", "every kind"),
        Provider::Rest => ("this platform", "every kind"),
    };
    Diagnostic::new(
        Code::KindNotOnPlatform,
        value(document, "kind"),
        format!("{name} has no objects of the kind `{kind}`"),
    )
    .why(format!("{name} has {has}"))
    .help("move it to a project for the other platform, or limit it with `only_in`")
    .about(&document.address)
}

fn reserved_title(document: &Document) -> Diagnostic {
    Diagnostic::new(
        Code::ReservedTitle,
        value(document, "title"),
        "a title cannot start with \"Copy system\"",
    )
    .why("the platform gives this title to the private copies of offers that it makes itself")
    .help("choose another title")
    .about(&document.address)
}

fn duplicate_title(first: &Document, document: &Document) -> Diagnostic {
    let mut place = value(document, "title");
    if place == value(first, "title") {
        // Copied by `like`: the title to write belongs to the copy.
        place = document.name_span();
    }
    Diagnostic::new(
        Code::DuplicateTitle,
        place,
        format!(
            "`{}` has the title of `{}`",
            document.address, first.address
        ),
    )
    .label("the same title")
    .why("people choose offers by their titles, here and on the platform")
    .help("give the offer a title of its own")
    .related(value(first, "title"), "the other")
    .about(&document.address)
}

fn duplicate_code(first: &Document, document: &Document) -> Diagnostic {
    Diagnostic::new(
        Code::DuplicateCode,
        value(document, "code"),
        format!("`{}` has the code of `{}`", document.address, first.address),
    )
    .label("the same code, letter case and look-alike letters aside")
    .why("a client types it, and the platform must know which coupon is meant")
    .help("give the coupon a code of its own")
    .related(value(first, "code"), "the other")
    .about(&document.address)
}

/// A code as a client reads it: capitals, and Latin for the Cyrillic letters that look like them.
fn folded(code: &str) -> String {
    code.trim()
        .chars()
        .flat_map(char::to_uppercase)
        .map(|character| match character {
            'А' => 'A',
            'В' => 'B',
            'Е' | 'Ё' => 'E',
            'З' => '3',
            'І' | 'Ї' => 'I',
            'Ј' => 'J',
            'К' => 'K',
            'М' => 'M',
            'Н' => 'H',
            'О' => 'O',
            'Р' => 'P',
            'С' => 'C',
            'Ѕ' => 'S',
            'Т' => 'T',
            'У' => 'Y',
            'Х' => 'X',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_compared_as_they_look() {
        let cases = [
            ("COMEBACK10", "comeback10", true),
            ("COMEBACK10", "СОМЕВАСК10", true),
            ("сомеваск10", "comeback10", true),
            (" SALE ", "SALE", true),
            ("SALE1", "SALE2", false),
            ("ЛІТО", "ЛЕТО", false),
        ];
        for (one, other, same) in cases {
            assert_eq!(folded(one) == folded(other), same, "{one} {other}");
        }
    }
}
