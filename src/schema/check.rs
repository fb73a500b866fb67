//! A document against its kind's schema: everything that is wrong with it, at its place.
//!
//! The schema's validator says what does not hold; here it becomes findings. In a union the branch
//! that was meant is found by the value's form and keys, and only its errors are told: one cause,
//! one finding.

use super::alternatives::{Form, Shape, branches, join, resolved, words};
use super::cure::{cure, name_cure};
use super::generate::SCHEMAS;
use crate::diag::{Code, Diagnostic, Diagnostics, Safety, did_you_mean, nearest, only_near};
use crate::kinds::{
    At, BuyableAddress, CourseLesson, DatabaseAddress, Day, Discount, KindInfo, PersonName, Price,
    StateAddress, Until, VariableName,
};
use crate::model::{Duration, Name, Path, Seg};
use crate::source::Span;
use crate::yaml::{Mapping, Node, Scalar, ScalarType, Value as NodeValue, describe, to_json};
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use schemars::{JsonSchema as _, SchemaGenerator};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

/// Holds a document against its kind's schema and reports everything that is wrong. `currency` is
/// the project's, for cures.
pub fn check(kind: &KindInfo, node: &Node, currency: Option<&str>, findings: &mut Diagnostics) {
    against(kind.id, node, currency, findings);
}

/// Holds a tree against a schema of [`super::schemas`].
pub(super) fn against(
    schema: &str,
    node: &Node,
    currency: Option<&str>,
    findings: &mut Diagnostics,
) {
    let (Some(root), Some(validator)) = (SCHEMAS.get(schema), validator(schema)) else {
        return;
    };
    let json = to_json(node);
    let errors: Vec<ValidationError<'_>> = validator.iter_errors(&json).collect();
    let mut telling = Telling {
        root,
        document: node,
        currency,
        findings,
    };
    telling.all(&errors);
}

/// The validator of a schema, made when it is first needed.
pub(super) fn validator(schema: &str) -> Option<&'static Validator> {
    static VALIDATORS: LazyLock<BTreeMap<&str, OnceLock<Option<Validator>>>> =
        LazyLock::new(|| {
            SCHEMAS
                .keys()
                .map(|name| (*name, OnceLock::new()))
                .collect()
        });
    let schemas: &'static _ = &*SCHEMAS;
    VALIDATORS
        .get(schema)?
        .get_or_init(|| {
            let schema = schemas.get(schema)?;
            jsonschema::options().offline().build(schema).ok()
        })
        .as_ref()
}

/// What errors are told with.
struct Telling<'a> {
    root: &'a Value,
    document: &'a Node,
    currency: Option<&'a str>,
    findings: &'a mut Diagnostics,
}

/// A branch of a union and why the value is not of it.
struct Branch<'a> {
    form: Form<'a>,
    errors: &'a [ValidationError<'static>],
}

impl<'a> Telling<'a> {
    /// Tells errors that stand beside each other.
    fn all(&mut self, errors: &[ValidationError<'_>]) {
        for error in errors {
            let path = self.path(error);
            match error.kind() {
                // A misspelt field is not missing too.
                Kind::Required { property } if self.is_misspelt(property, &path, errors) => {}
                _ => self.one(error, &path),
            }
        }
    }

    fn is_misspelt(&self, field: &Value, path: &Path, errors: &[ValidationError<'_>]) -> bool {
        errors.iter().any(|error| match error.kind() {
            Kind::AdditionalProperties { unexpected } => {
                let fields = || self.holder(error).fields();
                self.path(error) == *path
                    && unexpected
                        .iter()
                        .any(|key| nearest(key, fields()) == field.as_str())
            }
            _ => false,
        })
    }

    fn one(&mut self, error: &ValidationError<'_>, path: &Path) {
        let document: &'a Node = self.document;
        let node = document.descend(&path.0);
        let form = self.holder(error);
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                let mut branches = Vec::new();
                flatten(self.root, form.0, context, &mut branches);
                self.union(node, path, &branches);
            }
            Kind::AdditionalProperties { unexpected } => {
                for key in unexpected {
                    self.unknown_key(node, path, key, form);
                }
            }
            Kind::Required { property } => {
                self.missing(node, path, property.as_str().unwrap_or_default(), form);
            }
            // A map without any fields.
            Kind::FalseSchema => {
                for entry in node.as_mapping().into_iter().flat_map(|map| &map.entries) {
                    self.unknown_key(node, path, &entry.key, form);
                }
            }
            Kind::Constant { .. } => self.wrong_constant(node, path, &[form]),
            Kind::Type { .. }
            | Kind::Pattern { .. }
            | Kind::Minimum { .. }
            | Kind::Maximum { .. } => self.wrong_type(node, path, &[form]),
            // No schema of ours has other keywords; should one come, its own words must do.
            _ => self.findings.push(
                Diagnostic::new(Code::WrongType, node.span, error.to_string())
                    .label("does not fit the schema"),
            ),
        }
    }

