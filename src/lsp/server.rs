//! The conversation with one client.

use super::declared::Declarations;
use super::positions::{Encoding, Lines};
use super::{Buffers, Checked, Ended, Projects, findings};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, CompletionOptions,
    DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    HoverProviderCapability, InitializeParams, InitializeResult, OneOf, PublishDiagnosticsParams,
    ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, Uri,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

/// How long nothing must be typed before a project is checked.
const PAUSE: Duration = Duration::from_millis(60);

/// Serves until the client leaves.
pub(super) fn run(connection: &Connection, projects: &dyn Projects) -> Ended {
    let mut server = Server {
        connection,
        projects,
        encoding: Encoding::Utf16,
        phase: Phase::New,
        watches: false,
        folders: Vec::new(),
        open: BTreeMap::new(),
        roots: BTreeMap::new(),
    };
    loop {
        let received = if server.roots.values().any(|root| root.changed) {
            connection
                .receiver
                .recv_timeout(PAUSE)
                .map_err(|error| error.is_timeout())
        } else {
            connection.receiver.recv().map_err(|_| false)
        };
        match received {
            Ok(Message::Request(request)) => server.request(request),
            Ok(Message::Notification(notification)) if notification.method == "exit" => {
                return match server.phase {
                    Phase::Leaving => Ended::Orderly,
                    Phase::New | Phase::Ready => Ended::Abruptly,
                };
            }
            Ok(Message::Notification(notification)) => server.notification(notification),
            // An answer to what was asked for; nothing follows from it.
            Ok(Message::Response(_)) => {}
            Err(true) => server.check_changed(),
            Err(false) => return Ended::Abruptly,
        }
    }
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Ready,
    Leaving,
}

/// An open text.
pub(super) struct Open {
    /// As the client names it.
    pub(super) uri: Uri,
    version: i32,
    /// The text.
    pub(super) text: String,
}

/// A project.
#[derive(Default)]
pub(super) struct Root {
    /// Whether something has changed since the last check.
    pub(super) changed: bool,
    /// The last check.
    pub(super) checked: Option<Checked>,
    /// What is declared, as far as it can be read.
    pub(super) declarations: Declarations,
    /// The findings that were published last.
    told: BTreeMap<PathBuf, Vec<lsp_types::Diagnostic>>,
}

pub(super) struct Server<'a> {
    connection: &'a Connection,
    /// Where projects are read.
    pub(super) projects: &'a dyn Projects,
    /// In what the client counts.
    pub(super) encoding: Encoding,
    phase: Phase,
    /// Whether the client can be asked to watch files.
    watches: bool,
    /// The folders that the client has open.
    folders: Vec<PathBuf>,
    /// The open texts.
    pub(super) open: BTreeMap<PathBuf, Open>,
    /// The projects that were met.
    pub(super) roots: BTreeMap<PathBuf, Root>,
}

/// Why a request has no answer.
type Refused = (ErrorCode, String);

