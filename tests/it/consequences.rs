//! What a plan says of people: prices, access, lessons, lists, and until when it must be applied.

use crate::harness::Project;
use serde_json::{Value, json};

/// A copy of an example, applied at an instant.
fn applied(example: &str, now: &str) -> Project {
    let project = Project::example(example);
    at(&project, now, &["apply", "--auto-approve"], 0);
    project
}

#[track_caller]
fn at(project: &Project, now: &str, arguments: &[&str], code: i32) -> String {
    let ran = project.run(&[&["--now", now], arguments].concat());
    ran.exits(code).stdout
}

#[track_caller]
fn json_at(project: &Project, now: &str, code: i32) -> Value {
    let text = at(project, now, &["plan", "--json"], code);
    serde_json::from_str(&text).unwrap()
}

#[track_caller]
fn edit(project: &Project, file: &str, from: &str, to: &str) {
    let file = project.path().join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&file, text.replace(from, to)).unwrap();
}

#[track_caller]
fn says(text: &str, lines: &[&str]) {
    for line in lines {
        let mut said = text.lines().map(str::trim);
        assert!(said.any(|said| said == *line), "`{line}` is not in\n{text}");
    }
}

/// The consequences of a code for an address: their texts.
fn of(plan: &Value, address: &str, about: &str) -> Vec<String> {
    let all = plan["consequences"]["of"].as_array();
    all.into_iter()
        .flatten()
        .filter(|one| one["address"] == address && one["about"] == about)
        .map(|one| one["text"].as_str().unwrap().to_owned())
        .collect()
}

const LAUNCH: &str = "2027-02-01T09:00:00Z";
const SUMMER: &str = "2027-06-15T10:00:00Z";
const PRICES: &str = "automne-2027/offres.yaml";
const SPRING: &str = "printemps-2027/offres.yaml";

#[test]
fn a_price_is_told_at_each_way_to_buy() {
    let project = applied("cohort-launch", LAUNCH);
    edit(&project, PRICES, "price: 520.00 EUR", "price: 540.00 EUR");
    let plan = at(&project, SUMMER, &["plan"], 0);
    // 540 - 10 % = 486; the promotion of 460 lasts until 30 June, with 10 % off it is 414.
    says(
        &plan,
        &[
            "# prices, before -> after:",
            "#   full                         520.00 EUR -> 540.00 EUR",
            "#   promotion                    460.00 EUR (stays)",
            "#   coupon RENTREE10             468.00 EUR -> 486.00 EUR",
            "#   coupon RENTREE10, promotion  414.00 EUR (stays)",
            "Must be applied before 1 July 2027 00:00 (Europe/Paris): \
             offer.portrait-2027-automne-complet: its promotion ends.",
        ],
    );
    let plan = json_at(&project, SUMMER, 0);
    let euro = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(
        plan["consequences"]["prices"][2],
        json!({
            "address": "offer.portrait-2027-automne-complet",
            "of": "offer.portrait-2027-automne-complet",
            "way": "coupon",
            "coupon": "RENTREE10",
            "before": euro("468.00"),
            "after": euro("486.00"),
        })
    );
    let deadline = &plan["consequences"]["must_be_applied_before"];
    assert_eq!(deadline["at"], "2027-06-30T22:00:00.000000Z");
    // Four kinds, a page each: counts of people cost nothing more.
    assert_eq!(plan["requests"], json!({ "read": 4, "write": 1 }));
}

#[test]
fn a_coupon_is_told_at_every_offer_that_takes_it() {
    let project = applied("cohort-launch", LAUNCH);
    edit(
        &project,
        "automne-2027/coupon.yaml",
        "discount: 10%",
        "discount: 20.00 EUR",
    );
    // The letter of another example names it; here no letter does.
    let plan = at(&project, SUMMER, &["plan"], 0);
    says(
        &plan,
        &[
            // 520 - 10 % and - 20; 460 - 10 % and - 20.
            "#   offer.portrait-2027-automne-complet, coupon RENTREE10             468.00 EUR -> 500.00 EUR",
            "#   offer.portrait-2027-automne-complet, coupon RENTREE10, promotion  414.00 EUR -> 440.00 EUR",
            "Must be applied before 1 September 2027 00:00 (Europe/Paris): \
             coupon.rentree-10: it ceases to work.",
        ],
    );
}

