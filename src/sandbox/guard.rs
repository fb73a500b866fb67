//! Keeps other sites' scripts out: the sandbox listens on this machine, and browsers reach it.

use super::answer::Refusal;
use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses names that do not mean this machine (another name that resolves to it is how a foreign
/// page gets here) and writes that another site's page sends.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(|it| it.as_str().to_owned());
    match judge(request.method(), authority.as_deref(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn judge(method: &Method, authority: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    let host = text(HOST).ok_or(Refusal::Foreign("it has no Host header"))?;
    if !is_loopback(host) || authority.is_some_and(|authority| !is_loopback(authority)) {
        return Err(Refusal::Foreign("its Host header is not this machine"));
    }
    if method.is_safe() {
        return Ok(());
    }
    if let Some(origin) = text(ORIGIN)
        && !origin
            .strip_prefix("http://")
            .is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    {
        return Err(Refusal::Foreign("its Origin header is another"));
    }
    match headers.get("sec-fetch-site").map(|site| site.as_bytes()) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Refusal::Foreign("its Sec-Fetch-Site header says so")),
    }
}

/// Whether `host:port` names this machine's loopback.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|loopback| name.eq_ignore_ascii_case(loopback))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn lets_in_this_machine_only() {
        let get = Method::GET;
        let post = Method::POST;
        type Pairs<'a> = &'a [(&'a str, &'a str)];
        let cases: [(&Method, Pairs<'_>, bool); 14] = [
            (&get, &[("host", "127.0.0.1:8080")], true),
            (&get, &[("host", "localhost:8080")], true),
            (&get, &[("host", "LOCALHOST")], true),
            (&get, &[("host", "[::1]:8080")], true),
            (&get, &[("host", "evil.example:8080")], false),
            (&get, &[("host", "127.0.0.1.evil.example")], false),
            (&get, &[("host", "127.0.0.1@evil.example")], false),
            (&get, &[], false),
            (&post, &[("host", "127.0.0.1:1")], true),
            (
                &post,
                &[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:1")],
                true,
            ),
            (
                &post,
                &[("host", "127.0.0.1:1"), ("origin", "http://127.0.0.1:2")],
                false,
            ),
            (&post, &[("host", "127.0.0.1:1"), ("origin", "null")], false),
            (
                &post,
                &[("host", "localhost:1"), ("sec-fetch-site", "cross-site")],
                false,
            ),
            (
                &post,
                &[("host", "localhost:1"), ("sec-fetch-site", "same-origin")],
                true,
            ),
        ];
        for (method, pairs, expected) in cases {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::try_from(*name).unwrap(),
                        HeaderValue::try_from(*value).unwrap(),
                    )
                })
                .collect();
            assert_eq!(judge(method, None, &headers).is_ok(), expected, "{pairs:?}");
        }
        let here: HeaderMap = [(HOST, HeaderValue::from_static("localhost"))]
            .into_iter()
            .collect();
        assert!(judge(&get, Some("evil.example"), &here).is_err());
    }
}
