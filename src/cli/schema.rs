//! `bursar schema`.

use super::{Context, Exit, Failure};
use crate::diag;
use crate::os;
use crate::schema;
use serde_json::Value;
use std::collections::BTreeMap;
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
    let all = schema::schemas();
    let wanted: BTreeMap<&str, &Value> = match &args.kind {
        None => all.iter().map(|(name, schema)| (*name, schema)).collect(),
        Some(kind) => {
            let found = all.get_key_value(kind.as_str());
            let (name, schema) = found.ok_or_else(|| unknown(kind, &all))?;
            BTreeMap::from([(*name, schema)])
        }
    };
    let Some(out) = &args.out else {
        let text = match &args.kind {
            Some(_) => wanted.values().map(|schema| text(schema)).collect(),
            None => wanted
                .keys()
                .map(|name| format!("{name}\n"))
                .collect::<String>(),
        };
        context.console.result(&text);
        return Ok(Exit::Done);
    };
    for (name, schema) in wanted {
        let path = out.join(format!("{name}.schema.json"));
        os::write_over(&path, &text(schema))
            .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
        context.console.note(&format!("wrote {}\n", path.display()));
    }
    Ok(Exit::Done)
}

fn text(schema: &Value) -> String {
    format!("{schema:#}\n")
}

fn unknown(kind: &str, all: &BTreeMap<&'static str, Value>) -> Failure {
    let failure = Failure::new(Exit::Invalid, format!("there is no schema `{kind}`"));
    match diag::did_you_mean(kind, all.keys().copied()) {
        Some(hint) => failure.hint(hint),
        None => failure.hint("`bursar schema` lists them"),
    }
}
