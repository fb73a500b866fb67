//! Files of a project that mean harm, met by the program.

use super::{bounded, finishes, is_told, project};
use std::fmt::Write as _;
use std::path::Path;

const LIST: &str = "kind: list\nname: l\ntype: static\n";

#[test]
fn yaml_bombs_are_told_and_the_rest_is_read() {
    let mut laughs = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    let mut merges = String::from("- &a0 {x: 1}\n");
    for at in 1..2_000 {
        if at < 20 {
            let before = vec![format!("*a{}", at - 1); 9].join(",");
            writeln!(laughs, "a{at}: &a{at} [{before}]").unwrap();
        }
        writeln!(merges, "- &a{at} {{<<: *a{}, k{at}: 1}}", at - 1).unwrap();
    }
    let bombs = [
        ("laughs.yaml", laughs),
        ("merges.yaml", merges),
        (
            "flow.yaml",
            format!("a: {}{}\n", "[".repeat(65), "]".repeat(65)),
        ),
        ("block.yaml", format!("{}x\n", "- ".repeat(65))),
        ("abyss.yaml", "[".repeat(1_000_000)),
        ("braces.yaml", "{a: ".repeat(200_000)),
        ("nodes.yaml", "- 1\n".repeat(200_001)),
        (
            "scalar.yaml",
            format!("a: \"{}\"\n", "x".repeat((1 << 20) + 1)),
        ),
        ("key.yaml", format!("{}: 1\n", "x".repeat((1 << 20) + 1))),
        ("file.yaml", "#\n".repeat((4 << 20) / 2 + 1)),
    ];
    let project = project(&[("fine.yaml", LIST)]);
    for (name, text) in &bombs {
        std::fs::write(project.path().join(name), text).unwrap();
    }
    let ran = finishes(&project, &["validate", "--json"]).exits(3);
    for (name, _) in &bombs {
        assert!(
            is_told(&ran, "limit-exceeded", name),
            "{name}: {}",
            ran.stdout
        );
    }
    assert!(!ran.stdout.contains("fine.yaml"), "{}", ran.stdout);
    finishes(&project, &["fmt", "--check"]).exits(3);
    finishes(&project, &["plan"]).exits(3);
}

#[test]
fn other_encodings_are_told_where_they_begin() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    };
    let refused: [(&str, Vec<u8>, &str); 8] = [
        ("le.yaml", utf16(LIST, false), "not-utf8"),
        ("be.yaml", utf16(LIST, true), "not-utf8"),
        (
            "latin.yaml",
            b"kind: list\nname: l\ntitle: Caf\xe9\n".to_vec(),
            "not-utf8",
        ),
        // `/` in two bytes, half of a pair of UTF-16, a fifth byte, a letter that is cut off.
        ("overlong.yaml", b"a: \xc0\xaf\n".to_vec(), "not-utf8"),
        ("half.yaml", b"a: \xed\xa0\x80\n".to_vec(), "not-utf8"),
        (
            "long.yaml",
            b"a: \xf8\x88\x80\x80\x80\n".to_vec(),
            "not-utf8",
        ),
        ("cut.yaml", b"a: \xe2\x82".to_vec(), "not-utf8"),
        (
            "nul.yaml",
            b"kind: list\0\nname: l\n".to_vec(),
            "yaml-syntax",
        ),
    ];
    let project = project(&[("mark.yaml", &format!("\u{feff}{LIST}"))]);
    for (name, bytes, _) in &refused {
        std::fs::write(project.path().join(name), bytes).unwrap();
    }
    let ran = finishes(&project, &["validate", "--json"]).exits(3);
    for (name, _, code) in &refused {
        assert!(is_told(&ran, code, name), "{name}: {}", ran.stdout);
    }
    // With a byte order mark, UTF-8 is UTF-8.
    assert!(!ran.stdout.contains("mark.yaml"), "{}", ran.stdout);
}

