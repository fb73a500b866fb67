//! Plans carried out against the platform in memory.

use super::{ApplySettings, Because, Event, Outcome, StepError, apply};
use crate::kinds::{KindInfo, kind};
use crate::model::{Address, Attributes, BaseObject, BaseState, Part, RemoteId, Target, Value};
use crate::plan::{Operation, Plan, Step, StepId};
use crate::provider::memory::{Fault, Memory, Mishap};
use crate::provider::{ProviderError, Reader as _};
use crate::state::{Holder, Journal, LocalState, Start};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::watch;

fn row(id: &str) -> &'static KindInfo {
    kind(id).unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn pass(title: &str, status: &str) -> Attributes {
    Attributes::from_iter([
        ("title".into(), Value::text(title)),
        ("status".into(), Value::text(status)),
        (
            "price".into(),
            Value::map([
                ("amount", Value::text("45.00")),
                ("currency", Value::text("EUR")),
            ]),
        ),
    ])
}

fn list(title: &str) -> Attributes {
    Attributes::from_iter([
        ("title".into(), Value::text(title)),
        ("type".into(), Value::text("static")),
    ])
}

fn entry(id: RemoteId, attributes: Attributes) -> BaseObject {
    BaseObject {
        id,
        attributes,
        outputs: BTreeMap::new(),
        protect: false,
        retired: false,
        deposed: Vec::new(),
    }
}

fn create(body: Attributes) -> Operation {
    Operation::Create {
        applied: body.clone(),
        body,
        replaces: None,
        protect: false,
    }
}

fn update(id: Option<i64>, patch: Attributes, applied: Attributes) -> Operation {
    Operation::Update {
        id: id.map(RemoteId),
        patch,
        applied,
        protect: false,
    }
}

fn step(id: u32, at: &str, operation: Operation, before: &[u32]) -> Step {
    Step {
        id: StepId(id),
        address: address(at),
        verb: String::new(),
        operation,
        depends_on: before.iter().copied().map(StepId).collect(),
    }
}

fn plan(steps: Vec<Step>) -> Plan {
    Plan {
        project: "school".into(),
        environment: None,
        target: target(),
        lineage: None,
        serial: 0,
        configuration: String::new(),
        changes: Vec::new(),
        drift: Vec::new(),
        steps,
        refusals: Vec::new(),
        settled: Vec::new(),
        unmanaged: BTreeMap::new(),
        namesakes: Vec::new(),
        touched: BTreeMap::new(),
        read_requests: 0,
        consequences: crate::plan::Consequences::default(),
    }
}

fn target() -> Target {
    Target {
        provider: "memory".into(),
        url: "memory".into(),
        account: "memory".into(),
    }
}

/// What a run came to.
struct Ran {
    outcome: Outcome,
    /// The state as it was committed.
    base: BaseState,
    lines: Vec<String>,
    took: Duration,
}

impl Ran {
    fn done(&self) -> BTreeSet<u32> {
        self.outcome.done.iter().map(|id| id.0).collect()
    }

    fn failed(&self) -> Vec<(u32, String)> {
        let mut failed: Vec<_> = self
            .outcome
            .failed
            .iter()
            .map(|failed| (failed.step.0, failed.error.to_string()))
            .collect();
        failed.sort();
        failed
    }

    fn skipped(&self) -> BTreeSet<u32> {
        self.outcome.skipped.iter().map(|it| it.step.0).collect()
    }

    fn open(&self) -> Vec<String> {
        self.base
            .open_intents
            .iter()
            .map(|intent| intent.address.to_string())
            .collect()
    }
}

struct Bench {
    folder: TempDir,
    base: BaseState,
    parallelism: usize,
    grace: Duration,
    /// When it is told to stop.
    stop_after: Option<Duration>,
}

impl Default for Bench {
    fn default() -> Self {
        Bench {
            folder: TempDir::new().unwrap(),
            base: BaseState::default(),
            parallelism: 4,
            grace: Duration::from_secs(4),
            stop_after: None,
        }
    }
}

