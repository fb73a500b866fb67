//! Hostile input: the section "Limits and hostility" of the engine's contract, sentence by sentence,
//! each with the tests that hold it. A test below holds the table to the tests that are there.
//!
//! Where a sentence speaks of a form that bursar does not write yet, the table names the test that
//! must change once it does: there is no CSV.

mod answers;
mod files;
mod server;
mod texts;
mod tls;

use crate::harness::{Project, Ran};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A sentence of the contract, and its tests by file.
type Sentence = (
    &'static str,
    &'static [(&'static str, &'static [&'static str])],
);

const FILES: &str = "tests/it/hostile/files.rs";
const ANSWERS: &str = "tests/it/hostile/answers.rs";
const TLS: &str = "tests/it/hostile/tls.rs";
const TEXTS: &str = "tests/it/hostile/texts.rs";
const ADAPTER: &str = "src/provider/http/tests.rs";
const ODD: &str = "src/provider/http/tests/odd.rs";
const READER: &str = "src/yaml/parse/tests/limits.rs";
const SECRETS: &str = "tests/it/secrets.rs";

/// The section, and what belongs to it by the issue that asks for this table.
const TABLE: &[Sentence] = &[
    (
        "Each file: 4 MiB, scalars 1 MiB, depth 64, 200,000 nodes, alias expansion 10,000",
        &[
            (FILES, &["yaml_bombs_are_told_and_the_rest_is_read"]),
            (
                READER,
                &[
                    "refuses_only_beyond_the_limits",
                    "the_default_limits_are_those_of_the_contract",
                    "goes_on_behind_a_limit",
                    "stops_at_too_many_findings",
                    "survives_alias_bombs",
                    "reads_a_hundred_thousand_keys_quickly",
                ],
            ),
            ("tests/suite/limit-exceeded.yaml", &[]),
            (TEXTS, &["templates_end"]),
            ("src/os/pattern.rs", &["many_stars_are_no_trap"]),
        ],
    ),
    (
        "a project of 100,000 documents is normal",
        &[(
            FILES,
            &["a_hundred_thousand_documents_in_as_many_files_are_normal"],
        )],
    ),
    (
        "Nothing outside the project's folder is opened (no `..`, no absolute paths, no symbolic links out, no special files)",
        &[
            (
                FILES,
                &[
                    "names_that_climb_out_are_refused_and_nothing_is_quoted",
                    "what_is_no_ordinary_file_is_not_opened",
                    "loops_of_links_end",
                    "bursars_own_folder_is_no_way_out",
                    "files_that_are_named_must_be_ordinary",
                    "a_file_that_may_not_be_read_is_named",
                ],
            ),
            (
                "src/os/folder.rs",
                &[
                    "paths_that_are_named_stay_inside",
                    "symbolic_links_do_not_lead_out",
                    "its_own_folder_does_not_lead_out",
                ],
            ),
            ("src/os/write.rs", &["new_files_are_written_all_or_none"]),
            (
                "tests/it/pull/mirrors.rs",
                &["new_files_stay_inside_the_project"],
            ),
            ("tests/suite/outside-project.yaml", &[]),
        ],
    ),
    (
        "and errors never quote what was refused",
        &[
            (
                FILES,
                &[
                    "names_that_climb_out_are_refused_and_nothing_is_quoted",
                    "bursars_own_folder_is_no_way_out",
                ],
            ),
            (
                "tests/it/cli/findings.rs",
                &["nothing_outside_is_opened_or_quoted"],
            ),
            (
                "tests/it/states.rs",
                &["addresses_are_safe_and_never_quoted"],
            ),
        ],
    ),
    (
        "Other encodings than UTF-8 are told, not guessed",
        &[
            (FILES, &["other_encodings_are_told_where_they_begin"]),
            ("tests/suite/not-utf8.yaml", &[]),
            (
                "src/yaml/parse/tests.rs",
                &["decodes_utf8_only", "finds_syntax_errors"],
            ),
        ],
    ),
    (
        "No network in `validate`, `fmt`, `test`",
        &[(ANSWERS, &["offline_commands_ask_nobody"])],
    ),
    (
        "Credentials from the environment or a file named by it, never from YAML or arguments",
        &[
            (ANSWERS, &["credentials_come_from_the_environment_alone"]),
            (
                "src/os/credentials.rs",
                &["reads_one_line_and_never_quotes_it"],
            ),
            (
                "tests/it/cli/states.rs",
                &["settings_are_judged_without_the_server_and_secrets_shown_nowhere"],
            ),
        ],
    ),
    (
        "a secret type that prints `***`; headers logged by allow-list",
        &[
            (
                SECRETS,
                &[
                    "no_command_shows_or_keeps_a_credential",
                    "a_platform_that_repeats_credentials_is_not_quoted",
                ],
            ),
            (
                ADAPTER,
                &["requests_carry_what_the_contract_asks_for_and_bodies_arrive"],
            ),
            (
                "src/provider/http/veil.rs",
                &["a_credential_is_hidden_in_every_form"],
            ),
        ],
    ),
    (
        "No redirects followed with credentials",
        &[
            (
                ANSWERS,
                &[
                    "redirects_are_not_followed_with_credentials",
                    "a_state_server_is_not_believed_either",
                ],
            ),
            ("tests/it/states.rs", &["what_a_server_may_answer"]),
        ],
    ),
    (
        "`next` links of the same origin only (none is followed: pages are asked for by number)",
        &[(ANSWERS, &["links_to_other_pages_are_not_followed"])],
    ),
    (
        "TLS always, except loopback",
        &[
            (
                TLS,
                &[
                    "nothing_is_sent_to_who_cannot_show_who_it_is",
                    "a_state_server_must_show_who_it_is",
                    "who_does_not_speak_tls_hears_nothing",
                    "plain_http_is_for_this_machine_alone",
                ],
            ),
            (ANSWERS, &["a_proxy_of_the_environment_sees_no_credentials"]),
            ("src/provider/http/address.rs", &["only_https_or_loopback"]),
        ],
    ),
    (
        "answers capped (8 MiB, depth 64)",
        &[
            (
                ANSWERS,
                &["answers_that_are_none_stop_the_plan_and_say_why"],
            ),
            (ADAPTER, &["answers_of_reads"]),
            (
                "src/provider/http/body.rs",
                &["depth_is_counted_outside_of_texts"],
            ),
        ],
    ),
    (
        "Malformed, slow and endless answers end",
        &[
            (
                ODD,
                &[
                    "what_is_no_http_is_asked_for_again_and_given_up",
                    "an_answer_that_drips_ends_by_the_deadline",
                ],
            ),
            (
                ANSWERS,
                &[
                    "a_listing_without_end_is_given_up",
                    "a_state_server_is_not_believed_either",
                    "a_state_that_drips_ends_by_the_deadline",
                ],
            ),
            (
                ADAPTER,
                &[
                    "odd_listings_are_errors_and_never_fewer_objects",
                    "a_connection_that_is_refused_or_cut",
                ],
            ),
        ],
    ),
    (
        "Text from anywhere is escaped for where it goes: terminal control codes, CI commands",
        &[
            (
                TEXTS,
                &[
                    "findings_are_harmless_in_every_form",
                    "plans_and_their_application_are_harmless_in_every_form",
                    "a_value_that_would_be_obeyed_is_not_printed_as_it_is",
                    "an_account_full_of_hostile_titles_is_pulled_harmlessly",
                    "what_a_platform_complains_of_is_harmless",
                ],
            ),
            (
                "src/render/terminal.rs",
                &["shows_what_would_be_obeyed", "masking_keeps_places"],
            ),
            (
                "src/render/ci.rs",
                &[
                    "signs_are_found_where_they_are_obeyed",
                    "json_and_xml_mean_the_same",
                ],
            ),
            (
                "src/render/github/diagnostics.rs",
                &["hostile_text_stays_inside_its_command"],
            ),
            (
                "src/provider/http/body.rs",
                &["foreign_texts_are_quoted_safely"],
            ),
        ],
    ),
    (
        "… Markdown, HTML, CSV",
        &[
            (
                "src/compile/letters/tests.rs",
                &["values_are_text_whatever_stands_in_them"],
            ),
            (
                "src/compile/letters/marks.rs",
                &["values_are_escaped_for_where_they_go"],
            ),
            (
                "src/sandbox/tests/pages.rs",
                &["hostile_text_is_shown_as_text"],
            ),
            (
                "src/render/html/plan/tests.rs",
                &["hostile_texts_are_text_wherever_they_stand"],
            ),
            (
                TEXTS,
                &[
                    "findings_are_harmless_in_every_form",
                    "plans_and_their_application_are_harmless_in_every_form",
                    "an_account_full_of_hostile_titles_is_pulled_harmlessly",
                    "no_command_writes_a_table_that_a_spreadsheet_would_run",
                ],
            ),
        ],
    ),
    (
        "Plan, state and journal files that were edited or cut at any byte are refused",
        &[
            (
                "src/plan/document/saved.rs",
                &["every_flipped_byte_and_every_cut_is_found"],
            ),
            (
                "src/plan/document/tests.rs",
                &["edited_and_cut_files_are_refused"],
            ),
            (
                "src/state/tests.rs",
                &[
                    "every_flipped_byte_of_the_state_is_refused",
                    "every_flipped_byte_of_the_journal_is_refused_but_its_last_line_break",
                    "a_run_that_is_cut_off_anywhere_is_folded",
                ],
            ),
            (
                "tests/states/cases.rs",
                &["damage_anywhere_is_refused_and_nothing_is_overwritten"],
            ),
        ],
    ),
];

