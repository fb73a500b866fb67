//! Text → trees.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};
use crate::yaml::compose::{Composer, Step};
use crate::yaml::limits::{Limits, Sink, exceeded, thousands};
use crate::yaml::{Node, syntax};

/// Reads the documents of a file.
///
/// Documents without content are left out; so is a document with a syntax error, behind which
/// reading goes on at the next `---`. What is wrong is added to `findings`: `yaml-syntax`,
/// `duplicate-key`, `custom-tag`, `limit-exceeded`. Where a value cannot be had (an alias of
/// nothing, a limit) it is null.
pub fn parse(file: FileId, text: &str, limits: &Limits, findings: &mut Diagnostics) -> Vec<Node> {
    let mut documents = Vec::new();
    if text.len() > limits.file_bytes {
        findings.push(exceeded(
            Span::start_of(file),
            format!(
                "the file has {} bytes, more than the {} that are read",
                thousands(text.len()),
                thousands(limits.file_bytes)
            ),
            "too large",
            "split the file: documents may stand in any number of files",
        ));
        return documents;
    }
    // The crate's own caps lie above ours, so that ours, which can go on, are met first.
    let nesting = limits.depth.saturating_add(1).max(255);
    let options = granit_parser::options! {
        emit_comments: false,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: nesting,
        block_nesting_limit: nesting,
    };
    let mut parser = granit_parser::Parser::new_from_str_with_options(text, options);
    let mut composer = Composer::new(file, text, limits, Sink::new(findings));
    while let Some(next) = parser.next_event() {
        match next {
            Ok((event, span)) => match composer.take(event, &span) {
                Step::Go => {}
                Step::Document(node) => documents.push(node),
                Step::Stop => break,
            },
            Err(error) => {
                // A document whose nesting was refused has been told about already.
                if !composer.abandon() || !syntax::is_nesting(&error) {
                    composer.report(syntax::explain(file, text, &error));
                }
                if composer.is_full() || !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    documents
}

/// The text of a file's bytes.
///
/// # Errors
/// The first byte that does not belong to UTF-8; see [`not_utf8`].
pub fn decode(bytes: Vec<u8>) -> Result<String, usize> {
    String::from_utf8(bytes).map_err(|error| error.utf8_error().valid_up_to())
}

/// The finding for a file that [`decode`] refused at byte `at`.
pub fn not_utf8(file: FileId, at: usize) -> Diagnostic {
    Diagnostic::new(
        Code::NotUtf8,
        Span::new(file, at, at),
        format!("byte {at} of the file does not belong to UTF-8"),
    )
    .label("not UTF-8 from here on")
    .why("YAML is read as UTF-8; in another encoding letters would turn into other letters")
    .help("save the file as UTF-8")
}

#[cfg(test)]
pub(super) mod tests;
