//! Projects of any size, in the natural mix of kinds, the same for the same seed.
//!
//! A *unit* is what a school writes for one course and its year: 29 documents (1 course, 2 cohorts,
//! 6 offers, 4 coupons, 4 lists, 5 letters, 4 scenarios, 1 pass, 1 pack, 1 test), ten to a file.
//! 10,000 documents are about 3 MB in 1,000 files.

use std::fmt::Write as _;
use std::path::Path;

/// A generated project.
pub struct Generated {
    /// The text of `bursar.yaml`.
    pub project: String,
    /// Paths below the project's folder, and texts.
    pub files: Vec<(String, String)>,
    /// How many documents there are, `bursar.yaml` not counted.
    pub documents: usize,
}

/// Documents of one unit.
pub const UNIT: usize = 29;
/// Documents of one file.
pub const PER_FILE: usize = 10;

/// Makes a project of `documents` documents.
pub fn generate(documents: usize, seed: u64) -> Generated {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut texts: Vec<String> = Vec::new();
    let mut unit = 0;
    while texts.len() < documents {
        texts.extend(unit_documents(unit, &mut random));
        unit += 1;
    }
    // What is cut off at the end must not be referred to: documents of a unit come before what
    // refers to them, so a prefix of a unit is whole.
    texts.truncate(documents);
    let files = texts
        .chunks(PER_FILE)
        .enumerate()
        .map(|(at, documents)| {
            (
                format!("year-{:03}/part-{at:04}.yaml", at / 100),
                documents.join("---\n"),
            )
        })
        .collect();
    Generated {
        project: project(),
        files,
        documents,
    }
}

impl Generated {
    /// Writes the project into a folder.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join("bursar.yaml"), &self.project)?;
        for (path, text) in &self.files {
            let path = folder.join(path);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, text)?;
        }
        Ok(())
    }

    /// All bytes of the project's documents.
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|(_, text)| text.len()).sum()
    }
}

fn project() -> String {
    "version: 1
project: generated
timezone: Europe/Kyiv
currency: EUR
platform: { provider: sandbox }
vars: { season: autumn }
defaults:
  offer: { page: { language: fr } }
safety:
  max_removals: { count: 1000000, percent: 100 }
"
    .to_owned()
}

fn unit_documents(unit: usize, random: &mut fastrand::Rng) -> Vec<String> {
    let mut out = Vec::with_capacity(UNIT);
    let course = format!("course-{unit:05}");
    out.push(course_document(unit, &course, random));
    for season in ["spring", "autumn"] {
        out.push(cohort_document(&course, season, random));
    }
    for what in ["unpaid", "thanks"] {
        out.push(format!(
            "kind: list\nname: {what}-{unit:05}\ntitle: Clients of {course}, {what}\ntype: static\n"
        ));
    }
    for (at, what) in ["unpaid", "thanks"].iter().enumerate() {
        let discount = 5 + random.u32(1..=9) * 5;
        out.push(format!(
            "kind: coupon\nname: {what}-{unit:05}\ncode: {}{unit:05}\nstatus: active\ndiscount: {discount}%\nvalid_until: never\nuses: {{ total: {}, per_contact: 1 }}\nlists: [{what}-{unit:05}]\n",
            what.to_uppercase(),
            100 * (at + 1),
        ));
    }
    for amount in ["5", "15"] {
        out.push(format!(
            "kind: coupon\nname: minus-{amount}-{unit:05}\ncode: MINUS{amount}X{unit:05}\ndiscount: {amount}.00 EUR\nvalid_until: 2027-12-31\n"
        ));
    }
    for season in ["spring", "autumn"] {
        for (level, base) in [("basic", 190), ("standard", 290), ("premium", 490)] {
            let price = base + random.u32(0..50);
            out.push(offer_document(unit, &course, season, level, price));
        }
    }
    let buyers = format!(
        "kind: list\nname: buyers-{unit:05}\ntitle: Buyers of {course}\ntype: segment\nwhere:\n  all:\n    - bought: {{ course: {course} }}\n    - progress: {{ course: {course}, at_least: {}% }}\n",
        50 + random.u32(0..45)
    );
    out.push(buyers);
    out.push(format!(
        "kind: list\nname: idle-{unit:05}\ntitle: Idle in {course}\ntype: segment\nwhere:\n  all:\n    - any: [{{ purchases: {{ at_least: 2 }} }}, {{ tag: vip }}]\n    - inactive: {{ for: {}d, course: {course} }}\n",
        30 + random.u32(0..60)
    ));
    for (letter, coupon, level) in [
        ("reminder", "unpaid", "standard"),
        ("gift", "thanks", "premium"),
    ] {
        out.push(format!(
            "kind: letter\nname: {letter}-{unit:05}\nsubject: \"Your place in {{{{ offer.title }}}} is waiting\"\nabout: {{ offer: {course}-autumn-{level}, coupon: {coupon}-{unit:05}, valid_for: 24h }}\nbody: |\n  Hello {{{{ contact.first_name }}}},\n\n  with **{{{{ coupon.code }}}}** you pay {{{{ price.after }}}} instead of {{{{ price.before }}}} ({{{{ coupon.discount }}}} off).\n  The coupon works for {{{{ valid_for }}}}: [pay now]({{{{ offer.url_with_coupon }}}}).\n"
        ));
    }
    for letter in ["welcome", "half-way", "farewell"] {
        out.push(format!(
            "kind: letter\nname: {letter}-{unit:05}\nsubject: A word about your course\nabout: {{}}\nbody: |\n  Hello,\n\n  - the next module opens soon\n  - ask your mentor whatever you like\n"
        ));
    }
    out.push(format!(
        "kind: scenario\nname: win-back-{unit:05}\nstatus: active\ntriggers:\n  - when: {{ unpaid_order: {{ offer: {course}-autumn-standard }} }}\n    wait_before_if: 30m\n    if: {{ not: {{ bought: {{ offer: {course}-autumn-standard }} }} }}\n    do:\n      - add_to_list: unpaid-{unit:05}\n      - send_letter: reminder-{unit:05}\n  - wait: 24h\n    do: [{{ remove_from_list: unpaid-{unit:05} }}]\n"
    ));
    out.push(format!(
        "kind: scenario\nname: reward-{unit:05}\nstatus: active\ntriggers:\n  - when: {{ entered_list: buyers-{unit:05} }}\n    do:\n      - add_to_list: thanks-{unit:05}\n      - send_letter: gift-{unit:05}\n  - wait: 24h\n    do: [{{ remove_from_list: thanks-{unit:05} }}]\n"
    ));
    for (name, event) in [
        (
            "greet",
            format!("paid_order: {{ offer: {course}-autumn-basic }}"),
        ),
        ("wake", format!("entered_list: idle-{unit:05}")),
    ] {
        out.push(format!(
            "kind: scenario\nname: {name}-{unit:05}\nstatus: active\ntriggers:\n  - when: {{ {event} }}\n    wait: {}h\n    do: [{{ send_letter: welcome-{unit:05} }}]\n",
            random.u32(1..20)
        ));
    }
    out.push(format!(
        "kind: pass\nname: pass-{unit:05}\ntitle: Ten sessions {unit}\nprice: {}.00 EUR\ncredits: 10\nvalid_for: 90d\nfor_sale: true\nsale_ends: 2027-12-31\ntags: {{ allowed: [student, vip], denied: [suspended] }}\n",
        80 + random.u32(0..40)
    ));
    out.push(format!(
        "kind: pack\nname: pack-{unit:05}\ntitle: Welcome {unit}\nprice: 99.00 EUR\nfor_sale: true\nitems: [{{ pass: pass-{unit:05}, quantity: 1 }}]\n"
    ));
    out.push(format!(
        "kind: test\nname: reminded-once-{unit:05}\npeople:\n  olena: {{}}\ntimeline:\n  - {{ at: 2027-08-01T10:00, do: {{ olena: {{ opens_offer: {course}-autumn-standard }} }} }}\n  - {{ after: 29m, expect: {{ olena: {{ letters: [] }} }} }}\n  - {{ after: 2m, expect: {{ olena: {{ letters: [reminder-{unit:05}] }} }} }}\n"
    ));
    out
}

