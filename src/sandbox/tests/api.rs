use super::{Platform, id};
use crate::sandbox::resource::{RESOURCES, Verb};
use crate::sandbox::{Options, openapi};
use serde_json::{Value, json};

#[tokio::test]
async fn every_collection_can_be_listed_and_what_is_minimal_be_made() {
    let platform = Platform::new().await;
    let document = openapi();
    for of in RESOURCES.iter() {
        let path = format!("/{}", of.path());
        let empty = platform.get(&path).await;
        let expected = json!({
            "data": [],
            "meta": { "current_page": 1, "last_page": 1, "per_page": 15, "total": 0 },
        });
        assert_eq!((empty.status, empty.json()), (200, expected), "{path}");
        if !of.allows(Verb::Create) || of.path() == "orders" {
            continue;
        }
        let minimal: Value = serde_json::from_str(of.collection.minimal).unwrap();
        let made = platform.make(&path, minimal).await;
        assert_eq!(id(&made), of.first_id);
        let name = of.id[..1].to_uppercase() + &of.id[1..];
        let schema = json!({
            "$ref": format!("#/components/schemas/{name}Object"),
            "components": document["components"],
        });
        if let Err(error) = jsonschema::validate(&schema, &made) {
            panic!("{path} is not what the contract says: {error}");
        }
        let object = format!("{path}/{}", of.first_id);
        assert_eq!(platform.get(&object).await.data(), made);
        assert_eq!(platform.get(&path).await.json()["data"], json!([made]));
        let created_at = made["created_at"].as_str().unwrap();
        assert!(
            created_at.ends_with(".000000Z") && created_at.len() == 27,
            "{created_at}"
        );
        assert_eq!(made["created_at"], made["updated_at"]);
        if !of.collection.status.values.is_empty() {
            assert_eq!(made["status"], of.collection.status.default);
        }
    }
    platform.stop().await;
}

#[tokio::test]
async fn pages_are_cut_by_id() {
    let platform = Platform::new().await;
    for number in 0..32 {
        platform.offer(&format!("Offer {number}")).await;
    }
    // query, objects, current page, last page, page size
    let cases = [
        ("", 15, 1, 3, 15),
        ("?page=3", 2, 3, 3, 15),
        ("?page=4", 0, 4, 3, 15),
        ("?page=2&per_page=10", 10, 2, 4, 10),
        ("?per_page=1000", 32, 1, 1, 100),
        ("?per_page=0", 1, 1, 32, 1),
        ("?per_page=-5&page=-1", 1, 1, 32, 1),
        ("?per_page=many&page=none", 15, 1, 3, 15),
        (
            "?page=9223372036854775807&per_page=100",
            0,
            i64::MAX,
            1,
            100,
        ),
    ];
    for (query, objects, current, last, size) in cases {
        let answer = platform.get(&format!("/offers{query}")).await.json();
        assert_eq!(answer["data"].as_array().unwrap().len(), objects, "{query}");
        let expected =
            json!({ "current_page": current, "last_page": last, "per_page": size, "total": 32 });
        assert_eq!(answer["meta"], expected, "{query}");
    }
    let mut ids = Vec::new();
    for page in 1..=4 {
        let answer = platform
            .get(&format!("/offers?per_page=10&page={page}"))
            .await;
        ids.extend(answer.data().as_array().unwrap().iter().map(id));
    }
    assert_eq!(ids.len(), 32);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    platform.stop().await;
}

