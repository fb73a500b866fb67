//! The lines of a text and where they belong.

/// An event with its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) shape: Shape,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What an event is to the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Document,
    Start(Collection),
    End,
    Scalar,
    BlockScalar,
    Anchor,
    Comment,
}

/// The forms of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collection {
    Mapping,
    Sequence,
    FlowMapping,
    FlowSequence,
}

/// Spaces of one level.
const STEP: usize = 2;

/// A line of the text.
#[derive(Clone, Debug)]
struct Line {
    start: usize,
    end: usize,
    /// The new indentation, once it is known.
    indent: Option<usize>,
    kind: Kind,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nothing, outside of scalars.
    Blank,
    /// A comment alone.
    Comment,
    /// A comment alone that goes on with the one behind the value above, at its column.
    Aligned,
    /// It begins with a key or a dash, or is a marker between documents.
    Structure,
    /// It goes on with a value of a line above: that line's number.
    Continuation { of: usize },
    /// It belongs to a block scalar: its header's line, and the columns of old and new content.
    Block { from: usize, to: usize },
}

/// An open collection.
struct Open {
    form: Collection,
    /// The new column of its keys or dashes.
    column: usize,
    /// The old one.
    old: usize,
    /// Keys and values so far.
    children: usize,
}

/// What becomes of a text.
pub(super) struct Edits<'a> {
    text: &'a str,
    lines: Vec<Line>,
    /// Replacements inside lines: bytes, and what stands there.
    inside: Vec<(usize, usize, String)>,
    /// Comments behind values, by the byte at which they begin.
    trailing: Vec<usize>,
}

impl<'a> Edits<'a> {
    /// Where everything belongs; `None` for what this layout does not know.
    pub(super) fn of(text: &'a str, pieces: &[Piece]) -> Option<Self> {
        let mut edits = Edits {
            text,
            lines: lines(text),
            inside: Vec::new(),
            trailing: Vec::new(),
        };
        edits.place(pieces)?;
        edits.comments();
        Some(edits)
    }

    fn line_of(&self, byte: usize) -> usize {
        self.lines
            .partition_point(|line| line.start <= byte)
            .saturating_sub(1)
    }

    fn column(&self, byte: usize) -> usize {
        let line = self
            .lines
            .get(self.line_of(byte))
            .map_or(0, |line| line.start);
        byte - line
    }

    /// Whether nothing but spaces stands before a byte in its line.
    fn is_first(&self, byte: usize) -> bool {
        let start = byte - self.column(byte);
        let before = self.text.get(start..byte).unwrap_or_default();
        before.bytes().all(|byte| byte == b' ')
    }

