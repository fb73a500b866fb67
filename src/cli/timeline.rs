//! `bursar timeline`.

use super::applied::Applied;
use super::configuration::{Configuration, instant};
use super::{Context, Exit, Failure, parse_moment, revision};
use crate::model::Moment;
use crate::render::{html, human, ics, json, svg};
use crate::simulate::{self, Stage};

/// Show what opens, is sold, expires and is sent: when, and to whom.
///
/// Offline. Times without an offset are read, and all are shown, in the project's time zone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar timeline
  bursar timeline --at 2027-06-15T12:00
  bursar timeline --from 2027-06-01 --to 2027-07-01
  bursar timeline --compare main
  bursar timeline --ics > school.ics
  bursar timeline --svg > school.svg
  bursar timeline --html > school.html")]
pub(super) struct Args {
    /// What lasts at this instant: what is on sale, at what price, which coupons work.
    #[arg(long, value_name = "INSTANT", value_parser = parse_moment, conflicts_with_all = ["from", "to", "ics", "svg", "html", "compare"])]
    at: Option<Moment>,
    /// From this instant on.
    #[arg(long, value_name = "INSTANT", value_parser = parse_moment)]
    from: Option<Moment>,
    /// Up to this instant; a day is not included.
    #[arg(long, value_name = "INSTANT", value_parser = parse_moment)]
    to: Option<Moment>,
    /// What has moved since this git revision.
    #[arg(long, value_name = "REF", conflicts_with_all = ["ics", "svg", "html"])]
    compare: Option<String>,
    /// As a calendar, RFC 5545.
    #[arg(long, conflicts_with_all = ["svg", "html"])]
    ics: bool,
    /// As a chart.
    #[arg(long, conflicts_with = "html")]
    svg: bool,
    /// As one page: the chart, and everything in words.
    #[arg(long)]
    html: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        at,
        from,
        to,
        compare,
        ics: as_calendar,
        svg: as_chart,
        html: as_page,
    } = args;
    let configuration = Configuration::load(context, Applied::Offline)?;
    let compiled = &configuration.compiled;
    let stage = staged(compiled)?;
    let zone = &compiled.zone;
    let (from, to) = (
        from.as_ref().map(|from| instant(from, zone)),
        to.as_ref().map(|to| instant(to, zone)),
    );
    let timeline = simulate::timeline(compiled, &stage);
    let project = compiled.project.project.as_str();
    let style = context.console.out_style;
    let is_json = context.console.json;
    let text = if let Some(at) = at {
        let at = instant(at, zone);
        let lasting = timeline.lasting(at);
        if is_json {
            json::timeline::lasting(&lasting, at, zone.name())
        } else {
            human::timeline::lasting(&lasting, &stage.time(at), zone.name())
        }
    } else if let Some(since) = compare {
        let before = revision::configuration(context, &configuration, since)?;
        let earlier = simulate::timeline(&before, &staged(&before)?);
        let moves = timeline.moved_since(&earlier, from, to);
        if is_json {
            json::timeline::moves(&moves, since)
        } else {
            human::timeline::moves(&moves, since, style)
        }
    } else if *as_calendar {
        ics::timeline::render(&timeline.between(from, to), project)
    } else if *as_chart {
        svg::timeline::render(&timeline.between(from, to), project)
    } else if *as_page {
        html::timeline::render(&timeline.between(from, to), project)
    } else if is_json {
        json::timeline::render(&timeline.between(from, to))
    } else {
        human::timeline::render(&timeline.between(from, to), style)
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

/// A configuration as a school.
pub(super) fn staged(compiled: &crate::compile::Compiled) -> Result<Stage, Failure> {
    Stage::of(compiled).map_err(|error| Failure::new(Exit::Invalid, error.to_string()))
}
