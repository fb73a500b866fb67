//! One request and its retries.

use super::body::{self, BodyError};
use super::limiter::{Limiter, asked_to_wait, retry_after};
use super::veil::Veil;
use super::wire::{NoAnswer, Wire};
use super::{HttpSettings, SettingsError, address};
use crate::model::Target;
use crate::provider::{ProviderError, WriteError};
use backon::{ExponentialBuilder, Retryable as _};
use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tracing::Instrument as _;

/// Attempts to reach a platform that nothing answers for: it is down, or the address is wrong.
const TRIES_TO_CONNECT: u64 = 4;
/// How often one request is tried.
const TRIES: u64 = 8;
/// How often one is tried that the platform refuses for now, and says for how long.
const TRIES_WHEN_TOLD: u64 = 40;
/// The longest pause between two tries, unless the platform asks for more.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// The pooled client, the limiter and the budgets of one account.
#[derive(Debug)]
pub(super) struct Connection {
    wire: Wire,
    base: Url,
    /// Hides the credentials in what the platform says.
    pub(super) veil: Veil,
    /// Hides the token alone, in what is taken from the platform: an account's name may rightly stand in
    /// its addresses.
    token_veil: Veil,
    limiter: Limiter,
    /// Retries that are left for the whole run.
    retries_left: AtomicU64,
    requests: AtomicU64,
    backoff: Duration,
    longest_wait: Duration,
    pub(super) parallelism: usize,
    pub(super) target: Target,
}

/// A request of the platform contract.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// Below the base: `offers/7`.
    pub(super) path: String,
    /// `page` and `per_page`.
    pub(super) page: Option<(u64, u64)>,
    pub(super) body: Option<Vec<u8>>,
}

/// Why one request has no good answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection: nothing was sent.
    NotSent(String),
    /// No connection, for the other side does not show who it is: nothing was sent.
    NotTrusted(String),
    /// 429, or 503 with `Retry-After` to a read: nothing was done.
    Throttled {
        /// Whether the platform said how long.
        told: bool,
        message: String,
    },
    /// The platform asks for a longer wait than is allowed.
    TooLong(String),
    /// 401 or 403.
    Credentials(String),
    /// Any other 4xx.
    Refused { status: u16, message: String },
    /// The run was told to stop before it was sent.
    Stopped,
    /// Sent, and no whole answer came back.
    Lost(String),
    /// 5xx.
    Server(String),
    /// An answer that the contract does not know.
    Odd(String),
}

impl Failure {
    /// Whether the request is proven not to have been carried out.
    fn is_not_done(&self) -> bool {
        match self {
            Failure::NotSent(_)
            | Failure::NotTrusted(_)
            | Failure::Throttled { .. }
            | Failure::TooLong(_)
            | Failure::Credentials(_)
            | Failure::Refused { .. }
            | Failure::Stopped => true,
            Failure::Lost(_) | Failure::Server(_) | Failure::Odd(_) => false,
        }
    }

    /// Whether the same request may have a better answer.
    fn is_passing(&self) -> bool {
        match self {
            Failure::NotSent(_)
            | Failure::Throttled { .. }
            | Failure::Lost(_)
            | Failure::Server(_) => true,
            Failure::NotTrusted(_)
            | Failure::TooLong(_)
            | Failure::Credentials(_)
            | Failure::Refused { .. }
            | Failure::Stopped
            | Failure::Odd(_) => false,
        }
    }
}

impl From<Failure> for ProviderError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(message) | Failure::Lost(message) => {
                ProviderError::Unreachable(message)
            }
            Failure::NotTrusted(message) => ProviderError::Untrusted(message),
            Failure::Throttled { message, .. }
            | Failure::TooLong(message)
            | Failure::Server(message) => ProviderError::Exhausted(message),
            Failure::Credentials(message) => ProviderError::Credentials(message),
            Failure::Refused { status, message } => ProviderError::Refused { status, message },
            Failure::Stopped => ProviderError::Stopped,
            Failure::Odd(message) => ProviderError::Answer(message),
        }
    }
}

impl From<Failure> for WriteError {
    fn from(failure: Failure) -> Self {
        if failure.is_not_done() {
            WriteError::NotDone(failure.into())
        } else {
            WriteError::InDoubt(failure.into())
        }
    }
}

