//! A chart of sales, promotions, coupons, access and openings: a lane a document, cohort by cohort.

use super::{Marks, shortened};
use crate::model::Instant;
use crate::render::markup::line;
use crate::simulate::{Moment, Span, Timeline};
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const LANE: i64 = 34;
const LEFT: i64 = 300;
const WIDTH: i64 = 900;
const TOP: i64 = 50;
const LEGEND: i64 = 60;
/// The widest a label of a month may be.
const LABEL: i64 = 62;

const SALE: &str = "#4f9d69";
const PROMOTION: &str = "#f2a33c";
const COUPON: &str = "#8f7fd1";
const ACCESS: &str = "#a9cbe8";
const STARTS: &str = "#222222";
const OPENS: &str = "#2f6db5";
const ENDS: &str = "#b5462f";

/// What one document does.
#[derive(Default)]
struct Lane<'a> {
    spans: Vec<&'a Span>,
    moments: Vec<&'a Moment>,
}

/// A chart.
pub fn render(timeline: &Timeline, project: &str) -> String {
    marked(timeline, project, &Marks::new())
}

/// A chart in which some documents carry a sign before their name.
pub fn marked(timeline: &Timeline, project: &str, marks: &Marks) -> String {
    // What belongs to no cohort comes last.
    let mut lanes: BTreeMap<(bool, &str, &str), Lane<'_>> = BTreeMap::new();
    let key = |cohort: &Option<String>| cohort.is_none();
    for span in &timeline.spans {
        let cohort = span.cohort.as_deref().unwrap_or_default();
        let lane = lanes.entry((key(&span.cohort), cohort, &span.of));
        lane.or_default().spans.push(span);
    }
    for moment in &timeline.moments {
        let cohort = moment.cohort.as_deref().unwrap_or_default();
        let lane = lanes.entry((key(&moment.cohort), cohort, &moment.of));
        lane.or_default().moments.push(moment);
    }
    let (from, to) = bounds(timeline);
    let scale = Scale { from, to };
    let height = TOP + LANE * i64::try_from(lanes.len()).unwrap_or(i64::MAX / LANE / 2) + LEGEND;
    let width = LEFT + WIDTH + 20;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" \
         role=\"img\" aria-labelledby=\"timeline-title timeline-desc\">"
    );
    let _ = writeln!(
        out,
        "<title id=\"timeline-title\">{}</title>\n\
         <desc id=\"timeline-desc\">A lane a document, from the first to the last instant that is named: \
         bars for what lasts, dots for what happens.</desc>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        line(&format!("{project}, times of {}", timeline.zone))
    );
    months(&mut out, &scale, height);
    for (row, ((_, _, name), lane)) in (0_i64..).zip(&lanes) {
        let y = TOP + row * LANE;
        let (weight, sign) = match marks.get(*name) {
            Some(sign) => (" font-weight=\"bold\"", format!("{sign} ")),
            None => ("", String::new()),
        };
        let _ = writeln!(
            out,
            "<text class=\"ink\" x=\"8\" y=\"{}\"{weight} fill=\"#222222\">{}</text>",
            y + 20,
            line(&shortened(&format!("{sign}{name}"), 42))
        );
        for span in &lane.spans {
            bar(&mut out, span, &scale, y);
        }
        for moment in &lane.moments {
            mark(&mut out, moment, &scale, y);
        }
    }
    legend(&mut out, height);
    out.push_str("</svg>\n");
    out
}

/// What the colours mean.
fn legend(out: &mut String, height: i64) {
    let y = height - 24;
    let bars = [
        ("on sale", SALE),
        ("promotion", PROMOTION),
        ("coupon works", COUPON),
        ("access lasts", ACCESS),
    ];
    let marks = [
        ("cohort starts", STARTS),
        ("module or lesson opens", OPENS),
        ("access ends, instalment due", ENDS),
    ];
    let mut x = 8;
    for (number, (label, colour)) in bars.iter().chain(&marks).enumerate() {
        if number < bars.len() {
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"{}\" width=\"18\" height=\"8\" rx=\"3\" fill=\"{colour}\"/>",
                y - 8
            );
        } else {
            let _ = write!(
                out,
                "<circle{} cx=\"{}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"/>",
                class(colour),
                x + 12,
                y - 4
            );
        }
        let _ = writeln!(
            out,
            "<text class=\"soft\" x=\"{}\" y=\"{y}\" fill=\"#444444\">{label}</text>",
            x + 24
        );
        let letters = i64::try_from(label.len()).unwrap_or_default();
        x += 40 + letters * 7;
    }
}

