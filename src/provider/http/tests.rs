//! The adapter against servers that behave, and servers that do not.

mod limits;
mod odd;

use super::{HttpReader, HttpSettings, HttpWriter};
use crate::kinds::{KindInfo, kind};
use crate::model::{RemoteId, Secret, Value as Canonical};
use crate::provider::{ProviderError, Reader, WriteError, Writer};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What a server is asked.
struct Asked {
    /// Which request it is, from 1.
    number: u64,
    method: Method,
    path: String,
    page: u64,
    headers: HeaderMap,
}

/// A server on a free port, and how often it was asked.
struct Server {
    url: String,
    asked: Arc<AtomicU64>,
}

impl Server {
    async fn start(answer: impl Fn(Asked) -> Response<Body> + Send + Sync + 'static) -> Self {
        let asked = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&asked);
        let answer = Arc::new(answer);
        let app = Router::new().fallback(move |request: Request| {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let answer = Arc::clone(&answer);
            async move {
                let query = request.uri().query().unwrap_or("").to_owned();
                let page = query
                    .split('&')
                    .find_map(|part| part.strip_prefix("page="))
                    .and_then(|page| page.parse().ok())
                    .unwrap_or(0);
                answer(Asked {
                    number,
                    method: request.method().clone(),
                    path: request.uri().path().to_owned(),
                    page,
                    headers: request.headers().clone(),
                })
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Server { url, asked }
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    fn reader(&self) -> HttpReader {
        reader(&self.url)
    }

    fn writer(&self) -> HttpWriter {
        HttpWriter::new(self.reader())
    }
}

fn reader(url: &str) -> HttpReader {
    let secret = |text: &str| Secret::new(text.to_owned());
    HttpReader::new(HttpSettings {
        backoff: Duration::from_millis(1),
        ..HttpSettings::new("sandbox", url, secret("t0ken"), secret("cab1net"))
    })
    .unwrap()
}

fn coupon() -> &'static KindInfo {
    kind("coupon").unwrap()
}

fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(body.into()).unwrap()
}

fn ok(body: &Value) -> Response<Body> {
    reply(200, &[], body.to_string())
}

/// A page of `total` objects with the ids 1 to `total`.
fn page(total: u64, page: u64, per_page: u64) -> Value {
    let first = (page - 1) * per_page;
    let data: Vec<Value> = (first..total.min(first + per_page))
        .map(|at| json!({"id": at + 1, "title": format!("c{at}")}))
        .collect();
    json!({
        "data": data,
        "meta": {
            "current_page": page,
            "last_page": total.div_ceil(per_page).max(1),
            "per_page": per_page,
            "total": total,
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_costs_what_its_pages_cost() {
    for (total, per_page, requests) in [
        (0, 100, 1),
        (1, 100, 1),
        (100, 100, 1),
        (101, 100, 2),
        (1000, 100, 10),
        (2345, 100, 24),
        (31, 15, 3),
    ] {
        let server = Server::start(move |asked| ok(&page(total, asked.page, per_page))).await;
        let reader = server.reader();
        let listing = reader.list(coupon()).await.unwrap();
        assert_eq!(listing.objects.len() as u64, total);
        assert_eq!(listing.requests, requests, "{total} by {per_page}");
        assert_eq!(server.asked(), requests);
        assert_eq!(reader.requests(), requests);
        if total > 0 {
            let last = &listing.objects[&RemoteId(i64::try_from(total).unwrap())];
            assert_eq!(
                last.attributes[&"title".to_owned()],
                Canonical::text(format!("c{}", total - 1))
            );
        }
    }
}

/// A listing of 250 whose answers `spoil` changes; what must be in the error.
async fn check_odd(spoil: fn(&Asked, &mut Value), expected: &str) {
    let server = Server::start(move |asked| {
        let mut body = page(250, asked.page, 100);
        spoil(&asked, &mut body);
        ok(&body)
    })
    .await;
    let error = server.reader().list(coupon()).await.expect_err(expected);
    assert!(matches!(error, ProviderError::Answer(_)), "{error}");
    assert!(error.to_string().contains(expected), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_listings_are_errors_and_never_fewer_objects() {
    check_odd(
        |asked, body| {
            if asked.page == 3 {
                body["meta"]["total"] = json!(249);
            }
        },
        "250 objects on page 1 and 249 on page 3",
    )
    .await;
    check_odd(
        |asked, body| {
            if asked.page == 2 {
                body["data"][0]["id"] = json!(100);
            }
        },
        "object 100 came twice",
    )
    .await;
    check_odd(
        |asked, body| {
            if asked.page == 2 {
                body["data"].as_array_mut().unwrap().pop();
            }
        },
        "page 2 holds 99 objects instead of 100",
    )
    .await;
    check_odd(
        |_, body| body["meta"]["current_page"] = json!(1),
        "page 1 came",
    )
    .await;
    check_odd(
        |_, body| body["meta"]["last_page"] = json!(2),
        "make 3 pages, and 2 are announced",
    )
    .await;
    check_odd(
        |_, body| body["meta"]["per_page"] = json!(0),
        "`per_page` is 0",
    )
    .await;
    check_odd(
        |_, body| body["meta"]["total"] = json!(1_000_000_000_000_u64),
        "at most 1000000 are read",
    )
    .await;
    check_odd(
        |_, body| body["data"][5]["id"] = json!("five"),
        "no positive integer `id`",
    )
    .await;
    check_odd(
        |_, body| body["data"] = json!({}),
        "not what the contract says",
    )
    .await;
    check_odd(
        |_, body| *body = json!({"data": []}),
        "missing field `meta`",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_shifts_once_is_read_again() {
    let server = Server::start(|asked| {
        let total = if asked.number == 1 { 199 } else { 200 };
        ok(&page(total, asked.page, 100))
    })
    .await;
    let listing = server.reader().list(coupon()).await.unwrap();
    assert_eq!(listing.objects.len(), 200);
    assert_eq!(listing.requests, 4);
}

/// What one GET of an object comes to.
async fn check_get(
    answer: fn(&Asked) -> Response<Body>,
    requests: u64,
    expected: Result<Option<i64>, &str>,
) {
    let server = Server::start(move |asked| answer(&asked)).await;
    let found = server.reader().get(coupon(), RemoteId(7)).await;
    let found = found
        .map(|object| object.map(|object| object.id.0))
        .map_err(|error| match error {
            ProviderError::Credentials(text) => format!("credentials {text}"),
            ProviderError::Exhausted(text) => format!("exhausted {text}"),
            ProviderError::Refused { status, message } => format!("refused {status} {message}"),
            ProviderError::Answer(text) => format!("answer {text}"),
            ProviderError::Unreachable(text) => format!("unreachable {text}"),
            ProviderError::Stopped => "stopped".to_owned(),
            ProviderError::Untrusted(text) => format!("untrusted {text}"),
        });
    match (&found, expected) {
        (Ok(found), Ok(expected)) => assert_eq!(*found, expected),
        (Err(found), Err(expected)) => {
            let mut from = 0;
            for part in expected.split('…') {
                let at = found[from..].find(part);
                from += at.unwrap_or_else(|| panic!("`{found}` lacks `{part}`")) + part.len();
            }
        }
        _ => panic!("{found:?} instead of {expected:?}"),
    }
    assert_eq!(server.asked(), requests, "{expected:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_reads() {
    let good = |_: &Asked| ok(&json!({"data": {"id": 7, "title": "a"}}));
    check_get(good, 1, Ok(Some(7))).await;
    check_get(|_| reply(404, &[], "{}"), 1, Ok(None)).await;
    check_get(
        |_| reply(401, &[], r#"{"message":"who\u001b[1m?"}"#),
        1,
        Err("credentials GET /coupons/7…401: who[1m?"),
    )
    .await;
    check_get(|_| reply(403, &[], ""), 1, Err("credentials")).await;
    check_get(
        |_| reply(422, &[], r#"{"message":"no","errors":{"code":["taken"]}}"#),
        1,
        Err("refused 422…no; code: taken"),
    )
    .await;
    check_get(
        |_| reply(302, &[("location", "https://evil.example/")], ""),
        1,
        Err("answer…redirects to https://evil.example/"),
    )
    .await;
    check_get(|_| reply(200, &[], "<html>"), 1, Err("answer…is not JSON")).await;
    check_get(
        |_| ok(&json!({"data": {"id": 8}})),
        1,
        Err("answer…is about object 8"),
    )
    .await;
    check_get(
        |_| {
            reply(
                200,
                &[],
                format!("{{\"data\":{}1{}}}", "[".repeat(70), "]".repeat(70)),
            )
        },
        1,
        Err("answer…deeper than 64"),
    )
    .await;
    check_get(
        |_| reply(200, &[], "x".repeat(9 * 1024 * 1024)),
        1,
        Err("answer…larger than 8 MiB"),
    )
    .await;
    check_get(
        |_| {
            let chunks = (0..200).map(|_| Ok::<_, std::io::Error>("x".repeat(65_536)));
            reply(
                200,
                &[],
                Body::from_stream(futures_util::stream::iter(chunks)),
            )
        },
        1,
        Err("answer…larger than 8 MiB"),
    )
    .await;
    check_get(
        |_| reply(500, &[], r#"{"message":"oops"}"#),
        8,
        Err("exhausted…500: oops"),
    )
    .await;
    check_get(
        |asked| match asked.number {
            1 => reply(500, &[], ""),
            2 => reply(429, &[("retry-after", "0.02")], ""),
            3 => reply(429, &[], ""),
            4 => reply(503, &[("retry-after", "0")], ""),
            _ => ok(&json!({"data": {"id": 7}})),
        },
        5,
        Ok(Some(7)),
    )
    .await;
    check_get(
        |_| reply(429, &[("retry-after", "86400")], ""),
        1,
        Err("exhausted…asks to wait 86400 s, and at most 300 s"),
    )
    .await;
}

/// What one POST comes to: `done`, `not done` or `in doubt`.
async fn check_post(answer: fn(&Asked) -> Response<Body>, requests: u64, expected: &str) {
    let server = Server::start(move |asked| answer(&asked)).await;
    let outcome = match server
        .writer()
        .create(coupon(), &json!({"title": "a"}))
        .await
    {
        Ok(object) => format!("done {}", object.id),
        Err(WriteError::NotDone(error)) => format!("not done {error}"),
        Err(WriteError::InDoubt(error)) => format!("in doubt {error}"),
    };
    assert!(
        outcome.starts_with(expected),
        "{outcome} instead of {expected}"
    );
    assert_eq!(server.asked(), requests, "{expected}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_good_answer_repeats_is_taken_nowhere() {
    let server = Server::start(|_| {
        let body =
            json!({"id": 3, "title": "c", "url": "https://x/?t=s3cret-t0ken&a=cab1net-name"});
        ok(&json!({ "data": body }))
    })
    .await;
    let secret = |text: &str| Secret::new(text.to_owned());
    let settings = HttpSettings::new(
        "sandbox",
        &server.url,
        secret("s3cret-t0ken"),
        secret("cab1net-name"),
    );
    let reader = HttpReader::new(settings).unwrap();
    let offer = kind("offer").unwrap();
    let found = reader.get(offer, RemoteId(3)).await.unwrap().unwrap();
    let url = found.object.attributes.get("url").cloned();
    // A school's name may stand in its own addresses.
    assert_eq!(
        url,
        Some(crate::model::Value::text("https://x/?t=***&a=cab1net-name"))
    );
}

/// Told to stop, a write that waits for its turn is not sent; what is read still is.
#[tokio::test(start_paused = true)]
async fn a_write_that_waits_when_the_run_stops_is_not_sent() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "GET" => ok(&json!({"data": {"id": 3, "title": "c"}})),
        _ => reply(429, &[("retry-after", "200")], ""),
    })
    .await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let writer = server.writer().until(stopped);
    let kept = json!({});
    let write = writer.create(coupon(), &kept);
    let telling = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stop.send(true).unwrap();
    };
    let (written, ()) = tokio::join!(write, telling);
    assert!(
        matches!(written, Err(WriteError::NotDone(ProviderError::Stopped))),
        "{written:?}"
    );
    assert_eq!(server.asked(), 1);
    let again = writer.create(coupon(), &kept).await;
    assert!(matches!(
        again,
        Err(WriteError::NotDone(ProviderError::Stopped))
    ));
    assert_eq!(server.asked(), 1);
    assert!(writer.get(coupon(), RemoteId(3)).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_are_repeated_only_when_they_were_not_done() {
    check_post(|_| reply(201, &[], r#"{"data":{"id":3}}"#), 1, "done 3").await;
    check_post(|_| reply(422, &[], "{}"), 1, "not done").await;
    check_post(|_| reply(500, &[], "{}"), 1, "in doubt").await;
    check_post(|_| reply(502, &[], "<html>"), 1, "in doubt").await;
    check_post(|_| reply(503, &[], ""), 1, "in doubt").await;
    check_post(|_| reply(302, &[("location", "/")], ""), 1, "in doubt").await;
    check_post(|_| reply(201, &[], "{"), 1, "in doubt").await;
    check_post(
        |asked| match asked.number {
            1 => reply(429, &[("retry-after", "0")], ""),
            _ => reply(201, &[], r#"{"data":{"id":3}}"#),
        },
        2,
        "done 3",
    )
    .await;
    // A gateway asks to come again, whatever the platform behind it has done.
    check_post(
        |asked| match asked.number {
            1 => reply(429, &[("retry-after", "0")], ""),
            _ => reply(503, &[("retry-after", "0")], ""),
        },
        2,
        "in doubt",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_refused_or_cut() {
    let refused = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let reader = reader(&refused);
    let error = reader
        .get(coupon(), RemoteId(1))
        .await
        .expect_err("refused");
    assert!(matches!(error, ProviderError::Unreachable(_)), "{error}");
    let writer = HttpWriter::new(reader);
    let error = writer
        .create(coupon(), &json!({}))
        .await
        .expect_err("refused");
    assert!(
        matches!(error, WriteError::NotDone(ProviderError::Unreachable(_))),
        "{error}"
    );

    // Takes the request and hangs up.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.readable().await;
            let mut request = [0; 4096];
            let _ = stream.try_read(&mut request);
        }
    });
    let writer = HttpWriter::new(self::reader(&url));
    let error = writer.create(coupon(), &json!({})).await.expect_err("cut");
    assert!(
        matches!(error, WriteError::InDoubt(ProviderError::Unreachable(_))),
        "{error}"
    );
    assert_eq!(writer.reader().requests(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_carry_what_the_contract_asks_for_and_bodies_arrive() {
    let seen: Arc<Mutex<Vec<(Method, String, HeaderMap)>>> = Arc::default();
    let log = Arc::clone(&seen);
    let server = Server::start(move |asked| {
        log.lock().unwrap().push((
            asked.method.clone(),
            asked.path.clone(),
            asked.headers.clone(),
        ));
        if asked.method == Method::DELETE {
            reply(204, &[], "")
        } else {
            ok(&json!({"data": {"id": 7}}))
        }
    })
    .await;
    let writer = server.writer();
    writer.create(coupon(), &json!({})).await.unwrap();
    writer
        .update(coupon(), RemoteId(7), &json!({}))
        .await
        .unwrap();
    writer.delete(coupon(), RemoteId(7)).await.unwrap();
    let seen = seen.lock().unwrap();
    let lines: Vec<String> = seen
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(
        lines,
        ["POST /coupons", "PATCH /coupons/7", "DELETE /coupons/7"]
    );
    for (_, _, headers) in seen.iter() {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("token"), "t0ken");
        assert_eq!(header("cabinet-hash"), "cab1net");
        assert_eq!(header("x-language"), "en");
        assert!(header("user-agent").starts_with("bursar/"));
    }
    let shown = format!("{:?} {:?}", writer, writer.target());
    assert!(
        !shown.contains("t0ken") && !shown.contains("cab1net"),
        "{shown}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_followed_by_its_headers() {
    // Ten requests in every 300 ms, as a platform counts them.
    let windows: Arc<Mutex<BTreeMap<u128, u64>>> = Arc::default();
    let refusals = Arc::new(AtomicU64::new(0));
    let (count, refused) = (Arc::clone(&windows), Arc::clone(&refusals));
    let start = Instant::now();
    let server = Server::start(move |asked| {
        let now = start.elapsed().as_millis();
        let used = {
            let mut windows = count.lock().unwrap();
            let used = windows.entry(now / 300).or_insert(0);
            *used += 1;
            *used
        };
        if used > 10 {
            refused.fetch_add(1, Ordering::SeqCst);
            let wait = format!("0.{:03}", 300 - now % 300);
            return reply(
                429,
                &[("retry-after", &wait), ("x-ratelimit-remaining", "0")],
                "",
            );
        }
        let left = (10 - used).to_string();
        let body = page(3500, asked.page, 100).to_string();
        // It does not say of how many: so nothing is known of the minute either.
        reply(200, &[("x-ratelimit-remaining", &left)], body)
    })
    .await;
    let listing = server.reader().list(coupon()).await.unwrap();
    assert_eq!(listing.objects.len(), 3500);
    let took = start.elapsed();
    // 35 requests need four windows; each ends with one request that asks when the next begins.
    assert!(took >= Duration::from_millis(850), "{took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let refusals = refusals.load(Ordering::SeqCst);
    assert!(refusals <= 8, "{refusals} requests were refused");
}
