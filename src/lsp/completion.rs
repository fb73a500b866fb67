//! What can be written at the cursor.

use super::declared::{Declarations, Declared, Named};
use super::place::{FileSort, kind_of, topic};
use super::probe::{self, Probed, Stands, Written};
use crate::diag::CODES;
use crate::kinds::{Inside, KINDS, Link};
use crate::model::{Path, Seg};
use crate::schema::{Explanation, explain};
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, Range, TextEdit,
};

/// One thing that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// As it is written.
    pub(super) text: String,
    /// What sort of thing it is.
    pub(super) sort: Sort,
    /// A few words beside it.
    detail: String,
    /// What it is, in Markdown.
    about: String,
}

/// Sorts of things, in the order in which they are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// The name of a document or of a part of a course.
    Name,
    /// Such a name as a key.
    KeyName,
    /// A fixed value.
    Value,
    /// A field that must be there.
    RequiredField,
    /// A field.
    Field,
}

/// What can be written at the probe.
pub(super) fn offers(sort: FileSort, probed: &Probed, declarations: &Declarations) -> Vec<Offer> {
    let mut out = Vec::new();
    match probed.stands {
        Stands::AsKey { .. } => {
            names(probed, declarations, &mut out);
            fields(sort, probed, &probe::siblings(probed), &mut out);
        }
        Stands::AsValue { alone } => {
            names(probed, declarations, &mut out);
            values(sort, probed, &mut out);
            if alone {
                fields(sort, probed, &[], &mut out);
            }
            if let Some(first) = probe::as_first_key(probed) {
                names(&first, declarations, &mut out);
            }
        }
    }
    out.sort_by_key(|offer| offer.sort);
    out
}

/// The protocol's form. `colon` says whether fields get their colon.
pub(super) fn item(offer: Offer, at: usize, range: Range, stands: Stands) -> CompletionItem {
    let is_field = match offer.sort {
        Sort::Name | Sort::Value => false,
        Sort::KeyName | Sort::RequiredField | Sort::Field => true,
    };
    let colon = match stands {
        Stands::AsKey { with_colon } => !with_colon,
        Stands::AsValue { .. } => true,
    };
    let new_text = if is_field && colon {
        format!("{}: ", offer.text)
    } else {
        offer.text.clone()
    };
    CompletionItem {
        kind: Some(match offer.sort {
            Sort::Name | Sort::KeyName => CompletionItemKind::REFERENCE,
            Sort::Value => CompletionItemKind::ENUM_MEMBER,
            Sort::RequiredField | Sort::Field => CompletionItemKind::PROPERTY,
        }),
        detail: (!offer.detail.is_empty()).then_some(offer.detail),
        documentation: (!offer.about.is_empty()).then_some(Documentation::MarkupContent(
            MarkupContent {
                kind: MarkupKind::Markdown,
                value: offer.about,
            },
        )),
        sort_text: Some(format!("{at:04}")),
        filter_text: Some(offer.text.clone()),
        label: offer.text,
        text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text })),
        ..CompletionItem::default()
    }
}

fn page(sort: FileSort, probed: &Probed, path: &[Seg]) -> Option<Explanation> {
    explain(&topic(sort, &probed.document, path)?).ok()
}

fn fields(sort: FileSort, probed: &Probed, present: &[&str], out: &mut Vec<Offer>) {
    let page = page(sort, probed, &probed.path.0);
    let is_root = probed.path.0.is_empty();
    if page.is_none() && is_root && sort == FileSort::Documents {
        let first = [("kind", "what the document is"), ("name", "its name")];
        let absent = first
            .into_iter()
            .filter(|(name, _)| !present.contains(name));
        out.extend(absent.map(|(name, about)| Offer {
            text: name.to_owned(),
            sort: Sort::RequiredField,
            detail: String::new(),
            about: about.to_owned(),
        }));
    }
    if is_rules(sort, &probed.path) {
        out.extend(codes(Sort::KeyName));
    }
    let lines = page.map(|page| page.fields).unwrap_or_default();
    let absent = lines
        .into_iter()
        .filter(|line| line.name != FREE_NAME && !present.contains(&line.name.as_str()));
    out.extend(absent.map(|line| Offer {
        text: line.name,
        sort: if line.required {
            Sort::RequiredField
        } else {
            Sort::Field
        },
        detail: line.form,
        about: line.summary,
    }));
}

/// What `explain` calls a field whose name is free.
const FREE_NAME: &str = "NAME";

fn values(sort: FileSort, probed: &Probed, out: &mut Vec<Offer>) {
    let path = &probed.path.0;
    let value = |text: &str, detail: &str, about: &str| Offer {
        text: text.to_owned(),
        sort: Sort::Value,
        detail: detail.to_owned(),
        about: about.to_owned(),
    };
    if let ([Seg::Key(key)], FileSort::Documents) = (path.as_slice(), sort)
        && &**key == "kind"
    {
        out.extend(
            KINDS
                .iter()
                .map(|kind| value(kind.id, "kind", kind.summary)),
        );
        return;
    }
    if let [Seg::Key(first), Seg::Index(_), Seg::Key(last)] = path.as_slice()
        && (&**first, &**last) == ("allow", "rule")
    {
        out.extend(codes(Sort::Name));
    }
    let Some(page) = page(sort, probed, path) else {
        return;
    };
    out.extend(
        page.values
            .iter()
            .map(|line| value(&line.value, &page.topic, &line.description)),
    );
    if page.form.contains("`true` or `false`") {
        out.extend(["true", "false"].map(|word| value(word, &page.topic, "")));
    }
}