    fn place(&mut self, pieces: &[Piece]) -> Option<()> {
        let mut open: Vec<Open> = Vec::new();
        let mut previous_end = 0;
        let mut skip_to = 0;
        for (at, piece) in pieces.iter().enumerate() {
            // The crate's span of a block scalar begins with its content.
            let piece = &match piece.shape {
                Shape::BlockScalar => {
                    let header = self.text.get(previous_end..piece.start)?;
                    // With no content it begins with its sign.
                    let sign = header.find(['|', '>']).map(|at| previous_end + at);
                    let sign = sign.unwrap_or(piece.start);
                    Piece {
                        start: sign,
                        ..*piece
                    }
                }
                _ => *piece,
            };
            match piece.shape {
                Shape::Document => {
                    let at = self.line_of(piece.start);
                    let marked = self.lines.get(at).is_some_and(|line| {
                        let text = self.text.get(line.start..line.end).unwrap_or_default();
                        ["---", "...", "%"]
                            .iter()
                            .any(|mark| text.starts_with(mark))
                    });
                    if marked {
                        self.structure(at, 0);
                    }
                    previous_end = previous_end.max(piece.end);
                    continue;
                }
                Shape::Comment => {
                    if self.is_first(piece.start) {
                        let line = self.line_of(piece.start);
                        if let Some(line) = self.lines.get_mut(line) {
                            line.kind = Kind::Comment;
                        }
                    } else {
                        self.trailing.push(piece.start);
                    }
                    continue;
                }
                Shape::Anchor => continue,
                Shape::End => {
                    open.pop();
                    continue;
                }
                Shape::Start(_) | Shape::Scalar | Shape::BlockScalar => {}
            }
            if piece.start < skip_to {
                // Inside a flow collection, which was dealt with as a whole.
                if let Shape::Start(form) = piece.shape {
                    open.push(Open {
                        form,
                        column: 0,
                        old: 0,
                        children: 0,
                    });
                }
                continue;
            }
            let child = open.last_mut().map(|parent| {
                parent.children += 1;
                (parent.form, parent.column, parent.old, parent.children)
            });
            let is_value =
                matches!(child, Some((Collection::Mapping, _, _, number)) if number % 2 == 0);
            match child {
                Some((Collection::Mapping, column, _, number)) if number % 2 == 1 => {
                    // A key; one with a property or a question mark before it is not known here.
                    let first = self.is_first(piece.start);
                    if first {
                        let line = self.line_of(piece.start);
                        self.structure(line, column);
                    }
                }
                Some((Collection::Sequence, column, old, _)) => {
                    self.dash(previous_end, piece, column, old)?;
                }
                Some((Collection::Mapping, ..)) | None => {}
                Some((Collection::FlowMapping | Collection::FlowSequence, ..)) => {}
            }
            if is_value {
                self.gap(previous_end, piece.start);
            }
            match piece.shape {
                Shape::Start(form @ (Collection::Mapping | Collection::Sequence)) => {
                    let column = match child {
                        None => 0,
                        Some((_, column, ..)) => column + STEP,
                    };
                    let first = pieces.get(at + 1..).unwrap_or_default().iter();
                    let first = first
                        .filter(|piece| !matches!(piece.shape, Shape::Comment | Shape::Anchor))
                        .map(|piece| piece.start)
                        .next();
                    // A sequence at its key's own column begins, for the crate, with its first item.
                    let own = self.text.get(piece.start..).unwrap_or_default();
                    let is_dash = own.starts_with("- ") || own.starts_with("-\n");
                    let is_items = first == Some(piece.start) || !is_dash;
                    let begins = if form == Collection::Sequence && is_items {
                        let before = self.text.get(previous_end..piece.start)?;
                        previous_end + before.rfind("- ").or(before.rfind("-\n"))?
                    } else {
                        piece.start
                    };
                    open.push(Open {
                        form,
                        column,
                        old: self.column(begins),
                        children: 0,
                    });
                    // The first child begins where the collection does.
                    continue;
                }
                Shape::Start(form) => {
                    let end = flow_end(pieces, at)?;
                    self.flow(pieces, at, end);
                    skip_to = end.max(piece.start + 1);
                    open.push(Open {
                        form,
                        column: 0,
                        old: 0,
                        children: 0,
                    });
                    self.continues(piece.start, end);
                    previous_end = end;
                }
                Shape::BlockScalar => {
                    let (column, old) = match child {
                        None => return None,
                        Some((_, column, old, _)) => (column, old),
                    };
                    self.block(piece, column, old)?;
                    previous_end = piece.end;
                }
                Shape::Scalar => {
                    self.continues(piece.start, piece.end);
                    previous_end = piece.end;
                }
                Shape::Document | Shape::End | Shape::Anchor | Shape::Comment => {}
            }
        }
        Some(())
    }

    fn structure(&mut self, line: usize, column: usize) {
        if let Some(line) = self.lines.get_mut(line)
            && line.indent.is_none()
        {
            line.indent = Some(column);
            line.kind = Kind::Structure;
        }
    }

