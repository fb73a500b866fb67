//! A platform whose answers mean harm. Those that are asked for again, with pauses, are cases of
//! `src/provider/http/tests/odd.rs`.

use super::server::{Server, answer, empty_page};
use super::{TOKEN, at, credentials, finishes};
use bursar::state::{HttpAddresses, HttpStore, LocalState, RemoteState, State, StateError, Store};
use std::io::Write as _;
use std::time::Duration;

const JSON: &str = "Content-Type: application/json\r\n";

/// A page of one object, with this beside it.
fn page(more: &str) -> String {
    format!(
        r#"{{"data":[{{"id":7,"title":"Other","type":"static"}}],"meta":{{"current_page":1,"last_page":1,"per_page":100,"total":1}}{more}}}"#
    )
}

#[test]
fn answers_that_are_none_stop_the_plan_and_say_why() {
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let packed = "Content-Encoding: gzip\r\n";
    let cases: [(&str, Vec<u8>, &str); 12] = [
        (
            "a bomb",
            answer("200 OK", packed, &bomb),
            "larger than 8 MiB",
        ),
        (
            "giant",
            answer("200 OK", JSON, &vec![b' '; (8 << 20) + 1]),
            "larger than 8 MiB",
        ),
        (
            "announced",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n{".to_vec(),
            "larger than 8 MiB",
        ),
        (
            "deep",
            answer("200 OK", JSON, deep.as_bytes()),
            "deeper than 64",
        ),
        (
            "html",
            answer(
                "200 OK",
                "Content-Type: text/html\r\n",
                b"<html>\x1b[2J</html>",
            ),
            "is not JSON",
        ),
        ("empty", answer("200 OK", JSON, b""), "is not JSON"),
        (
            "half",
            answer("200 OK", JSON, br#"{"data":["#),
            "is not JSON",
        ),
        ("two", answer("200 OK", JSON, b"{}{}"), "not"),
        (
            "not UTF-8",
            answer("200 OK", JSON, b"{\"data\":\"\xff\"}"),
            "not",
        ),
        (
            "a number",
            answer("200 OK", JSON, b"7"),
            "not what the contract says",
        ),
        (
            "numbers that are none",
            answer(
                "200 OK",
                JSON,
                page("")
                    .replace(r#""total":1"#, r#""total":1e999"#)
                    .as_bytes(),
            ),
            "not",
        ),
        (
            "twice",
            answer("200 OK", JSON, br#"{"data":[],"data":[],"meta":{}}"#),
            "not what the contract says",
        ),
    ];
    for (what, bytes, said) in cases {
        let server = Server::start(move |_| bytes.clone());
        let project = at(&server.url());
        let ran = credentials(project.bursar(&["plan"]));
        let ran = super::bounded(ran).exits(1);
        assert!(
            ran.stderr.starts_with("error: cannot read objects of kind"),
            "{what}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{what}: {}", ran.stderr);
        assert!(ran.stderr.contains("  help: "), "{what}: {}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{what}: {}", ran.stderr);
    }
    // The form is asked, not what it is called.
    let server = Server::start(|_| {
        answer(
            "200 OK",
            "Content-Type: text/plain\r\n",
            page("").as_bytes(),
        )
    });
    super::bounded(credentials(at(&server.url()).bursar(&["plan"]))).exits(0);
}

#[test]
fn redirects_are_not_followed_with_credentials() {
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let elsewhere = Server::start(|_| empty_page());
        let to = format!("Location: {}/coupons\r\n", elsewhere.url());
        let reading = to.clone();
        let server = Server::start(move |_| answer(status, &reading, b""));
        let project = at(&server.url());
        let ran = super::bounded(credentials(project.bursar(&["plan"]))).exits(1);
        assert!(
            ran.stderr.contains("redirects are not followed"),
            "{}",
            ran.stderr
        );
        assert_eq!(elsewhere.heard(), [] as [String; 0], "{status}");

        // Writes alone are redirected: it is not known whether they were done.
        let server = Server::start(move |head| match head.starts_with("GET") {
            true => empty_page(),
            false => answer(status, &to, b""),
        });
        let project = at(&server.url());
        let ran = super::bounded(credentials(project.bursar(&["apply", "--auto-approve"])));
        let ran = ran.exits(9);
        assert!(
            ran.stderr.contains("redirects are not followed"),
            "{}",
            ran.stderr
        );
        assert_eq!(elsewhere.heard(), [] as [String; 0], "{status}");
        let writes = server
            .heard()
            .iter()
            .filter(|head| head.starts_with("POST"))
            .count();
        assert_eq!(writes, 1, "{status}: it was sent again");
    }
}

#[test]
fn links_to_other_pages_are_not_followed() {
    let elsewhere = Server::start(|_| empty_page());
    let next = format!("{}/lists?page=2", elsewhere.url());
    let links = format!(
        r#","links":{{"next":"{next}","last":"{next}"}},"next":"{next}","next_page_url":"{next}""#
    );
    let headers = format!(
        "{JSON}Link: <{next}>; rel=\"next\"\r\nContent-Location: {next}\r\nRefresh: 0; url={next}\r\n"
    );
    let server = Server::start(move |_| answer("200 OK", &headers, page(&links).as_bytes()));
    let project = at(&server.url());
    super::bounded(credentials(project.bursar(&["plan"]))).exits(0);
    assert_eq!(elsewhere.heard(), [] as [String; 0]);
    // It was asked, with credentials, and for the first page alone.
    let heard = server.heard();
    assert!(!heard.is_empty());
    for head in heard {
        assert!(head.contains("page=1&") && head.contains(TOKEN), "{head}");
    }
}

#[test]
fn a_listing_without_end_is_given_up() {
    // One more page each time; a page that is always the last but one; more than can be.
    type Said = fn(u64) -> (u64, u64);
    let cases: [(&str, Said); 3] = [
        ("growing", |page| (page + 1, page + 1)),
        ("a million pages of one", |_| (1_000_000, 1_000_001)),
        ("everything", |_| (u64::MAX, u64::MAX)),
    ];
    for (what, said) in cases {
        let server = Server::start(move |head| {
            let page = head.split("page=").nth(1).unwrap_or("1");
            let page: u64 = page.split(['&', ' ']).next().unwrap().parse().unwrap();
            let (last, total) = said(page);
            let body = format!(
                r#"{{"data":[{{"id":{page},"title":"x","type":"static"}}],"meta":{{"current_page":{page},"last_page":{last},"per_page":1,"total":{total}}}}}"#
            );
            answer("200 OK", JSON, body.as_bytes())
        });
        let project = at(&server.url());
        let ran = super::bounded(credentials(project.bursar(&["plan"]))).exits(1);
        assert!(ran.stderr.contains("help: "), "{what}: {}", ran.stderr);
        // Three readings, at most ten pages under way in each.
        let asked = server.heard().len();
        assert!(asked <= 3 * 12, "{what}: asked {asked} times");
    }
}

#[test]
fn a_proxy_of_the_environment_sees_no_credentials() {
    let proxy = Server::start(|_| answer("502 Bad Gateway", "", b""));
    let platform = Server::start(|_| empty_page());
    let through = |project: &crate::harness::Project| {
        let mut command = credentials(project.bursar(&["plan"]));
        for name in [
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "ALL_PROXY",
        ] {
            command.env(name, proxy.url());
        }
        command.env_remove("NO_PROXY").env_remove("no_proxy");
        command
    };
    super::bounded(through(&at(&platform.url()))).exits(0);
    assert_eq!(proxy.heard(), [] as [String; 0]);
    // Elsewhere, a proxy is told the name alone: what follows is in TLS.
    super::bounded(through(&at("https://school.example"))).exits(5);
    let heard = proxy.heard();
    assert!(!heard.is_empty());
    for head in heard {
        assert!(head.starts_with("CONNECT school.example:443"), "{head}");
        assert!(!head.contains(TOKEN), "{head}");
    }
}

#[test]
fn a_state_server_is_not_believed_either() {
    let elsewhere = Server::start(|_| empty_page());
    let to = format!("Location: {}/state\r\n", elsewhere.url());
    let gzip = "Content-Encoding: gzip\r\n";
    for (what, bytes, code) in [
        ("redirect", answer("307 Temporary", &to, b""), 3),
        ("not a state", answer("200 OK", JSON, b"{}"), 3),
        ("not JSON", answer("200 OK", JSON, b"<html>"), 3),
        (
            "gzip that nobody asked for",
            answer("200 OK", gzip, b"{}"),
            3,
        ),
        ("no HTTP", b"SSH-2.0\r\n".to_vec(), 5),
        ("refused", answer("401 Unauthorized", "", b"\x1b[2J"), 4),
    ] {
        let server = Server::start(move |_| bytes.clone());
        let project = super::project(&[]);
        let root = format!(
            "version: 1\nproject: p\nstate: {{ backend: http, address: \"{}\" }}\n",
            server.url()
        );
        std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
        let mut command = project.bursar(&["plan"]);
        command
            .env("BURSAR_STATE_USERNAME", "ann")
            .env("BURSAR_STATE_PASSWORD", TOKEN);
        command.env("http_proxy", elsewhere.url());
        let ran = super::bounded(command).exits(code);
        assert!(ran.stderr.contains("  help: "), "{what}: {}", ran.stderr);
        assert!(!ran.stderr.contains('\u{1b}'), "{what}: {}", ran.stderr);
        assert!(!server.heard().is_empty());
        assert_eq!(elsewhere.heard(), [] as [String; 0], "{what}");
    }
}

#[tokio::test]
async fn a_state_that_drips_ends_by_the_deadline() {
    let server = Server::that(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    });
    let addresses = HttpAddresses {
        address: server.url(),
        ..HttpAddresses::default()
    };
    let store = HttpStore::new(&addresses, None).unwrap();
    let store = store
        .with_pause(Duration::ZERO)
        .with_deadline(Duration::from_millis(200));
    let folder = tempfile::tempdir().unwrap();
    let copy = LocalState::open(folder.path(), "p", None);
    let state = State::Remote(Box::new(RemoteState::new(Store::Http(store.into()), copy)));
    let error = state.read().await.expect_err("dripped");
    assert!(matches!(error, StateError::Unreachable { .. }), "{error}");
    assert!(server.heard().len() > 1);
}

#[test]
fn offline_commands_ask_nobody() {
    let anyone = Server::start(|_| empty_page());
    let url = anyone.url();
    let project = super::project(&[("list.yaml", "kind: list\nname: l\ntype: static\n")]);
    let root = format!(
        "version: 1\nproject: p\nrules: {{ list-unused: allow }}\nplatform: {{ provider: sandbox, url: \"{url}\" }}\nstate: {{ backend: http, address: \"{url}\" }}\n"
    );
    std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
    for command in [
        &["validate"][..],
        &["validate", "--fix"],
        &["fmt"],
        &["fmt", "--check"],
        &["test"],
        &["explain", "offer"],
        &["schema"],
    ] {
        let mut command = credentials(project.bursar(command));
        command.env("http_proxy", &url).env("ALL_PROXY", &url);
        super::bounded(command).exits(0);
    }
    assert_eq!(anyone.heard(), [] as [String; 0]);
    // It would have heard: these do ask.
    super::bounded(credentials(project.bursar(&["plan"]))).exits(3);
    assert!(!anyone.heard().is_empty());
}

#[test]
fn credentials_come_from_the_environment_alone() {
    let project = super::project(&[]);
    for key in ["token", "account", "credentials", "headers"] {
        let root = format!(
            "version: 1\nproject: p\nplatform: {{ provider: sandbox, {key}: \"{TOKEN}\" }}\n"
        );
        std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
        let ran = finishes(&project, &["validate"]).exits(3);
        assert!(
            ran.stdout.contains("error[unknown-field]"),
            "{}",
            ran.stdout
        );
    }
    for flag in ["--token", "--account", "--password"] {
        let ran = finishes(&project, &["plan", flag, TOKEN]).exits(3);
        assert!(ran.stderr.contains("unexpected argument"), "{}", ran.stderr);
    }
    // A file that the environment names: one line, an ordinary amount of it, and never quoted.
    let server = Server::start(|_| empty_page());
    let project = at(&server.url());
    let file = project.path().join("token.txt");
    let with = |content: &[u8], code: i32| {
        std::fs::write(&file, content).unwrap();
        let mut command = credentials(project.bursar(&["plan"]));
        command
            .env_remove("BURSAR_TOKEN")
            .env("BURSAR_TOKEN_FILE", &file);
        let ran = super::bounded(command).exits(code);
        assert!(!ran.stderr.contains(TOKEN), "{}", ran.stderr);
    };
    with(format!("{TOKEN}\n").as_bytes(), 0);
    assert!(server.heard().iter().all(|head| head.contains(TOKEN)));
    with(b"", 4);
    with(format!("{TOKEN}\n{TOKEN}\n").as_bytes(), 4);
    with(&vec![b'x'; 1 << 20], 4);
    with(b"\xff\xfe", 4);
    // What no header can carry would add one of its own.
    with(format!("{TOKEN}\rX-Other: 1").as_bytes(), 4);
    for (name, value) in [
        ("BURSAR_TOKEN_FILE", "/nowhere"),
        ("BURSAR_TOKEN_FILE", "/dev/zero"),
    ] {
        let mut command = credentials(project.bursar(&["plan"]));
        command.env_remove("BURSAR_TOKEN").env(name, value);
        super::bounded(command).exits(4);
    }
}
