//! Every example, end to end: validated, applied to a fresh embedded platform, compared with bodies
//! that were written by hand, planned again to nothing, and then disturbed.

mod compare;
mod edits;
mod ran;

use self::compare::Known;
use self::edits::{
    COHORT_LAUNCH, CONDITION, Deletion, Disturbance, Edit, PriceEdit, REPEAT_SALES, STUDIO_PASSES,
    UNPAID_ORDERS,
};
use self::ran::Ran;
use crate::harness::copy_folder;
use bursar::kinds;
use bursar::sandbox::{DataDir, Options, start};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

#[test]
fn cohort_launch() {
    check(&COHORT_LAUNCH);
}

#[test]
fn unpaid_orders() {
    check(&UNPAID_ORDERS);
}

#[test]
fn repeat_sales() {
    check(&REPEAT_SALES);
}

#[test]
fn studio_passes() {
    check(&STUDIO_PASSES);
}

#[test]
fn a_condition_that_changes_replaces_the_list_and_moves_what_is_bound_to_it() {
    let project = Project::copy("repeat-sales");
    project.applies();
    let before = project.list_of_the_coupon();

    project.edit(&CONDITION);
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    plan.exits(2);
    let expected = [
        ("coupon.spasibo", "~"),
        ("list.dve-pokupki", "+/-"),
        ("scenario.spasibo", "~"),
    ];
    assert_eq!(plan.marks(), map(expected), "{plan}");

    project.applies();
    let after = project.list_of_the_coupon();
    assert_ne!(before, after, "the coupon still points at the old list");
    let scenario = project.live("scenarios", "title", "Купон за две покупки");
    let pointer = "/triggers/0/when/entered_list/list_id";
    assert_eq!(scenario.pointer(pointer), Some(&after), "{scenario}");
    assert_eq!(scenario["status"], "active", "it was not resumed");
}

/// The whole life of an example.
fn check(disturbance: &Disturbance) {
    let project = Project::copy(disturbance.example);
    project.run(&["validate"]).exits(0);
    project.shows_what_it_promises();
    project.applies();
    project.agrees_with_wire();

    let PriceEdit {
        edit,
        address,
        old,
        new,
        follow,
    } = &disturbance.price;
    let undo = project.edit(edit);
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    plan.exits(2);
    let changed = follow
        .iter()
        .chain([address])
        .map(|address| (*address, "~"));
    assert_eq!(plan.marks(), map(changed), "{plan}");
    assert!(
        plan.block(address)
            .iter()
            .any(|line| line.contains(old) && line.contains(new)),
        "{plan}"
    );
    undo.undo();

    // The same object, changed by hand on the platform.
    project.set_price(address, new);
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    plan.exits(2);
    assert_eq!(plan.marks(), map([(*address, "~")]), "{plan}");
    assert_eq!(plan.drifted(), map([(*address, "~")]), "{plan}");
    project.applies();
    project.agrees_with_wire();

    let Deletion { edits, address } = &disturbance.deleted;
    for edit in *edits {
        project.edit(edit);
    }
    // Its tests would name what is gone, and `plan` would say so.
    fs::remove_dir_all(project.folder.path().join("tests")).unwrap();
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    plan.exits(2);
    assert_eq!(plan.marks(), map([(*address, "#")]), "{plan}");
    project.applies();
}

fn map<'a>(marks: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    let own = |(address, mark): (&str, &str)| (address.to_owned(), mark.to_owned());
    marks.into_iter().map(own).collect()
}

/// A copy of an example in a folder of its own.
struct Project {
    example: &'static str,
    folder: TempDir,
}

