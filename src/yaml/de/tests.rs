use super::*;
use crate::yaml::parse::tests::read;
use crate::yaml::{DeErrorKind, Place};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Offer {
    title: String,
    #[serde(default)]
    seats: Option<u8>,
    #[serde(default)]
    open: bool,
    #[serde(default)]
    access: Access,
    #[serde(default)]
    parts: Vec<Part>,
    #[serde(default)]
    seen: Seen<String>,
    #[serde(default)]
    names: BTreeMap<Key, i64>,
    #[serde(default)]
    window: Option<(u8, u8)>,
    #[serde(default)]
    price: Option<Price>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Access {
    #[default]
    Unlimited,
    Days(u16),
    Until {
        date: String,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(
    untagged,
    expecting = "a lesson's name, or a mapping of a module and its lessons"
)]
enum Part {
    Lesson(String),
    Module { module: String, lessons: Vec<i32> },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Price {
    Fixed { amount: i64 },
    Free,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Key(String);

/// A field that tells absence from null.
#[derive(Debug, Default, PartialEq)]
enum Seen<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Seen<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Seen<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or null")
            }
            fn visit_none<E>(self) -> Result<Seen<T>, E> {
                Ok(Seen::Null)
            }
            fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<Seen<T>, D::Error> {
                T::deserialize(value).map(Seen::Value)
            }
        }
        deserializer.deserialize_option(Reader(std::marker::PhantomData))
    }
}

fn offer(title: &str) -> Offer {
    Offer {
        title: title.into(),
        seats: None,
        open: false,
        access: Access::Unlimited,
        parts: Vec::new(),
        seen: Seen::Absent,
        names: BTreeMap::new(),
        window: None,
        price: None,
    }
}

#[test]
fn reads_what_fits() {
    let a = || offer("a");
    for (text, value) in [
        ("title: a", a()),
        ("{title: 'a', seats: ~, window: , price: null}", a()),
        (
            "{title: a, seats: 0xff, open: true}",
            Offer {
                seats: Some(255),
                open: true,
                ..a()
            },
        ),
        ("{title: a, access: unlimited}", a()),
        (
            "{title: a, access: {days: 7}}",
            Offer {
                access: Access::Days(7),
                ..a()
            },
        ),
        (
            "{title: a, access: {until: {date: 2026-09-07}}}",
            Offer {
                access: Access::Until {
                    date: "2026-09-07".into(),
                },
                ..a()
            },
        ),
        (
            "{title: a, parts: [x, {module: m, lessons: [1, -2]}]}",
            Offer {
                parts: vec![
                    Part::Lesson("x".into()),
                    Part::Module {
                        module: "m".into(),
                        lessons: vec![1, -2],
                    },
                ],
                ..a()
            },
        ),
        (
            "{title: a, seen: }",
            Offer {
                seen: Seen::Null,
                ..a()
            },
        ),
        (
            "{title: a, seen: no}",
            Offer {
                seen: Seen::Value("no".into()),
                ..a()
            },
        ),
        (
            "{title: a, names: {b: 1, 7: 2}}",
            Offer {
                names: [(Key("7".into()), 2), (Key("b".into()), 1)].into(),
                ..a()
            },
        ),
        (
            "{title: a, window: [1, 2]}",
            Offer {
                window: Some((1, 2)),
                ..a()
            },
        ),
        (
            "{title: a, price: {type: fixed, amount: 3}}",
            Offer {
                price: Some(Price::Fixed { amount: 3 }),
                ..a()
            },
        ),
        (
            "{title: a, price: {type: free}}",
            Offer {
                price: Some(Price::Free),
                ..a()
            },
        ),
    ] {
        assert_eq!(from_node::<Offer>(&read(text)), Ok(value), "{text}");
    }
}

/// Checks an error as `path: message`, its place and its help.
#[track_caller]
fn check(text: &str, error: &str, shown: &str, help: Option<&str>) {
    let node = read(text);
    let found = from_node::<Offer>(&node).expect_err(text);
    assert_eq!(found.to_string(), error, "{text}");
    assert_eq!(&text[found.span(&node).range()], shown, "{text}");
    assert_eq!(found.help.as_deref(), help, "{text}");
}