#[tokio::test]
async fn bodies_come_back_in_normal_form() {
    let platform = Platform::new().await;
    let body = json!({
        "id": 5,
        "title": "  Web Development ",
        "price": { "amount": 490, "currency": "EUR", "vat": 20 },
        "sale": { "opens_at": "2026-07-01 00:00:00", "closes_at": "2026-09-10T02:00:00+02:00" },
        "clients_count": 7,
        "url": "https://elsewhere.example",
        "colour": "red",
        "extra": { "b": 1, "a": [null, 0.1] },
    });
    let made = platform.make("/offers", body).await;
    let cases = [
        ("/title", json!("Web Development")),
        ("/price", json!({ "amount": "490.00", "currency": "EUR" })),
        ("/sale/opens_at", json!("2026-07-01T00:00:00.000000Z")),
        ("/sale/closes_at", json!("2026-09-10T00:00:00.000000Z")),
        ("/clients_count", json!(0)),
        ("/listed", json!(true)),
        ("/coupon_policy", json!("none")),
        ("/extra", json!({ "b": 1, "a": [null, 0.1] })),
    ];
    for (pointer, expected) in cases {
        assert_eq!(made.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert!(made.get("colour").is_none());
    assert_ne!(id(&made), 5);
    let code = made["unique_offer_code"].as_str().unwrap();
    assert_eq!(code.len(), 12);
    assert_eq!(
        made["url"],
        format!("https://school.kwiga.example/o/{code}")
    );
    platform.stop().await;
}

#[tokio::test]
async fn a_patch_changes_what_it_mentions_and_nothing_else() {
    let platform = Platform::new().await;
    let extra = r#"{"z":{"deep":[1,2.50,1e-7]},"a":"é\u0000\"","n":12345678901234567890,"o":0.1}"#;
    let body = format!(
        r#"{{"title":"A","price":{{"amount":"10","currency":"EUR"}},"listed":false,
            "payment":{{"full":true,"without_login":true}},
            "form":{{"fields":[{{"name":"phone"}},{{"name":"city"}}]}},"extra":{extra}}}"#
    );
    let made: Value = serde_json::from_str(&body).unwrap();
    let made = platform.make("/offers", made).await;
    let path = format!("/offers/{}", id(&made));
    let raw = |text: &str| text[text.find("\"extra\"").unwrap()..].to_owned();
    let cut = |text: String| text[..text.find("\"url\"").unwrap()].to_owned();
    let before = cut(raw(&platform.get(&path).await.text));

    // patch, pointer, what stands there then
    let cases = [
        (json!({ "title": " B " }), "/title", json!("B")),
        (
            json!({ "price": { "amount": "12.5" } }),
            "/price",
            json!({ "amount": "12.50", "currency": "EUR" }),
        ),
        (
            json!({ "payment": { "full": false } }),
            "/payment/without_login",
            json!(true),
        ),
        (
            json!({ "payment": { "without_login": null } }),
            "/payment/without_login",
            json!(null),
        ),
        (json!({ "listed": null }), "/listed", json!(true)),
        (
            json!({ "form": { "fields": [{ "name": "city" }] } }),
            "/form/fields",
            json!([{ "name": "city", "required": false }]),
        ),
        (
            json!({ "clients_count": 9, "id": 1, "nonsense": 1 }),
            "/clients_count",
            json!(0),
        ),
    ];
    for (patch, pointer, expected) in cases {
        let answer = platform.send("PATCH", &path, patch.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.data().pointer(pointer), Some(&expected), "{patch}");
        assert_eq!(cut(raw(&answer.text)), before, "{patch}");
    }
    let answer = platform
        .send("PATCH", &path, json!({ "extra": { "z": null, "new": 1 } }))
        .await;
    let mut expected: Value = serde_json::from_str(extra).unwrap();
    expected.as_object_mut().unwrap().shift_remove("z");
    expected["new"] = json!(1);
    assert_eq!(answer.data()["extra"], expected);
    platform.stop().await;
}

#[tokio::test]
async fn a_discount_is_one_value() {
    let platform = Platform::new().await;
    let coupon = json!({ "title": "C", "code": "C", "discount": { "percent": "10" } });
    let path = format!("/coupons/{}", id(&platform.make("/coupons", coupon).await));
    let amount = json!({ "amount": { "amount": "5.00", "currency": "EUR" } });
    for patch in [
        json!({ "discount": amount }),
        json!({ "discount": { "percent": null, "amount": { "amount": "5", "currency": "EUR" } } }),
    ] {
        let answer = platform.send("PATCH", &path, patch).await;
        assert_eq!((answer.status, &answer.data()["discount"]), (200, &amount));
    }
    platform.stop().await;
}

#[tokio::test]
async fn ids_are_not_used_again() {
    let platform = Platform::new().await;
    let first = id(&platform.offer("A").await);
    let gone = platform.get(&format!("/offers/{first}")).await;
    assert_eq!(gone.status, 200);
    let answer = platform
        .send("DELETE", &format!("/offers/{first}"), json!(null))
        .await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(platform.get(&format!("/offers/{first}")).await.status, 404);
    assert_eq!(id(&platform.offer("B").await), first + 1);
    assert_eq!(platform.get("/offers").await.json()["meta"]["total"], 1);
    platform.stop().await;
}

