//! What of a project belongs to a launch, and what it shares with others.

use crate::kinds::{Document, Link, Place, Reference, Spec};
use crate::model::Address;
use crate::source::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// The kinds that go along with a cohort's offers.
const CARRIED: &[&str] = &["offer", "coupon", "list", "letter", "scenario"];

/// What belongs to a launch.
#[derive(Debug)]
pub(super) struct Members<'a> {
    /// The cohort, what is its own, and the tests about that, as files go.
    pub(super) own: Vec<&'a Document>,
    /// What its own documents speak of and others do too.
    pub(super) shared: Vec<Kept>,
    /// Tests that speak of other cohorts as well.
    pub(super) left: Vec<Kept>,
}

/// A document that is not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The document.
    pub address: Address,
    /// Why.
    pub because: String,
}

/// Finds what belongs to a cohort: the offers that sell it; and of coupons, lists, letters and
/// scenarios those that are connected with these offers and with no other cohort's, by whatever
/// names one of them.
///
/// What the project's defaults name is every launch's.
pub(super) fn of<'a>(
    documents: &'a [Document],
    cohort: &'a Document,
    project: FileId,
) -> Members<'a> {
    let graph = Graph::new(documents, cohort, project);
    let core: BTreeSet<&Address> = graph
        .documents
        .values()
        .filter(|document| graph.sells(document) == Sells::This)
        .map(|document| &document.address)
        .collect();
    let mut own = graph.connected(&core, |document| !graph.speaks_of_another(document));
    loop {
        let stays = |address: &&Address| {
            let is_default = graph.defaults.contains(*address);
            let is_own = !is_default && graph.users(address).all(|user| own.contains(user));
            core.contains(*address) || is_own
        };
        let kept: BTreeSet<&Address> = own.iter().copied().filter(|it| stays(it)).collect();
        let kept = graph.connected(&core, |document| kept.contains(&document.address));
        if kept.len() == own.len() {
            break;
        }
        own = kept;
    }
    let shared = graph.shared(&own);
    let (mut tests, mut left) = (Vec::new(), Vec::new());
    for document in documents
        .iter()
        .filter(|it| matches!(it.spec, Spec::Test(_)))
    {
        if !graph.names(document).any(|name| own.contains(name)) {
            continue;
        }
        match graph.other_offer(document) {
            None => tests.push(document),
            Some(offer) => left.push(Kept {
                address: document.address.clone(),
                because: format!("{offer} is of another cohort"),
            }),
        }
    }
    let mut all: Vec<&Document> = own
        .iter()
        .filter_map(|address| graph.documents.get(address).copied())
        .collect();
    let place = |document: &&Document| {
        let span = document.name_span();
        (span.file, span.start)
    };
    all.sort_by_key(place);
    tests.sort_by_key(place);
    Members {
        own: std::iter::once(cohort).chain(all).chain(tests).collect(),
        shared,
        left,
    }
}

/// Which launch an offer sells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sells {
    /// It is no offer, or names no cohort.
    None,
    /// This cohort, maybe with others.
    This,
    /// Other cohorts alone.
    Another,
}

struct Graph<'a> {
    cohort: &'a Document,
    documents: BTreeMap<&'a Address, &'a Document>,
    /// What each names.
    names: BTreeMap<&'a Address, BTreeSet<&'a Address>>,
    /// Who of the kinds that go along names each.
    users: BTreeMap<&'a Address, BTreeSet<&'a Address>>,
    /// What the project's defaults name.
    defaults: BTreeSet<&'a Address>,
}

impl<'a> Graph<'a> {
    fn new(all: &'a [Document], cohort: &'a Document, project: FileId) -> Self {
        let documents: BTreeMap<&Address, &Document> =
            all.iter().map(|it| (&it.address, it)).collect();
        let mut graph = Graph {
            cohort,
            documents,
            names: BTreeMap::new(),
            users: BTreeMap::new(),
            defaults: BTreeSet::new(),
        };
        for document in all {
            for link in document.spec.links() {
                let Some(target) = graph.target(&link) else {
                    continue;
                };
                if document.node.descend(&link.path.0).span.file == project {
                    graph.defaults.insert(target);
                }
                let names = graph.names.entry(&document.address).or_default();
                names.insert(target);
                if CARRIED.contains(&document.spec.kind()) {
                    let users = graph.users.entry(target).or_default();
                    users.insert(&document.address);
                }
            }
        }
        graph
    }