#[test]
fn says_what_does_not_fit_and_where() {
    for (text, error, shown, help) in [
        (
            "title: 010",
            "title: expected text, found the number 010",
            "010",
            Some("put it in quotes: \"010\""),
        ),
        (
            "title: 1.50",
            "title: expected text, found the number 1.50",
            "1.50",
            Some("put it in quotes: \"1.50\""),
        ),
        (
            "title: true",
            "title: expected text, found `true`",
            "true",
            Some("put it in quotes: \"true\""),
        ),
        ("title: ~", "title: expected text, found `~`", "~", None),
        ("title: ", "title: expected text, found nothing", "", None),
        (
            "title: [a]",
            "title: expected text, found a list",
            "[a]",
            None,
        ),
        (
            "title: {a: b}",
            "title: expected text, found a mapping",
            "{a: b}",
            None,
        ),
        (
            "{title: a, seats: '5'}",
            "seats: expected a whole number from 0 to 255, found the text `5`",
            "'5'",
            Some("remove the quotes"),
        ),
        (
            "{title: a, seats: 0400}",
            "seats: expected a whole number from 0 to 255, found the number 0400",
            "0400",
            None,
        ),
        (
            "{title: a, seats: -1}",
            "seats: expected a whole number from 0 to 255, found the number -1",
            "-1",
            None,
        ),
        (
            "{title: a, seats: 1.0}",
            "seats: expected a whole number from 0 to 255, found the number 1.0",
            "1.0",
            None,
        ),
        (
            "{title: a, open: yes}",
            "open: expected `true` or `false`, found the text `yes`",
            "yes",
            Some("write `true`"),
        ),
        (
            "{title: a, open: 1}",
            "open: expected `true` or `false`, found the number 1",
            "1",
            None,
        ),
        (
            "{title: a, tittle: b}",
            "tittle: unknown field `tittle`",
            "tittle",
            Some("did you mean `title`?"),
        ),
        (
            "{seats: 1}",
            "the field `title` is missing",
            "{seats: 1}",
            None,
        ),
        ("[a]", "expected a mapping, found a list", "[a]", None),
        (
            "{title: a, access: 7}",
            "access: expected one of `unlimited`, `days`, `until`, found the number 7",
            "7",
            None,
        ),
        (
            "{title: a, access: unlimitd}",
            "access: unknown value `unlimitd`",
            "unlimitd",
            Some("did you mean `unlimited`?"),
        ),
        (
            "{title: a, access: zebra}",
            "access: unknown value `zebra`",
            "zebra",
            Some("the values are `unlimited`, `days`, `until`"),
        ),
        (
            "{title: a, access: {dais: 7}}",
            "access.dais: unknown value `dais`",
            "dais",
            Some("did you mean `days`?"),
        ),
        (
            "{title: a, access: days}",
            "access: `days` needs a value",
            "days",
            Some("write `days: …`, or `{ days: … }` in one line"),
        ),
        (
            "{title: a, access: {days: x}}",
            "access.days: expected a whole number from 0 to 65535, found the text `x`",
            "x",
            None,
        ),
        (
            "{title: a, access: {unlimited: }}",
            "access.unlimited: `unlimited` takes no value",
            "unlimited",
            Some("write `unlimited` alone"),
        ),
        (
            "{title: a, access: {days: 1, until: 2}}",
            "access: expected exactly one key, found 2",
            "{days: 1, until: 2}",
            Some("keep one of `unlimited`, `days`, `until`"),
        ),
        (
            "{title: a, access: {until: {date: 5}}}",
            "access.until.date: expected text, found the number 5",
            "5",
            Some("put it in quotes: \"5\""),
        ),
        (
            "{title: a, parts: [x, 5]}",
            "parts[1]: a lesson's name, or a mapping of a module and its lessons",
            "5",
            None,
        ),
        (
            "{title: a, names: {b: x}}",
            "names.b: expected a whole number, found the text `x`",
            "x",
            None,
        ),
        (
            "{title: a, window: [1]}",
            "window: expected a list, found 1 item",
            "[1]",
            None,
        ),
        (
            "{title: a, window: [1, 2, 3]}",
            "window: expected 2 items, found 3",
            "[1, 2, 3]",
            None,
        ),
        (
            "{title: a, window: [1, b]}",
            "window[1]: expected a whole number from 0 to 255, found the text `b`",
            "b",
            None,
        ),
        (
            "{title: a, price: {type: fixd}}",
            "price.type: unknown value `fixd`",
            "fixd",
            Some("did you mean `fixed`?"),
        ),
        (
            "{title: a, price: {type: fixed, amount: 1.5}}",
            "price: expected a whole number, found the number 1.5",
            "{type: fixed, amount: 1.5}",
            None,
        ),
    ] {
        check(text, error, shown, help);
    }
}

