//! What carries one request to the platform and its answer back: a seam, so that a network can be
//! simulated beneath the retries and the limiter.

#[cfg(test)]
pub(crate) mod simulated;

use super::connection::chain;
use super::{Request, trust};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, Url};

/// The way to the platform.
#[derive(Debug)]
pub(super) enum Wire {
    /// A pooled client.
    Client(reqwest::Client),
    /// A network that is no network.
    #[cfg(test)]
    Simulated(std::sync::Arc<dyn simulated::Network>),
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// Nothing was sent.
    NotSent(String),
    /// Nothing was sent: the other side does not show who it is.
    NotTrusted(String),
    /// It was sent, and may have arrived.
    Lost(String),
}

impl Wire {
    /// Sends a request once.
    pub(super) async fn send(&self, base: &Url, request: &Request) -> Result<Response, NoAnswer> {
        match self {
            Wire::Client(client) => send_by(client, base, request).await,
            #[cfg(test)]
            Wire::Simulated(network) => simulated::send(network.as_ref(), request).await,
        }
    }
}

async fn send_by(
    client: &reqwest::Client,
    base: &Url,
    request: &Request,
) -> Result<Response, NoAnswer> {
    let Request {
        method,
        path,
        page,
        body,
    } = request;
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path()));
    let mut builder = client.request(method.clone(), url);
    if let Some((page, per_page)) = page {
        builder = builder.query(&[("page", page), ("per_page", per_page)]);
    }
    if let Some(body) = body {
        builder = builder
            .header(CONTENT_TYPE, "application/json")
            .body(body.clone());
    }
    builder.send().await.map_err(|error| {
        if let Some(why) = trust::fault(&error) {
            NoAnswer::NotTrusted(why)
        } else if error.is_connect() || error.is_builder() {
            NoAnswer::NotSent(chain(&error))
        } else {
            NoAnswer::Lost(chain(&error))
        }
    })
}
