//! The API: requests in, the store's answers out.

use super::answer::{Refusal, json_text};
use super::behaviour;
use super::faults::{Asked, Listing, Misfortune, Strike, Wire};
use super::limiter::Verdict;
use super::resource::{Resource, Verb, resource};
use super::server::Server;
use super::store::{Change, Page, Row};
use super::{listing, store};
use axum::body::{Body, HttpBody as _};
use axum::extract::{ConnectInfo, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The longest body that is read.
pub(super) const MOST_BODY_BYTES: usize = 8 * 1024 * 1024;
/// A longer body is read on and thrown away up to here, so that its sender gets the answer.
const MOST_DRAINED_BYTES: usize = 8 * MOST_BODY_BYTES;

/// What a path means.
#[derive(Clone, Copy, Debug)]
enum Target {
    Collection(&'static Resource),
    Object(&'static Resource, i64),
    Members(&'static Resource, i64),
    Member(&'static Resource, i64, i64),
}

/// Answers every request that is for no page: counts it, checks credentials and limit, and
/// answers no sooner than the latency asks.
pub(super) async fn api(
    State(server): State<Arc<Server>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response {
    let target = target(request.uri().path());
    let pattern = target.map_or_else(|| "(unknown)".to_owned(), Target::pattern);
    let authorised = server.authorises(request.headers());
    let Misfortune { latency, strike } = if authorised {
        server.faults.meet(Asked {
            method: request.method().as_str(),
            endpoint: &pattern,
            kind: target.map(Target::kind),
        })
    } else {
        Misfortune::default()
    };
    server.stats.count(request.method().as_str(), pattern);
    // From the first byte to the answer: the platform's own work is part of it.
    let due = std::time::Instant::now() + server.latency + latency;
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let verdict = if authorised {
        server.limiter.take(now)
    } else {
        server.limiter.peek(now)
    };
    let answer = match verdict {
        Verdict::Refused {
            retry_after_seconds,
            reset_unix,
            ..
        } => Err(Refusal::Limited {
            retry_after_seconds,
            reset_unix,
        }),
        Verdict::Unlimited | Verdict::Granted { .. } if !authorised => Err(Refusal::Unauthorised),
        Verdict::Unlimited | Verdict::Granted { .. } => match target {
            Some(target) => struck(&server, target, request, strike, &wire).await,
            None => Err(Refusal::Unknown(format!("route {}", request.uri().path()))),
        },
    };
    let mut response = answer.unwrap_or_else(Refusal::into_response);
    announce(verdict, response.headers_mut());
    wait_until(due).await;
    response
}

/// The answer, or what a fault makes of it.
async fn struck(
    server: &Arc<Server>,
    target: Target,
    request: Request,
    strike: Option<Strike>,
    wire: &Wire,
) -> Result<Response, Refusal> {
    match strike {
        None => answer(server, target, request, None).await,
        Some(Strike::Listing(listing)) => answer(server, target, request, Some(listing)).await,
        Some(Strike::Instead(instead)) => {
            // Who is answered before everything was sent may not hear it.
            let _ = read(request.into_body()).await;
            Ok(instead.answer(wire))
        }
        Some(Strike::Afterwards(afterwards)) => {
            let answer = answer(server, target, request, None).await;
            let answer = answer.unwrap_or_else(Refusal::into_response);
            Ok(afterwards.spoil(answer, wire).await)
        }
    }
}

/// Waits to the tenth of a millisecond. The runtime's own timers round up to the next whole one,
/// which at 20 ms would be a twentieth.
async fn wait_until(due: std::time::Instant) {
    let left = due.saturating_duration_since(std::time::Instant::now());
    if left.is_zero() {
        return;
    }
    // The thread only sleeps; if the runtime is going down, the answer is not needed any more.
    let _ = tokio::task::spawn_blocking(move || std::thread::sleep(left)).await;
}

/// Says how much of the limit is left.
fn announce(verdict: Verdict, headers: &mut HeaderMap) {
    let (limit, remaining) = match verdict {
        Verdict::Unlimited => return,
        Verdict::Granted { limit, remaining } => (limit, remaining),
        Verdict::Refused { limit, .. } => (limit, 0),
    };
    headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(remaining));
}

async fn answer(
    server: &Arc<Server>,
    target: Target,
    request: Request,
    misread: Option<Listing>,
) -> Result<Response, Refusal> {
    let methods = target.methods().ok_or_else(|| target.unknown())?;
    let allow = methods.join(", ");
    let method = match *request.method() {
        Method::HEAD => Method::GET,
        ref method => method.clone(),
    };
    if method == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Ok(allow) = HeaderValue::try_from(allow) {
            response.headers_mut().insert("allow", allow);
        }
        return Ok(response);
    }
    if !methods.contains(&method.as_str()) {
        return Err(Refusal::Verb(allow));
    }
    let (parts, body) = request.into_parts();
    let body = match method {
        Method::POST | Method::PATCH => object(&read(body).await?)?,
        _ => Map::new(),
    };
    let window = page_of(&parts.uri);
    server
        .work(move |store| match (target, method.as_str()) {
            (Target::Collection(of), "GET") => {
                let page = store.read(|connection| match misread {
                    None => Page::load(connection, of, window),
                    Some(misread) => Page::misread(connection, of, window, misread),
                })?;
                Ok(json_text(StatusCode::OK, listing::text(&page, window)))
            }
            (Target::Collection(of), _) => {
                let text = store.write_one(of, |changes| changes.create(of, body))?;
                Ok(data(StatusCode::CREATED, &text))
            }
            (Target::Object(of, id), "GET") => {
                let row = store.read(|connection| Row::load(connection, of, id))?;
                Ok(data(StatusCode::OK, &row.text()))
            }
            (Target::Object(of, id), "DELETE") => {
                store.write(|changes| changes.delete(of, id))?;
                Ok(StatusCode::NO_CONTENT.into_response())
            }
            (Target::Object(of, id), _) => {
                let text = store.write_one(of, |changes| {
                    changes.update(of, id, Change::Merge(body))?;
                    Ok(id)
                })?;
                Ok(data(StatusCode::OK, &text))
            }
            (Target::Members(of, id), "GET") => members(store, of, id, window),
            (Target::Members(of, id), _) => {
                let contact_id = body
                    .get("contact_id")
                    .and_then(Value::as_i64)
                    .ok_or_else(|| Refusal::invalid("contact_id", "is required"))?;
                let text = store.write_one(of, |changes| {
                    behaviour::add_member(changes, of, id, contact_id)?;
                    Ok(id)
                })?;
                Ok(data(StatusCode::CREATED, &text))
            }
            (Target::Member(of, id, contact_id), _) => {
                store.write(|changes| behaviour::remove_member(changes, of, id, contact_id))?;
                Ok(StatusCode::NO_CONTENT.into_response())
            }
        })
        .await
}

fn members(
    store: &store::Store,
    of: &'static Resource,
    id: i64,
    window: store::Window,
) -> Result<Response, Refusal> {
    let contacts =
        behaviour::members_of(of).ok_or_else(|| Refusal::Unknown("such route".to_owned()))?;
    let page = store.read(|connection| {
        Row::load(connection, of, id)?;
        Page::load_members(connection, contacts, id, window)
    })?;
    Ok(json_text(StatusCode::OK, listing::text(&page, window)))
}

/// `{"data": …}`
fn data(status: StatusCode, object: &str) -> Response {
    json_text(status, format!("{{\"data\":{object}}}"))
}

/// The meaning of a path, if it has any.
fn target(path: &str) -> Option<Target> {
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let (name, rest) = parts.split_first()?;
    let of = resource(name)?;
    match rest {
        [] => Some(Target::Collection(of)),
        [id] => Some(Target::Object(of, number(id)?)),
        [id, "members"] => Some(Target::Members(of, number(id)?)),
        [id, "members", contact] => Some(Target::Member(of, number(id)?, number(contact)?)),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

impl Target {
    /// The path with its variable parts named.
    fn pattern(self) -> String {
        match self {
            Target::Collection(of) => format!("/{}", of.path()),
            Target::Object(of, _) => format!("/{}/{{id}}", of.path()),
            Target::Members(of, _) => format!("/{}/{{id}}/members", of.path()),
            Target::Member(of, ..) => format!("/{}/{{id}}/members/{{contact_id}}", of.path()),
        }
    }

    /// The kind of what is there.
    fn kind(self) -> &'static str {
        match self {
            Target::Collection(of)
            | Target::Object(of, _)
            | Target::Members(of, _)
            | Target::Member(of, ..) => of.id,
        }
    }

    /// What can be done there; `None` if there is no such place.
    fn methods(self) -> Option<Vec<&'static str>> {
        let verbs = |of: &Resource, pairs: &[(Verb, &'static str)]| {
            let mut methods = vec!["GET"];
            methods.extend(
                pairs
                    .iter()
                    .filter(|(verb, _)| of.allows(*verb))
                    .map(|(_, method)| *method),
            );
            methods
        };
        match self {
            Target::Collection(of) => Some(verbs(of, &[(Verb::Create, "POST")])),
            Target::Object(of, _) => Some(verbs(
                of,
                &[(Verb::Update, "PATCH"), (Verb::Delete, "DELETE")],
            )),
            Target::Members(of, _) => behaviour::members_of(of).map(|_| vec!["GET", "POST"]),
            Target::Member(of, ..) => behaviour::members_of(of).map(|_| vec!["DELETE"]),
        }
    }

    fn unknown(self) -> Refusal {
        Refusal::Unknown(format!("route {}", self.pattern()))
    }
}

fn page_of(uri: &Uri) -> store::Window {
    let query: BTreeMap<String, String> = Query::try_from_uri(uri)
        .map(|Query(pairs): Query<Vec<(String, String)>>| pairs.into_iter().collect())
        .unwrap_or_default();
    listing::window(
        query.get("page").map(String::as_str),
        query.get("per_page").map(String::as_str),
    )
}

/// The whole body, if it is not too long.
async fn read(mut body: Body) -> Result<Vec<u8>, Refusal> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) =
        std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
    {
        let frame = frame.map_err(|error| Refusal::Malformed(error.to_string()))?;
        let Ok(piece) = frame.into_data() else {
            continue;
        };
        length = length.saturating_add(piece.len());
        if length <= MOST_BODY_BYTES {
            bytes.extend_from_slice(&piece);
        } else if length > MOST_DRAINED_BYTES {
            break;
        }
    }
    if length > MOST_BODY_BYTES {
        return Err(Refusal::TooLarge(MOST_BODY_BYTES));
    }
    Ok(bytes)
}

/// The JSON object that a body is.
fn object(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Refusal::invalid("body", "is an object")),
        Err(error) => Err(Refusal::Malformed(error.to_string())),
    }
}
