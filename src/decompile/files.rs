//! Drafts → files.

use super::account::{Draft, Drafts};
use super::choices::Choices;
use super::mirrors::as_written;
use crate::compile;
use crate::kinds;
use crate::yaml::Written;
use std::collections::BTreeMap;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its path below the folder that is written to, with `/` between names.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Why a rule is excused in what was found.
const FOUND: &str = "as it was found on the platform";

/// The files of drafts: a file for each mirror, one for each cohort with its offers, and one for
/// everything else of a kind.
pub fn files(drafts: &Drafts, choices: &Choices) -> Vec<NewFile> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for draft in &drafts.documents {
        let text = texts.entry(path(draft)).or_default();
        if !text.is_empty() {
            text.push_str("---\n");
        }
        for unsaid in &draft.unsaid {
            text.push_str(&format!(
                "# `{unsaid}` is not managed: the platform has nothing there, which cannot be written.\n"
            ));
        }
        text.push_str(&document(draft, choices));
    }
    texts
        .into_iter()
        .map(|(path, text)| NewFile { path, text })
        .collect()
}

fn path(draft: &Draft) -> String {
    let collection = kinds::kind(&draft.address.kind)
        .and_then(|kind| kind.collection)
        .map_or("other", |collection| collection.path);
    match &draft.group {
        Some(group) => format!("cohorts/{group}.yaml"),
        None if draft.is_mirror => format!("{collection}/{}.yaml", draft.address.name),
        None => format!("{collection}.yaml"),
    }
}

fn document(draft: &Draft, choices: &Choices) -> String {
    let mut fields = vec![
        ("kind".to_owned(), Written::text(&*draft.address.kind)),
        ("name".to_owned(), Written::text(&*draft.address.name)),
    ];
    if let [object] = draft.of.as_slice()
        && choices.is_adopted(object)
        && !draft.is_mirror
    {
        let id = Written::map([("id", Written::Int(object.1.0))]);
        fields.push(("adopt".to_owned(), id));
    }
    let excused: Vec<Written> = choices
        .excused(&draft.address)
        .map(|code| {
            Written::map([
                ("rule", Written::text(code.as_str())),
                ("because", Written::text(FOUND)),
            ])
        })
        .collect();
    if !excused.is_empty() {
        fields.push(("allow".to_owned(), Written::List(excused)));
    }
    fields.extend(draft.fields.iter().cloned());
    let literal = |text: String| compile::literal(&text);
    let mut written = Written::Map(fields);
    if draft.is_mirror {
        written = as_written(written, None);
    }
    written.with_texts(&literal).document()
}
