use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn naming(name: &str, old: &str, new: &str) -> Naming {
    Naming::new(name, day(old), day(new), None, None)
}

#[test]
fn the_next_cohort_is_called_after_the_pattern_of_the_last() {
    let cases = [
        (
            "web-dev-2026-09",
            "2026-09-07",
            "2027-01-11",
            "web-dev-2027-01",
        ),
        (
            "web-dev-2026-09",
            "2026-09-07",
            "2026-09-21",
            "web-dev-2026-09-21",
        ),
        (
            "portrait-2027-automne",
            "2027-09-13",
            "2027-11-08",
            "portrait-2027-automne-11-08",
        ),
        (
            "web-dev-2026-09-07",
            "2026-09-07",
            "2027-01-11",
            "web-dev-2027-01-11",
        ),
        ("09-2026-web", "2026-09-07", "2027-01-11", "01-2027-web"),
        (
            "portrait-2027-printemps",
            "2027-03-01",
            "2027-09-13",
            "portrait-2027-automne",
        ),
        (
            "portrait-2027-automne",
            "2027-09-13",
            "2028-03-06",
            "portrait-2028-printemps",
        ),
        (
            "portrait-automne-2027",
            "2027-09-13",
            "2028-01-10",
            "portrait-hiver-2028",
        ),
        // The school's own autumn begins in August, next year too.
        ("a-2027-autumn", "2027-08-30", "2028-08-28", "a-2028-autumn"),
        ("a-2027-fall", "2027-09-06", "2028-06-05", "a-2028-summer"),
        (
            "a-september-2026",
            "2026-09-07",
            "2027-02-01",
            "a-february-2027",
        ),
        ("a-2026-q3", "2026-09-07", "2027-02-01", "a-2027-q1"),
        ("a-2026", "2026-09-07", "2027-02-01", "a-2027"),
        ("photo-3", "2026-09-07", "2027-02-01", "photo-4"),
        ("photo", "2026-09-07", "2027-02-01", "photo-2027-02"),
    ];
    for (old, from, to, expected) in cases {
        assert_eq!(naming(old, from, to).cohort(), expected, "{old} {to}");
    }
}

#[test]
fn what_belongs_to_it_is_called_alike() {
    let autumn = naming("portrait-2027-automne", "2027-09-13", "2028-03-06");
    let check = |old: &str, expected: &str| {
        assert_eq!(autumn.name(old, &|_| true), expected, "{old}");
    };
    check(
        "portrait-2027-automne-complet",
        "portrait-2028-printemps-complet",
    );
    check("merci-automne-2027", "merci-printemps-2028");
    check("prix-de-l-automne", "prix-de-l-printemps-2028");
    check("rentree-10", "rentree-10-2028-printemps");
    let only = |taken: &'static str| move |name: &str| name != taken;
    assert_eq!(
        autumn.name("rentree-10", &only("rentree-10-2028-printemps")),
        "rentree-10-2028-printemps-2"
    );
    // Next year's autumn: a name with the season alone would be the old one.
    let next = naming("portrait-2027-automne", "2027-09-13", "2028-09-11");
    assert_eq!(
        next.name("prix-de-l-automne", &|_| true),
        "prix-de-l-automne-2028"
    );
    let long = "a".repeat(63);
    let name = autumn.name(&long, &|_| true);
    assert!(
        Name::check(&name).is_ok() && name.ends_with("-2028-printemps"),
        "{name}"
    );
    let month = naming("web-dev-2026-09", "2026-09-07", "2027-01-11");
    assert_eq!(
        month.name("unpaid-web-dev", &|_| true),
        "unpaid-web-dev-2027-01"
    );
    assert_eq!(month.name("web-dev-2026-09", &|_| true), "web-dev-2027-01");
    // Another launch's month is not this one's.
    assert_eq!(
        month.name("after-2026-04", &|_| true),
        "after-2026-04-2027-01"
    );
}

#[test]
fn titles_and_codes_say_the_launch() {
    let autumn = naming("portrait-2027-automne", "2027-09-13", "2028-03-06");
    let cases = [
        (
            "Portrait, automne 2027, Complet",
            "Portrait, printemps 2028, Complet",
        ),
        ("\"Automne 2027\"", "\"Printemps 2028\""),
        ("'Rentrée, 10 %'", "'Rentrée, 10 % (printemps 2028)'"),
        ("Rentrée, 10 %", "Rentrée, 10 % (printemps 2028)"),
        ("Portrait (septembre 2027)", "Portrait (mars 2028)"),
        ("AUTOMNE 2027", "PRINTEMPS 2028"),
    ];
    for (old, expected) in cases {
        assert_eq!(autumn.title(old, &|_| true), expected, "{old}");
    }
    let taken = |title: &str| title != "Portrait, printemps 2028";
    assert_eq!(
        autumn.title("Portrait, automne 2027", &taken),
        "Portrait, automne 2027 (printemps 2028)"
    );
    assert_eq!(autumn.code("RENTREE10", &|_| true), "RENTREE10-2803");
    assert_eq!(autumn.code("RENTREE-2027", &|_| true), "RENTREE-2028");
    assert_eq!(
        autumn.code("RENTREE10", &|code| code != "RENTREE10-2803"),
        "RENTREE10-2803-2"
    );
    let month = naming("web-dev-2026-09", "2026-09-07", "2027-01-11");
    assert_eq!(
        month.title("Web Development, September 2026${suffix}", &|_| true),
        "Web Development, January 2027${suffix}"
    );
    assert_eq!(month.title("Come back", &|_| true), "Come back (2027-01)");
}

#[test]
fn folders_are_renamed_where_they_speak_of_the_launch() {
    let spring = naming("portrait-2027-printemps", "2027-03-01", "2027-09-13");
    assert_eq!(spring.folder("printemps-2027"), "automne-2027");
    assert_eq!(spring.folder("cours"), "cours");
}

proptest! {
    /// Any name and title give a name that is one, and a title that is another.
    #[test]
    fn every_name_and_title_has_a_next(
        cohort in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
        name in "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|[a-z]{1,8}-(2026|2027)-(0[1-9]|1[0-2]|autumn|q3)|ete-2026",
        title in "\\PC{0,40}|[\"']?(Autumn|été|Сентябрь|2026|[.,/ -]){0,6}[\"']?",
        days in -4_000i64..4_000,
    ) {
        let old = day("2026-09-07");
        let new = old + chrono::TimeDelta::days(days);
        let naming = Naming::new(&cohort, old, new, None, None);
        prop_assert!(naming.cohort() != cohort);
        let next = naming.name(&name, &|_| true);
        prop_assert!(Name::check(&next).is_ok() && next != name, "{next}");
        let taken = |free: &str| free != unquoted(&title);
        let other = naming.title(&title, &taken);
        prop_assert!(unquoted(&other) != unquoted(&title), "{other}");
        prop_assert!(naming.code(&title, &taken) != title);
        naming.folder(&name);
        crate::launch::mentions::lines(&title, &naming);
    }
}
