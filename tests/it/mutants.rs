//! Mutants of the examples: each action, wait, list binding, tag, condition … is left out, one at a
//! time, and a test of the example must notice.

use bursar::compile::{self, Compiled, Input, Source};
use bursar::diag::{Diagnostics, Severity};
use bursar::domain::world::{Assumptions, CouponPolicy, Id};
use bursar::kinds::Spec;
use bursar::model::parse_instant;
use bursar::simulate::{self, Stage};
use bursar::source::SourceMap;
use bursar::yaml::{self, Limits, Node, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is left out, and the least number of mutants there must be in all examples.
const SORTS: &[(&str, usize)] = &[
    ("action", 15),
    ("wait", 6),
    ("list binding", 10),
    ("tag", 5),
    ("condition", 15),
    ("letter of an offer", 6),
    ("restriction", 6),
    ("opening", 7),
];

const EXAMPLES: [&str; 4] = [
    "cohort-launch",
    "unpaid-orders",
    "repeat-sales",
    "studio-passes",
];

#[test]
fn whatever_is_left_out_breaks_a_test() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut survivors = Vec::new();
    let mut noticed_twice = 0;
    let mut refused = Vec::new();
    for example in EXAMPLES {
        let project = Example::read(example);
        assert_eq!(
            project.fate(&project.documents, &BTreeSet::new()),
            Fate::Survives,
            "{example}"
        );
        for (at, document) in project.documents.iter().enumerate() {
            for mutation in mutations(&document.node) {
                let mut mutated = project.documents.clone();
                remove(&mut mutated[at].node, &mutation.path);
                *counts.entry(mutation.sort).or_default() += 1;
                let name = format!(
                    "{example}: {} {} without {}",
                    word(&document.node, "kind"),
                    word(&document.node, "name"),
                    shown(&mutation.path),
                );
                match project.fate(&mutated, &BTreeSet::new()) {
                    Fate::Noticed => {}
                    Fate::NoticedTwice => noticed_twice += 1,
                    Fate::Refused => refused.push(name),
                    Fate::Survives => survivors.push(name),
                }
            }
        }
    }
    let total: usize = counts.values().sum();
    println!(
        "{total} mutants: {} survive; a test notices {}, {noticed_twice} of them also a rule; \
         {} cannot be compiled: {counts:?}\n{}",
        survivors.len(),
        total - survivors.len() - refused.len(),
        refused.len(),
        refused.join("\n"),
    );
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    for (sort, least) in SORTS {
        assert!(counts.get(sort) >= Some(least), "{sort}: {counts:?}");
    }
}

/// Rules refuse most of these before a test is asked; so they are taken out of the compiled school.
#[test]
fn a_coupon_without_its_list_or_offer_breaks_a_test() {
    let mut survivors = Vec::new();
    let mut count = 0;
    for example in EXAMPLES {
        let compiled = Example::read(example).compiled();
        let stage = Stage::of(&compiled).unwrap();
        let bindings = stage.school.coupons.iter();
        let bindings: Vec<(Id, Id)> = bindings
            .flat_map(|(coupon, of)| of.lists.iter().map(|list| (*coupon, *list)))
            .collect();
        for (coupon, list) in bindings {
            let mut stage = stage.clone();
            let coupon = stage.school.coupons.get_mut(&coupon).unwrap();
            coupon.lists.remove(&list);
            count += 1;
            if passes(&compiled, &stage) {
                survivors.push(format!("{example}: a coupon without list {list}"));
            }
        }
        let accepting = stage.school.offers.iter();
        let accepting: Vec<(Id, Id)> = accepting
            .flat_map(|(offer, of)| match &of.coupons {
                CouponPolicy::Chosen(coupons) => coupons.iter().map(|c| (*offer, *c)).collect(),
                CouponPolicy::None | CouponPolicy::Any => Vec::new(),
            })
            .collect();
        for (offer, coupon) in accepting {
            let mut stage = stage.clone();
            let of = stage.school.offers.get_mut(&offer).unwrap();
            if let CouponPolicy::Chosen(coupons) = &mut of.coupons {
                coupons.remove(&coupon);
            }
            count += 1;
            if passes(&compiled, &stage) {
                survivors.push(format!("{example}: offer {offer} without coupon {coupon}"));
            }
        }
    }
    assert!(survivors.is_empty(), "{}", survivors.join("\n"));
    assert_eq!(count, 12);
}

