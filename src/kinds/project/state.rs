//! `state` of `bursar.yaml`.

use crate::kinds::Text;
use crate::kinds::scalars::text_form;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::str::FromStr;

/// Where the state is kept. Credentials come from the environment alone.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(tag = "backend", rename_all = "snake_case")]
pub enum StateConfig {
    /// A file under `.bursar/`.
    Local(LocalStateConfig),
    /// A server that speaks Terraform's HTTP backend protocol.
    Http(HttpStateConfig),
    /// S3 and what is compatible.
    S3(S3StateConfig),
    /// A row in PostgreSQL.
    Postgres(PostgresStateConfig),
}

/// A file under `.bursar/`: nothing to say about it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalStateConfig {}

/// A server that speaks Terraform's HTTP backend protocol; the keys are named as Terraform names them.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpStateConfig {
    /// The document's address, one for each project and environment.
    pub address: StateAddress,
    /// The lock's address; that of the document, if absent.
    pub lock_address: Option<StateAddress>,
    /// Where the lock is let go; the lock's address, if absent.
    pub unlock_address: Option<StateAddress>,
    /// The verb that writes: `POST`, if absent.
    pub update_method: Option<Text>,
    /// The verb that locks: `LOCK`, if absent.
    pub lock_method: Option<Text>,
    /// The verb that unlocks: `UNLOCK`, if absent.
    pub unlock_method: Option<Text>,
}

/// An object in a bucket.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct S3StateConfig {
    /// The bucket.
    pub bucket: Text,
    /// The object's key; `PROJECT/ENVIRONMENT/state.json`, if absent.
    pub key: Option<Text>,
    /// The region; AWS_REGION, if absent.
    pub region: Option<Text>,
    /// The address of a store other than Amazon's.
    pub endpoint: Option<StateAddress>,
}

/// A row in PostgreSQL; one for each project and environment.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PostgresStateConfig {
    /// The database: `postgres://USER@HOST:PORT/DATABASE`.
    pub url: DatabaseAddress,
    /// The schema that the table stands in, which is made if it is missing: `bursar`, if absent.
    pub schema: Option<Text>,
}

/// Where the state is kept, as far as an environment overrides it. Another backend takes none of the
/// project's settings over.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialStateConfig {
    /// The backend.
    pub backend: Option<Backend>,
    /// `http`: the document's address, one for each project and environment.
    pub address: Option<StateAddress>,
    /// `http`: the lock's address; that of the document, if absent.
    pub lock_address: Option<StateAddress>,
    /// `http`: where the lock is let go; the lock's address, if absent.
    pub unlock_address: Option<StateAddress>,
    /// `http`: the verb that writes: `POST`, if absent.
    pub update_method: Option<Text>,
    /// `http`: the verb that locks: `LOCK`, if absent.
    pub lock_method: Option<Text>,
    /// `http`: the verb that unlocks: `UNLOCK`, if absent.
    pub unlock_method: Option<Text>,
    /// `s3`: the bucket.
    pub bucket: Option<Text>,
    /// `s3`: the object's key; `PROJECT/ENVIRONMENT/state.json`, if absent.
    pub key: Option<Text>,
    /// `s3`: the region; AWS_REGION, if absent.
    pub region: Option<Text>,
    /// `s3`: the address of a store other than Amazon's.
    pub endpoint: Option<StateAddress>,
    /// `postgres`: the database: `postgres://USER@HOST:PORT/DATABASE`.
    pub url: Option<DatabaseAddress>,
    /// `postgres`: the schema that the table stands in, which is made if it is missing: `bursar`, if
    /// absent.
    pub schema: Option<Text>,
}

/// A place for the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// A file under `.bursar/`.
    Local,
    /// A server that speaks Terraform's HTTP backend protocol.
    Http,
    /// S3 and what is compatible.
    S3,
    /// A row in PostgreSQL.
    Postgres,
}

