//! What was done by hand, accepted: edits of the documents that declare it.

mod difference;

use super::naming::{Names, Parts, Scheduled};
use crate::diag::Edit;
use crate::domain::zone::Zone;
use crate::kinds::{self, Document, Inexpressible};
use crate::model::{Address, Attributes, DesiredState, LiveState, Path, RemoteId, Seg, Value};
use crate::plan::{Change, FieldChange};
use crate::source::{SourceMap, Span};
use crate::yaml::edit::{self, Others, Why};
use crate::yaml::{Node, Written};
use difference::{at, difference, live_at, prune, put};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What proposals are made from.
#[derive(Clone, Copy)]
pub struct Grounds<'a> {
    /// The documents, with what is merged under them.
    pub documents: &'a [Document],
    /// bursar.yaml as it is written.
    pub project: &'a Node,
    /// Every text.
    pub sources: &'a SourceMap,
    /// What is declared.
    pub desired: &'a DesiredState,
    /// What the platform holds.
    pub live: &'a LiveState,
    /// What ids stand for.
    pub declared: &'a BTreeMap<(String, RemoteId), Address>,
    /// The parts of the mirrored courses, by the course's id.
    pub parts: &'a BTreeMap<i64, Parts>,
    /// The project's time zone.
    pub zone: &'a Zone,
}

/// Edits that are made together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposal {
    /// The fields that are accepted, in the names of the platform.
    pub accepts: Vec<(Address, Path)>,
    /// The edits.
    pub edits: Vec<Edit>,
}

/// What is not proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotProposed {
    /// The object.
    pub address: Address,
    /// The field, in the names of the platform; none where the object is gone.
    pub path: Option<Path>,
    /// Where it is written, if that is the reason.
    pub span: Option<Span>,
    /// Why.
    pub why: String,
}

/// What can be accepted, and what cannot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proposals {
    /// What can.
    pub proposals: Vec<Proposal>,
    /// What cannot.
    pub not: Vec<NotProposed>,
}

/// A change of a document's own form.
#[derive(Clone, Debug, PartialEq)]
enum Wish {
    Set(Path, Written),
    Remove(Path),
}

impl Wish {
    fn path(&self) -> &Path {
        match self {
            Wish::Set(path, _) | Wish::Remove(path) => path,
        }
    }
}

/// Proposes edits that make what has drifted the declared.
pub fn propose(grounds: &Grounds<'_>, drift: &[Change]) -> Proposals {
    let mut out = Proposals::default();
    let mut wishes: Vec<Wished<'_>> = Vec::new();
    let mut cohorts: BTreeMap<String, Vec<Rescheduled>> = BTreeMap::new();
    for change in drift {
        let document = grounds
            .documents
            .iter()
            .find(|document| document.address == change.address);
        let declared = grounds.desired.objects.get(&change.address);
        let (Some(document), Some(declared)) = (document, declared) else {
            out.no(change, None, "no document declares it any more");
            continue;
        };
        if change.fields.is_empty() {
            out.no(
                change,
                None,
                "it is gone from the platform: `bursar apply` makes it again; to accept that, \
                 delete its document",
            );
            continue;
        }
        let (accepted, let_go): (Vec<&FieldChange>, Vec<&FieldChange>) =
            change.fields.iter().partition(|it| it.desired.is_some());
        for field in let_go {
            out.no(
                change,
                Some(&field.path),
                "it is no longer declared: the next apply lets go of it",
            );
        }
        for (key, fields) in by_attribute(&change.address, &accepted) {
            match wishes_of(grounds, change, &declared.attributes, key, &fields) {
                Ok((own, rescheduled)) => {
                    for it in rescheduled {
                        cohorts.entry(it.cohort.clone()).or_default().push(it);
                    }
                    if !own.is_empty() {
                        wishes.push(Wished {
                            document,
                            fields,
                            wishes: own,
                        });
                    }
                }
                Err(Inexpressible(why)) => {
                    for field in fields {
                        out.no(change, Some(&field.path), &why);
                    }
                }
            }
        }
    }
    for wished in &wishes {
        wished.propose(grounds, &wishes, &mut out);
    }
    for (cohort, rescheduled) in &cohorts {
        reschedule(grounds, cohort, rescheduled, &mut out);
    }
    out
}

