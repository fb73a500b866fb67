//! Values of a text changed in place: comments, order and everything that is not meant stay.
//!
//! What stands in several places at once (behind an anchor, merged in from elsewhere) or holds a
//! variable is not changed: it is told about instead. The edits of one call do not overlap; where
//! more is to be done than one round can, the result is read and edited again.

mod lines;
mod pairs;

use super::{Mapping, Node, Value, Written};
pub use pairs::is_same;

use crate::diag::Edit;
use crate::model::{Path, Seg};
use crate::source::Span;
use lines::{
    after_line, column_of, dash_before, line_end, line_start, trimmed_end, with_comments_above,
};
use pairs::{ids_of_nodes, ids_of_written, nested, pair_by_id, pair_by_place, says_nothing};

/// What is done, and what is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    /// Edits of one text.
    pub edits: Vec<Edit>,
    /// What was to be changed and is not.
    pub left: Vec<Left>,
}

/// A value that was to be changed and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where it stands in the document.
    pub path: Path,
    /// Where it is written.
    pub span: Span,
    /// Why it is left.
    pub why: Why,
}

/// Why a value is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It holds a variable.
    Variable,
    /// It is written elsewhere, or behind an anchor: others have it too.
    Shared,
    /// It is written in a form that is not changed in place.
    Form,
}

/// What becomes of keys that are there and not wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They stay.
    Stay,
    /// They are taken out, apart from those that say nothing: null, false, empty.
    Go,
}

/// Makes the value at a path the wanted one; the maps on the way must be there, or are made.
pub fn set(text: &str, root: &Node, path: &[Seg], wanted: &Written, others: Others) -> Edited {
    let mut editing = Editing::new(text);
    editing.set(root, path, wanted, others);
    editing.out
}

/// Takes the entry or item at a path out.
pub fn remove(text: &str, root: &Node, path: &[Seg]) -> Edited {
    let mut editing = Editing::new(text);
    editing.remove(root, path);
    editing.out
}

/// The edit that takes an entry out of a mapping: its lines, or its part of a line in braces.
pub fn removal(text: &str, map: &Node, key: &str) -> Option<Edit> {
    let Mapping { entries, .. } = map.as_mapping()?;
    let at = entries.iter().position(|entry| &*entry.key == key)?;
    let entry = entries.get(at)?;
    let file = entry.key_span.file;
    let (start, end) = (entry.key_span.start as usize, entry.value.span.end as usize);
    let cut = |start: usize, end: usize| {
        Some(Edit {
            span: Span::new(file, start, end),
            text: String::new(),
        })
    };
    if text.get(map.span.range())?.starts_with('{') {
        if let Some(next) = entries.get(at + 1) {
            return cut(start, next.key_span.start as usize);
        }
        let before = entries.get(at.checked_sub(1)?)?;
        return cut(before.value.span.end as usize, end);
    }
    let line = line_start(text, start);
    if !text.get(line..start)?.bytes().all(|byte| byte == b' ') {
        return None;
    }
    cut(line, after_line(text, trimmed_end(text, start, end)))
}

struct Editing<'a> {
    text: &'a str,
    out: Edited,
    path: Path,
}

impl<'a> Editing<'a> {
    fn new(text: &'a str) -> Self {
        Editing {
            text,
            out: Edited::default(),
            path: Path::root(),
        }
    }

    fn left(&mut self, span: Span, why: Why) {
        self.out.left.push(Left {
            path: self.path.clone(),
            span,
            why,
        });
    }

    fn edit(&mut self, start: usize, end: usize, file: Span, text: String) {
        let text = if self.text.contains("\r\n") {
            text.replace('\n', "\r\n")
        } else {
            text
        };
        self.out.edits.push(Edit {
            span: Span::new(file.file, start, end),
            text,
        });
    }

