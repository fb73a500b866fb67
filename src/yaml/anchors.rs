//! What aliases stand for.

use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::source::Span;
use crate::yaml::limits::{Limits, exceeded, thousands};
use crate::yaml::{Node, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The anchors of a file. Aliases reach those of their own document only.
#[derive(Debug, Default)]
pub(super) struct Anchors<'a> {
    /// Finished values of this document, by the crate's number of the anchor.
    values: BTreeMap<usize, Anchored>,
    /// Every anchor of the file so far.
    names: Vec<Named<'a>>,
    /// Where the names of this document start.
    document: usize,
    /// Values that were copied to be kept.
    kept: usize,
    /// Values that aliases have added.
    added: usize,
    /// Whether the limit of added values has been told.
    told: bool,
}

#[derive(Debug)]
struct Anchored {
    /// None if no alias could stay within the limits.
    node: Option<Node>,
    size: Size,
}

#[derive(Debug)]
struct Named<'a> {
    name: Cow<'a, str>,
    span: Span,
}

/// How much a value holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// Values, itself included.
    pub(super) nodes: usize,
    /// Sequences and mappings inside each other; of a scalar 0.
    pub(super) height: usize,
}

impl<'a> Anchors<'a> {
    /// How many values aliases have added so far.
    pub(super) fn added(&self) -> usize {
        self.added
    }

    /// Forgets the values of the document before.
    pub(super) fn start_document(&mut self) {
        self.values.clear();
        self.document = self.names.len();
    }

    /// Remembers a name and where it was given.
    pub(super) fn name(&mut self, name: Cow<'a, str>, span: Span) {
        self.names.push(Named { name, span });
    }

    /// Remembers the value of an anchor once it is complete.
    pub(super) fn keep(&mut self, id: usize, node: &Node, size: Size, limits: &Limits) {
        // Anchors inside anchors are copied once per level: that must not multiply a large file.
        let fits = size.nodes <= limits.alias_nodes && self.kept + size.nodes <= limits.nodes;
        if fits {
            self.kept += size.nodes;
        }
        let node = fits.then(|| node.clone());
        self.values.insert(id, Anchored { node, size });
    }

    /// A copy of what an alias at a depth stands for, or what is wrong; `None` if that was told.
    /// `open` says that the value is not complete yet.
    pub(super) fn expand(
        &mut self,
        id: usize,
        alias: Span,
        depth: usize,
        open: bool,
        limits: &Limits,
    ) -> Result<(Node, Size), Option<Box<Diagnostic>>> {
        let Some(Anchored { node, size }) = self.values.get(&id) else {
            // What was left out because of a limit has its finding there.
            return Err(open.then(|| Box::new(
                Diagnostic::new(
                    Code::YamlSyntax,
                    alias,
                    "an alias stands inside the value it names",
                )
                .label("this would contain itself")
                .help("write the value out, or move the anchor to a value that does not contain the alias"),
            )));
        };
        if depth + size.height > limits.depth {
            return Err(Some(Box::new(exceeded(
                alias,
                format!(
                    "with this alias the document is nested deeper than {} levels",
                    thousands(limits.depth)
                ),
                "too deep",
                "flatten the value it names",
            ))));
        }
        match node {
            Some(node) if self.added + size.nodes <= limits.alias_nodes => {
                self.added += size.nodes;
                Ok((node.clone(), *size))
            }
            _ if self.told => Err(None),
            kept => {
                self.told = true;
                let message = if kept.is_none() && size.nodes <= limits.alias_nodes {
                    format!(
                        "anchors inside anchors of this file hold more than {} values",
                        thousands(limits.nodes)
                    )
                } else {
                    format!(
                        "the aliases of this file stand for more than {} values",
                        thousands(limits.alias_nodes)
                    )
                };
                Err(Some(Box::new(exceeded(
                    alias,
                    message,
                    "from here on aliases are not expanded",
                    "write the values out in files of their own, or use `defaults`",
                ))))
            }
        }
    }

    /// What is wrong with an alias that names nothing.
    pub(super) fn undefined(&self, name: &str, alias: Span) -> Diagnostic {
        let finding = Diagnostic::new(
            Code::YamlSyntax,
            alias,
            format!("no anchor `&{name}` stands above this alias"),
        )
        .label("names nothing");
        let (before, here) = self.names.split_at(self.document.min(self.names.len()));
        if let Some(other) = before.iter().rev().find(|other| other.name == name) {
            return finding
                .related(other.span, "an anchor of another document")
                .help("an anchor ends with its document: write the value out in this one");
        }
        let help = did_you_mean(name, here.iter().map(|named| &*named.name)).unwrap_or_else(|| {
            format!(
                "put `&{name}` before the value it stands for, or quote a text that starts with `*`"
            )
        });
        finding.help(help)
    }
}

impl Node {
    /// What stands where a value cannot be had.
    pub(super) fn nothing(span: Span) -> Self {
        Node {
            span,
            value: Value::Scalar(crate::yaml::Scalar {
                text: Box::default(),
                style: crate::yaml::ScalarStyle::Plain,
                ty: crate::yaml::ScalarType::Null,
            }),
        }
    }
}