impl Proposals {
    fn no(&mut self, change: &Change, path: Option<&Path>, why: &str) {
        self.not.push(NotProposed {
            address: change.address.clone(),
            path: path.cloned(),
            span: None,
            why: why.to_owned(),
        });
    }
}

/// Fields by the attribute that they belong to: of those that are declared together, by the first.
fn by_attribute<'f>(
    address: &Address,
    fields: &[&'f FieldChange],
) -> BTreeMap<&'f str, Vec<&'f FieldChange>> {
    let collection = kinds::kind(&address.kind).and_then(|kind| kind.collection);
    let together = |key: &str| {
        let mut pairs = collection.into_iter().flat_map(|it| it.pairs);
        pairs.find(|pair| pair.contains(&key))?.first().copied()
    };
    let mut by: BTreeMap<&str, Vec<&FieldChange>> = BTreeMap::new();
    for field in fields {
        if let Some(key) = field.path.field() {
            let key = together(key).unwrap_or(key);
            by.entry(key).or_default().push(field);
        }
    }
    by
}

/// A product of an offer whose schedule was changed by hand.
#[derive(Clone, Debug)]
struct Rescheduled {
    offer: Address,
    path: Path,
    cohort: String,
    course: Value,
    old: Value,
    new: Value,
}

/// What has to change in the document so that it declares these fields as they are.
fn wishes_of(
    grounds: &Grounds<'_>,
    change: &Change,
    declared: &Attributes,
    key: &str,
    fields: &[&FieldChange],
) -> Result<(Vec<Wish>, Vec<Rescheduled>), Inexpressible> {
    let address = &change.address;
    let kind = kinds::kind(&address.kind);
    let (Some(kind), Some(collection)) = (kind, kind.and_then(|kind| kind.collection)) else {
        return Err(Inexpressible("it has no form on the platform".to_owned()));
    };
    let together = collection.pairs.iter().find(|pair| pair.contains(&key));
    let keys: &[&str] = together.map_or(std::slice::from_ref(&key), |pair| pair);
    let before: Attributes = keys
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), declared.get(*key)?.clone())))
        .collect();
    let object = change
        .id
        .and_then(|id| grounds.live.kinds.get(&*address.kind)?.get(&id));
    let after = |whole: bool| {
        let mut after = Value::Map(before.clone());
        for field in fields {
            let path = &field.path.0;
            // A map that takes one of several forms is taken whole: what one form has another lacks.
            let around = path.len().checked_sub(1).filter(|it| whole && *it > 0);
            let form = around.and_then(|it| {
                let path = path.get(..it)?;
                let live = live_at(&object?.attributes, declared, collection, path)?;
                Some((path, live.clone()))
            });
            match form {
                Some((path, live)) => put(&mut after, path, live, None),
                None => {
                    let live = field.live.clone().unwrap_or(Value::Null);
                    put(&mut after, path, live, field.desired.as_ref());
                }
            }
        }
        prune(&mut after);
        match after {
            Value::Map(after) => after,
            _ => Attributes::new(),
        }
    };
    let known = grounds.schedules();
    let names = grounds.names(&known);
    let mut own = Vec::new();
    let mut rescheduled = Vec::new();
    let was = (kind.decode)(0, &before, &names)?;
    let is = (kind.decode)(0, &after(false), &names)
        .or_else(|_| (kind.decode)(0, &after(true), &names))?;
    let node = grounds
        .documents
        .iter()
        .find(|document| document.address == *address)
        .map(|document| &document.node);
    let (was, is) = (Written::Map(was), Written::Map(is));
    difference(&Path::root(), &was, &is, node, &mut own);
    let schedules = names.schedules.borrow();
    let unknown = |written: &Written| {
        let Written::Text(name) = written else {
            return None;
        };
        let new = schedules.iter().skip(known.len());
        new.into_iter().find(|it| it.name == *name)
    };
    let mut kept = Vec::new();
    for wish in own {
        let new = match &wish {
            Wish::Set(_, written) => unknown(written),
            Wish::Remove(_) => None,
        };
        let Some(new) = new else {
            kept.push(wish);
            continue;
        };
        let old = match at(&was, &wish.path().0) {
            Some(Written::Text(name)) => known.iter().find(|it| it.name == *name),
            Some(_) | None => None,
        };
        let Some(old) = old else {
            return Err(Inexpressible(
                "it has a schedule of its own now: write a cohort for it".to_owned(),
            ));
        };
        rescheduled.push(Rescheduled {
            offer: address.clone(),
            path: fields
                .first()
                .map(|field| field.path.clone())
                .unwrap_or_default(),
            cohort: old.name.clone(),
            course: Value::Int(new.course),
            old: old.schedule.clone(),
            new: new.schedule.clone(),
        });
    }
    Ok((kept, rescheduled))
}