impl Connection {
    pub(super) fn new(settings: HttpSettings) -> Result<Self, SettingsError> {
        let HttpSettings {
            provider,
            url,
            shown_as,
            token,
            account,
            parallelism,
            retries,
            backoff,
            longest_wait,
            connect_timeout,
            read_timeout,
        } = settings;
        super::install_crypto();
        let base = address::base(&url)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert("x-language", HeaderValue::from_static("en"));
        for (name, secret) in [("token", &token), ("cabinet-hash", &account)] {
            let mut value = HeaderValue::from_str(secret.expose())
                .ok()
                .filter(|value| !value.is_empty())
                .ok_or(SettingsError::Credential(name))?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("bursar/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .tcp_nodelay(true)
            .gzip(true)
            .connect_timeout(connect_timeout)
            .read_timeout(read_timeout)
            .timeout(read_timeout.saturating_mul(4));
        if base.scheme() == "http" {
            // Loopback: no proxy may see the credentials, and no certificates need loading.
            builder = builder.no_proxy().tls_certs_only([]);
        } else {
            builder = builder.https_only(true);
        }
        let client = builder
            .build()
            .map_err(|error| SettingsError::Client(chain(&error)))?;
        let target = Target {
            account: address::account_digest(&provider, &url, &account),
            provider,
            url: shown_as.unwrap_or(url),
        };
        Ok(Connection {
            wire: Wire::Client(client),
            base,
            veil: Veil::new(&[&token, &account]),
            token_veil: Veil::new(&[&token]),
            limiter: Limiter::default(),
            retries_left: AtomicU64::new(retries),
            requests: AtomicU64::new(0),
            backoff,
            longest_wait,
            parallelism: parallelism.max(1),
            target,
        })
    }

    /// The same over a network that is no network.
    #[cfg(test)]
    pub(super) fn simulated(
        settings: HttpSettings,
        network: std::sync::Arc<dyn super::wire::simulated::Network>,
    ) -> Result<Self, SettingsError> {
        let mut connection = Connection::new(settings)?;
        connection.wire = Wire::Simulated(network);
        Ok(connection)
    }

    /// The platform's limit, if it has told one.
    pub(super) fn requests_per_minute(&self) -> Option<u32> {
        self.limiter.per_minute()
    }

    /// Requests sent so far, retries included.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends a request, again as long as that is safe and the budget lasts. `sent` counts.
    pub(super) async fn call(
        &self,
        request: &Request,
        sent: &AtomicU64,
    ) -> Result<Vec<u8>, Failure> {
        self.call_until(request, sent, None).await
    }

    /// The same; once `stop` is true, a request that waits for its turn is not sent any more.
    pub(super) async fn call_until(
        &self,
        request: &Request,
        sent: &AtomicU64,
        stop: Option<&watch::Receiver<bool>>,
    ) -> Result<Vec<u8>, Failure> {
        let is_read = request.method == Method::GET;
        let refused = AtomicU64::new(0);
        let (tries, told) = (AtomicU64::new(0), AtomicU64::new(0));
        (|| self.attempt(request, sent, stop).instrument(span(request)))
            .retry(
                ExponentialBuilder::new()
                    .with_min_delay(self.backoff)
                    .with_max_delay(LONGEST_PAUSE)
                    .without_max_times()
                    .with_jitter(),
            )
            .when(|failure: &Failure| {
                if matches!(failure, Failure::NotSent(_)) {
                    refused.fetch_add(1, Ordering::Relaxed);
                }
                let is_told = matches!(failure, Failure::Throttled { told: true, .. });
                if is_told { &told } else { &tries }.fetch_add(1, Ordering::Relaxed);
                failure.is_passing()
                    && (is_read || failure.is_not_done())
                    && refused.load(Ordering::Relaxed) < TRIES_TO_CONNECT
                    && tries.load(Ordering::Relaxed) < TRIES
                    && told.load(Ordering::Relaxed) < TRIES_WHEN_TOLD
                    && self.take_retry()
            })
            .adjust(|failure, pause| match failure {
                // The limiter holds it, and everyone else, exactly as long as was asked.
                Failure::Throttled { .. } => pause.map(|_| Duration::ZERO),
                Failure::NotSent(_)
                | Failure::NotTrusted(_)
                | Failure::TooLong(_)
                | Failure::Credentials(_)
                | Failure::Refused { .. }
                | Failure::Stopped
                | Failure::Lost(_)
                | Failure::Server(_)
                | Failure::Odd(_) => pause,
            })
            .await
    }

    fn take_retry(&self) -> bool {
        self.retries_left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(1)
            })
            .is_ok()
    }