/// For `deserialize_with`: serde would also read a list as a map with a tag.
pub(super) fn from_map<'de, D>(deserializer: D) -> Result<Option<StateConfig>, D::Error>
where
    D: Deserializer<'de>,
{
    let map = Option::<IndexMap<Text, serde_json::Value>>::deserialize(deserializer)?;
    let Some(map) = map else { return Ok(None) };
    let map = map.into_iter().map(|(key, value)| (key.0.into(), value));
    serde_json::from_value(serde_json::Value::Object(map.collect()))
        .map(Some)
        .map_err(serde::de::Error::custom)
}

/// An address of the web, safe to send credentials to and without any in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateAddress(pub Box<str>);

text_form!(
    StateAddress,
    "StateAddress",
    "an address like https://…, without a name or password in it",
    "An address of the web. Only this machine may do without TLS; credentials come from the environment.",
    "^(?:https://[!-\"$-.0->A-~]+|http://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1\\])(?::[0-9]{1,5})?)(?:[/?#][!-~]*)?$",
    ["https://state.example/school"]
);

impl FromStr for StateAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it holds a space, or a letter that must be written as %…");
        }
        let (scheme, rest) = text
            .split_once("://")
            .ok_or("it does not begin with https://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        match scheme {
            _ if authority.contains('@') => {
                Err("it holds a name or a password: they come from the environment alone")
            }
            "https" if authority.is_empty() => Err("it names no host"),
            "https" => Ok(StateAddress(text.into())),
            "http" if is_here(authority) => Ok(StateAddress(text.into())),
            "http" => Err("it must begin with https:// outside of this machine"),
            _ => Err("it does not begin with https://"),
        }
    }
}

/// Whether a host, with or without a port, is this machine.
fn is_here(authority: &str) -> bool {
    let (host, port) = match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => authority.split_at(at),
        _ => (authority, ""),
    };
    let is_number = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_port = port.is_empty() || is_number(port.get(1..).unwrap_or_default(), 5);
    let mut parts = host.split('.');
    let is_loopback = parts.next() == Some("127")
        && parts.clone().count() == 3
        && parts.all(|part| is_number(part, 3));
    is_port && (matches!(host, "localhost" | "[::1]") || is_loopback)
}

/// The address of a database, without a password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseAddress(pub Box<str>);

text_form!(
    DatabaseAddress,
    "DatabaseAddress",
    "an address like `postgres://USER@HOST:PORT/DATABASE`, without a password in it",
    "The address of a database. TLS always, except on this machine, where `?sslmode=verify-full` asks for it; the password comes from the environment.",
    "^postgres(?:ql)?://(?:[A-Za-z0-9._~%-]+@)?(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/[A-Za-z0-9._~%-]+(?:\\?sslmode=(?:disable|allow|prefer|require|verify-ca|verify-full))?$",
    ["postgres://bursar@db.example/school"]
);

impl FromStr for DatabaseAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text
            .strip_prefix("postgres://")
            .or_else(|| text.strip_prefix("postgresql://"))
            .ok_or("it does not begin with postgres://")?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').ok_or("it names no database")?;
        let (user, server) = match authority.split_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err("it holds a password: that comes from the environment alone");
        }
        if !database.is_empty() && text.contains('?') && !is_mode(query) {
            return Err("it may carry `sslmode` and no other setting");
        }
        let (host, port) = match server.rfind(':') {
            Some(at) if !server.ends_with(']') => server.split_at(at),
            _ => (server, ":0"),
        };
        let digits = port.get(1..).unwrap_or_default();
        let is_port = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let is_host = match host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            Some(inner) => is_made_of(inner, |b| b.is_ascii_hexdigit() || b":.".contains(&b)),
            None => is_made_of(host, |b| b.is_ascii_alphanumeric() || b"._-".contains(&b)),
        };
        let is_word =
            |text| is_made_of(text, |b| b.is_ascii_alphanumeric() || b"._~%-".contains(&b));
        if is_host && is_port && is_word(database) && user.is_none_or(is_word) {
            Ok(DatabaseAddress(text.into()))
        } else {
            Err("it is not of the form postgres://USER@HOST:PORT/DATABASE")
        }
    }
}

fn is_made_of(text: &str, is_part: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(is_part)
}

fn is_mode(query: &str) -> bool {
    matches!(
        query.strip_prefix("sslmode="),
        Some("disable" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full")
    )
}
