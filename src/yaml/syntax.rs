//! Syntax errors in our own words.

use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};
use granit_parser::{ErrorKind, ScanError};

/// What is wrong, where, and what to do.
pub(super) fn explain(file: FileId, text: &str, error: &ScanError) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    let before = text.get(..at).unwrap_or("");
    let words = words(error.kind(), before, text.get(at..).unwrap_or(""));
    let start = at.saturating_sub(words.back);
    let length = text
        .get(start..)
        .and_then(|rest| rest.chars().next())
        .filter(|next| !matches!(next, '\n' | '\r'))
        .map_or(0, char::len_utf8);
    Diagnostic::new(
        words.code,
        Span::new(file, start, start + length),
        words.message,
    )
    .label(words.label)
    .help(words.help)
}

/// Whether the crate's own cap on nesting was met.
pub(super) fn is_nesting(error: &ScanError) -> bool {
    matches!(error.kind(), ErrorKind::RecursionLimitExceeded)
}

struct Words {
    code: Code,
    message: String,
    label: String,
    help: String,
    /// Bytes from the place of the error back to what caused it.
    back: usize,
}

impl Words {
    fn new(message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Words {
            code: Code::YamlSyntax,
            message: message.into(),
            label: label.into(),
            help: help.into(),
            back: 0,
        }
    }

    fn code(self, code: Code) -> Self {
        Words { code, ..self }
    }

    fn back(self, back: usize) -> Self {
        Words { back, ..self }
    }
}

