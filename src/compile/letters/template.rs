//! The template engine of letters: strict, bounded, without files.

use super::marks;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use std::ops::Range;

/// The most steps that one template may take.
const FUEL: u64 = 200_000;
/// The most bytes that one letter may become, marks included.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The engine; one for all letters of a run.
pub(super) struct Engine {
    environment: Environment<'static>,
}

/// Why a template cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What sort of failure it is.
    pub(super) kind: FailureKind,
    /// The bytes of the template that it is about.
    pub(super) range: Range<usize>,
}

/// The sorts of failures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FailureKind {
    /// A value is not defined.
    Undefined,
    /// It is not a template, or does something that letters cannot: what the engine says.
    Wrong(String),
    /// It takes too many steps or becomes too long.
    Limit,
}

impl Engine {
    /// An engine.
    pub(super) fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.set_debug(true);
        environment.remove_global("debug");
        environment.set_formatter(|out, _, value| {
            let text = value.to_string();
            out.write_str(&marks::value(&text)).map_err(Error::from)
        });
        Engine { environment }
    }

    /// Fills a template in. Every value in the result is a mark.
    ///
    /// # Errors
    /// The first thing in it that does not work.
    pub(super) fn render(&self, template: &str, values: &Value) -> Result<String, Failure> {
        let marked = marks::contacts(template);
        if !marked.contains("{{") && !marked.contains("{%") && !marked.contains("{#") {
            return Ok(marked.into_owned());
        }
        let rendered = self
            .environment
            .template_from_str(&marked)
            .and_then(|template| template.render(values.clone()));
        match rendered {
            Ok(text) if text.len() <= MAX_BYTES => Ok(text),
            Ok(_) => Err(Failure {
                kind: FailureKind::Limit,
                range: 0..template.len(),
            }),
            Err(error) => Err(failure(&error, template)),
        }
    }
}

fn failure(error: &Error, template: &str) -> Failure {
    let kind = match error.kind() {
        ErrorKind::UndefinedError => FailureKind::Undefined,
        ErrorKind::OutOfFuel => FailureKind::Limit,
        kind => FailureKind::Wrong(
            error
                .detail()
                .map_or_else(|| kind.to_string(), str::to_owned),
        ),
    };
    let line = || {
        let number = error.line().unwrap_or(1).saturating_sub(1);
        let start: usize = template
            .split_inclusive('\n')
            .take(number)
            .map(str::len)
            .sum();
        let length = template
            .get(start..)
            .and_then(|rest| rest.lines().next())
            .map_or(0, str::len);
        start..start + length
    };
    // Errors in templates within templates have places of their own source; there are none here.
    let range = error
        .range()
        .filter(|range| !range.is_empty() && template.get(range.clone()).is_some())
        .unwrap_or_else(line);
    Failure { kind, range }
}

/// Every `a.b.c` that stands at the beginning of a `{{ … }}`, with its place.
pub(super) fn paths(template: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = template.get(from..).and_then(|rest| rest.find("{{")) {
        let open = from + at + 2;
        let inner = template.get(open..).unwrap_or("");
        let blank = inner.len() - inner.trim_start_matches(['-', '+', ' ', '\t', '\n']).len();
        let start = open + blank;
        let rest = template.get(start..).unwrap_or("");
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(rest.len());
        if let Some(path) = rest.get(..length).filter(|path| !path.is_empty()) {
            found.push((start..start + length, path));
        }
        from = open;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::letters::marks::{Target, expand};
    use std::collections::BTreeMap;

    fn values() -> Value {
        let offer = BTreeMap::from([("title", Value::from("A & B")), ("url", Value::from("u"))]);
        Value::from(BTreeMap::from([
            ("offer", Value::from(offer)),
            ("n", Value::from("3")),
        ]))
    }

    #[test]
    fn fills_in_values() {
        let cases = [
            ("no values", "no values"),
            ("{{ offer.title }}\n{{n}}", "A & B\n3"),
            ("{% if offer.title == 'A & B' %}yes{% endif %}", "yes"),
            ("{{ offer.title | upper }}", "A & B"),
            ("{% for i in [1, 2] %}{{ i }},{% endfor %}", "1,2,"),
            ("Hi {{ contact.first_name }}", "Hi {{ contact.first_name }}"),
        ];
        for (template, expected) in cases {
            let text = Engine::new().render(template, &values()).unwrap();
            let text = expand(&text, Target::Text, &[]).unwrap();
            assert_eq!(text, crate::model::Value::text(expected), "{template}");
        }
    }

    #[test]
    fn says_where_it_fails() {
        let cases = [
            (
                "a {{ offer.titel }} b",
                Some(FailureKind::Undefined),
                "offer.titel",
            ),
            ("a\n{{ offr.title }}", Some(FailureKind::Undefined), "offr"),
            ("{{ coupon }}", Some(FailureKind::Undefined), "coupon"),
            (
                "{{ contact.x | upper }}",
                Some(FailureKind::Undefined),
                "contact",
            ),
            (
                "{% for i in range(1000000) %}{% for j in range(1000000) %}{% endfor %}{% endfor %}",
                None,
                "",
            ),
            (
                "{% for i in range(9000) %}{% for j in range(9000) %}x{% endfor %}{% endfor %}",
                Some(FailureKind::Limit),
                "",
            ),
            ("{% include 'x' %}", None, "include 'x'"),
            ("{{ offer.title", None, ""),
            ("{{ n | nosuch }}", None, "nosuch"),
        ];
        for (template, kind, place) in cases {
            let failure = Engine::new().render(template, &values()).unwrap_err();
            if let Some(kind) = kind {
                assert_eq!(failure.kind, kind, "{template}");
            }
            let shown = &template[failure.range];
            assert!(shown.contains(place), "{template}: {shown}");
        }
    }

    #[test]
    fn finds_paths() {
        let template = "{{ a.b }} {{-c}} {{ d | upper }} {{ 'x' }} {{";
        let found: Vec<&str> = paths(template).into_iter().map(|(_, path)| path).collect();
        assert_eq!(found, ["a.b", "c", "d"]);
    }
}