    /// A value that is of no branch of a union.
    fn union(&mut self, node: &Node, path: &Path, branches: &[Branch<'_>]) {
        let of_its_form: Vec<&Branch<'_>> = branches
            .iter()
            .filter(|branch| takes(branch.form.shape(), node))
            .collect();
        let all: Vec<Form<'_>> = branches.iter().map(|branch| branch.form).collect();
        match (&node.value, of_its_form.as_slice()) {
            (_, []) => self.wrong_type(node, path, &all),
            (NodeValue::Mapping(mapping), several) => {
                self.union_of_maps(node, mapping, path, several)
            }
            (NodeValue::Sequence(_), [branch, ..]) => self.all(branch.errors),
            (NodeValue::Scalar(scalar), several) => {
                let constants = several.iter().filter_map(|branch| branch.form.constant());
                let constants: Vec<String> = constants.collect();
                let near = nearest(&scalar.text, constants.iter().map(String::as_str)).is_some();
                if !constants.is_empty() && (near || constants.len() == several.len()) {
                    self.wrong_constant(node, path, &all);
                } else {
                    self.wrong_type(node, path, &all);
                }
            }
        }
    }

    fn union_of_maps(
        &mut self,
        node: &Node,
        mapping: &Mapping,
        path: &Path,
        branches: &[&Branch<'_>],
    ) {
        if let [branch] = branches {
            return self.all(branch.errors);
        }
        if let Some(word) = deciding(self.root, branches) {
            return self.decided(mapping, path, branches, word);
        }
        let tags: Option<Vec<&str>> = branches.iter().map(|branch| branch.form.tag()).collect();
        if let Some(tags) = tags {
            return self.tagged(node, mapping, path, branches, &tags);
        }
        // The branch that knows most of the keys, and of these the one that lacks least.
        let meant = branches.iter().max_by_key(|branch| {
            let known = branch
                .form
                .fields()
                .filter(|field| mapping.get(field).is_some());
            let lacking = branch
                .form
                .required()
                .filter(|field| mapping.get(field).is_none());
            (known.count(), std::cmp::Reverse(lacking.count()))
        });
        if let Some(branch) = meant {
            self.all(branch.errors);
        }
    }

    /// A map in which the value of one key says what else belongs there.
    fn decided(&mut self, mapping: &Mapping, path: &Path, branches: &[&Branch<'_>], word: &str) {
        let forms: Vec<Form<'_>> = branches
            .iter()
            .filter_map(|branch| property(self.root, branch.form, word))
            .collect();
        let written = mapping.get(word).and_then(Node::as_str);
        let meant = branches.iter().zip(&forms).find(|(_, form)| {
            written.is_some_and(|written| form.constant().as_deref() == Some(written))
        });
        match (meant, mapping.get(word), branches) {
            (Some((branch, _)), ..) => self.all(branch.errors),
            (None, Some(node), _) => self.wrong_constant(node, &path.clone().key(word), &forms),
            // It is missing from each of them alike.
            (None, None, [first, ..]) => {
                let missing = first.errors.iter().find(
                    |error| matches!(error.kind(), Kind::Required { property } if property == word),
                );
                if let Some(missing) = missing {
                    self.one(missing, path);
                }
            }
            (None, None, []) => {}
        }
    }

    /// A map that must have exactly one key.
    fn tagged(
        &mut self,
        node: &Node,
        mapping: &Mapping,
        path: &Path,
        branches: &[&Branch<'_>],
        tags: &[&str],
    ) {
        let entries = mapping.entries.as_slice();
        let (known, unknown): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|entry| tags.contains(&&*entry.key));
        let listed = || {
            join(
                &tags
                    .iter()
                    .map(|tag| format!("`{tag}`"))
                    .collect::<Vec<_>>(),
            )
        };
        if entries.is_empty() {
            let code = Code::MissingField;
            let message = format!("{} needs exactly one key", subject(path));
            self.findings.push(
                Diagnostic::new(code, node.span, message)
                    .label("empty")
                    .help(format!("write one of {}", listed())),
            );
            return;
        }
        for entry in &unknown {
            let mut finding = Diagnostic::new(
                Code::UnknownField,
                entry.key_span,
                format!("unknown field `{}`", entry.key),
            );
            finding = match (
                known.as_slice(),
                did_you_mean(&entry.key, tags.iter().copied()),
            ) {
                ([first, ..], _) => finding
                    .label(format!("does not belong beside `{}`", first.key))
                    .help(format!(
                        "indent it, if it belongs to `{}`; only one key stands here",
                        first.key
                    )),
                ([], Some(near)) => finding.label("unknown").help(near),
                ([], None) => finding
                    .label("unknown")
                    .help(format!("write one of {}", listed())),
            };
            self.findings.push(finding);
        }
        if let [first, second, ..] = known.as_slice() {
            let combine = if tags.contains(&"all") {
                format!(
                    "combine them: `all: [{{ {}: … }}, {{ {}: … }}]`",
                    first.key, second.key
                )
            } else {
                format!("keep one of {}", listed())
            };
            let message = format!("{} has more than one key", subject(path));
            self.findings.push(
                Diagnostic::new(Code::WrongType, second.key_span, message)
                    .label("one too many")
                    .related(first.key_span, "the first")
                    .help(combine),
            );
        }
        // What is wrong below the keys that are right.
        for branch in branches {
            if branch
                .form
                .tag()
                .is_some_and(|tag| mapping.get(tag).is_some())
            {
                let below: Vec<&ValidationError<'static>> = branch
                    .errors
                    .iter()
                    .filter(|error| self.path(error) != *path)
                    .collect();
                for error in below {
                    self.one(error, &self.path(error));
                }
            }
        }
    }

    fn unknown_key(&mut self, node: &Node, path: &Path, key: &str, form: Form<'_>) {
        let span = node
            .as_mapping()
            .and_then(|mapping| mapping.entry(key))
            .map_or(node.span, |entry| entry.key_span);
        let known: Vec<&str> = form.fields().collect();
        if let Some((pattern, _)) = form.0["patternProperties"]
            .as_object()
            .and_then(|all| all.iter().next())
        {
            return self.wrong_key(span, key, pattern);
        }
        let help = did_you_mean(key, known.iter().copied()).unwrap_or_else(|| {
            let absent: Vec<String> = known
                .iter()
                .filter(|field| node.get(field).is_none())
                .map(|field| format!("`{field}`"))
                .collect();
            if absent.is_empty() {
                "remove it".to_owned()
            } else {
                format!("remove it, or write {}", join(&absent))
            }
        });
        let message = match path.0.last() {
            None => format!("unknown field `{key}`"),
            Some(_) => format!("unknown field `{key}` in {}", subject(path)),
        };
        // A field that is there already cannot be meant.
        let near = only_near(key, known.iter().copied()).filter(|near| node.get(near).is_none());
        self.findings.push(
            Diagnostic::new(Code::UnknownField, span, message)
                .label("unknown")
                .help(help)
                .rename_to(near, Safety::Safe),
        );
    }

    /// A key of a map of names that is no name.
    fn wrong_key(&mut self, span: Span, key: &str, pattern: &str) {
        let expected = key_words(pattern);
        let mut finding = Diagnostic::new(
            Code::WrongType,
            span,
            format!("expected {expected} as the key, found `{key}`"),
        )
        .label("no such name");
        if expected.contains("name")
            && let Some(help) = name_cure(key)
        {
            finding = finding.help(help);
        }
        self.findings.push(finding);
    }

    fn missing(&mut self, node: &Node, path: &Path, field: &str, form: Form<'_>) {
        let (span, message) = match path.0.last() {
            None => {
                let name = node.get("name").map_or(node.span, |name| name.span);
                let what = form.title().unwrap_or("document");
                (name, format!("this {what} has no `{field}`"))
            }
            Some(_) => (node.span, format!("{} has no `{field}`", subject(path))),
        };
        let property = &form.0["properties"][field];
        let described = property
            .get("description")
            .or_else(|| resolved(self.root, property).get("description"))
            .and_then(Value::as_str);
        let help = match described {
            Some(text) => format!("add `{field}`: {}", first_sentence(text)),
            None => format!("add `{field}`"),
        };
        self.findings.push(
            Diagnostic::new(Code::MissingField, span, message)
                .label(format!("`{field}` is missing"))
                .help(help),
        );
    }

    fn wrong_constant(&mut self, node: &Node, path: &Path, forms: &[Form<'_>]) {
        let text = match &node.value {
            NodeValue::Scalar(Scalar {
                text,
                ty: ScalarType::String,
                ..
            }) => text,
            NodeValue::Scalar(_) | NodeValue::Sequence(_) | NodeValue::Mapping(_) => {
                return self.wrong_type(node, path, forms);
            }
        };
        let constants: Vec<String> = forms.iter().filter_map(|form| form.constant()).collect();
        let near = did_you_mean(text, constants.iter().map(String::as_str));
        self.findings.push(
            Diagnostic::new(
                Code::UnknownValue,
                node.span,
                format!("unknown value `{}` of {}", shortened(text), subject(path)),
            )
            .label("unknown")
            .help(near.unwrap_or_else(|| format!("write {}", words(forms))))
            // A value can decide what clients get.
            .rename_to(
                only_near(text, constants.iter().map(String::as_str)),
                Safety::Unsafe,
            ),
        );
    }

    fn wrong_type(&mut self, node: &Node, path: &Path, forms: &[Form<'_>]) {
        let expected = words(forms);
        let mut finding = Diagnostic::new(
            Code::WrongType,
            node.span,
            format!(
                "{} must be {expected}, found {}",
                subject(path),
                describe(node)
            ),
        )
        .label("wrong type");
        let reason = node
            .as_str()
            .and_then(|text| forms.iter().find_map(|form| reason(form.title()?, text)));
        if let Some(reason) = reason {
            finding = finding.label("wrong form").why(reason);
        }
        if let Some(help) = cure(node, forms, self.currency) {
            finding = finding.help(help);
        }
        self.findings.push(finding);
    }

    /// The schema whose keyword does not hold.
    fn holder(&self, error: &ValidationError<'_>) -> Form<'a> {
        let root: &'a Value = self.root;
        let pointer = error.schema_path().as_str();
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        Form(root.pointer(parent).unwrap_or(root))
    }

    /// The place of the value, as a path into the document.
    fn path(&self, error: &ValidationError<'_>) -> Path {
        let mut node = Some(self.document);
        let mut path = Path::root();
        for segment in error.instance_path().as_str().split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            let items = node.and_then(Node::as_sequence);
            (path, node) = match (items, segment.parse::<usize>()) {
                (Some(items), Ok(index)) => (path.index(index), items.get(index)),
                _ => (path.key(&segment), node.and_then(|node| node.get(&segment))),
            };
        }
        path
    }
}

/// The key that has another constant in each branch.
fn deciding<'a>(root: &'a Value, branches: &[&Branch<'a>]) -> Option<&'a str> {
    let (first, rest) = branches.split_first()?;
    first.form.required().find(|word| {
        let constant = |branch: &Branch<'a>| property(root, branch.form, word)?.constant();
        constant(first).is_some() && rest.iter().all(|branch| constant(branch).is_some())
    })
}

/// What a map holds under a key.
fn property<'a>(root: &'a Value, form: Form<'a>, key: &str) -> Option<Form<'a>> {
    let property = form.0.get("properties")?.get(key)?;
    Some(Form(resolved(root, property)))
}

/// The branches of a union with the errors of each, unions inside it laid open, `null` left out.
fn flatten<'a>(
    root: &'a Value,
    union: &'a Value,
    context: &'a [Vec<ValidationError<'static>>],
    out: &mut Vec<Branch<'a>>,
) {
    for (branch, errors) in branches(union).into_iter().flatten().zip(context) {
        let schema = resolved(root, branch);
        let inner = errors.iter().find_map(|error| match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => Some(context),
            _ => None,
        });
        match inner {
            Some(context) if branches(schema).is_some() => flatten(root, schema, context, out),
            _ if schema["type"] == "null" => {}
            _ => out.push(Branch {
                form: Form(schema),
                errors,
            }),
        }
    }
}

/// Whether a form can take values of the node's type.
fn takes(shape: Shape, node: &Node) -> bool {
    match &node.value {
        NodeValue::Sequence(_) => shape == Shape::List,
        NodeValue::Mapping(_) => shape == Shape::Map,
        NodeValue::Scalar(scalar) => match scalar.ty {
            ScalarType::Null => false,
            ScalarType::Bool(_) => shape == Shape::Truth,
            ScalarType::Int(_) | ScalarType::Float => shape == Shape::Number,
            ScalarType::String => matches!(shape, Shape::Text | Shape::Constant),
        },
    }
}

/// What a path leads to, in words: `price`, item 2 of `coupons`.
pub(super) fn subject(path: &Path) -> String {
    match path.0.as_slice() {
        [] => "the document".to_owned(),
        [.., Seg::Key(key)] => format!("`{key}`"),
        [.., Seg::Key(key), Seg::Index(index)] => format!("item {} of `{key}`", index + 1),
        [.., Seg::Index(index)] => format!("item {}", index + 1),
    }
}

/// Why a text is not of a form, in the words of its type.
fn reason(title: &str, text: &str) -> Option<String> {
    fn of<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Option<String> {
        text.parse::<T>().err().map(|error| error.to_string())
    }
    match title {
        "Money" => of::<Price>(text),
        "Discount" => of::<Discount>(text),
        "Duration" => of::<Duration>(text),
        "Instant" => of::<At>(text),
        "End" => of::<Until>(text),
        "Day" => of::<Day>(text),
        "Name" => of::<Name>(text),
        "StateAddress" => of::<StateAddress>(text),
        "DatabaseAddress" => of::<DatabaseAddress>(text),
        _ => None,
    }
}

/// The words for the keys of a map, by their pattern.
fn key_words(pattern: &str) -> &'static str {
    static WORDS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let mut generator = SchemaGenerator::default();
        [
            Name::json_schema(&mut generator),
            PersonName::json_schema(&mut generator),
            CourseLesson::json_schema(&mut generator),
            BuyableAddress::json_schema(&mut generator),
            VariableName::json_schema(&mut generator),
        ]
        .into_iter()
        .filter_map(|schema| {
            let pattern = schema.get("pattern")?.as_str()?.to_owned();
            Some((pattern, Form(schema.as_value()).words()))
        })
        .collect()
    });
    WORDS.get(pattern).map_or("another name", String::as_str)
}

fn first_sentence(text: &str) -> String {
    let sentence = text
        .split(". ")
        .next()
        .unwrap_or(text)
        .trim_end_matches('.');
    let mut letters = sentence.chars();
    match letters.next() {
        // `IANA` and other words in capitals stay.
        Some(first) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        Some(_) | None => sentence.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
