//! What a kind or a field is, as plain data for `bursar explain`.

use super::alternatives::{Form, Shape, branches, forms, resolved, words};
use super::generate::{PROJECT, SCHEMAS};
use crate::diag::{Diagnostics, nearest};
use crate::kinds::{KINDS, PROJECT_FILE, kind};
use crate::model::{Path, Seg};
use crate::source::FileId;
use crate::yaml::{Limits, Node, parse};
use serde_json::Value;

/// What a kind or a field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What was asked for, in full: `offer.payment.installments`.
    pub topic: String,
    /// One line: the kind's summary, or the field's last name.
    pub title: String,
    /// What it is, in one or more sentences.
    pub description: String,
    /// The form of its values in words; for a kind, "a document".
    pub form: String,
    /// Whether `null` is taken, and means the platform's default (for an attribute of the platform)
    /// or nothing.
    pub nullable: bool,
    /// Whether it must be there.
    pub required: bool,
    /// The fixed values that it takes, if it takes any.
    pub values: Vec<ValueLine>,
    /// The regular expression that its texts match, if there is one.
    pub pattern: Option<String>,
    /// What the platform takes where nothing is written, if that is one plain value.
    pub default: Option<String>,
    /// The fields inside it.
    pub fields: Vec<FieldLine>,
    /// An example in YAML, ending in a line break; empty if there is none.
    pub example: String,
}

/// A fixed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueLine {
    /// As it is written.
    pub value: String,
    /// What it means.
    pub description: String,
}

/// A field of what is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLine {
    /// Its name; `NAME` where names are free.
    pub name: String,
    /// The form of its values in words.
    pub form: String,
    /// Whether it must be there.
    pub required: bool,
    /// The first sentence of its description.
    pub summary: String,
}

/// There is nothing of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is called `{topic}`")]
pub struct UnknownTopic {
    /// What was asked for.
    pub topic: String,
    /// The nearest thing that there is, in full.
    pub nearest: Option<String>,
}

/// Explains `KIND`, `KIND.FIELD.PATH` or `project.FIELD.PATH`. Lists need no index:
/// `offer.products.access`. Where names are free, any will do: `cohort.schedule.modules.html`.
///
/// # Errors
/// There is no such kind or field.
pub fn explain(topic: &str) -> Result<Explanation, UnknownTopic> {
    let asked = topic
        .strip_prefix(PROJECT_FILE)
        .map(|rest| format!("{PROJECT}{rest}"));
    let asked = asked.as_deref().unwrap_or(topic);
    let mut steps = asked.split('.').filter(|step| !step.is_empty());
    let unknown = |nearest: Option<String>| UnknownTopic {
        topic: topic.to_owned(),
        nearest,
    };
    let first = steps.next().unwrap_or_default();
    let names = || KINDS.iter().map(|kind| kind.id).chain([PROJECT]);
    let Some(root) = names()
        .find(|name| *name == first)
        .and_then(|name| SCHEMAS.get(name))
    else {
        return Err(unknown(nearest(first, names()).map(str::to_owned)));
    };
    let mut place = Place {
        root,
        schemas: vec![root],
        required: true,
    };
    let mut full = first.to_owned();
    let mut path = Path::root();
    for step in steps {
        let Some(next) = place.step(step) else {
            let fields = place.fields();
            let near = nearest(step, fields.iter().map(|(name, _)| name.as_str()));
            return Err(unknown(Some(match near {
                Some(near) => format!("{full}.{near}"),
                None => full,
            })));
        };
        place = next;
        full = format!("{full}.{step}");
        path = path.key(step);
    }
    Ok(place.explanation(first, full, &path))
}

/// A place on the way. Where several maps of a union have a field, each says what it takes.
#[derive(Clone)]
struct Place<'s> {
    root: &'s Value,
    schemas: Vec<&'s Value>,
    required: bool,
}

/// What the summary of a field is that has another value in each map of a union.
const DECIDES: &str = "Which of the other fields belong here.";