/// Whether all tests of a configuration pass.
fn passes(compiled: &Compiled, stage: &Stage) -> bool {
    compiled.documents.iter().all(|document| {
        let Spec::Test(test) = &document.spec else {
            return true;
        };
        simulate::run(stage, document, test, Assumptions::default()).passed()
    })
}

/// What becomes of a mutant.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It does not compile, and only that notices it.
    Refused,
    /// A test fails.
    Noticed,
    /// A rule refuses it, and where the project allows that, a test fails.
    NoticedTwice,
    /// All tests pass.
    Survives,
}

struct Example {
    sources: SourceMap,
    project: Source,
    documents: Vec<Source>,
}

impl Example {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut sources = SourceMap::new();
        let mut findings = Diagnostics::new();
        let mut project = None;
        let mut documents = Vec::new();
        for path in files(&folder.join(name)) {
            let file_name = path.file_name().unwrap();
            if file_name == "people.yaml" {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let file = sources.add(path.to_string_lossy().as_ref(), text.as_str());
            for node in yaml::parse(file, &text, &Limits::default(), &mut findings) {
                if file_name == "bursar.yaml" {
                    project = Some(Source { file, node });
                } else {
                    documents.push(Source { file, node });
                }
            }
        }
        Example {
            sources,
            project: project.unwrap(),
            documents,
        }
    }

    fn compiled(&self) -> Compiled {
        let input = self.input(&self.documents, &BTreeSet::new());
        compile::compile(input, &mut Diagnostics::new()).unwrap()
    }

