use super::{Answer, Platform, id};
use crate::model::Secret;
use crate::sandbox::http::MOST_BODY_BYTES;
use crate::sandbox::{Options, SandboxError, start};
use serde_json::{Value, json};

/// The fields that an answer complains about.
fn fields(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    assert!(body["message"].is_string());
    body["errors"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[tokio::test]
async fn credentials_are_asked_for() {
    let options = Options {
        token: Secret::new("t-1"),
        account: Secret::new("c-1"),
        ..Options::default()
    };
    let platform = Platform::with(options).await;
    let cases = [
        (Some("t-1"), Some("c-1"), 200),
        (Some("t-1"), Some("sandbox"), 401),
        (Some("sandbox"), Some("c-1"), 401),
        (Some("t-1"), None, 401),
        (None, Some("c-1"), 401),
        (None, None, 401),
    ];
    for (token, account, expected) in cases {
        let mut request = platform.bare("GET", "/offers");
        for (name, value) in [("Token", token), ("Cabinet-Hash", account)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, expected);
        if expected == 401 {
            assert_eq!(
                answer.json(),
                json!({ "message": "Unauthenticated.", "errors": {} })
            );
        }
    }
    platform.stop().await;
}

#[tokio::test]
async fn other_sites_are_kept_out() {
    let platform = Platform::new().await;
    let cases = [
        ("GET", "host", "evil.example"),
        ("POST", "origin", "https://evil.example"),
        ("POST", "origin", "null"),
        ("POST", "sec-fetch-site", "cross-site"),
    ];
    for (method, name, value) in cases {
        for path in ["/offers", "/ui/offers", "/_sandbox/reset-stats"] {
            let request = platform.request(method, path).header(name, value);
            assert_eq!(
                Answer::of(request).await.status,
                403,
                "{method} {path} {name}"
            );
        }
    }
    platform.stop().await;
}

#[tokio::test]
async fn verbs_that_do_not_exist_name_those_that_do() {
    let platform = Platform::new().await;
    let cases = [
        ("POST", "/courses", 405, "GET"),
        ("PATCH", "/courses/1", 405, "GET"),
        ("DELETE", "/courses/1", 405, "GET"),
        ("PUT", "/offers/1", 405, "GET, PATCH, DELETE"),
        ("DELETE", "/offers", 405, "GET, POST"),
        ("DELETE", "/contacts/1", 405, "GET, PATCH"),
        ("PATCH", "/lists/1/members", 405, "GET, POST"),
        ("GET", "/lists/1/members/1", 405, "DELETE"),
        ("OPTIONS", "/offers", 204, "GET, POST"),
    ];
    for (method, path, status, allow) in cases {
        let answer = platform.send(method, path, json!({})).await;
        let found = (answer.status, answer.header("allow"));
        assert_eq!(found, (status, Some(allow)), "{method} {path}");
    }
    platform.stop().await;
}

#[tokio::test]
async fn what_does_not_exist_is_404() {
    let platform = Platform::new().await;
    for path in [
        "/offers/1",
        "/offers/",
        "/offers/x",
        "/offers/-1",
        "/offers/99999999999999999999",
        "/offers/1/members",
        "/lists/1/members",
        "/nothing",
        "/offers/1/2/3",
    ] {
        let answer = platform.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(fields(&answer).is_empty());
    }
    for (method, path) in [("PATCH", "/offers/1"), ("DELETE", "/offers/1")] {
        assert_eq!(platform.send(method, path, json!({})).await.status, 404);
    }
    platform.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_objects_are_refused() {
    let platform = Platform::new().await;
    let deep = "[".repeat(100_000);
    let long = format!("{{\"title\":\"{}\"}}", "x".repeat(MOST_BODY_BYTES));
    let cases = [
        ("", 400),
        ("{", 400),
        ("nonsense", 400),
        ("{\"title\":\"\u{0}\"}", 400),
        (r#"{"title":"\ud800"}"#, 400),
        (&deep, 400),
        ("[]", 422),
        ("null", 422),
        (&long, 413),
    ];
    for (body, expected) in cases {
        let request = platform.request("POST", "/offers").body(body.to_owned());
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
        assert!(answer.json()["message"].is_string());
    }
    let not_utf8 = platform
        .request("POST", "/offers")
        .body(vec![b'"', 0xff, b'"']);
    assert_eq!(Answer::of(not_utf8).await.status, 400);
    platform.stop().await;
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let platform = Platform::new().await;
    let price = json!({ "amount": "1", "currency": "EUR" });
    let percent =
        |percent: &str| json!({ "title": "C", "code": "D", "discount": { "percent": percent } });
    let cases: [(&str, Value, &[&str]); 20] = [
        ("/offers", json!({}), &["price", "title"]),
        (
            "/offers",
            json!({ "title": "  ", "price": price }),
            &["title"],
        ),
        ("/offers", json!({ "title": 7, "price": price }), &["title"]),
        (
            "/offers",
            json!({ "title": "A", "price": "1 EUR" }),
            &["price"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": { "amount": "1.001", "currency": "EUR" } }),
            &["price"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": { "amount": "-1", "currency": "EUR" } }),
            &["price"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": price, "status": "gone" }),
            &["status"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": price, "products": [{ "course_id": 7 }] }),
            &["products.0.course_id"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": price, "products": [{}] }),
            &["products.0.course_id"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": price, "coupon_ids": [1, 2] }),
            &["coupon_ids.0", "coupon_ids.1"],
        ),
        (
            "/offers",
            json!({
                "title": "A", "price": price,
                "letters": { "purchased": { "mode": "letter", "letter_id": 3 } },
            }),
            &["letters.purchased.letter_id"],
        ),
        (
            "/offers",
            json!({ "title": "A", "price": price, "upgrade": { "from_offer_id": 1, "to_offer_id": 2 } }),
            &["upgrade.from_offer_id", "upgrade.to_offer_id"],
        ),
        ("/coupons", percent("0"), &["discount.percent"]),
        ("/coupons", percent("100.5"), &["discount.percent"]),
        ("/coupons", percent("ten"), &["discount.percent"]),
        (
            "/coupons",
            json!({ "title": "C", "code": " ", "discount": { "percent": "1" } }),
            &["code"],
        ),
        ("/contacts", json!({ "email": "nobody" }), &["email"]),
        (
            "/orders",
            json!({ "contact_id": 1, "offer_id": 2 }),
            &["contact_id", "offer_id"],
        ),
        (
            "/scenarios",
            json!({
                "title": "S",
                "triggers": [{ "when": { "paid_order": { "offer_id": 9 } }, "do": [{ "add_to_list": { "list_id": 8 } }] }],
            }),
            &[
                "triggers.0.do.0.add_to_list.list_id",
                "triggers.0.when.paid_order.offer_id",
            ],
        ),
        (
            "/lists",
            json!({ "title": "L", "type": "segment", "where": { "not": { "bought": { "offer_id": 9 } } } }),
            &["where.not.bought.offer_id"],
        ),
    ];
    for (path, body, expected) in cases {
        let answer = platform.send("POST", path, body.clone()).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(fields(&answer), expected, "{}", answer.text);
        assert_eq!(platform.get(path).await.json()["meta"]["total"], 0);
    }
    platform.stop().await;
}

#[tokio::test]
async fn a_definition_is_saved_once() {
    let platform = Platform::new().await;
    let definition = json!({ "purchases": { "at_least": 2 } });
    let list = json!({ "title": "Loyal", "type": "segment", "where": definition });
    let path = format!("/lists/{}", id(&platform.make("/lists", list).await));
    let cases: [(Value, u16, &[&str]); 6] = [
        (json!({ "title": "Very loyal" }), 200, &[]),
        (json!({ "where": definition, "type": "segment" }), 200, &[]),
        (
            json!({ "where": { "purchases": { "at_least": 3 } } }),
            422,
            &["where"],
        ),
        (
            json!({ "where": { "tag": { "name": "vip" } } }),
            422,
            &["where"],
        ),
        (json!({ "where": null }), 422, &["where"]),
        (json!({ "type": "static", "title": "No" }), 422, &["type"]),
    ];
    for (patch, status, expected) in cases {
        let answer = platform.send("PATCH", &path, patch.clone()).await;
        assert_eq!(answer.status, status, "{patch} {}", answer.text);
        if status == 422 {
            assert_eq!(fields(&answer), expected);
        }
    }
    let now = platform.get(&path).await.data();
    assert_eq!(
        (&now["title"], &now["where"]),
        (&json!("Very loyal"), &definition)
    );
    let contact = platform
        .make("/contacts", json!({ "email": "a@b.example" }))
        .await;
    let member = json!({ "contact_id": contact["id"] });
    assert_eq!(
        platform
            .send("POST", &format!("{path}/members"), member)
            .await
            .status,
        422
    );
    platform.stop().await;
}

#[tokio::test]
async fn codes_are_taken_while_coupons_work() {
    let platform = Platform::new().await;
    let coupon = |status: &str| json!({ "title": "C", "code": "COMEBACK", "status": status, "discount": { "percent": "10" } });
    let first = platform.make("/coupons", coupon("active")).await;
    let taken = platform.send("POST", "/coupons", coupon("active")).await;
    assert_eq!(
        (taken.status, fields(&taken)),
        (422, vec!["code".to_owned()])
    );
    let second = platform.make("/coupons", coupon("disabled")).await;
    let second = format!("/coupons/{}", second["id"]);
    let activate = json!({ "status": "active" });
    assert_eq!(
        platform
            .send("PATCH", &second, activate.clone())
            .await
            .status,
        422
    );
    let first = format!("/coupons/{}", first["id"]);
    let retire = json!({ "status": "disabled" });
    assert_eq!(platform.send("PATCH", &first, retire).await.status, 200);
    assert_eq!(platform.send("PATCH", &second, activate).await.status, 200);
    platform.stop().await;
}

#[tokio::test]
async fn what_is_referred_to_stays() {
    let platform = Platform::new().await;
    let coupon = json!({ "title": "Ten", "code": "TEN", "discount": { "percent": "10" } });
    let coupon = id(&platform.make("/coupons", coupon).await);
    let offer = platform
        .make(
            "/offers",
            json!({
                "title": "Web", "price": { "amount": "1", "currency": "EUR" },
                "coupon_policy": "chosen", "coupon_ids": [coupon],
            }),
        )
        .await;
    let path = format!("/coupons/{coupon}");
    let refused = platform.send("DELETE", &path, json!(null)).await;
    let expected = format!(
        "The coupon {coupon} is in use: offer {} (Web) refers to it.",
        offer["id"]
    );
    assert_eq!(
        (refused.status, refused.json()["message"].as_str().unwrap()),
        (409, &*expected)
    );
    let offer_path = format!("/offers/{}", offer["id"]);
    // Referring to oneself keeps nobody.
    let patch = json!({ "coupon_ids": [], "cross_sell_offer_ids": [offer["id"]] });
    assert_eq!(platform.send("PATCH", &offer_path, patch).await.status, 200);
    assert_eq!(
        platform.send("DELETE", &path, json!(null)).await.status,
        204
    );
    assert_eq!(
        platform
            .send("DELETE", &offer_path, json!(null))
            .await
            .status,
        204
    );
    platform.stop().await;
}

#[tokio::test]
async fn what_cannot_be_started_says_why() {
    let platform = Platform::new().await;
    let port = platform
        .running
        .url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let check = async |options: Options, expected: &str| {
        let error: SandboxError = start(options).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.hint().is_empty());
    };
    check(
        Options {
            port,
            ..Options::default()
        },
        "is in use",
    )
    .await;
    let courses = |course| Options {
        courses: vec![course],
        ..Options::default()
    };
    check(courses(json!({ "title": "No id" })), "id is required").await;
    check(courses(json!({ "id": 0, "title": "A" })), "above 0").await;
    check(
        courses(json!({ "id": 7, "modules": [] })),
        "title is required",
    )
    .await;
    platform.stop().await;
}
