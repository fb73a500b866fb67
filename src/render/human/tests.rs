//! What came of tests, and what no test has shown.

use super::snippet;
use crate::diag::Label;
use crate::render::terminal::escape;
use crate::render::{Style, Tested, Tone};
use crate::simulate::{Coverage, Gap, Miss, Outcome, Story};
use crate::source::SourceMap;
use std::fmt::Write as _;

/// A line a test, each miss with its place, its cause and the person's timeline, then coverage and
/// counts.
pub fn render(tested: &Tested<'_>, sources: &SourceMap, style: Style) -> String {
    let Tested {
        environment,
        zone,
        outcomes,
        coverage,
        gaps,
    } = tested;
    let mut out = String::new();
    if let Some(environment) = environment {
        let _ = writeln!(
            out,
            "{}",
            style.paint(Tone::Strong, format!("Environment {}", escape(environment)))
        );
    }
    for outcome in *outcomes {
        test(&mut out, outcome, zone, sources, style);
    }
    if !outcomes.is_empty() {
        out.push('\n');
    }
    table(&mut out, coverage, *gaps);
    let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
    let passed = outcomes.len() - failed;
    let total = if outcomes.is_empty() {
        "No tests.".to_owned()
    } else if failed == 0 {
        format!("{}, none failed.", tests(passed, "passed"))
    } else {
        format!("{}, {failed} failed.", tests(passed, "passed"))
    };
    let tone = if failed == 0 {
        Tone::Strong
    } else {
        Tone::Error
    };
    let _ = writeln!(out, "{}", style.paint(tone, total));
    out
}

fn tests(count: usize, what: &str) -> String {
    if count == 1 {
        format!("1 test {what}")
    } else {
        format!("{count} tests {what}")
    }
}

fn test(out: &mut String, outcome: &Outcome, zone: &str, sources: &SourceMap, style: Style) {
    let Outcome {
        test,
        title,
        span: _,
        looked_at,
        misses,
        covered: _,
    } = outcome;
    let (tone, word) = if misses.is_empty() {
        (Tone::Add, "ok  ")
    } else {
        (Tone::Error, "FAIL")
    };
    let name = &*test.name;
    let title = if title == name {
        String::new()
    } else {
        format!("  {}", escape(title))
    };
    let _ = writeln!(
        out,
        "{}  {name}{title} {}",
        style.paint(tone, word),
        style.paint(Tone::Dim, format!("({looked_at} looked at)"))
    );
    for (at, found) in misses.iter().enumerate() {
        // One timeline a person is enough: that of their last miss tells all of it.
        let later = misses.get(at + 1..).unwrap_or_default();
        let told_later = later.iter().any(|later| {
            later.story.as_ref().map(|story| &story.person)
                == found.story.as_ref().map(|story| &story.person)
        });
        miss(out, found, told_later, zone, sources, style);
    }
}

fn miss(
    out: &mut String,
    miss: &Miss,
    told_later: bool,
    zone: &str,
    sources: &SourceMap,
    style: Style,
) {
    let Miss {
        span,
        time,
        expected,
        found,
        because,
        story,
    } = miss;
    let at = sources.line_column(span.file, span.start);
    let when = match time {
        Some(time) => format!(", on {time}"),
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "  {} {}:{}:{}{when}",
        style.paint(Tone::Dim, "-->"),
        escape(sources.path(span.file)),
        at.line,
        at.column
    );
    let label = Label {
        span: *span,
        text: "not so".to_owned(),
    };
    snippet::render(out, sources, span.file, &[label], style);
    let lines = [
        ("expected", Some(expected)),
        ("found", Some(found)),
        ("because", because.as_ref()),
    ];
    for (word, text) in lines {
        if let Some(text) = text {
            let head = style.paint(Tone::Hint, format!("{word}:"));
            let _ = writeln!(out, "  {head} {}", escape(text));
        }
    }
    if let Some(story) = story.as_ref().filter(|_| !told_later) {
        timeline(out, story, zone, style);
    }
}

/// A person's timeline.
pub fn timeline(out: &mut String, story: &Story, zone: &str, style: Style) {
    let Story { person, lines } = story;
    let head = format!("what happened to {} (times of {zone}):", escape(person));
    let _ = writeln!(out, "  {}", style.paint(Tone::Dim, head));
    if lines.is_empty() {
        let _ = writeln!(out, "    nothing");
    }
    for line in lines {
        let _ = writeln!(
            out,
            "    {}  {}",
            style.paint(Tone::Dim, &line.time),
            escape(&line.text)
        );
    }
}

fn table(out: &mut String, coverage: &Coverage, gaps: bool) {
    if coverage.measures.iter().all(|measure| measure.total == 0) {
        return;
    }
    let _ = writeln!(out, "Coverage: {} %", coverage.percent());
    for measure in &coverage.measures {
        if measure.total == 0 {
            continue;
        }
        let _ = writeln!(
            out,
            "  {:<17} {:>4} of {}",
            measure.name,
            measure.covered(),
            measure.total
        );
        if gaps {
            for Gap { address, part } in &measure.gaps {
                let part = match part {
                    Some(part) => format!(", {part}"),
                    None => String::new(),
                };
                let _ = writeln!(out, "    not shown: {}{}", escape(address), escape(&part));
            }
        }
    }
}
