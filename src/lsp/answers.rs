//! What a client asks, and the answers.

use super::place::{self, FileSort};
use super::positions::Lines;
use super::server::{Server, path_of, uri_of};
use super::{actions, completion, definition, hover, probe};
use crate::schema::explain;
use lsp_types::{
    CodeActionParams, CompletionParams, GotoDefinitionParams, Hover, HoverContents, HoverParams,
    Location, MarkupContent, MarkupKind, Position, Uri,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

impl Server<'_> {
    /// The project of a file, checked, maybe before the last changes: for what is asked at each
    /// letter.
    fn known(&mut self, file: &Path) -> Option<PathBuf> {
        let path = self.projects.root_of(file)?;
        match self.roots.get(&path) {
            Some(root) if root.checked.is_some() => Some(path),
            Some(_) | None => self.fresh(file),
        }
    }

    /// The project of a file, checked as it is now.
    fn fresh(&mut self, file: &Path) -> Option<PathBuf> {
        let path = self.projects.root_of(file)?;
        let root = self.roots.entry(path.clone()).or_default();
        if root.changed || root.checked.is_none() {
            self.check(&path);
        }
        Some(path)
    }

    /// An open text and a byte in it.
    fn cursor(&self, uri: &Uri, position: Position) -> Option<(PathBuf, String, usize)> {
        let path = path_of(uri)?;
        let text = self.open.get(&path)?.text.clone();
        let byte = Lines::new(&text, self.encoding).byte(position);
        Some((path, text, byte))
    }

    /// `textDocument/definition`.
    pub(super) fn definition(&mut self, params: GotoDefinitionParams) -> Option<Value> {
        let at = params.text_document_position_params;
        let (path, text, byte) = self.cursor(&at.text_document.uri, at.position)?;
        let root = self.fresh(&path)?;
        let declarations = &self.roots.get(&root)?.declarations;
        let documents = place::documents(&text);
        let (named, _, _) = definition::target(&documents, byte, declarations)?;
        let open = self.open.get(&named.spot.path);
        let uri = open.map(|open| open.uri.clone());
        value(Location {
            uri: uri.or_else(|| uri_of(&named.spot.path))?,
            range: named.spot.range,
        })
    }

    /// `textDocument/completion`.
    pub(super) fn completion(&mut self, params: CompletionParams) -> Option<Value> {
        let at = params.text_document_position;
        let (path, text, byte) = self.cursor(&at.text_document.uri, at.position)?;
        let root = self.known(&path)?;
        let declarations = &self.roots.get(&root)?.declarations;
        let probed = probe::probe(&text, byte)?;
        let lines = Lines::new(&text, self.encoding);
        let range = lines.range(probed.word.clone());
        let offers = completion::offers(FileSort::of(&path), &probed, declarations);
        let items: Vec<lsp_types::CompletionItem> = offers
            .into_iter()
            .enumerate()
            .map(|(at, offer)| completion::item(offer, at, range, probed.stands))
            .collect();
        value(items)
    }

    /// `textDocument/hover`.
    pub(super) fn hover(&mut self, params: HoverParams) -> Option<Value> {
        let at = params.text_document_position_params;
        let (path, text, byte) = self.cursor(&at.text_document.uri, at.position)?;
        let root = self.fresh(&path)?;
        let root = self.roots.get(&root)?;
        let lines = Lines::new(&text, self.encoding);
        let mut pages = Vec::new();
        let mut range = None;
        for finding in root.checked.iter().flat_map(|checked| {
            let here = |span: crate::source::Span| {
                Path::new(checked.sources.path(span.file)) == path && place::covers(span, byte)
            };
            checked
                .findings
                .iter()
                .filter(move |finding| here(finding.span))
        }) {
            range.get_or_insert_with(|| lines.range(finding.span.range()));
            pages.push(hover::finding(finding));
        }
        let documents = place::documents(&text);
        if let Some((named, link, span)) = definition::target(&documents, byte, &root.declarations)
        {
            let title = named.title.as_deref().unwrap_or(&named.name);
            pages.push(format!("`{}` {}: {title}", link.kind, named.name));
            range.get_or_insert_with(|| lines.range(span.range()));
        }
        if let Some(document) = place::document_at(&documents, byte) {
            let spot = place::spot(document, byte);
            let topic = place::topic(FileSort::of(&path), document, &spot.path.0);
            // In free space between fields there is nothing to say.
            let named = !spot.path.0.is_empty();
            if let Some(page) = topic
                .filter(|_| named)
                .and_then(|topic| explain(&topic).ok())
            {
                pages.push(hover::field(&page));
                range.get_or_insert_with(|| lines.range(spot.span.range()));
            }
        }
        if pages.is_empty() {
            return None;
        }
        value(Hover {
            contents: HoverContents::Markup(MarkupContent {
                kind: MarkupKind::Markdown,
                value: pages.join("\n\n---\n\n"),
            }),
            range,
        })
    }

    /// `textDocument/codeAction`.
    pub(super) fn actions(&mut self, params: CodeActionParams) -> Option<Value> {
        let path = path_of(&params.text_document.uri)?;
        let root = self.fresh(&path)?;
        let checked = self.roots.get(&root)?.checked.as_ref()?;
        value(actions::actions(
            checked,
            &path,
            params.range,
            self.encoding,
        ))
    }
}

fn value(answer: impl serde::Serialize) -> Option<Value> {
    serde_json::to_value(answer).ok()
}
