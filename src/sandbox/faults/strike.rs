//! What a fault makes of a request and of its answer.

use super::form::{Effect, Fault, RetryAfter, ServerError, Shift, Spoil, Throttle, Wait};
use super::wire::Wire;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt as _};
use std::io;
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime};

/// More than any client should take for an answer.
const GIANT_BYTES: usize = 9 * 1024 * 1024;
/// Deeper than any client should follow.
const DEEP_LEVELS: usize = 100;
/// Into how many drops a slow body falls.
const DROPS: u32 = 10;
/// How long a body pauses before it ends too soon.
const FLUSH: Duration = Duration::from_millis(20);
/// No answer of the sandbox is longer.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// What a 429 asks for that does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(1);
/// About a hundred years.
const ABSURD_SECONDS: u64 = 3_155_760_000;

/// What goes wrong with one request, beside its being late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Strike {
    /// It is answered so, and has no effect.
    Instead(Instead),
    /// It has its effect and is answered otherwise.
    Afterwards(Afterwards),
    /// What it lists is not what there is.
    Listing(Listing),
}

/// What comes instead of the effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Instead {
    Throttled(Throttle),
    ServerError(u16),
    Cut,
    Redirect(String),
}

/// What comes instead of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Afterwards {
    ServerError(u16),
    Cut,
    Spoilt(Spoil),
    Slow(Duration),
}

/// How a listing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Listing {
    /// The newest objects are missing: so many.
    Lags(NonZeroU64),
    /// Pages after the first begin elsewhere.
    Shifts(Shift),
}

impl Strike {
    /// What a fault does, or how late it makes the answer.
    pub(super) fn of(fault: &Fault) -> Result<Self, Wait> {
        Ok(match fault {
            Fault::Latency(wait) => return Err(*wait),
            Fault::TooManyRequests(throttle) => {
                Strike::Instead(Instead::Throttled(throttle.clone()))
            }
            Fault::ServerError(ServerError { status, effect }) => match effect {
                Effect::Before => Strike::Instead(Instead::ServerError(status.0)),
                Effect::After => Strike::Afterwards(Afterwards::ServerError(status.0)),
            },
            Fault::Cut(Effect::Before) => Strike::Instead(Instead::Cut),
            Fault::Cut(Effect::After) => Strike::Afterwards(Afterwards::Cut),
            Fault::Body(spoil) => Strike::Afterwards(Afterwards::Spoilt(*spoil)),
            Fault::SlowBody(Wait(over)) => Strike::Afterwards(Afterwards::Slow(*over)),
            Fault::Lag(count) => Strike::Listing(Listing::Lags(*count)),
            Fault::Shift(shift) => Strike::Listing(Listing::Shifts(*shift)),
            Fault::Redirect(to) => Strike::Instead(Instead::Redirect(to.clone())),
        })
    }
}

impl Instead {
    /// The answer.
    pub(in crate::sandbox) fn answer(&self, wire: &Wire) -> Response {
        match self {
            Instead::Throttled(throttle) => throttled(throttle),
            Instead::ServerError(status) => server_error(*status),
            Instead::Cut => wire.cut(),
            Instead::Redirect(to) => {
                let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
                if let Ok(to) = HeaderValue::try_from(to) {
                    response.headers_mut().insert(LOCATION, to);
                }
                response
            }
        }
    }
}

impl Afterwards {
    /// What becomes of the answer.
    pub(in crate::sandbox) async fn spoil(&self, answer: Response, wire: &Wire) -> Response {
        match self {
            Afterwards::ServerError(status) => server_error(*status),
            Afterwards::Cut => wire.cut(),
            Afterwards::Spoilt(spoil) => spoilt(answer, *spoil).await,
            Afterwards::Slow(over) => slow(answer, *over).await,
        }
    }
}

fn server_error(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::json!({ "message": "Server Error", "errors": {} });
    (
        status,
        [(CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

fn throttled(throttle: &Throttle) -> Response {
    let Throttle { retry_after, wait } = throttle;
    let wait = wait.map_or(USUAL_WAIT, |Wait(wait)| wait);
    let body = serde_json::json!({ "message": "Too Many Attempts.", "errors": {} });
    let mut response = (
        StatusCode::TOO_MANY_REQUESTS,
        [(CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response();
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let headers = response.headers_mut();
    match retry_after {
        RetryAfter::Seconds => {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        RetryAfter::Absurd => {
            headers.insert(RETRY_AFTER, HeaderValue::from(ABSURD_SECONDS));
        }
        RetryAfter::Garbage => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("in a while"));
        }
        RetryAfter::Date => {
            // Both by the same clock, so that the difference is what was asked for.
            let now = SystemTime::now();
            let dates = [
                (DATE, now),
                (RETRY_AFTER, now + Duration::from_secs(seconds)),
            ];
            for (name, at) in dates {
                if let Ok(date) = HeaderValue::try_from(http_date(at)) {
                    headers.insert(name, date);
                }
            }
        }
        RetryAfter::Missing => {}
    }
    response
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn http_date(at: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(at)
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

async fn spoilt(answer: Response, spoil: Spoil) -> Response {
    let (mut parts, body) = answer.into_parts();
    let whole = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    let body = match spoil {
        Spoil::Truncated => {
            // The length is that of the whole: who waits for the rest sees the end of the connection.
            parts
                .headers
                .insert(CONTENT_LENGTH, HeaderValue::from(whole.len()));
            let pieces = stream::once(async move { Ok(half) }).chain(stream::once(async {
                // What was written leaves while nothing follows.
                tokio::time::sleep(FLUSH).await;
                Err(io::Error::from(io::ErrorKind::ConnectionReset))
            }));
            return Response::from_parts(parts, Body::from_stream(pieces));
        }
        Spoil::Garbled => half,
        Spoil::Wrong => {
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            parts.headers.insert(CONTENT_TYPE, html);
            Bytes::from_static(b"<!doctype html><title>Maintenance</title><p>We are back soon.")
        }
        Spoil::Empty => Bytes::new(),
        Spoil::Giant => format!("{{\"data\":\"{}\"}}", "x".repeat(GIANT_BYTES)).into(),
        Spoil::Deep => format!("{}{}", "[".repeat(DEEP_LEVELS), "]".repeat(DEEP_LEVELS)).into(),
    };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

async fn slow(answer: Response, over: Duration) -> Response {
    let (parts, body) = answer.into_parts();
    let whole = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let size = whole.len().div_ceil(DROPS as usize).max(1);
    let drops = stream::unfold(whole, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(over / DROPS).await;
        let drop = rest.split_to(size.min(rest.len()));
        Some((Ok::<Bytes, io::Error>(drop), rest))
    });
    Response::from_parts(parts, Body::from_stream(drops))
}
