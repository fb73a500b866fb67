//! `bursar schema`.

use super::{Context, Exit, Failure};
use crate::diag;
use crate::os;
use std::path::PathBuf;

/// Print the JSON Schema of a kind, or write all schemas.
///
/// Without a kind: the list of schemas.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar schema offer
  bursar schema --out schemas")]
pub(super) struct Args {
    /// A kind, `project` for bursar.yaml, or another name from the list.
    #[arg(value_name = "KIND")]
    kind: Option<String>,
    /// Write the schema, or all of them, into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let all = schemas();
    let wanted: Vec<&(String, String)> = match &args.kind {
        None => all.iter().collect(),
        Some(kind) => {
            let found = all.iter().find(|(name, _)| name == kind);
            vec![found.ok_or_else(|| unknown(kind, &all))?]
        }
    };
    let Some(out) = &args.out else {
        match (&args.kind, wanted.as_slice()) {
            (Some(_), [(_, text)]) => context.console.result(text),
            (_, wanted) => {
                let names: String = wanted.iter().map(|(name, _)| format!("{name}\n")).collect();
                context.console.result(&names);
            }
        }
        return Ok(Exit::Done);
    };
    for (name, text) in wanted {
        let path = out.join(format!("{name}.schema.json"));
        os::write_over(&path, text)
            .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
        context.console.note(&format!("wrote {}\n", path.display()));
    }
    Ok(Exit::Done)
}

fn unknown(kind: &str, all: &[(String, String)]) -> Failure {
    let names = all.iter().map(|(name, _)| name.as_str());
    let failure = Failure::new(Exit::Invalid, format!("there is no schema `{kind}`"));
    match diag::did_you_mean(kind, names) {
        Some(hint) => failure.hint(hint),
        None => failure.hint("`bursar schema` lists them"),
    }
}