impl<'a> Grounds<'a> {
    fn names(&self, known: &[Scheduled]) -> Names<'a> {
        let declared = self.declared.iter();
        Names {
            zone: self.zone,
            names: declared
                .map(|((kind, id), address)| ((kind.as_str(), id.0), address.name.to_string()))
                .collect(),
            titles: BTreeMap::new(),
            course_kind: "",
            parts: RefCell::new(self.parts.clone()),
            schedules: RefCell::new(known.to_vec()),
            asked: RefCell::default(),
            taken: RefCell::new(
                self.documents
                    .iter()
                    .map(|it| it.address.name.to_string())
                    .collect(),
            ),
        }
    }

    /// The schedules that documents declare by a cohort's name.
    fn schedules(&self) -> Vec<Scheduled> {
        let mut all: Vec<Scheduled> = Vec::new();
        for (name, _, product) in self.sold() {
            let (Some(Value::Int(course)), Some(schedule)) =
                (product.get("course_id"), product.get("schedule"))
            else {
                continue;
            };
            if all.iter().all(|it| it.name != name) {
                all.push(Scheduled {
                    course: *course,
                    schedule: schedule.clone(),
                    name: name.to_owned(),
                });
            }
        }
        all
    }

    /// Every product that names a cohort: the name, the offer, the declared product.
    fn sold(&self) -> impl Iterator<Item = (&'a str, &'a Address, &'a Attributes)> {
        let (documents, desired) = (self.documents, self.desired);
        documents.iter().flat_map(move |document| {
            let products = document.node.get("products").and_then(Node::as_sequence);
            let declared = desired
                .objects
                .get(&document.address)
                .and_then(|it| it.attributes.get("products"));
            let declared = match declared {
                Some(Value::List(items)) => items.as_slice(),
                _ => &[],
            };
            let pairs = products.unwrap_or(&[]).iter().zip(declared);
            pairs.filter_map(move |(node, product)| match product {
                Value::Map(product) => {
                    let name = node.get(kinds::LAUNCH_FIELD)?.as_str()?;
                    Some((name, &document.address, product))
                }
                _ => None,
            })
        })
    }
}

/// What an attribute of a document should become.
struct Wished<'a> {
    document: &'a Document,
    fields: Vec<&'a FieldChange>,
    wishes: Vec<Wish>,
}

