//! What is decided about each object, learnt from what findings and plans say of the drafts.

use super::account::Drafts;
use crate::diag::{Code, Diagnostics, Lock, Severity};
use crate::model::{Address, RemoteId};
use crate::plan::{Action, Plan};
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What is decided so far.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    dropped: BTreeMap<(String, RemoteId), String>,
    adopted: BTreeSet<(String, RemoteId)>,
    excused: BTreeMap<Address, BTreeSet<Code>>,
}

/// Nothing more can be decided: what is in the way is not one of the drafts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Stuck(pub String);

impl Choices {
    /// Why an object is not written, if it is not.
    pub fn dropped(&self, object: &(String, RemoteId)) -> Option<&str> {
        self.dropped.get(object).map(String::as_str)
    }

    /// Whether a document has to name the object that it takes over.
    pub(super) fn is_adopted(&self, object: &(String, RemoteId)) -> bool {
        self.adopted.contains(object)
    }

    /// The rules that a document is excused from.
    pub(super) fn excused(&self, address: &Address) -> impl Iterator<Item = Code> {
        self.excused.get(address).into_iter().flatten().copied()
    }

    /// Remembers what cannot be written, so that the next drafts refer to it by its id. Whether
    /// there was anything new.
    pub fn after_drafts(&mut self, drafts: &Drafts) -> bool {
        let before = self.dropped.len();
        for left in &drafts.left_out {
            let object = (left.kind.clone(), left.id);
            self.dropped
                .entry(object)
                .or_insert_with(|| left.why.clone());
        }
        self.dropped.len() > before
    }

    /// Learns from what compiling the drafts has found. `places` are the documents of the drafts and
    /// where they stand. Whether anything is decided anew.
    ///
    /// # Errors
    /// There are errors, and none has to do with a draft.
    pub fn after_findings(
        &mut self,
        drafts: &Drafts,
        findings: &Diagnostics,
        places: &[(Address, Span)],
    ) -> Result<bool, Stuck> {
        let mut changed = false;
        let mut stuck = None;
        let is_draft = |address: &Address| drafts.documents.iter().any(|it| it.address == *address);
        for finding in findings.iter() {
            if finding.severity != Severity::Error {
                continue;
            }
            let spans =
                std::iter::once(finding.span).chain(finding.related.iter().map(|it| it.span));
            let places = spans.filter_map(|span| {
                let holds = |outer: &Span| {
                    outer.file == span.file && outer.start <= span.start && span.end <= outer.end
                };
                places
                    .iter()
                    .find(|(_, outer)| holds(outer))
                    .map(|it| &it.0)
            });
            let concerned = finding.address.iter().chain(places).find(|it| is_draft(it));
            let Some(address) = concerned else {
                stuck.get_or_insert_with(|| finding.message.clone());
                continue;
            };
            let is_own = finding.address.as_ref() == Some(address);
            let excusable = finding.code.lock() == Lock::Free && is_own;
            let already = self.excused(address).any(|code| code == finding.code);
            if excusable && !already {
                let codes = self.excused.entry(address.clone()).or_default();
                changed |= codes.insert(finding.code);
                continue;
            }
            let why = format!("{}: {}", finding.code, finding.message);
            changed |= self.drop(drafts, address, &why);
        }
        match stuck {
            Some(message) if !changed => Err(Stuck(message)),
            Some(_) | None => Ok(changed),
        }
    }

    /// Learns from the plan of the drafts: everything must be taken over as it is. Whether anything
    /// is decided anew.
    ///
    /// # Errors
    /// The plan holds something else, and none of it has to do with a draft.
    pub fn after_plan(&mut self, drafts: &Drafts, plan: &Plan) -> Result<bool, Stuck> {
        let concerned = |address: &Address| self.objects(drafts, address);
        // First what is not found, or found in doubt: what refers to it cannot be judged before.
        let in_doubt: Vec<(String, RemoteId)> = plan
            .changes
            .iter()
            .map(|change| (&change.address, change.id))
            .chain(
                plan.refusals
                    .iter()
                    .filter_map(|it| Some((it.address.as_ref()?, None))),
            )
            .filter_map(|(address, id)| match concerned(address) {
                [one] if id != Some(one.1) && !self.is_adopted(one) => Some(one.clone()),
                _ => None,
            })
            .collect();
        if !in_doubt.is_empty() {
            self.adopted.extend(in_doubt);
            return Ok(true);
        }
        let mut drops: Vec<(Address, String)> = Vec::new();
        let mut stuck = None;
        for change in &plan.changes {
            if change.action == Action::Adopt && change.fields.is_empty() {
                continue;
            }
            let fields: Vec<String> = change.fields.iter().map(|it| it.path.to_string()).collect();
            if concerned(&change.address).is_empty() {
                stuck.get_or_insert_with(|| format!("{} would be changed", change.address));
            } else {
                let why = format!("the language cannot say its {}", fields.join(", "));
                drops.push((change.address.clone(), why));
            }
        }
        for refusal in &plan.refusals {
            match &refusal.address {
                Some(address) if !concerned(address).is_empty() => {
                    drops.push((address.clone(), refusal.message.clone()));
                }
                Some(_) | None => {
                    stuck.get_or_insert_with(|| refusal.message.clone());
                }
            }
        }
        let mut changed = false;
        for (address, why) in drops {
            changed |= self.drop(drafts, &address, &why);
        }
        match stuck {
            Some(message) if !changed => Err(Stuck(message)),
            Some(_) | None => Ok(changed),
        }
    }

    fn objects<'d>(&self, drafts: &'d Drafts, address: &Address) -> &'d [(String, RemoteId)] {
        drafts
            .documents
            .iter()
            .find(|draft| draft.address == *address)
            .map_or(&[], |draft| &draft.of)
    }

    fn drop(&mut self, drafts: &Drafts, address: &Address, why: &str) -> bool {
        let objects = self.objects(drafts, address).to_vec();
        let before = self.dropped.len();
        for object in objects {
            self.dropped.entry(object).or_insert_with(|| why.to_owned());
        }
        self.dropped.len() > before
    }
}