#[test]
fn tells_sorts_of_errors_apart() {
    let error = |text: &str| from_node::<Offer>(&read(text)).unwrap_err();
    let unknown = error("{title: a, x: 1}");
    assert_eq!(
        unknown.kind,
        DeErrorKind::UnknownField { field: "x".into() }
    );
    assert_eq!(unknown.place, Place::Key);
    assert_eq!(unknown.known.len(), 9);
    let missing = error("{}");
    assert_eq!(
        missing.kind,
        DeErrorKind::MissingField {
            field: "title".into()
        }
    );
    let value = error("{title: a, access: x}");
    assert_eq!(value.kind, DeErrorKind::UnknownValue { value: "x".into() });
    assert_eq!(
        (value.place, value.known),
        (Place::Value, &["unlimited", "days", "until"][..])
    );
    assert_eq!(error("{title: 1}").kind, DeErrorKind::WrongType);
}

#[test]
fn a_type_speaks_for_itself() {
    #[derive(Debug)]
    struct Name;
    impl<'de> Deserialize<'de> for Name {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Reader;
            impl Visitor<'_> for Reader {
                type Value = Name;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a name such as `web-dev`")
                }
                fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
                    Err(E::custom(format_args!("`{text}` is not a name")))
                }
            }
            deserializer.deserialize_str(Reader)
        }
    }
    let error = |text: &str| from_node::<Vec<Name>>(&read(text)).unwrap_err();
    assert_eq!(
        error("[7]").to_string(),
        "[0]: expected a name such as `web-dev`, found the number 7"
    );
    assert_eq!(error("[A b]").to_string(), "[0]: `A b` is not a name");
    assert_eq!(error("[A b]").kind, DeErrorKind::Custom);
}

#[test]
fn reads_keys_as_types_ask_for_them() {
    let map = |text: &str| from_node::<BTreeMap<u16, bool>>(&read(text));
    assert_eq!(
        map("{1: true, '0x10': false}"),
        Ok([(1, true), (16, false)].into())
    );
    let error = map("{1: true, b: false}").unwrap_err();
    assert_eq!(
        error.to_string(),
        "b: expected a whole number from 0 to 65535, found the text `b`"
    );
    assert_eq!(error.place, Place::Key);
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Day {
        Mon,
        Tue,
    }
    let days = |text: &str| from_node::<BTreeMap<Day, u8>>(&read(text));
    assert_eq!(
        days("{tue: 2, mon: 1}"),
        Ok([(Day::Mon, 1), (Day::Tue, 2)].into())
    );
    assert_eq!(
        days("{tu: 2}").unwrap_err().to_string(),
        "tu: unknown value `tu`"
    );
}

#[test]
fn no_type_gets_a_float_or_a_guess() {
    assert!(from_node::<f64>(&read("1.5")).is_err());
    assert!(from_node::<f64>(&read("1")).is_err());
    assert!(from_node::<String>(&read("1.5")).is_err());
    assert!(from_node::<i64>(&read("1e3")).is_err());
    assert!(from_node::<i64>(&read("9223372036854775808")).is_err());
    assert!(from_node::<bool>(&read("'true'")).is_err());
    assert!(from_node::<String>(&read("null")).is_err());
    assert_eq!(
        from_node::<serde_json::Value>(&read("{a: [1, x, ~]}")),
        Ok(serde_json::json!({"a": [1, "x", null]}))
    );
    assert_eq!(from_node::<u64>(&read("7")), Ok(7));
    assert_eq!(from_node::<i64>(&read("-7")), Ok(-7));
    assert_eq!(from_node::<char>(&read("é")), Ok('é'));
    assert_eq!(from_node::<()>(&read("~")), Ok(()));
}
