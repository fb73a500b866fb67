//! A network that is no network.

use super::{NoAnswer, Request};
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;

/// A request as the network sees it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// `GET`
    pub(crate) method: String,
    /// Below the base: `offers/7`.
    pub(crate) path: String,
    /// `page` and `per_page`.
    pub(crate) page: Option<(u64, u64)>,
    /// JSON, or nothing.
    pub(crate) body: Vec<u8>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub(crate) enum Came {
    /// An answer.
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
        /// Whether the connection ends before the body does.
        is_cut: bool,
    },
    /// No connection was made.
    Refused,
    /// The connection ended, or nothing came in time.
    Nothing,
}

/// Carries requests.
pub(crate) trait Network: fmt::Debug + Send + Sync {
    /// Carries one there and its answer back.
    fn carry(&self, sent: Sent) -> Pin<Box<dyn Future<Output = Came> + Send + '_>>;
}

/// As [`super::Wire::send`].
pub(super) async fn send(
    network: &dyn Network,
    request: &Request,
) -> Result<reqwest::Response, NoAnswer> {
    let sent = Sent {
        method: request.method.to_string(),
        path: request.path.clone(),
        page: request.page,
        body: request.body.clone().unwrap_or_default(),
    };
    match network.carry(sent).await {
        Came::Answer {
            status,
            headers,
            body,
            is_cut,
        } => {
            let mut answer = http::Response::builder().status(status);
            for (name, value) in headers {
                answer = answer.header(name, value);
            }
            let body = if is_cut {
                let half = body.len() / 2;
                let pieces = [
                    Ok(body.get(..half).unwrap_or_default().to_vec()),
                    Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                ];
                reqwest::Body::wrap_stream(futures_util::stream::iter(pieces))
            } else {
                reqwest::Body::from(body)
            };
            answer
                .body(body)
                .map(reqwest::Response::from)
                .map_err(|error| NoAnswer::NotSent(error.to_string()))
        }
        Came::Refused => Err(NoAnswer::NotSent("refused".to_owned())),
        Came::Nothing => Err(NoAnswer::Lost("no answer in time".to_owned())),
    }
}
