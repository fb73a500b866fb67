//! A project in a folder of its own, the built binary, and what the platform holds afterwards.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "../../benches/scale/generator.rs"]
#[expect(dead_code, reason = "the benchmark uses the rest")]
mod generator;

/// A project in a temporary folder.
pub struct Project {
    folder: tempfile::TempDir,
}

/// What a run of the binary ended with.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 if a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Stops the test unless the exit code is this one.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout, self.stderr
        );
        self
    }
}

impl Project {
    /// A generated project of so many documents.
    pub fn generated(documents: usize, seed: u64) -> Self {
        let project = Self::empty();
        generator::generate(documents, seed)
            .write_to(project.path())
            .unwrap();
        project
    }

    /// A copy of an example.
    pub fn example(name: &str) -> Self {
        let project = Self::empty();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        copy_folder(&examples.join(name), project.path());
        project
    }

    /// An empty folder.
    pub fn empty() -> Self {
        Project {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The binary, told to work here, without terminal, credentials or colours.
    pub fn bursar(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
        command.arg("--dir").arg(self.path()).args(arguments);
        command
            .env_remove("BURSAR_TOKEN")
            .env_remove("BURSAR_ACCOUNT")
            .env_remove("CI");
        command.stdin(Stdio::null());
        command
    }

    /// Runs the binary to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.bursar(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Where the embedded platform keeps its data.
    pub fn platform_data(&self) -> PathBuf {
        self.path().join(".bursar").join("sandbox")
    }

    /// Runs `work` against the embedded platform's data, served over HTTP.
    pub fn with_platform<T>(&self, work: impl AsyncFnOnce(&Platform) -> T) -> T {
        self.with_courses(Vec::new(), work)
    }

    /// As [`Project::with_platform`], after these courses have been added.
    pub fn with_courses<T>(
        &self,
        courses: Vec<Value>,
        work: impl AsyncFnOnce(&Platform) -> T,
    ) -> T {
        runtime().block_on(async {
            let mut options = options(self.platform_data());
            options.courses = courses;
            let running = bursar::sandbox::start(options).await.unwrap();
            let platform = Platform {
                url: running.url(),
                client: client(),
            };
            let out = work(&platform).await;
            running.stop().await;
            out
        })
    }

    /// Starts an empty platform elsewhere, points the project at it, and runs `work`.
    pub fn with_far_platform<T>(&self, work: impl AsyncFnOnce(&Platform) -> T) -> T {
        self.with_far_platform_as("sandbox", "sandbox", work)
    }

    /// The same with credentials of its own; the platform's requests are then not for `work`.
    pub fn with_far_platform_as<T>(
        &self,
        token: &str,
        account: &str,
        work: impl AsyncFnOnce(&Platform) -> T,
    ) -> T {
        let data = tempfile::tempdir().unwrap();
        runtime().block_on(async {
            let mut options = options(data.path().to_owned());
            options.courses = self.mirrors();
            options.token = bursar::model::Secret::new(token);
            options.account = bursar::model::Secret::new(account);
            let running = bursar::sandbox::start(options).await.unwrap();
            let platform = Platform {
                url: running.url(),
                client: client(),
            };
            let file = self.path().join("bursar.yaml");
            let text = std::fs::read_to_string(&file).unwrap();
            let far = format!("provider: sandbox, url: \"{}\"", platform.url);
            std::fs::write(&file, text.replace("provider: sandbox", &far)).unwrap();
            let out = work(&platform).await;
            running.stop().await;
            out
        })
    }

    /// The courses of a generated project as the platform has them.
    fn mirrors(&self) -> Vec<Value> {
        (0..100)
            .map(|unit| serde_json::json!({"id": 1_000_000 + unit * 100, "title": format!("Course {unit}")}))
            .collect()
    }

    /// Everything on the platform, comparable with another run's: ids, codes and times replaced.
    pub fn snapshot(&self) -> Snapshot {
        self.with_platform(async |platform| platform.snapshot().await)
    }
}

/// The address that a sandbox says first; its standard output is piped.
pub fn address_of(sandbox: &mut std::process::Child) -> String {
    let mut url = String::new();
    let said = sandbox.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(said), &mut url).unwrap();
    let url = url.trim().to_owned();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    url
}

/// Objects of each collection in order; ids replaced by natural keys.
pub type Snapshot = BTreeMap<String, Vec<Value>>;

/// A running embedded platform.
pub struct Platform {
    /// Its address.
    pub url: String,
    client: reqwest::Client,
}

impl Platform {
    /// A request with the credentials of the embedded platform.
    pub async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("Token", "sandbox")
            .header("Cabinet-Hash", "sandbox");
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// Every object of a collection.
    pub async fn list(&self, collection: &str) -> Vec<Value> {
        let mut out = Vec::new();
        for page in 1.. {
            let path = format!("/{collection}?page={page}&per_page=100");
            let (status, body) = self.send("GET", &path, None).await;
            assert_eq!(status, 200, "{path}: {body}");
            out.extend(body["data"].as_array().unwrap().iter().cloned());
            if page >= body["meta"]["last_page"].as_u64().unwrap() {
                break;
            }
        }
        out
    }

