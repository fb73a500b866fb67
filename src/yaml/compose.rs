//! Events → trees.
//!
//! No recursion: open collections are frames on a stack, and the children of all of them lie in two
//! shared lists, so that a finished collection is allocated once and in its exact size.

use crate::diag::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::yaml::anchors::{Anchors, Size};
use crate::yaml::limits::{Limits, Sink, exceeded, thousands};
use crate::yaml::{Entry, Node, Scalar, ScalarStyle, ScalarType, Value, keys, scalar};
use granit_parser::{Event, Span as Place, Tag};
use std::borrow::Cow;
use tags::Core;

mod places;
mod tags;

/// What the next event led to.
pub(super) enum Step {
    /// Nothing yet.
    Go,
    /// A document is complete.
    Document(Node),
    /// The rest of the file is not read.
    Stop,
}

/// Puts the events of a file together.
pub(super) struct Composer<'a> {
    file: FileId,
    text: &'a str,
    limits: &'a Limits,
    sink: Sink<'a>,
    frames: Vec<Frame>,
    items: Vec<Node>,
    entries: Vec<Entry>,
    root: Option<Node>,
    anchors: Anchors<'a>,
    /// Values of the file so far.
    nodes: usize,
    /// Open collections below the deepest level that is read.
    skipped: usize,
    /// Whether this document was told to be too deep.
    too_deep: bool,
}

/// An open sequence or mapping.
struct Frame {
    kind: Kind,
    start: usize,
    /// Behind the last child, the alias that stands for it included.
    end: usize,
    /// Where its children start in the shared list.
    base: usize,
    /// The crate's number of its anchor, or 0.
    anchor: usize,
    /// Values read and added before it.
    before: usize,
    /// The greatest height of a child.
    height: usize,
}

enum Kind {
    Sequence,
    Mapping {
        key: Key,
        /// Whether `<<` is among the keys.
        merges: bool,
    },
}

enum Key {
    Awaited,
    Read(Box<str>, Span),
    /// Could not be read: its value is left out.
    Refused,
}

impl<'a> Composer<'a> {
    /// A composer for one file.
    pub(super) fn new(file: FileId, text: &'a str, limits: &'a Limits, sink: Sink<'a>) -> Self {
        Composer {
            file,
            text,
            limits,
            sink,
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            root: None,
            anchors: Anchors::default(),
            nodes: 0,
            skipped: 0,
            too_deep: false,
        }
    }

    /// Takes the next event.
    pub(super) fn take(&mut self, event: Event<'a>, place: &Place) -> Step {
        match event {
            Event::Scalar(text, style, anchor, tag) if self.skipped == 0 => {
                self.scalar(text, style, anchor, tag.as_deref(), place);
            }
            Event::MappingStart(_, anchor, tag) => {
                let kind = Kind::Mapping {
                    key: Key::Awaited,
                    merges: false,
                };
                self.open(kind, anchor, tag.as_deref(), place);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.open(Kind::Sequence, anchor, tag.as_deref(), place);
            }
            Event::MappingEnd | Event::SequenceEnd => self.close(place),
            Event::Alias(id) if self.skipped == 0 => {
                let span = self.span(place);
                let depth = self.frames.len() - self.merged_levels();
                let open = self.frames.iter().any(|frame| frame.anchor == id);
                let expanded = self.anchors.expand(id, span, depth, open, self.limits);
                self.put_alias(span, expanded);
            }
            Event::UnresolvedAlias(name) if self.skipped == 0 => {
                let span = self.span(place);
                let finding = self.anchors.undefined(&name, span);
                self.put_alias(span, Err(Some(Box::new(finding))));
            }
            Event::Anchor(_, name) => self.anchors.name(name, self.span(place)),
            Event::DocumentStart(_, version) => {
                self.abandon();
                self.too_deep = false;
                self.anchors.start_document();
                self.version(version, place);
            }
            Event::DocumentEnd => {
                if let Some(root) = self.root.take()
                    && !is_absent(&root)
                {
                    return Step::Document(root);
                }
            }
            // Stream ends, what is skipped, and what the crate may add: nothing of it is a value.
            _ => {}
        }
        if self.nodes > self.limits.nodes {
            self.sink.push(exceeded(
                self.span(place),
                format!(
                    "the file has more than {} values",
                    thousands(self.limits.nodes)
                ),
                "from here on nothing is read",
                "split the file: documents may stand in any number of files",
            ));
            return Step::Stop;
        }
        if self.sink.is_full() {
            return Step::Stop;
        }
        Step::Go
    }

    /// Drops the open document; whether it was told to be too deep.
    pub(super) fn abandon(&mut self) -> bool {
        self.frames.clear();
        self.items.clear();
        self.entries.clear();
        self.root = None;
        self.skipped = 0;
        self.too_deep
    }

