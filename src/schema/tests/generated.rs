//! Schema and type accept and refuse the same documents, and what is refused is told.

use super::super::check::validator;
use super::super::generate::SCHEMAS;
use super::*;
use crate::yaml::to_json;
use fastrand::Rng;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Texts of every form, right and wrong ones; each is tried where any is asked for.
const TEXTS: &[&str] = &[
    "",
    "a",
    "web-dev",
    "none",
    "any",
    "all",
    "never",
    "unlimited",
    "staff",
    "no",
    "on",
    "yes",
    "null",
    "~",
    "true",
    "010",
    "1e3",
    "1:30",
    "09:00",
    "24:00",
    "9:00",
    "active",
    "draft",
    "static",
    "fr",
    "490.00 EUR",
    "490 EUR",
    "0 EUR",
    "-1.00 EUR",
    "490.001 EUR",
    "1.5 JPY",
    "100 JPY",
    "490 XAU",
    "010.00 EUR",
    "1234567890123 EUR",
    "490",
    "490  EUR",
    "10%",
    "0%",
    "101%",
    "010%",
    "12.5%",
    "12.555%",
    "-5%",
    "80 %",
    "30m",
    "1d12h",
    "2w",
    "6mo",
    "1h1d",
    "1d1d",
    "1234567m",
    "0m",
    "7 days",
    "1M",
    "2026-09-07",
    "2024-02-29",
    "2026-02-29",
    "1900-02-29",
    "2000-02-29",
    "0000-02-29",
    "0000-01-01",
    "2026-13-01",
    "2026-04-31",
    "2026-09-07T10:00",
    "2026-09-07T10:00:59",
    "2026-09-07T10:00:60",
    "2026-09-07T24:00",
    "2026-09-07T10:00Z",
    "2026-09-07T10:00+02:00",
    "2026-09-07T10:00-14:59",
    "2026-09-07T10:00+15:00",
    "0000-01-01T00:00+14:00",
    "0999-12-31",
    "1000-01-01T00:00+14:00",
    "1004-02-29",
    "1000-02-29",
    "1200-02-29",
    "9996-02-29",
    "9998-12-31T23:59-14:59",
    "9999-12-31T23:59-14:59",
    "2026-09-07T10:00z",
    "2026-9-7",
    "2026-09-07T10:00:00.5",
    "css/flexbox",
    "css/none",
    "all/x",
    "none/x",
    "css/",
    "/x",
    "css/x/y",
    "web-dev/css/flexbox",
    "a/b/c/d",
    "any-thing",
    "pass.discovery",
    "pack.x",
    "offer.a",
    "offer.none",
    "list.x",
    "pass.A",
    "pass",
    "coupon.x.y",
    "removed.x",
    "x-",
    "-x",
    "A",
    "é",
    "a b",
    "a_b",
    "١",
    "2026-٠9-07",
    "10\n",
    "a\n",
    "\n",
    "EUR",
    "XAU",
    "XXX",
    "eur",
    "Europe/Kyiv",
];

/// Keys that no schema has, and keys of free maps.
const KEYS: &[&str] = &[
    "zebra",
    "",
    "a",
    "web-dev",
    "none",
    "staff",
    "1",
    "010",
    "a b",
    "css/flexbox",
    "web-dev/css/flexbox",
    "pass.discovery",
    "x_y",
    "offer",
    "all",
    "null",
    "~",
    "a/b~c",
    "é",
];

pub(super) struct Maker<'s> {
    pub(super) root: &'s Value,
    pub(super) rng: Rng,
    /// How likely something is put in that does not belong, in a thousand.
    pub(super) mischief: u32,
}

impl Maker<'_> {
    fn odd(&mut self) -> bool {
        self.rng.u32(0..1000) < self.mischief
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.rng.usize(0..from.len())]
    }

    fn make(&mut self, schema: &Value, depth: usize) -> Value {
        if self.odd() {
            return self.anything(depth);
        }
        let schema = alternatives::resolved(self.root, schema);
        if let Some(branches) = alternatives::branches(schema) {
            // Deep down, unions of maps end in their first scalar or empty branch.
            let branch = &branches[self.rng.usize(0..branches.len())];
            return self.make(branch, depth.saturating_sub(1));
        }
        if let Some(constant) = schema.get("const") {
            return constant.clone();
        }
        let types: Vec<&str> = match &schema["type"] {
            Value::String(ty) => vec![ty.as_str()],
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            _ => return self.anything(depth),
        };
        match self.pick(&types) {
            "null" => Value::Null,
            "boolean" => self.rng.bool().into(),
            "integer" => self.number(schema),
            "string" => self.text(schema),
            "array" => {
                let count = if depth == 0 { 0 } else { self.rng.usize(0..3) };
                (0..count)
                    .map(|_| self.make(&schema["items"], depth - 1))
                    .collect()
            }
            "object" => self.map(schema, depth),
            other => panic!("{other}"),
        }
    }

    fn number(&mut self, schema: &Value) -> Value {
        let edges = ["minimum", "maximum"].map(|key| schema[key].as_i64().unwrap_or(5));
        match self.rng.u32(0..6) {
            0 => (edges[0] - 1).into(),
            1 => edges[0].into(),
            2 => edges[1].into(),
            3 => edges[1].saturating_add(1).into(),
            4 => json!(3.0),
            _ => self.rng.i64(0..40).into(),
        }
    }

    /// Mostly a text of the right form.
    fn text(&mut self, schema: &Value) -> Value {
        let pattern = schema["pattern"].as_str();
        if pattern.is_some() && self.rng.u32(0..8) > 0 {
            let examples: Vec<&str> = schema["examples"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if !examples.is_empty() {
                return self.pick(&examples).into();
            }
        }
        self.pick(TEXTS).into()
    }

    pub(super) fn map(&mut self, schema: &Value, depth: usize) -> Value {
        let mut map = Map::new();
        let required: Vec<&str> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let wanted = required.contains(&name.as_str());
            let put = if wanted {
                !self.odd()
            } else {
                depth > 0 && self.rng.u32(0..4) == 0
            };
            if put {
                let value = self.make(property, depth.saturating_sub(1));
                map.insert(name.clone(), value);
            }
        }
        let by_pattern = schema["patternProperties"]
            .as_object()
            .and_then(|all| all.values().next());
        let free = by_pattern.or(schema
            .get("additionalProperties")
            .filter(|free| free.is_object()));
        if let Some(free) = free {
            for _ in 0..self.rng.usize(0..3) {
                let key = self.pick(KEYS).to_owned();
                let value = self.make(free, depth.saturating_sub(1));
                map.insert(key, value);
            }
        }
        if self.odd() {
            let key = self.pick(KEYS).to_owned();
            let value = self.anything(depth);
            map.insert(key, value);
        }
        Value::Object(map)
    }

    fn anything(&mut self, depth: usize) -> Value {
        match self.rng.u32(0..9) {
            0 => Value::Null,
            1 => self.rng.bool().into(),
            2 => json!(7),
            3 => json!(1.5),
            4 => json!(1e20),
            5 if depth > 0 => json!([self.anything(depth - 1)]),
            6 if depth > 0 => {
                let key = self.pick(KEYS).to_owned();
                json!({ key: self.anything(depth - 1) })
            }
            7 => json!({}),
            _ => self.pick(TEXTS).into(),
        }
    }
}

