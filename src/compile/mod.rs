//! Documents → what the platform should hold.
//!
//! ```text
//! bursar.yaml ─environments, variables→ project
//! documents ─variables, each alone, likes, defaults→ documents of this environment
//! documents ─references, cycles, titles, schedules, letters→ objects ─severities→ desired
//! ```
//!
//! Each pass is a file and adds its findings; none stops at the first. One cause gives one finding.

mod cycles;
mod digest;
mod documents;
mod environments;
mod fixes;
mod letters;
mod likes;
mod merge;
mod objects;
mod places;
mod references;
mod schedules;
mod secrets;
mod severities;
mod surroundings;
mod titles;
mod unchanged;
mod variables;

pub use crate::kinds::Document;
pub use digest::digest;
pub use environments::environments;
pub use letters::unrendered;
pub use secrets::secrets;
pub use variables::literal;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::domain::zone::Zone;
use crate::kinds::{Elsewhere, Index, Link, Project, Provider};
use crate::model::{Address, BaseState, DesiredState, Instant};
use crate::rules::{self, Configuration};
use crate::schema;
use crate::source::{FileId, SourceMap};
use crate::yaml::Node;
use documents::{ReadDocuments, Reading};

use letters::Letters;
use severities::Judged;
use std::collections::BTreeMap;
use surroundings::{Facts, Sellers};
use variables::Variables;

/// A document of a file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: FileId,
    /// The document.
    pub node: Node,
}

/// What is compiled.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The texts of all files, for exact places inside strings.
    pub sources: &'a SourceMap,
    /// bursar.yaml.
    pub project: Source,
    /// Every other document, in any order.
    pub documents: Vec<Source>,
    /// The chosen environment.
    pub environment: Option<String>,
    /// The clock, for excuses that end and for rules that depend on it.
    pub now: Instant,
    /// What was applied last, if the state is at hand.
    pub applied: Option<BaseState>,
}

/// A compiled project.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// bursar.yaml as it is in the chosen environment.
    pub project: Project,
    /// The chosen environment.
    pub environment: Option<String>,
    /// The project's time zone.
    pub zone: Zone,
    /// The documents that count in this environment, by address.
    pub documents: Vec<Document>,
    /// What people call each document.
    pub names: BTreeMap<Address, String>,
    /// What the platform should hold.
    pub desired: DesiredState,
}

/// Compiles a project. Every finding of the run is in `findings` afterwards, those that were there
/// before included: excused, with the project's severities, in file order.
///
/// `None` if there are errors: nothing can be planned then.
pub fn compile(input: Input<'_>, findings: &mut Diagnostics) -> Option<Compiled> {
    let Input {
        sources,
        project,
        documents,
        environment,
        now,
        applied,
    } = input;
    let environments = environments(&project.node);
    let mut project_node = project.node;
    environments::overlay(&mut project_node, environment.as_deref(), findings);
    let variables = Variables::read(project_node.get("vars"), findings);
    substitute_in_project(&variables, &mut project_node, sources, findings);
    let project = schema::read_project(&project_node, findings);
    let zone = zone(&project_node, findings);

    let mut nodes: Vec<Node> = documents.into_iter().map(|source| source.node).collect();
    for node in &mut nodes {
        variables.substitute(node, sources, findings);
    }
    let reading = Reading {
        project: &project_node,
        environment: environment.as_deref(),
        environments: &environments,
        currency: project
            .as_ref()
            .and_then(|project| project.currency)
            .map(|currency| currency.0.code()),
    };
    let ReadDocuments {
        documents,
        elsewhere,
    } = documents::read(nodes, &reading, findings);

    let index = Index::new(&documents, &elsewhere);
    let links: Vec<Vec<Link>> = documents
        .iter()
        .map(|document| document.spec.links())
        .collect();
    // What stands in a text that could not be read is not known: what refers to it may be right.
    let is_whole = !findings.iter().any(|finding| {
        matches!(
            finding.code,
            Code::YamlSyntax | Code::NotUtf8 | Code::LimitExceeded
        )
    });
    if is_whole {
        references::check(&index, &links, findings);
    }
    cycles::check(&index, &links, findings);
    titles::check(&index, provider(project.as_ref()), findings);
    schedules::check_products(&index, findings);
    let timetables = schedules::timetables(&index, &zone);
    let schedules = schedules::compile(&index, &timetables, &zone, findings);
    let language = project
        .as_ref()
        .and_then(|project| project.languages.first().copied());
    let facts = Facts {
        index: &index,
        zone: &zone,
        schedules: &schedules,
        sellers: &Sellers::new(&index),
        letters: &Letters::new(&index, sources, &zone, language),
    };
    let desired = objects::encode(&facts, findings);
    // What cannot be read is not judged: a rule would find what is not there.
    if is_whole {
        let configuration = Configuration {
            index: &index,
            settings: project.as_ref(),
            project: &project_node,
            zone: &zone,
            now,
            timetables: &timetables,
            links: &links,
            applied: applied.as_ref(),
            releases: rules::Releases::default(),
        };
        rules::check(&configuration, findings);
        fixes::attach(&index, sources, findings);
    }
    let clocked = unchanged::of_the_clock(findings);
    severities::settle(
        project.as_ref(),
        &project_node,
        &documents,
        &zone,
        now,
        if is_whole && elsewhere.values().all(|what| *what != Elsewhere::Unread) {
            Judged::Whole
        } else {
            Judged::InPart
        },
        findings,
    );
    // Behind the project's own severities: a day that passes breaks nothing, whatever they say.
    if let Some(applied) = &applied {
        unchanged::soften(&index, &desired, applied, &clocked, findings);
    }

    let names = documents
        .iter()
        .map(|document| (document.address.clone(), document.title().to_owned()))
        .collect();
    if findings.has_errors() {
        return None;
    }
    Some(Compiled {
        project: project?,
        environment,
        zone,
        names,
        documents,
        desired,
    })
}