/// Whether the keys of a mapping are codes of findings.
fn is_rules(sort: FileSort, path: &Path) -> bool {
    sort == FileSort::Project && path.field() == Some("rules") && path.0.len() == 1
}

fn codes(sort: Sort) -> impl Iterator<Item = Offer> {
    CODES.iter().map(move |code| Offer {
        text: code.as_str().to_owned(),
        sort,
        detail: code.default_severity().as_str().to_owned(),
        about: code.summary().to_owned(),
    })
}

fn names(probed: &Probed, declarations: &Declarations, out: &mut Vec<Offer>) {
    let links = probe::links(probed);
    if links.is_empty() {
        let kind = kind_by_field(probed);
        out.extend(
            kind.into_iter()
                .flat_map(|kind| documents(kind, declarations)),
        );
    }
    let own =
        kind_of(&probed.document).zip(probed.document.get("name").and_then(|name| name.as_str()));
    let present = match probed.stands {
        Stands::AsKey { .. } => probe::siblings(probed),
        Stands::AsValue { .. } => Vec::new(),
    };
    for (link, written) in links {
        let offered = named(&link, written, declarations);
        // Nothing refers to itself, and no key stands twice.
        let wanted = offered.into_iter().filter(|offer| {
            let itself = own.is_some_and(|(kind, name)| kind.id == link.kind && offer.text == name);
            !itself && !present.contains(&offer.text.as_str())
        });
        out.extend(wanted.map(|offer| match probed.stands {
            Stands::AsKey { .. } => Offer {
                sort: Sort::KeyName,
                ..offer
            },
            Stands::AsValue { .. } => offer,
        }));
    }
}

/// Where the document cannot be read at all: by the field's name, `course` or `coupons`.
fn kind_by_field(probed: &Probed) -> Option<&'static str> {
    let is_value = matches!(probed.stands, Stands::AsValue { .. });
    let field = probed
        .path
        .0
        .iter()
        .rev()
        .find_map(|segment| match segment {
            Seg::Key(key) => Some(&**key),
            Seg::Index(_) => None,
        })?;
    let named = |id: &str| field == id || field.strip_suffix('s') == Some(id);
    let kind = KINDS.iter().find(|kind| named(kind.id))?;
    is_value.then_some(kind.id)
}

fn documents(kind: &'static str, declarations: &Declarations) -> Vec<Offer> {
    let all = declarations.of_kind(kind);
    all.map(|declared| document(declared, declared.named.name.clone()))
        .collect()
}

fn document(declared: &Declared, text: String) -> Offer {
    Offer {
        detail: format!("{}.{}", declared.kind, declared.named.name),
        about: declared.named.title.clone().unwrap_or_default(),
        text,
        sort: Sort::Name,
    }
}

fn part(named: &Named, text: String, detail: &str) -> Offer {
    Offer {
        text,
        sort: Sort::Name,
        detail: detail.to_owned(),
        about: named.title.clone().unwrap_or_default(),
    }
}

fn named(link: &Link, written: Written, declarations: &Declarations) -> Vec<Offer> {
    let course = || {
        let name = link.to.name()?;
        declarations.get(link.kind, name.as_str())
    };
    let program = || course().map_or(&[][..], |course| declarations.program(course));
    match (written, &link.inside) {
        (Written::Plain, None) => documents(link.kind, declarations),
        (Written::Address, _) => declarations
            .of_kind(link.kind)
            .map(|declared| document(declared, format!("{}.{}", link.kind, declared.named.name)))
            .collect(),
        (Written::Plain, Some(Inside::Module(_))) => program()
            .iter()
            .map(|module| part(module, module.name.clone(), "module"))
            .collect(),
        (Written::Plain, Some(Inside::LessonOf { module, .. })) => program()
            .iter()
            .filter(|known| *known.name == **module)
            .flat_map(|module| &module.parts)
            .map(|lesson| part(lesson, lesson.name.clone(), "lesson"))
            .collect(),
        (Written::Plain, Some(Inside::Lesson(_))) => program()
            .iter()
            .flat_map(|module| &module.parts)
            .map(|lesson| part(lesson, lesson.name.clone(), "lesson"))
            .collect(),
        (Written::InModule, _) => lessons(program(), ""),
        (Written::InCourse, _) => declarations
            .of_kind(link.kind)
            .flat_map(|course| {
                let prefix = format!("{}/", course.named.name);
                lessons(declarations.program(course), &prefix)
            })
            .collect(),
    }
}

fn lessons(program: &[Named], prefix: &str) -> Vec<Offer> {
    let pairs = program
        .iter()
        .flat_map(|module| module.parts.iter().map(move |lesson| (module, lesson)));
    pairs
        .map(|(module, lesson)| {
            let text = format!("{prefix}{}/{}", module.name, lesson.name);
            part(lesson, text, "lesson")
        })
        .collect()
}
