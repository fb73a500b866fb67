//! Credentials are in no output, no file and no log, in whatever form.

use crate::harness::Project;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

/// Each has characters that are written differently in JSON and in an address.
const TOKEN: &str = "Zq7\"+t0ken/=&x<y>";
const ACCOUNT: &str = "cab1net\\hash+/=%;'z";

/// Raw, in JSON, in an address, in base64 (three alignments, since a text may stand before it), in
/// hexadecimal digits. Made with `python3 -c` from the two texts above.
const FORMS: &[&str] = &[
    TOKEN,
    ACCOUNT,
    "Zq7\\\"+t0ken/=&x<y>",
    "cab1net\\\\hash+/=%;'z",
    "Zq7%22%2Bt0ken%2F%3D%26x%3Cy%3E",
    "cab1net%5Chash%2B%2F%3D%25%3B%27z",
    // base64 of the middles: what stands before or behind does not change these.
    "t0ken",
    "cab1net",
    "WnE3Iit0MGtlbi89Jng8eT4",
    "Y2FiMW5ldFxoYXNoKy89JTsne",
    "5a7137222b74306b656e2f3d26783c793e",
    "636162316e65745c686173682b2f3d253b277a",
];

/// A platform that says back what it was sent, in every answer, with this status.
struct Echo {
    url: String,
}

impl Echo {
    fn start(status: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut head = [0; 4096];
                let _ = stream.read(&mut head);
                let said = serde_json::json!({
                    "message": format!("no {TOKEN} for {ACCOUNT}"),
                    "errors": { "token": [format!("5a7137222b74306b656e2f3d26783c793e, WnE3Iit0MGtlbi89Jng8eT4=")] },
                });
                let said = said.to_string();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nLocation: https://elsewhere.example/?t=Zq7%22%2Bt0ken%2F%3D%26x%3Cy%3E\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{said}",
                    said.len()
                );
            }
        });
        Echo { url }
    }
}

fn with_credentials(mut command: Command) -> Command {
    command
        .env("BURSAR_TOKEN", TOKEN)
        .env("BURSAR_ACCOUNT", ACCOUNT);
    command
}

/// Runs a command and gives its exit code; everything that it says must be free of secrets.
fn run(project: &Project, arguments: &[&str]) -> i32 {
    let output = with_credentials(project.bursar(arguments))
        .output()
        .unwrap();
    for (stream, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        free_of_secrets(&format!("{arguments:?} {stream}"), text);
    }
    output.status.code().unwrap_or(-1)
}

fn free_of_secrets(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for form in FORMS {
        assert!(!text.contains(form), "{place} holds {form}: {text}");
    }
}

/// Every file of a folder.
fn files_are_free(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += files_are_free(&path);
        } else {
            free_of_secrets(&path.display().to_string(), &std::fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

fn school() -> Project {
    Project::generated(30, 7)
}

#[test]
fn no_command_shows_or_keeps_a_credential() {
    let project = school();
    project.with_far_platform_as(TOKEN, ACCOUNT, async |_| {
        let plan = project.path().join("p.json");
        let plan = plan.to_str().unwrap();
        for (arguments, code) in [
            (&["plan", "-vvv"][..], 0),
            (&["plan", "-vvv", "--log-format", "json", "--json"], 0),
            (&["plan", "--format", "html", "-vvv"], 0),
            (&["plan", "--out", plan], 0),
            (&["show", plan], 0),
            (&["apply", plan, "-vvv", "--log-format", "json"], 0),
            (&["drift", "--json"], 0),
            (&["state", "list", "--json"], 0),
            (&["output", "-vvv"], 0),
            (&["output", "--json"], 0),
            // The mirrors differ from the courses there.
            (&["pull", "--diff"], 3),
        ] {
            assert_eq!(run(&project, arguments), code, "{arguments:?}");
        }
    });
    let files = files_are_free(project.path());
    // The configuration, the plan, the state, the audit.
    assert!(files >= 6, "{files}");
}

#[test]
fn a_platform_that_repeats_credentials_is_not_quoted() {
    for (status, code) in [
        ("401 Unauthorized", 4),
        ("422 Unprocessable Content", 1),
        ("302 Found", 1),
        ("200 OK", 1),
    ] {
        let project = school();
        let echo = Echo::start(status);
        let file = project.path().join("bursar.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let far = format!("provider: sandbox, url: \"{}\"", echo.url);
        std::fs::write(&file, text.replace("provider: sandbox", &far)).unwrap();
        for command in [
            &["plan", "-vvv"][..],
            &["apply", "--auto-approve", "--json", "-vvv"],
        ] {
            assert_eq!(run(&project, command), code, "{status}");
        }
        files_are_free(project.path());
        // It did repeat them.
        let output = with_credentials(project.bursar(&["plan"]))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if status.starts_with('4') {
            assert!(said.contains("no *** for ***"), "{said}");
        }
    }
}
