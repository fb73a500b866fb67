//! Sessions of a PostgreSQL server.

use super::super::client::{CONNECT_TIMEOUT, chain, is_loopback};
use super::super::patience::Trouble;
use crate::model::Secret;
use crate::state::error::StateError;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::{MakeTlsConnect, TlsConnect};
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Where credentials come from.
const CREDENTIALS: &str =
    "PGPASSWORD or BURSAR_STATE_PASSWORD (or …_FILE), and the user in `state.url` or PGUSER";
const PORT: u16 = 5432;
/// How long a connection may be silent before it is asked whether it is alive.
const IDLE: Duration = Duration::from_secs(60);
/// What a session is to be like, on servers that know the setting. No statement takes longer than a
/// minute, and a machine that has vanished loses its lock after two.
const SESSION: &str = "SELECT set_config(known.name, wanted.value, false) FROM (VALUES \
    ('statement_timeout', '60s'), ('lock_timeout', '10s'), ('idle_session_timeout', '0'), \
    ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '6')) \
    AS wanted (name, value) JOIN pg_settings known ON known.name = wanted.name";

/// Which database, and as whom.
#[derive(Clone, Debug)]
pub struct PostgresAddress {
    /// `postgres://USER@HOST:PORT/DATABASE`, with `?sslmode=verify-full` for TLS on this machine.
    pub url: String,
    /// The user, if the address names none.
    pub user: Option<String>,
}

/// A server that sessions can be opened at.
#[derive(Clone)]
pub(super) struct Server {
    host: String,
    port: u16,
    database: String,
    user: String,
    password: Option<Secret>,
    tls: Option<MakeRustlsConnect>,
}

impl Server {
    pub(super) fn new(
        address: &PostgresAddress,
        password: Option<Secret>,
    ) -> Result<Self, StateError> {
        // The address itself is not quoted: it may hold a password.
        let wrong = |what: &str| StateError::Settings(format!("`state.url` {what}"));
        let url = Url::parse(&address.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "postgres" | "postgresql"))
            .ok_or_else(|| wrong("is not an address like postgres://USER@HOST:PORT/DATABASE"))?;
        if url.password().is_some() {
            return Err(wrong(
                "holds a password; set PGPASSWORD, or PGPASSWORD_FILE to a file that holds it",
            ));
        }
        let decoded = |text: &str, what: &str| {
            percent_decode_str(text)
                .decode_utf8()
                .map(String::from)
                .map_err(|_| wrong(&format!("names a {what} that is not text")))
        };
        let user = match (url.username(), &address.user) {
            ("", Some(user)) => user.clone(),
            ("", None) => return Err(wrong("names no user, and PGUSER is not set")),
            (user, _) => decoded(user, "user")?,
        };
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| wrong("names no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let database = decoded(url.path().trim_start_matches('/'), "database")?;
        if database.is_empty() {
            return Err(wrong("names no database"));
        }
        let here = is_loopback(&url);
        let mut is_secured = !here;
        for (key, value) in url.query_pairs() {
            match (&*key, &*value) {
                ("sslmode", "require" | "verify-ca" | "verify-full") => is_secured = true,
                ("sslmode", "disable" | "allow" | "prefer") if here => {}
                ("sslmode", "disable" | "allow" | "prefer") => {
                    return Err(wrong("switches TLS off, which only this machine may do"));
                }
                _ => return Err(wrong("may carry `sslmode` and no other setting")),
            }
        }
        Ok(Server {
            host: host.to_owned(),
            port: url.port().unwrap_or(PORT),
            database,
            user,
            password,
            tls: is_secured.then(tls).transpose()?,
        })
    }

    /// The server and its database, as they are named in messages.
    pub(super) fn place(&self) -> String {
        let Server {
            host,
            port,
            database,
            ..
        } = self;
        match host.contains(':') {
            true => format!("postgres://[{host}]:{port}/{database}"),
            false => format!("postgres://{host}:{port}/{database}"),
        }
    }

    /// Opens a session.
    pub(super) async fn connect(&self, place: &str) -> Result<Client, Trouble> {
        let mut config = Config::new();
        config
            .host(&self.host)
            .port(self.port)
            .dbname(&self.database)
            .user(&self.user)
            .application_name("bursar")
            .connect_timeout(CONNECT_TIMEOUT)
            .keepalives_idle(IDLE);
        if let Some(password) = &self.password {
            config.password(password.expose());
        }
        let client = match &self.tls {
            Some(tls) => open(config.ssl_mode(SslMode::Require), tls.clone()).await,
            None => open(config.ssl_mode(SslMode::Disable), NoTls).await,
        };
        let client = client.map_err(|error| trouble(place, &error))?;
        let set = client.query(SESSION, &[]).await;
        set.map_err(|error| trouble(place, &error))?;
        Ok(client)
    }
}

async fn open<T>(config: &Config, tls: T) -> Result<Client, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
    T::TlsConnect: Send,
    <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let (client, connection) = config.connect(tls).await?;
    // It ends with the client, to which its error comes as well.
    tokio::spawn(connection);
    Ok(client)
}

/// TLS as the other places have it: the certificates that this machine trusts, for this very host.
fn tls() -> Result<MakeRustlsConnect, StateError> {
    let settings = |error: rustls::Error| StateError::Settings(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(settings)?
        .with_platform_verifier()
        .map_err(settings)?
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What an error means. Parameters are in none of them.
pub(super) fn trouble(place: &str, error: &tokio_postgres::Error) -> Trouble {
    let place = place.to_owned();
    let Some(refusal) = error.as_db_error() else {
        if chain(error).contains("password missing") {
            return Trouble::Final(StateError::Credentials {
                place,
                answer: "that it wants a password".to_owned(),
                variables: CREDENTIALS,
            });
        }
        // A certificate does not become right by waiting.
        let is_final = error.source().is_some_and(is_tls) || error.to_string().contains("TLS");
        return match is_final {
            true => Trouble::Final(StateError::Refused {
                place,
                what: format!("cannot be trusted: {}", chain(error)),
            }),
            false => Trouble::Passing(chain(error)),
        };
    };
    let code = refusal.code();
    let class = code.code().get(..2).unwrap_or_default();
    let told = format!("{} ({})", refusal.message(), code.code());
    match class {
        // The role is known, and something else is not its to do.
        "28" => Trouble::Final(StateError::Credentials {
            place,
            answer: told,
            variables: CREDENTIALS,
        }),
        // No connection, no room, ended by an operator, a conflict with another transaction.
        "08" | "40" | "53" | "57" => Trouble::Passing(told),
        _ if *code == SqlState::LOCK_NOT_AVAILABLE => Trouble::Passing(told),
        _ => Trouble::Final(StateError::Refused {
            place,
            what: format!("does not do what a state needs: {told}"),
        }),
    }
}

/// Whether an error is one of a certificate or a handshake.
fn is_tls(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if error.is::<rustls::Error>() || inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        cause = error.source();
    }
    false
}
