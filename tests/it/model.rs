//! `docs/model.md` against the code: no line of a source is left out, every test that it names
//! exists, and its switches are those of the model.

use bursar::domain::world::SWITCHES;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How many lines each source has.
const SOURCES: &[(&str, u32)] = &[
    ("S000", 71),
    ("S001", 37),
    ("S002", 103),
    ("S003", 86),
    ("S004", 139),
];

/// What stands where nothing happens.
const SCREENS_ONLY: &str = "screens only";

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page() -> String {
    std::fs::read_to_string(repository().join("docs/model.md")).unwrap()
}

/// The rows of the table under a heading that begins with some text, cell by cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let from = page.find(heading).unwrap_or_else(|| panic!("{heading}?"));
    let section = &page[from + heading.len()..];
    let end = section.find("\n#").unwrap_or(section.len());
    let table = section[..end].lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        let inner = line.trim_matches('|').split('|');
        inner.map(|cell| cell.trim().to_owned()).collect()
    };
    table.skip(2).map(cells).collect()
}

/// `12` or `12–14`.
fn lines(cell: &str) -> std::ops::RangeInclusive<u32> {
    let (from, to) = cell.split_once('–').unwrap_or((cell, cell));
    from.parse().unwrap()..=to.parse().unwrap()
}

/// Everything in backticks.
fn named(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn no_line_of_a_source_is_left_out() {
    let page = page();
    let mut wrong = String::new();
    for (source, count) in SOURCES {
        let rows = rows(&page, &format!("### {source}"));
        let told: BTreeSet<u32> = rows.iter().flat_map(|row| lines(&row[0])).collect();
        for line in (1..=*count).filter(|line| !told.contains(line)) {
            writeln!(wrong, "{source} line {line} stands nowhere").unwrap();
        }
        for row in rows {
            if row[2] != SCREENS_ONLY && named(&row[2]).is_empty() {
                writeln!(wrong, "{source} {}: shown by nothing", row[0]).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_test_that_the_page_names_exists() {
    let sources = texts("rs", &["src", "tests"]);
    let examples = texts("yaml", &["examples"]);
    let mut wrong = String::new();
    let mut count = 0;
    let page = page();
    for (source, _) in SOURCES {
        for row in rows(&page, &format!("### {source}")) {
            for name in named(&row[2]) {
                count += 1;
                if !exists(name, &sources, &examples) {
                    writeln!(wrong, "{source} {}: there is no `{name}`", row[0]).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 150, "{count}");
}

/// Whether there is a test of a name.
fn exists(name: &str, sources: &[(PathBuf, String)], examples: &[(PathBuf, String)]) -> bool {
    if let Some(code) = name.strip_prefix("rule ") {
        let suite = repository().join(format!("tests/suite/{code}.yaml"));
        return bursar::diag::Code::parse(code).is_some() && suite.exists();
    }
    if let Some((file, function)) = name.split_once("::") {
        let function = format!("#[test]\nfn {function}()");
        return sources.iter().any(|(path, text)| {
            path.file_stem().is_some_and(|stem| stem == file) && text.contains(&function)
        });
    }
    let Some((example, test)) = name.split_once('/') else {
        return false;
    };
    let folder = Path::new("examples").join(example);
    let document = format!("kind: test\nname: {test}\n");
    examples
        .iter()
        .any(|(path, text)| path.starts_with(&folder) && text.contains(&document))
}

#[test]
fn a_name_that_is_made_up_is_noticed() {
    let sources = texts("rs", &["src", "tests"]);
    let examples = texts("yaml", &["examples"]);
    for name in [
        "orders::nobody_has_written_this",
        "payments::every_visit_of_the_page_makes_a_new_unpaid_order",
        "cohort-launch/posle-mini",
        "rule no-such-rule",
        "every_visit_of_the_page_makes_a_new_unpaid_order",
    ] {
        assert!(!exists(name, &sources, &examples), "{name}");
    }
}

#[test]
fn the_switches_are_those_of_the_model() {
    let told: Vec<(String, String, String)> = rows(&page(), "## Switches")
        .into_iter()
        .map(|row| {
            assert!(row[3].len() > 40, "{}: no reason", row[0]);
            let word = |cell: &str| named(cell).join(" ");
            (word(&row[0]), word(&row[1]), word(&row[2]))
        })
        .collect();
    let known: Vec<(String, String, String)> = SWITCHES
        .iter()
        .map(|switch| {
            let words: Vec<&str> = switch.choices.iter().map(|(word, _)| *word).collect();
            let (default, others) = words.split_first().unwrap();
            (
                switch.name.to_owned(),
                (*default).to_owned(),
                others.join(" "),
            )
        })
        .collect();
    assert_eq!(told, known);
    let switches = repository().join("src/domain/world/tests/switches.rs");
    let tests = std::fs::read_to_string(switches).unwrap();
    for (name, _, _) in known {
        let test = format!("#[test]\nfn {}()", name.replace('-', "_"));
        assert!(tests.contains(&test), "{name} is not tested");
    }
}

/// Files of an extension below folders of the repository, by their paths in it.
fn texts(extension: &str, folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in folders {
        collect(Path::new(folder), extension, &mut found);
    }
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(repository().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = folder.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            collect(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            let text = std::fs::read_to_string(repository().join(&path)).unwrap();
            found.push((path, text));
        }
    }
}
