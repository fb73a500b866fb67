//! `bursar fmt`: one layout, the same meaning, nothing lost; over generated documents and the examples.

use crate::harness::Project;
use bursar::diag::Diagnostics;
use bursar::source::FileId;
use bursar::yaml::{Limits, Unformatted, format, parse, to_json};
use std::fmt::Write as _;

/// How many documents are generated.
const DOCUMENTS: u64 = 1_000;

#[test]
fn generated_documents_keep_their_meaning_and_settle_at_once() {
    let mut unsafe_ones = Vec::new();
    for seed in 0..DOCUMENTS {
        let text = Generator::new(seed).stream();
        let before = meaning(&text).unwrap_or_else(|| panic!("seed {seed}: not YAML:\n{text}"));
        match format(&text, &Limits::default()) {
            Ok(new) => {
                let again = format(&new, &Limits::default());
                assert_eq!(again.as_ref(), Ok(&new), "seed {seed}:\n{text}");
                assert_eq!(meaning(&new), Some(before), "seed {seed}:\n{text}\n{new}");
                assert_eq!(
                    comments(&new),
                    comments(&text),
                    "seed {seed}:\n{text}\n{new}"
                );
            }
            Err(Unformatted::Unsafe) => unsafe_ones.push((seed, text)),
            Err(Unformatted::Unreadable) => panic!("seed {seed}: unreadable:\n{text}"),
        }
    }
    assert!(
        unsafe_ones.is_empty(),
        "{} of {DOCUMENTS} are left as they are; seed {}:\n{}",
        unsafe_ones.len(),
        unsafe_ones[0].0,
        unsafe_ones[0].1
    );
}

#[test]
fn the_examples_and_the_suite_are_in_the_layout_or_get_into_it() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in [
        "examples/cohort-launch",
        "examples/unpaid-orders",
        "examples/repeat-sales",
        "examples/studio-passes",
    ] {
        for file in yaml_below(&root.join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let new = format(&text, &Limits::default());
            assert_eq!(new.as_deref(), Ok(text.as_str()), "{file:?}");
        }
    }
    for file in std::fs::read_dir(root.join("tests/suite")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if let Ok(new) = format(&text, &Limits::default()) {
            assert_eq!(meaning(&new), meaning(&text), "{path:?}");
        }
    }
}

#[test]
fn files_are_written_checked_and_left() {
    let project = Project::empty();
    let write = |name: &str, text: &[u8]| std::fs::write(project.path().join(name), text).unwrap();
    let read = |name: &str| std::fs::read(project.path().join(name)).unwrap();
    write("bursar.yaml", b"version:   1\nproject: p\n");
    write("a.yaml", b"kind: list\nname:  gate # note\ntype: static\n");
    write("broken.yaml", b"kind: [\n");
    write("latin.yaml", b"kind: list\nname: caf\xe9\n");
    let ran = project.run(&["fmt", "--check"]).exits(3);
    assert!(
        ran.stdout
            .contains("-name:  gate # note\n+name: gate  # note\n"),
        "{}",
        ran.stdout
    );
    assert_eq!(read("bursar.yaml"), b"version:   1\nproject: p\n");
    let ran = project.run(&["fmt"]).exits(3);
    assert!(ran.stderr.contains("yaml-syntax"), "{}", ran.stderr);
    assert!(ran.stderr.contains("not-utf8"), "{}", ran.stderr);
    assert_eq!(read("bursar.yaml"), b"version: 1\nproject: p\n");
    assert_eq!(
        read("a.yaml"),
        b"kind: list\nname: gate  # note\ntype: static\n"
    );
    assert_eq!(read("broken.yaml"), b"kind: [\n");
    assert_eq!(read("latin.yaml"), b"kind: list\nname: caf\xe9\n");
    for name in ["broken.yaml", "latin.yaml"] {
        std::fs::remove_file(project.path().join(name)).unwrap();
    }
    project.run(&["fmt", "--check"]).exits(0);
    let named = project.path().join("missing.yaml");
    project.run(&["fmt", named.to_str().unwrap()]).exits(3);
}

