//! What this platform does that no table says: codes and counts, what may not be, what follows from
//! what. The only file of the sandbox that names kinds and their fields.

pub(super) mod life;

use super::answer::{Errors, Refusal};
use super::resource::{Resource, resource};
use super::store::{Change, Changes, Row, exists, find_label};
use rusqlite::{Connection, params};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Where the public pages of offers would be.
const PUBLIC_PAGES: &str = "https://school.kwiga.example/o/";

/// How the titles of private copies of offers begin.
const COPY_TITLE: &str = "Copy system";

/// The tables that only this file uses.
pub(super) const LAYOUT: &str = "
CREATE TABLE purchases (
    order_id   INTEGER PRIMARY KEY,
    contact_id INTEGER NOT NULL,
    offer_id   INTEGER NOT NULL,
    coupon_id  INTEGER,
    paid       INTEGER NOT NULL
);
CREATE INDEX purchases_by_offer ON purchases (offer_id, paid, contact_id);
CREATE INDEX purchases_by_coupon ON purchases (coupon_id);
CREATE TABLE pending ( -- what a seed says about objects that do not exist yet
    key        INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    label      TEXT NOT NULL,
    contact_id INTEGER NOT NULL,
    paid       INTEGER NOT NULL,
    coupon     TEXT
);
CREATE INDEX pending_by_label ON pending (collection, label);
";

/// Whether a field is one value whose forms exclude each other, so that a patch replaces it: a
/// percentage and an amount cannot be merged.
pub(super) fn is_one_value(resource: &Resource, field: &str) -> bool {
    matches!((resource.path(), field), ("coupons", "discount"))
}

/// Fills in what depends on other objects, before the body is read.
pub(super) fn complete(
    connection: &Connection,
    of: &Resource,
    body: &mut Map<String, Value>,
) -> Result<(), Refusal> {
    // An order that names no price costs what the offer costs.
    if of.path() == "orders"
        && body.get("price").is_none_or(Value::is_null)
        && let Some(offer_id) = id(body, "offer_id")
    {
        let price: Option<String> = connection
            .prepare_cached(
                "SELECT json_extract(body, '$.price') FROM objects
                 WHERE collection = 'offers' AND id = ?",
            )?
            .query_map([offer_id], |row| row.get(0))?
            .next()
            .transpose()?
            .flatten();
        if let Some(price) = price.and_then(|price| serde_json::from_str(&price).ok()) {
            body.insert("price".to_owned(), price);
        }
    }
    Ok(())
}

/// What is wrong with a body in normal form, beside what every kind is checked for.
pub(super) fn check(
    connection: &Connection,
    of: &'static Resource,
    id: Option<i64>,
    body: &Map<String, Value>,
    errors: &mut Errors,
) -> Result<(), Refusal> {
    match of.path() {
        "coupons" => {
            let code = text(body, "code");
            let retired = of.collection.status.retired;
            if code.trim().is_empty() {
                errors.push("code", "is required");
            } else if text(body, "status") != retired {
                let taken = find_label(connection, of, code, &|other, status| {
                    Some(other) == id || status == retired
                })?;
                if let Some(other) = taken {
                    errors.push("code", format!("is taken by coupon {other}"));
                }
            }
            if let Some(percent) = body.get("discount").and_then(|it| it.get("percent")) {
                let percent = percent.as_str().unwrap_or_default().parse::<Decimal>();
                if !percent
                    .is_ok_and(|percent| percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED)
                {
                    errors.push("discount.percent", "is more than 0 and at most 100");
                }
            }
            not_negative(body, "/discount/amount", "discount.amount", errors);
        }
        "offers" => {
            not_negative(body, "/price", "price", errors);
            not_negative(body, "/promotion/price", "promotion.price", errors);
        }
        "passes" | "packs" => not_negative(body, "/price", "price", errors),
        "contacts" => {
            let email = text(body, "email");
            let sound = email
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
                && !email.contains(char::is_whitespace);
            if !sound {
                errors.push("email", "is not an e-mail address");
            } else if let Some(other) =
                find_label(connection, of, email, &|other, _| Some(other) == id)?
            {
                errors.push("email", format!("is taken by contact {other}"));
            }
        }
        _ => {}
    }
    Ok(())
}

