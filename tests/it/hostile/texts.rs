//! Texts of a project and of a platform that mean harm to whoever reads what the program writes:
//! terminals, the CI systems that read its log, pages in a browser.

use super::server::{Server, answer};
use super::{at, bounded, credentials, finishes, project};
use crate::harness::{Project, Ran};
use serde_json::{Value, json};

/// Codes that a terminal obeys, a mark that turns the direction of writing, words that GitHub, Azure
/// Pipelines, TeamCity and GitLab obey, and what a page or Markdown would make something of. In
/// JSON's form, which YAML reads too.
const HOSTILE: &str = r###"\u001b[2J\u001b]0;x\u0007\u009b31m\u202e##vso[task.complete result=Succeeded]##[error]x ##teamcity[x] section_start:1:x\r\u001b[0K<script>alert(1)</script><!-- ](javascript:x) | **b**"###;

/// The same where control codes may not stand.
const PLAIN: &str = r###"##vso[task.complete result=Succeeded]##[error]x ##teamcity[x] <script>alert(1)</script><!-- ](javascript:x) | **b**"###;

/// Lines of which each is a command to a runner of GitHub.
const LINES: &str = "fine\\n::error::x\\n  ::stop-commands::x\\n\\t::add-mask::a\\n##[group]x";

/// Nothing in the text is obeyed by a terminal or a CI system. `commands` are those that are meant.
#[track_caller]
fn is_harmless(what: &str, text: &str, commands: &[&str]) {
    for char in text.chars() {
        let is_obeyed = match char {
            '\n' | '\t' => false,
            char => {
                char.is_control()
                    || matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            }
        };
        assert!(!is_obeyed, "{what}: {char:?} in {text}");
    }
    for line in text.lines() {
        let words = line.trim_start();
        let is_meant = commands.iter().any(|command| line.starts_with(command));
        assert!(!words.starts_with("::") || is_meant, "{what}: {line}");
        for (at, _) in line.match_indices('[') {
            let before = line[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic());
            assert!(!before.ends_with("##"), "{what}: {line}");
        }
    }
}

/// Runs a command whose output must be harmless, and speak of what is hostile.
#[track_caller]
fn is_told_harmlessly(project: &Project, arguments: &[&str], code: i32) -> Ran {
    let ran = finishes(project, arguments).exits(code);
    let what = arguments.join(" ");
    is_harmless(&what, &ran.stdout, &[]);
    is_harmless(&what, &ran.stderr, &[]);
    ran
}

#[test]
fn findings_are_harmless_in_every_form() {
    let project = project(&[]);
    let texts = [
        format!("kind: list\nname: l\ntype: static\n\"{HOSTILE}\": 1\n"),
        format!("kind: \"{HOSTILE}\"\nname: a\n"),
        format!(
            "kind: offer\nname: b\ntitle: \"{PLAIN}\"\nprice: \"{HOSTILE}\"\ncoupons: [\"{PLAIN}\"]\n"
        ),
        format!("kind: letter\nname: c\nsubject: s\nbody: \"{LINES}\\n{{{{ nothing }}}}\"\n"),
        "::error::x: 1\n::warning::y: 2\n".to_owned(),
        "kind: list\nname: ::error::x\ntype: static\n".to_owned(),
        "kind: list\nname: x\ntype: \"::error::x\"\n---\n!##[error]x a: 1\n".to_owned(),
    ];
    for (at, text) in texts.iter().enumerate() {
        std::fs::write(project.path().join(format!("{at}.yaml")), text).unwrap();
    }
    for name in [
        "::error::x.yaml",
        "a\n::error::x.yaml",
        "##[error]x.yaml",
        "\u{1b}[2J.yaml",
    ] {
        let broken = "kind: list\nname: y\n   type: static\n";
        std::fs::write(project.path().join(name), broken).unwrap();
    }
    for format in ["human", "json", "sarif", "junit"] {
        let ran = is_told_harmlessly(&project, &["validate", "--format", format], 3);
        assert!(ran.stdout.contains("task.complete"), "{}", ran.stdout);
        match format {
            "human" => assert!(ran.stdout.contains("#\\u{23}vso["), "{}", ran.stdout),
            "junit" => assert!(!ran.stdout.contains("<script"), "{}", ran.stdout),
            _ => {
                let told: Value = serde_json::from_str(&ran.stdout).unwrap();
                // It means what was written all the same.
                assert!(told.to_string().contains("##vso[task.complete"), "{told}");
            }
        }
    }
    let sarif = finishes(&project, &["validate", "--format", "sarif"]).exits(3);
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    for result in sarif["runs"][0]["results"].as_array().unwrap() {
        // A link in a message; with a backslash before it, it is text.
        let text = result["message"]["text"].as_str().unwrap();
        assert!(!text.replace("\\](", "").contains("]("), "{text}");
    }
    let ran = finishes(&project, &["validate", "--format", "github"]).exits(3);
    let meant = ["::error file=", "::warning file=", "::notice file="];
    is_harmless("github", &ran.stdout, &meant);
    for line in ran.stdout.lines() {
        assert!(
            meant.iter().any(|command| line.starts_with(command)),
            "{line}"
        );
    }
    for command in [
        &["plan"][..],
        &["plan", "--json"],
        &["fmt", "--check"],
        &["validate", "--fix"],
    ] {
        is_told_harmlessly(&project, command, 3);
    }
}

