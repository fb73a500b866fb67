//! The export of spans, against a collector that is none of the exporter's making.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests stop at the first surprise and use the machine"
)]

mod collector;
#[path = "../it/harness.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod harness;

use collector::{Collector, Span};
use harness::{Project, Ran};
use std::collections::{BTreeMap, BTreeSet};

const TOKEN: &str = "Zq7t0ken-s3cret";
const ACCOUNT: &str = "cab1net-s3cret";

fn school() -> Project {
    let project = Project::empty();
    project.run(&["init"]).exits(0);
    project
}

/// Runs the program with these variables.
fn run(project: &Project, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = project.bursar(arguments);
    for name in std::env::vars().map(|(name, _)| name) {
        if name.starts_with("OTEL_") {
            command.env_remove(name);
        }
    }
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn named<'s>(spans: &'s [Span], has: &str) -> Vec<&'s Span> {
    spans
        .iter()
        .filter(|span| span.attributes.contains_key(has))
        .collect()
}

#[test]
fn an_apply_is_one_tree_of_spans_without_credentials() {
    let project = Project::generated(30, 7);
    let collector = Collector::willing();
    let who = [("BURSAR_TOKEN", TOKEN), ("BURSAR_ACCOUNT", ACCOUNT)];
    let key = ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=c0llector");
    project.with_far_platform_as(TOKEN, ACCOUNT, async |_| {
        let plan = run(&project, &["plan", "--json", "--quiet"], &who).exits(0);
        let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
        let steps = plan["steps"].as_array().unwrap().len();
        let ran = run(
            &project,
            &["apply", "--auto-approve"],
            &[
                who[0],
                who[1],
                ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
                key,
            ],
        );
        let ran = ran.exits(0);
        assert!(!ran.stderr.contains("warning: spans"), "{}", ran.stderr);
        let (spans, resource) = collector.spans();
        assert_eq!(resource["service.name"], "bursar");
        assert!(resource.contains_key("service.version"));
        let by_id: BTreeMap<&[u8], &Span> = spans.iter().map(|it| (&it.id[..], it)).collect();
        assert_eq!(by_id.len(), spans.len());
        let traces: BTreeSet<&[u8]> = spans.iter().map(|it| &it.trace[..]).collect();
        assert_eq!(traces.len(), 1);
        let roots: Vec<&Span> = spans.iter().filter(|it| it.parent.is_empty()).collect();
        let [root] = roots[..] else {
            unreachable!("{roots:?}")
        };
        assert_eq!(root.name, "bursar apply");
        assert_eq!(root.attributes["exit_code"], "0");
        let above = |span: &Span| -> Vec<String> {
            let mut names = Vec::new();
            let mut next = by_id.get(&span.parent[..]);
            while let Some(span) = next {
                names.push(span.name.clone());
                next = by_id.get(&span.parent[..]);
            }
            names
        };
        // Each kind that is read, below the plan; each step once, below the apply.
        let reads: Vec<&Span> = spans.iter().filter(|it| it.name == "read").collect();
        assert!(reads.len() >= 4, "{spans:?}");
        assert!(reads.iter().all(|it| above(it) == ["plan", "bursar apply"]));
        let of_steps = named(&spans, "step");
        assert_eq!(of_steps.len(), steps);
        assert!(
            of_steps
                .iter()
                .all(|it| above(it) == ["apply", "bursar apply"])
        );
        let addresses: BTreeSet<&str> = of_steps
            .iter()
            .map(|it| &*it.attributes["address"])
            .collect();
        assert!(
            addresses.iter().any(|it| it.starts_with("offer.")),
            "{addresses:?}"
        );
        // Requests are below what they are for, and say how they ended.
        let requests = named(&spans, "http.request.method");
        let (of_reads, others): (Vec<&Span>, Vec<&Span>) = requests
            .iter()
            .copied()
            .partition(|it| above(it) == ["read", "plan", "bursar apply"]);
        assert_eq!(of_reads.len(), reads.len());
        for request in others {
            let names = above(request);
            assert_eq!(names[1..], ["apply", "bursar apply"], "{request:?}");
        }
        let is_write = |it: &&&Span| it.attributes["http.request.method"] != "GET";
        assert!(requests.iter().filter(is_write).count() >= 5);
        for request in requests {
            let status = &request.attributes["http.response.status_code"];
            assert!(["200", "201"].contains(&&**status), "{request:?}");
            assert!(request.attributes["url.path"].starts_with('/'));
        }
    });
    for received in collector.received() {
        assert!(
            received.head.starts_with("POST /v1/traces HTTP/1.1\r\n"),
            "{}",
            received.head
        );
        assert!(received.head.contains("application/x-protobuf"));
        assert!(
            received
                .head
                .to_lowercase()
                .contains("x-api-key: c0llector")
        );
        let all = format!(
            "{}{}",
            received.head,
            String::from_utf8_lossy(&received.body)
        );
        // Raw, in base64 without its ends, in hexadecimal digits.
        for secret in [
            "s3cret",
            "t0ken",
            "cab1net",
            "czNjcmV0",
            "5a713774306b656e",
            "636162316e6574",
        ] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
    }
}

#[test]
fn what_fails_is_an_error_in_its_span() {
    let project = school();
    let collector = Collector::willing();
    let file = project.path().join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}nonsense: 1\n")).unwrap();
    let variables = [
        (
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            &*format!("{}/spans", collector.url),
        ),
        ("OTEL_SERVICE_NAME", "ci"),
    ];
    run(&project, &["state", "list"], &variables).exits(3);
    let (spans, resource) = collector.spans();
    assert_eq!(resource["service.name"], "ci");
    let [span] = &spans[..] else {
        unreachable!("{spans:?}")
    };
    assert_eq!(span.name, "bursar state list");
    assert_eq!((span.status, &*span.attributes["exit_code"]), (2, "3"));
    assert!(collector.received()[0].head.starts_with("POST /spans "));
}

#[test]
fn nothing_is_sent_unless_it_is_asked_for() {
    let project = school();
    let collector = Collector::willing();
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", &*collector.url);
    for variables in [
        &[][..],
        &[endpoint, ("OTEL_SDK_DISABLED", "true")],
        &[endpoint, ("OTEL_TRACES_EXPORTER", "none")],
    ] {
        run(&project, &["plan"], variables).exits(0);
    }
    assert_eq!(collector.received().len(), 0);
    run(&project, &["plan"], &[endpoint]).exits(0);
    assert!(!collector.received().is_empty());
}

#[test]
fn a_collector_that_does_not_take_spans_stops_nothing() {
    let project = school();
    let elsewhere = Collector::willing();
    let redirect = format!(
        "HTTP/1.1 307 Temporary\r\nLocation: {}/v1/traces\r\nContent-Length: 0\r\n\r\n",
        elsewhere.url
    );
    let refused = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let odd = [
        Collector::start(redirect),
        Collector::start("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"),
        Collector::start("SSH-2.0\r\n\r\n"),
    ];
    let urls = odd.iter().map(|it| it.url.clone());
    for url in urls.chain([refused, "nonsense".to_owned()]) {
        let endpoint = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*url)];
        let ran = run(&project, &["plan"], &endpoint).exits(0);
        assert!(ran.stdout.contains("Plan: "), "{}", ran.stdout);
        let warned = "warning: spans cannot be sent to the collector";
        assert!(ran.stderr.contains(warned), "{url}: {}", ran.stderr);
        let quiet = run(&project, &["plan", "-q"], &endpoint).exits(0);
        assert_eq!(quiet.stderr, "");
    }
    assert_eq!(elsewhere.received().len(), 0, "a key went elsewhere");
}
