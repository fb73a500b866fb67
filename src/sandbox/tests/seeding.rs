use super::{Platform, id};
use crate::sandbox::{DataDir, Options, Seed, start};
use serde_json::{Value, json};

fn seed(value: Value) -> Option<Seed> {
    Some(serde_json::from_value(value).unwrap())
}

#[tokio::test]
async fn people_wait_for_what_they_bought() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: DataDir::Path(folder.path().to_owned()),
        seed: seed(json!({
            "courses": [{ "title": "Web" }, { "id": 4211, "title": "Maths" }],
            "contacts": [
                { "email": "ada@school.example", "name": "Ada", "tags": ["vip"],
                  "bought": ["Autumn"], "lists": ["Loyal"] },
                { "email": "bob@school.example", "bought": ["Autumn"], "lists": ["Loyal"] },
                { "email": "cy@school.example" },
            ],
            "orders": [
                { "contact": "cy@school.example", "offer": "Autumn" },
                { "contact": "ada@school.example", "offer": "Winter", "paid": true },
            ],
        })),
        ..Options::default()
    };
    let platform = Platform::with(options()).await;
    assert_eq!(platform.get("/orders").await.json()["meta"]["total"], 0);
    let autumn = platform.offer(" Autumn ").await;
    assert_eq!(
        (&autumn["clients_count"], &autumn["unpaid_orders_count"]),
        (&json!(2), &json!(1))
    );
    // The first offer of a title takes them all.
    let again = platform.offer("Autumn").await;
    assert_eq!(again["clients_count"], 0);
    let list = platform
        .make("/lists", json!({ "title": "Loyal", "type": "static" }))
        .await;
    assert_eq!(list["members_count"], 2);
    platform.stop().await;

    let platform = Platform::with(options()).await;
    assert_eq!(platform.get("/contacts").await.json()["meta"]["total"], 3);
    assert_eq!(platform.get("/courses").await.json()["meta"]["total"], 2);
    let ada = &platform.get("/contacts").await.data()[0];
    assert_eq!(
        (&ada["name"], &ada["tags"]),
        (&json!("Ada"), &json!(["vip"]))
    );
    let winter = platform.offer("Winter").await;
    assert_eq!(winter["clients_count"], 1);
    let refused = platform
        .send("DELETE", &format!("/offers/{}", id(&winter)), json!(null))
        .await;
    assert_eq!(refused.status, 409);
    platform.stop().await;
}

#[tokio::test]
async fn a_seed_that_does_not_fit_names_the_place_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let good = json!({ "email": "ada@school.example" });
    let cases = [
        (
            json!({ "contacts": [good, good] }),
            "contacts[1]: email is taken",
        ),
        (
            json!({ "contacts": [{ "email": "x" }] }),
            "contacts[0]: email is not",
        ),
        (
            json!({ "contacts": [good], "orders": [{ "contact": "bob", "offer": "A" }] }),
            "orders[0]: there is no contact `bob`",
        ),
        (
            json!({ "courses": [{ "id": 1 }] }),
            "courses[0]: title is required",
        ),
    ];
    for (value, expected) in cases {
        let options = Options {
            data: DataDir::Path(folder.path().to_owned()),
            seed: seed(value),
            ..Options::default()
        };
        let error = start(options).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let options = Options {
        data: DataDir::Path(folder.path().to_owned()),
        seed: seed(json!({ "contacts": [good] })),
        ..Options::default()
    };
    let platform = Platform::with(options).await;
    assert_eq!(platform.get("/contacts").await.json()["meta"]["total"], 1);
    platform.stop().await;
}

#[test]
fn unknown_fields_of_a_seed_are_refused() {
    for value in [
        json!({ "people": [] }),
        json!({ "contacts": [{ "email": "a@b.example", "age": 7 }] }),
        json!({ "orders": [{ "contact": "a", "offer": "b", "price": 1 }] }),
    ] {
        assert!(serde_json::from_value::<Seed>(value).is_err());
    }
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let page = include_str!("../../../docs/reference/sandbox-seed.md");
    let example = page.split("```yaml\n").nth(1).unwrap();
    let example = example.split("```").next().unwrap();
    let seed: Seed = serde_yaml::from_str(example).unwrap();
    let options = Options {
        seed: Some(seed),
        ..Options::default()
    };
    let platform = Platform::with(options).await;
    let course = platform.get("/courses/4211").await.data();
    assert_eq!(course["modules"][0]["lessons"][0]["title"], "Welcome");
    let offer = platform.offer("Web Development, September 2026").await;
    assert_eq!(
        (&offer["clients_count"], &offer["unpaid_orders_count"]),
        (&json!(1), &json!(1))
    );
    platform.stop().await;
}
