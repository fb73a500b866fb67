//! A chart of sales, promotions, coupons and openings, a lane a document.

use crate::model::Instant;
use crate::render::terminal::mask;
use crate::simulate::{Moment, Span, Timeline};
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const LANE: i64 = 34;
const LEFT: i64 = 300;
const WIDTH: i64 = 900;
const TOP: i64 = 50;

/// What one document does.
#[derive(Default)]
struct Lane<'a> {
    spans: Vec<&'a Span>,
    moments: Vec<&'a Moment>,
}

/// A chart.
pub fn render(timeline: &Timeline, project: &str) -> String {
    let mut lanes: BTreeMap<&str, Lane<'_>> = BTreeMap::new();
    for span in &timeline.spans {
        lanes.entry(&span.of).or_default().spans.push(span);
    }
    for moment in &timeline.moments {
        lanes.entry(&moment.of).or_default().moments.push(moment);
    }
    let (from, to) = bounds(timeline);
    let scale = Scale { from, to };
    let height = TOP + LANE * i64::try_from(lanes.len()).unwrap_or(i64::MAX / LANE / 2) + 30;
    let width = LEFT + WIDTH + 20;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">"
    );
    let _ = writeln!(
        out,
        "<title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        text(&format!("{project}, times of {}", timeline.zone))
    );
    months(&mut out, &scale, height);
    for (row, (name, lane)) in (0_i64..).zip(&lanes) {
        let y = TOP + row * LANE;
        let _ = writeln!(
            out,
            "<text x=\"8\" y=\"{}\" fill=\"#222222\">{}</text>",
            y + 20,
            text(&shortened(name, 42))
        );
        for span in &lane.spans {
            bar(&mut out, span, &scale, y);
        }
        for moment in &lane.moments {
            mark(&mut out, moment, &scale, y);
        }
    }
    out.push_str("</svg>\n");
    out
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

/// A line and a label at the first of each month; of long times, of each year.
fn months(out: &mut String, scale: &Scale, height: i64) {
    let days = (scale.to - scale.from).num_days();
    let step = match days {
        ..=800 => 1,
        801..=2_500 => 3,
        _ => 12,
    };
    let mut day = NaiveDate::from_ymd_opt(scale.from.year(), 1, 1);
    while let Some(first) = day {
        let at = first.and_time(chrono::NaiveTime::MIN).and_utc();
        if at > scale.to {
            break;
        }
        if at >= scale.from {
            let x = scale.x(at);
            let _ = writeln!(
                out,
                "<line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\" stroke=\"#e0e0e0\"/>\
                 <text x=\"{}\" y=\"24\" fill=\"#666666\">{}</text>",
                TOP - 16,
                height - 20,
                x + 2,
                first.format("%Y-%m")
            );
        }
        day = first.checked_add_months(chrono::Months::new(step));
    }
}

fn bar(out: &mut String, span: &Span, scale: &Scale, y: i64) {
    let from = span.from.map_or(LEFT, |from| scale.x(from));
    let to = span.to.map_or(LEFT + WIDTH, |to| scale.x(to));
    let (colour, top, high) = match span.what {
        "promotion" => ("#f2a33c", 4, 8),
        "discount" => ("#8f7fd1", 10, 10),
        _ => ("#4f9d69", 10, 10),
    };
    let _ = writeln!(
        out,
        "<rect x=\"{from}\" y=\"{}\" width=\"{}\" height=\"{high}\" rx=\"3\" fill=\"{colour}\">\
         <title>{}</title></rect>",
        y + top,
        (to - from).max(2),
        text(&span.label)
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
        "opens" => "#2f6db5",
        "starts" => "#222222",
        _ => "#b5462f",
    };
    let _ = writeln!(
        out,
        "<circle cx=\"{x}\" cy=\"{}\" r=\"4\" fill=\"{colour}\"><title>{}</title></circle>",
        y + 15,
        text(&format!("{} {}", moment.time, moment.text))
    );
}

fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{kept}…")
}

/// Text that is no markup, and holds nothing that XML forbids.
fn text(raw: &str) -> String {
    let shown = mask(raw);
    shown
        .chars()
        .filter(|char| !matches!(char, '\u{fffe}' | '\u{ffff}'))
        .map(|char| match char {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '"' => "&quot;".to_owned(),
            char => char.to_string(),
        })
        .collect()
}