impl Bench {
    fn begin(&self, locked: &mut crate::state::Locked) -> Journal {
        let snapshot = locked.snapshot();
        let start = Start {
            target: target(),
            lineage: snapshot.lineage.clone(),
            serial: snapshot.serial,
            new_lineage: "l".into(),
            plan: "p".into(),
        };
        locked.begin(start).unwrap()
    }

    async fn run(&self, plan: &Plan, memory: &Memory) -> Ran {
        let now = crate::model::parse_instant("2026-09-01T08:00:00Z").unwrap();
        let state = LocalState::open(self.folder.path(), "school", None);
        let mut locked = state
            .lock(&Holder::new("r", "u", "h", "apply", now))
            .unwrap();
        let journal = self.begin(&mut locked);
        let (sender, stop) = watch::channel(false);
        if let Some(after) = self.stop_after {
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                let _ = sender.send(true);
                std::future::pending::<()>().await;
            });
        }
        let lines = Mutex::new(Vec::new());
        let settings = ApplySettings {
            parallelism: self.parallelism,
            grace: self.grace,
        };
        let started = Instant::now();
        let outcome = apply(
            plan,
            &self.base,
            memory,
            &journal,
            settings,
            stop,
            |event| {
                let line = match event {
                    Event::Started { steps, requests } => format!("started {steps} {requests}"),
                    Event::StepStarted { step } => format!("start {}", step.id.0),
                    Event::StepDone { step, .. } => format!("done {}", step.id.0),
                    Event::StepFailed { step, .. } => format!("failed {}", step.id.0),
                    Event::StepSkipped { step, .. } => format!("skipped {}", step.id.0),
                    Event::Finished { .. } => "finished".to_owned(),
                };
                lines.lock().unwrap().push(line);
            },
        )
        .await;
        locked.commit(journal, &outcome.unfinished(plan)).unwrap();
        Ran {
            outcome,
            base: locked.snapshot().base.clone(),
            lines: lines.into_inner().unwrap(),
            took: started.elapsed(),
        }
    }
}

#[tokio::test]
async fn references_are_resolved_and_the_state_remembers() {
    let coupon = Attributes::from_iter([
        ("title".into(), Value::text("C")),
        ("code".into(), Value::text("C10")),
        (
            "discount".into(),
            Value::map([("percent", Value::text("10"))]),
        ),
        (
            "list_ids".into(),
            Value::List(vec![
                Value::Ref(address("list.l")),
                Value::Ref(address("list.old")),
            ]),
        ),
    ]);
    let letter = Attributes::from_iter([
        ("title".into(), Value::text("L")),
        ("subject".into(), Value::text("S")),
        (
            "html".into(),
            Value::Late(vec![
                Part::Text("see ".into()),
                Part::Output {
                    of: address("offer.o"),
                    name: "url".into(),
                },
            ]),
        ),
        ("text".into(), Value::text("T")),
    ]);
    let mut offer = pass("O", "draft");
    let old = entry(RemoteId(77), list("old"));
    let mut bench = Bench::default();
    bench.base.objects.insert(address("list.old"), old);
    let published = Attributes::from_iter([("status".into(), Value::text("published"))]);
    let body = offer.clone();
    offer.extend(published.clone());
    let plan = plan(vec![
        step(1, "list.l", create(list("l")), &[]),
        step(2, "coupon.c", create(coupon), &[1]),
        step(3, "offer.o", create(body), &[]),
        step(4, "letter.m", create(letter), &[3]),
        step(
            5,
            "offer.o",
            update(None, published, offer.clone()),
            &[3, 4],
        ),
    ]);
    let memory = Memory::default();
    let ran = bench.run(&plan, &memory).await;
    assert!(ran.outcome.is_complete(), "{:?}", ran.outcome);
    assert_eq!(ran.lines[0], "started 5 5");
    assert_eq!(ran.lines.last().unwrap(), "finished");

    let objects = &ran.base.objects;
    let id = |at: &str| objects[&address(at)].id;
    let bodies = memory.bodies();
    assert_eq!(
        bodies[&("coupon", id("coupon.c"))]["list_ids"],
        json!([id("list.l").0, 77])
    );
    let url = format!("https://school.example/offer/{}/url", id("offer.o"));
    assert_eq!(
        bodies[&("letter", id("letter.m"))]["html"],
        json!(format!("see {url}"))
    );
    assert_eq!(
        bodies[&("offer", id("offer.o"))]["status"],
        json!("published")
    );
    let offer_state = &objects[&address("offer.o")];
    assert_eq!(offer_state.attributes, offer);
    assert_eq!(offer_state.outputs["url"], url);
    assert_eq!(
        objects[&address("letter.m")].attributes[&"html".to_owned()],
        Value::text(format!("see {url}"))
    );
}