/// A JSON value as YAML text: JSON is YAML, apart from the letters that YAML wants escaped.
fn yaml(value: &Value) -> String {
    value.to_string()
}

fn law(name: &str, seed: u64, mischief: u32) {
    let schema = &SCHEMAS[name];
    let mut maker = Maker {
        root: schema,
        rng: Rng::with_seed(seed),
        mischief: 0,
    };
    // The top is a map that says its kind; mischief begins below.
    let mut document = Map::new();
    maker.mischief = mischief;
    if let Value::Object(made) = maker.map(schema, 5) {
        document = made;
    }
    let is_project = name == PROJECT;
    if !is_project {
        document.insert("kind".to_owned(), name.into());
    }
    let text = yaml(&Value::Object(document));
    let node = tree(&text);
    let json = to_json(&node);
    let valid = validator(name).unwrap().is_valid(&json);

    let mut findings = Diagnostics::new();
    let accepted = if is_project {
        read_project(&node, &mut findings).is_some()
    } else {
        read_document(&node, Some("EUR"), &mut findings).is_some()
    };
    assert_eq!(
        valid, accepted,
        "schema: {valid}, type: {accepted}\n{text}\n{findings:#?}"
    );
    assert_eq!(findings.is_empty(), accepted, "{text}\n{findings:#?}");
    for finding in findings.iter() {
        assert_ne!(
            finding.label, "does not fit",
            "the type speaks for itself: {text}\n{finding:#?}"
        );
        assert_ne!(
            finding.label, "does not fit the schema",
            "{text}\n{finding:#?}"
        );
        assert!(
            text.get(finding.span.range()).is_some(),
            "{text}\n{finding:#?}"
        );
        assert!(
            !finding.message.contains("nothing, found"),
            "{text}\n{finding:#?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn schema_and_type_agree(seed: u64) {
        for name in KINDS.iter().map(|kind| kind.id).chain([PROJECT]) {
            for mischief in [0, 15, 80] {
                law(name, seed, mischief);
            }
        }
    }
}

/// Every text against every form of text.
#[test]
fn every_text_form_agrees_with_its_pattern() {
    use crate::kinds::{
        At, BuyableAddress, CourseLesson, CurrencyCode, Day, Discount, LessonName, LessonPath,
        PassAddress, Percent, PersonName, Price, Text, Until, VariableName, WrittenAddress,
    };
    use crate::model::{Duration, Name, TimeOfDay};

    fn agree<T: schemars::JsonSchema + serde::de::DeserializeOwned>() {
        let schema = schemars::schema_for!(T);
        let validator = jsonschema::options()
            .offline()
            .build(schema.as_value())
            .unwrap();
        let mut taken = 0;
        for text in TEXTS {
            let value = Value::from(*text);
            let schema_takes = validator.is_valid(&value);
            let type_takes = serde_json::from_value::<T>(value).is_ok();
            let name = T::schema_name();
            assert_eq!(schema_takes, type_takes, "{name} {text:?}");
            taken += usize::from(type_takes);
        }
        assert_ne!(taken, 0, "{}", T::schema_name());
    }

    agree::<At>();
    agree::<BuyableAddress>();
    agree::<CourseLesson>();
    agree::<CurrencyCode>();
    agree::<Day>();
    agree::<Discount>();
    agree::<Duration>();
    agree::<LessonName>();
    agree::<LessonPath>();
    agree::<Name>();
    agree::<PassAddress>();
    agree::<Percent>();
    agree::<PersonName>();
    agree::<Price>();
    agree::<Text>();
    agree::<TimeOfDay>();
    agree::<Until>();
    agree::<VariableName>();
    agree::<WrittenAddress>();
}
