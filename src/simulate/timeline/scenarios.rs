//! What scenarios do, counted from what starts them.

use super::Relative;
use super::events::Builder;
use crate::domain::world::{Action, Occasion, Scenario};
use crate::model::{Address, Duration};

impl Builder<'_> {
    pub(super) fn scenario(&mut self, address: &Address, scenario: &Scenario) {
        let Some(when) = scenario.triggers.first().and_then(|first| first.when) else {
            return;
        };
        let event = self.occasion(when);
        let mut minutes = 0_u64;
        for trigger in &scenario.triggers {
            let waits = [trigger.wait_before_if, trigger.wait];
            let waited: u64 = waits.iter().filter_map(|wait| wait.exact_minutes()).sum();
            minutes += waited;
            let length = length(minutes);
            let when = match length {
                Some(length) => format!("{length} after {event}"),
                None => format!("at once after {event}"),
            };
            let condition = if trigger.condition.is_some() {
                ", if its condition holds"
            } else {
                ""
            };
            for action in &trigger.actions {
                let text = format!("{}{condition}", self.action(*action));
                let relative = Relative {
                    of: address.to_string(),
                    cohort: None,
                    when: when.clone(),
                    text,
                    first: None,
                    last: None,
                };
                self.relative(length.unwrap_or_default(), relative);
            }
        }
    }

    fn occasion(&self, occasion: Occasion) -> String {
        let stage = self.stage;
        match occasion {
            Occasion::UnpaidOrder(offer) => {
                format!("an unpaid order of offer `{}`", stage.name("offer", offer))
            }
            Occasion::PaidOrder(offer) => {
                format!("a payment of offer `{}`", stage.name("offer", offer))
            }
            Occasion::EnteredList(list) => {
                format!("somebody enters list `{}`", stage.name("list", list))
            }
            Occasion::Registered => "a registration".to_owned(),
            Occasion::CompletedLesson(course, lesson) => {
                format!(
                    "lesson `{}` is completed",
                    stage.lesson_name(course, lesson)
                )
            }
            Occasion::CompletedCourse(course) => {
                format!("course `{}` is completed", stage.name("course", course))
            }
            Occasion::Inactive(length, None) => format!("{length} without a visit"),
            Occasion::Inactive(length, Some(course)) => {
                format!(
                    "{length} away from course `{}`",
                    stage.name("course", course)
                )
            }
        }
    }

    fn action(&self, action: Action) -> String {
        let stage = self.stage;
        match action {
            Action::AddToList(list) => {
                format!("the client enters list `{}`", stage.name("list", list))
            }
            Action::RemoveFromList(list) => {
                format!("the client leaves list `{}`", stage.name("list", list))
            }
            Action::SendLetter(letter) => {
                format!("letter `{}` is sent", stage.name("letter", letter))
            }
            Action::AwardPoints(course, points) => {
                format!(
                    "{points} points in course `{}`",
                    stage.name("course", course)
                )
            }
            Action::ExtendAccess(offer, by) => format!(
                "access by offer `{}` is prolonged by {by}",
                stage.name("offer", offer)
            ),
        }
    }
}

/// Minutes as people write them; `None` for none.
fn length(minutes: u64) -> Option<Duration> {
    let minutes = u32::try_from(minutes).ok()?;
    let length = Duration {
        months: 0,
        days: 0,
        minutes,
    };
    (minutes > 0).then(|| length.normal_exact())
}
