//! The command line with a state on these servers.

use super::{told, unique};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A new project whose state is kept as these settings say.
fn school(settings: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    check(folder.path(), &["init"], 0);
    let file = folder.path().join("bursar.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}\nstate: {settings}\n")).unwrap();
    folder
}

fn bursar(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
    command.arg("--dir").arg(folder).args(arguments);
    command
        .env("SSL_CERT_FILE", told("CA"))
        .env("PGPASSWORD", told("SECRET"))
        .env("AWS_ACCESS_KEY_ID", told("S3_ID"))
        .env("AWS_SECRET_ACCESS_KEY", told("SECRET"))
        .env_remove("CI");
    command
}

fn ended(mut command: Command, code: i32) -> (String, String) {
    let output = command.output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        output.status.code(),
        Some(code),
        "{:?}\n{out}\n{err}",
        command.get_args()
    );
    let secret = told("SECRET");
    assert!(!out.contains(&secret) && !err.contains(&secret), "a secret");
    (out, err)
}

fn check(folder: &Path, arguments: &[&str], code: i32) -> (String, String) {
    ended(bursar(folder, arguments), code)
}

/// Another machine with the same project, and the same embedded platform.
fn clone_of(folder: &Path) -> TempDir {
    let other = TempDir::new().unwrap();
    copy(folder, other.path());
    let _ = std::fs::remove_dir_all(other.path().join(".bursar/default"));
    other
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// With TLS, since a certificate is there.
fn places() -> [String; 2] {
    let (bucket, endpoint) = (told("S3_BUCKET"), told("S3_TLS"));
    let port = told("POSTGRES").split_once(':').unwrap().1.to_owned();
    let (key, schema) = (unique(), unique());
    [
        format!(
            "{{ backend: s3, bucket: {bucket}, key: {key}/state.json, endpoint: \"https://{endpoint}\" }}"
        ),
        format!(
            "{{ backend: postgres, schema: {schema}, url: \"postgres://school@localhost:{port}/school?sslmode=verify-full\" }}"
        ),
    ]
}

#[test]
fn the_main_job() {
    for settings in places() {
        let folder = school(&settings);
        let folder = folder.path();
        check(folder, &["validate"], 0);
        check(folder, &["apply", "--auto-approve"], 0);
        check(folder, &["plan", "--detailed-exitcode"], 0);
        // Nothing of it is where a local state would be.
        assert!(!folder.join(".bursar/default/state.json").exists());
        let other = clone_of(folder);
        let other = other.path();
        let (plan, _) = check(other, &["plan", "--detailed-exitcode"], 0);
        assert!(plan.starts_with("No changes."), "{plan}");
        let (list, _) = check(other, &["state", "list"], 0);
        assert_eq!(list.lines().count(), 5, "{list}");
        // Each corrects what the other sees.
        check(
            other,
            &["state", "mv", "coupon.come-back", "coupon.return"],
            0,
        );
        check(folder, &["state", "show", "coupon.return"], 0);
        check(folder, &["state", "rm", "coupon.return"], 0);
        assert_eq!(check(other, &["state", "list"], 0).0.lines().count(), 4);
        let (backups, _) = check(other, &["state", "backups"], 0);
        let oldest = backups.lines().last().unwrap();
        check(other, &["state", "recover", oldest], 0);
        check(folder, &["plan", "--detailed-exitcode"], 0);
        check(folder, &["state", "unlock", "--id", "x"], 0);
    }
}

#[test]
fn a_certificate_that_is_not_trusted_or_of_another_host_is_refused() {
    for settings in places() {
        let folder = school(&settings);
        let mut stranger = bursar(folder.path(), &["state", "list"]);
        stranger.env_remove("SSL_CERT_FILE");
        let output = stranger.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(3 | 5)), "{err}");
        assert!(err.contains("certificate"), "{err}");
        // It is a certificate for `localhost`.
        let folder = school(&settings.replace("localhost", "127.0.0.1"));
        let output = bursar(folder.path(), &["state", "list"]).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(3 | 5)), "{err}");
        assert!(err.contains("certificate"), "{err}");
    }
}

#[test]
fn without_credentials_it_is_exit_4() {
    for settings in places() {
        let folder = school(&settings);
        let mut anonymous = bursar(folder.path(), &["state", "list"]);
        anonymous
            .env_remove("PGPASSWORD")
            .env_remove("AWS_SECRET_ACCESS_KEY");
        let (_, err) = ended(anonymous, 4);
        assert!(err.contains("help: set "), "{err}");
    }
}