#[test]
fn unpaid_orders_keep_their_price_and_clients_what_they_bought() {
    let project = applied("cohort-launch", LAUNCH);
    edit(&project, SPRING, "price: 890.00 EUR", "price: 950.00 EUR");
    edit(&project, SPRING, "price: 490.00 EUR", "price: 480.00 EUR");
    let plan = json_at(&project, SUMMER, 0);
    let premium = "offer.portrait-2027-printemps-premium";
    let unpaid = "1 unpaid order keeps the price that it was made at";
    assert_eq!(of(&plan, premium, "unpaid_orders"), [unpaid]);
    assert_eq!(of(&plan, premium, "reach"), ["nobody has bought it yet"]);
    let kept = "2 clients have bought it; what they bought stays as it is";
    let full = "offer.portrait-2027-printemps-complet";
    assert_eq!(of(&plan, full, "kept"), [kept]);
    let reach = json!([
        { "what": "clients", "count": 0, "is_complete": true },
        { "what": "unpaid_orders", "count": 1, "is_complete": true },
    ]);
    assert_eq!(plan["consequences"]["reach"], reach);
    says(
        &at(&project, SUMMER, &["plan"], 0),
        &["Reaches: 1 unpaid order."],
    );
}

#[test]
fn access_is_shortened_only_with_its_flag() {
    let project = applied("cohort-launch", LAUNCH);
    let address = "offer.portrait-2027-printemps-complet";
    edit(
        &project,
        SPRING,
        "access: { for: 6mo }",
        "access: { for: 3mo }",
    );
    let plan = at(&project, SUMMER, &["plan"], 6);
    says(
        &plan,
        &[
            "# 2 clients follow it and have the new terms at once",
            "help: leave `access` as it is, or allow it for this plan: `--accept-shortened-access`",
            "Reaches: 3 clients.",
        ],
    );
    let refused = format!(
        "refused: {address}: access to course.portrait shortens for 2 clients: for 6mo before, for 3mo now; \
         who has had it for longer than 3mo loses it at once; the limit without a flag is 0 clients"
    );
    says(&plan, &[&refused]);
    let other = ["plan", "--accept-closed-lessons"];
    at(&project, SUMMER, &other, 6);
    at(&project, SUMMER, &["apply", "--auto-approve"], 6);

    let flag = "--accept-shortened-access";
    at(&project, SUMMER, &["plan", flag], 0);
    at(&project, SUMMER, &["apply", "--auto-approve", flag], 0);
    at(&project, SUMMER, &["plan", "--detailed-exitcode"], 0);

    // To lengthen it takes nothing from anybody.
    edit(
        &project,
        SPRING,
        "access: { for: 3mo }",
        "access: { for: 12mo }",
    );
    at(&project, SUMMER, &["apply", "--auto-approve"], 0);
}

#[test]
fn lessons_close_only_with_their_flag() {
    let project = applied("cohort-launch", LAUNCH);
    // It was open from 17 March on.
    edit(
        &project,
        "printemps-2027/cohorte.yaml",
        "opens: 2027-03-17T18:30",
        "opens: 2027-08-01T18:30",
    );
    let plan = at(&project, SUMMER, &["plan"], 6);
    let lesson = "lesson \"Questions et réponses en direct\"";
    says(
        &plan,
        &[
            &format!("# 1 lesson that is open now closes for 2 clients: {lesson}"),
            &format!("#   {lesson}: 1 August 2027 18:30, before: 17 March 2027 18:30"),
            "# an e-mail and a bell notice tell whoever has access then (2 clients now) of each opening:",
            "help: leave open what is open, or allow it for this plan: `--accept-closed-lessons`",
            "Must be applied before 1 August 2027 18:30 (Europe/Paris): \
             offer.portrait-2027-printemps-complet: a part of a course opens.",
        ],
    );
    // Two and one follow the offers; nobody follows the third, so nothing closes for anybody there.
    assert_eq!(plan.matches("refused:").count(), 2, "{plan}");
    let flag = "--accept-closed-lessons";
    at(&project, SUMMER, &["apply", "--auto-approve", flag], 0);
}

