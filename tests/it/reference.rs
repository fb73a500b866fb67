//! The reference of the command line is what the binary says of itself.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

const COMMANDS: &[&[&str]] = &[
    &[],
    &["init"],
    &["new"],
    &["new", "cohort"],
    &["validate"],
    &["lsp"],
    &["plan"],
    &["apply"],
    &["output"],
    &["sandbox"],
    &["schema"],
    &["explain"],
    &["state"],
    &["state", "list"],
    &["state", "show"],
    &["completions"],
    &["man"],
];

/// Run with `BURSAR_UPDATE=1` to write the file anew.
#[test]
fn the_command_line_is_documented_as_it_is() {
    let mut text = String::from(
        "# The command line\n\nMade from `--help`; `BURSAR_UPDATE=1 cargo test reference` writes it anew. Exit codes: `bursar explain exit-codes`.\n",
    );
    for command in COMMANDS {
        let output = Command::new(env!("CARGO_BIN_EXE_bursar"))
            .args(*command)
            .arg("--help")
            .env("COLUMNS", "100")
            .output()
            .unwrap();
        assert!(output.status.success(), "{command:?}");
        let help = String::from_utf8(output.stdout).unwrap();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let name = ["bursar"]
            .iter()
            .chain(*command)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let _ = write!(
            text,
            "\n## `{name}`\n\n```text\n{}\n```\n",
            help.join("\n").trim_end()
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/cli.md");
    if std::env::var_os("BURSAR_UPDATE").is_some() {
        std::fs::write(path, text).unwrap();
    } else {
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, text, "BURSAR_UPDATE=1 writes it anew");
    }
}
