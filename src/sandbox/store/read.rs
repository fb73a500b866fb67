//! Reading objects and pages of them, without parsing their bodies.

use crate::sandbox::answer::Refusal;
use crate::sandbox::faults::{Listing, Shift};
use crate::sandbox::resource::Resource;
use rusqlite::{Connection, OptionalExtension as _, params};

/// An object as it is kept.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Row {
    /// Its id.
    pub(in crate::sandbox) id: i64,
    /// By which people know it.
    pub(in crate::sandbox) label: String,
    /// Its status, if its kind has any.
    pub(in crate::sandbox) status: String,
    /// Its body, a JSON object that is not empty.
    pub(in crate::sandbox) body: String,
    /// What the platform adds, a JSON object.
    pub(in crate::sandbox) computed: String,
    created_at: String,
    updated_at: String,
}

/// Which part of a collection is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct Window {
    /// From 1.
    pub(in crate::sandbox) page: u64,
    /// From 1 to 100.
    pub(in crate::sandbox) per_page: u32,
}

/// A part of a collection.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Page {
    /// The objects, by id.
    pub(in crate::sandbox) rows: Vec<Row>,
    /// How many there are in all.
    pub(in crate::sandbox) total: u64,
}

const COLUMNS: &str =
    "o.id, o.label, o.status, o.body, o.computed, o.created_at, o.updated_at FROM objects o";

impl Row {
    fn read(row: &rusqlite::Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Row {
            id: row.get(0)?,
            label: row.get(1)?,
            status: row.get(2)?,
            body: row.get(3)?,
            computed: row.get(4)?,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }

    /// The object of an id.
    pub(in crate::sandbox) fn load(
        connection: &Connection,
        resource: &Resource,
        id: i64,
    ) -> Result<Row, Refusal> {
        connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} WHERE o.collection = ? AND o.id = ?"
            ))?
            .query_row(params![resource.path(), id], Row::read)
            .optional()?
            .ok_or_else(|| Refusal::Unknown(format!("{} {id}", resource.id)))
    }

    /// The object as the platform shows it.
    pub(in crate::sandbox) fn text(&self) -> String {
        let mut out = String::with_capacity(self.body.len() + self.computed.len() + 128);
        self.write(&mut out);
        out
    }

    /// Appends [`Row::text`]. Bodies are glued together, not parsed: this is what listings cost.
    pub(in crate::sandbox) fn write(&self, out: &mut String) {
        let inner = |object: &'_ str| -> Option<(usize, usize)> {
            (object.len() > 2).then_some((1, object.len() - 1))
        };
        out.push_str("{\"id\":");
        out.push_str(&self.id.to_string());
        for object in [&self.body, &self.computed] {
            if let Some(fields) = inner(object).and_then(|(from, to)| object.get(from..to)) {
                out.push(',');
                out.push_str(fields);
            }
        }
        for (key, time) in [
            ("created_at", &self.created_at),
            ("updated_at", &self.updated_at),
        ] {
            out.push_str(",\"");
            out.push_str(key);
            out.push_str("\":\"");
            out.push_str(time);
            out.push('"');
        }
        out.push('}');
    }
}

