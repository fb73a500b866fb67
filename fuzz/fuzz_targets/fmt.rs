//! Any text in the one layout: nothing panics, what is formatted settles at once and means the same.
#![no_main]

use bursar::diag::Diagnostics;
use bursar::source::FileId;
use bursar::yaml::{Limits, format, parse, to_json};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let limits = Limits::default();
    let Ok(new) = format(text, &limits) else {
        return;
    };
    assert_eq!(format(&new, &limits).as_ref(), Ok(&new));
    let meaning = |text: &str| {
        let documents = parse(FileId(0), text, &limits, &mut Diagnostics::new());
        documents.iter().map(|node| to_json(node).to_string()).collect::<Vec<_>>()
    };
    assert_eq!(meaning(&new), meaning(text));
});
