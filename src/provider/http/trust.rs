//! Why the other side is not trusted: TLS that does not show who it is.

use super::body::quoted;
use rustls::{CertificateError, Error as TlsError};
use std::error::Error;

/// What is wrong with the other side's TLS, if that is why nothing was sent. No name that it gives
/// itself is quoted.
pub(super) fn fault(error: &reqwest::Error) -> Option<String> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(tls) = cause.downcast_ref::<TlsError>() {
            return said(tls);
        }
        // An error of the system shows what it wraps by this door only.
        let wrapped = cause
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => cause.source(),
        };
    }
    None
}

/// In words; `None` where another try may well end otherwise.
fn said(error: &TlsError) -> Option<String> {
    let TlsError::InvalidCertificate(wrong) = error else {
        return match error {
            TlsError::InvalidMessage(_) => Some("it does not speak TLS".to_owned()),
            _ => None,
        };
    };
    Some(match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name".to_owned()
        }
        CertificateError::UnknownIssuer => "nobody known vouches for its certificate".to_owned(),
        CertificateError::Revoked => "its certificate has been revoked".to_owned(),
        other => format!(
            "its certificate is not good: {}",
            quoted(&other.to_string())
        ),
    })
}