    /// Adds a finding.
    pub(super) fn report(&mut self, finding: Diagnostic) {
        self.sink.push(finding);
    }

    /// Whether there are so many findings that the file is read no further.
    pub(super) fn is_full(&self) -> bool {
        self.sink.is_full()
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: granit_parser::ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        place: &Place,
    ) {
        let mut span = self.span(place);
        let style = match style {
            granit_parser::ScalarStyle::Plain => ScalarStyle::Plain,
            granit_parser::ScalarStyle::SingleQuoted | granit_parser::ScalarStyle::DoubleQuoted => {
                ScalarStyle::Quoted
            }
            granit_parser::ScalarStyle::Literal | granit_parser::ScalarStyle::Folded => {
                span = self.trimmed(span);
                ScalarStyle::Block
            }
        };
        let mut text = text;
        let is_key = self.awaits_key();
        if style == ScalarStyle::Plain && span.start == span.end {
            // The crate reads an absent value as `~`, at the colon before it.
            text = Cow::Borrowed("");
            if !is_key && self.text.as_bytes().get(span.start as usize) == Some(&b':') {
                span = Span::new(self.file, span.start as usize + 1, span.start as usize + 1);
            }
        }
        if text.len() > self.limits.scalar_bytes {
            self.sink.push(exceeded(
                Span::new(self.file, span.start as usize, span.start as usize),
                format!(
                    "a text of {} bytes, more than the {} that are read",
                    thousands(text.len()),
                    thousands(self.limits.scalar_bytes)
                ),
                "too long",
                "put long content into a file of its own, where the field takes one",
            ));
            text = Cow::Borrowed("");
            if is_key {
                self.set_key(Key::Refused, span);
                return;
            }
        }
        let tag = tag.and_then(|tag| self.core(tag, place));
        let text: Box<str> = text.into();
        if anchor == 0 && is_key {
            self.put_key(text, span, style);
            return;
        }
        self.nodes += 1;
        let ty = match (tag, style) {
            (None, ScalarStyle::Plain) => scalar::resolve(&text),
            (None, ScalarStyle::Quoted | ScalarStyle::Block) => ScalarType::String,
            (Some(tag), ScalarStyle::Plain | ScalarStyle::Quoted | ScalarStyle::Block) => {
                self.tagged(tag, &text, place)
            }
        };
        let node = Node {
            span,
            value: Value::Scalar(Scalar { text, style, ty }),
        };
        let size = Size {
            nodes: 1,
            height: 0,
        };
        if anchor != 0 {
            self.anchors.keep(anchor, &node, size, self.limits);
        }
        self.put(node, span, size);
    }

    fn open(&mut self, kind: Kind, anchor: usize, tag: Option<&Tag>, place: &Place) {
        if self.skipped > 0 {
            self.skipped += 1;
            return;
        }
        let mut span = self.span(place);
        if let Kind::Sequence = kind
            && let Some(dash) = self.dash()
        {
            span = Span::new(self.file, dash.min(span.start as usize), span.end as usize);
        }
        if self.frames.len() >= self.limits.depth {
            if !self.too_deep {
                self.too_deep = true;
                self.sink.push(exceeded(
                    span,
                    format!(
                        "the document is nested deeper than {} levels",
                        thousands(self.limits.depth)
                    ),
                    "what is inside is not read",
                    "flatten the document",
                ));
            }
            self.nodes += 1;
            self.skipped = 1;
            let size = Size {
                nodes: 1,
                height: 0,
            };
            self.put(Node::nothing(span), span, size);
            return;
        }
        if let Some(tag) = tag.and_then(|tag| self.core(tag, place)) {
            let (fits, what) = match kind {
                Kind::Sequence => (matches!(tag, Core::Seq | Core::Failsafe), "a list"),
                Kind::Mapping { .. } => (matches!(tag, Core::Map | Core::Failsafe), "a mapping"),
            };
            if !fits {
                self.misplaced(tag, what, place);
            }
        }
        let base = match kind {
            Kind::Sequence => self.items.len(),
            Kind::Mapping { .. } => self.entries.len(),
        };
        self.frames.push(Frame {
            kind,
            start: span.start as usize,
            end: span.end as usize,
            base,
            anchor,
            before: self.nodes + self.anchors.added(),
            height: 0,
        });
        self.nodes += 1;
    }