impl Project {
    fn copy(example: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(&repository().join("examples").join(example), folder.path());
        Project { example, folder }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_bursar"))
            .arg("--dir")
            .arg(self.folder.path())
            .args(arguments)
            .env("NO_COLOR", "1")
            .env_remove("BURSAR_TOKEN")
            .env_remove("BURSAR_ACCOUNT")
            .output()
            .unwrap();
        Ran {
            command: arguments.join(" "),
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Its tests pass, and touch every offer, coupon, branch of a trigger and restriction.
    fn shows_what_it_promises(&self) {
        let ran = self.run(&["test", "--min-coverage", "100"]);
        ran.exits(0);
        assert!(ran.stdout.contains("Coverage: 100 %"), "{ran}");
        assert!(ran.stdout.contains(" passed, none failed."), "{ran}");
    }

    /// Applies, and finds nothing more to do.
    fn applies(&self) {
        self.run(&["apply", "--auto-approve"]).exits(0);
        let plan = self.run(&["plan", "--detailed-exitcode"]);
        plan.exits(0);
        assert!(plan.stdout.contains("No changes."), "{plan}");
    }

    fn edit(&self, edit: &Edit) -> Undo {
        let Edit { file, from, to } = edit;
        let file = self.folder.path().join(file);
        let before = fs::read_to_string(&file).unwrap();
        assert!(
            before.contains(from),
            "`{from}` stands no longer in {}",
            file.display()
        );
        fs::write(&file, before.replace(from, to)).unwrap();
        Undo { file, before }
    }

    /// Every object as it is written by hand in `tests/kinds/EXAMPLE/wire.json`, and no other.
    fn agrees_with_wire(&self) {
        let file = repository()
            .join("tests/kinds")
            .join(self.example)
            .join("wire.json");
        let wire: Map<String, Value> =
            serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut live = BTreeMap::new();
        for (address, body) in &wire {
            let (path, natural_key) = collection(address);
            let objects = live.entry(path).or_insert_with(|| self.all(path));
            let same = |object: &&Value| object.get(natural_key) == body.get(natural_key);
            let found: Vec<&Value> = objects.iter().filter(same).collect();
            assert_eq!(
                found.len(),
                1,
                "{address} by its `{natural_key}`: {found:?}"
            );
        }
        let count: usize = live.values().map(Vec::len).sum();
        assert_eq!(
            count,
            wire.len(),
            "the platform has objects that nobody expects"
        );

        let by_address = wire.iter().map(|(address, body)| {
            let (path, natural_key) = collection(address);
            let same = |object: &&Value| object.get(natural_key) == body.get(natural_key);
            (address.as_str(), live[path].iter().find(same).unwrap())
        });
        let known = Known(by_address.collect());
        let mut differences = Vec::new();
        for (address, body) in &wire {
            known.compare(
                address,
                "",
                body,
                known.0[address.as_str()],
                &mut differences,
            );
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    /// Changes a price as a person would, behind bursar's back.
    fn set_price(&self, address: &str, price: &str) {
        let (path, _) = collection(address);
        let id = self.known_id(address);
        let (amount, currency) = price.split_once(' ').unwrap();
        let body = json!({ "price": { "amount": amount, "currency": currency } });
        self.ask("PATCH", &format!("/{path}/{id}"), Some(&body));
    }

    fn known_id(&self, address: &str) -> i64 {
        let file = repository()
            .join("tests/kinds")
            .join(self.example)
            .join("wire.json");
        let wire: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let (path, natural_key) = collection(address);
        let label = wire[address][natural_key].as_str().unwrap();
        self.live(path, natural_key, label)["id"].as_i64().unwrap()
    }

    /// The list to which the coupon of the changed segment is bound.
    fn list_of_the_coupon(&self) -> Value {
        let coupon = self.live("coupons", "code", "SPASIBO10");
        coupon["list_ids"][0].clone()
    }

    fn live(&self, path: &str, key: &str, label: &str) -> Value {
        let mut all = self.all(path);
        all.retain(|object| object[key] == label && object["status"] != "archived");
        assert_eq!(all.len(), 1, "{path} with {key} {label}: {all:?}");
        all.remove(0)
    }

    /// The objects of a collection; no example has more than a page of them.
    fn all(&self, path: &str) -> Vec<Value> {
        let page = self.ask("GET", &format!("/{path}?per_page=100"), None);
        assert_eq!(page["meta"]["last_page"], 1, "{page}");
        page["data"].as_array().unwrap().clone()
    }

    /// One request to the project's embedded platform.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let options = Options {
            data: DataDir::Path(self.folder.path().join(".bursar/sandbox")),
            ..Options::default()
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let running = start(options).await.unwrap();
            let url = running.url();
            let (method, path) = (method.to_owned(), path.to_owned());
            let body = body.map(Value::to_string).unwrap_or_default();
            let asked = tokio::task::spawn_blocking(move || request(&url, &method, &path, &body));
            let answer = asked.await.unwrap();
            running.stop().await;
            answer
        })
    }
}

/// A request as plain as can be: no client of ours must hide what the platform says.
fn request(url: &str, method: &str, path: &str, body: &str) -> Value {
    use std::io::{Read as _, Write as _};
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nToken: sandbox\r\nCabinet-Hash: sandbox\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200"),
        "{method} {path}: {answer}"
    );
    serde_json::from_str(body).unwrap()
}

/// Where a kind's objects are, and by what people know them.
fn collection(address: &str) -> (&'static str, &'static str) {
    let (kind, _) = address.split_once('.').unwrap();
    let collection = kinds::kind(kind).unwrap().collection.unwrap();
    (collection.path, collection.natural_key)
}

/// A file as it was.
struct Undo {
    file: PathBuf,
    before: String,
}

impl Undo {
    fn undo(self) {
        fs::write(self.file, self.before).unwrap();
    }
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