#[tokio::test]
async fn what_replaces_retires_deletes_and_forgets_is_remembered() {
    let memory = Memory::default();
    let old = memory.put(row("list"), &json!({"title": "l", "type": "static"}));
    let gone = memory.put(
        row("pass"),
        &json!({"title": "p", "price": {"amount": "1", "currency": "EUR"}}),
    );
    let bench = Bench::default();
    let record = |id, previous: Option<&str>| Operation::Record {
        object: Box::new(entry(id, list("l"))),
        previous: previous.map(address),
    };
    let archived = Attributes::from_iter([("status".into(), Value::text("archived"))]);
    let replace = |replaces| Operation::Create {
        body: list("l"),
        applied: list("l"),
        replaces: Some(replaces),
        protect: true,
    };
    let plan = plan(vec![
        step(1, "list.a", record(old, None), &[]),
        step(2, "list.b", record(old, Some("list.a")), &[1]),
        step(3, "list.b", replace(old), &[2]),
        step(
            4,
            "list.b",
            Operation::Retire {
                id: old,
                patch: archived.clone(),
                deposed: true,
            },
            &[3],
        ),
        step(5, "pass.p", record(gone, None), &[]),
        step(6, "pass.p", Operation::Delete { id: gone }, &[5]),
        step(7, "pass.q", record(RemoteId(99), None), &[]),
        step(8, "pass.q", Operation::Delete { id: RemoteId(99) }, &[7]),
        step(9, "pass.r", record(RemoteId(98), None), &[]),
        step(10, "pass.r", Operation::Forget, &[9]),
    ]);
    let ran = bench.run(&plan, &memory).await;
    assert!(ran.outcome.is_complete(), "{:?}", ran.outcome);
    let names: Vec<String> = ran.base.objects.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["list.b"]);
    let b = &ran.base.objects[&address("list.b")];
    assert!(b.protect && b.deposed.is_empty() && b.id != old);
    assert_eq!(memory.bodies()[&("list", old)]["status"], json!("archived"));
    assert!(!memory.bodies().contains_key(&("pass", gone)));
}

#[tokio::test]
async fn a_list_that_must_be_empty_and_is_not_stops_what_depends_on_it() {
    let memory = Memory::default();
    let full = memory.put(
        row("list"),
        &json!({"title": "f", "type": "static", "members_count": 3}),
    );
    let mut bench = Bench::default();
    let object = |id| entry(id, list("f"));
    bench
        .base
        .objects
        .insert(address("list.full"), object(full));
    bench
        .base
        .objects
        .insert(address("list.gone"), object(RemoteId(500)));
    let settle = |must_be_empty| Operation::Settle {
        must_be_empty,
        count: "members_count".into(),
        applied: list("settled"),
    };
    let plan = plan(vec![
        step(1, "list.full", settle(true), &[]),
        step(2, "pass.a", create(pass("a", "available")), &[1]),
        step(3, "list.full", settle(false), &[]),
        step(4, "list.new", create(list("n")), &[]),
        step(5, "list.new", settle(true), &[4]),
        step(6, "list.gone", settle(true), &[]),
        step(7, "list.unknown", settle(true), &[]),
    ]);
    let ran = bench.run(&plan, &memory).await;
    assert_eq!(ran.done(), BTreeSet::from([3, 4, 5]));
    assert_eq!(ran.skipped(), BTreeSet::from([2]));
    assert_eq!(
        ran.failed(),
        [
            (
                1,
                "list.full holds 3 contacts and must hold none before anything is bound to it"
                    .into()
            ),
            (6, "list.gone is not on the platform".into()),
            (7, "the id or output of list.unknown is not known".into()),
        ]
    );
}

