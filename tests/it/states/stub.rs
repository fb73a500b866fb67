//! A server that speaks as much of S3 as a state needs.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use md5::{Digest as _, Md5};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What it does to requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Works,
    /// Writes over what is there, whatever `If-None-Match` says.
    IgnoresNoneMatch,
    /// Writes over another version than `If-Match` names.
    IgnoresMatch,
    /// This status, with a body that repeats what nobody must see.
    Answers(u16),
    /// No ETag.
    NamesNoVersion,
    /// 409 to so many writes.
    ConflictsTimes(u32),
}

struct Held {
    objects: BTreeMap<String, Bytes>,
    mode: Mode,
    redirected: usize,
}

/// The server; copies share everything.
#[derive(Clone)]
pub struct Stub {
    held: Arc<Mutex<Held>>,
    port: u16,
}

impl Stub {
    pub async fn start() -> Self {
        let held = Arc::new(Mutex::new(Held {
            objects: BTreeMap::new(),
            mode: Mode::Works,
            redirected: 0,
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = held.clone();
        let app = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                answer(&mut shared.lock().unwrap(), &method, &uri, &headers, body)
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        Stub { held, port }
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn turn(&self, mode: Mode) {
        self.held.lock().unwrap().mode = mode;
    }

    pub fn object(&self, path: &str) -> Option<Vec<u8>> {
        let held = self.held.lock().unwrap();
        held.objects.get(path).map(|object| object.to_vec())
    }

    pub fn set_object(&self, path: &str, text: &[u8]) {
        let mut held = self.held.lock().unwrap();
        held.objects
            .insert(path.to_owned(), Bytes::copy_from_slice(text));
    }

    pub fn redirected(&self) -> usize {
        self.held.lock().unwrap().redirected
    }
}

fn version(text: &[u8]) -> String {
    let hex: String = Md5::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

fn answer(
    held: &mut Held,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    if path == "/elsewhere" {
        held.redirected += 1;
    }
    if let Mode::Answers(status) = held.mode {
        let status = StatusCode::from_u16(status).unwrap();
        let body = "<Error><Code>Odd</Code><Message>s3cret</Message></Error>";
        return (status, [("location", "/elsewhere")], body).into_response();
    }
    if uri.query().is_some_and(|query| query.contains("list-type")) {
        let none = "<ListBucketResult><Name>b</Name><KeyCount>0</KeyCount>\
                    <IsTruncated>false</IsTruncated></ListBucketResult>";
        return none.into_response();
    }
    let present = held.objects.get(&path).cloned();
    let tag = |text: &[u8]| match held.mode {
        Mode::NamesNoVersion => HeaderMap::new(),
        _ => HeaderMap::from_iter([("etag".parse().unwrap(), version(text).parse().unwrap())]),
    };
    match (method.as_str(), present) {
        ("GET", Some(text)) => (tag(&text), text).into_response(),
        ("GET", None) => StatusCode::NOT_FOUND.into_response(),
        ("PUT", present) => {
            if let Mode::ConflictsTimes(left @ 1..) = held.mode {
                held.mode = Mode::ConflictsTimes(left - 1);
                return StatusCode::CONFLICT.into_response();
            }
            let given = |name| headers.get(name).and_then(|value| value.to_str().ok());
            let is_taken = given("if-none-match") == Some("*")
                && present.is_some()
                && held.mode != Mode::IgnoresNoneMatch;
            let is_another = given("if-match").is_some_and(|wanted| {
                held.mode != Mode::IgnoresMatch
                    && present.as_deref().map(version).as_deref() != Some(wanted)
            });
            assert!(given("if-match").is_some() || given("if-none-match").is_some());
            if is_taken || is_another {
                return StatusCode::PRECONDITION_FAILED.into_response();
            }
            let tag = tag(&body);
            held.objects.insert(path, body);
            (StatusCode::OK, tag).into_response()
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}
