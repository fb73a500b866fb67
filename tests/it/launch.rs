//! `new cohort`: the next launch of every cohort of the examples, on dates around the year and around
//! clock changes; and what belongs to a launch, by hand.

mod belongings;

use crate::harness::{Project, Ran};
use chrono::NaiveDateTime;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Starts at the same weekday and others, on a leap day, on the day of a clock change in Europe
/// (26 March 2028, 28 October 2029), and some days before one, so that the schedule goes across it.
const STARTS: [&str; 12] = [
    "2028-01-10",
    "2028-02-29",
    "2028-03-06",
    "2028-03-26",
    "2028-05-31",
    "2028-08-28",
    "2028-09-11",
    "2028-10-16",
    "2028-10-23",
    "2029-01-01",
    "2029-10-28",
    "2030-12-31",
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if path.is_dir() && name != ".bursar" {
            copy(&path, &to.join(name));
        } else if path.is_file() {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn example(name: &str) -> Project {
    let project = Project::empty();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    copy(&examples.join(name), project.path());
    project
}

/// What `bursar init` makes.
fn initial() -> Project {
    let project = Project::empty();
    let folder = project.path().to_str().unwrap().to_owned();
    project
        .run(&["--now", "2027-01-04T10:00", "init", &folder])
        .exits(0);
    project
}

/// A project of texts, by file.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    for (name, text) in files {
        let path = project.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    project
}

fn next(project: &Project, from: &str, starts: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["new", "cohort", "--from", from, "--starts", starts];
    arguments.extend(more);
    project.run(&arguments)
}

/// Writes the next cohort, and gives what is told.
fn told(project: &Project, from: &str, starts: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["--json", "--launch", "schedule-only"];
    if more.contains(&"--launch") {
        arguments.truncate(1);
    }
    arguments.extend(more);
    let ran = next(project, from, starts, &arguments).exits(0);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn field<'a>(value: &'a Value, key: &str) -> &'a str {
    assert!(value[key].is_string(), "{key}: {value}");
    value[key].as_str().unwrap_or_default()
}

/// `old → new`, of a list of the told document.
fn pairs(told: &Value, list: &str) -> Vec<String> {
    let list = told[list].as_array().unwrap();
    list.iter()
        .map(|pair| format!("{} → {}", field(pair, "old"), field(pair, "new")))
        .collect()
}

/// The topics and places of what is left to decide.
fn topics(told: &Value) -> Vec<String> {
    let list = told["decisions"].as_array().unwrap();
    list.iter()
        .map(|decision| {
            let path = decision["path"].as_str().unwrap_or("");
            format!(
                "{} {} {path}",
                field(decision, "topic"),
                field(decision, "address")
            )
        })
        .collect()
}

fn tests_of(project: &Project) -> usize {
    let ran = project.run(&["test", "--json"]).exits(0);
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    told["environments"][0]["tests"].as_array().unwrap().len()
}

fn local(text: &str) -> NaiveDateTime {
    let text = text.get(..16).unwrap_or(text);
    let whole = if text.len() == 10 {
        format!("{text}T00:00")
    } else {
        text.to_owned()
    };
    NaiveDateTime::parse_from_str(&whole, "%Y-%m-%dT%H:%M").unwrap()
}