    /// See [`Project::snapshot`].
    pub async fn snapshot(&self) -> Snapshot {
        let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for collection in collections() {
            all.insert(collection.to_owned(), self.list(collection).await);
        }
        let mut names: BTreeMap<(String, i64), String> = BTreeMap::new();
        let mut urls: Vec<(String, String)> = Vec::new();
        for (collection, objects) in &all {
            for object in objects {
                let name = natural_key(object);
                names.insert(
                    (collection.clone(), object["id"].as_i64().unwrap()),
                    name.clone(),
                );
                if let Some(url) = object["url"].as_str() {
                    urls.push((url.to_owned(), format!("<page of {name}>")));
                }
            }
        }
        for objects in all.values_mut() {
            for object in objects.iter_mut() {
                let fields = object.as_object_mut().unwrap();
                for own in ["id", "created_at", "updated_at", "url", "unique_offer_code"] {
                    fields.remove(own);
                }
                *object = comparable("", object, &names, &urls);
            }
            objects.sort_by_key(ToString::to_string);
        }
        all
    }
}

/// The paths of everything that the platform lists.
pub fn collections() -> impl Iterator<Item = &'static str> {
    bursar::kinds::KINDS
        .iter()
        .filter_map(|kind| Some(kind.collection?.path))
}

/// The code of what has one, else the title.
pub fn natural_key(object: &Value) -> String {
    object["code"]
        .as_str()
        .or(object["title"].as_str())
        .unwrap_or_default()
        .to_owned()
}

fn comparable(
    key: &str,
    value: &Value,
    names: &BTreeMap<(String, i64), String>,
    urls: &[(String, String)],
) -> Value {
    let collection = collection_of(key);
    let name = |id: i64| {
        let collection = collection?;
        Some(Value::from(
            names.get(&(collection.to_owned(), id))?.clone(),
        ))
    };
    match value {
        Value::Number(number) => number
            .as_i64()
            .and_then(name)
            .unwrap_or_else(|| value.clone()),
        Value::String(text) => {
            let mut text = text.clone();
            for (url, name) in urls {
                text = text.replace(url, name);
            }
            text.into()
        }
        Value::Array(items) => {
            let mut items: Vec<Value> = items
                .iter()
                .map(|item| comparable(key, item, names, urls))
                .collect();
            if key.ends_with("_ids") {
                items.sort_by_key(ToString::to_string);
            }
            items.into()
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), comparable(key, value, names, urls)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) => value.clone(),
    }
}

/// `offers` for `offer_id`, `coupon_ids`, `from_offer_id` …
fn collection_of(key: &str) -> Option<&'static str> {
    let stem = key
        .strip_suffix("_ids")
        .or_else(|| key.strip_suffix("_id"))?;
    bursar::kinds::KINDS
        .iter()
        .find(|kind| stem == kind.id || stem.ends_with(&format!("_{}", kind.id)))
        .and_then(|kind| Some(kind.collection?.path))
}

fn options(data: PathBuf) -> bursar::sandbox::Options {
    bursar::sandbox::Options {
        data: bursar::sandbox::DataDir::Path(data),
        port: 0,
        rate_limit_per_minute: 0,
        latency: std::time::Duration::ZERO,
        token: bursar::model::Secret::new("sandbox"),
        account: bursar::model::Secret::new("sandbox"),
        courses: Vec::new(),
        seed: None,
        zone: bursar::domain::zone::Zone::utc(),
        faults: bursar::sandbox::FaultPlan::default(),
    }
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// Copies a folder. Hidden ones stay behind: an example that was tried has its platform in one.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
