//! Cures that can be carried out: edits of the text.

use crate::source::Span;

/// How sure a cure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// The cure is certain and touches neither money nor anybody's access.
    Safe,
    /// The cure is likely, or it changes what clients get: a person decides.
    Unsafe,
}

/// One replacement of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; an empty span inserts.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A cure: edits that are made together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: `rename it to \`title\``.
    pub title: String,
    /// How sure it is.
    pub safety: Safety,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
}

/// A text with edits made, the first of those that overlap alone; `None` if none could be made.
///
/// An edit whose place holds a variable or an alias is passed over: the text that was judged stands
/// somewhere else.
pub fn apply_edits(text: &str, edits: &[&Edit]) -> Option<String> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup_by(|later, first| later == first);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut made = false;
    for edit in edits {
        let range = edit.span.range();
        let (Some(before), Some(old)) = (text.get(from..range.start), text.get(range.clone()))
        else {
            continue;
        };
        if old.contains("${") || old.starts_with(['*', '&', '!']) {
            continue;
        }
        out.push_str(before);
        out.push_str(&edit.text);
        from = range.end;
        made = true;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    made.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn edits_are_made_together_and_never_over_each_other() {
        let edit = |start, end, text: &str| Edit {
            span: Span::new(FileId(0), start, end),
            text: text.to_owned(),
        };
        let check = |text: &str, edits: &[Edit], expected: Option<&str>| {
            let edits: Vec<&Edit> = edits.iter().collect();
            assert_eq!(apply_edits(text, &edits).as_deref(), expected, "{text}");
        };
        let tilte = "tilte: A # note\nprcie: 1\n";
        let both = [edit(16, 21, "price"), edit(0, 5, "title")];
        check(tilte, &both, Some("title: A # note\nprice: 1\n"));
        let twice = [edit(0, 5, "title"), edit(0, 5, "title"), edit(2, 8, "x")];
        check(tilte, &twice, Some("title: A # note\nprcie: 1\n"));
        check("a: ${b}", &[edit(3, 7, "c")], None);
        check("a: *b", &[edit(3, 5, "c")], None);
        check("a", &[edit(5, 9, "c")], None);
        check("a: []", &[edit(4, 4, "b")], Some("a: [b]"));
    }
}
