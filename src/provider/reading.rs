//! Everything that a plan is made from, read from the platform.

use super::{ProviderError, Reader};
use crate::kinds::{self, KindInfo};
use crate::model::{Address, BaseState, LiveState, RemoteId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// How often it is looked for something that may not be visible yet.
const LOOKS: u32 = 5;

/// What was read, and what it cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The live side.
    pub live: LiveState,
    /// In requests.
    pub requests: u64,
}

/// A kind that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Unreadable {
    /// The kind; `None` if the reading itself broke.
    pub kind: Option<&'static KindInfo>,
    /// Why.
    #[source]
    pub error: ProviderError,
}

/// Reads every object of these kinds, all kinds at once.
///
/// A listing may be behind: an object that the state knows is not missing because a listing lacks
/// it. It is asked for by its id, which costs a request for each such object.
///
/// # Errors
/// The first kind that cannot be read.
pub async fn read<R: Reader + Clone + 'static>(
    reader: &R,
    kinds: &[&'static KindInfo],
    base: &BaseState,
) -> Result<Reading, Unreadable> {
    let mut listings = JoinSet::new();
    for kind in kinds {
        let kind: &'static KindInfo = kind;
        let reader = reader.clone();
        let span = tracing::info_span!("read", kind = kind.id);
        listings.spawn(async move { (kind, reader.list(kind).await) }.instrument(span));
    }
    let mut reading = Reading::default();
    while let Some(listed) = listings.join_next().await {
        let (kind, listing) = listed.map_err(|error| Unreadable {
            kind: None,
            error: ProviderError::Answer(error.to_string()),
        })?;
        let listing = listing.map_err(|error| Unreadable {
            kind: Some(kind),
            error,
        })?;
        tracing::info!(
            kind = kind.id,
            objects = listing.objects.len(),
            requests = listing.requests,
            "read"
        );
        reading.requests += listing.requests;
        reading
            .live
            .kinds
            .insert(kind.id.to_owned(), listing.objects);
    }
    for kind in kinds {
        let objects = reading
            .live
            .kinds
            .entry(kind.id.to_owned())
            .or_insert_with(BTreeMap::new);
        for id in known(base, kind) {
            if objects.contains_key(&id) {
                continue;
            }
            reading.requests += 1;
            let found = reader.get(kind, id).await.map_err(|error| Unreadable {
                kind: Some(kind),
                error,
            })?;
            objects.extend(found.map(|found| (found.id, found.object)));
        }
    }
    Ok(reading)
}

/// Reads like [`read`], and the kinds of open intents again until `is_settled` or until the platform
/// has had the time to show what a run that was cut off had sent.
///
/// # Errors
/// As [`read`].
pub async fn read_settled<R: Reader + Clone + 'static>(
    reader: &R,
    kinds: &[&'static KindInfo],
    base: &BaseState,
    patience: Duration,
    is_settled: impl Fn(&LiveState) -> bool,
) -> Result<Reading, Unreadable> {
    let mut reading = read(reader, kinds, base).await?;
    let is_open = |kind: &&'static KindInfo| {
        let mut intents = base.open_intents.iter();
        intents.any(|open| *open.address.kind == *kind.id)
    };
    let open: Vec<&'static KindInfo> = kinds.iter().copied().filter(is_open).collect();
    for _ in 0..LOOKS {
        if patience.is_zero() || is_settled(&reading.live) {
            break;
        }
        tokio::time::sleep(patience / LOOKS).await;
        let again = read(reader, &open, base).await?;
        reading.requests += again.requests;
        reading.live.kinds.extend(again.live.kinds);
    }
    Ok(reading)
}

/// The kinds that the configuration or the state mentions, of those that are written.
pub fn kinds_of<'a>(
    addresses: impl IntoIterator<Item = &'a Address>,
    base: &'a BaseState,
) -> Vec<&'static KindInfo> {
    let intents = base.open_intents.iter().map(|intent| &intent.address);
    let mentioned: BTreeSet<&str> = addresses
        .into_iter()
        .chain(base.objects.keys())
        .chain(intents)
        .map(|address| &*address.kind)
        .collect();
    mentioned
        .into_iter()
        .filter_map(kinds::kind)
        .filter(|kind| kind.collection.is_some())
        .collect()
}

