//! What reading costs: `ceil(n / page)` requests for each kind that the project mentions, none per
//! object, and nothing but reads for a plan.

use crate::harness::{Platform, Project, Ran};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// 1,160 documents: every written kind has more than a page or exactly known fewer.
const UNITS: u64 = 40;
const PAGE: u64 = 100;

#[test]
fn a_plan_costs_a_request_a_page_and_nothing_else() {
    let project = Project::generated(29 * UNITS as usize, 3);
    project.with_far_platform(async |platform| {
        run(project.bursar(&["apply", "--auto-approve"]))
            .await
            .exits(0);
        platform.send("POST", "/_sandbox/reset-stats", None).await;
        let plan = run(project.bursar(&["plan", "--detailed-exitcode"]))
            .await
            .exits(0);
        assert!(plan.stdout.contains("No changes."), "{}", plan.stdout);

        // From the generator's table of a unit: courses are there for all, passes and packs once.
        let per_unit = [
            ("lists", 4),
            ("coupons", 4),
            ("offers", 6),
            ("letters", 5),
            ("scenarios", 4),
            ("passes", 1),
            ("packs", 1),
        ];
        let mut expected: BTreeMap<(String, String), u64> = per_unit
            .iter()
            .map(|(path, each)| {
                (
                    ("GET".to_owned(), format!("/{path}")),
                    (each * UNITS).div_ceil(PAGE),
                )
            })
            .collect();
        expected.insert(("GET".to_owned(), "/courses".to_owned()), 1);
        assert_eq!(stats(platform).await, expected);
    });
}

async fn stats(platform: &Platform) -> BTreeMap<(String, String), u64> {
    let (_, stats) = platform.send("GET", "/_sandbox/stats", None).await;
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    stats["requests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                (text(row, "method"), text(row, "path")),
                row["count"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// Runs the binary while the platform goes on serving it.
async fn run(mut command: Command) -> Ran {
    command
        .env("BURSAR_TOKEN", "sandbox")
        .env("BURSAR_ACCOUNT", "sandbox");
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
