//! The timeline as one page: the chart, then everything in words.

use crate::render::markup::text;
use crate::render::svg;
use crate::simulate::{Moment, Relative, Timeline};
use std::fmt::Write as _;

const STYLE: &str = "body{font-family:sans-serif;margin:2em;color:#222}\
table{border-collapse:collapse;margin:1em 0}\
td,th{border-bottom:1px solid #ddd;padding:.3em .8em;text-align:left;vertical-align:top}\
time{white-space:nowrap}svg{max-width:100%;height:auto}";

/// A page.
pub fn render(timeline: &Timeline, project: &str) -> String {
    let Timeline {
        zone,
        moments,
        spans: _,
        relative,
    } = timeline;
    let (title, zone) = (text(project), text(zone));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>{title}</h1>\n<p>Times of {zone}.</p>\n"
    );
    out.push_str(&svg::timeline::render(timeline, project));
    out.push_str(
        "<h2>What happens when</h2>\n<table>\n\
         <tr><th>When</th><th>What</th><th>For whom</th><th>Cohort</th></tr>\n",
    );
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
            text(time),
            text(said),
            text(whom.as_deref().unwrap_or_default()),
            text(cohort.as_deref().unwrap_or_default())
        );
    }
    out.push_str(
        "</table>\n<h2>Counted from something else</h2>\n<table>\n\
         <tr><th>Of</th><th>When</th><th>What</th><th>First buyers</th><th>Last buyers</th></tr>\n",
    );
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
            shown
                .as_ref()
                .map(|shown| text(&shown.time))
                .unwrap_or_default()
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><time>{}</time></td><td><time>{}</time></td></tr>",
            text(of),
            text(when),
            text(said),
            time(first),
            time(last)
        );
    }
    out.push_str("</table>\n</body>\n</html>\n");
    out
}
