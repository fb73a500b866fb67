//! Mirrors of what is only read, brought up to date in place.

use super::account::Account;
use super::naming::{Names, Parts};
use crate::diag::{Diagnostics, Edit, apply_edits};
use crate::kinds::{self, Access, KindInfo};
use crate::model::{Address, Duration, LiveState, Name, Path, RemoteId};
use crate::source::FileId;
use crate::yaml::edit::{self, Left, Others};
use crate::yaml::{Limits, Node, ScalarType, Value, Written, format, parse};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A text is edited until nothing is left to do, and so often at the most.
const MOST_ROUNDS: usize = 6;

/// What becomes of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refreshed {
    /// The new text; the old one, if nothing changes.
    pub text: String,
    /// What is brought up to date.
    pub changed: BTreeSet<Address>,
    /// What would have to change and does not.
    pub left: Vec<(Address, Left)>,
    /// Mirrors of what the platform does not have any more.
    pub gone: Vec<(Address, RemoteId)>,
}

/// A mirror among documents: its kind, name and id.
pub struct Mirror {
    /// The kind.
    pub kind: &'static KindInfo,
    /// The address.
    pub address: Address,
    /// What it mirrors, if that is known.
    pub id: Option<RemoteId>,
    /// The names of its parts.
    pub parts: Parts,
}

/// What a document mirrors; `None` if it is no mirror.
pub fn mirror(node: &Node) -> Option<Mirror> {
    let kind = kinds::kind(node.get("kind")?.as_str()?)?;
    let name = node.get("name")?.as_str()?;
    Name::check(name).ok()?;
    (kind.collection?.access == Access::Read).then(|| Mirror {
        kind,
        address: Address::new(kind.id, name),
        id: number(node, "id").map(RemoteId),
        parts: parts(node),
    })
}

fn number(node: &Node, key: &str) -> Option<i64> {
    match &node.get(key)?.value {
        Value::Scalar(scalar) => match scalar.ty {
            ScalarType::Int(number) => Some(number),
            ScalarType::Null | ScalarType::Bool(_) | ScalarType::Float | ScalarType::String => None,
        },
        Value::Sequence(_) | Value::Mapping(_) => None,
    }
}

fn items<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    let list = node.get(key).and_then(Node::as_sequence);
    list.into_iter().flatten()
}

fn parts(node: &Node) -> Parts {
    let mut parts = Parts::default();
    let name = |node: &Node| Some(node.get("name")?.as_str()?.to_owned());
    for module in items(node, "modules") {
        let Some((of, own)) = number(module, "id").zip(name(module)) else {
            continue;
        };
        parts.modules.insert(of, own);
        for lesson in items(module, "lessons") {
            if let Some((id, own)) = number(lesson, "id").zip(name(lesson)) {
                parts.lessons.insert(id, own);
                parts.of.insert(id, of);
            }
        }
    }
    parts
}

/// Brings the mirrors of a text up to date. `mirrored` are the ids that any document has.
pub fn refresh(
    text: &str,
    account: &Account<'_>,
    mirrored: &BTreeSet<(String, RemoteId)>,
    limits: &Limits,
) -> Refreshed {
    let is_laid_out = format(text, limits).as_deref() == Ok(text);
    let mut out = Refreshed {
        text: text.to_owned(),
        ..Refreshed::default()
    };
    for _ in 0..MOST_ROUNDS {
        let mut findings = Diagnostics::new();
        let nodes = parse(FileId(0), &out.text, limits, &mut findings);
        if findings.has_errors() {
            break;
        }
        let mut edits: Vec<Edit> = Vec::new();
        out.left.clear();
        out.gone.clear();
        for node in &nodes {
            let Some(mirror) = mirror(node) else { continue };
            let wanted = wanted(&mirror, node, account, mirrored);
            let fields = match wanted {
                Wanted::Gone(id) => {
                    out.gone.push((mirror.address, id));
                    continue;
                }
                Wanted::Unknown => continue,
                Wanted::Fields(fields) => fields,
            };
            for (key, value) in fields {
                let path = Path::root().key(&key);
                let edited = edit::set(&out.text, node, &path.0, &value, Others::Go);
                if !edited.edits.is_empty() {
                    out.changed.insert(mirror.address.clone());
                }
                edits.extend(edited.edits);
                let left = edited.left.into_iter();
                out.left
                    .extend(left.map(|left| (mirror.address.clone(), left)));
            }
        }
        let all: Vec<&Edit> = edits.iter().collect();
        match apply_edits(&out.text, &all) {
            Some(new) if new != out.text => out.text = new,
            Some(_) | None => break,
        }
    }
    if is_laid_out && let Ok(new) = format(&out.text, limits) {
        out.text = new;
    }
    out
}