#[test]
fn lessons_that_are_not_open_yet_may_move() {
    let project = applied("cohort-launch", LAUNCH);
    edit(
        &project,
        "printemps-2027/cohorte.yaml",
        "opens: 2027-03-17T18:30",
        "opens: 2027-03-18T18:30",
    );
    let plan = at(&project, LAUNCH, &["plan"], 0);
    // The sale opens before the lesson does.
    says(
        &plan,
        &["Must be applied before 1 March 2027 10:00 (Europe/Paris): \
           offer.portrait-2027-printemps-complet: its sale opens."],
    );
}

#[test]
fn clients_on_a_private_copy_do_not_see_the_change() {
    let project = applied("cohort-launch", LAUNCH);
    project.with_platform(async |platform| {
        let offers = platform.list("offers").await;
        let title = "Portrait, printemps 2027, Complet";
        let offer = offers.iter().find(|offer| offer["title"] == title).unwrap();
        let orders = platform.list("orders").await;
        let order = orders.iter().find(|it| it["offer_id"] == offer["id"]);
        let path = format!("/orders/{}", order.unwrap()["id"]);
        let price = json!({ "price": { "amount": "400.00", "currency": "EUR" } });
        let (status, answer) = platform.send("PATCH", &path, Some(&price)).await;
        assert_eq!(status, 200, "{answer}");
    });
    edit(
        &project,
        SPRING,
        "content: all\nletters",
        "content: all\nlisted: false\nletters",
    );
    let plan = json_at(&project, SUMMER, 0);
    let address = "offer.portrait-2027-printemps-complet";
    assert_eq!(
        of(&plan, address, "copies"),
        ["1 client follows a private copy of it (\"Copy system …\") and does not see the change"]
    );
    // One of two has left for the copy.
    let kept = "1 client has bought it; what they bought stays as it is";
    assert_eq!(of(&plan, address, "kept"), [kept]);
}

#[test]
fn an_offer_on_the_same_course_says_what_earlier_cohorts_keep() {
    let project = applied("cohort-launch", LAUNCH);
    let more = "---
kind: offer
name: portrait-tardif
title: Portrait, printemps 2027, tardif
price: 100.00 EUR
sale: { opens: 2027-07-01T00:00, closes: 2027-07-02 }
products: [{ course: portrait, access: { for: 6mo }, content: all }]
";
    std::fs::write(project.path().join("tardif.yaml"), more).unwrap();
    let plan = json_at(&project, SUMMER, 0);
    assert_eq!(
        of(&plan, "offer.portrait-tardif", "earlier_cohort"),
        [
            "2 clients of offer.portrait-2027-printemps-complet on the same course keep access and dates",
            "1 client of offer.portrait-2027-printemps-essentiel on the same course keeps access and dates",
        ]
    );
    // The course's own delays count, for there is no schedule.
    let openings = of(&plan, "offer.portrait-tardif", "opening");
    let light = "module \"La lumière\", 2 lessons: 7 days after access at 09:00 (as in the course)";
    assert!(openings.iter().any(|row| row == light), "{openings:#?}");
}

#[test]
fn a_replaced_list_says_that_its_members_are_unknown() {
    let project = applied("repeat-sales", LAUNCH);
    edit(
        &project,
        "scenarii/2-dve-pokupki.yaml",
        "at_least: 2",
        "at_least: 3",
    );
    let plan = json_at(&project, SUMMER, 0);
    assert_eq!(
        of(&plan, "list.dve-pokupki", "new_list"),
        [
            "the old list has 1 list member; how many are in the new one at once is unknown until it exists, \
          and is read before anything is bound to it"
        ]
    );
    assert_eq!(
        of(&plan, "list.dve-pokupki", "entry_events"),
        [
            "whether the platform takes them for people who have entered the list now is unknown \
          (scenario.spasibo would start for them)"
        ]
    );
    let members = json!({ "what": "members", "count": 0, "is_complete": false });
    let reach = plan["consequences"]["reach"].as_array().unwrap();
    assert!(reach.contains(&members), "{reach:?}");
    let shown = at(&project, SUMMER, &["plan"], 0);
    assert!(shown.contains("list members unknown"), "{shown}");
}