/// Every YAML file in a folder and below it, hidden ones aside.
fn yaml_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
        if path.is_dir() && !is_hidden {
            found.extend(yaml_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
    found
}

/// What the documents of a text say; `None` if it is not YAML.
fn meaning(text: &str) -> Option<Vec<String>> {
    let mut findings = Diagnostics::new();
    let documents = parse(FileId(0), text, &Limits::default(), &mut findings);
    let all = documents.iter().map(|node| to_json(node).to_string());
    (!findings.has_errors()).then(|| all.collect())
}

/// The comments of a generated text: each is numbered.
fn comments(text: &str) -> Vec<&str> {
    text.split('#')
        .skip(1)
        .map(|rest| rest.split('\n').next().unwrap().trim_end())
        .collect()
}

/// YAML in odd styles.
struct Generator {
    random: fastrand::Rng,
    out: String,
    comments: u32,
    anchors: u32,
}

impl Generator {
    fn new(seed: u64) -> Self {
        Generator {
            random: fastrand::Rng::with_seed(seed),
            out: String::new(),
            comments: 0,
            anchors: 0,
        }
    }

    fn stream(mut self) -> String {
        let documents = self.random.usize(1..4);
        for at in 0..documents {
            if at > 0 {
                self.out.push_str("---\n");
            }
            self.blank(0);
            self.anchors = 0;
            if self.random.bool() {
                self.mapping(0, 0);
            } else {
                self.sequence(0, 0);
            }
        }
        self.blank(0);
        self.out
    }

    /// Perhaps blank lines, perhaps a comment on a line of its own.
    fn blank(&mut self, indent: usize) {
        match self.random.u8(0..8) {
            0 => self.out.push_str("\n\n\n"),
            1 => self.out.push_str("  \n"),
            2 => {
                self.comments += 1;
                let _ = writeln!(self.out, "{:indent$}# {}", "", self.comments);
            }
            _ => {}
        }
    }

    fn line_end(&mut self) {
        let spaces = self.random.usize(0..3);
        match self.random.u8(0..5) {
            0 => {
                self.comments += 1;
                let _ = write!(self.out, "{:1$}#{2}", "", spaces + 1, self.comments);
            }
            1 => self.out.push_str(&" ".repeat(spaces)),
            _ => {}
        }
        self.out.push('\n');
    }

    fn mapping(&mut self, indent: usize, depth: usize) {
        let keys = self.random.usize(1..4);
        for at in 0..keys {
            if at > 0 || depth == 0 {
                self.blank(indent);
                let _ = write!(self.out, "{:indent$}", "");
            }
            self.entry(at, indent, depth);
        }
    }

    fn entry(&mut self, at: usize, indent: usize, depth: usize) {
        let quoted = self.random.u8(0..4) == 0;
        let _ = if quoted {
            write!(self.out, "\"k{at}\":")
        } else {
            write!(self.out, "k{at}:")
        };
        let inner = indent + self.random.usize(1..6);
        match self.random.u8(0..8) {
            0 if depth < 4 => {
                self.line_end();
                let _ = write!(self.out, "{:inner$}", "");
                self.mapping(inner, depth + 1);
            }
            1 if depth < 4 => {
                self.line_end();
                // A sequence may stand at its key's own column.
                let inner = if self.random.bool() { indent } else { inner };
                let _ = write!(self.out, "{:inner$}", "");
                self.sequence(inner, depth + 1);
            }
            2 => self.block(indent),
            _ => self.value(inner),
        }
    }

    fn sequence(&mut self, indent: usize, depth: usize) {
        let items = self.random.usize(1..4);
        for at in 0..items {
            if at > 0 || depth == 0 {
                self.blank(indent);
                let _ = write!(self.out, "{:indent$}", "");
            }
            self.out.push('-');
            let spaces = self.random.usize(1..4);
            match self.random.u8(0..6) {
                0 if depth < 4 => {
                    self.out.push_str(&" ".repeat(spaces));
                    self.mapping(indent + 1 + spaces, depth + 1);
                }
                1 if depth < 4 => {
                    self.out.push_str(&" ".repeat(spaces));
                    self.sequence(indent + 1 + spaces, depth + 1);
                }
                2 => self.block(indent),
                _ => self.value(indent + 2),
            }
        }
    }

    /// A block scalar whose parent stands at `indent`.
    fn block(&mut self, indent: usize) {
        let sign = if self.random.bool() { '|' } else { '>' };
        let chomping = ["", "-", "+"][self.random.usize(0..3)];
        let inner = self.random.usize(1..5);
        let explicit = self.random.u8(0..4) == 0;
        let _ = write!(self.out, " {sign}");
        if explicit {
            let _ = write!(self.out, "{inner}");
        }
        self.out.push_str(chomping);
        self.out.push('\n');
        let column = indent + inner;
        let lines = self.random.usize(1..4);
        for at in 0..lines {
            let extra = if at > 0 || explicit {
                self.random.usize(0..3)
            } else {
                0
            };
            let _ = writeln!(self.out, "{:1$}text {at}", "", column + extra);
            if self.random.u8(0..5) == 0 && at + 1 < lines {
                self.out.push('\n');
            }
        }
    }

    fn value(&mut self, indent: usize) {
        let spaces = self.random.usize(1..5);
        self.out.push_str(&" ".repeat(spaces));
        match self.random.u8(0..9) {
            0 => self.out.push_str("'a:  b''c'"),
            1 => self.out.push_str("\"x\\ty\""),
            2 => self.out.push_str("2026-09-07T10:00"),
            3 => self.out.push_str("{a: 1,b:  [ x,y ],c: { } }"),
            4 => self.out.push_str("[ 1,2 , {d: e} ]"),
            5 => {
                let _ = write!(self.out, "\"one\n{:indent$}two\"", "");
            }
            6 => {
                let _ = write!(self.out, "{{ a: 1,\n{:indent$}b: 2 }}", "");
            }
            7 if self.anchors > 0 => {
                let _ = write!(self.out, "*x{}", self.anchors);
            }
            7 => {
                self.anchors += 1;
                let _ = write!(self.out, "&x{} {{q: 1}}", self.anchors);
            }
            _ => self.out.push_str("plain text"),
        }
        self.line_end();
    }
}
