//! The platform contract as an OpenAPI 3.1 document, from the same table that the server obeys.

use super::behaviour;
use super::resource::{RESOURCES, Resource, Verb};
use crate::kinds::Rule;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";

/// The platform contract: every collection, verb, body, header and refusal.
pub fn openapi() -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .for_deserialize()
        .into_generator();
    let mut objects = Map::new();
    let mut paths = Map::new();
    for of in RESOURCES.iter() {
        describe(of, &mut schemas, &mut objects);
        add_paths(of, &mut paths);
    }
    let mut all = schemas.take_definitions(true);
    all.extend(objects);
    all.extend(plain_schemas());
    all.sort_keys();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "The platform of a school, as bursar speaks to it",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "http://127.0.0.1:8080", "description": "bursar sandbox" }],
        "security": [{ "token": [], "account": [] }],
        "tags": RESOURCES.iter().map(|of| json!({
            "name": of.path(),
            "description": format!("{}.", of.summary),
        })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": all,
            "parameters": parameters(),
            "headers": headers(),
            "responses": refusals(),
            "securitySchemes": {
                "token": { "type": "apiKey", "in": "header", "name": "Token" },
                "account": { "type": "apiKey", "in": "header", "name": "Cabinet-Hash" },
            },
        },
    })
}

const DESCRIPTION: &str = "\
Fields that a request does not know are dropped; titles are trimmed; amounts and instants come back \
in normal form. What a creation does not mention is the platform's default. `PATCH` is a JSON Merge \
Patch (RFC 7396): what it does not mention stays, null resets to the default, lists are replaced \
whole. Ids are whole numbers and never used again. Keys that end in `_at` hold instants in UTC, keys \
that end in `_id` or `_ids` hold ids.";

/// The schemas of one collection: its body, a patch of it, and what is answered.
fn describe(of: &Resource, generator: &mut SchemaGenerator, schemas: &mut Map<String, Value>) {
    let name = title_case(of.id);
    let mut body = (of.collection.schema)(generator).to_value();
    if let Some(body) = body.as_object_mut() {
        body.shift_remove("title");
    }
    let once: Vec<&str> = of.collection.with(Rule::Immutable).collect();
    let mut patch = "A JSON Merge Patch (RFC 7396) of the body.".to_owned();
    if !once.is_empty() {
        patch.push_str(&format!(" `{}` can be saved once only.", once.join("`, `")));
    }
    let replaced = property_names(&body)
        .filter(|field| behaviour::is_one_value(of, field))
        .collect::<Vec<_>>();
    if !replaced.is_empty() {
        patch.push_str(&format!(" `{}` is replaced whole.", replaced.join("`, `")));
    }
    let mut added = Map::new();
    added.insert("id".into(), json!({ "type": "integer", "format": "int64" }));
    for field in of.collection.with(Rule::Computed) {
        let schema = match field {
            count if count.ends_with("_count") => json!({ "type": "integer", "minimum": 0 }),
            address if address.ends_with("url") => json!({ "type": "string", "format": "uri" }),
            _ => json!({ "type": "string" }),
        };
        added.insert(field.into(), schema);
    }
    for time in ["created_at", "updated_at"] {
        added.insert(
            time.into(),
            json!({ "type": "string", "format": "date-time" }),
        );
    }
    let required: Vec<&String> = added.keys().collect();
    let answered = json!({
        "allOf": [
            reference(&name),
            { "type": "object", "required": required, "properties": added },
        ],
    });
    schemas.insert(format!("{name}Object"), answered);
    if of.allows(Verb::Update) {
        schemas.insert(
            format!("{name}Patch"),
            json!({ "type": "object", "description": patch }),
        );
    }
    schemas.insert(name, body);
}

fn property_names(schema: &Value) -> impl Iterator<Item = &str> {
    schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
}

fn add_paths(of: &Resource, paths: &mut Map<String, Value>) {
    let (one, name, path) = (of.id, title_case(of.id), of.path());
    let many = title_case(path);
    let mut collection = Map::new();
    collection.insert(
        "get".into(),
        json!({
            "operationId": format!("list{many}"),
            "summary": format!("A page of {path}, by id"),
            "tags": [path],
            "parameters": [parameter("Page"), parameter("PerPage")],
            "responses": responses("200", Some(&page_of(&name)), &[]),
        }),
    );
    if of.allows(Verb::Create) {
        collection.insert(
            "post".into(),
            json!({
                "operationId": format!("create{name}"),
                "summary": format!("Makes a new {one}"),
                "tags": [path],
                "requestBody": body(&name),
                "responses": responses("201", Some(&single(&name)), WRITING),
            }),
        );
    }
    paths.insert(format!("/{path}"), collection.into());

    let mut object = Map::new();
    object.insert("parameters".into(), json!([parameter("Id")]));
    object.insert(
        "get".into(),
        json!({
            "operationId": format!("get{name}"),
            "summary": format!("One {one}"),
            "tags": [path],
            "responses": responses("200", Some(&single(&name)), &["404"]),
        }),
    );
    if of.allows(Verb::Update) {
        let mut refusals = WRITING.to_vec();
        refusals.push("404");
        object.insert(
            "patch".into(),
            json!({
                "operationId": format!("update{name}"),
                "summary": format!("Changes what is mentioned of one {one}"),
                "tags": [path],
                "requestBody": body(&format!("{name}Patch")),
                "responses": responses("200", Some(&single(&name)), &refusals),
            }),
        );
    }
    if of.allows(Verb::Delete) {
        object.insert(
            "delete".into(),
            json!({
                "operationId": format!("delete{name}"),
                "summary": format!("Removes one {one} that nothing refers to"),
                "tags": [path],
                "responses": responses("204", None, &["404", "409"]),
            }),
        );
    }
    paths.insert(format!("/{path}/{{id}}"), object.into());
    if let Some(people) = behaviour::members_of(of) {
        add_member_paths(of, people, paths);
    }
}

