//! Why a tree is not the typed value, and where.
//!
//! The path is put together while the error goes up: a success pays nothing for it.

use crate::diag::did_you_mean;
use crate::model::{Path, Seg};
use crate::source::Span;
use crate::yaml::{Node, ScalarStyle, ScalarType, Value};
use serde::de::{Error, Expected, Unexpected};
use std::fmt;

/// Why a tree is not the typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeError {
    /// Where in the tree.
    pub path: Path,
    /// Whether the path names a key or a value.
    pub place: Place,
    /// What sort of error it is.
    pub kind: DeErrorKind,
    /// What is wrong, in the words of the type; lower case, no full stop.
    pub message: String,
    /// What to do, where that is known.
    pub help: Option<String>,
    /// The fields or values that the type knows, for [`DeErrorKind::UnknownField`] and
    /// [`DeErrorKind::UnknownValue`]; empty otherwise.
    pub known: &'static [&'static str],
}

/// What a path points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The key at its end.
    Key,
    /// The value it leads to.
    Value,
}

/// The sorts of errors, as the rule book tells them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeErrorKind {
    /// A key that the type does not have.
    UnknownField {
        /// The key.
        field: Box<str>,
    },
    /// A required key is absent from the mapping at the path.
    MissingField {
        /// The key.
        field: Box<str>,
    },
    /// A text that is none of the type's values.
    UnknownValue {
        /// The text.
        value: Box<str>,
    },
    /// A value of another type or form.
    WrongType,
    /// What a type says of itself, by `serde::de::Error::custom`.
    Custom,
}

impl DeError {
    /// The bytes to show, in the tree that was read.
    pub fn span(&self, root: &Node) -> Span {
        match self.place {
            Place::Key => root.key_span(&self.path.0),
            Place::Value => None,
        }
        .unwrap_or_else(|| root.descend(&self.path.0).span)
    }
}

/// `payment.schedule[0].due: expected text, found the number 3`
impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.0.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for DeError {}

/// An error on its way up. One pointer, because every result carries the room for it.
#[derive(Debug)]
pub(super) struct Failure(Box<Rising>);

#[derive(Debug)]
struct Rising {
    /// The path from its end.
    steps: Vec<Seg>,
    place: Place,
    kind: DeErrorKind,
    words: Words,
    known: &'static [&'static str],
    /// Whether the node it arose at has not seen it yet.
    fresh: bool,
}

#[derive(Debug)]
enum Words {
    Plain {
        message: String,
        help: Option<String>,
    },
    /// A value of another type: told in terms of the node it arose at.
    Mismatch {
        expected: String,
        found: String,
        help: Option<String>,
    },
}

impl Failure {
    fn new(kind: DeErrorKind, words: Words) -> Self {
        Failure(Box::new(Rising {
            steps: Vec::new(),
            place: Place::Value,
            kind,
            words,
            known: &[],
            fresh: true,
        }))
    }

    fn plain(kind: DeErrorKind, message: String, help: Option<String>) -> Self {
        Failure::new(kind, Words::Plain { message, help })
    }

    /// A node is not what a visitor takes.
    #[cold]
    pub(super) fn mismatch(node: &Node, expected: &dyn Expected) -> Self {
        let expected = in_our_words(&expected.to_string());
        Failure::new(
            DeErrorKind::WrongType,
            Words::Mismatch {
                found: describe(node),
                help: hint(node, &expected),
                expected,
            },
        )
        .settled()
    }

    /// A node is not of the form that is taken.
    #[cold]
    pub(super) fn wrong_form(message: String, help: Option<String>) -> Self {
        Failure::plain(DeErrorKind::WrongType, message, help)
    }

    /// Tells it in terms of the node, if it arose there: `010` rather than 10. Of a collection it
    /// may speak of something inside that serde has put aside, and stays as it is.
    #[cold]
    pub(super) fn at(mut self, node: &Node) -> Self {
        if std::mem::take(&mut self.0.fresh)
            && matches!(node.value, Value::Scalar(_))
            && let Words::Mismatch {
                expected,
                found,
                help,
            } = &mut self.0.words
        {
            *found = describe(node);
            *help = hint(node, expected);
        }
        self
    }

    /// Keeps it as it is.
    fn settled(mut self) -> Self {
        self.0.fresh = false;
        self
    }

    /// Puts it below a key.
    #[cold]
    pub(super) fn below(mut self, key: &str) -> Self {
        self.0.fresh = false;
        self.0.steps.push(Seg::Key(key.into()));
        self
    }

    /// Puts it at a key itself.
    #[cold]
    pub(super) fn at_key(mut self, key: &str) -> Self {
        self.0.place = Place::Key;
        self.below(key)
    }

    /// Puts it below an index.
    #[cold]
    pub(super) fn inside(mut self, index: usize) -> Self {
        self.0.fresh = false;
        self.0.steps.push(Seg::Index(index));
        self
    }
}

impl From<Failure> for DeError {
    fn from(Failure(rising): Failure) -> Self {
        let mut steps = rising.steps;
        steps.reverse();
        let (message, help) = match rising.words {
            Words::Plain { message, help } => (message, help),
            Words::Mismatch {
                expected,
                found,
                help,
            } => (format!("expected {expected}, found {found}"), help),
        };
        DeError {
            path: Path(steps),
            place: rising.place,
            kind: rising.kind,
            message,
            help,
            known: rising.known,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.words {
            Words::Plain { message, .. } => f.write_str(message),
            Words::Mismatch {
                expected, found, ..
            } => write!(f, "expected {expected}, found {found}"),
        }
    }
}

impl std::error::Error for Failure {}

impl Error for Failure {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Failure::plain(DeErrorKind::Custom, message.to_string(), None)
    }

