//! The people of the platform live: orders, payments, lists, scenarios, letters, lessons, by the same
//! pure functions that tests of a configuration use.
//!
//! What happens to a school and its people from outside is written down, entry by entry, with its
//! instant. A world is made from the entries again by each process; it makes the same events every
//! time, so that nothing of it has to be kept. What follows for the platform's own objects (orders,
//! members, letters sent) is written back once.
//!
//! Life begins with the first request that asks for it. Until then nothing is written down: a store
//! that only keeps objects pays nothing.

use super::super::answer::Refusal;
use super::super::clock::Clock;
use super::super::resource::{Resource, resource};
use super::super::store::{Change, Changes, Store};
use super::id;
use crate::domain::world::{Assumptions, By, Event, Id, School, What, World};
use crate::domain::zone::Zone;
use crate::kinds::WireMoney;
use crate::model::{Instant, format_instant, parse_instant};
use entry::{Entry, Past};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

mod deed;
mod entry;

pub(in crate::sandbox) use deed::command;

/// The tables of a store whose people live.
const LAYOUT: &str = "
CREATE TABLE life (
    key   INTEGER PRIMARY KEY,
    at    TEXT NOT NULL,
    entry TEXT NOT NULL
);
CREATE TABLE outbox (
    key        INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    contact_id INTEGER NOT NULL,
    letter_id  INTEGER NOT NULL,
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    html       TEXT NOT NULL,
    body       TEXT NOT NULL
);
";

/// The fact that says how many events have been written back.
const WRITTEN: &str = "life.written";
/// The fact that says in which time zone days are counted.
const ZONE: &str = "life.zone";

/// The collections that a world knows.
const COLLECTIONS: &[&str] = &[
    "courses",
    "offers",
    "coupons",
    "lists",
    "scenarios",
    "passes",
    "packs",
];

/// A world, how far it has read, and which orders are which.
#[derive(Debug)]
pub(in crate::sandbox) struct Life {
    pub(in crate::sandbox) world: World,
    read: i64,
    orders: BTreeMap<u64, i64>,
}

/// Does something with the people's life, after everything that is due by now has happened.
pub(in crate::sandbox) fn live<T>(
    store: &Store,
    zone: &Zone,
    work: impl FnOnce(&mut Changes<'_>, &mut Life) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    store.live(|changes, cached| {
        let now = Clock::load(changes.connection())?.now();
        begin(changes, zone, now)?;
        // Taken out: what fails half way is read anew.
        let mut life = match cached.take() {
            Some(life) => life,
            None => Life::empty(changes.connection(), now)?,
        };
        life.catch_up(changes.connection())?;
        life.world.advance(now);
        let done = work(changes, &mut life)?;
        life.write_back(changes)?;
        *cached = Some(life);
        Ok(done)
    })
}

/// Whether the people of a store live.
pub(in crate::sandbox) fn has_begun(connection: &Connection) -> Result<bool, Refusal> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'life'")?
        .exists([])?)
}

/// Writes down everything that there is, once.
fn begin(changes: &mut Changes<'_>, zone: &Zone, now: Instant) -> Result<(), Refusal> {
    if has_begun(changes.connection())? {
        return Ok(());
    }
    let connection = changes.connection();
    connection.execute_batch(LAYOUT)?;
    connection.execute("INSERT INTO facts VALUES (?, ?)", [ZONE, zone.name()])?;
    for collection in COLLECTIONS {
        let mut rows =
            connection.prepare("SELECT id, body FROM objects WHERE collection = ? ORDER BY id")?;
        let rows = rows
            .query_map([collection], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for (id, body) in rows {
            let entry = Entry::Object {
                collection: (*collection).to_owned(),
                id,
                body: Some(parsed(&body)?),
            };
            write(connection, now, &entry)?;
        }
    }
    let mut rows = connection
        .prepare("SELECT id, body FROM objects WHERE collection = 'contacts' ORDER BY id")?;
    let contacts = rows
        .query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    for (id, body) in contacts {
        let entry = Entry::Contact {
            id,
            tags: tags(&parsed(&body)?),
            orders: past_orders(connection, id, now)?,
            lists: lists_of(connection, id)?,
            registers: false,
        };
        write(connection, now, &entry)?;
    }
    Ok(())
}

fn past_orders(connection: &Connection, contact: i64, now: Instant) -> Result<Vec<Past>, Refusal> {
    let mut rows = connection.prepare_cached(
        "SELECT o.id, o.body, o.created_at FROM purchases p
         JOIN objects o ON o.collection = 'orders' AND o.id = p.order_id
         WHERE p.contact_id = ? ORDER BY o.id",
    )?;
    let rows = rows
        .query_map([contact], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, String>(2)?,
            ))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let mut past = Vec::with_capacity(rows.len());
    for (order, body, created_at) in rows {
        let body = parsed(&body)?;
        let made = parse_instant(&created_at).unwrap_or(now).min(now);
        past.extend(id(&body, "offer_id").map(|offer| Past {
            order,
            offer,
            at: format_instant(made),
            price: price(&body),
            paid: is_paid(&body),
        }));
    }
    Ok(past)
}