#[test]
fn a_new_scenario_says_whom_it_does_not_reach() {
    let project = Project::empty();
    let write = |name: &str, text: &str| std::fs::write(project.path().join(name), text).unwrap();
    write(
        "bursar.yaml",
        "version: 1\nproject: p\ntimezone: UTC\ncurrency: EUR\nplatform: { provider: sandbox }\n",
    );
    write("list.yaml", "kind: list\nname: l\ntitle: L\ntype: static\n");
    write(
        "letter.yaml",
        "kind: letter\nname: w\ntitle: W\nsubject: Hello\nabout: {}\nbody: Hello\n",
    );
    at(&project, SUMMER, &["apply", "--auto-approve"], 0);
    project.with_platform(async |platform| {
        let list = platform.list("lists").await[0]["id"].clone();
        for number in 0..12 {
            let contact = json!({ "email": format!("c{number}@example.com") });
            let (status, contact) = platform.send("POST", "/contacts", Some(&contact)).await;
            assert_eq!(status, 201, "{contact}");
            let member = json!({ "contact_id": contact["data"]["id"] });
            let path = format!("/lists/{list}/members");
            let (status, answer) = platform.send("POST", &path, Some(&member)).await;
            assert!(status < 300, "{answer}");
        }
    });
    write(
        "scenario.yaml",
        "kind: scenario\nname: s\ntitle: S\nstatus: active\ntriggers:\n  - when: { entered_list: l }\n    do: [{ send_letter: w }]\n",
    );
    let plan = at(&project, SUMMER, &["plan"], 0);
    says(
        &plan,
        &["# 12 contacts are in list.l already and get nothing"],
    );
}

#[test]
fn counts_do_not_make_a_saved_plan_stale_but_what_they_hide_does() {
    let project = applied("cohort-launch", LAUNCH);
    let saved = project.path().join("p.json");
    let saved = saved.to_str().unwrap();
    // Nobody has bought the premium offer: to shorten its access takes nothing from anybody.
    edit(
        &project,
        SPRING,
        "access: { for: 12mo }",
        "access: { for: 9mo }",
    );
    let orders = |paid: bool, email: &str| {
        project.with_platform(async |platform| {
            let offers = platform.list("offers").await;
            let premium = "Portrait, printemps 2027, Premium avec retours personnels";
            let offer = offers.iter().find(|it| it["title"] == premium).unwrap();
            let contacts = platform.list("contacts").await;
            let contact = contacts.iter().find(|it| it["email"] == email).unwrap();
            let status = if paid { "paid" } else { "unpaid" };
            let order = json!({
                "offer_id": offer["id"], "contact_id": contact["id"], "paid_status": status,
            });
            let (status, answer) = platform.send("POST", "/orders", Some(&order)).await;
            assert_eq!(status, 201, "{answer}");
        });
    };
    at(&project, SUMMER, &["plan", "--out", saved], 0);
    // More unpaid orders: that is another number, and nothing else.
    orders(false, "noe@example.com");
    let shown = at(&project, SUMMER, &["show", saved], 0);
    assert!(shown.contains("nobody has bought it yet"), "{shown}");
    assert!(shown.contains("would still do what it says"), "{shown}");
    // Somebody has bought it meanwhile: the plan did not say that his access shortens.
    orders(true, "ines@example.com");
    let stale = project.run(&["--now", SUMMER, "apply", saved]).exits(7);
    assert!(
        stale
            .stderr
            .contains("it does not say: access to course.portrait shortens for 1 client"),
        "{}",
        stale.stderr
    );
    // One that says it is carried out, whoever buys then.
    let flag = "--accept-shortened-access";
    at(&project, SUMMER, &["plan", "--out", saved, flag], 0);
    orders(true, "tom@example.com");
    at(&project, SUMMER, &["apply", saved], 0);
}

#[test]
fn a_saved_plan_is_stale_from_the_instant_at_which_waiting_changes_its_result() {
    let project = applied("cohort-launch", LAUNCH);
    let saved = project.path().join("p.json");
    let saved = saved.to_str().unwrap();
    edit(&project, PRICES, "price: 520.00 EUR", "price: 540.00 EUR");
    let now = "2027-05-31T07:00:00Z";
    at(&project, now, &["plan", "--out", saved], 0);
    // The sale opens on 1 June at 9:00 in Paris.
    let opened = project
        .run(&["--now", "2027-06-01T07:00:00Z", "apply", saved])
        .exits(7);
    let why = "it had to be applied before 1 June 2027 09:00 (Europe/Paris): \
               offer.portrait-2027-automne-complet: its sale opens";
    assert!(opened.stderr.contains(why), "{}", opened.stderr);
    at(&project, "2027-06-01T06:59:59Z", &["apply", saved], 0);
}
