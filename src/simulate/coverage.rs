//! What tests have shown, and what none has.

use super::run::Outcome;
use super::stage::Stage;
use crate::compile::Compiled;
use crate::domain::world::{Buyable, Command, Id, What, World};
use crate::kinds::scenario::ScenarioStatus;
use crate::kinds::test::{Expectation, PriceExpectation};
use crate::kinds::{Index, Spec};
use crate::rules::{Restriction, restrictions};
use std::collections::{BTreeMap, BTreeSet};

/// What one test touches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    offers: BTreeSet<Id>,
    coupons: BTreeSet<Id>,
    branches: BTreeSet<(Id, usize, Branch)>,
}

/// A way that a trigger can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Branch {
    /// It acts.
    Acts,
    /// Its condition does not hold.
    Ends,
}

impl Covered {
    /// What a person does touches what it is done to.
    pub(super) fn done(&mut self, command: &Command) {
        match command {
            Command::OpensOffer(offer)
            | Command::CreatesOrder { offer, .. }
            | Command::MarksPaid { offer, .. }
            | Command::EditsOrder { offer, .. }
            | Command::Extends { offer, .. }
            | Command::Freezes { offer, .. } => {
                self.offers.insert(*offer);
            }
            Command::Pays { offer, coupon, .. } => {
                self.offers.insert(*offer);
                self.coupons.extend(coupon);
            }
            Command::Buys(_)
            | Command::Completes { .. }
            | Command::Visits(_)
            | Command::LogsIn
            | Command::Tags(_)
            | Command::Untags(_)
            | Command::AddsToList(_)
            | Command::RemovesFromList(_) => {}
        }
    }

    /// What is expected touches what it is expected of.
    pub(super) fn looked_at(&mut self, stage: &Stage, expectation: &Expectation) {
        if let Some(PriceExpectation { offer, coupon, .. }) = &expectation.price {
            self.offers.extend(stage.refer("offer", offer));
            let coupon = coupon.as_ref();
            self.coupons
                .extend(coupon.and_then(|coupon| stage.refer("coupon", coupon)));
        }
        for coupon in expectation.can_use.iter().flat_map(|can| can.keys()) {
            self.coupons.extend(stage.named("coupon", coupon));
        }
        for address in expectation.can_buy.iter().flat_map(|can| can.keys()) {
            if &*address.0.kind == "offer" {
                self.offers.extend(stage.id(&address.0));
            }
        }
    }

    /// What has happened in a world.
    pub(super) fn lived(&mut self, world: &World) {
        for event in world.events() {
            match event.what {
                What::Asked {
                    scenario,
                    trigger,
                    holds: false,
                } => {
                    self.branches.insert((scenario, trigger, Branch::Ends));
                }
                What::Acted { scenario, trigger } => {
                    self.branches.insert((scenario, trigger, Branch::Acts));
                }
                _ => {}
            }
        }
        for (_, person) in world.people() {
            for bought in &person.purchases {
                if let Buyable::Offer(offer) = bought.what {
                    self.offers.insert(offer);
                }
            }
        }
    }
}

/// How much of a configuration its tests touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// By what is measured, in a fixed order.
    pub measures: Vec<Measure>,
}

/// How much of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What is measured: `offers`, `coupons`, `trigger branches`, `restrictions`.
    pub name: &'static str,
    /// How many there are.
    pub total: usize,
    /// Which of them no test touches.
    pub gaps: Vec<Gap>,
}

/// Something that no test touches.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// The address of the document.
    pub address: String,
    /// Which part of it.
    pub part: Option<String>,
}

impl Measure {
    /// How many of them tests touch.
    pub fn covered(&self) -> usize {
        self.total.saturating_sub(self.gaps.len())
    }
}

impl Coverage {
    /// Everything that is covered, in whole percent, rounded down; 100 where there is nothing.
    pub fn percent(&self) -> u8 {
        let total: usize = self.measures.iter().map(|measure| measure.total).sum();
        let covered: usize = self.measures.iter().map(Measure::covered).sum();
        let percent = (covered * 100).checked_div(total).unwrap_or(100);
        u8::try_from(percent).unwrap_or(100)
    }
}

/// What the outcomes of tests cover of a configuration.
pub fn coverage(compiled: &Compiled, stage: &Stage, outcomes: &[Outcome]) -> Coverage {
    let mut all = Covered::default();
    for outcome in outcomes {
        let Covered {
            offers,
            coupons,
            branches,
        } = &outcome.covered;
        all.offers.extend(offers);
        all.coupons.extend(coupons);
        all.branches.extend(branches);
    }
    let elsewhere = BTreeMap::new();
    let index = Index::new(&compiled.documents, &elsewhere);
    let mut offers = Measure::empty("offers");
    let mut coupons = Measure::empty("coupons");
    let mut branches = Measure::empty("trigger branches");
    for document in index.documents() {
        let address = document.address.to_string();
        let Some(id) = stage.id(&document.address) else {
            continue;
        };
        match &document.spec {
            Spec::Offer(_) => offers.count(&address, None, all.offers.contains(&id)),
            Spec::Coupon(_) => coupons.count(&address, None, all.coupons.contains(&id)),
            // What is paused does nothing that could be shown.
            Spec::Scenario(scenario) if scenario.status.set() == Some(&ScenarioStatus::Paused) => {}
            Spec::Scenario(scenario) => {
                for (at, trigger) in scenario.triggers.iter().enumerate() {
                    let acts = all.branches.contains(&(id, at, Branch::Acts));
                    let part = format!("trigger {} acts", at + 1);
                    branches.count(&address, Some(part), acts);
                    if trigger.if_.is_some() {
                        let ends = all.branches.contains(&(id, at, Branch::Ends));
                        let part = format!("trigger {}: its condition does not hold", at + 1);
                        branches.count(&address, Some(part), ends);
                    }
                }
            }
            _ => {}
        }
    }
    let mut restricted = Measure::empty("restrictions");
    for restriction in restrictions(&index) {
        let Restriction {
            pass,
            target,
            new,
            existing,
            allowed,
            blocked,
        } = restriction;
        let who = [
            (new, "a new member"),
            (existing, "an existing member"),
            (allowed, "one who is allowed"),
            (blocked, "one who is blocked"),
        ];
        for (shown, who) in who {
            let part = if target == pass {
                format!("alone: {who}")
            } else {
                format!("through {target}: {who}")
            };
            restricted.count(&pass.to_string(), Some(part), shown);
        }
    }
    Coverage {
        measures: vec![offers, coupons, branches, restricted],
    }
}

impl Measure {
    fn empty(name: &'static str) -> Self {
        Measure {
            name,
            total: 0,
            gaps: Vec::new(),
        }
    }

    fn count(&mut self, address: &str, part: Option<String>, covered: bool) {
        self.total += 1;
        if !covered {
            self.gaps.push(Gap {
                address: address.to_owned(),
                part,
            });
        }
    }
}