fn lists_of(connection: &Connection, contact: i64) -> Result<Vec<i64>, Refusal> {
    Ok(connection
        .prepare_cached("SELECT holder_id FROM members WHERE member_id = ? ORDER BY holder_id")?
        .query_map([contact], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// Writes down what was done to the platform's objects, if its people live.
pub(in crate::sandbox) fn note(
    changes: &Changes<'_>,
    of: &Resource,
    object: i64,
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Result<(), Refusal> {
    let connection = changes.connection();
    if changes.is_life() || !has_begun(connection)? {
        return Ok(());
    }
    let entry = match of.path() {
        path if COLLECTIONS.contains(&path) => Some(Entry::Object {
            collection: path.to_owned(),
            id: object,
            body: after.cloned(),
        }),
        "contacts" => match (before, after) {
            (None, Some(after)) => Some(Entry::Contact {
                id: object,
                tags: tags(after),
                orders: Vec::new(),
                lists: Vec::new(),
                registers: true,
            }),
            (Some(_), Some(after)) => Some(Entry::Tags {
                contact: object,
                tags: tags(after),
            }),
            (_, None) => None,
        },
        "orders" => after.and_then(|after| {
            let contact = id(after, "contact_id")?;
            let offer = id(after, "offer_id")?;
            Some(match before {
                None => Entry::Order {
                    order: object,
                    contact,
                    offer,
                    price: price(after),
                    paid: is_paid(after),
                },
                Some(before) => Entry::OrderEdited {
                    order: object,
                    contact,
                    price: price(after).filter(|_| price(before) != price(after)),
                    paid: is_paid(after) && !is_paid(before),
                },
            })
        }),
        _ => None,
    };
    match entry {
        Some(entry) => write(connection, Clock::load(connection)?.now(), &entry),
        None => Ok(()),
    }
}

/// Writes down that a person was put into a list, or taken out, by hand.
pub(super) fn note_member(
    changes: &Changes<'_>,
    list: i64,
    contact: i64,
    is_in: bool,
) -> Result<(), Refusal> {
    let connection = changes.connection();
    if changes.is_life() || !has_begun(connection)? {
        return Ok(());
    }
    let entry = Entry::Member {
        list,
        contact,
        is_in,
    };
    write(connection, Clock::load(connection)?.now(), &entry)
}

/// Writes an entry down.
fn write(connection: &Connection, at: Instant, entry: &Entry) -> Result<(), Refusal> {
    let text = serde_json::to_string(entry).map_err(|error| Refusal::Broken(error.to_string()))?;
    connection
        .prepare_cached("INSERT INTO life (at, entry) VALUES (?, ?)")?
        .execute([format_instant(at), text])?;
    Ok(())
}

fn parsed(body: &str) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_str(body).map_err(|error| Refusal::Broken(error.to_string()))
}

fn tags(contact: &Map<String, Value>) -> Vec<String> {
    let tags = contact.get("tags").and_then(Value::as_array);
    let tags = tags.into_iter().flatten().filter_map(Value::as_str);
    tags.map(str::to_owned).collect()
}

fn price(order: &Map<String, Value>) -> Option<WireMoney> {
    serde_json::from_value(order.get("price")?.clone()).ok()
}

fn is_paid(order: &Map<String, Value>) -> bool {
    super::text(order, "paid_status") == "paid"
}

impl Life {
    fn empty(connection: &Connection, now: Instant) -> Result<Self, Refusal> {
        let first: Option<String> = connection
            .prepare_cached("SELECT at FROM life ORDER BY key LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?;
        let zone: String = connection
            .prepare_cached("SELECT value FROM facts WHERE name = ?")?
            .query_row([ZONE], |row| row.get(0))?;
        let zone = Zone::get(&zone).unwrap_or_else(|_| Zone::utc());
        let start = first.and_then(|at| parse_instant(&at)).unwrap_or(now);
        Ok(Life {
            world: World::new(School::empty(zone), Assumptions::default(), start),
            read: 0,
            orders: BTreeMap::new(),
        })
    }

    /// Takes in what was written down since.
    fn catch_up(&mut self, connection: &Connection) -> Result<(), Refusal> {
        let mut rows = connection
            .prepare_cached("SELECT key, at, entry FROM life WHERE key > ? ORDER BY key")?;
        let rows = rows
            .query_map([self.read], |row| {
                Ok((
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                ))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        // Objects that come one after another are one change of the school.
        let mut school: Option<School> = None;
        for (key, at, entry) in rows {
            let entry: Entry =
                serde_json::from_str(&entry).map_err(|error| Refusal::Broken(error.to_string()))?;
            let at = parse_instant(&at)
                .ok_or_else(|| Refusal::Broken(format!("`{at}` is no instant")))?;
            if (at > self.world.now() || !matches!(entry, Entry::Object { .. }))
                && let Some(school) = school.take()
            {
                self.world.reconfigure(school);
            }
            self.world.advance(at);
            match entry {
                Entry::Object {
                    collection,
                    id,
                    body,
                } => {
                    let school = school.get_or_insert_with(|| self.world.school().clone());
                    entry::change(school, &collection, id, body);
                }
                other => self.apply(other),
            }
            self.read = key;
        }
        if let Some(school) = school {
            self.world.reconfigure(school);
        }
        Ok(())
    }

    /// A person does something, or something is done to them.
    pub(in crate::sandbox) fn act(
        &mut self,
        changes: &Changes<'_>,
        contact: Id,
        deed: &Value,
    ) -> Result<(), Refusal> {
        let command = command(deed)?;
        self.world
            .act(contact, command)
            .map_err(|refusal| Refusal::invalid("deed", deed::refused(&refusal)))?;
        let connection = changes.connection();
        let entry = Entry::Deed {
            contact,
            deed: deed.clone(),
        };
        write(connection, self.world.now(), &entry)?;
        self.read = connection.last_insert_rowid();
        Ok(())
    }

    /// What has happened since it was last written back becomes orders, members and letters.
    fn write_back(&mut self, changes: &mut Changes<'_>) -> Result<(), Refusal> {
        let written: Option<String> = changes
            .connection()
            .prepare_cached("SELECT value FROM facts WHERE name = ?")?
            .query_row([WRITTEN], |row| row.get(0))
            .optional()?;
        let first = written.is_none();
        let written: usize = written
            .and_then(|written| written.parse().ok())
            .unwrap_or_default();
        changes.begin_life();
        if first {
            self.fill_lists(changes)?;
        }
        let events: Vec<Event> = self
            .world
            .events()
            .get(written..)
            .unwrap_or_default()
            .to_vec();
        for event in &events {
            self.reflect(changes, event)?;
        }
        changes.end_life();
        changes
            .connection()
            .prepare_cached("INSERT OR REPLACE INTO facts VALUES (?, ?)")?
            .execute([WRITTEN, &self.world.events().len().to_string()])?;
        Ok(())
    }

    /// Segments fill themselves from the beginning.
    fn fill_lists(&self, changes: &mut Changes<'_>) -> Result<(), Refusal> {
        for (contact, person) in self.world.people() {
            for list in person.lists.keys() {
                member(changes, *list, contact, true)?;
            }
        }
        Ok(())
    }

    fn reflect(&mut self, changes: &mut Changes<'_>, event: &Event) -> Result<(), Refusal> {
        let Event {
            at,
            person,
            what,
            by,
        } = event;
        match what {
            What::OrderMade {
                order,
                offer,
                price,
            } if !self.orders.contains_key(order) && *by != By::Staff => {
                let Some(orders) = resource("orders") else {
                    return Ok(());
                };
                let body = json!({
                    "contact_id": person,
                    "offer_id": offer,
                    "price": price.map(WireMoney),
                    "paid_status": "unpaid",
                });
                if let Value::Object(body) = body {
                    let made = changes.create(orders, body)?;
                    self.map(changes.connection(), *order, made)?;
                }
            }
            What::Paid { order, coupon, .. } => {
                let (Some(object), Some(orders)) = (self.orders.get(order), resource("orders"))
                else {
                    return Ok(());
                };
                let of = self.world.person(*person).and_then(|person| {
                    let mut orders = person.orders.iter();
                    orders.find(|known| known.number == *order)
                });
                let mut body = Map::new();
                body.insert("paid_status".to_owned(), "paid".into());
                if let Some(price) = of.and_then(|order| order.price) {
                    let price = serde_json::to_value(WireMoney(price)).unwrap_or_default();
                    body.insert("price".to_owned(), price);
                }
                if let Some(coupon) = coupon {
                    body.insert("coupon_id".to_owned(), (*coupon).into());
                }
                changes.update(orders, *object, Change::Merge(body))?;
            }
            What::Entered { list } => member(changes, *list, *person, true)?,
            What::Left { list } => member(changes, *list, *person, false)?,
            What::LetterSent { letter } => send(changes, *at, *person, *letter)?,
            // They change no object of the platform.
            What::OrderMade { .. }
            | What::NothingSold { .. }
            | What::Overdue { .. }
            | What::Bought { .. }
            | What::AccessBegan { .. }
            | What::AccessExtended { .. }
            | What::AccessFrozen { .. }
            | What::AccessEnded { .. }
            | What::LessonOpened { .. }
            | What::Completed { .. }
            | What::CompletedCourse { .. }
            | What::Registered
            | What::Visited { .. }
            | What::LoggedIn
            | What::Tagged { .. }
            | What::Untagged { .. }
            | What::Points { .. }
            | What::Copied { .. }
            | What::Started { .. }
            | What::Waits { .. }
            | What::Asked { .. }
            | What::Acted { .. }
            | What::Cancelled { .. }
            | What::Runaway => {}
        }
        Ok(())
    }

    /// Remembers which object an order of the world is.
    fn map(&mut self, connection: &Connection, number: u64, order: i64) -> Result<(), Refusal> {
        self.orders.insert(number, order);
        let entry = Entry::Numbered { number, order };
        write(connection, self.world.now(), &entry)?;
        self.read = connection.last_insert_rowid();
        Ok(())
    }
}

/// A contact is in a list, or is not.
fn member(changes: &mut Changes<'_>, list: i64, contact: i64, is_in: bool) -> Result<(), Refusal> {
    let sql = if is_in {
        "INSERT OR IGNORE INTO members VALUES (?, ?)"
    } else {
        "DELETE FROM members WHERE holder_id = ? AND member_id = ?"
    };
    changes
        .connection()
        .prepare_cached(sql)?
        .execute(params![list, contact])?;
    if let Some(lists) = resource("lists") {
        changes.touch(lists, list);
    }
    Ok(())
}

/// A letter lies in the outbox, as it stands when it is sent.
fn send(changes: &mut Changes<'_>, at: Instant, contact: i64, letter: i64) -> Result<(), Refusal> {
    let connection = changes.connection();
    let body = |collection: &str, id: i64| -> Result<Map<String, Value>, Refusal> {
        let body: Option<String> = connection
            .prepare_cached("SELECT body FROM objects WHERE collection = ? AND id = ?")?
            .query_row(params![collection, id], |row| row.get(0))
            .optional()?;
        body.map_or_else(|| Ok(Map::new()), |body| parsed(&body))
    };
    let (letter_body, person) = (body("letters", letter)?, body("contacts", contact)?);
    let email = super::text(&person, "email");
    let name = match super::text(&person, "name") {
        "" => email,
        name => name,
    };
    let plain = |text: &str| {
        text.replace("{{ contact.name }}", name)
            .replace("{{ contact.email }}", email)
    };
    let html = super::text(&letter_body, "html")
        .replace("{{ contact.name }}", &escaped(name))
        .replace("{{ contact.email }}", &escaped(email));
    connection
        .prepare_cached(
            "INSERT INTO outbox (at, contact_id, letter_id, recipient, subject, html, body)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            format_instant(at),
            contact,
            letter,
            email,
            plain(super::text(&letter_body, "subject")),
            html,
            plain(super::text(&letter_body, "text")),
        ])?;
    Ok(())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// The letters that were sent, oldest first, of everyone or of one contact.
pub(in crate::sandbox) fn outbox(
    connection: &Connection,
    contact: Option<i64>,
) -> Result<Vec<Value>, Refusal> {
    let mut rows = connection.prepare_cached(
        "SELECT at, contact_id, letter_id, recipient, subject, html, body FROM outbox
         WHERE ?1 IS NULL OR contact_id = ?1 ORDER BY key",
    )?;
    let letters = rows.query_map([contact], |row| {
        Ok(json!({
            "sent_at": row.get::<_, String>(0)?,
            "contact_id": row.get::<_, i64>(1)?,
            "letter_id": row.get::<_, i64>(2)?,
            "to": row.get::<_, String>(3)?,
            "subject": row.get::<_, String>(4)?,
            "html": row.get::<_, String>(5)?,
            "text": row.get::<_, String>(6)?,
        }))
    })?;
    Ok(letters.collect::<Result<_, _>>()?)
}
