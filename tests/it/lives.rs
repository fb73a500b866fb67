//! What a simulation says is what the platform does: examples applied to a running sandbox, whose
//! people then live through HTTP.

use crate::harness::Project;
use crate::in_process;
use bursar::compile::Compiled;
use bursar::domain::world::Assumptions;
use bursar::model::{format_instant, parse_instant};
use bursar::simulate::{Journey, Piece, Stage};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An example that has been applied to a sandbox which goes on running.
struct Live {
    url: String,
    client: reqwest::Client,
    running: bursar::sandbox::Running,
    /// What each object is called: by kind and id.
    names: BTreeMap<(String, i64), String>,
    compiled: Compiled,
    stage: Stage,
}

impl Live {
    async fn of(name: &str) -> Live {
        let compiled = in_process::compiled(&in_process::example(name));
        let courses = compiled.documents.iter();
        let courses = courses.filter_map(|document| document.spec.mirror(&document.address.name));
        let options = bursar::sandbox::Options {
            courses: courses.collect(),
            zone: compiled.zone.clone(),
            ..Default::default()
        };
        let running = bursar::sandbox::start(options).await.unwrap();
        let project = Project::example(name);
        let file = project.path().join("bursar.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        let far = format!("provider: sandbox\n  url: \"{}\"\n", running.url());
        std::fs::write(&file, text.replacen("provider: sandbox", &far, 1)).unwrap();
        let mut apply = project.bursar(&["apply", "--auto-approve"]);
        apply
            .env("BURSAR_TOKEN", "sandbox")
            .env("BURSAR_ACCOUNT", "sandbox");
        let ran = tokio::task::spawn_blocking(move || (apply.output(), project))
            .await
            .unwrap();
        let output = ran.0.unwrap();
        assert!(output.status.success(), "{output:?}");
        let stage = Stage::of(&compiled).unwrap();
        let mut live = Live {
            url: running.url(),
            client: reqwest::Client::new(),
            running,
            names: BTreeMap::new(),
            compiled,
            stage,
        };
        live.learn().await;
        live
    }

    /// Learns which object is which, by its title.
    async fn learn(&mut self) {
        for document in &self.compiled.documents.clone() {
            let kind = document.spec.kind();
            let info = bursar::kinds::kind(kind).unwrap();
            let Some(collection) = info.collection else {
                continue;
            };
            let path = format!("/{}?per_page=100", collection.path);
            let listed = self.send("GET", &path, None).await;
            for object in listed["data"].as_array().unwrap() {
                if object["title"] == document.title() {
                    let id = object["id"].as_i64().unwrap();
                    let name = document.address.name.to_string();
                    self.names.insert((kind.to_owned(), id), name);
                }
            }
        }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("Token", "sandbox")
            .header("Cabinet-Hash", "sandbox");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        request.send().await.unwrap().json().await.unwrap()
    }

    fn id(&self, kind: &str, name: &str) -> i64 {
        let mut all = self.names.iter();
        let found = all.find(|((of, _), known)| of == kind && *known == name);
        found.unwrap_or_else(|| panic!("{kind} {name}")).0.1
    }

    /// The ids of a lesson: the mirror's, which are the platform's.
    fn lesson(&self, lesson: &str) -> (i64, i64) {
        self.stage.lesson(&lesson.parse().unwrap()).unwrap()
    }

    async fn clock(&self, now: &str) {
        let body = json!({ "now": now, "stands": true });
        let answer = self.send("POST", "/_sandbox/clock", Some(&body)).await;
        assert_eq!(answer["now"], now, "{answer}");
    }

    async fn contact(&self, number: usize, tags: &[&str]) -> i64 {
        let body = json!({ "email": format!("person{number}@example.com"), "tags": tags });
        let made = self.send("POST", "/contacts", Some(&body)).await;
        made["data"]["id"].as_i64().unwrap()
    }

    /// Does something, or is refused it.
    async fn deed(&self, contact: i64, deed: &Value) -> Value {
        let path = format!("/_sandbox/contacts/{contact}/deeds");
        self.send("POST", &path, Some(deed)).await
    }

