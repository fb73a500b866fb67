//! What the places have in common that are spoken to over a network.

use crate::state::error::StateError;
use reqwest::{Url, redirect};
use std::net::IpAddr;
use std::time::Duration;

pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// How long one answer may take in all.
pub(super) const DEADLINE: Duration = Duration::from_secs(300);

/// A client that follows no redirect and waits for nobody for ever. What goes over plain HTTP, to
/// this machine alone, goes through no proxy.
pub(super) fn builder(is_plain: bool) -> reqwest::ClientBuilder {
    // An error says that someone else has installed one, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = if is_plain {
        reqwest::Client::builder().no_proxy()
    } else {
        reqwest::Client::builder()
    };
    builder
        .redirect(redirect::Policy::none())
        // What is kept comes back byte by byte.
        .no_gzip()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .timeout(DEADLINE)
}

/// The text of an error without the address, whose query may hold what must not be seen.
pub(super) fn without_address(error: reqwest::Error) -> String {
    chain(&error.without_url())
}

/// An error and its causes.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// An address that is safe to send credentials to. `name` is the setting that holds it.
pub(super) fn checked(name: &str, address: &str) -> Result<Url, StateError> {
    // The address itself is not quoted: it may hold a password.
    let wrong = |what: &str| StateError::Settings(format!("`state.{name}` {what}"));
    let url = Url::parse(address).map_err(|_| wrong("is not an address like https://…"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "holds a name or a password: they come from the environment alone",
        ));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("must begin with https:// outside of this machine")),
        _ => Err(wrong("must begin with https://")),
    }
}

/// Whether an address leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    })
}