impl Wished<'_> {
    fn propose(&self, grounds: &Grounds<'_>, all: &[Wished<'_>], out: &mut Proposals) {
        let node = &self.document.node;
        let mut proposal = Proposal {
            accepts: self.accepts(),
            edits: Vec::new(),
        };
        for wish in &self.wishes {
            match self.edits(grounds, all, wish) {
                Ok(edits) => proposal.edits.extend(edits),
                Err((span, why)) => {
                    for field in &self.fields {
                        out.not.push(NotProposed {
                            address: self.document.address.clone(),
                            path: Some(field.path.clone()),
                            span: Some(span.unwrap_or(node.span)),
                            why: why.clone(),
                        });
                    }
                    return;
                }
            }
        }
        out.proposals.push(proposal);
    }

    fn accepts(&self) -> Vec<(Address, Path)> {
        let address = &self.document.address;
        let fields = self.fields.iter();
        fields
            .map(|field| (address.clone(), field.path.clone()))
            .collect()
    }

    fn edits(
        &self,
        grounds: &Grounds<'_>,
        all: &[Wished<'_>],
        wish: &Wish,
    ) -> Result<Vec<Edit>, (Option<Span>, String)> {
        let node = &self.document.node;
        let own = node.span;
        let path = &wish.path().0;
        // Where the value stands, or would: behind what is there of the way to it.
        let there = node.descend(path).span;
        let is_there = exact(node, path).is_some();
        let text = grounds.sources.text(own.file);
        if is_there && grounds.sources.slice(there).contains("{{") {
            return Err((Some(there), "it is a template".to_owned()));
        }
        let sharing: Vec<&Address> = grounds
            .documents
            .iter()
            .filter(|other| {
                is_there
                    && other.address.kind == self.document.address.kind
                    && exact(&other.node, path).is_some_and(|it| it.span == there)
            })
            .map(|other| &other.address)
            .collect();
        let agree = sharing.iter().all(|address| {
            all.iter()
                .any(|other| other.document.address == **address && other.wishes.contains(wish))
        });
        if sharing.len() > 1 && !agree {
            let others: Vec<String> = sharing
                .iter()
                .filter(|address| ***address != self.document.address)
                .map(ToString::to_string)
                .collect();
            let why = format!(
                "it is written in a place that is shared with {}, which did not change alike",
                others.join(", ")
            );
            return Err((Some(there), why));
        }
        let edited = match wish {
            Wish::Set(path, written) => {
                let literal = |text: String| crate::compile::literal(&text);
                let written = written.clone().with_texts(&literal);
                edit::set(text, node, &path.0, &written, Others::Go)
            }
            Wish::Remove(path) => edit::remove(text, node, &path.0),
        };
        match edited.left.first() {
            None => Ok(edited.edits),
            Some(left) if left.why == Why::Shared && agree && is_there => {
                self.shared(grounds, wish, there)
            }
            Some(left) => {
                let why = match left.why {
                    Why::Variable => "it holds a variable",
                    Why::Shared => "it is written in a place that others share",
                    Why::Form => "it is written in a form that is not edited",
                };
                Err((Some(left.span), why.to_owned()))
            }
        }
    }

    /// The edits of a place that every user of it has seen change alike: in another document, or in
    /// the project's defaults.
    fn shared(
        &self,
        grounds: &Grounds<'_>,
        wish: &Wish,
        place: Span,
    ) -> Result<Vec<Edit>, (Option<Span>, String)> {
        let path = &wish.path().0;
        let holds = |outer: Span| {
            outer.file == place.file && outer.start <= place.start && place.end <= outer.end
        };
        let kind = &self.document.address.kind;
        let owner = grounds.documents.iter().find(|it| holds(it.node.span));
        let in_defaults: Vec<Seg> = [Seg::Key("defaults".into()), Seg::Key((**kind).into())]
            .into_iter()
            .chain(path.iter().cloned())
            .collect();
        let (root, path) = match owner {
            Some(owner) if owner.address == self.document.address => {
                let why = "it is written behind an anchor, and an alias takes it elsewhere too";
                return Err((Some(place), why.to_owned()));
            }
            // It proposes that itself.
            Some(owner) if exact(&owner.node, path).is_some_and(|it| it.span == place) => {
                return Ok(Vec::new());
            }
            Some(_) | None => (grounds.project, in_defaults),
        };
        if exact(root, &path).is_none_or(|it| it.span != place) {
            let why = "it is written in a place that others share".to_owned();
            return Err((Some(place), why));
        }
        let text = grounds.sources.text(place.file);
        let edited = match wish {
            Wish::Set(_, written) => edit::set(text, root, &path, written, Others::Go),
            Wish::Remove(_) => edit::remove(text, root, &path),
        };
        match edited.left.first() {
            None => Ok(edited.edits),
            Some(left) => Err((
                Some(left.span),
                "it is written in a form that is not edited".to_owned(),
            )),
        }
    }
}