/// A creation, and an update of an object that exists, both struck by a mishap.
async fn check_mishap(how: Mishap, expected: &[&str], open: &[&str], titles: &[&str]) {
    let memory = Memory::default();
    let body = json!({"title": "old", "price": {"amount": "1", "currency": "EUR"}});
    let old = memory.put(row("pass"), &body);
    memory.fail(Fault {
        on: "new".into(),
        how,
    });
    memory.fail(Fault {
        on: old.to_string(),
        how,
    });
    let renamed = Attributes::from_iter([("title".into(), Value::text("renamed"))]);
    let plan = plan(vec![
        step(1, "pass.new", create(pass("new", "available")), &[]),
        step(
            2,
            "pass.old",
            update(Some(old.0), renamed.clone(), renamed),
            &[],
        ),
        step(3, "pass.after", create(pass("after", "available")), &[1]),
    ]);
    let ran = Bench::default().run(&plan, &memory).await;
    let mut lines: Vec<&str> = ran
        .lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.starts_with("start") && *line != "finished")
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, expected, "{how:?}: {:?}", ran.outcome);
    assert_eq!(ran.open(), open, "{how:?}");
    let mut found: Vec<String> = memory
        .bodies()
        .values()
        .map(|body| body["title"].as_str().unwrap().to_owned())
        .collect();
    found.sort();
    assert_eq!(found, titles, "{how:?}");
}

#[tokio::test]
async fn mishaps() {
    check_mishap(
        Mishap::Refused,
        &["failed 1", "failed 2", "skipped 3"],
        &[],
        &["old"],
    )
    .await;
    check_mishap(
        Mishap::LostBefore,
        &["failed 1", "failed 2", "skipped 3"],
        &["pass.new", "pass.old"],
        &["old"],
    )
    .await;
    // It had happened: it is found, and nothing is made twice.
    check_mishap(
        Mishap::LostAfter,
        &["done 1", "done 2", "done 3"],
        &[],
        &["after", "new", "renamed"],
    )
    .await;
}

#[tokio::test]
async fn a_lost_creation_is_not_taken_for_a_namesake() {
    // Two creations share a title: which one was lost cannot be told.
    let memory = Memory::default();
    memory.fail(Fault {
        on: "same".into(),
        how: Mishap::LostAfter,
    });
    let plan_of_two = plan(vec![
        step(1, "pass.a", create(pass("same", "available")), &[]),
        step(2, "pass.b", create(pass("same", "available")), &[]),
    ]);
    let ran = Bench::default().run(&plan_of_two, &memory).await;
    assert_eq!(ran.outcome.failed.len(), 1);
    assert!(matches!(ran.outcome.failed[0].error, StepError::InDoubt(_)));
    assert_eq!(ran.open().len(), 1);

    // The object that is replaced has the same title and is tracked.
    let memory = Memory::default();
    let old = memory.put(row("list"), &json!({"title": "l", "type": "static"}));
    memory.fail(Fault {
        on: "l".into(),
        how: Mishap::LostBefore,
    });
    let mut bench = Bench::default();
    let object = entry(old, list("l"));
    bench.base.objects.insert(address("list.l"), object);
    let replace = Operation::Create {
        body: list("l"),
        applied: list("l"),
        replaces: Some(old),
        protect: false,
    };
    let plan = plan(vec![step(1, "list.l", replace, &[])]);
    let ran = bench.run(&plan, &memory).await;
    assert!(matches!(ran.outcome.failed[0].error, StepError::InDoubt(_)));
    assert_eq!(memory.list(row("list")).await.unwrap().objects.len(), 1);
}