    /// What happened to a contact since, in names.
    async fn events(&self, contact: i64) -> Vec<String> {
        let path = format!("/_sandbox/events?contact_id={contact}");
        let events = self.send("GET", &path, None).await;
        let events = events["data"].as_array().unwrap().iter();
        // That the contact was made is no part of the journey.
        let events = events.filter(|event| event["event"] != "registered");
        events.map(|event| self.in_names(event)).collect()
    }

    fn in_names(&self, event: &Value) -> String {
        let mut about: Vec<String> = Vec::new();
        for (key, value) in event.as_object().unwrap() {
            let name = match key.as_str() {
                "at" | "contact_id" | "event" | "order" | "amount" => continue,
                "trigger" => value.to_string(),
                "lesson" => {
                    let course = event["course"].as_i64().unwrap();
                    self.stage.lesson_name(course, value.as_i64().unwrap())
                }
                kind => self.names[&(kind.to_owned(), value.as_i64().unwrap())].clone(),
            };
            about.push(format!("{key} {name}"));
        }
        let amount = &event["amount"];
        if amount.is_object() {
            about.push(format!(
                "{} {}",
                amount["amount"].as_str().unwrap(),
                amount["currency"].as_str().unwrap()
            ));
        }
        format!(
            "{} {} {}",
            event["at"].as_str().unwrap(),
            event["event"].as_str().unwrap(),
            about.join(", ")
        )
    }

