//! `bursar fmt`.

use super::files::Files;
use super::fixing::difference;
use super::{Context, Exit, Failure};
use crate::diag::{Code, Diagnostics};
use crate::os;
use crate::render::human;
use crate::render::terminal::escape;
use crate::source::SourceMap;
use crate::yaml::{Limits, Unformatted, format, parse};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// Write every YAML file of the project in the one layout; comments, anchors and order stay.
///
/// Nothing is wrapped, quoted or put in another order, and nothing changes its meaning. A file that
/// cannot be read is told about and left as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar fmt
  bursar fmt --check             3 if a file would change, with the differences
  bursar fmt offers/autumn.yaml
  bursar fmt - < offer.yaml      for editors: the formatted text on standard output")]
pub(super) struct Args {
    /// Files; every YAML file of the project, if absent. `-` formats standard input.
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// Write nothing; show what would change, and exit with 3 if there is something.
    #[arg(long)]
    check: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args { files, check } = args;
    let mut sources = SourceMap::new();
    let mut findings = Diagnostics::new();
    let mut unread = BTreeSet::new();
    if files.iter().any(|file| file == "-") {
        return standard_input(context, &mut sources, &mut findings);
    }
    if files.is_empty() {
        let project = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
        // What stands in these is not their text, or not all of it.
        for finding in project.findings.iter() {
            if matches!(
                finding.code,
                Code::NotUtf8 | Code::OutsideProject | Code::LimitExceeded
            ) {
                unread.insert(finding.span.file);
                findings.push(finding.clone());
            }
        }
        sources = project.sources;
    } else {
        for path in files {
            let bytes = os::read_named(Path::new(path), Limits::default().file_bytes).map_err(
                |refusal| {
                    Failure::new(Exit::Invalid, format!("{path} cannot be read"))
                        .cause(refusal.to_string())
                },
            )?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Failure::new(Exit::Invalid, format!("{path} is not UTF-8"))
                    .hint("save the file as UTF-8")
            })?;
            sources.add(path.as_str(), text);
        }
    }
    let mut changed = Vec::new();
    let mut unsafe_files = Vec::new();
    let limits = Limits::default();
    for file in sources.ids().collect::<Vec<_>>() {
        if unread.contains(&file) {
            continue;
        }
        let (path, text) = (sources.path(file), sources.text(file));
        match format(text, &limits) {
            Ok(new) if new == text => {}
            Ok(new) => {
                if *check {
                    if !context.console.json {
                        context.console.result(&difference(path, text, &new));
                    }
                } else {
                    os::write_over(Path::new(path), &new).map_err(|error| {
                        Failure::new(Exit::Unclassified, format!("{path} cannot be written"))
                            .cause(error.to_string())
                    })?;
                    if !context.console.json {
                        context.console.result(&format!("{}\n", escape(path)));
                    }
                }
                changed.push(path.to_owned());
            }
            Err(Unformatted::Unreadable) => {
                parse(file, text, &limits, &mut findings);
            }
            Err(Unformatted::Unsafe) => unsafe_files.push(path.to_owned()),
        }
    }
    if context.console.json {
        let told = serde_json::json!({ "format_version": "1.0", "changed": changed, "written": !check, "left": unsafe_files });
        context.console.result(&format!("{told:#}\n"));
    }
    for path in &unsafe_files {
        context.console.note(&format!(
            "{}: left as it is: the layout of something in it is not known\n",
            escape(path)
        ));
    }
    tell(context, &findings, &sources);
    Ok(
        if findings.has_errors() || (*check && !changed.is_empty()) {
            Exit::Invalid
        } else if unsafe_files.is_empty() {
            Exit::Done
        } else {
            Exit::Unclassified
        },
    )
}

fn standard_input(
    context: &Context,
    sources: &mut SourceMap,
    findings: &mut Diagnostics,
) -> Result<Exit, Failure> {
    let limits = Limits::default();
    let mut bytes = Vec::new();
    let most = limits.file_bytes as u64 + 1;
    std::io::stdin()
        .lock()
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Failure::new(Exit::Unclassified, "standard input cannot be read")
                .cause(error.to_string())
        })?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Failure::new(Exit::Invalid, "standard input is not UTF-8").hint("send UTF-8")
    })?;
    match format(&text, &limits) {
        Ok(new) => context.console.result(&new),
        Err(Unformatted::Unreadable) => {
            let file = sources.add("-", text.as_str());
            parse(file, &text, &limits, findings);
            tell(context, findings, sources);
            return Ok(Exit::Invalid);
        }
        // An editor takes what it is given: the text as it was.
        Err(Unformatted::Unsafe) => context.console.result(&text),
    }
    Ok(Exit::Done)
}

fn tell(context: &Context, findings: &Diagnostics, sources: &SourceMap) {
    if !findings.is_empty() {
        let style = context.console.err_style;
        context
            .console
            .note(&human::diagnostics::render(findings, sources, style));
    }
}