#[tokio::test]
async fn people_are_counted() {
    let courses = vec![json!({ "id": 4211, "title": "Web" })];
    let platform = Platform::with(Options {
        courses,
        ..Options::default()
    })
    .await;
    let offer = platform
        .make(
            "/offers",
            json!({
                "title": "A",
                "price": { "amount": "10", "currency": "EUR" },
                "products": [{ "course_id": 4211 }],
            }),
        )
        .await;
    let coupon = json!({ "title": "C", "code": "C", "discount": { "percent": "10" } });
    let coupon = id(&platform.make("/coupons", coupon).await);
    let list = id(&platform
        .make("/lists", json!({ "title": "L", "type": "static" }))
        .await);
    let mut people = Vec::new();
    for name in ["ada", "bob"] {
        let email = format!("{name}@school.example");
        people.push(id(&platform
            .make("/contacts", json!({ "email": email }))
            .await));
    }
    let order = |contact: i64, paid: &str| {
        json!({
            "contact_id": contact, "offer_id": offer["id"], "coupon_id": coupon, "paid_status": paid,
        })
    };
    let unpaid = platform.make("/orders", order(people[0], "unpaid")).await;
    assert_eq!(unpaid["price"], offer["price"]);
    platform.make("/orders", order(people[1], "paid")).await;
    platform.make("/orders", order(people[1], "paid")).await;
    let counts = async || {
        let offer = platform
            .get(&format!("/offers/{}", offer["id"]))
            .await
            .data();
        let course = platform.get("/courses/4211").await.data();
        let coupon = platform.get(&format!("/coupons/{coupon}")).await.data();
        [
            offer["clients_count"].as_i64().unwrap(),
            offer["unpaid_orders_count"].as_i64().unwrap(),
            course["clients_count"].as_i64().unwrap(),
            coupon["used_count"].as_i64().unwrap(),
        ]
    };
    assert_eq!(counts().await, [1, 1, 1, 3]);
    let order = format!("/orders/{}", unpaid["id"]);
    platform
        .send("PATCH", &order, json!({ "paid_status": "paid" }))
        .await;
    assert_eq!(counts().await, [2, 0, 2, 3]);
    let path = format!("/offers/{}", offer["id"]);
    platform
        .send("PATCH", &path, json!({ "products": [] }))
        .await;
    assert_eq!(counts().await, [2, 0, 0, 3]);

    let members = format!("/lists/{list}/members");
    for (contact, expected) in [(people[0], 1), (people[0], 1), (people[1], 2)] {
        let answer = platform
            .send("POST", &members, json!({ "contact_id": contact }))
            .await;
        assert_eq!(
            (answer.status, &answer.data()["members_count"]),
            (201, &json!(expected))
        );
    }
    let page = platform
        .get(&format!("{members}?per_page=1&page=2"))
        .await
        .json();
    assert_eq!(page["data"][0]["email"], "bob@school.example");
    assert_eq!(page["meta"]["total"], 2);
    let member = format!("{members}/{}", people[0]);
    assert_eq!(
        platform.send("DELETE", &member, json!(null)).await.status,
        204
    );
    assert_eq!(
        platform.send("DELETE", &member, json!(null)).await.status,
        404
    );
    let list = platform.get(&format!("/lists/{list}")).await.data();
    assert_eq!(list["members_count"], 1);
    platform.stop().await;
}

#[tokio::test]
async fn an_edited_paid_order_follows_a_copy_of_its_offer() {
    let platform = Platform::new().await;
    let offer = platform.offer("Autumn").await;
    let contact = platform
        .make("/contacts", json!({ "email": "a@b.example" }))
        .await;
    let order = json!({
        "contact_id": contact["id"], "offer_id": offer["id"], "paid_status": "paid",
    });
    let order = format!("/orders/{}", platform.make("/orders", order).await["id"]);
    let edit = async |amount: &str| {
        let patch = json!({ "price": { "amount": amount } });
        platform.send("PATCH", &order, patch).await.data()
    };
    let edited = edit("400").await;
    assert_ne!(edited["offer_id"], offer["id"]);
    let copy = platform
        .get(&format!("/offers/{}", edited["offer_id"]))
        .await
        .data();
    assert_eq!(copy["title"], "Copy system Autumn");
    assert_eq!(
        (&copy["price"]["amount"], &copy["clients_count"]),
        (&json!("400.00"), &json!(1))
    );
    let original = platform
        .get(&format!("/offers/{}", offer["id"]))
        .await
        .data();
    let found = (&original["price"], &original["clients_count"]);
    assert_eq!(found, (&offer["price"], &json!(0)));
    assert_eq!(edit("300").await["offer_id"], copy["id"]);
    assert_eq!(platform.get("/offers").await.json()["meta"]["total"], 2);
    platform.stop().await;
}
