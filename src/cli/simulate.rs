//! `bursar simulate`.

use super::applied::Applied;
use super::configuration::Configuration;
use super::timeline::staged;
use super::{Context, Exit, Failure, revision};
use crate::compile::Compiled;
use crate::diag::nearest;
use crate::domain::world::{Assumption, Assumptions};
use crate::kinds::Reference;
use crate::model::Name;
use crate::render::{human, json};
use crate::simulate::{Journey, Piece, Played, Stage, Story};
use clap::{ArgMatches, FromArgMatches};
use std::collections::BTreeSet;

/// Play one journey over the configuration, and tell what happens.
///
/// A person opens offers, pays, completes lessons, at the times given; the answer is a timeline of
/// orders, letters, lists, openings and refusals. Nothing is applied, and no platform is asked.
///
/// Steps: opens-offer X, submits-form X, returns-from-payment X, pays X [coupon=C] [order=N],
/// buys pass.X, completes COURSE/MODULE/LESSON, visits URL, logs-in; of the school: staff-creates-order
/// X [price=P] [paid=true], staff-edits-order X [order=N] [price=P] [access=TERM], staff-extends X by=D,
/// staff-freezes X for=D, staff-tags T, staff-untags T.
#[derive(Debug, clap::Args)]
struct Line {
    /// What the person is: tags=vip, bought=offer.X@INSTANT, lists=L, progress=COURSE:80%,
    /// completed=COURSE/MODULE/LESSON, registered=INSTANT, last-seen=INSTANT, visited=URL,
    /// webinars=NAME, field=NAME:VALUE.
    #[arg(long, value_name = "WHAT=VALUE")]
    person: Vec<String>,
    /// The instant of the steps behind it; a journey begins with one.
    #[arg(long, value_name = "INSTANT")]
    at: Vec<String>,
    /// So long after the step before it.
    #[arg(long, value_name = "DURATION")]
    after: Vec<String>,
    /// What is done, step by step.
    #[arg(value_name = "STEP")]
    steps: Vec<String>,
    /// Play it over another git revision's configuration too, and show what differs.
    #[arg(long, value_name = "REF")]
    compare: Option<String>,
    /// Assume something else where the platform's behaviour is not known; docs/model.md lists what.
    #[arg(long = "assume", value_name = "NAME=CHOICE")]
    assumed: Vec<Assumption>,
}

/// A journey as it was written: times and steps in their order.
#[derive(Debug)]
pub(super) struct Args {
    person: Vec<String>,
    pieces: Vec<Piece>,
    compare: Option<String>,
    assumed: Vec<Assumption>,
}

/// By hand: clap alone tells in which order options and words stood.
impl FromArgMatches for Args {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let Line {
            person,
            at,
            after,
            steps,
            compare,
            assumed,
        } = Line::from_arg_matches(matches)?;
        let mut placed: Vec<(usize, Piece)> = Vec::new();
        let mut place = |id: &str, pieces: Vec<Piece>| {
            let places = matches.indices_of(id).into_iter().flatten();
            placed.extend(places.zip(pieces));
        };
        place("at", at.into_iter().map(Piece::At).collect());
        place("after", after.into_iter().map(Piece::After).collect());
        place("steps", steps.into_iter().map(Piece::Word).collect());
        placed.sort_by_key(|(place, _)| *place);
        Ok(Args {
            person,
            pieces: placed.into_iter().map(|(_, piece)| piece).collect(),
            compare,
            assumed,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Args {
    fn augment_args(command: clap::Command) -> clap::Command {
        Line::augment_args(command).after_help(
            "\
Examples:
  bursar simulate --at 2026-09-01T10:00 opens-offer web-dev --after 31m
  bursar simulate --person tags=vip --at 2026-09-01T10:00 opens-offer web-dev --after 5m pays web-dev
  bursar simulate --at 2026-09-01T10:00 pays web-dev coupon=come-back --after 30d --json
  bursar simulate --compare main --at 2026-09-01T10:00 opens-offer web-dev --after 2d",
        )
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let Args {
        person,
        pieces,
        compare,
        assumed,
    } = args;
    let assumptions = Assumptions::with(assumed)
        .map_err(|unknown| Failure::new(Exit::Invalid, unknown.to_string()))?;
    let journey =
        Journey::read(person, pieces).map_err(|wrong| Failure::new(Exit::Invalid, wrong))?;
    let configuration = Configuration::load(context, Applied::Offline)?;
    let compiled = &configuration.compiled;
    let played = |compiled: &Compiled| -> Result<Played, Failure> {
        let stage = staged(compiled)?;
        known(&journey, &stage)?;
        let (story, refused) = journey.story(&stage, assumptions);
        Ok(Played {
            story: Story {
                person: "the person".to_owned(),
                ..story
            },
            refused,
        })
    };
    let now = played(compiled)?;
    let zone = compiled.zone.name();
    let style = context.console.out_style;
    let text = match compare {
        Some(reference) => {
            let earlier = revision::configuration(context, &configuration, reference)?;
            let before = played(&earlier).map_err(|failure| {
                failure.hint(format!("in the configuration of `{reference}`"))
            })?;
            if context.console.json {
                json::journey::compared(&before, &now, reference, zone)
            } else {
                human::journey::compared(&before, &now, reference, zone, style)
            }
        }
        None if context.console.json => json::journey::render(&now, zone),
        None => human::journey::render(&now, zone, style),
    };
    context.console.result(&text);
    Ok(Exit::Done)
}

/// Every name of a journey is declared.
fn known(journey: &Journey, stage: &Stage) -> Result<(), Failure> {
    for link in journey.links() {
        let Reference::Name(Name(name)) = &link.to else {
            continue;
        };
        if stage.named(link.kind, &Name(name.clone())).is_some() {
            if stage.has_part(&link) {
                continue;
            }
            let failure = format!("course `{name}` has no such lesson");
            return Err(Failure::new(Exit::Invalid, failure)
                .hint("lessons are written COURSE/MODULE/LESSON"));
        }
        let names: BTreeSet<&str> = stage.names(link.kind).collect();
        let failure = Failure::new(
            Exit::Invalid,
            format!("no {} is called `{name}`", link.kind),
        );
        return Err(match nearest(name, names.iter().copied()) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure,
        });
    }
    Ok(())
}
