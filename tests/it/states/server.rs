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
    /// 409 where others answer 423.
    Conflicts,
    /// Whatever it holds: 204.
    HasNoContent,
    /// Whatever it holds: 200, and nothing.
    IsEmpty,
    /// A mebibyte of spaces as the document, and as the holder of the lock.
    IsHuge,
    /// 409 to a write whose `?ID=` is not the lock's, as GitLab does.
    ChecksId,
    /// A lock is taken, and nothing answered for ever.
    KeepsLocksWaiting,
    /// So many writes are taken and answered; from then on nothing is taken, and nothing answered.
    FallsSilentAfterWrites(u32),
}

struct Held {
    document: Option<Vec<u8>>,
    lock: Option<Value>,
    mood: Mood,
    redirected: usize,
    credentials: Option<String>,
    seen: Vec<String>,
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
            credentials: None,
            seen: Vec::new(),
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = held.clone();
        let app = Router::new().fallback(
            move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                let (answer, waits) = {
                    let mut held = shared.lock().unwrap();
                    held.seen.push(format!("{method} {}", uri.path()));
                    let is_write = method.as_str() == "POST";
                    if held.mood == Mood::FallsSilentAfterWrites(0)
                        && (is_write || method.as_str() == "UNLOCK")
                    {
                        (StatusCode::OK.into_response(), true)
                    } else {
                        let answer = answer(&mut held, &method, &uri, &headers, &body);
                        let waits =
                            held.mood == Mood::KeepsLocksWaiting && method.as_str() == "LOCK";
                        if let (Mood::FallsSilentAfterWrites(left), true) = (held.mood, is_write) {
                            held.mood = Mood::FallsSilentAfterWrites(left - 1);
                        }
                        (answer, waits)
                    }
                };
                if waits {
                    std::future::pending::<()>().await;
                }
                answer
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

    /// Takes the lock away.
    pub fn unlock(&self) {
        self.held.lock().unwrap().lock = None;
    }

    pub fn is_locked(&self) -> bool {
        self.held.lock().unwrap().lock.is_some()
    }

    /// From now on it wants these.
    pub fn want(&self, user: &str, password: &str) {
        let both = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.held.lock().unwrap().credentials = Some(format!("Basic {both}"));
    }

    /// What has been asked: verbs and paths.
    pub fn seen(&self) -> Vec<String> {
        self.held.lock().unwrap().seen.clone()
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
    // Its own way of locking, or GitLab's.
    let verb = match (uri.path(), method.as_str()) {
        ("/state/school", "PUT") => "POST",
        ("/state/school", verb) => verb,
        ("/state/school/lock", "POST") => "LOCK",
        ("/state/school/lock", "DELETE") => "UNLOCK",
        _ => {
            held.redirected += 1;
            return StatusCode::NOT_FOUND.into_response();
        }
    };
    if let Some(wanted) = &held.credentials
        && headers
            .get("authorization")
            .and_then(|given| given.to_str().ok())
            != Some(wanted)
    {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let is_lock = matches!(verb, "LOCK" | "UNLOCK");
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
        Mood::HasNoContent if verb == "GET" => return StatusCode::NO_CONTENT.into_response(),
        Mood::IsEmpty if verb == "GET" => return StatusCode::OK.into_response(),
        Mood::IsHuge if verb == "GET" => return " ".repeat(1 << 20).into_response(),
        Mood::IsHuge if verb == "LOCK" => {
            return (StatusCode::LOCKED, " ".repeat(1 << 20)).into_response();
        }
        Mood::Works
        | Mood::Fails
        | Mood::LosesAnswersOfWrites
        | Mood::NamesNobody
        | Mood::Conflicts
        | Mood::HasNoContent
        | Mood::IsEmpty
        | Mood::IsHuge
        | Mood::ChecksId
        | Mood::KeepsLocksWaiting
        | Mood::FallsSilentAfterWrites(_) => {}
    }
    match verb {
        "GET" => match &held.document {
            Some(text) => text.clone().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        "POST" => {
            // It does not check `?ID=`, as simple servers do not: fencing must hold without it.
            assert!(uri.query().is_some_and(|query| query.starts_with("ID=")));
            if held.mood == Mood::ChecksId {
                let id = held.lock.as_ref().and_then(|lock| lock["ID"].as_str());
                let given = uri.query().and_then(|query| query.strip_prefix("ID="));
                if id != given {
                    return StatusCode::CONFLICT.into_response();
                }
            }
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
            Some(info) => {
                let status = match held.mood {
                    Mood::Conflicts => StatusCode::CONFLICT,
                    _ => StatusCode::LOCKED,
                };
                (status, info.to_string()).into_response()
            }
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