/// Found by the simulation, seed 812: the one that an interrupted run had made is known to the plan
/// and not yet to the state.
#[tokio::test]
async fn a_lost_replacement_is_not_taken_for_what_the_plan_records() {
    let memory = Memory::default();
    let old = memory.put(row("list"), &json!({"title": "l", "type": "static"}));
    memory.fail(Fault {
        on: "l".into(),
        how: Mishap::LostAfter,
    });
    let record = Operation::Record {
        object: Box::new(entry(old, list("l"))),
        previous: None,
    };
    let replace = Operation::Create {
        body: list("l"),
        applied: list("l"),
        replaces: Some(old),
        protect: false,
    };
    let plan = plan(vec![
        step(1, "list.l", record, &[]),
        step(2, "list.l", replace, &[1]),
    ]);
    let ran = Bench::default().run(&plan, &memory).await;
    assert!(ran.outcome.is_complete(), "{:?}", ran.outcome);
    assert_ne!(ran.base.objects[&address("list.l")].id, old);
    assert_eq!(memory.list(row("list")).await.unwrap().objects.len(), 2);
}

fn many(count: u32) -> Plan {
    let steps = (1..=count)
        .map(|n| {
            let title = format!("p{n}");
            step(
                n,
                &format!("pass.{title}"),
                create(pass(&title, "unavailable")),
                &[],
            )
        })
        .chain((1..=count).map(|n| {
            let title = format!("p{n}");
            let patch = Attributes::from_iter([("status".into(), Value::text("available"))]);
            step(
                count + n,
                &format!("pass.{title}"),
                update(None, patch, pass(&title, "available")),
                &[n],
            )
        }))
        .collect();
    plan(steps)
}