/// bursar.yaml as it is in an environment; `None` if that cannot be read, which [`compile`] tells.
pub fn settings(project: &Node, environment: Option<&str>, sources: &SourceMap) -> Option<Project> {
    read_settings(project, environment, sources, &mut Diagnostics::new())
}

/// The same; `None` if anything is wrong with bursar.yaml.
pub fn sound_settings(
    project: &Node,
    environment: Option<&str>,
    sources: &SourceMap,
) -> Option<Project> {
    let mut findings = Diagnostics::new();
    let project = read_settings(project, environment, sources, &mut findings);
    project.filter(|_| !findings.has_errors())
}

fn read_settings(
    project: &Node,
    environment: Option<&str>,
    sources: &SourceMap,
    findings: &mut Diagnostics,
) -> Option<Project> {
    let mut node = project.clone();
    environments::overlay(&mut node, environment, findings);
    let variables = Variables::read(node.get("vars"), findings);
    substitute_in_project(&variables, &mut node, sources, findings);
    schema::read_project(&node, findings)
}

/// Replaces variables in bursar.yaml, apart from `vars` themselves and from what other environments
/// say.
fn substitute_in_project(
    variables: &Variables,
    project: &mut Node,
    sources: &SourceMap,
    findings: &mut Diagnostics,
) {
    let crate::yaml::Value::Mapping(mapping) = &mut project.value else {
        return;
    };
    for entry in &mut mapping.entries {
        if !matches!(&*entry.key, "vars" | "environments") {
            variables.substitute(&mut entry.value, sources, findings);
        }
    }
}

/// The project's time zone; UTC if it names none, or one that does not exist.
fn zone(project: &Node, findings: &mut Diagnostics) -> Zone {
    let Some(written) = project.get("timezone") else {
        return Zone::utc();
    };
    // What is no text is reported where the project is read.
    let Some(name) = written.as_str() else {
        return Zone::utc();
    };
    Zone::get(name).unwrap_or_else(|unknown| {
        let help = match &unknown.suggestion {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a name of the IANA time zone database, like `Europe/Kyiv`".to_owned(),
        };
        findings.push(
            Diagnostic::new(Code::UnknownValue, written.span, unknown.to_string())
                .label("no such time zone")
                .why("times without an offset are read in it")
                .help(help),
        );
        Zone::utc()
    })
}

fn provider(project: Option<&Project>) -> Provider {
    project
        .and_then(|project| project.platform.as_ref())
        .map_or(Provider::Sandbox, |platform| platform.provider)
}

#[cfg(test)]
pub(crate) mod tests;
