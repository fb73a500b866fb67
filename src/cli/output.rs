//! `bursar output`.

use super::planning::{state_failure, warn_of_work};
use super::root::Root;
use super::{Context, Exit, Failure, until_signal};
use crate::diag;
use crate::domain::outputs::{self, Output, Outputs};
use crate::kinds::Provider;
use crate::model::Target;
use crate::render::terminal::escape;
use crate::render::{human, json};
use std::borrow::Cow;

/// Show what to hand on: page addresses, links with a coupon applied, codes, where to look.
///
/// From the state alone, which is what was last applied: offline, without credentials of the
/// platform. With NAME, that value alone: offer.X.page, offer.X.link.COUPON, coupon.X.code,
/// KIND.X.screen.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar output
  bursar output --json
  bursar output offer.web-dev-2026-09.page
  bursar output offer.web-dev-2026-09.link.come-back
  bursar output --now 2026-09-12 --json      what will have ended by then")]
pub(super) struct Args {
    /// A single value; printed as it is, with --json as a JSON text.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let root = Root::load(context)?;
    let snapshot = until_signal(async {
        let read = root.state.read().await;
        read.map_err(|error| state_failure(&error))
    })?;
    warn_of_work(context, &snapshot);
    let target = snapshot.target.as_ref();
    if let Some(target) = target {
        warn_of_target(context, &root, target);
    }
    let outputs = outputs::outputs(&snapshot.base, target, root.now);
    let text = match &args.name {
        Some(name) => one(context, &root, &outputs, name)?,
        None if context.console.json => json::output::render(&outputs),
        None if snapshot.base.objects.is_empty() => {
            "Nothing has been applied yet: `bursar apply` does it.\n".to_owned()
        }
        None if outputs.screens.is_empty() => "All that was applied is retired.\n".to_owned(),
        None => human::output::render(&outputs, &root.zone, context.console.out_style),
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

/// A single value, as it is.
fn one(context: &Context, root: &Root, outputs: &Outputs, name: &str) -> Result<String, Failure> {
    let values = outputs.values();
    let Some(Output {
        name,
        value,
        remark,
    }) = values.iter().find(|it| it.name == name)
    else {
        return Err(unknown(&values, name));
    };
    let value = value.as_ref().map_err(|why| {
        Failure::new(Exit::Invalid, format!("there is no {name}")).cause(why.to_string())
    })?;
    if let Some(remark) = remark {
        let said = human::output::remark(*remark, &root.zone);
        context.console.note(&format!("note: {name}: {said}\n"));
    }
    if context.console.json {
        return Ok(json::output::value(value));
    }
    match escape(value) {
        Cow::Borrowed(value) => Ok(format!("{value}\n")),
        Cow::Owned(shown) => Err(Failure::new(
            Exit::Invalid,
            format!("{name} holds characters that a terminal would obey: {shown}"),
        )
        .hint(format!(
            "`bursar output {name} --json` writes them as JSON does"
        ))),
    }
}

fn unknown(values: &[Output], name: &str) -> Failure {
    let failure = Failure::new(
        Exit::Invalid,
        format!("nothing that was applied is called `{name}`"),
    );
    if values.is_empty() {
        return failure.hint("nothing has been applied yet: `bursar apply` does it");
    }
    let names = || values.iter().map(|it| it.name.as_str());
    let within = format!("{name}.");
    let below: Vec<&str> = names().filter(|it| it.starts_with(&within)).collect();
    if !below.is_empty() {
        return failure.hint(format!("there is {}", below.join(", ")));
    }
    match diag::did_you_mean(name, names()) {
        Some(hint) => failure.hint(hint),
        None => failure.hint("`bursar output` shows what there is"),
    }
}

/// Says that the configuration names another platform than the one that was applied to.
fn warn_of_target(context: &Context, root: &Root, known: &Target) {
    let platform = root.project.platform.as_ref();
    let provider = platform.map_or(Provider::Sandbox, |platform| platform.provider);
    let url = platform.and_then(|platform| platform.url.as_ref());
    let is_there = match url {
        Some(url) => url.0.trim_end_matches('/') == known.url.trim_end_matches('/'),
        None => provider != Provider::Sandbox || known.url == "embedded",
    };
    if provider.as_str() == known.provider && is_there {
        return;
    }
    context.console.warn(&format!(
        "warning: what follows was applied to {} at {}; bursar.yaml names another platform\n",
        escape(&known.provider),
        escape(&known.url)
    ));
}