    fn slice(&self, span: Span) -> &'a str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.slice(node.span).starts_with(['{', '['])
    }

    /// Whether a value is written inside of another, and nowhere else.
    fn is_own(&self, parent: &Node, node: &Node) -> bool {
        let (outer, inner) = (parent.span, node.span);
        let before = self.text.get(..inner.start as usize).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        let word = line.trim_end().rsplit([' ', ':', '[', '{', ',']).next();
        let is_anchored = word.is_some_and(|word| match word.strip_prefix('&') {
            Some(anchor) => self.is_used(anchor),
            None => word.starts_with('!'),
        }) || self.slice(inner).starts_with(['&', '*', '!']);
        outer.file == inner.file
            && outer.start <= inner.start
            && inner.end <= outer.end
            && !is_anchored
    }

    /// Whether something in the text could be an alias of an anchor.
    fn is_used(&self, anchor: &str) -> bool {
        let ends = |rest: &str| {
            rest.chars()
                .next()
                .is_none_or(|next| next.is_whitespace() || matches!(next, ',' | ']' | '}' | ':'))
        };
        self.text
            .split('*')
            .skip(1)
            .any(|behind| behind.strip_prefix(anchor).is_some_and(ends))
    }

    fn set(&mut self, node: &Node, path: &[Seg], wanted: &Written, others: Others) {
        let Some((first, rest)) = path.split_first() else {
            return self.contents(node, wanted, others);
        };
        self.path.0.push(first.clone());
        match (first, &node.value) {
            (Seg::Key(key), Value::Mapping(mapping)) => match mapping.entry(key) {
                Some(entry) if rest.is_empty() => {
                    self.value(node, Some(entry.key_span), &entry.value, wanted, others);
                }
                Some(entry) if !self.is_own(node, &entry.value) => {
                    self.left(entry.value.span, Why::Shared);
                }
                Some(entry) if entry.value.is_null() => {
                    let made = nested(rest, wanted);
                    self.value(node, Some(entry.key_span), &entry.value, &made, others);
                }
                Some(entry) => self.set(&entry.value, rest, wanted, others),
                None => self.insert(node, key, &nested(rest, wanted), mapping.entries.len()),
            },
            (Seg::Index(at), Value::Sequence(items)) => match items.get(*at) {
                Some(item) if rest.is_empty() => self.value(node, None, item, wanted, others),
                Some(item) if !self.is_own(node, item) => self.left(item.span, Why::Shared),
                Some(item) => self.set(item, rest, wanted, others),
                None => self.left(node.span, Why::Form),
            },
            (Seg::Key(_) | Seg::Index(_), _) => self.left(node.span, Why::Form),
        }
        self.path.0.pop();
    }

    fn remove(&mut self, node: &Node, path: &[Seg]) {
        let Some((first, rest)) = path.split_first() else {
            return self.left(node.span, Why::Form);
        };
        self.path.0.push(first.clone());
        match (first, &node.value) {
            (Seg::Key(key), Value::Mapping(mapping)) => match mapping.entry(key) {
                None => {}
                Some(entry) if !self.is_own(node, &entry.value) => {
                    self.left(entry.value.span, Why::Shared);
                }
                Some(entry) if rest.is_empty() => self.take_out(node, key, entry.value.span),
                Some(entry) => self.remove(&entry.value, rest),
            },
            (Seg::Index(at), Value::Sequence(items)) => match items.get(*at) {
                Some(item) if !rest.is_empty() && self.is_own(node, item) => {
                    self.remove(item, rest);
                }
                Some(item) => self.left(item.span, Why::Form),
                None => {}
            },
            (Seg::Key(_) | Seg::Index(_), _) => self.left(node.span, Why::Form),
        }
        self.path.0.pop();
    }

    fn take_out(&mut self, map: &Node, key: &str, place: Span) {
        match removal(self.text, map, key) {
            Some(edit) if !self.slice(edit.span).contains("${") => self.out.edits.push(edit),
            Some(_) => self.left(place, Why::Variable),
            None => self.left(place, Why::Form),
        }
    }

    /// Makes one value the wanted one. `key` is the key's place, of an entry.
    fn value(
        &mut self,
        parent: &Node,
        key: Option<Span>,
        node: &Node,
        wanted: &Written,
        others: Others,
    ) {
        if is_same(node, wanted) {
            return;
        }
        if !self.is_own(parent, node) {
            return self.left(node.span, Why::Shared);
        }
        match (&node.value, wanted) {
            (Value::Mapping(mapping), Written::Map(entries))
                if entries.iter().any(|(key, _)| mapping.entry(key).is_some()) =>
            {
                self.contents(node, wanted, others);
            }
            (Value::Sequence(items), Written::List(new))
                if !items.is_empty() && !new.is_empty() =>
            {
                self.contents(node, wanted, others);
            }
            (Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_), _) => {
                self.replace(parent, key, node, wanted);
            }
        }
    }

