//! The JSON Schemas (2020-12): one a kind, one for the project file, one for any document.

use crate::diag::Diagnostics;
use crate::kinds::{KINDS, KindInfo, Meta, Project};
use crate::source::FileId;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema as _, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The name of the project file's schema.
pub const PROJECT: &str = "project";

/// Every schema by its name: the kinds, `project`, and `document` for a file of any kinds.
///
/// Their `$id`s are `urn:bursar:1:NAME`; the number is the version of the language.
pub fn schemas() -> BTreeMap<&'static str, Value> {
    let mut all: BTreeMap<&'static str, Value> =
        KINDS.iter().map(|kind| (kind.id, of_kind(kind))).collect();
    all.insert(PROJECT, of_project());
    all.insert("document", of_any_document());
    all
}

/// The schemas that documents are held against, made once.
pub(super) static SCHEMAS: LazyLock<BTreeMap<&'static str, Value>> = LazyLock::new(schemas);

fn generator() -> SchemaGenerator {
    SchemaGenerator::new(SchemaSettings::draft2020_12())
}

fn of_kind(kind: &KindInfo) -> Value {
    let mut generator = generator();
    let body = body(kind, &mut generator);
    finish(kind.id, body, generator.take_definitions(true))
}

fn of_project() -> Value {
    let mut generator = generator();
    let mut body: Map<String, Value> = into_map(Project::json_schema(&mut generator).into());
    body.insert("title".to_owned(), "bursar.yaml".into());
    finish(PROJECT, body, generator.take_definitions(true))
}

/// One schema for all kinds, chosen by `kind`: for editors.
fn of_any_document() -> Value {
    let mut generator = generator();
    let bodies: Vec<(&str, Map<String, Value>)> = KINDS
        .iter()
        .map(|kind| (kind.id, body(kind, &mut generator)))
        .collect();
    let mut definitions = generator.take_definitions(true);
    let kinds: Vec<Value> = KINDS
        .iter()
        .map(|kind| json!({ "const": kind.id, "description": kind.summary }))
        .collect();
    let chosen: Vec<Value> = KINDS
        .iter()
        .map(|kind| {
            json!({
                "if": { "properties": { "kind": { "const": kind.id } }, "required": ["kind"] },
                "then": { "$ref": format!("#/$defs/{}", kind.id) },
            })
        })
        .collect();
    for (id, body) in bodies {
        definitions.insert(id.to_owned(), Value::Object(body));
    }
    let known = definitions.clone();
    for definition in definitions.values_mut() {
        lay_open_nullable(definition, &known);
    }
    let body = json!({
        "title": "document",
        "description": "A document of a project, of any kind.",
        "type": "object",
        "properties": {
            "kind": { "description": "What the document is.", "oneOf": kinds },
            "name": { "$ref": "#/$defs/Name" },
        },
        "required": ["kind", "name"],
        "allOf": chosen,
    });
    finish("document", into_map(body), definitions)
}

/// Writes `anyOf: [{ $ref: … }, { type: null }]` as one schema with two types, where that can be said.
///
/// The two mean the same. Of a union editors show the branch that fits: what money is, instead of
/// what this price is for.
fn lay_open_nullable(definition: &mut Value, known: &Map<String, Value>) {
    let properties = definition.get_mut("properties");
    for (_, property) in properties
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
    {
        if let Some(laid_open) = one_of_two_types(property, known) {
            *property = laid_open;
        }
    }
    for union in ["anyOf", "oneOf"] {
        let branches = definition.get_mut(union).and_then(Value::as_array_mut);
        for branch in branches.into_iter().flatten() {
            lay_open_nullable(branch, known);
        }
    }
}

fn one_of_two_types(property: &Value, known: &Map<String, Value>) -> Option<Value> {
    let [branch, null] = property.get("anyOf")?.as_array()?.as_slice() else {
        return None;
    };
    let name = branch.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    let referred = known.get(name)?.as_object()?;
    let ty = referred.get("type")?.as_str()?;
    // Constants and unions take no further type.
    let plain = ["const", "enum", "anyOf", "oneOf"]
        .iter()
        .all(|key| !referred.contains_key(*key));
    if null.get("type")? != "null" || !plain {
        return None;
    }
    let mut one = property.as_object()?.clone();
    one.shift_remove("anyOf");
    one.insert("type".to_owned(), json!([ty, "null"]));
    for (key, value) in referred {
        if !one.contains_key(key) && key != "title" {
            one.insert(key.clone(), value.clone());
        }
    }
    Some(Value::Object(one))
}

/// A kind's own fields between the first and the last of those that every kind has.
fn body(kind: &KindInfo, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut own = into_map((kind.schema)(generator).into());
    let mut meta = into_map(Meta::json_schema(generator).into());
    let mut common = take_map(&mut meta, "properties");
    let mut properties = Map::new();
    let described = common.shift_remove("kind").unwrap_or_default();
    properties.insert(
        "kind".to_owned(),
        json!({ "description": described["description"], "const": kind.id }),
    );
    if let Some(name) = common.shift_remove("name") {
        properties.insert("name".to_owned(), name);
    }
    properties.extend(take_map(&mut own, "properties"));
    properties.extend(common);

    let mut required = vec![Value::from("kind"), Value::from("name")];
    if let Some(Value::Array(own)) = own.shift_remove("required") {
        required.extend(own);
    }

    let mut body = Map::new();
    body.insert("title".to_owned(), kind.id.into());
    body.extend(own);
    body.insert("properties".to_owned(), Value::Object(properties));
    body.insert("required".to_owned(), Value::Array(required));
    body.insert("additionalProperties".to_owned(), Value::Bool(false));
    body.insert("examples".to_owned(), json!([example(kind)]));
    body
}

