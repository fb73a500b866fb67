//! Tags and the version directive: what is honoured, what is refused.

use super::Composer;
use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::yaml::{ScalarType, scalar};
use granit_parser::{Span as Place, Tag, YamlVersion};
use std::borrow::Cow;

/// A tag that is honoured.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Core {
    /// `!` alone: what YAML makes of a value without a schema.
    Failsafe,
    Str,
    Int,
    Float,
    Bool,
    Null,
    Map,
    Seq,
}

impl Composer<'_> {
    /// The tag, if it is honoured; reports it if it is not.
    pub(super) fn core(&mut self, tag: &Tag, place: &Place) -> Option<Core> {
        let core = match tag.core_suffix() {
            Some("str") => Some(Core::Str),
            Some("int") => Some(Core::Int),
            Some("float") => Some(Core::Float),
            Some("bool") => Some(Core::Bool),
            Some("null") => Some(Core::Null),
            Some("map") => Some(Core::Map),
            Some("seq") => Some(Core::Seq),
            Some(_) | None => None,
        };
        if core.is_some() {
            return core;
        }
        if tag.parts() == ("", "!") {
            return Some(Core::Failsafe);
        }
        let span = place
            .tag_span()
            .map_or_else(|| self.span(place), |tag| self.span(&tag));
        self.sink.push(
            Diagnostic::new(
                Code::CustomTag,
                span,
                format!("the tag `{}` is not known here", tag.original()),
            )
            .label("the value is read without it")
            .why("bursar reads plain values: what a tag of one's own would make of them is unknown")
            .help("remove the tag"),
        );
        None
    }

    /// What a tag makes of a scalar.
    pub(super) fn tagged(&mut self, tag: Core, text: &str, place: &Place) -> ScalarType {
        let plain = scalar::resolve(text);
        let fitting = match (tag, plain) {
            (Core::Str | Core::Failsafe, _) => Some(ScalarType::String),
            (Core::Int, ScalarType::Int(_))
            | (Core::Float, ScalarType::Float)
            | (Core::Bool, ScalarType::Bool(_))
            | (Core::Null, ScalarType::Null) => Some(plain),
            (Core::Float, ScalarType::Int(_)) => Some(ScalarType::Float),
            (
                Core::Int | Core::Float | Core::Bool | Core::Null | Core::Map | Core::Seq,
                ScalarType::Null
                | ScalarType::Bool(_)
                | ScalarType::Int(_)
                | ScalarType::Float
                | ScalarType::String,
            ) => None,
        };
        fitting.unwrap_or_else(|| {
            self.misplaced(tag, &format!("`{}`", abridged(text)), place);
            plain
        })
    }

    pub(super) fn misplaced(&mut self, tag: Core, what: &str, place: &Place) {
        let span = place
            .tag_span()
            .map_or_else(|| self.span(place), |tag| self.span(&tag));
        let tag = match tag {
            Core::Failsafe | Core::Str => "str",
            Core::Int => "int",
            Core::Float => "float",
            Core::Bool => "bool",
            Core::Null => "null",
            Core::Map => "map",
            Core::Seq => "seq",
        };
        self.sink.push(
            Diagnostic::new(
                Code::YamlSyntax,
                span,
                format!("the tag `!!{tag}` does not fit {what}"),
            )
            .label("says another type than the value has")
            .help("remove the tag"),
        );
    }

    pub(super) fn version(&mut self, version: Option<YamlVersion>, place: &Place) {
        let Some(version) = version else { return };
        if (version.major, version.minor) == (1, 2) {
            return;
        }
        let start = self.span(place).start as usize;
        let before = self.text.get(..start).unwrap_or("");
        let at = before.rfind("%YAML").unwrap_or(start);
        let length = self
            .text
            .get(at..)
            .and_then(|line| line.lines().next())
            .map_or(0, |line| line.trim_end().len());
        self.sink.push(
            Diagnostic::new(
                Code::YamlSyntax,
                Span::new(self.file, at, at + length),
                format!(
                    "the document says it is YAML {}.{}",
                    version.major, version.minor
                ),
            )
            .label("only 1.2 is read")
            .why("YAML 1.1 reads `no`, `on` and `010` differently")
            .help("remove the line, or write `%YAML 1.2`"),
        );
    }
}

/// The first line of a text, if it is short.
fn abridged(text: &str) -> Cow<'_, str> {
    let line = text.lines().next().unwrap_or("");
    if line.len() == text.len() && line.chars().count() <= 40 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(line.chars().take(40).chain(['…']).collect())
}
