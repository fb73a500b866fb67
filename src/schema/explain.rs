//! What a kind or a field is, as plain data for `bursar explain`.

use super::alternatives::{Form, Shape, forms, resolved, words};
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
        schema: root,
        required: true,
    };
    let mut full = first.to_owned();
    let mut path = Path::root();
    for step in steps {
        let Some(next) = place.step(step) else {
            let fields = place.fields();
            let near = nearest(step, fields.iter().map(|(name, _, _)| name.as_str()));
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

/// A schema on the way.
#[derive(Clone, Copy)]
struct Place<'s> {
    root: &'s Value,
    schema: &'s Value,
    required: bool,
}

impl<'s> Place<'s> {
    /// The maps that can stand here, or in the list that stands here.
    fn maps(self) -> Vec<Form<'s>> {
        let mut maps = Vec::new();
        for form in forms(self.root, self.schema) {
            match (form.shape(), form.0.get("items")) {
                (Shape::Map, _) => maps.push(form),
                (Shape::List, Some(items)) => {
                    let items = Place {
                        schema: items,
                        ..self
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

    /// The fields: name, schema, whether required. A field that several maps have counts once.
    fn fields(self) -> Vec<(String, &'s Value, bool)> {
        let mut fields: Vec<(String, &'s Value, bool)> = Vec::new();
        let maps = self.maps();
        for map in &maps {
            for (name, schema) in map.0["properties"].as_object().into_iter().flatten() {
                if !fields.iter().any(|(known, _, _)| known == name) {
                    let required = maps.len() == 1 && map.required().any(|field| field == name);
                    fields.push((name.clone(), schema, required));
                }
            }
            if let Some(schema) = free(*map) {
                fields.push(("NAME".to_owned(), schema, false));
            }
        }
        fields
    }

    fn step(self, name: &str) -> Option<Self> {
        let fields = self.fields();
        let field = fields
            .iter()
            .find(|(field, _, _)| field == name)
            .or_else(|| fields.iter().find(|(field, _, _)| field == "NAME"));
        field.map(|(_, schema, required)| Place {
            root: self.root,
            schema,
            required: *required,
        })
    }

    /// The description here, or behind the reference; of a map with one key, the branch's own.
    fn description(self) -> String {
        let here = self.schema.get("description");
        let behind = || resolved(self.root, self.schema).get("description");
        let description = here.or_else(behind).and_then(Value::as_str);
        description.unwrap_or_default().to_owned()
    }

    fn nullable(self) -> bool {
        let schema = resolved(self.root, self.schema);
        match schema.get("type") {
            Some(Value::Array(types)) => types.iter().any(|ty| ty == "null"),
            Some(ty) => ty == "null",
            None => super::alternatives::branches(schema).is_some_and(|branches| {
                branches.iter().any(|branch| {
                    Place {
                        schema: branch,
                        ..self
                    }
                    .nullable()
                })
            }),
        }
    }

    fn explanation(self, kind_id: &str, topic: String, path: &Path) -> Explanation {
        let all = forms(self.root, self.schema);
        let info = kind(kind_id).filter(|_| path.0.is_empty());
        let title = match (info, path.0.last()) {
            (Some(info), _) => info.summary.to_owned(),
            (None, Some(Seg::Key(key))) => key.to_string(),
            (None, Some(Seg::Index(_)) | None) => PROJECT_FILE.to_owned(),
        };
        let values = all.iter().filter_map(|form| {
            Some(ValueLine {
                value: form.constant()?,
                description: text(form.0, "description"),
            })
        });
        let fields = self.fields().into_iter().map(|(name, schema, required)| {
            let place = Place {
                root: self.root,
                schema,
                required,
            };
            let deciding = self.deciding(&name);
            let (form, summary) = match deciding.as_slice() {
                [_, _, ..] => (
                    words(&deciding),
                    "Which of the other fields belong here.".to_owned(),
                ),
                _ => (
                    words(&forms(self.root, schema)),
                    first_sentence(&self.field_description(&name, place)),
                ),
            };
            FieldLine {
                name,
                form,
                required,
                summary,
            }
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
            values: values.collect(),
            pattern: all
                .iter()
                .find_map(|form| Some(form.0.get("pattern")?.as_str()?.to_owned())),
            default: default(kind_id, path),
            fields: fields.collect(),
            example: example(kind_id, path, &all),
            topic,
        }
    }

    /// The constants that a field has in a union of maps.
    fn deciding(self, name: &str) -> Vec<Form<'s>> {
        let maps = self.maps().into_iter();
        let fields = maps.filter_map(|map| map.0.get("properties")?.get(name));
        let constants = fields.filter(|field| field.get("const").is_some());
        constants.map(Form).collect()
    }

    /// In a union of maps with one key the description stands at the map.
    fn field_description(self, name: &str, field: Place<'_>) -> String {
        let tagged = self.maps().into_iter().find(|map| map.tag() == Some(name));
        match tagged.map(|map| text(map.0, "description")) {
            Some(description) if !description.is_empty() => description,
            Some(_) | None => field.description(),
        }
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
