//! `bursar lsp`, spoken to by a scripted client.

use crate::harness::Project;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const PROJECT: &str = "version: 1\nproject: school\ntimezone: Europe/Kyiv\ncurrency: EUR\n";

const COURSE: &str = "\
kind: course
name: web-dev
id: 4211
title: Web Development
modules:
  - { id: 91, name: basics, title: Basics, lessons: [{ id: 311, name: welcome, title: Welcome }] }
  - { id: 92, name: html, title: HTML, lessons: [{ id: 321, name: tags, title: Tags }] }
";

const OFFER: &str = "\
kind: offer
name: standard
title: Web Development 😀 standard
status: published
price: 490.00 EUR
payment: { full: true }
products:
  - { course: web-dev, content: { modules: [html] } }
coupons: [come-back]
";

const COUPON: &str = "\
kind: coupon
name: come-back
title: Come back
code: COMEBACK10
status: active
discount: 10%
";

fn project() -> Project {
    let project = Project::empty();
    let files = [
        ("bursar.yaml", PROJECT),
        ("course.yaml", COURSE),
        ("offer.yaml", OFFER),
        ("coupon.yaml", COUPON),
    ];
    for (path, text) in files {
        std::fs::write(project.path().join(path), text).unwrap();
    }
    project
}

/// A client and the server that it has started.
struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came while something else was waited for.
    kept: Vec<Value>,
    asked: i64,
}