    fn replace(&mut self, parent: &Node, key: Option<Span>, node: &Node, wanted: &Written) {
        if self.slice(node.span).contains("${") {
            return self.left(node.span, Why::Variable);
        }
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        let end = trimmed_end(self.text, start, end);
        if self.is_flow(parent) {
            return self.edit(start, end, node.span, wanted.on_one_line());
        }
        let column = match key {
            Some(key) => column_of(self.text, key.start as usize),
            None => match dash_before(self.text, start) {
                Some(dash) => column_of(self.text, dash),
                None => return self.left(node.span, Why::Form),
            },
        };
        let new = match key {
            Some(key) => wanted.behind_key(self.slice(key), column),
            None => wanted.behind_dash(column),
        };
        let new = new.trim_end_matches('\n');
        let is_line = |text: &str| !text.contains('\n');
        if is_line(new) && is_line(self.text.get(start..end).unwrap_or("\n")) && end > start {
            // What stands behind it on the line stays.
            return self.edit(start, end, node.span, new.trim_start().to_owned());
        }
        let from = match key {
            Some(key) => {
                let after = self.text.get(key.end as usize..).unwrap_or("");
                match after.find(':') {
                    Some(colon) => key.end as usize + colon + 1,
                    None => return self.left(node.span, Why::Form),
                }
            }
            None => match dash_before(self.text, start) {
                Some(dash) => dash + 1,
                None => return self.left(node.span, Why::Form),
            },
        };
        // A comment between the key and its value would be lost.
        if self.text.get(from..start).unwrap_or("").contains('#') {
            return self.left(node.span, Why::Form);
        }
        let end = end.max(from);
        let behind = self.text.get(end..line_end(self.text, end)).unwrap_or("");
        match new.split_once('\n') {
            // A comment behind the old value goes behind the new one's header.
            Some((header, lines)) if behind.trim_start().starts_with('#') => {
                let comment = behind.trim();
                let text = format!("{header} {comment}\n{lines}");
                self.edit(from, end + behind.len(), node.span, text);
            }
            Some(_) | None => self.edit(from, end, node.span, new.to_owned()),
        }
    }

    /// Makes what is in a collection what is wanted.
    fn contents(&mut self, node: &Node, wanted: &Written, others: Others) {
        match (&node.value, wanted) {
            (Value::Mapping(mapping), Written::Map(entries)) => {
                self.entries(node, mapping, entries, others);
            }
            (Value::Sequence(items), Written::List(new)) => self.items(node, items, new, others),
            (Value::Scalar(_) | Value::Sequence(_) | Value::Mapping(_), _) => {
                self.left(node.span, Why::Form);
            }
        }
    }

    fn entries(
        &mut self,
        node: &Node,
        mapping: &Mapping,
        wanted: &[(String, Written)],
        others: Others,
    ) {
        let is_wanted = |key: &str| wanted.iter().any(|(own, _)| own == key);
        let goes = |entry: &super::Entry| {
            others == Others::Go && !is_wanted(&entry.key) && !says_nothing(&entry.value)
        };
        let gone = mapping.entries.iter().filter(|entry| goes(entry)).count();
        if gone > 1 && self.is_flow(node) || gone == mapping.entries.len() {
            // Neighbours in braces share their commas.
            return self.rewrite(node, &Written::Map(wanted.to_vec()));
        }
        for entry in mapping.entries.iter().filter(|entry| goes(entry)) {
            self.path.0.push(Seg::Key(entry.key.clone()));
            if self.is_own(node, &entry.value) {
                self.take_out(node, &entry.key, entry.value.span);
            } else {
                self.left(entry.value.span, Why::Shared);
            }
            self.path.0.pop();
        }
        let mut after = None;
        for (key, value) in wanted {
            let at = mapping.entries.iter().position(|entry| *entry.key == **key);
            self.path.0.push(Seg::Key(key.as_str().into()));
            match at.and_then(|at| mapping.entries.get(at)) {
                Some(entry) => {
                    self.value(node, Some(entry.key_span), &entry.value, value, others);
                    after = at;
                }
                None => {
                    let kept = mapping
                        .entries
                        .iter()
                        .rposition(|entry| !goes(entry))
                        .map_or(0, |last| last + 1);
                    self.insert(node, key, value, after.map_or(kept, |at| at + 1));
                }
            }
            self.path.0.pop();
        }
    }

