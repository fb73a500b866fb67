//! `schemas/plan.schema.json` is generated from the types of the plan document.

use std::path::Path;

#[test]
fn the_schema_of_plans_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/plan.schema.json");
    let mut generated = serde_json::to_string_pretty(&bursar::plan::plan_schema()).unwrap();
    generated.push('\n');
    if std::env::var_os("BURSAR_UPDATE").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == generated,
        "run the tests with BURSAR_UPDATE=1 to write {path:?} anew"
    );
}