fn not_negative(body: &Map<String, Value>, pointer: &str, field: &str, errors: &mut Errors) {
    let mut keys = pointer.split('/').skip(1);
    let first = keys.next().and_then(|key| body.get(key));
    let money = keys.fold(first, |value, key| value?.get(key));
    let amount = money
        .and_then(|money| money.get("amount"))
        .and_then(Value::as_str);
    if amount.is_some_and(|amount| amount.starts_with('-')) {
        errors.push(field, "is not negative");
    }
}

/// What follows from a write: `before` is missing when the object is new, `after` when it is gone.
pub(super) fn written(
    changes: &mut Changes<'_>,
    of: &'static Resource,
    id: i64,
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Result<(), Refusal> {
    match of.path() {
        "offers" => {
            for course_id in courses_of(before).union(&courses_of(after)) {
                touch(changes, "courses", *course_id);
            }
            if let (None, Some(after)) = (before, after) {
                keep_orders(changes, id, text(after, "title"))?;
            }
        }
        "lists" => match (before, after) {
            (None, Some(after)) => keep_members(changes, id, text(after, "title"))?,
            (_, None) => {
                changes
                    .connection()
                    .execute("DELETE FROM members WHERE holder_id = ?", [id])?;
            }
            (Some(_), Some(_)) => {}
        },
        "orders" => {
            account(changes, id, before, after)?;
            if let (Some(before), Some(after)) = (before, after) {
                fork(changes, of, id, before, after)?;
            }
        }
        _ => {}
    }
    life::note(changes, of, id, before, after)
}

/// A paid order whose price is edited leaves its offer for a private copy of it, as the vendor's
/// manual says; an order of such a copy does not fork again.
fn fork(
    changes: &mut Changes<'_>,
    orders: &'static Resource,
    order_id: i64,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Result<(), Refusal> {
    let automatic = text(before, "paid_status") == "paid";
    if !automatic || before.get("price") == after.get("price") {
        return Ok(());
    }
    let (Some(offers), Some(offer_id)) = (resource("offers"), id(after, "offer_id")) else {
        return Ok(());
    };
    let row = Row::load(changes.connection(), offers, offer_id)?;
    if row.label.starts_with(COPY_TITLE) {
        return Ok(());
    }
    let mut copy: Map<String, Value> =
        serde_json::from_str(&row.body).map_err(|error| Refusal::Broken(error.to_string()))?;
    copy.insert(
        "title".to_owned(),
        format!("{COPY_TITLE} {}", row.label).into(),
    );
    copy.insert(
        "price".to_owned(),
        after.get("price").cloned().unwrap_or_default(),
    );
    let copy_id = changes.create(offers, copy)?;
    let moved = Map::from_iter([("offer_id".to_owned(), copy_id.into())]);
    changes.update(orders, order_id, Change::Merge(moved))
}

/// Keeps the table of purchases, from which clients are counted.
fn account(
    changes: &mut Changes<'_>,
    order_id: i64,
    before: Option<&Map<String, Value>>,
    after: Option<&Map<String, Value>>,
) -> Result<(), Refusal> {
    changes
        .connection()
        .prepare_cached("DELETE FROM purchases WHERE order_id = ?")?
        .execute([order_id])?;
    if let Some(order) = after {
        changes
            .connection()
            .prepare_cached("INSERT INTO purchases VALUES (?, ?, ?, ?, ?)")?
            .execute(params![
                order_id,
                id(order, "contact_id"),
                id(order, "offer_id"),
                id(order, "coupon_id"),
                text(order, "paid_status") == "paid",
            ])?;
    }
    for order in [before, after].into_iter().flatten() {
        if let Some(coupon_id) = id(order, "coupon_id") {
            touch(changes, "coupons", coupon_id);
        }
        let Some(offer_id) = id(order, "offer_id") else {
            continue;
        };
        touch(changes, "offers", offer_id);
        let courses: Vec<i64> = changes
            .connection()
            .prepare_cached(
                "SELECT to_id FROM refs WHERE from_collection = 'offers' AND from_id = ?
                 AND to_collection = 'courses'",
            )?
            .query_map([offer_id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for course_id in courses {
            touch(changes, "courses", course_id);
        }
    }
    Ok(())
}

/// What the platform adds to an object beside its id and times.
pub(super) fn computed(
    connection: &Connection,
    of: &Resource,
    id: i64,
) -> Result<Map<String, Value>, Refusal> {
    let count = |sql: &str| -> Result<Value, Refusal> {
        let count: i64 = connection
            .prepare_cached(sql)?
            .query_row([id], |row| row.get(0))?;
        Ok(count.into())
    };
    let fields = match of.path() {
        "offers" => {
            let code = page_code(id);
            vec![
                ("url", format!("{PUBLIC_PAGES}{code}").into()),
                ("unique_offer_code", code.into()),
                (
                    "clients_count",
                    count(
                        "SELECT count(DISTINCT contact_id) FROM purchases WHERE offer_id = ? AND paid = 1",
                    )?,
                ),
                (
                    "unpaid_orders_count",
                    count("SELECT count(*) FROM purchases WHERE offer_id = ? AND paid = 0")?,
                ),
            ]
        }
        "courses" => vec![(
            "clients_count",
            count(
                "SELECT count(DISTINCT p.contact_id) FROM refs r
                 JOIN purchases p ON p.offer_id = r.from_id AND p.paid = 1
                 WHERE r.from_collection = 'offers' AND r.to_collection = 'courses' AND r.to_id = ?",
            )?,
        )],
        "coupons" => vec![(
            "used_count",
            count("SELECT count(*) FROM purchases WHERE coupon_id = ?")?,
        )],
        "lists" => vec![(
            "members_count",
            count("SELECT count(*) FROM members WHERE holder_id = ?")?,
        )],
        _ => Vec::new(),
    };
    Ok(fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// The code of an offer's page: twelve characters that do not look like a number in order, and
/// differ for different ids (an odd factor permutes the numbers below 2^60).
fn page_code(id: i64) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut rest = id.unsigned_abs().wrapping_mul(0x09E3_779B_97F4_A7C1) & ((1 << 60) - 1);
    // The low digits of a product say little; the high ones come first.
    let mut code = Vec::with_capacity(12);
    for _ in 0..12 {
        code.push(ALPHABET.get((rest % 32) as usize).copied().unwrap_or(b'a'));
        rest /= 32;
    }
    code.reverse();
    String::from_utf8_lossy(&code).into_owned()
}

/// A person puts a contact into a list.
pub(super) fn add_member(
    changes: &mut Changes<'_>,
    list: &'static Resource,
    list_id: i64,
    contact_id: i64,
) -> Result<(), Refusal> {
    by_hand_only(changes, list, list_id)?;
    let known = match resource("contacts") {
        Some(contacts) => exists(changes.connection(), contacts, contact_id)?,
        None => false,
    };
    if !known {
        return Err(Refusal::invalid(
            "contact_id",
            format!("refers to contact {contact_id}, which does not exist"),
        ));
    }
    changes
        .connection()
        .prepare_cached("INSERT OR IGNORE INTO members VALUES (?, ?)")?
        .execute(params![list_id, contact_id])?;
    changes.touch(list, list_id);
    life::note_member(changes, list_id, contact_id, true)
}

/// A person takes a contact out of a list.
pub(super) fn remove_member(
    changes: &mut Changes<'_>,
    list: &'static Resource,
    list_id: i64,
    contact_id: i64,
) -> Result<(), Refusal> {
    by_hand_only(changes, list, list_id)?;
    let gone = changes
        .connection()
        .prepare_cached("DELETE FROM members WHERE holder_id = ? AND member_id = ?")?
        .execute(params![list_id, contact_id])?;
    if gone == 0 {
        return Err(Refusal::Unknown(format!(
            "contact {contact_id} in list {list_id}"
        )));
    }
    changes.touch(list, list_id);
    life::note_member(changes, list_id, contact_id, false)
}

/// Whether the objects of a collection have members, and where these are kept.
pub(super) fn members_of(of: &Resource) -> Option<&'static Resource> {
    resource("contacts").filter(|_| of.path() == "lists")
}

/// Segments fill themselves.
fn by_hand_only(changes: &Changes<'_>, list: &Resource, list_id: i64) -> Result<(), Refusal> {
    let row = Row::load(changes.connection(), list, list_id)?;
    let body: Map<String, Value> = serde_json::from_str(&row.body).unwrap_or_default();
    if text(&body, "type") == "static" {
        Ok(())
    } else {
        Err(Refusal::invalid(
            "contact_id",
            "cannot be put in or taken out by hand: the list is a segment",
        ))
    }
}

/// What a seed says about a contact and an object that may not exist yet.
#[derive(Clone, Debug)]
pub(super) enum Pending<'a> {
    /// The contact orders the offer of this title.
    Order {
        /// The offer's title.
        offer: &'a str,
        /// Whether it is paid.
        paid: bool,
        /// The code of the coupon that is used.
        coupon: Option<&'a str>,
    },
    /// The contact is in the list of this title.
    Member {
        /// The list's title.
        list: &'a str,
    },
}

/// Makes it so, now or once the offer or list is created.
pub(super) fn expect(
    changes: &mut Changes<'_>,
    contact_id: i64,
    pending: &Pending<'_>,
) -> Result<(), Refusal> {
    let (path, label, paid, coupon) = match pending {
        Pending::Order {
            offer,
            paid,
            coupon,
        } => ("offers", *offer, *paid, *coupon),
        Pending::Member { list } => ("lists", *list, false, None),
    };
    let label = label.trim();
    changes
        .connection()
        .prepare_cached(
            "INSERT INTO pending (collection, label, contact_id, paid, coupon) VALUES (?, ?, ?, ?, ?)",
        )?
        .execute(params![path, label, contact_id, paid, coupon])?;
    let Some(of) = resource(path) else {
        return Ok(());
    };
    match find_label(changes.connection(), of, label, &|_, _| false)? {
        None => Ok(()),
        Some(id) => match pending {
            Pending::Order { .. } => keep_orders(changes, id, label),
            Pending::Member { .. } => keep_members(changes, id, label),
        },
    }
}

/// Gives a new offer the orders that were waiting for it.
fn keep_orders(changes: &mut Changes<'_>, offer_id: i64, title: &str) -> Result<(), Refusal> {
    let waiting: Vec<(i64, bool, Option<String>)> = changes
        .connection()
        .prepare_cached(
            "SELECT contact_id, paid, coupon FROM pending
             WHERE collection = 'offers' AND label = ? ORDER BY key",
        )?
        .query_map([title], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    changes
        .connection()
        .prepare_cached("DELETE FROM pending WHERE collection = 'offers' AND label = ?")?
        .execute([title])?;
    let (Some(orders), Some(coupons)) = (resource("orders"), resource("coupons")) else {
        return Ok(());
    };
    for (contact_id, paid, coupon) in waiting {
        let coupon_id = match coupon {
            Some(code) => find_label(changes.connection(), coupons, &code, &|_, _| false)?,
            None => None,
        };
        let order = json!({
            "contact_id": contact_id,
            "offer_id": offer_id,
            "coupon_id": coupon_id,
            "paid_status": if paid { "paid" } else { "unpaid" },
        });
        if let Value::Object(order) = order {
            changes.create(orders, order)?;
        }
    }
    Ok(())
}

/// Gives a new list the members that were waiting for it.
fn keep_members(changes: &mut Changes<'_>, list_id: i64, title: &str) -> Result<(), Refusal> {
    changes
        .connection()
        .prepare_cached(
            "INSERT OR IGNORE INTO members SELECT ?1, contact_id FROM pending
             WHERE collection = 'lists' AND label = ?2",
        )?
        .execute(params![list_id, title])?;
    changes
        .connection()
        .prepare_cached("DELETE FROM pending WHERE collection = 'lists' AND label = ?")?
        .execute([title])?;
    touch(changes, "lists", list_id);
    Ok(())
}

fn touch(changes: &mut Changes<'_>, path: &str, id: i64) {
    if let Some(of) = resource(path) {
        changes.touch(of, id);
    }
}

fn courses_of(offer: Option<&Map<String, Value>>) -> BTreeSet<i64> {
    offer
        .and_then(|offer| offer.get("products")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|product| product.get("course_id")?.as_i64())
        .collect()
}

fn text<'a>(body: &'a Map<String, Value>, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn id(body: &Map<String, Value>, key: &str) -> Option<i64> {
    body.get(key).and_then(Value::as_i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Rule;
    use crate::sandbox::DataDir;
    use crate::sandbox::resource::RESOURCES;
    use crate::sandbox::store::Store;

    #[test]
    fn computes_exactly_what_the_catalogue_says() {
        let store = Store::open(&DataDir::Temporary).unwrap();
        for resource in RESOURCES.iter() {
            let computed = store
                .read(|connection| computed(connection, resource, resource.first_id))
                .unwrap();
            let expected: BTreeSet<&str> = resource.collection.with(Rule::Computed).collect();
            let actual: BTreeSet<&str> = computed.keys().map(String::as_str).collect();
            assert_eq!(actual, expected, "{}", resource.path());
        }
    }

    #[test]
    fn page_codes_have_twelve_characters_and_differ() {
        let codes: BTreeSet<String> = (2_000_001..2_002_001).map(page_code).collect();
        assert_eq!(codes.len(), 2_000);
        assert!(codes.iter().all(|code| code.len() == 12));
    }
}
