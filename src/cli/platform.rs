//! The platform of a project: reached, read, let go.

use super::configuration::Configuration;
use super::sandbox as sandbox_command;
use super::{Exit, Failure, own};
use crate::kinds::{KindInfo, Provider};
use crate::model::{BaseState, LiveState, Secret, Target};
use crate::os::{self, Credentials};
use crate::plan;
use crate::provider::http::{HttpReader, HttpSettings, SettingsError, install_crypto};
use crate::provider::{self, ProviderError, Reader as _, Unreadable};
use crate::sandbox::{self, DataDir, Options, Running};
use std::time::Duration;

/// What both credentials of the embedded platform are.
const EMBEDDED: &str = "sandbox";

/// How long what was cut off, and is not seen, is looked for before it is taken not to have happened:
/// the request may still be under way, and listings may be behind.
const SETTLING: Duration = Duration::from_secs(10);

/// A platform that can be read.
pub(super) struct Platform {
    /// Reads it.
    pub(super) reader: HttpReader,
    /// The embedded one, while it runs.
    running: Option<Running>,
}

impl Platform {
    /// Reaches the platform that the project names; starts the embedded one if it names no other.
    ///
    /// # Errors
    /// There is no such platform yet, credentials are missing, or it does not start.
    pub(super) async fn open(configuration: &Configuration) -> Result<Self, Failure> {
        let Configuration {
            folder,
            compiled,
            now: _,
            sources: _,
        } = configuration;
        let platform = compiled.project.platform.as_ref();
        let provider = platform.map_or(Provider::Sandbox, |platform| platform.provider);
        only_sandbox(provider)?;
        let credentials =
            os::credentials().map_err(|error| Failure::from_error(Exit::Credentials, &error))?;
        if let Some(url) = platform.and_then(|platform| platform.url.as_ref()) {
            let (token, account) = both(credentials)?;
            return Ok(Platform {
                reader: reader(HttpSettings::new(EMBEDDED, &url.0, token, account))?,
                running: None,
            });
        }
        let seed = match platform.and_then(|platform| platform.seed.as_ref()) {
            Some(name) => Some(sandbox_command::seed_in(folder, &name.0)?),
            None => None,
        };
        let environment = compiled.environment.as_deref();
        let running = sandbox::start(Options {
            data: DataDir::Path(own::sandbox(folder, environment)?),
            token: Secret::new(EMBEDDED),
            account: Secret::new(EMBEDDED),
            courses: compiled
                .documents
                .iter()
                .filter_map(|document| document.spec.mirror(&document.address.name))
                .collect(),
            seed,
            zone: compiled.zone.clone(),
            ..Options::default()
        })
        .await
        .map_err(|error| sandbox_command::failure(&error))?;
        let Credentials { token, account } = credentials;
        let or_its_own = |secret: Option<Secret>| secret.unwrap_or_else(|| Secret::new(EMBEDDED));
        let mut settings = HttpSettings::new(
            EMBEDDED,
            &running.url(),
            or_its_own(token),
            or_its_own(account),
        );
        settings.shown_as = Some("embedded".to_owned());
        Ok(Platform {
            reader: reader(settings)?,
            running: Some(running),
        })
    }

    /// Whether it runs inside this process.
    pub(super) fn is_embedded(&self) -> bool {
        self.running.is_some()
    }

    /// The limit, if it has told one. The embedded one has none.
    pub(super) fn requests_per_minute(&self) -> Option<u32> {
        self.reader.requests_per_minute()
    }

    /// The platform and account.
    pub(super) fn target(&self) -> Target {
        self.reader.target()
    }