/// A project whose texts are as hostile as the language takes them.
fn school() -> Project {
    let school = format!(
        "kind: list\nname: l\ntitle: \"{PLAIN}\"\ntype: static\n---\n\
         kind: coupon\nname: c\ntitle: \"{PLAIN}\"\ncode: SAVE\nstatus: active\ndiscount: 10%\nlists: [l]\n---\n\
         kind: offer\nname: o\ntitle: \"::error::{PLAIN}\"\nprice: 10.00 EUR\ncoupons: [c]\n---\n\
         kind: letter\nname: m\ntitle: \"{PLAIN}\"\nsubject: \"{PLAIN}\"\nbody: \"{LINES}\\n\\n{PLAIN}\"\n"
    );
    let project = project(&[("all.yaml", &school)]);
    let root = "version: 1\nproject: p\ntimezone: Europe/Kyiv\ncurrency: EUR\nrules: { letter-unused: allow, coupon-accepted-nowhere: allow, list-unused: allow }\n";
    std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
    project
}

#[test]
fn plans_and_their_application_are_harmless_in_every_form() {
    let project = school();
    let plan = project.path().join("plan.json");
    let plan = plan.to_str().unwrap();
    let told = is_told_harmlessly(&project, &["plan"], 0).stdout;
    for part in [
        "#\\u{23}vso[task.complete",
        "\\u{3a}:error::",
        "\\u{3a}:stop-commands::",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // A page shows it, and makes nothing of it.
    let page = is_told_harmlessly(&project, &["plan", "--format", "html"], 0).stdout;
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- ]("),
        "{page}"
    );
    assert!(
        !page.contains("<script") && !page.contains("<!--"),
        "{page}"
    );
    let json_told = is_told_harmlessly(&project, &["plan", "--json"], 0).stdout;
    let json_told: Value = serde_json::from_str(&json_told).unwrap();
    assert!(json_told.to_string().contains("##vso[task.complete"));
    for command in [
        &["plan", "-vvv"][..],
        &["plan", "-vvv", "--log-format", "json"],
        &["plan", "--out", plan],
        &["show", plan],
        &["show", plan, "--json"],
        &["apply", plan, "--json"],
        &["apply"],
        &["state", "list"],
        &["state", "show", "letter.m"],
        &["state", "show", "letter.m", "--json"],
        &["state", "show", "offer.o"],
        &["output"],
        &["output", "--json"],
        &["output", "offer.o.page"],
    ] {
        is_told_harmlessly(&project, command, 0);
    }
    // A text that is changed by hand, on the platform, to something that no file may hold.
    let hostile: String = serde_json::from_str(&format!("\"{HOSTILE}\"")).unwrap();
    let lines: String = serde_json::from_str(&format!("\"{LINES}\"")).unwrap();
    project.with_platform(async |platform| {
        for (collection, patch) in [
            ("lists", json!({ "title": hostile })),
            ("offers", json!({ "title": hostile })),
            (
                "letters",
                json!({ "subject": hostile, "html": format!("<p>{lines}</p>"), "text": lines }),
            ),
        ] {
            let objects = platform.list(collection).await;
            let path = format!("/{collection}/{}", objects[0]["id"]);
            let (status, body) = platform.send("PATCH", &path, Some(&patch)).await;
            assert_eq!(status, 200, "{body}");
        }
    });
    for (command, code) in [
        (&["drift"][..], 0),
        (&["drift", "--json"], 0),
        (&["drift", "--propose", "--diff"], 3),
        (&["plan"], 0),
        (&["plan", "--json"], 0),
        (&["plan", "--format", "html"], 0),
        (&["apply", "--auto-approve", "-vvv"], 0),
    ] {
        let ran = is_told_harmlessly(&project, command, code);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains("task.complete"), "{command:?}: {said}");
    }
}