    /// The dash before an item: its line is indented, and one space follows it.
    fn dash(&mut self, from: usize, piece: &Piece, column: usize, old: usize) -> Option<()> {
        let before = self.text.get(from.min(piece.start)..piece.start)?;
        let mut dashes = before.rmatch_indices('-').map(|(at, _)| from + at);
        let dash = dashes.find(|dash| self.column(*dash) == old)?;
        let between = self.text.get(dash + 1..piece.start)?;
        if self.is_first(dash) {
            let line = self.line_of(dash);
            self.structure(line, column);
        }
        let is_plain = !between.is_empty() && between.bytes().all(|byte| byte == b' ');
        if is_plain && between != " " {
            self.inside.push((dash + 1, piece.start, " ".to_owned()));
        }
        Some(())
    }

    /// The gap between a key and its value on one line.
    fn gap(&mut self, key_end: usize, start: usize) {
        let Some(between) = self.text.get(key_end..start) else {
            return;
        };
        let Some(spaces) = between.trim_start_matches(' ').strip_prefix(':') else {
            return;
        };
        if !spaces.is_empty() && spaces.bytes().all(|byte| byte == b' ') && between != ": " {
            self.inside.push((key_end, start, ": ".to_owned()));
        }
    }

    /// Lines of a value behind its first go with it.
    fn continues(&mut self, start: usize, end: usize) {
        let first = self.line_of(start);
        let last = self.line_of(end.saturating_sub(1).max(start));
        for at in first + 1..=last {
            if let Some(line) = self.lines.get_mut(at) {
                line.kind = Kind::Continuation { of: first };
            }
        }
    }

    /// The lines of a block scalar.
    fn block(&mut self, piece: &Piece, column: usize, old: usize) -> Option<()> {
        let header = self.line_of(piece.start);
        let sign = self.text.get(piece.start..)?.lines().next()?;
        let sign = sign.split([' ', '#']).next().unwrap_or_default();
        let explicit = sign.chars().find_map(|c| c.to_digit(10));
        let text = |line: &Line| self.text.get(line.start..line.end).unwrap_or_default();
        // The crate's span runs into the next line's indentation.
        let whole = self.text.get(piece.start..piece.end)?.trim_end_matches(' ');
        let last = self.line_of(piece.start + whole.len().saturating_sub(1));
        let content: Vec<usize> = (header + 1..=last).collect();
        let indent = |line: &Line| {
            let text = text(line);
            text.len() - text.trim_start_matches(' ').len()
        };
        let first = content
            .iter()
            .filter_map(|at| self.lines.get(*at))
            .find(|line| !text(line).trim_matches(' ').is_empty());
        let (from, to) = match explicit {
            Some(digit) => (old + digit as usize, column + digit as usize),
            None => (first.map_or(column + STEP, indent), column + STEP),
        };
        for at in content {
            if let Some(line) = self.lines.get_mut(at) {
                line.kind = Kind::Block { from, to };
            }
        }
        Some(())
    }

    /// A flow collection on one line, written anew if it holds nothing but plain pieces.
    fn flow(&mut self, pieces: &[Piece], at: usize, end: usize) {
        let Some(piece) = pieces.get(at) else {
            return;
        };
        let Some(written) = self.text.get(piece.start..end) else {
            return;
        };
        if written.contains('\n')
            || self
                .trailing
                .iter()
                .any(|at| (piece.start..end).contains(at))
        {
            return;
        }
        let mut rest = pieces.get(at..).unwrap_or_default().iter();
        if let Some(new) = flow_text(self.text, &mut rest)
            && new != written
        {
            self.inside.push((piece.start, end, new));
        }
    }

