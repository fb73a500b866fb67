//! `bursar sandbox`.

use super::files::Files;
use super::signals::Signals;
use super::{Context, Exit, Failure, own, runtime};
use crate::diag::Diagnostics;
use crate::domain::zone::Zone;
use crate::kinds;
use crate::model::Secret;
use crate::os::{self, FileRead, ProjectFolder};
use crate::sandbox::{self, DataDir, FaultPlan, Options, SandboxError, Seed};
use crate::source::{FileId, SourceMap, Span};
use crate::yaml::{self, DeError, Limits, Node};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The port, if none is given: so that the page's address stays the same.
const DEFAULT_PORT: u16 = 8474;

/// Run the embedded platform, with pages to look at and to edit, on 127.0.0.1.
///
/// In a project it shows what `bursar apply` has made there. It runs until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar sandbox
  bursar sandbox --port 0 --data /tmp/school --rate-limit 0 --latency 20ms
  bursar sandbox --faults faults.yaml")]
pub(super) struct Args {
    /// The port; 0 takes a free one.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Where it keeps its objects; made if missing. In a project .bursar/sandbox, if absent; else a
    /// temporary folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Contacts, orders and courses that a new one is filled with, as YAML.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Requests that it answers in a minute; 0 is no limit.
    #[arg(long, value_name = "N", default_value_t = 200)]
    rate_limit: u32,
    /// How long each request waits: 20ms, 1s.
    #[arg(long, value_name = "DURATION", default_value = "0ms", value_parser = parse_latency)]
    latency: Duration,
    /// How it is to misbehave, as YAML: lost answers, 429s, listings that lag.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let project = match os::find_project(context.dir.as_deref()) {
        Ok(_) => Some(Files::read(
            context.dir.as_deref(),
            context.environment.as_deref(),
        )?),
        // Outside of a project it serves just as well; a folder that was asked for must be one.
        Err(_) if context.dir.is_none() => None,
        Err(error) => return Err(Failure::from_error(Exit::Invalid, &error)),
    };
    let data = match (&args.data, &project) {
        (Some(folder), _) => DataDir::Path(folder.clone()),
        (None, Some(files)) => {
            let environment = context.environment.as_deref();
            DataDir::Path(own::sandbox(&files.folder, environment)?)
        }
        (None, None) => DataDir::Temporary,
    };
    let seed = match (&args.seed, &project) {
        (Some(path), _) => Some(seed_from(path)?),
        (None, Some(files)) => project_seed(files, context.environment.as_deref())?,
        (None, None) => None,
    };
    let faults = match &args.faults {
        Some(path) => faults_from(path)?,
        None => FaultPlan::default(),
    };
    let options = Options {
        data,
        port: args.port,
        rate_limit_per_minute: args.rate_limit,
        latency: args.latency,
        token: Secret::new("sandbox"),
        account: Secret::new("sandbox"),
        courses: project.as_ref().map_or_else(Vec::new, |files| {
            files.documents.iter().filter_map(mirror).collect()
        }),
        seed,
        zone: project.as_ref().map_or_else(Zone::utc, zone_of),
        faults,
    };
    runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let running = sandbox::start(options)
            .await
            .map_err(|error| failure(&error))?;
        let url = running.url();
        if context.console.json {
            context
                .console
                .result(&format!("{}\n", serde_json::json!({ "url": url })));
        } else {
            context.console.result(&format!("{url}\n"));
        }
        context.console.note(&format!(
            "The sandbox runs at {url} (BURSAR_TOKEN=sandbox, BURSAR_ACCOUNT=sandbox).\n\
             Open it in a browser to look at it and to edit it. Ctrl-C stops it.\n"
        ));
        if let Some(path) = &args.faults {
            context.console.note(&format!(
                "It misbehaves as {} says; /_sandbox/stats counts how often.\n",
                path.display()
            ));
        }
        signals.wait().await;
        running.stop().await;
        context.console.note("Stopped.\n");
        Ok(Exit::Done)
    })
}

/// The seed that the project names, if it names one.
fn project_seed(files: &Files, environment: Option<&str>) -> Result<Option<Seed>, Failure> {
    let Some(project) = &files.project else {
        return Ok(None);
    };
    let named = |settings: &Node| {
        settings
            .get("platform")?
            .get("seed")?
            .as_str()
            .map(str::to_owned)
    };
    let name = environment
        .and_then(|name| named(project.get("environments")?.get(name)?))
        .or_else(|| named(project));
    name.map(|name| seed_in(&files.folder, &name)).transpose()
}

/// The seed in a file of the project.
pub(super) fn seed_in(folder: &ProjectFolder, name: &str) -> Result<Seed, Failure> {
    let found = folder.read(name, Limits::default().file_bytes);
    match found.content {
        FileRead::Bytes(bytes) => read_seed(&found.path, bytes),
        FileRead::Refused(refusal) => Err(Failure::new(
            Exit::Invalid,
            "the file that `platform.seed` names cannot be read",
        )
        .cause(refusal.to_string())
        .hint("name a file in the project's folder")),
    }
}