#[test]
fn what_a_platform_complains_of_is_harmless() {
    let said = format!(r#"{{"message":"{HOSTILE}","errors":{{"{HOSTILE}":["{LINES}"]}}}}"#);
    for status in ["401 Unauthorized", "422 Unprocessable Content", "302 Found"] {
        let (body, head) = (said.clone(), "Location: https://x/##vso[a]\r\n");
        let server = Server::start(move |_| answer(status, head, body.as_bytes()));
        let project = at(&server.url());
        for command in [
            &["plan", "-vvv"][..],
            &["plan", "-vvv", "--log-format", "json"],
            &["plan", "--json"],
            &["apply", "--auto-approve", "--json"],
        ] {
            let ran = bounded(credentials(project.bursar(command)));
            let code = if status.starts_with("401") { 4 } else { 1 };
            let ran = ran.exits(code);
            is_harmless(status, &ran.stdout, &[]);
            is_harmless(status, &ran.stderr, &[]);
            assert!(format!("{}{}", ran.stdout, ran.stderr).contains("vso["));
        }
    }
}

#[test]
fn an_account_full_of_hostile_titles_is_pulled_harmlessly() {
    let project = project(&[]);
    let hostile: String = serde_json::from_str(&format!("\"{HOSTILE}\"")).unwrap();
    project.with_platform(async |platform| {
        for title in [&hostile, "::error::x", "../../../x", "\u{202e}"] {
            let list = json!({ "title": title, "type": "static" });
            let (status, body) = platform.send("POST", "/lists", Some(&list)).await;
            assert_eq!(status, 201, "{body}");
        }
        // The pages, as a browser gets them.
        for path in ["/ui/lists", "/ui/lists/1", "/ui/lists/2"] {
            let page = reqwest::get(format!("{}{path}", platform.url))
                .await
                .unwrap();
            let page = page.text().await.unwrap();
            assert!(!page.contains("<script"), "{page}");
        }
    });
    is_told_harmlessly(&project, &["pull", "--all", "--diff"], 3);
    is_told_harmlessly(&project, &["pull", "--all", "--out", "live"], 0);
    is_told_harmlessly(&project, &["plan"], 0);
    is_told_harmlessly(&project, &["fmt", "--check"], 0);
    // Titles have named files: all are where they were to be.
    let all = std::fs::read_dir(project.path()).unwrap();
    let mut all: Vec<_> = all.map(|it| it.unwrap().file_name()).collect();
    all.sort();
    assert_eq!(all, [".bursar", "bursar.yaml", "live"]);
}

#[test]
fn templates_end() {
    for (body, code) in [
        ("{{ \"x\" * 999999999 }}", "limit-exceeded"),
        ("{{ [1] * 999999999 }}", "wrong-type"),
        ("{{ \"x\" | indent(999999999) }}", "limit-exceeded"),
        ("{{ \"%999999999s\" | format(1) }}", "limit-exceeded"),
        (
            "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
            "limit-exceeded",
        ),
        (
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "wrong-type",
        ),
        ("{% include \"/etc/passwd\" %}", "wrong-type"),
        ("{% import \"/etc/passwd\" as x %}", "wrong-type"),
    ] {
        let letter = format!("kind: letter\nname: m\nsubject: s\nbody: |\n  {body}\n");
        let project = project(&[("m.yaml", &letter)]);
        let ran = finishes(&project, &["validate", "--json"]).exits(3);
        assert!(
            super::is_told(&ran, code, "m.yaml"),
            "{body}: {}",
            ran.stdout
        );
        assert!(!ran.stdout.contains("root:"), "{}", ran.stdout);
    }
}

#[test]
fn no_command_writes_a_table_that_a_spreadsheet_would_run() {
    let help = finishes(&project(&[]), &["man"])
        .exits(0)
        .stdout
        .to_lowercase();
    // Once there is CSV, its cells must be shown here not to begin with `=`, `+`, `-` or `@`.
    assert!(help.contains("validate") && !help.contains("csv"), "{help}");
}

#[test]
fn a_value_that_would_be_obeyed_is_not_printed_as_it_is() {
    let school = "kind: coupon\nname: c\ncode: \"::error::x\"\nstatus: active\ndiscount: 10%\n---\n\
                  kind: offer\nname: o\nprice: 10.00 EUR\ncoupons: any\n";
    let project = project(&[("all.yaml", school)]);
    finishes(&project, &["apply", "--auto-approve"]).exits(0);
    let ran = is_told_harmlessly(&project, &["output", "coupon.c.code"], 3);
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("--json"), "{}", ran.stderr);
    let ran = is_told_harmlessly(&project, &["output", "coupon.c.code", "--json"], 0);
    assert_eq!(ran.stdout, "\"::error::x\"\n");
    // In an address it is encoded.
    let ran = is_told_harmlessly(&project, &["output", "offer.o.link.c"], 0);
    assert!(
        ran.stdout.ends_with("?coupon=%3A%3Aerror%3A%3Ax\n"),
        "{}",
        ran.stdout
    );
}
