//! What came of tests, as JSON.

use super::FORMAT_VERSION;
use crate::render::Tested;
use crate::simulate::{Coverage, Gap, Line, Miss, Outcome, Story};
use crate::source::{SourceMap, Span};
use serde_json::{Value, json};

/// One object: `passed`, and for each environment its tests with their misses, and its coverage.
pub fn render(views: &[Tested<'_>], sources: &SourceMap) -> String {
    let mut outcomes = views.iter().flat_map(|view| view.outcomes);
    let passed = outcomes.all(Outcome::passed);
    let environments: Vec<Value> = views
        .iter()
        .map(|view| {
            let Tested {
                environment,
                zone,
                outcomes,
                coverage: covered,
                gaps: _,
            } = view;
            let tests = outcomes.iter().map(|outcome| test(outcome, sources));
            json!({
                "environment": environment,
                "timezone": zone,
                "tests": tests.collect::<Vec<_>>(),
                "coverage": coverage(covered),
            })
        })
        .collect();
    let value = json!({
        "format_version": FORMAT_VERSION,
        "passed": passed,
        "environments": environments,
    });
    format!("{value:#}\n")
}

fn test(outcome: &Outcome, sources: &SourceMap) -> Value {
    let Outcome {
        test,
        title,
        span,
        looked_at,
        misses,
        covered: _,
    } = outcome;
    let misses = misses.iter().map(|miss| {
        let Miss {
            span,
            time,
            expected,
            found,
            because,
            story: told,
        } = miss;
        json!({
            "range": range(*span, sources),
            "at": time,
            "expected": expected,
            "found": found,
            "because": because,
            "timeline": told.as_ref().map(story),
        })
    });
    json!({
        "address": test.to_string(),
        "title": title,
        "range": range(*span, sources),
        "passed": outcome.passed(),
        "expectations": looked_at,
        "misses": misses.collect::<Vec<_>>(),
    })
}

/// A person's timeline.
pub fn story(story: &Story) -> Value {
    let Story { person, lines } = story;
    let lines = lines.iter().map(|line| {
        let Line {
            at,
            time,
            event,
            about,
            amount,
            text,
        } = line;
        let about = about
            .iter()
            .map(|(kind, name)| ((*kind).to_owned(), Value::from(name.as_str())));
        json!({
            "at": at,
            "local": time,
            "event": event,
            "about": about.collect::<serde_json::Map<_, _>>(),
            "amount": amount.map(|amount| amount.to_string()),
            "text": text,
        })
    });
    json!({"person": person, "events": lines.collect::<Vec<_>>()})
}

fn coverage(coverage: &Coverage) -> Value {
    let measures = coverage.measures.iter().map(|measure| {
        let gaps = measure.gaps.iter().map(|gap| {
            let Gap { address, part } = gap;
            json!({"address": address, "part": part})
        });
        json!({
            "name": measure.name,
            "covered": measure.covered(),
            "total": measure.total,
            "not_shown": gaps.collect::<Vec<_>>(),
        })
    });
    json!({"percent": coverage.percent(), "measures": measures.collect::<Vec<_>>()})
}

fn range(span: Span, sources: &SourceMap) -> Value {
    let place = |byte: u32| {
        let at = sources.line_column(span.file, byte);
        json!({"line": at.line, "column": at.column, "byte": byte})
    };
    json!({
        "filename": sources.path(span.file),
        "start": place(span.start),
        "end": place(span.end),
    })
}
