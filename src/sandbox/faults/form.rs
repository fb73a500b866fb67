//! The file that says how the sandbox is to misbehave.

use super::super::resource::RESOURCES;
use crate::yaml::{DeError, Node, from_node};
use serde::Deserialize;
use std::num::NonZeroU64;
use std::time::Duration;

/// The longest wait that a plan may ask for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// How the sandbox is to misbehave: see `docs/rehearsing-faults.md`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// What chances are drawn from: the same seed and requests, the same faults.
    #[serde(default)]
    pub seed: u64,
    /// Which requests are struck and how; the first rule that applies counts, but for latencies,
    /// which add up.
    pub rules: Vec<FaultRule>,
}

/// Which requests a fault strikes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Only requests of this method.
    #[serde(default)]
    pub method: Option<Method>,
    /// Only requests to this endpoint.
    #[serde(default)]
    pub endpoint: Option<Endpoint>,
    /// Only requests about objects of this kind.
    #[serde(default)]
    pub kind: Option<KindName>,
    /// Only these of them, counted from 1 for each method and endpoint.
    #[serde(default)]
    pub nth: Option<Nth>,
    /// Only so many of a hundred, drawn from the seed.
    #[serde(default)]
    pub chance: Option<Chance>,
    /// At most so many in all.
    #[serde(default)]
    pub times: Option<NonZeroU64>,
    /// What goes wrong.
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The answer comes so much later.
    Latency(Wait),
    /// 429, and nothing happens.
    TooManyRequests(Throttle),
    /// A status of 500 to 599, before or after the request has had its effect.
    ServerError(ServerError),
    /// The connection ends without an answer, before or after the effect.
    Cut(Effect),
    /// The request has its effect, and the answer to it is spoilt.
    Body(Spoil),
    /// The body comes drop by drop over this time.
    SlowBody(Wait),
    /// A listing does not show the newest objects yet: so many.
    Lag(NonZeroU64),
    /// Pages after the first begin elsewhere than they should.
    Shift(Shift),
    /// A redirect to this address, and nothing happens.
    Redirect(String),
}

/// A method of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "HTTP says what they mean")]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// When the request has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The fault comes first: it has none.
    Before,
    /// It has had it when the fault comes.
    After,
}

/// How a 429 says how long to wait.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Throttle {
    /// The form of `Retry-After`.
    pub retry_after: RetryAfter,
    /// How long; a second if it is not said.
    #[serde(default)]
    pub wait: Option<Wait>,
}

/// The forms of `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Whole seconds.
    Seconds,
    /// The date at which the wait is over.
    Date,
    /// A hundred years.
    Absurd,
    /// No number and no date.
    Garbage,
    /// No such header.
    Missing,
}

/// An error of the server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerError {
    /// 500 to 599.
    pub status: ServerStatus,
    /// Whether the request has had its effect.
    pub effect: Effect,
}

/// How an answer is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spoil {
    /// The connection ends in the middle of it.
    Truncated,
    /// It ends in the middle, and says that this is all.
    Garbled,
    /// It is a page for people.
    Wrong,
    /// There is nothing in it.
    Empty,
    /// It is longer than 8 MiB.
    Giant,
    /// It is nested a hundred levels deep.
    Deep,
}

/// How pages move while they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// An object at each seam is on neither page.
    Skip,
    /// An object at each seam is on both.
    Repeat,
}

/// The path of an endpoint with its variable parts named: `/offers/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Endpoint(pub(super) String);

impl TryFrom<String> for Endpoint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let path = text.strip_prefix('/').unwrap_or_default();
        let (collection, rest) = match path.split_once('/') {
            Some((collection, rest)) => (collection, Some(rest)),
            None => (path, None),
        };
        let is_known = RESOURCES.iter().any(|of| of.path() == collection);
        let is_form = matches!(
            rest,
            None | Some("{id}" | "{id}/members" | "{id}/members/{contact_id}")
        );
        if is_known && is_form {
            return Ok(Endpoint(text));
        }
        let known: Vec<String> = RESOURCES
            .iter()
            .map(|of| format!("/{}", of.path()))
            .collect();
        Err(format!(
            "an endpoint is one of {}, or one of them with `/{{id}}`, `/{{id}}/members` or `/{{id}}/members/{{contact_id}}` after it",
            known.join(", ")
        ))
    }
}

/// A kind of the platform, by its id: `offer`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct KindName(pub(super) String);

impl TryFrom<String> for KindName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if RESOURCES.iter().any(|of| of.id == text) {
            return Ok(KindName(text));
        }
        let known: Vec<&str> = RESOURCES.iter().map(|of| of.id).collect();
        Err(format!(
            "a kind of the platform is one of {}",
            known.join(", ")
        ))
    }
}

/// One number of a request, or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a number from 1, or a list of such numbers"
)]
pub enum Nth {
    /// This one.
    One(NonZeroU64),
    /// These.
    Several(Vec<NonZeroU64>),
}

impl Nth {
    pub(super) fn names(&self, number: u64) -> bool {
        match self {
            Nth::One(nth) => nth.get() == number,
            Nth::Several(all) => all.iter().any(|nth| nth.get() == number),
        }
    }
}

/// A chance of whole per cent: `10%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Chance(pub(super) u8);

impl TryFrom<String> for Chance {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.strip_suffix('%')
            .and_then(|number| number.parse().ok())
            .filter(|percent| (1..=100).contains(percent))
            .map(Chance)
            .ok_or_else(|| "a chance is whole per cent, from `1%` to `100%`".to_owned())
    }
}

/// A time of at most an hour: `250ms`, `3s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Wait(pub(super) Duration);

impl TryFrom<String> for Wait {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let duration = match (number.parse(), unit) {
            (Ok(number), "ms") => Some(Duration::from_millis(number)),
            (Ok(number), "s") => Some(Duration::from_secs(number)),
            (Ok(_) | Err(_), _) => None,
        };
        duration
            .filter(|duration| *duration <= LONGEST)
            .map(Wait)
            .ok_or_else(|| "a time is like `250ms` or `3s`, and at most an hour".to_owned())
    }
}

/// A status of the server's own failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct ServerStatus(pub(super) u16);

impl TryFrom<u16> for ServerStatus {
    type Error = String;

    fn try_from(status: u16) -> Result<Self, String> {
        if (500..=599).contains(&status) {
            Ok(ServerStatus(status))
        } else {
            Err("the status of a server error is from 500 to 599".to_owned())
        }
    }
}

impl FaultPlan {
    /// Reads a plan from a YAML document.
    ///
    /// # Errors
    /// The first place at which it is not a plan.
    pub fn from_node(node: &Node) -> Result<Self, DeError> {
        from_node(node)
    }
}