#[test]
fn names_that_climb_out_are_refused_and_nothing_is_quoted() {
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("s.yaml");
    std::fs::write(&secret, "s3cret: [\n").unwrap();
    let project = project(&[("fine.yaml", LIST)]);
    std::os::unix::fs::symlink(&secret, project.path().join("link.txt")).unwrap();
    let up = format!(
        "../{}",
        outside.path().file_name().unwrap().to_str().unwrap()
    );
    for name in [
        secret.to_str().unwrap(),
        &format!("{up}/s.yaml"),
        "link.txt",
    ] {
        let root = format!(
            "version: 1\nproject: p\nplatform: {{ provider: sandbox, seed: \"{name}\" }}\n"
        );
        std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
        let ran = finishes(&project, &["plan"]).exits(3);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains("s3cret"), "{said}");
        assert!(said.contains("leads out of the project's folder"), "{said}");
        assert!(
            said.contains("help: name a file in the project's folder"),
            "{said}"
        );
    }
    // A name of an environment is no way out either: it names a folder of the state.
    let root = format!("version: 1\nproject: p\nenvironments: {{ \"../..{up}\": {{}} }}\n");
    std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
    finishes(&project, &["validate"]).exits(3);
}

#[test]
fn what_is_no_ordinary_file_is_not_opened() {
    let project = project(&[("fine.yaml", LIST)]);
    let at = |name: &str| project.path().join(name);
    pipe(&at("pipe.yaml"));
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", at("zero.yaml")).unwrap();
    std::os::unix::fs::symlink("/dev/stdin", at("stdin.yaml")).unwrap();
    let ran = finishes(&project, &["validate", "--json"]).exits(3);
    for name in ["pipe.yaml", "socket.yaml", "zero.yaml", "stdin.yaml"] {
        assert!(
            is_told(&ran, "outside-project", name),
            "{name}: {}",
            ran.stdout
        );
    }
    finishes(&project, &["fmt"]).exits(3);
    finishes(&project, &["plan"]).exits(3);

    let only = super::project(&[]);
    std::fs::remove_file(only.path().join("bursar.yaml")).unwrap();
    pipe(&only.path().join("bursar.yaml"));
    for command in ["validate", "plan", "fmt"] {
        finishes(&only, &[command]).exits(3);
    }
}

#[test]
fn loops_of_links_end() {
    let project = project(&[("fine.yaml", LIST)]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, project.path().join(name)).unwrap();
    };
    link(".", "here");
    link("..", "above");
    std::fs::create_dir(project.path().join("deep")).unwrap();
    link("..", "deep/up");
    // Folders within the project are read at their own places, whatever leads to them.
    std::fs::remove_file(project.path().join("above")).unwrap();
    finishes(&project, &["validate"]).exits(0);
    link("b.yaml", "a.yaml");
    link("a.yaml", "b.yaml");
    link("self.yaml", "self.yaml");
    let ran = finishes(&project, &["validate", "--json"]).exits(3);
    for name in ["a.yaml", "b.yaml", "self.yaml"] {
        assert!(
            is_told(&ran, "outside-project", name),
            "{name}: {}",
            ran.stdout
        );
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    let project = project(&[("a.yaml", LIST)]);
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let is_root = std::fs::metadata(project.path()).is_ok_and(|it| {
        use std::os::unix::fs::MetadataExt as _;
        it.uid() == 0
    });
    // Who owns the machine may read everything: then nobody runs the program, from a place of its own.
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("bursar");
    std::fs::copy(env!("CARGO_BIN_EXE_bursar"), &program).unwrap();
    mode(place.path(), 0o755);
    mode(project.path(), 0o755);
    mode(&project.path().join("a.yaml"), 0o000);
    for command in ["validate", "plan", "fmt"] {
        let mut run = std::process::Command::new(&program);
        run.arg("--dir").arg(project.path()).arg(command);
        if is_root {
            run.uid(65_534).gid(65_534);
        }
        let ran = bounded(run).exits(1);
        for part in [
            "a.yaml cannot be read",
            "cause: permission denied",
            "help: make it readable",
        ] {
            assert!(ran.stderr.contains(part), "{part}: {}", ran.stderr);
        }
    }
    mode(&project.path().join("a.yaml"), 0o644);
}

