//! The next launch, for machines.

use super::FORMAT_VERSION;
use crate::launch::{Changed, Decision, Kept, NextCohort, form_name};
use serde_json::{Value, json};

/// One document; `written` says whether the file is there now.
pub fn render(next: &NextCohort, file: &str, written: bool) -> String {
    let NextCohort {
        address,
        follows,
        file: _,
        launch,
        consequences,
        started,
        starts,
        days,
        renamed,
        changed,
        decisions,
        shared,
        left,
        before: _,
        text,
        ..
    } = next;
    let kept = |kept: &[Kept]| -> Vec<Value> {
        let each = |Kept { address, because }: &Kept| json!({ "address": address.to_string(), "because": because });
        kept.iter().map(each).collect()
    };
    let renamed = renamed
        .iter()
        .map(|(old, new)| json!({ "old": old.to_string(), "new": new.to_string() }));
    let dates = changed.iter().map(
        |Changed {
             address,
             path,
             old,
             new,
         }| {
            json!({
                "address": address.to_string(), "path": path.to_string(), "old": old, "new": new,
            })
        },
    );
    let decisions = decisions.iter().map(
        |Decision {
             topic,
             address,
             path,
             message,
         }| {
            json!({
                "topic": topic.as_str(),
                "address": address.to_string(),
                "path": path.as_ref().map(ToString::to_string),
                "message": message,
            })
        },
    );
    let local = |time: &chrono::NaiveDateTime| time.format("%Y-%m-%dT%H:%M:%S").to_string();
    let document = json!({
        "format_version": FORMAT_VERSION,
        "address": address.to_string(),
        "follows": follows.to_string(),
        "launch": form_name(*launch),
        "consequences": consequences,
        "started": local(started),
        "starts": local(starts),
        "days": days,
        "renamed": renamed.collect::<Vec<_>>(),
        "dates": dates.collect::<Vec<_>>(),
        "decisions": decisions.collect::<Vec<_>>(),
        "shared": kept(shared),
        "tests_left": kept(left),
        "file": file,
        "written": written,
        "text": text,
    });
    format!("{document:#}\n")
}
