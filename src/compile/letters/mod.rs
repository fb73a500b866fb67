//! Letters: filled in from the configuration, rendered to HTML and plain text.
//!
//! template ─values as marks→ Markdown ─→ HTML, text ─marks→ what is sent. What nobody knows yet
//! (`offer.url`) becomes late text; `contact.*` is left to the platform.

mod facts;
mod markdown;
mod marks;
mod template;
mod unrender;
mod words;

pub use unrender::unrendered;

use super::places;
use crate::diag::{Code, Diagnostic, Diagnostics, did_you_mean};
use crate::domain::zone::Zone;
use crate::kinds::RenderedLetter;
use crate::kinds::letter::{Language, Letter};
use crate::kinds::{Document, Index};
use crate::model::Value;
use crate::source::{SourceMap, Span};
use facts::LetterFacts;
use marks::Target;
use std::ops::Range;
use template::{Engine, Failure, FailureKind};

/// The writer of all letters of a run.
pub(super) struct Letters<'a> {
    engine: Engine,
    index: &'a Index<'a>,
    sources: &'a SourceMap,
    zone: &'a Zone,
    /// The language of letters whose language follows from nothing else.
    language: Language,
}

impl<'a> Letters<'a> {
    /// A writer.
    pub(super) fn new(
        index: &'a Index<'a>,
        sources: &'a SourceMap,
        zone: &'a Zone,
        language: Option<Language>,
    ) -> Self {
        Letters {
            engine: Engine::new(),
            index,
            sources,
            zone,
            language: language.unwrap_or(Language::En),
        }
    }

    /// Fills a letter in. `None` if something in it does not work, which is reported, or if what it
    /// is about is not declared, which is reported elsewhere.
    pub(super) fn render(
        &self,
        document: &Document,
        letter: &Letter,
        findings: &mut Diagnostics,
    ) -> Option<RenderedLetter> {
        let facts = LetterFacts::gather(self, document, letter)?;
        let values = facts.values();
        let mut fill = |key: &str, template: &str| {
            let text = Template {
                sources: self.sources,
                document,
                key,
                text: template,
            };
            text.fill(&self.engine, &facts, &values, findings)
        };
        let subject = fill("subject", &letter.subject.0);
        let body = fill("body", &letter.body.0);
        let (subject, body) = (subject?, body?);
        let html = markdown::to_html(&body);
        let text = markdown::to_text(&body);
        let mut expand = |key: &str, marked: &str, target: Target| {
            let expanded = marks::expand(marked, target, facts.late());
            if expanded.is_err() {
                let place = document
                    .node
                    .get(key)
                    .map_or(document.name_span(), |node| node.span);
                findings.push(
                    Diagnostic::new(
                        Code::UndefinedTemplateValue,
                        place,
                        "a filter changes an address that is known only after the offer exists",
                    )
                    .help(
                        "write `{{ offer.url }}` and `{{ offer.url_with_coupon }}` without filters",
                    )
                    .about(&document.address),
                );
            }
            expanded.ok()
        };
        let subject = expand("subject", &subject, Target::Line);
        let html = expand("body", &html, Target::Html);
        // The same address fails in both forms: it is said once.
        let text = html
            .is_some()
            .then(|| expand("body", &text, Target::Text))
            .flatten();
        Some(RenderedLetter {
            subject: subject.map(one_line)?,
            html: html?,
            text: text?,
        })
    }
}

/// A subject is one line, without blanks around it.
fn one_line(subject: Value) -> Value {
    match subject {
        Value::Text(text) => Value::Text(text.trim().replace(['\n', '\r'], " ")),
        other => other,
    }
}

/// A template of a letter and its place.
struct Template<'a> {
    sources: &'a SourceMap,
    document: &'a Document,
    /// `subject` or `body`.
    key: &'a str,
    text: &'a str,
}

impl Template<'_> {
    fn fill(
        &self,
        engine: &Engine,
        facts: &LetterFacts<'_>,
        values: &minijinja::value::Value,
        findings: &mut Diagnostics,
    ) -> Option<String> {
        if let Some((at, character)) = marks::forbidden(self.text) {
            let place = self.place(at..at + character.len_utf8());
            findings.push(
                Diagnostic::new(
                    Code::WrongType,
                    place,
                    format!("U+{:04X} is no character of a text", u32::from(character)),
                )
                .help("take it out")
                .about(&self.document.address),
            );
            return None;
        }
        match engine.render(self.text, values) {
            Ok(text) => Some(text),
            Err(failure) => {
                self.report(&failure, facts, findings);
                None
            }
        }
    }

    fn place(&self, range: Range<usize>) -> Span {
        match self.document.node.get(self.key) {
            Some(node) => places::inside(self.sources, node, self.text, range),
            None => self.document.name_span(),
        }
    }

    /// Reports a failure, and every other value that is not defined.
    fn report(&self, failure: &Failure, facts: &LetterFacts<'_>, findings: &mut Diagnostics) {
        let known = facts.names();
        let is_defined = |path: &str| {
            known.iter().any(|name| {
                let rest = name.strip_prefix(path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            })
        };
        let mut undefined: Vec<(Range<usize>, &str)> = template::paths(self.text)
            .into_iter()
            .filter(|(_, path)| facts::is_rooted(path) && !is_defined(path))
            .collect();
        let Failure { kind, range } = failure;
        match kind {
            FailureKind::Undefined => {
                let said = |(other, _): &(Range<usize>, &str)| {
                    other.start < range.end && range.start < other.end
                };
                if !undefined.iter().any(said) {
                    let path = self.text.get(range.clone()).unwrap_or("").trim();
                    undefined.push((range.clone(), path));
                }
            }
            FailureKind::Wrong(message) => findings.push(
                Diagnostic::new(
                    Code::WrongType,
                    self.place(range.clone()),
                    format!("the template is wrong: {message}"),
                )
                .help("values stand in `{{ … }}`, conditions and loops in `{% … %}`")
                .about(&self.document.address),
            ),
            FailureKind::Limit => findings.push(
                Diagnostic::new(
                    Code::LimitExceeded,
                    self.place(range.clone()),
                    "the template takes too many steps or becomes too long",
                )
                .help("take loops out of it")
                .about(&self.document.address),
            ),
        }
        for (range, path) in undefined {
            findings.push(self.undefined(range, path, facts, &known));
        }
    }

    fn undefined(
        &self,
        range: Range<usize>,
        path: &str,
        facts: &LetterFacts<'_>,
        known: &[String],
    ) -> Diagnostic {
        let finding = Diagnostic::new(
            Code::UndefinedTemplateValue,
            self.place(range),
            format!("`{path}` is not defined"),
        )
        .label("has no value here")
        .about(&self.document.address);
        if let Some((why, help)) = facts.reason(path) {
            return finding.why(why).help(help);
        }
        let near = did_you_mean(path, known.iter().map(String::as_str));
        finding.help(near.unwrap_or_else(|| {
            if known.is_empty() {
                "`about` names nothing that the letter could speak of".to_owned()
            } else {
                format!("this letter can use `{}`", known.join("`, `"))
            }
        }))
    }
}

#[cfg(test)]
mod tests;
