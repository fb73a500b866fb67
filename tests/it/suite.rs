//! The annotated suite, and the rules' pages: what every rule must find, and where it must not.
//!
//! `tests/suite/CODE.yaml` holds cases, each begun by `# case: …`. Directives may follow:
//! `# project: {flow mapping}` adds keys to the default bursar.yaml, `# now: INSTANT` sets the clock
//! (2026-06-01T00:00:00Z), `# applied: {address: [addresses it referred to]}` the state. Under a line of YAML, a comment says what must be found there, with a
//! caret at the column where the finding begins:
//!
//! ```yaml
//!     lessons: { welcome: { opens: 2026-04-08T10:00 } }
//!     #                            ^ warning[lesson-opens-before-module]: 10 April 2026 10:00
//!     #                            ^ note[lesson-opens-before-module]: its module opens later
//! ```
//!
//! A case that begins with `# on disk` is read from a folder by the program: `\xNN` is a byte there,
//! and `# link: TARGET` makes the file a symbolic link.
//!
//! What stands in the first column is told by `#<`. Behind the colon stands a part of the message,
//! of the why or of the help. A `note` is another place of the finding. Findings of the file's own
//! code, and errors of any code, must be exactly those that are annotated. A case without any
//! finding of the code is a near miss; every file needs two findings and a near miss.

