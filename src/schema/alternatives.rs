//! What a schema takes at one place, as a flat list of forms.

use serde_json::Value;

/// A schema without references, unions and nulls on top: one form of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form<'s>(pub &'s Value);

/// The JSON type that a form takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One fixed text or number.
    Constant,
    /// Text.
    Text,
    /// `true` or `false`.
    Truth,
    /// A whole number.
    Number,
    /// A list.
    List,
    /// A map.
    Map,
    /// Anything at all.
    Anything,
}

/// The schema that a `$ref` leads to, or the schema itself.
pub(super) fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer))
        .unwrap_or(schema)
}

/// The members of a union; `None` if it is none.
pub(super) fn branches(schema: &Value) -> Option<&Vec<Value>> {
    schema
        .get("anyOf")
        .or_else(|| schema.get("oneOf"))
        .and_then(Value::as_array)
}

/// Every form that a schema takes, in its order, `null` left out.
pub(super) fn forms<'s>(root: &'s Value, schema: &'s Value) -> Vec<Form<'s>> {
    let schema = resolved(root, schema);
    match branches(schema) {
        Some(branches) => branches
            .iter()
            .flat_map(|branch| forms(root, branch))
            .collect(),
        None if schema.get("type").and_then(Value::as_str) == Some("null") => Vec::new(),
        None => vec![Form(schema)],
    }
}

impl<'s> Form<'s> {
    /// The type.
    pub fn shape(self) -> Shape {
        if self.0.get("const").is_some() {
            return Shape::Constant;
        }
        let ty = match self.0.get("type") {
            Some(Value::Array(types)) => types.iter().find(|ty| *ty != "null"),
            ty => ty,
        };
        match ty.and_then(Value::as_str) {
            Some("string") => Shape::Text,
            Some("boolean") => Shape::Truth,
            Some("integer" | "number") => Shape::Number,
            Some("array") => Shape::List,
            Some("object") => Shape::Map,
            _ => Shape::Anything,
        }
    }

    /// The title of a scalar's schema: `Money`, `Duration`.
    pub fn title(self) -> Option<&'s str> {
        self.0.get("title").and_then(Value::as_str)
    }

    /// The fixed value, written as in YAML.
    pub fn constant(self) -> Option<String> {
        self.0.get("const").map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    /// The names of a map's fields.
    pub fn fields(self) -> impl Iterator<Item = &'s str> {
        let properties = self.0.get("properties").and_then(Value::as_object);
        properties
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
    }

    /// The names of a map's required fields.
    pub fn required(self) -> impl Iterator<Item = &'s str> {
        let required = self.0.get("required").and_then(Value::as_array);
        required.into_iter().flatten().filter_map(Value::as_str)
    }

    /// The key of a map that has exactly one key.
    pub fn tag(self) -> Option<&'s str> {
        let mut fields = self.fields();
        let tag = fields.next()?;
        let alone = fields.next().is_none() && self.required().eq([tag]);
        let closed = self.0.get("additionalProperties") == Some(&Value::Bool(false));
        // One whose value is fixed says by that value what the map is.
        let open = self.0["properties"][tag].get("const").is_none();
        (alone && closed && open).then_some(tag)
    }

    /// The form in words: "money such as `490.00 EUR`", "a list".
    pub fn words(self) -> String {
        if let Some(message) = self.0.get("patternErrorMessage").and_then(Value::as_str) {
            return message
                .strip_prefix("expected ")
                .unwrap_or(message)
                .to_owned();
        }
        match self.shape() {
            Shape::Constant => format!("`{}`", self.constant().unwrap_or_default()),
            Shape::Text => "text".to_owned(),
            Shape::Truth => "`true` or `false`".to_owned(),
            Shape::Number => self.number_words(),
            Shape::List => "a list".to_owned(),
            Shape::Map => match self.tag() {
                Some(tag) => format!("`{{ {tag}: … }}`"),
                None => "a mapping".to_owned(),
            },
            Shape::Anything => "anything".to_owned(),
        }
    }

    fn number_words(self) -> String {
        /// Bounds from here on are there for the machine only.
        const NO_BOUND: i64 = 1_000_000_000;
        let bound = |key| self.0.get(key).and_then(Value::as_i64);
        match (bound("minimum"), bound("maximum")) {
            (Some(least), Some(most)) if most < NO_BOUND => {
                format!("a whole number from {least} to {most}")
            }
            (Some(least), _) => format!("a whole number from {least}"),
            (None, _) => "a whole number".to_owned(),
        }
    }
}

/// Forms in words, joined: "`none`, `any` or a list". Long lists of words are cut.
pub(super) fn words(forms: &[Form<'_>]) -> String {
    let tags: Vec<&str> = forms.iter().filter_map(|form| form.tag()).collect();
    let mut all: Vec<String> = Vec::new();
    for form in forms {
        let words = match form.tag() {
            Some(_) if tags.len() > 3 => "a mapping with one key".to_owned(),
            _ => form.words(),
        };
        if !all.contains(&words) {
            all.push(words);
        }
    }
    join(&all)
}

/// `a, b or c`
pub(super) fn join(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