#[tokio::test]
async fn refused_credentials_stop_everything() {
    let memory = Memory::default();
    memory.fail(Fault {
        on: "p1".into(),
        how: Mishap::Credentials,
    });
    let bench = Bench {
        parallelism: 1,
        ..Bench::default()
    };
    let ran = bench.run(&many(50), &memory).await;
    let StepError::Provider(ProviderError::Credentials(_)) = &ran.outcome.failed[0].error else {
        panic!("{:?}", ran.outcome);
    };
    assert!(ran.outcome.done.len() < 5, "{:?}", ran.outcome.done);
    assert!(
        ran.outcome
            .skipped
            .iter()
            .any(|it| it.because == Because::Halted)
    );
    let all = ran.outcome.done.len() + ran.outcome.failed.len() + ran.outcome.skipped.len();
    assert_eq!(all, 100);
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_is_under_way() {
    let memory = Memory::new(Duration::from_millis(60));
    let bench = Bench {
        stop_after: Some(Duration::from_millis(90)),
        ..Bench::default()
    };
    let ran = bench.run(&many(40), &memory).await;
    assert!(ran.outcome.interrupted);
    assert!(ran.took < Duration::from_millis(600), "{:?}", ran.took);
    assert!(memory.writes().len() <= 12, "{}", memory.writes().len());
    assert_eq!(memory.bodies().len(), ran.base.objects.len());
    assert_eq!(ran.open(), Vec::<String>::new());
    let all = ran.outcome.done.len() + ran.outcome.failed.len() + ran.outcome.skipped.len();
    assert_eq!(all, 80);
}

#[tokio::test]
async fn what_does_not_end_in_time_is_left_open() {
    let memory = Memory::new(Duration::from_secs(60));
    let bench = Bench {
        stop_after: Some(Duration::from_millis(50)),
        grace: Duration::from_millis(100),
        parallelism: 2,
        ..Bench::default()
    };
    let ran = bench.run(&many(10), &memory).await;
    assert!(ran.outcome.interrupted);
    assert!(ran.took < Duration::from_secs(2), "{:?}", ran.took);
    let mut open = ran.open();
    open.sort();
    assert_eq!(open, ["pass.p1", "pass.p2"]);
    assert!(ran.outcome.failed.iter().all(|failed| {
        let in_doubt = failed.step.0 <= 2;
        matches!(failed.error, StepError::Interrupted { in_doubt: found } if found == in_doubt)
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_requests_as_allowed_are_under_way() {
    let memory = Memory::new(Duration::from_millis(20));
    let bench = Bench {
        parallelism: 10,
        ..Bench::default()
    };
    let ran = bench.run(&many(250), &memory).await;
    assert!(ran.outcome.is_complete());
    assert_eq!(memory.most_in_flight(), 10);
}

#[derive(Clone, Debug)]
struct Shape {
    /// For each step, which of the ones before it it depends on.
    depends: Vec<BTreeSet<usize>>,
    failing: BTreeSet<usize>,
    parallelism: usize,
}

fn shape() -> impl Strategy<Value = Shape> {
    (1_usize..30, 1_usize..6).prop_flat_map(|(count, parallelism)| {
        let depends: Vec<_> = (0..count)
            .map(|at| prop::collection::btree_set(0..at.max(1), 0..3))
            .collect();
        let failing = prop::collection::btree_set(0..count, 0..4);
        (depends, failing).prop_map(move |(mut depends, failing)| {
            depends[0].clear();
            Shape {
                depends,
                failing,
                parallelism,
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_order_holds(shape in shape()) {
        let number = |at: usize| u32::try_from(at).unwrap() + 1;
        let steps = shape.depends.iter().enumerate().map(|(at, depends)| {
            let before: Vec<u32> = depends.iter().map(|at| number(*at)).collect();
            let title = format!("p{at}");
            step(number(at), &format!("pass.{title}"), create(pass(&title, "available")), &before)
        });
        let plan = plan(steps.collect());
        let memory = Memory::default();
        for at in &shape.failing {
            memory.fail(Fault { on: format!("p{at}"), how: Mishap::Refused });
        }
        let bench = Bench { parallelism: shape.parallelism, ..Bench::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let ran = runtime.block_on(bench.run(&plan, &memory));

        // What is skipped, by hand: whoever depends on a failed or skipped step.
        let mut out: BTreeSet<usize> = BTreeSet::new();
        for (at, depends) in shape.depends.iter().enumerate() {
            if depends.iter().any(|before| out.contains(before) || shape.failing.contains(before)) {
                out.insert(at);
            }
        }
        let skipped: BTreeSet<u32> = out.iter().map(|at| number(*at)).collect();
        let failed: BTreeSet<u32> =
            shape.failing.difference(&out).map(|at| number(*at)).collect();
        prop_assert_eq!(ran.skipped(), skipped);
        prop_assert_eq!(ran.failed().into_iter().map(|it| it.0).collect::<BTreeSet<_>>(), failed);
        prop_assert_eq!(ran.done().len(), plan.steps.len() - ran.skipped().len() - ran.failed().len());
        prop_assert!(memory.most_in_flight() <= shape.parallelism);
        prop_assert_eq!(ran.base.objects.len(), ran.done().len());
        prop_assert_eq!(memory.bodies().len(), ran.done().len());

        // No step started before those that it depends on were done.
        let place = |line: String| ran.lines.iter().position(|found| *found == line);
        for step in &plan.steps {
            let Some(start) = place(format!("start {}", step.id.0)) else { continue };
            for before in &step.depends_on {
                let done = place(format!("done {}", before.0));
                prop_assert!(done.is_some_and(|done| done < start));
            }
        }
    }
}
