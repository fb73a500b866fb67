//! Every example, end to end: validated, applied to a fresh embedded platform, compared with bodies
//! that were written by hand, planned again to nothing, and then disturbed.

use bursar::kinds;
use bursar::model::parse_instant;
use bursar::sandbox::{DataDir, Options, start};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What is done to an example after it was applied. Texts are replaced wherever they stand in the
/// file, and must stand there.
struct Disturbance {
    /// The example's folder.
    example: &'static str,
    /// A price is edited.
    price: PriceEdit,
    /// A document is deleted.
    deleted: Deletion,
}

struct PriceEdit {
    edit: Edit,
    /// The object whose price it is.
    address: &'static str,
    old: &'static str,
    new: &'static str,
    /// Other objects that follow from the price: letters that name it.
    follow: &'static [&'static str],
}

struct Deletion {
    edits: &'static [Edit],
    address: &'static str,
}

struct Edit {
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const COHORT_LAUNCH: Disturbance = Disturbance {
    example: "cohort-launch",
    price: PriceEdit {
        edit: Edit {
            file: "automne-2027/offres.yaml",
            from: "price: 520.00 EUR",
            to: "price: 540.00 EUR",
        },
        address: "offer.portrait-2027-automne-complet",
        old: "520.00 EUR",
        new: "540.00 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "automne-2027/offres.yaml",
            from: r"kind: offer
name: portrait-2027-automne-passage
title: Portrait, automne 2027, d'Essentiel à Complet
listed: false
price: 230.00 EUR
sale: { opens: 2027-07-01T00:00, closes: 2027-11-30 } # après la promotion, qui changerait la différence
products:
  - course: portrait
    cohort: portrait-2027-automne
    access: { until: 2028-03-31 }
    content: all
upgrade: { from: portrait-2027-automne-essentiel, to: portrait-2027-automne-complet }
letters: { purchased: merci-automne-2027 }
",
            to: "",
        }],
        address: "offer.portrait-2027-automne-passage",
    },
};

const UNPAID_ORDERS: Disturbance = Disturbance {
    example: "unpaid-orders",
    price: PriceEdit {
        edit: Edit {
            file: "3-offre.yaml",
            from: "price: 490.00 EUR",
            to: "price: 510.00 EUR",
        },
        address: "offer.anglais-pro",
        old: "490.00 EUR",
        new: "510.00 EUR",
        follow: &["letter.relance"],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "5-scenario.yaml",
            from: r"kind: scenario
name: relancer-les-impayes
title: Relancer les commandes impayées
status: active
triggers:
  - when: { unpaid_order: { offer: anglais-pro } }
    # Au moins 10 minutes, 30 de préférence : un paiement met du temps à arriver.
    wait_before_if: 30m
    if:
      all:
        # Qui a payé pendant ces 30 minutes ne reçoit rien.
        - not: { bought: { offer: anglais-pro } }
        # Chaque visite de la page crée une nouvelle commande : une seule lettre, pourtant.
        - not: { in_list: relance-anglais-pro }
    do:
      # D'abord la liste, puis la lettre : quand elle arrive, le code fonctionne déjà.
      - add_to_list: relance-anglais-pro
      - send_letter: relance
  # Pas d'événement ici : ce déclencheur part quand le précédent a agi.
  - wait: 24h # la durée que la lettre promet
    do:
      - remove_from_list: relance-anglais-pro
",
            to: "",
        }],
        address: "scenario.relancer-les-impayes",
    },
};

const REPEAT_SALES: Disturbance = Disturbance {
    example: "repeat-sales",
    price: PriceEdit {
        edit: Edit {
            file: "predlozheniya/predlozheniya.yaml",
            from: "price: 19.00 EUR",
            to: "price: 21.50 EUR",
        },
        address: "offer.glazur",
        old: "19.00 EUR",
        new: "21.50 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "scenarii/segmenty.yaml",
            from: r"kind: scenario
name: bally-za-polovinu
title: Баллы за половину курса
triggers:
  - when: { entered_list: polovina-kruga }
    do: [{ award_points: { course: krug, points: 50 } }]
",
            to: "",
        }],
        address: "scenario.bally-za-polovinu",
    },
};

const STUDIO_PASSES: Disturbance = Disturbance {
    example: "studio-passes",
    price: PriceEdit {
        edit: Edit {
            file: "cartes.yaml",
            from: "price: 380.00 EUR",
            to: "price: 395.00 EUR",
        },
        address: "pass.seances-10",
        old: "380.00 EUR",
        new: "395.00 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[
            Edit {
                file: "packs.yaml",
                from: r"kind: pack
name: pack-ancien
title: Pack huit séances (ancienne formule)
price: 340.00 EUR
for_sale: false
items:
  - { pass: seances-8, quantity: 1 }
  - { other: { id: 5, title: Tapis }, for_sale: true, quantity: 1 }
",
                to: "",
            },
            Edit {
                file: "tests/qui-peut-acheter.yaml",
                from: "          pack.pack-ancien: { is: false, because: not-for-sale }\n",
                to: "",
            },
        ],
        address: "pack.pack-ancien",
    },
};

