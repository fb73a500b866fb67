//! `bursar explain`.

use super::{Context, EXITS, Exit, Failure};
use crate::diag::{self, CODES, Code};
use crate::kinds::KINDS;
use crate::render::human::explain;

/// Show the page of a finding's code, a kind, a field or an exit code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar explain unknown-reference
  bursar explain offer
  bursar explain offer.payment.installments
  bursar explain 6")]
pub(super) struct Args {
    /// CODE, KIND, KIND.FIELD or an exit code's number.
    #[arg(value_name = "TOPIC")]
    topic: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let style = context.console.out_style;
    let topic = args.topic.trim();
    let text = if let Some(code) = Code::parse(topic) {
        explain::code(code, style)
    } else if let Some(exit) = EXITS.iter().find(|exit| exit.code().to_string() == topic) {
        let (word, text) = exit.page();
        explain::exit(exit.code(), word, text, style)
    } else {
        return Err(unknown(topic));
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

fn unknown(topic: &str) -> Failure {
    let topics = CODES
        .iter()
        .map(|code| code.as_str())
        .chain(KINDS.iter().map(|kind| kind.id));
    let failure = Failure::new(Exit::Invalid, format!("there is no page about `{topic}`"));
    match diag::did_you_mean(topic, topics) {
        Some(hint) => failure.hint(hint),
        None => {
            failure.hint("a page is about a code, a kind, a field (`offer.price`) or an exit code")
        }
    }
}