impl Client {
    fn start(project: &Project) -> Self {
        let mut child = project
            .bursar(&["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            loop {
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if output.read_line(&mut line).unwrap_or(0) == 0 {
                        return;
                    }
                    match line.trim().strip_prefix("Content-Length: ") {
                        Some(bytes) => length = bytes.parse().unwrap(),
                        None if line.trim().is_empty() => break,
                        None => {}
                    }
                }
                let mut body = vec![0; length];
                output.read_exact(&mut body).unwrap();
                if sender.send(serde_json::from_slice(&body).unwrap()).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Client {
            child,
            input,
            messages,
            kept: Vec::new(),
            asked: 0,
        }
    }

    /// A client that has said hello, with the project as its workspace.
    fn ready(project: &Project, capabilities: Value) -> (Self, Value) {
        let mut client = Client::start(project);
        let folder = uri(project.path());
        let hello = client
            .ask(
                "initialize",
                json!({
                    "processId": null,
                    "rootUri": folder,
                    "capabilities": capabilities,
                    "workspaceFolders": [{ "uri": folder, "name": "school" }],
                }),
            )
            .unwrap();
        client.tell("initialized", json!({}));
        (client, hello)
    }

    fn write(&mut self, text: &str) {
        let framed = format!("Content-Length: {}\r\n\r\n{text}", text.len());
        let input = self.input.as_mut().unwrap();
        input.write_all(framed.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        self.write(&message.to_string());
    }

    /// The result of a request, or its error.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.asked += 1;
        let id = self.asked;
        self.write(
            &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string(),
        );
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none());
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    #[track_caller]
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&is_it) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(20)).unwrap();
            if is_it(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    /// The next findings of a file.
    #[track_caller]
    fn findings(&mut self, file: &Path) -> Vec<Value> {
        let uri = uri(file);
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
        });
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    fn open(&mut self, file: &Path, text: &str) {
        let item = json!({ "uri": uri(file), "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
    }

    fn change(&mut self, file: &Path, text: &str) {
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": uri(file), "version": 2 },
                "contentChanges": [{ "text": text }],
            }),
        );
    }

    fn at(&mut self, method: &str, file: &Path, line: usize, character: usize) -> Value {
        self.ask(
            method,
            json!({
                "textDocument": { "uri": uri(file) },
                "position": { "line": line, "character": character },
            }),
        )
        .unwrap()
    }

    /// The labels of what is offered at `|` in a text.
    #[track_caller]
    fn offered(&mut self, file: &Path, text: &str) -> Vec<String> {
        let at = text.find('|').unwrap();
        self.change(file, &text.replacen('|', "", 1));
        let (line, character) = place(text, at);
        let items = self.at("textDocument/completion", file, line, character);
        let items = items.as_array().cloned().unwrap_or_default();
        items
            .iter()
            .map(|item| item["label"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Says goodbye; the exit code.
    fn leave(mut self) -> Option<i32> {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        self.end()
    }

    fn end(mut self) -> Option<i32> {
        let mut errors = String::new();
        let mut stream = self.child.stderr.take().unwrap();
        stream.read_to_string(&mut errors).unwrap();
        assert!(!errors.contains("fault"), "{errors}");
        self.child.wait().unwrap().code()
    }
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// Line and character, both from 0; the texts before are plain ASCII.
fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    (line, byte - start)
}

fn codes(findings: &[Value]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding["code"].as_str().unwrap())
        .collect()
}

#[test]
fn tells_findings_while_typing_and_takes_them_back() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, hello) = Client::ready(&project, json!({}));
    assert_eq!(hello["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(hello["serverInfo"]["name"], "bursar");

    client.open(&offer, &OFFER.replace("[come-back]", "[come-bakc]"));
    let findings = client.findings(&offer);
    assert_eq!(codes(&findings), ["unknown-reference"]);
    let finding = &findings[0];
    assert_eq!(
        (&finding["source"], &finding["severity"]),
        (&json!("bursar"), &json!(1))
    );
    let range =
        json!({ "start": { "line": 8, "character": 10 }, "end": { "line": 8, "character": 19 } });
    assert_eq!(finding["range"], range);
    assert!(
        finding["message"]
            .as_str()
            .unwrap()
            .contains("did you mean `come-back`?")
    );

    client.change(&offer, OFFER);
    assert_eq!(client.findings(&offer), Vec::<Value>::new());
    // It is told again that nothing is wrong.
    client.change(&offer, OFFER);
    assert_eq!(client.findings(&offer), Vec::<Value>::new());

    // A text that cannot be read.
    client.change(&offer, &OFFER.replace("[come-back]", "[come-back"));
    assert_eq!(codes(&client.findings(&offer)), ["yaml-syntax"]);
    // Closed without being saved: the disk counts again.
    client.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri(&offer) } }),
    );
    assert_eq!(client.findings(&offer), Vec::<Value>::new());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn tells_what_a_change_means_for_other_files() {
    let project = project();
    let coupon = project.path().join("coupon.yaml");
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(
        &coupon,
        &COUPON.replace("name: come-back", "name: come-again"),
    );
    assert_eq!(codes(&client.findings(&offer)), ["unknown-reference"]);
    // A new file that is nowhere on the disk.
    let more = project.path().join("more.yaml");
    client.open(&more, COUPON.replace("COMEBACK10", "BACK11").as_str());
    assert_eq!(client.findings(&offer), Vec::<Value>::new());
    client.findings(&more);
    // The same address twice: the other place is named.
    client.change(&coupon, COUPON);
    let findings = client.findings(&more);
    let twice = findings
        .iter()
        .find(|finding| finding["code"] == "duplicate-address")
        .unwrap();
    let related = &twice["relatedInformation"][0];
    assert_eq!(related["location"]["uri"], uri(&coupon));
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn knows_projects_on_the_disk() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    std::fs::write(
        &offer,
        OFFER.replace("price: 490.00 EUR", "price: 490.00 EURO"),
    )
    .unwrap();
    let (mut client, _) = Client::ready(&project, json!({}));
    // Without any open file.
    assert_eq!(codes(&client.findings(&offer)), ["wrong-type"]);
    std::fs::write(&offer, OFFER).unwrap();
    let changed = json!({ "changes": [{ "uri": uri(&offer), "type": 2 }] });
    client.tell("workspace/didChangeWatchedFiles", changed);
    assert_eq!(client.findings(&offer), Vec::<Value>::new());
    // A file of no project.
    let elsewhere = Project::empty();
    let other = elsewhere.path().join("offer.yaml");
    client.open(&other, "kind: nonsense\n");
    let hover = client.at("textDocument/hover", &other, 0, 1);
    assert_eq!(hover, Value::Null);
    let told = client
        .kept
        .iter()
        .any(|message| message["params"]["uri"] == uri(&other));
    assert!(!told, "{:?}", client.kept);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn goes_to_what_is_named() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&offer, OFFER);
    let target = |file: &str, line: u32, from: u32, to: u32| {
        json!({
            "uri": uri(&project.path().join(file)),
            "range": {
                "start": { "line": line, "character": from },
                "end": { "line": line, "character": to },
            },
        })
    };
    let cases = [
        (8, 12, target("coupon.yaml", 1, 6, 15)),
        (7, 14, target("course.yaml", 1, 6, 13)),
        (7, 44, target("course.yaml", 6, 20, 24)),
        (2, 10, Value::Null),
    ];
    for (line, character, expected) in &cases {
        let found = client.at("textDocument/definition", &offer, *line, *character);
        assert_eq!(&found, expected, "{line}:{character}");
    }
    // The file that declares it is broken just now, and so is another field of this one.
    let coupon = project.path().join("coupon.yaml");
    client.open(
        &coupon,
        &COUPON.replace("title: Come back", "title: [Come back"),
    );
    client.change(&offer, &OFFER.replace("490.00 EUR", "much"));
    let found = client.at("textDocument/definition", &offer, 8, 12);
    assert_eq!(found, cases[0].2);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn completes_names_kinds_fields_and_values() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&offer, OFFER);
    let has = |offered: &[String], words: &[&str]| {
        for word in words {
            assert!(
                offered.iter().any(|label| label == word),
                "{word}: {offered:?}"
            );
        }
    };
    let head = "kind: offer\nname: standard\n";

    has(
        &client.offered(&offer, "kind: |\n"),
        &["offer", "coupon", "scenario"],
    );
    has(&client.offered(&offer, "kind: off|\nname: x\n"), &["offer"]);
    has(&client.offered(&offer, "|\n"), &["kind", "name"]);
    let fields = client.offered(&offer, &format!("{head}pr|\n"));
    has(&fields, &["price", "promotion", "products"]);
    assert!(!fields.contains(&"name".to_owned()), "{fields:?}");
    has(
        &client.offered(&offer, &format!("{head}status: |\n")),
        &["draft", "published", "archived"],
    );
    has(
        &client.offered(&offer, &format!("{head}listed: |\n")),
        &["true", "false"],
    );

    // Names: in half a text, of an unknown name, of a part of a course.
    let coupons = format!("{head}coupons: [|\n");
    has(&client.offered(&offer, &coupons), &["come-back"]);
    has(
        &client.offered(&offer, &format!("{head}coupons: [come-b|]\n")),
        &["come-back"],
    );
    has(
        &client.offered(&offer, &format!("{head}coupons:\n  - |\n")),
        &["come-back"],
    );
    let products = format!("{head}products:\n  - course: |\n");
    has(&client.offered(&offer, &products), &["web-dev"]);
    let modules = format!("{head}products: [{{ course: web-dev, content: {{ modules: [|] }} }}]\n");
    assert_eq!(client.offered(&offer, &modules), ["basics", "html"]);
    let lessons = format!("{head}products: [{{ course: web-dev, content: {{ lessons: [|] }} }}]\n");
    assert_eq!(
        client.offered(&offer, &lessons),
        ["basics/welcome", "html/tags"]
    );
    let product = format!("{head}products:\n  - course: web-dev\n    |\n");
    has(
        &client.offered(&offer, &product),
        &["cohort", "access", "content"],
    );
    let cohort = "kind: cohort\nname: c\ncourse: web-dev\nschedule:\n  modules:\n    |\n";
    has(&client.offered(&offer, cohort), &["basics", "html"]);
    let allow = format!("{head}allow:\n  - rule: |\n");
    has(&client.offered(&offer, &allow), &["duplicate-title"]);
    // In a comment there is nothing.
    assert!(client.offered(&offer, &format!("{head}# co|\n")).is_empty());

    // The word that is there is replaced.
    client.change(&offer, &format!("{head}coupons: [come-b]\n"));
    let items = client.at("textDocument/completion", &offer, 2, 16);
    let edit = &items
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["label"] == "come-back")
        .unwrap()["textEdit"];
    assert_eq!(edit["newText"], "come-back");
    assert_eq!(edit["range"]["start"]["character"], 10);
    assert_eq!(edit["range"]["end"]["character"], 16);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn completes_in_the_project_file() {
    let project = project();
    let file = project.path().join("bursar.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&file, PROJECT);
    let offered = client.offered(&file, &format!("{PROJECT}platform:\n  provider: |\n"));
    assert!(offered.contains(&"kwiga".to_owned()), "{offered:?}");
    let offered = client.offered(&file, &format!("{PROJECT}rules:\n  |\n"));
    assert!(
        offered.contains(&"duplicate-title".to_owned()),
        "{offered:?}"
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn explains_on_hover() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&offer, OFFER);
    let text = |hover: Value| {
        hover["contents"]["value"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let field = text(client.at("textDocument/hover", &offer, 4, 2));
    assert!(field.contains("offer.price"), "{field}");
    let name = text(client.at("textDocument/hover", &offer, 8, 12));
    assert!(name.contains("Come back"), "{name}");
    client.change(&offer, &OFFER.replace("[come-back]", "[come-bakc]"));
    let finding = text(client.at("textDocument/hover", &offer, 8, 12));
    assert!(finding.contains("there is no coupon"), "{finding}");
    assert!(finding.contains("# unknown-reference"), "{finding}");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn counts_as_the_client_does() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let text = OFFER.replace("products:", "x: 😀\nproducts:").replace(
        "title: Web Development 😀 standard",
        "{ title: 😀, colour: red }",
    );
    let text = text.as_str();
    assert!(text.contains("colour"));
    let line = "vars: { emoji: 😀, emoji: x }\n";
    let file = project.path().join("bursar.yaml");
    let both = [
        (json!({}), "utf-16", 19),
        (
            json!({ "general": { "positionEncodings": ["utf-16", "utf-8"] } }),
            "utf-8",
            21,
        ),
    ];
    for (capabilities, encoding, character) in both {
        let (mut client, hello) = Client::ready(&project, capabilities);
        assert_eq!(hello["capabilities"]["positionEncoding"], encoding);
        client.open(&file, &format!("{PROJECT}{line}"));
        let findings = client.findings(&file);
        assert_eq!(codes(&findings), ["duplicate-key"]);
        assert_eq!(findings[0]["range"]["start"]["character"], character);
        client.open(&offer, text);
        assert!(!client.findings(&offer).is_empty());
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn offers_the_cures_that_findings_bring() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&offer, &OFFER.replace("[come-back]", "[come-bakc]"));
    client.findings(&offer);
    let params = |character: u32| {
        json!({
            "textDocument": { "uri": uri(&offer) },
            "range": { "start": { "line": 8, "character": character }, "end": { "line": 8, "character": character } },
            "context": { "diagnostics": [] },
        })
    };
    let actions = client.ask("textDocument/codeAction", params(12)).unwrap();
    for action in actions.as_array().unwrap() {
        assert_eq!(action["kind"], "quickfix");
        assert_eq!(action["diagnostics"][0]["code"], "unknown-reference");
        let edit = &action["edit"]["changes"][uri(&offer)][0];
        assert_eq!(edit["newText"], "come-back", "{action}");
    }
    assert_eq!(
        client.ask("textDocument/codeAction", params(1)).unwrap(),
        json!([])
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn keeps_to_the_protocol() {
    let project = project();
    let mut client = Client::start(&project);
    // Before the first word.
    let early = client.ask("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(early["code"], -32002);
    client
        .ask("initialize", json!({ "capabilities": {} }))
        .unwrap();
    client.tell("initialized", json!({}));
    let unknown = client.ask("textDocument/rename", json!({})).unwrap_err();
    assert_eq!(unknown["code"], -32601);
    let wrong = client
        .ask("textDocument/hover", json!({ "position": 1 }))
        .unwrap_err();
    assert_eq!(wrong["code"], -32602);
    client.tell("$/nothing", json!({}));
    client.tell("textDocument/didOpen", json!({ "nonsense": true }));
    client.tell(
        "textDocument/didOpen",
        json!({ "textDocument":
        { "uri": "untitled:one", "languageId": "yaml", "version": 1, "text": "a: 1" } }),
    );
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    let late = client.ask("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(late["code"], -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), Some(0));

    // Without a goodbye.
    let mut client = Client::start(&project);
    client.tell("exit", Value::Null);
    assert_eq!(client.end(), Some(1));
    // Cut off.
    let mut client = Client::start(&project);
    client.input = None;
    assert_eq!(client.end(), Some(1));
    // No protocol at all.
    for nonsense in ["{ not json", "[]", "\"text\"", "{\"jsonrpc\":\"2.0\"}"] {
        let mut client = Client::start(&project);
        client.write(nonsense);
        client.input = None;
        assert_eq!(client.end(), Some(1), "{nonsense}");
    }
}

#[test]
fn answers_at_every_place_of_a_broken_text() {
    let project = project();
    let offer = project.path().join("offer.yaml");
    let (mut client, _) = Client::ready(&project, json!({}));
    client.open(&offer, OFFER);
    for cut in (0..OFFER.len()).step_by(7) {
        let Some(text) = OFFER.get(..cut) else {
            continue;
        };
        client.change(&offer, text);
        let (line, character) = place(text, text.len());
        for method in ["completion", "hover", "definition"] {
            client.at(&format!("textDocument/{method}"), &offer, line, character);
        }
    }
    assert_eq!(client.leave(), Some(0));
}
