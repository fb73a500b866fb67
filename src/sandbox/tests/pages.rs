use super::{Answer, Platform, id};
use crate::sandbox::Options;
use crate::sandbox::resource::RESOURCES;
use serde_json::json;

async fn page(platform: &Platform, path: &str) -> Answer {
    Answer::of(platform.bare("GET", path)).await
}

#[tokio::test]
async fn every_collection_has_its_pages() {
    let platform = Platform::new().await;
    let overview = page(&platform, "/").await;
    for of in RESOURCES.iter() {
        assert!(
            overview
                .text
                .contains(&format!("href=\"/ui/{}\"", of.path()))
        );
        for path in [
            format!("/ui/{}", of.path()),
            format!("/ui/{}/new", of.path()),
        ] {
            let answer = page(&platform, &path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let policy = answer.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'"));
        }
    }
    for path in ["/ui/nothing", "/ui/offers/1"] {
        assert_eq!(page(&platform, path).await.status, 404);
    }
    platform.stop().await;
}

#[tokio::test]
async fn hostile_text_is_shown_as_text() {
    let platform = Platform::new().await;
    let hostile = "</textarea></title><script>alert('1')</script>\"'{{ 7*7 }}";
    let offer = platform.offer(hostile).await;
    let body = json!({ "title": hostile, "price": offer["price"], "extra": { hostile: hostile } });
    let path = format!("/offers/{}", offer["id"]);
    assert_eq!(platform.send("PATCH", &path, body).await.status, 200);
    for path in ["/ui/offers".to_owned(), format!("/ui{path}")] {
        let answer = page(&platform, &path).await;
        assert_eq!(answer.status, 200);
        assert!(!answer.text.contains("<script"), "{path}");
        assert!(answer.text.contains("&lt;script"), "{path}");
        assert_eq!(
            answer.text.matches("</textarea>").count(),
            answer.text.matches("<textarea").count()
        );
    }
    let sent = format!("{{\"title\":\"{hostile}");
    let refused = platform
        .form(&format!("/ui{path}"), &[("body", &sent)])
        .await;
    assert_eq!(refused.status, 400);
    assert!(!refused.text.contains("<script"));
    assert!(refused.text.contains("&lt;script"));
    platform.stop().await;
}

#[tokio::test]
async fn drift_is_made_by_hand() {
    let courses = vec![json!({ "id": 4211, "title": "Web" })];
    let platform = Platform::with(Options {
        courses,
        ..Options::default()
    })
    .await;
    let offer = platform.offer("A").await;
    let path = format!("/ui/offers/{}", offer["id"]);
    let body = r#"{ "title": "B", "price": { "amount": "5", "currency": "EUR" } }"#;
    let saved = platform.form(&path, &[("body", body)]).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, Some(&*path))
    );
    let now = platform
        .get(&format!("/offers/{}", offer["id"]))
        .await
        .data();
    assert_eq!(
        (&now["title"], &now["price"]["amount"]),
        (&json!("B"), &json!("5.00"))
    );

    let refused = platform
        .form(&path, &[("body", r#"{ "title": "" }"#)])
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.text.contains("price is required"),
        "{}",
        refused.text
    );

    let made = platform.form("/ui/offers", &[("body", body)]).await;
    assert_eq!(made.status, 303);
    let made = made.header("location").unwrap().to_owned();
    let gone = platform.form(&format!("{made}/delete"), &[]).await;
    assert_eq!(
        (gone.status, gone.header("location")),
        (303, Some("/ui/offers"))
    );
    assert_eq!(page(&platform, &made).await.status, 404);

    // People edit courses in the real platform; its API does not.
    let course = platform
        .form("/ui/courses/4211", &[("body", r#"{ "title": "Web 2" }"#)])
        .await;
    assert_eq!(course.status, 303);
    assert_eq!(platform.get("/courses/4211").await.data()["title"], "Web 2");
    platform.stop().await;
}

#[tokio::test]
async fn members_are_kept_by_hand() {
    let platform = Platform::new().await;
    let list = id(&platform
        .make("/lists", json!({ "title": "L", "type": "static" }))
        .await);
    let contact = id(&platform
        .make("/contacts", json!({ "email": "a@b.example" }))
        .await);
    let contact = contact.to_string();
    let path = format!("/ui/lists/{list}/members");
    for (action, count) in [("add", 1), ("remove", 0)] {
        let pairs = [("contact_id", &*contact), ("action", action)];
        assert_eq!(platform.form(&path, &pairs).await.status, 303);
        let found = platform.get(&format!("/lists/{list}")).await.data();
        assert_eq!(found["members_count"], count);
    }
    assert!(
        page(&platform, &format!("/ui/lists/{list}"))
            .await
            .text
            .contains("Members")
    );
    platform.stop().await;
}