fn add_member_paths(of: &Resource, people: &Resource, paths: &mut Map<String, Value>) {
    let (one, name, path) = (of.id, title_case(of.id), of.path());
    paths.insert(
        format!("/{path}/{{id}}/members"),
        json!({
            "parameters": [parameter("Id")],
            "get": {
                "operationId": format!("list{name}Members"),
                "summary": format!("A page of the {} in one {one}, by id", people.path()),
                "tags": [path],
                "parameters": [parameter("Page"), parameter("PerPage")],
                "responses": responses("200", Some(&page_of(&title_case(people.id))), &["404"]),
            },
            "post": {
                "operationId": format!("add{name}Member"),
                "summary": format!("Puts a contact into one {one} by hand"),
                "tags": [path],
                "requestBody": body("Member"),
                "responses": responses("201", Some(&single(&name)), &["400", "404", "413", "422"]),
            },
        }),
    );
    paths.insert(
        format!("/{path}/{{id}}/members/{{contact_id}}"),
        json!({
            "parameters": [parameter("Id"), parameter("ContactId")],
            "delete": {
                "operationId": format!("remove{name}Member"),
                "summary": format!("Takes a contact out of one {one} by hand"),
                "tags": [path],
                "responses": responses("204", None, &["404", "422"]),
            },
        }),
    );
}

/// What a request with a body may be refused for, beside what every request may be.
const WRITING: &[&str] = &["400", "413", "422"];

/// The refusals by status: name, meaning, headers beside those of the limit.
const REFUSALS: &[(&str, &str, &str, &[&str])] = &[
    ("400", "Malformed", "The body is not JSON.", &[]),
    (
        "401",
        "Unauthorised",
        "`Token` or `Cabinet-Hash` is missing or wrong.",
        &[],
    ),
    ("404", "Unknown", "There is no such object.", &[]),
    (
        "405",
        "Verb",
        "The verb does not exist here; `Allow` names those that do.",
        &["Allow"],
    ),
    (
        "409",
        "Conflict",
        "Something refers to the object; the message says what.",
        &[],
    ),
    ("413", "TooLarge", "The body is too large.", &[]),
    (
        "422",
        "Invalid",
        "The body is wrong; `errors` says where.",
        &[],
    ),
    (
        "429",
        "Limited",
        "Too many requests.",
        &["Retry-After", "X-RateLimit-Reset"],
    ),
];

/// The headers of every answer when there is a limit.
const LIMIT_HEADERS: &[&str] = &["X-RateLimit-Limit", "X-RateLimit-Remaining"];

fn responses(status: &str, schema: Option<&Value>, refusals: &[&str]) -> Value {
    let mut done = json!({ "description": "Done.", "headers": header_references(LIMIT_HEADERS) });
    if let (Some(schema), Some(done)) = (schema, done.as_object_mut()) {
        done.insert(
            "content".into(),
            json!({ "application/json": { "schema": schema } }),
        );
    }
    let mut out = Map::new();
    out.insert(status.to_owned(), done);
    for (status, name, ..) in REFUSALS {
        if refusals.contains(status) || ["401", "405", "429"].contains(status) {
            let reference = format!("#/components/responses/{name}");
            out.insert((*status).to_owned(), json!({ "$ref": reference }));
        }
    }
    out.into()
}

fn refusals() -> Value {
    let refusals = REFUSALS.iter().map(|(_, name, meaning, headers)| {
        let headers = [LIMIT_HEADERS, headers].concat();
        let response = json!({
            "description": meaning,
            "headers": header_references(&headers),
            "content": { "application/json": { "schema": reference("Error") } },
        });
        ((*name).to_owned(), response)
    });
    Value::Object(refusals.collect())
}

fn header_references(names: &[&str]) -> Value {
    let references = names.iter().map(|name| {
        let reference = format!("#/components/headers/{name}");
        ((*name).to_owned(), json!({ "$ref": reference }))
    });
    Value::Object(references.collect())
}

