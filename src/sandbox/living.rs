//! Requests about time and what people do: the platform's own, beside the contract.

use super::answer::{Refusal, json_text};
use super::behaviour::life::{self, Life};
use super::clock::Clock;
use super::server::Server;
use crate::domain::world::Event;
use crate::kinds::WireMoney;
use crate::model::{Duration, format_instant, parse_instant};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/_sandbox/clock", get(clock).post(move_clock))
        .route("/_sandbox/contacts/{id}/deeds", post(deed))
        .route("/_sandbox/events", get(events))
        .route("/_sandbox/outbox", get(outbox))
}

/// Where the clock is to be put: at an instant, or ahead by a length of time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    #[serde(default)]
    now: Option<String>,
    #[serde(default)]
    advance: Option<String>,
    #[serde(default)]
    stands: Option<bool>,
}

/// Of whom something is asked.
#[derive(Debug, Deserialize)]
struct OfContact {
    #[serde(default)]
    contact_id: Option<i64>,
}

async fn clock(State(server): State<Arc<Server>>) -> Response {
    told(
        server
            .work(|store| store.read(Clock::load).map(shown))
            .await,
    )
}

fn shown(clock: Clock) -> Value {
    json!({
        "now": format_instant(clock.now()),
        "stands": matches!(clock, Clock::Stands(_)),
    })
}

async fn move_clock(State(server): State<Arc<Server>>, body: Bytes) -> Response {
    let zone = server.zone.clone();
    told(
        server
            .work(move |store| {
                let wanted: Move = read(&body)?;
                let clock = store.write(|changes| {
                    let before = Clock::load(changes.connection())?;
                    let after = moved(before, &wanted)?;
                    let begun = life::has_begun(changes.connection())?;
                    if begun && after.now() < before.now() {
                        return Err(Refusal::invalid(
                            "now",
                            "lies in the past: people have lived",
                        ));
                    }
                    after.save(changes.connection())?;
                    Ok((after, begun))
                })?;
                let (clock, begun) = clock;
                if begun {
                    // What is due happens.
                    life::live(store, &zone, |_, _| Ok(()))?;
                }
                Ok(shown(clock))
            })
            .await,
    )
}

fn moved(before: Clock, wanted: &Move) -> Result<Clock, Refusal> {
    let Move {
        now,
        advance,
        stands,
    } = wanted;
    let stands = stands.unwrap_or(matches!(before, Clock::Stands(_)));
    let at = match (now, advance) {
        (Some(now), None) => {
            parse_instant(now).ok_or_else(|| Refusal::invalid("now", "is no instant"))?
        }
        (None, Some(advance)) => {
            let length: Option<Duration> = advance.parse().ok();
            let minutes = length.and_then(Duration::exact_minutes);
            minutes
                .and_then(|minutes| i64::try_from(minutes).ok())
                .and_then(chrono::TimeDelta::try_minutes)
                .and_then(|delta| before.now().checked_add_signed(delta))
                .ok_or_else(|| Refusal::invalid("advance", "is no length of time: `31m`, `24h`"))?
        }
        (None, None) => before.now(),
        (Some(_), Some(_)) => {
            return Err(Refusal::invalid("now", "and `advance` exclude each other"));
        }
    };
    Ok(Clock::showing(at, stands))
}

async fn deed(
    State(server): State<Arc<Server>>,
    Path(contact): Path<i64>,
    body: Bytes,
) -> Response {
    let zone = server.zone.clone();
    told(
        server
            .work(move |store| {
                let deed: Value = read(&body)?;
                life::live(store, &zone, |changes, life: &mut Life| {
                    if life.world.person(contact).is_none() {
                        return Err(Refusal::Unknown(format!("contact {contact}")));
                    }
                    let heard = life.world.events().len();
                    life.act(changes, contact, &deed)?;
                    let events = life.world.events().get(heard..).unwrap_or_default();
                    Ok(json!({ "data": events.iter().map(event).collect::<Vec<_>>() }))
                })
            })
            .await,
    )
}

async fn events(State(server): State<Arc<Server>>, Query(of): Query<OfContact>) -> Response {
    let zone = server.zone.clone();
    told(
        server
            .work(move |store| {
                life::live(store, &zone, |_, life| {
                    let events = life.world.events().iter();
                    let events = events.filter(|event| {
                        of.contact_id.is_none_or(|contact| event.person == contact)
                    });
                    Ok(json!({ "data": events.map(event).collect::<Vec<_>>() }))
                })
            })
            .await,
    )
}

async fn outbox(State(server): State<Arc<Server>>, Query(of): Query<OfContact>) -> Response {
    let zone = server.zone.clone();
    told(
        server
            .work(move |store| {
                // Letters that are due are sent first.
                life::live(store, &zone, |_, _| Ok(()))?;
                let letters = store.read(|connection| life::outbox(connection, of.contact_id))?;
                Ok(json!({ "data": letters }))
            })
            .await,
    )
}

/// An event in the platform's words.
fn event(event: &Event) -> Value {
    let Event {
        at,
        person,
        what,
        by: _,
    } = event;
    let mut told = Map::new();
    told.insert("at".to_owned(), format_instant(*at).into());
    told.insert("contact_id".to_owned(), (*person).into());
    told.insert("event".to_owned(), what.word().into());
    for (kind, id) in what.about() {
        told.insert(kind.to_owned(), id.into());
    }
    if let Some(amount) = what.amount() {
        let amount = serde_json::to_value(WireMoney(amount)).unwrap_or_default();
        told.insert("amount".to_owned(), amount);
    }
    Value::Object(told)
}

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Malformed(error.to_string()))
}

fn told(answer: Result<Value, Refusal>) -> Response {
    match answer {
        Ok(value) => json_text(StatusCode::OK, value.to_string()),
        Err(refusal) => refusal.into_response(),
    }
}