impl<'s> Place<'s> {
    /// The forms of what can stand here.
    fn forms(&self) -> Vec<Form<'s>> {
        let schemas = self.schemas.iter();
        schemas
            .flat_map(|schema| forms(self.root, schema))
            .collect()
    }

    /// The maps that can stand here, or in the list that stands here.
    fn maps(&self) -> Vec<Form<'s>> {
        let mut maps = Vec::new();
        for form in self.forms() {
            match (form.shape(), form.0.get("items")) {
                (Shape::Map, _) => maps.push(form),
                (Shape::List, Some(items)) => {
                    let items = Place {
                        root: self.root,
                        schemas: vec![items],
                        required: self.required,
                    };
                    maps.extend(items.maps());
                }
                (
                    Shape::Constant
                    | Shape::Text
                    | Shape::Truth
                    | Shape::Number
                    | Shape::List
                    | Shape::Anything,
                    _,
                ) => {}
            }
        }
        maps
    }

    /// The fields by name. Of several maps, all must require one for it to be required.
    fn fields(&self) -> Vec<(String, Place<'s>)> {
        let mut fields: Vec<(String, Place<'s>)> = Vec::new();
        let maps = self.maps();
        let mut add = |name: &str, schema: &'s Value, required: bool| match fields
            .iter_mut()
            .find(|(known, _)| known == name)
        {
            Some((_, place)) => place.schemas.push(schema),
            None => fields.push((
                name.to_owned(),
                Place {
                    root: self.root,
                    schemas: vec![schema],
                    required,
                },
            )),
        };
        for map in &maps {
            for (name, schema) in map.0["properties"].as_object().into_iter().flatten() {
                let required = maps
                    .iter()
                    .all(|map| map.required().any(|field| field == name));
                add(name, schema, required);
            }
            if let Some(schema) = free(*map) {
                add("NAME", schema, false);
            }
        }
        fields
    }

    fn step(&self, name: &str) -> Option<Self> {
        let mut fields = self.fields();
        let at = fields
            .iter()
            .position(|(field, _)| field == name)
            .or_else(|| fields.iter().position(|(field, _)| field == "NAME"))?;
        Some(fields.swap_remove(at).1)
    }

    /// Whether this has another fixed value in each map of a union.
    fn decides(&self) -> bool {
        self.schemas.len() > 1
            && self
                .schemas
                .iter()
                .all(|schema| schema.get("const").is_some())
    }

    /// The description here, or behind the reference; of a map with one key, the branch's own.
    fn description(&self) -> String {
        if self.decides() {
            return DECIDES.to_owned();
        }
        let described = self.schemas.iter().find_map(|schema| {
            let here = schema.get("description");
            here.or_else(|| resolved(self.root, schema).get("description"))
                .and_then(Value::as_str)
        });
        described.unwrap_or_default().to_owned()
    }

    fn nullable(&self) -> bool {
        self.schemas
            .iter()
            .any(|schema| takes_null(self.root, schema))
    }

    fn explanation(&self, kind_id: &str, topic: String, path: &Path) -> Explanation {
        let all = self.forms();
        let info = kind(kind_id).filter(|_| path.0.is_empty());
        let title = match (info, path.0.last()) {
            (Some(info), _) => info.summary.to_owned(),
            (None, Some(Seg::Key(key))) => key.to_string(),
            (None, Some(Seg::Index(_)) | None) => PROJECT_FILE.to_owned(),
        };
        let mut values: Vec<ValueLine> = Vec::new();
        for form in &all {
            if let Some(value) = form.constant()
                && values.iter().all(|line| line.value != value)
            {
                let description = text(form.0, "description");
                values.push(ValueLine { value, description });
            }
        }
        let fields = self.fields().into_iter().map(|(name, field)| FieldLine {
            form: words(&field.forms()),
            required: field.required,
            summary: first_sentence(&self.field_description(&name, &field)),
            name,
        });
        Explanation {
            title,
            description: self.description(),
            form: if path.0.is_empty() {
                "a document".to_owned()
            } else {
                words(&all)
            },
            nullable: self.nullable(),
            required: self.required,
            values,
            pattern: all
                .iter()
                .find_map(|form| Some(form.0.get("pattern")?.as_str()?.to_owned())),
            default: default(kind_id, path),
            fields: fields.collect(),
            example: example(kind_id, path, &all),
            topic,
        }
    }

    /// In a union of maps with one key the description stands at the map.
    fn field_description(&self, name: &str, field: &Place<'_>) -> String {
        let tagged = self.maps().into_iter().find(|map| map.tag() == Some(name));
        match tagged.map(|map| text(map.0, "description")) {
            Some(description) if !description.is_empty() => description,
            Some(_) | None => field.description(),
        }
    }
}

