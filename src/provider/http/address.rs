//! Where the platform is, and as whom it is spoken to.

use super::SettingsError;
use crate::model::Secret;
use reqwest::Url;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::net::IpAddr;

/// The base address, with a slash at the end.
///
/// # Errors
/// It is no address, not `https` (outside of loopback), or holds a name and password.
pub(super) fn base(url: &str) -> Result<Url, SettingsError> {
    let mut base = Url::parse(url).map_err(|_| SettingsError::Address)?;
    if !base.username().is_empty() || base.password().is_some() {
        return Err(SettingsError::CredentialsInAddress);
    }
    if base.query().is_some() || base.fragment().is_some() || base.host_str().is_none() {
        return Err(SettingsError::Address);
    }
    match base.scheme() {
        "https" => {}
        "http" if is_loopback(&base) => {}
        "http" => return Err(SettingsError::Plaintext),
        _ => return Err(SettingsError::Address),
    }
    if !base.path().ends_with('/') {
        let path = format!("{}/", base.path());
        base.set_path(&path);
    }
    Ok(base)
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost"
            || host
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    })
}

/// The account as it may be written down: a digest that is bound to the platform.
///
/// The address of a loopback platform changes its port from run to run and stays out of it.
pub(super) fn account_digest(provider: &str, url: &str, account: &Secret) -> String {
    let place = match Url::parse(url) {
        Ok(url) if is_loopback(&url) => "loopback",
        Ok(_) | Err(_) => url,
    };
    let mut hash = Sha256::new();
    for part in ["bursar account", provider, place, account.expose()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .take(8)
        .fold(String::new(), |mut text, byte| {
            // Writing to a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_or_loopback() {
        for (url, expected) in [
            ("https://api.example.com", Ok("https://api.example.com/")),
            (
                "https://api.example.com/v1",
                Ok("https://api.example.com/v1/"),
            ),
            ("http://127.0.0.1:80", Ok("http://127.0.0.1/")),
            ("http://127.9.9.9:81/x", Ok("http://127.9.9.9:81/x/")),
            ("http://[::1]:9/", Ok("http://[::1]:9/")),
            ("http://localhost:9", Ok("http://localhost:9/")),
            (
                "http://localhost.example.com",
                Err(SettingsError::Plaintext),
            ),
            ("http://api.example.com", Err(SettingsError::Plaintext)),
            ("ftp://127.0.0.1", Err(SettingsError::Address)),
            ("api.example.com", Err(SettingsError::Address)),
            (
                "https://a:b@example.com",
                Err(SettingsError::CredentialsInAddress),
            ),
            ("https://example.com/?x=1", Err(SettingsError::Address)),
        ] {
            let base = base(url);
            assert_eq!(
                base.as_ref().map(Url::as_str),
                expected.as_ref().copied(),
                "{url}"
            );
        }
    }

    #[test]
    fn accounts_are_told_apart_and_not_told() {
        let digest = |url: &str, account: &str| {
            account_digest("kwiga", url, &Secret::new(account.to_owned()))
        };
        let one = digest("https://a", "cabinet");
        assert_eq!(one.len(), 16);
        assert!(!one.contains("cabinet"));
        assert_ne!(one, digest("https://a", "other"));
        assert_ne!(one, digest("https://b", "cabinet"));
        assert_eq!(
            digest("http://127.0.0.1:1", "sandbox"),
            digest("http://127.0.0.1:2", "sandbox")
        );
    }
}
