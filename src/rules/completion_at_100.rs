//! `completion-at-100`: progress of 100 % is asked for.

use super::mailing::action_path;
use super::{Configuration, Rule, configuration, filters};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::Filter;
use crate::kinds::scenario::{Action, Event};
use crate::model::Path;

pub(super) const RULE: Rule = Rule {
    code: Code::CompletionAt100,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, path, filter) in filters::all(configuration) {
        filters::walk(filter, &path, &mut |filter, path| {
            let Filter::Progress(progress) = filter else {
                return;
            };
            if progress.at_least.0 < 100 {
                return;
            }
            findings.push(
                Diagnostic::new(
                    Code::CompletionAt100,
                    configuration::value(document, &path.key("progress").key("at_least")),
                    "progress of 100 % is asked for",
                )
                .label("few reach it")
                .why("students leaf through some lessons or skip them, and never get to 100 %")
                .help("ask for a little less, such as `80%`")
                .about(&document.address),
            );
        });
    }
    for (document, scenario) in configuration.scenarios() {
        let first = scenario
            .triggers
            .first()
            .and_then(|first| first.when.as_ref());
        if !matches!(first, Some(Event::CompletedCourse(_))) {
            continue;
        }
        let actions = scenario
            .triggers
            .iter()
            .enumerate()
            .flat_map(|(at, trigger)| {
                trigger
                    .do_
                    .iter()
                    .enumerate()
                    .map(move |(action, what)| (at, action, what))
            });
        let rewards = |what: &Action| match what {
            Action::AwardPoints(_) | Action::ExtendAccess(_) => true,
            Action::SendLetter(letter) => configuration
                .letter(letter)
                .is_some_and(|(_, letter)| letter.about.coupon.is_some()),
            Action::AddToList(_) | Action::RemoveFromList(_) => false,
        };
        let mut actions = actions;
        let Some((at, action, _)) = actions.find(|(_, _, what)| rewards(what)) else {
            continue;
        };
        let path = Path::root()
            .key("triggers")
            .index(0)
            .key("when")
            .key("completed_course");
        findings.push(
            Diagnostic::new(
                Code::CompletionAt100,
                configuration::key(document, &path),
                "a reward hangs on the whole course being completed",
            )
            .label("at 100 %")
            .why("students leaf through some lessons or skip them, and never complete the course")
            .help("make a segment on `progress` of a little less, and start on `entered_list`")
            .related(
                configuration::value(document, &action_path(at, action)),
                "the reward",
            )
            .about(&document.address),
        );
    }
}
