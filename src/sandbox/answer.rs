//! What the platform answers when it does not do what it is asked.

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::collections::BTreeMap;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 400: the body is not JSON; why.
    Malformed(String),
    /// 401: the credentials are missing or wrong.
    Unauthorised,
    /// 403: the request comes from another site; why.
    Foreign(&'static str),
    /// 404: there is no such thing; which.
    Unknown(String),
    /// 405: the verb does not exist here; the verbs that do.
    Verb(String),
    /// 409: something else stands in the way; what.
    Conflict(String),
    /// 413: the body is longer than so many bytes.
    TooLarge(usize),
    /// 422: what is wrong, field by field.
    Invalid(Errors),
    /// 429: too many requests.
    Limited {
        /// Whole seconds until the next one is answered.
        retry_after_seconds: u64,
        /// The same as UNIX time in seconds.
        reset_unix: u64,
    },
    /// 500: the sandbox itself failed; how.
    Broken(String),
}

/// What is wrong with a body, by dotted field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Errors(pub(super) BTreeMap<String, Vec<String>>);

impl Errors {
    /// One thing that is wrong.
    pub(super) fn one(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut errors = Errors::default();
        errors.push(field, message);
        errors
    }

    /// Adds one thing that is wrong.
    pub(super) fn push(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.entry(field.into()).or_default().push(message.into());
    }

    /// Nothing, or the refusal.
    pub(super) fn into_result(self) -> Result<(), Refusal> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(self))
        }
    }
}

impl Refusal {
    /// One field is wrong.
    pub(super) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Refusal::Invalid(Errors::one(field, message))
    }

    /// The HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
            Refusal::Unauthorised => StatusCode::UNAUTHORIZED,
            Refusal::Foreign(_) => StatusCode::FORBIDDEN,
            Refusal::Unknown(_) => StatusCode::NOT_FOUND,
            Refusal::Verb(_) => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Conflict(_) => StatusCode::CONFLICT,
            Refusal::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Limited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentence for people.
    pub(super) fn message(&self) -> String {
        match self {
            Refusal::Malformed(why) => format!("The body is not JSON: {why}."),
            Refusal::Unauthorised => "Unauthenticated.".to_owned(),
            Refusal::Foreign(why) => format!("The request comes from another site: {why}."),
            Refusal::Unknown(what) => format!("There is no {what}."),
            Refusal::Verb(allow) => {
                format!("The method is not supported here. Supported methods: {allow}.")
            }
            Refusal::Conflict(why) => format!("{why}."),
            Refusal::TooLarge(bytes) => format!("The body is larger than {bytes} bytes."),
            Refusal::Invalid(errors) => {
                let all = errors.0.values().map(Vec::len).sum::<usize>();
                let first = errors
                    .0
                    .iter()
                    .next()
                    .and_then(|(field, messages)| Some((field, messages.first()?)));
                match (first, all) {
                    (Some((field, message)), 1) => format!("The field {field} {message}."),
                    (Some((field, message)), all) => {
                        format!("The field {field} {message}, and {} more.", all - 1)
                    }
                    (None, _) => "The given data was invalid.".to_owned(),
                }
            }
            Refusal::Limited { .. } => "Too Many Attempts.".to_owned(),
            Refusal::Broken(why) => format!("The sandbox failed: {why}."),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let empty = BTreeMap::new();
        let errors = match &self {
            Refusal::Invalid(errors) => &errors.0,
            Refusal::Malformed(_)
            | Refusal::Unauthorised
            | Refusal::Foreign(_)
            | Refusal::Unknown(_)
            | Refusal::Verb(_)
            | Refusal::Conflict(_)
            | Refusal::TooLarge(_)
            | Refusal::Limited { .. }
            | Refusal::Broken(_) => &empty,
        };
        let body = json!({ "message": self.message(), "errors": errors });
        let mut response = json_text(self.status(), body.to_string());
        let headers = response.headers_mut();
        match self {
            Refusal::Verb(allow) => {
                if let Ok(allow) = HeaderValue::try_from(allow) {
                    headers.insert(ALLOW, allow);
                }
            }
            Refusal::Limited {
                retry_after_seconds,
                reset_unix,
            } => {
                headers.insert(RETRY_AFTER, retry_after_seconds.into());
                headers.insert("x-ratelimit-reset", reset_unix.into());
            }
            Refusal::Malformed(_)
            | Refusal::Unauthorised
            | Refusal::Foreign(_)
            | Refusal::Unknown(_)
            | Refusal::Conflict(_)
            | Refusal::TooLarge(_)
            | Refusal::Invalid(_)
            | Refusal::Broken(_) => {}
        }
        response
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Refusal::Broken(format!("its database answered: {error}"))
    }
}

/// An answer whose body is JSON text.
pub(super) fn json_text(status: StatusCode, body: String) -> Response {
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let mut two = Errors::one("title", "is required");
        two.push("price", "is required");
        let cases = [
            (
                Refusal::invalid("title", "is required"),
                422,
                "The field title is required.",
            ),
            (
                Refusal::Invalid(two),
                422,
                "The field price is required, and 1 more.",
            ),
            (
                Refusal::Verb("GET".into()),
                405,
                "The method is not supported here. Supported methods: GET.",
            ),
            (
                Refusal::Unknown("offer 7".into()),
                404,
                "There is no offer 7.",
            ),
        ];
        for (refusal, status, message) in cases {
            assert_eq!(refusal.status().as_u16(), status);
            assert_eq!(refusal.message(), message);
        }
    }
}
