use super::{Platform, id};
use crate::sandbox::{DataDir, Options};
use serde_json::json;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

fn in_folder(folder: &Path) -> Options {
    Options {
        data: DataDir::Path(folder.to_owned()),
        ..Options::default()
    }
}

#[tokio::test]
async fn objects_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("made/if/missing");
    let platform = Platform::with(in_folder(&data)).await;
    let first = platform.offer("A").await;
    let second = platform.offer("B").await;
    let gone = format!("/offers/{}", second["id"]);
    assert_eq!(
        platform.send("DELETE", &gone, json!(null)).await.status,
        204
    );
    platform.stop().await;

    let platform = Platform::with(in_folder(&data)).await;
    assert_eq!(platform.get("/offers").await.data(), json!([first]));
    assert_eq!(id(&platform.offer("C").await), id(&second) + 1);
    platform.stop().await;
}

#[tokio::test]
async fn several_can_use_one_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let one = Platform::with(in_folder(folder.path())).await;
    let other = Platform::with(in_folder(folder.path())).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let (here, there) = (format!("one {number}"), format!("other {number}"));
        let (a, b) = tokio::join!(one.offer(&here), other.offer(&there));
        ids.extend([id(&a), id(&b)]);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    for platform in [&one, &other] {
        assert_eq!(platform.get("/offers").await.json()["meta"]["total"], 40);
    }
    one.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn known_courses_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let course = |id: i64, title: &str| json!({ "id": id, "title": title });
    let runs = [
        (vec![course(4211, "Web")], json!(["Web"])),
        (
            vec![course(4211, "Renamed"), course(7, "Maths")],
            json!(["Maths", "Web"]),
        ),
    ];
    for (courses, expected) in runs {
        let options = Options {
            courses,
            ..in_folder(folder.path())
        };
        let platform = Platform::with(options).await;
        let found = platform.get("/courses").await.data();
        let titles: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|course| course["title"].clone())
            .collect();
        assert_eq!(json!(titles), expected);
        platform.stop().await;
    }
}

#[tokio::test]
async fn a_temporary_store_goes() {
    let platform = Platform::new().await;
    platform.offer("A").await;
    platform.stop().await;
    let platform = Platform::new().await;
    assert_eq!(platform.get("/offers").await.json()["meta"]["total"], 0);
    platform.stop().await;
}

const FOLDER: &str = "BURSAR_TEST_SANDBOX_FOLDER";

/// Serves a folder until it is killed, if another test started this process for it.
#[tokio::test]
async fn serve_for_another_process() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let running = crate::sandbox::start(in_folder(Path::new(&folder)))
        .await
        .unwrap();
    println!("serving {}", running.url());
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}

#[tokio::test]
async fn what_was_answered_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let here = Platform::with(in_folder(folder.path())).await;
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sandbox::tests::storage::serve_for_another_process",
        ])
        .args(["--nocapture", "--test-threads", "1"])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines
        .find_map(|line| Some(line.unwrap().split_once("serving ")?.1.to_owned()))
        .unwrap();
    let made =
        |title: String| json!({ "title": title, "price": { "amount": "1", "currency": "EUR" } });
    for number in 0..25 {
        here.offer(&format!("here {number}")).await;
        let there = here.client.post(format!("{url}/offers"));
        let there = there
            .header("Token", "sandbox")
            .header("Cabinet-Hash", "sandbox");
        let there = there
            .json(&made(format!("there {number}")))
            .send()
            .await
            .unwrap();
        assert_eq!(there.status(), 201);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    here.offer("after").await;
    here.stop().await;
    let again = Platform::with(in_folder(folder.path())).await;
    assert_eq!(again.get("/offers").await.json()["meta"]["total"], 51);
    again.stop().await;
}
