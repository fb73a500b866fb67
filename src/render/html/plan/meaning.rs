//! What a plan means: refusals with their cures, what each change means for people, what was found.

use super::{changes, named, paragraph};
use crate::plan::{Change, Plan, Refusal};
use crate::render::human::Names;
use crate::render::human::plan::pieces::{deed, drift_line, happened, refused as in_words};
use crate::render::markup::line;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Why it must not be applied.
pub(super) fn refused(out: &mut String, refusals: &[Refusal]) {
    if refusals.is_empty() {
        return;
    }
    out.push_str(
        "<section class=\"refused\">\n<h2 id=\"refused\">Refused: it must not be applied</h2>\n<ul>\n",
    );
    for refusal in refusals {
        let _ = writeln!(
            out,
            "<li>{}<p><strong>What to do:</strong> {}</p></li>",
            line(&in_words(refusal)),
            line(&refusal.help)
        );
    }
    out.push_str("</ul>\n</section>\n");
}

/// What each change means, in the order of addresses.
pub(super) fn people(out: &mut String, plan: &Plan) {
    let mut by_address: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &plan.consequences.of {
        by_address.entry(&one.address).or_default().push(&one.text);
    }
    if by_address.is_empty() {
        let said = "Nothing is said of people: nobody is reached, as far as the platform tells.";
        paragraph(out, "note", said);
        return;
    }
    // Of two changes of one address the first is its own, the second what it leaves behind.
    let mut changes: BTreeMap<String, (usize, &Change)> = BTreeMap::new();
    for (number, change) in (1..).zip(&plan.changes) {
        let address = change.address.to_string();
        changes.entry(address).or_insert((number, change));
    }
    for (address, said) in by_address {
        match changes.get(address) {
            Some((number, change)) => {
                let (_, tone) = deed(change);
                let name = named(change, change.action.mark(), tone);
                let to = changes::id(*number);
                let _ = writeln!(
                    out,
                    "<h3>{name}</h3>\n<p class=\"note\"><a href=\"#{to}\">What changes in it</a></p>"
                );
            }
            None => {
                let _ = writeln!(out, "<h3><code>{}</code></h3>", line(address));
            }
        }
        out.push_str("<ul>\n");
        for text in said {
            let _ = writeln!(out, "<li>{}</li>", line(text));
        }
        out.push_str("</ul>\n");
    }
}

/// What an interrupted run had done, and what was changed on the platform.
pub(super) fn found(out: &mut String, plan: &Plan, names: &Names) {
    for settled in &plan.settled {
        paragraph(out, "note", &format!("Found: {}", line(settled)));
    }
    if plan.drift.is_empty() {
        return;
    }
    out.push_str("<h3>Changed outside of bursar</h3>\n");
    for change in &plan.drift {
        let (verb, sign, tone) = happened(change);
        let _ = writeln!(
            out,
            "<article>\n<h4>{}</h4>\n<p>{verb}</p>",
            named(change, sign, tone)
        );
        changes::drifted(out, change, names);
        out.push_str("</article>\n");
    }
    if let Some(drift) = drift_line(plan) {
        paragraph(out, "note", &line(&drift));
    }
    out.push_str("<h3>What this plan does</h3>\n");
}
