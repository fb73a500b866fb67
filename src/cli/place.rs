//! Where the state of a project is kept: the `state` of bursar.yaml, and credentials beside it.

use super::configuration::Configuration;
use super::planning::state_failure;
use super::{Exit, Failure, own};
use crate::kinds::{
    HttpStateConfig, PostgresStateConfig, Project, S3StateConfig, StateConfig, Text,
};
use crate::model::Secret;
use crate::os::{self, ProjectFolder};
use crate::state::{HttpAddresses, HttpStore, LocalState, RemoteState, State, Store};

/// The state of a project in its environment.
///
/// # Errors
/// The settings are wrong, credentials are missing, or this build cannot keep it there.
pub(super) fn state_of(configuration: &Configuration) -> Result<State, Failure> {
    let compiled = &configuration.compiled;
    state_in(
        &configuration.folder,
        &compiled.project,
        compiled.environment.as_deref(),
    )
}

/// The same of a project that is not compiled yet.
///
/// # Errors
/// As [`state_of`].
pub(super) fn state_in(
    folder: &ProjectFolder,
    project: &Project,
    environment: Option<&str>,
) -> Result<State, Failure> {
    let name = project.project.as_str();
    let copies = own::environment(folder, environment, Some("remote"))?;
    let folder = own::environment(folder, environment, None)?;
    let local = |folder| LocalState::open(folder, name, environment.map(str::to_owned));
    let row = || format!("{name}/{}", environment.unwrap_or("default"));
    let store = match &project.state {
        None | Some(StateConfig::Local(_)) => return Ok(State::Local(local(folder))),
        Some(StateConfig::Http(settings)) => Store::Http(Box::new(http(settings)?)),
        Some(StateConfig::S3(settings)) => s3(settings, row)?,
        Some(StateConfig::Postgres(settings)) => postgres(settings, row)?,
    };
    let copy = local(copies);
    Ok(State::Remote(Box::new(RemoteState::new(store, copy))))
}

fn text(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.0.to_string())
}

fn http(settings: &HttpStateConfig) -> Result<HttpStore, Failure> {
    let HttpStateConfig {
        address,
        lock_address,
        unlock_address,
        update_method,
        lock_method,
        unlock_method,
    } = settings;
    let addresses = HttpAddresses {
        address: address.0.to_string(),
        lock_address: lock_address.as_ref().map(|lock| lock.0.to_string()),
        unlock_address: unlock_address.as_ref().map(|unlock| unlock.0.to_string()),
        update_method: text(update_method.as_ref()),
        lock_method: text(lock_method.as_ref()),
        unlock_method: text(unlock_method.as_ref()),
    };
    let user = secret(&[
        ("BURSAR_STATE_USERNAME", "BURSAR_STATE_USERNAME_FILE"),
        ("TF_HTTP_USERNAME", "TF_HTTP_USERNAME_FILE"),
    ])?;
    let password = secret(&[
        ("BURSAR_STATE_PASSWORD", "BURSAR_STATE_PASSWORD_FILE"),
        ("TF_HTTP_PASSWORD", "TF_HTTP_PASSWORD_FILE"),
    ])?;
    let credentials = match (user, password) {
        (None, None) => None,
        (user, password) => Some((
            user.map(|user| user.expose().to_owned())
                .unwrap_or_default(),
            password.unwrap_or_else(|| Secret::new("")),
        )),
    };
    HttpStore::new(&addresses, credentials).map_err(|error| state_failure(&error))
}

#[cfg(feature = "s3")]
fn s3(settings: &S3StateConfig, name: impl Fn() -> String) -> Result<Store, Failure> {
    use crate::state::{S3Credentials, S3Object, S3Store};
    let S3StateConfig {
        bucket,
        key,
        region,
        endpoint,
    } = settings;
    let variable = |name, file| secret(&[(name, file)]);
    let from_environment = || {
        let region = secret(&[
            ("AWS_REGION", "AWS_REGION_FILE"),
            ("AWS_DEFAULT_REGION", "AWS_DEFAULT_REGION_FILE"),
        ])?;
        Ok::<_, Failure>(region.map(|region| region.expose().to_owned()))
    };
    let region = match (text(region.as_ref()), endpoint) {
        (Some(region), _) => region,
        // A store of one's own mostly has no regions, and signs with this one.
        (None, Some(_)) => from_environment()?.unwrap_or_else(|| "us-east-1".to_owned()),
        (None, None) => from_environment()?.ok_or_else(|| {
            Failure::new(Exit::Invalid, "`state` names no region for the bucket")
                .hint("add `region`, or set AWS_REGION")
        })?,
    };
    let id = variable("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID_FILE")?;
    let key_of_it = variable("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY_FILE")?;
    let (Some(access_key_id), Some(secret_access_key)) = (id, key_of_it) else {
        return Err(Failure::new(
            Exit::Credentials,
            "there are no credentials for the bucket of the state",
        )
        .hint(
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or …_FILE to files that hold them",
        ));
    };
    let credentials = S3Credentials {
        access_key_id,
        secret_access_key,
        session_token: variable("AWS_SESSION_TOKEN", "AWS_SESSION_TOKEN_FILE")?,
    };
    let object = S3Object {
        bucket: bucket.0.to_string(),
        key: text(key.as_ref()).unwrap_or_else(|| format!("{}/state.json", name())),
        region,
        endpoint: endpoint.as_ref().map(|endpoint| endpoint.0.to_string()),
    };
    S3Store::new(&object, &credentials)
        .map(Store::S3)
        .map_err(|error| state_failure(&error))
}

#[cfg(not(feature = "s3"))]
fn s3(_: &S3StateConfig, _: impl Fn() -> String) -> Result<Store, Failure> {
    Err(left_out("s3"))
}

#[cfg(feature = "postgres")]
fn postgres(settings: &PostgresStateConfig, name: impl Fn() -> String) -> Result<Store, Failure> {
    use crate::state::{PostgresAddress, PostgresStore};
    let PostgresStateConfig { url, schema } = settings;
    let user = secret(&[
        ("BURSAR_STATE_USERNAME", "BURSAR_STATE_USERNAME_FILE"),
        ("PGUSER", "PGUSER_FILE"),
    ])?;
    let password = secret(&[
        ("BURSAR_STATE_PASSWORD", "BURSAR_STATE_PASSWORD_FILE"),
        ("PGPASSWORD", "PGPASSWORD_FILE"),
    ])?;
    let address = PostgresAddress {
        url: url.0.to_string(),
        user: user.map(|user| user.expose().to_owned()),
    };
    let schema = text(schema.as_ref()).unwrap_or_else(|| "bursar".to_owned());
    PostgresStore::new(&address, password, &schema, &name())
        .map(Store::Postgres)
        .map_err(|error| state_failure(&error))
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &PostgresStateConfig, _: impl Fn() -> String) -> Result<Store, Failure> {
    Err(left_out("postgres"))
}

#[cfg(not(all(feature = "s3", feature = "postgres")))]
fn left_out(backend: &str) -> Failure {
    Failure::new(
        Exit::Invalid,
        format!("this build of bursar cannot keep the state in `{backend}`"),
    )
    .hint(format!(
        "`bursar validate` works; the rest needs a build with the feature `{backend}`"
    ))
}

/// The first of some variables that is set, or whose file is named.
fn secret(variables: &[(&'static str, &'static str)]) -> Result<Option<Secret>, Failure> {
    for (variable, file) in variables {
        let found = os::secret(variable, file)
            .map_err(|error| Failure::from_error(Exit::Credentials, &error))?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
