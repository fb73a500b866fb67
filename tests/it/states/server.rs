//! A server that speaks Terraform's HTTP backend protocol, and can be in a bad mood.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use md5::{Digest as _, Md5};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// What it does to requests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Works,
    /// 500 to everything but locks.
    Fails,
    /// 500 so many times, then it works.
    FailsTimes(u32),
    Unauthorized,
    Redirects,
    /// Writes happen, and 502 is answered once for each.
    LosesAnswersOfWrites,
    /// Locked, without a word of by whom.
    NamesNobody,
}

struct Held {
    document: Option<Vec<u8>>,
    lock: Option<Value>,
    mood: Mood,
    redirected: usize,
}

/// The server; copies share everything.
#[derive(Clone)]
pub struct Server {
    held: Arc<Mutex<Held>>,
    port: u16,
}

impl Server {
    pub async fn start() -> Self {
        let held = Arc::new(Mutex::new(Held {
            document: None,
            lock: None,
            mood: Mood::Works,
            redirected: 0,
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = held.clone();
        let app = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                answer(&mut shared.lock().unwrap(), &method, &uri, &headers, &body)
            },
        );
        tokio::spawn(async move { axum::serve(listener, app).await });
        Server { held, port }
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn address(&self) -> String {
        format!("http://{}/state/school", self.host())
    }

    pub fn turn(&self, mood: Mood) {
        self.held.lock().unwrap().mood = mood;
    }

    pub fn document(&self) -> Option<Vec<u8>> {
        self.held.lock().unwrap().document.clone()
    }

    pub fn set_document(&self, text: &[u8]) {
        self.held.lock().unwrap().document = Some(text.to_vec());
    }

    pub fn set_lock(&self, id: &str, who: &str, created: &str) {
        let info = serde_json::json!({
            "ID": id, "Operation": "apply", "Info": "", "Who": who, "Version": "1.9.0",
            "Created": created, "Path": "",
        });
        self.held.lock().unwrap().lock = Some(info);
    }

    pub fn redirected(&self) -> usize {
        self.held.lock().unwrap().redirected
    }
}

fn answer(
    held: &mut Held,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    if uri.path() != "/state/school" {
        held.redirected += 1;
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_lock = matches!(method.as_str(), "LOCK" | "UNLOCK");
    match held.mood {
        Mood::Fails if !is_lock => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Unauthorized => return StatusCode::UNAUTHORIZED.into_response(),
        Mood::Redirects => {
            let to = [("location", "/elsewhere")];
            return (StatusCode::TEMPORARY_REDIRECT, to).into_response();
        }
        Mood::FailsTimes(0) => held.mood = Mood::Works,
        Mood::FailsTimes(left) => {
            held.mood = Mood::FailsTimes(left - 1);
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Mood::Works | Mood::Fails | Mood::LosesAnswersOfWrites | Mood::NamesNobody => {}
    }
    match method.as_str() {
        "GET" => match &held.document {
            Some(text) => text.clone().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        "POST" => {
            // It does not check `?ID=`, as simple servers do not: fencing must hold without it.
            assert!(uri.query().is_some_and(|query| query.starts_with("ID=")));
            let sum = base64::engine::general_purpose::STANDARD.encode(Md5::digest(body));
            assert_eq!(headers["content-md5"], sum.as_str());
            held.document = Some(body.to_vec());
            match held.mood {
                Mood::LosesAnswersOfWrites => StatusCode::BAD_GATEWAY.into_response(),
                _ => StatusCode::OK.into_response(),
            }
        }
        "LOCK" => match &held.lock {
            Some(_) if held.mood == Mood::NamesNobody => {
                (StatusCode::LOCKED, "locked").into_response()
            }
            Some(info) => (StatusCode::LOCKED, info.to_string()).into_response(),
            None => {
                held.lock = Some(serde_json::from_slice(body).unwrap());
                StatusCode::OK.into_response()
            }
        },
        "UNLOCK" => {
            let info: Value = serde_json::from_slice(body).unwrap();
            match &held.lock {
                Some(lock) if lock["ID"] != info["ID"] => {
                    (StatusCode::CONFLICT, lock.to_string()).into_response()
                }
                _ => {
                    held.lock = None;
                    StatusCode::OK.into_response()
                }
            }
        }
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}
