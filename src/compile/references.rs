//! References: everything that is named must be declared.

use crate::diag::{Code, Diagnostic, Diagnostics, Safety, did_you_mean, nearest, only_near};
use crate::kinds::course::{Lesson, Module};
use crate::kinds::{Document, Elsewhere, Index};
use crate::kinds::{DocumentPlaces, Inside, Link, Reference};
use crate::model::{Address, Path};
use crate::source::Span;
use std::collections::BTreeMap;

/// Checks every link of every document, given in the order of the documents.
pub(super) fn check(index: &Index<'_>, links: &[Vec<Link>], findings: &mut Diagnostics) {
    let mut without_ids = BTreeMap::new();
    for (document, links) in index.documents().iter().zip(links) {
        for link in links {
            let finding = match &link.inside {
                None => check_name(index, document, link),
                Some(inside) => check_part(index, document, link, inside, &mut without_ids),
            };
            if let Some(finding) = finding {
                findings.push(finding.about(&document.address));
            }
        }
    }
    for finding in without_ids.into_values() {
        findings.push(finding);
    }
}

fn place(document: &Document, link: &Link) -> Span {
    let node = &document.node;
    DocumentPlaces { node }.link(link)
}

/// A link that names a document.
fn check_name(index: &Index<'_>, document: &Document, link: &Link) -> Option<Diagnostic> {
    let kind = link.kind;
    let name = match &link.to {
        Reference::Name(name) => name.as_str(),
        Reference::Outside { .. } => return check_outside(document, link),
    };
    if index.get(kind, name).is_some() {
        return None;
    }
    let finding = Diagnostic::new(
        Code::UnknownReference,
        place(document, link),
        format!("there is no {kind} `{name}`"),
    );
    let is_like = link.path.field() == Some("like");
    match index.elsewhere(kind, name) {
        // What is wrong with it is said where it stands.
        Some(Elsewhere::Unread) => return None,
        // Only its text is copied, and that is there in every environment.
        Some(Elsewhere::Environments(_)) if is_like => return None,
        Some(Elsewhere::Environments(names)) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            return Some(
                finding
                    .label("not in this environment")
                    .why(format!("it is declared only in {}", names.join(", ")))
                    .help("give both the same `only_in`"),
            );
        }
        None => {}
    }
    let finding = finding.label("declared nowhere");
    if let Some(renamed) = index.renamed(kind, name) {
        return Some(
            finding
                .help(format!("it is called `{}` now", renamed.address.name))
                .related(renamed.name_span(), "renamed here"),
        );
    }
    if let Some(near) = did_you_mean(name, index.names(kind)) {
        let only = only_near(name, index.names(kind));
        return Some(finding.help(near).rename_to(only, Safety::Unsafe));
    }
    let others = index.kinds_of(name);
    if let Some(other) = others.first() {
        return Some(finding.help(format!(
            "`{name}` is {} {other}; this must name {} {kind}",
            article(other),
            article(kind)
        )));
    }
    Some(finding.help(match kind {
        "course" => "declare it with the id and the program that the platform shows".to_owned(),
        "cohort" => "declare it".to_owned(),
        _ => format!(
            "declare it, or write `{{ id: … }}` for {} {kind} that this project does not manage",
            article(kind)
        ),
    }))
}

/// The article of a kind's name.
fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// `{ id: … }` for what only exists here.
fn check_outside(document: &Document, link: &Link) -> Option<Diagnostic> {
    let exists_there = crate::kinds::kind(link.kind).is_some_and(|kind| kind.collection.is_some());
    (!exists_there).then(|| {
        Diagnostic::new(
            Code::UnknownReference,
            place(document, link),
            format!(
                "a {} is not on the platform, so it has no id there",
                link.kind
            ),
        )
        .help("declare it in this project and write its name")
    })
}

/// A link that names a part of a course.
fn check_part<'a>(
    index: &Index<'a>,
    document: &Document,
    link: &Link,
    inside: &Inside,
    without_ids: &mut BTreeMap<&'a Address, Diagnostic>,
) -> Option<Diagnostic> {
    if let Reference::Outside { id, .. } = &link.to {
        return Some(
            Diagnostic::new(
                Code::UnknownReference,
                place(document, link),
                format!("the program of the course with id {id} is not known"),
            )
            .help("declare the course with its program, and write its name"),
        );
    }
    // An unknown course is reported where it is named.
    let (mirror, course) = index.course(&link.to)?;
    let (named_in, program) = index.program(mirror, course);
    let at = place(document, link);
    match find(program, inside) {
        Ok((module, lesson)) => {
            let part_id = lesson.map_or(module.id, |lesson| lesson.id);
            if course.id.is_none() || part_id.is_none() || named_in.address != mirror.address {
                without_ids
                    .entry(&mirror.address)
                    .or_insert_with(|| missing_id(mirror, at));
            }
            None
        }
        Err(missing) => Some(unknown_part(missing, program, named_in, at)),
    }
}