/// One launch after another: valid, tested, laid out, and never written over.
fn launches(make: impl Fn() -> Project, from: &str) {
    let (before, own) = {
        let project = make();
        let told = told(&project, from, "2031-01-01", &["--dry-run"]);
        let renamed = pairs(&told, "renamed");
        let own = renamed
            .iter()
            .filter(|pair| pair.starts_with("test."))
            .count();
        (tests_of(&project), own)
    };
    for starts in STARTS {
        let project = make();
        let told = told(&project, from, starts, &[]);
        project.run(&["validate"]).exits(0);
        assert_eq!(tests_of(&project), before + own, "{from} {starts}");
        project.run(&["fmt", "--check"]).exits(0);
        let days = told["days"].as_i64().unwrap();
        let moved = (local(starts).date() - local(field(&told, "started")).date()).num_days();
        assert_eq!(days, moved, "{from} {starts}");
        for change in told["dates"].as_array().unwrap() {
            let (old, new) = (local(field(change, "old")), local(field(change, "new")));
            // Those of schedules and tests follow from the schedule.
            if ["offer.", "coupon."]
                .iter()
                .any(|kind| field(change, "address").starts_with(kind))
            {
                assert_eq!((new - old).num_days(), days, "{from} {starts} {change}");
            }
            // Where a pause is gone, a test may have less room between two openings.
            if !field(change, "address").starts_with("test.") {
                assert_eq!(old.time(), new.time(), "{from} {starts} {change}");
            }
        }
        let left = topics(&told);
        assert!(
            !left
                .iter()
                .any(|it| it.starts_with("broken-test") || it.starts_with("left")),
            "{from} {starts} {left:?}"
        );
        let file = field(&told, "file");
        let text = fs::read_to_string(file).unwrap();
        assert_eq!(text, field(&told, "text"));
        let again = next(&project, from, starts, &["--launch", "schedule-only"]).exits(3);
        assert!(again.stderr.contains("exists already"), "{}", again.stderr);
        assert!(again.stderr.contains("--name"), "{}", again.stderr);
        let other = ["--launch", "schedule-only", "--name", "other", "--out"];
        let relative = Path::new(file).strip_prefix(project.path()).unwrap();
        let mut other = other.to_vec();
        other.push(relative.to_str().unwrap());
        let again = next(&project, from, starts, &other).exits(3);
        assert!(again.stderr.contains("--out"), "{}", again.stderr);
        assert_eq!(fs::read_to_string(file).unwrap(), text);
    }
}

#[test]
fn spring_is_launched_twelve_times() {
    launches(|| example("cohort-launch"), "portrait-2027-printemps");
}

#[test]
fn autumn_is_launched_twelve_times() {
    launches(|| example("cohort-launch"), "portrait-2027-automne");
}

#[test]
fn the_first_project_is_launched_twelve_times() {
    // Eight weeks after Monday, 4 January 2027.
    launches(initial, "web-dev-2027-03");
}

#[test]
fn a_pause_comes_every_year_and_what_is_behind_it_keeps_its_place() {
    let project = example("cohort-launch");
    let from = "portrait-2027-automne";
    // 364 days: 52 weeks. The slots are 11, 18, 25 September, 2, 9, 16 October; 23, 30 October and
    // 6 November lie in the pause; 13 and 20 November. The eighth was 15 November 2027: 371 days.
    let autumn = told(&project, from, "2028-09-11", &["--dry-run"]);
    let text = field(&autumn, "text");
    assert!(
        text.contains("skip: [{ from: 2028-10-23, to: 2028-11-07 }]"),
        "{text}"
    );
    assert!(
        text.contains("seance: { opens: 2028-10-14T14:00 }"),
        "{text}"
    );
    assert!(
        text.contains("opens: 2028-11-24T18:00 # la revue"),
        "{text}"
    );
    assert!(
        text.contains("portrait/retouche/peau: 2028-11-13T10:00"),
        "{text}"
    );
    assert!(text.contains("name: portrait-2028-automne\n"), "{text}");
    // 175 days: 25 weeks. Nothing is skipped: the eighth slot is 24 April 2028, 161 days later.
    let spring = told(&project, from, "2028-03-06", &["--dry-run"]);
    let text = field(&spring, "text");
    assert!(text.contains("every: { period: 7d }"), "{text}");
    assert!(
        text.contains("seance: { opens: 2028-04-08T14:00 }"),
        "{text}"
    );
    assert!(
        text.contains("opens: 2028-04-28T18:00 # la revue"),
        "{text}"
    );
    assert!(
        text.contains("portrait/retouche/peau: 2028-04-17T10:00"),
        "{text}"
    );
    assert!(
        text.contains("valid_until: 2028-02-22 # ce jour compris"),
        "{text}"
    );
    assert!(
        text.contains("title: Portrait, printemps 2028, Essentiel"),
        "{text}"
    );
    assert!(
        text.contains("`coupons: [rentree-10-2028-printemps]`"),
        "{text}"
    );
    assert!(!text.contains("\nlike:"), "{text}");
    assert!(field(&spring, "file").ends_with("/printemps-2028/portrait-2028-printemps.yaml"));
    let left = topics(&spring);
    for expected in [
        "price offer.portrait-2028-printemps-complet price",
        "promotion offer.portrait-2028-printemps-complet promotion",
        "code coupon.rentree-10-2028-printemps code",
        "pause cohort.portrait-2028-printemps schedule.every",
        "month-end coupon.rentree-10-2028-printemps valid_until",
        "text letter.merci-printemps-2028 subject",
        "text letter.merci-printemps-2028 body",
        "excuse cohort.portrait-2028-printemps allow[0]",
    ] {
        assert!(
            left.iter().any(|it| it == expected),
            "{expected}: {left:#?}"
        );
    }
    // Mondays stay Mondays.
    assert!(
        !left.iter().any(|it| it.starts_with("weekday")),
        "{left:#?}"
    );
    assert!(!project.path().join("printemps-2028").exists());
}

