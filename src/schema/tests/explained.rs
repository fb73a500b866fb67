//! What `explain` knows.

use super::*;

#[test]
fn kinds_and_fields_are_explained() {
    let offer = explain("offer").unwrap();
    assert_eq!(offer.example, crate::kinds::kind("offer").unwrap().example);
    assert!(offer.fields.iter().any(|field| field.name == "payment"));

    let parts = explain("offer.payment.installments").unwrap();
    assert_eq!(parts.title, "installments");
    assert_eq!(parts.description, "In parts.");
    assert!(parts.nullable && !parts.required);
    let names: Vec<&str> = parts
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["equal", "schedule"]);
    assert_eq!(
        parts.example,
        "installments:\n  schedule: [{ amount: 90.00 EUR }, { amount: 430.00 EUR, due: 2026-09-20 }]\n"
    );

    let due = explain("offer.payment.installments.schedule.due").unwrap();
    assert_eq!(
        due.form,
        "a date such as `2026-09-07`, or a time such as `2026-09-07T10:00`"
    );
    assert_eq!(due.example, "due: 2026-09-20\n");
    assert!(due.pattern.is_some());

    let status = explain("offer.status").unwrap();
    let values: Vec<&str> = status
        .values
        .iter()
        .map(|value| value.value.as_str())
        .collect();
    assert_eq!(values, ["draft", "published", "archived"]);
    assert_eq!(status.values[1].description, "On sale.");
    assert_eq!(status.default.as_deref(), Some("draft"));
    assert_eq!(
        explain("offer.listed").unwrap().default.as_deref(),
        Some("true")
    );

    let backend = explain("project.state.backend").unwrap();
    assert_eq!(backend.form, "`local`, `http`, `s3` or `postgres`");
    assert_eq!(backend.values.len(), 4);
    assert!(backend.required);
    assert_eq!(
        backend.description,
        "Which of the other fields belong here."
    );
    assert!(explain("coupon.code").unwrap().required);
    assert_eq!(
        explain("offer.products.access.for").unwrap().form,
        "a duration"
    );
    assert_eq!(
        explain("cohort.schedule.modules.css.lessons.flexbox.opens.after_access")
            .unwrap()
            .form,
        "a duration"
    );
    let filters = explain("list.where").unwrap();
    let bought = filters
        .fields
        .iter()
        .find(|field| field.name == "bought")
        .unwrap();
    assert_eq!(
        bought.summary,
        "Has bought an offer, or a course by any of its offers."
    );
    assert!(explain("list.where.all.progress.at_least").is_ok());
    assert!(explain("project.platform.provider").is_ok());
    assert_eq!(
        explain("bursar.yaml.version").unwrap().topic,
        "project.version"
    );
}

#[test]
fn what_is_near_is_named() {
    let near = |topic: &str| explain(topic).unwrap_err().nearest;
    assert_eq!(near("ofer").as_deref(), Some("offer"));
    assert_eq!(near("offer.paymnet").as_deref(), Some("offer.payment"));
    assert_eq!(
        near("offer.payment.instalments").as_deref(),
        Some("offer.payment.installments")
    );
    assert_eq!(near("offer.zebra").as_deref(), Some("offer"));
    assert_eq!(near("zebra"), None);
    assert_eq!(near(""), None);
}

/// Everything that can be asked for has an answer with words.
#[test]
fn every_field_of_every_kind_is_explained() {
    fn walk(topic: &str, depth: usize) {
        let explained = explain(topic).unwrap_or_else(|error| panic!("{error}"));
        assert!(!explained.form.is_empty(), "{topic}");
        for field in &explained.fields {
            assert!(
                !field.form.is_empty() && field.form != "nothing",
                "{topic}.{}",
                field.name
            );
            // Filters hold filters.
            if depth > 0 {
                walk(&format!("{topic}.{}", field.name), depth - 1);
            }
        }
    }
    for kind in KINDS {
        walk(kind.id, 3);
    }
    walk("project", 3);
}