/// The value at a path, if every step of it is there.
fn exact<'n>(node: &'n Node, path: &[Seg]) -> Option<&'n Node> {
    path.iter().try_fold(node, |node, seg| match seg {
        Seg::Key(key) => node.get(key),
        Seg::Index(at) => node.as_sequence()?.get(*at),
    })
}

/// Proposes a cohort's new openings, if every offer of it has them.
fn reschedule(
    grounds: &Grounds<'_>,
    cohort: &str,
    rescheduled: &[Rescheduled],
    out: &mut Proposals,
) {
    let no = |out: &mut Proposals, why: &str, span: Option<Span>| {
        for it in rescheduled {
            out.not.push(NotProposed {
                address: it.offer.clone(),
                path: Some(it.path.clone()),
                span,
                why: why.to_owned(),
            });
        }
    };
    let Some(first) = rescheduled.first() else {
        return;
    };
    let users: BTreeSet<&Address> = grounds
        .sold()
        .filter(|(name, ..)| *name == cohort)
        .map(|(_, offer, _)| offer)
        .collect();
    let alike: BTreeSet<&Address> = rescheduled
        .iter()
        .filter(|it| it.new == first.new)
        .map(|it| &it.offer)
        .collect();
    if users != alike {
        let all: Vec<String> = users.iter().map(ToString::to_string).collect();
        let why = format!(
            "the schedule is that of the cohort `{cohort}`, which {} share; it did not change alike in all of them",
            all.join(", ")
        );
        return no(out, &why, None);
    }
    let names = grounds.names(&[]);
    let decode = |schedule: &Value| kinds::cohort_of_schedule(&first.course, schedule, &names);
    let (was, is) = match (decode(&first.old), decode(&first.new)) {
        (Ok(was), Ok(is)) => (was, is),
        (Err(error), _) | (_, Err(error)) => return no(out, &error.to_string(), None),
    };
    let (kind, was) = was;
    let document = grounds
        .documents
        .iter()
        .find(|it| *it.address.kind == *kind && *it.address.name == *cohort);
    let Some(document) = document else {
        return no(out, "its cohort is not declared", None);
    };
    let mut wishes = Vec::new();
    let (was, is) = (Written::Map(was), Written::Map(is.1));
    difference(&Path::root(), &was, &is, Some(&document.node), &mut wishes);
    let text = grounds.sources.text(document.node.span.file);
    let mut edits = Vec::new();
    for wish in &wishes {
        let path = &wish.path().0;
        let edited = match wish {
            Wish::Set(_, written) => edit::set(text, &document.node, path, written, Others::Go),
            Wish::Remove(_) => edit::remove(text, &document.node, path),
        };
        if let Some(left) = edited.left.first() {
            let why = "the cohort's schedule is written in a form that is not edited";
            return no(out, why, Some(left.span));
        }
        edits.extend(edited.edits);
    }
    out.proposals.push(Proposal {
        accepts: rescheduled
            .iter()
            .map(|it| (it.offer.clone(), it.path.clone()))
            .collect(),
        edits,
    });
}
