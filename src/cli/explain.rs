//! `bursar explain`.

use super::{Context, EXITS, Exit, Failure};
use crate::diag::{self, CODES, Code};
use crate::render::{human, json};
use crate::schema::{self, Explanation, UnknownTopic};

/// What a topic is called that lists all exit codes.
const EXIT_CODES: &str = "exit-codes";

/// Show the page of a finding's code, a kind, a field or an exit code.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar explain unknown-reference
  bursar explain offer
  bursar explain offer.payment.installments
  bursar explain 6
  bursar explain exit-codes
  bursar explain offer --json")]
pub(super) struct Args {
    /// CODE, KIND, KIND.FIELD, an exit code's number or `exit-codes`; every rule by chapter, if
    /// absent.
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let (style, is_json) = (context.console.out_style, context.console.json);
    let topic = args.topic.as_deref().map(str::trim);
    let text = match topic {
        None if is_json => json::explain::codes(),
        None => human::explain::codes(style),
        Some(topic) => match find(topic).map_err(|error| unknown(&error))? {
            Page::Rule(code) if is_json => json::explain::code(code),
            Page::Rule(code) => human::explain::code(code, style),
            Page::ExitCodes if is_json => json::explain::exits(exits()),
            Page::ExitCodes => human::explain::exits(exits(), style),
            Page::ExitCode(exit) => {
                let (word, text) = exit.page();
                if is_json {
                    json::explain::exit(exit.code(), exit.as_str(), word, text)
                } else {
                    human::explain::exit(exit.code(), word, text, style)
                }
            }
            Page::Field(page) if is_json => json::explain::page(&page),
            Page::Field(page) => human::explain::page(&page, style),
        },
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

/// What a page is about.
enum Page {
    Rule(Code),
    ExitCode(Exit),
    ExitCodes,
    /// A kind or a field.
    Field(Box<Explanation>),
}

/// Number, name, summary and text of each exit code.
fn exits() -> impl Iterator<Item = (u8, &'static str, &'static str, &'static str)> {
    EXITS.iter().map(|exit| {
        let (summary, text) = exit.page();
        (exit.code(), exit.as_str(), summary, text)
    })
}

fn find(topic: &str) -> Result<Page, UnknownTopic> {
    if topic == EXIT_CODES {
        return Ok(Page::ExitCodes);
    }
    if let Some(code) = Code::parse(topic) {
        return Ok(Page::Rule(code));
    }
    if let Some(exit) = EXITS.iter().find(|exit| exit.code().to_string() == topic) {
        return Ok(Page::ExitCode(*exit));
    }
    schema::explain(topic).map(|page| Page::Field(Box::new(page)))
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
