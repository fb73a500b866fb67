//! A scenario as a drawing: its steps from top to bottom with their waits, what they refer to on the right.
//!
//! Steps of a scenario are a chain, so a column of them has no arrows that cross. What they refer to is drawn
//! anew beside each: a page of a few words is read more easily than a net.

mod steps;

pub use steps::{Beside, Other, Scenario, Step, scenarios};

use super::{Marks, shortened};
use crate::render::markup::line;
use crate::simulate::{GraphBox, Shape};
use std::fmt::Write as _;

const BOX: i64 = 44;
const ROW: i64 = 56;
/// Room for what is written on the way to a step.
const WAY: i64 = 30;
const TOP: i64 = 8;
/// Where the columns begin, and how wide their boxes are.
const STEPS: (i64, i64) = (8, 230);
const REFERRED: (i64, i64) = (320, 230);
const FURTHER: (i64, i64) = (650, 230);
const WIDTH: i64 = 888;

/// The most columns of text in a box.
const MOST_TEXT: usize = 28;
/// The most columns of text on an arrow between two columns of boxes.
const MOST_LABEL: usize = 11;

/// The drawing. `name` makes the identities in it its own.
pub fn render(scenario: &Scenario<'_>, marks: &Marks, name: &str) -> String {
    let mut body = Body {
        out: String::new(),
        marks,
    };
    let mut y = TOP;
    let mut last: Option<i64> = None;
    for step in &scenario.steps {
        if let Some(last) = last {
            y += WAY;
            body.down(last + BOX, y, step.way);
        }
        body.node(step.at, STEPS, y);
        let mut beside_y = y;
        for beside in &step.beside {
            body.across(STEPS, y, REFERRED, beside_y, beside.to);
            body.node(beside.to.at, REFERRED, beside_y);
            let mut further_y = beside_y;
            for further in &beside.further {
                body.across(REFERRED, beside_y, FURTHER, further_y, *further);
                body.node(further.at, FURTHER, further_y);
                further_y += ROW;
            }
            if beside.more > 0 {
                let label = format!("… and {} more", beside.more);
                body.text(FURTHER.0, further_y + 4, &label, "soft");
                further_y += WAY;
            }
            beside_y = further_y.max(beside_y + ROW);
        }
        last = Some(y);
        y = beside_y.max(y + ROW) - (ROW - BOX);
    }
    let height = y + TOP;
    let title = scenario.head.lines.join(" ");
    let count = scenario.steps.len();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" \
         aria-labelledby=\"{name}-title {name}-desc\">\n<title id=\"{name}-title\">{}</title>\n\
         <desc id=\"{name}-desc\">{count} steps from top to bottom; beside each what it refers to.</desc>\n\
         <rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
        line(&title),
        body.out
    )
}

struct Body<'a> {
    out: String,
    marks: &'a Marks,
}

impl Body<'_> {
    /// A box with its lines, whole in its title.
    fn node(&mut self, it: &GraphBox, (x, width): (i64, i64), y: i64) {
        let mark = self.marks.get(&it.id);
        let class = if mark.is_some() { "box changed" } else { "box" };
        let thick = if mark.is_some() { 2 } else { 1 };
        let more = match it.shape {
            Shape::Event | Shape::End => " rx=\"22\"",
            Shape::Condition => " rx=\"4\" stroke-dasharray=\"5 3\"",
            Shape::Action => " rx=\"4\"",
            Shape::Object => "",
        };
        let whole = it.lines.join(" ");
        let _ = writeln!(
            self.out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{BOX}\"{more} \
             fill=\"#f4f6f8\" stroke=\"#57606a\" stroke-width=\"{thick}\"><title>{}</title></rect>",
            line(&whole)
        );
        let sign = mark.map_or_else(String::new, |mark| format!("{mark} "));
        let first = it.lines.first().map_or("", String::as_str);
        let first = format!("{sign}{first}");
        match it.lines.get(1) {
            Some(second) => {
                self.text(x + 12, y + 18, &first, "ink");
                self.text(x + 12, y + 34, second, "soft");
            }
            None => self.text(x + 12, y + 26, &first, "ink"),
        }
    }

    fn text(&mut self, x: i64, y: i64, text: &str, class: &str) {
        let fill = if class == "ink" { "#1b1f24" } else { "#57606a" };
        let _ = writeln!(
            self.out,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" fill=\"{fill}\">{}</text>",
            line(&shortened(text, MOST_TEXT))
        );
    }

    /// From a step to the next.
    fn down(&mut self, from: i64, to: i64, label: &str) {
        let x = STEPS.0 + 30;
        self.arrow(&format!("M{x} {from}V{}", to - 7), x, to, Points::Down);
        self.text(x + 10, to - 10, label, "soft");
    }

    /// Between a box and one of the next column.
    fn across(
        &mut self,
        (left, width): (i64, i64),
        left_y: i64,
        (right, _): (i64, i64),
        right_y: i64,
        other: Other<'_>,
    ) {
        let (from, middle) = (left + width, left + width + 10);
        let (y, to) = (left_y + BOX / 2, right_y + BOX / 2);
        if other.leads_here {
            let path = format!("M{} {y}H{middle}V{to}H{right}", from + 7);
            self.arrow(&path, from, y, Points::Left);
        } else {
            let path = format!("M{from} {y}H{middle}V{to}H{}", right - 7);
            self.arrow(&path, right, to, Points::Right);
        }
        if !other.label.is_empty() {
            let label = shortened(other.label, MOST_LABEL);
            self.text(middle + 4, to - 5, &label, "soft");
        }
    }

    fn arrow(&mut self, path: &str, x: i64, y: i64, points: Points) {
        let head = match points {
            Points::Down => "l-4 -8h8z",
            Points::Left => "l8 -4v8z",
            Points::Right => "l-8 -4v8z",
        };
        let _ = writeln!(
            self.out,
            "<path class=\"arrow\" d=\"{path}\" fill=\"none\" stroke=\"#57606a\"/>\
             <path class=\"head\" d=\"M{x} {y}{head}\" fill=\"#57606a\"/>"
        );
    }
}

/// Where an arrow points.
#[derive(Clone, Copy, Debug)]
enum Points {
    Down,
    Left,
    Right,
}