    /// Comments of their own go with what follows, unless they stand below what is above.
    fn comments(&mut self) {
        self.align();
        let old = |line: &Line| {
            let text = self.text.get(line.start..line.end).unwrap_or_default();
            text.len() - text.trim_start_matches(' ').len()
        };
        let mut next: Option<(usize, usize)> = None;
        let mut wanted = Vec::new();
        for (at, line) in self.lines.iter().enumerate().rev() {
            match line.kind {
                Kind::Structure => next = line.indent.map(|new| (old(line), new)),
                Kind::Comment => wanted.push((at, old(line), next)),
                Kind::Blank | Kind::Aligned | Kind::Continuation { .. } | Kind::Block { .. } => {}
            }
        }
        for (at, old_indent, next) in wanted {
            // The nearest line above at this very column, if what follows is further left.
            let above = self.lines.iter().take(at).rev();
            let mut above = above.filter(|line| line.kind == Kind::Structure);
            let same = above.find(|line| old(line) <= old_indent);
            let same = same
                .filter(|line| old(line) == old_indent)
                .and_then(|line| line.indent);
            let indent = match next {
                Some((old_next, new_next)) if old_next >= old_indent => new_next,
                Some((_, new_next)) => same.unwrap_or(new_next),
                None => same.unwrap_or(0),
            };
            if let Some(line) = self.lines.get_mut(at) {
                line.indent = Some(indent);
            }
        }
    }

    /// Finds the comments that go on with one behind a value.
    fn align(&mut self) {
        let mut column = None;
        for at in 0..self.lines.len() {
            let Some(line) = self.lines.get(at) else {
                return;
            };
            let (start, end) = (line.start, line.end);
            let text = self.text.get(start..end).unwrap_or_default();
            let indent = text.len() - text.trim_start_matches(' ').len();
            if line.kind == Kind::Comment {
                if column == Some(indent)
                    && indent > 0
                    && let Some(line) = self.lines.get_mut(at)
                {
                    line.kind = Kind::Aligned;
                } else {
                    column = None;
                }
                continue;
            }
            let mut trailing = self.trailing.iter();
            let comment = trailing.find(|at| (start..end).contains(at));
            column = comment.map(|at| at - start);
        }
    }

    /// The new text.
    pub(super) fn apply(mut self) -> String {
        self.inside.sort();
        let mut out = String::with_capacity(self.text.len());
        let mut blank = false;
        // By how much each line moved.
        let mut moved: Vec<isize> = Vec::with_capacity(self.lines.len());
        // Where the last comment behind a value begins now.
        let mut comment_column = 0;
        for line in &self.lines {
            let written = self.text.get(line.start..line.end).unwrap_or_default();
            let bare = written.trim_start_matches(' ');
            let old = written.len() - bare.len();
            let mut shift = 0;
            match line.kind {
                Kind::Block { from, to } => {
                    blank = false;
                    let kept = written.get(from.min(old)..).unwrap_or_default();
                    if !kept.is_empty() {
                        out.extend(std::iter::repeat_n(' ', to));
                        out.push_str(kept);
                    }
                }
                Kind::Blank if bare.is_empty() => {
                    blank = !out.is_empty();
                    moved.push(0);
                    continue;
                }
                Kind::Aligned => {
                    out.extend(std::iter::repeat_n(' ', comment_column));
                    out.push_str(bare.trim_end());
                }
                Kind::Blank | Kind::Comment | Kind::Structure | Kind::Continuation { .. } => {
                    if blank {
                        out.push('\n');
                        blank = false;
                    }
                    let new = match line.kind {
                        Kind::Continuation { of } => {
                            old.saturating_add_signed(moved.get(of).copied().unwrap_or(0))
                        }
                        _ => line.indent.unwrap_or(old),
                    };
                    shift = new.cast_signed() - old.cast_signed();
                    if !bare.is_empty() {
                        out.extend(std::iter::repeat_n(' ', new));
                        let (text, comment) = self.inside_of(line.start + old, line.end);
                        out.push_str(&text);
                        if let Some(comment) = comment {
                            comment_column = new + comment;
                        }
                    }
                }
            }
            moved.push(shift);
            out.push('\n');
        }
        let end = out.trim_end_matches('\n').len();
        let keeps = self
            .lines
            .iter()
            .rev()
            .find(|line| line.kind != Kind::Blank)
            .is_some_and(|line| matches!(line.kind, Kind::Block { .. }));
        if !keeps {
            out.truncate(end);
            if !out.is_empty() {
                out.push('\n');
            }
        }
        out
    }

