//! A plan's counts as GitLab's `terraform` report, which a merge request shows.

use crate::plan::Counts;
use serde::{Deserialize, Serialize};

/// The report. GitLab's widget knows these three numbers and nothing else.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    create: usize,
    update: usize,
    delete: usize,
}

/// `{"create":1,"update":0,"delete":2}`, as Terraform's plans are counted there: a replacement is
/// created and deleted, what is retired is deleted. What no request is sent for (a new name,
/// something adopted as it is, forgotten, or done by hand) is not counted.
pub fn report(counts: Counts) -> String {
    let Counts {
        add,
        change,
        replace: _,
        retire,
        delete,
        adopt: _,
        moved: _,
        forget: _,
        manual: _,
    } = counts;
    let report = Report {
        create: add,
        update: change,
        delete: retire + delete,
    };
    serde_json::to_string(&report).unwrap_or_default() + "\n"
}

/// Whether a text is such a report.
pub fn is_report(text: &str) -> bool {
    serde_json::from_str::<Report>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_terraform_does() {
        // One is made, one replaced, one adopted and changed, one retired, one deleted; the rest
        // sends nothing.
        let counts = Counts {
            add: 2,
            change: 1,
            replace: 1,
            retire: 2,
            delete: 1,
            adopt: 1,
            moved: 4,
            forget: 5,
            manual: 6,
        };
        assert_eq!(report(counts), "{\"create\":2,\"update\":1,\"delete\":3}\n");
        let none = report(Counts::default());
        assert_eq!(none, "{\"create\":0,\"update\":0,\"delete\":0}\n");
    }

    #[test]
    fn knows_its_own_reports_alone() {
        assert!(is_report(&report(Counts::default())));
        for other in [
            "",
            "{}",
            "{\"create\":1,\"update\":0}",
            "{\"create\":1,\"update\":0,\"delete\":0,\"notes\":\"mine\"}",
            "{\"create\":-1,\"update\":0,\"delete\":0}",
            "[1,2,3]x",
        ] {
            assert!(!is_report(other), "{other}");
        }
    }
}