/// The ids of a kind that the state knows.
fn known(base: &BaseState, kind: &KindInfo) -> Vec<RemoteId> {
    let objects = base.objects.iter().filter(|(at, _)| *at.kind == *kind.id);
    let mut known: Vec<RemoteId> = objects
        .flat_map(|(_, object)| {
            let deposed = object.deposed.iter().map(|deposed| deposed.id);
            std::iter::once(object.id).chain(deposed)
        })
        .collect();
    let intents = base.open_intents.iter();
    known.extend(
        intents
            .filter(|intent| *intent.address.kind == *kind.id)
            .filter_map(|intent| intent.id),
    );
    known.sort_unstable();
    known.dedup();
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attributes, BaseObject, Deposed, LiveObject, OpenIntent, Target, Value};
    use crate::provider::{Listing, RemoteObject};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A platform with the objects 1 to 3, whose listings show 1 alone until they were read so often.
    #[derive(Clone)]
    struct Behind {
        until: u64,
        listings: Arc<AtomicU64>,
    }

    fn object() -> LiveObject {
        let title = ("title".to_owned(), Value::text("a"));
        LiveObject {
            attributes: Attributes::from_iter([title]),
        }
    }

    impl Reader for Behind {
        fn target(&self) -> Target {
            Target {
                provider: String::new(),
                url: String::new(),
                account: String::new(),
            }
        }

        async fn list(&self, _kind: &'static KindInfo) -> Result<Listing, ProviderError> {
            let before = self.listings.fetch_add(1, Ordering::SeqCst);
            let last = if before < self.until { 1 } else { 3 };
            Ok(Listing {
                objects: (1..=last).map(|id| (RemoteId(id), object())).collect(),
                requests: 1,
            })
        }

        async fn get(
            &self,
            _kind: &'static KindInfo,
            id: RemoteId,
        ) -> Result<Option<RemoteObject>, ProviderError> {
            let object = object();
            Ok((id.0 <= 3).then_some(RemoteObject { id, object }))
        }
    }

    fn behind(until: u64) -> Behind {
        Behind {
            until,
            listings: Arc::default(),
        }
    }

    fn kinds() -> Vec<&'static KindInfo> {
        kinds::kind("list").into_iter().collect()
    }

    #[tokio::test]
    async fn what_the_state_knows_is_asked_for_before_it_counts_as_gone() {
        let mut base = BaseState::default();
        let known = BaseObject {
            id: RemoteId(2),
            attributes: Attributes::new(),
            outputs: BTreeMap::new(),
            protect: false,
            retired: false,
            deposed: vec![Deposed { id: RemoteId(9) }],
        };
        base.objects.insert(Address::new("list", "a"), known);
        let reading = read(&behind(u64::MAX), &kinds(), &base).await.unwrap();
        let found: Vec<i64> = reading.live.kinds["list"].keys().map(|id| id.0).collect();
        // 2 is there, 9 is gone, and nobody knows of 3.
        assert_eq!(found, [1, 2]);
        assert_eq!(reading.requests, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_cut_off_is_looked_for_until_it_is_seen() {
        let intent = OpenIntent {
            address: Address::new("list", "a"),
            id: None,
            attributes: Attributes::new(),
            replaces: None,
        };
        let base = BaseState {
            open_intents: vec![intent],
            ..BaseState::default()
        };
        for (until, patience, listings, is_found) in
            [(2, 10, 3, true), (99, 10, 6, false), (99, 0, 1, false)]
        {
            let platform = behind(until);
            let patience = Duration::from_secs(patience);
            let is_settled = |live: &LiveState| live.kinds["list"].len() == 3;
            let read = read_settled(&platform, &kinds(), &base, patience, is_settled).await;
            let reading = read.unwrap();
            assert_eq!(platform.listings.load(Ordering::SeqCst), listings);
            assert_eq!(reading.requests, listings);
            assert_eq!(is_settled(&reading.live), is_found);
        }
    }
}