    fn close(&mut self, place: &Place) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        let Some(frame) = self.frames.pop() else {
            return;
        };
        // A flow collection ends with its bracket; a block collection with its last child.
        let bracket = self.span(place);
        let end = match self.text.get(bracket.range()) {
            Some("]" | "}") => bracket.end as usize,
            Some(_) | None => frame.end,
        };
        let value = match frame.kind {
            Kind::Sequence => Value::Sequence(drain(&mut self.items, frame.base)),
            Kind::Mapping { merges, .. } => {
                let entries = drain(&mut self.entries, frame.base);
                Value::Mapping(keys::settle(entries, merges, self.text, &mut self.sink))
            }
        };
        let node = Node {
            span: Span::new(self.file, frame.start, end),
            value,
        };
        let size = Size {
            nodes: self.nodes + self.anchors.added() - frame.before,
            height: frame.height + 1,
        };
        if frame.anchor != 0 {
            self.anchors.keep(frame.anchor, &node, size, self.limits);
        }
        let span = node.span;
        self.put(node, span, size);
    }

    /// Puts a value where it belongs; `written` is the place of the value or of its alias.
    fn put(&mut self, node: Node, written: Span, size: Size) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        let mut height = size.height;
        if let Kind::Mapping { key, .. } = &frame.kind
            && is_merge(key)
        {
            // Of a mapping only the children come in; of a list of mappings, theirs.
            let gone = if node.as_sequence().is_some() { 2 } else { 1 };
            height = height.saturating_sub(gone);
        }
        frame.height = frame.height.max(height);
        frame.end = frame.end.max(written.end as usize);
        let key = match &mut frame.kind {
            Kind::Sequence => {
                self.items.push(node);
                return;
            }
            Kind::Mapping { key, .. } => key,
        };
        match std::mem::replace(key, Key::Awaited) {
            Key::Read(key, key_span) => self.entries.push(Entry {
                key,
                key_span,
                value: node,
            }),
            Key::Refused => {}
            Key::Awaited => match node.value {
                Value::Scalar(scalar) => self.put_key(scalar.text, written, scalar.style),
                Value::Sequence(_) | Value::Mapping(_) => self.refuse_key(written),
            },
        }
    }

    fn put_alias(&mut self, span: Span, expanded: Result<(Node, Size), Option<Box<Diagnostic>>>) {
        let (node, size) = expanded.unwrap_or_else(|finding| {
            if let Some(finding) = finding {
                self.sink.push(*finding);
            }
            let size = Size {
                nodes: 1,
                height: 0,
            };
            (Node::nothing(span), size)
        });
        self.put(node, span, size);
    }

    /// The open levels that a merge will take away around the next value: the merging mapping that
    /// takes it in, and the list of several.
    fn merged_levels(&self) -> usize {
        let merging = |frame: &Frame| match &frame.kind {
            Kind::Mapping { key, .. } => is_merge(key),
            Kind::Sequence => false,
        };
        match self.frames.as_slice() {
            [.., frame] if merging(frame) => 1,
            [
                ..,
                frame,
                Frame {
                    kind: Kind::Sequence,
                    ..
                },
            ] if merging(frame) => 2,
            [] | [..] => 0,
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                kind: Kind::Mapping {
                    key: Key::Awaited,
                    ..
                },
                ..
            })
        )
    }

    fn put_key(&mut self, text: Box<str>, span: Span, style: ScalarStyle) {
        if style != ScalarStyle::Plain || !text.is_empty() {
            self.set_key(Key::Read(text, span), span);
            return;
        }
        // An alias of nothing has its own finding.
        if span.start == span.end {
            self.sink.push(
                Diagnostic::new(Code::YamlSyntax, span, "a value without a key")
                    .label("the key is missing")
                    .help("write a key before the colon"),
            );
        }
        self.set_key(Key::Refused, span);
    }

    fn set_key(&mut self, new: Key, span: Span) {
        let merge = is_merge(&new);
        if let Some(frame) = self.frames.last_mut()
            && let Kind::Mapping { key, merges } = &mut frame.kind
        {
            frame.end = frame.end.max(span.end as usize);
            *merges |= merge;
            *key = new;
        }
    }

    fn refuse_key(&mut self, span: Span) {
        // `title: {{ name }}` is the way in which most people come here.
        let around = self.text.get(..span.end as usize).unwrap_or("");
        let template = span.start > 0
            && around
                .get(span.start as usize - 1..)
                .is_some_and(|text| text.starts_with("{{"));
        let help = if template {
            "put a text that starts with `{{` in quotes"
        } else {
            "write a text as the key; quote it if it contains brackets"
        };
        self.sink.push(
            Diagnostic::new(
                Code::YamlSyntax,
                span,
                "a list or mapping stands where a key is expected",
            )
            .label("keys are texts")
            .help(help),
        );
        self.set_key(Key::Refused, span);
    }
}

/// Whether a key merges its value in.
fn is_merge(key: &Key) -> bool {
    matches!(key, Key::Read(text, span) if keys::is_merge(text, *span))
}

/// Takes the children from `base` on out of a shared list.
fn drain<T>(list: &mut Vec<T>, base: usize) -> Vec<T> {
    list.drain(base.min(list.len())..).collect()
}

/// Whether a document has no content.
fn is_absent(node: &Node) -> bool {
    node.is_null() && node.span.start == node.span.end
}