/// A seed from a file that the user names on the command line.
fn seed_from(path: &Path) -> Result<Seed, Failure> {
    let shown = path.display().to_string();
    let bytes = os::read_named(path, Limits::default().file_bytes).map_err(|refusal| {
        Failure::new(Exit::Invalid, format!("{shown} cannot be read")).cause(refusal.to_string())
    })?;
    read_seed(&shown, bytes)
}

fn read_seed(path: &str, bytes: Vec<u8>) -> Result<Seed, Failure> {
    read_yaml(path, bytes, "is no seed of a sandbox", Seed::from_node)
        .map(Option::unwrap_or_default)
}

/// How the sandbox is to misbehave, from a file that the user names.
fn faults_from(path: &Path) -> Result<FaultPlan, Failure> {
    let shown = path.display().to_string();
    let bytes = os::read_named(path, Limits::default().file_bytes).map_err(|refusal| {
        Failure::new(Exit::Invalid, format!("{shown} cannot be read")).cause(refusal.to_string())
    })?;
    let what = "does not say how a sandbox is to misbehave";
    read_yaml(&shown, bytes, what, FaultPlan::from_node)?.ok_or_else(|| {
        Failure::new(Exit::Invalid, format!("{shown} {what}"))
            .cause("it is empty")
            .hint("its form is in docs/rehearsing-faults.md")
    })
}

/// A value from the first document of a file; `None` if there is none. Errors say where.
fn read_yaml<T>(
    path: &str,
    bytes: Vec<u8>,
    what: &str,
    from_node: impl FnOnce(&Node) -> Result<T, DeError>,
) -> Result<Option<T>, Failure> {
    let invalid = |why: String| Failure::new(Exit::Invalid, format!("{path} {what}")).cause(why);
    let text = yaml::decode(bytes).map_err(|_| invalid("it is not UTF-8".to_owned()))?;
    let mut sources = SourceMap::new();
    let file: FileId = sources.add(path, text);
    let mut findings = Diagnostics::new();
    let documents = yaml::parse(file, sources.text(file), &Limits::default(), &mut findings);
    let placed = |span: Span, message: &str| {
        let at = sources.line_column(file, span.start);
        invalid(format!("{path}:{}:{}: {message}", at.line, at.column))
    };
    if let Some(finding) = findings.iter().next() {
        return Err(placed(finding.span, &finding.message));
    }
    let Some(document) = documents.first() else {
        return Ok(None);
    };
    from_node(document).map(Some).map_err(|error| {
        let failure = placed(error.span(document), &error.to_string());
        match error.help {
            Some(help) => failure.hint(help),
            None => failure,
        }
    })
}

/// What a document mirrors, in the platform's form.
fn mirror(document: &Node) -> Option<serde_json::Value> {
    let kind = kinds::kind(document.get("kind")?.as_str()?)?;
    let name = document.get("name")?.as_str()?;
    (kind.parse)(document).ok()?.mirror(name)
}

/// Why the sandbox does not start, with what to do.
pub(super) fn failure(error: &SandboxError) -> Failure {
    let exit = match error {
        SandboxError::Seed { .. } | SandboxError::Course { .. } => Exit::Invalid,
        SandboxError::PortInUse { .. }
        | SandboxError::Listen { .. }
        | SandboxError::DataFolder { .. }
        | SandboxError::OtherVersion { .. }
        | SandboxError::Store { .. }
        | SandboxError::Pages(_) => Exit::Unclassified,
    };
    Failure::from_error(exit, error).hint(error.hint())
}

fn parse_latency(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number
        .parse()
        .map_err(|_| "a latency is like 20ms or 1s".to_owned())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" if number <= 3_600 => Ok(Duration::from_secs(number)),
        _ => Err("a latency is like 20ms or 1s".to_owned()),
    }
}

/// The project's time zone; UTC, if it names none that exists.
fn zone_of(files: &Files) -> Zone {
    let name = files
        .project
        .as_ref()
        .and_then(|project| project.get("timezone"));
    let name = name.and_then(|name| name.as_str());
    name.and_then(|name| Zone::get(name).ok())
        .unwrap_or_else(Zone::utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_latencies() {
        for (text, milliseconds) in [("20ms", 20), ("1s", 1_000), ("0ms", 0)] {
            assert_eq!(parse_latency(text), Ok(Duration::from_millis(milliseconds)));
        }
        for bad in [
            "",
            "20",
            "ms",
            "-1ms",
            "1.5s",
            "1h",
            "99999999999999999999ms",
        ] {
            assert!(parse_latency(bad).is_err(), "{bad}");
        }
    }
}
