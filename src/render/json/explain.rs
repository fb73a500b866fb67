//! Pages of `bursar explain` as JSON.

use crate::diag::{CODES, Code, Lock};
use crate::render::json::FORMAT_VERSION;
use crate::rules;
use crate::schema::{Explanation, FieldLine, ValueLine};
use serde_json::{Value, json};

/// Every code, in the order of the rule book.
pub fn codes() -> String {
    let rules: Vec<Value> = CODES.iter().map(|code| facts(*code)).collect();
    text(json!({ "rules": rules }))
}

/// The page of a finding's code, in Markdown under `page`.
pub fn code(code: Code) -> String {
    let mut facts = facts(code);
    facts["page"] = rules::page(code).into();
    text(json!({ "rule": facts }))
}

/// The page of an exit code.
pub fn exit(number: u8, word: &str, summary: &str, page: &str) -> String {
    text(json!({
        "exit_code": { "code": number, "name": word, "summary": summary, "page": page },
    }))
}

/// Every exit code with its number, name, summary and text.
pub fn exits(
    codes: impl Iterator<Item = (u8, &'static str, &'static str, &'static str)>,
) -> String {
    let codes = codes.map(|(number, name, summary, page)| {
        json!({ "code": number, "name": name, "summary": summary, "page": page })
    });
    text(json!({ "exit_codes": codes.collect::<Vec<_>>() }))
}

/// The page of a kind or a field.
pub fn page(explanation: &Explanation) -> String {
    let Explanation {
        topic,
        title,
        description,
        form,
        nullable,
        required,
        values,
        pattern,
        default,
        fields,
        example,
    } = explanation;
    let values = values.iter().map(
        |ValueLine { value, description }| json!({ "value": value, "description": description }),
    );
    let fields = fields.iter().map(|field| {
        let FieldLine {
            name,
            form,
            required,
            summary,
        } = field;
        json!({ "name": name, "form": form, "required": required, "summary": summary })
    });
    text(json!({
        "topic": {
            "name": topic,
            "summary": title,
            "description": description,
            "form": form,
            "nullable": nullable,
            "required": required,
            "values": values.collect::<Vec<_>>(),
            "pattern": pattern,
            "default": default,
            "fields": fields.collect::<Vec<_>>(),
            "example": example,
        },
    }))
}

fn facts(code: Code) -> Value {
    json!({
        "code": code.as_str(),
        "summary": code.summary(),
        "severity": code.default_severity().as_str(),
        "chapter": code.group(),
        "changeable": code.lock() == Lock::Free,
        "depends_on_clock": code.depends_on_clock(),
    })
}

fn text(mut value: Value) -> String {
    value["format_version"] = FORMAT_VERSION.into();
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_rule_says_what_it_weighs_and_brings_its_page() {
        let page = parsed(&code(Code::OpeningInThePast));
        assert_eq!(page["format_version"], "1.0");
        let rule = &page["rule"];
        assert_eq!(rule["code"], "opening-in-the-past");
        assert_eq!(rule["severity"], "warning");
        assert_eq!(rule["chapter"], "release schedule");
        assert_eq!(rule["changeable"], true);
        assert_eq!(rule["depends_on_clock"], true);
        assert!(rule["page"].as_str().unwrap().contains("## Why"));
        let locked = parsed(&code(Code::UnknownReference));
        assert_eq!(locked["rule"]["changeable"], false);
    }

    #[test]
    fn the_list_holds_every_rule() {
        let list = parsed(&codes());
        let rules = list["rules"].as_array().unwrap();
        let names = rules.iter().map(|rule| rule["code"].as_str().unwrap());
        assert!(names.eq(CODES.iter().map(|code| code.as_str())));
    }
}
