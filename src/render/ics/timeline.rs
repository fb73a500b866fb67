//! Every moment as an event without length, in UTC.

use crate::simulate::{Moment, Timeline};
use icalendar::{Calendar, Component as _, Event, EventLike as _};

/// A calendar. The same timeline gives the same bytes: an event's identity is what it is about, and
/// its stamp is its own time.
pub fn render(timeline: &Timeline, project: &str) -> String {
    let mut calendar = Calendar::new();
    calendar.name(project);
    for moment in &timeline.moments {
        let Moment {
            at,
            time,
            of,
            what,
            part,
            cohort,
            text,
            whom,
        } = moment;
        let mut description = format!("{of}, {time} ({})", timeline.zone);
        if let Some(whom) = whom {
            description.push_str(&format!("\nfor {whom}"));
        }
        let mut event = Event::new();
        event
            .uid(&uid(project, &[of, what, part]))
            .timestamp(*at)
            .starts(*at)
            .ends(*at)
            .summary(text)
            .description(&description);
        if let Some(cohort) = cohort {
            event.add_property("CATEGORIES", cohort);
        }
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// An identity of letters that no calendar misreads. Names hold no dots, so that different parts never
/// become one.
fn uid(project: &str, parts: &[&str]) -> String {
    let plain = |text: &str| -> String {
        text.chars()
            .map(|char| {
                if char.is_ascii_alphanumeric() {
                    char
                } else if matches!(char, '.' | '/') {
                    '.'
                } else {
                    '-'
                }
            })
            .collect()
    };
    let parts = parts.iter().filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.map(|part| plain(part)).collect();
    format!("{}@{}.bursar", parts.join("."), plain(project))
}