fn example(kind: &KindInfo) -> Value {
    let limits = crate::yaml::Limits::default();
    let nodes = crate::yaml::parse(FileId(0), kind.example, &limits, &mut Diagnostics::new());
    nodes.first().map(crate::yaml::to_json).unwrap_or_default()
}

fn finish(name: &str, body: Map<String, Value>, definitions: Map<String, Value>) -> Value {
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        "https://json-schema.org/draft/2020-12/schema".into(),
    );
    schema.insert("$id".to_owned(), format!("urn:bursar:1:{name}").into());
    schema.extend(body);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
    let mut schema = Value::Object(schema);
    give_titles(&mut schema);
    schema
}

/// Sets a title on every sub-schema that has none: editors show it.
fn give_titles(schema: &mut Value) {
    let Some(schema) = schema.as_object_mut() else {
        return;
    };
    for (key, part) in schema.iter_mut() {
        match key.as_str() {
            "properties" => {
                for (name, property) in part.as_object_mut().into_iter().flatten() {
                    set_title(property, name);
                    give_titles(property);
                }
            }
            "$defs" => {
                for (name, definition) in part.as_object_mut().into_iter().flatten() {
                    set_title(definition, &words_of(name));
                    give_titles(definition);
                }
            }
            "patternProperties" => {
                part.as_object_mut()
                    .into_iter()
                    .flatten()
                    .for_each(|(_, part)| give_titles(part));
            }
            "anyOf" | "oneOf" => {
                for branch in part.as_array_mut().into_iter().flatten() {
                    if let Some(name) = branch_name(branch) {
                        set_title(branch, &name);
                    }
                    give_titles(branch);
                }
            }
            "items" | "additionalProperties" => give_titles(part),
            _ => {}
        }
    }
}

fn set_title(schema: &mut Value, title: &str) {
    if let Some(schema) = schema.as_object_mut()
        && !schema.contains_key("title")
    {
        schema.shift_insert(0, "title".to_owned(), title.into());
    }
}

/// The word of a constant, or the one key of a map with one key.
fn branch_name(branch: &Value) -> Option<String> {
    if let Some(Value::String(word)) = branch.get("const") {
        return Some(word.clone());
    }
    match branch.get("required")?.as_array()?.as_slice() {
        [Value::String(key)] => Some(key.clone()),
        _ => None,
    }
}

/// `EqualInstallments` → `equal installments`.
fn words_of(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn take_map(schema: &mut Map<String, Value>, key: &str) -> Map<String, Value> {
    schema.shift_remove(key).map(into_map).unwrap_or_default()
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "the committed files are read and written"
)]
mod tests {
    use super::*;
    use std::path::Path;

    /// Run with `BURSAR_UPDATE=1` to write the files anew.
    #[test]
    fn the_committed_files_are_these() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
        let update = std::env::var_os("BURSAR_UPDATE").is_some();
        for (name, schema) in schemas() {
            let path = folder.join(format!("{name}.schema.json"));
            let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if update {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&path, text).unwrap();
            } else {
                let committed = std::fs::read_to_string(&path).unwrap_or_default();
                let at = path.display();
                assert!(
                    committed == text,
                    "{at} is old: run `BURSAR_UPDATE=1 cargo test schema`"
                );
            }
        }
    }

    #[test]
    fn they_are_schemas_and_their_examples_are_valid() {
        for (name, schema) in schemas() {
            jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
            let validator = jsonschema::options().offline().build(&schema).unwrap();
            for example in schema["examples"].as_array().into_iter().flatten() {
                let errors: Vec<String> = validator
                    .iter_errors(example)
                    .map(|e| e.to_string())
                    .collect();
                assert!(errors.is_empty(), "{name}: {errors:?}");
            }
        }
    }

    #[test]
    fn every_property_of_every_kind_is_described() {
        for (name, schema) in schemas() {
            described(&schema, &schema, name);
        }
    }

    #[track_caller]
    fn described(root: &Value, schema: &Value, at: &str) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let own = property.get("description").is_some();
            let referred = property["$ref"].as_str().is_some_and(|reference| {
                root.pointer(&reference[1..])
                    .unwrap()
                    .get("description")
                    .is_some()
            });
            let inner = ["anyOf", "oneOf"]
                .iter()
                .any(|key| property.get(key).is_some());
            let fixed = property.get("const").is_some();
            assert!(own || referred || inner || fixed, "{at}.{name}");
            assert!(property.get("title").is_some(), "{at}.{name}");
        }
        for (name, part) in schema["$defs"].as_object().into_iter().flatten() {
            described(root, part, &format!("{at}/{name}"));
        }
    }
}