/// A course whose parts cannot be referred to on the platform.
pub(super) fn missing_id(course: &Document, needed_at: Span) -> Diagnostic {
    Diagnostic::new(
        Code::MissingField,
        course.name_span(),
        format!(
            "the ids of the course `{}` are not complete",
            course.address.name
        ),
    )
    .label("a course, module or lesson has no `id`")
    .why("the platform knows modules and lessons by their ids alone")
    .help("make the course on the platform, then write the ids that it shows into the mirror")
    .related(needed_at, "an id is needed here")
    .about(&course.address)
}

/// What of a part is not there.
enum Missing<'a> {
    Module(&'a str),
    /// A lesson, with the module in which it was looked for, if one was named.
    Lesson(&'a str, Option<&'a Module>),
}

fn find<'a>(
    program: &'a [Module],
    inside: &'a Inside,
) -> Result<(&'a Module, Option<&'a Lesson>), Missing<'a>> {
    let module = |name: &'a str| {
        let found = program.iter().find(|module| module.name.as_str() == name);
        found.ok_or(Missing::Module(name))
    };
    match inside {
        Inside::Module(name) => Ok((module(name)?, None)),
        Inside::LessonOf { module: of, lesson } => {
            let of = module(of)?;
            match lesson_of(of, lesson) {
                Some(found) => Ok((of, Some(found))),
                None => Err(Missing::Lesson(lesson, Some(of))),
            }
        }
        Inside::Lesson(name) => program
            .iter()
            .find_map(|module| Some((module, Some(lesson_of(module, name)?))))
            .ok_or(Missing::Lesson(name, None)),
    }
}

fn lesson_of<'a>(module: &'a Module, name: &str) -> Option<&'a Lesson> {
    module
        .lessons
        .iter()
        .find(|lesson| lesson.name.as_str() == name)
}

fn unknown_part(
    missing: Missing<'_>,
    program: &[Module],
    course: &Document,
    at: Span,
) -> Diagnostic {
    let course_name = &course.address.name;
    let finding = |code, message| Diagnostic::new(code, at, message);
    let all = |names: Vec<&str>| match names.as_slice() {
        [] => "it has none".to_owned(),
        names => format!("it has `{}`", names.join("`, `")),
    };
    match missing {
        Missing::Module(name) => {
            let names: Vec<&str> = program.iter().map(|module| module.name.as_str()).collect();
            let help = did_you_mean(name, names.iter().copied()).unwrap_or_else(|| all(names));
            finding(
                Code::UnknownReference,
                format!("the course `{course_name}` has no module `{name}`"),
            )
            .label("not in the program")
            .help(help)
            .related(course.name_span(), "the course")
        }
        Missing::Lesson(name, Some(module)) => {
            let other = program
                .iter()
                .position(|other| lesson_of(other, name).is_some());
            if let Some(other_at) = other
                && let Some(other) = program.get(other_at)
            {
                let is_it = |lesson: &Lesson| lesson.name.as_str() == name;
                let lesson_at = other.lessons.iter().position(is_it).unwrap_or(0);
                let path = Path::root().key("modules").index(other_at).key("lessons");
                let path = path.index(lesson_at).key("name");
                let declared = course.node.descend(&path.0).span;
                return finding(
                    Code::LessonInOtherModule,
                    format!("the lesson `{name}` is not in the module `{}`", module.name),
                )
                .label(format!("is in `{}`", other.name))
                .help(format!("write it under `{}`", other.name))
                .related(declared, "the lesson");
            }
            let names: Vec<&str> = module.lessons.iter().map(|l| l.name.as_str()).collect();
            let help = did_you_mean(name, names.iter().copied()).unwrap_or_else(|| all(names));
            finding(
                Code::UnknownReference,
                format!(
                    "the module `{}` of `{course_name}` has no lesson `{name}`",
                    module.name
                ),
            )
            .label("not in the program")
            .help(help)
            .related(course.name_span(), "the course")
        }
        Missing::Lesson(name, None) => {
            let lessons = program.iter().flat_map(|module| &module.lessons);
            let near = nearest(name, lessons.map(|lesson| lesson.name.as_str()));
            let help = near.map_or_else(
                || format!("`{}` lists its modules and lessons", course.address),
                |near| format!("did you mean `{near}`?"),
            );
            finding(
                Code::UnknownReference,
                format!("the course `{course_name}` has no lesson `{name}`"),
            )
            .label("not in the program")
            .help(help)
            .related(course.name_span(), "the course")
        }
    }
}