fn course_document(unit: usize, course: &str, random: &mut fastrand::Rng) -> String {
    let base = 1_000_000 + unit * 100;
    let mut text =
        format!("kind: course\nname: {course}\nid: {base}\ntitle: Course {unit}\nmodules:\n");
    for module in 0..4 {
        let id = base + module * 10 + 1;
        let _ = write!(
            text,
            "  - {{ id: {id}, name: m{module}, title: Module {module}, lessons: ["
        );
        for lesson in 0..2 + random.usize(0..2) {
            let comma = if lesson > 0 { ", " } else { "" };
            let _ = write!(
                text,
                "{comma}{{ id: {}, name: l{lesson}, title: Lesson {lesson} }}",
                id + 1 + lesson
            );
        }
        text.push_str("] }\n");
    }
    text
}

fn cohort_document(course: &str, season: &str, random: &mut fastrand::Rng) -> String {
    let (month, other) = if season == "spring" {
        ("03", "04")
    } else {
        ("09", "10")
    };
    let day = 1 + random.u32(0..9);
    format!(
        "kind: cohort\nname: {course}-{season}\ncourse: {course}\nlaunch: schedule-only\nstarts: 2027-{month}-0{day}T10:00\nschedule:\n  base: scratch\n  every: {{ period: 7d, skip: [{{ from: 2027-{other}-01, to: 2027-{other}-03 }}] }}\n  modules:\n    m2: {{ opens: {{ after_start: 21d, at: \"09:00\" }} }}\n    m3: {{ opens: {{ after_access: 30d }} }}\n"
    )
}

fn offer_document(unit: usize, course: &str, season: &str, level: &str, price: u32) -> String {
    let (opens, closes) = if season == "spring" {
        ("2027-01-01", "2027-03-10")
    } else {
        ("2027-07-01", "2027-09-10")
    };
    let mut text = format!(
        "kind: offer\nname: {course}-{season}-{level}\ntitle: \"Course {unit} {season} {level}\"\nstatus: published\nlisted: true\nprice: {price}.00 EUR\npayment: {{ full: true }}\nsale: {{ opens: {opens}T00:00, closes: {closes} }}\nproducts:\n  - course: {course}\n    cohort: {course}-{season}\n    access: {{ for: 6mo }}\n    content: all\n"
    );
    match level {
        "basic" => text.push_str("coupons: none\n"),
        "standard" => {
            let _ = writeln!(
                text,
                "coupons: [unpaid-{unit:05}, minus-5-{unit:05}, minus-15-{unit:05}]"
            );
        }
        _ => {
            let _ = writeln!(
                text,
                "coupons: [thanks-{unit:05}, minus-5-{unit:05}, minus-15-{unit:05}]"
            );
        }
    }
    text
}