    /// Reads every object of these kinds, and waits for what an interrupted run may have made.
    ///
    /// # Errors
    /// The first kind that cannot be read.
    pub(super) async fn read(
        &self,
        kinds: &[&'static KindInfo],
        base: &BaseState,
    ) -> Result<(LiveState, u64), Failure> {
        // The embedded platform ends with the run that it served: nothing is under way to it.
        let patience = if self.is_embedded() {
            Duration::ZERO
        } else {
            SETTLING
        };
        let is_settled = |live: &LiveState| !plan::is_unseen(base, live);
        let reading = provider::read_settled(&self.reader, kinds, base, patience, is_settled)
            .await
            .map_err(|Unreadable { kind, error }| match kind {
                Some(kind) => read_failure(kind, &error),
                None => provider_failure(&error),
            })?;
        Ok((reading.live, reading.requests))
    }

    /// Lets the platform go; the embedded one stops.
    pub(super) async fn close(self) {
        if let Some(running) = self.running {
            running.stop().await;
        }
    }
}

/// Why a platform cannot be read, as a failure of the command.
pub(super) fn provider_failure(error: &ProviderError) -> Failure {
    match error {
        ProviderError::Credentials(_) => Failure::from_error(Exit::Credentials, error)
            .hint("check BURSAR_TOKEN and BURSAR_ACCOUNT; a re-issued token ends the old one"),
        ProviderError::Exhausted(_) => {
            Failure::from_error(Exit::Exhausted, error).hint("run the command again later")
        }
        ProviderError::Refused { .. } | ProviderError::Stopped => {
            Failure::from_error(Exit::Unclassified, error)
        }
        ProviderError::Answer(_) => Failure::from_error(Exit::Unclassified, error).hint(
            "is `platform.url` the address of the platform's API? if it is, its answers are not those of the contract",
        ),
        ProviderError::Untrusted(_) => Failure::from_error(Exit::Exhausted, error).hint(
            "nothing was sent to it; correct `platform.url` or this machine's clock, have the certificate renewed, or name the certificate that vouches for it with SSL_CERT_FILE",
        ),
        ProviderError::Unreachable(_) => Failure::from_error(Exit::Exhausted, error)
            .hint("is it running, and is `platform.url` its address? bursar tried several times"),
    }
}

fn read_failure(kind: &KindInfo, error: &ProviderError) -> Failure {
    let failure = provider_failure(error);
    Failure {
        message: format!(
            "cannot read objects of kind `{}` from the platform",
            kind.id
        ),
        causes: std::iter::once(failure.message)
            .chain(failure.causes)
            .collect(),
        ..failure
    }
}

fn only_sandbox(provider: Provider) -> Result<(), Failure> {
    match provider {
        Provider::Sandbox => return Ok(()),
        Provider::Kwiga | Provider::Bsport | Provider::Rest => {}
    }
    let name = provider.as_str();
    Err(Failure::new(
        Exit::Invalid,
        format!("this version of bursar cannot reach the platform `{name}`"),
    )
    .hint("`bursar validate` works for it; `plan` and `apply` need `provider: sandbox`"))
}

fn both(credentials: Credentials) -> Result<(Secret, Secret), Failure> {
    let Credentials { token, account } = credentials;
    let missing = |name: &str| {
        Failure::new(Exit::Credentials, format!("{name} is not set")).hint(format!(
            "set {name}, or {name}_FILE to a file that holds it"
        ))
    };
    Ok((
        token.ok_or_else(|| missing("BURSAR_TOKEN"))?,
        account.ok_or_else(|| missing("BURSAR_ACCOUNT"))?,
    ))
}

fn reader(settings: HttpSettings) -> Result<HttpReader, Failure> {
    install_crypto();
    HttpReader::new(settings).map_err(|error| match &error {
        SettingsError::Credential(_) => Failure::from_error(Exit::Credentials, &error)
            .hint("set it again: one line, as the platform shows it"),
        SettingsError::Address | SettingsError::Plaintext => {
            Failure::from_error(Exit::Invalid, &error).hint("correct `platform.url` in bursar.yaml")
        }
        SettingsError::CredentialsInAddress => Failure::from_error(Exit::Invalid, &error)
            .hint("take them out of `platform.url`, and set BURSAR_TOKEN and BURSAR_ACCOUNT"),
        SettingsError::Client(_) => Failure::from_error(Exit::Unclassified, &error)
            .hint("check SSL_CERT_FILE, SSL_CERT_DIR and HTTPS_PROXY"),
    })
}
