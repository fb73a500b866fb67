//! One journey from a command line.

use super::run;
use super::stage::Stage;
use super::story::Story;
use crate::domain::world::Assumptions;
use crate::kinds::test::Test;
use crate::kinds::{Link, Spec};
use crate::source::{FileId, Span};
use crate::yaml::{Mapping, Node, Value as NodeValue};
use serde_json::{Map, Value, json};

/// The name of the only person of a journey.
const PERSON: &str = "person";

/// What stands on the command line, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// `--at INSTANT`
    At(String),
    /// `--after DURATION`
    After(String),
    /// A word of a step.
    Word(String),
}

/// A journey that has been played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// What happened.
    pub story: Story,
    /// What could not be done.
    pub refused: Vec<String>,
}

/// A journey that has been read.
#[derive(Clone, Debug)]
pub struct Journey {
    test: Test,
}

/// Steps without arguments, with one, and the names that more may have.
const VERBS: &[(&str, bool, &[&str])] = &[
    ("opens-offer", true, &[]),
    ("submits-form", true, &[]),
    ("returns-from-payment", true, &[]),
    ("pays", true, &["coupon", "order"]),
    ("buys", true, &[]),
    ("completes", true, &[]),
    ("visits", true, &[]),
    ("logs-in", false, &[]),
    ("staff-creates-order", true, &["price", "paid"]),
    ("staff-edits-order", true, &["order", "price", "access"]),
    ("staff-extends", true, &["by"]),
    ("staff-freezes", true, &["for"]),
    ("staff-tags", true, &[]),
    ("staff-untags", true, &[]),
];

/// What a person is, by the words before `=`.
const TRAITS: &str = "tags, bought, lists, progress, completed, registered, last-seen, visited, \
                      webinars, field";

impl Journey {
    /// Reads a person and steps.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(person: &[String], pieces: &[Piece]) -> Result<Self, String> {
        let person = person_of(person)?;
        let timeline = timeline_of(pieces)?;
        let test = json!({
            "people": { PERSON: person },
            "timeline": timeline,
        });
        let test = serde_path_to_error::deserialize(test).map_err(
            |error: serde_path_to_error::Error<serde_json::Error>| error.inner().to_string(),
        )?;
        Ok(Journey { test })
    }

    /// What it refers to.
    pub fn links(&self) -> Vec<Link> {
        Spec::Test(Box::new(self.test.clone())).links()
    }

    /// What happens, up to the last instant named; and what could not be done.
    pub fn story(&self, stage: &Stage, assumptions: Assumptions) -> (Story, Vec<String>) {
        // A journey stands in no file.
        let node = Node {
            span: Span::start_of(FileId(0)),
            value: NodeValue::Mapping(Mapping::default()),
        };
        run::story(stage, &node, &self.test, assumptions)
    }
}