    #[cold]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Failure::new(
            DeErrorKind::WrongType,
            Words::Mismatch {
                expected: in_our_words(&expected.to_string()),
                found: unexpected(found),
                help: None,
            },
        )
    }

    #[cold]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Failure::invalid_type(found, expected)
    }

    #[cold]
    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let items = if length == 1 { "item" } else { "items" };
        Failure::plain(
            DeErrorKind::WrongType,
            format!(
                "expected {}, found {length} {items}",
                in_our_words(&expected.to_string())
            ),
            None,
        )
    }

    #[cold]
    fn unknown_variant(value: &str, known: &'static [&'static str]) -> Self {
        let mut failure = Failure::plain(
            DeErrorKind::UnknownValue {
                value: value.into(),
            },
            format!("unknown value `{value}`"),
            did_you_mean(value, known.iter().copied()).or_else(|| one_of("the values are", known)),
        );
        failure.0.known = known;
        failure
    }

    #[cold]
    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        let mut failure = Failure::plain(
            DeErrorKind::UnknownField {
                field: field.into(),
            },
            format!("unknown field `{field}`"),
            did_you_mean(field, known.iter().copied()).or_else(|| one_of("the fields are", known)),
        );
        failure.0.known = known;
        failure
    }

    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Failure::plain(
            DeErrorKind::MissingField {
                field: field.into(),
            },
            format!("the field `{field}` is missing"),
            None,
        )
    }
}

/// `the values are \`a\`, \`b\`, \`c\``
fn one_of(intro: &str, known: &[&str]) -> Option<String> {
    (!known.is_empty()).then(|| format!("{intro} {}", list(known)))
}

/// `` `a`, `b`, `c` ``
pub(super) fn list(known: &[&str]) -> String {
    let mut text = String::new();
    for (at, value) in known.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        text.extend([comma, "`", value, "`"]);
    }
    text
}

/// What serde calls the usual types, as a user would.
fn in_our_words(expected: &str) -> String {
    let known = match expected {
        "a string" | "str" | "a borrowed string" => "text",
        "a character" => "one character",
        "a boolean" => "`true` or `false`",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number, not negative",
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "a whole number",
        "a sequence" => "a list",
        "a map" | "struct variant" => "a mapping",
        "unit" | "unit variant" => "nothing",
        "newtype variant" => "a value",
        "tuple variant" => "a list",
        _ if expected.starts_with("struct ") => "a mapping",
        _ if expected.starts_with("tuple ") || expected.starts_with("a tuple ") => "a list",
        _ if expected.starts_with("unit struct") => "nothing",
        _ => return expected.to_owned(),
    };
    known.to_owned()
}

fn unexpected(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number {value}"),
        Unexpected::Signed(value) => format!("the number {value}"),
        Unexpected::Float(value) => format!("the number {value}"),
        Unexpected::Char(value) => format!("the text `{value}`"),
        Unexpected::Str(value) => format!("the text `{}`", abridged(value)),
        Unexpected::Bytes(_) => "bytes".to_owned(),
        Unexpected::Unit | Unexpected::Option | Unexpected::UnitVariant => "nothing".to_owned(),
        Unexpected::NewtypeStruct | Unexpected::NewtypeVariant => "a value".to_owned(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".to_owned(),
        Unexpected::Map | Unexpected::StructVariant => "a mapping".to_owned(),
        Unexpected::Enum => "a name and a value".to_owned(),
        Unexpected::Other(other) => other.to_owned(),
    }
}

/// What a node is, as its writer sees it: "the number 010", "the text `on`", "a list".
pub fn describe(node: &Node) -> String {
    match &node.value {
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
        Value::Scalar(scalar) => {
            let text = abridged(&scalar.text);
            match scalar.ty {
                ScalarType::Null if text.is_empty() => "nothing".to_owned(),
                ScalarType::Null | ScalarType::Bool(_) => format!("`{text}`"),
                ScalarType::Int(_) | ScalarType::Float => format!("the number {text}"),
                ScalarType::String => format!("the text `{text}`"),
            }
        }
    }
}

/// What to do about a node that is not what was expected.
fn hint(node: &Node, expected: &str) -> Option<String> {
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    let text = &*scalar.text;
    match scalar.ty {
        ScalarType::Int(_) | ScalarType::Float | ScalarType::Bool(_) if expected == "text" => {
            Some(format!("put it in quotes: \"{text}\""))
        }
        ScalarType::String if expected.starts_with("`true`") => match text {
            "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
                Some("write `true`".to_owned())
            }
            "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
                Some("write `false`".to_owned())
            }
            "true" | "false" => Some("remove the quotes".to_owned()),
            _ => None,
        },
        ScalarType::String
            if scalar.style == ScalarStyle::Quoted
                && expected.starts_with("a whole number")
                && text.parse::<i64>().is_ok() =>
        {
            Some("remove the quotes".to_owned())
        }
        ScalarType::Null
        | ScalarType::Bool(_)
        | ScalarType::Int(_)
        | ScalarType::Float
        | ScalarType::String => None,
    }
}

/// A text cut to a length that fits a message.
pub(super) fn abridged(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or("");
    if line.len() == text.len() && line.chars().count() <= MOST {
        return text.to_owned();
    }
    line.chars().take(MOST).chain(['…']).collect()
}