/// Whether `null` is among what a schema takes.
fn takes_null(root: &Value, schema: &Value) -> bool {
    let schema = resolved(root, schema);
    match schema.get("type") {
        Some(Value::Array(types)) => types.iter().any(|ty| ty == "null"),
        Some(ty) => ty == "null",
        None => branches(schema)
            .is_some_and(|branches| branches.iter().any(|branch| takes_null(root, branch))),
    }
}

/// The schema of a map's values where its keys are free.
fn free(map: Form<'_>) -> Option<&Value> {
    let patterns = map.0.get("patternProperties").and_then(Value::as_object);
    let by_pattern = patterns.and_then(|patterns| patterns.values().next());
    by_pattern.or_else(|| {
        map.0
            .get("additionalProperties")
            .filter(|schema| schema.is_object())
    })
}

fn text(schema: &Value, key: &str) -> String {
    let text = schema.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn first_sentence(text: &str) -> String {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text.get(..end).unwrap_or(text).to_owned()
}

/// The platform's default, where the attribute has the field's name.
fn default(kind_id: &str, path: &Path) -> Option<String> {
    let defaults = kind(kind_id)?.collection?.defaults();
    let mut value = None;
    let mut entries = &defaults;
    for segment in &path.0 {
        let Seg::Key(key) = segment else { return None };
        value = entries.get(&**key);
        match value? {
            crate::model::Value::Map(inner) => entries = inner,
            _ => break,
        }
    }
    match value? {
        crate::model::Value::Bool(truth) => Some(truth.to_string()),
        crate::model::Value::Int(number) => Some(number.to_string()),
        crate::model::Value::Text(text) => Some(text.clone()),
        crate::model::Value::Null
        | crate::model::Value::List(_)
        | crate::model::Value::Map(_)
        | crate::model::Value::Ref(_)
        | crate::model::Value::Late(_) => None,
    }
}

/// The part of the kind's example that shows the field, or an example of the field's form.
fn example(kind_id: &str, path: &Path, forms: &[Form<'_>]) -> String {
    let whole = kind(kind_id).map_or("", |kind| kind.example);
    if path.0.is_empty() {
        return whole.to_owned();
    }
    let nodes = parse(
        FileId(0),
        whole,
        &Limits::default(),
        &mut Diagnostics::new(),
    );
    if let Some(part) = nodes.first().and_then(|node| written(node, &path.0, whole)) {
        return part;
    }
    let Some(Seg::Key(field)) = path.0.last() else {
        return String::new();
    };
    let examples = forms
        .iter()
        .filter_map(|form| form.0.get("examples")?.get(0)?.as_str());
    examples
        .map(|example| format!("{field}: {example}\n"))
        .next()
        .unwrap_or_default()
}

/// The lines of a field in a text, moved to the left. Lists are searched item by item.
fn written(node: &Node, path: &[Seg], text: &str) -> Option<String> {
    if let Some(items) = node.as_sequence() {
        return items.iter().find_map(|item| written(item, path, text));
    }
    let (Seg::Key(key), rest) = path.split_first()? else {
        return None;
    };
    let entry = node.as_mapping()?.entry(key)?;
    if !rest.is_empty() {
        return written(&entry.value, rest, text);
    }
    let start = entry.key_span.range().start;
    let part = text.get(start..entry.value.span.range().end)?;
    let line = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let indent = start - line;
    let mut lines = part.lines();
    let mut shown = lines.next()?.to_owned();
    for line in lines {
        shown.push('\n');
        shown.push_str(line.get(indent..).unwrap_or_else(|| line.trim_start()));
    }
    shown.push('\n');
    Some(shown)
}