enum Wanted {
    /// The fields that it should have.
    Fields(Vec<(String, Written)>),
    /// The platform does not have it.
    Gone(RemoteId),
    /// What it mirrors does not exist yet, or the kind was not read.
    Unknown,
}

fn wanted(
    mirror: &Mirror,
    node: &Node,
    account: &Account<'_>,
    mirrored: &BTreeSet<(String, RemoteId)>,
) -> Wanted {
    let Some(objects) = account.live.kinds.get(mirror.kind.id) else {
        return Wanted::Unknown;
    };
    let title = node.get("title").and_then(Node::as_str);
    let Some(id) = mirror
        .id
        .or_else(|| by_title(mirror, title, account.live, mirrored))
    else {
        return Wanted::Unknown;
    };
    let Some(object) = objects.get(&id) else {
        return Wanted::Gone(id);
    };
    let names = Names {
        zone: account.zone,
        names: BTreeMap::new(),
        titles: BTreeMap::new(),
        course_kind: mirror.kind.id,
        parts: RefCell::new(BTreeMap::from([(id.0, mirror.parts.clone())])),
        schedules: RefCell::default(),
        asked: RefCell::default(),
        taken: RefCell::default(),
    };
    match (mirror.kind.decode)(id.0, &object.attributes, &names) {
        Ok(fields) => {
            let mut all = vec![("name".to_owned(), Written::text(&*mirror.address.name))];
            all.extend(fields);
            match as_written(Written::Map(all), Some(node)) {
                Written::Map(mut fields) => {
                    fields.retain(|(key, _)| key != "name");
                    Wanted::Fields(fields)
                }
                _ => Wanted::Unknown,
            }
        }
        Err(_) => Wanted::Unknown,
    }
}

/// The one object of a title that nothing mirrors: of a copy that has been made meanwhile.
fn by_title(
    mirror: &Mirror,
    title: Option<&str>,
    live: &LiveState,
    mirrored: &BTreeSet<(String, RemoteId)>,
) -> Option<RemoteId> {
    let kind = mirror.kind.id;
    let key = mirror.kind.collection?.natural_key;
    let title = title.unwrap_or(&mirror.address.name);
    let mut found = live.kinds.get(kind)?.iter().filter(|(id, object)| {
        object.attributes.get(key).and_then(|it| it.as_text()) == Some(title.trim())
            && !mirrored.contains(&(kind.to_owned(), **id))
    });
    let (id, _) = found.next()?;
    found.next().is_none().then_some(*id)
}

/// What means the same is left as it is written: a title that is the name and is not written, a
/// delay in weeks, an empty list.
pub(super) fn as_written(wanted: Written, node: Option<&Node>) -> Written {
    match wanted {
        Written::Map(entries) => {
            let name = entries
                .iter()
                .find(|(key, _)| key == "name")
                .map(|(_, name)| name.clone());
            let has = |key: &str| node.is_some_and(|node| node.get(key).is_some());
            let entries = entries.into_iter().filter_map(|(key, value)| {
                let there = node.and_then(|node| node.get(&key));
                if key == "title"
                    && node.is_some()
                    && !has("title")
                    && Some(&value) == name.as_ref()
                {
                    return None;
                }
                if key == "after_access"
                    && let (Written::Text(new), Some(old)) = (&value, there.and_then(Node::as_str))
                    && days(new).is_some()
                    && days(new) == days(old)
                {
                    return Some((key, Written::text(old)));
                }
                let says_nothing = value == Written::List(Vec::new());
                if says_nothing && there.is_none() {
                    return None;
                }
                Some((key, as_written(value, there)))
            });
            Written::Map(entries.collect())
        }
        Written::List(list) => {
            let there = node.and_then(Node::as_sequence).unwrap_or(&[]);
            let same = |item: &Written| match item.get("id") {
                Some(Written::Int(id)) => there.iter().find(|it| number(it, "id") == Some(*id)),
                Some(_) | None => None,
            };
            let list = list.into_iter().map(|item| {
                let node = same(&item);
                as_written(item, node)
            });
            Written::List(list.collect())
        }
        Written::Null | Written::Bool(_) | Written::Int(_) | Written::Text(_) => wanted,
    }
}

fn days(text: &str) -> Option<u32> {
    text.parse::<Duration>().ok()?.whole_days()
}