    fn input(&self, documents: &[Source], excused: &BTreeSet<&'static str>) -> Input<'_> {
        Input {
            sources: &self.sources,
            project: self.project_that_excuses(excused),
            documents: documents.to_vec(),
            environment: None,
            now: parse_instant("2027-01-01T00:00:00Z").unwrap(),
            applied: None,
        }
    }

    /// What becomes of documents, if the project allows some rules to be broken.
    fn fate(&self, documents: &[Source], excused: &BTreeSet<&'static str>) -> Fate {
        let input = self.input(documents, excused);
        let mut findings = Diagnostics::new();
        let Some(compiled) = compile::compile(input, &mut findings) else {
            return self.fate_against_advice(documents, &findings, excused);
        };
        let Ok(stage) = Stage::of(&compiled) else {
            return Fate::Refused;
        };
        if passes(&compiled, &stage) {
            Fate::Survives
        } else {
            Fate::Noticed
        }
    }

    /// Errors that a project may allow are allowed, so that the tests are asked as well.
    fn fate_against_advice(
        &self,
        documents: &[Source],
        findings: &Diagnostics,
        excused: &BTreeSet<&'static str>,
    ) -> Fate {
        let errors = findings.iter();
        let errors = errors.filter(|finding| finding.severity == Severity::Error);
        let mut more = excused.clone();
        more.extend(errors.map(|finding| finding.code.as_str()));
        if more == *excused {
            return Fate::Refused;
        }
        match self.fate(documents, &more) {
            Fate::Noticed | Fate::NoticedTwice => Fate::NoticedTwice,
            Fate::Refused | Fate::Survives => Fate::Refused,
        }
    }

    fn project_that_excuses(&self, codes: &BTreeSet<&'static str>) -> Source {
        let mut project = self.project.clone();
        if codes.is_empty() {
            return project;
        }
        let mut text = "rules:\n".to_owned();
        for code in codes {
            text.push_str(&format!("  {code}: allow\n"));
        }
        let rules = yaml::parse(
            project.file,
            &text,
            &Limits::default(),
            &mut Diagnostics::new(),
        );
        let Some(Value::Mapping(rules)) = rules.into_iter().next().map(|node| node.value) else {
            panic!("{text}");
        };
        let Value::Mapping(own) = &mut project.node.value else {
            panic!("bursar.yaml is a mapping");
        };
        own.entries.extend(rules.entries);
        project
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|own| own == "yaml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Something to be left out.
struct Mutation {
    sort: &'static str,
    path: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Item(usize),
}

/// Everything that can be left out of a document.
fn mutations(document: &Node) -> Vec<Mutation> {
    let mut found = Vec::new();
    let kind = word(document, "kind");
    if kind != "test" && kind != "course" {
        walk(document, &kind, &mut Vec::new(), &mut found);
    }
    found
}

fn walk(node: &Node, kind: &str, path: &mut Vec<Step>, found: &mut Vec<Mutation>) {
    match &node.value {
        Value::Mapping(mapping) => {
            for entry in &mapping.entries {
                let parent = last_key(path);
                path.push(Step::Key(entry.key.to_string()));
                let sort = match (kind, parent.as_deref(), &*entry.key) {
                    ("scenario", _, "wait" | "wait_before_if") => Some("wait"),
                    ("scenario", _, "if") => Some("condition"),
                    ("offer", Some("letters"), _) => Some("letter of an offer"),
                    ("pass", None, "new_members_only" | "sale_ends" | "tags") => {
                        Some("restriction")
                    }
                    ("pass" | "pack", None, "for_sale") if is_false(&entry.value) => {
                        Some("restriction")
                    }
                    ("coupon", None, "valid_until" | "uses") if !is_word(&entry.value, "never") => {
                        Some("restriction")
                    }
                    ("offer", Some("sale"), "opens" | "closes") => Some("restriction"),
                    ("offer", None, "promotion") => Some("restriction"),
                    // Of a lesson, all of it: without `opens` it would not be read.
                    ("cohort", Some("lessons"), _) => Some("opening"),
                    ("cohort", _, "opens") if !is_below(path, "lessons") => Some("opening"),
                    _ => None,
                };
                push(sort, path, found);
                walk(&entry.value, kind, path, found);
                path.pop();
            }
        }
        Value::Sequence(items) => {
            let parent = last_key(path);
            for (at, item) in items.iter().enumerate() {
                path.push(Step::Item(at));
                let sort = match (kind, parent.as_deref()) {
                    ("scenario", Some("do")) => Some("action"),
                    ("coupon", Some("lists")) | ("offer", Some("coupons")) => Some("list binding"),
                    ("pass", Some("allowed" | "denied")) => Some("tag"),
                    ("list" | "scenario", Some("all" | "any")) => Some("condition"),
                    _ => None,
                };
                push(sort, path, found);
                walk(item, kind, path, found);
                path.pop();
            }
        }
        Value::Scalar(_) => {}
    }
}

fn push(sort: Option<&'static str>, path: &[Step], found: &mut Vec<Mutation>) {
    found.extend(sort.map(|sort| Mutation {
        sort,
        path: path.to_vec(),
    }));
}

fn is_below(path: &[Step], key: &str) -> bool {
    path.iter()
        .any(|step| matches!(step, Step::Key(own) if own == key))
}

fn last_key(path: &[Step]) -> Option<String> {
    match path.last() {
        Some(Step::Key(key)) => Some(key.clone()),
        Some(Step::Item(_)) | None => None,
    }
}

fn is_word(node: &Node, word: &str) -> bool {
    matches!(&node.value, Value::Scalar(scalar) if &*scalar.text == word)
}

fn is_false(node: &Node) -> bool {
    is_word(node, "false")
}

/// The text of a key of a document.
fn word(document: &Node, key: &str) -> String {
    let text = document.get(key).and_then(Node::as_str);
    text.unwrap_or_default().to_owned()
}

/// Takes what is at a path out of its mapping or sequence.
fn remove(node: &mut Node, path: &[Step]) {
    let (first, rest) = path.split_first().unwrap();
    match (&mut node.value, first) {
        (Value::Mapping(mapping), Step::Key(key)) => {
            let at = mapping.entries.iter().position(|entry| *entry.key == **key);
            let at = at.unwrap();
            if rest.is_empty() {
                mapping.entries.remove(at);
            } else {
                remove(&mut mapping.entries[at].value, rest);
            }
        }
        (Value::Sequence(items), Step::Item(at)) => {
            if rest.is_empty() {
                items.remove(*at);
            } else {
                remove(&mut items[*at], rest);
            }
        }
        (_, step) => panic!("{step:?}"),
    }
}

fn shown(path: &[Step]) -> String {
    let steps = path.iter().map(|step| match step {
        Step::Key(key) => key.clone(),
        Step::Item(at) => format!("[{at}]"),
    });
    steps.collect::<Vec<_>>().join(".")
}