#[test]
fn every_sentence_has_the_tests_that_it_names() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (sentence, places) in TABLE {
        assert!(!places.is_empty(), "{sentence}");
        for (file, tests) in *places {
            let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            assert!(!text.is_empty(), "{sentence}: there is no {file}");
            for test in *tests {
                // What every place is asked is no test by itself: it is one for each place.
                let for_places = *file == "tests/states/cases.rs";
                let is_test = |(at, _): (usize, &str)| {
                    if for_places {
                        return text.contains(&format!("            {test},\n"));
                    }
                    let before: Vec<&str> = text[..at].lines().rev().take(4).collect();
                    before.iter().any(|line| line.contains("test"))
                };
                let named = format!("fn {test}(");
                let is_there = text.match_indices(&named).any(is_test);
                assert!(is_there, "{sentence}: there is no test {test} in {file}");
            }
        }
    }
    // And each test of this folder is named.
    for file in [FILES, ANSWERS, TLS, TEXTS, ODD] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        for after in text
            .split("#[test]\n")
            .chain(text.split("#[tokio::test("))
            .skip(1)
        {
            let Some(name) = after
                .split("fn ")
                .nth(1)
                .and_then(|it| it.split('(').next())
            else {
                continue;
            };
            let begins = after
                .lines()
                .take(2)
                .any(|line| line.contains(&format!("fn {name}(")));
            let is_named = TABLE
                .iter()
                .flat_map(|(_, places)| places.iter())
                .any(|(_, tests)| tests.contains(&name));
            assert!(
                !begins || is_named,
                "{file}: {name} holds no sentence of the table"
            );
        }
    }
}