impl Page {
    /// A page of a collection.
    pub(in crate::sandbox) fn load(
        connection: &Connection,
        resource: &Resource,
        window: Window,
    ) -> Result<Page, Refusal> {
        let total = connection
            .prepare_cached("SELECT count FROM sequences WHERE collection = ?")?
            .query_row([resource.path()], |row| row.get::<_, i64>(0))
            .optional()?
            .unwrap_or(0);
        let rows = connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} JOIN (
                     SELECT key FROM objects INDEXED BY objects_by_id
                     WHERE collection = ? ORDER BY id LIMIT ? OFFSET ?
                 ) part USING (key) ORDER BY o.id"
            ))?
            .query_map(
                params![resource.path(), window.per_page, window.offset()],
                Row::read,
            )?
            .collect::<Result<_, _>>()?;
        Ok(Page {
            rows,
            total: total.unsigned_abs(),
        })
    }

    /// A page as a platform shows it that is behind, or that moves while it is read.
    pub(in crate::sandbox) fn misread(
        connection: &Connection,
        resource: &Resource,
        window: Window,
        how: Listing,
    ) -> Result<Page, Refusal> {
        let mut page = Page::load(connection, resource, window)?;
        match how {
            Listing::Lags(count) => {
                // Ids grow: the newest objects are the last ones.
                page.total = page.total.saturating_sub(count.get());
                let offset = u64::try_from(window.offset()).unwrap_or(0);
                let left = page.total.saturating_sub(offset);
                page.rows
                    .truncate(usize::try_from(left).unwrap_or(usize::MAX));
            }
            Listing::Shifts(_) if window.page == 1 => {}
            Listing::Shifts(Shift::Repeat) => {
                let before = Window {
                    page: window.page - 1,
                    ..window
                };
                let seam = Page::load(connection, resource, before)?.rows.pop();
                page.rows.pop();
                page.rows.splice(0..0, seam);
            }
            Listing::Shifts(Shift::Skip) => {
                let after = Window {
                    page: window.page.saturating_add(1),
                    ..window
                };
                let next = Page::load(connection, resource, after)?
                    .rows
                    .into_iter()
                    .next();
                page.rows.drain(..1.min(page.rows.len()));
                page.rows.extend(next);
            }
        }
        Ok(page)
    }

    /// A page of an object's members.
    pub(in crate::sandbox) fn load_members(
        connection: &Connection,
        members: &Resource,
        holder_id: i64,
        window: Window,
    ) -> Result<Page, Refusal> {
        let total = connection
            .prepare_cached("SELECT count(*) FROM members WHERE holder_id = ?")?
            .query_row([holder_id], |row| row.get::<_, i64>(0))?;
        let rows = connection
            .prepare_cached(&format!(
                "SELECT {COLUMNS} JOIN (
                     SELECT member_id FROM members WHERE holder_id = ?
                     ORDER BY member_id LIMIT ? OFFSET ?
                 ) part ON o.collection = ? AND o.id = part.member_id ORDER BY o.id"
            ))?
            .query_map(
                params![holder_id, window.per_page, window.offset(), members.path()],
                Row::read,
            )?
            .collect::<Result<_, _>>()?;
        Ok(Page {
            rows,
            total: total.unsigned_abs(),
        })
    }
}

impl Window {
    fn offset(self) -> i64 {
        let before = self
            .page
            .saturating_sub(1)
            .saturating_mul(u64::from(self.per_page));
        i64::try_from(before).unwrap_or(i64::MAX)
    }
}

/// Whether there is an object of this id.
pub(in crate::sandbox) fn exists(
    connection: &Connection,
    resource: &Resource,
    id: i64,
) -> Result<bool, Refusal> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM objects WHERE collection = ? AND id = ?")?
        .exists(params![resource.path(), id])?)
}

/// The first object of a label that is not `except`, and its status.
pub(in crate::sandbox) fn find_label(
    connection: &Connection,
    resource: &Resource,
    label: &str,
    except: &dyn Fn(i64, &str) -> bool,
) -> Result<Option<i64>, Refusal> {
    let mut statement = connection.prepare_cached(
        "SELECT id, status FROM objects WHERE collection = ? AND label = ? ORDER BY id",
    )?;
    let mut rows = statement.query(params![resource.path(), label])?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if !except(id, &row.get::<_, String>(1)?) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Who refers to an object, beside itself: the first few by collection and id, and how many.
pub(in crate::sandbox) fn count_references(
    connection: &Connection,
    resource: &Resource,
    id: i64,
) -> Result<(Vec<(String, i64)>, usize), Refusal> {
    const SHOWN: usize = 5;
    let mut statement = connection.prepare_cached(
        "SELECT from_collection, from_id FROM refs
         WHERE to_collection = ?1 AND to_id = ?2 AND NOT (from_collection = ?1 AND from_id = ?2)
         ORDER BY from_collection, from_id",
    )?;
    let mut rows = statement.query(params![resource.path(), id])?;
    let (mut shown, mut all) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        all += 1;
        if shown.len() < SHOWN {
            shown.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok((shown, all))
}
