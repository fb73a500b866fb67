//! `bursar pull`: the mirrors of what is only read.

use crate::cli::applied::Applied;
use crate::cli::configuration::Configuration;
use crate::cli::files::Files;
use crate::cli::fixing::difference;
use crate::cli::platform::Platform;
use crate::cli::{Context, Exit, Failure, until_signal};
use crate::decompile::{self, Account, Choices, LeftOut, Mirror, NewFile, Refreshed};
use crate::kinds::{Access, KINDS, KindInfo};
use crate::model::{Address, BaseState, RemoteId};
use crate::os;
use crate::render::terminal::escape;
use crate::source::FileId;
use crate::yaml::edit::{Left, Why};
use crate::yaml::{Limits, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) fn run(context: &Context, out: &str, new: bool, diff: bool) -> Result<Exit, Failure> {
    let mut files = Files::read(context.dir.as_deref(), context.environment.as_deref())?;
    let mirrored: Vec<Mirror> = files
        .documents
        .iter()
        .filter_map(decompile::mirror)
        .collect();
    let taken = addresses(&files.documents);
    // A mistake elsewhere does not matter: a mirror that is behind may be its cause.
    files
        .documents
        .retain(|node| decompile::mirror(node).is_some());
    let holding: BTreeSet<FileId> = files.documents.iter().map(|it| it.span.file).collect();
    let configuration = Configuration::of(context, files, Applied::Wanted)?;
    let sources = &configuration.sources;
    let kinds: Vec<&'static KindInfo> = KINDS.iter().filter(|kind| is_read(kind)).collect();
    let (live, _) = until_signal(async {
        let platform = Platform::open(&configuration).await?;
        let read = platform.read(&kinds, &BaseState::default()).await;
        platform.close().await;
        read
    })?;
    let declared: BTreeMap<(String, RemoteId), Address> = mirrored
        .iter()
        .filter_map(|it| Some(((it.kind.id.to_owned(), it.id?), it.address.clone())))
        .collect();
    let parts = mirrored
        .iter()
        .filter_map(|it| Some((it.id?.0, it.parts.clone())))
        .collect();
    let account = Account {
        live: &live,
        zone: &configuration.compiled.zone,
        declared: &declared,
        taken: &taken,
        parts: &parts,
    };
    let known: BTreeSet<_> = declared.keys().cloned().collect();
    let mut refreshed = Vec::new();
    for file in holding {
        let text = sources.text(file);
        let new = decompile::refresh(text, &account, &known, &Limits::default());
        refreshed.push((sources.path(file), text, new));
    }
    let choices = Choices::default();
    let unmirrored = decompile::drafts(&account, &choices);
    let added = match new {
        true => decompile::files(&unmirrored, &choices),
        false => Vec::new(),
    };
    let report = Report {
        refreshed: &refreshed,
        added: &added,
        left_out: &unmirrored.left_out,
        out,
    };
    let changes = report.changes();
    if diff {
        show(context, &report);
    } else {
        write(&configuration, &report)?;
    }
    tell(context, &report, diff);
    if !new && !unmirrored.documents.is_empty() {
        let names: Vec<String> = unmirrored
            .documents
            .iter()
            .map(|draft| escape(&draft.address.to_string()).into_owned())
            .collect();
        context.console.note(&format!(
            "Not mirrored here: {}. `bursar pull --new` writes them.\n",
            names.join(", ")
        ));
    }
    Ok(if diff && changes {
        Exit::Invalid
    } else {
        Exit::Done
    })
}

fn is_read(kind: &KindInfo) -> bool {
    kind.collection
        .is_some_and(|collection| collection.access == Access::Read)
}

/// The addresses that documents have.
pub(super) fn addresses(documents: &[Node]) -> BTreeSet<Address> {
    documents
        .iter()
        .filter_map(|node| {
            let text = |key| node.get(key).and_then(Node::as_str);
            Some(Address::new(text("kind")?, text("name")?))
        })
        .collect()
}