    async fn attempt(
        &self,
        request: &Request,
        sent: &AtomicU64,
        stop: Option<&watch::Receiver<bool>>,
    ) -> Result<Vec<u8>, Failure> {
        let permit = tokio::select! {
            biased;
            () = told_to_stop(stop) => return Err(Failure::Stopped),
            permit = self.limiter.acquire() => permit,
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        sent.fetch_add(1, Ordering::Relaxed);
        let label = format!("{} /{}", request.method, request.path);
        let response = self
            .wire
            .send(&self.base, request)
            .await
            .map_err(|no_answer| match no_answer {
                NoAnswer::NotSent(why) => Failure::NotSent(format!("{label}: {why}")),
                NoAnswer::NotTrusted(why) => Failure::NotTrusted(format!("{label}: {why}")),
                NoAnswer::Lost(why) => Failure::Lost(format!("{label}: {why}")),
            })?;
        let status = response.status();
        let throttles = throttles(status, response.headers());
        permit.learn(response.headers(), self.longest_wait, throttles);
        tracing::Span::current().record("http.response.status_code", status.as_u16());
        tracing::debug!(page = request.page.map(|(page, _)| page), %status, "{label}");
        if status.is_success() {
            let read = body::read(response).await;
            return read.map(|body| self.token_veil.over_bytes(body)).map_err(
                |error| match error {
                    BodyError::Cut(error) => Failure::Lost(format!("{label}: {}", chain(&error))),
                    BodyError::TooLarge => Failure::Odd(format!(
                        "{label}: the answer is larger than {} MiB",
                        body::CAP_BYTES / (1024 * 1024)
                    )),
                },
            );
        }
        let is_read = request.method == Method::GET;
        Err(self.refusal(&label, is_read, status, response).await)
    }

    /// What an answer that is no success means.
    async fn refusal(
        &self,
        label: &str,
        is_read: bool,
        status: StatusCode,
        response: Response,
    ) -> Failure {
        let headers = response.headers().clone();
        if status.is_redirection() {
            let to = headers
                .get(LOCATION)
                .and_then(|to| to.to_str().ok())
                .map(|to| format!(" to {}", body::quoted(&self.veil.over(to.to_owned()))))
                .unwrap_or_default();
            return Failure::Odd(format!(
                "{label}: the platform redirects{to}; redirects are not followed, so that credentials go nowhere else"
            ));
        }
        let throttles = throttles(status, &headers);
        let said = body::read(response)
            .await
            .map(|body| body::complaint(&body, &self.veil))
            .unwrap_or_default();
        let message = match said.as_str() {
            "" => format!("{label}: the platform answers {}", status.as_u16()),
            said => format!("{label}: the platform answers {}: {said}", status.as_u16()),
        };
        if throttles {
            let throttled = self.throttled(asked_to_wait(&headers), message.clone());
            // A gateway says 503 of what the platform behind it has done all the same. That one is waited
            // for, too, but a write is only sent again if it is certain that it was not done.
            return match status {
                StatusCode::SERVICE_UNAVAILABLE if !is_read => Failure::Server(message),
                _ => throttled,
            };
        }
        match status.as_u16() {
            401 | 403 => Failure::Credentials(message),
            // The platform gave up waiting for the request: what it has done with it is open.
            408 => Failure::Server(message),
            status @ 400..=499 => Failure::Refused { status, message },
            500..=599 => Failure::Server(message),
            _ => Failure::Odd(message),
        }
    }

    fn throttled(&self, wait: Option<Duration>, message: String) -> Failure {
        match wait {
            Some(wait) if wait > self.longest_wait => Failure::TooLong(format!(
                "{message}; it asks to wait {} s, and at most {} s are waited",
                wait.as_secs(),
                self.longest_wait.as_secs()
            )),
            Some(wait) => {
                self.limiter.block(wait);
                Failure::Throttled {
                    told: true,
                    message,
                }
            }
            None => {
                self.limiter.block_longer(self.backoff, LONGEST_PAUSE);
                Failure::Throttled {
                    told: false,
                    message,
                }
            }
        }
    }
}

/// Ends once it is told to stop; never, if no one could say so.
async fn told_to_stop(stop: Option<&watch::Receiver<bool>>) {
    if let Some(stop) = stop
        && stop.clone().wait_for(|stop| *stop).await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

/// A span for one try. Of the request it says the verb, the path and the page.
fn span(request: &Request) -> tracing::Span {
    let Request {
        method,
        path,
        page,
        body: _,
    } = request;
    tracing::debug_span!(
        "request",
        otel.name = %format_args!("{method} /{path}"),
        otel.kind = "client",
        http.request.method = %method,
        url.path = %format_args!("/{path}"),
        page = page.map(|(page, _)| page),
        http.response.status_code = tracing::field::Empty,
    )
}

/// Whether an answer asks to come again later.
fn throttles(status: StatusCode, headers: &HeaderMap) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::SERVICE_UNAVAILABLE && retry_after(headers).is_some()
}

/// An error with its causes, without the address (which is in the message already).
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(cause) = next {
        let text = body::quoted(&cause.to_string());
        if parts.last() != Some(&text) {
            parts.push(text);
        }
        next = cause.source();
    }
    match (error.is_timeout(), parts.is_empty()) {
        (true, _) => "no answer in time".to_owned(),
        (false, true) => "the request failed".to_owned(),
        (false, false) => parts.join(": "),
    }
}
