//! Misbehaviour on demand: which requests are struck, by seed and by endpoint.
//!
//! What strikes a request depends on the plan, on its method and endpoint, and on how many such
//! requests came before it; on no clock, and not on requests to other endpoints.

mod form;
mod strike;
mod wire;

pub use form::{
    Chance, Effect, Endpoint, Fault, FaultPlan, FaultRule, KindName, Method, Nth, RetryAfter,
    ServerError, ServerStatus, Shift, Spoil, Throttle, Wait,
};
pub(super) use strike::{Listing, Strike};
pub(super) use wire::{Cuttable, Wire};

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The faults of a running sandbox.
#[derive(Debug, Default)]
pub(super) struct Faults {
    plan: FaultPlan,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Requests so far, by method and endpoint.
    requests: BTreeMap<(String, String), u64>,
    /// How often each rule has struck.
    struck: BTreeMap<usize, u64>,
}

/// A request as rules see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// `/offers/{id}`
    pub(super) endpoint: &'a str,
    /// `offer`; `None` for an endpoint that there is not.
    pub(super) kind: Option<&'a str>,
}

/// What happens to one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Misfortune {
    /// How much later it is answered.
    pub(super) latency: Duration,
    /// What else goes wrong.
    pub(super) strike: Option<Strike>,
}

impl Faults {
    pub(super) fn new(plan: FaultPlan) -> Self {
        Faults {
            plan,
            counts: Mutex::default(),
        }
    }

    /// Counts a request and says what happens to it.
    pub(super) fn meet(&self, asked: Asked<'_>) -> Misfortune {
        let mut misfortune = Misfortune::default();
        if self.plan.rules.is_empty() {
            return misfortune;
        }
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (asked.method.to_owned(), asked.endpoint.to_owned());
        let number = counts.requests.entry(key).or_default();
        *number += 1;
        let number = *number;
        for (index, rule) in self.plan.rules.iter().enumerate() {
            let is_latency = matches!(rule.fault, Fault::Latency(_));
            if !is_latency && misfortune.strike.is_some() {
                continue;
            }
            let struck = counts.struck.entry(index).or_default();
            if rule.times.is_some_and(|times| *struck >= times.get())
                || !rule.is_about(asked)
                || !self.falls_on(index, rule, asked, number)
            {
                continue;
            }
            *struck += 1;
            match Strike::of(&rule.fault) {
                Ok(strike) => misfortune.strike = Some(strike),
                Err(Wait(latency)) => misfortune.latency += latency,
            }
        }
        misfortune
    }

    /// How often each rule has struck, in the order of the plan; empty without a plan.
    pub(super) fn struck(&self) -> Vec<u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (0..self.plan.rules.len())
            .map(|index| counts.struck.get(&index).copied().unwrap_or(0))
            .collect()
    }

    /// Whether a rule means the request of this number.
    fn falls_on(&self, index: usize, rule: &FaultRule, asked: Asked<'_>, number: u64) -> bool {
        if rule.nth.as_ref().is_some_and(|nth| !nth.names(number)) {
            return false;
        }
        let Some(Chance(percent)) = rule.chance else {
            return true;
        };
        let seed = [asked.method.as_bytes(), b" ", asked.endpoint.as_bytes()]
            .concat()
            .into_iter()
            .map(u64::from)
            .chain([index as u64, number])
            .fold(self.plan.seed, |seed, part| {
                (seed ^ part).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
            });
        fastrand::Rng::with_seed(seed).u8(0..100) < percent
    }
}

impl FaultRule {
    fn is_about(&self, asked: Asked<'_>) -> bool {
        let FaultRule {
            method,
            endpoint,
            kind,
            nth: _,
            chance: _,
            times: _,
            fault,
        } = self;
        let is_listing = asked.method == "GET" && !asked.endpoint.ends_with("{id}");
        method.is_none_or(|method| method.name() == asked.method)
            && endpoint
                .as_ref()
                .is_none_or(|endpoint| endpoint.0 == asked.endpoint)
            && kind
                .as_ref()
                .is_none_or(|kind| Some(kind.0.as_str()) == asked.kind)
            && (is_listing || !matches!(fault, Fault::Lag(_) | Fault::Shift(_)))
    }
}
