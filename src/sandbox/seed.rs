//! What a new store is filled with: courses, and the people who bought something already.

use super::SandboxError;
use super::answer::Refusal;
use super::behaviour::{Pending, expect};
use super::resource::{Resource, resource};
use super::store::{Changes, Store, exists};
use crate::yaml::{DeError, Node, from_node};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A seed, as written in a file: see `docs/reference/sandbox-seed.md`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// Courses in the platform's form; `id` may be missing.
    #[serde(default)]
    pub courses: Vec<Value>,
    /// People.
    #[serde(default)]
    pub contacts: Vec<SeedContact>,
    /// Their orders.
    #[serde(default)]
    pub orders: Vec<SeedOrder>,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedContact {
    /// The e-mail address; no two are the same.
    pub email: String,
    /// What people call them.
    #[serde(default)]
    pub name: String,
    /// Marks that the school gave them.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Titles of the offers that they bought and paid.
    #[serde(default)]
    pub bought: Vec<String>,
    /// Titles of the lists that they are in.
    #[serde(default)]
    pub lists: Vec<String>,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedOrder {
    /// The e-mail address of a contact of the seed.
    pub contact: String,
    /// The offer's title.
    pub offer: String,
    /// Whether it is paid.
    #[serde(default)]
    pub paid: bool,
    /// The code of the coupon that was used.
    #[serde(default)]
    pub coupon: Option<String>,
}

/// The fact that a store was seeded.
const SEEDED: &str = "seeded";

impl Seed {
    /// Reads a seed from a YAML document.
    ///
    /// # Errors
    /// The first place at which it is not a seed.
    pub fn from_node(node: &Node) -> Result<Self, DeError> {
        from_node(node)
    }
}

/// Fills a store that was never seeded; does nothing to one that was.
pub(super) fn load_seed(store: &Store, seed: Seed) -> Result<(), SandboxError> {
    let Seed {
        courses,
        contacts,
        orders,
    } = seed;
    store
        .write(|changes| {
            let connection = changes.connection();
            let marked =
                connection.execute("INSERT OR IGNORE INTO facts VALUES (?, '1')", [SEEDED])?;
            if marked == 0 {
                return Ok(());
            }
            for (index, course) in courses.into_iter().enumerate() {
                add_course(changes, course).map_err(|why| within("courses", index, why))?;
            }
            let mut people = BTreeMap::new();
            for (index, contact) in contacts.into_iter().enumerate() {
                let (email, id) =
                    add_contact(changes, contact).map_err(|why| within("contacts", index, why))?;
                people.insert(email, id);
            }
            for (index, order) in orders.iter().enumerate() {
                let contact_id = people
                    .get(order.contact.trim())
                    .copied()
                    .ok_or_else(|| Refusal::Unknown(format!("contact `{}` in it", order.contact)));
                contact_id
                    .and_then(|contact_id| {
                        let pending = Pending::Order {
                            offer: &order.offer,
                            paid: order.paid,
                            coupon: order.coupon.as_deref(),
                        };
                        expect(changes, contact_id, &pending)
                    })
                    .map_err(|why| within("orders", index, why))?;
            }
            Ok(())
        })
        .map_err(|refusal| SandboxError::Seed {
            message: said(&refusal),
        })
}

/// Adds the courses whose id is not known yet.
pub(super) fn ensure_courses(store: &Store, courses: Vec<Value>) -> Result<(), SandboxError> {
    let new = store.read(|connection| {
        let of = course()?;
        let mut new = Vec::new();
        for body in courses {
            let known = match body.get("id").and_then(Value::as_i64) {
                Some(id) => exists(connection, of, id)?,
                None => false,
            };
            if !known {
                new.push(body);
            }
        }
        Ok(new)
    });
    let added = new.and_then(|new| {
        if new.is_empty() {
            return Ok(());
        }
        store.write(|changes| {
            new.into_iter().try_for_each(|body| {
                if body.get("id").is_none_or(Value::is_null) {
                    return Err(Refusal::invalid("id", "is required"));
                }
                add_course(changes, body)
            })
        })
    });
    added.map_err(|refusal| SandboxError::Course {
        message: said(&refusal),
    })
}

fn course() -> Result<&'static Resource, Refusal> {
    known("courses")
}

fn known(path: &str) -> Result<&'static Resource, Refusal> {
    resource(path).ok_or_else(|| Refusal::Unknown(format!("collection {path}")))
}

fn add_course(changes: &mut Changes<'_>, body: Value) -> Result<(), Refusal> {
    let Value::Object(mut body) = body else {
        return Err(Refusal::invalid("courses", "is a mapping"));
    };
    match body.shift_remove("id") {
        None | Some(Value::Null) => {
            changes.create(course()?, body)?;
        }
        Some(id) => match id.as_i64().filter(|id| *id > 0) {
            Some(id) => {
                changes.adopt(course()?, id, body)?;
            }
            None => return Err(Refusal::invalid("id", "is a whole number above 0")),
        },
    }
    Ok(())
}

fn add_contact(changes: &mut Changes<'_>, contact: SeedContact) -> Result<(String, i64), Refusal> {
    let SeedContact {
        email,
        name,
        tags,
        bought,
        lists,
    } = contact;
    let email = email.trim().to_owned();
    let body = match json!({ "email": email, "name": name, "tags": tags }) {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    let id = changes.create(known("contacts")?, body)?;
    for offer in &bought {
        let pending = Pending::Order {
            offer,
            paid: true,
            coupon: None,
        };
        expect(changes, id, &pending)?;
    }
    for list in &lists {
        expect(changes, id, &Pending::Member { list })?;
    }
    Ok((email, id))
}

/// Says in which entry of the seed something is wrong.
fn within(part: &str, index: usize, refusal: Refusal) -> Refusal {
    Refusal::Conflict(format!("{part}[{index}]: {}", said(&refusal)))
}

/// What a refusal says, as a fragment of a sentence.
fn said(refusal: &Refusal) -> String {
    if let Refusal::Invalid(errors) = refusal {
        let all: Vec<String> = errors
            .0
            .iter()
            .flat_map(|(field, messages)| messages.iter().map(move |it| format!("{field} {it}")))
            .collect();
        return all.join(", ");
    }
    let message = refusal.message();
    let message = message.strip_suffix('.').unwrap_or(&message);
    let mut letters = message.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