fn person_of(traits: &[String]) -> Result<Value, String> {
    let mut person = Map::new();
    for text in traits {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` says nothing of a person: write `tags=vip`"))?;
        let values = || value.split(',').map(str::trim).filter(|it| !it.is_empty());
        let list = |key: &str, person: &mut Map<String, Value>, items: Vec<Value>| {
            let all = person.entry(key).or_insert_with(|| json!([]));
            if let Some(all) = all.as_array_mut() {
                all.extend(items);
            }
        };
        let map = |key: &str, person: &mut Map<String, Value>, name: &str, value: &str| {
            let all = person.entry(key).or_insert_with(|| json!({}));
            if let Some(all) = all.as_object_mut() {
                all.insert(name.to_owned(), value.into());
            }
        };
        let pair = |text: &str| -> Result<(String, String), String> {
            text.split_once(':')
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .ok_or_else(|| format!("`{text}`: write `NAME:VALUE`"))
        };
        match key {
            "tags" | "lists" | "completed" | "visited" | "webinars" => {
                list(key, &mut person, values().map(Value::from).collect());
            }
            "bought" => {
                let items = values().map(bought).collect::<Result<_, _>>()?;
                list(key, &mut person, items);
            }
            "progress" => {
                for value in values() {
                    let (course, percent) = pair(value)?;
                    map(key, &mut person, &course, &percent);
                }
            }
            "field" => {
                let (name, value) = pair(value)?;
                map("fields", &mut person, &name, &value);
            }
            "registered" => drop(person.insert("registered".to_owned(), value.into())),
            "last-seen" | "last_seen" => drop(person.insert("last_seen".to_owned(), value.into())),
            _ => return Err(format!("a person has no `{key}`; there are {TRAITS}")),
        }
    }
    Ok(Value::Object(person))
}

/// `offer.web-dev`, or `offer.web-dev@2026-01-10T10:00`.
fn bought(text: &str) -> Result<Value, String> {
    let Some((address, at)) = text.split_once('@') else {
        return Ok(text.into());
    };
    let (kind, name) = address
        .split_once('.')
        .ok_or_else(|| format!("`{address}` is no address: write `offer.NAME@INSTANT`"))?;
    Ok(json!({ kind: name, "at": at }))
}

fn timeline_of(pieces: &[Piece]) -> Result<Vec<Value>, String> {
    let mut timeline = Vec::new();
    let mut words = pieces.iter().peekable();
    let mut time: Option<(&str, &str)> = None;
    while let Some(piece) = words.next() {
        let verb = match piece {
            Piece::At(at) => {
                // A time that nothing is done at is lived through, too.
                flush(&mut timeline, &mut time);
                time = Some(("at", at));
                continue;
            }
            Piece::After(after) => {
                flush(&mut timeline, &mut time);
                time = Some(("after", after));
                continue;
            }
            Piece::Word(verb) => verb.replace('_', "-"),
        };
        let Some((_, takes_one, named)) = VERBS.iter().find(|(known, ..)| *known == verb) else {
            let all: Vec<&str> = VERBS.iter().map(|(verb, ..)| *verb).collect();
            let help = match crate::diag::nearest(&verb, all.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", all.join(", ")),
            };
            return Err(format!("nobody `{verb}`: {help}"));
        };
        let mut argument = None;
        if *takes_one {
            match words.next() {
                Some(Piece::Word(word)) => argument = Some(word.as_str()),
                Some(Piece::At(_) | Piece::After(_)) | None => {
                    return Err(format!("`{verb}` what? Write `{verb} NAME`"));
                }
            }
        }
        let mut more = Map::new();
        while let Some(Piece::Word(word)) = words.peek() {
            let Some((name, value)) = word
                .split_once('=')
                .filter(|(name, _)| named.contains(name))
            else {
                break;
            };
            more.insert(name.to_owned(), number_or_text(value));
            words.next();
        }
        let (key, at) = time.take().unwrap_or(("after", "0m"));
        let deeds = deeds(&verb, argument, more);
        timeline.push(json!({ key: at, "do": deeds }));
    }
    flush(&mut timeline, &mut time);
    match timeline.first() {
        None => Err(
            "a journey has a time and steps: `--at 2026-09-01T10:00 opens-offer NAME`".to_owned(),
        ),
        Some(first) if first.get("at").is_none() => {
            Err("a journey begins with `--at INSTANT`".to_owned())
        }
        Some(_) => Ok(timeline),
    }
}

fn flush(timeline: &mut Vec<Value>, time: &mut Option<(&str, &str)>) {
    if let Some((key, at)) = time.take() {
        timeline.push(json!({ key: at }));
    }
}

fn number_or_text(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => text
            .parse::<i64>()
            .map_or_else(|_| text.into(), Value::from),
    }
}

/// A step in the form of a test's `do`.
fn deeds(verb: &str, argument: Option<&str>, mut more: Map<String, Value>) -> Value {
    let key = verb.replace('-', "_");
    let argument = argument.unwrap_or_default();
    if let Some(deed) = key.strip_prefix("staff_") {
        more.insert("person".to_owned(), PERSON.into());
        let of = if matches!(deed, "tags" | "untags") {
            "tag"
        } else {
            "offer"
        };
        more.insert(of.to_owned(), argument.into());
        if let Some(access) = more.get("access").cloned() {
            let term = match access.as_str() {
                Some("unlimited") | None => access,
                Some(text) if text.parse::<crate::model::Duration>().is_ok() => {
                    json!({ "for": text })
                }
                Some(text) => json!({ "until": text }),
            };
            more.insert("access".to_owned(), term);
        }
        return json!({ "staff": { deed: more } });
    }
    let what = match key.as_str() {
        "pays" => {
            more.insert("offer".to_owned(), argument.into());
            Value::Object(more)
        }
        "logs_in" => json!({}),
        _ => argument.into(),
    };
    json!({ PERSON: { key: what } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(line: &str) -> Vec<Piece> {
        let mut words = line.split(' ');
        let mut pieces = Vec::new();
        while let Some(word) = words.next() {
            pieces.push(match word {
                "--at" => Piece::At(words.next().unwrap().to_owned()),
                "--after" => Piece::After(words.next().unwrap().to_owned()),
                _ => Piece::Word(word.to_owned()),
            });
        }
        pieces
    }

    #[test]
    fn steps_are_read_in_their_order() {
        let line =
            "--at 2026-09-01T10:00 opens-offer x --after 31m pays x coupon=c logs-in --after 1d";
        let timeline = timeline_of(&pieces(line)).unwrap();
        let expected = json!([
            { "at": "2026-09-01T10:00", "do": { "person": { "opens_offer": "x" } } },
            { "after": "31m", "do": { "person": { "pays": { "coupon": "c", "offer": "x" } } } },
            { "after": "0m", "do": { "person": { "logs_in": {} } } },
            { "after": "1d" },
        ]);
        assert_eq!(Value::Array(timeline), expected);
    }

    #[test]
    fn staff_does_things_to_the_person() {
        let line =
            "--at 2026-09-01T10:00 staff-extends x by=7d staff-edits-order x order=2 access=6mo";
        let timeline = timeline_of(&pieces(line)).unwrap();
        let expected = json!([
            { "at": "2026-09-01T10:00",
              "do": { "staff": { "extends": { "by": "7d", "person": "person", "offer": "x" } } } },
            { "after": "0m", "do": { "staff": { "edits_order": {
                "order": 2, "access": { "for": "6mo" }, "person": "person", "offer": "x" } } } },
        ]);
        assert_eq!(Value::Array(timeline), expected);
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_right() {
        let error = |line: &str| timeline_of(&pieces(line)).unwrap_err();
        assert!(
            error("--at 2026-09-01T10:00 open-offer x").contains("did you mean `opens-offer`?")
        );
        assert!(error("--at 2026-09-01T10:00 pays").contains("pays NAME"));
        assert!(error("opens-offer x").contains("--at INSTANT"));
        assert!(
            person_of(&["vip".to_owned()])
                .unwrap_err()
                .contains("tags=vip")
        );
        assert!(
            person_of(&["tag=vip".to_owned()])
                .unwrap_err()
                .contains("tags, bought")
        );
    }

    #[test]
    fn people_have_what_tests_give_them() {
        let person = [
            "tags=vip,student",
            "bought=pass.a,offer.b@2026-01-10T10:00",
            "progress=c:80%",
        ];
        let person: Vec<String> = person.map(str::to_owned).into();
        let expected = json!({
            "tags": ["vip", "student"],
            "bought": ["pass.a", { "offer": "b", "at": "2026-01-10T10:00" }],
            "progress": { "c": "80%" },
        });
        assert_eq!(person_of(&person).unwrap(), expected);
    }
}