/// What was found.
struct Report<'a> {
    /// Each text that holds mirrors: its path, what it was, what it becomes.
    refreshed: &'a [(&'a str, &'a str, Refreshed)],
    /// New files.
    added: &'a [NewFile],
    /// What cannot be written.
    left_out: &'a [LeftOut],
    /// Where new files go.
    out: &'a str,
}

impl Report<'_> {
    fn changes(&self) -> bool {
        !self.added.is_empty() || self.changed().next().is_some()
    }

    fn changed(&self) -> impl Iterator<Item = &(&str, &str, Refreshed)> {
        self.refreshed
            .iter()
            .filter(|(_, old, new)| *old != new.text)
    }
}

fn show(context: &Context, report: &Report<'_>) {
    if context.console.json {
        return;
    }
    for (path, old, new) in report.changed() {
        context.console.result(&difference(path, old, &new.text));
    }
    for NewFile { path, text } in report.added {
        let path = format!("{}{path}", report.out);
        context.console.result(&difference(&path, "", text));
    }
}

fn write(configuration: &Configuration, report: &Report<'_>) -> Result<(), Failure> {
    super::account::write_files(&configuration.folder, report.out, report.added)?;
    for (path, _, new) in report.changed() {
        os::write_over(Path::new(path), &new.text).map_err(|error| {
            Failure::new(Exit::Unclassified, format!("{path} cannot be written"))
                .cause(error.to_string())
        })?;
    }
    Ok(())
}

fn tell(context: &Context, report: &Report<'_>, diff: bool) {
    let all = || report.refreshed.iter().map(|(_, _, new)| new);
    let changed: Vec<String> = all()
        .flat_map(|new| &new.changed)
        .map(ToString::to_string)
        .collect();
    let gone: Vec<(String, i64)> = all()
        .flat_map(|new| &new.gone)
        .map(|(address, id)| (address.to_string(), id.0))
        .collect();
    let left: Vec<(String, String, &str)> = all()
        .flat_map(|new| &new.left)
        .map(|(address, left)| (address.to_string(), left.path.to_string(), why(left)))
        .collect();
    let added: Vec<String> = report
        .added
        .iter()
        .map(|file| format!("{}{}", report.out, file.path))
        .collect();
    if context.console.json {
        let told = serde_json::json!({
            "format_version": "1.0",
            "written": !diff,
            "refreshed": changed,
            "added": added,
            "gone": gone.iter().map(|(address, id)| serde_json::json!({"address": address, "id": id})).collect::<Vec<_>>(),
            "left": left.iter().map(|(address, path, why)| serde_json::json!({"address": address, "path": path, "why": why})).collect::<Vec<_>>(),
        });
        context.console.result(&format!("{told:#}\n"));
        return;
    }
    let mut out = String::new();
    for address in &changed {
        out.push_str(&format!("{address}: refreshed\n"));
    }
    for path in &added {
        out.push_str(&format!("{path}: written\n"));
    }
    if changed.is_empty() && added.is_empty() {
        out.push_str("Every mirror is as the platform has it.\n");
    }
    for (address, id) in &gone {
        out.push_str(&format!(
            "{address}: the platform has no such object any more (id {id}); delete the document if \
             nothing refers to it\n"
        ));
    }
    for (address, path, why) in &left {
        out.push_str(&format!("{address}: `{path}` is left as it is: {why}\n"));
    }
    for LeftOut {
        kind,
        id,
        title,
        why,
    } in report.left_out
    {
        let (title, why) = (escape(title), escape(why));
        out.push_str(&format!("{kind} \"{title}\" (id {id}): left out: {why}\n"));
    }
    match diff {
        true => context.console.note(&out),
        false => context.console.result(&out),
    }
}

/// Why a value is left as it is, in words.
pub(in crate::cli) fn why(left: &Left) -> &'static str {
    match left.why {
        Why::Variable => "it holds a variable",
        Why::Shared => "it is written in a place that others share",
        Why::Form => "it is written in a form that is not edited",
    }
}
