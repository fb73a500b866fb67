//! What a plan means for people, as people read it.

use super::line;
use crate::plan::{About, Consequence, Consequences, Deadline, Price, Reach, Way};
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::collections::BTreeMap;

/// The most prices and openings that are shown of one object; `--json` has them all.
const MOST_LINES: usize = 40;

/// The price of what cannot be bought like this any more.
pub(in crate::render) const NOT_TO_BE_HAD: &str = "not to be had";

/// What one change means.
#[derive(Debug, Default)]
pub(super) struct Meaning<'a> {
    said: Vec<&'a Consequence>,
    prices: Vec<&'a Price>,
}

/// What each change means, by address.
pub(super) fn by_address(consequences: &Consequences) -> BTreeMap<String, Meaning<'_>> {
    let mut meanings: BTreeMap<String, Meaning<'_>> = BTreeMap::new();
    for one in &consequences.of {
        let meaning = meanings.entry(one.address.clone()).or_default();
        meaning.said.push(one);
    }
    for price in &consequences.prices {
        let meaning = meanings.entry(price.address.clone()).or_default();
        meaning.prices.push(price);
    }
    meanings
}

impl Meaning<'_> {
    /// Its lines.
    pub(super) fn lines(self) -> Vec<String> {
        let Meaning { said, prices } = self;
        let mut lines = table(&prices);
        let mut openings = 0;
        for one in said {
            if one.about == About::Opening {
                openings += 1;
                if openings <= MOST_LINES {
                    lines.push(format!("  {}", one.text));
                }
            } else {
                lines.push(one.text.clone());
            }
        }
        lines.extend(more(openings));
        lines
    }
}

fn more(count: usize) -> Option<String> {
    let more = count.checked_sub(MOST_LINES).filter(|more| *more > 0)?;
    Some(format!("  … and {more} more (`--json` has all)"))
}

/// Prices, one a line. The one price of what is new stands among its fields already.
fn table(prices: &[&Price]) -> Vec<String> {
    let is_new = prices.iter().all(|price| price.before.is_none());
    if prices.is_empty() || (is_new && prices.iter().all(|price| price.way == Way::Full)) {
        return Vec::new();
    }
    let shown = || prices.iter().take(MOST_LINES);
    let width = shown().map(|price| label(price).chars().count()).max();
    let width = width.unwrap_or_default();
    let title = if is_new {
        "prices:"
    } else {
        "prices, before -> after:"
    };
    let mut lines = vec![title.to_owned()];
    lines.extend(shown().map(|price| {
        let label = label(price);
        let pad = " ".repeat(width.saturating_sub(label.chars().count()));
        format!("  {label}{pad}  {}", before_and_after(price))
    }));
    lines.extend(more(prices.len()));
    lines
}

/// How something is bought, in words.
pub(in crate::render) fn way(price: &Price) -> String {
    let code = price.coupon.as_deref().unwrap_or_default();
    match price.way {
        Way::Full => "full".to_owned(),
        Way::Promotion => "promotion".to_owned(),
        Way::Coupon => format!("coupon {code}"),
        Way::CouponInPromotion => format!("coupon {code}, promotion"),
    }
}

fn label(price: &Price) -> String {
    let way = way(price);
    if price.of == price.address {
        way
    } else {
        format!("{}, {way}", price.of)
    }
}

fn before_and_after(price: &Price) -> String {
    match (price.before, price.after) {
        (Some(before), Some(after)) if before == after => format!("{} (stays)", after.0),
        (Some(before), Some(after)) => format!("{} -> {}", before.0, after.0),
        (Some(before), None) => format!("{} -> {NOT_TO_BE_HAD}", before.0),
        (None, Some(after)) => after.0.to_string(),
        (None, None) => String::new(),
    }
}

/// Whom all changes together reach, and until when they must be applied.
pub(super) fn summary(out: &mut String, consequences: &Consequences, style: Style) {
    let reached: Vec<String> = consequences.reach.iter().filter_map(reach).collect();
    if !reached.is_empty() {
        line(out, format_args!("Reaches: {}.", reached.join(", ")));
    }
    if let Some(Deadline {
        at: _,
        address,
        why,
        text,
    }) = &consequences.must_be_applied_before
    {
        let head = format!("Must be applied before {}", escape(text));
        line(
            out,
            format_args!(
                "{}: {}: {}.",
                style.paint(Tone::Strong, head),
                escape(address),
                escape(why)
            ),
        );
    }
}

/// `24 clients`, `at least 24 clients`, `clients unknown`.
fn reach(reach: &Reach) -> Option<String> {
    let Reach {
        what,
        count,
        is_complete,
    } = *reach;
    let words = what.words(Some(count));
    match (count, is_complete) {
        (0, true) => None,
        (0, false) => Some(format!("{} unknown", what.words(None))),
        (count, true) => Some(format!("{count} {words}")),
        (count, false) => Some(format!("at least {count} {words}")),
    }
}