    /// The text of a line behind its indentation, replacements made. A comment behind a value keeps its
    /// distance from the line's beginning where what stands before it leaves room; its place in the
    /// line is returned.
    fn inside_of(&self, start: usize, end: usize) -> (String, Option<usize>) {
        let comment = self
            .trailing
            .iter()
            .copied()
            .find(|at| (start..end).contains(at));
        let code_end = comment.unwrap_or(end);
        let mut out = String::new();
        let mut from = start;
        for (edit_start, edit_end, text) in &self.inside {
            if *edit_start < from || *edit_start >= code_end {
                continue;
            }
            out.push_str(self.text.get(from..*edit_start).unwrap_or_default());
            out.push_str(text);
            from = *edit_end;
        }
        out.push_str(
            self.text
                .get(from.min(code_end)..code_end)
                .unwrap_or_default(),
        );
        let Some(comment) = comment else {
            // Inside a value of several lines, spaces at the end may count.
            return (out.trim_end_matches([' ', '\t']).to_owned(), None);
        };
        let code = out.trim_end_matches([' ', '\t']);
        let room = (comment - start).saturating_sub(code.len()).max(1);
        let mut line = code.to_owned();
        line.extend(std::iter::repeat_n(' ', room));
        let column = line.len();
        line.push_str(self.text.get(comment..end).unwrap_or_default().trim_end());
        (line, Some(column))
    }
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end_matches('\n').len();
        lines.push(Line {
            start,
            end,
            indent: None,
            kind: Kind::Blank,
        });
        start += line.len();
    }
    lines
}

/// The byte behind the collection that begins at a piece.
fn flow_end(pieces: &[Piece], at: usize) -> Option<usize> {
    let mut depth = 0;
    for piece in pieces.get(at..)? {
        match piece.shape {
            Shape::Start(_) => depth += 1,
            Shape::End => depth -= 1,
            Shape::Document
            | Shape::Scalar
            | Shape::BlockScalar
            | Shape::Anchor
            | Shape::Comment => {}
        }
        if depth == 0 {
            return Some(piece.end);
        }
    }
    None
}

/// A flow collection from its pieces; `None` if it holds what is better left alone.
fn flow_text(text: &str, pieces: &mut std::slice::Iter<'_, Piece>) -> Option<String> {
    let piece = pieces.next()?;
    let written = text.get(piece.start..piece.end)?;
    let is_mapping = match piece.shape {
        Shape::Scalar if !written.is_empty() => return Some(written.to_owned()),
        Shape::Start(Collection::FlowMapping) => true,
        Shape::Start(Collection::FlowSequence) => false,
        _ => return None,
    };
    // An anchor is told behind what it names, and stands before it.
    if let Some(next) = pieces.as_slice().first()
        && next.shape == Shape::Anchor
    {
        pieces.next()?;
    }
    let mut items = Vec::new();
    let mut last = piece.start;
    while pieces.as_slice().first()?.shape != Shape::End {
        let first = pieces.as_slice().first()?;
        // A tag or a question mark between the pieces is not theirs.
        let between = text.get(last..first.start)?;
        if between.contains(['!', '&', '?']) {
            return None;
        }
        items.push(flow_text(text, pieces)?);
        last = first.end.max(first.start);
    }
    pieces.next()?;
    if items.is_empty() {
        return Some(if is_mapping { "{}" } else { "[]" }.to_owned());
    }
    if !is_mapping {
        return Some(format!("[{}]", items.join(", ")));
    }
    let entries = items.chunks(2).map(|entry| match entry {
        [key, value] => Some(format!("{key}: {value}")),
        _ => None,
    });
    let entries: Vec<String> = entries.collect::<Option<_>>()?;
    Some(format!("{{ {} }}", entries.join(", ")))
}
