//! What happens when, as JSON.

use super::FORMAT_VERSION;
use crate::model::{Instant, format_instant};
use crate::simulate::{Moment, Move, Relative, Shown, Span, Timeline};
use serde_json::{Value, json};

/// One object: moments, spans and what counts from something else.
pub fn render(timeline: &Timeline) -> String {
    let Timeline {
        zone,
        moments,
        spans,
        relative,
    } = timeline;
    let value = json!({
        "format_version": FORMAT_VERSION,
        "timezone": zone,
        "moments": moments.iter().map(moment).collect::<Vec<_>>(),
        "spans": spans.iter().map(span).collect::<Vec<_>>(),
        "relative": relative.iter().map(counted).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// What lasts at an instant.
pub fn lasting(spans: &[&Span], at: Instant, zone: &str) -> String {
    let value = json!({
        "format_version": FORMAT_VERSION,
        "timezone": zone,
        "at": format_instant(at),
        "spans": spans.iter().map(|it| span(it)).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

/// What moves between two revisions.
pub fn moves(moves: &[Move], since: &str) -> String {
    let moves = moves.iter().map(|it| match it {
        Move::Moved { before, after } => {
            json!({"change": "moved", "before": moment(before), "after": moment(after)})
        }
        Move::Appears(after) => json!({"change": "appears", "after": moment(after)}),
        Move::Disappears(before) => json!({"change": "disappears", "before": moment(before)}),
        Move::Begins(after) => json!({"change": "begins", "after": counted(after)}),
        Move::Ceases(before) => json!({"change": "ceases", "before": counted(before)}),
    });
    let value = json!({
        "format_version": FORMAT_VERSION,
        "since": since,
        "changes": moves.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn moment(moment: &Moment) -> Value {
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
    json!({
        "at": format_instant(*at),
        "local": time,
        "address": of,
        "event": what,
        "part": Some(part).filter(|part| !part.is_empty()),
        "group": cohort,
        "text": text,
        "whom": whom,
    })
}

fn counted(relative: &Relative) -> Value {
    let Relative {
        of,
        cohort,
        when,
        text,
        first,
        last,
    } = relative;
    let shown = |it: &Option<Shown>| {
        it.as_ref()
            .map(|it| json!({"at": format_instant(it.at), "local": it.time}))
    };
    json!({
        "address": of,
        "group": cohort,
        "when": when,
        "text": text,
        "first": shown(first),
        "last": shown(last),
    })
}

fn span(span: &Span) -> Value {
    let Span {
        of,
        what,
        cohort,
        from,
        to,
        label,
    } = span;
    json!({
        "address": of,
        "what": what,
        "group": cohort,
        "from": from.map(format_instant),
        "to": to.map(format_instant),
        "label": label,
    })
}