#[test]
fn bursars_own_folder_is_no_way_out() {
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("s3cret.json");
    std::fs::write(&target, "{\"s3cret\": 1}").unwrap();
    let file = |name: &'static str| {
        move |own: &Path, target: &Path| {
            std::fs::create_dir_all(own.join("default")).unwrap();
            std::os::unix::fs::symlink(target, own.join("default").join(name)).unwrap();
        }
    };
    type Trap = Box<dyn Fn(&Path, &Path)>;
    let traps: [(&str, Trap); 8] = [
        ("state", Box::new(file("state.json"))),
        ("journal", Box::new(file("journal.jsonl"))),
        ("lock", Box::new(file("lock.json"))),
        ("audit", Box::new(file("audit.jsonl"))),
        ("backups", Box::new(file("backups"))),
        (
            "all of it",
            Box::new(|own, target| {
                std::os::unix::fs::symlink(target.parent().unwrap(), own).unwrap()
            }),
        ),
        (
            "endless",
            Box::new(|own, _| {
                std::fs::create_dir_all(own.join("default")).unwrap();
                std::os::unix::fs::symlink("/dev/zero", own.join("default/state.json")).unwrap();
            }),
        ),
        (
            "a pipe",
            Box::new(|own, _| {
                std::fs::create_dir_all(own.join("default")).unwrap();
                pipe(&own.join("default/state.json"));
            }),
        ),
    ];
    for (what, set) in traps {
        let project = project(&[("fine.yaml", LIST)]);
        set(&project.path().join(".bursar"), &target);
        // Offline, the state is only asked for what is new.
        finishes(&project, &["validate"]).exits(0);
        for command in [
            &["plan"][..],
            &["apply", "--auto-approve"],
            &["state", "list"],
            &["drift"],
        ] {
            let ran = finishes(&project, command).exits(3);
            let said = format!("{}{}", ran.stdout, ran.stderr);
            assert!(
                said.contains(".bursar/default") && said.contains(" cannot be used"),
                "{what}: {said}"
            );
            assert!(
                said.contains("help: put ordinary folders"),
                "{what}: {said}"
            );
            assert!(!said.contains("s3cret"), "{what}: {said}");
        }
        let kept = std::fs::read_to_string(&target).unwrap();
        assert_eq!(kept, "{\"s3cret\": 1}", "{what}");
        let others = std::fs::read_dir(outside.path()).unwrap().count();
        assert_eq!(others, 1, "{what}");
    }
    let project = project(&[("fine.yaml", LIST)]);
    let own = project.path().join(".bursar");
    std::fs::create_dir(&own).unwrap();
    std::os::unix::fs::symlink(outside.path(), own.join("sandbox")).unwrap();
    finishes(&project, &["apply", "--auto-approve"]).exits(3);
    finishes(&project, &["sandbox"]).exits(3);
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[test]
fn files_that_are_named_must_be_ordinary() {
    let project = project(&[("fine.yaml", LIST)]);
    let named = project.path().join("named");
    pipe(&named);
    let named = named.to_str().unwrap();
    for (command, code) in [
        (&["apply", "FILE"][..], 3),
        (&["show", "FILE"], 3),
        (&["fmt", "FILE"], 3),
        (&["state", "recover", "FILE"], 3),
        (&["sandbox", "--faults", "FILE"], 3),
        (&["sandbox", "--seed", "FILE"], 3),
        (&["plan", "--out", "FILE"], 1),
        (&["plan", "--gitlab-report", "FILE"], 1),
    ] {
        for file in [named, "/dev/zero"] {
            let command: Vec<&str> = command
                .iter()
                .map(|it| if *it == "FILE" { file } else { it })
                .collect();
            let ran = finishes(&project, &command).exits(code);
            assert!(
                ran.stderr.starts_with("error: "),
                "{command:?}: {}",
                ran.stderr
            );
        }
    }
}

#[test]
fn a_hundred_thousand_documents_in_as_many_files_are_normal() {
    let project = project(&[]);
    for folder in 0..100 {
        let folder = project.path().join(format!("f{folder}"));
        std::fs::create_dir(&folder).unwrap();
        for file in 0..1_000 {
            let name = folder.file_name().unwrap().to_str().unwrap();
            let text = format!("kind: list\nname: {name}-{file}\ntype: static\n");
            std::fs::write(folder.join(format!("{file}.yaml")), text).unwrap();
        }
    }
    let ran = finishes(&project, &["validate", "--json"]).exits(0);
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["error_count"], 0);
    // One that is wrong among them is found.
    let wrong = project.path().join("f99/999.yaml");
    std::fs::write(wrong, "kind: list\nname: f0-0\ntype: static\n").unwrap();
    let ran = finishes(&project, &["validate", "--json"]).exits(3);
    assert!(is_told(&ran, "duplicate-address", "f99/999.yaml"));
}

fn pipe(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}