    /// Adds an entry behind so many that are there.
    fn insert(&mut self, map: &Node, key: &str, value: &Written, behind: usize) {
        let Some(mapping) = map.as_mapping() else {
            return self.left(map.span, Why::Form);
        };
        let before = behind
            .checked_sub(1)
            .and_then(|at| mapping.entries.get(at))
            .filter(|entry| self.is_own(map, &entry.value));
        let (Some(before), Some(first)) = (before, mapping.entries.first()) else {
            let alone = Written::map([(key, value.clone())]);
            return match mapping.entries.is_empty() && self.is_flow(map) {
                true => self.rewrite(map, &alone),
                false => self.left(map.span, Why::Form),
            };
        };
        let (start, end) = (
            before.value.span.start as usize,
            before.value.span.end as usize,
        );
        let end = trimmed_end(self.text, start, end).max(before.key_span.end as usize);
        let entry = Written::map([(key, value.clone())]);
        if self.is_flow(map) {
            let line = entry.on_one_line();
            let inner = line.trim_start_matches("{ ").trim_end_matches(" }");
            return self.edit(end, end, map.span, format!(", {inner}"));
        }
        let column = column_of(self.text, first.key_span.start as usize);
        let margin = " ".repeat(column);
        let mut new = String::from("\n");
        new.push_str(&margin);
        new.push_str(key);
        new.push(':');
        new.push_str(value.behind_key(key, column).trim_end_matches('\n'));
        let at = line_end(self.text, end);
        self.edit(at, at, map.span, new);
    }

    fn items(&mut self, node: &Node, items: &[Node], wanted: &[Written], others: Others) {
        let (new_ids, old_ids) = (ids_of_written(wanted), ids_of_nodes(items));
        let pairs = match (new_ids, old_ids) {
            (Some(new), Some(old)) => pair_by_id(&old, &new),
            (_, _) => pair_by_place(items, wanted),
        };
        let Some(pairs) = pairs else {
            return self.rearrange(node, items, wanted);
        };
        let kept: Vec<usize> = pairs.iter().flatten().copied().collect();
        let removed: Vec<usize> = (0..items.len()).filter(|at| !kept.contains(at)).collect();
        let is_flow = self.is_flow(node);
        if kept.is_empty() || is_flow && !removed.is_empty() {
            return self.rewrite(node, &Written::List(wanted.to_vec()));
        }
        for item in removed.iter().filter_map(|at| items.get(*at)) {
            let (start, end) = (item.span.start as usize, item.span.end as usize);
            let Some(dash) = dash_before(self.text, start) else {
                self.left(item.span, Why::Form);
                continue;
            };
            if self.slice(item.span).contains("${") {
                self.left(item.span, Why::Variable);
                continue;
            }
            let from = line_start(self.text, dash);
            let to = after_line(self.text, trimmed_end(self.text, start, end));
            self.edit(from, to, item.span, String::new());
        }
        // New items at the beginning go behind the first that stays: before it there may be none.
        let mut after = None;
        for (new, old) in wanted.iter().zip(&pairs) {
            match old.and_then(|at| items.get(at)) {
                Some(item) => {
                    self.path.0.push(Seg::Index(old.unwrap_or(0)));
                    self.value(node, None, item, new, others);
                    self.path.0.pop();
                    after = Some(item);
                }
                None => match after {
                    Some(before) => self.add_item(node, before, new),
                    None => match kept.first().and_then(|at| items.get(*at)) {
                        Some(first) => self.add_before(node, first, new),
                        None => self.left(node.span, Why::Form),
                    },
                },
            }
        }
    }