/// A run that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(180);

/// A project of these files beside its `bursar.yaml`.
fn project(files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    let root = "version: 1\nproject: p\nrules: { list-unused: allow }\n";
    for (path, text) in [("bursar.yaml", root)].iter().chain(files) {
        std::fs::write(project.path().join(path), text).unwrap();
    }
    project
}

/// What must reach the platform alone.
const TOKEN: &str = "t0ken-s3cret";
const ACCOUNT: &str = "cab1net-s3cret";

/// A project of one list, whose platform is at this address.
fn at(url: &str) -> Project {
    let project = project(&[("list.yaml", "kind: list\nname: l\ntype: static\n")]);
    let root = format!(
        "version: 1\nproject: p\nrules: {{ list-unused: allow }}\nplatform: {{ provider: sandbox, url: \"{url}\" }}\n"
    );
    std::fs::write(project.path().join("bursar.yaml"), root).unwrap();
    project
}

/// The same run, with credentials.
fn credentials(mut command: Command) -> Command {
    command
        .env("BURSAR_TOKEN", TOKEN)
        .env("BURSAR_ACCOUNT", ACCOUNT);
    command
}

/// Runs the program, which must come to an end.
fn finishes(project: &Project, arguments: &[&str]) -> Ran {
    bounded(project.bursar(arguments))
}

/// As [`finishes`].
fn bounded(mut command: Command) -> Ran {
    let shown = format!("{command:?}");
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let (ended, wait) = mpsc::channel();
    std::thread::spawn(move || ended.send(child.wait_with_output()));
    let output = wait.recv_timeout(PATIENCE);
    if output.is_err() {
        let _ = Command::new("kill").args(["-9", &id]).status();
    }
    assert!(output.is_ok(), "it hangs: {shown}");
    let output = output.unwrap().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// Whether `validate --json` tells this code of this file.
fn is_told(ran: &Ran, code: &str, file: &str) -> bool {
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let findings = told["diagnostics"].as_array().unwrap();
    findings.iter().any(|finding| {
        let path = finding["range"]["filename"].as_str().unwrap();
        finding["code"] == code && path.ends_with(file)
    })
}
