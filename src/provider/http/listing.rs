//! Whole collections, page by page.
//!
//! The first page says how many there are; the others are fetched concurrently and decoded on
//! blocking threads as they come. What does not add up was shifting while it was read: it is read
//! again, and in the end an error. Nothing is ever taken for missing because a page was.

use super::body;
use super::connection::{Connection, Request};
use crate::kinds::{Collection, KindInfo};
use crate::model::{LiveObject, RemoteId};
use crate::provider::decode::Decoded;
use crate::provider::{Listing, ProviderError, RemoteObject};
use reqwest::Method;
use serde::{Deserialize, Deserializer, de};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// What is asked for; the platform may clamp it.
const PER_PAGE: u64 = 100;
/// The most objects of a kind that are read.
const MOST_OBJECTS: u64 = 1_000_000;
/// A body up to here is decoded where it arrives.
const SMALL_BYTES: usize = 16 * 1024;
/// How often a listing that shifts is read.
const READINGS: usize = 3;

/// Why one reading of a listing failed.
enum ListError {
    /// It does not add up: worth another reading.
    Unsteady(String),
    Provider(ProviderError),
}

/// Reads every object of a kind.
pub(super) async fn list(
    connection: &Arc<Connection>,
    kind: &'static KindInfo,
) -> Result<Listing, ProviderError> {
    let collection = super::collection_of(kind)?;
    let sent = Arc::new(AtomicU64::new(0));
    let mut unsteady = String::new();
    for _ in 0..READINGS {
        match read(connection, collection, &sent).await {
            Ok(objects) => {
                return Ok(Listing {
                    objects,
                    requests: sent.load(Ordering::Relaxed),
                });
            }
            Err(ListError::Unsteady(what)) => unsteady = what,
            Err(ListError::Provider(error)) => return Err(error),
        }
    }
    Err(ProviderError::Answer(format!(
        "GET /{}: read {READINGS} times and never whole: {unsteady}",
        collection.path
    )))
}

async fn read(
    connection: &Arc<Connection>,
    collection: &'static Collection,
    sent: &Arc<AtomicU64>,
) -> Result<BTreeMap<RemoteId, LiveObject>, ListError> {
    let first = page(connection, collection, sent, 1).await?;
    let meta = first.meta;
    meta.check()?;
    let mut objects = BTreeMap::new();
    take_in(&mut objects, first, 1, meta)?;

    let mut pages = JoinSet::new();
    let mut next = 2;
    while next <= meta.last_page || !pages.is_empty() {
        while next <= meta.last_page && pages.len() < connection.parallelism {
            let connection = Arc::clone(connection);
            let sent = Arc::clone(sent);
            let number = next;
            let page = async move {
                let page = page(&connection, collection, &sent, number).await;
                (number, page)
            };
            pages.spawn(page.in_current_span());
            next += 1;
        }
        match pages.join_next().await {
            Some(Ok((number, page))) => take_in(&mut objects, page?, number, meta)?,
            Some(Err(error)) => {
                return Err(ListError::Provider(ProviderError::Answer(format!(
                    "GET /{}: a page could not be decoded: {error}",
                    collection.path
                ))));
            }
            None => break,
        }
    }
    if objects.len() as u64 != meta.total {
        return Err(ListError::Unsteady(format!(
            "{} objects were announced and {} came",
            meta.total,
            objects.len()
        )));
    }
    Ok(objects)
}

/// Adds a page that agrees with what the first one said.
fn take_in(
    objects: &mut BTreeMap<RemoteId, LiveObject>,
    page: Page,
    number: u64,
    first: Meta,
) -> Result<(), ListError> {
    let Page {
        meta,
        objects: found,
    } = page;
    if meta.current_page != number {
        return Err(ListError::Unsteady(format!(
            "page {number} was asked for and page {} came",
            meta.current_page
        )));
    }
    if (meta.total, meta.per_page, meta.last_page) != (first.total, first.per_page, first.last_page)
    {
        return Err(ListError::Unsteady(format!(
            "there were {} objects on page 1 and {} on page {number}",
            first.total, meta.total
        )));
    }
    let before = first.per_page.saturating_mul(number - 1);
    let expected = first.total.saturating_sub(before).min(first.per_page);
    if found.len() as u64 != expected {
        return Err(ListError::Unsteady(format!(
            "page {number} holds {} objects instead of {expected}",
            found.len()
        )));
    }
    for RemoteObject { id, object } in found {
        if objects.insert(id, object).is_some() {
            return Err(ListError::Unsteady(format!("object {id} came twice")));
        }
    }
    Ok(())
}

async fn page(
    connection: &Connection,
    collection: &'static Collection,
    sent: &AtomicU64,
    number: u64,
) -> Result<Page, ListError> {
    let request = Request {
        method: Method::GET,
        path: collection.path.to_owned(),
        page: Some((number, PER_PAGE)),
        body: None,
    };
    let body = connection
        .call(&request, sent)
        .await
        .map_err(|failure| ListError::Provider(failure.into()))?;
    let length = body.len();
    let decode = move || {
        body::parse::<PageBody>(&body).map(|page| Page {
            meta: page.meta,
            objects: page
                .data
                .into_iter()
                .map(|object| object.finish(collection))
                .collect(),
        })
    };
    // A small page is decoded in less time than another thread takes to begin.
    let decoded = if length <= SMALL_BYTES {
        Ok(decode())
    } else {
        tokio::task::spawn_blocking(decode).await
    };
    match decoded {
        Ok(Ok(page)) => Ok(page),
        // A cut or garbled body may well come whole the next time.
        Ok(Err(what)) => Err(ListError::Unsteady(
            connection
                .veil
                .over(format!("the answer for page {number} {what}")),
        )),
        Err(error) => Err(ListError::Provider(ProviderError::Answer(format!(
            "GET /{}: page {number} could not be decoded: {error}",
            collection.path
        )))),
    }
}

struct Page {
    meta: Meta,
    objects: Vec<RemoteObject>,
}

#[derive(Deserialize)]
struct PageBody {
    data: Vec<Decoded>,
    meta: Meta,
}

#[derive(Clone, Copy, Deserialize)]
struct Meta {
    #[serde(deserialize_with = "count")]
    current_page: u64,
    #[serde(deserialize_with = "count")]
    last_page: u64,
    #[serde(deserialize_with = "count")]
    per_page: u64,
    #[serde(deserialize_with = "count")]
    total: u64,
}

impl Meta {
    /// Whether the first page's numbers make sense by themselves.
    fn check(self) -> Result<(), ListError> {
        if self.per_page == 0 {
            return Err(ListError::Unsteady("`per_page` is 0".to_owned()));
        }
        if self.total > MOST_OBJECTS {
            return Err(ListError::Provider(ProviderError::Answer(format!(
                "the platform announces {} objects of a kind; at most {MOST_OBJECTS} are read",
                self.total
            ))));
        }
        let pages = self.total.div_ceil(self.per_page);
        // An empty list has one page to some servers and none to others.
        if self.last_page.max(1) != pages.max(1) {
            return Err(ListError::Unsteady(format!(
                "{} objects on pages of {} make {pages} pages, and {} are announced",
                self.total, self.per_page, self.last_page
            )));
        }
        Ok(())
    }
}

/// A number, or a text of one: some servers repeat `per_page` as it stood in the query.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    match Count::deserialize(deserializer)? {
        Count::Number(number) => Ok(number),
        Count::Text(text) => text.parse().map_err(de::Error::custom),
    }
}
