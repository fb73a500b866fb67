//! `bursar explain`.

use super::{Context, EXITS, Exit, Failure};
use crate::diag::{self, CODES, Code};
use crate::render::human::explain;
use crate::schema::{self, UnknownTopic};

/// Show the page of a finding's code, a kind, a field or an exit code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar explain unknown-reference
  bursar explain offer
  bursar explain offer.payment.installments
  bursar explain 6")]
pub(super) struct Args {
    /// CODE, KIND, KIND.FIELD or an exit code's number; every rule by chapter, if absent.
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let style = context.console.out_style;
    let Some(topic) = args.topic.as_deref().map(str::trim) else {
        context.console.result(&explain::codes(style));
        return Ok(Exit::Done);
    };
    let text = if let Some(code) = Code::parse(topic) {
        explain::code(code, style)
    } else if let Some(exit) = EXITS.iter().find(|exit| exit.code().to_string() == topic) {
        let (word, text) = exit.page();
        explain::exit(exit.code(), word, text, style)
    } else {
        match schema::explain(topic) {
            Ok(page) => explain::page(&page, style),
            Err(error) => return Err(unknown(&error)),
        }
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

fn unknown(error: &UnknownTopic) -> Failure {
    let failure = Failure::new(Exit::Invalid, error.to_string());
    let codes = CODES.iter().map(|code| code.as_str());
    let near = error
        .nearest
        .as_ref()
        .map(|nearest| format!("did you mean `{nearest}`?"))
        .or_else(|| diag::did_you_mean(&error.topic, codes));
    failure.hint(near.unwrap_or_else(|| {
        "a page is about a code, a kind, a field (`offer.price`) or an exit code".to_owned()
    }))
}
