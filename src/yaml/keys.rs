//! The keys of a mapping: repeated ones, `<<`.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;
use crate::yaml::limits::Sink;
use crate::yaml::node::by_key;
use crate::yaml::{Entry, Mapping, Node, Value};

/// The key under which other mappings are merged in.
const MERGE: &str = "<<";

/// Makes a mapping of entries as they were written.
///
/// Of a repeated key the first entry is kept. `<<` is replaced by what it merges in: the
/// mapping's own keys win over merged ones, earlier merged mappings over later ones.
pub(super) fn settle(
    mut entries: Vec<Entry>,
    merges: bool,
    text: &str,
    sink: &mut Sink<'_>,
) -> Mapping {
    let repeated = repeated(&entries);
    if !repeated.is_empty() {
        report(&entries, &repeated, sink);
        remove(&mut entries, &repeated);
    }
    if merges {
        entries = merge(entries, text, sink);
    }
    Mapping::from(entries)
}

/// Whether a key is `<<` without quotes.
pub(super) fn is_merge(key: &str, span: Span) -> bool {
    key == MERGE && span.range().len() == MERGE.len()
}

/// Pairs of positions: a key's first entry and a later one of the same key, in the order of the
/// later ones.
fn repeated(entries: &[Entry]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    if entries.len() <= 16 {
        for (later, entry) in entries.iter().enumerate().skip(1) {
            let same = |other: &Entry| other.key == entry.key;
            if let Some(first) = entries.iter().take(later).position(same) {
                pairs.push((first, later));
            }
        }
        return pairs;
    }
    // Every pair would be compared above: too slow for 100,000 keys.
    let sorted = by_key(entries);
    let key = |position: u32| entries.get(position as usize).map(|entry| &*entry.key);
    for group in sorted.chunk_by(|a, b| key(*a) == key(*b)) {
        if let [first, later @ ..] = group {
            pairs.extend(later.iter().map(|later| (*first as usize, *later as usize)));
        }
    }
    pairs.sort_unstable_by_key(|(_, later)| *later);
    pairs
}

fn report(entries: &[Entry], repeated: &[(usize, usize)], sink: &mut Sink<'_>) {
    for (first, later) in repeated {
        let (Some(first), Some(later)) = (entries.get(*first), entries.get(*later)) else {
            continue;
        };
        let help = if is_merge(&later.key, later.key_span) {
            "merge several mappings by one list: `<<: [*first, *second]`"
        } else {
            "remove one of the two, or give one of them another key"
        };
        sink.push(
            Diagnostic::new(
                Code::DuplicateKey,
                later.key_span,
                format!("the key `{}` stands twice in one mapping", later.key),
            )
            .label("here again")
            .why("only one of the two values can hold, and which one is a guess")
            .help(help)
            .related(first.key_span, "first here"),
        );
        if sink.is_full() {
            return;
        }
    }
}

/// Removes the later entry of each pair; the pairs are in the order of their later entries.
fn remove(entries: &mut Vec<Entry>, repeated: &[(usize, usize)]) {
    let mut later = repeated.iter().map(|(_, later)| *later).peekable();
    let mut at = 0;
    entries.retain(|_| {
        let remove = later.next_if_eq(&at).is_some();
        at += 1;
        !remove
    });
}

fn merge(mut entries: Vec<Entry>, text: &str, sink: &mut Sink<'_>) -> Vec<Entry> {
    let Some(at) = entries
        .iter()
        .position(|entry| is_merge(&entry.key, entry.key_span))
    else {
        return entries;
    };
    let value = entries.remove(at).value;
    let own = entries.len();
    let mut all = entries;
    match value.value {
        Value::Mapping(mapping) => all.extend(mapping.entries),
        Value::Sequence(items) => {
            for item in items {
                match item.value {
                    Value::Mapping(mapping) => all.extend(mapping.entries),
                    Value::Scalar(_) | Value::Sequence(_) => refuse(&item, text, sink),
                }
            }
        }
        Value::Scalar(_) => refuse(&value, text, sink),
    }
    let hidden = repeated(&all);
    remove(&mut all, &hidden);
    let merged = all.split_off(own);
    all.splice(at..at, merged);
    all
}

fn refuse(node: &Node, text: &str, sink: &mut Sink<'_>) {
    // An alias that could not be expanded has its own finding.
    if starts_with(text, node.span, b'*') {
        return;
    }
    sink.push(
        Diagnostic::new(
            Code::YamlSyntax,
            node.span,
            "`<<` takes a mapping or a list of mappings",
        )
        .label("not a mapping")
        .help("name a mapping that has an anchor: `<<: *name`"),
    );
}

fn starts_with(text: &str, span: Span, byte: u8) -> bool {
    text.as_bytes().get(span.start as usize) == Some(&byte)
}