impl Server<'_> {
    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => self.initialize(params),
            (Phase::New, _) => Err((
                ErrorCode::ServerNotInitialized,
                "the first request must be `initialize`".to_owned(),
            )),
            (Phase::Leaving, _) => Err((
                ErrorCode::InvalidRequest,
                "the server was shut down".to_owned(),
            )),
            (Phase::Ready, "shutdown") => {
                self.phase = Phase::Leaving;
                Ok(Value::Null)
            }
            (Phase::Ready, "initialize") => Err((
                ErrorCode::InvalidRequest,
                "the server is initialized already".to_owned(),
            )),
            (Phase::Ready, "textDocument/definition") => self.answer(params, Self::definition),
            (Phase::Ready, "textDocument/completion") => self.answer(params, Self::completion),
            (Phase::Ready, "textDocument/hover") => self.answer(params, Self::hover),
            (Phase::Ready, "textDocument/codeAction") => self.answer(params, Self::actions),
            (Phase::Ready, _) => Err((
                ErrorCode::MethodNotFound,
                format!("there is no method `{method}`"),
            )),
        };
        self.respond(id, answer);
    }

    fn answer<P: DeserializeOwned>(
        &mut self,
        params: Value,
        work: fn(&mut Self, P) -> Option<Value>,
    ) -> Result<Value, Refused> {
        let params = serde_json::from_value(params)
            .map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
        Ok(work(self, params).unwrap_or(Value::Null))
    }

    fn respond(&self, id: RequestId, answer: Result<Value, Refused>) {
        self.send(Message::Response(match answer {
            Ok(result) => Response::new_ok(id, result),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        }));
    }

    /// A client that has gone away is noticed where messages are received.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }

    fn initialize(&mut self, params: Value) -> Result<Value, Refused> {
        let params: InitializeParams = serde_json::from_value(params)
            .map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
        let general = params.capabilities.general.as_ref();
        let offered = general.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::chosen(offered);
        self.watches = params
            .capabilities
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.did_change_watched_files)
            .and_then(|watching| watching.dynamic_registration)
            .unwrap_or(false);
        #[expect(deprecated, reason = "older clients name one folder only")]
        let one = params.root_uri.iter();
        let several = params.workspace_folders.iter().flatten();
        self.folders = one
            .chain(several.map(|folder| &folder.uri))
            .filter_map(path_of)
            .collect();
        self.phase = Phase::Ready;
        let result = InitializeResult {
            capabilities: self.capabilities(),
            server_info: Some(ServerInfo {
                name: "bursar".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        };
        serde_json::to_value(result).map_err(|error| (ErrorCode::InternalError, error.to_string()))
    }

    fn capabilities(&self) -> ServerCapabilities {
        let triggers = [":", " ", "-", "/", ".", "[", "{"];
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(
                TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(TextDocumentSyncKind::FULL),
                    save: Some(true.into()),
                    ..TextDocumentSyncOptions::default()
                },
            )),
            definition_provider: Some(OneOf::Left(true)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(triggers.map(str::to_owned).to_vec()),
                ..CompletionOptions::default()
            }),
            code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                ..CodeActionOptions::default()
            })),
            ..ServerCapabilities::default()
        }
    }

    fn notification(&mut self, notification: Notification) {
        if self.phase != Phase::Ready {
            return;
        }
        let Notification { method, params } = notification;
        match method.as_str() {
            "initialized" => self.initialized(),
            "textDocument/didOpen" => self.opened(params),
            "textDocument/didChange" => self.edited(params),
            "textDocument/didClose" => self.closed(params),
            // Files changed on disk: below any folder, possibly a bursar.yaml that makes a project.
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.all_changed(),
            // What a server does not know of these, it passes over.
            _ => {}
        }
    }

    fn initialized(&mut self) {
        if self.watches {
            let globs = ["**/*.yaml", "**/*.yml", "**/*.md"];
            let watchers = globs.map(|glob| json!({ "globPattern": glob }));
            self.send(Message::Request(Request::new(
                RequestId::from("watch-files".to_owned()),
                "client/registerCapability".to_owned(),
                json!({ "registrations": [{
                    "id": "watch-files",
                    "method": "workspace/didChangeWatchedFiles",
                    "registerOptions": { "watchers": watchers },
                }] }),
            )));
        }
        self.all_changed();
    }

    fn opened(&mut self, params: Value) {
        let Ok(DidOpenTextDocumentParams { text_document }) = serde_json::from_value(params) else {
            return;
        };
        if let Some(path) = path_of(&text_document.uri) {
            self.changed_in(&path);
            self.open.insert(
                path,
                Open {
                    uri: text_document.uri,
                    version: text_document.version,
                    text: text_document.text,
                },
            );
        }
    }

    fn edited(&mut self, params: Value) {
        let Ok(params) = serde_json::from_value::<DidChangeTextDocumentParams>(params) else {
            return;
        };
        let Some(path) = path_of(&params.text_document.uri) else {
            return;
        };
        let Some(open) = self.open.get_mut(&path) else {
            return;
        };
        open.version = params.text_document.version;
        for change in params.content_changes {
            match change.range {
                None => open.text = change.text,
                // Not asked for, but cheap to understand.
                Some(range) => {
                    let lines = Lines::new(&open.text, self.encoding);
                    let (start, end) = (lines.byte(range.start), lines.byte(range.end));
                    open.text.replace_range(start..end.max(start), &change.text);
                }
            }
        }
        self.changed_in(&path);
    }

    fn closed(&mut self, params: Value) {
        let Ok(DidCloseTextDocumentParams { text_document }) = serde_json::from_value(params)
        else {
            return;
        };
        if let Some(path) = path_of(&text_document.uri) {
            self.open.remove(&path);
            self.changed_in(&path);
        }
    }

    fn changed_in(&mut self, path: &Path) {
        if let Some(root) = self.projects.root_of(path) {
            self.roots.entry(root).or_default().changed = true;
        }
    }

    fn all_changed(&mut self) {
        let places: Vec<PathBuf> = self
            .folders
            .iter()
            .chain(self.open.keys())
            .cloned()
            .collect();
        for place in places {
            self.changed_in(&place);
        }
        for root in self.roots.values_mut() {
            root.changed = true;
        }
    }

    fn check_changed(&mut self) {
        let changed: Vec<PathBuf> = self
            .roots
            .iter()
            .filter(|(_, root)| root.changed)
            .map(|(path, _)| path.clone())
            .collect();
        for path in changed {
            self.check(&path);
        }
    }

    /// Checks a project and publishes what was found.
    pub(super) fn check(&mut self, path: &Path) {
        let buffers: Buffers = self
            .open
            .iter()
            .filter(|(file, _)| self.projects.root_of(file).as_deref() == Some(path))
            .map(|(file, open)| (file.clone(), open.text.clone()))
            .collect();
        let checked = self.projects.check(path, &buffers);
        let Some(root) = self.roots.get_mut(path) else {
            return;
        };
        root.changed = false;
        let mut files = BTreeMap::new();
        let mut trouble = None;
        match checked {
            Ok(checked) => {
                root.declarations.update(&checked, self.encoding);
                files = findings::by_file(&checked, self.encoding);
                root.checked = Some(checked);
            }
            Err(why) => {
                root.checked = None;
                trouble = Some(why);
            }
        }
        // Of an open text it is also told that nothing is wrong with it.
        for file in buffers.into_keys() {
            files.entry(file).or_default();
        }
        let before = std::mem::replace(&mut root.told, files.clone());
        for file in before.keys() {
            files.entry(file.clone()).or_default();
        }
        for (file, diagnostics) in files {
            let same = before.get(&file) == Some(&diagnostics);
            let clean = diagnostics.is_empty() && !before.contains_key(&file);
            if self.open.contains_key(&file) || !(same || clean) {
                self.publish(&file, diagnostics);
            }
        }
        if let Some(why) = trouble {
            let params = json!({ "type": 1, "message": why });
            self.send(Message::Notification(Notification::new(
                "window/logMessage".to_owned(),
                params,
            )));
        }
    }

    fn publish(&self, file: &Path, diagnostics: Vec<lsp_types::Diagnostic>) {
        let open = self.open.get(file);
        let Some(uri) = open.map(|open| open.uri.clone()).or_else(|| uri_of(file)) else {
            return;
        };
        let params = PublishDiagnosticsParams {
            uri,
            diagnostics,
            version: open.map(|open| open.version),
        };
        self.send(Message::Notification(Notification::new(
            "textDocument/publishDiagnostics".to_owned(),
            params,
        )));
    }
}

/// The path of a file on this machine.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    url::Url::parse(uri.as_str()).ok()?.to_file_path().ok()
}

/// The address of a file on this machine.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    Uri::from_str(url::Url::from_file_path(path).ok()?.as_str()).ok()
}
