//! The walls between the rooms: who may import whom, which crate has which door, what the pure
//! rooms must not do, and who may name a kind.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// For each room, the rooms that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("diag", &["source", "model"]),
    ("model", &[]),
    ("yaml", &["source", "diag", "model"]),
    ("kinds", &["source", "diag", "model", "yaml"]),
    ("schema", &["source", "diag", "model", "yaml", "kinds"]),
    (
        "rules",
        &["source", "diag", "model", "yaml", "kinds", "domain"],
    ),
    ("domain", &["source", "diag", "model", "yaml", "kinds"]),
    (
        "simulate",
        &[
            "source", "diag", "model", "yaml", "kinds", "rules", "domain", "compile",
        ],
    ),
    (
        "plan",
        &["source", "diag", "model", "yaml", "kinds", "domain"],
    ),
    (
        "compile",
        &[
            "source", "diag", "model", "yaml", "kinds", "schema", "rules", "domain",
        ],
    ),
    (
        "launch",
        &["source", "diag", "model", "yaml", "kinds", "domain"],
    ),
    (
        "render",
        &[
            "source",
            "diag",
            "model",
            "yaml",
            "kinds",
            "schema",
            "rules",
            "domain",
            "plan",
            "compile",
            "launch",
            "decompile",
            "simulate",
        ],
    ),
    (
        "decompile",
        &[
            "source", "diag", "model", "yaml", "kinds", "domain", "compile", "plan",
        ],
    ),
    ("provider", &["model", "kinds"]),
    ("state", &["model"]),
    ("apply", &["model", "kinds", "plan", "provider", "state"]),
    (
        "sandbox",
        &["source", "diag", "model", "yaml", "kinds", "domain"],
    ),
    (
        "lsp",
        &[
            "source", "diag", "model", "yaml", "kinds", "schema", "rules",
        ],
    ),
    ("os", &["source", "diag", "model", "yaml"]),
    ("telemetry", &["provider"]),
    // Compiled for tests only: it drives them together.
    (
        "campaign",
        &["model", "kinds", "plan", "provider", "state", "apply"],
    ),
];

/// Rooms without IO, `async`, clock, randomness, environment.
const PURE: &[&str] = &[
    "source",
    "diag",
    "model",
    "yaml",
    "kinds",
    "schema",
    "rules",
    "domain",
    "plan",
    "compile",
    "launch",
    "simulate",
    "decompile",
    "render",
];

/// What a pure room must not contain.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "SystemTime::now",
    "Instant::now",
    "Utc::now",
    "Local::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
    "async fn",
    "fastrand",
    "println!",
    "eprintln!",
    "print!(",
    "reqwest",
    "rusqlite",
    "axum",
];