fn headers() -> Value {
    let number =
        |description: &str| json!({ "description": description, "schema": { "type": "integer" } });
    json!({
        "Allow": { "description": "The verbs that exist here.", "schema": { "type": "string" } },
        "Retry-After": number("Seconds until the next request is answered."),
        "X-RateLimit-Limit": number("Requests a minute; only sent if they are limited."),
        "X-RateLimit-Remaining": number("What is left of them."),
        "X-RateLimit-Reset": number("The UNIX time at which they are all there again."),
    })
}

fn parameters() -> Value {
    let id = |name: &str, description: &str| {
        json!({
            "name": name, "in": "path", "required": true, "description": description,
            "schema": { "type": "integer", "format": "int64" },
        })
    };
    json!({
        "Id": id("id", "The object's id."),
        "ContactId": id("contact_id", "The contact's id."),
        "Page": {
            "name": "page", "in": "query", "description": "From 1.",
            "schema": { "type": "integer", "minimum": 1, "default": 1 },
        },
        "PerPage": {
            "name": "per_page", "in": "query",
            "description": "Objects a page. More than the maximum is read as the maximum.",
            "schema": { "type": "integer", "minimum": 1, "maximum": 100, "default": 15 },
        },
    })
}

fn plain_schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut add = |name: &str, schema| schemas.insert(name.to_owned(), schema);
    add(
        "Error",
        json!({
            "type": "object",
            "required": ["message", "errors"],
            "properties": {
                "message": { "type": "string", "description": "For people." },
                "errors": {
                    "type": "object",
                    "description": "What is wrong, by dotted field.",
                    "additionalProperties": { "type": "array", "items": { "type": "string" } },
                },
            },
        }),
    );
    let count = json!({ "type": "integer", "minimum": 0 });
    add(
        "Meta",
        json!({
            "type": "object",
            "description": "Which page it is of how many; `per_page` is what was used.",
            "required": ["current_page", "last_page", "per_page", "total"],
            "properties": {
                "current_page": count, "last_page": count, "per_page": count, "total": count,
            },
        }),
    );
    add(
        "Member",
        json!({
            "type": "object",
            "required": ["contact_id"],
            "properties": { "contact_id": { "type": "integer", "format": "int64" } },
        }),
    );
    schemas
}

fn page_of(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["data", "meta"],
        "properties": {
            "data": { "type": "array", "items": reference(&format!("{name}Object")) },
            "meta": reference("Meta"),
        },
    })
}

fn single(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["data"],
        "properties": { "data": reference(&format!("{name}Object")) },
    })
}

fn body(name: &str) -> Value {
    json!({ "required": true, "content": { "application/json": { "schema": reference(name) } } })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn walk(value: &Value, visit: &mut dyn FnMut(&str, &Value)) {
        match value {
            Value::Object(entries) => {
                for (key, value) in entries {
                    visit(key, value);
                    walk(value, visit);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_reference_resolves() {
        let document = openapi();
        let mut seen = 0;
        walk(&document, &mut |key, value| {
            if key == "$ref" {
                let target = value.as_str().unwrap().strip_prefix('#').unwrap();
                assert!(document.pointer(target).is_some(), "{target}");
                seen += 1;
            }
        });
        assert!(seen > 0);
    }

    #[test]
    fn operations_have_names_of_their_own_and_parameters_for_their_paths() {
        let document = openapi();
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let declared = item
                .get("parameters")
                .map_or(0, |it| it.as_array().unwrap().len());
            assert_eq!(path.matches('{').count(), declared, "{path}");
            for (verb, operation) in item.as_object().unwrap() {
                if verb == "parameters" {
                    continue;
                }
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name}");
                assert!(operation["responses"].as_object().unwrap().len() > 1);
            }
        }
        assert!(names.contains("createOffer") && !names.contains("createCourse"));
    }

    #[test]
    fn schemas_keep_apart_and_are_valid() {
        let document = openapi();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for name in schemas.keys() {
            assert!(
                !name.ends_with(|last: char| last.is_ascii_digit()),
                "two types are {name}"
            );
            let text = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$ref": format!("#/components/schemas/{name}"),
                "components": document["components"],
            });
            assert!(jsonschema::validator_for(&text).is_ok(), "{name}");
        }
    }

    #[test]
    fn the_committed_document_is_this_one() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/platform.openapi.json");
        let text = serde_json::to_string_pretty(&openapi()).unwrap() + "\n";
        if std::env::var_os("BURSAR_UPDATE").is_some() {
            std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas")).unwrap();
            std::fs::write(file, &text).unwrap();
        }
        let committed = std::fs::read_to_string(file).unwrap_or_default();
        assert!(
            committed == text,
            "schemas/platform.openapi.json is out of date: run this test with BURSAR_UPDATE=1"
        );
    }
}