    /// What a link names, if that could go along. An offer that another was copied from is its
    /// pattern, not a part of its launch.
    fn target(&self, link: &Link) -> Option<&'a Address> {
        let is_pattern = link.path.field() == Some("like");
        let Reference::Name(name) = &link.to else {
            return None;
        };
        if is_pattern || link.inside.is_some() || !CARRIED.contains(&link.kind) {
            return None;
        }
        let address = Address::new(link.kind, name.0.clone());
        self.documents.get_key_value(&address).map(|(key, _)| *key)
    }

    fn names(&self, document: &Document) -> impl Iterator<Item = &'a Address> {
        let names = self.names.get(&document.address);
        names.into_iter().flatten().copied()
    }

    fn users(&self, address: &Address) -> impl Iterator<Item = &'a Address> {
        self.users.get(address).into_iter().flatten().copied()
    }

    fn sells(&self, document: &Document) -> Sells {
        let Spec::Offer(offer) = &document.spec else {
            return Sells::None;
        };
        let products = offer.products.set().into_iter().flatten();
        let cohorts = products.filter_map(|product| product.cohort.set());
        let mut sells = Sells::None;
        for cohort in cohorts {
            if cohort
                .name()
                .is_some_and(|it| *it.0 == *self.cohort.address.name)
            {
                return Sells::This;
            }
            sells = Sells::Another;
        }
        sells
    }

    /// An offer of another cohort that a document names.
    fn other_offer(&self, document: &Document) -> Option<&'a Address> {
        self.names(document).find(|name| {
            let named = self.documents.get(name);
            named.is_some_and(|named| self.sells(named) == Sells::Another)
        })
    }

    /// Whether a document is another cohort's, or speaks of one of its offers.
    fn speaks_of_another(&self, document: &Document) -> bool {
        self.sells(document) == Sells::Another || self.other_offer(document).is_some()
    }

    /// What can be reached from the core, over names in either direction, through what may be in.
    fn connected(
        &self,
        core: &BTreeSet<&'a Address>,
        may: impl Fn(&Document) -> bool,
    ) -> BTreeSet<&'a Address> {
        let mut reached = core.clone();
        let mut open: Vec<&Address> = core.iter().copied().collect();
        while let Some(at) = open.pop() {
            let Some(document) = self.documents.get(at) else {
                continue;
            };
            for next in self.names(document).chain(self.users(at)) {
                let Some(other) = self.documents.get(next) else {
                    continue;
                };
                let follows = match &other.spec {
                    // An offer without a cohort goes along where it upgrades or renews one.
                    Spec::Offer(_) => self.continues(other, core),
                    _ => true,
                };
                if follows && may(other) && reached.insert(next) {
                    open.push(next);
                }
            }
        }
        reached
    }

    /// Whether an offer upgrades or renews one of the core.
    fn continues(&self, offer: &Document, core: &BTreeSet<&Address>) -> bool {
        let links = offer.spec.links();
        links.iter().any(|link| {
            matches!(link.path.field(), Some("upgrade" | "renewal"))
                && link.place == Place::Value
                && self.target(link).is_some_and(|it| core.contains(it))
        })
    }

    /// What is connected with the launch and not its own, and why.
    fn shared(&self, own: &BTreeSet<&'a Address>) -> Vec<Kept> {
        let mut out = BTreeMap::new();
        for address in own {
            let Some(document) = self.documents.get(address) else {
                continue;
            };
            for other in self.names(document).chain(self.users(address)) {
                if own.contains(other) {
                    continue;
                }
                let Some(named) = self.documents.get(other) else {
                    continue;
                };
                // An offer of another cohort has its own launch.
                if self.sells(named) == Sells::Another {
                    continue;
                }
                let user = self.users(other).find(|user| !own.contains(user));
                let because = match (self.other_offer(named), user) {
                    (Some(offer), _) => format!("it speaks of {offer} too"),
                    (None, Some(user)) => format!("{user} has it too"),
                    (None, None) if self.defaults.contains(other) => {
                        "the project's defaults name it".to_owned()
                    }
                    (None, None) => "it belongs to no cohort".to_owned(),
                };
                out.insert(other, because);
            }
        }
        out.into_iter()
            .map(|(address, because)| Kept {
                address: address.clone(),
                because,
            })
            .collect()
    }
}
