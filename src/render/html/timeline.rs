//! The timeline as one page: the chart, then everything in words.

use super::page::{figure, page, table_end, table_head};
use crate::render::markup::line;
use crate::render::svg;
use crate::render::svg::Marks;
use crate::simulate::{Moment, Relative, Timeline};
use std::fmt::Write as _;

/// A page.
pub fn render(timeline: &Timeline, project: &str) -> String {
    let title = line(project);
    let mut body = format!("<h1>{title}</h1>\n");
    chart(&mut body, timeline, project, &Marks::new());
    page(&title, &body)
}

/// The chart, and the same in words.
pub(super) fn chart(out: &mut String, timeline: &Timeline, project: &str, marks: &Marks) {
    let Timeline {
        zone,
        moments,
        spans: _,
        relative,
    } = timeline;
    let _ = writeln!(out, "<p>Times of {}.</p>", line(zone));
    let drawing = svg::timeline::marked(timeline, project, marks);
    figure(out, "Timeline", &drawing);
    let columns = ["When", "What", "For whom", "Cohort"];
    table_head(out, "What happens when", &columns);
    for moment in moments {
        let Moment {
            at: _,
            time,
            of: _,
            what: _,
            part: _,
            cohort,
            text: said,
            whom,
        } = moment;
        let _ = writeln!(
            out,
            "<tr><td><time>{}</time></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            line(time),
            line(said),
            line(whom.as_deref().unwrap_or_default()),
            line(cohort.as_deref().unwrap_or_default())
        );
    }
    table_end(out);
    let columns = ["Of", "When", "What", "First buyers", "Last buyers"];
    table_head(out, "Counted from something else", &columns);
    for it in relative {
        let Relative {
            of,
            cohort: _,
            when,
            text: said,
            first,
            last,
        } = it;
        let time = |shown: &Option<crate::simulate::Shown>| {
            shown.as_ref().map_or_else(String::new, |shown| {
                format!("<time>{}</time>", line(&shown.time))
            })
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            line(of),
            line(when),
            line(said),
            time(first),
            time(last)
        );
    }
    table_end(out);
}
