//! Where the state of a project is kept: the `state` of bursar.yaml, and credentials beside it.

use super::configuration::Configuration;
use super::planning::state_failure;
use super::{Exit, Failure, own};
use crate::kinds::Backend;
use crate::model::Secret;
use crate::os;
use crate::state::{HttpAddresses, HttpStore, LocalState, RemoteState, State, Store};
use serde::Deserialize;

/// The keys beside `backend: http`; they are named as Terraform names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HttpKeys {
    address: String,
    lock_address: Option<String>,
    unlock_address: Option<String>,
    update_method: Option<String>,
    lock_method: Option<String>,
    unlock_method: Option<String>,
}

/// Keys by which credentials are given elsewhere; here they come from the environment alone.
const CREDENTIALS: &[&str] = &[
    "username",
    "password",
    "token",
    "access_key",
    "secret_key",
    "conn_str",
];

/// The state of a project in its environment.
///
/// # Errors
/// The settings are wrong, or this version cannot keep it there.
pub(super) fn state_of(configuration: &Configuration) -> Result<State, Failure> {
    let project = &configuration.compiled.project;
    let environment = configuration.compiled.environment.clone();
    let own = |below| own::environment(&configuration.folder, environment.as_deref(), below);
    let (folder, copies) = (own(None)?, own(Some("remote"))?);
    let local = |folder| LocalState::open(folder, project.project.as_str(), environment.clone());
    let Some(settings) = &project.state else {
        return Ok(State::Local(local(folder)));
    };
    let name = match settings.backend {
        Backend::Local => return Ok(State::Local(local(folder))),
        Backend::Http => {
            let keys = settings
                .settings
                .iter()
                .map(|(key, value)| (key.0.to_string(), value.clone()))
                .collect();
            let store = http(keys)?;
            let copy = local(copies);
            return Ok(State::Remote(Box::new(RemoteState::new(
                Store::Http(store),
                copy,
            ))));
        }
        Backend::S3 => "s3",
        Backend::Postgres => "postgres",
    };
    Err(Failure::new(
        Exit::Invalid,
        format!("this version of bursar cannot keep the state in `{name}`"),
    )
    .hint("`bursar validate` works; `plan` and `apply` need `state: { backend: local }` or `http`"))
}

fn http(keys: serde_json::Map<String, serde_json::Value>) -> Result<HttpStore, Failure> {
    if let Some(key) = CREDENTIALS.iter().find(|key| keys.contains_key(**key)) {
        return Err(Failure::new(
            Exit::Invalid,
            format!("`state.{key}` must not stand in bursar.yaml"),
        )
        .hint("set BURSAR_STATE_USERNAME and BURSAR_STATE_PASSWORD, or …_FILE to files that hold them"));
    }
    let HttpKeys {
        address,
        lock_address,
        unlock_address,
        update_method,
        lock_method,
        unlock_method,
    } = serde_json::from_value(serde_json::Value::Object(keys)).map_err(|error| {
        Failure::new(Exit::Invalid, format!("`state` in bursar.yaml: {error}"))
            .hint("`backend: http` needs `address: https://…`")
    })?;
    let addresses = HttpAddresses {
        address,
        lock_address,
        unlock_address,
        update_method,
        lock_method,
        unlock_method,
    };
    HttpStore::new(&addresses, credentials()?).map_err(|error| state_failure(&error))
}

/// The name and password of the place, if it wants some.
fn credentials() -> Result<Option<(String, Secret)>, Failure> {
    let read = |ours, file, terraforms| {
        let secret = os::secret(ours, file);
        let secret = match secret {
            Ok(None) => os::secret(terraforms, file),
            found => found,
        };
        secret.map_err(|error| Failure::from_error(Exit::Credentials, &error))
    };
    let user = read(
        "BURSAR_STATE_USERNAME",
        "BURSAR_STATE_USERNAME_FILE",
        "TF_HTTP_USERNAME",
    )?;
    let password = read(
        "BURSAR_STATE_PASSWORD",
        "BURSAR_STATE_PASSWORD_FILE",
        "TF_HTTP_PASSWORD",
    )?;
    Ok(match (user, password) {
        (None, None) => None,
        (user, password) => Some((
            user.map(|user| user.expose().to_owned())
                .unwrap_or_default(),
            password.unwrap_or_else(|| Secret::new("")),
        )),
    })
}
