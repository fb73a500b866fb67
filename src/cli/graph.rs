//! `bursar graph`.

use super::applied::Applied;
use super::configuration::Configuration;
use super::timeline::staged;
use super::{Context, Exit, Failure};
use crate::render::{dot, json, mermaid};
use crate::simulate;

/// Draw scenarios with their waits and branches, and what refers to what.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar graph
  bursar graph win-back
  bursar graph --dot | dot -Tsvg > school.svg")]
pub(super) struct Args {
    /// What has this in its address or title, and its neighbours; everything, if absent.
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
    /// As a Mermaid flowchart, which GitHub and GitLab draw; this is the default.
    #[arg(long, conflicts_with = "dot")]
    mermaid: bool,
    /// As a DOT graph, for Graphviz.
    #[arg(long)]
    dot: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        pattern,
        mermaid: _,
        dot: as_dot,
    } = args;
    let configuration = Configuration::load(context, Applied::Offline)?;
    let compiled = &configuration.compiled;
    let graph = simulate::graph(compiled, &staged(compiled)?, pattern.as_deref());
    if let Some(pattern) = pattern.as_ref().filter(|_| graph.boxes.is_empty()) {
        return Err(Failure::new(
            Exit::Invalid,
            format!("nothing has `{pattern}` in its address or title"),
        )
        .hint("`bursar graph` draws everything"));
    }
    let text = if context.console.json {
        json::graph::render(&graph)
    } else if *as_dot {
        dot::graph::render(&graph)
    } else {
        mermaid::graph::render(&graph)
    };
    context.console.result(&text);
    Ok(Exit::Done)
}
