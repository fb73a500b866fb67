//! The platform over real HTTP.

mod api;
mod faults;
mod limits;
mod living;
mod pages;
mod refusals;
mod seeding;
mod storage;

use super::{Options, Running, start};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};

/// A sandbox and a client with its credentials.
struct Platform {
    running: Running,
    client: reqwest::Client,
}

/// An answer, read.
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Platform {
    async fn new() -> Self {
        Platform::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        Platform {
            running: start(options).await.unwrap(),
            client: client(),
        }
    }

    /// A request without credentials.
    fn bare(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.running.url());
        self.client.request(method, url)
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header("Token", "sandbox")
            .header("Cabinet-Hash", "sandbox")
    }

    async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path)).await
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        Answer::of(self.request(method, path).json(&body)).await
    }

    async fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let query = reqwest::Url::parse_with_params("http://x/", pairs).unwrap();
        let request = self
            .bare("POST", path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(query.query().unwrap_or_default().to_owned());
        Answer::of(request).await
    }

    /// Creates an object and gives it as answered.
    async fn make(&self, path: &str, body: Value) -> Value {
        let answer = self.send("POST", path, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.data()
    }

    async fn offer(&self, title: &str) -> Value {
        let price = json!({ "amount": "490.00", "currency": "EUR" });
        self.make("/offers", json!({ "title": title, "price": price }))
            .await
    }

    async fn stop(self) {
        self.running.stop().await;
    }
}

impl Answer {
    async fn of(request: RequestBuilder) -> Answer {
        let response: Response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }

    fn data(&self) -> Value {
        self.json()["data"].clone()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn client() -> reqwest::Client {
    // The second installation in one process fails, and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

fn id(object: &Value) -> i64 {
    object["id"].as_i64().unwrap()
}