use bursar::compile::{self, Input, Source};
use bursar::diag::{CODES, Code, Diagnostic, Diagnostics, Severity};
use bursar::model::{Address, BaseObject, BaseState, RemoteId, Value, parse_instant};
use bursar::rules::page;
use bursar::source::SourceMap;
use bursar::yaml::{Limits, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const NOW: &str = "2026-06-01T00:00:00Z";
const PROJECT: [(&str, &str); 4] = [
    ("version", "1"),
    ("project", "suite"),
    ("timezone", "Europe/Kyiv"),
    ("currency", "EUR"),
];

/// One case of a file.
struct Case {
    name: String,
    text: String,
    project: String,
    now: String,
    applied: Option<String>,
}

/// What a comment says that must be found.
#[derive(Debug, Clone)]
struct Expected {
    line: usize,
    column: usize,
    severity: String,
    code: String,
    text: String,
}

/// A finding, flattened.
struct Found {
    line: usize,
    column: usize,
    severity: &'static str,
    code: Code,
    text: String,
    notes: Vec<(usize, usize, String)>,
    in_case: bool,
}

#[test]
fn every_file_of_the_suite_says_what_is_found() {
    let mut wrong = Vec::new();
    for code in chosen() {
        let path = root().join(format!("tests/suite/{code}.yaml"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            wrong.push(format!("tests/suite/{code}.yaml is missing"));
            continue;
        };
        let (mut hits, mut misses) = (0, 0);
        for case in cases(&text) {
            let found = run(&case);
            let own = found.iter().filter(|found| found.code == *code).count();
            hits += own;
            misses += usize::from(own == 0);
            let problems = compare(*code, &case, &found);
            wrong.extend(
                problems
                    .into_iter()
                    .map(|problem| format!("{code}: case {:?}: {problem}", case.name)),
            );
        }
        if hits < 2 {
            wrong.push(format!("{code}: found {hits} times, and must be twice"));
        }
        if misses == 0 {
            wrong.push(format!("{code}: there is no near miss"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_page_is_whole_and_its_examples_are_true() {
    let mut wrong = Vec::new();
    for code in chosen() {
        let text = page(*code);
        if !text.starts_with(&format!("# {code}\n")) {
            wrong.push(format!("{code}: the page does not begin with the code"));
        }
        for section in ["## Why", "## Bad", "## Good", "## Source"] {
            if !text.contains(&format!("\n{section}\n")) {
                wrong.push(format!("{code}: the page has no {section:?}"));
            }
        }
        for (section, must) in [("## Bad", true), ("## Good", false)] {
            let Some(example) = example(text, section) else {
                wrong.push(format!("{code}: no YAML under {section:?}"));
                continue;
            };
            let found = run(&directives(section, example));
            let is_there = found.iter().any(|found| found.code == *code);
            if is_there != must {
                let all: Vec<String> = found.iter().map(Found::show).collect();
                wrong.push(format!(
                    "{code}: {section}: the finding is {}; found: {all:#?}",
                    if must { "not there" } else { "there" }
                ));
            }
            let error = found
                .iter()
                .find(|found| found.severity == "error" && found.code != *code);
            if let Some(error) = error {
                wrong.push(format!("{code}: {section}: {}", error.show()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every code; while one is worked on, those that `BURSAR_SUITE` names, separated by commas.
fn chosen() -> impl Iterator<Item = &'static Code> {
    let only = std::env::var("BURSAR_SUITE").unwrap_or_default();
    CODES
        .iter()
        .filter(move |code| only.is_empty() || only.split(',').any(|name| name == code.as_str()))
}

/// The first fenced YAML behind a heading.
fn example<'a>(page: &'a str, section: &str) -> Option<&'a str> {
    let (_, rest) = page.split_once(&format!("\n{section}\n"))?;
    let rest = rest.split("\n## ").next()?;
    let (_, rest) = rest.split_once("```yaml\n")?;
    Some(rest.split_once("```").map_or(rest, |(text, _)| text))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for part in format!("\n{text}").split("\n# case:").skip(1) {
        let (name, text) = part.split_once('\n').unwrap_or((part, ""));
        cases.push(directives(name.trim(), text));
    }
    cases
}

fn directives(name: &str, text: &str) -> Case {
    let directive = |key: &str| {
        let key = format!("# {key}: ");
        text.lines().find_map(|line| line.strip_prefix(&key))
    };
    Case {
        name: name.to_owned(),
        text: text.to_owned(),
        project: directive("project").unwrap_or("{}").to_owned(),
        now: directive("now").unwrap_or(NOW).to_owned(),
        applied: directive("applied").map(str::to_owned),
    }
}

/// bursar.yaml of a case: the defaults, and over them what the case says.
fn project(case: &Case) -> String {
    let mut keys: serde_yaml::Mapping = serde_yaml::from_str(&case.project).unwrap();
    for (key, value) in PROJECT {
        let value: serde_yaml::Value = serde_yaml::from_str(value).unwrap();
        keys.entry(key.into()).or_insert(value);
    }
    serde_yaml::to_string(&keys).unwrap()
}

/// A case whose file cannot be held in a text: `\xNN` is a byte, `# link: TARGET` makes the file a
/// symbolic link. It is read from a folder by the program itself.
fn run_on_disk(case: &Case) -> Vec<Found> {
    let project = crate::harness::Project::empty();
    let folder = project.path();
    std::fs::write(folder.join("bursar.yaml"), self::project(case)).unwrap();
    let file = folder.join("case.yaml");
    let link = case
        .text
        .lines()
        .find_map(|line| line.strip_prefix("# link: "));
    match link {
        Some(target) => std::os::unix::fs::symlink(target, &file).unwrap(),
        None => std::fs::write(&file, bytes(&case.text)).unwrap(),
    }
    let ran = project.run(&["--now", &case.now, "validate", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let flatten = |told: &serde_json::Value| {
        let text = |key: &str| told[key].as_str().unwrap_or_default();
        let number = |key: &str| told["range"]["start"][key].as_u64().unwrap() as usize;
        Found {
            line: number("line"),
            column: number("column"),
            severity: match text("severity") {
                "error" => "error",
                "warning" => "warning",
                _ => "hint",
            },
            code: Code::parse(text("code")).unwrap(),
            text: format!(
                "{} | {} | {}",
                text("summary"),
                text("detail"),
                text("help")
            ),
            notes: Vec::new(),
            in_case: true,
        }
    };
    let told = told["diagnostics"].as_array().unwrap();
    told.iter().map(flatten).collect()
}

/// A text with every `\xNN` as the byte that it names.
fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut out = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (byte, rest) = piece.split_at(2);
        out.push(u8::from_str_radix(byte, 16).unwrap());
        out.extend(rest.as_bytes());
    }
    out
}

fn run(case: &Case) -> Vec<Found> {
    if case.text.starts_with("# on disk") {
        return run_on_disk(case);
    }
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let text = project(case);
    let file = sources.add("bursar.yaml", text.as_str());
    let mut nodes = parse(file, &text, &Limits::default(), &mut findings);
    let project = Source {
        file,
        node: nodes.remove(0),
    };
    let file = sources.add("case.yaml", case.text.as_str());
    let documents = parse(file, &case.text, &Limits::default(), &mut findings);
    let documents = documents.into_iter().map(|node| Source { file, node });
    let input = Input {
        sources: &sources,
        project,
        documents: documents.collect(),
        environment: None,
        now: parse_instant(&case.now).unwrap(),
        applied: case.applied.as_deref().map(applied),
    };
    let _ = compile::compile(input, &mut findings);
    let place = |span: bursar::source::Span| {
        let at = sources.line_column(span.file, span.start);
        (at.line as usize, at.column as usize)
    };
    let flatten = |finding: &Diagnostic| {
        let (line, column) = place(finding.span);
        let words = [finding.why.as_deref(), finding.help.as_deref()];
        let mut text = format!("{} | {}", finding.message, finding.label);
        for word in words.into_iter().flatten() {
            text.push_str(" | ");
            text.push_str(word);
        }
        let note = |label: &bursar::diag::Label| {
            let (line, column) = place(label.span);
            (line, column, label.text.clone())
        };
        Found {
            line,
            column,
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "hint",
            },
            code: finding.code,
            text,
            notes: finding.related.iter().map(note).collect(),
            in_case: finding.span.file == file,
        }
    };
    findings.iter().map(flatten).collect()
}

/// The last applied state of a case: each address with the offers that it asked for. Ids are given
/// out in the order of addresses.
fn applied(text: &str) -> BaseState {
    let written: BTreeMap<String, Vec<String>> = serde_yaml::from_str(text).unwrap();
    let addresses: BTreeSet<&String> = written
        .iter()
        .flat_map(|(of, to)| [of].into_iter().chain(to))
        .collect();
    let ids: BTreeMap<&String, i64> = addresses.into_iter().zip(1..).collect();
    let object = |of: &String| BaseObject {
        id: RemoteId(ids[of]),
        attributes: written
            .get(of)
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(at, to)| {
                let asked = Value::map([("offer_id", Value::Int(ids[to]))]);
                (format!("bought {at}"), asked)
            })
            .collect(),
        outputs: BTreeMap::new(),
        protect: false,
        retired: false,
        deposed: Vec::new(),
    };
    BaseState {
        objects: ids
            .keys()
            .map(|of| (Address::parse(of).unwrap(), object(of)))
            .collect(),
        open_intents: Vec::new(),
    }
}

/// The annotations of a case.
fn expected(text: &str) -> Vec<Expected> {
    let mut out = Vec::new();
    let mut target = 0;
    for (at, line) in text.lines().enumerate() {
        match annotation(line, target) {
            Some(expected) => out.push(expected),
            None => target = at + 1,
        }
    }
    out
}

fn annotation(line: &str, target: usize) -> Option<Expected> {
    let comment = line.trim_start().strip_prefix('#')?;
    let (column, rest) = match comment.strip_prefix('<') {
        Some(rest) => (1, rest),
        None => {
            let rest = comment.trim_start();
            let carets = rest.strip_prefix('^')?;
            let column = line.chars().count() - rest.chars().count() + 1;
            (column, carets.trim_start_matches('^'))
        }
    };
    let (severity, rest) = rest.trim_start().split_once('[')?;
    let (code, text) = rest.split_once(']')?;
    Some(Expected {
        line: target,
        column,
        severity: severity.to_owned(),
        code: code.to_owned(),
        text: text.trim_start_matches(':').trim().to_owned(),
    })
}

fn compare(own: Code, case: &Case, found: &[Found]) -> Vec<String> {
    let mut problems = Vec::new();
    let (notes, expected): (Vec<_>, Vec<_>) = expected(&case.text)
        .into_iter()
        .partition(|expected| expected.severity == "note");
    let mut left: Vec<&Found> = found.iter().collect();
    for wanted in &expected {
        let fits = |found: &&Found| {
            found.in_case
                && (found.line, found.column) == (wanted.line, wanted.column)
                && found.severity == wanted.severity
                && found.code.as_str() == wanted.code
                && found.text.contains(&wanted.text)
        };
        match left.iter().position(fits) {
            Some(at) => {
                left.remove(at);
            }
            None => problems.push(format!("not found: {wanted:?}")),
        }
    }
    for wanted in &notes {
        let there = found.iter().any(|found| {
            found.code.as_str() == wanted.code
                && found.notes.iter().any(|(line, column, text)| {
                    (*line, *column) == (wanted.line, wanted.column) && text.contains(&wanted.text)
                })
        });
        if !there {
            problems.push(format!("no such note: {wanted:?}"));
        }
    }
    let more = left
        .into_iter()
        .filter(|found| found.code == own || found.severity == "error");
    problems.extend(more.map(|found| format!("not annotated: {}", found.show())));
    if !problems.is_empty() {
        problems.extend(found.iter().map(|found| format!("  all: {}", found.show())));
    }
    problems
}

impl Found {
    fn show(&self) -> String {
        format!(
            "{}:{} {}[{}] {} {:?}",
            self.line, self.column, self.severity, self.code, self.text, self.notes
        )
    }
}