    fn add_item(&mut self, list: &Node, before: &Node, new: &Written) {
        let (start, end) = (before.span.start as usize, before.span.end as usize);
        let end = trimmed_end(self.text, start, end);
        if self.is_flow(list) {
            return self.edit(end, end, list.span, format!(", {}", new.on_one_line()));
        }
        let Some(dash) = dash_before(self.text, start) else {
            return self.left(list.span, Why::Form);
        };
        let column = column_of(self.text, dash);
        let item = new.behind_dash(column);
        let at = line_end(self.text, end);
        let text = format!("\n{}-{}", " ".repeat(column), item.trim_end_matches('\n'));
        self.edit(at, at, list.span, text);
    }

    fn add_before(&mut self, list: &Node, next: &Node, new: &Written) {
        let start = next.span.start as usize;
        if self.is_flow(list) {
            return self.edit(start, start, list.span, format!("{}, ", new.on_one_line()));
        }
        let Some(dash) = dash_before(self.text, start) else {
            return self.left(list.span, Why::Form);
        };
        let column = column_of(self.text, dash);
        let text = format!("-{}{}", new.behind_dash(column), " ".repeat(column));
        self.edit(dash, dash, list.span, text);
    }

    /// Writes a collection anew, if nothing in it would be lost.
    fn rewrite(&mut self, node: &Node, wanted: &Written) {
        let text = self.slice(node.span);
        if text.contains("${") {
            return self.left(node.span, Why::Variable);
        }
        if !self.is_flow(node) || text.contains('#') || text.contains(['&', '*']) {
            return self.left(node.span, Why::Form);
        }
        let (start, end) = (node.span.start as usize, node.span.end as usize);
        self.edit(start, end, node.span, wanted.on_one_line());
    }

    /// Puts the items of a list in another order, each with its lines and the comments above it.
    /// What is to change in them is for the next round.
    fn rearrange(&mut self, node: &Node, items: &[Node], wanted: &[Written]) {
        let (Some(new), Some(old)) = (ids_of_written(wanted), ids_of_nodes(items)) else {
            return self.left(node.span, Why::Form);
        };
        let order: Vec<usize> = new
            .iter()
            .filter_map(|id| old.iter().position(|other| other == id))
            .chain(
                old.iter()
                    .enumerate()
                    .filter(|(_, id)| !new.contains(id))
                    .map(|(at, _)| at),
            )
            .collect();
        if self.is_flow(node) {
            let pieces: Vec<&str> = order
                .iter()
                .filter_map(|at| items.get(*at))
                .map(|item| self.slice(item.span).trim_end())
                .collect();
            if self.slice(node.span).contains('#') {
                return self.left(node.span, Why::Form);
            }
            let (start, end) = (node.span.start as usize, node.span.end as usize);
            return self.edit(start, end, node.span, format!("[{}]", pieces.join(", ")));
        }
        let mut starts = Vec::with_capacity(items.len());
        for item in items {
            let Some(dash) = dash_before(self.text, item.span.start as usize) else {
                return self.left(node.span, Why::Form);
            };
            let (line, column) = (line_start(self.text, dash), column_of(self.text, dash));
            starts.push(with_comments_above(self.text, line, column));
        }
        let (Some(first), Some(last)) = (starts.first().copied(), items.last()) else {
            return;
        };
        let (from, to) = (last.span.start as usize, last.span.end as usize);
        let end = after_line(self.text, trimmed_end(self.text, from, to));
        starts.push(end);
        let mut out = String::new();
        for at in order {
            let (Some(start), Some(end)) = (starts.get(at), starts.get(at + 1)) else {
                continue;
            };
            out.push_str(self.text.get(*start..*end).unwrap_or(""));
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
        self.out.edits.push(Edit {
            span: Span::new(node.span.file, first, end),
            text: out,
        });
    }
}

#[cfg(test)]
mod tests;