/// Where instants stand.
struct Scale {
    from: Instant,
    to: Instant,
}

impl Scale {
    /// The place of an instant, kept inside of the chart.
    fn x(&self, at: Instant) -> i64 {
        let whole = (self.to - self.from).num_seconds().max(1);
        let part = (at - self.from).num_seconds().clamp(0, whole);
        LEFT + part * WIDTH / whole
    }
}

/// From the first to the last instant that is named, with a little room.
fn bounds(timeline: &Timeline) -> (Instant, Instant) {
    let of_spans = timeline.spans.iter().flat_map(|span| [span.from, span.to]);
    let of_moments = timeline.moments.iter().map(|moment| Some(moment.at));
    let mut all: Vec<Instant> = of_spans.chain(of_moments).flatten().collect();
    all.sort();
    let room = TimeDelta::days(7);
    let first = all.first().copied().unwrap_or(DateTime::UNIX_EPOCH);
    let last = all.last().copied().unwrap_or(first);
    (
        first.checked_sub_signed(room).unwrap_or(first),
        last.checked_add_signed(room).unwrap_or(last),
    )
}

/// A line and a label at the first of a month: of each, or of as many as have room.
fn months(out: &mut String, scale: &Scale, height: i64) {
    let days = (scale.to - scale.from).num_days();
    let room = WIDTH / LABEL;
    let step = [1_u32, 2, 3, 6, 12, 24, 60, 120, 600, 1_200]
        .into_iter()
        .find(|step| days / 30 / i64::from(*step) < room)
        .unwrap_or(12_000);
    let mut day = NaiveDate::from_ymd_opt(scale.from.year(), 1, 1);
    while let Some(first) = day {
        let at = first.and_time(chrono::NaiveTime::MIN).and_utc();
        if at > scale.to {
            break;
        }
        if at >= scale.from {
            let x = scale.x(at);
            let has_room = x + LABEL <= LEFT + WIDTH + 20;
            let label = if has_room {
                first.format("%Y-%m").to_string()
            } else {
                String::new()
            };
            let _ = writeln!(
                out,
                "<line class=\"rule\" x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\" stroke=\"#e0e0e0\"/>\
                 <text class=\"soft\" x=\"{}\" y=\"24\" fill=\"#666666\">{label}</text>",
                TOP - 16,
                height - LEGEND + 10,
                x + 2,
            );
        }
        day = first.checked_add_months(chrono::Months::new(step));
    }
}

fn bar(out: &mut String, span: &Span, scale: &Scale, y: i64) {
    let from = span.from.map_or(LEFT, |from| scale.x(from));
    let to = span.to.map_or(LEFT + WIDTH, |to| scale.x(to));
    let (colour, top, high) = match span.what {
        "promotion" => (PROMOTION, 4, 6),
        "discount" => (COUPON, 10, 10),
        "access" => (ACCESS, 22, 4),
        _ => (SALE, 10, 10),
    };
    let _ = writeln!(
        out,
        "<rect x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{high}\" rx=\"3\" fill=\"{colour}\">\
         <title>{}</title></rect>",
        y + top,
        (to - from).max(2),
        line(&span.label)
    );
}

fn mark(out: &mut String, moment: &Moment, scale: &Scale, y: i64) {
    // The ends of bars are seen already.
    let is_edge = matches!(
        moment.what,
        "sale-opens"
            | "sale-closes"
            | "sale-ends"
            | "promotion-begins"
            | "promotion-ends"
            | "discount-ends"
    );
    if is_edge {
        return;
    }
    let x = scale.x(moment.at);
    let colour = match moment.what {
        "opens" => OPENS,
        "starts" => STARTS,
        _ => ENDS,
    };
    let _ = writeln!(
        out,
        "<circle{} cx=\"{x}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"><title>{}</title></circle>",
        class(colour),
        y + 15,
        line(&format!("{} {}", moment.time, moment.text))
    );
}

/// What is as dark as ink is as light as ink on a dark page.
fn class(colour: &str) -> &'static str {
    if colour == STARTS {
        " class=\"ink\""
    } else {
        ""
    }
}