#[test]
fn a_test_keeps_its_place_before_the_end_of_access() {
    let project = example("cohort-launch");
    // 196 days after 1 March 2027. Who buys on 13 September 2027 for six months has access to 13 March
    // 2028, 182 days; from 1 March it was 184.
    let more = ["--dry-run", "--name", "portrait-rentree"];
    let told = told(&project, "portrait-2027-printemps", "2027-09-13", &more);
    let text = field(&told, "text");
    for expected in [
        "ines: { bought: [{ offer: portrait-rentree-complet, at: 2027-09-13T12:00 }] }",
        "- at: 2028-03-12T12:00 # six mois moins un jour",
        "- at: 2028-03-14T12:00\n",
        // Relative to each one's access, 196 days later.
        "portrait/lumiere/fenetre: 2027-09-20T09:00 # copi",
        "portrait/retouche/peau: 2027-10-28T09:00\n",
        "portrait/portfolio/revue: 2027-11-12T18:00\n",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}

#[test]
fn a_course_that_is_edited_is_told_about() {
    let project = example("cohort-launch");
    // Premium access ends twelve months after the last day of sale, 14 March 2027.
    let edited = ["--launch", "course-edited"];
    let early = told(
        &project,
        "portrait-2027-printemps",
        "2028-03-06",
        &[&edited[..], &["--dry-run"]].concat(),
    );
    let told_of = early["consequences"].to_string();
    assert!(told_of.contains("reaches to 2028-03-15 00:00"), "{told_of}");
    let late = told(
        &project,
        "portrait-2027-printemps",
        "2028-04-03",
        &[&edited[..], &["--dry-run"]].concat(),
    );
    let told_of = late["consequences"].to_string();
    assert!(
        told_of.contains("ends 2028-03-15 00:00, before the start"),
        "{told_of}"
    );
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_written() {
    let project = example("cohort-launch");
    let from = "portrait-2027-printemps";
    let only = ["--launch", "schedule-only"];
    let with = |more: &[&'static str]| [&only[..], more].concat();
    let cases: [(&str, &str, Vec<&str>, i32, &str); 10] = [
        (from, "2028-03-06", vec![], 10, "--launch"),
        (
            "portrait-2027-printemp",
            "2028-03-06",
            only.to_vec(),
            3,
            "did you mean `portrait-2027-printemps`?",
        ),
        (
            "portrait-2027-printemp",
            "2028-03-06",
            vec![],
            3,
            "did you mean",
        ),
        (from, "soon", only.to_vec(), 3, "--starts"),
        (from, "2027-09-13", only.to_vec(), 3, "exists already"),
        (
            from,
            "2028-03-06",
            with(&["--name", "No Name"]),
            3,
            "--name",
        ),
        (
            from,
            "2028-03-06",
            with(&["--out", "../next.yaml"]),
            3,
            "inside of the project",
        ),
        (
            from,
            "2028-03-06",
            with(&["--out", "next.txt"]),
            3,
            "would not be read",
        ),
        (
            from,
            "2028-03-06",
            with(&["--out", "people.yaml"]),
            3,
            "exists already",
        ),
        (
            from,
            "2028-03-06",
            with(&["--course", "portrait"]),
            3,
            "--course",
        ),
    ];
    for (from, starts, more, code, expected) in cases {
        let ran = next(&project, from, starts, &more).exits(code);
        assert!(ran.stderr.contains(expected), "{more:?}\n{}", ran.stderr);
    }
    // Lessons that the copy lacks.
    let program =
        "kind: course\nname: short\nid: 9\ncopy_of: portrait\nmodules: [{ id: 1, name: bases }]\n";
    fs::write(project.path().join("short.yaml"), program).unwrap();
    let copy = ["--launch", "course-copy", "--course", "short"];
    let ran = next(&project, from, "2028-03-06", &copy).exits(3);
    assert!(ran.stdout.contains("unknown-reference"), "{}", ran.stdout);
    assert!(ran.stderr.contains("nothing was written"), "{}", ran.stderr);
    // A project with errors.
    fs::write(project.path().join("wrong.yaml"), "kind: offr\nname: a\n").unwrap();
    let ran = next(&project, from, "2028-03-06", &only).exits(3);
    assert!(ran.stdout.contains("unknown-kind"), "{}", ran.stdout);
    assert!(!project.path().join("printemps-2028").exists());
}

#[test]
fn a_preview_writes_nothing() {
    let project = example("cohort-launch");
    let from = "portrait-2027-automne";
    let only = ["--launch", "schedule-only"];
    let shown = next(
        &project,
        from,
        "2028-03-06",
        &[&only[..], &["--dry-run"]].concat(),
    )
    .exits(0);
    assert!(
        shown
            .stdout
            .starts_with("# The launch after cohort.portrait-2027-automne"),
        "{}",
        shown.stdout
    );
    assert!(
        shown.stderr.contains("Nothing was written."),
        "{}",
        shown.stderr
    );
    let diff = next(
        &project,
        from,
        "2028-03-06",
        &[&only[..], &["--diff"]].concat(),
    )
    .exits(0);
    for line in [
        "-starts: 2027-09-13T10:00\n",
        "+starts: 2028-03-06T10:00\n",
        " course: portrait\n",
    ] {
        assert!(diff.stdout.contains(line), "{line}\n{}", diff.stdout);
    }
    assert!(!project.path().join("printemps-2028").exists());
    let written = next(&project, from, "2028-03-06", &only).exits(0);
    assert!(written.stdout.contains("Wrote "), "{}", written.stdout);
    assert!(
        written.stdout.contains("schedule-only:"),
        "{}",
        written.stdout
    );
}

#[test]
fn a_generated_school_launches_everything_again() {
    // Twenty cohorts with offers, coupons, lists, letters, scenarios and tests between them.
    let project = Project::generated(290, 7);
    let mut dates = fastrand::Rng::with_seed(7);
    let mut launched = 0;
    for cohort in cohorts_of(project.path()) {
        let starts = format!(
            "20{}-{:02}-{:02}",
            dates.u32(28..40),
            dates.u32(1..=12),
            dates.u32(1..=28)
        );
        let told = told(&project, &cohort, &starts, &[]);
        let renamed = pairs(&told, "renamed");
        assert!(
            renamed
                .iter()
                .filter(|pair| pair.starts_with("offer."))
                .count()
                > 0,
            "{renamed:?}"
        );
        launched += 1;
    }
    assert_eq!(launched, 20);
    project.run(&["validate"]).exits(0);
    project.run(&["fmt", "--check"]).exits(0);
}

/// The names of the cohorts below a folder.
fn cohorts_of(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(cohorts_of(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap_or_default();
        let cohorts = text
            .split("---\n")
            .filter(|it| it.starts_with("kind: cohort\n"));
        let names = cohorts.filter_map(|it| it.lines().nth(1)?.strip_prefix("name: "));
        out.extend(names.map(str::to_owned));
    }
    out.sort();
    out
}

#[test]
fn far_dates_are_refused_and_break_nothing() {
    let project = example("cohort-launch");
    let only = ["--launch", "schedule-only"];
    // Access would end in the year 9999, which cannot be written.
    let ran = next(&project, "portrait-2027-automne", "9998-12-01", &only).exits(3);
    assert!(ran.stderr.contains("nothing was written"), "{}", ran.stderr);
    let ran = next(&project, "portrait-2027-automne", "9999-01-01", &only).exits(3);
    assert!(ran.stderr.contains("--starts"), "{}", ran.stderr);
    let more = ["--dry-run", "--launch", "schedule-only"];
    next(&project, "portrait-2027-automne", "1000-12-01", &more).exits(0);
}