/// The condition of a segment to which a coupon and a scenario are bound.
const CONDITION: Edit = Edit {
    file: "scenarii/2-dve-pokupki.yaml",
    from: "purchases: { at_least: 2 }",
    to: "purchases: { at_least: 3 }",
};

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

/// The live object of every address.
struct Known<'a>(BTreeMap<&'a str, &'a Value>);

impl Known<'_> {
    /// Every value that is expected must be there; what else the platform keeps is its own matter.
    fn compare(
        &self,
        at: &str,
        key: &str,
        expected: &Value,
        live: &Value,
        differences: &mut Vec<String>,
    ) {
        let expected = self.resolve(expected);
        let same = match (&expected, live) {
            (Value::String(any), _) if any == "*" => true,
            (Value::Object(expected), Value::Object(live)) => {
                for (key, value) in expected {
                    let at = format!("{at}.{key}");
                    self.compare(
                        &at,
                        key,
                        value,
                        live.get(key).unwrap_or(&Value::Null),
                        differences,
                    );
                }
                true
            }
            (Value::Array(expected), Value::Array(live)) if expected.len() == live.len() => {
                let is_set = key.ends_with("_ids") || key == "allowed" || key == "denied";
                let mut pairs: (Vec<Value>, Vec<Value>) = (
                    expected.iter().map(|item| self.resolve(item)).collect(),
                    live.clone(),
                );
                if is_set {
                    pairs.0.sort_by_key(Value::to_string);
                    pairs.1.sort_by_key(Value::to_string);
                }
                for (index, (expected, live)) in pairs.0.iter().zip(&pairs.1).enumerate() {
                    self.compare(&format!("{at}[{index}]"), "", expected, live, differences);
                }
                true
            }
            (Value::String(expected), Value::String(live)) if key.ends_with("_at") => {
                parse_instant(expected).is_some() && parse_instant(expected) == parse_instant(live)
            }
            (expected, live) => expected == live,
        };
        if !same {
            differences.push(format!(
                "{at}: expected {expected}, the platform has {live}"
            ));
        }
    }

    /// References as ids, texts with late pieces as texts.
    fn resolve(&self, expected: &Value) -> Value {
        let Some(object) = expected.as_object().filter(|object| object.len() == 1) else {
            return expected.clone();
        };
        if let Some(address) = object.get("$ref") {
            return self.0[address.as_str().unwrap()]["id"].clone();
        }
        let Some(pieces) = object.get("$late") else {
            return expected.clone();
        };
        let piece = |piece: &Value| match piece {
            Value::String(text) => text.clone(),
            other => {
                let address = other["url"].as_str().unwrap();
                self.0[address]["url"].as_str().unwrap().to_owned()
            }
        };
        Value::String(pieces.as_array().unwrap().iter().map(piece).collect())
    }
}

/// What a command did.
struct Ran {
    command: String,
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ran {
            command,
            code,
            stdout,
            stderr,
        } = self;
        write!(f, "`{command}` exited with {code:?}\n{stdout}{stderr}")
    }
}

/// What stands between the drift and the actions of a plan.
const ACTIONS: &str = "bursar will perform the following actions:";

impl Ran {
    fn exits(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self}");
    }

    /// The mark of every object of the plan.
    fn marks(&self) -> BTreeMap<String, String> {
        let (_, actions) = self.stdout.split_once(ACTIONS).unwrap_or(("", ""));
        marks(actions)
    }

    /// The mark of every object that was changed outside of bursar.
    fn drifted(&self) -> BTreeMap<String, String> {
        let (drift, _) = self
            .stdout
            .split_once(ACTIONS)
            .unwrap_or((&self.stdout, ""));
        let (_, drift) = drift
            .split_once("changed outside of bursar")
            .unwrap_or(("", ""));
        marks(drift)
    }

    /// The lines of an object in the plan.
    fn block(&self, address: &str) -> Vec<&str> {
        let (_, actions) = self.stdout.split_once(ACTIONS).unwrap_or(("", ""));
        let is_it = |line: &&str| marked(line).is_none_or(|(_, of)| of != address);
        let lines = actions.lines().skip_while(is_it);
        lines.take_while(|line| !line.is_empty()).collect()
    }
}

fn marks(text: &str) -> BTreeMap<String, String> {
    let own = |(mark, address): (&str, &str)| (address.to_owned(), mark.to_owned());
    text.lines().filter_map(marked).map(own).collect()
}

/// `~` and `offer.x` of `  ~ offer.x "Title" (id 7) {`, not of the sentence above it.
fn marked(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let (mark, address, rest) = (words.next()?, words.next()?, words.next());
    let is_mark = ["+", "~", "+/-", "#", "-", "=", ">", ".", "!"].contains(&mark);
    let is_head = line.len() - line.trim_start().len() + mark.len() == 3;
    let (kind, _) = address.split_once('.')?;
    let is_sentence = rest.is_some_and(|word| ["will", "must", "has", "is"].contains(&word));
    (is_mark && is_head && !is_sentence && kinds::kind(kind).is_some()).then_some((mark, address))
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

/// Hidden folders stay behind: an example that was tried has its platform in one.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