/// Crates with one door: the crate, and the only places that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("granit_parser", &["yaml"]),
    // Where a state is kept is not where the objects live: each has its own client.
    ("reqwest", &["provider", "state", "telemetry"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
    ("object_store", &["state"]),
    ("tokio_postgres", &["state"]),
    ("axum", &["sandbox"]),
    ("rusqlite", &["sandbox"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("dialoguer", &["cli"]),
    ("notify", &["cli"]),
    ("icalendar", &["render"]),
    ("jsonschema", &["schema"]),
    ("jiff", &["domain"]),
    ("petgraph", &["plan", "compile"]),
    ("whoami", &["os"]),
    ("miette", &["render"]),
    ("quick_junit", &["render"]),
    ("walkdir", &["os"]),
    ("pulldown_cmark", &["compile"]),
    ("lsp_server", &["lsp"]),
    ("lsp_types", &["lsp"]),
    ("deunicode", &["decompile"]),
];

/// Rooms that may name a kind (`campaign` edits objects of theirs by hand, in tests), and the one file of the sandbox that may.
const MAY_NAME_KINDS: &[&str] = &[
    "kinds", "rules", "domain", "simulate", "compile", "launch", "campaign",
];
const SANDBOX_BEHAVIOUR: &str = "src/sandbox/behaviour";

#[test]
fn rooms_import_in_one_direction() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let rooms: Vec<&str> = allowed.keys().copied().chain(["cli"]).collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(may) = allowed.get(file.room.as_str()) else {
            continue;
        };
        for other in &rooms {
            if *other != file.room && !may.contains(other) && file.names_room(other) {
                wrong.push(format!("{} imports `{other}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_room_is_known() {
    let known: Vec<&str> = MAY_IMPORT
        .iter()
        .map(|(room, _)| *room)
        .chain(["cli"])
        .collect();
    for file in sources() {
        assert!(
            known.contains(&file.room.as_str()) || file.room.is_empty(),
            "{}: the room is not in the table of this test",
            file.path.display()
        );
    }
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for file in sources()
        .into_iter()
        .filter(|file| PURE.contains(&file.room.as_str()))
    {
        for word in IMPURE {
            if file.code.contains(word) {
                wrong.push(format!("{} contains `{word}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_crate_has_one_door() {
    let mut wrong = Vec::new();
    for file in sources().into_iter().filter(|file| !file.room.is_empty()) {
        for (name, doors) in DOORS {
            if !doors.contains(&file.room.as_str()) && file.code.contains(&format!("{name}::")) {
                wrong.push(format!("{} names the crate `{name}`", file.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_some_rooms_name_a_kind() {
    let kinds: Vec<&str> = bursar::kinds::KINDS.iter().map(|kind| kind.id).collect();
    let mut wrong = Vec::new();
    for file in sources() {
        if MAY_NAME_KINDS.contains(&file.room.as_str())
            || file.path.to_string_lossy().contains(SANDBOX_BEHAVIOUR)
        {
            continue;
        }
        for kind in &kinds {
            // `list` and `test` are also words; only their quoted and module forms name the kind.
            for form in [format!("\"{kind}\""), format!("kinds::{kind}::")] {
                if file.code.contains(&form) {
                    wrong.push(format!(
                        "{} names the kind `{kind}` ({form})",
                        file.path.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Where there are floats, and why none of them is money.
const FLOATS: &[(&str, &str)] = &[
    (
        "src/kinds/scalars.rs",
        "a whole number that JSON writes as `3.0`",
    ),
    ("src/yaml", "the type of YAML's core schema"),
    (
        "src/provider/decode.rs",
        "a number of a server becomes its text at once, in the shortest form, which is exact up to 15 digits",
    ),
    ("src/provider/http/limiter.rs", "seconds"),
];

#[test]
fn no_float_is_money() {
    let mut wrong = Vec::new();
    for file in sources() {
        let path = file.path.to_string_lossy();
        let is_known = FLOATS.iter().any(|(known, _)| path.starts_with(known));
        let mut words = file
            .code
            .split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let has_float = words.any(|word| {
            matches!(
                word,
                "f32" | "f64" | "as_f64" | "as_f32" | "to_f64" | "to_f32" | "from_f64"
            )
        });
        if has_float && !is_known {
            wrong.push(format!("{path} has a float"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Money itself is a whole number of minor units.
    let money = include_str!("../../src/model/money.rs");
    assert!(money.contains("pub minor: i64"));
}

#[test]
fn no_room_is_a_drawer() {
    const DRAWERS: &[&str] = &[
        "util", "utils", "common", "helpers", "core", "types", "manager", "misc",
    ];
    for file in sources() {
        for part in file.path.components() {
            let part = part.as_os_str().to_string_lossy();
            let stem = part.strip_suffix(".rs").unwrap_or(&part);
            assert!(!DRAWERS.contains(&stem), "{}", file.path.display());
        }
    }
}

/// A source file without its comments and its tests.
struct Source {
    path: PathBuf,
    /// The folder below `src`, or empty for `main.rs` and `lib.rs`.
    room: String,
    code: String,
}

impl Source {
    fn names_room(&self, room: &str) -> bool {
        let path = format!("crate::{room}");
        self.code.match_indices(&path).any(|(at, found)| {
            !self.code[at + found.len()..]
                .starts_with(|next: char| next.is_alphanumeric() || next == '_')
        }) || self.nested_import(room)
    }

    /// `use crate::{a, room::b};`
    fn nested_import(&self, room: &str) -> bool {
        self.code.match_indices("crate::{").any(|(at, _)| {
            let block = self.code[at..].split("};").next().unwrap_or("");
            block
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .any(|word| word == room || word.starts_with(&format!("{room}::")))
        })
    }
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&src, &src, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    files
}

fn collect(root: &Path, folder: &Path, out: &mut Vec<Source>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(root, &path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(root).unwrap();
            let room = match inside.components().count() {
                1 => String::new(),
                _ => inside
                    .components()
                    .next()
                    .unwrap()
                    .as_os_str()
                    .to_string_lossy()
                    .into_owned(),
            };
            let is_test = inside
                .with_extension("")
                .components()
                .any(|part| part.as_os_str() == "tests");
            let code = if is_test {
                String::new()
            } else {
                code_of(&std::fs::read_to_string(&path).unwrap())
            };
            let shown = Path::new("src").join(inside);
            out.push(Source {
                path: shown,
                room,
                code,
            });
        }
    }
}

/// The text before `#[cfg(test)] mod`, without comment lines.
fn code_of(text: &str) -> String {
    let end = text
        .match_indices("#[cfg(test)]")
        .find(|(at, _)| {
            // Attributes may stand between.
            text[*at..]
                .lines()
                .skip(1)
                .find(|line| !line.starts_with(['#', ' ', ')']))
                .is_some_and(|line| line.starts_with("mod "))
        })
        .map_or(text.len(), |(at, _)| at);
    text[..end]
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}
