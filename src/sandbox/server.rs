//! Starting and stopping.

use super::answer::{Refusal, json_text};
use super::error::SandboxError;
use super::faults::{Cuttable, Faults, Wire};
use super::http::{MOST_BODY_BYTES, api};
use super::limiter::Limiter;
use super::pages::{self, Pages};
use super::stats::Stats;
use super::store::Store;
use super::{Options, guard, living, seed};
use crate::domain::zone::Zone;
use crate::model::Secret;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Router, middleware};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// How many requests work on the store at once; more would only wait for each other.
const WORKERS: usize = 8;
/// How long a stopping sandbox waits for requests that it is answering.
const GRACE: Duration = Duration::from_secs(2);

/// What every request shares.
#[derive(Debug)]
pub(super) struct Server {
    store: Arc<Store>,
    workers: Semaphore,
    token: Secret,
    account: Secret,
    /// How long each request to the API waits.
    pub(super) latency: Duration,
    /// The limit of requests.
    pub(super) limiter: Limiter,
    /// The count of requests.
    pub(super) stats: Stats,
    /// What goes wrong on demand.
    pub(super) faults: Faults,
    /// The templates of the pages.
    pub(super) pages: Pages,
    /// The time zone in which days are counted.
    pub(super) zone: Zone,
}

/// A sandbox that answers. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Opens the store, fills it as told, and serves it on 127.0.0.1.
///
/// # Errors
/// The port or the folder cannot be used, the data is of another version, or the seed or a course
/// does not fit.
pub async fn start(options: Options) -> Result<Running, SandboxError> {
    let Options {
        data,
        port,
        rate_limit_per_minute,
        latency,
        token,
        account,
        courses,
        seed,
        zone,
        faults,
    } = options;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => SandboxError::PortInUse { port, source },
            _ => SandboxError::Listen { port, source },
        })?;
    let address = listener
        .local_addr()
        .map_err(|source| SandboxError::Listen { port, source })?;
    let store = tokio::task::spawn_blocking(move || {
        let store = Store::open(&data)?;
        seed::ensure_courses(&store, courses)?;
        if let Some(seed) = seed {
            seed::load_seed(&store, seed)?;
        }
        Ok(store)
    })
    .await
    .map_err(|error| SandboxError::Store {
        message: error.to_string(),
    })??;
    let server = Arc::new(Server {
        store: Arc::new(store),
        workers: Semaphore::new(WORKERS),
        token,
        account,
        latency,
        limiter: Limiter::new(rate_limit_per_minute),
        stats: Stats::default(),
        faults: Faults::new(faults),
        pages: Pages::new().map_err(SandboxError::Pages)?,
        zone,
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let routes = router(server).into_make_service_with_connect_info::<Wire>();
    let service = axum::serve(Cuttable(listener), routes).with_graceful_shutdown(async {
        // A dropped sender ends the wait as well.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async {
        // The listener is retried by axum; the future has no failure to tell.
        let _ = service.await;
    });
    Ok(Running {
        address,
        stop,
        task,
    })
}

impl Running {
    /// The base of the API and of the pages: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests, finishes those under way within two seconds, closes the store.
    pub async fn stop(self) {
        let Running {
            address: _,
            stop,
            mut task,
        } = self;
        let _ = stop.send(());
        if tokio::time::timeout(GRACE, &mut task).await.is_err() {
            task.abort();
            let _ = task.await;
        }
    }
}

fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/_sandbox/stats", get(stats))
        .route("/_sandbox/reset-stats", post(reset_stats))
        .merge(living::routes())
        .merge(pages::routes())
        .fallback(api)
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(middleware::from_fn(guard::guard))
        .with_state(server)
}

async fn stats(State(server): State<Arc<Server>>) -> Response {
    let mut stats = server.stats.to_json();
    let struck = server.faults.struck();
    if let (Some(stats), false) = (stats.as_object_mut(), struck.is_empty()) {
        stats.insert("struck".to_owned(), struck.into());
    }
    json_text(StatusCode::OK, stats.to_string())
}

async fn reset_stats(State(server): State<Arc<Server>>) -> StatusCode {
    server.stats.reset();
    StatusCode::NO_CONTENT
}

impl Server {
    /// Whether a request carries the right credentials.
    pub(super) fn authorises(&self, headers: &HeaderMap) -> bool {
        let says = |name: &str, secret: &Secret| {
            headers
                .get(name)
                .is_some_and(|value| value.as_bytes() == secret.expose().as_bytes())
        };
        says("token", &self.token) && says("cabinet-hash", &self.account)
    }

    /// Works on the store on a thread that may block.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let permit = self.workers.acquire().await;
        let store = Arc::clone(&self.store);
        let result = tokio::task::spawn_blocking(move || work(&store)).await;
        drop(permit);
        result.unwrap_or_else(|error| Err(Refusal::Broken(error.to_string())))
    }
}
