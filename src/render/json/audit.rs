//! The audit of an apply: one JSON object a write.

use crate::model::{Address, Instant, RemoteId, Target, format_instant};
use serde_json::json;

/// What every line of one apply says.
#[derive(Clone, Debug)]
pub struct Head {
    /// The random name of this run; that of the lock.
    pub run: String,
    /// Who runs it, and where.
    pub user: String,
    /// The machine.
    pub host: String,
    /// The project's name.
    pub project: String,
    /// The environment, if the project has some.
    pub environment: Option<String>,
    /// The platform and account.
    pub target: Target,
    /// The plan's digest.
    pub plan: String,
    /// The digest of the compiled configuration.
    pub configuration: String,
    /// The revision of the project's repository, if it is in one.
    pub commit: Option<String>,
}

/// One write and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When its outcome was known.
    pub at: Instant,
    /// The step's number in the plan.
    pub step: u32,
    /// The object.
    pub address: &'a Address,
    /// What was done, in words.
    pub verb: &'a str,
    /// What was sent: `create`, `update`, `retire`, `delete`.
    pub operation: &'a str,
    /// The object's id, if it is known.
    pub id: Option<RemoteId>,
    /// What came of it.
    pub outcome: Outcome<'a>,
}

/// What came of a write.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// The platform has done it.
    Done,
    /// It was not done, and why.
    Failed(&'a str),
    /// It is not known whether it was done, and why; the next run looks it up.
    InDoubt(&'a str),
}

/// One write as a line.
pub fn line(head: &Head, entry: Entry<'_>) -> String {
    let Head {
        run,
        user,
        host,
        project,
        environment,
        target,
        plan,
        configuration,
        commit,
    } = head;
    let Entry {
        at,
        step,
        address,
        verb,
        operation,
        id,
        outcome,
    } = entry;
    let (outcome, error) = match outcome {
        Outcome::Done => ("done", None),
        Outcome::Failed(why) => ("failed", Some(why)),
        Outcome::InDoubt(why) => ("in_doubt", Some(why)),
    };
    let value = json!({
        "at": format_instant(at),
        "run": run,
        "user": user,
        "host": host,
        "project": project,
        "environment": environment,
        "target": { "provider": target.provider, "url": target.url, "account": target.account },
        "plan": plan,
        "configuration": configuration,
        "commit": commit,
        "step": step,
        "address": address.to_string(),
        "verb": verb,
        "operation": operation,
        "id": id.map(|id| id.0),
        "outcome": outcome,
        "error": error,
    });
    format!("{value}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_who_did_what_by_which_plan() {
        let head = Head {
            run: "r".into(),
            user: "olena".into(),
            host: "ci-7".into(),
            project: "school".into(),
            environment: None,
            target: Target {
                provider: "sandbox".into(),
                url: "embedded".into(),
                account: "a".into(),
            },
            plan: "p".into(),
            configuration: "c".into(),
            commit: Some("591ea12".into()),
        };
        let entry = Entry {
            at: crate::model::parse_instant("2026-09-01T10:00:00Z").unwrap(),
            step: 3,
            address: &Address::new("offer", "a"),
            verb: "activate",
            operation: "update",
            id: Some(RemoteId(7)),
            outcome: Outcome::InDoubt("no\nanswer"),
        };
        let text = line(&head, entry);
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = json!({
            "at": "2026-09-01T10:00:00Z", "run": "r", "user": "olena", "host": "ci-7",
            "project": "school", "environment": null,
            "target": { "provider": "sandbox", "url": "embedded", "account": "a" },
            "plan": "p", "configuration": "c", "commit": "591ea12", "step": 3,
            "address": "offer.a", "verb": "activate", "operation": "update", "id": 7,
            "outcome": "in_doubt", "error": "no\nanswer",
        });
        assert_eq!(read, expected);
    }
}