fn words(kind: &ErrorKind, before: &str, after: &str) -> Words {
    match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => colon(before),
        ErrorKind::ExpectedBlockMappingKey => mapping_key(before),
        ErrorKind::ExpectedDocumentStart if after.starts_with(':') => Words::new(
            "a space is missing after the colon",
            "write `: `",
            "write `key: value`, with a space",
        ),
        ErrorKind::ExpectedDocumentStart => Words::new(
            "this line belongs to nothing above it",
            "expected `---` or the end of the file",
            "align it with the lines it belongs to, or put `---` between two documents",
        ),
        ErrorKind::ExpectedBlockSequenceEntry => Words::new(
            "expected `- ` here",
            "among the items of a list",
            "start the line with `- `, or indent it as far as the item it belongs to",
        ),
        ErrorKind::BlockSequenceEntryNotAllowed => Words::new(
            "a list cannot start here",
            "expected a new line before `-`",
            "start the list on the line below its key",
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => Words::new(
            "expected `:` after this key",
            "a key without a colon",
            "write `key: value`; indent a text that goes on further than its key",
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => Words::new(
            "the quote is never closed",
            "opened here",
            "close the quote",
        ),
        ErrorKind::InvalidTrailingSingleQuotedScalar => Words::new(
            "text after the closing quote",
            "expected the end of the value",
            "write a quote inside single quotes twice: `'it''s'`",
        ),
        ErrorKind::InvalidTrailingDoubleQuotedScalar => Words::new(
            "text after the closing quote",
            "expected the end of the value",
            "write a quote inside double quotes as `\\\"`",
        ),
        ErrorKind::UnclosedFlowCollection { open } => Words::new(
            format!("`{open}` is never closed"),
            "opened here",
            format!("add `{}`", closing(*open)),
        ),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => Words::new(
            format!("`{open}` is closed by `{close}`"),
            "opened here",
            format!("close it by `{}`", closing(*open)),
        ),
        ErrorKind::MisplacedFlowCollectionEnd => Words::new(
            "a bracket that closes nothing",
            "opened nowhere",
            "remove it, or quote the text it belongs to",
        ),
        ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofImplicitFlowMapping => Words::new(
            "expected `,` or `]` here",
            "inside `[`…`]`",
            "put a comma between the items, and close the list",
        ),
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::UnexpectedEofFlowMapping => {
            Words::new(
                "expected `,` or `}` here",
                "inside `{`…`}`",
                "put a comma between the pairs, and close the mapping",
            )
        }
        ErrorKind::UnexpectedCharacter { character } => character_words(*character),
        ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => {
            let line = before.rsplit('\n').next().unwrap_or("");
            let back = match line.rfind('\t') {
                Some(tab) if !after.starts_with('\t') => line.len() - tab,
                Some(_) | None => 0,
            };
            Words::new(
                "a tab stands where YAML takes spaces only",
                "a tab",
                "indent with spaces",
            )
            .back(back)
        }
        ErrorKind::UnknownQuotedScalarEscape => Words::new(
            "`\\` is followed by a character that it cannot escape",
            "in this text",
            "write `\\\\` for a backslash, or put the text in single quotes",
        ),
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => Words::new(
            "`\\x`, `\\u` or `\\U` is not followed by a character's number",
            "in this text",
            "write the character itself, or its two, four or eight hexadecimal digits",
        ),
        ErrorKind::CommentInterceptedScalar => Words::new(
            "a comment in the middle of a text",
            "the text goes on below",
            "move the comment, or put the text in quotes",
        ),
        ErrorKind::CommentNotSeparated => Words::new(
            "a space is missing before the comment",
            "expected a space before `#`",
            "put a space before `#`, or quote a text that it belongs to",
        ),
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => Words::new(
            "text on the line of `|` or `>`",
            "expected a new line",
            "start the text on the next line, indented",
        ),
        ErrorKind::InvalidBlockScalarIndent
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidQuotedScalarIndent
        | ErrorKind::InvalidFlowScalarIndent => Words::new(
            "the line is not indented as its place requires",
            "wrong indentation",
            "indent it further than the key it belongs to, and like its neighbours",
        ),
        ErrorKind::MissingAnchorOrAliasName => Words::new(
            "the name of an anchor or alias is missing",
            "expected a name",
            "write the name right behind `&` or `*`, or quote a text that starts so",
        ),
        ErrorKind::UndeclaredTagHandle => Words::new(
            "the tag's prefix is declared nowhere",
            "an unknown tag",
            "remove the tag",
        )
        .code(Code::CustomTag),
        ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => Words::new(
            "a tag that YAML cannot read",
            "not a tag",
            "remove the tag, or quote a text that starts with `!`",
        ),
        ErrorKind::RecursionLimitExceeded => Words::new(
            "the document is nested too deep",
            "too deep",
            "flatten the document",
        )
        .code(Code::LimitExceeded),
        ErrorKind::UnsupportedYamlMajorVersion => Words::new(
            "the document says it is another YAML than 1.2",
            "only 1.2 is read",
            "remove the line, or write `%YAML 1.2`",
        ),
        ErrorKind::DuplicateVersionDirective
        | ErrorKind::DuplicateTagDirective
        | ErrorKind::MissingDocumentEndBeforeDirective
        | ErrorKind::ExpectedTagDirectiveBang
        | ErrorKind::InvalidDirectiveTerminator
        | ErrorKind::MissingYamlVersionSeparator
        | ErrorKind::MissingDirectiveName
        | ErrorKind::InvalidDirectiveName
        | ErrorKind::YamlVersionTooLong
        | ErrorKind::MissingYamlVersion
        | ErrorKind::InvalidTagDirectiveTerminator => Words::new(
            "a directive that YAML cannot read",
            "a line with `%` at its start",
            "remove the line: bursar needs no directives",
        ),
        ErrorKind::InvalidDocumentEnd => Words::new(
            "text behind the end of a document",
            "expected a new line after `...`",
            "put `---` between two documents",
        ),
        ErrorKind::BomInsideDocument => Words::new(
            "a byte-order mark in the middle of the file",
            "an invisible character",
            "remove it: it may stand at the start of a file only",
        ),
        ErrorKind::PlainScalarStartsWithDashFlowIndicator
        | ErrorKind::BlockEntryInFlowCollection => Words::new(
            "`-` does not start an item inside brackets",
            "inside `[`…`]` or `{`…`}`",
            "separate the items by commas, or quote a text that starts with `-`",
        ),
        // The rest is rare; new kinds may come with the crate.
        other => Words::new(
            other.to_string(),
            "YAML cannot be read from here on",
            "correct the line, or quote the text in it",
        ),
    }
}

/// A colon where none can stand: a value that contains `: `, or a line that is out of place.
fn colon(before: &str) -> Words {
    let mut lines = before.rsplit('\n');
    let line = lines.next().unwrap_or("");
    if line.contains(": ") {
        return Words::new(
            "a second `:` in one line",
            "not expected here",
            "put a text that contains `: ` in quotes",
        );
    }
    let above = lines.find(|line| !line.trim().is_empty()).unwrap_or("");
    let glued = above.split_once(':').is_some_and(|(key, value)| {
        !key.contains(' ') && value.starts_with(|c: char| !c.is_whitespace())
    });
    if glued {
        return Words::new(
            "a key in the middle of a text",
            "not expected here",
            "put a space after the colon of the line above",
        );
    }
    Words::new(
        "a key in the middle of a text",
        "not expected here",
        "align the line with the keys beside it; check quotes and brackets in the lines above",
    )
}

/// Something else than a key among the keys of a mapping.
fn mapping_key(before: &str) -> Words {
    let line = before.rsplit('\n').next().unwrap_or("");
    if line.trim() == "-" {
        return Words::new(
            "a list item among the keys of a mapping",
            "expected a key",
            "indent the list under its key, or remove the `-`",
        )
        .back(line.len() - line.find('-').unwrap_or(0));
    }
    Words::new(
        "expected a key here",
        "not a key of the mapping above",
        "write `key: value`, aligned with the keys beside it",
    )
}

fn character_words(character: char) -> Words {
    if character.is_control() || character == '\u{feff}' {
        return Words::new(
            format!(
                "the character U+{:04X} cannot stand here",
                u32::from(character)
            ),
            "an invisible character",
            "remove it",
        );
    }
    let named = match character {
        '`' => "a backtick".to_owned(),
        _ => format!("`{character}`"),
    };
    Words::new(
        format!("a text cannot start with {named}"),
        "not expected here",
        "put the text in quotes",
    )
}

fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}