    /// The same of a simulated journey.
    fn simulated(&self, tags: &[&str], pieces: &[Piece]) -> Vec<String> {
        let person: Vec<String> = match tags {
            [] => Vec::new(),
            tags => vec![format!("tags={}", tags.join(","))],
        };
        let journey = Journey::read(&person, pieces).unwrap();
        let (story, _) = journey.story(&self.stage, Assumptions::default());
        let lines = story.lines.iter().map(|line| {
            let about = line.about.iter().filter(|(kind, _)| *kind != "order");
            let mut about: Vec<String> =
                about.map(|(kind, name)| format!("{kind} {name}")).collect();
            about.extend(line.amount.map(|amount| amount.to_string()));
            format!("{} {} {}", line.at, line.event, about.join(", "))
        });
        lines.collect()
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(work)
}

#[test]
fn an_unpaid_buyer_is_won_back_on_the_applied_platform() {
    block_on(async {
        let live = Live::of("unpaid-orders").await;
        live.clock("2027-02-01T09:00:00Z").await;
        let claire = live.contact(1, &[]).await;
        let neighbour = live.contact(2, &[]).await;
        let offer = live.id("offer", "anglais-pro");
        let coupon = live.id("coupon", "reviens-10");
        live.deed(claire, &json!({ "opens_offer": offer })).await;
        live.clock("2027-02-01T09:29:00Z").await;
        let letters = live.send("GET", "/_sandbox/outbox", None).await;
        assert_eq!(letters["data"], json!([]));
        live.clock("2027-02-01T09:30:00Z").await;
        let letters = live.send("GET", "/_sandbox/outbox", None).await;
        let letter = &letters["data"][0];
        assert_eq!(letter["to"], "person1@example.com");
        let text = letter["text"].as_str().unwrap();
        // The letter names the code, the discount, both prices and the time, as S002 asks.
        for fact in ["REVIENS10", "10", "441,00", "490,00", "24"] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
        // Somebody else cannot use the code.
        let pays = json!({ "pays": { "offer_id": offer, "coupon_id": coupon } });
        let refused = live.deed(neighbour, &pays).await;
        assert!(
            refused["errors"]["deed"][0]
                .as_str()
                .unwrap()
                .contains("lists"),
            "{refused}"
        );
        // A day later nobody can.
        live.clock("2027-02-02T09:29:59Z").await;
        let list = live.id("list", "relance-anglais-pro");
        let members = live.send("GET", &format!("/lists/{list}"), None).await;
        assert_eq!(members["data"]["members_count"], 1);
        live.clock("2027-02-02T09:30:00Z").await;
        let refused = live.deed(claire, &pays).await;
        assert!(
            refused["errors"]["deed"][0]
                .as_str()
                .unwrap()
                .contains("lists"),
            "{refused}"
        );
        live.running.stop().await;
    });
}

/// A random step: its words for a simulation, and the request of it.
fn step(live: &Live, draw: &mut fastrand::Rng) -> (Vec<String>, Value) {
    let offers: Vec<&str> = live.stage.names("offer").collect();
    let coupons: Vec<&str> = live.stage.names("coupon").collect();
    let lessons: Vec<String> = live.stage.lesson_names().collect();
    let passes: Vec<String> = ["pass", "pack"]
        .into_iter()
        .flat_map(|kind| {
            live.stage
                .names(kind)
                .map(move |name| format!("{kind}.{name}"))
        })
        .collect();
    let offer = draw.choice(&offers).copied();
    match (draw.u8(0..10), offer) {
        (0..=2, Some(offer)) => (
            vec!["opens-offer".to_owned(), offer.to_owned()],
            json!({ "opens_offer": live.id("offer", offer) }),
        ),
        (3..=5, Some(offer)) => {
            let mut words = vec!["pays".to_owned(), offer.to_owned()];
            let mut pays = json!({ "offer_id": live.id("offer", offer) });
            if let Some(coupon) = draw.choice(&coupons).filter(|_| draw.bool()) {
                words.push(format!("coupon={coupon}"));
                pays["coupon_id"] = live.id("coupon", coupon).into();
            }
            (words, json!({ "pays": pays }))
        }
        (6..=8, _) if !lessons.is_empty() => {
            let lesson = draw.choice(&lessons).unwrap();
            let (course_id, lesson_id) = live.lesson(lesson);
            (
                vec!["completes".to_owned(), lesson.clone()],
                json!({ "completes": { "course_id": course_id, "lesson_id": lesson_id } }),
            )
        }
        (_, _) if !passes.is_empty() => {
            let what = draw.choice(&passes).unwrap();
            let (kind, name) = what.split_once('.').unwrap();
            let key = format!("{kind}_id");
            (
                vec!["buys".to_owned(), what.clone()],
                json!({ "buys": { key: live.id(kind, name) } }),
            )
        }
        (_, _) => (vec!["logs-in".to_owned()], json!({ "logs_in": {} })),
    }
}

/// Random journeys, one after another on one platform; event for event as they are simulated.
fn agree(example: &str, journeys: usize, tags: &'static [&'static str], seed: u64) {
    block_on(async {
        let live = Live::of(example).await;
        let mut draw = fastrand::Rng::with_seed(seed);
        let mut now = parse_instant("2027-02-01T09:00:00Z").unwrap();
        let mut events = 0;
        for number in 0..journeys {
            let chosen: Vec<&str> = tags.iter().copied().filter(|_| draw.bool()).collect();
            live.clock(&format_instant(now)).await;
            let contact = live.contact(number, &chosen).await;
            let mut pieces = vec![Piece::At(format_instant(now))];
            let mut line = String::new();
            for _ in 0..draw.usize(1..6) {
                let (words, deed) = step(&live, &mut draw);
                line.push_str(&format!(" {}", words.join(" ")));
                pieces.extend(words.into_iter().map(Piece::Word));
                live.deed(contact, &deed).await;
                let minutes = *draw.choice(&[5, 29, 31, 60, 1_440, 2_160, 10_080]).unwrap();
                now += chrono::TimeDelta::minutes(minutes);
                live.clock(&format_instant(now)).await;
                line.push_str(&format!(" --after {minutes}m"));
                pieces.push(Piece::After(format!("{minutes}m")));
            }
            let lived = live.events(contact).await;
            let simulated = live.simulated(&chosen, &pieces);
            events += lived.len();
            assert_eq!(lived, simulated, "journey {number} of {example}:{line}");
        }
        // A journey in which nothing happens would agree about anything.
        assert!(events > journeys, "{events} events in {journeys} journeys");
        live.running.stop().await;
    });
}

#[test]
fn journeys_of_unpaid_orders_are_as_simulated() {
    agree("unpaid-orders", 150, &[], 1);
}

#[test]
fn journeys_of_repeat_sales_are_as_simulated() {
    agree("repeat-sales", 150, &[], 2);
}

#[test]
fn journeys_of_a_cohort_launch_are_as_simulated() {
    agree("cohort-launch", 100, &[], 3);
}

#[test]
fn journeys_in_a_studio_are_as_simulated() {
    agree("studio-passes", 100, &["vip", "premium", "suspendu"], 4);
}
